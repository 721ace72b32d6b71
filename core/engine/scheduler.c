/* engine/scheduler.c - lanes, queues and the order in which policies are asked. */
#include "engine/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "engine/scheduler_parts.h"

#define SOURCE         "scheduler"
#define PROBE_CHECK_MS 100 /* look again while another call tells how it went */

/* What to do once the lock is released. */
struct actions {
    struct bd_queue start, drop;
    int64_t wake_ms;
};

/* No more attempts; the breaker is kept as long as a call may still tell it something. */
static void release(struct bd_scheduler *s, struct bd_task *t)
{
    if (!t->final || t->pass[BD_PASS_FIRST].out || t->pass[BD_PASS_HEDGE].out)
        return;
    bd_breakers_unpin(s->breakers, t->breaker);
    t->breaker = NULL;
}

static void give_up(struct bd_scheduler *s, struct actions *a, struct bd_task *t,
                    enum bd_skip why)
{
    t->final = true;
    release(s, t);
    t->why = why;
    bd_queue_add(&a->drop, t);
}

static void wake_at(struct actions *a, int64_t at_ms)
{
    if (at_ms < a->wake_ms)
        a->wake_ms = at_ms;
}

/* 0: may be admitted; otherwise the time to look again, -1 if that is too late. */
static int64_t breaker_says(const struct bd_task *t, int64_t now_ms)
{
    int64_t own = bd_breaker_retry_in_ms(t->breaker, now_ms);
    int64_t lane = bd_breaker_retry_in_ms(t->lane->connection, now_ms);
    int64_t wait;

    if (own == 0 && lane == 0)
        return 0;
    wait = own > lane ? own : lane;
    if (wait <= 0)
        wait = PROBE_CHECK_MS;
    return now_ms + wait < bd_deadline_cut_ms(t->deadline) ? now_ms + wait : -1;
}

/* A slot is free, but the key's calls that are out decide first whether it is well. The
 * lane's other keys go on. */
static bool must_wait_for_news(const struct bd_lane *lane, const struct bd_task *t,
                               int64_t now_ms)
{
    return bd_breaker_doubtful(t->breaker) &&
           bd_limiter_look(&lane->limiter, bd_lane_tokens(lane, t), now_ms, NULL) ==
               BD_LIMITER_FREE;
}

/* One task of the lane: started, dropped or delayed. False when the lane is empty or
 * blocked. */
static bool serve(struct bd_scheduler *s, struct bd_lane *lane, int64_t now_ms,
                  struct actions *a)
{
    struct bd_task *t;
    int64_t at, wait_ms;

    wake_at(a, bd_lane_due(lane, now_ms));
    t = bd_queue_take(&lane->ready);
    if (!t)
        return false;
    if (lane->off) {
        give_up(s, a, t, BD_SKIP_PROVIDER_OFF);
        return true;
    }
    if (!bd_deadline_worth(t->deadline, now_ms, bd_latency_typical_ms(&lane->latency))) {
        give_up(s, a, t, BD_SKIP_DEADLINE);
        return true;
    }
    at = breaker_says(t, now_ms);
    if (at > 0)
        bd_lane_delay(lane, t, at);
    else if (at < 0)
        give_up(s, a, t, BD_SKIP_BREAKER_OPEN);
    if (at != 0)
        return true;
    if (must_wait_for_news(lane, t, now_ms)) {
        bd_lane_delay(lane, t, now_ms + PROBE_CHECK_MS);
        return true;
    }
    if (bd_limiter_take(&lane->limiter, bd_lane_tokens(lane, t), now_ms, &wait_ms)) {
        if (t->attempts == 0)
            bd_retry_budget_earn(&s->budget);
        bd_lane_admit(lane, t, &t->pass[BD_PASS_FIRST], now_ms);
        t->attempts++;
        if (lane->turn <= t->turn)
            lane->turn = t->turn + 1;
        bd_queue_add(&a->start, t);
        return true;
    }
    if (wait_ms > 0 && now_ms + wait_ms >= bd_deadline_cut_ms(t->deadline)) {
        give_up(s, a, t, BD_SKIP_RATE_LIMITED);
        return true;
    }
    bd_queue_add_first(&lane->ready, t);
    if (wait_ms > 0)
        wake_at(a, now_ms + wait_ms);
    return false;
}

/* Lock held. Lanes in turn, one task each, until none can go on. */
static void choose(struct bd_scheduler *s, int64_t now_ms, struct actions *a)
{
    bool any = true;

    while (any) {
        struct bd_lane *lane = s->turn ? s->turn : s->lanes;
        struct bd_lane *first = lane;

        any = false;
        while (lane) {
            any |= serve(s, lane, now_ms, a);
            lane = lane->next ? lane->next : s->lanes;
            if (lane == first)
                break;
        }
        s->turn = first ? first->next : NULL;
    }
    if (a->wake_ms < s->wake_ms)
        s->wake_ms = a->wake_ms; /* asked for below, once */
    else
        a->wake_ms = INT64_MAX;
}

/* Why: for a provider that is off, its own error; for an open breaker, a sentence. */
static void explain(struct bd_scheduler *s, const struct bd_task *t, enum bd_skip why,
                    struct bd_error *err)
{
    *err = (struct bd_error){0};
    if (why == BD_SKIP_PROVIDER_OFF) {
        pthread_mutex_lock(&s->lock);
        *err = t->lane->off_error;
        pthread_mutex_unlock(&s->lock);
        (void)bd_fail_in(err, "not sent");
    } else if (why == BD_SKIP_BREAKER_OPEN) {
        (void)bd_fail(err, BD_ERR_OVERLOADED, 0, "breaker",
                      "not sent: calls to %s failed again and again; it is asked again "
                      "after the breaker's recovery time",
                      t->provider);
    } else if (why == BD_SKIP_RATE_LIMITED) {
        (void)bd_fail(err, BD_ERR_RATE_LIMITED, 0, "limiter",
                      "not sent: %s allows no further call before the deadline",
                      t->provider);
    } else if (why == BD_SKIP_DEADLINE) {
        (void)bd_fail(err, BD_ERR_TIMEOUT, 0, "deadline",
                      "not sent: too little time was left when its turn came");
    }
}

static void act(struct bd_scheduler *s, struct actions *a)
{
    struct bd_task *t;

    if (a->wake_ms != INT64_MAX)
        s->hooks.wake(s->arg, a->wake_ms);
    while ((t = bd_queue_take(&a->drop))) {
        enum bd_skip why = t->why;
        struct bd_error err;

        explain(s, t, why, &err);
        s->hooks.drop(s->arg, t, why, &err);
    }
    while ((t = bd_queue_take(&a->start)))
        s->hooks.start(s->arg, t);
}

void bd_scheduler_pump(struct bd_scheduler *s, int64_t now_ms)
{
    struct actions a = {.wake_ms = INT64_MAX};

    pthread_mutex_lock(&s->lock);
    if (s->wake_ms <= now_ms)
        s->wake_ms = INT64_MAX;
    choose(s, now_ms, &a);
    pthread_mutex_unlock(&s->lock);
    act(s, &a);
}

static int attach(struct bd_scheduler *s, struct bd_task *t, struct bd_error *err)
{
    t->lane = bd__scheduler_find(s, t->provider);
    if (!t->lane)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "no lane for '%s'", t->provider);
    t->breaker = bd_breakers_pin(s->breakers, t->breaker_key, err);
    t->attempts = 0;
    t->final = false;
    memset(t->pass, 0, sizeof(t->pass));
    return t->breaker ? 0 : -1;
}

int bd_scheduler_submit(struct bd_scheduler *s, struct bd_task *const *tasks,
                        size_t count, int64_t now_ms, struct bd_error *err)
{
    size_t ready = 0;
    int rc = 0;

    pthread_mutex_lock(&s->lock);
    while (ready < count && (rc = attach(s, tasks[ready], err)) == 0)
        ready++;
    while (rc < 0 && ready > 0) /* all or none */
        bd_breakers_unpin(s->breakers, tasks[--ready]->breaker);
    for (size_t i = 0; i < ready; i++)
        bd_lane_come(tasks[i]->lane, tasks[i]);
    for (struct bd_lane *lane = s->lanes; lane; lane = lane->next)
        bd_lane_join(lane);
    pthread_mutex_unlock(&s->lock);
    if (rc == 0)
        bd_scheduler_pump(s, now_ms);
    return rc;
}

static bool try_again(struct bd_scheduler *s, struct bd_task *t,
                      const struct bd_call_end *end, int64_t now_ms)
{
    const struct bd_retry_case again = {
        .err = end->err,
        .attempts_done = t->attempts,
        .deadline = t->deadline,
        .now_ms = now_ms,
        .typical_ms = bd_latency_typical_ms(&t->lane->latency),
        .random = bd_random_u32(&s->random),
    };
    int64_t delay_ms;

    if (end->kept || t->lane->off || !bd_retry_delay(&s->retry, &again, &delay_ms) ||
        breaker_says(t, now_ms + delay_ms) < 0 ||
        (bd_retry_costs(end->err) && !end->stale && !bd_retry_budget_spend(&s->budget)))
        return false;
    bd_lane_delay(t->lane, t, now_ms + delay_ms);
    t->lane->counts.retries++;
    return true;
}

/* The end with an error in it, whatever the caller gave. */
static struct bd_call_end whole(const struct bd_call_end *end)
{
    static const struct bd_error none;
    struct bd_call_end e = *end;

    if (!e.err)
        e.err = &none;
    return e;
}

bool bd_scheduler_report(struct bd_scheduler *s, struct bd_task *t,
                         enum bd_pass_name which, const struct bd_call_end *end,
                         int64_t now_ms)
{
    const struct bd_call_end e = whole(end);
    struct actions a = {.wake_ms = INT64_MAX};
    bool again = false;

    pthread_mutex_lock(&s->lock);
    bd_lane_learn(t->lane, t, &t->pass[which], &e, now_ms);
    if (e.err->type != BD_ERR_NONE)
        again = try_again(s, t, &e, now_ms);
    t->final = !again;
    release(s, t);
    choose(s, now_ms, &a);
    pthread_mutex_unlock(&s->lock);
    act(s, &a);
    return again;
}

void bd_scheduler_settle(struct bd_scheduler *s, struct bd_task *t,
                         enum bd_pass_name which, const struct bd_call_end *end,
                         int64_t now_ms)
{
    const struct bd_call_end e = whole(end);
    struct actions a = {.wake_ms = INT64_MAX};

    pthread_mutex_lock(&s->lock);
    bd_lane_learn(t->lane, t, &t->pass[which], &e, now_ms);
    release(s, t);
    choose(s, now_ms, &a);
    pthread_mutex_unlock(&s->lock);
    act(s, &a);
}

int64_t bd_scheduler_hedge_at(struct bd_scheduler *s, const struct bd_task *t,
                              int64_t now_ms)
{
    int64_t after_ms;

    pthread_mutex_lock(&s->lock);
    after_ms = s->hedge.enabled ? bd_hedge_after_ms(&s->hedge, &t->lane->first_text) : -1;
    pthread_mutex_unlock(&s->lock);
    return after_ms < 0 ? -1 : now_ms + after_ms;
}

static bool may_hedge(struct bd_scheduler *s, const struct bd_task *t, int64_t now_ms)
{
    const struct bd_lane *lane = t->lane;

    return bd_limiter_look(&lane->limiter, bd_lane_tokens(lane, t), now_ms, NULL) ==
               BD_LIMITER_FREE &&
           t->pass[BD_PASS_FIRST].out && !t->pass[BD_PASS_HEDGE].out && !t->final &&
           !lane->off && t->breaker->state == BD_BREAKER_CLOSED &&
           lane->connection->state == BD_BREAKER_CLOSED &&
           bd_deadline_worth(t->deadline, now_ms,
                             bd_latency_typical_ms(&lane->latency)) &&
           bd_hedge_may(&s->hedge, s->budget.firsts, s->hedges, lane->limiter.out,
                        lane->limiter.allowed);
}

bool bd_scheduler_hedge(struct bd_scheduler *s, struct bd_task *t, int64_t now_ms)
{
    bool yes;

    pthread_mutex_lock(&s->lock);
    yes = may_hedge(s, t, now_ms) && bd_retry_budget_spend(&s->budget) &&
          bd_limiter_take(&t->lane->limiter, bd_lane_tokens(t->lane, t), now_ms, NULL);
    if (yes) {
        bd_lane_admit(t->lane, t, &t->pass[BD_PASS_HEDGE], now_ms);
        t->attempts++;
        t->lane->hedges++;
        s->hedges++;
    }
    pthread_mutex_unlock(&s->lock);
    return yes;
}

void bd_scheduler_withdraw(struct bd_scheduler *s, const void *group, enum bd_skip why)
{
    struct actions a = {.wake_ms = INT64_MAX};
    struct bd_queue out = {0};
    struct bd_task *t;

    pthread_mutex_lock(&s->lock);
    for (struct bd_lane *lane = s->lanes; lane; lane = lane->next)
        bd_lane_withdraw(lane, group, &out);
    while ((t = bd_queue_take(&out)))
        give_up(s, &a, t, why);
    pthread_mutex_unlock(&s->lock);
    act(s, &a);
}

int bd_scheduler_lane(struct bd_scheduler *s, const char *provider,
                      const struct bd_limiter_config *limits, struct bd_error *err)
{
    struct bd_lane *lane, **end;
    int rc = 0;

    pthread_mutex_lock(&s->lock);
    lane = bd__scheduler_find(s, provider);
    if (lane) {
        bd_limiter_configure(&lane->limiter, limits);
        lane->off = false;
    } else {
        for (end = &s->lanes; *end;)
            end = &(*end)->next;
        rc = bd_lane_new(end, provider, limits, s->breakers, err);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

int bd_scheduler_new(struct bd_scheduler **out,
                     const struct bd_scheduler_policies *policies,
                     const struct bd_scheduler_hooks *hooks, void *arg,
                     struct bd_error *err)
{
    struct bd_scheduler *s = calloc(1, sizeof(*s));

    if (!s || bd_breakers_new(&s->breakers, &policies->breaker, err) < 0) {
        free(s);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    }
    s->hooks = *hooks;
    s->arg = arg;
    s->retry = policies->retry;
    s->hedge = policies->hedge;
    pthread_mutex_init(&s->lock, NULL);
    bd_retry_budget_init(&s->budget);
    bd_random_init(&s->random, (uint64_t)(uintptr_t)s);
    s->wake_ms = INT64_MAX;
    *out = s;
    return 0;
}

void bd_scheduler_configure(struct bd_scheduler *s,
                            const struct bd_scheduler_policies *policies)
{
    pthread_mutex_lock(&s->lock);
    s->retry = policies->retry;
    s->hedge = policies->hedge;
    bd_breakers_configure(s->breakers, &policies->breaker);
    pthread_mutex_unlock(&s->lock);
}

void bd_scheduler_free(struct bd_scheduler *s)
{
    if (!s)
        return;
    while (s->lanes) {
        struct bd_lane *lane = s->lanes;

        s->lanes = lane->next;
        bd_lane_free(lane, s->breakers);
    }
    bd_breakers_free(s->breakers);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
