/* chat/answer.c - from a body or a chunk to the answer so far.
 *
 * A body and a chunk differ in one name, "message" or "delta". Everything else may be
 * missing, null, empty or of another type in either, and then says nothing. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

enum { FLAGS = sizeof(((struct bd_answer *)0)->scratch) - 1, ORDER = FLAGS - 1 };

int chat_flag(const struct bd_answer *out, enum chat_flag flag)
{
    return (out->scratch[FLAGS] & flag) != 0;
}

void chat_set_flag(struct bd_answer *out, enum chat_flag flag)
{
    out->scratch[FLAGS] |= (unsigned char)flag;
}

void chat_set_order(struct bd_answer *out, unsigned char pages)
{
    out->scratch[ORDER] = pages;
}

unsigned char chat_next_order(struct bd_answer *out)
{
    if (out->scratch[ORDER] < 255)
        out->scratch[ORDER]++;
    return out->scratch[ORDER];
}

int chat_append(const struct bd_host *host, struct bd_buf *out, const json_t *v)
{
    return json_is_string(v)
               ? host->append(host->ctx, out, json_string_value(v), json_string_length(v))
               : 0;
}

const char *chat_word(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

static const struct {
    const char *word;
    int32_t finish;
} finishes[] = {
    {"stop", BD_FINISH_STOP},
    {"eos", BD_FINISH_STOP},
    {"end_turn", BD_FINISH_STOP},
    {"stop_sequence", BD_FINISH_STOP},
    {"completed", BD_FINISH_STOP},
    {"length", BD_FINISH_LENGTH},
    {"max_tokens", BD_FINISH_LENGTH},
    {"max_output_tokens", BD_FINISH_LENGTH},
    {"model_context_window_exceeded", BD_FINISH_LENGTH},
    {"tool_calls", BD_FINISH_TOOL},
    {"function_call", BD_FINISH_TOOL},
    {"tool_use", BD_FINISH_TOOL},
    {"content_filter", BD_FINISH_FILTERED},
    {"sensitive", BD_FINISH_FILTERED},
    {"refusal", BD_FINISH_FILTERED},
    {"network_error", BD_FINISH_FAILED},
    {"insufficient_system_resource", BD_FINISH_FAILED},
    {"aborted", BD_FINISH_FAILED},
    {"failed", BD_FINISH_FAILED},
};

/* A refusal stays one, whatever word the closing chunk has. */
void chat_set_finish(struct bd_answer *out, const char *word)
{
    int32_t finish = BD_FINISH_OTHER;

    /* "" and "null" are ways of saying: not yet. */
    if (!word || !*word || strcmp(word, "null") == 0)
        return;
    for (size_t i = 0; i < sizeof(finishes) / sizeof(finishes[0]); i++)
        if (strcmp(word, finishes[i].word) == 0)
            finish = finishes[i].finish;
    if (out->finish == BD_FINISH_FILTERED)
        return;
    out->finish = finish;
    snprintf(out->finish_word, sizeof(out->finish_word), "%s", word);
}

/* The number at a.b (a NULL: at b), -1 if there is none. */
static int32_t count_at(const json_t *o, const char *a, const char *b)
{
    const json_t *v = json_object_get(a ? json_object_get(o, a) : o, b);
    double n = json_is_number(v) ? json_number_value(v) : -1;

    return n >= 0 && n <= INT32_MAX ? (int32_t)n : -1;
}

static int32_t first_told(int32_t a, int32_t b)
{
    return a >= 0 ? a : b;
}

/* The last usage wins: counts of a stream are either final or cumulative. */
void chat_read_usage(const json_t *usage, struct bd_answer *out)
{
    static const char *const cached[][2] = {{NULL, "prompt_cache_hit_tokens"},
                                            {NULL, "cached_tokens"},
                                            {"input_tokens_details", "cached_tokens"},
                                            {NULL, "cache_read_input_tokens"}};
    struct bd_usage u = {
        .input = count_at(usage, NULL, "prompt_tokens"),
        .output = count_at(usage, NULL, "completion_tokens"),
        .cached = count_at(usage, "prompt_tokens_details", "cached_tokens"),
        .reasoning = count_at(usage, "completion_tokens_details", "reasoning_tokens"),
    };

    u.input = first_told(u.input, count_at(usage, NULL, "input_tokens"));
    u.output = first_told(u.output, count_at(usage, NULL, "output_tokens"));
    for (size_t i = 0; i < sizeof(cached) / sizeof(cached[0]); i++)
        u.cached = first_told(u.cached, count_at(usage, cached[i][0], cached[i][1]));
    u.reasoning = first_told(
        u.reasoning, count_at(usage, "output_tokens_details", "reasoning_tokens"));
    if (u.input >= 0 || u.output >= 0)
        out->usage = u;
}

void chat_read_head(const struct bd_host *host, const json_t *o, struct bd_answer *out)
{
    const char *model = json_string_value(json_object_get(o, "model"));
    const char *id = json_string_value(json_object_get(o, "request_id"));

    if (!id || !*id)
        id = json_string_value(json_object_get(o, "id"));
    if (model && *model && !chat_flag(out, CHAT_TOLD_MODEL)) {
        chat_set_flag(out, CHAT_TOLD_MODEL);
        (void)host->append(host->ctx, out->model, model, strlen(model)); /* for show */
    }
    if (id && *id && !chat_flag(out, CHAT_TOLD_ID)) {
        chat_set_flag(out, CHAT_TOLD_ID);
        (void)host->append(host->ctx, out->request_id, id, strlen(id)); /* for show */
    }
}

/* content is a string, or a list of parts of which some have a text. */
static int read_content(const struct bd_host *host, const json_t *content,
                        struct bd_answer *out)
{
    const json_t *part, *text;
    size_t i;

    if (json_is_string(content))
        return chat_think(host, json_string_value(content), json_string_length(content),
                          out);
    json_array_foreach(content, i, part)
    {
        text = json_object_get(part, "text");
        if (json_is_string(text) &&
            chat_think(host, json_string_value(text), json_string_length(text), out) < 0)
            return -1;
    }
    return 0;
}

static void read_reasoning(const struct bd_host *host, const json_t *message,
                           struct bd_answer *out)
{
    const json_t *v = json_object_get(message, "reasoning_content");

    if (!json_is_string(v))
        v = json_object_get(message, "reasoning");
    /* too long to keep is no reason to lose the answer */
    (void)chat_append(host, out->reasoning, v);
}

static int is_filled(const json_t *v)
{
    return json_string_length(v) > 0 || json_array_size(v) > 0;
}

static int read_choice(const struct bd_host *host, const json_t *choice, const char *key,
                       struct bd_answer *out)
{
    const json_t *message = json_object_get(choice, key);
    const json_t *content = json_object_get(message, "content");

    chat_read_usage(json_object_get(choice, "usage"), out); /* Kimi puts it here */
    read_reasoning(host, message, out);
    if (read_content(host, content, out) < 0)
        return -1;
    if (chat_annotations(host, json_object_get(message, "annotations"), CHAT_NO_MARK,
                         out) < 0)
        return -1;
    if (is_filled(json_object_get(message, "refusal")) && !is_filled(content))
        chat_set_finish(out, "refusal");
    if (json_integer_value(json_object_get(choice, "flag")) != 0) /* Qianfan */
        chat_set_finish(out, "content_filter");
    chat_set_finish(out, json_string_value(json_object_get(choice, "finish_reason")));
    return out->finish != BD_FINISH_NONE ? chat_think_end(host, out) : 0;
}

static int too_large(const struct bd_host *host, int32_t status, struct bd_error *err)
{
    return host->fail(host->ctx, err, BD_ERR_TOO_LARGE, status,
                      "the answer is larger than the limit");
}

int chat_read_choices(const struct chat *c, const json_t *o, const char *key,
                      struct bd_answer *out)
{
    const json_t *choices = json_object_get(o, "choices"), *choice;
    size_t i;

    json_array_foreach(choices, i, choice)
    {
        if (json_integer_value(json_object_get(choice, "index")) == 0 &&
            read_choice(c->host, choice, key, out) < 0)
            return -1;
    }
    return 0;
}

static int read_object(const struct chat *c, const json_t *o, const char *key,
                       struct bd_answer *out)
{
    int32_t cached;

    chat_read_head(c->host, o, out);
    if (chat_read_sources(c->host, o, out) < 0 || chat_read_choices(c, o, key, out) < 0)
        return -1;
    chat_read_usage(json_object_get(o, "usage"), out);
    cached = count_at(o, "timings", "cache_n"); /* llama.cpp */
    if (cached >= 0 && out->usage.cached < 0)
        out->usage.cached = cached;
    return 0;
}

/* What came tells which protocol it is: no instance remembers what was asked. */
static int read_other(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    return c->vendor->api ? c->vendor->api->read(c, o, out) : 0;
}

/* Blank lines keep the connection of a waiting call alive. */
static size_t leading_blanks(const char *s, size_t n)
{
    size_t i = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* a BOM */

    while (i < n && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t'))
        i++;
    return i;
}

/* 1: it is of no protocol that is known. -1: the text is full. */
static int read_body(const struct chat *c, const json_t *o, struct bd_answer *out)
{
    int rc = read_other(c, o, out);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (json_array_size(json_object_get(o, "choices")) == 0)
        return 1;
    return read_object(c, o, "message", out) < 0 || chat_think_end(c->host, out) < 0 ? -1
                                                                                     : 0;
}

int chat_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
               struct bd_error *err)
{
    const struct chat *c = self;
    const struct bd_host *host = c->host;
    size_t blanks = leading_blanks(reply->body, reply->body_bytes);
    const char *body = reply->body + blanks;
    size_t n = reply->body_bytes - blanks;
    json_t *o;
    int rc = 0;

    if (n == 0)
        return host->fail(host->ctx, err, c->vendor->empty_body, reply->status,
                          "HTTP %d without a body: is the base_url right?",
                          (int)reply->status);
    o = chat_parse(body, n);
    if (!json_is_object(o) || chat_has_error(o) || (rc = read_body(c, o, out)) > 0)
        rc = chat_fail(c, o, reply->status, body, n, err);
    else if (rc < 0)
        rc = too_large(host, reply->status, err);
    json_decref(o);
    return rc;
}

int chat_event(void *self, const struct bd_event *event, struct bd_answer *out,
               struct bd_error *err)
{
    const struct chat *c = self;
    json_t *o = chat_parse(event->data, event->data_bytes);
    int32_t status = event->status ? event->status : 200;
    int rc = 0;

    if (!o || json_is_string(o) || chat_has_error(o) || status >= 400 ||
        strcmp(event->name, "error") == 0)
        rc = chat_fail(c, o, status, event->data, event->data_bytes, err);
    else if ((rc = read_other(c, o, out)) != 0)
        rc = rc > 0 ? 0 : too_large(c->host, status, err);
    else if (read_object(c, o, "delta", out) < 0)
        rc = too_large(c->host, status, err);
    json_decref(o);
    return rc;
}
