/* domain/discovery.c - see discovery.h. */
#include "domain/discovery.h"

#include <stdlib.h>
#include <string.h>

static bool known_already(const struct bd_passage *p, const struct bd_found *all,
                          size_t n)
{
    const char *s = p->fold.bytes.data;
    size_t bytes = all[n].name.end - all[n].name.start;

    for (size_t i = 0; i < n; i++)
        if (all[i].name.end - all[i].name.start == bytes &&
            memcmp(s + all[i].name.start, s + all[n].name.start, bytes) == 0)
            return true;
    return false;
}

static int add(struct bd_observation *o, const struct bd_passage *p,
               const struct bd_found *f)
{
    struct bd_discovery *d = &o->found[o->found_count];
    size_t start = bd_fold_origin(&p->fold, f->name.start);
    size_t end = bd_fold_origin(&p->fold, f->name.end);

    *d = (struct bd_discovery){
        .where = {start, end}, .rank = f->rank, .section_rank = f->section_rank};
    d->name = strndup(p->s + start, end - start);
    if (!d->name)
        return -1;
    o->found_count++;
    return 0;
}

int bd_discovery_read(struct bd_observation *o, const struct bd_passage *p,
                      const struct bd_ranking *ranking)
{
    const struct bd_found *all =
        (const struct bd_found *)(const void *)ranking->found.data;
    size_t n = ranking->found.n / sizeof(*all);

    if (n > BD_DISCOVERIES)
        n = BD_DISCOVERIES;
    if (n == 0)
        return 0;
    o->found = calloc(n, sizeof(*o->found));
    if (!o->found)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!known_already(p, all, i) && add(o, p, &all[i]) < 0)
            return -1;
    return 0;
}
