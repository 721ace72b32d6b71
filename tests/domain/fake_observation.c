/* Stands in for domain/observation.c in tests of the modules above it. */
#include <stdlib.h>

#include "domain/observation.h"

void bd_observation_free(struct bd_observation *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->claims.source_count; i++) {
        free(o->claims.sources[i].url);
        free(o->claims.sources[i].site);
        free(o->claims.sources[i].attitude);
    }
    free(o->claims.sources);
    free(o->brands);
    free(o->intercepted_by);
    free(o);
}

json_t *bd_observation_json(const struct bd_observation *o, const struct bd_inquiry *r)
{
    return json_pack("{s:i, s:i}", "brand_count", (int)o->brand_count, "tracked",
                     (int)r->brand_count);
}
