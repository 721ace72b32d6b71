/* domain/reading/look_parts.h - parts of look.h; shared by look.c and look_need.c alone.
 * [any] */
#ifndef BD_DOMAIN_LOOK_PARTS_H
#define BD_DOMAIN_LOOK_PARTS_H

#include "domain/reading/look.h"

/* Behind the colon that follows the head, at the text there; 0: there is none. */
size_t bd__look_behind_colon(const char *s, size_t at, size_t end);

/* Is the key of the head a choice ("Best overall", "静音之选") with a colon behind it? */
bool bd__look_choice(const struct bd_passage *p, const struct bd_item *it,
                     const struct bd_span_u32 *key);

/* Is it a need, whose text chooses ("Open kitchens: choose A") or that an arrow answers?
 */
bool bd__look_need(const struct bd_passage *p, const struct bd_item *it,
                   const struct bd_span_u32 *key);

#endif
