/* engine/alert_post.c - see alert_post.h. */
#include "engine/alert_post.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "runtime/http.h"

#define SOURCE "alerts"

struct bd__post {
    struct bd_http *http;
    uint64_t call;

    pthread_mutex_t lock;
    bool out;    /* a call is under way, or back and not taken; under lock */
    bool back;   /* it has ended; under lock */
    bool closed; /* nobody will take it; under lock */

    /* The network thread's while a call is under way and not back. */
    int32_t status;
    char reply[BD_POST_REPLY_BYTES];
    size_t reply_bytes;
    struct bd_error error; /* type NONE: a reply came whole */
};

int bd__post_new(struct bd__post **out, struct bd_http *http, struct bd_error *err)
{
    struct bd__post *p = calloc(1, sizeof(*p));

    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    pthread_mutex_init(&p->lock, NULL);
    p->http = http;
    *out = p;
    return 0;
}

static void release(struct bd__post *p)
{
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void bd__post_free(struct bd__post *p)
{
    struct bd_http *http;
    uint64_t call;
    bool out;

    if (!p)
        return;
    http = p->http; /* p may be gone when the lock is free */
    call = p->call;
    pthread_mutex_lock(&p->lock);
    out = p->out && !p->back;
    p->closed = true;
    pthread_mutex_unlock(&p->lock);
    if (out)
        bd_http_cancel(http,
                       call); /* on_done releases it; a stopped http has called it */
    else
        release(p);
}

/* [net] */

static void on_head(void *arg, const struct bd_http_head *head)
{
    struct bd__post *p = arg;

    p->status = head->status;
}

static int on_data(void *arg, const char *bytes, size_t n)
{
    struct bd__post *p = arg;
    size_t room = sizeof(p->reply) - p->reply_bytes;

    memcpy(p->reply + p->reply_bytes, bytes, n < room ? n : room);
    p->reply_bytes += n < room ? n : room;
    return 0;
}

static void on_done(void *arg, const struct bd_http_end *end)
{
    struct bd__post *p = arg;
    bool closed;

    p->error = end->error ? *end->error : (struct bd_error){.type = BD_ERR_NONE};
    pthread_mutex_lock(&p->lock);
    closed = p->closed;
    p->back = true;
    pthread_mutex_unlock(&p->lock);
    if (closed)
        release(p);
}

static const struct bd_http_events events = {on_head, on_data, on_done};

static void set_out(struct bd__post *p, bool out)
{
    pthread_mutex_lock(&p->lock);
    p->out = out;
    p->back = false;
    pthread_mutex_unlock(&p->lock);
}

int bd__post_send(struct bd__post *p, const struct bd__post_letter *l, int64_t now_ms,
                  struct bd_error *err)
{
    const struct bd_http_call call = {
        .url = l->url,
        .headers = "Content-Type: application/json; charset=utf-8\n",
        .body = l->body,
        .body_bytes = strlen(l->body),
        .deadline_ms = now_ms + BD_POST_LIMIT_MS,
        .max_body_bytes = 64 << 10,
        .allow_private = l->allow_private,
        .ca_file = l->ca_file,
    };

    BD_ON(BD_MAIN);
    p->status = 0;
    p->reply_bytes = 0;
    set_out(p, true); /* before a callback may come */
    if (bd_http_submit(p->http, &call, &events, p, &p->call, err) == 0)
        return 0;
    set_out(p, false);
    return -1;
}

bool bd__post_take(struct bd__post *p, struct bd__post_reply *out)
{
    bool back;

    BD_ON(BD_MAIN);
    pthread_mutex_lock(&p->lock);
    back = p->back;
    if (back)
        p->out = p->back = false;
    pthread_mutex_unlock(&p->lock);
    if (back)
        *out = (struct bd__post_reply){
            .error = p->error.type == BD_ERR_NONE ? NULL : &p->error,
            .status = p->status,
            .text = p->reply,
            .n = p->reply_bytes,
        };
    return back;
}
