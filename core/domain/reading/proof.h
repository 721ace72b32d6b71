/* domain/reading/proof.h - the words of an answer that gave a brand its rank and its
 * tone. [any]
 *
 * Of a rank: the item or row from its mark to the name, or the words of the phrase with
 * the name. Of a tone: each word that counted, the first ones. What JSON claimed is
 * proved by the JSON as a whole. */
#ifndef BD_DOMAIN_PROOF_H
#define BD_DOMAIN_PROOF_H

#include "domain/reading/ranking.h"

/* Fills rank_proof and tone_proof of o->brands, whose ranks and sentiments are read.
 * json: where the claims stand. */
void bd_proof_read(struct bd_observation *o, const struct bd_passage *p,
                   const struct bd_ranking *ranking, struct bd_span json);

#endif
