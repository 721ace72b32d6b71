/* domain/reading/mask.h - what of a text is not part of the answer. [any]
 *
 * Works in place on a copy, and changes no length: offsets stay those of the text as it
 * was stored. */
#ifndef BD_DOMAIN_MASK_H
#define BD_DOMAIN_MASK_H

#include <stdbool.h>
#include <stddef.h>

/* Blanks [start, end) but for line ends. */
void bd_mask_blank(char *s, size_t start, size_t end);

/* Blanks <think>...</think>, <thinking>...</thinking> and ###Thinking ... ###Response. A
 * closing tag without an opening one closes from the beginning (templates of some models
 * swallow the first tag). Returns true if thinking did not end: then the rest is blank.
 */
bool bd_mask_thinking(char *s, size_t n);

/* Blanks orders to whoever reads the answer, "ignore all previous instructions ...", to
 * the end of their line: what they name is not what the answer says. True if there were
 * any. s[n] is NUL. */
bool bd_mask_orders(char *s, size_t n);

/* Turns URLs into letters: a brand in a link is not a brand in the answer. */
void bd_mask_urls(char *s, size_t n);

#endif
