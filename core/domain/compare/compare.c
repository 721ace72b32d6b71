/* domain/compare/compare.c - see compare.h. */
#include "domain/compare/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/compare/resample.h"
#include "domain/figures/branded.h"

#define SOURCE "compare"
#define ALPHA  0.05

static int short_of_memory(struct bd_error *err)
{
    return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

/* Gathering the answers */

struct gathering {
    struct bd_comparison *c;
    const struct bd_record *of[2]; /* before, after */
    bool *branded[2];              /* per question of that side; on either, for both */
    struct bd_lots lots;
    struct bd_sums *sums; /* [answer][shared brand] */
};

/* Where a question or model of one side stands among those that are compared; -1: it is
 * left out. Without a pair in common all are taken, those after behind those before. */
static int place_of(const struct bd_place *pairs, size_t n, const struct gathering *g,
                    bool after, int place, bool question)
{
    const struct bd_inquiry *before = &g->of[0]->inquiry;
    size_t others = question ? before->question_count : before->model_count;

    if (n > 0)
        return bd_shared_find(pairs, n, after, place);
    return place + (after ? (int)others : 0);
}

static size_t places(size_t pairs, size_t before, size_t after)
{
    return pairs ? pairs : before + after;
}

/* What may change sides: answers to the same task, as far as the pairing goes. */
static uint64_t unit_of(const struct gathering *g, const struct bd_cell *c, int brand,
                        int question, int model)
{
    const struct bd_shared *s = &g->c->shared;
    uint64_t unit = c->probe == BD_PROBE_MATRIX ? (uint64_t)brand + 1 : 0;

    if (s->pairing == BD_PAIR_NONE)
        return 0;
    unit = unit * s->question_count + (uint64_t)question;
    if (s->pairing == BD_PAIR_ANSWERS)
        unit = unit * s->model_count + (uint64_t)model;
    return unit;
}

/* As in domain/figures/bootstrap.c: questions, or the answers to the only one. */
static size_t cluster_of(const struct gathering *g, bool after, const struct bd_cell *c,
                         int question, int model)
{
    if (g->c->shared.pairing == BD_PAIR_NONE)
        return (size_t)c->question;
    if (g->c->shared.question_count > 1)
        return (size_t)question;
    return (size_t)model * (size_t)g->of[after]->inquiry.samples + (size_t)c->sample;
}

static int find_branded(struct gathering *g)
{
    const struct bd_shared *s = &g->c->shared;

    for (int side = 0; side < 2; side++) {
        const struct bd_inquiry *r = &g->of[side]->inquiry;

        g->branded[side] = calloc(r->question_count + 1, sizeof(bool));
        if (!g->branded[side] || bd_branded_find(g->branded[side], r) < 0)
            return -1;
    }
    for (size_t i = 0; i < s->question_count; i++) {
        bool *before = &g->branded[0][s->questions[i].before];
        bool *after = &g->branded[1][s->questions[i].after];

        *before = *after = *before || *after;
    }
    return 0;
}

static void take(struct gathering *g, bool after, const struct bd_cell *c)
{
    const struct bd_shared *s = &g->c->shared;
    int question = place_of(s->questions, s->question_count, g, after, c->question, true);
    int model = place_of(s->models, s->model_count, g, after, c->model, false);
    int brand = c->probe == BD_PROBE_MATRIX
                    ? bd_shared_find(s->brands, s->brand_count, after, c->brand)
                    : 0;
    bool counts = c->probe == BD_PROBE_NEUTRAL && !g->branded[after][c->question];
    size_t at = g->lots.count;

    if (question < 0 || model < 0 || brand < 0 || !bd_cell_answered(c) || !c->geo ||
        c->geo->refused)
        return;
    for (size_t b = 0; b < s->brand_count; b++)
        bd_measure_cell(&g->sums[at * s->brand_count + b], c,
                        (size_t)(after ? s->brands[b].after : s->brands[b].before),
                        counts);
    g->lots.lots[g->lots.count++] =
        (struct bd_lot){.unit = unit_of(g, c, brand, question, model),
                        .cluster = cluster_of(g, after, c, question, model),
                        .model = (size_t)model,
                        .at = at,
                        .after = after};
    g->c->answers[after]++;
}

static size_t clusters_of(const struct gathering *g, bool after, size_t models)
{
    const struct bd_inquiry *q = &g->of[after]->inquiry;

    if (g->c->shared.pairing == BD_PAIR_NONE)
        return q->question_count;
    if (g->c->shared.question_count > 1)
        return g->c->shared.question_count;
    return models * (size_t)q->samples;
}

static int gather(struct gathering *g)
{
    const struct bd_shared *s = &g->c->shared;
    const struct bd_record *a = g->of[0], *b = g->of[1];
    size_t n = a->cell_count + b->cell_count + 1;
    struct bd_lots *l = &g->lots;

    l->lots = calloc(n, sizeof(*l->lots));
    l->sums = g->sums = calloc(n * s->brand_count, sizeof(*g->sums));
    if (!l->lots || !g->sums)
        return -1;
    l->brands = s->brand_count;
    l->weights = b->inquiry.weights; /* the later one's, for both */
    l->models = places(s->model_count, a->inquiry.model_count, b->inquiry.model_count);
    l->clusters[0] = clusters_of(g, false, l->models);
    l->clusters[1] = clusters_of(g, true, l->models);
    l->paired = s->pairing != BD_PAIR_NONE && s->question_count > 1;
    l->whole = s->pairing == BD_PAIR_NONE;
    for (size_t i = 0; i < a->cell_count; i++)
        take(g, false, &a->cells[i]);
    for (size_t i = 0; i < b->cell_count; i++)
        take(g, true, &b->cells[i]);
    return 0;
}

/* Which figures */

/* Shares need the same brands on both sides, interception the same main brand. */
static bool comparable(const struct bd_shared *s, enum bd_measure what, size_t brand)
{
    switch (what) {
    case BD_MEASURE_VOICE:
        return s->same_brands && s->brand_count > 1;
    case BD_MEASURE_SCORE:
        return s->same_brands;
    case BD_MEASURE_INTERCEPTION:
        return s->same_main && (brand > 0 || (s->same_brands && s->brand_count > 1));
    default:
        return true;
    }
}

static int list_figures(struct bd_comparison *c)
{
    const struct bd_interval none = {NAN, NAN};

    c->figures = calloc(c->shared.brand_count * BD_MEASURE_COUNT, sizeof(*c->figures));
    if (!c->figures)
        return -1;
    for (size_t b = 0; b < c->shared.brand_count; b++)
        for (enum bd_measure m = 0; m < BD_MEASURE_COUNT; m++)
            if (comparable(&c->shared, m, b))
                c->figures[c->count++] = (struct bd_compared){.what = m,
                                                              .brand = b,
                                                              .before.interval = none,
                                                              .after.interval = none,
                                                              .interval = none,
                                                              .p = NAN,
                                                              .corrected = NAN};
    return 0;
}

/* Tests */

static int by_unit_and_side(const void *a, const void *b)
{
    const struct bd_lot *x = a, *y = b;

    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return x->after - y->after;
}

/* Has every unit one answer on either side at most? */
static bool one_each(const struct gathering *g)
{
    return g->c->shared.pairing == BD_PAIR_ANSWERS && g->of[0]->inquiry.samples == 1 &&
           g->of[1]->inquiry.samples == 1;
}

/* A yes or no in pairs of answers. Lots are in order of units. */
static bool mcnemar(const struct gathering *g, struct bd_compared *f)
{
    const struct bd_lots *l = &g->lots;
    int only_before = 0, only_after = 0, pairs = 0;
    enum bd_sum hits, n;

    if (!bd_measure_is_rate(f->what, &hits, &n))
        return false;
    for (size_t i = 0; i + 1 < l->count; i++) {
        const double *x = l->sums[l->lots[i].at * l->brands + f->brand].of;
        const double *y = l->sums[l->lots[i + 1].at * l->brands + f->brand].of;

        if (l->lots[i].unit != l->lots[i + 1].unit || x[n] <= 0 || y[n] <= 0)
            continue;
        pairs++;
        only_before += x[hits] > y[hits];
        only_after += y[hits] > x[hits];
    }
    if (pairs == 0)
        return false;
    f->test = BD_TEST_MCNEMAR;
    f->p = bd_mcnemar(only_before, only_after);
    return true;
}

/* By which test. */
static void choose_tests(struct gathering *g)
{
    bool pairs = one_each(g);

    if (pairs)
        qsort(g->lots.lots, g->lots.count, sizeof(*g->lots.lots), by_unit_and_side);
    for (size_t i = 0; i < g->c->count; i++) {
        struct bd_compared *f = &g->c->figures[i];

        if (isnan(f->difference) || (pairs && mcnemar(g, f)))
            continue;
        f->test = BD_TEST_PERMUTATION;
    }
}

static int by_p(const void *a, const void *b)
{
    const struct bd_compared *x = *(struct bd_compared *const *)a;
    const struct bd_compared *y = *(struct bd_compared *const *)b;

    if (x->p < y->p || x->p > y->p)
        return x->p < y->p ? -1 : 1;
    return (x > y) - (x < y);
}

/* Holm (1979): the smallest p times the number of tests, the next times one less, and
 * none below the one before it. */
static int correct(struct bd_comparison *c)
{
    struct bd_compared **order = calloc(c->count + 1, sizeof(struct bd_compared *));
    double floor = 0;

    if (!order)
        return -1;
    for (size_t i = 0; i < c->count; i++)
        if (c->figures[i].test != BD_TEST_NONE)
            order[c->tested++] = &c->figures[i];
    qsort(order, (size_t)c->tested, sizeof(struct bd_compared *), by_p);
    for (int i = 0; i < c->tested; i++) {
        struct bd_compared *f = order[i];

        floor = f->corrected = fmax(floor, fmin(1, f->p * (c->tested - i)));
        f->more = f->corrected < ALPHA;
        c->more += f->more;
        c->uncorrected += f->p < ALPHA;
    }
    free(order);
    return 0;
}

static int work(struct gathering *g, struct bd_error *err)
{
    struct bd_comparison *c = g->c;
    double ways;

    if (find_branded(g) < 0 || gather(g) < 0 || list_figures(c) < 0)
        return short_of_memory(err);
    if (c->answers[0] == 0 || c->answers[1] == 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "the one %s has no answer to what both asked: nothing can be "
                       "compared",
                       c->answers[0] ? "after" : "before");
    if (bd_resample_values(&g->lots, c->figures, c->count, err) < 0)
        return -1;
    c->replicates = bd_resample_intervals(&g->lots, c->figures, c->count, err);
    if (c->replicates < 0)
        return -1;
    choose_tests(g);
    c->draws = bd_resample_chance(&g->lots, c->figures, c->count, &ways, err);
    if (c->draws < 0)
        return -1;
    c->least = fmax(fmin(1, 2 / ways), 1 / (1.0 + c->draws));
    return correct(c) < 0 ? short_of_memory(err) : 0;
}

int bd_compare(struct bd_comparison *c, const struct bd_record *before,
               const struct bd_record *after, struct bd_error *err)
{
    struct gathering g = {.c = c, .of = {before, after}};
    int rc;

    *c = (struct bd_comparison){0};
    rc = bd_shared_make(&c->shared, before, after, err);
    if (rc == 0)
        rc = work(&g, err);
    free(g.lots.lots);
    free(g.sums);
    free(g.branded[0]);
    free(g.branded[1]);
    if (rc < 0)
        bd_comparison_free(c);
    return rc;
}

void bd_comparison_free(struct bd_comparison *c)
{
    bd_shared_free(&c->shared);
    free(c->figures);
    *c = (struct bd_comparison){0};
}
