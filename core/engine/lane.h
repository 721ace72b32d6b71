/* engine/lane.h - one provider's queue and what is known about the provider.
 *
 * ready: may start as soon as the policies agree, in the order of their turns: the n-th
 * task of a diagnosis comes with the n-th of the others that wait, so that a large one
 * does not starve a small one that comes later. delayed: not before a time (retries, open
 * breakers), sorted. The rest (limiter, breaker of the
 * connection, latency, a refused key) outlives every diagnosis and every reload.
 * [owner] Guarded by the scheduler's lock. */
#ifndef BD_ENGINE_LANE_H
#define BD_ENGINE_LANE_H

#include "engine/breakers.h"
#include "engine/scheduler.h"
#include "policy/latency.h"

struct bd_queue { /* of tasks, linked by their `next` */
    struct bd_task *head, **tail;
    int count;
};

void bd_queue_add(struct bd_queue *q, struct bd_task *t);
void bd_queue_add_first(struct bd_queue *q, struct bd_task *t);
struct bd_task *bd_queue_take(struct bd_queue *q); /* NULL if empty */

struct bd_lane {
    struct bd_lane *next;
    char *provider;
    struct bd_limiter limiter;
    struct bd_breaker *connection;   /* counts every call to this provider */
    const struct bd_breaker *failed; /* whose call failed last, NULL after an answer; only
                                        compared, it may be gone */
    struct bd_latency latency, first_text;
    int64_t tokens; /* of a call, a moving mean; 0 = none told yet */
    struct bd_queue ready;
    struct bd_queue coming;    /* of a submission, until bd_lane_join() */
    int64_t turn, coming_turn; /* of the last task that was served; of the next to come */
    struct bd_task *delayed;
    int delayed_count;
    uint64_t opened, hedges; /* since the lane was made */
    struct bd_lane_counts counts;
    bool off; /* key refused or out of money: nothing more is sent */
    struct bd_error off_error;
};

int bd_lane_new(struct bd_lane **out, const char *provider,
                const struct bd_limiter_config *limits, struct bd_breakers *breakers,
                struct bd_error *err) BD_MUST_CHECK;
void bd_lane_free(struct bd_lane *lane, struct bd_breakers *breakers);

/* A task of the submission that is being taken in: first come, then all join. */
void bd_lane_come(struct bd_lane *lane, struct bd_task *t);
void bd_lane_join(struct bd_lane *lane);

void bd_lane_delay(struct bd_lane *lane, struct bd_task *t, int64_t until_ms);
/* Moves what is due to ready. Returns when the next is, INT64_MAX if none waits. */
int64_t bd_lane_due(struct bd_lane *lane, int64_t now_ms);
/* Moves every waiting task of the group to out. */
void bd_lane_withdraw(struct bd_lane *lane, const void *group, struct bd_queue *out);

/* How many tokens a call of the task will use: what the lane has seen, else the task's
 * own figure. */
int64_t bd_lane_tokens(const struct bd_lane *lane, const struct bd_task *t);

/* Gives the pass its tickets; the limiter has let it go. */
void bd_lane_admit(struct bd_lane *lane, struct bd_task *t, struct bd_pass *pass,
                   int64_t now_ms);

/* What a call taught about the provider. Gives back the limiter's slot and closes the
 * pass. */
void bd_lane_learn(struct bd_lane *lane, struct bd_task *t, struct bd_pass *pass,
                   const struct bd_call_end *end, int64_t now_ms);

/* keys_open is the caller's to fill. */
void bd_lane_look(const struct bd_lane *lane, int64_t now_ms, struct bd_lane_view *out);

#endif
