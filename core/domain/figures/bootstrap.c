/* domain/figures/bootstrap.c - see bootstrap.h.
 *
 * What is drawn together is added up once; a draw adds sums, and measure.h makes figures
 * of them. */
#include "domain/figures/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "domain/figures/measure.h"
#include "domain/figures/score.h"

#define SOURCE "bootstrap"
#define WORK   1e9 /* additions that are spent on it at most */

struct work { /* one way of drawing */
    struct bd_figures *f;
    const struct bd_record *rec;
    size_t brands, clusters;
    bool answers;             /* they are drawn; else questions */
    struct bd_totals always;  /* of what is in every draw */
    struct bd_totals *totals; /* by question; NULL where answers are drawn */
    struct bd_sums *sums;     /* [answer][brand]; NULL where questions are */
    struct bd_totals draw;
    int *times;    /* per cluster: how often it is drawn */
    double *drawn; /* [measure][brand][replicate] */
    int replicates;
};

static int make_room(struct work *w)
{
    const size_t models = w->f->model_count;
    int rc = 0;

    w->times = calloc(w->clusters + 1, sizeof(*w->times));
    w->drawn = calloc(BD_MEASURE_COUNT * w->brands * (size_t)w->replicates + 1,
                      sizeof(*w->drawn));
    rc |= bd_totals_init(&w->always, w->brands, models);
    rc |= bd_totals_init(&w->draw, w->brands, models);
    w->draw.weights = w->f->weights;
    if (w->answers) {
        w->sums = calloc(w->clusters * w->brands + 1, sizeof(*w->sums));
        return rc < 0 || !w->sums || !w->times || !w->drawn ? -1 : 0;
    }
    w->totals = calloc(w->clusters + 1, sizeof(*w->totals));
    for (size_t k = 0; w->totals && k < w->clusters; k++)
        rc |= bd_totals_init(&w->totals[k], w->brands, models);
    return rc < 0 || !w->totals || !w->times || !w->drawn ? -1 : 0;
}

static void free_room(struct work *w)
{
    for (size_t k = 0; w->totals && k < w->clusters; k++)
        bd_totals_free(&w->totals[k]);
    free(w->totals);
    free(w->sums);
    bd_totals_free(&w->always);
    bd_totals_free(&w->draw);
    free(w->times);
    free(w->drawn);
}

/* The number of a cell's cluster; numbers: of its question among those that count.
 * Questions that name a brand are not drawn: w->clusters. */
static size_t cluster_of(const struct work *w, const size_t *numbers,
                         const struct bd_cell *c)
{
    const struct bd_inquiry *q = &w->rec->inquiry;
    const size_t number = numbers[c->question];

    if (w->f->branded[c->question])
        return w->clusters;
    if (!w->answers)
        return number;
    return (number * q->model_count + (size_t)c->model) * (size_t)q->samples +
           (size_t)c->sample;
}

static void join(struct bd_sums *to, const struct bd_sums *from, size_t brands)
{
    for (size_t b = 0; b < brands; b++)
        for (size_t i = 0; i < BD_SUM_COUNT; i++)
            to[b].of[i] += from[b].of[i];
}

/* sums has room for the brands. */
static void add_cell(struct work *w, const struct bd_cell *c, size_t cluster,
                     struct bd_sums *sums)
{
    for (size_t b = 0; b < w->brands; b++)
        bd_measure_cell(&sums[b], c, b, bd_figures_counts(w->f, c));
    if (cluster == w->clusters)
        bd_totals_add(&w->always, (size_t)c->model, sums, 1);
    else if (w->answers)
        join(&w->sums[cluster * w->brands], sums, w->brands);
    else
        bd_totals_add(&w->totals[cluster], (size_t)c->model, sums, 1);
}

static int add_cells(struct work *w, const size_t *numbers)
{
    struct bd_sums *sums = calloc(w->brands + 1, sizeof(*sums));

    for (size_t i = 0; sums && i < w->rec->cell_count; i++) {
        const struct bd_cell *c = &w->rec->cells[i];

        add_cell(w, c, cluster_of(w, numbers, c), sums);
    }
    free(sums);
    return sums ? 0 : -1;
}

static void replicate(struct work *w, int r, struct bd_random *random)
{
    const size_t samples = (size_t)w->rec->inquiry.samples, models = w->draw.models;

    for (size_t k = 0; k < w->clusters; k++)
        w->times[k] = 0;
    for (size_t k = 0; k < w->clusters; k++)
        w->times[bd_random_below(random, (uint32_t)w->clusters)]++;
    bd_totals_reset(&w->draw);
    bd_totals_join(&w->draw, &w->always, 1);
    for (size_t k = 0; k < w->clusters; k++) { /* in order: they may not fit in a cache */
        if (w->times[k] && w->answers)
            bd_totals_add(&w->draw, k / samples % models, &w->sums[k * w->brands],
                          w->times[k]);
        else if (w->times[k])
            bd_totals_join(&w->draw, &w->totals[k], w->times[k]);
    }
    for (enum bd_measure m = 0; m < BD_MEASURE_COUNT; m++)
        for (size_t b = 0; b < w->brands; b++)
            w->drawn[((size_t)m * w->brands + b) * (size_t)w->replicates + (size_t)r] =
                bd_measure(m, &w->draw, b);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Draws that say nothing (no known answer) are left out. */
struct bd_interval bd_bootstrap_between(double *values, int count)
{
    int n = 0;

    for (int i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[n++] = values[i];
    if (n == 0)
        return (struct bd_interval){NAN, NAN};
    qsort(values, (size_t)n, sizeof(*values), by_value);
    if (values[0] >= values[n - 1]) /* all draws are alike: that proves nothing */
        return (struct bd_interval){NAN, NAN};
    return (struct bd_interval){values[(int)(0.025 * (n - 1))],
                                values[(int)ceil(0.975 * (n - 1))]};
}

/* Makes an interval reach as far as the other, too. */
static void widen(struct bd_interval *a, const struct bd_interval *other)
{
    if (isnan(a->low)) {
        *a = *other;
    } else if (!isnan(other->low)) {
        a->low = fmin(a->low, other->low);
        a->high = fmax(a->high, other->high);
    }
}

/* Draws, and widens the intervals: [measure][brand]. */
static void draw(struct work *w, struct bd_interval *out)
{
    struct bd_random random;

    bd_random_init(&random, BD_BOOTSTRAP_SEED);
    for (int r = 0; r < w->replicates; r++)
        replicate(w, r, &random);
    for (size_t i = 0; i < BD_MEASURE_COUNT * w->brands; i++) {
        const struct bd_interval drawn =
            bd_bootstrap_between(w->drawn + i * (size_t)w->replicates, w->replicates);

        widen(&out[i], &drawn);
    }
}

/* As many as the work allows for. */
static int draws(const struct bd_record *rec, size_t answers)
{
    const double brands = (double)rec->inquiry.brand_count;
    double most = WORK / ((double)rec->cell_count * brands + 1);

    if (answers > 0)
        most = fmin(most, WORK / ((double)answers * (2 + BD_SUM_COUNT) * brands));
    if (most > BD_BOOTSTRAP_MOST)
        return BD_BOOTSTRAP_MOST;
    return most < BD_BOOTSTRAP_LEAST ? BD_BOOTSTRAP_LEAST : (int)most;
}

/* Of that many clusters. -1 when memory is short. */
static int draw_from(struct work w, size_t clusters, const size_t *numbers,
                     struct bd_interval *out)
{
    int rc;

    w.clusters = clusters;
    rc = make_room(&w);
    if (rc == 0)
        rc = add_cells(&w, numbers);
    if (rc == 0)
        draw(&w, out);
    free_room(&w);
    return rc;
}

static struct bd_interval of_rate(const struct bd_interval *drawn,
                                  const struct bd_rate *r)
{
    return isnan(drawn->low) ? bd_interval_wilson(r->hits, r->n) : *drawn;
}

static void finish(struct bd_figures *f, const struct bd_interval *drawn)
{
    const size_t brands = f->brand_count;

    for (size_t b = 0; b < brands; b++) {
        struct bd_brand_figures *x = &f->brands[b];

        x->mention_interval =
            of_rate(&drawn[BD_MEASURE_MENTION * brands + b], &x->mention);
        x->macro_interval = drawn[BD_MEASURE_MACRO * brands + b];
        x->score_interval = drawn[BD_MEASURE_SCORE * brands + b];
        x->voice_interval = drawn[BD_MEASURE_VOICE * brands + b];
        bd_score_doubt(x);
        if (!bd_figures_drawn(f))
            continue;
        x->first_interval =
            of_rate(&drawn[BD_MEASURE_FIRST * brands + b], &x->first_mention);
        x->top1_interval = of_rate(&drawn[BD_MEASURE_TOP1 * brands + b], &x->top1);
        x->top3_interval = of_rate(&drawn[BD_MEASURE_TOP3 * brands + b], &x->top3);
        x->recommended_interval =
            of_rate(&drawn[BD_MEASURE_RECOMMENDED * brands + b], &x->recommended);
        f->interceptions[b].interval = of_rate(
            &drawn[BD_MEASURE_INTERCEPTION * brands + b], &f->interceptions[b].rate);
    }
    if (bd_figures_drawn(f))
        f->interception_any_interval =
            of_rate(&drawn[BD_MEASURE_INTERCEPTION * brands], &f->interception_any);
}

/* numbers has room for every question. */
static int draw_all(struct bd_figures *f, const struct bd_record *rec, size_t *numbers,
                    struct bd_interval *drawn)
{
    const struct bd_inquiry *q = &rec->inquiry;
    const size_t questions = f->question_count - (size_t)f->branded_questions;
    const size_t answers = questions * q->model_count * (size_t)q->samples;
    struct work w = {.f = f, .rec = rec, .brands = q->brand_count};
    const bool by_question = questions > 1, by_answer = questions < BD_BOOTSTRAP_FEW;

    w.replicates = draws(rec, by_answer ? answers : 0);
    for (size_t k = 0, n = 0; k < f->question_count; k++)
        numbers[k] = f->branded[k] ? 0 : n++;
    if (by_question && draw_from(w, questions, numbers, drawn) < 0)
        return -1;
    w.answers = true;
    if (by_answer && draw_from(w, answers, numbers, drawn) < 0)
        return -1;
    f->sure = (struct bd_sureness){
        .replicates = w.replicates,
        .clusters = (int)(by_question ? questions : answers),
        .answers = by_answer ? (int)answers : 0,
        .seed = BD_BOOTSTRAP_SEED,
        .by_question = by_question,
    };
    return 0;
}

int bd_bootstrap(struct bd_figures *f, const struct bd_record *rec, struct bd_error *err)
{
    const size_t intervals = BD_MEASURE_COUNT * f->brand_count;
    struct bd_interval *drawn = calloc(intervals + 1, sizeof(*drawn));
    size_t *numbers = calloc(f->question_count + 1, sizeof(*numbers));
    int rc = -1;

    for (size_t i = 0; drawn && i < intervals; i++)
        drawn[i] = (struct bd_interval){NAN, NAN};
    if (drawn && numbers)
        rc = draw_all(f, rec, numbers, drawn);
    if (rc == 0)
        finish(f, drawn);
    free(drawn);
    free(numbers);
    return rc == 0 ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}
