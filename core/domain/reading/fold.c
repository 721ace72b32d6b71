/* domain/reading/fold.c - see fold.h; character data comes from utf8proc. */
#include "domain/reading/fold.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

enum { SPREAD = 4, POINTS = 32 };

/* Into room that is there: most characters, and a call of bd_buf_append() for each costs
 * more than all else that is done with it. */
static bool put_fast(struct bd_fold *f, const char *p, size_t n, size_t origin)
{
    struct bd_buf *b = &f->bytes, *m = &f->map;
    const uint32_t at = (uint32_t)origin;

    if (b->n + n >= b->cap || m->n + n * sizeof(at) >= m->cap)
        return false;
    for (size_t i = 0; i < n; i++) {
        b->data[b->n++] = p[i];
        memcpy(m->data + m->n, &at, sizeof(at));
        m->n += sizeof(at);
    }
    b->data[b->n] = m->data[m->n] = '\0';
    return true;
}

static int put(struct bd_fold *f, const char *p, size_t n, size_t origin)
{
    uint32_t at[4 * POINTS]; /* no one character becomes more bytes */

    if (put_fast(f, p, n, origin))
        return 0;
    for (size_t i = 0; i < n; i++)
        at[i] = (uint32_t)origin;
    bd_buf_append(&f->map, at, n * sizeof(*at));
    return bd_buf_append(&f->bytes, p, n);
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool word(char c)
{
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/* Bytes of "T e s l a" at s: three or more single letters with single blanks, whole
 * words all of them. 0 if it is none. */
static size_t spaced_run(const char *s, size_t n)
{
    size_t i = 0;

    while (i + 2 < n && letter(s[i]) && s[i + 1] == ' ' && letter(s[i + 2]))
        i += 2;
    if (i < 4 || (i + 1 < n && word(s[i + 1])))
        i = i >= 6 ? i - 2 : 0; /* the last letter begins a longer word: leave it out */
    return i ? i + 1 : 0;
}

static size_t collapse(struct bd_fold *f, const char *s, size_t n, size_t at)
{
    size_t run = spaced_run(s + at, n - at);

    for (size_t i = 0; i < run; i += 2) {
        char c = (char)(s[at + i] | 0x20);

        put(f, &c, 1, at + i);
    }
    return run;
}

static int put_ascii(struct bd_fold *f, char c, size_t at)
{
    bool blank = c == ' ' || c == '\t' || c == '\v' || c == '\f';

    if (c == '\r')
        return 0;
    if (blank) {
        if (f->bytes.n > 0 && f->bytes.data[f->bytes.n - 1] == ' ')
            return 0;
        c = ' ';
    }
    if (c >= 'A' && c <= 'Z')
        c = (char)(c | 0x20);
    return put(f, &c, 1, at);
}

static int32_t plain_quote(int32_t cp)
{
    if (cp == 0x2018 || cp == 0x2019 || cp == 0xFF07)
        return '\'';
    if (cp == 0x201C || cp == 0x201D || cp == 0xFF02)
        return '"';
    return cp;
}

/* A character of three bytes, kept as it is: nearly all of Chinese. */
static int put_three(struct bd_fold *f, const char *p, size_t origin)
{
    const uint32_t at[3] = {(uint32_t)origin, (uint32_t)origin, (uint32_t)origin};
    struct bd_buf *b = &f->bytes, *m = &f->map;

    if (b->n + 3 >= b->cap || m->n + sizeof(at) >= m->cap)
        return put(f, p, 3, origin);
    memcpy(b->data + b->n, p, 3);
    memcpy(m->data + m->n, at, sizeof(at));
    b->n += 3;
    m->n += sizeof(at);
    b->data[b->n] = m->data[m->n] = '\0';
    return 0;
}

/* Most of a Chinese answer, with its comma and full stop: no form, no case. */
static bool plain(int32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || cp == 0x3001 || cp == 0x3002;
}

static int put_wide(struct bd_fold *f, const char *s, size_t k, int32_t cp, size_t at)
{
    utf8proc_int32_t points[POINTS];
    int last = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t count;
    char out[4 * POINTS];
    size_t n = 0;

    if (plain_quote(cp) != cp)
        return put_ascii(f, (char)plain_quote(cp), at);
    if (cp >= 0xFF01 && cp <= 0xFF5E) /* ASCII in full width, in the same order */
        return put_ascii(f, (char)(cp - 0xFEE0), at);
    count = utf8proc_decompose_char(cp, points, POINTS,
                                    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                        UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
                                    &last);
    if (count < 0 || count > POINTS)
        return put(f, s, k, at);
    if (count == 1 && points[0] < 0x80)
        return put_ascii(f, (char)points[0], at);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        n += (size_t)utf8proc_encode_char(points[i], (utf8proc_uint8_t *)out + n);
    return n > SPREAD * k ? put(f, s, k, at) : put(f, out, n, at);
}

int bd_fold_init(struct bd_fold *f, const char *s, size_t n)
{
    uint32_t end = (uint32_t)n;

    bd_buf_init(&f->bytes, SPREAD * n + 1);
    bd_buf_init(&f->map, (SPREAD * n + 2) * sizeof(uint32_t));
    if (n > BD_FOLD_MAX)
        return -1;
    (void)bd_buf_reserve(&f->bytes, n); /* about so many; less will do */
    (void)bd_buf_reserve(&f->map, (n + 1) * sizeof(uint32_t));
    for (size_t i = 0, k; i < n; i += k) {
        int32_t cp;

        if (letter(s[i]) && (i == 0 || !word(s[i - 1])) && (k = collapse(f, s, n, i)) > 0)
            continue;
        k = bd_text_next(s + i, n - i, &cp);
        if (plain(cp))
            put_three(f, s + i, i);
        else if (cp < 0)
            put(f, s + i, k, i);
        else if (cp < 0x80)
            put_ascii(f, s[i], i);
        else
            put_wide(f, s + i, k, cp, i);
    }
    bd_buf_append(&f->map, &end, sizeof(end));
    return f->bytes.failed || f->map.failed ? -1 : 0;
}

void bd_fold_free(struct bd_fold *f)
{
    bd_buf_free(&f->bytes);
    bd_buf_free(&f->map);
}

size_t bd_fold_origin(const struct bd_fold *f, size_t i)
{
    uint32_t at;

    memcpy(&at, f->map.data + i * sizeof(at), sizeof(at));
    return at;
}

size_t bd_fold_index(const struct bd_fold *f, size_t origin)
{
    size_t low = 0, high = f->bytes.n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (bd_fold_origin(f, mid) < origin)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
