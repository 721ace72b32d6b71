/* domain/reading/coerce.h - what a self-reported JSON value was meant to say. [any] */
#ifndef BD_DOMAIN_COERCE_H
#define BD_DOMAIN_COERCE_H

#include <jansson.h>

#include "domain/reading/observation.h"

/* "第2名" "2/10" "#2" "TOP1" "二" 2.0 -> 2; 0 if there is none or it is past 10. */
int bd_coerce_rank(const json_t *v);
/* "正面" "80%" 0.8 80 -> [-1,1]; NaN if it says nothing. */
double bd_coerce_sentiment(const json_t *v);
/* true "是" "yes" 1; anything else that is no clear no is BD_UNKNOWN. */
enum bd_known bd_coerce_truth(const json_t *v);
/* A copy, "" for words that say "none" and for what is no text; NULL: out of memory. */
char *bd_coerce_text(const json_t *v);
/* A name copied from a template: "品牌 A", "Brand X", "string". */
bool bd_coerce_placeholder(const json_t *v);

#endif
