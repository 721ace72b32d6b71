/* domain/figures/figures.c - see figures.h.
 *
 * One walk over the cells adds up, one walk over models and brands divides; what needs
 * answers side by side has a part of its own (figures_parts.h). */
#include "domain/figures/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/branded.h"
#include "domain/figures/figures_parts.h"
#include "domain/figures/legacy_score.h"
#include "domain/figures/score.h"

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

void bd_figures_count(struct bd_figures *f, const struct bd_record *rec)
{
    *f = (struct bd_figures){.cost = NAN, .tokens_in = -1, .tokens_out = -1};
    for (size_t i = 0; i < rec->cell_count; i++) {
        f->total++;
        f->by_status[rec->cells[i].status]++;
        f->answered += bd_cell_answered(&rec->cells[i]);
        count_spending(f, &rec->cells[i]);
    }
}

static void count_outcome(struct bd_figures *f, const struct bd_cell *c)
{
    struct bd_model_figures *m = &f->models[c->model];
    bool answered = bd_cell_answered(c), counts = bd_figures_counts(f, c);
    bool certain = bd_cell_knows(c, 0) != BD_UNKNOWN;

    m->cells++;
    m->answered += answered;
    m->refused += c->status == BD_STATUS_REFUSED;
    m->skipped += c->status == BD_STATUS_SKIPPED;
    m->failed = m->cells - m->answered - m->refused - m->skipped;
    f->neutral_cells += c->probe == BD_PROBE_NEUTRAL;
    f->branded_cells += c->probe == BD_PROBE_NEUTRAL && !counts;
    m->branded += c->probe == BD_PROBE_NEUTRAL && !counts;
    f->neutral_known += counts && certain;
    f->excluded[c->status] += counts && !certain;
}

static void count_cell(struct bd_figures *f, const struct bd_cell *c,
                       struct bd__tally *tallies)
{
    const bool counts = bd_figures_counts(f, c);

    count_outcome(f, c);
    for (size_t b = 0; b < f->brand_count; b++)
        bd__tally_cell(&tallies[(size_t)c->model * f->brand_count + b], c, b, counts);
    if (counts)
        bd__figures_pairs(f, c);
}

/* What was added up, as rates that still have to be divided. */
static void take(struct bd_brand_figures *b, const struct bd__tally *t)
{
    b->mention = (struct bd_rate){.hits = t->hits, .n = t->n};
    b->first_mention = (struct bd_rate){.hits = t->first, .n = t->n};
    b->top1 = (struct bd_rate){.hits = t->top1, .n = t->n};
    b->top3 = (struct bd_rate){.hits = t->top3, .n = t->n};
    b->recommended =
        (struct bd_rate){.hits = t->types[BD_MENTION_RECOMMENDED], .n = t->n};
    b->negative = (struct bd_rate){.hits = t->advised, .n = t->mentions};
    b->branded = (struct bd_rate){.hits = t->branded_hits, .n = t->branded};
    b->rank = (struct bd_mean){bd__divide(t->rank, t->ranked), t->ranked};
    b->reciprocal_rank = (struct bd_mean){bd__divide(t->reciprocal, t->n), t->n};
    b->word_share.part = t->words;
    b->position_share = (struct bd_mean){bd__divide(t->pos_share, t->placed), t->placed};
    b->sentiment = (struct bd_mean){bd__divide(t->sentiment, t->toned), t->toned};
    b->tones =
        (struct bd_tones){t->positive, t->even, t->negative, t->mentions - t->toned,
                          bd__divide(t->positive - t->negative, t->toned)};
    b->places =
        (struct bd_places){.unranked = t->hits - t->ranked, .absent = t->n - t->hits};
    memcpy(b->places.at, t->places, sizeof(b->places.at));
    memcpy(b->types, t->types, sizeof(b->types));
    memcpy(b->excluded, t->excluded, sizeof(b->excluded));
    for (int s = 0; s < BD_STATUS_COUNT; s++)
        b->places.unknown += t->excluded[s];
}

static void close_rates(struct bd_brand_figures *b)
{
    const struct bd_interval none = {NAN, NAN};
    int n = b->mention.n;

    bd__rate_close(&b->mention);
    bd__rate_close(&b->first_mention);
    bd__rate_close(&b->top1);
    bd__rate_close(&b->top3);
    bd__rate_close(&b->recommended);
    bd__rate_close(&b->negative);
    bd__rate_close(&b->branded);
    bd__rate_close(&b->share_of_voice);
    bd__rate_close(&b->coverage);
    b->mention_interval = b->macro_interval = b->score_interval = none;
    b->voice_interval = none;
    b->first_interval = bd_interval_wilson(b->first_mention.hits, n);
    b->top1_interval = bd_interval_wilson(b->top1.hits, n);
    b->top3_interval = bd_interval_wilson(b->top3.hits, n);
    b->recommended_interval = bd_interval_wilson(b->recommended.hits, n);
    b->coverage_interval = bd_interval_wilson(b->coverage.hits, b->coverage.n);
}

static struct bd__tally sum_of(const struct bd_figures *f, size_t brand,
                               const struct bd__tally *tallies)
{
    struct bd__tally sum = {0};

    for (size_t m = 0; m < f->model_count; m++)
        bd__tally_add(&sum, &tallies[m * f->brand_count + brand]);
    return sum;
}

static void close_interception(struct bd_rate *r, struct bd_interval *i)
{
    bd__rate_close(r);
    *i = bd_interval_wilson(r->hits, r->n);
}

static void close_all(struct bd_figures *f, const struct bd__tally *tallies)
{
    for (size_t b = 0; b < f->brand_count; b++) {
        const struct bd__tally t = sum_of(f, b, tallies);

        take(&f->brands[b], &t);
        f->voices += t.hits;
    }
    for (size_t b = 0; b < f->brand_count; b++) {
        const struct bd__tally t = sum_of(f, b, tallies);
        struct bd_brand_figures *x = &f->brands[b];

        if (f->brand_count > 1) /* a brand alone has all of nothing */
            x->share_of_voice = (struct bd_rate){.hits = t.hits, .n = f->voices};
        close_rates(x);
        bd_score_make(x, bd__divide(t.ladder, t.n), f->brand_count, &f->weights);
        bd_legacy_score_make(x, bd__divide(t.visibility, t.n),
                             bd__divide(t.legacy_rank, t.n));
        close_interception(&f->interceptions[b].rate, &f->interceptions[b].interval);
        f->versus[b].p = bd_mcnemar(f->versus[b].only_main, f->versus[b].only_other);
    }
    close_interception(&f->interception_any, &f->interception_any_interval);
}

static int make_room(struct bd_figures *f, const struct bd_inquiry *r)
{
    f->brands = calloc(r->brand_count, sizeof(*f->brands));
    f->interceptions = calloc(r->brand_count, sizeof(*f->interceptions));
    f->versus = calloc(r->brand_count, sizeof(*f->versus));
    f->models = calloc(r->model_count, sizeof(*f->models));
    f->branded = calloc(r->question_count + 1, sizeof(*f->branded));
    if (!f->brands || !f->interceptions || !f->versus || !f->models || !f->branded)
        return -1;
    f->brand_count = r->brand_count;
    f->model_count = r->model_count;
    f->question_count = r->question_count;
    for (size_t m = 0; m < f->model_count; m++) {
        f->models[m].mention = calloc(r->brand_count, sizeof(*f->models[m].mention));
        f->models[m].brands = calloc(r->brand_count, sizeof(*f->models[m].brands));
        if (!f->models[m].mention || !f->models[m].brands)
            return -1;
    }
    return 0;
}

/* tallies has room for all models and brands. */
static int fill(struct bd_figures *f, const struct bd_record *rec,
                struct bd__tally *tallies)
{
    struct bd__frame frame = {0};
    int rc = -1;

    f->branded_questions = bd_branded_find(f->branded, &rec->inquiry);
    if (f->branded_questions < 0)
        return -1;
    if (rec->inquiry.probes & BD_PROBE_NEUTRAL)
        f->questions = (int)f->question_count - f->branded_questions;
    for (size_t i = 0; i < rec->cell_count; i++)
        count_cell(f, &rec->cells[i], tallies);
    if (bd__figures_models(f, rec, tallies) < 0)
        return -1;
    close_all(f, tallies);
    if (bd__figures_sources(f, rec) < 0 || bd__figures_flags(f, rec) < 0)
        return -1;
    if (bd__frame_make(&frame, f, rec) == 0)
        rc = bd__figures_stability(f, rec, &frame);
    bd__frame_free(&frame);
    return rc;
}

int bd_figures_make(struct bd_figures *out, const struct bd_record *rec,
                    struct bd_error *err)
{
    const struct bd_inquiry *r = &rec->inquiry;
    struct bd_figures f;
    struct bd__tally *tallies =
        calloc(r->brand_count * r->model_count + 1, sizeof(*tallies));
    int rc = -1;

    bd_figures_count(&f, rec);
    f.weights = r->weights;
    if (tallies && make_room(&f, r) == 0)
        rc = fill(&f, rec, tallies);
    free(tallies);
    if (rc < 0) {
        bd_figures_free(&f);
        return bd_fail(err, BD_ERR_INTERNAL, 0, "figures", "out of memory");
    }
    *out = f;
    return 0;
}

void bd_figures_free(struct bd_figures *f)
{
    for (size_t m = 0; m < f->model_count; m++) {
        free(f->models[m].mention);
        free(f->models[m].brands);
    }
    for (size_t i = 0; i < f->rival_count; i++)
        free(f->rivals[i].name);
    for (size_t i = 0; i < f->site_count; i++)
        free(f->sites[i].domain);
    free(f->sites);
    for (size_t i = 0; i < f->flag_count; i++) {
        free(f->flags[i].name);
        free(f->flags[i].cells);
    }
    free(f->flags);
    free(f->brands);
    free(f->interceptions);
    free(f->versus);
    free(f->models);
    free(f->branded);
    free(f->apart);
    free(f->rivals);
    *f = (struct bd_figures){0};
}

bool bd_figures_counts(const struct bd_figures *f, const struct bd_cell *c)
{
    return c->probe == BD_PROBE_NEUTRAL && !f->branded[c->question];
}

bool bd_figures_drawn(const struct bd_figures *f)
{
    return f->sure.replicates > 0 &&
           (f->model_count > 1 || f->neutral_cells - f->branded_cells > f->questions ||
            f->questions < 2);
}

const char *bd_figures_interception(const struct bd_interval *i)
{
    return i->low > 0.5 ? "high" : i->low > 0.3 ? "medium" : "";
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
