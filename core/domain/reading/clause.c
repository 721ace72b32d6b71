/* domain/reading/clause.c - see clause.h. */
#include "domain/reading/clause.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum { GOES_ON, ENDS_CLAUSE, ENDS_SENTENCE };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes for mark_at(); nearly none is one of them. */
static const bool may_mark[256] = {
    ['\n'] = true, ['!'] = true, ['?'] = true, [';'] = true,
    ['|'] = true,  [','] = true, ['.'] = true, [0xE3] = true,
};

static int mark_at(const char *s, size_t n, size_t i)
{
    char next = '\n';

    if (i + 1 < n)
        next = s[i + 1];
    switch (s[i]) {
    case '\n':
    case '!':
    case '?':
    case ';':
        return ENDS_SENTENCE;
    case '|':
        return ENDS_CLAUSE;
    case ',':
        return i > 0 && digit(s[i - 1]) && digit(next) ? GOES_ON : ENDS_CLAUSE;
    case '.':
        return next == ' ' || next == '\n' ? ENDS_SENTENCE : GOES_ON;
    case '\xE3': /* the ideographic full stop */
        return n - i >= 3 && memcmp(s + i, "。", 3) == 0 ? ENDS_SENTENCE : GOES_ON;
    default:
        return GOES_ON;
    }
}

int bd_clause_split(const char *s, size_t n, struct bd_buf *out)
{
    struct bd_clause c = {0, 0, 0};

    for (size_t i = 0; i < n; i++) {
        size_t longest =
            n - c.start > BD_CLAUSE_BYTES ? c.start + BD_CLAUSE_BYTES : n - 1;
        int mark;

        while (i < longest && !may_mark[(unsigned char)s[i]])
            i++;
        mark = mark_at(s, n, i);
        if (mark == GOES_ON && (i - c.start < BD_CLAUSE_BYTES || bd_text_is_tail(s[i])))
            continue;
        if (mark == GOES_ON) { /* nothing is taken away where no mark stands */
            c.end = (uint32_t)i;
            if (bd_buf_append(out, &c, sizeof(c)) < 0)
                return -1;
            c.start = (uint32_t)i;
            continue;
        }
        c.end = (uint32_t)i;
        if (bd_buf_append(out, &c, sizeof(c)) < 0)
            return -1;
        i += (unsigned char)s[i] >= 0x80 ? 2 : 0;
        c.start = (uint32_t)(i + 1);
        c.sentence += mark == ENDS_SENTENCE;
    }
    c.end = (uint32_t)n;
    return bd_buf_append(out, &c, sizeof(c));
}

size_t bd_clause_at(const struct bd_buf *clauses, size_t at)
{
    const struct bd_clause *c = (const struct bd_clause *)(const void *)clauses->data;
    size_t low = 0, high = clauses->n / sizeof(*c);

    while (high - low > 1) { /* the last that starts at or before */
        size_t mid = low + (high - low) / 2;

        if (c[mid].start <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}
