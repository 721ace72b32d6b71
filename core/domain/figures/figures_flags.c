/* domain/figures/figures_flags.c - sites that a person should look at. See
 * figures_parts.h.
 *
 * Somebody who writes for assistants, not for readers, leaves two traces (GEO metric 23):
 * a brand that is put forward with one site behind it, always the same, and a site that
 * has nothing but praise, of one brand, and that one model alone believes. Neither proves
 * anything. What a model claims of itself is no source here. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/figures_parts.h"
#include "domain/reading/fold.h"

const char *bd_flag_name(enum bd_flag what)
{
    return what == BD_FLAG_ONE_SITE ? "one_site" : "praise_only";
}

struct beside { /* a citation and one of the brands that it belongs to */
    const struct bd_citation *at;
    size_t cell, site;
    int model, brand; /* brand: -1 = nobody tracks it */
    const char *name; /* lent; NULL: it belongs to no brand */
    char *folded;     /* of a name that nobody tracks */
    bool forward;     /* the answer recommends or lists the brand */
};

struct all {
    struct beside *p;
    size_t n;
    const struct bd_source_site **sites; /* by domain */
};

static int site_order(const void *a, const void *b)
{
    const struct bd_source_site *const *x = a, *const *y = b;

    return strcmp((*x)->domain, (*y)->domain);
}

static size_t site_of(const struct all *all, const struct bd_figures *f,
                      const struct bd_citation *c)
{
    const struct bd_source_site key = {.domain = c->domain}, *k = &key;
    const struct bd_source_site *const *found = bsearch(
        &k, all->sites, f->site_count, sizeof(struct bd_source_site *), site_order);

    return (size_t)(*found - f->sites); /* every citation's is there */
}

static char *folded(const char *name)
{
    struct bd_fold f;
    char *out = NULL;

    if (bd_fold_init(&f, name, strlen(name)) == 0)
        out = strdup(f.bytes.data);
    bd_fold_free(&f);
    return out;
}

static int name_it(struct beside *e, const struct bd_record *rec, int near)
{
    const struct bd_cell *c = &rec->cells[e->cell];
    const size_t b = (size_t)near, tracked = c->geo->brand_count;

    e->brand = b < tracked ? near : -1;
    e->name = b < tracked ? rec->inquiry.brands[b].name : c->geo->found[b - tracked].name;
    e->forward = b >= tracked || bd_cell_puts_forward(c, b);
    if (b < tracked)
        return 0;
    e->folded = folded(e->name);
    return e->folded ? 0 : -1;
}

static int add_citation(struct all *all, const struct beside *one,
                        const struct bd_record *rec)
{
    int n = one->at->near_count;

    if (n == 0)
        all->p[all->n++] = *one;
    for (int i = 0; i < n; i++) {
        struct beside *e = &all->p[all->n++];

        *e = *one;
        if (name_it(e, rec, one->at->near[i]) < 0)
            return -1;
    }
    return 0;
}

static size_t most(const struct bd_record *rec)
{
    size_t n = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        for (size_t k = 0;
             bd__cites(&rec->cells[i]) && k < rec->cells[i].geo->citation_count; k++)
            n += 1 + (size_t)rec->cells[i].geo->citations[k].near_count;
    return n;
}

static int collect(struct all *all, const struct bd_figures *f,
                   const struct bd_record *rec)
{
    all->p = calloc(most(rec) + 1, sizeof(*all->p));
    all->sites = calloc(f->site_count + 1, sizeof(struct bd_source_site *));
    if (!all->p || !all->sites)
        return -1;
    for (size_t i = 0; i < f->site_count; i++)
        all->sites[i] = &f->sites[i];
    qsort(all->sites, f->site_count, sizeof(struct bd_source_site *), site_order);
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        for (size_t k = 0; bd__cites(c) && k < c->geo->citation_count; k++) {
            struct beside one = {
                &c->geo->citations[k], i, 0, c->model, -1, NULL, NULL, false};

            if (one.at->origin == BD_ORIGIN_CLAIMED)
                continue;
            one.site = site_of(all, f, one.at);
            if (add_citation(all, &one, rec) < 0)
                return -1;
        }
    }
    return 0;
}

/* No brand, then the tracked ones, then the others by name. */
static int brand_order(const struct beside *x, const struct beside *y)
{
    if (!x->name || !y->name)
        return (x->name != NULL) - (y->name != NULL);
    if ((x->brand < 0) != (y->brand < 0))
        return x->brand < 0 ? 1 : -1;
    if (x->brand >= 0)
        return (x->brand > y->brand) - (x->brand < y->brand);
    return strcmp(x->folded, y->folded);
}

static int cell_order(const struct beside *x, const struct beside *y)
{
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_brand(const void *a, const void *b)
{
    int d = brand_order(a, b);

    return d ? d : cell_order(a, b);
}

static int by_site(const void *a, const void *b)
{
    const struct beside *x = a, *y = b;

    if (x->site != y->site)
        return x->site < y->site ? -1 : 1;
    return cell_order(x, y);
}

/* Adds the flag for [from, to), one site and one brand, by answer: those that put it
 * forward. */
static int raise(struct bd_figures *f, enum bd_flag what, const struct beside *from,
                 const struct beside *to)
{
    struct bd_source_flag flag = {.what = what, .site = from->site, .brand = from->brand};
    uint64_t models = 0; /* BD_INQUIRY_MODELS bits */

    if ((f->flag_count & (f->flag_count - 1)) == 0) { /* full: the room doubles */
        size_t room = f->flag_count ? 2 * f->flag_count : 1;
        struct bd_source_flag *more = realloc(f->flags, room * sizeof(*more));

        if (!more)
            return -1;
        f->flags = more;
    }
    flag.name = strdup(from->name);
    flag.cells = calloc((size_t)(to - from), sizeof(*flag.cells));
    if (!flag.name || !flag.cells) {
        free(flag.name);
        free(flag.cells);
        return -1;
    }
    for (const struct beside *e = from; e < to; e++)
        if (e->forward) {
            if (flag.answers == 0 || flag.cells[flag.answers - 1] != e->cell)
                flag.cells[flag.answers++] = e->cell;
            models |= UINT64_C(1) << e->model;
        }
    flag.models = __builtin_popcountll(models);
    f->flags[f->flag_count++] = flag;
    return 0;
}

/* One brand and the sites beside it. One that an answer has for a mere mention of it is
 * a second site, too. */
static int look_at_brand(struct bd_figures *f, const struct beside *from,
                         const struct beside *to)
{
    const struct bd_source_site *s = &f->sites[from->site];
    const struct beside *last = NULL;
    int answers = 0;

    if (!from->name)
        return 0;
    for (const struct beside *e = from; e < to; e++) {
        if (e->site != from->site)
            return 0;
        if (e->forward && (!last || last->cell != e->cell)) {
            answers++;
            last = e;
        }
    }
    if (answers < BD_FLAG_ANSWERS ||
        (s->category != BD_CATEGORY_UNKNOWN && (s->brand < 0 || s->brand != from->brand)))
        return 0;
    return raise(f, BD_FLAG_ONE_SITE, from, to);
}

/* All that cites one site. */
static int look_at_site(struct bd_figures *f, const struct beside *from,
                        const struct beside *to)
{
    if (f->sites[from->site].category != BD_CATEGORY_UNKNOWN)
        return 0;
    for (const struct beside *e = from; e < to; e++)
        if (!e->forward || e->at->praise != BD_YES || e->at->near_count != 1 ||
            brand_order(e, from) != 0 || e->model != from->model)
            return 0;
    return raise(f, BD_FLAG_PRAISE, from, to);
}

typedef int group_fn(struct bd_figures *f, const struct beside *from,
                     const struct beside *to);
typedef bool same_fn(const struct beside *x, const struct beside *y);

static bool same_brand(const struct beside *x, const struct beside *y)
{
    return brand_order(x, y) == 0;
}

static bool same_site(const struct beside *x, const struct beside *y)
{
    return x->site == y->site;
}

static int each_group(struct bd_figures *f, const struct all *all, same_fn *same,
                      group_fn *look)
{
    for (size_t i = 0, k; i < all->n; i = k) {
        for (k = i + 1; k < all->n && same(&all->p[i], &all->p[k]);)
            k++;
        if (look(f, all->p + i, all->p + k) < 0)
            return -1;
    }
    return 0;
}

/* Those of one kind by answers; sites stand by weight already, names by byte. */
static int flag_order(const void *a, const void *b)
{
    const struct bd_source_flag *x = a, *y = b;

    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    if (x->answers != y->answers)
        return x->answers > y->answers ? -1 : 1;
    if (x->site != y->site)
        return x->site < y->site ? -1 : 1;
    return strcmp(x->name, y->name);
}

int bd__figures_flags(struct bd_figures *f, const struct bd_record *rec)
{
    struct all all = {0};
    int rc = collect(&all, f, rec);

    if (rc == 0) {
        qsort(all.p, all.n, sizeof(*all.p), by_brand);
        rc = each_group(f, &all, same_brand, look_at_brand);
    }
    if (rc == 0) {
        qsort(all.p, all.n, sizeof(*all.p), by_site);
        rc = each_group(f, &all, same_site, look_at_site);
    }
    for (size_t i = 0; i < all.n; i++)
        free(all.p[i].folded);
    free(all.p);
    free(all.sites);
    if (rc == 0 && f->flag_count)
        qsort(f->flags, f->flag_count, sizeof(*f->flags), flag_order);
    return rc;
}
