/* domain/reading/observation_parts.h - the pieces of an observation's JSON
 * (docs/report.md), for observation.c and its neighbours. [any] */
#ifndef BD_DOMAIN_OBSERVATION_PARTS_H
#define BD_DOMAIN_OBSERVATION_PARTS_H

#include "domain/reading/observation.h"

struct bd_quoted { /* what the spans are of, lent */
    const char *text;
    size_t bytes;
};

/* [{"start","end","matched"}]; of what was matched, the first 200 bytes. */
json_t *bd__spans_json(const struct bd_span *spans, size_t count, struct bd_quoted q);

/* "brands": those of the request, then those that were found beside them. */
json_t *bd__brands_json(const struct bd_observation *o, const struct bd_inquiry *r,
                        struct bd_quoted q);

/* "parse": how the answer was read. */
json_t *bd__parse_json(const struct bd_observation *o);

/* {"kind","promised","seen"} */
json_t *bd__list_json(const struct bd_observation *o);

json_t *bd__known_json(enum bd_known k);
json_t *bd__count_json(int n); /* null unless it is over 0 */

#endif
