/* engine/lane.c - see lane.h. */
#include "engine/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define SOURCE       "lane"
#define LATE_MS      1000 /* this process was not there: what it measured says nothing */
#define SILENT_MS    5000
#define SILENT_TIMES 3 /* the usual time to the first text */

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
    bd_latency_init(&lane->first_text);
    bd_histogram_init(&lane->counts.took, &bd_histogram_seconds);
    bd_histogram_init(&lane->counts.first_text, &bd_histogram_seconds);
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

void bd_lane_come(struct bd_lane *lane, struct bd_task *t)
{
    if (!lane->coming.head)
        lane->coming_turn = lane->turn;
    t->turn = lane->coming_turn++;
    bd_queue_add(&lane->coming, t);
}

void bd_lane_join(struct bd_lane *lane)
{
    struct bd_queue a = lane->ready, b = lane->coming, all = {0};

    lane->coming = (struct bd_queue){0};
    if (!b.head)
        return;
    while (a.head && b.head)
        bd_queue_add(&all, bd_queue_take(a.head->turn <= b.head->turn ? &a : &b));
    while (a.head)
        bd_queue_add(&all, bd_queue_take(&a));
    while (b.head)
        bd_queue_add(&all, bd_queue_take(&b));
    lane->ready = all;
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

/* Tells the log of each transition since `before`, in their order. */
static void watch(struct bd_lane *lane, const struct bd_breaker *b, uint64_t before)
{
    for (; before < b->transitions; before++) {
        size_t i = before % BD_BREAKER_CHANGES;

        if (b->changes[i].to == BD_BREAKER_OPEN)
            lane->opened++;
        lane->counts.turned[b->changes[i].to]++;
        bd_log(BD_LOG_INFO, "breaker", "%s is %s: %s", bd_breakers_key(b),
               bd_breaker_state_name(b->changes[i].to),
               bd_breaker_cause_name(b->changes[i].cause));
    }
}

static void tell(struct bd_lane *lane, struct bd_breaker *b, struct bd_ticket *ticket,
                 enum bd_outcome outcome, int64_t now_ms)
{
    uint64_t before = b->transitions;

    bd_breaker_done(b, ticket, outcome, now_ms);
    watch(lane, b, before);
}

static void ask(struct bd_lane *lane, struct bd_breaker *b, struct bd_ticket *ticket,
                int64_t now_ms)
{
    uint64_t before = b->transitions;

    (void)bd_breaker_allow(b, now_ms, ticket);
    watch(lane, b, before);
}

int64_t bd_lane_tokens(const struct bd_lane *lane, const struct bd_task *t)
{
    return lane->tokens > 0 ? lane->tokens : t->tokens;
}

/* Nothing but the breakers, asked last, can say no after the limiter said yes, and they
 * were looked at under the same lock. */
void bd_lane_admit(struct bd_lane *lane, struct bd_task *t, struct bd_pass *pass,
                   int64_t now_ms)
{
    *pass = (struct bd_pass){
        .taken_ms = now_ms, .tokens = bd_lane_tokens(lane, t), .out = true};
    ask(lane, t->breaker, &pass->ticket, now_ms);
    ask(lane, lane->connection, &pass->lane_ticket, now_ms);
}

/* A time-out that the diagnosis's end brought about says something about the provider
 * only if it was silent for unusually long. */
static bool was_silent(const struct bd_lane *lane, const struct bd_call_end *end)
{
    int64_t usual = bd_latency_typical_ms(&lane->first_text);

    return end->ttft_ms < 0 && end->took_ms >= SILENT_MS &&
           end->took_ms >= SILENT_TIMES * usual;
}

static enum bd_outcome outcome_of(const struct bd_lane *lane,
                                  const struct bd_call_end *end)
{
    enum bd_outcome outcome = bd_breaker_outcome(end->err);

    if (outcome != BD_OUTCOME_FAIL)
        return outcome;
    if (end->stale)
        return BD_OUTCOME_NEUTRAL;
    if (end->lag_ms > LATE_MS) /* this process stood still: its own failure */
        return BD_OUTCOME_NEUTRAL;
    if (end->err->type == BD_ERR_TIMEOUT && end->cut && !was_silent(lane, end))
        return BD_OUTCOME_NEUTRAL;
    return outcome;
}

/* One bad brand must not take the others down: a failure right after another one of the
 * same key says nothing new about the connection, unless the connection itself failed. */
static enum bd_outcome about_connection(struct bd_lane *lane, const struct bd_task *t,
                                        enum bd_outcome outcome,
                                        const struct bd_error *err)
{
    const struct bd_breaker *before = lane->failed;

    if (outcome == BD_OUTCOME_OK)
        lane->failed = NULL;
    if (outcome != BD_OUTCOME_FAIL)
        return outcome;
    lane->failed = t->breaker;
    return before == t->breaker && err->type != BD_ERR_NETWORK ? BD_OUTCOME_NEUTRAL
                                                               : outcome;
}

/* Too many at once, for the provider or for this machine. */
static bool is_crowded(const struct bd_error *err)
{
    if (err->type == BD_ERR_RATE_LIMITED)
        return true;
    if (err->type == BD_ERR_OVERLOADED)
        return err->code == 429 || err->code == 503 || err->code == 529;
    return err->type == BD_ERR_INTERNAL && err->code != 0;
}

static void learn_tokens(struct bd_lane *lane, const struct bd_pass *pass,
                         const struct bd_call_end *end)
{
    if (end->unsent || end->tokens < 0) /* not told: what was assumed stands */
        return;
    bd_limiter_used(&lane->limiter, pass->taken_ms, pass->tokens, end->tokens);
    if (end->tokens > 0)
        lane->tokens = lane->tokens ? (lane->tokens * 7 + end->tokens) / 8 : end->tokens;
}

static void learn_times(struct bd_lane *lane, const struct bd_call_end *end)
{
    bd_latency_add(&lane->latency, end->took_ms);
    bd_latency_add(&lane->first_text, end->ttft_ms >= 0 ? end->ttft_ms : end->took_ms);
    bd_limiter_succeeded(&lane->limiter);
}

static int counted_as(const struct bd_call_end *end)
{
    if (end->part)
        return BD_ATTEMPT_TRUNCATED;
    if (end->err->type == BD_ERR_NONE)
        return BD_ATTEMPT_OK;
    if (end->unsent && end->err->type == BD_ERR_CANCELLED)
        return BD_ATTEMPT_UNSENT;
    if (end->cut && end->err->type == BD_ERR_TIMEOUT)
        return BD_ATTEMPT_CUT;
    return BD_ATTEMPT_FAILED +
           (end->err->type < BD_ERR_COUNT ? end->err->type : BD_ERR_INTERNAL);
}

const char *bd_attempt_outcome_name(int outcome)
{
    static const char *const names[] = {
        [BD_ATTEMPT_OK] = "ok",
        [BD_ATTEMPT_TRUNCATED] = "truncated",
        [BD_ATTEMPT_CUT] = "cut",
        [BD_ATTEMPT_UNSENT] = "unsent",
    };

    return outcome < BD_ATTEMPT_FAILED ? names[outcome]
                                       : bd_error_name(outcome - BD_ATTEMPT_FAILED);
}

static void count_end(struct bd_lane_counts *counts, const struct bd_call_end *end)
{
    counts->ended[counted_as(end)]++;
    if (end->unsent)
        return;
    bd_histogram_add(&counts->took, (double)end->took_ms / 1000);
    if (end->ttft_ms >= 0)
        bd_histogram_add(&counts->first_text, (double)end->ttft_ms / 1000);
}

void bd_lane_learn(struct bd_lane *lane, struct bd_task *t, struct bd_pass *pass,
                   const struct bd_call_end *end, int64_t now_ms)
{
    const struct bd_error *err = end->err;
    enum bd_outcome outcome = outcome_of(lane, end);

    pass->out = false;
    count_end(&lane->counts, end);
    tell(lane, t->breaker, &pass->ticket, outcome, now_ms);
    tell(lane, lane->connection, &pass->lane_ticket,
         about_connection(lane, t, outcome, err), now_ms);
    if (is_crowded(err)) /* before its slot is back: it is one of those under way */
        bd_limiter_crowded(&lane->limiter, pass->taken_ms, now_ms);
    if (end->unsent)
        bd_limiter_cancel(&lane->limiter, pass->tokens, pass->taken_ms);
    else
        bd_limiter_give_back(&lane->limiter, now_ms);
    learn_tokens(lane, pass, end);
    if (err->type == BD_ERR_NONE)
        learn_times(lane, end);
    else if (!is_crowded(err) && !end->unsent)
        bd_limiter_took(&lane->limiter);
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
        .opened = lane->opened,
        .hedges = lane->hedges,
        .allowed = lane->limiter.allowed,
        .most = lane->limiter.config.concurrency,
        .off = lane->off,
        .off_error = lane->off_error,
    };
    if (lane->limiter.gate_ms > now_ms)
        out->gate_ms = lane->limiter.gate_ms - now_ms;
    out->wait = bd_limiter_look(&lane->limiter, lane->tokens, now_ms, &out->wait_ms);
}
