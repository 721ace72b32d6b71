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
 * A running task may have two calls: its own, and a hedge. Each has a pass (the slot and
 * the tickets it was admitted with), and each pass is given back once: by report() with
 * the call that decides what becomes of the task, by settle() with the other one.
 *
 * A lock guards everything; hooks are called without it. [any] but where said. */
#ifndef BD_ENGINE_SCHEDULER_H
#define BD_ENGINE_SCHEDULER_H

#include "base/fail.h"
#include "domain/cell.h"
#include "engine/breakers.h"
#include "policy/deadline.h"
#include "policy/hedge.h"
#include "policy/histogram.h"
#include "policy/limiter.h"
#include "policy/retry.h"

struct bd_scheduler;
struct bd_lane;

enum bd_pass_name { BD_PASS_FIRST, BD_PASS_HEDGE, BD_PASS_COUNT };

struct bd_pass { /* the right to make one call */
    struct bd_ticket ticket, lane_ticket;
    int64_t taken_ms, tokens; /* when, and for how many tokens the limiter let it go */
    bool out;
};

/* Embedded in the owner's object. The first block is the owner's, and constant from
 * submit until start() with a final report, or drop(). */
struct bd_task {
    const char *provider;    /* the lane */
    const char *breaker_key; /* "provider/model:brand", see keys_open */
    const struct bd_deadline *deadline;
    const void *group; /* tasks withdrawn together: the diagnosis */
    int64_t tokens;    /* at most, of one call, input and output; 0 = unknown */

    int attempts;         /* calls started, to be read by the owner after the end */
    struct bd_task *next; /* from here on the scheduler's */
    struct bd_lane *lane;
    struct bd_breaker *breaker; /* pinned until the task is final and has no pass out */
    struct bd_pass pass[BD_PASS_COUNT];
    int64_t not_before_ms, turn;
    enum bd_skip why; /* of a drop */
    bool final;
};

/* How a call ended. */
struct bd_call_end {
    const struct bd_error *err; /* NULL or type NONE = answered */
    int64_t took_ms;
    int64_t ttft_ms; /* until its first text, -1 = none came */
    int64_t tokens;  /* used, as told; -1 = not told */
    int64_t lag_ms;  /* this process was late by so much while the call ran */
    bool stale;      /* a kept-alive connection was found closed: nobody's failure */
    bool unsent;     /* no byte of it left this machine */
    bool kept;       /* it failed, but its text is kept: no other attempt is worth it */
    bool cut;        /* its limit was the diagnosis's, not its own time-out */
    bool part;       /* there is an answer of it that is not whole; only counted */
};

/* What became of an attempt, for counting: one of these, or BD_ATTEMPT_FAILED + the type
 * of its error. */
enum bd_attempt_outcome {
    BD_ATTEMPT_OK,        /* a whole answer */
    BD_ATTEMPT_TRUNCATED, /* part of one, cut by its length or by time */
    BD_ATTEMPT_CUT,       /* nothing by the end of the diagnosis, earlier than its own
                             time-out */
    BD_ATTEMPT_UNSENT,    /* given up before a byte had left this machine */
    BD_ATTEMPT_FAILED,
    BD_ATTEMPT_COUNT = BD_ATTEMPT_FAILED + BD_ERR_COUNT
};
/* "ok" "truncated" "cut" "unsent", or the name of the error's type */
const char *bd_attempt_outcome_name(int outcome);

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

struct bd_scheduler_policies {
    struct bd_breaker_config breaker;
    struct bd_retry_config retry;
    struct bd_hedge_config hedge;
};

/* The policies and hooks are copied. */
int bd_scheduler_new(struct bd_scheduler **out,
                     const struct bd_scheduler_policies *policies,
                     const struct bd_scheduler_hooks *hooks, void *arg,
                     struct bd_error *err) BD_MUST_CHECK;
/* Other policies from here on; breakers keep their states. */
void bd_scheduler_configure(struct bd_scheduler *s,
                            const struct bd_scheduler_policies *policies);
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

/* The call that decides is over. True: the task waits for another attempt. False: it is
 * final. */
bool bd_scheduler_report(struct bd_scheduler *s, struct bd_task *t,
                         enum bd_pass_name which, const struct bd_call_end *end,
                         int64_t now_ms);
/* The other call is over. */
void bd_scheduler_settle(struct bd_scheduler *s, struct bd_task *t,
                         enum bd_pass_name which, const struct bd_call_end *end,
                         int64_t now_ms);

/* When to look whether a call that starts now wants a hedge, monotonic; -1 = never. */
int64_t bd_scheduler_hedge_at(struct bd_scheduler *s, const struct bd_task *t,
                              int64_t now_ms);
/* May the task, which has its first call out, make a second one? True: it has the second
 * pass. Nothing is started here, no hook is called. */
bool bd_scheduler_hedge(struct bd_scheduler *s, struct bd_task *t, int64_t now_ms);

/* Starts what may start now. */
void bd_scheduler_pump(struct bd_scheduler *s, int64_t now_ms);

/* Drops the waiting tasks of a group for that reason. Running ones are the owner's. */
void bd_scheduler_withdraw(struct bd_scheduler *s, const void *group, enum bd_skip why);

struct bd_lane_view { /* for progress and reports */
    int waiting, running;
    enum bd_limiter_wait wait; /* why nothing more starts */
    int64_t wait_ms;
    enum bd_breaker_state breaker; /* of the provider's connection */
    int keys_open;   /* breakers of its models and brands that are not closed */
    uint64_t opened; /* how often any breaker of it opened, ever */
    uint64_t hedges; /* second calls, ever */
    int allowed;     /* calls at once, by what the provider took so far */
    int most;        /* calls at once, by the configuration */
    int64_t gate_ms; /* until the pause that the provider asked for is over; 0 = none */
    bool off;        /* key refused or out of money */
    struct bd_error off_error;
};

/* false if there is no such lane. */
bool bd_scheduler_look(struct bd_scheduler *s, const char *provider, int64_t now_ms,
                       struct bd_lane_view *out);

struct bd_lane_counts { /* since the lane was made */
    uint64_t ended[BD_ATTEMPT_COUNT];
    uint64_t retries;
    uint64_t turned[BD_BREAKER_HALF_OPEN + 1]; /* breakers that went into that state */
    struct bd_histogram took, first_text;      /* seconds, of attempts that were sent */
};

struct bd_lane_report {   /* a copy, but for the name */
    const char *provider; /* lives as long as the scheduler */
    struct bd_lane_view now;
    struct bd_lane_counts ever;
};

/* Tells of each lane, in the order they were made; each is a snapshot of its own. fn is
 * called without the lock. */
void bd_scheduler_each_lane(struct bd_scheduler *s, int64_t now_ms,
                            void (*fn)(void *arg, const struct bd_lane_report *lane),
                            void *arg);

/* See bd_breakers_open_keys(). */
size_t bd_scheduler_open_keys(struct bd_scheduler *s, int64_t now_ms,
                              struct bd_open_key *out, size_t most);

#endif
