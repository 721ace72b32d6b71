/* domain/figures/stability.c - how alike answers to the same question are. See
 * figures_parts.h.
 *
 * Whole answers only: what a cut answer does not name is unknown. */
#include <math.h>
#include <stdlib.h>

#include "domain/figures/figures_parts.h"

static const double persistence = 0.9; /* how deep the overlap of lists looks */

struct list { /* the brands of one answer in the order of their ranks */
    size_t *ids;
    size_t count;
};

struct slot {
    const struct bd_cell *at;
    size_t cell;
};

struct work {
    const struct bd_record *rec;
    const struct bd__frame *frame;
    struct slot *slots; /* the whole answers, by question, model, sample */
    size_t count;
    struct list *lists; /* per cell */
    size_t *ids;        /* room of the lists */
};

struct means { /* over the pairs of a group */
    double jaccard, overlap;
    int pairs, ranked;
};

static int by_rank(const void *a, const void *b)
{
    const struct bd__named *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Brands that share a rank stand in the order of the text. */
static int rank_brands(struct work *w)
{
    const struct bd__frame *f = w->frame;
    size_t all = f->first[w->rec->cell_count];
    struct bd__named *ranked = calloc(all + 1, sizeof(*ranked));

    if (!ranked)
        return -1;
    for (size_t i = 0; i < w->rec->cell_count; i++) {
        struct list *l = &w->lists[i];

        l->ids = w->ids + f->first[i];
        for (size_t k = f->first[i]; k < f->first[i + 1]; k++)
            if (f->at[k].rank > 0)
                ranked[l->count++] = f->at[k];
        qsort(ranked, l->count, sizeof(*ranked), by_rank);
        if (l->count > BD_STABILITY_DEPTH)
            l->count = BD_STABILITY_DEPTH;
        for (size_t k = 0; k < l->count; k++)
            l->ids[k] = ranked[k].id;
    }
    free(ranked);
    return 0;
}

/* NaN where neither names a brand. Both are sorted by id. */
static double jaccard(const struct bd__frame *f, size_t a, size_t b)
{
    size_t i = f->first[a], k = f->first[b], common = 0, either = 0;

    while (i < f->first[a + 1] || k < f->first[b + 1]) {
        bool left =
            i < f->first[a + 1] && (k == f->first[b + 1] || f->at[i].id <= f->at[k].id);
        bool right =
            k < f->first[b + 1] && (i == f->first[a + 1] || f->at[k].id <= f->at[i].id);

        either++;
        common += left && right;
        i += left;
        k += right;
    }
    return either ? (double)common / (double)either : NAN;
}

static bool among(const size_t *ids, size_t n, size_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Rank-biased overlap, extrapolated, of lists of any two lengths (Webber, Moffat, Zobel
 * 2010, equation 32). 1 for equal lists; NaN where one of them is empty. */
static double overlap(const struct list *a, const struct list *b)
{
    const struct list *s = a->count <= b->count ? a : b, *l = s == a ? b : a;
    const double p = persistence, n = (double)s->count, m = (double)l->count;
    double sum = 0, weight = 1, common = 0, at_s = 0;

    if (s->count == 0)
        return NAN;
    for (size_t d = 1; d <= l->count; d++) {
        double depth = (double)d;

        if (d <= s->count) {
            common += among(l->ids, d, s->ids[d - 1]);
            common += s->ids[d - 1] != l->ids[d - 1] && among(s->ids, d, l->ids[d - 1]);
        } else
            common += among(s->ids, s->count, l->ids[d - 1]);
        weight *= p;
        sum += common / depth * weight;
        if (d == s->count)
            at_s = common;
        if (d > s->count)
            sum += at_s * (depth - n) / (n * depth) * weight;
    }
    return (1 - p) / p * sum + ((common - at_s) / m + at_s / n) * weight;
}

static void add_pair(struct means *x, const struct work *w, size_t a, size_t b)
{
    double sets = jaccard(w->frame, a, b), lists = overlap(&w->lists[a], &w->lists[b]);

    if (!isnan(sets)) {
        x->jaccard += sets;
        x->pairs++;
    }
    if (!isnan(lists)) {
        x->overlap += lists;
        x->ranked++;
    }
}

static void add_group(struct bd_stability *s, const struct work *w, size_t from,
                      size_t end)
{
    struct means x = {0};

    for (size_t i = from; i < end; i++)
        for (size_t k = i + 1; k < end && k <= i + BD_STABILITY_REACH; k++)
            add_pair(&x, w, w->slots[i].cell, w->slots[k].cell);
    s->pairs += x.pairs;
    s->ranked_pairs += x.ranked;
    if (x.pairs) {
        s->groups++;
        s->jaccard += x.jaccard / x.pairs;
    }
    if (x.ranked) {
        s->ranked_groups++;
        s->overlap += x.overlap / x.ranked;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct bd_cell *x = ((const struct slot *)a)->at;
    const struct bd_cell *y = ((const struct slot *)b)->at;

    if (x->question != y->question)
        return x->question < y->question ? -1 : 1;
    if (x->model != y->model)
        return x->model < y->model ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

static bool same_group(const struct slot *a, const struct slot *b)
{
    return a->at->question == b->at->question && a->at->model == b->at->model;
}

static void walk(struct bd_stability *s, struct work *w)
{
    size_t end;

    for (size_t i = 0; i < w->rec->cell_count; i++)
        if (w->frame->looked[i] && w->rec->cells[i].geo->complete)
            w->slots[w->count++] = (struct slot){&w->rec->cells[i], i};
    qsort(w->slots, w->count, sizeof(*w->slots), by_place);
    for (size_t i = 0; i < w->count; i = end) {
        for (end = i + 1; end < w->count && same_group(&w->slots[i], &w->slots[end]);)
            end++;
        add_group(s, w, i, end);
    }
    s->jaccard = bd__divide(s->jaccard, s->groups);
    s->overlap = bd__divide(s->overlap, s->ranked_groups);
}

int bd__figures_stability(struct bd_figures *f, const struct bd_record *rec,
                          const struct bd__frame *frame)
{
    struct work w = {.rec = rec, .frame = frame};
    int rc = -1;

    w.slots = calloc(rec->cell_count + 1, sizeof(*w.slots));
    w.lists = calloc(rec->cell_count + 1, sizeof(*w.lists));
    w.ids = calloc(frame->first[rec->cell_count] + 1, sizeof(*w.ids));
    if (w.slots && w.lists && w.ids)
        rc = rank_brands(&w);
    if (rc == 0)
        walk(&f->stability, &w);
    free(w.slots);
    free(w.lists);
    free(w.ids);
    return rc;
}
