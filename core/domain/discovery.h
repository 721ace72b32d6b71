/* domain/discovery.h - brands that nobody tracks, as an answer lists them. [any] */
#ifndef BD_DOMAIN_DISCOVERY_H
#define BD_DOMAIN_DISCOVERY_H

#include "domain/ranking.h"

enum { BD_DISCOVERIES = 200 }; /* of one answer; later ones are let go */

/* Fills o->found from what the ranking found; order is not set. -1 when memory is short.
 */
int bd_discovery_read(struct bd_observation *o, const struct bd_passage *p,
                      const struct bd_ranking *ranking) BD_MUST_CHECK;

#endif
