/* domain/reading/discovery.c - see discovery.h. */
#include "domain/reading/discovery.h"

#include <stdlib.h>
#include <string.h>

struct ranked { /* the names that the ranking found, in order of the text */
    const struct bd_found *at;
    size_t count, next;
};

/* Both go through the text once. */
static void take_rank(struct bd_discovery *d, struct ranked *r,
                      const struct bd_passage *p)
{
    while (r->next < r->count &&
           bd_fold_origin(&p->fold, r->at[r->next].name.end) <= d->where.start)
        r->next++;
    if (r->next < r->count &&
        bd_fold_origin(&p->fold, r->at[r->next].name.start) < d->where.end) {
        d->rank = r->at[r->next].rank;
        d->section_rank = r->at[r->next].section_rank;
    }
}

int bd_discovery_read(struct bd_observation *o, const struct bd_passage *p,
                      const struct bd_ranking *ranking)
{
    struct ranked r = {.at = (const struct bd_found *)(const void *)ranking->found.data,
                       .count = ranking->found.n / sizeof(struct bd_found)};

    o->found = calloc(o->offer_count + 1, sizeof(*o->found));
    if (!o->found)
        return -1;
    for (size_t i = 0; i < o->offer_count; i++) {
        struct bd_discovery *d = &o->found[o->found_count];

        if (o->offers[i].brand >= 0)
            continue;
        *d = (struct bd_discovery){.where = o->offers[i].where};
        take_rank(d, &r, p);
        d->name = strdup(o->offers[i].name);
        if (!d->name)
            return -1;
        o->found_count++;
    }
    return 0;
}
