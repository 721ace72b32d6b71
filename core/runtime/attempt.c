/* runtime/attempt.c - the life of one call. */
#define _GNU_SOURCE /* explicit_bzero */
#include "runtime/attempt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "runtime/inbox.h"
#include "runtime/provider.h"
#include "runtime/secret.h"

#define SOURCE        "attempt"
#define REQUEST_LIMIT ((size_t)1 << 20)
#define HEADER_LIMIT  ((size_t)16 << 10)

struct bd_attempt {
    struct bd_job job; /* first: run() casts it back */
    atomic_int refs;   /* the caller's and the running job's; relaxed up, acq_rel down */
    struct bd_attempt_plan plan;
    bd_attempt_done_fn *done;
    void *arg;
    int64_t start_ms;

    pthread_mutex_t lock; /* guards from here to the blank line; the net side and run() */
    struct bd_inbox inbox;
    struct bd_http_head head;
    char content_type[128];
    bool posted;    /* the job is in the pool or running */
    bool ended;     /* end_* are set */
    bool submitted; /* id is valid */
    bool cancelled;
    uint64_t id;
    struct bd_error end_error; /* type NONE: the reply came whole */
    bool end_sent, end_stale;
    int64_t end_lag_ms;

    /* The running job's alone. What it knows of the above is copied under the lock. */
    struct bd_error broken; /* end_error as seen with the end; type NONE before */
    int32_t retry_after_ms;
    bool sent, stale, was_cancelled;
    int64_t lag_ms;
    bool built, head_known;
    bool satisfied;        /* the reading wants no more bytes */
    bool finished;         /* done was called */
    struct bd_inbox batch; /* what was in the inbox when the job last looked */
    /* Held while the reading changes, so that others may look at its text. */
    pthread_mutex_t text_lock;
    struct bd_reading reading;
    struct bd_error error;
    int64_t ttft_ms;
    atomic_bool has_text; /* relaxed: a hint for whoever waits */
};

static void drop(struct bd_attempt *c)
{
    if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->text_lock);
    bd_inbox_free(&c->inbox);
    bd_inbox_free(&c->batch);
    bd_reading_free(&c->reading);
    free(c);
}

/* Call with the lock held. */
static void post(struct bd_attempt *c)
{
    if (c->posted)
        return;
    c->posted = true;
    bd_pool_post(c->plan.pool, &c->job);
}

static void on_head(void *arg, const struct bd_http_head *head)
{
    struct bd_attempt *c = arg;

    pthread_mutex_lock(&c->lock);
    c->head = *head;
    snprintf(c->content_type, sizeof(c->content_type), "%s", head->content_type);
    c->head.content_type = c->content_type;
    pthread_mutex_unlock(&c->lock);
}

static int on_data(void *arg, const char *p, size_t n)
{
    struct bd_attempt *c = arg;
    int rc;

    pthread_mutex_lock(&c->lock);
    rc = bd_inbox_append(&c->inbox, p, n);
    post(c);
    pthread_mutex_unlock(&c->lock);
    return rc;
}

static void on_end(void *arg, const struct bd_http_end *end)
{
    struct bd_attempt *c = arg;

    pthread_mutex_lock(&c->lock);
    if (end->error)
        c->end_error = *end->error;
    c->end_sent = end->sent;
    c->end_stale = end->stale;
    c->end_lag_ms = end->lag_ms;
    c->cancelled |= end->cancelled;
    c->ended = true;
    post(c);
    pthread_mutex_unlock(&c->lock);
}

static const struct bd_http_events events = {on_head, on_data, on_end};

static void end_without_network(struct bd_attempt *c, const struct bd_error *err)
{
    pthread_mutex_lock(&c->lock);
    c->end_error = *err;
    c->ended = true;
    pthread_mutex_unlock(&c->lock);
}

struct parts { /* of a request */
    struct bd_buf url, headers, body;
};

static int submit(struct bd_attempt *c, const struct parts *p, const char *secret,
                  struct bd_error *err)
{
    const struct bd_values *v = c->plan.slot->values;
    const bool own_ca = bd_values_option(v, "ca_file") != NULL;
    const struct bd_http_call call = {
        .url = p->url.data,
        .headers = p->headers.data,
        .secret = secret,
        .body = p->body.data,
        .body_bytes = p->body.n,
        .deadline_ms = c->plan.deadline_ms,
        .connect_ms = c->plan.connect_ms,
        .max_body_bytes = c->plan.max_reply_bytes,
        .fresh = c->plan.fresh,
        .allow_private = bd_values_number(v, "allow_private") != 0,
        .ca_file = own_ca ? bd_values_text(v, "ca_file") : NULL,
    };
    uint64_t id;
    bool cancelled;

    if (bd_http_submit(c->plan.http, &call, &events, c, &id, err) < 0)
        return -1;
    pthread_mutex_lock(&c->lock);
    c->id = id;
    c->submitted = true;
    cancelled = c->cancelled;
    pthread_mutex_unlock(&c->lock);
    if (cancelled) /* bd_attempt_cancel came before there was an id */
        bd_http_cancel(c->plan.http, id);
    return 0;
}

/* The key goes into one header line and nowhere else. The line is on the stack, so that
 * no block of the heap keeps a piece of it; the network's own copy is wiped at the end.
 */
static int send_with_key(struct bd_attempt *c, const struct parts *p, int auth,
                         struct bd_error *err)
{
    const char *key = c->plan.slot->key;
    char line[BD__SECRET_MAX + 32];
    int rc;

    if (!key || auth == BD_AUTH_NONE)
        return submit(c, p, NULL, err);
    snprintf(line, sizeof(line), "%s%s",
             auth == BD_AUTH_X_API_KEY ? "x-api-key: " : "Authorization: Bearer ", key);
    rc = submit(c, p, line, err);
    explicit_bzero(line, sizeof(line));
    return rc;
}

static int build_and_send(struct bd_attempt *c, struct parts *p, struct bd_error *err)
{
    const struct bd_provider_slot *slot = c->plan.slot;
    const struct bd_ask ask = {
        .struct_size = sizeof(ask),
        .stream = bd_values_number(slot->values, "stream") != 0 &&
                  (slot->plugin->capabilities & BD_CAN_STREAM) != 0,
        .search = c->plan.search && (slot->plugin->capabilities & BD_CAN_SEARCH) != 0,
        .max_tokens = (int32_t)bd_values_number(slot->values, "max_tokens"),
        .model = c->plan.model,
        .system = c->plan.system,
        .prompt = c->plan.prompt,
    };
    struct bd_request request = {
        .struct_size = sizeof(request),
        .url = &p->url,
        .headers = &p->headers,
        .body = &p->body,
    };

    if (bd_provider_build(slot->plugin, slot->self,
                          bd_values_text(slot->values, "base_url"), &ask, &request,
                          err) < 0)
        return -1;
    return send_with_key(c, p, request.auth, err);
}

static void build(struct bd_attempt *c)
{
    struct parts p;
    struct bd_error err = {0};

    bd_buf_init(&p.url, HEADER_LIMIT);
    bd_buf_init(&p.headers, HEADER_LIMIT);
    bd_buf_init(&p.body, REQUEST_LIMIT);
    if (build_and_send(c, &p, &err) < 0)
        end_without_network(c, &err);
    bd_buf_free(&p.url);
    bd_buf_free(&p.headers);
    bd_buf_free(&p.body);
}

static void feed(struct bd_attempt *c)
{
    const char *p;
    size_t n;

    pthread_mutex_lock(&c->text_lock);
    while ((p = bd_inbox_front(&c->batch, &n))) {
        if (!c->satisfied)
            c->satisfied = !bd_reading_feed(&c->reading, p, n);
        bd_inbox_drop(&c->batch);
    }
    pthread_mutex_unlock(&c->text_lock);
    if (c->ttft_ms < 0 && c->reading.answer.text->n > 0) {
        c->ttft_ms = bd_clock_ms() - c->start_ms;
        atomic_store_explicit(&c->has_text, true, memory_order_relaxed);
    }
}

/* A provider may repeat the key, in an error or beside an answer: wherever it stands
 * whole, it is starred out. A key too short to be one could be any word. */
static void hide_key(const struct bd_attempt *c, char *text)
{
    const char *key = c->plan.slot->key;
    size_t n = key ? strlen(key) : 0;

    if (n < 8)
        return;
    while ((text = strstr(text, key)))
        memset(text, '*', n);
}

static void hide_key_everywhere(struct bd_attempt *c, struct bd_error *err)
{
    hide_key(c, err->message);
    hide_key(c, err->context);
    hide_key(c, c->reading.text.data);
    hide_key(c, c->reading.model.data);
    hide_key(c, c->reading.request_id.data);
    for (size_t i = 0; i < c->reading.sources.count; i++) {
        const struct bd_web_page *page = &c->reading.sources.at[i];

        hide_key(c, (char *)page->url); /* the list's own strings */
        hide_key(c, (char *)page->title);
        hide_key(c, (char *)page->site);
        hide_key(c, (char *)page->mark);
    }
}

static void finish(struct bd_attempt *c, const struct bd_error *transfer)
{
    struct bd_attempt_result r = {.answer = &c->reading.answer};
    bool answered;

    pthread_mutex_lock(&c->text_lock);
    answered = bd_reading_finish(&c->reading, transfer, &r.error) == 0;
    c->finished = true; /* from here on nobody looks */
    pthread_mutex_unlock(&c->text_lock);
    if (answered)
        r.error = (struct bd_error){0};
    else if (r.error.retry_after_ms < c->retry_after_ms)
        r.error.retry_after_ms = c->retry_after_ms;
    if (c->ttft_ms < 0 && r.answer->text->n > 0) /* a whole body is read only now */
        c->ttft_ms = bd_clock_ms() - c->start_ms;
    hide_key_everywhere(c, &r.error);
    r.text = r.answer->text->data;
    r.text_bytes = r.answer->text->n;
    r.model_reported = r.answer->model->data;
    r.request_id = r.answer->request_id->data;
    r.sources = &c->reading.sources;
    r.sent = c->sent || c->head_known;
    r.stale = c->stale;
    r.cancelled = c->was_cancelled;
    r.lag_ms = c->lag_ms;
    r.ttft_ms = c->ttft_ms;
    r.total_ms = bd_clock_ms() - c->start_ms;
    c->done(c->arg, &r);
}

/* Takes what has come; true if there was anything to do. */
static bool take(struct bd_attempt *c, bool *over)
{
    bool any;

    pthread_mutex_lock(&c->lock);
    bd_inbox_move(&c->batch, &c->inbox);
    *over = c->ended;
    c->was_cancelled = c->cancelled;
    if (c->ended) {
        c->broken = c->end_error;
        c->sent = c->end_sent;
        c->stale = c->end_stale;
        c->lag_ms = c->end_lag_ms;
    }
    any = c->batch.n > 0 || c->ended;
    if (!any)
        c->posted = false; /* from here on the next byte posts the job again */
    if (!c->head_known && c->head.status) {
        c->head_known = true;
        c->retry_after_ms = c->head.retry_after_ms;
        bd_reading_head(&c->reading, c->head.status, c->content_type);
    }
    pthread_mutex_unlock(&c->lock);
    return any;
}

static void run(struct bd_job *job)
{
    struct bd_attempt *c = (struct bd_attempt *)job;
    bool over = false;

    if (!c->built) {
        c->built = true;
        build(c);
    }
    while (take(c, &over)) {
        if (!c->finished)
            feed(c);
        bd_inbox_free(&c->batch); /* nobody reads what comes after the end */
        if (!c->finished && (over || c->satisfied)) {
            /* Satisfied: the answer is whole, or nothing can save it. A server that
             * keeps the connection open now holds up its connection, not the cell. */
            finish(c, c->broken.type != BD_ERR_NONE ? &c->broken : NULL);
        }
        if (over) { /* nothing is appended after the end: the inbox was drained with it */
            drop(c);
            return;
        }
    }
}

int bd_attempt_start(struct bd_attempt **out, const struct bd_attempt_plan *plan,
                     bd_attempt_done_fn *done, void *arg, struct bd_error *err)
{
    struct bd_attempt *c = calloc(1, sizeof(*c));

    if (!c)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    bd_reading_init(&c->reading, plan->slot->plugin, plan->slot->self, NULL);
    c->job.run = run;
    atomic_init(&c->refs, 2);
    atomic_init(&c->has_text, false);
    c->plan = *plan;
    c->done = done;
    c->arg = arg;
    c->start_ms = bd_clock_ms();
    c->ttft_ms = -1;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->text_lock, NULL);
    bd_inbox_init(&c->inbox, plan->max_reply_bytes);
    bd_inbox_init(&c->batch, plan->max_reply_bytes);
    c->posted = true;
    *out = c; /* before the job can finish and its owner look for it */
    bd_pool_post(plan->pool, &c->job);
    return 0;
}

void bd_attempt_cancel(struct bd_attempt *c)
{
    bool now;

    pthread_mutex_lock(&c->lock);
    c->cancelled = true;
    now = c->submitted && !c->ended;
    pthread_mutex_unlock(&c->lock);
    if (now)
        bd_http_cancel(c->plan.http, c->id);
}

bool bd_attempt_has_text(const struct bd_attempt *c)
{
    return atomic_load_explicit(&c->has_text, memory_order_relaxed);
}

/* How much of the text may be shown: a key at its end may not be whole yet. */
static size_t showable(const struct bd_attempt *c)
{
    size_t n = c->reading.text.n,
           back = c->plan.slot->key ? strlen(c->plan.slot->key) : 0;

    n = n > back ? n - back : 0;
    while (n > 0 && (c->reading.text.data[n] & 0xC0) == 0x80)
        n--; /* not in the middle of a character */
    return n;
}

size_t bd_attempt_text(struct bd_attempt *c, size_t from,
                       void (*fn)(void *arg, const char *text, size_t n), void *arg)
{
    size_t n;

    pthread_mutex_lock(&c->text_lock);
    n = c->finished ? 0 : showable(c);
    if (n > from) {
        hide_key(c, c->reading.text.data);
        fn(arg, c->reading.text.data + from, n - from);
    }
    pthread_mutex_unlock(&c->text_lock);
    return n > from ? n : from;
}

void bd_attempt_unref(struct bd_attempt *c)
{
    if (c)
        drop(c);
}
