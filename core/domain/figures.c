/* domain/figures.c - see figures.h.
 *
 * One walk over the cells adds up, one walk over the brands divides. */
#include "domain/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/score.h"

struct sums { /* of one brand, what a rate or mean is made of */
    double rank, reciprocal, ladder, sentiment;
};

static double divide(double a, int n)
{
    return n > 0 ? a / n : NAN;
}

static void close_rate(struct bd_rate *r)
{
    r->value = divide(r->hits, r->n);
}

static void count_visibility(struct bd_figures *f, const struct bd_cell *c, size_t i,
                             struct sums *sum)
{
    struct bd_brand_figures *b = &f->brands[i];
    struct bd_rate *of_model = &f->models[c->model].mention[i];
    enum bd_known x = bd_cell_knows(c, i);
    int rank, hit = x == BD_YES;

    if (x == BD_UNKNOWN)
        return;
    rank = hit ? c->geo->brands[i].rank : 0;
    b->mention.n++;
    b->mention.hits += hit;
    of_model->n++;
    of_model->hits += hit;
    b->first_mention.hits += hit && c->geo->first_brand == (int)i;
    b->top1.hits += rank == 1;
    b->top3.hits += rank >= 1 && rank <= 3;
    sum->ladder += bd_score_ladder(hit, rank);
    if (rank > 0) {
        b->rank.n++;
        sum->rank += rank;
        sum->reciprocal += 1.0 / rank;
    }
}

static void count_portrayal(struct bd_brand_figures *b, const struct bd_cell *c, size_t i,
                            struct sums *sum)
{
    const struct bd_sighting *s;

    if (bd_cell_knows(c, i) != BD_YES)
        return;
    s = &c->geo->brands[i];
    b->negative.n++;
    b->negative.hits += s->type == BD_MENTION_NEGATIVE;
    if (!isnan(s->sentiment)) {
        b->sentiment.n++;
        sum->sentiment += s->sentiment;
    }
}

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

        if (own == BD_UNKNOWN || other == BD_UNKNOWN)
            continue;
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

/* What a cached answer cost was paid by an earlier run. */
static void count_spending(struct bd_figures *f, const struct bd_cell *c)
{
    f->calls += c->attempts;
    if (c->cached)
        return;
    if (c->usage.input >= 0)
        f->tokens_in = (f->tokens_in < 0 ? 0 : f->tokens_in) + c->usage.input;
    if (c->usage.output >= 0)
        f->tokens_out = (f->tokens_out < 0 ? 0 : f->tokens_out) + c->usage.output;
    if (!isnan(c->cost))
        f->cost = (isnan(f->cost) ? 0 : f->cost) + c->cost;
}

static void count_outcome(struct bd_figures *f, const struct bd_cell *c)
{
    struct bd_model_figures *m = &f->models[c->model];
    bool answered = bd_cell_answered(c), neutral = c->probe == BD_PROBE_NEUTRAL;
    bool certain = bd_cell_knows(c, 0) != BD_UNKNOWN;

    f->total++;
    f->by_status[c->status]++;
    f->answered += answered;
    m->cells++;
    m->answered += answered;
    m->refused += c->status == BD_STATUS_REFUSED;
    m->skipped += c->status == BD_STATUS_SKIPPED;
    m->failed = m->cells - m->answered - m->refused - m->skipped;
    f->neutral_cells += neutral;
    f->neutral_known += neutral && certain;
    f->excluded[c->status] += neutral && !certain;
}

static void count_cell(struct bd_figures *f, const struct bd_cell *c, struct sums *sums)
{
    count_outcome(f, c);
    count_spending(f, c);
    for (size_t b = 0; b < f->brand_count; b++) {
        count_portrayal(&f->brands[b], c, b, &sums[b]);
        if (c->probe == BD_PROBE_NEUTRAL)
            count_visibility(f, c, b, &sums[b]);
    }
    if (c->probe == BD_PROBE_NEUTRAL) {
        count_interception(f, c);
        count_versus(f, c);
    }
}

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

/* Each model weighs the same, however many answers it gave; one that gave none is
 * left out. */
static double macro(const struct bd_figures *f, size_t brand)
{
    double sum = 0;
    int n = 0;

    for (size_t m = 0; m < f->model_count; m++) {
        const struct bd_rate *r = &f->models[m].mention[brand];

        if (r->n == 0)
            continue;
        sum += r->value;
        n++;
    }
    return divide(sum, n);
}

static void close_brand(struct bd_figures *f, size_t i, const struct sums *sum, int voice)
{
    struct bd_brand_figures *b = &f->brands[i];

    close_rate(&b->mention);
    b->mention_macro = macro(f, i);
    b->first_mention.n = b->top1.n = b->top3.n = b->reciprocal_rank.n = b->mention.n;
    close_rate(&b->first_mention);
    close_rate(&b->top1);
    close_rate(&b->top3);
    if (f->brand_count > 1) /* a brand alone has all of nothing */
        b->share_of_voice = (struct bd_rate){.hits = b->mention.hits, .n = voice};
    close_rate(&b->share_of_voice);
    b->rank.value = divide(sum->rank, b->rank.n);
    b->reciprocal_rank.value = divide(sum->reciprocal, b->mention.n);
    b->sentiment.value = divide(sum->sentiment, b->sentiment.n);
    close_rate(&b->negative);
    bd_score_make(b, divide(sum->ladder, b->mention.n), f->brand_count);
}

static void close_all(struct bd_figures *f, const struct sums *sums)
{
    int voice = 0;

    for (size_t b = 0; b < f->brand_count; b++)
        voice += f->brands[b].mention.hits;
    for (size_t m = 0; m < f->model_count; m++)
        for (size_t b = 0; b < f->brand_count; b++)
            close_rate(&f->models[m].mention[b]);
    for (size_t b = 0; b < f->brand_count; b++) {
        close_brand(f, b, &sums[b], voice);
        close_rate(&f->interceptions[b].rate);
        f->versus[b].p = bd_mcnemar(f->versus[b].only_main, f->versus[b].only_other);
        f->brands[b].mention_interval = f->brands[b].macro_interval =
            f->brands[b].score_interval = (struct bd_interval){NAN, NAN};
    }
    close_rate(&f->interception_any);
}

static int make_room(struct bd_figures *f, const struct bd_inquiry *r)
{
    f->brands = calloc(r->brand_count, sizeof(*f->brands));
    f->interceptions = calloc(r->brand_count, sizeof(*f->interceptions));
    f->versus = calloc(r->brand_count, sizeof(*f->versus));
    f->models = calloc(r->model_count, sizeof(*f->models));
    if (!f->brands || !f->interceptions || !f->versus || !f->models)
        return -1;
    f->brand_count = r->brand_count;
    f->model_count = r->model_count;
    f->questions = r->probes & BD_PROBE_NEUTRAL ? (int)r->question_count : 0;
    for (size_t m = 0; m < f->model_count; m++) {
        f->models[m].mention = calloc(r->brand_count, sizeof(*f->models[m].mention));
        if (!f->models[m].mention)
            return -1;
    }
    return 0;
}

int bd_figures_make(struct bd_figures *out, const struct bd_record *rec,
                    struct bd_error *err)
{
    const struct bd_inquiry *r = &rec->inquiry;
    struct bd_figures f = {.cost = NAN, .tokens_in = -1, .tokens_out = -1};
    struct sums *sums = calloc(r->brand_count + 1, sizeof(*sums));
    int64_t *times = calloc(rec->cell_count + 1, sizeof(*times));

    if (!sums || !times || make_room(&f, r) < 0) {
        bd_figures_free(&f);
        free(sums);
        free(times);
        return bd_fail(err, BD_ERR_INTERNAL, 0, "figures", "out of memory");
    }
    for (size_t i = 0; i < rec->cell_count; i++)
        count_cell(&f, &rec->cells[i], sums);
    for (size_t m = 0; m < f.model_count; m++)
        measure_latency(&f.models[m], (int)m, rec, times);
    close_all(&f, sums);
    free(sums);
    free(times);
    *out = f;
    return 0;
}

void bd_figures_free(struct bd_figures *f)
{
    for (size_t m = 0; m < f->model_count; m++)
        free(f->models[m].mention);
    free(f->brands);
    free(f->interceptions);
    free(f->versus);
    free(f->models);
    *f = (struct bd_figures){0};
}

bool bd_figures_drawn(const struct bd_figures *f)
{
    return f->sure.replicates > 0 &&
           (f->model_count > 1 || f->neutral_cells > f->questions || f->questions < 2);
}

const char *bd_figures_size(const struct bd_figures *f)
{
    if (f->neutral_known == 0)
        return "none";
    if (f->neutral_known < 5)
        return "low_sample";
    if (f->questions < 10)
        return "thin";
    return f->questions < 50 ? "exploratory" : "";
}
