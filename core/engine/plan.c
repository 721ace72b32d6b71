/* engine/plan.c - what a diagnosis will ask, and what that may cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/inquiry/prompt.h"
#include "engine/parts.h"

#define SOURCE "plan"

static int copy_inquiry(struct bd_inquiry *out, const struct bd_inquiry *asked,
                        struct bd_error *err)
{
    json_t *o = bd_inquiry_to_json(asked);
    int rc = o ? bd_inquiry_from_json(out, o, err)
               : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");

    json_decref(o);
    return rc;
}

static int no_provider(struct bd_error *err)
{
    return bd_fail(
        err, BD_ERR_CONFIG, 0, SOURCE,
        "no provider is configured: add a section like [provider:doubao] to the "
        "configuration");
}

static int add_all_models(struct bd_inquiry *q, const struct bd_edition *ed,
                          struct bd_error *err)
{
    size_t n = bd_generation_provider_count(ed->generation);

    if (n == 0)
        return no_provider(err);
    for (size_t i = 0; i < n; i++)
        if (bd_inquiry_add_model(q, bd_generation_provider(ed->generation, i)->name,
                                 err) < 0)
            return -1;
    return 0;
}

static int unknown_provider(const struct bd_edition *ed, const char *name,
                            struct bd_error *err)
{
    size_t n = bd_generation_provider_count(ed->generation);
    struct bd_buf known;

    if (n == 0)
        return no_provider(err);
    bd_buf_init(&known, 200);
    for (size_t i = 0; i < n; i++)
        bd_buf_addf(&known, "%s%s", i ? ", " : "",
                    bd_generation_provider(ed->generation, i)->name);
    (void)bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                  "no provider '%s' is configured; there is: %s", name, known.data);
    bd_buf_free(&known);
    return -1;
}

/* An inquiry that chose nobody is told whom it could ask. */
static int no_key(const struct bd_provider_slot *slot, const struct bd_edition *ed,
                  bool chosen, struct bd_error *err)
{
    size_t n = bd_generation_provider_count(ed->generation);
    struct bd_buf usable;

    bd_buf_init(&usable, 200);
    for (size_t i = 0; i < n && !chosen; i++) {
        const struct bd_provider_slot *p = bd_generation_provider(ed->generation, i);

        if (p->key_error.type == BD_ERR_NONE)
            bd_buf_addf(&usable, " --model %s", p->name);
    }
    (void)bd_fail(err, BD_ERR_CONFIG, slot->key_error.code, SOURCE,
                  "provider '%s': %.180s%s%s", slot->name, slot->key_error.message,
                  usable.n ? "; or ask only those that have a key:" : "", usable.data);
    bd_buf_free(&usable);
    return -1;
}

static int fill_model(struct bd_model *m, const struct bd_edition *ed, bool chosen,
                      struct bd_error *err)
{
    const struct bd_provider_slot *slot = bd_generation_find(ed->generation, m->provider);

    if (!slot)
        return unknown_provider(ed, m->provider, err);
    if (slot->key_error.type != BD_ERR_NONE)
        return no_key(slot, ed, chosen, err);
    if (!m->model)
        m->model = strdup(bd_values_text(slot->values, "model"));
    return m->model ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

static int complete(struct bd_inquiry *q, const struct bd_edition *ed,
                    struct bd_error *err)
{
    bool chosen = q->model_count > 0;

    if (!chosen && add_all_models(q, ed, err) < 0)
        return -1;
    for (size_t i = 0; i < q->model_count; i++)
        if (fill_model(&q->models[i], ed, chosen, err) < 0)
            return -1;
    if (q->deadline_ms <= 0)
        q->deadline_ms = (int)ed->settings.deadline_ms;
    if (q->weights.mention == 0)
        q->weights = ed->settings.weights;
    if (bd_inquiry_check(q, err) < 0)
        return -1;
    if (bd_inquiry_task_count(q) > (size_t)ed->settings.max_tasks)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "%zu tasks are more than [engine] max_tasks = %lld: ask less, or "
                       "raise it",
                       bd_inquiry_task_count(q), (long long)ed->settings.max_tasks);
    return 0;
}

static bool is_set(const struct bd_values *v, const char *name)
{
    return strcmp(bd_values_origin(v, name), "unset") != 0;
}

static bool asks(const struct bd_inquiry *q, const char *provider)
{
    for (size_t i = 0; i < q->model_count; i++)
        if (strcmp(q->models[i].provider, provider) == 0)
            return true;
    return false;
}

/* A call without a price adds nothing to what was spent: the limit would stop nothing. */
static int check_prices(const struct bd_inquiry *q, const struct bd_edition *ed,
                        struct bd_error *err)
{
    size_t n = bd_generation_provider_count(ed->generation);
    struct bd_buf without;
    int rc = 0;

    bd_buf_init(&without, 160);
    for (size_t i = 0; i < n; i++) {
        const struct bd_provider_slot *p = bd_generation_provider(ed->generation, i);

        if (asks(q, p->name) &&
            !(is_set(p->values, "price_input") && is_set(p->values, "price_output")))
            bd_buf_addf(&without, "%s[provider:%s]", without.n ? ", " : "", p->name);
    }
    if (without.n)
        rc = bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                     "--max-cost needs prices: set price_input and price_output (of a "
                     "million tokens) in %s; or limit the calls with --max-calls",
                     without.data);
    bd_buf_free(&without);
    return rc;
}

int bd__plan_limits(const struct bd_edition *ed, const struct bd_inquiry *q,
                    const struct bd_diagnosis_limits *limits, struct bd_error *err)
{
    return limits && limits->max_cost > 0 ? check_prices(q, ed, err) : 0;
}

int bd__plan_inquiry(struct bd_inquiry *out, const struct bd_edition *ed,
                     const struct bd_inquiry *asked, struct bd_error *err)
{
    struct bd_inquiry q;

    bd_inquiry_init(&q);
    if (copy_inquiry(&q, asked, err) < 0 || complete(&q, ed, err) < 0) {
        bd_inquiry_free(&q);
        return -1;
    }
    *out = q;
    return 0;
}

bool bd__plan_searches(const struct bd_inquiry *q, const struct bd_provider_slot *slot)
{
    return q->search && (slot->plugin->capabilities & BD_CAN_SEARCH) != 0;
}

int bd_diagnosis_check(struct bd_engine *e, const struct bd_inquiry *inquiry,
                       const struct bd_diagnosis_limits *limits, struct bd_error *err)
{
    struct bd_edition *ed = bd__edition_take(e);
    struct bd_inquiry q;
    int rc = bd__plan_inquiry(&q, ed, inquiry, err);

    if (rc == 0) {
        rc = bd__plan_limits(ed, &q, limits, err);
        bd_inquiry_free(&q);
    }
    bd__edition_release(e, ed);
    return rc;
}

/* About 1.6 Chinese characters or 4 Latin letters a token (PROVIDERS 2.7: vendors
 * document 1:1.5 to 1:1.8 for Chinese). */
static int64_t tokens_of(const char *s, size_t n)
{
    int64_t hundredths = 0;
    int32_t cp;

    for (size_t i = 0; i < n;) {
        i += bd_text_next(s + i, n - i, &cp);
        hundredths += cp < 0x2E80 ? 25 : 62;
    }
    return (hundredths + 99) / 100;
}

int bd__plan_prompt(struct bd_buf *out, const struct bd_edition *ed,
                    const struct bd_inquiry *q, int brand, int question)
{
    const struct bd_settings *s = &ed->settings;
    const char *matrix = s->prompt_matrix             ? s->prompt_matrix
                         : strcmp(q->lang, "en") == 0 ? bd_prompt_matrix_en
                                                      : bd_prompt_matrix_zh;

    bd_buf_init(out, BD_PROMPT_LIMIT);
    return bd_prompt_build(out, brand < 0 ? s->prompt_neutral : matrix, q, brand,
                           question);
}

int64_t bd__plan_prompt_tokens(const struct bd_edition *ed, const struct bd_inquiry *q,
                               int brand, int question)
{
    const struct bd_settings *s = &ed->settings;
    struct bd_buf text;
    int64_t n = 0;

    if (bd__plan_prompt(&text, ed, q, brand, question) == 0)
        n = tokens_of(text.data, text.n);
    if (s->prompt_system)
        n += tokens_of(s->prompt_system, strlen(s->prompt_system));
    bd_buf_free(&text);
    return n;
}

static double price(const struct bd_values *v, const char *name)
{
    return is_set(v, name) ? bd_values_real(v, name) : NAN;
}

static void estimate_model(const struct bd_edition *ed, const struct bd_inquiry *q,
                           struct bd_estimate_row *row)
{
    const struct bd_provider_slot *slot =
        bd_generation_find(ed->generation, row->provider);
    const struct bd_values *v = slot->values;

    for (int i = 0; i < (int)q->question_count; i++) {
        for (int b = 0; (q->probes & BD_PROBE_MATRIX) && b < (int)q->brand_count; b++) {
            row->calls++;
            row->tokens_in += bd__plan_prompt_tokens(ed, q, b, i);
        }
        if (q->probes & BD_PROBE_NEUTRAL) {
            row->calls += q->samples;
            row->tokens_in += q->samples * bd__plan_prompt_tokens(ed, q, -1, i);
        }
    }
    row->searches = bd__plan_searches(q, slot);
    row->tokens_out = bd_values_number(v, "max_tokens") == 0
                          ? -1
                          : row->calls * bd_values_number(v, "max_tokens");
    row->cost = row->tokens_out < 0
                    ? NAN
                    : ((double)row->tokens_in * price(v, "price_input") +
                       (double)row->tokens_out * price(v, "price_output")) /
                          1e6;
}

static void add_up(struct bd_estimate_row *sum, const struct bd_estimate_row *row)
{
    sum->calls += row->calls;
    sum->tokens_in += row->tokens_in;
    sum->tokens_out = sum->tokens_out < 0 || row->tokens_out < 0
                          ? -1
                          : sum->tokens_out + row->tokens_out;
    sum->cost += row->cost; /* NaN as soon as one is */
}

int bd_diagnosis_estimate(struct bd_engine *e, const struct bd_inquiry *inquiry,
                          void (*each)(void *arg, const struct bd_estimate_row *row),
                          void *arg, struct bd_estimate_row *sum, struct bd_error *err)
{
    struct bd_edition *ed = bd__edition_take(e);
    struct bd_inquiry q;
    int rc = bd__plan_inquiry(&q, ed, inquiry, err);

    *sum = (struct bd_estimate_row){0};
    if (rc < 0)
        bd_inquiry_init(&q);
    for (size_t i = 0; i < q.model_count; i++) {
        struct bd_estimate_row row = {.provider = q.models[i].provider,
                                      .model = q.models[i].model};

        estimate_model(ed, &q, &row);
        each(arg, &row);
        add_up(sum, &row);
    }
    bd_inquiry_free(&q);
    bd__edition_release(e, ed);
    return rc;
}
