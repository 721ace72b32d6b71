/* domain/reading/praise.h - words that only praise. [any] Pure.
 *
 * Articles that are written to be found by assistants call what they sell the best, the
 * first, the leading one, and nothing else (GEO metric 23). That is no proof of
 * anything: plain praise is counted apart so that a person can look who wrote it. */
#ifndef BD_DOMAIN_PRAISE_H
#define BD_DOMAIN_PRAISE_H

#include <stdbool.h>
#include <stddef.h>

/* Superlatives in [s, s + n), which is folded (fold.h), and no word of doubt or contrast.
 */
bool bd_praise_only(const char *s, size_t n);

#endif
