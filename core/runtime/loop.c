/* runtime/loop.c - one network thread: libuv's loop with calls and alarms on it.
 *
 * What other threads want waits in the queues of traffic and alarms; `wake` has the loop
 * look at them. */
#include "runtime/loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/thread.h"
#include "runtime/alarms.h"
#include "runtime/spawn.h"
#include "runtime/traffic.h"

#define SOURCE  "http"
#define LATE_MS 50 /* a turn that long holds others up */

struct bd__loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_prepare_t prepare;
    pthread_t thread;
    struct bd__traffic traffic;
    struct bd__alarms alarms;
    uint64_t turn_ns, turn_idle_ns; /* [net] at the last look at the sockets */
    _Atomic int64_t max_lag_ms;     /* counters: relaxed */
    _Atomic uint64_t late_turns;
};

unsigned bd__loop_of(uint64_t id)
{
    return (unsigned)(id & ((1U << BD__TRAFFIC_ID_BITS) - 1));
}

static void close_all(struct bd__loop *l)
{
    bd__traffic_close(&l->traffic);
    bd__alarms_close(&l->alarms);
    uv_close((uv_handle_t *)&l->prepare, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
}

static void on_wake(uv_async_t *wake)
{
    struct bd__loop *l = wake->data;

    if (uv_is_closing((uv_handle_t *)wake))
        return;
    uv_update_time(&l->uv);
    if (bd__traffic_stopping(&l->traffic)) {
        close_all(l);
        return;
    }
    bd__alarms_take(&l->alarms);
    bd__traffic_turn(&l->traffic);
}

/* A turn of the loop is how long it ran without looking at the sockets again. */
static void on_prepare(uv_prepare_t *p)
{
    struct bd__loop *l = p->data;
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&l->uv);
    int64_t busy = (int64_t)(now - l->turn_ns) - (int64_t)(idle - l->turn_idle_ns);
    int64_t ms = busy / 1000000;

    if (l->turn_ns && ms > atomic_load_explicit(&l->max_lag_ms, memory_order_relaxed))
        atomic_store_explicit(&l->max_lag_ms, ms, memory_order_relaxed);
    if (l->turn_ns && ms > LATE_MS)
        atomic_fetch_add_explicit(&l->late_turns, 1, memory_order_relaxed);
    l->turn_ns = now;
    l->turn_idle_ns = idle;
}

static void *run(void *arg)
{
    struct bd__loop *l = arg;
    char name[16];

    snprintf(name, sizeof(name), "bd-net-%u", l->traffic.at);
    bd_thread_is(BD_NET, name);
    uv_run(&l->uv, UV_RUN_DEFAULT); /* until close_all() closed everything */
    return NULL;
}

static void on_news(void *arg) /* [any] */
{
    bd__traffic_wake(arg);
}

/* -1 leaves what abandon() takes. */
static int open_all(struct bd__loop *l, unsigned at, struct bd_resolver *resolver)
{
    if (uv_async_init(&l->uv, &l->wake, on_wake) != 0)
        return -1;
    l->wake.data = l;
    uv_prepare_init(&l->uv, &l->prepare); /* cannot fail */
    l->prepare.data = l;
    uv_prepare_start(&l->prepare, on_prepare);
    (void)uv_loop_configure(&l->uv, UV_METRICS_IDLE_TIME); /* or no lag is measured */
    bd__alarms_init(&l->alarms, &l->uv, &l->wake);
    if (bd__traffic_open(&l->traffic, at, &l->uv, &l->wake) < 0)
        return -1;
    l->traffic.resolver = resolver;
    return bd__spawn(&l->thread, run, l) == 0 ? 0 : -1;
}

/* A loop whose thread did not start, closed on this one. */
static void abandon(struct bd__loop *l)
{
    if (l->wake.data)
        close_all(l);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    bd__loop_free(l);
}

int bd__loop_start(struct bd__loop **out, unsigned at, struct bd_resolver *resolver,
                   struct bd_error *err)
{
    struct bd__loop *l = calloc(1, sizeof(*l));

    if (!l)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    if (uv_loop_init(&l->uv) != 0) {
        free(l);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "cannot make an event loop");
    }
    if (open_all(l, at, resolver) < 0) {
        abandon(l);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE,
                       "cannot start network thread %u: out of memory, files or threads",
                       at);
    }
    bd_resolver_listen(resolver, on_news, &l->traffic);
    *out = l;
    return 0;
}

void bd__loop_stop(struct bd__loop *l)
{
    bd__traffic_stop(&l->traffic);
    pthread_join(l->thread, NULL);
}

void bd__loop_free(struct bd__loop *l)
{
    if (!l)
        return;
    uv_loop_close(&l->uv);
    if (l->wake.data) { /* then both were made */
        bd__traffic_free(&l->traffic);
        bd__alarms_free(&l->alarms);
    }
    free(l);
}

int bd__loop_submit(struct bd__loop *l, struct bd__call *c, uint64_t *id)
{
    return bd__traffic_submit(&l->traffic, c, id);
}

void bd__loop_cancel(struct bd__loop *l, uint64_t id)
{
    bd__traffic_cancel(&l->traffic, id);
}

int bd__loop_at(struct bd__loop *l, int64_t at_ms, void (*fn)(void *arg), void *arg)
{
    return bd__alarms_add(&l->alarms, at_ms, fn, arg);
}

void bd__loop_stats(struct bd__loop *l, struct bd_http_stats *out)
{
    struct bd__traffic *t = &l->traffic;
    int64_t lag = atomic_load_explicit(&l->max_lag_ms, memory_order_relaxed);
    int64_t late = bd__traffic_max_late_ms(t);

    if (late > lag)
        lag = late;
    pthread_mutex_lock(&t->lock);
    out->in_flight += t->in_flight;
    out->started += t->started;
    out->finished += t->finished;
    pthread_mutex_unlock(&t->lock);
    out->threads++;
    out->late_turns += atomic_load_explicit(&l->late_turns, memory_order_relaxed);
    if (lag > out->max_lag_ms)
        out->max_lag_ms = lag;
}
