/* domain/reading/naming_variant.c - see naming.h: "A x1 / x2", another of A and not
 * another A. */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/naming.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool one_word(const char *s, size_t n, bool *number)
{
    *number = false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == ' ')
            return false;
        *number |= digit(s[i]);
    }
    return n > 0;
}

/* "Bin 407 / Bin 28": does the first word come back? */
static bool again(const char *s, size_t n, const char *next, size_t m)
{
    size_t k = 0;

    while (k < m && next[k] != ' ')
        k++;
    if (k == 0 || k == m || (k == 3 && memcmp(next, "the", 3) == 0))
        return false;
    for (size_t i = 0; i + k < n; i++)
        if ((i == 0 || s[i - 1] == ' ') && memcmp(s + i, next, k) == 0 && s[i + k] == ' ')
            return true;
    return false;
}

static int words(const char *s, size_t n)
{
    int count = n > 0;

    for (size_t i = 0; i < n; i++)
        count += s[i] == ' ';
    return count;
}

/* "风动 9000" behind "李宁 ...": a brand and its series before, a series behind; or
 * nothing but Latin behind a Chinese brand. */
static bool fewer_words(const char *s, size_t n, const char *next, size_t m)
{
    bool latin = m > 0 && (unsigned char)next[0] < 0x80 && (unsigned char)s[0] >= 0x80;

    return m > 0 && words(next, m) > 1 &&
           ((words(s, n) > 2 && words(next, m) < words(s, n)) || latin);
}

bool bd_names_variant(const struct bd_passage *p, size_t from, size_t sign, size_t limit)
{
    static const char *const lines[] = {"x系列", "y系列", "s系列", "v系列",  "a系列",
                                        "k系列", "t系列", "z系列", " series"};
    const char *s = p->fold.bytes.data;
    size_t at = sign, end = sign + 1, stop;
    bool wide = false, number, blank = false;

    if (at - from > BD_NAME_BYTES)
        return false;
    while (at > from && s[at - 1] == ' ')
        at--;
    while (from < at && strchr("*_\"' ", s[from]))
        from++;
    for (size_t i = from; i < at; i++) {
        wide |= (unsigned char)s[i] >= 0x80;
        blank |= s[i] == ' ' || (at - i > 2 && memcmp(s + i, "·", 2) == 0);
    }
    while (end < limit && s[end] == ' ')
        end++;
    for (stop = end; stop < limit && stop - end < BD_NAME_BYTES && s[stop] != '*' &&
                     s[stop] != '(' && s[stop] != '/' &&
                     !bd_names_ends(s + stop, limit - stop);)
        stop++;
    while (stop > end && s[stop - 1] == ' ')
        stop--;
    if (bd_passage_mentions(p, end, stop) ||
        bd_affix_ends(s + end, stop - end, BD_WORDS(lines)))
        return false;
    if (blank && (again(s + from, at - from, s + end, stop - end) ||
                  (wide && fewer_words(s + from, at - from, s + end, stop - end))))
        return true;
    if (!one_word(s + end, stop - end, &number))
        return false;
    if (blank)
        return wide || number || (unsigned char)s[end] < 0x80;
    return wide && number && stop - end <= 6 && (unsigned char)s[end] < 0x80 &&
           (unsigned char)s[at - 1] < 0x80;
}
