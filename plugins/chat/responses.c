/* chat/responses.c - the Responses API, where Ark has its web search.
 *
 * A body has output[] with items in order: reasoning, web_search_call, message. A stream
 * tells the same piece by piece, and all of it once more in its terminal event. The text
 * is taken from the pieces, or from the terminal event where none came; sources from
 * wherever they stand, the host keeps each once. */
#include <jansson.h>
#include <string.h>

#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

static int read_part(const struct chat *c, const json_t *part, struct bd_answer *out)
{
    const char *type = chat_word(part, "type");

    if (strcmp(type, "refusal") == 0)
        chat_set_finish(out, "refusal");
    if (strcmp(type, "output_text") != 0)
        return 0;
    if (!chat_flag(out, CHAT_HAS_TEXT) &&
        chat_append(c->host, out->text, json_object_get(part, "text")) < 0)
        return -1;
    return chat_annotations(c->host, json_object_get(part, "annotations"), CHAT_BY_ORDER,
                            out);
}

/* A search that failed is none. */
static void read_call(const json_t *item, struct bd_answer *out)
{
    const char *status = chat_word(item, "status");

    if (strcmp(chat_word(item, "type"), "web_search_call") == 0 &&
        (!*status || strcmp(status, "completed") == 0))
        out->searched = 1;
}

static int read_output(const struct chat *c, const json_t *output, struct bd_answer *out)
{
    const json_t *item, *part;
    size_t i, k;

    json_array_foreach(output, i, item)
    {
        read_call(item, out);
        json_array_foreach(json_object_get(item, "content"), k, part)
        {
            if (read_part(c, part, out) < 0)
                return -1;
        }
    }
    return 0;
}

static void read_status(const json_t *o, struct bd_answer *out)
{
    const char *status = chat_word(o, "status");
    const json_t *why = json_object_get(o, "incomplete_details");

    if (strcmp(status, "incomplete") == 0)
        status = json_is_object(why) ? chat_word(why, "reason") : "length";
    if (strcmp(status, "in_progress") != 0 && strcmp(status, "queued") != 0)
        chat_set_finish(out, status);
}

/* A whole response: a body, or what a terminal event holds. */
static int read_response(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    chat_read_head(c->host, o, out);
    chat_read_usage(json_object_get(o, "usage"), out);
    chat_set_order(out, 0); /* the annotations of a stream come once more */
    if (read_output(c, json_object_get(o, "output"), out) < 0)
        return -1;
    read_status(o, out);
    return 0;
}

static int read_delta(const struct chat *c, const char *type, const json_t *o,
                      struct bd_answer *out)
{
    const json_t *delta = json_object_get(o, "delta");
    json_t *list;
    int rc = 0;

    if (strcmp(type, "response.output_text.delta") == 0) {
        chat_set_flag(out, CHAT_HAS_TEXT);
        rc = chat_append(c->host, out->text, delta);
    } else if (strcmp(type, "response.reasoning_summary_text.delta") == 0) {
        (void)chat_append(c->host, out->reasoning, delta); /* may be cut */
    } else if (strncmp(type, "response.refusal.", 17) == 0) {
        chat_set_finish(out, "refusal");
    } else if (strcmp(type, "response.output_text.annotation.added") == 0) {
        list = json_pack("[O]", json_object_get(o, "annotation"));
        rc = chat_annotations(c->host, list, CHAT_BY_ORDER, out);
        json_decref(list);
    } else if (strcmp(type, "response.output_item.done") == 0) {
        read_call(json_object_get(o, "item"), out);
    }
    return rc;
}

int chat_responses_read(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    static const char *const terminal[] = {"response.completed", "response.incomplete",
                                           "response.failed"};
    const char *type = chat_word(o, "type");
    const json_t *response = json_object_get(o, "response");

    if (strcmp(chat_word(o, "object"), "response") == 0)
        return read_response(c, o, out) < 0 ? -1 : 1;
    if (strncmp(type, "response.", 9) != 0)
        return 0;
    for (size_t i = 0; i < sizeof(terminal) / sizeof(terminal[0]); i++)
        if (strcmp(type, terminal[i]) == 0) {
            out->done = 1;
            if (read_response(c, response, out) < 0)
                return -1;
            chat_set_finish(out, out->finish ? NULL : type + strlen("response."));
            return 1;
        }
    chat_read_head(c->host, response, out);
    return read_delta(c, type, o, out) < 0 ? -1 : 1;
}

int chat_responses_fill(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    json_t *input = json_array();
    int rc = 0;

    rc |= json_object_set_new(body, "model", json_string(ask->model));
    rc |= json_object_set_new(body, "input", input);
    rc |= chat_add_message(input, "system", ask->system);
    rc |= chat_add_message(input, "user", ask->prompt);
    rc |= json_object_set_new(body, "stream", json_boolean(ask->stream));
    rc |= json_object_set_new(body, "store", json_false()); /* keep nothing of it */
    rc |= json_object_set_new(
        body, "tools", json_pack("[{s:s, s:i}]", "type", "web_search", "limit", 10));
    /* With "auto", models rarely search. */
    rc |= json_object_set_new(body, "tool_choice", json_string("required"));
    rc |= json_object_set_new(body, "max_tool_calls", json_integer(3));
    rc |= chat_add_thinking(c, body);
    if (ask->max_tokens > 0)
        rc |=
            json_object_set_new(body, "max_output_tokens", json_integer(ask->max_tokens));
    return rc ? -1 : 0;
}
