/* face/daemon.h - what the parts of `brandiag serve` share.
 *
 *   [main]  signals, errands, the tick of a second      serve.c
 *   [api]   a thread for each connection: web.c ─► routes.c ─► api_*.c
 *
 * An [api] thread does what engine/service.h lets any caller do; what only [main] may do
 * (reload, roll back, drain) it leaves as an errand and waits. */
#ifndef BD_FACE_DAEMON_H
#define BD_FACE_DAEMON_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/reload.h"
#include "engine/service.h"
#include "face/guard.h"

enum bd_errand_what { BD_ERRAND_RELOAD, BD_ERRAND_ROLLBACK, BD_ERRAND_DRAIN };

struct bd_errand {
    struct bd_errand *next;
    enum bd_errand_what what;
    struct bd_reload reload; /* the result of the first two */
    struct bd_error error;
    int rc;
    bool done;
};

struct bd_daemon {
    struct bd_engine *engine;
    struct bd_service *service;
    pthread_rwlock_t guard_lock; /* [api] reads, [main] changes */
    struct bd_guard *guard;
    struct bd_web *web;
    char boot[12];      /* names this process in the ids of events */
    int64_t started_ms; /* Unix milliseconds */
    int wake;           /* eventfd of [main] */
    /* Nothing new is accepted; streams end. Relaxed: a moment late is fine. */
    atomic_bool draining, stopping;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t done;
    struct bd_errand *errands;
    bool closed; /* no errand is run any more */
};

/* errand.c */
int bd_daemon_init(struct bd_daemon *d, struct bd_error *err) BD_MUST_CHECK; /* [main] */
void bd_daemon_free(struct bd_daemon *d);
void bd_daemon_wake(void *daemon); /* [any] [main] looks at what there is to do */
/* [api] Waits for [main] to do it; the caller's struct holds the result. -1: it failed,
 * or the daemon is about to end (*err OVERLOADED). */
int bd_daemon_ask(struct bd_daemon *d, struct bd_errand *errand);
/* [main] The next one, or NULL; and that it is done. */
struct bd_errand *bd_daemon_next(struct bd_daemon *d);
void bd_daemon_did(struct bd_daemon *d, struct bd_errand *errand);
/* [main] Those that wait and those that come get an error. */
void bd_daemon_close(struct bd_daemon *d);

#endif
