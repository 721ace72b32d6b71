/* runtime/loop.c - one network thread.
 *
 * What other threads want is put into queues under the lock, and `wake` runs the loop:
 * calls to begin, calls to cancel, timers to set. A call is in `live` from submit until
 * just before done, so an id that is over is simply not found. */
#include "runtime/loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/lane.h"
#include "runtime/spawn.h"

#define SOURCE    "http"
#define LANES     16
#define LANE_FILL 640  /* calls; a lane gets more only when all have so many */
#define IDLE_MAX  256  /* handles kept for the next calls */
#define BUCKETS   4096 /* a power of two; calls in flight are a few a bucket */
#define BATCH     64   /* calls begun between two looks at the sockets */
#define SLACK_MS  20   /* curl has so long to end a call by itself */
#define ID_BITS   2    /* of an id for the number of its loop */

struct timer {
    uv_timer_t uv;
    void (*fn)(void *arg);
    void *arg;
    int64_t at_ms;
    TAILQ_ENTRY(timer) link;
};

TAILQ_HEAD(calls, bd__call);
TAILQ_HEAD(timers, timer);

struct bd__loop {
    unsigned at;
    pthread_t thread;
    uv_async_t wake;

    pthread_mutex_t lock;
    struct calls incoming, cancelled;
    struct timers new_timers;
    struct bd__call *live[BUCKETS];
    uint64_t last_id;
    unsigned in_flight;
    unsigned long long started, finished;
    bool stopping;

    /* [net] */
    uv_loop_t uv;
    uv_prepare_t prepare;
    struct bd__lane lanes[LANES];
    CURL *idle[IDLE_MAX];
    size_t idle_n;
    bool closing; /* stopping, as this thread knows it */
    struct timers timers;
    int64_t clock_offset; /* uv_now() of bd_clock_ms() == 0 */
    uint64_t turn_ns, turn_idle_ns;
    _Atomic int64_t max_lag_ms;
};

unsigned bd__loop_of(uint64_t id)
{
    return (unsigned)(id & ((1U << ID_BITS) - 1));
}

static struct bd__call **bucket(struct bd__loop *l, uint64_t id)
{
    return &l->live[(id >> ID_BITS) & (BUCKETS - 1)];
}

/* Milliseconds from the loop's idea of now; 1 more, so that a rounded clock cannot
 * make it early. */
static uint64_t till(struct bd__loop *l, int64_t at_ms)
{
    int64_t now = (int64_t)uv_now(&l->uv) - l->clock_offset;

    if (at_ms <= now)
        return 0;
    return at_ms - now < INT32_MAX ? (uint64_t)(at_ms - now) + 1 : INT32_MAX;
}

/* The end of a call */

static void free_call(uv_handle_t *guard)
{
    free(guard->data);
}

static void forget(struct bd__loop *l, struct bd__call *c)
{
    struct bd__call **at;

    pthread_mutex_lock(&l->lock);
    for (at = bucket(l, c->id); *at != c; at = &(*at)->next)
        ;
    *at = c->next;
    if (c->queued == 'c')
        TAILQ_REMOVE(&l->cancelled, c, link);
    if (c->queued == 'i')
        TAILQ_REMOVE(&l->incoming, c, link);
    c->queued = 0;
    pthread_mutex_unlock(&l->lock);
}

static void put_back(struct bd__loop *l, struct bd__call *c)
{
    /* A handle with certificates of its own cannot be set back to the system's. */
    if (l->idle_n < IDLE_MAX && !c->in.ca_file)
        l->idle[l->idle_n++] = c->easy;
    else
        curl_easy_cleanup(c->easy);
    c->easy = NULL;
}

static void end(struct bd__call *c, CURLcode rc)
{
    struct bd__loop *l = c->loop;

    if (c->lane)
        bd__lane_remove(c->lane, c->easy);
    forget(l, c);
    bd__transfer_end(c, rc);
    if (c->easy)
        put_back(l, c);
    pthread_mutex_lock(&l->lock); /* after done: then nothing of it is in flight */
    l->in_flight--;
    l->finished++;
    pthread_mutex_unlock(&l->lock);
    uv_close((uv_handle_t *)&c->guard, free_call);
}

static void cut(struct bd__call *c, enum bd__cut why)
{
    if (c->cut == BD__CUT_NONE)
        c->cut = why;
    end(c, CURLE_ABORTED_BY_CALLBACK);
}

/* The guard: deadline and idleness, whatever curl thinks. Bytes only note their time; the
 * guard looks when the first of them could be over, and sets itself again. */
static void on_guard(uv_timer_t *t)
{
    struct bd__call *c = t->data;
    int64_t now = bd_clock_ms(), next = c->in.deadline_ms + SLACK_MS;
    int64_t idle_at = c->last_byte_ms + c->in.idle_ms;

    if (c->cut != BD__CUT_NONE) { /* noted in a callback of curl */
        cut(c, c->cut);
        return;
    }
    if (now >= next) {
        cut(c, BD__CUT_DEADLINE);
        return;
    }
    if (c->in.idle_ms > 0 && now >= idle_at) {
        cut(c, BD__CUT_IDLE);
        return;
    }
    if (c->in.idle_ms > 0 && idle_at < next)
        next = idle_at;
    uv_timer_start(t, on_guard, till(c->loop, next), 0);
}

/* libuv could not watch a socket of this call: it would never hear of it. */
static void deaf(struct bd__call *c, int error)
{
    c->cut = BD__CUT_LOCAL;
    c->cut_errno = error;
    uv_timer_start(&c->guard, on_guard, 0, 0);
}

/* The begin of a call */

static struct bd__lane *pick(struct bd__loop *l)
{
    struct bd__lane *best = &l->lanes[0];

    for (size_t i = 0; i < LANES; i++) {
        struct bd__lane *x = &l->lanes[i];

        if (x->broken && x->in_flight > 0)
            continue;
        if (x->in_flight < LANE_FILL)
            return x; /* the first: few calls share few lanes and their connections */
        if (x->in_flight < best->in_flight)
            best = x;
    }
    return best;
}

static bool is_cancelled(struct bd__loop *l, struct bd__call *c)
{
    bool yes;

    pthread_mutex_lock(&l->lock);
    yes = c->cancel;
    pthread_mutex_unlock(&l->lock);
    return yes;
}

static void begin(struct bd__loop *l, struct bd__call *c)
{
    bool cancelled = is_cancelled(l, c);
    CURL *easy = NULL;
    struct bd__lane *lane = pick(l);

    uv_timer_init(&l->uv, &c->guard); /* cannot fail */
    c->guard.data = c;
    c->last_byte_ms = bd_clock_ms();
    if (l->closing || cancelled) {
        cut(c, cancelled ? BD__CUT_CANCELLED : BD__CUT_STOPPED);
        return;
    }
    if (c->last_byte_ms >= c->in.deadline_ms) {
        cut(c, BD__CUT_DEADLINE);
        return;
    }
    easy = l->idle_n > 0 ? l->idle[--l->idle_n] : bd__transfer_easy();
    if (!easy || bd__transfer_begin(c, easy) < 0) {
        if (easy)
            curl_easy_cleanup(easy);
        end(c, CURLE_OUT_OF_MEMORY);
        return;
    }
    if (bd__lane_add(lane, easy) < 0) {
        end(c, CURLE_OUT_OF_MEMORY);
        return;
    }
    c->lane = lane;
    on_guard(&c->guard);
}

/* Timers */

static void free_timer(uv_handle_t *h)
{
    free(h->data);
}

static void on_timer(uv_timer_t *t)
{
    struct timer *timer = t->data;
    struct bd__loop *l = t->loop->data;

    if (!l->closing && bd_clock_ms() < timer->at_ms) { /* capped by till() */
        uv_timer_start(t, on_timer, till(l, timer->at_ms), 0);
        return;
    }
    TAILQ_REMOVE(&l->timers, timer, link);
    timer->fn(timer->arg);
    uv_close((uv_handle_t *)t, free_timer);
}

static void set_timer(struct bd__loop *l, struct timer *t)
{
    uv_timer_init(&l->uv, &t->uv);
    t->uv.data = t;
    TAILQ_INSERT_TAIL(&l->timers, t, link);
    uv_timer_start(&t->uv, on_timer, till(l, t->at_ms), 0);
}

/* The queues */

static struct bd__call *next_call(struct bd__loop *l, struct calls *queue)
{
    struct bd__call *c;

    pthread_mutex_lock(&l->lock);
    c = TAILQ_FIRST(queue);
    if (c) {
        TAILQ_REMOVE(queue, c, link);
        c->queued = 0;
    }
    pthread_mutex_unlock(&l->lock);
    return c;
}

static struct timer *next_timer(struct bd__loop *l)
{
    struct timer *t;

    pthread_mutex_lock(&l->lock);
    t = TAILQ_FIRST(&l->new_timers);
    if (t)
        TAILQ_REMOVE(&l->new_timers, t, link);
    pthread_mutex_unlock(&l->lock);
    return t;
}

static bool is_stopping(struct bd__loop *l)
{
    bool yes;

    pthread_mutex_lock(&l->lock);
    yes = l->stopping;
    pthread_mutex_unlock(&l->lock);
    return yes;
}

static void close_loop(struct bd__loop *l)
{
    struct timer *t;
    struct bd__call *c;

    l->closing = true;
    while ((c = next_call(l, &l->incoming)))
        begin(l, c); /* which only ends it */
    for (size_t i = 0; i < BUCKETS; i++)
        while (l->live[i]) /* nobody adds any more, and only this thread removes */
            cut(l->live[i], BD__CUT_STOPPED);
    while ((t = TAILQ_FIRST(&l->timers)))
        on_timer(&t->uv);
    for (size_t i = 0; i < LANES; i++)
        bd__lane_close(&l->lanes[i]);
    while (l->idle_n > 0)
        curl_easy_cleanup(l->idle[--l->idle_n]);
    uv_close((uv_handle_t *)&l->prepare, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
}

static void on_wake(uv_async_t *wake)
{
    struct bd__loop *l = wake->data;
    struct bd__call *c = NULL;
    struct timer *t;

    uv_update_time(&l->uv);
    while ((t = next_timer(l)))
        set_timer(l, t);
    while ((c = next_call(l, &l->cancelled)))
        cut(c, BD__CUT_CANCELLED);
    for (int i = 0; i < BATCH && (c = next_call(l, &l->incoming)); i++)
        begin(l, c);
    if (is_stopping(l))
        close_loop(l);
    else if (c)
        uv_async_send(wake); /* there may be more; sockets first */
}

/* The thread */

/* A turn of the loop is how long it ran without looking at the sockets again. */
static void on_prepare(uv_prepare_t *p)
{
    struct bd__loop *l = p->data;
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&l->uv);
    int64_t busy = (int64_t)(now - l->turn_ns) - (int64_t)(idle - l->turn_idle_ns);
    int64_t ms = busy / 1000000;

    if (l->turn_ns && ms > atomic_load_explicit(&l->max_lag_ms, memory_order_relaxed))
        atomic_store_explicit(&l->max_lag_ms, ms, memory_order_relaxed);
    l->turn_ns = now;
    l->turn_idle_ns = idle;
}

static void *run(void *arg)
{
    struct bd__loop *l = arg;
    char name[16];

    snprintf(name, sizeof(name), "bd-net-%u", l->at);
    bd_thread_is(BD_NET, name);
    uv_update_time(&l->uv);
    l->clock_offset = (int64_t)uv_now(&l->uv) - bd_clock_ms();
    uv_run(&l->uv, UV_RUN_DEFAULT); /* until close_loop() closed everything */
    return NULL;
}

static int open_loop(struct bd__loop *l)
{
    int rc = uv_loop_init(&l->uv);

    if (rc != 0)
        return rc;
    l->uv.data = l;
    (void)uv_loop_configure(&l->uv, UV_METRICS_IDLE_TIME); /* or no lag is measured */
    uv_prepare_init(&l->uv, &l->prepare);
    l->prepare.data = l;
    uv_prepare_start(&l->prepare, on_prepare);
    uv_unref((uv_handle_t *)&l->prepare);
    rc = uv_async_init(&l->uv, &l->wake, on_wake);
    l->wake.data = l;
    for (size_t i = 0; i < LANES && rc == 0; i++) {
        l->lanes[i].ended = end;
        l->lanes[i].failed = deaf;
        rc = bd__lane_open(&l->lanes[i], &l->uv) < 0 ? UV_ENOMEM : 0;
    }
    return rc;
}

/* What open_loop() could not finish, closed on this thread. */
static void abandon(struct bd__loop *l)
{
    if (!l->uv.data)
        return;
    for (size_t i = 0; i < LANES; i++)
        bd__lane_close(&l->lanes[i]);
    uv_close((uv_handle_t *)&l->prepare, NULL);
    if (l->wake.loop)
        uv_close((uv_handle_t *)&l->wake, NULL);
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

int bd__loop_start(struct bd__loop **out, unsigned at, struct bd_error *err)
{
    struct bd__loop *l = calloc(1, sizeof(*l));
    int rc;

    if (!l)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    l->at = at;
    pthread_mutex_init(&l->lock, NULL); /* cannot fail on Linux */
    TAILQ_INIT(&l->incoming);
    TAILQ_INIT(&l->cancelled);
    TAILQ_INIT(&l->new_timers);
    TAILQ_INIT(&l->timers);
    rc = -open_loop(l);
    if (rc == 0)
        rc = bd__spawn(&l->thread, run, l);
    if (rc != 0) {
        errno = rc;
        bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE, "cannot start a network thread");
        abandon(l);
        bd__loop_free(l);
        return -1;
    }
    *out = l;
    return 0;
}

void bd__loop_stop(struct bd__loop *l)
{
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    uv_async_send(&l->wake);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
}

void bd__loop_free(struct bd__loop *l)
{
    if (!l)
        return;
    if (l->uv.data)
        uv_loop_close(&l->uv);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* Doors. The wake-up is sent under the lock: after stopping, wake is gone. */

int bd__loop_submit(struct bd__loop *l, struct bd__call *c, uint64_t *id)
{
    struct bd__call **at;
    bool taken;

    pthread_mutex_lock(&l->lock);
    taken = !l->stopping;
    if (taken) {
        c->id = ++l->last_id << ID_BITS | l->at;
        c->loop = l;
        *id = c->id; /* before the thread can call done */
        at = bucket(l, c->id);
        c->next = *at;
        *at = c;
        TAILQ_INSERT_TAIL(&l->incoming, c, link);
        c->queued = 'i';
        l->in_flight++;
        l->started++;
        uv_async_send(&l->wake);
    }
    pthread_mutex_unlock(&l->lock);
    return taken ? 0 : -1;
}

void bd__loop_cancel(struct bd__loop *l, uint64_t id)
{
    struct bd__call *c;

    pthread_mutex_lock(&l->lock);
    for (c = *bucket(l, id); c && c->id != id; c = c->next)
        ;
    if (c && !c->cancel && !l->stopping) {
        c->cancel = true;
        if (!c->queued) { /* else it is seen when it is about to begin */
            TAILQ_INSERT_TAIL(&l->cancelled, c, link);
            c->queued = 'c';
        }
        uv_async_send(&l->wake);
    }
    pthread_mutex_unlock(&l->lock);
}

int bd__loop_at(struct bd__loop *l, int64_t at_ms, void (*fn)(void *arg), void *arg)
{
    struct timer *t = calloc(1, sizeof(*t));
    bool taken;

    if (!t)
        return -1;
    t->at_ms = at_ms;
    t->fn = fn;
    t->arg = arg;
    pthread_mutex_lock(&l->lock);
    taken = !l->stopping;
    if (taken) {
        TAILQ_INSERT_TAIL(&l->new_timers, t, link);
        uv_async_send(&l->wake);
    }
    pthread_mutex_unlock(&l->lock);
    if (!taken)
        free(t);
    return taken ? 0 : -1;
}

void bd__loop_stats(struct bd__loop *l, struct bd_http_stats *out)
{
    int64_t lag = atomic_load_explicit(&l->max_lag_ms, memory_order_relaxed);

    pthread_mutex_lock(&l->lock);
    out->in_flight += l->in_flight;
    out->started += l->started;
    out->finished += l->finished;
    pthread_mutex_unlock(&l->lock);
    out->threads++;
    if (lag > out->max_lag_ms)
        out->max_lag_ms = lag;
}
