/* runtime/traffic.h - the calls of one network thread, from submit to done.
 *
 *   submit ──► incoming ──► begin: a guard ──► launch: a handle, a lane ──► end: done,
 *                              └─► waiting ──────┘ the name is known          handle back
 *   cancel ──► cancelled ────────────────────────────────────────────────────┘
 *
 * A call is in `live` from submit until just before done, so an id that is over is simply
 * not found. */
#ifndef BD_RUNTIME_TRAFFIC_H
#define BD_RUNTIME_TRAFFIC_H

#include <pthread.h>

#include "runtime/closings.h"
#include "runtime/http_call.h"
#include "runtime/lane.h"

#define BD__TRAFFIC_LANES 16
#define BD__TRAFFIC_IDLE  256 /* handles kept for the next calls */
#define BD__TRAFFIC_BUCKETS                                                           \
    4096                        /* a power of two; calls in flight are a few a bucket \
                                 */
#define BD__TRAFFIC_LATE    8   /* latenesses that are remembered */
#define BD__TRAFFIC_LATE_MS 100 /* less is none */
#define BD__TRAFFIC_ID_BITS 2   /* of an id for the number of its thread */

TAILQ_HEAD(bd__call_list, bd__call);

struct bd__traffic {
    unsigned at; /* number of its thread */

    pthread_mutex_t lock; /* of all down to wake */
    struct bd__call_list incoming, cancelled;
    struct bd__call *live[BD__TRAFFIC_BUCKETS];
    uint64_t last_id;
    unsigned in_flight;
    unsigned long long started, finished;
    int64_t max_late_ms;
    bool stopping;
    uv_async_t *wake; /* sent under lock, and not after close */

    /* [net] */
    struct bd_resolver *resolver; /* lent */
    struct bd__call_list waiting; /* for their host's name */
    uint64_t news;                /* of the resolver, that all of them know */
    uv_loop_t *uv;
    struct bd__lane lanes[BD__TRAFFIC_LANES];
    CURL *idle[BD__TRAFFIC_IDLE];
    size_t idle_n;
    struct bd__closings closings;
    bool closing;

    /* [net] How late this thread was; see bd__traffic_late_ms(). */
    uv_timer_t beat;
    int64_t beat_ms; /* when it was set last; 0 = not set, nothing is in flight */
    struct {
        int64_t at_ms, late_ms;
    } late[BD__TRAFFIC_LATE];
    size_t late_at;
};

/* -1 when memory is short; free() takes what was begun, after close(). */
int bd__traffic_open(struct bd__traffic *t, unsigned at, uv_loop_t *uv, uv_async_t *wake);
void bd__traffic_free(struct bd__traffic *t);

/* [any] Takes the call over and sets its id; -1, and the call stays the caller's, when
 * stop has begun. It is freed with free() after done. */
int bd__traffic_submit(struct bd__traffic *t, struct bd__call *c, uint64_t *id);
/* [any] */
void bd__traffic_cancel(struct bd__traffic *t, uint64_t id);
/* [any] Has it look at its queues. */
void bd__traffic_wake(struct bd__traffic *t);
/* [any] From here on nothing is taken. */
void bd__traffic_stop(struct bd__traffic *t);
bool bd__traffic_stopping(struct bd__traffic *t);

/* [net] Begins to watch whether this thread is late, for as long as calls are in flight.
 */
void bd__traffic_beat(struct bd__traffic *t);
/* [net] The longest time since since_ms that this thread was late by: it was not run, or
 * one callback took so long. 0 if it was less than BD__TRAFFIC_LATE_MS. */
int64_t bd__traffic_late_ms(const struct bd__traffic *t, int64_t since_ms);
/* [any] The longest one ever, as above. */
int64_t bd__traffic_max_late_ms(struct bd__traffic *t);

/* [net] Begins and cancels what was asked for, in portions. */
void bd__traffic_turn(struct bd__traffic *t);
/* [net] After stop: ends all calls, closes all connections. */
void bd__traffic_close(struct bd__traffic *t);

#endif
