/* domain/reading/wordcount.h - how long a text is, in words. [any] Pure.
 *
 * Chinese and English are counted so that neither weighs more for its script: an
 * ideograph or a kana is a word; of all other letters and digits a run is one, with what
 * joins it inside ("don't", "wi-fi", "3.5"). Signs count nothing, and neither do the
 * addresses of links. */
#ifndef BD_DOMAIN_WORDCOUNT_H
#define BD_DOMAIN_WORDCOUNT_H

#include <stdbool.h>
#include <stddef.h>

/* Words in n bytes. *letters (may be NULL): is there any letter, or only numbers? */
size_t bd_wordcount(const char *s, size_t n, bool *letters);

#endif
