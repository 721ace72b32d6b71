/* domain/reading/legacy.h - what an answer says about itself in JSON. [any]
 *
 * The earlier prompts asked for {"geo_analysis": {...}} or {"top3_brands": [...]} at the
 * end of an answer, and models still write it: fenced or not, cut, in Python's spelling
 * or full-width. It is found anywhere in the text; of several the last that is no
 * filled-in template counts. A hint, never the truth. */
#ifndef BD_DOMAIN_LEGACY_H
#define BD_DOMAIN_LEGACY_H

#include "domain/reading/observation.h"

struct bd_legacy {
    struct bd_claims claims; /* conflict is the reader's to set */
    json_t *ranked;          /* array of {"name","rank"} as claimed, or NULL */
    struct bd_span taken;    /* the JSON that counted */
    bool quoted;             /* it stands inside quotation marks */
    const char *missing[5];  /* members that geo_analysis lacks */
    int missing_count;
    bool error;          /* the whole answer is an error body of a provider */
    struct bd_buf spans; /* struct bd_span: all such JSON, counted or not */
};

/* -1 when memory is short. bd_legacy_free() is always right after it. */
int bd_legacy_find(struct bd_legacy *l, const char *s, size_t n) BD_MUST_CHECK;
void bd_legacy_free(struct bd_legacy *l);

void bd_claims_free(struct bd_claims *c); /* what it holds */

#endif
