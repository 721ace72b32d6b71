/* engine/lane.c - see lane.h. */
#include "engine/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define SOURCE "lane"

void bd_queue_add(struct bd_queue *q, struct bd_task *t)
{
    t->next = NULL;
    if (q->head)
        *q->tail = t;
    else
        q->head = t;
    q->tail = &t->next;
    q->count++;
}

void bd_queue_add_first(struct bd_queue *q, struct bd_task *t)
{
    t->next = q->head;
    if (!q->head)
        q->tail = &t->next;
    q->head = t;
    q->count++;
}

struct bd_task *bd_queue_take(struct bd_queue *q)
{
    struct bd_task *t = q->head;

    if (!t)
        return NULL;
    q->head = t->next;
    q->count--;
    t->next = NULL;
    return t;
}

int bd_lane_new(struct bd_lane **out, const char *provider,
                const struct bd_limiter_config *limits, struct bd_breakers *breakers,
                struct bd_error *err)
{
    struct bd_lane *lane = calloc(1, sizeof(*lane));
    char key[256];

    if (!lane || !(lane->provider = strdup(provider))) {
        free(lane);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    }
    snprintf(key, sizeof(key), "%s (connection)", provider);
    lane->connection = bd_breakers_pin(breakers, key, err);
    if (!lane->connection) {
        bd_lane_free(lane, breakers);
        return -1;
    }
    bd_limiter_init(&lane->limiter, limits);
    bd_latency_init(&lane->latency);
    *out = lane;
    return 0;
}

void bd_lane_free(struct bd_lane *lane, struct bd_breakers *breakers)
{
    if (!lane)
        return;
    if (lane->connection)
        bd_breakers_unpin(breakers, lane->connection);
    free(lane->provider);
    free(lane);
}

void bd_lane_delay(struct bd_lane *lane, struct bd_task *t, int64_t until_ms)
{
    struct bd_task **at = &lane->delayed;

    t->not_before_ms = until_ms;
    while (*at && (*at)->not_before_ms <= until_ms)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
    lane->delayed_count++;
}

int64_t bd_lane_due(struct bd_lane *lane, int64_t now_ms)
{
    while (lane->delayed && lane->delayed->not_before_ms <= now_ms) {
        struct bd_task *t = lane->delayed;

        lane->delayed = t->next;
        lane->delayed_count--;
        bd_queue_add_first(&lane->ready, t); /* it began before those that wait */
    }
    return lane->delayed ? lane->delayed->not_before_ms : INT64_MAX;
}

void bd_lane_withdraw(struct bd_lane *lane, const void *group, struct bd_queue *out)
{
    struct bd_queue kept = {0};
    struct bd_task *t;

    while ((t = bd_queue_take(&lane->ready)))
        bd_queue_add(t->group == group ? out : &kept, t);
    lane->ready = kept;
    for (struct bd_task **at = &lane->delayed; *at;) {
        t = *at;
        if (t->group != group) {
            at = &t->next;
            continue;
        }
        *at = t->next;
        lane->delayed_count--;
        bd_queue_add(out, t);
    }
}

/* A refused key or an empty account is refused for every task: say it once, and send
 * nothing more until the configuration changes. */
static void turn_off(struct bd_lane *lane, const struct bd_error *err)
{
    if (lane->off)
        return;
    lane->off = true;
    lane->off_error = *err;
    bd_log(BD_LOG_WARNING, SOURCE, "%s is switched off: %s (%s)", lane->provider,
           err->message, bd_error_name(err->type));
}

static void tell(struct bd_breaker *b, struct bd_ticket *ticket, enum bd_outcome outcome,
                 int64_t now_ms)
{
    uint64_t before = b->transitions;

    bd_breaker_done(b, ticket, outcome, now_ms);
    if (b->transitions != before)
        bd_log(BD_LOG_INFO, "breaker", "%s is %s: %s", bd_breakers_key(b),
               bd_breaker_state_name(b->state), bd_breaker_cause_name(b->cause));
}

void bd_lane_learn(struct bd_lane *lane, struct bd_task *t, const struct bd_error *err,
                   int64_t took_ms, int64_t now_ms)
{
    enum bd_outcome outcome = bd_breaker_outcome(err);

    tell(t->breaker, &t->ticket, outcome, now_ms);
    tell(lane->connection, &t->lane_ticket, outcome, now_ms);
    bd_limiter_give_back(&lane->limiter, now_ms);
    if (err->type == BD_ERR_NONE) {
        bd_latency_add(&lane->latency, took_ms);
        bd_limiter_succeeded(&lane->limiter);
    }
    if (err->type == BD_ERR_RATE_LIMITED)
        bd_limiter_crowded(&lane->limiter, now_ms);
    if (err->retry_after_ms > 0)
        bd_limiter_gate(&lane->limiter, now_ms + err->retry_after_ms);
    if (err->type == BD_ERR_AUTH || err->type == BD_ERR_QUOTA)
        turn_off(lane, err);
}

void bd_lane_look(const struct bd_lane *lane, int64_t now_ms, struct bd_lane_view *out)
{
    *out = (struct bd_lane_view){
        .waiting = lane->ready.count + lane->delayed_count,
        .running = lane->limiter.out,
        .breaker = bd_breaker_state(lane->connection, now_ms),
        .off = lane->off,
        .off_error = lane->off_error,
    };
    out->wait = bd_limiter_look(&lane->limiter, now_ms, &out->wait_ms);
}
