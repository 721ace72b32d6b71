/* runtime/alarms.c - timers that any thread may set. */
#include "runtime/alarms.h"

#include <stdlib.h>

#include "base/clock.h"

struct bd__alarm {
    uv_timer_t timer;
    struct bd__alarms *of;
    void (*fn)(void *arg);
    void *arg;
    int64_t at_ms;
    TAILQ_ENTRY(bd__alarm) link;
};

void bd__alarms_init(struct bd__alarms *a, uv_loop_t *uv, uv_async_t *wake)
{
    pthread_mutex_init(&a->lock, NULL); /* cannot fail on Linux */
    TAILQ_INIT(&a->fresh);
    TAILQ_INIT(&a->set);
    a->closed = false;
    a->wake = wake;
    a->uv = uv;
}

void bd__alarms_free(struct bd__alarms *a)
{
    pthread_mutex_destroy(&a->lock);
}

/* uv_now() is CLOCK_MONOTONIC in ms, as bd_clock_ms() is, but as of the begin of the
 * loop's turn; the timers of one turn therefore keep their order. 1 more, so that two
 * roundings cannot make one early; not more than a day, and then again. */
uint64_t bd__alarms_till(const uv_loop_t *uv, int64_t at_ms)
{
    const int64_t most = (int64_t)24 * 3600 * 1000;
    int64_t now = (int64_t)uv_now(uv);

    if (at_ms <= now)
        return 0;
    return at_ms - now < most ? (uint64_t)(at_ms - now) + 1 : (uint64_t)most;
}

static void free_alarm(uv_handle_t *h)
{
    free(h->data);
}

static void ring(struct bd__alarm *m)
{
    TAILQ_REMOVE(&m->of->set, m, link);
    m->fn(m->arg);
    uv_close((uv_handle_t *)&m->timer, free_alarm);
}

static void on_timer(uv_timer_t *t)
{
    struct bd__alarm *m = t->data;

    if (bd_clock_ms() < m->at_ms)
        uv_timer_start(t, on_timer, bd__alarms_till(m->of->uv, m->at_ms), 0);
    else
        ring(m);
}

int bd__alarms_add(struct bd__alarms *a, int64_t at_ms, void (*fn)(void *arg), void *arg)
{
    struct bd__alarm *m = calloc(1, sizeof(*m));
    bool closed;

    if (!m)
        return -1;
    m->of = a;
    m->at_ms = at_ms;
    m->fn = fn;
    m->arg = arg;
    pthread_mutex_lock(&a->lock);
    closed = a->closed;
    if (!closed) {
        TAILQ_INSERT_TAIL(&a->fresh, m, link);
        uv_async_send(a->wake);
    }
    pthread_mutex_unlock(&a->lock);
    if (closed)
        free(m);
    return closed ? -1 : 0;
}

static struct bd__alarm *next_fresh(struct bd__alarms *a)
{
    struct bd__alarm *m;

    pthread_mutex_lock(&a->lock);
    m = TAILQ_FIRST(&a->fresh);
    if (m)
        TAILQ_REMOVE(&a->fresh, m, link);
    pthread_mutex_unlock(&a->lock);
    return m;
}

void bd__alarms_take(struct bd__alarms *a)
{
    struct bd__alarm *m;

    while ((m = next_fresh(a))) {
        uv_timer_init(a->uv, &m->timer); /* cannot fail */
        m->timer.data = m;
        TAILQ_INSERT_TAIL(&a->set, m, link);
        uv_timer_start(&m->timer, on_timer, bd__alarms_till(a->uv, m->at_ms), 0);
    }
}

void bd__alarms_close(struct bd__alarms *a)
{
    struct bd__alarm *m;

    pthread_mutex_lock(&a->lock);
    a->closed = true;
    pthread_mutex_unlock(&a->lock);
    bd__alarms_take(a);
    while ((m = TAILQ_FIRST(&a->set)))
        ring(m);
}
