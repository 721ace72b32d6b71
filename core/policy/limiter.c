/* policy/limiter.c - see limiter.h for the limits. */
#include "policy/limiter.h"

#include <stddef.h>

#define MINUTE_US     INT64_C(60000000)
#define LONG_AGO      (INT64_MIN / 2)
#define BURST_DIVISOR 6
#define RAMP_STEP_MS  10 /* not one wake-up for each slot */

#define SHARE_ONE 65536
#define CHANCE    5 /* percent of refusals that say nothing about how many run at once */

/* Refused without a success in between: gates of 1, 2, 4, 4 ... s. */
#define GATE_MS        INT64_C(1000)
#define GATE_DOUBLINGS 2

static void set_config(struct bd_limiter *l, const struct bd_limiter_config *config)
{
    l->config = *config;
    if (l->config.concurrency < 1)
        l->config.concurrency = 1;
    if (l->config.rpm < 0)
        l->config.rpm = 0;
    if (l->config.tpm < 0)
        l->config.tpm = 0;
    if (l->config.ramp_ms < 0)
        l->config.ramp_ms = 0;
}

void bd_limiter_init(struct bd_limiter *l, const struct bd_limiter_config *config)
{
    *l = (struct bd_limiter){
        .crowded_ms = LONG_AGO, .gate_ms = LONG_AGO, .used_ms = LONG_AGO};
    set_config(l, config);
    l->allowed = l->config.concurrency;
}

void bd_limiter_configure(struct bd_limiter *l, const struct bd_limiter_config *config)
{
    bool lowered = l->allowed < l->config.concurrency;

    set_config(l, config);
    if (!lowered || l->allowed > l->config.concurrency)
        l->allowed = l->config.concurrency;
}

/* The bucket as one time (GCRA): next_us is when it would be full again, each grant
 * moves it one interval on, and it may lie up to burst - 1 intervals ahead. */
static int64_t interval_us(const struct bd_limiter *l)
{
    return (MINUTE_US + l->config.rpm - 1) / l->config.rpm;
}

static int64_t burst(const struct bd_limiter *l)
{
    int32_t n = l->config.rpm / BURST_DIVISOR;

    if (n < l->config.concurrency)
        n = l->config.concurrency;
    return n < l->config.rpm ? n : l->config.rpm;
}

static int64_t bucket_wait_ms(const struct bd_limiter *l, int64_t now_ms)
{
    int64_t early = l->next_us - (burst(l) - 1) * interval_us(l) - now_ms * 1000;

    return early > 0 ? (early + 999) / 1000 : 0;
}

static int64_t pace_wait_ms(const struct bd_limiter *l, int64_t now_ms)
{
    int64_t bucket, minute;

    if (l->config.rpm == 0)
        return 0;
    bucket = bucket_wait_ms(l, now_ms);
    minute = bd_window_wait_ms(&l->grants, l->config.rpm, 1, now_ms);
    return bucket > minute ? bucket : minute;
}

/* Until one more call than those under way may run. The slots above the first open evenly
 * over the ramp; a cold limiter's ramp begins with the call that is asked for. */
static int64_t ramp_wait_ms(const struct bd_limiter *l, int64_t now_ms)
{
    int64_t above = l->out - BD_LIMITER_RAMP_FROM + 1;
    int64_t all = l->config.concurrency - BD_LIMITER_RAMP_FROM;
    int64_t at;

    if (l->config.ramp_ms == 0 || above <= 0 || all <= 0)
        return 0;
    at = l->ramp_ms + (above * l->config.ramp_ms + all - 1) / all;
    if (at <= now_ms)
        return 0;
    return at - now_ms < RAMP_STEP_MS ? RAMP_STEP_MS : at - now_ms;
}

enum bd_limiter_wait bd_limiter_look(const struct bd_limiter *l, int64_t tokens,
                                     int64_t now_ms, int64_t *wait_ms)
{
    enum bd_limiter_wait wait = BD_LIMITER_FREE;
    int64_t ms = 0;

    if (now_ms < l->gate_ms) {
        wait = BD_LIMITER_GATED;
        ms = l->gate_ms - now_ms;
    } else if (l->out >= l->allowed) {
        wait = BD_LIMITER_FULL;
        ms = -1;
    } else if ((ms = pace_wait_ms(l, now_ms)) > 0) {
        wait = BD_LIMITER_PACED;
    } else if (l->config.tpm > 0 &&
               (ms = bd_window_wait_ms(&l->tokens, l->config.tpm, tokens, now_ms)) > 0) {
        wait = BD_LIMITER_TOKENS;
    } else if ((ms = ramp_wait_ms(l, now_ms)) > 0) {
        wait = BD_LIMITER_RAMP;
    }
    if (wait_ms)
        *wait_ms = ms;
    return wait;
}

bool bd_limiter_take(struct bd_limiter *l, int64_t tokens, int64_t now_ms,
                     int64_t *wait_ms)
{
    if (bd_limiter_look(l, tokens, now_ms, wait_ms) != BD_LIMITER_FREE)
        return false;
    if (l->out == 0 && now_ms - l->used_ms >= BD_LIMITER_COLD_MS)
        l->ramp_ms = now_ms;
    l->out++;
    l->granted++;
    l->used_ms = now_ms;
    bd_window_add(&l->grants, now_ms, 1);
    bd_window_add(&l->tokens, now_ms, tokens);
    if (l->config.rpm > 0) {
        if (l->next_us < now_ms * 1000)
            l->next_us = now_ms * 1000;
        l->next_us += interval_us(l);
    }
    return true;
}

void bd_limiter_used(struct bd_limiter *l, int64_t taken_ms, int64_t told, int64_t used)
{
    bd_window_add(&l->tokens, taken_ms, used - told);
}

void bd_limiter_give_back(struct bd_limiter *l, int64_t now_ms)
{
    l->used_ms = now_ms;
    if (l->out > 0)
        l->out--;
}

void bd_limiter_cancel(struct bd_limiter *l, int64_t tokens, int64_t taken_ms)
{
    bd_limiter_give_back(l, taken_ms);
    l->granted--;
    bd_window_add(&l->grants, taken_ms, -1);
    bd_window_add(&l->tokens, taken_ms, -tokens);
    if (l->config.rpm > 0)
        l->next_us -= interval_us(l);
}

void bd_limiter_gate(struct bd_limiter *l, int64_t until_ms)
{
    l->gated++;
    if (until_ms > l->gate_ms)
        l->gate_ms = until_ms;
}

static int64_t gate_ms(int32_t in_vain)
{
    int32_t doublings = in_vain - 1;

    return GATE_MS << (doublings < GATE_DOUBLINGS ? doublings : GATE_DOUBLINGS);
}

/* The share looks back over about twice as many calls as may run, 8 to 64: with 8 at once
 * a single refusal is 6 %, with 32 or more it takes four. */
static int32_t looked_back(const struct bd_limiter *l)
{
    return l->allowed < 4 ? 8 : l->allowed > 32 ? 64 : 2 * l->allowed;
}

static void lower(struct bd_limiter *l, int64_t now_ms)
{
    l->lowered = true;
    l->successes = 0;
    l->allowed = l->allowed * 7 / 10;
    if (l->in_vain > 0)
        bd_limiter_gate(l, now_ms + gate_ms(l->in_vain));
    l->in_vain++;
}

void bd_limiter_crowded(struct bd_limiter *l, int64_t taken_ms, int64_t now_ms)
{
    int32_t taken;

    l->share += (SHARE_ONE - l->share) / looked_back(l);
    if (taken_ms > l->crowded_ms) {
        l->crowded_ms = now_ms;
        l->volley = l->out;
        l->refused = 0;
        l->lowered = false;
    }
    l->refused++;
    if (l->share <= SHARE_ONE * CHANCE / 100)
        return;
    if (!l->lowered)
        lower(l, now_ms);
    taken = l->volley - l->refused;
    if (l->allowed > taken)
        l->allowed = taken;
    if (l->allowed < 1)
        l->allowed = 1;
}

void bd_limiter_took(struct bd_limiter *l)
{
    l->share -= l->share / looked_back(l);
}

void bd_limiter_succeeded(struct bd_limiter *l)
{
    bd_limiter_took(l);
    l->in_vain = 0;
    if (l->allowed >= l->config.concurrency || ++l->successes < l->allowed)
        return;
    l->allowed++;
    l->successes = 0;
}

const char *bd_limiter_wait_name(enum bd_limiter_wait wait)
{
    static const char *const names[] = {
        [BD_LIMITER_FREE] = "free",
        [BD_LIMITER_GATED] = "rate limited",
        [BD_LIMITER_PACED] = "requests per minute",
        [BD_LIMITER_FULL] = "concurrency",
        [BD_LIMITER_TOKENS] = "tokens per minute",
        [BD_LIMITER_RAMP] = "start ramp",
    };

    return names[wait];
}
