/* domain/inquiry/prompt.h - the words that are sent to a model. [any] Pure.
 *
 * Templates come from the configuration; {brand} {competitors} {question} are replaced,
 * nothing else is: a question is never split, trimmed or escaped. Names and questions
 * are put in as they are, so braces inside them are left alone. */
#ifndef BD_DOMAIN_PROMPT_H
#define BD_DOMAIN_PROMPT_H

#include "domain/inquiry/inquiry.h"

extern const char bd_prompt_matrix_zh[], bd_prompt_matrix_en[]; /* defaults */
extern const char bd_prompt_neutral[];                          /* "{question}" */

/* Refuses templates without {question}, and unknown {words} (BD_ERR_CONFIG). */
int bd_prompt_check(const char *template, struct bd_error *err) BD_MUST_CHECK;
/* For the neutral probe: refuses {brand} and {competitors} as well. */
int bd_prompt_check_neutral(const char *template, struct bd_error *err) BD_MUST_CHECK;

/* Appends the prompt for one task. brand is an index, -1 for a neutral one; the
 * competitors of a brand are all other brands of the request; with none there stands
 * "none" in the request's language. -1 when out is full. */
int bd_prompt_build(struct bd_buf *out, const char *template, const struct bd_inquiry *r,
                    int brand, int question);

#endif
