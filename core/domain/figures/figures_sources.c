/* domain/figures/figures_sources.c - which sites answers cite, and whose they are. See
 * figures_parts.h.
 *
 * Every answer counts, of both probes: whom an answer cites is part of how it portrays.
 * What a search returned, what the prose links and what a model claims are kept apart. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/figures_parts.h"

struct cite {
    const struct bd_citation *at;
    size_t cell;
    int model;
};

bool bd__cites(const struct bd_cell *c)
{
    return bd_cell_answered(c) && c->geo && !c->geo->refused;
}

/* By site, answer and origin. */
static int by_site(const void *a, const void *b)
{
    const struct cite *x = a, *y = b;
    int d = strcmp(x->at->domain, y->at->domain);

    if (d != 0)
        return d;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    if (x->at->origin != y->at->origin)
        return x->at->origin < y->at->origin ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static struct cite *collect(size_t *n, struct bd_figures *f, const struct bd_record *rec)
{
    struct cite *all;
    size_t room = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        if (bd__cites(&rec->cells[i])) {
            f->source_answers++;
            room += rec->cells[i].geo->citation_count;
        }
    all = calloc(room + 1, sizeof(*all));
    *n = 0;
    for (size_t i = 0; all && i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        for (size_t k = 0; bd__cites(c) && k < c->geo->citation_count; k++)
            all[(*n)++] = (struct cite){&c->geo->citations[k], i, c->model};
    }
    return all;
}

static int owner(const struct bd_citation *c)
{
    bool owned =
        c->category == BD_CATEGORY_OWNED || c->category == BD_CATEGORY_COMPETITOR;

    return owned ? c->brand : -1;
}

/* Citations of one answer, by origin; seen: the brands whose sites were counted. */
static void count_answer(struct bd_figures *f, const struct bd_observation *o,
                         enum bd_origin origin)
{
    uint32_t seen = 0; /* BD_INQUIRY_BRANDS bits */
    int citations = 0;

    for (size_t i = 0; i < o->citation_count; i++) {
        const struct bd_citation *c = &o->citations[i];
        const int brand = owner(c);

        if (c->origin != origin)
            continue;
        citations++;
        if (brand < 0 || (size_t)brand >= f->brand_count)
            continue;
        f->brands[brand].cited_share[origin].hits++;
        f->brands[brand].cited_rate[origin].hits += !(seen & UINT32_C(1) << brand);
        seen |= UINT32_C(1) << brand;
    }
    f->cited[origin].citations += citations;
    f->cited[origin].answers += citations > 0;
}

static void count_origins(struct bd_figures *f, const struct bd_record *rec)
{
    for (size_t i = 0; i < rec->cell_count; i++)
        for (int o = 0; bd__cites(&rec->cells[i]) && o < BD_ORIGINS; o++)
            count_answer(f, rec->cells[i].geo, (enum bd_origin)o);
    for (size_t b = 0; b < f->brand_count; b++)
        for (int o = 0; o < BD_ORIGINS; o++) {
            f->brands[b].cited_share[o].n = f->cited[o].citations;
            f->brands[b].cited_rate[o].n = f->cited[o].answers;
            bd__rate_close(&f->brands[b].cited_share[o]);
            bd__rate_close(&f->brands[b].cited_rate[o]);
        }
}

/* Whose it is outweighs what kind it is; that outweighs unknown. */
static void judge(struct bd_source_site *s, const struct bd_citation *c)
{
    bool better = c->category != BD_CATEGORY_UNKNOWN &&
                  (s->category == BD_CATEGORY_UNKNOWN || c->category < s->category);

    if (!better)
        return;
    s->category = c->category;
    s->brand = owner(c);
}

/* all is sorted. */
static int list_sites(struct bd_figures *f, const struct cite *all, size_t n)
{
    struct bd_source_site *s = NULL;
    uint64_t models = 0; /* BD_INQUIRY_MODELS bits */

    f->sites = calloc(n + 1, sizeof(*f->sites));
    if (!f->sites)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct cite *c = &all[i];
        bool site = i == 0 || strcmp(c->at->domain, all[i - 1].at->domain) != 0;
        bool answer = site || c->cell != all[i - 1].cell;

        if (site) {
            s = &f->sites[f->site_count];
            s->brand = -1;
            s->domain = strdup(c->at->domain);
            if (!s->domain)
                return -1;
            f->site_count++;
            models = 0;
        }
        s->citations++;
        s->answers += answer;
        s->origins[c->at->origin] += answer || c->at->origin != all[i - 1].at->origin;
        models |= UINT64_C(1) << c->model;
        s->models = __builtin_popcountll(models);
        judge(s, c->at);
    }
    return 0;
}

static int by_weight(const void *a, const void *b)
{
    const struct bd_source_site *x = a, *y = b;

    if (x->answers != y->answers)
        return x->answers > y->answers ? -1 : 1;
    if (x->models != y->models)
        return x->models > y->models ? -1 : 1;
    if (x->citations != y->citations)
        return x->citations > y->citations ? -1 : 1;
    return strcmp(x->domain, y->domain);
}

int bd__figures_sources(struct bd_figures *f, const struct bd_record *rec)
{
    size_t n;
    struct cite *all = collect(&n, f, rec);
    int rc;

    if (!all)
        return -1;
    count_origins(f, rec);
    qsort(all, n, sizeof(*all), by_site);
    rc = list_sites(f, all, n);
    free(all);
    if (rc == 0)
        qsort(f->sites, f->site_count, sizeof(*f->sites), by_weight);
    return rc;
}
