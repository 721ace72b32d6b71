/* domain/reading/discovery.h - brands that nobody tracks, as an answer puts them forward.
 * [any]
 */
#ifndef BD_DOMAIN_DISCOVERY_H
#define BD_DOMAIN_DISCOVERY_H

#include "domain/reading/ranking.h"

/* Fills o->found from those of o->offers that are of no tracked brand, with the rank that
 * the ranking gives them, if it does; order is not set. -1 when memory is short. */
int bd_discovery_read(struct bd_observation *o, const struct bd_passage *p,
                      const struct bd_ranking *ranking) BD_MUST_CHECK;

#endif
