/* engine/service.h - many diagnoses at once: accepted, stored, queued, run, remembered.
 *
 *   submit ─► stored ─► queued ──(one of `running` is free)──► running ─► done
 *                          └──────────── cancel ──────────────────┘
 *
 * What submit() returned 0 for is in the storage: after a crash the next service goes on
 * with it, without asking again for cells that have ended. The queue is bounded; a
 * diagnosis that does not fit is refused and nothing is stored of it. A diagnosis's
 * deadline begins when it leaves the queue.
 *
 * A session is what the process knows of one diagnosis. The last few that are over are
 * kept; older ones are in the storage alone. Providers, breakers and limits are shared
 * (engine/scheduler.h): the n-th call of each has the same turn. */
#ifndef BD_ENGINE_SERVICE_H
#define BD_ENGINE_SERVICE_H

#include "engine/diagnosis.h"

struct bd_service;
struct bd_session;

struct bd_service_limits { /* 0 takes the default */
    unsigned running;      /* at once; 64 */
    unsigned queued;       /* waiting; 1000 */
    unsigned kept;         /* sessions that are over; 64, and 20,000 cells of them */
};

struct bd_submission {
    const struct bd_inquiry *inquiry;
    struct bd_diagnosis_limits limits;
    const char *client_key; /* the client's name of this request, 1 to 200 bytes of
                               visible ASCII; NULL: none */
    const char *digest;     /* of its body: the same name with another one is refused */
};

enum bd_session_state {
    BD_SESSION_QUEUED,
    BD_SESSION_RUNNING,
    BD_SESSION_DONE,
    BD_SESSION_FAILED, /* it could not be begun: see error */
    BD_SESSION_LEFT    /* stopped before its end; the next service goes on with it */
};
const char *bd_session_state_name(enum bd_session_state s);

/* [main] Looks for unfinished diagnoses in the storage and queues them, oldest first,
 * past the queue's bound if need be; *resumed of them. The engine must outlive it. */
int bd_service_start(struct bd_service **out, struct bd_engine *e,
                     const struct bd_service_limits *limits, int *resumed,
                     struct bd_error *err) BD_MUST_CHECK;
/* [any] From here on nothing is accepted (BD_ERR_OVERLOADED) and nothing leaves the
 * queue.
 */
void bd_service_drain(struct bd_service *s);
/* [main] Are all that ran over? Waits until monotonic until_ms at most. */
bool bd_service_drained(struct bd_service *s, int64_t until_ms);
/* [main] Leaves what still runs as it is in the storage, joins, frees. Nobody uses it or
 * a session of it from here on. NULL is fine. */
void bd_service_stop(struct bd_service *s);

/* [caller] See diagnosis.h for what that is. 0: accepted and stored, id is filled;
 * *known: the same client_key was accepted before, and it is that one's id. Errors:
 * INVALID_REQUEST (also CONFIG: a provider or key is missing), with code EEXIST for a
 * client_key that names another request; RATE_LIMITED with retry_after_ms: the queue is
 * full; STORAGE: nothing can be stored now; OVERLOADED: it is being stopped. */
int bd_service_submit(struct bd_service *s, const struct bd_submission *what, char id[40],
                      bool *known, struct bd_error *err) BD_MUST_CHECK;

/* [any] A reference, or NULL: not in memory. */
struct bd_session *bd_service_find(struct bd_service *s, const char *id);
void bd_session_unref(struct bd_session *session); /* [any]; NULL is fine */

/* [any] Ends it soon with what has come. -1 (INVALID_REQUEST): it is over. */
int bd_session_cancel(struct bd_session *session, struct bd_error *err) BD_MUST_CHECK;

struct bd_session_view {
    enum bd_session_state state;
    char id[40];
    int64_t created_ms; /* Unix milliseconds */
    int ahead;          /* queued: as many come before it */
    bool resumed;       /* it was begun by an earlier process */
    struct bd_error error;
    struct bd_progress progress; /* total only, while it is queued */
};
/* [any] rows as in bd_diagnosis_progress(); may be NULL with max 0. Returns how many. */
size_t bd_session_look(struct bd_session *session, struct bd_session_view *out,
                       struct bd_progress_row *rows, size_t max);
/* [any] What was asked; models are filled in once it runs. Lives as long as the session.
 */
const struct bd_inquiry *bd_session_inquiry(const struct bd_session *session);

/* [caller] Waits until more than `seen` cells may be shown, or the state is another one
 * than `state`, until monotonic until_ms at most. Returns how many may be. A cell may be
 * shown once it is stored, so that a crash cannot take it back; or when the storage has
 * failed, or the record is sealed. */
size_t bd_session_wait(struct bd_session *session, size_t seen,
                       enum bd_session_state state, int64_t until_ms);
/* [any] The n-th of these cells, as in the report; NULL past the last. */
json_t *bd_session_cell(struct bd_session *session, size_t n);
/* [any] Calls each(arg, key of the cell, text so far from `from` on, its bytes) for each
 * call that runs and has text; `seen` holds the bytes that were told of each cell, as
 * many as there are cells, and is moved on. */
void bd_session_texts(struct bd_session *session, uint32_t *seen,
                      void (*each)(void *arg, const char *key, const char *text,
                                   size_t n),
                      void *arg);

/* [caller] The record, once it is done; lives as long as the session. NULL before. */
const struct bd_record *bd_session_record(struct bd_session *session,
                                          const char *const **notes, size_t *note_count);

struct bd_service_stats {
    unsigned queued, running, kept;
    unsigned long long accepted, refused, finished, failed, resumed;
};
void bd_service_stats(struct bd_service *s, struct bd_service_stats *out); /* [any] */

#endif
