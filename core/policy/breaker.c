/* policy/breaker.c - see breaker.h for the states. */
#include "policy/breaker.h"

#include <string.h>

#include "base/random.h"

const struct bd_breaker_config bd_breaker_default = {
    .threshold = 5, .half_open_max = 1, .recovery_ms = 30000, .lease_ms = 25000};

static void set_config(struct bd_breaker *b, const struct bd_breaker_config *config)
{
    b->config = *config;
    if (b->config.threshold < 1)
        b->config.threshold = 1;
    if (b->config.half_open_max < 1)
        b->config.half_open_max = 1;
    if (b->config.half_open_max > BD_BREAKER_PROBES)
        b->config.half_open_max = BD_BREAKER_PROBES;
    if (b->config.recovery_ms < 0)
        b->config.recovery_ms = 0;
    if (b->config.lease_ms < 1)
        b->config.lease_ms = 1;
    if (b->config.jitter_ms < 0)
        b->config.jitter_ms = 0;
}

void bd_breaker_init(struct bd_breaker *b, const struct bd_breaker_config *config)
{
    *b = (struct bd_breaker){.state = BD_BREAKER_CLOSED};
    set_config(b, config);
}

/* The one place where the state changes. Tickets that are out become stale, and what was
 * counted in the old state is forgotten. */
static void enter(struct bd_breaker *b, enum bd_breaker_state state,
                  enum bd_breaker_cause cause)
{
    b->state = state;
    b->cause = cause;
    b->generation++;
    b->changes[b->transitions % BD_BREAKER_CHANGES].to = state;
    b->changes[b->transitions % BD_BREAKER_CHANGES].cause = cause;
    b->transitions++;
    b->failures = 0;
    b->out = 0;
    b->probes_ok = 0;
    memset(b->probing, 0, sizeof(b->probing));
}

static void trip(struct bd_breaker *b, enum bd_breaker_cause cause, int64_t at_ms)
{
    struct bd_random r;

    enter(b, BD_BREAKER_OPEN, cause);
    b->opened_ms = at_ms;
    bd_random_init(&r, b->seed + b->generation);
    b->late_ms = (int64_t)(bd_random_next(&r) % (uint64_t)(b->config.jitter_ms + 1));
}

/* A probe whose lease ran out failed when it ran out, however late we notice: the
 * recovery time counts from then. */
static void settle(struct bd_breaker *b, int64_t now_ms)
{
    int64_t first = INT64_MAX;

    if (b->state != BD_BREAKER_HALF_OPEN)
        return;
    for (int i = 0; i < BD_BREAKER_PROBES; i++)
        if (b->probing[i] && b->lease_end_ms[i] < first)
            first = b->lease_end_ms[i];
    if (first <= now_ms)
        trip(b, BD_BREAKER_PROBE_LOST, first);
}

static void close_if_proven(struct bd_breaker *b)
{
    if (b->state == BD_BREAKER_HALF_OPEN && b->probes_ok >= b->config.half_open_max)
        enter(b, BD_BREAKER_CLOSED, BD_BREAKER_PROBE_OK);
}

void bd_breaker_configure(struct bd_breaker *b, const struct bd_breaker_config *config)
{
    set_config(b, config);
    close_if_proven(b); /* no further probe would be admitted to do it */
}

/* A slot for one more probe; -1 if enough are under way or have succeeded. */
static int free_slot(const struct bd_breaker *b)
{
    int used = b->probes_ok, slot = -1;

    for (int i = 0; i < BD_BREAKER_PROBES; i++) {
        used += b->probing[i];
        if (!b->probing[i] && slot < 0)
            slot = i;
    }
    return used < b->config.half_open_max ? slot : -1;
}

/* Two threads may have read the clock before they took the lock, in the other order:
 * a time before the opening is the opening. */
static int64_t until_recovery(const struct bd_breaker *b, int64_t now_ms)
{
    int64_t gone = now_ms > b->opened_ms ? now_ms - b->opened_ms : 0;
    int64_t closed_for = b->config.recovery_ms + b->late_ms;

    return gone < closed_for ? closed_for - gone : 0;
}

static bool reject(struct bd_breaker *b)
{
    b->rejected++;
    return false;
}

bool bd_breaker_allow(struct bd_breaker *b, int64_t now_ms, struct bd_ticket *out)
{
    int slot = -1;

    *out = (struct bd_ticket){.slot = -1};
    settle(b, now_ms);
    if (b->state == BD_BREAKER_OPEN) {
        if (until_recovery(b, now_ms) > 0)
            return reject(b);
        enter(b, BD_BREAKER_HALF_OPEN, BD_BREAKER_RECOVERY);
    }
    if (b->state == BD_BREAKER_HALF_OPEN) { /* who opened the door is a probe, too */
        slot = free_slot(b);
        if (slot < 0)
            return reject(b);
        b->probing[slot] = true;
        b->lease_end_ms[slot] = now_ms + b->config.lease_ms;
    }
    b->out += slot < 0;
    *out = (struct bd_ticket){
        .generation = b->generation, .slot = (int8_t)slot, .open = true};
    return true;
}

static void done_closed(struct bd_breaker *b, enum bd_outcome outcome, int64_t now_ms)
{
    b->out--;
    if (outcome == BD_OUTCOME_OK)
        b->failures = 0;
    else if (outcome == BD_OUTCOME_FAIL && ++b->failures >= b->config.threshold)
        trip(b, BD_BREAKER_FAILURES, now_ms);
}

static void done_probe(struct bd_breaker *b, int slot, enum bd_outcome outcome,
                       int64_t now_ms)
{
    b->probing[slot] = false;
    if (outcome == BD_OUTCOME_OK)
        b->probes_ok++;
    else if (outcome == BD_OUTCOME_FAIL)
        trip(b, BD_BREAKER_PROBE_FAILED, now_ms);
    close_if_proven(b);
}

void bd_breaker_done(struct bd_breaker *b, struct bd_ticket *t, enum bd_outcome outcome,
                     int64_t now_ms)
{
    if (!t->open)
        return;
    t->open = false;
    settle(b, now_ms);
    if (t->generation != b->generation) {
        b->stale++;
        return;
    }
    b->outcomes[outcome]++;
    if (t->slot < 0)
        done_closed(b, outcome, now_ms);
    else
        done_probe(b, t->slot, outcome, now_ms);
}

enum bd_breaker_state bd_breaker_state(const struct bd_breaker *b, int64_t now_ms)
{
    struct bd_breaker then = *b;

    settle(&then, now_ms);
    return then.state;
}

bool bd_breaker_doubtful(const struct bd_breaker *b)
{
    return b->state == BD_BREAKER_CLOSED && b->failures > 0 &&
           b->out >= b->config.threshold - b->failures;
}

int64_t bd_breaker_retry_in_ms(const struct bd_breaker *b, int64_t now_ms)
{
    struct bd_breaker then = *b;

    settle(&then, now_ms);
    if (then.state == BD_BREAKER_OPEN)
        return until_recovery(&then, now_ms);
    return then.state == BD_BREAKER_HALF_OPEN && free_slot(&then) < 0 ? -1 : 0;
}

/* No default: a new error type makes the compiler ask what it says. */
static enum bd_outcome outcome_of(enum bd_error_type type)
{
    switch (type) {
    case BD_ERR_NONE:
    case BD_ERR_CONTENT_FILTERED:
        return BD_OUTCOME_OK;
    case BD_ERR_OVERLOADED:
    case BD_ERR_TIMEOUT:
    case BD_ERR_EMPTY_ANSWER:
    case BD_ERR_NETWORK:
    case BD_ERR_TOO_LARGE:
    case BD_ERR_PROTOCOL:
        return BD_OUTCOME_FAIL;
    case BD_ERR_AUTH:
    case BD_ERR_QUOTA:
    case BD_ERR_RATE_LIMITED:
    case BD_ERR_INVALID_REQUEST:
    case BD_ERR_MODEL_NOT_FOUND:
    case BD_ERR_CANCELLED:
    case BD_ERR_CONFIG:
    case BD_ERR_PLUGIN:
    case BD_ERR_STORAGE:
    case BD_ERR_INTERNAL:
    case BD_ERR_COUNT:
        break;
    }
    return BD_OUTCOME_NEUTRAL;
}

enum bd_outcome bd_breaker_outcome(const struct bd_error *err)
{
    return err ? outcome_of((enum bd_error_type)err->type) : BD_OUTCOME_OK;
}

const char *bd_breaker_state_name(enum bd_breaker_state state)
{
    static const char *const names[] = {"closed", "open", "half_open"};

    return names[state];
}

const char *bd_breaker_cause_name(enum bd_breaker_cause cause)
{
    static const char *const names[] = {
        [BD_BREAKER_NEW] = "new",
        [BD_BREAKER_FAILURES] = "too many failures in a row",
        [BD_BREAKER_RECOVERY] = "recovery time over",
        [BD_BREAKER_PROBE_OK] = "probe succeeded",
        [BD_BREAKER_PROBE_FAILED] = "probe failed",
        [BD_BREAKER_PROBE_LOST] = "probe lost",
    };

    return names[cause];
}
