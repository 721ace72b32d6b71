/* policy/limiter.h - no more calls to a provider than it allows.
 *
 * Six limits, all of which must agree:
 *
 *   gate         closed until a time: what Retry-After asked for, or, when the provider
 *                refuses again and again and nothing succeeds in between, 1 s, 2 s, 4 s
 *   concurrency  calls under way at once; falls when the provider is crowded, to x 0.7 or
 *                to as many of the volley as it took, whichever is less; climbs back one
 *                by one while calls succeed
 *   ramp         after 10 s without a call, or at the start, the first 100 calls may run
 * at once and the rest follows evenly over ramp_ms: providers refuse a burst out of
 * nothing that they would take a second later pace         a token bucket: rpm / 60
 * tokens a second, holding at most burst = min(rpm, max(concurrency, rpm / 6)), full at
 * the start, so that a diagnosis begins at once minute       grants of the last 60 s,
 * counted by the second: with a burst on top of the pace a bucket alone would let burst +
 * rpm through in one minute; this holds it to rpm in every window of 60 s tokens       of
 * the last 60 s likewise, at most tpm: estimated when a call is let through, put right
 * when it has told what it used
 *
 * A limiter is a value: no lock, no clock, no memory of its own; now_ms is monotonic.
 * [owner] One thread at a time: the scheduler keeps one per provider under its lock. */
#ifndef BD_POLICY_LIMITER_H
#define BD_POLICY_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/window.h"

#define BD_LIMITER_RAMP_FROM 100   /* calls at once that need no ramp */
#define BD_LIMITER_COLD_MS   10000 /* without a call for so long: the ramp begins anew */

struct bd_limiter_config {
    int32_t concurrency; /* calls at once; at least 1 */
    int32_t rpm;         /* calls a minute; 0 = no limit */
    int64_t tpm;         /* tokens a minute; 0 = no limit */
    int64_t ramp_ms;     /* 0 = no ramp */
};

/* Why a call has to wait. */
enum bd_limiter_wait {
    BD_LIMITER_FREE,   /* it does not */
    BD_LIMITER_GATED,  /* the provider asked for a pause: "rate limited" */
    BD_LIMITER_PACED,  /* our own requests per minute */
    BD_LIMITER_FULL,   /* all slots are out */
    BD_LIMITER_TOKENS, /* our own tokens per minute */
    BD_LIMITER_RAMP    /* more slots open in a moment */
};

struct bd_limiter {
    struct bd_limiter_config config;
    int32_t out;        /* calls under way */
    int32_t allowed;    /* of config.concurrency, after crowding */
    int32_t successes;  /* since allowed changed */
    int64_t crowded_ms; /* when the newest volley was refused first */
    int32_t volley;     /* calls under way at that time */
    int32_t refused;    /* of them, so far */
    bool lowered;       /* because of this volley */
    int32_t share;      /* of refusals among the latest calls, 65536 = all */
    int32_t in_vain;    /* lowerings since the last success */
    int64_t gate_ms;    /* closed until then */
    int64_t used_ms;    /* last take or return: an owner may drop what is idle */
    int64_t next_us;    /* when the bucket would be full again, microseconds */
    int64_t ramp_ms;    /* when the ramp began */
    struct bd_window grants, tokens; /* of the last minute */
    uint64_t granted, gated; /* counters since init: calls let through, gates closed */
};

/* Values of config outside their range are moved into it. */
void bd_limiter_init(struct bd_limiter *l, const struct bd_limiter_config *config);
/* Other limits, same record: slots out, the gate and the last minute stay. */
void bd_limiter_configure(struct bd_limiter *l, const struct bd_limiter_config *config);

/* Takes a slot for a call that may use so many tokens (input and output; 0 = not known,
 * and not counted): true, to be given back once. On false *wait_ms (may be NULL) says
 * when to ask again: more than 0 = in so many ms, -1 = when a slot is returned. */
bool bd_limiter_take(struct bd_limiter *l, int64_t tokens, int64_t now_ms,
                     int64_t *wait_ms);
/* What the call let through at taken_ms really used, in place of what take was told. */
void bd_limiter_used(struct bd_limiter *l, int64_t taken_ms, int64_t told, int64_t used);

/* The call is over, however it went. */
void bd_limiter_give_back(struct bd_limiter *l, int64_t now_ms);
/* The call was never sent: gives back slot, pace and tokens. taken_ms and tokens are what
 * take was told. */
void bd_limiter_cancel(struct bd_limiter *l, int64_t tokens, int64_t taken_ms);

/* Closes the gate until that time. The later of two times wins: a gate is never
 * shortened. */
void bd_limiter_gate(struct bd_limiter *l, int64_t until_ms);

/* The provider is crowded (429, overloaded), says a call that was let through at taken_ms
 * and is not given back yet: fewer at once, unless no more than 5 % of the latest calls
 * were refused: a refusal now and then says nothing about how many may run. Calls that
 * were under way at a volley's first refusal only tell how many of them were taken; one
 * that was let through after it begins another volley, however soon, or calls would go on
 * as fast as they are refused. */
void bd_limiter_crowded(struct bd_limiter *l, int64_t taken_ms, int64_t now_ms);
/* A call was taken, and failed for another reason. */
void bd_limiter_took(struct bd_limiter *l);
/* A call succeeded; after as many as are allowed at once, one more is. */
void bd_limiter_succeeded(struct bd_limiter *l);

/* What take would say, changing nothing: for progress ("waiting 3 s: rate limited"). */
enum bd_limiter_wait bd_limiter_look(const struct bd_limiter *l, int64_t tokens,
                                     int64_t now_ms, int64_t *wait_ms);
/* "free" "rate limited" "requests per minute" "concurrency" "tokens per minute" "start
 * ramp" */
const char *bd_limiter_wait_name(enum bd_limiter_wait wait);

#endif
