/* qwen/native.c - DashScope's own protocol: only there a search tells what it found.
 *
 * Asked for pieces that do not repeat what came before (incremental_output). A stream has
 * no terminal event: the frame that says how the answer ended is its last. */
#include "native.h"

#include <string.h>

#include "bd/plugin.h"

/* The multimodal path wants a list of parts, and sends one. */
static json_t *content_of(const char *text, int multimodal)
{
    return multimodal ? json_pack("[{s:s}]", "text", text) : json_string(text);
}

static int add_message(json_t *messages, const char *role, const char *text,
                       int multimodal)
{
    if (!text || !*text)
        return 0;
    return json_array_append_new(
        messages,
        json_pack("{s:s, s:o}", "role", role, "content", content_of(text, multimodal)));
}

static json_t *parameters_of(const struct chat *c, const struct bd_ask *ask)
{
    json_t *p = json_pack("{s:s, s:b, s:b, s:b}", "result_format", "message",
                          "incremental_output", ask->stream, "enable_thinking",
                          c->thinking, "enable_search", 1);
    json_t *how = json_pack("{s:b, s:b, s:b, s:s}", "forced_search", 1, "enable_source",
                            1, "enable_citation", 1, "citation_format", "[<number>]");

    if (json_object_set_new(p, "search_options", how) < 0 ||
        (ask->max_tokens > 0 &&
         json_object_set_new(p, "max_tokens", json_integer(ask->max_tokens)) < 0)) {
        json_decref(p);
        return NULL;
    }
    return p;
}

static int fill(const struct chat *c, const struct bd_ask *ask, int multimodal,
                json_t *body)
{
    json_t *messages = json_array();
    int rc = 0;

    rc |= json_object_set_new(body, "model", json_string(ask->model));
    rc |= json_object_set_new(body, "input", json_pack("{s:o}", "messages", messages));
    rc |= add_message(messages, "system", ask->system, multimodal);
    rc |= add_message(messages, "user", ask->prompt, multimodal);
    rc |= json_object_set_new(body, "parameters", parameters_of(c, ask));
    return rc ? -1 : 0;
}

static int fill_text(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    return fill(c, ask, 0, body);
}

static int fill_multimodal(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    return fill(c, ask, 1, body);
}

static int read_native(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    const json_t *output = json_object_get(o, "output"), *usage, *plugins;
    int rc;

    if (!json_is_object(output))
        return 0;
    usage = json_object_get(o, "usage");
    plugins = json_object_get(usage, "plugins");
    chat_read_head(c->host, o, out);
    chat_read_usage(usage, out);
    if (json_is_integer(json_object_get(json_object_get(plugins, "search"), "count")))
        out->searched = 1;
    rc = chat_read_choices(c, output, "message", out);
    if (out->finish != BD_FINISH_NONE)
        out->done = 1;
    return rc < 0 || chat_read_sources(c->host, output, out) < 0 ? -1 : 1;
}

#define PATH "/api/v1/services/aigc/"
static const char stream_headers[] =
    "X-DashScope-SSE: enable\nAccept: text/event-stream\n";

const struct chat_api qwen_native_text = {
    .strip = "/compatible-mode/v1",
    .path = PATH "text-generation/generation",
    .stream_headers = stream_headers,
    .fill = fill_text,
    .read = read_native,
};

const struct chat_api qwen_native_multimodal = {
    .strip = "/compatible-mode/v1",
    .path = PATH "multimodal-generation/generation",
    .stream_headers = stream_headers,
    .fill = fill_multimodal,
    .read = read_native,
};
