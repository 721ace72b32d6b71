/* domain/reading/citation.h - the sources that an answer cites. [any]
 *
 * In the prose: [n](url), [text](url), "[n]: url" and "[^n]: url" with [n] and [^n]
 * where they are cited, and plain addresses. Beside it: what the provider returned, with
 * [ref_n] where it is cited, and the sources that JSON in the answer claims. Pictures are
 * no citations, nor is an address that the end of a cut answer may have halved.
 *
 * A mark belongs to the brands between the mark before it and itself, in its clause;
 * where none is there, to the last one before it on its line; else to those that its
 * sentence is about (attribution.h); else to the next one in its clause. */
#ifndef BD_DOMAIN_CITATION_H
#define BD_DOMAIN_CITATION_H

#include "bd/provider.h" /* struct bd_web_page */
#include "domain/reading/attribution.h"

struct bd_citing {
    const struct bd_inquiry *inquiry;
    const struct bd_passage *p; /* of the masked text */
    const struct bd_attribution *a;
    const char *text; /* as stored: addresses are masked in the passage */
    bool cut;
    const struct bd_web_page *returned; /* lent */
    size_t returned_count;
};

/* Adds what the provider returned and what the prose cites. -1 when memory is short. */
int bd_citation_read(struct bd_observation *o, const struct bd_citing *in) BD_MUST_CHECK;

/* Adds the claimed sources of o->claims; `json` is where they stand in the text. */
int bd_citation_claim(struct bd_observation *o, const struct bd_inquiry *r,
                      const char *text, struct bd_span json) BD_MUST_CHECK;

void bd__citations_free(struct bd_observation *o); /* what it holds of them */

/* For citation.c and citing.c: the citation of that page, a new one if it is not there
 * yet. *out is NULL where s is no address or there are too many; it is good until the
 * next one is put. */
struct bd_page_named {
    const char *s; /* the address */
    size_t n;
    const char *title, *site, *attitude, *marker; /* "" if none */
};
int bd__citation_put(struct bd_observation *o, const struct bd_inquiry *r,
                     enum bd_origin origin, const struct bd_page_named *page,
                     struct bd_citation **out) BD_MUST_CHECK;
void bd__citation_span(struct bd_citation *c, size_t start, size_t end);

#endif
