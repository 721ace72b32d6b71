/* engine/answers.c - see answers.h. */
#include "engine/answers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/settings.h"

#define SOURCE    "answers"
#define ASK_LIMIT ((size_t)4 << 20)
#define ROW_LIMIT ((size_t)64 << 20)

/* Most options of the core say how a call is made; what shapes the answer is the rest,
 * and whatever a plugin adds. */
static bool shapes_answer(const struct bd_option *option)
{
    struct bd_option_table core = bd_settings_provider_options();

    if (option->flags & BD_OPTION_SECRET)
        return false;
    if (strcmp(option->name, "base_url") == 0 || strcmp(option->name, "max_tokens") == 0)
        return true;
    for (uint32_t i = 0; i < core.count; i++)
        if (strcmp(core.options[i].name, option->name) == 0)
            return false;
    return true;
}

static json_t *text_or_null(const char *s)
{
    return s ? bd_json_string(s, strlen(s)) : json_null();
}

static json_t *options_of(const struct bd_values *v)
{
    json_t *o = json_object();
    const struct bd_option *option;
    const char *value, *origin;

    for (size_t i = 0; bd_values_at(v, i, &option, &value, &origin); i++)
        if (shapes_answer(option))
            json_object_set_new(o, option->name, text_or_null(value));
    return o;
}

json_t *bd_answer_ask(const struct bd_answer_case *c)
{
    const struct bd_plugin *plugin = &c->slot->plugin->base;

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o*}", "plugin",
                     text_or_null(plugin->name), "version", text_or_null(plugin->version),
                     "options", options_of(c->slot->values), "model",
                     text_or_null(c->model), "system", text_or_null(c->system), "prompt",
                     text_or_null(c->prompt), "sample", c->sample, "search",
                     c->search ? json_true() : NULL); /* older rows stay good */
}

int bd_answer_key(char out[BD_ANSWER_KEY_BYTES], const json_t *ask)
{
    uint64_t h = 14695981039346656037U; /* offset basis and prime: Fowler, Noll, Vo */
    struct bd_buf text;
    int rc;

    bd_buf_init(&text, ASK_LIMIT);
    rc = bd_json_write(&text, ask, false);
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (unsigned char)text.data[i]) * 1099511628211U;
    bd_buf_free(&text);
    snprintf(out, BD_ANSWER_KEY_BYTES, "%016" PRIx64, h);
    return rc;
}

bool bd_answer_whole(const struct bd_cell *c)
{
    return c->status == BD_STATUS_OK && !c->cached && c->text;
}

char *bd_answer_row(const json_t *ask, const struct bd_cell *c, int64_t came_ms)
{
    const struct bd_usage *u = &c->usage;
    json_t *o = json_pack("{s:O, s:I, s:s, s:o, s:o, s:o, s:[i,i,i,i], s:o}", "ask",
                          (json_t *)ask, "came_ms", (json_int_t)came_ms, "finish",
                          c->finish, "model_reported", text_or_null(c->model_reported),
                          "request_id", text_or_null(c->request_id), "text",
                          bd_json_string(c->text, c->text_bytes), "usage", (int)u->input,
                          (int)u->output, (int)u->cached, (int)u->reasoning, "cost",
                          bd_json_number(c->cost));
    struct bd_buf out;
    char *row = NULL;

    if (c->searched == BD_YES)
        json_object_set_new(o, "searched", json_true());
    if (c->sources.count)
        json_object_set_new(o, "sources", bd_sources_to_json(&c->sources));
    bd_buf_init(&out, ROW_LIMIT);
    if (o && bd_json_write(&out, o, false) == 0)
        row = bd_buf_take(&out);
    bd_buf_free(&out);
    json_decref(o);
    return row;
}

static int32_t count_at(const json_t *list, size_t i)
{
    const json_t *v = json_array_get(list, i);

    return json_is_integer(v) ? (int32_t)json_integer_value(v) : -1;
}

static bool is_valid(const json_t *o, const json_t *ask,
                     const struct bd_answer_limits *limits)
{
    int64_t came_ms = bd_json_int(o, "came_ms", INT64_MAX);

    return came_ms <= limits->now_ms && limits->now_ms - came_ms < limits->ttl_ms &&
           json_string_length(json_object_get(o, "text")) > 0 &&
           json_equal(json_object_get(o, "ask"), ask);
}

static char *copy_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? strdup(s) : NULL; /* NULL is a legal value */
}

static int fill(struct bd_cell *c, const json_t *o)
{
    const json_t *text = json_object_get(o, "text");
    const json_t *usage = json_object_get(o, "usage");
    size_t n = json_string_length(text);

    if (bd_sources_from_json(&c->sources, json_object_get(o, "sources")) < 0)
        return -1;
    c->text = malloc(n + 1);
    if (!c->text) {
        bd_sources_free(&c->sources);
        return -1;
    }
    memcpy(c->text, json_string_value(text), n + 1);
    c->text_bytes = n;
    c->searched = json_is_true(json_object_get(o, "searched")) ? BD_YES : BD_UNKNOWN;
    c->status = BD_STATUS_OK;
    c->cached = true;
    c->finished_ms = bd_json_int(o, "came_ms", 0);
    c->model_reported = copy_of(o, "model_reported");
    c->request_id = copy_of(o, "request_id");
    snprintf(c->finish, sizeof(c->finish), "%s", bd_json_text(o, "finish", ""));
    bd_text_trim_partial(c->finish);
    c->usage = (struct bd_usage){count_at(usage, 0), count_at(usage, 1),
                                 count_at(usage, 2), count_at(usage, 3)};
    c->cost = bd_json_real(o, "cost", NAN);
    return 0;
}

int bd_answer_recall(struct bd_cell *c, const char *row, const json_t *ask,
                     const struct bd_answer_limits *limits)
{
    struct bd_error err;
    json_t *o = bd_json_parse(row, strlen(row), SOURCE, &err);
    int rc = -1;

    if (o && is_valid(o, ask, limits))
        rc = fill(c, o);
    json_decref(o);
    return rc;
}
