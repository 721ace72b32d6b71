/* domain/compare/resample.c - see resample.h. */
#include "domain/compare/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/figures/bootstrap.h"

#define SOURCE "compare"
#define WORK   2e8  /* answers times brands that are added up at most */
#define ALIKE  1e-9 /* differences this close are the same */

static int short_of_memory(struct bd_error *err)
{
    return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

static void add(struct bd_totals *t, const struct bd_lots *l, const struct bd_lot *lot)
{
    bd_totals_add(t, lot->model, &l->sums[lot->at * l->brands], 1);
}

static int count_for(const struct bd_lots *l, int least, int most)
{
    double n = WORK / ((double)l->count * (double)l->brands + 1);

    return n > most ? most : n < least ? least : (int)n;
}

static void sum_up(struct bd_totals t[2], const struct bd_lots *l)
{
    bd_totals_reset(&t[0]);
    bd_totals_reset(&t[1]);
    for (size_t i = 0; i < l->count; i++)
        add(&t[l->lots[i].after], l, &l->lots[i]);
}

static int two_totals(struct bd_totals t[2], const struct bd_lots *l)
{
    int rc = bd_totals_init(&t[0], l->brands, l->models);

    if (bd_totals_init(&t[1], l->brands, l->models) < 0)
        rc = -1;
    t[0].weights = t[1].weights = l->weights;
    return rc;
}

static void free_totals(struct bd_totals t[2])
{
    bd_totals_free(&t[0]);
    bd_totals_free(&t[1]);
}

int bd_resample_values(struct bd_lots *l, struct bd_compared *figures, size_t n,
                       struct bd_error *err)
{
    struct bd_totals t[2];
    int rc = two_totals(t, l);

    if (rc == 0)
        sum_up(t, l);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct bd_compared *f = &figures[i];

        f->before.value = bd_measure(f->what, &t[0], f->brand);
        f->before.n = bd_measure_n(f->what, &t[0], f->brand);
        f->after.value = bd_measure(f->what, &t[1], f->brand);
        f->after.n = bd_measure_n(f->what, &t[1], f->brand);
        f->difference = f->after.value - f->before.value;
    }
    free_totals(t);
    return rc < 0 ? short_of_memory(err) : 0;
}

/* Intervals */

static int by_cluster(const void *a, const void *b)
{
    const struct bd_lot *x = a, *y = b;

    if (x->after != y->after)
        return x->after - y->after;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    if (x->model != y->model)
        return x->model < y->model ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

struct row { /* the answers of one cluster and model, added up */
    size_t cluster, model;
};

struct drawing {
    struct bd_lots *l;
    struct bd_totals totals;
    struct row *rows;                /* of one side, by cluster */
    struct bd_sums *sums;            /* [row][brand] */
    size_t *first;                   /* clusters + 1: where a cluster's rows begin */
    double *values[2], *differences; /* [figure][replicate] */
    int replicates;
};

/* The lots of a side, which are in order, as rows; their number. */
static size_t add_rows(struct drawing *d, bool after)
{
    const struct bd_lots *l = d->l;
    size_t n = 0;

    for (size_t i = 0; i < l->count; i++) {
        const struct bd_lot *lot = &l->lots[i];
        struct bd_sums *to;

        if (lot->after != after)
            continue;
        if (n == 0 || d->rows[n - 1].cluster != lot->cluster ||
            d->rows[n - 1].model != lot->model) {
            memset(&d->sums[n * l->brands], 0, l->brands * sizeof(*d->sums));
            d->rows[n++] = (struct row){lot->cluster, lot->model};
        }
        to = &d->sums[(n - 1) * l->brands];
        for (size_t b = 0; b < l->brands; b++)
            for (size_t k = 0; k < BD_SUM_COUNT; k++)
                to[b].of[k] += l->sums[lot->at * l->brands + b].of[k];
    }
    return n;
}

static void index_rows(struct drawing *d, size_t rows, size_t clusters)
{
    size_t at = 0;

    for (size_t k = 0; k <= clusters; k++) {
        while (at < rows && d->rows[at].cluster < k)
            at++;
        d->first[k] = at;
    }
}

static void draw_side(struct drawing *d, int side, const struct bd_compared *figures,
                      size_t n)
{
    const size_t clusters = d->l->clusters[side], brands = d->l->brands;
    struct bd_random random;

    index_rows(d, add_rows(d, side == 1), clusters);
    bd_random_init(&random, BD_BOOTSTRAP_SEED + (uint64_t)(d->l->paired ? 0 : side));
    for (int r = 0; r < d->replicates; r++) {
        bd_totals_reset(&d->totals);
        for (size_t k = 0; k < clusters; k++) {
            size_t drawn = bd_random_below(&random, (uint32_t)clusters);

            for (size_t i = d->first[drawn]; i < d->first[drawn + 1]; i++)
                bd_totals_add(&d->totals, d->rows[i].model, &d->sums[i * brands], 1);
        }
        for (size_t i = 0; i < n; i++)
            d->values[side][i * (size_t)d->replicates + (size_t)r] =
                bd_measure(figures[i].what, &d->totals, figures[i].brand);
    }
}

/* A rate has Wilson's where its draws are all alike, as in domain/figures/bootstrap.h. */
static void close_side(struct bd_side *s, enum bd_measure what, double *values, int count)
{
    enum bd_sum hits, under;

    s->interval = bd_bootstrap_between(values, count);
    if (isnan(s->interval.low) && bd_measure_is_rate(what, &hits, &under))
        s->interval = bd_interval_wilson((int)lround(s->value * s->n), s->n);
}

static void close_intervals(struct drawing *d, struct bd_compared *figures, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t at = i * (size_t)d->replicates;

        for (int r = 0; r < d->replicates; r++)
            d->differences[r] =
                d->values[1][at + (size_t)r] - d->values[0][at + (size_t)r];
        figures[i].interval = bd_bootstrap_between(d->differences, d->replicates);
        close_side(&figures[i].before, figures[i].what, d->values[0] + at, d->replicates);
        close_side(&figures[i].after, figures[i].what, d->values[1] + at, d->replicates);
    }
}

static int make_room(struct drawing *d, size_t figures)
{
    const struct bd_lots *l = d->l;
    const size_t room = figures * (size_t)d->replicates + 1;

    d->rows = calloc(l->count + 1, sizeof(*d->rows));
    d->sums = calloc((l->count + 1) * l->brands, sizeof(*d->sums));
    d->first = calloc(l->clusters[0] + l->clusters[1] + 1, sizeof(*d->first));
    d->values[0] = calloc(room, sizeof(double));
    d->values[1] = calloc(room, sizeof(double));
    d->differences = calloc((size_t)d->replicates, sizeof(double));
    return d->rows && d->sums && d->first && d->values[0] && d->values[1] &&
                   d->differences
               ? 0
               : -1;
}

int bd_resample_intervals(struct bd_lots *l, struct bd_compared *figures, size_t n,
                          struct bd_error *err)
{
    struct drawing d = {
        .l = l, .replicates = count_for(l, BD_BOOTSTRAP_LEAST, BD_BOOTSTRAP_MOST)};
    int rc = bd_totals_init(&d.totals, l->brands, l->models);

    d.totals.weights = l->weights;
    if (make_room(&d, n) < 0)
        rc = -1;
    if (rc == 0) {
        qsort(l->lots, l->count, sizeof(*l->lots), by_cluster);
        draw_side(&d, 0, figures, n);
        draw_side(&d, 1, figures, n);
        close_intervals(&d, figures, n);
    }
    bd_totals_free(&d.totals);
    free(d.rows);
    free(d.sums);
    free(d.first);
    free(d.values[0]);
    free(d.values[1]);
    free(d.differences);
    return rc < 0 ? short_of_memory(err) : d.replicates;
}

/* Chance */

static int by_unit(const void *a, const void *b)
{
    const struct bd_lot *x = a, *y = b;

    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return by_cluster(a, b);
}

/* Lots that change sides together: all of a cluster where `whole` is set, else each. */
static size_t block_end(const struct bd_lots *l, size_t i)
{
    size_t k = i + 1;

    while (l->whole && k < l->count && l->lots[k].unit == l->lots[i].unit &&
           l->lots[k].after == l->lots[i].after &&
           l->lots[k].cluster == l->lots[i].cluster)
        k++;
    return k;
}

struct unit {
    size_t first, end; /* lots */
    int blocks, after; /* of them after */
};

static struct unit unit_at(const struct bd_lots *l, size_t first)
{
    struct unit u = {.first = first, .end = first};

    while (u.end < l->count && l->lots[u.end].unit == l->lots[first].unit) {
        u.blocks++;
        u.after += l->lots[u.end].after;
        u.end = block_end(l, u.end);
    }
    return u;
}

/* Each choice of so many blocks is as likely as any other. */
static void deal(struct bd_totals *after_side, const struct bd_lots *l, struct unit u,
                 struct bd_random *random)
{
    int left = u.blocks, wanted = u.after;

    for (size_t i = u.first, end; i < u.end; i = end, left--) {
        bool mixed = wanted > 0 && wanted < left;
        bool after =
            mixed ? (int)bd_random_below(random, (uint32_t)left) < wanted : wanted > 0;

        end = block_end(l, i);
        wanted -= after;
        for (size_t k = i; after && k < end; k++)
            add(after_side, l, &l->lots[k]);
    }
}

/* Binomial; infinite where there are more than a double holds. */
static double ways_of(struct unit u)
{
    double ways = 1;

    for (int k = 1; k <= u.after; k++)
        ways *= (double)(u.blocks - u.after + k) / k;
    return ways;
}

/* What is not after is before. */
static void deal_all(struct bd_totals t[2], const struct bd_totals *all,
                     const struct bd_lots *l, struct bd_random *random)
{
    bd_totals_reset(&t[1]);
    for (size_t i = 0; i < l->count;) {
        struct unit u = unit_at(l, i);

        deal(&t[1], l, u, random);
        i = u.end;
    }
    bd_totals_subtract(&t[0], all, &t[1]);
}

struct count { /* of draws: with a difference at all, with one as large */
    int valid, large;
};

static void look(struct count *counts, const struct bd_totals t[2],
                 const struct bd_compared *figures, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct bd_compared *f = &figures[i];
        double d;

        if (f->test != BD_TEST_PERMUTATION)
            continue;
        d = bd_measure(f->what, &t[1], f->brand) - bd_measure(f->what, &t[0], f->brand);
        if (isnan(d))
            continue;
        counts[i].valid++;
        counts[i].large += fabs(d) >= fabs(f->difference) - ALIKE;
    }
}

static double count_ways(const struct bd_lots *l)
{
    double ways = 1;

    for (size_t i = 0; i < l->count;) {
        struct unit u = unit_at(l, i);

        ways *= ways_of(u);
        i = u.end;
    }
    return ways;
}

static void play(struct bd_lots *l, struct bd_compared *figures, size_t n,
                 struct bd_totals t[3], struct count *counts, int draws)
{
    struct bd_random random;

    bd_random_init(&random, BD_BOOTSTRAP_SEED);
    for (size_t i = 0; i < l->count; i++)
        add(&t[2], l, &l->lots[i]);
    for (int r = 0; r < draws; r++) {
        deal_all(t, &t[2], l, &random);
        look(counts, t, figures, n);
    }
    for (size_t i = 0; i < n; i++)
        if (figures[i].test == BD_TEST_PERMUTATION)
            figures[i].p = (1.0 + counts[i].large) / (1.0 + counts[i].valid);
}

int bd_resample_chance(struct bd_lots *l, struct bd_compared *figures, size_t n,
                       double *ways, struct bd_error *err)
{
    const int draws = count_for(l, BD_COMPARE_LEAST, BD_COMPARE_DRAWS);
    struct count *counts = calloc(n + 1, sizeof(*counts));
    struct bd_totals t[3]; /* before, after, both */
    int rc = two_totals(t, l);

    if (bd_totals_init(&t[2], l->brands, l->models) < 0 || !counts)
        rc = -1;
    if (rc == 0) {
        qsort(l->lots, l->count, sizeof(*l->lots), by_unit);
        *ways = count_ways(l);
        play(l, figures, n, t, counts, draws);
    }
    free_totals(t);
    bd_totals_free(&t[2]);
    free(counts);
    return rc < 0 ? short_of_memory(err) : draws;
}
