/* policy/retry.h - is another attempt worth it, and when?
 *
 * The only layer that retries. A retry must pass all of these:
 *
 *   kind    the error is recoverable: rate_limited, overloaded, network, protocol, and
 *           internal (this machine was short of something); timeout and empty_answer only
 *           after the first attempt (they are expensive, and rarely go away)
 *   count   at most max_retries after the first attempt
 *   time    delay + the provider's typical duration fits before the cut
 *   budget  in the whole process at most a tenth of all calls are retries of calls that
 *           the provider worked on; one that it refused to take (rate_limited) or that
 *           never left this machine (internal) multiplies nothing, and the limiter sees
 * to it that few come back at once
 *
 * The delay is "full jitter": uniform in 0..min(cap, base * 2^n). What the other side
 * asked for (Retry-After) is added below it: it is a floor, and those who were all told
 * the same time do not come back in the same instant.
 * All values; times are monotonic ms. */
#ifndef BD_POLICY_RETRY_H
#define BD_POLICY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "bd/error.h"
#include "policy/deadline.h"

struct bd_retry_config {
    int32_t max_retries; /* 0 = never */
    int64_t base_ms, cap_ms;
};

/* 2 retries, 250 ms, 4 s. */
extern const struct bd_retry_config bd_retry_default;

/* A call that failed. */
struct bd_retry_case {
    const struct bd_error *err;
    int32_t attempts_done; /* with the one that failed; 1 after the first */
    const struct bd_deadline *deadline;
    int64_t now_ms;
    int64_t typical_ms; /* bd_latency_typical_ms(), -1 if unknown */
    uint32_t random;    /* any 32 bits, bd_random_u32() */
};

/* [any] True and *delay_ms (0 or more) if the call should be tried again after that
 * delay; *delay_ms is untouched otherwise. Does not look at the budget: take from it
 * when the answer is true. */
bool bd_retry_delay(const struct bd_retry_config *config, const struct bd_retry_case *c,
                    int64_t *delay_ms);

/* Is a retry after such an error paid from the budget? */
bool bd_retry_costs(const struct bd_error *err);

/* The share of retries in the whole process, in tenths of a call: a first attempt earns
 * one tenth, a retry costs ten. Starts with 3 calls, so that a small run can retry at
 * all; never holds more than 100, so that a long calm does not pay for a storm.
 * [owner] One thread at a time, under the scheduler's lock. */
struct bd_retry_budget {
    int32_t tenths;
    uint64_t firsts, retries, refused; /* counters since init */
};

void bd_retry_budget_init(struct bd_retry_budget *b);
/* A first attempt (not a retry) is being sent. */
void bd_retry_budget_earn(struct bd_retry_budget *b);
/* True, and paid, if a retry may be sent. */
bool bd_retry_budget_spend(struct bd_retry_budget *b);

#endif
