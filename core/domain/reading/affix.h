/* domain/reading/affix.h - does a piece of text begin or end with one of some words, or
 * hold one? [any] Pure.
 *
 * Bytes are compared as they are: for folded text and folded words. A list ends early at
 * NULL. Words are not empty, and begin with whole characters. BD_WORDS() gives an array
 * as the two arguments. In the header, since every head of every list is held against
 * hundreds of words. */
#ifndef BD_DOMAIN_AFFIX_H
#define BD_DOMAIN_AFFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define BD_WORDS(array) (array), sizeof(array) / sizeof((array)[0])

/* Chinese has few first bytes, so the second one is looked at as well. */
static inline bool bd__affix_may_begin(const char *s, size_t n, const char *word)
{
    return *word == *s && (!word[1] || (n > 1 && word[1] == s[1]));
}

/* Bytes of the longest word that the n bytes at s begin with; 0 = none. */
static inline size_t bd_affix_begins(const char *s, size_t n, const char *const *words,
                                     size_t count)
{
    size_t best = 0;

    for (size_t i = 0; n > 0 && i < count && words[i]; i++) {
        size_t k = bd__affix_may_begin(s, n, words[i]) ? strlen(words[i]) : 0;

        if (k > best && k <= n && memcmp(s, words[i], k) == 0)
            best = k;
    }
    return best;
}

/* Of the longest word that they end with; 0 = none. */
static inline size_t bd_affix_ends(const char *s, size_t n, const char *const *words,
                                   size_t count)
{
    size_t best = 0;

    for (size_t i = 0; n > 0 && i < count && words[i]; i++) {
        size_t k = strlen(words[i]);

        if (k > best && k <= n && s[n - 1] == words[i][k - 1] &&
            memcmp(s + n - k, words[i], k) == 0)
            best = k;
    }
    return best;
}

/* A bit of 256 for two bytes: Chinese has few first bytes, but many second ones. */
static inline unsigned bd__affix_bit(const char *s)
{
    return ((unsigned)s[0] & 3U) << 6 | ((unsigned)s[1] & 63U);
}

/* Where the first of the words begins in [at, n) of s, and its bytes, if asked for; n if
 * there is none. Most places are passed by a look at the bits of the words. */
static inline size_t bd_affix_find(const char *s, size_t at, size_t n,
                                   const char *const *words, size_t count, size_t *bytes)
{
    uint64_t bits[4] = {0};
    size_t k = 0;

    for (size_t i = 0; i < count && words[i]; i++)
        bits[(unsigned)words[i][0] & 3U] |=
            words[i][1] ? UINT64_C(1) << ((unsigned)words[i][1] & 63U) : UINT64_MAX;
    for (; at < n; at++) {
        unsigned bit = at + 1 < n ? bd__affix_bit(s + at) : 0;

        if (bd_text_is_tail(s[at]) ||
            (at + 1 < n && !(bits[bit >> 6] >> (bit & 63U) & 1U)))
            continue;
        k = bd_affix_begins(s + at, n - at, words, count);
        if (k)
            break;
    }
    if (bytes)
        *bytes = k;
    return at < n ? at : n;
}

static inline bool bd_affix_holds(const char *s, size_t n, const char *const *words,
                                  size_t count)
{
    return bd_affix_find(s, 0, n, words, count, NULL) < n;
}

#endif
