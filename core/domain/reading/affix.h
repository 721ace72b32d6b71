/* domain/reading/affix.h - does a piece of text begin or end with one of some words, or
 * hold one? [any] Pure.
 *
 * Bytes are compared as they are: for folded text and folded words. A list ends early at
 * NULL. Words begin with whole characters. BD_WORDS() gives an array as the two
 * arguments. In the header, since every head of every list is held against hundreds of
 * words. */
#ifndef BD_DOMAIN_AFFIX_H
#define BD_DOMAIN_AFFIX_H

#include <stdbool.h>
#include <stddef.h>
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

static inline bool bd_affix_holds(const char *s, size_t n, const char *const *words,
                                  size_t count)
{
    for (size_t i = 0; i < n; i++)
        if (!bd_text_is_tail(s[i]) && bd_affix_begins(s + i, n - i, words, count))
            return true;
    return false;
}

#endif
