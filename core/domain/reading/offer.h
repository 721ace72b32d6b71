/* domain/reading/offer.h - who is put forward as an answer to the question, in the order
 * of the text, each once. [any]
 *
 * Read as a person reads it: what stands under "how to choose" is advice, what stands
 * under a name is its detail, what stands under a kind ("local shops") are names, or
 * texts that name some. Names in a row within a text count behind "such as" only, and in
 * plain paragraphs only where the lists put nobody forward. */
#ifndef BD_DOMAIN_OFFER_H
#define BD_DOMAIN_OFFER_H

#include "domain/reading/naming.h"
#include "domain/reading/observation.h"

enum { BD_OFFERS = 240 }; /* of one answer; later ones are let go */

struct bd_offer {
    struct bd_span_u32 name; /* as the head writes it, in the fold */
    int brand;               /* -1: nobody tracks it */
    uint32_t head;           /* where the line began; names of one head are different */
    bool judged;             /* by what stands around it alone */
};

struct bd_items;

/* Appends struct bd_offer to out; in: the items of p. -1 when memory is short. */
int bd_offer_read(struct bd_buf *out, const struct bd_passage *p,
                  const struct bd_items *in) BD_MUST_CHECK;

/* Fills o->offers from them, when o->brands is done: tracked brands that are advised
 * against are left out; where hardly anybody is put forward in form, those count that
 * the text recommends or lists. -1 when memory is short. */
int bd_offer_settle(struct bd_observation *o, const struct bd_buf *offers,
                    const struct bd_passage *p) BD_MUST_CHECK;

#endif
