/* domain/figures_pairs.c - the main brand beside each competitor in the same answers. See
 * figures_parts.h. */
#include "domain/figures_parts.h"

/* "Any competitor" is decided as soon as the main brand is there or one competitor is
 * put forward; it stays open while a competitor of a cut answer is unknown. */
static void count_interception(struct bd_figures *f, const struct bd_cell *c)
{
    enum bd_known own = bd_cell_knows(c, 0);
    bool any = false, open = false;

    if (own == BD_UNKNOWN || f->brand_count < 2)
        return;
    for (size_t b = 1; b < f->brand_count; b++) {
        struct bd_rate *r = &f->interceptions[b].rate;
        bool hit = own == BD_NO && bd_cell_puts_forward(c, b);

        if (bd_cell_knows(c, b) == BD_UNKNOWN) {
            open = true;
            continue;
        }
        r->n++;
        r->hits += hit;
        any = any || hit;
    }
    if (own == BD_YES || any || !open) {
        f->interception_any.n++;
        f->interception_any.hits += any;
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
