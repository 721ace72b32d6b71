/* face/gzip.c - a body, compressed. */
#include <zlib.h>

#include "face/web.h"

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
