/* face/gzip.c - a body, compressed, for who takes that. */
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "face/web.h"

/* The weight behind a coding: "", ";q=0.5", " ; q=0"; nothing but zeros is a no. */
static bool has_weight(const char *s, size_t n)
{
    size_t i = 0, digits;

    while (i < n && strchr("; \tqQ=", s[i]))
        i++;
    for (digits = i; digits < n && strchr("0.", s[digits]);)
        digits++;
    return i == n || (digits < n && strchr("123456789", s[digits]));
}

bool bd_gzip_is_accepted(const char *accept)
{
    int named = -1, any = -1; /* not said; no; yes */

    for (const char *at = accept ? accept : ""; *at;) {
        size_t n, name;

        at += strspn(at, " \t,");
        n = strcspn(at, ",");
        name = strcspn(at, "; \t,");
        if (name == 4 && strncasecmp(at, "gzip", 4) == 0)
            named = has_weight(at + name, n - name);
        else if (name == 1 && *at == '*')
            any = has_weight(at + name, n - name);
        at += n;
    }
    return named >= 0 ? named == 1 : any == 1;
}

int bd_gzip(struct bd_buf *out, const char *p, size_t n)
{
    z_stream z = {0};
    int rc = -1;

    if (n > UINT32_MAX / 2 ||
        deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16 /* gzip */, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    if (bd_buf_reserve(out, deflateBound(&z, n)) == 0) {
        z.next_in = (z_const Bytef *)(uintptr_t)p;
        z.avail_in = (uInt)n;
        z.next_out = (Bytef *)out->data + out->n;
        z.avail_out = (uInt)(out->cap - out->n - 1);
        if (deflate(&z, Z_FINISH) == Z_STREAM_END) {
            out->n += z.total_out;
            out->data[out->n] = '\0';
            rc = 0;
        }
    }
    (void)deflateEnd(&z); /* what was begun is ended either way */
    return rc;
}
