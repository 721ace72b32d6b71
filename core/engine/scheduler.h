/* engine/scheduler.h - which task may call its provider now?
 *
 *   submit ─► waiting ──(policies agree)──► start() ─► running ─► report()
 *                ▲                                                  │
 *                └───────────── again, after a delay ◄──────────────┤
 *                                                                   └─► final
 *
 * One lane a provider holds what must survive a reload: limiter, breakers, latency, a
 * refused key. Asked in this order: time left, provider usable, breaker (only a look),
 * limiter, breaker (admission, last, so that a ticket never waits in a queue).
 * Lanes are served in turn, one task each, so that no provider has to wait until another
 * one's queue is empty.
 *
 * A lock guards everything; hooks are called without it. [any] but where said. */
#ifndef BD_ENGINE_SCHEDULER_H
#define BD_ENGINE_SCHEDULER_H

#include "base/fail.h"
#include "domain/cell.h"
#include "policy/breaker.h"
#include "policy/deadline.h"
#include "policy/limiter.h"
#include "policy/retry.h"

struct bd_scheduler;
struct bd_lane;

/* Embedded in the owner's object. The first block is the owner's, and constant from
 * submit until start() with a final report, or drop(). */
struct bd_task {
    const char *provider;    /* the lane */
    const char *breaker_key; /* "model:brand" */
    const struct bd_deadline *deadline;
    const void *group; /* tasks withdrawn together: the diagnosis */

    int attempts;         /* calls started, to be read by the owner after the end */
    struct bd_task *next; /* from here on the scheduler's */
    struct bd_lane *lane;
    struct bd_breaker *breaker;
    struct bd_ticket ticket, lane_ticket;
    int64_t not_before_ms;
    enum bd_skip why; /* of a drop */
};

struct bd_scheduler_hooks {
    /* Make one attempt; then bd_scheduler_report(), maybe from within. */
    void (*start)(void *arg, struct bd_task *t);
    /* The task will not be started (again): why, and the error behind it (type NONE if
     * there is none). */
    void (*drop)(void *arg, struct bd_task *t, enum bd_skip why,
                 const struct bd_error *err);
    /* Call bd_scheduler_pump() at that time, monotonic. */
    void (*wake)(void *arg, int64_t at_ms);
};

/* breaker and retry are copied. */
int bd_scheduler_new(struct bd_scheduler **out, const struct bd_breaker_config *breaker,
                     const struct bd_retry_config *retry,
                     const struct bd_scheduler_hooks *hooks, void *arg,
                     struct bd_error *err) BD_MUST_CHECK;
/* When no task is waiting or running. NULL is fine. */
void bd_scheduler_free(struct bd_scheduler *s);

/* Makes the lane, or gives it new limits; its record stays. A key that was refused is
 * given another chance. */
int bd_scheduler_lane(struct bd_scheduler *s, const char *provider,
                      const struct bd_limiter_config *limits,
                      struct bd_error *err) BD_MUST_CHECK;

/* All wait together, then as many start as may. Every task ends in exactly one drop()
 * or one report() that answers "final". Tasks must name lanes that exist. */
int bd_scheduler_submit(struct bd_scheduler *s, struct bd_task *const *tasks,
                        size_t count, int64_t now_ms, struct bd_error *err) BD_MUST_CHECK;

/* The attempt that start() began is over: err NULL or type NONE = answered. sent: did it
 * reach the provider? True: the task waits for another attempt. False: it is final. */
bool bd_scheduler_report(struct bd_scheduler *s, struct bd_task *t,
                         const struct bd_error *err, int64_t took_ms, int64_t now_ms);

/* Starts what may start now. */
void bd_scheduler_pump(struct bd_scheduler *s, int64_t now_ms);

/* Drops the waiting tasks of a group for that reason. Running ones are the owner's. */
void bd_scheduler_withdraw(struct bd_scheduler *s, const void *group, enum bd_skip why);

struct bd_lane_view { /* for progress and reports */
    int waiting, running;
    enum bd_limiter_wait wait; /* why nothing more starts */
    int64_t wait_ms;
    enum bd_breaker_state breaker; /* of the provider's connection */
    bool off;                      /* key refused or out of money */
    struct bd_error off_error;
};

/* false if there is no such lane. */
bool bd_scheduler_look(struct bd_scheduler *s, const char *provider, int64_t now_ms,
                       struct bd_lane_view *out);

#endif
