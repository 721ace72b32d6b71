/* deepseek/messages.c - DeepSeek's Anthropic-style messages, where its web search is.
 *
 * A body has content[] with blocks in order: server_tool_use, web_search_tool_result,
 * text. In a stream each block begins, grows by deltas and ends; a block of results comes
 * whole with its beginning. The results prove the search; an error in their place, none.
 */
#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "bd/plugin.h"

/* "[1]" in the text is the first result. */
static int read_results(const struct chat *c, const json_t *list, struct bd_answer *out)
{
    const json_t *page;
    size_t i;

    if (!json_is_array(list))
        return 0;
    out->searched = 1;
    json_array_foreach(list, i, page)
    {
        if (chat_source(c->host, page, CHAT_BY_ORDER, out) < 0)
            return -1;
    }
    return 0;
}

static int read_block(const struct chat *c, const json_t *block, struct bd_answer *out)
{
    const char *type = chat_word(block, "type");
    const json_t *citation;
    size_t i;

    if (strcmp(type, "web_search_tool_result") == 0)
        return read_results(c, json_object_get(block, "content"), out);
    if (strcmp(type, "thinking") == 0)
        (void)chat_append(c->host, out->reasoning, json_object_get(block, "thinking"));
    if (strcmp(type, "text") != 0)
        return 0;
    json_array_foreach(json_object_get(block, "citations"), i, citation)
    {
        if (chat_source(c->host, citation, CHAT_NO_MARK, out) < 0)
            return -1;
    }
    return chat_append(c->host, out->text, json_object_get(block, "text"));
}

static int read_delta(const struct chat *c, const json_t *delta, struct bd_answer *out)
{
    const char *type = chat_word(delta, "type");

    if (strcmp(type, "text_delta") == 0)
        return chat_append(c->host, out->text, json_object_get(delta, "text"));
    if (strcmp(type, "thinking_delta") == 0) /* may be cut */
        (void)chat_append(c->host, out->reasoning, json_object_get(delta, "thinking"));
    if (strcmp(type, "citations_delta") == 0)
        return chat_source(c->host, json_object_get(delta, "citation"), CHAT_NO_MARK,
                           out);
    return 0;
}

static int read_message(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    const json_t *block;
    size_t i;

    chat_read_head(c->host, o, out);
    chat_read_usage(json_object_get(o, "usage"), out);
    json_array_foreach(json_object_get(o, "content"), i, block)
    {
        if (read_block(c, block, out) < 0)
            return -1;
    }
    chat_set_finish(out, chat_word(o, "stop_reason"));
    return 0;
}

static int read_event(const struct chat *c, const char *type, const json_t *o,
                      struct bd_answer *out)
{
    const json_t *delta = json_object_get(o, "delta");

    if (strcmp(type, "message_start") == 0)
        return read_message(c, json_object_get(o, "message"), out);
    if (strcmp(type, "content_block_start") == 0)
        return read_block(c, json_object_get(o, "content_block"), out);
    if (strcmp(type, "content_block_delta") == 0)
        return read_delta(c, delta, out);
    if (strcmp(type, "message_delta") == 0) {
        chat_read_usage(json_object_get(o, "usage"), out);
        chat_set_finish(out, chat_word(delta, "stop_reason"));
    }
    if (strcmp(type, "message_stop") == 0)
        out->done = 1;
    return 0;
}

static int read_messages(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    const char *type = chat_word(o, "type");

    if (strcmp(type, "message") == 0)
        return read_message(c, o, out) < 0 ? -1 : 1;
    if (!*type || json_object_get(o, "choices"))
        return 0;
    return read_event(c, type, o, out) < 0 ? -1 : 1;
}

static int is_chinese(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s >= 0xE4 && (unsigned char)*s <= 0xE9)
            return 1; /* leads U+4000 to U+9FFF */
    return 0;
}

/* The service cannot be made to search, but told to, in the question's language. */
static char *instruction(const struct bd_ask *ask)
{
    static const char zh[] = "请先联网搜索，再回答；用 [1] 这样的标记注明来源。";
    static const char en[] = "Search the web before you answer; mark sources as [1].";
    const char *system = ask->system ? ask->system : "";
    json_t *s = json_sprintf("%s%s%s", system, *system ? "\n" : "",
                             is_chinese(ask->prompt) ? zh : en);
    char *text = s ? strdup(json_string_value(s)) : NULL;

    json_decref(s);
    return text;
}

static int fill(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    char *system = instruction(ask);
    json_t *messages = json_array();
    int rc = 0;

    rc |= json_object_set_new(body, "model", json_string(ask->model));
    rc |= json_object_set_new(body, "system", json_string(system ? system : ""));
    rc |= json_object_set_new(body, "messages", messages);
    rc |= chat_add_message(messages, "user", ask->prompt);
    rc |= json_object_set_new(body, "stream", json_boolean(ask->stream));
    rc |= chat_add_thinking(c, body);
    rc |=
        json_object_set_new(body, "tools",
                            json_pack("[{s:s, s:s, s:i}]", "type", "web_search_20250305",
                                      "name", "web_search", "max_uses", 4));
    /* Here the limit is required. */
    rc |= json_object_set_new(body, "max_tokens",
                              json_integer(ask->max_tokens > 0 ? ask->max_tokens : 4096));
    free(system);
    return rc ? -1 : 0;
}

const struct chat_api deepseek_messages = {
    .strip = "/v1",
    .path = "/anthropic/v1/messages",
    .headers = "anthropic-version: 2023-06-01\n",
    .auth = BD_AUTH_X_API_KEY,
    .fill = fill,
    .read = read_messages,
};
