/* sim/provider.c - see provider.h. The checks follow each service's documents. */
#include "sim/provider.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "sim/provider_parts.h"

static const struct {
    const char *name, *prefix, *path, *also;
    const char *other[2]; /* of the protocol that only searches speak; the second takes
                             and sends contents in parts */
} providers[SIM_PROVIDERS] = {
    [SIM_DOUBAO] = {"doubao",
                    "/doubao/",
                    "api/v3/chat/completions",
                    NULL,
                    {"api/v3/responses", NULL}},
    [SIM_QWEN] = {"qwen",
                  "/qwen/",
                  "compatible-mode/v1/chat/completions",
                  NULL,
                  {"api/v1/services/aigc/text-generation/generation",
                   "api/v1/services/aigc/multimodal-generation/generation"}},
    [SIM_DEEPSEEK] = {"deepseek",
                      "/deepseek/",
                      "chat/completions",
                      "v1/chat/completions",
                      {"anthropic/v1/messages", NULL}},
    [SIM_ZHIPU] = {"zhipu", "/zhipu/", "api/paas/v4/chat/completions", NULL, {NULL}},
    [SIM_OPENAI] = {"openai", "/openai/", "v1/chat/completions", NULL, {NULL}},
};

const char *sim_provider_name(int provider)
{
    return providers[provider].name;
}

int sim_provider_find(const char *name, size_t n)
{
    for (int i = 0; i < SIM_PROVIDERS; i++)
        if (strlen(providers[i].name) == n && memcmp(providers[i].name, name, n) == 0)
            return i;
    return -1;
}

static bool same(const char *path, size_t n, const char *want)
{
    return want && strlen(want) == n && memcmp(path, want, n) == 0;
}

int sim_provider_of_path(const char *path, struct sim_way *way)
{
    *way = (struct sim_way){0};
    for (int i = 0; i < SIM_PROVIDERS; i++) {
        size_t k = strlen(providers[i].prefix), n;

        if (strncmp(path, providers[i].prefix, k) != 0)
            continue;
        n = strcspn(path + k, "?");
        way->parts = same(path + k, n, providers[i].other[1]);
        way->other = way->parts || same(path + k, n, providers[i].other[0]);
        way->known = way->other || same(path + k, n, providers[i].path) ||
                     same(path + k, n, providers[i].also);
        return i;
    }
    return -1;
}

void sim_object(struct sim_objection *no, const char *word, const char *param,
                const char *fmt, ...)
{
    va_list ap;

    if (no->word) /* the first one is answered */
        return;
    no->word = word;
    snprintf(no->param, sizeof(no->param), "%s", param);
    va_start(ap, fmt);
    vsnprintf(no->detail, sizeof(no->detail), fmt, ap);
    va_end(ap);
}

/* Content is a string or a list of {"type":"text","text":...}. */
static bool add_content(struct bd_buf *out, const json_t *content)
{
    size_t i;
    json_t *part;

    if (json_is_string(content))
        return bd_buf_append(out, json_string_value(content),
                             json_string_length(content)) == 0;
    if (!json_is_array(content))
        return false;
    json_array_foreach(content, i,
                       part) if (bd_buf_add(out, bd_json_text(part, "text", "")) <
                                 0) return false;
    return true;
}

static bool known_role(int provider, const char *role)
{
    static const char *const roles[] = {"system", "user", "assistant", "tool"};

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (strcmp(role, roles[i]) == 0)
            return true;
    return strcmp(role, "developer") == 0 &&
           (provider == SIM_OPENAI || provider == SIM_DOUBAO);
}

static void read_message(struct sim_ask *ask, const json_t *m, size_t i,
                         struct sim_objection *no)
{
    const char *role = bd_json_text(m, "role", "");
    const json_t *content = json_object_get(m, "content");

    if (!known_role(ask->provider, role)) {
        sim_object(no, "400", "messages",
                   "messages[%zu].role: unknown variant `%.32s`, expected one of "
                   "`system`, `user`, `assistant`, `tool`",
                   i, role);
        return;
    }
    if (ask->provider == SIM_ZHIPU && !json_is_string(content))
        sim_object(no, "400_messages", "messages",
                   "messages[%zu].content is not a string", i);
    if (ask->prompt.n)
        (void)bd_buf_add(&ask->prompt, "\n"); /* failed stays set, looked at below */
    if (strcmp(role, "user") == 0)
        ask->question = ask->prompt.n;
    if (!add_content(&ask->prompt, content) && strcmp(role, "assistant") != 0)
        sim_object(no, ask->prompt.failed ? "400_too_long" : "400", "messages",
                   "messages[%zu].content is missing or too long", i);
}

void sim_read_messages(struct sim_ask *ask, const json_t *o, const char *key,
                       struct sim_objection *no)
{
    const json_t *list = json_object_get(o, key);
    size_t i;
    json_t *m;

    if (!list) {
        sim_object(no, "400_missing", "messages", "missing field `messages`");
        return;
    }
    if (!json_is_array(list) || json_array_size(list) == 0) {
        sim_object(no, "400_messages", "messages",
                   "messages must be a list that is not empty");
        return;
    }
    json_array_foreach(list, i, m) read_message(ask, m, i, no);
}

void sim_check_range(const json_t *o, const char *key, double low, double high,
                     const char *word, struct sim_objection *no)
{
    const json_t *v = json_object_get(o, key);

    if (!v || json_is_null(v))
        return;
    if (!json_is_number(v) || json_number_value(v) < low || json_number_value(v) > high)
        sim_object(no, word, key,
                   "Invalid %s value, the valid range of %s is [%g, %.10g]", key, key,
                   low, high);
}

/* What each service refuses although it is JSON of the right shape. */
static void check_doubao(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const char *thinking =
        bd_json_text(json_object_get(o, "thinking"), "type", "enabled");

    if (json_object_get(o, "max_tokens") && json_object_get(o, "max_completion_tokens"))
        sim_object(no, "400", "max_tokens",
                   "max_tokens and max_completion_tokens cannot be set at the same time");
    sim_check_range(o, "max_completion_tokens", 1, 65536, "400", no);
    sim_check_range(o, "max_tokens", 1, 65536, "400", no);
    sim_check_range(o, "temperature", 0, 2, "400", no);
    if (strcmp(thinking, "enabled") != 0 && strcmp(thinking, "disabled") != 0 &&
        strcmp(thinking, "auto") != 0)
        sim_object(no, "400", "thinking.type",
                   "thinking.type is not enabled, disabled or auto");
    ask->thinking = strcmp(thinking, "disabled") != 0;
}

static void check_qwen(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const json_t *temperature = json_object_get(o, "temperature");

    /* The default differs per model; the plain ones do not think unless told. */
    ask->thinking = bd_json_bool(o, "enable_thinking", false);
    if (ask->thinking && !ask->stream)
        sim_object(
            no, "400_thinking", "enable_thinking",
            "parameter.enable_thinking must be set to false for non-streaming calls");
    if (json_is_number(temperature) &&
        (json_number_value(temperature) < 0 || json_number_value(temperature) >= 2))
        sim_object(no, "400", "temperature", "Temperature should be in [0.0, 2.0)");
    sim_check_range(o, "max_tokens", 1, 65536, "400", no);
}

static void check_deepseek(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    ask->thinking =
        strcmp(bd_json_text(json_object_get(o, "thinking"), "type", "enabled"),
               "disabled") != 0;
    if (strcmp(ask->model, "deepseek-chat") == 0 ||
        strcmp(ask->model, "deepseek-reasoner") == 0)
        sim_object(no, "404", "model", "%s was retired", ask->model);
    sim_check_range(o, "max_tokens", 1, 393216, "422", no);
    sim_check_range(o, "temperature", 0, 2, "422", no);
}

static size_t points(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += (*s & 0xC0) != 0x80;
    return n;
}

static void read_zhipu_search(struct sim_ask *ask, const json_t *how,
                              struct sim_objection *no)
{
    static const char *const engines[] = {"search_std", "search_pro", "search_pro_sogou",
                                          "search_pro_quark", "search_pro_jina"};
    const char *engine = bd_json_text(how, "search_engine", "search_std");
    bool known = false;

    if (!json_is_object(how)) {
        sim_object(no, "400", "tools", "tools[0].web_search is missing");
        return;
    }
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
        known |= strcmp(engine, engines[i]) == 0;
    if (!known)
        sim_object(no, "400", "search_engine", "search_engine %.40s does not exist",
                   engine);
    sim_check_range(how, "count", 1, 50, "400", no);
    if (points(bd_json_text(how, "search_query", "")) > 70)
        sim_object(no, "400", "search_query",
                   "search_query is longer than 70 characters");
    ask->search =
        bd_json_bool(how, "enable", false) && bd_json_bool(how, "search_result", false);
}

static void read_zhipu_tools(struct sim_ask *ask, const json_t *o,
                             struct sim_objection *no)
{
    const json_t *tool;
    size_t i;

    json_array_foreach(json_object_get(o, "tools"), i, tool)
    {
        const char *type = bd_json_text(tool, "type", "");

        if (strcmp(type, "web_search") == 0)
            read_zhipu_search(ask, json_object_get(tool, "web_search"), no);
        else if (strcmp(type, "function") != 0 && strcmp(type, "retrieval") != 0)
            sim_object(no, "400", "tools", "tools[%zu].type %.32s is not known", i, type);
    }
}

static void check_zhipu(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const char *id = bd_json_text(o, "request_id", NULL);
    bool off = strcmp(bd_json_text(json_object_get(o, "thinking"), "type", "enabled"),
                      "disabled") == 0;

    ask->thinking = !off;
    ask->include_usage = true; /* always, on the last chunk */
    sim_check_range(o, "temperature", 0, 1, "400", no);
    sim_check_range(o, "top_p", 0.01, 1, "400", no);
    sim_check_range(o, "max_tokens", 1, 131072, "400", no);
    if (id && (strlen(id) < 6 || strlen(id) > 64))
        sim_object(no, "400", "request_id", "request_id must have 6 to 64 characters");
    read_zhipu_tools(ask, o, no);
    if (off && strcmp(ask->model, "glm-5.3") == 0)
        sim_object(no, "400", "thinking", "glm-5.3 always thinks");
}

static void check_openai(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    bool reasons = strncmp(ask->model, "gpt-5", 5) == 0 || ask->model[0] == 'o';

    sim_check_range(o, "temperature", 0, 2, "400", no);
    if (reasons && json_object_get(o, "max_tokens"))
        sim_object(no, "400_parameter", "max_tokens",
                   "Unsupported parameter: 'max_tokens' is not "
                   "supported with this model. Use 'max_completion_tokens' instead.");
    if (reasons && bd_json_real(o, "temperature", 1) != 1)
        sim_object(no, "400_parameter", "temperature",
                   "Unsupported value: 'temperature' does not "
                   "support this value with this model. Only the default (1) value is "
                   "supported.");
}

static void read_object(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    static void (*const check[SIM_PROVIDERS])(struct sim_ask *, const json_t *,
                                              struct sim_objection *) = {
        check_doubao, check_qwen, check_deepseek, check_zhipu, check_openai};
    const char *model = bd_json_text(o, "model", "");
    int64_t limit = bd_json_int(o, "max_tokens", 0);

    if (!*model)
        sim_object(no, "400_missing", "model", "missing field `model`");
    snprintf(ask->model, sizeof(ask->model), "%s", model);
    ask->stream = bd_json_bool(o, "stream", false);
    ask->include_usage =
        bd_json_bool(json_object_get(o, "stream_options"), "include_usage", false);
    ask->max_tokens = limit ? limit : bd_json_int(o, "max_completion_tokens", 0);
    if (ask->other) {
        sim_read_other(ask, o, no);
        return;
    }
    sim_read_messages(ask, o, "messages", no);
    check[ask->provider](ask, o, no);
}

void sim_ask_read(struct sim_ask *ask, int provider, const struct sim_way *way,
                  const char *body, size_t n, struct sim_objection *no)
{
    struct bd_error err;
    json_t *o = bd_json_parse(body, n, "sim", &err);

    *ask = (struct sim_ask){.provider = provider,
                            .other = way->other,
                            .parts = way->parts,
                            .events = way->events,
                            .versioned = way->versioned,
                            .text = ""};
    *no = (struct sim_objection){0};
    bd_buf_init(&ask->prompt, 4u << 20);
    if (json_is_object(o))
        read_object(ask, o, no);
    else
        sim_object(no, "400", "body", "%s",
                   o ? "the body is not an object" : err.message);
    json_decref(o);
    ask->text = ask->prompt.data + ask->question;
}

void sim_ask_free(struct sim_ask *ask)
{
    bd_buf_free(&ask->prompt);
}
