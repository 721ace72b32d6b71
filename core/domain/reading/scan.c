/* domain/reading/scan.c - see scan.h. */
#include "domain/reading/scan.h"

#include <string.h>

#include "base/text.h"

/* The sign at p->at with width and typography folded; BD_SCAN_END at the end, and
 * BD_SCAN_OTHER for any other character. */
int bd_scan_peek(const struct bd_scan *p, size_t at, size_t *bytes)
{
    static const struct {
        int32_t point;
        int sign;
    } same[] = {{0x201C, '"'},  {0x201D, '"'},  {0x201E, '"'},
                {0x2018, '\''}, {0x2019, '\''}, {0x3000, ' '},
                {0xA0, ' '},    {0xFEFF, ' '},  {0x200B, ' '}};
    int32_t cp;

    *bytes = 0;
    if (at >= p->n)
        return BD_SCAN_END;
    *bytes = bd_text_next(p->s + at, p->n - at, &cp);
    if (cp >= 0 && cp < 0x80)
        return cp;
    if (cp > 0xFF00 && cp < 0xFF5F) /* the full-width block mirrors ASCII */
        return cp - 0xFEE0;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        if (same[i].point == cp)
            return same[i].sign;
    return 0x80;
}

static bool blank(int c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool word_sign(int c)
{
    return c == BD_SCAN_OTHER ||
           (c != BD_SCAN_END && !blank(c) && !strchr("{}[]:,\"'", c));
}

static void skip_comment(struct bd_scan *p, bool line)
{
    p->at += 2;
    while (p->at < p->n &&
           (line ? p->s[p->at] != '\n'
                 : p->s[p->at] != '*' || p->at + 1 >= p->n || p->s[p->at + 1] != '/'))
        p->at++;
    if (!line)
        p->at = p->at + 2 < p->n ? p->at + 2 : p->n;
}

/* The next sign that is neither blank nor comment; not taken. */
int bd_scan_next(struct bd_scan *p, size_t *bytes)
{
    for (;;) {
        int c = bd_scan_peek(p, p->at, bytes);

        if (c == '/' && p->at + 1 < p->n &&
            (p->s[p->at + 1] == '/' || p->s[p->at + 1] == '*'))
            skip_comment(p, p->s[p->at + 1] == '/');
        else if (blank(c))
            p->at += *bytes;
        else
            return c;
    }
}

/* Does the quote that ends at `at` end the string? A quote inside is followed by more of
 * its sentence, the closing one by a sign of JSON, a line end or the end of the text. */
static bool closes(const struct bd_scan *p, size_t at)
{
    size_t k;
    int c = bd_scan_peek(p, at, &k);

    while (blank(c) && c != '\n') {
        at += k;
        c = bd_scan_peek(p, at, &k);
    }
    return c == BD_SCAN_END || c == '\n' || c == '/' || strchr(",:}]", c);
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c;
}

static size_t hex4(const char *s, size_t n, int32_t *cp)
{
    *cp = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *d;

        d = i < n && s[i] ? strchr(digits, lower(s[i])) : NULL;
        if (!d)
            return 0;
        *cp = *cp * 16 + (int32_t)(d - digits);
    }
    return 4;
}

static void put_point(struct bd_buf *b, int32_t cp)
{
    char out[3] = {(char)(0xE0 | (cp >> 12)), (char)(0x80 | ((cp >> 6) & 0x3F)),
                   (char)(0x80 | (cp & 0x3F))};

    if (cp < 0x80)
        out[0] = (char)cp;
    else if (cp < 0x800) {
        out[0] = (char)(0xC0 | (cp >> 6));
        out[1] = out[2];
    }
    bd_buf_append(b, out, cp < 0x80 ? 1 : cp < 0x800 ? 2 : 3);
}

static void put_pair(struct bd_buf *b, int32_t high, int32_t low)
{
    int32_t cp = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    char out[4] = {(char)(0xF0 | (cp >> 18)), (char)(0x80 | ((cp >> 12) & 0x3F)),
                   (char)(0x80 | ((cp >> 6) & 0x3F)), (char)(0x80 | (cp & 0x3F))};

    bd_buf_append(b, out, sizeof(out));
}

/* At a backslash. */
static void escape(struct bd_scan *p)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    char c = '\\';
    const char *known;
    int32_t cp, low;

    if (p->at + 1 < p->n)
        c = p->s[p->at + 1];
    known = c ? strchr(from, c) : NULL;
    p->at = p->at + 2 < p->n ? p->at + 2 : p->n;
    if (c == 'u' && hex4(p->s + p->at, p->n - p->at, &cp)) {
        p->at += 4;
        if (cp >= 0xD800 && cp < 0xDC00 && p->at + 6 <= p->n && p->s[p->at] == '\\' &&
            hex4(p->s + p->at + 2, 4, &low) && low >= 0xDC00 && low < 0xE000) {
            p->at += 6;
            put_pair(&p->word, cp, low);
            return;
        }
        put_point(&p->word, cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp);
        return;
    }
    if (known)
        c = to[known - from];
    bd_buf_append(&p->word, &c, 1);
}

/* At a quote: the string goes to p->word. False if the text ended in it, or if it is
 * longer than max. */
bool bd_scan_string(struct bd_scan *p, int quote, size_t max)
{
    size_t k;

    bd_scan_peek(p, p->at, &k);
    p->at += k;
    bd_buf_reset(&p->word);
    while (p->at < p->n && p->word.n <= max) {
        int c = bd_scan_peek(p, p->at, &k);

        if (c == '\\') {
            escape(p);
            continue;
        }
        if (c == quote && closes(p, p->at + k)) {
            p->at += k;
            return true;
        }
        bd_buf_append(&p->word, p->s + p->at, k);
        p->at += k;
    }
    return false;
}

void bd_scan_bare(struct bd_scan *p, size_t max)
{
    size_t k;

    bd_buf_reset(&p->word);
    while (p->word.n <= max && word_sign(bd_scan_peek(p, p->at, &k))) {
        bd_buf_append(&p->word, p->s + p->at, k);
        p->at += k;
    }
}

bool bd_scan_number(const char *s, size_t n, double *v)
{
    double value = 0, scale = 1;
    size_t i = 0, digits = 0;
    bool minus = n > 0 && s[0] == '-', point = false;

    for (i = minus || (n > 0 && s[0] == '+') ? 1 : 0; i < n && i < 40; i++) {
        if (s[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (s[i] < '0' || s[i] > '9')
            return false;
        value = value * 10 + (s[i] - '0');
        scale *= point ? 10 : 1;
        digits++;
    }
    *v = (minus ? -value : value) / scale;
    return i == n && digits > 0;
}
