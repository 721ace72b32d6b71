/* domain/figures/figures_models.c - how each model does, and how far they lie apart. See
 * figures_parts.h.
 *
 * Answers of one model to the same question resemble each other, so n of them tell less
 * than n. How much less comes from the answers themselves: the intraclass correlation rho
 * by analysis of variance over the questions, and n_eff = n / (1 + (k - 1) rho), k the
 * mean number of answers to a question. One answer a question: n_eff = n. */
#include <math.h>
#include <stdlib.h>

#include "domain/figures/figures_parts.h"

struct group { /* one model's answers to one question, for one brand */
    int n, hits;
};

static int compare_ms(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* A cached answer tells nothing about how fast the model is. times has room for all. */
static void measure_latency(struct bd_model_figures *m, int model,
                            const struct bd_record *rec, int64_t *times)
{
    size_t n = 0;

    m->latency_p50_ms = m->latency_max_ms = -1;
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        if (c->model == model && bd_cell_answered(c) && !c->cached && c->latency_ms >= 0)
            times[n++] = c->latency_ms;
    }
    if (n == 0)
        return;
    qsort(times, n, sizeof(*times), compare_ms);
    m->latency_p50_ms = (times[(n - 1) / 2] + times[n / 2]) / 2;
    m->latency_max_ms = times[n - 1];
}

/* Questions by models by brands. */
static void group_answers(struct group *groups, const struct bd_figures *f,
                          const struct bd_record *rec)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];
        size_t at =
            ((size_t)c->question * f->model_count + (size_t)c->model) * f->brand_count;

        for (size_t b = 0; b < f->brand_count && bd_figures_counts(f, c); b++) {
            groups[at + b].n += bd_cell_knows(c, b) != BD_UNKNOWN;
            groups[at + b].hits += bd_cell_knows(c, b) == BD_YES;
        }
    }
}

/* A question counts as soon as one of its answers tells. */
static void cover(struct bd_figures *f, const struct group *groups)
{
    for (size_t q = 0; q < f->question_count; q++)
        for (size_t b = 0; b < f->brand_count; b++) {
            const struct group *g = groups + q * f->model_count * f->brand_count + b;
            struct bd_rate *r = &f->brands[b].coverage;
            int n = 0, hits = 0;

            for (size_t m = 0; m < f->model_count; m++) {
                n += g[m * f->brand_count].n;
                hits += g[m * f->brand_count].hits;
            }
            r->n += n > 0;
            r->hits += hits > 0;
        }
}

/* g: the first question's group of that model and brand, the next one `step` further. */
static double effective(const struct group *g, size_t questions, size_t step,
                        const struct bd_rate *rate)
{
    double n = rate->n, p = rate->value, squares = 0, between = 0, within = 0, rho = 1;
    int k = 0;

    for (size_t q = 0; q < questions; q++, g += step) {
        double own = g->n ? (double)g->hits / g->n : 0;

        k += g->n > 0;
        squares += (double)g->n * g->n;
        between += g->n * (own - p) * (own - p);
        within += g->n * own * (1 - own);
    }
    if (k < 2 || k == rate->n)
        return n > 0 ? n : NAN;
    between /= k - 1;
    within /= n - k;
    squares = (n - squares / n) / (k - 1); /* answers a question, where they differ */
    if (between + within > 0)
        rho = (between - within) / (between + (squares - 1) * within);
    return n / (1 + (n / k - 1) * fmin(1, fmax(0, rho)));
}

static void close_field(struct bd_model_brand *x, struct bd_rate *rate,
                        const struct bd__tally *t)
{
    rate->hits = t->hits;
    rate->n = t->n;
    bd__rate_close(rate);
    x->first_mention = (struct bd_rate){.hits = t->first, .n = t->n};
    bd__rate_close(&x->first_mention);
    x->rank = (struct bd_mean){bd__divide(t->rank, t->ranked), t->ranked};
    x->sentiment = (struct bd_mean){bd__divide(t->sentiment, t->toned), t->toned};
    for (int s = 0; s < BD_STATUS_COUNT; s++)
        x->excluded[s] = t->excluded[s];
}

static void close_models(struct bd_figures *f, const struct group *groups,
                         const struct bd__tally *tallies)
{
    const size_t brands = f->brand_count, step = f->model_count * brands;

    for (size_t m = 0; m < f->model_count; m++)
        for (size_t b = 0; b < brands; b++) {
            struct bd_model_brand *x = &f->models[m].brands[b];
            struct bd_rate *rate = &f->models[m].mention[b];

            close_field(x, rate, &tallies[m * brands + b]);
            x->n_eff = effective(groups + m * brands + b, f->question_count, step, rate);
            x->interval = bd_interval_wilson_of(rate->value, x->n_eff);
        }
}

/* Each model weighs the same, however many answers it gave; one that gave none is left
 * out. */
static void spread_of(struct bd_figures *f, size_t brand)
{
    struct bd_spread *s = &f->brands[brand].spread;
    double sum = 0, squares = 0, low = INFINITY, high = -INFINITY, mean;

    *s = (struct bd_spread){.low = NAN, .high = NAN, .range = NAN, .deviation = NAN};
    for (size_t m = 0; m < f->model_count; m++) {
        double v = f->models[m].mention[brand].value;

        if (isnan(v))
            continue;
        s->models++;
        sum += v;
        low = fmin(low, v);
        high = fmax(high, v);
    }
    mean = f->brands[brand].mention_macro = bd__divide(sum, s->models);
    if (s->models < 2)
        return;
    for (size_t m = 0; m < f->model_count; m++) {
        double v = f->models[m].mention[brand].value;

        if (!isnan(v))
            squares += (v - mean) * (v - mean);
    }
    s->low = low;
    s->high = high;
    s->range = high - low;
    s->deviation = sqrt(squares / s->models);
}

/* apart NULL: counts only. */
static size_t list_apart(const struct bd_figures *f, struct bd_apart *apart)
{
    size_t n = 0;

    for (size_t b = 0; b < f->brand_count; b++)
        for (size_t i = 0; i < f->model_count; i++)
            for (size_t k = i + 1; k < f->model_count; k++) {
                const struct bd_interval *x = &f->models[i].brands[b].interval;
                const struct bd_interval *y = &f->models[k].brands[b].interval;
                bool below = x->high < y->low;

                if (bd_interval_overlap(x, y))
                    continue;
                if (apart)
                    apart[n] = (struct bd_apart){(int)b, (int)(below ? i : k),
                                                 (int)(below ? k : i)};
                n++;
            }
    return n;
}

int bd__figures_models(struct bd_figures *f, const struct bd_record *rec,
                       const struct bd__tally *tallies)
{
    size_t all = f->question_count * f->model_count * f->brand_count;
    struct group *groups = calloc(all + 1, sizeof(*groups));
    int64_t *times = calloc(rec->cell_count + 1, sizeof(*times));

    if (groups && times) {
        group_answers(groups, f, rec);
        close_models(f, groups, tallies);
        cover(f, groups);
        for (size_t m = 0; m < f->model_count; m++)
            measure_latency(&f->models[m], (int)m, rec, times);
        for (size_t b = 0; b < f->brand_count; b++)
            spread_of(f, b);
        f->apart_count = list_apart(f, NULL);
        f->apart = calloc(f->apart_count + 1, sizeof(*f->apart));
    }
    free(groups);
    free(times);
    if (!f->apart)
        return -1;
    (void)list_apart(f, f->apart);
    return 0;
}
