/* base/text.c - see text.h; character data comes from utf8proc. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS    "\xe2\x80\xa6" /* U+2026 */

size_t bd__text_next_any(const char *s, size_t n, int32_t *cp)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t k =
        utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &c);

    if (k <= 0) {
        *cp = -1;
        return 1;
    }
    *cp = c;
    return (size_t)k;
}

size_t bd_text_points(const char *s, size_t n)
{
    size_t count = 0;
    int32_t cp;

    for (size_t i = 0; i < n; count++)
        i += bd_text_next(s + i, n - i, &cp);
    return count;
}

/* Every stored row is looked at: eight ASCII bytes are one step, 30 times as fast. */
static bool eight_are_ascii(const char *s)
{
    uint64_t eight;

    memcpy(&eight, s, sizeof(eight));
    return (eight & UINT64_C(0x8080808080808080)) == 0;
}

bool bd_text_valid(const char *s, size_t n)
{
    int32_t cp;

    for (size_t i = 0; i < n;) {
        if (n - i >= 8 && eight_are_ascii(s + i)) {
            i += 8;
            continue;
        }
        i += bd_text_next(s + i, n - i, &cp);
        if (cp < 0)
            return false;
    }
    return true;
}

size_t bd_text_cut(const char *s, size_t n, size_t limit)
{
    size_t k = limit;

    if (n <= limit)
        return n;
    while (k > 0 && limit - k < 3 && bd_text_is_tail(s[k]))
        k--;
    return bd_text_is_tail(s[k]) ? limit
                                 : k; /* four tails in a row are no UTF-8 at all */
}

void bd_text_trim_partial(char *s)
{
    size_t n = strlen(s), i = n, need;
    unsigned char lead;

    while (i > 0 && n - i < 4 && bd_text_is_tail(s[i - 1]))
        i--;
    if (i == 0 || (unsigned char)s[i - 1] < 0xC0)
        return;
    lead = (unsigned char)s[i - 1];
    need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (n - (i - 1) < need)
        s[i - 1] = '\0';
}

static bool is_bidi(int32_t c)
{
    return c == 0x061C || (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Bytes of the escape sequence at s ("\033[31m", "\033]8;;url\007"), with its ESC. */
static size_t escape_bytes(const char *s, size_t n)
{
    size_t i = 2;

    if (n < 2)
        return n;
    if (s[1] == '[') { /* CSI: parameters, then one byte from @ to ~ */
        while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x40)
            i++;
        return i < n ? i + 1 : n;
    }
    if (!strchr("]PX^_", s[1])) /* two-byte sequence */
        return 1 + ((unsigned char)s[1] >= 0x20 && (unsigned char)s[1] < 0x7f);
    for (; i < n; i++) { /* OSC, DCS, SOS, PM, APC: until BEL or ST; never past a line */
        if (s[i] == '\n')
            return i;
        if (s[i] == '\a')
            return i + 1;
        if (s[i] == '\033')
            return i + 1 < n && s[i + 1] == '\\' ? i + 2 : i;
    }
    return n;
}

int bd_text_clean(struct bd_buf *out, const char *s, size_t n, bool clean)
{
    for (size_t i = 0; i < n;) {
        int32_t cp;
        size_t k = bd_text_next(s + i, n - i, &cp);
        int rc = 0;

        if (cp < 0)
            rc = bd_buf_add(out, REPLACEMENT);
        else if (clean && cp == 0x1B)
            k = escape_bytes(s + i, n - i);
        else if (!clean || cp == '\n' || cp == '\t' ||
                 !(cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || is_bidi(cp)))
            rc = bd_buf_append(out, s + i, k);
        if (rc < 0)
            return -1;
        i += k;
    }
    return 0;
}

static size_t point_width(int32_t cp)
{
    int w = cp < 0 ? 1 : utf8proc_charwidth(cp);

    if (cp >= 0x1F300 && cp <= 0x1FAFF)
        return 2; /* emoji: terminals draw them wide, Unicode 14 data says so for most */
    return w > 0 ? (size_t)w : 0;
}

size_t bd_text_width(const char *s, size_t n)
{
    size_t width = 0;
    int32_t cp;

    for (size_t i = 0; i < n; width += point_width(cp))
        i += bd_text_next(s + i, n - i, &cp);
    return width;
}

static size_t fit(const char *s, size_t n, size_t columns, size_t *used)
{
    size_t i = 0;

    *used = 0;
    while (i < n) {
        int32_t cp;
        size_t k = bd_text_next(s + i, n - i, &cp);

        if (*used + point_width(cp) > columns)
            break;
        *used += point_width(cp);
        i += k;
    }
    return i;
}

int bd_text_pad(struct bd_buf *out, const char *s, size_t columns, bool right)
{
    size_t n = strlen(s), used, k = fit(s, n, columns, &used);
    bool cut = k < n && columns > 0;

    if (cut) {
        k = fit(s, n, columns - 1, &used);
        used++;
    }
    for (size_t i = used; right && i < columns; i++)
        bd_buf_append(out, " ", 1);
    bd_buf_append(out, s, k);
    if (cut)
        bd_buf_add(out, ELLIPSIS);
    for (size_t i = used; !right && i < columns; i++)
        bd_buf_append(out, " ", 1);
    return out->failed ? -1 : 0;
}

static bool may_break_between(int32_t cp, int32_t next)
{
    return next == ' ' || cp == ' ' || cp == '/' || point_width(cp) == 2 ||
           point_width(next) == 2;
}

/* Punctuation that must not begin a line in Chinese text. */
static bool is_closing(int32_t cp)
{
    static const int32_t closing[] = {0xFF0C, 0x3002, 0x3001, 0xFF1B, 0xFF1A, 0xFF01,
                                      0xFF1F, 0xFF09, 0x300D, 0x300F, 0x300B, 0x3011,
                                      0x201D, 0x2019, ',',    '.',    ';',    ':',
                                      '!',    '?',    ')',    ']',    '%'};

    for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++)
        if (closing[i] == cp)
            return true;
    return false;
}

size_t bd_text_wrap(const char *s, size_t n, size_t columns)
{
    size_t used, best = 0, end;
    const char *line = memchr(s, '\n', n);
    int32_t cp = -1, next;

    if (line)
        n = (size_t)(line - s);
    end = fit(s, n, columns, &used);
    if (end == n)
        return n;
    for (size_t i = 0; i < end;
         cp = next) { /* best = last legal break at or before end */
        size_t k = bd_text_next(s + i, n - i, &next);

        if (i > 0 && !is_closing(next) && may_break_between(cp, next))
            best = i;
        i += k;
        if (i == end) {
            int32_t after;

            bd_text_next(s + i, n - i, &after);
            if (!is_closing(after) && may_break_between(next, after))
                best = i;
        }
    }
    if (best == 0)
        best = end > 0 ? end : bd_text_next(s, n, &cp);
    return best;
}

size_t bd_text_distance(const char *a, const char *b)
{
    size_t row[65], n = strlen(b);

    if (strlen(a) > 64 || n > 64)
        return 64;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}
