/* domain/reading/sighting.h - how each brand fares in one text: mentions, ranks, types,
 * tone. [any] */
#ifndef BD_DOMAIN_SIGHTING_H
#define BD_DOMAIN_SIGHTING_H

#include "domain/reading/ranking.h"

/* Fills brands[0..count), which the caller set to unknown. Leaves `mentioned` unknown
 * where no visible mention is: whether that is absence is not known here. Order is not
 * set. -1 when memory is short. */
int bd_sighting_read(struct bd_sighting *brands, size_t count, const struct bd_passage *p,
                     const struct bd_ranking *ranking) BD_MUST_CHECK;

/* Adds bytes [start, end) of the text to a brand's evidence; past 20 they are let go. */
int bd__sighting_evidence(struct bd_sighting *b, size_t start, size_t end) BD_MUST_CHECK;

#endif
