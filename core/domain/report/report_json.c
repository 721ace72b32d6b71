/* domain/report/report_json.c - the report for programs; docs/report.md describes it.
 *
 * Members are set in the order of the document, and jansson keeps that order. A figure
 * that does not exist is null, with n 0 beside it. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "domain/figures/legacy_score.h"
#include "domain/figures/score.h"
#include "domain/report/report.h"
#include "domain/report/report_json_parts.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

#define SCHEMA "brandiag.report/1"

static json_t *strings_json(char *const *s, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, bd__json_text(s[i]));
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
        json_array_append_new(list, bd__json_text(r->brands[i].name));
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
        json_array_append_new(list, bd__json_text(name));
    }
    json_decref(seen);
    return list;
}

/* Nothing is known of a diagnosis that did not come to its end. */
static void add_state(json_t *o, const struct bd_model_state *s)
{
    json_object_set_new(o, "breaker",
                        s && *s->breaker ? bd__json_text(s->breaker) : json_null());
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
                      bd__json_text(rec->inquiry.models[m].provider), "model",
                      bd__json_text(bd_model_asked(rec, (int)m)), "models_reported",
                      reported_json(rec, (int)m), "cells", x->cells, "answered",
                      x->answered, "refused", x->refused, "failed", x->failed, "skipped",
                      x->skipped, "latency_p50_ms", bd__json_count(x->latency_p50_ms),
                      "latency_max_ms", bd__json_count(x->latency_max_ms));

        if (o)
            json_object_set_new(o, "searched",
                                json_integer(bd_report_searches(rec, (int)m).searched));
        if (o)
            add_state(o, rec->states ? &rec->states[m] : NULL);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *search_json(const struct bd_record *rec)
{
    struct bd_searches n = bd_report_searches(rec, -1);

    return json_pack("{s:b, s:i, s:i}", "asked", (int)rec->inquiry.search, "answers",
                     n.answers, "searched", n.searched);
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

static json_t *parts_json(const struct bd_brand_figures *b,
                          const struct bd_score_weights *w)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o}", "mention",
        part_json(b->part_mention, bd_score_weight(w, BD_SCORE_MENTION)), "rank",
        part_json(b->part_rank, bd_score_weight(w, BD_SCORE_RANK)), "share_of_voice",
        part_json(b->part_voice, bd_score_weight(w, BD_SCORE_VOICE)), "sentiment",
        part_json(b->part_sentiment, bd_score_weight(w, BD_SCORE_SENTIMENT)));
}

/* The earlier system's score, beside ours and never in it. */
static json_t *legacy_json(const struct bd_legacy_score *s)
{
    return json_pack("{s:o, s:{s:o, s:o, s:o, s:o}}", "score", bd_json_number(s->score),
                     "parts", "visibility",
                     part_json(s->visibility, BD_LEGACY_VISIBILITY), "rank",
                     part_json(s->rank, BD_LEGACY_RANK), "share_of_voice",
                     part_json(s->voice, BD_LEGACY_VOICE), "sentiment",
                     part_json(s->sentiment, BD_LEGACY_SENTIMENT));
}

static json_t *band_json(const struct bd_brand_figures *b)
{
    return *b->grade_low ? json_pack("[s, s]", b->grade_low, b->grade_high) : json_null();
}

static json_t *score_json(const struct bd_brand *name, const char *role,
                          const struct bd_brand_figures *b,
                          const struct bd_score_weights *w)
{
    json_t *o = json_object();

    json_object_set_new(o, "brand", bd__json_text(name->name));
    json_object_set_new(o, "aliases", strings_json(name->aliases, name->alias_count));
    json_object_set_new(o, "role", json_string(role));
    json_object_set_new(o, "score", bd_json_number(b->score));
    json_object_set_new(o, "interval", bd__json_interval(&b->score_interval));
    json_object_set_new(o, "grade", bd__json_text(b->grade));
    json_object_set_new(o, "grade_band", band_json(b));
    json_object_set_new(o, "provisional", json_boolean(b->provisional));
    json_object_set_new(o, "n", json_integer(b->mention.n));
    json_object_set_new(o, "parts", parts_json(b, w));
    json_object_set_new(o, "legacy", legacy_json(&b->legacy));
    return o;
}

static json_t *scores_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->brand_count; i++)
        json_array_append_new(list, score_json(&rec->inquiry.brands[i],
                                               i == 0 ? "main" : "competitor",
                                               &f->brands[i], &f->weights));
    return list;
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
        json_array_append_new(list, bd__json_text(said.at[i].text));
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
        json_array_append_new(list,
                              json_pack("{s:o, s:o}", "text",
                                        bd__json_text(said.at[i].text), "cells", cells));
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
    bad |= json_object_set_new(o, "brand", bd__json_text(r->brands[0].name));
    bad |= json_object_set_new(o, "competitors", competitors_json(r));
    bad |= json_object_set_new(o, "questions",
                               strings_json(r->questions, r->question_count));
    bad |= json_object_set_new(o, "questions_branded", branded_json(f));
    bad |= json_object_set_new(o, "providers", providers_json(rec, f));
    bad |= json_object_set_new(o, "probes", probes_json(r->probes));
    bad |= json_object_set_new(o, "deadline_ms", json_integer(rec->deadline_ms));
    bad |= json_object_set_new(o, "search", search_json(rec));
    bad |= json_object_set_new(o, "summary", bd_report_summary(rec, f));
    bad |= json_object_set_new(o, "scores", scores_json(rec, f));
    bad |= json_object_set_new(o, "metrics", bd__json_metrics(rec, f));
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
