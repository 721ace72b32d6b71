/* chat/request.c - from a question to the body of POST .../chat/completions. */
#include <jansson.h>
#include <stddef.h>
#include <string.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

struct sink {
    const struct bd_host *host;
    struct bd_buf *out;
};

static int write_piece(const char *p, size_t n, void *arg)
{
    const struct sink *s = arg;

    return s->host->append(s->host->ctx, s->out, p, n);
}

int chat_add_message(json_t *messages, const char *role, const char *content)
{
    if (!content || !*content)
        return 0;
    /* Plain strings only: some services drop a list of parts without a word. */
    return json_array_append_new(
        messages, json_pack("{s:s, s:s}", "role", role, "content", content));
}

/* Sent always, because the default differs from model to model. Temperature and
 * penalties are never sent: half of the models refuse or ignore them. */
int chat_add_thinking(const struct chat *c, json_t *body)
{
    switch (c->vendor->thinking) {
    case CHAT_THINKING_TYPE:
        return json_object_set_new(
            body, "thinking",
            json_pack("{s:s}", "type", c->thinking ? "enabled" : "disabled"));
    case CHAT_THINKING_ENABLE:
        return json_object_set_new(body, "enable_thinking", json_boolean(c->thinking));
    case CHAT_THINKING_NONE:
        break;
    }
    return 0;
}

static int add_extra(const struct chat *c, json_t *body)
{
    json_t *extra;
    int rc;

    if (!c->extra)
        return 0;
    /* Parsed for each request, so that no two threads share its values. */
    extra = json_loads(c->extra, 0, NULL);
    rc = extra ? json_object_update(body, extra) : -1;
    json_decref(extra);
    return rc;
}

static int fill_body(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    json_t *messages = json_array();
    int rc = 0;

    rc |= json_object_set_new(body, "model", json_string(ask->model));
    rc |= json_object_set_new(body, "messages", messages);
    rc |= chat_add_message(messages, "system", ask->system);
    rc |= chat_add_message(messages, "user", ask->prompt);
    rc |= json_object_set_new(body, "stream", json_boolean(ask->stream));
    if (ask->stream && c->stream_options)
        rc |= json_object_set_new(body, "stream_options",
                                  json_pack("{s:b}", "include_usage", 1));
    rc |= chat_add_thinking(c, body);
    if (ask->search && c->vendor->search)
        rc |= c->vendor->search(c, ask, body);
    if (ask->max_tokens > 0 && c->limit_field)
        rc |= json_object_set_new(body, c->limit_field, json_integer(ask->max_tokens));
    rc |= add_extra(c, body);
    return rc ? -1 : 0;
}

static int add_headers(const struct bd_host *host, const struct chat_api *api,
                       const struct bd_ask *ask, struct bd_buf *out)
{
    const char *stream = ask->stream ? api->stream_headers : NULL;

    if (api->headers &&
        host->append(host->ctx, out, api->headers, strlen(api->headers)) < 0)
        return -1;
    return stream ? host->append(host->ctx, out, stream, strlen(stream)) : 0;
}

int chat_build(void *self, const struct bd_ask *ask, struct bd_request *out,
               struct bd_error *err)
{
    const struct chat *c = self;
    const struct bd_host *host = c->host;
    const struct chat_api *api = ask->search ? c->vendor->api : NULL;
    const char *url = api ? c->search_url : c->url;
    struct sink sink = {host, out->body};
    json_t *body = json_object();
    int rc;

    out->auth = api ? api->auth : BD_AUTH_BEARER;
    if ((api ? api->fill : fill_body)(c, ask, body) < 0) {
        json_decref(body);
        return host->fail(host->ctx, err, BD_ERR_INVALID_REQUEST, 0,
                          "the question, the system text or the model's name is not "
                          "valid UTF-8");
    }
    rc = json_dump_callback(body, write_piece, &sink, JSON_COMPACT);
    json_decref(body);
    if (rc < 0 || host->append(host->ctx, out->url, url, strlen(url)) < 0 ||
        (api && add_headers(host, api, ask, out->headers) < 0))
        return host->fail(host->ctx, err, BD_ERR_TOO_LARGE, 0,
                          "the request is larger than the limit");
    return 0;
}
