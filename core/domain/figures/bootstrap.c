/* domain/figures/bootstrap.c - see bootstrap.h.
 *
 * What is drawn together is added up once, as a row of numbers; a draw adds rows. */
#include "domain/figures/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/figures/figures_parts.h"
#include "domain/figures/score.h"

#define SOURCE "bootstrap"
#define WORK   4e8 /* additions that are spent on it at most */

/* A row: n and hits of each model and brand, then these sums of each brand. Where answers
 * are drawn a row holds n and hits of its own model only. */
enum sum {
    LADDER,
    TONED,
    SENTIMENT,
    FIRST,
    TOP1,
    TOP3,
    RECOMMENDED,
    OPEN, /* answers that tell whether it takes the main brand's place; of the main
             brand: whether anybody does */
    CAUGHT,
    SUMS
};

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
    S_INTERCEPTION,
    STATS
};

struct work { /* one way of drawing */
    struct bd_figures *f;
    const struct bd_record *rec;
    size_t brands, models;
    size_t width; /* numbers in `sum` */
    size_t clusters;
    bool answers;  /* they are drawn; else questions */
    double *rows;  /* clusters + 1; the last one is in every draw */
    size_t stride; /* from row to row */
    double *sum;   /* the draw */
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

/* rate: n and hits of brand b in the cell's model. */
static void add_known(double *rate, double *sum, const struct bd_cell *c, size_t b)
{
    const struct bd_sighting *s = &c->geo->brands[b];
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

/* rates, sums: of every brand. */
static void add_cell(const struct work *w, double *rates, double *sums,
                     const struct bd_cell *c)
{
    const bool counts = bd_figures_counts(w->f, c);

    for (size_t b = 0; b < w->brands; b++) {
        double *sum = sums + SUMS * b;
        enum bd_known x = bd_cell_knows(c, b), caught;

        if (x == BD_YES && !isnan(c->geo->brands[b].sentiment)) {
            sum[TONED]++;
            sum[SENTIMENT] += c->geo->brands[b].sentiment;
        }
        if (!counts)
            continue;
        caught = bd__intercepts(c, b, w->brands);
        sum[OPEN] += caught != BD_UNKNOWN;
        sum[CAUGHT] += caught == BD_YES;
        if (x != BD_UNKNOWN)
            add_known(rates + 2 * b, sum, c, b);
    }
}

/* The number of a cell's row; numbers: of its question among those that count. Questions
 * that name a brand are not drawn. */
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

static double *row_at(const struct work *w, size_t k)
{
    return w->rows + k * w->stride;
}

/* The last row, and those of questions, hold all models. */
static void add_rows(struct work *w, const size_t *numbers)
{
    for (size_t i = 0; i < w->rec->cell_count; i++) {
        const struct bd_cell *c = &w->rec->cells[i];
        const size_t k = cluster_of(w, numbers, c);
        double *row = row_at(w, k);

        if (w->answers && k < w->clusters)
            add_cell(w, row, row + 2 * w->brands, c);
        else
            add_cell(w, row + at_rate(w, (size_t)c->model, 0), row + at_sums(w, 0), c);
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
    keep(w, S_INTERCEPTION, b, r, divide(sum[CAUGHT], sum[OPEN]));
}

static void add(double *sum, const double *row, size_t n, int times)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += times * row[i];
}

static void add_row(struct work *w, size_t k)
{
    const size_t model = k / (size_t)w->rec->inquiry.samples % w->models;
    const double *row = row_at(w, k);

    if (!w->answers) {
        add(w->sum, row, w->width, w->times[k]);
        return;
    }
    add(w->sum + at_rate(w, model, 0), row, 2 * w->brands, w->times[k]);
    add(w->sum + at_sums(w, 0), row + 2 * w->brands, SUMS * w->brands, w->times[k]);
}

static void replicate(struct work *w, int r, struct bd_random *random)
{
    double voices = 0;

    memset(w->times, 0, w->clusters * sizeof(*w->times));
    for (size_t k = 0; k < w->clusters; k++)
        w->times[bd_random_below(random, (uint32_t)w->clusters)]++;
    memcpy(w->sum, row_at(w, w->clusters), w->width * sizeof(*w->sum));
    for (size_t k = 0; k < w->clusters; k++) /* in order: rows may not fit in a cache */
        if (w->times[k])
            add_row(w, k);
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

/* Makes a interval reach as far as the other, too. */
static void widen(struct bd_interval *a, const struct bd_interval *other)
{
    if (isnan(a->low)) {
        *a = *other;
    } else if (!isnan(other->low)) {
        a->low = fmin(a->low, other->low);
        a->high = fmax(a->high, other->high);
    }
}

/* Draws, and widens the intervals: [stat][brand]. */
static void draw(struct work *w, const size_t *numbers, struct bd_interval *out)
{
    struct bd_random random;

    add_rows(w, numbers);
    bd_random_init(&random, BD_BOOTSTRAP_SEED);
    for (int r = 0; r < w->replicates; r++)
        replicate(w, r, &random);
    for (enum stat stat = 0; stat < STATS; stat++)
        for (size_t b = 0; b < w->brands; b++) {
            const struct bd_interval drawn = between(w, stat, b);

            widen(&out[(size_t)stat * w->brands + b], &drawn);
        }
}

/* As many as the work allows for. */
static int draws(const struct bd_record *rec, size_t answers)
{
    const double brands = (double)rec->inquiry.brand_count;
    double most = WORK / ((double)rec->cell_count * brands + 1);

    if (answers > 0)
        most = fmin(most, WORK / ((double)answers * (2 + SUMS) * brands));
    if (most > BD_BOOTSTRAP_MOST)
        return BD_BOOTSTRAP_MOST;
    return most < BD_BOOTSTRAP_LEAST ? BD_BOOTSTRAP_LEAST : (int)most;
}

/* Of that many clusters. -1 when memory is short. */
static int draw_from(struct work w, size_t clusters, const size_t *numbers,
                     struct bd_interval *out)
{
    int rc = -1;

    w.clusters = clusters;
    w.width = at_sums(&w, w.brands);
    w.stride = w.answers ? (2 + SUMS) * w.brands : w.width;
    w.rows = calloc(w.clusters * w.stride + w.width, sizeof(*w.rows));
    w.sum = calloc(w.width, sizeof(*w.sum));
    w.times = calloc(w.clusters + 1, sizeof(*w.times));
    w.drawn = calloc(STATS * w.brands * (size_t)w.replicates, sizeof(*w.drawn));
    if (w.rows && w.sum && w.times && w.drawn) {
        draw(&w, numbers, out);
        rc = 0;
    }
    free(w.rows);
    free(w.sum);
    free(w.times);
    free(w.drawn);
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

        x->mention_interval = of_rate(&drawn[S_MENTION * brands + b], &x->mention);
        x->macro_interval = drawn[S_MACRO * brands + b];
        x->score_interval = drawn[S_SCORE * brands + b];
        x->voice_interval = drawn[S_VOICE * brands + b];
        bd_score_doubt(x);
        if (!bd_figures_drawn(f))
            continue;
        x->first_interval = of_rate(&drawn[S_FIRST * brands + b], &x->first_mention);
        x->top1_interval = of_rate(&drawn[S_TOP1 * brands + b], &x->top1);
        x->top3_interval = of_rate(&drawn[S_TOP3 * brands + b], &x->top3);
        x->recommended_interval =
            of_rate(&drawn[S_RECOMMENDED * brands + b], &x->recommended);
        f->interceptions[b].interval =
            of_rate(&drawn[S_INTERCEPTION * brands + b], &f->interceptions[b].rate);
    }
    if (bd_figures_drawn(f))
        f->interception_any_interval =
            of_rate(&drawn[S_INTERCEPTION * brands], &f->interception_any);
}

/* numbers has room for every question. */
static int draw_all(struct bd_figures *f, const struct bd_record *rec, size_t *numbers,
                    struct bd_interval *drawn)
{
    const struct bd_inquiry *q = &rec->inquiry;
    const size_t questions = f->question_count - (size_t)f->branded_questions;
    const size_t answers = questions * q->model_count * (size_t)q->samples;
    struct work w = {
        .f = f, .rec = rec, .brands = q->brand_count, .models = q->model_count};
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
    const size_t intervals = STATS * f->brand_count;
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
