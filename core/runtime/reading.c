/* runtime/reading.c - see reading.h. */
#include "runtime/reading.h"

#include <stdio.h>
#include <string.h>

const struct bd_reading_limits bd_reading_defaults = {
    .body = 8u << 20,
    .stream = 32u << 20,
    .event = BD_SSE_LIMIT,
    .text = 1u << 20,
    .error = 64u << 10,
};

#define NAME_LIMIT 256 /* the model's name, the request's id */

static bool is_2xx(const struct bd_reading *r)
{
    return r->status >= 200 && r->status < 300;
}

static int read_event(void *arg, const struct bd_event *event)
{
    struct bd_reading *r = arg;

    r->events++;
    if (strncmp(event->data, "[DONE]", 6) == 0)
        r->answer.done = 1;
    else if (bd_provider_event(r->provider, r->self, event, &r->answer, &r->err) < 0)
        return 1;
    return r->answer.done;
}

static void begin(struct bd_reading *r)
{
    r->answer = (struct bd_answer){
        .struct_size = sizeof(r->answer),
        .usage = {-1, -1, -1, -1},
        .text = &r->text,
        .reasoning = &r->reasoning,
        .model = &r->model,
        .request_id = &r->request_id,
        .sources = &r->sources,
    };
    r->status = 0;
    r->content_type[0] = '\0';
    r->kind = BD_BODY_UNKNOWN;
    r->err = (struct bd_error){0};
    r->bytes = r->events = 0;
    bd_sse_init(&r->sse, r->limits.event, read_event, r);
}

void bd_reading_init(struct bd_reading *r, const struct bd_provider *provider, void *self,
                     const struct bd_reading_limits *limits)
{
    *r = (struct bd_reading){.provider = provider, .self = self};
    r->limits = limits ? *limits : bd_reading_defaults;
    bd_buf_init(&r->text, r->limits.text);
    bd_buf_init(&r->reasoning, r->limits.text);
    bd_buf_init(&r->model, NAME_LIMIT);
    bd_buf_init(&r->request_id, NAME_LIMIT);
    bd_buf_init(&r->body, r->limits.body);
    begin(r);
}

void bd_reading_free(struct bd_reading *r)
{
    bd_buf_free(&r->text);
    bd_buf_free(&r->reasoning);
    bd_buf_free(&r->model);
    bd_buf_free(&r->request_id);
    bd_sources_free(&r->sources);
    bd_buf_free(&r->body);
    bd_sse_free(&r->sse);
}

void bd_reading_reset(struct bd_reading *r)
{
    bd_reading_free(r); /* the buffers keep their limits */
    begin(r);
}

void bd_reading_head(struct bd_reading *r, int32_t status, const char *content_type)
{
    r->status = status;
    snprintf(r->content_type, sizeof(r->content_type), "%s",
             content_type ? content_type : "");
}

static bool failed(const struct bd_reading *r)
{
    return r->err.type != BD_ERR_NONE;
}

static void too_large(struct bd_reading *r, size_t limit)
{
    (void)bd_fail(&r->err, BD_ERR_TOO_LARGE, r->status, r->provider->base.name,
                  "the reply is larger than %zu bytes", limit);
}

/* Of an error's body the beginning is enough, and the rest is still taken, so that
 * the connection stays of use. */
static void keep_error_body(struct bd_reading *r, const char *p, size_t n)
{
    size_t room = r->limits.error > r->body.n ? r->limits.error - r->body.n : 0;

    (void)bd_buf_append(&r->body, p, n < room ? n : room);
}

static void feed_events(struct bd_reading *r, const char *p, size_t n)
{
    struct bd_error err;

    if (r->bytes > r->limits.stream)
        too_large(r, r->limits.stream);
    else if (bd_sse_feed(&r->sse, p, n, &err) < 0)
        r->err = err;
}

/* Blank lines keep a waiting call alive, some servers send megabytes of them. They are
 * not kept, or each new one would be looked at again with all before it. */
static size_t leading_blanks(const struct bd_reading *r, const char *p, size_t n)
{
    size_t i = 0;

    while (r->body.n == 0 && i < n &&
           (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t'))
        i++;
    return i;
}

bool bd_reading_feed(struct bd_reading *r, const char *p, size_t n)
{
    size_t blanks;

    if (failed(r) || r->answer.done)
        return false;
    r->bytes += n;
    if (!is_2xx(r)) {
        keep_error_body(r, p, n);
        return true;
    }
    if (r->kind == BD_BODY_EVENTS) {
        feed_events(r, p, n);
        return !failed(r) && !r->answer.done;
    }
    blanks = leading_blanks(r, p, n);
    if (bd_buf_append(&r->body, p + blanks, n - blanks) < 0) {
        too_large(r, r->limits.body);
        return false;
    }
    if (r->kind == BD_BODY_UNKNOWN)
        r->kind = bd_provider_sniff(r->content_type, r->body.data, r->body.n, false);
    if (r->kind == BD_BODY_EVENTS) {
        feed_events(r, r->body.data, r->body.n);
        bd_buf_free(&r->body);
    }
    return !failed(r) && !r->answer.done;
}

/* Keeps the first event of an error that came as a stream. */
static int keep_event(void *arg, const struct bd_event *event)
{
    struct bd_reading *r = arg;

    if (event->status)
        r->status = event->status;
    bd_buf_reset(&r->body);
    (void)bd_buf_append(&r->body, event->data, event->data_bytes);
    return 1;
}

/* DashScope answers a refused stream with a stream. Adapters see only its data. */
static void unwrap_error(struct bd_reading *r)
{
    struct bd_error ignored;
    struct bd_buf whole = r->body;
    struct bd_sse sse;

    bd_buf_init(&r->body, r->limits.error);
    bd_sse_init(&sse, r->limits.error, keep_event, r);
    if (bd_sse_feed(&sse, whole.data, whole.n, &ignored) < 0 ||
        bd_sse_end(&sse, &ignored) < 0 || sse.events == 0) {
        bd_buf_free(&r->body);
        r->body = whole; /* no event in it: the adapter sees what came */
    } else {
        bd_buf_free(&whole);
    }
    bd_sse_free(&sse);
}

static struct bd_reply reply_of(const struct bd_reading *r)
{
    return (struct bd_reply){
        .struct_size = sizeof(struct bd_reply),
        .status = r->status,
        .content_type = r->content_type,
        .body = r->body.data,
        .body_bytes = r->body.n,
    };
}

static void read_error(struct bd_reading *r)
{
    struct bd_reply reply;

    if (bd_provider_sniff(r->content_type, r->body.data, r->body.n, true) ==
        BD_BODY_EVENTS)
        unwrap_error(r);
    reply = reply_of(r);
    bd_provider_error(r->provider, r->self, &reply, &r->err);
}

static void read_whole(struct bd_reading *r)
{
    struct bd_reply reply = reply_of(r);

    r->events++;
    if (bd_provider_reply(r->provider, r->self, &reply, &r->answer, &r->err) == 0)
        r->answer.done = 1; /* a body that could be read was not cut */
}

/* The end of the bytes may complete what was waiting for more. */
static void read_rest(struct bd_reading *r, bool cut)
{
    struct bd_error err;

    if (r->kind == BD_BODY_UNKNOWN) {
        r->kind = bd_provider_sniff(r->content_type, r->body.data, r->body.n, true);
        if (r->kind == BD_BODY_EVENTS)
            feed_events(r, r->body.data, r->body.n);
    }
    if (r->kind == BD_BODY_WHOLE && !cut)
        read_whole(r);
    else if (r->kind == BD_BODY_EVENTS && !failed(r) && bd_sse_end(&r->sse, &err) < 0)
        r->err = err;
}

int bd_reading_finish(struct bd_reading *r, const struct bd_error *broken,
                      struct bd_error *err)
{
    bool has_head = r->status != 0;

    if (has_head && !is_2xx(r))
        read_error(r);
    else if (has_head && !failed(r) && !r->answer.done)
        read_rest(r, broken != NULL);
    if (failed(r)) {
        *err = r->err;
        return -1;
    }
    if (broken && !r->answer.done && r->answer.finish == BD_FINISH_NONE) {
        *err = *broken;
        return -1;
    }
    return bd_provider_judge(r->provider, &r->answer, r->events, err);
}
