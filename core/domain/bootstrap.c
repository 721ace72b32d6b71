/* domain/bootstrap.c - see bootstrap.h. */
#include "domain/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/score.h"

#define SOURCE "bootstrap"
#define WORK   4e8 /* additions that are spent on it at most */

struct view { /* what one answer says about one brand */
    float ladder, sentiment;
    bool known, hit, toned, neutral;
};

struct sums {
    double ladder, sentiment;
    int n, hits, toned;
};

struct rate {
    int n, hits;
};

struct work {
    struct bd_figures *f;
    const struct bd_record *rec;
    size_t brands, models, clusters;
    size_t *first; /* clusters + 1: where a cluster's cells begin in `cells` */
    size_t *cells;
    struct view *views;              /* [cell][brand] */
    struct sums *sums;               /* [brand] */
    struct rate *rates;              /* [model][brand] */
    double *mention, *macro, *score; /* [brand][replicate] */
    int replicates;
};

/* The same as in figures.c: who says nothing about any brand is left out. */
static void look(struct view *v, const struct bd_cell *c, size_t b)
{
    const struct bd_sighting *s;

    if (!bd_cell_answered(c) || !c->geo || c->geo->refused || b >= c->geo->brand_count)
        return;
    s = &c->geo->brands[b];
    v->known = s->mentioned != BD_UNKNOWN;
    v->hit = s->mentioned == BD_YES;
    v->neutral = c->probe == BD_PROBE_NEUTRAL;
    v->ladder = (float)bd_score_ladder(v->hit, v->hit ? s->rank : 0);
    v->toned = v->hit && !isnan(s->sentiment);
    v->sentiment = v->toned ? (float)s->sentiment : 0;
}

static size_t cluster_of(const struct work *w, const struct bd_cell *c)
{
    const struct bd_inquiry *q = &w->rec->inquiry;

    if (q->question_count > 1)
        return (size_t)c->question;
    return (size_t)c->model * (size_t)q->samples + (size_t)c->sample;
}

/* Cells in the order of their clusters. */
static void group(struct work *w)
{
    size_t n = w->rec->cell_count;

    for (size_t i = 0; i < n; i++)
        w->first[cluster_of(w, &w->rec->cells[i]) + 1]++;
    for (size_t k = 0; k < w->clusters; k++)
        w->first[k + 1] += w->first[k];
    for (size_t i = n; i-- > 0;) /* first[k + 1] walks down to where cluster k begins */
        w->cells[--w->first[cluster_of(w, &w->rec->cells[i]) + 1]] = i;
    memmove(w->first, w->first + 1, w->clusters * sizeof(*w->first));
    w->first[w->clusters] = n;
}

static void add_cell(struct work *w, size_t i)
{
    size_t model = (size_t)w->rec->cells[i].model;

    for (size_t b = 0; b < w->brands; b++) {
        const struct view *v = &w->views[i * w->brands + b];
        struct sums *s = &w->sums[b];

        if (!v->known)
            continue;
        if (v->toned) {
            s->toned++;
            s->sentiment += (double)v->sentiment;
        }
        if (!v->neutral)
            continue;
        s->n++;
        s->hits += v->hit;
        s->ladder += (double)v->ladder;
        w->rates[model * w->brands + b].n++;
        w->rates[model * w->brands + b].hits += v->hit;
    }
}

static double macro_of(const struct work *w, size_t b)
{
    double sum = 0;
    int n = 0;

    for (size_t m = 0; m < w->models; m++) {
        const struct rate *r = &w->rates[m * w->brands + b];

        if (r->n == 0)
            continue;
        sum += (double)r->hits / r->n;
        n++;
    }
    return n ? sum / n : NAN;
}

static double divide(double a, int n)
{
    return n ? a / n : NAN;
}

static double score_of(const struct work *w, size_t b, double macro, int voices)
{
    const struct sums *s = &w->sums[b];
    struct bd_brand_figures x = {
        .mention = {.value = divide(s->hits, s->n), .hits = s->hits, .n = s->n},
        .mention_macro = macro,
        .share_of_voice = {.value = divide(s->hits, voices)},
        .sentiment = {.value = divide(s->sentiment, s->toned), .n = s->toned},
    };

    bd_score_make(&x, divide(s->ladder, s->n), w->brands);
    return x.score;
}

static void replicate(struct work *w, int r, struct bd_random *random)
{
    int voices = 0;

    memset(w->sums, 0, w->brands * sizeof(*w->sums));
    memset(w->rates, 0, w->models * w->brands * sizeof(*w->rates));
    for (size_t k = 0; k < w->clusters; k++) {
        size_t drawn = bd_random_below(random, (uint32_t)w->clusters);

        for (size_t i = w->first[drawn]; i < w->first[drawn + 1]; i++)
            add_cell(w, w->cells[i]);
    }
    for (size_t b = 0; b < w->brands; b++)
        voices += w->sums[b].hits;
    for (size_t b = 0; b < w->brands; b++) {
        size_t at = b * (size_t)w->replicates + (size_t)r;

        w->mention[at] = divide(w->sums[b].hits, w->sums[b].n);
        w->macro[at] = macro_of(w, b);
        w->score[at] = score_of(w, b, w->macro[at], voices);
    }
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

static void finish(struct work *w)
{
    for (size_t b = 0; b < w->brands; b++) {
        struct bd_brand_figures *x = &w->f->brands[b];
        size_t at = b * (size_t)w->replicates;

        x->mention_interval = bd_bootstrap_between(w->mention + at, w->replicates);
        if (isnan(x->mention_interval.low))
            x->mention_interval = bd_interval_wilson(x->mention.hits, x->mention.n);
        x->macro_interval = bd_bootstrap_between(w->macro + at, w->replicates);
        x->score_interval = bd_bootstrap_between(w->score + at, w->replicates);
    }
    w->f->sure = (struct bd_sureness){
        .replicates = w->replicates,
        .clusters = (int)w->clusters,
        .seed = BD_BOOTSTRAP_SEED,
        .by_question = w->rec->inquiry.question_count > 1,
    };
}

static int make_room(struct work *w)
{
    size_t n = w->rec->cell_count + 1, draws = w->brands * (size_t)w->replicates;

    w->first = calloc(w->clusters + 2, sizeof(*w->first));
    w->cells = calloc(n, sizeof(*w->cells));
    w->views = calloc(n * w->brands, sizeof(*w->views));
    w->sums = calloc(w->brands, sizeof(*w->sums));
    w->rates = calloc(w->models * w->brands, sizeof(*w->rates));
    w->mention = calloc(draws, sizeof(*w->mention));
    w->macro = calloc(draws, sizeof(*w->macro));
    w->score = calloc(draws, sizeof(*w->score));
    return w->first && w->cells && w->views && w->sums && w->rates && w->mention &&
                   w->macro && w->score
               ? 0
               : -1;
}

static void run(struct work *w)
{
    struct bd_random random;

    for (size_t i = 0; i < w->rec->cell_count; i++)
        for (size_t b = 0; b < w->brands; b++)
            look(&w->views[i * w->brands + b], &w->rec->cells[i], b);
    group(w);
    bd_random_init(&random, BD_BOOTSTRAP_SEED);
    for (int r = 0; r < w->replicates; r++)
        replicate(w, r, &random);
    finish(w);
}

int bd_bootstrap(struct bd_figures *f, const struct bd_record *rec, struct bd_error *err)
{
    const struct bd_inquiry *q = &rec->inquiry;
    double most = WORK / ((double)rec->cell_count * (double)q->brand_count + 1);
    struct work w = {
        .f = f,
        .rec = rec,
        .brands = q->brand_count,
        .models = q->model_count,
        .clusters = q->question_count > 1 ? q->question_count
                                          : q->model_count * (size_t)q->samples,
        .replicates = most > BD_BOOTSTRAP_MOST    ? BD_BOOTSTRAP_MOST
                      : most < BD_BOOTSTRAP_LEAST ? BD_BOOTSTRAP_LEAST
                                                  : (int)most,
    };
    int rc = make_room(&w);

    if (rc == 0)
        run(&w);
    free(w.first);
    free(w.cells);
    free(w.views);
    free(w.sums);
    free(w.rates);
    free(w.mention);
    free(w.macro);
    free(w.score);
    return rc == 0 ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}
