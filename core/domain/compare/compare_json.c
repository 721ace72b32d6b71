/* domain/compare/compare_json.c - a comparison for programs; docs/compare.schema.json. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "domain/compare/compare_parts.h"
#include "domain/compare/replay.h"
#include "domain/figures/bootstrap.h"
#include "domain/reading/reading.h"

#define SCHEMA "brandiag.compare/1"

static json_t *text(const char *s)
{
    return s && *s ? bd_json_string(s, strlen(s)) : json_null();
}

static json_t *interval(const struct bd_interval *i)
{
    if (isnan(i->low))
        return json_null();
    return json_pack("[o, o]", bd_json_number(i->low), bd_json_number(i->high));
}

/* What that side has and the other one does not. */
static json_t *only(const struct bd_comparison *c, const struct bd_record *rec,
                    bool after, const char *what)
{
    const struct bd_shared *s = &c->shared;
    const struct bd_inquiry *q = &rec->inquiry;
    json_t *list = json_array();
    struct bd_buf name;

    for (size_t i = 0; *what == 'b' && i < q->brand_count; i++)
        if (bd_shared_find(s->brands, s->brand_count, after, (int)i) < 0)
            json_array_append_new(list, text(q->brands[i].name));
    for (size_t i = 0; *what == 'q' && i < q->question_count; i++)
        if (bd_shared_find(s->questions, s->question_count, after, (int)i) < 0)
            json_array_append_new(list, text(q->questions[i]));
    for (size_t i = 0; *what == 'm' && i < q->model_count; i++) {
        if (bd_shared_find(s->models, s->model_count, after, (int)i) >= 0)
            continue;
        bd_buf_init(&name, 1024);
        bd_show_model(&name, rec, (int)i, true);
        json_array_append_new(list, text(name.data));
        bd_buf_free(&name);
    }
    return list;
}

static json_t *side(const struct bd_comparison *c, const struct bd_record *rec,
                    bool after)
{
    const struct bd_replay read = bd_replay_count(rec);
    char created[32];

    bd_clock_iso(rec->created_ms, created, sizeof(created));
    return json_pack("{s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:o}", "id", rec->id,
                     "created", created, "brand", text(rec->inquiry.brands[0].name),
                     "samples", rec->inquiry.samples, "answers", c->answers[after],
                     "rules_then",
                     read.kept ? json_pack("[i, i]", read.low, read.high) : json_null(),
                     "only_brands", only(c, rec, after, "b"), "only_questions",
                     only(c, rec, after, "q"), "only_models", only(c, rec, after, "m"));
}

static json_t *figure_side(const struct bd_side *s)
{
    return json_pack("{s:o, s:i, s:o}", "value", bd_json_number(s->value), "n", s->n,
                     "interval", interval(&s->interval));
}

static json_t *figure(const struct bd_compared *f, const char *brand)
{
    static const char *const tests[] = {NULL, "mcnemar", "permutation"};
    const char *verdict = f->test == BD_TEST_NONE ? "unknown"
                          : f->more               ? "more_than_noise"
                                                  : "within_noise";

    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "brand", text(brand),
        "figure", bd_measure_name(f->what), "before", figure_side(&f->before), "after",
        figure_side(&f->after), "difference", bd_json_number(f->difference), "interval",
        interval(&f->interval), "test", text(tests[f->test]), "p", bd_json_number(f->p),
        "p_corrected", bd_json_number(f->corrected), "verdict", verdict);
}

static json_t *figures(const struct bd_comparison *c, const struct bd_inquiry *q)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->count; i++) {
        const struct bd_compared *f = &c->figures[i];

        json_array_append_new(
            list, figure(f, q->brands[c->shared.brands[f->brand].after].name));
    }
    return list;
}

static json_t *notes(const struct bd_comparison *c, const struct bd_record *before,
                     const struct bd_record *after)
{
    json_t *list = json_array();
    struct bd_statements said;

    bd_statements_init(&said, strcmp(after->inquiry.lang, "en") != 0);
    bd_compare_say(&said, c, before, after);
    for (size_t i = 0; i < said.count; i++)
        json_array_append_new(list, text(said.at[i].text));
    bd_statements_free(&said);
    return list;
}

static json_t *method(const struct bd_comparison *c)
{
    const struct bd_shared *s = &c->shared;

    return json_pack("{s:s, s:i, s:i, s:i, s:s, s:f, s:i, s:i, s:i, s:o}", "paired_by",
                     bd_pairing_name(s->pairing), "questions", (int)s->question_count,
                     "models", (int)s->model_count, "brands", (int)s->brand_count,
                     "correction", "holm", "alpha", 0.05, "draws", c->draws, "replicates",
                     c->replicates, "seed", (int)BD_BOOTSTRAP_SEED, "smallest_p",
                     bd_json_number(c->least));
}

int bd_compare_json(struct bd_buf *out, const struct bd_comparison *c,
                    const struct bd_record *before, const struct bd_record *after)
{
    json_t *o = json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:i, s:i, s:i, s:o, s:o}",
                          "schema", SCHEMA, "lang", after->inquiry.lang, "rules",
                          BD_READING_RULES, "before", side(c, before, false), "after",
                          side(c, after, true), "method", method(c), "tested", c->tested,
                          "changed", c->more, "uncorrected", c->uncorrected, "figures",
                          figures(c, &after->inquiry), "notes", notes(c, before, after));
    int rc = o ? bd_json_write(out, o, true) : -1;

    json_decref(o);
    return rc == 0 ? bd_buf_add(out, "\n") : -1;
}
