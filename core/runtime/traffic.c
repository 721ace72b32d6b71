/* runtime/traffic.c - begin, guard and end of calls. */
#include "runtime/traffic.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/alarms.h"
#include "runtime/lookup.h"

#define LANE_FILL 640 /* calls; a lane gets more only when all have so many */
#define BATCH     64  /* calls begun between two looks at the sockets */
#define SLACK_MS  20  /* curl has so long to end a call by itself */

static struct bd__call **bucket(struct bd__traffic *t, uint64_t id)
{
    return &t->live[(id >> BD__TRAFFIC_ID_BITS) & (BD__TRAFFIC_BUCKETS - 1)];
}

/* The end of a call */

static void free_call(uv_handle_t *guard)
{
    free(guard->data);
}

static void forget(struct bd__traffic *t, struct bd__call *c)
{
    struct bd__call **at;

    pthread_mutex_lock(&t->lock);
    for (at = bucket(t, c->id); *at != c; at = &(*at)->next)
        ;
    *at = c->next;
    if (c->queued == 'c')
        TAILQ_REMOVE(&t->cancelled, c, link);
    if (c->queued == 'i')
        TAILQ_REMOVE(&t->incoming, c, link);
    c->queued = 0;
    pthread_mutex_unlock(&t->lock);
}

static void put_back(struct bd__traffic *t, struct bd__call *c)
{
    /* A handle with certificates of its own cannot be set back to the system's. */
    if (t->idle_n < BD__TRAFFIC_IDLE && !c->in.ca_file)
        t->idle[t->idle_n++] = c->easy;
    else
        curl_easy_cleanup(c->easy);
    c->easy = NULL;
}

static void end(struct bd__call *c, CURLcode rc)
{
    struct bd__traffic *t = c->traffic;

    if (c->lane)
        bd__lane_remove(c->lane, c->easy);
    bd__lookup_leave(t, c);
    forget(t, c);
    bd__transfer_end(c, rc);
    if (c->easy)
        put_back(t, c);
    pthread_mutex_lock(&t->lock); /* after done: then nothing of it is in flight */
    t->in_flight--;
    t->finished++;
    pthread_mutex_unlock(&t->lock);
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
static void on_guard(uv_timer_t *guard)
{
    struct bd__call *c = guard->data;
    int64_t now = bd_clock_ms(), next = c->in.deadline_ms + SLACK_MS;
    int64_t idle_at = c->last_byte_ms + c->in.idle_ms;

    if (c->cut != BD__CUT_NONE) { /* noted in a callback of curl */
        cut(c, c->cut);
        return;
    }
    if (c->looking && c->begun_ms + c->in.connect_ms < next)
        next = c->begun_ms + c->in.connect_ms;
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
    uv_timer_start(guard, on_guard, bd__alarms_till(c->traffic->uv, next), 0);
}

/* libuv could not watch a socket of this call: it would never hear of it. */
static void deaf(struct bd__call *c, int error)
{
    c->cut = BD__CUT_LOCAL;
    c->cut_errno = error;
    uv_timer_start(&c->guard, on_guard, 0, 0);
}

/* Out of memory: curl has lost sight of some socket, and does not say whose. */
static void deafen(struct bd__lane *lane)
{
    struct bd__traffic *t = lane->owner;

    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < BD__TRAFFIC_BUCKETS; i++)
        for (struct bd__call *c = t->live[i]; c; c = c->next)
            if (c->lane == lane)
                deaf(c, ENOMEM);
    pthread_mutex_unlock(&t->lock);
}

/* The begin of a call */

static struct bd__lane *pick(struct bd__traffic *t)
{
    struct bd__lane *best = &t->lanes[0];

    for (size_t i = 0; i < BD__TRAFFIC_LANES; i++) {
        struct bd__lane *x = &t->lanes[i];

        if (x->broken && x->in_flight > 0)
            continue;
        if (x->in_flight < LANE_FILL)
            return x; /* the first: few calls share few lanes and their connections */
        if (x->in_flight < best->in_flight)
            best = x;
    }
    return best;
}

static bool is_cancelled(struct bd__traffic *t, struct bd__call *c)
{
    bool yes;

    pthread_mutex_lock(&t->lock);
    yes = c->cancel;
    pthread_mutex_unlock(&t->lock);
    return yes;
}

/* Its name is known: off it goes. */
static void launch(struct bd__traffic *t, struct bd__call *c)
{
    struct bd__lane *lane = pick(t);
    CURL *easy = t->idle_n > 0 ? t->idle[--t->idle_n] : bd__transfer_easy();

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

/* True when it was launched. */
static bool look_up(struct bd__traffic *t, struct bd__call *c)
{
    bool waits = c->looking;

    switch (bd__lookup(t, c)) {
    case BD_NAME_KNOWN:
        launch(t, c);
        return true;
    case BD_NAME_WAIT:
        if (!waits)
            on_guard(&c->guard);
        return false;
    case BD_NAME_FAILED:
        break;
    }
    cut(c, BD__CUT_NAME);
    return false;
}

static void begin(struct bd__traffic *t, struct bd__call *c)
{
    bool cancelled = is_cancelled(t, c);

    uv_timer_init(t->uv, &c->guard); /* cannot fail */
    c->guard.data = c;
    c->begun_ms = c->last_byte_ms = bd_clock_ms();
    if (!t->beat_ms && !t->closing)
        bd__traffic_beat(t);
    if (t->closing || cancelled) {
        cut(c, cancelled ? BD__CUT_CANCELLED : BD__CUT_STOPPED);
        return;
    }
    if (c->last_byte_ms >= c->in.deadline_ms) {
        cut(c, BD__CUT_DEADLINE);
        return;
    }
    (void)look_up(t, c);
}

/* Queues */

static struct bd__call *next_call(struct bd__traffic *t, struct bd__call_list *queue)
{
    struct bd__call *c;

    pthread_mutex_lock(&t->lock);
    c = TAILQ_FIRST(queue);
    if (c) {
        TAILQ_REMOVE(queue, c, link);
        c->queued = 0;
    }
    pthread_mutex_unlock(&t->lock);
    return c;
}

/* Those whose name is known by now. True if there may be more of them. */
static bool ask_again(struct bd__traffic *t)
{
    uint64_t news;
    int launched = 0;

    if (TAILQ_EMPTY(&t->waiting) || (news = bd_resolver_news(t->resolver)) == t->news)
        return false;
    for (struct bd__call *c = TAILQ_FIRST(&t->waiting), *next; c; c = next) {
        next = TAILQ_NEXT(c, wait);
        if (launched == BATCH)
            return true;
        launched += look_up(t, c);
    }
    t->news = news;
    return false;
}

void bd__traffic_turn(struct bd__traffic *t)
{
    struct bd__call *c = NULL;
    bool more;

    BD_ON(BD_NET);
    while ((c = next_call(t, &t->cancelled)))
        cut(c, BD__CUT_CANCELLED);
    more = ask_again(t);
    for (int i = 0; i < BATCH && (c = next_call(t, &t->incoming)); i++)
        begin(t, c);
    if (c || more)
        uv_async_send(t->wake); /* there may be more; sockets first */
}

void bd__traffic_close(struct bd__traffic *t)
{
    struct bd__call *c;

    t->closing = true;
    uv_close((uv_handle_t *)&t->beat, NULL);
    while ((c = next_call(t, &t->incoming)))
        begin(t, c); /* which only ends it */
    for (size_t i = 0; i < BD__TRAFFIC_BUCKETS; i++)
        while (t->live[i]) /* nobody adds any more, and only this thread removes */
            cut(t->live[i], BD__CUT_STOPPED);
    for (size_t i = 0; i < BD__TRAFFIC_LANES; i++)
        bd__lane_close(&t->lanes[i]);
    while (t->idle_n > 0)
        curl_easy_cleanup(t->idle[--t->idle_n]);
}

int bd__traffic_open(struct bd__traffic *t, unsigned at, uv_loop_t *uv, uv_async_t *wake)
{
    t->at = at;
    t->uv = uv;
    t->wake = wake;
    pthread_mutex_init(&t->lock, NULL); /* cannot fail on Linux */
    TAILQ_INIT(&t->incoming);
    TAILQ_INIT(&t->cancelled);
    TAILQ_INIT(&t->waiting);
    uv_timer_init(uv, &t->beat); /* cannot fail */
    t->beat.data = t;
    for (size_t i = 0; i < BD__TRAFFIC_LANES; i++) {
        t->lanes[i].ended = end;
        t->lanes[i].failed = deaf;
        t->lanes[i].broke = deafen;
        t->lanes[i].owner = t;
        if (bd__lane_open(&t->lanes[i], uv) < 0)
            return -1;
    }
    return 0;
}

void bd__traffic_free(struct bd__traffic *t)
{
    pthread_mutex_destroy(&t->lock);
}

/* Doors */

static void put(struct bd__traffic *t, struct bd__call *c)
{
    struct bd__call **at;

    c->id = ++t->last_id << BD__TRAFFIC_ID_BITS | t->at;
    c->traffic = t;
    at = bucket(t, c->id);
    c->next = *at;
    *at = c;
    TAILQ_INSERT_TAIL(&t->incoming, c, link);
    c->queued = 'i';
    t->in_flight++;
    t->started++;
}

int bd__traffic_submit(struct bd__traffic *t, struct bd__call *c, uint64_t *id)
{
    bool taken;

    pthread_mutex_lock(&t->lock);
    taken = !t->stopping;
    if (taken) {
        put(t, c);
        *id = c->id; /* before the thread can call done */
        uv_async_send(t->wake);
    }
    pthread_mutex_unlock(&t->lock);
    return taken ? 0 : -1;
}

static void want_cancelled(struct bd__traffic *t, struct bd__call *c)
{
    c->cancel = true;
    if (c->queued) /* it is seen when it is about to begin */
        return;
    TAILQ_INSERT_TAIL(&t->cancelled, c, link);
    c->queued = 'c';
    uv_async_send(t->wake);
}

void bd__traffic_cancel(struct bd__traffic *t, uint64_t id)
{
    struct bd__call *c;

    pthread_mutex_lock(&t->lock);
    for (c = *bucket(t, id); c && c->id != id; c = c->next)
        ;
    if (c && !c->cancel && !t->stopping) /* stop ends it anyway */
        want_cancelled(t, c);
    pthread_mutex_unlock(&t->lock);
}

void bd__traffic_stop(struct bd__traffic *t)
{
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    uv_async_send(t->wake);
    pthread_mutex_unlock(&t->lock);
}

void bd__traffic_wake(struct bd__traffic *t)
{
    pthread_mutex_lock(&t->lock);
    if (!t->stopping)
        uv_async_send(t->wake);
    pthread_mutex_unlock(&t->lock);
}

bool bd__traffic_stopping(struct bd__traffic *t)
{
    bool yes;

    pthread_mutex_lock(&t->lock);
    yes = t->stopping;
    pthread_mutex_unlock(&t->lock);
    return yes;
}
