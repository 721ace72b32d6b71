/* domain/report_json.c - the report for programs; docs/report.md describes it.
 *
 * Members are set in the order of the document, and jansson keeps that order. A figure
 * that does not exist is null, with n 0 beside it. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "domain/report.h"
#include "domain/report_parts.h"
#include "domain/say.h"
#include "domain/score.h"

#define SCHEMA "brandiag.report/1"

static json_t *text(const char *s)
{
    return s && *s ? bd_json_string(s, strlen(s)) : json_null();
}

static json_t *rate_json(const struct bd_rate *r)
{
    return json_pack("{s:o, s:i, s:i}", "value", bd_json_number(r->value), "hits",
                     r->hits, "n", r->n);
}

static json_t *interval_json(const struct bd_interval *i)
{
    if (isnan(i->low))
        return json_null();
    return json_pack("[o, o]", bd_json_number(i->low), bd_json_number(i->high));
}

/* Of a rate whose answers are each their own; see bd_sureness for the others. */
static json_t *sure_rate_json(const struct bd_rate *r, const struct bd_interval *drawn)
{
    const struct bd_interval wilson = bd_interval_wilson(r->hits, r->n);
    json_t *o = rate_json(r);

    json_object_set_new(o, "interval", interval_json(drawn ? drawn : &wilson));
    return o;
}

static json_t *mean_json(double value, int n)
{
    return json_pack("{s:o, s:i}", "value", bd_json_number(value), "n", n);
}

static json_t *strings_json(char *const *s, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, text(s[i]));
    return list;
}

static json_t *branded_json(const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t q = 0; q < f->question_count; q++)
        if (f->branded[q])
            json_array_append_new(list, json_integer((json_int_t)q));
    return list;
}

static json_t *competitors_json(const struct bd_inquiry *r)
{
    json_t *list = json_array();

    for (size_t i = 1; i < r->brand_count; i++)
        json_array_append_new(list, text(r->brands[i].name));
    return list;
}

static json_t *reported_json(const struct bd_record *rec, int model)
{
    json_t *list = json_array(), *seen = json_object();

    for (size_t i = 0; i < rec->cell_count; i++) {
        const char *name = rec->cells[i].model_reported;

        if (rec->cells[i].model != model || !name || json_object_get(seen, name))
            continue;
        json_object_set_new(seen, name, json_true());
        json_array_append_new(list, text(name));
    }
    json_decref(seen);
    return list;
}

static json_t *ms_json(int64_t ms)
{
    return ms >= 0 ? json_integer(ms) : json_null();
}

/* Nothing is known of a diagnosis that did not come to its end. */
static void add_state(json_t *o, const struct bd_model_state *s)
{
    json_object_set_new(o, "breaker", s && *s->breaker ? text(s->breaker) : json_null());
    json_object_set_new(o, "breaker_opened", s ? json_integer(s->opened) : json_null());
    json_object_set_new(o, "breakers_open", s ? json_integer(s->keys_open) : json_null());
    json_object_set_new(o, "hedges", s ? json_integer(s->hedges) : json_null());
}

static json_t *providers_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t m = 0; m < f->model_count; m++) {
        const struct bd_model_figures *x = &f->models[m];
        json_t *o =
            json_pack("{s:o, s:o, s:o, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "provider",
                      text(rec->inquiry.models[m].provider), "model",
                      text(bd_model_asked(rec, (int)m)), "models_reported",
                      reported_json(rec, (int)m), "cells", x->cells, "answered",
                      x->answered, "refused", x->refused, "failed", x->failed, "skipped",
                      x->skipped, "latency_p50_ms", ms_json(x->latency_p50_ms),
                      "latency_max_ms", ms_json(x->latency_max_ms));

        if (o)
            add_state(o, rec->states ? &rec->states[m] : NULL);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *probes_json(unsigned probes)
{
    json_t *list = json_array();

    if (probes & BD_PROBE_MATRIX)
        json_array_append_new(list, json_string("matrix"));
    if (probes & BD_PROBE_NEUTRAL)
        json_array_append_new(list, json_string("neutral"));
    return list;
}

/* total = completed + failed + skipped; truncated and refused are among completed. */
json_t *bd_report_summary(const struct bd_record *rec, const struct bd_figures *f)
{
    const int *by = f->by_status;
    int completed = by[BD_STATUS_OK] + by[BD_STATUS_TRUNCATED] + by[BD_STATUS_REFUSED];

    return json_pack(
        "{s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:i, s:o, s:b}", "success",
        bd_report_exit_code(rec) == 0, "total", f->total, "completed", completed,
        "truncated", by[BD_STATUS_TRUNCATED], "refused", by[BD_STATUS_REFUSED], "failed",
        f->total - completed - by[BD_STATUS_SKIPPED], "skipped", by[BD_STATUS_SKIPPED],
        "elapsed_ms", (json_int_t)rec->elapsed_ms, "calls", f->calls, "cost",
        bd_json_number(f->cost), "interrupted", (int)rec->interrupted);
}

static json_t *part_json(double value, double weight)
{
    return json_pack("{s:o, s:f}", "value", bd_json_number(value), "weight", weight);
}

static json_t *scores_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->brand_count; i++) {
        const struct bd_brand_figures *b = &f->brands[i];
        const struct bd_brand *name = &rec->inquiry.brands[i];
        json_t *parts =
            json_pack("{s:o, s:o, s:o, s:o}", "mention",
                      part_json(b->part_mention, BD_SCORE_MENTION), "rank",
                      part_json(b->part_rank, BD_SCORE_RANK), "share_of_voice",
                      part_json(b->part_voice, BD_SCORE_VOICE), "sentiment",
                      part_json(b->part_sentiment, BD_SCORE_SENTIMENT));

        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:b, s:i, s:o}", "brand",
                      text(name->name), "aliases",
                      strings_json(name->aliases, name->alias_count), "role",
                      i == 0 ? "main" : "competitor", "score", bd_json_number(b->score),
                      "interval", interval_json(&b->score_interval), "grade",
                      text(b->grade), "provisional", (int)b->provisional, "n",
                      b->mention.n, "parts", parts));
    }
    return list;
}

static json_t *brand_metrics(const char *name, const struct bd_brand_figures *b,
                             bool drawn)
{
    json_t *o = json_object();

    json_object_set_new(o, "brand", text(name));
    json_object_set_new(o, "mention_rate",
                        sure_rate_json(&b->mention, drawn ? &b->mention_interval : NULL));
    json_object_set_new(o, "mention_rate_by_model", bd_json_number(b->mention_macro));
    json_object_set_new(o, "mention_rate_by_model_interval",
                        interval_json(&b->macro_interval));
    json_object_set_new(o, "share_of_voice", rate_json(&b->share_of_voice));
    json_object_set_new(o, "first_mention_rate", rate_json(&b->first_mention));
    json_object_set_new(o, "top1_rate", rate_json(&b->top1));
    json_object_set_new(o, "top3_rate", rate_json(&b->top3));
    json_object_set_new(o, "average_rank", mean_json(b->rank.value, b->rank.n));
    json_object_set_new(o, "reciprocal_rank",
                        mean_json(b->reciprocal_rank.value, b->reciprocal_rank.n));
    json_object_set_new(o, "sentiment", mean_json(b->sentiment.value, b->sentiment.n));
    json_object_set_new(o, "negative_rate", rate_json(&b->negative));
    return o;
}

static json_t *interception_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *by = json_array();

    for (size_t i = 1; i < f->brand_count; i++)
        json_array_append_new(by, json_pack("{s:o, s:o}", "brand",
                                            text(rec->inquiry.brands[i].name), "rate",
                                            rate_json(&f->interceptions[i].rate)));
    return json_pack("{s:o, s:o}", "any", rate_json(&f->interception_any), "by", by);
}

static json_t *versus_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t i = 1; i < f->brand_count; i++) {
        const struct bd_versus *v = &f->versus[i];

        json_array_append_new(
            list, json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:f}", "brand",
                            text(rec->inquiry.brands[i].name), "both", v->both,
                            "only_main", v->only_main, "only_competitor", v->only_other,
                            "neither", v->neither, "outranked", v->outranked, "p", v->p));
    }
    return list;
}

static json_t *sample_json(const struct bd_figures *f)
{
    const struct bd_sureness *s = &f->sure;

    return json_pack("{s:i, s:o, s:s, s:i, s:i, s:i}", "questions", f->questions, "size",
                     text(bd_figures_size(f)), "method",
                     s->replicates == 0 ? "wilson"
                     : s->by_question   ? "bootstrap_questions"
                                        : "bootstrap_answers",
                     "replicates", s->replicates, "clusters", s->clusters, "seed",
                     (int)s->seed);
}

static json_t *models_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t m = 0; m < f->model_count; m++) {
        json_t *rates = json_array();

        for (size_t b = 0; b < f->brand_count; b++)
            json_array_append_new(
                rates, json_pack("{s:o, s:o}", "brand", text(rec->inquiry.brands[b].name),
                                 "mention_rate", rate_json(&f->models[m].mention[b])));
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "provider",
                                              text(rec->inquiry.models[m].provider),
                                              "model", text(bd_model_asked(rec, (int)m)),
                                              "brands", rates));
    }
    return list;
}

/* Which neutral cells are under the figures, and what became of the others. */
static json_t *scope_json(const struct bd_figures *f)
{
    const int *x = f->excluded;
    json_t *excluded = json_object();

    json_object_set_new(excluded, "uncertain",
                        json_integer(x[BD_STATUS_OK] + x[BD_STATUS_TRUNCATED]));
    for (enum bd_status s = BD_STATUS_REFUSED; s < BD_STATUS_COUNT; s++)
        json_object_set_new(excluded, bd_status_name(s), json_integer(x[s]));
    json_object_set_new(excluded, "branded", json_integer(f->branded_cells));
    return json_pack("{s:i, s:i, s:o}", "cells", f->neutral_cells, "known",
                     f->neutral_known, "excluded", excluded);
}

static json_t *metrics_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *brands = json_array();

    for (size_t i = 0; i < f->brand_count; i++)
        json_array_append_new(brands, brand_metrics(rec->inquiry.brands[i].name,
                                                    &f->brands[i], bd_figures_drawn(f)));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}}", "neutral",
                     scope_json(f), "sample", sample_json(f), "brands", brands,
                     "interception", interception_json(rec, f), "versus",
                     versus_json(rec, f), "models", models_json(rec, f), "tokens",
                     "input", ms_json(f->tokens_in), "output", ms_json(f->tokens_out));
}

static json_t *notes_json(const struct bd_record *rec, const struct bd_figures *f,
                          const struct bd_report_notes *notes, bool zh)
{
    json_t *list = json_array();
    struct bd_statements said;

    bd_statements_init(&said, zh);
    bd_say_models(&said, rec);
    bd_say_notes(&said, rec, f, notes);
    for (size_t i = 0; i < said.count; i++)
        json_array_append_new(list, text(said.at[i].text));
    bd_statements_free(&said);
    return list;
}

/* Each sentence with the indices of the cells that prove it. */
static json_t *findings_json(const struct bd_record *rec, const struct bd_figures *f,
                             bool zh)
{
    json_t *list = json_array();
    struct bd_statements said;

    bd_statements_init(&said, zh);
    bd_say_findings(&said, rec, f);
    for (size_t i = 0; i < said.count; i++) {
        json_t *cells = json_array();

        for (size_t k = 0; k < said.at[i].cell_count; k++)
            json_array_append_new(cells, json_integer((json_int_t)said.at[i].cells[k]));
        json_array_append_new(
            list, json_pack("{s:o, s:o}", "text", text(said.at[i].text), "cells", cells));
    }
    bd_statements_free(&said);
    return list;
}

/* All but the cells, which come last. */
static json_t *head_json(const struct bd_record *rec, const struct bd_figures *f,
                         const struct bd_report_notes *notes)
{
    const struct bd_inquiry *r = &rec->inquiry;
    json_t *o = json_object();
    char created[32];
    const bool zh = strcmp(r->lang, "en") != 0;
    int bad = 0;

    bd_clock_iso(rec->created_ms, created, sizeof(created));
    bad |= json_object_set_new(o, "schema", json_string(SCHEMA));
    bad |= json_object_set_new(o, "id", json_string(rec->id));
    bad |= json_object_set_new(o, "created", json_string(created));
    bad |= json_object_set_new(o, "lang", json_string(r->lang));
    bad |= json_object_set_new(o, "brand", text(r->brands[0].name));
    bad |= json_object_set_new(o, "competitors", competitors_json(r));
    bad |= json_object_set_new(o, "questions",
                               strings_json(r->questions, r->question_count));
    bad |= json_object_set_new(o, "questions_branded", branded_json(f));
    bad |= json_object_set_new(o, "providers", providers_json(rec, f));
    bad |= json_object_set_new(o, "probes", probes_json(r->probes));
    bad |= json_object_set_new(o, "deadline_ms", json_integer(rec->deadline_ms));
    bad |= json_object_set_new(o, "summary", bd_report_summary(rec, f));
    bad |= json_object_set_new(o, "scores", scores_json(rec, f));
    bad |= json_object_set_new(o, "metrics", metrics_json(rec, f));
    bad |= json_object_set_new(o, "findings", findings_json(rec, f, zh));
    bad |= json_object_set_new(o, "notes", notes_json(rec, f, notes, zh));
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

static int write_cell(struct bd_buf *out, const struct bd_record *rec, size_t i)
{
    json_t *o = bd_cell_to_json(&rec->cells[i], &rec->inquiry);
    int rc = o ? bd_buf_add(out, i == 0 ? "\n    " : ",\n    ") : -1;

    if (rc == 0)
        rc = bd_json_write(out, o, false);
    json_decref(o);
    return rc;
}

/* One cell at a time: a tree of thousands takes more memory and time than all the rest.
 */
int bd_report_json(struct bd_buf *out, const struct bd_record *rec,
                   const struct bd_figures *f, const struct bd_report_notes *notes)
{
    json_t *head = head_json(rec, f, notes);
    int rc = head ? bd_json_write(out, head, true) : -1;

    json_decref(head);
    if (rc < 0)
        return -1;
    out->n -= strlen("\n}"); /* the object goes on */
    rc = bd_buf_add(out, ",\n  \"cells\": [");
    for (size_t i = 0; i < rec->cell_count && rc == 0; i++)
        rc = write_cell(out, rec, i);
    return rc == 0 ? bd_buf_add(out, "\n  ]\n}") : -1;
}

/* Nothing more would have come: the length limit is what was asked for, a cut by time is
 * not. */
static bool is_whole(const struct bd_cell *c)
{
    return c->status == BD_STATUS_OK ||
           (c->status == BD_STATUS_TRUNCATED && strcmp(c->finish, "length") == 0);
}

int bd_report_exit_code(const struct bd_record *rec)
{
    size_t answered = 0, whole = 0;

    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];
        bool refused = c->status == BD_STATUS_REFUSED;

        answered += refused || bd_cell_answered(c);
        whole += refused || (bd_cell_answered(c) && is_whole(c));
    }
    if (answered == 0)
        return 4;
    return whole == rec->cell_count ? 0 : 3;
}
