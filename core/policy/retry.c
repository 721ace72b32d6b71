/* policy/retry.c - see retry.h for the four tests. */
#include "policy/retry.h"

#define CALL      10 /* tenths */
#define START     (3 * CALL)
#define MOST      (100 * CALL)
#define MOST_STEP 30 /* doublings: keeps the shift within 64 bits */

const struct bd_retry_config bd_retry_default = {
    .max_retries = 2, .base_ms = 250, .cap_ms = 4000};

/* How often a call may be repeated after such an error. One of this machine (out of
 * files, ports, memory) is repeated too: what is short now is given back by the calls
 * that end. */
static int32_t repeats(const struct bd_error *err, int32_t max_retries)
{
    if (!err->recoverable)
        return 0;
    switch (err->type) {
    case BD_ERR_RATE_LIMITED:
    case BD_ERR_OVERLOADED:
    case BD_ERR_NETWORK:
    case BD_ERR_PROTOCOL:
    case BD_ERR_INTERNAL:
        return max_retries;
    case BD_ERR_TIMEOUT:
    case BD_ERR_EMPTY_ANSWER:
        return max_retries < 1 ? max_retries : 1;
    default:
        return 0;
    }
}

static int64_t jitter_ms(const struct bd_retry_config *config, int32_t step,
                         uint32_t random)
{
    int64_t top = config->base_ms;

    for (int32_t i = 0; i < step && i < MOST_STEP && top < config->cap_ms; i++)
        top *= 2;
    if (top > config->cap_ms)
        top = config->cap_ms;
    if (top <= 0)
        return 0;
    return (int64_t)(((uint64_t)random * (uint64_t)(top + 1)) >> 32);
}

bool bd_retry_delay(const struct bd_retry_config *config, const struct bd_retry_case *c,
                    int64_t *delay_ms)
{
    int64_t delay, needed = c->typical_ms;

    if (c->attempts_done < 1 || c->attempts_done > repeats(c->err, config->max_retries))
        return false;
    delay = jitter_ms(config, c->attempts_done - 1, c->random);
    if (c->err->retry_after_ms > 0)
        delay += c->err->retry_after_ms;
    if (needed < BD_DEADLINE_LEAST_MS)
        needed = BD_DEADLINE_LEAST_MS;
    if (bd_deadline_left_ms(c->deadline, c->now_ms) < delay + needed)
        return false;
    *delay_ms = delay;
    return true;
}

bool bd_retry_costs(const struct bd_error *err)
{
    return err->type != BD_ERR_RATE_LIMITED && err->type != BD_ERR_INTERNAL;
}

void bd_retry_budget_init(struct bd_retry_budget *b)
{
    *b = (struct bd_retry_budget){.tenths = START};
}

void bd_retry_budget_earn(struct bd_retry_budget *b)
{
    b->firsts++;
    if (b->tenths < MOST)
        b->tenths++;
}

bool bd_retry_budget_spend(struct bd_retry_budget *b)
{
    if (b->tenths < CALL) {
        b->refused++;
        return false;
    }
    b->tenths -= CALL;
    b->retries++;
    return true;
}
