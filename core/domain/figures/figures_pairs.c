/* domain/figures/figures_pairs.c - the main brand beside each competitor in the same
 * answers. See figures_parts.h. */
#include "domain/figures/figures_parts.h"

/* Of one competitor: only where both are known. */
static enum bd_known intercepts(const struct bd_cell *c, size_t brand)
{
    enum bd_known own = bd_cell_knows(c, 0);

    if (own == BD_UNKNOWN || bd_cell_knows(c, brand) == BD_UNKNOWN)
        return BD_UNKNOWN;
    return own == BD_NO && bd_cell_puts_forward(c, brand) ? BD_YES : BD_NO;
}

/* "Any competitor" is decided as soon as the main brand is there or one competitor is
 * put forward; it stays open while a competitor of a cut answer is unknown. */
enum bd_known bd__intercepts(const struct bd_cell *c, size_t brand, size_t brands)
{
    enum bd_known any = brands > 1 ? BD_NO : BD_UNKNOWN;

    if (brand > 0)
        return intercepts(c, brand);
    if (bd_cell_knows(c, 0) != BD_NO)
        return bd_cell_knows(c, 0) == BD_YES ? any : BD_UNKNOWN;
    for (size_t b = 1; b < brands; b++) {
        enum bd_known one = intercepts(c, b);

        if (one == BD_YES)
            return BD_YES;
        if (one == BD_UNKNOWN)
            any = BD_UNKNOWN;
    }
    return any;
}

static void count_interception(struct bd_figures *f, const struct bd_cell *c)
{
    for (size_t b = 0; b < f->brand_count; b++) {
        struct bd_rate *r = b ? &f->interceptions[b].rate : &f->interception_any;
        enum bd_known x = bd__intercepts(c, b, f->brand_count);

        r->n += x != BD_UNKNOWN;
        r->hits += x == BD_YES;
    }
}

/* Which of two that are mentioned stands first: by rank where both have one, else by
 * where they are first named. */
static bool stands_before(const struct bd_sighting *a, const struct bd_sighting *b)
{
    if (a->rank && b->rank)
        return a->rank < b->rank;
    if (a->rank || b->rank)
        return a->rank != 0;
    return a->order < b->order;
}

static void count_versus(struct bd_figures *f, const struct bd_cell *c)
{
    enum bd_known own = bd_cell_knows(c, 0);

    for (size_t b = 1; b < f->brand_count; b++) {
        struct bd_versus *v = &f->versus[b];
        enum bd_known other = bd_cell_knows(c, b);

        if (own == BD_UNKNOWN || other == BD_UNKNOWN) {
            v->unknown++;
            continue;
        }
        v->both += own == BD_YES && other == BD_YES;
        v->only_main += own == BD_YES && other == BD_NO;
        v->only_other += own == BD_NO && other == BD_YES;
        v->neither += own == BD_NO && other == BD_NO;
        if (own == BD_YES && other == BD_YES) {
            v->placed++;
            v->outranked += stands_before(&c->geo->brands[b], &c->geo->brands[0]);
        }
    }
}

void bd__figures_pairs(struct bd_figures *f, const struct bd_cell *c)
{
    count_interception(f, c);
    count_versus(f, c);
}
