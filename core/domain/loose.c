/* domain/loose.c - see loose.h. The stack holds borrowed references: every container is
 * owned by the one it stands in, the root by the result. */
#include "domain/loose.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"

enum { DEPTH = 64, KEY_BYTES = 64, CUT = -1 };

struct level {
    json_t *box;
    char key[KEY_BYTES + 1]; /* under which the next value goes; "" = none read */
};

struct parse {
    const char *s;
    size_t n, at;
    struct level stack[DEPTH];
    int depth;
    bool cut;
    struct bd_buf word; /* the string or bare word just read */
};

/* The sign at p->at with width and typography folded; CUT at the end, and 0x80 for any
 * other character. */
static int peek(const struct parse *p, size_t at, size_t *bytes)
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
        return CUT;
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
    return c == 0x80 || (c != CUT && !blank(c) && !strchr("{}[]:,\"'", c));
}

static void skip_comment(struct parse *p, bool line)
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
static int next(struct parse *p, size_t *bytes)
{
    for (;;) {
        int c = peek(p, p->at, bytes);

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
static bool closes(const struct parse *p, size_t at)
{
    size_t k;
    int c = peek(p, at, &k);

    while (blank(c) && c != '\n') {
        at += k;
        c = peek(p, at, &k);
    }
    return c == CUT || c == '\n' || c == '/' || strchr(",:}]", c);
}

static size_t hex4(const char *s, size_t n, int32_t *cp)
{
    *cp = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *d;

        d = i < n && s[i]
                ? strchr(digits, s[i] >= 'A' && s[i] <= 'F' ? s[i] | 0x20 : s[i])
                : NULL;
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
static void escape(struct parse *p)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    char c = p->at + 1 < p->n ? p->s[p->at + 1] : '\\';
    const char *known = c ? strchr(from, c) : NULL;
    int32_t cp, low;

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
static bool read_string(struct parse *p, int quote, size_t max)
{
    size_t k;

    peek(p, p->at, &k);
    p->at += k;
    bd_buf_reset(&p->word);
    while (p->at < p->n && p->word.n <= max) {
        int c = peek(p, p->at, &k);

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

static void read_bare(struct parse *p, size_t max)
{
    size_t k;

    bd_buf_reset(&p->word);
    while (p->word.n <= max && word_sign(peek(p, p->at, &k))) {
        bd_buf_append(&p->word, p->s + p->at, k);
        p->at += k;
    }
}

bool bd_loose_number(const char *s, size_t n, double *v)
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

static json_t *bare_value(const char *w, size_t n)
{
    static const struct {
        const char *word;
        int value;
    } literals[] = {{"true", 1},       {"True", 1},  {"TRUE", 1},  {"false", 0},
                    {"False", 0},      {"FALSE", 0}, {"null", -1}, {"None", -1},
                    {"undefined", -1}, {"NaN", -1}};
    double v;

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++)
        if (strlen(literals[i].word) == n && memcmp(literals[i].word, w, n) == 0)
            return literals[i].value < 0 ? json_null() : json_boolean(literals[i].value);
    return bd_loose_number(w, n, &v) ? json_real(v) : bd_json_string(w, n);
}

static int store(struct parse *p, json_t *v)
{
    struct level *top = &p->stack[p->depth - 1];
    int rc = json_is_array(top->box)
                 ? json_array_append_new(top->box, v)
                 : json_object_set_new(top->box, top->key[0] ? top->key : "", v);

    top->key[0] = '\0';
    return rc;
}

static int open_box(struct parse *p, json_t *box)
{
    if (p->depth == DEPTH) {
        json_decref(box);
        return -1;
    }
    if (p->depth > 0 && store(p, box) < 0)
        return -1;
    p->stack[p->depth].box = box;
    p->stack[p->depth++].key[0] = '\0';
    return 0;
}

/* A key and its colon. False: this is no object. */
static bool read_key(struct parse *p, int c)
{
    struct level *top = &p->stack[p->depth - 1];
    size_t k;

    if (c == '"' || c == '\'') {
        if (!read_string(p, c, KEY_BYTES) && p->at < p->n)
            return false;
    } else {
        read_bare(p, KEY_BYTES);
    }
    if (p->word.n == 0 || p->word.n > KEY_BYTES ||
        !bd_text_valid(p->word.data, p->word.n))
        return p->at >= p->n;
    if (next(p, &k) == ':')
        p->at += k;
    else if (p->at < p->n)
        return false;
    memcpy(top->key, p->word.data, p->word.n);
    top->key[p->word.n] = '\0';
    return strlen(top->key) == p->word.n;
}

/* A string, number or word. */
static int read_scalar(struct parse *p, int c)
{
    if (c == '"' || c == '\'') {
        if (!read_string(p, c, p->n)) {
            p->cut = true;
            return 0;
        }
        return store(p, bd_json_string(p->word.data, p->word.n));
    }
    read_bare(p, p->n);
    if (p->at >= p->n) { /* "1" may have been the beginning of 10 */
        p->cut = true;
        return 0;
    }
    return p->word.n == 0 ? -1 : store(p, bare_value(p->word.data, p->word.n));
}

/* One sign of structure or one value; -1: this is no JSON. */
static int step(struct parse *p)
{
    size_t k;
    int c = next(p, &k);
    struct level *top = &p->stack[p->depth - 1];
    bool object = json_is_object(top->box);

    if (c == CUT) {
        p->cut = true;
        return 0;
    }
    if (c == ',') {
        p->at += k;
        return 0;
    }
    if (c == '}' || c == ']') { /* a wrong closer closes what is open */
        p->at += k;
        p->depth--;
        return 0;
    }
    if (object && !top->key[0])
        return read_key(p, c) ? 0 : -1;
    if (c == '{' || c == '[') {
        p->at += k;
        return open_box(p, c == '{' ? json_object() : json_array());
    }
    return c == ':' ? -1 : read_scalar(p, c);
}

/* The text ended: an array element that is still open was not read to its end. */
static void drop_half_elements(struct parse *p)
{
    for (int i = 0; i + 1 < p->depth; i++)
        if (json_is_array(p->stack[i].box)) {
            json_array_remove(p->stack[i].box, json_array_size(p->stack[i].box) - 1);
            return;
        }
}

struct bd_loose bd_loose_read(const char *s, size_t n, size_t at)
{
    struct parse p = {.s = s, .n = n, .at = at};
    struct bd_loose r = {0};
    size_t k;

    bd_buf_init(&p.word, n + 4);
    if (peek(&p, at, &k) == '{') {
        p.at += k;
        r.value = json_object();
        if (r.value && open_box(&p, r.value) == 0)
            while (p.depth > 0 && !p.cut)
                if (step(&p) < 0) {
                    json_decref(r.value);
                    r.value = NULL;
                    break;
                }
    }
    if (r.value && p.cut)
        drop_half_elements(&p);
    r.truncated = p.cut;
    r.end = p.at > at ? p.at : at + 1;
    bd_buf_free(&p.word);
    return r;
}
