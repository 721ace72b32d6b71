/* domain/bootstrap.c - see bootstrap.h.
 *
 * What is drawn together is added up once, as a row of numbers; a draw adds rows. */
#include "domain/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/score.h"

#define SOURCE "bootstrap"
#define WORK   4e8 /* additions that are spent on it at most */

/* A row: n and hits of each model and brand, then these sums of each brand. */
enum sum { LADDER, TONED, SENTIMENT, FIRST, TOP1, TOP3, RECOMMENDED, SUMS };

/* What an interval is made for. */
enum stat {
    S_MENTION,
    S_MACRO,
    S_SCORE,
    S_FIRST,
    S_TOP1,
    S_TOP3,
    S_RECOMMENDED,
    S_VOICE,
    STATS
};

struct work {
    struct bd_figures *f;
    const struct bd_record *rec;
    size_t brands, models, width;
    size_t clusters;
    int question;  /* whose answers are drawn; -1: questions are */
    double *rows;  /* clusters + 1; the last one is in every draw */
    double *sum;   /* one row: the draw */
    int *times;    /* per cluster: how often it is drawn */
    double *drawn; /* [stat][brand][replicate] */
    int replicates;
};

static size_t at_rate(const struct work *w, size_t model, size_t brand)
{
    return 2 * (model * w->brands + brand);
}

static size_t at_sums(const struct work *w, size_t brand)
{
    return 2 * w->models * w->brands + SUMS * brand;
}

static void add_known(const struct work *w, double *row, const struct bd_cell *c,
                      size_t b)
{
    const struct bd_sighting *s = &c->geo->brands[b];
    double *rate = row + at_rate(w, (size_t)c->model, b), *sum = row + at_sums(w, b);
    bool hit = s->mentioned == BD_YES;
    int rank = hit ? s->rank : 0;

    rate[0]++;
    rate[1] += hit;
    sum[LADDER] += bd_score_ladder(hit, rank);
    sum[FIRST] += hit && c->geo->first_brand == (int)b;
    sum[TOP1] += rank == 1;
    sum[TOP3] += rank >= 1 && rank <= 3;
    sum[RECOMMENDED] += s->type == BD_MENTION_RECOMMENDED;
}

static void add_cell(const struct work *w, double *row, const struct bd_cell *c)
{
    for (size_t b = 0; b < w->brands; b++) {
        double *sum = row + at_sums(w, b);
        enum bd_known x = bd_cell_knows(c, b);

        if (x == BD_YES && !isnan(c->geo->brands[b].sentiment)) {
            sum[TONED]++;
            sum[SENTIMENT] += c->geo->brands[b].sentiment;
        }
        if (x != BD_UNKNOWN && bd_figures_counts(w->f, c))
            add_known(w, row, c, b);
    }
}

/* The number of a cell's row. Questions that name a brand are not drawn. */
static size_t cluster_of(const struct work *w, const size_t *numbers,
                         const struct bd_cell *c)
{
    if (w->question < 0)
        return numbers[c->question];
    if (c->question != w->question)
        return w->clusters;
    return (size_t)c->model * (size_t)w->rec->inquiry.samples + (size_t)c->sample;
}

static void add_rows(struct work *w, size_t *numbers)
{
    size_t n = 0;

    for (size_t q = 0; q < w->f->question_count; q++)
        numbers[q] = w->f->branded[q] ? w->clusters : n++;
    for (size_t i = 0; i < w->rec->cell_count; i++) {
        const struct bd_cell *c = &w->rec->cells[i];

        add_cell(w, w->rows + cluster_of(w, numbers, c) * w->width, c);
    }
}

static double divide(double a, double n)
{
    return n > 0 ? a / n : NAN;
}

/* Also adds up n and hits over the models. */
static double macro_of(const struct work *w, size_t b, double *n, double *hits)
{
    double sum = 0, models = 0;

    *n = *hits = 0;
    for (size_t m = 0; m < w->models; m++) {
        const double *rate = w->sum + at_rate(w, m, b);

        *n += rate[0];
        *hits += rate[1];
        if (rate[0] > 0) {
            sum += rate[1] / rate[0];
            models++;
        }
    }
    return divide(sum, models);
}

static double score_of(const struct work *w, const double *sum,
                       const struct bd_brand_figures *rates)
{
    struct bd_brand_figures x = *rates;

    x.sentiment.n = (int)sum[TONED];
    x.sentiment.value = divide(sum[SENTIMENT], sum[TONED]);
    bd_score_make(&x, divide(sum[LADDER], x.mention.n), w->brands);
    return x.score;
}

static void keep(struct work *w, enum stat stat, size_t b, int r, double value)
{
    w->drawn[((size_t)stat * w->brands + b) * (size_t)w->replicates + (size_t)r] = value;
}

static void measure(struct work *w, size_t b, int r, double voices)
{
    const double *sum = w->sum + at_sums(w, b);
    struct bd_brand_figures x = {.score = NAN};
    double n, hits;

    x.mention_macro = macro_of(w, b, &n, &hits);
    x.mention = (struct bd_rate){divide(hits, n), (int)hits, (int)n};
    x.share_of_voice.value = w->brands > 1 ? divide(hits, voices) : NAN;
    keep(w, S_MENTION, b, r, x.mention.value);
    keep(w, S_MACRO, b, r, x.mention_macro);
    keep(w, S_SCORE, b, r, score_of(w, sum, &x));
    keep(w, S_FIRST, b, r, divide(sum[FIRST], n));
    keep(w, S_TOP1, b, r, divide(sum[TOP1], n));
    keep(w, S_TOP3, b, r, divide(sum[TOP3], n));
    keep(w, S_RECOMMENDED, b, r, divide(sum[RECOMMENDED], n));
    keep(w, S_VOICE, b, r, x.share_of_voice.value);
}

static void add_row(double *sum, const double *row, size_t n, int times)
{
    for (size_t i = 0; times && i < n; i++)
        sum[i] += times * row[i];
}

static void replicate(struct work *w, int r, struct bd_random *random)
{
    double voices = 0;

    memset(w->times, 0, w->clusters * sizeof(*w->times));
    for (size_t k = 0; k < w->clusters; k++)
        w->times[bd_random_below(random, (uint32_t)w->clusters)]++;
    memcpy(w->sum, w->rows + w->clusters * w->width, w->width * sizeof(*w->sum));
    for (size_t k = 0; k < w->clusters; k++) /* in order: rows may not fit in a cache */
        add_row(w->sum, w->rows + k * w->width, w->width, w->times[k]);
    for (size_t m = 0; m < w->models; m++)
        for (size_t b = 0; b < w->brands; b++)
            voices += w->sum[at_rate(w, m, b) + 1];
    for (size_t b = 0; b < w->brands; b++)
        measure(w, b, r, voices);
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

static struct bd_interval between(const struct work *w, enum stat stat, size_t b)
{
    size_t at = ((size_t)stat * w->brands + b) * (size_t)w->replicates;

    return bd_bootstrap_between(w->drawn + at, w->replicates);
}

static struct bd_interval of_rate(const struct work *w, enum stat stat, size_t b,
                                  const struct bd_rate *r)
{
    struct bd_interval out = between(w, stat, b);

    return isnan(out.low) ? bd_interval_wilson(r->hits, r->n) : out;
}

static void finish(struct work *w)
{
    w->f->sure = (struct bd_sureness){
        .replicates = w->replicates,
        .clusters = (int)w->clusters,
        .seed = BD_BOOTSTRAP_SEED,
        .by_question = w->question < 0,
    };
    for (size_t b = 0; b < w->brands; b++) {
        struct bd_brand_figures *x = &w->f->brands[b];

        x->mention_interval = of_rate(w, S_MENTION, b, &x->mention);
        x->macro_interval = between(w, S_MACRO, b);
        x->score_interval = between(w, S_SCORE, b);
        x->voice_interval = between(w, S_VOICE, b);
        bd_score_doubt(x);
        if (!bd_figures_drawn(w->f))
            continue;
        x->first_interval = of_rate(w, S_FIRST, b, &x->first_mention);
        x->top1_interval = of_rate(w, S_TOP1, b, &x->top1);
        x->top3_interval = of_rate(w, S_TOP3, b, &x->top3);
        x->recommended_interval = of_rate(w, S_RECOMMENDED, b, &x->recommended);
    }
}

static void run(struct work *w, size_t *numbers)
{
    struct bd_random random;

    add_rows(w, numbers);
    bd_random_init(&random, BD_BOOTSTRAP_SEED);
    for (int r = 0; r < w->replicates; r++)
        replicate(w, r, &random);
    finish(w);
}

/* The only question whose answers count; -1 if there are more. */
static int only_question(const struct bd_figures *f)
{
    int found = 0;

    if (f->question_count - (size_t)f->branded_questions > 1)
        return -1;
    for (size_t q = 0; q < f->question_count; q++)
        if (!f->branded[q])
            found = (int)q;
    return found;
}

static int draws(const struct bd_record *rec)
{
    double most = WORK / ((double)rec->cell_count * (double)rec->inquiry.brand_count + 1);

    if (most > BD_BOOTSTRAP_MOST)
        return BD_BOOTSTRAP_MOST;
    return most < BD_BOOTSTRAP_LEAST ? BD_BOOTSTRAP_LEAST : (int)most;
}

int bd_bootstrap(struct bd_figures *f, const struct bd_record *rec, struct bd_error *err)
{
    const struct bd_inquiry *q = &rec->inquiry;
    struct work w = {.f = f,
                     .rec = rec,
                     .brands = q->brand_count,
                     .models = q->model_count,
                     .question = only_question(f),
                     .replicates = draws(rec)};
    size_t *numbers = calloc(f->question_count + 1, sizeof(*numbers));

    w.width = at_sums(&w, w.brands);
    w.clusters = w.question < 0 ? f->question_count - (size_t)f->branded_questions
                                : q->model_count * (size_t)q->samples;
    w.rows = calloc((w.clusters + 1) * w.width, sizeof(*w.rows));
    w.sum = calloc(w.width, sizeof(*w.sum));
    w.times = calloc(w.clusters + 1, sizeof(*w.times));
    w.drawn = calloc(STATS * w.brands * (size_t)w.replicates, sizeof(*w.drawn));
    if (numbers && w.rows && w.sum && w.times && w.drawn)
        run(&w, numbers);
    free(numbers);
    free(w.rows);
    free(w.sum);
    free(w.times);
    free(w.drawn);
    return f->sure.replicates ? 0
                              : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}
