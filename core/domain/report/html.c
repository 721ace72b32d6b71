/* domain/report/html.c - see html.h. */
#include "domain/report/html.h"

#include <string.h>

#include "base/text.h"

static const char *escaped(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool harmless(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] > 0x7E || escaped(s[i]))
            return false;
    return true;
}

/* Code points that are no characters, U+FFFE and its like: HTML forbids them. */
static size_t no_character(const char *s, size_t n)
{
    int32_t cp;
    size_t k = bd_text_next(s, n, &cp);

    return (cp & 0xFFFE) == 0xFFFE || (cp >= 0xFDD0 && cp <= 0xFDEF) ? k : 0;
}

static int put_escaped(struct bd_buf *out, const char *s, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        const char *as = escaped(s[i]);
        size_t k = 1;

        if ((unsigned char)s[i] >= 0xEF && (k = no_character(s + i, n - i)))
            as = "\xEF\xBF\xBD";
        if (!as)
            continue;
        bd_buf_append(out, s + from, i - from);
        bd_buf_add(out, as);
        from = i + k;
        i = from - 1;
    }
    return bd_buf_append(out, s + from, n - from);
}

int bd_html_text(struct bd_buf *out, const char *s, size_t n)
{
    struct bd_buf clean;
    int rc;

    if (harmless(s, n))
        return bd_buf_append(out, s, n);
    bd_buf_init(&clean, 3 * n + 1); /* an invalid byte becomes three */
    rc = bd_text_clean(&clean, s, n, true);
    if (rc == 0)
        rc = put_escaped(out, clean.data, clean.n);
    else
        out->failed = true;
    bd_buf_free(&clean);
    return rc;
}

int bd_html_add(struct bd_buf *out, const char *s)
{
    return bd_html_text(out, s, strlen(s));
}
