/* domain/reading/spelling.h - how else answers write a tracked name. [any] Pure.
 *
 * A blank between Chinese and Latin letters may be there or not (零跑C11, 零跑 C11), so
 * may a middle dot within a Chinese name (奥哲·云枢), and who is called after his trade
 * (大角鹿瓷砖) is often called without it (大角鹿). */
#ifndef BD_DOMAIN_SPELLING_H
#define BD_DOMAIN_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"

/* Told each other spelling, lent for the call; -1 ends the walk. */
typedef int bd_spelling_fn(void *arg, const char *spelling, size_t n);

/* With blanks and dots otherwise than in the folded name, each once, the name itself not
 * among them. -1 when fn says so. */
int bd_spelling_each(const char *name, size_t n, bd_spelling_fn *fn,
                     void *arg) BD_MUST_CHECK;

/* Bytes of the folded name without its trade, 0 if it has none that can go: at least two
 * Chinese characters must stay. */
size_t bd_spelling_short(const char *name, size_t n);

/* Is the short name at [start, end) of the folded text meant as one: nothing that could
 * make it a part of another word stands right beside it? */
bool bd_spelling_stands(const char *s, size_t n, size_t start, size_t end);

/* Is it an ordinary English word ("On") that can be a name by its capital alone? */
bool bd_spelling_everyday(const char *s, size_t n);

#endif
