/* policy/limiter.c - see limiter.h for the four limits. */
#include "policy/limiter.h"

#include <stddef.h>

#define MINUTE_US     INT64_C(60000000)
#define VOLLEY_MS     1000 /* answers "crowded" within it are one event */
#define LONG_AGO      (INT64_MIN / 2)
#define BURST_DIVISOR 6

static void set_config(struct bd_limiter *l, const struct bd_limiter_config *config)
{
    l->config = *config;
    if (l->config.concurrency < 1)
        l->config.concurrency = 1;
    if (l->config.rpm < 0)
        l->config.rpm = 0;
}

void bd_limiter_init(struct bd_limiter *l, const struct bd_limiter_config *config)
{
    *l = (struct bd_limiter){.crowded_ms = LONG_AGO, .gate_ms = LONG_AGO};
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

/* Until the grants of the last minute are fewer than rpm. A grant counts until its whole
 * second is 60 s ago, so no window of 60 s, wherever it begins, holds more. */
static int64_t minute_wait_ms(const struct bd_limiter *l, int64_t now_ms)
{
    int64_t from = now_ms / 1000 - (BD_LIMITER_SECONDS - 1), s;
    int64_t oldest = l->second - (BD_LIMITER_SECONDS - 1), sum = 0;

    if (from < oldest)
        from = oldest;
    for (s = from; s <= l->second; s++)
        if (s >= 0)
            sum += l->grants[s % BD_LIMITER_SECONDS];
    if (sum < l->config.rpm)
        return 0;
    for (s = from; s <= l->second && sum >= l->config.rpm; s++)
        if (s >= 0)
            sum -= l->grants[s % BD_LIMITER_SECONDS];
    return (s - 1 + BD_LIMITER_SECONDS) * 1000 - now_ms;
}

static int64_t pace_wait_ms(const struct bd_limiter *l, int64_t now_ms)
{
    int64_t bucket, minute;

    if (l->config.rpm == 0)
        return 0;
    bucket = bucket_wait_ms(l, now_ms);
    minute = minute_wait_ms(l, now_ms);
    return bucket > minute ? bucket : minute;
}

enum bd_limiter_wait bd_limiter_look(const struct bd_limiter *l, int64_t now_ms,
                                     int64_t *wait_ms)
{
    enum bd_limiter_wait wait = BD_LIMITER_FREE;
    int64_t ms = 0;

    if (now_ms < l->gate_ms) {
        wait = BD_LIMITER_GATED;
        ms = l->gate_ms - now_ms;
    } else if (l->out >= l->allowed) {
        wait = BD_LIMITER_FULL;
        ms = -1;
    } else {
        ms = pace_wait_ms(l, now_ms);
        if (ms > 0)
            wait = BD_LIMITER_PACED;
    }
    if (wait_ms)
        *wait_ms = ms;
    return wait;
}

/* Forgets the seconds that have left the window. */
static void advance(struct bd_limiter *l, int64_t now_ms)
{
    int64_t second = now_ms / 1000, from = l->second + 1;

    if (second <= l->second) /* a clock read before the lock: count in the newest */
        return;
    if (from <= second - BD_LIMITER_SECONDS)
        from = second - BD_LIMITER_SECONDS + 1;
    for (int64_t s = from; s <= second; s++)
        l->grants[s % BD_LIMITER_SECONDS] = 0;
    l->second = second;
}

bool bd_limiter_take(struct bd_limiter *l, int64_t now_ms, int64_t *wait_ms)
{
    if (bd_limiter_look(l, now_ms, wait_ms) != BD_LIMITER_FREE)
        return false;
    l->out++;
    l->granted++;
    l->used_ms = now_ms;
    advance(l, now_ms);
    l->grants[l->second % BD_LIMITER_SECONDS]++;
    if (l->config.rpm > 0) {
        if (l->next_us < now_ms * 1000)
            l->next_us = now_ms * 1000;
        l->next_us += interval_us(l);
    }
    return true;
}

void bd_limiter_give_back(struct bd_limiter *l, int64_t now_ms)
{
    l->used_ms = now_ms;
    if (l->out > 0)
        l->out--;
}

void bd_limiter_cancel(struct bd_limiter *l, int64_t taken_ms)
{
    int64_t second = taken_ms / 1000;
    int32_t *grants = &l->grants[second % BD_LIMITER_SECONDS];

    bd_limiter_give_back(l, taken_ms);
    l->granted--;
    if (second <= l->second && l->second - second<BD_LIMITER_SECONDS && * grants> 0)
        --*grants;
    if (l->config.rpm > 0)
        l->next_us -= interval_us(l);
}

void bd_limiter_gate(struct bd_limiter *l, int64_t until_ms)
{
    l->gated++;
    if (until_ms > l->gate_ms)
        l->gate_ms = until_ms;
}

void bd_limiter_crowded(struct bd_limiter *l, int64_t now_ms)
{
    if (now_ms - l->crowded_ms < VOLLEY_MS)
        return;
    l->crowded_ms = now_ms;
    l->successes = 0;
    l->allowed = l->allowed * 7 / 10;
    if (l->allowed < 1)
        l->allowed = 1;
}

void bd_limiter_succeeded(struct bd_limiter *l)
{
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
    };

    return names[wait];
}
