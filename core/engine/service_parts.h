/* engine/service_parts.h - what service.c and its neighbours know of each other. */
#ifndef BD_ENGINE_SERVICE_PARTS_H
#define BD_ENGINE_SERVICE_PARTS_H

#include "engine/parts.h"
#include "engine/service.h"

struct bd_session {
    struct bd_session *next; /* in one of the service's lists; guarded by its lock */
    struct bd_service *service;
    atomic_int refs; /* the list's, the runner's, callers'; relaxed up, acq_rel down */
    char id[40];
    int64_t created_ms;
    bool resumed;
    struct bd_inquiry inquiry; /* as it was submitted; of a resumed one as stored */
    struct bd_diagnosis_limits limits;
    char *client_key;

    pthread_mutex_t lock; /* guards the rest; after the service's, before a diagnosis's */
    pthread_cond_t changed;
    enum bd_session_state state;
    bool cancelled;                 /* while it was queued */
    struct bd_diagnosis *diagnosis; /* set once, when it runs; freed with the session */
    const struct bd_record *record; /* set once, when it is done; lent by the diagnosis */
    const char *const *notes;
    size_t note_count;
    struct bd_error error;
};

struct bd_sessions { /* linked by their `next` */
    struct bd_session *head, **tail;
    unsigned count;
};

struct bd_service {
    struct bd_engine *engine;
    struct bd_service_limits limits;
    json_t *client_keys; /* "KEY" -> [id, digest, is it stored]; guarded by the lock */

    pthread_mutex_t lock;   /* guards the rest */
    pthread_cond_t work;    /* something is queued, or all is to end */
    pthread_cond_t quiet;   /* a runner is done */
    pthread_cond_t settled; /* one that was arriving is stored, or refused */
    struct bd_sessions queue, running, kept;
    unsigned runners, idle; /* threads; those that wait for work */
    unsigned arriving;      /* accepted, and not stored yet */
    bool draining, stopping;
    bool holding;   /* the storage fails: what is queued waits */
    unsigned swaps; /* of the storage */
    struct bd_service_stats stats;
};

enum { BD__CLIENT_KEYS = 10000 }; /* that are remembered, the newest */

/* service.c: [any] Lock held: the last in the queue, with a runner for it. */
void bd__service_queue(struct bd_service *s, struct bd_session *session);
/* look_back.c: [main] */
int bd__service_look_back(struct bd_service *s, struct bd_error *err) BD_MUST_CHECK;

/* service.c: [any] Out of the queue, to be run by the caller, who says when it is over.
 * False: a runner has it, or it is over. */
bool bd__service_take(struct bd_session *session);
void bd__service_finished(struct bd_session *session);

/* accept.c: [caller] The session's row is stored when this returns 0. */
int bd__persist_accepted(struct bd_engine *e, const struct bd_session *n,
                         struct bd_error *err) BD_MUST_CHECK;
/* [any] Queues the row once more, for a storage that is another one. */
void bd__persist_queued(struct bd_engine *e, const struct bd_session *n);
/* [caller] A stored one that cannot be gone on with, and why: it counts as over. */
void bd__persist_given_up(struct bd_engine *e, const char *id,
                          const struct bd_error *why);

/* carry.c: [main] The engine's hooks on_swapping and on_swapped; arg is the service. */
int bd__service_swapping(void *arg, struct bd_error *err) BD_MUST_CHECK;
void bd__service_swapped(void *arg);

/* session.c */
struct bd_session *bd__session_new(struct bd_service *s, const struct bd_inquiry *inquiry,
                                   struct bd_error *err);
void bd__session_ref(struct bd_session *session);
/* [runner] Runs it from the beginning to the end; [caller] one that is cancelled. */
void bd__session_run(struct bd_session *session);
/* [main] The service is stopping: what runs stays unfinished in the storage. */
void bd__session_leave(struct bd_session *session);
/* [any] Rows of it were given up on, and the process is the only one who knows them. */
bool bd__session_is_lost(struct bd_session *session);
/* [main] Puts them again; it is over. */
void bd__session_mend(struct bd_session *session);

#endif
