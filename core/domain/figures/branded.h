/* domain/figures/branded.h - which questions name a brand of the request. [any] Pure.
 *
 * A question that holds a tracked name or alias makes the model mention it, asked
 * neutrally or not: its answers tell how the brand is portrayed, not how visible it is.
 * Found by the same rules as in answers (alias.h): folded, whole words where they are
 * Latin, never where the name is an everyday word ("小米粥"). */
#ifndef BD_DOMAIN_BRANDED_H
#define BD_DOMAIN_BRANDED_H

#include "base/buf.h"
#include "domain/inquiry/inquiry.h"

/* Sets branded[question] for each question. The number of those that are, or -1 when
 * memory is short. */
int bd_branded_find(bool *branded, const struct bd_inquiry *r) BD_MUST_CHECK;

/* Appends their numbers, counted from 1: "2, 5". */
void bd_branded_list(struct bd_buf *out, const bool *branded, size_t questions, bool zh);

/* Appends what a person should know before such questions are asked neutrally; nothing if
 * there are none. Never fails: what memory is short for is not said. */
void bd_branded_warn(struct bd_buf *out, const struct bd_inquiry *r, bool zh);

#endif
