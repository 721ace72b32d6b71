/* policy/alarm.c - see alarm.h for the states. */
#include "policy/alarm.h"

static enum bd_alarm_news fire(struct bd_alarm *a, int64_t now_ms)
{
    a->state = BD_ALARM_FIRING;
    a->told_ms = now_ms;
    return BD_ALARM_FIRES;
}

/* What time alone has done, the condition being as it was last seen. */
static enum bd_alarm_news pass(struct bd_alarm *a, const struct bd_alarm_config *c,
                               int64_t now_ms)
{
    switch (a->state) {
    case BD_ALARM_OK:
        break;
    case BD_ALARM_PENDING:
        if (now_ms - a->since_ms >= c->hold_ms)
            return fire(a, now_ms);
        break;
    case BD_ALARM_FIRING:
        if (c->repeat_ms > 0 && now_ms - a->told_ms >= c->repeat_ms) {
            a->told_ms = now_ms;
            return BD_ALARM_STILL;
        }
        break;
    case BD_ALARM_CLEARING:
        if (now_ms - a->quiet_ms >= c->resolve_ms) {
            a->state = BD_ALARM_OK;
            return BD_ALARM_RESOLVED;
        }
        break;
    }
    return BD_ALARM_NOTHING;
}

static void turn(struct bd_alarm *a, bool on, int64_t now_ms)
{
    switch (a->state) {
    case BD_ALARM_OK:
        if (on) {
            a->state = BD_ALARM_PENDING;
            a->since_ms = now_ms;
        }
        break;
    case BD_ALARM_PENDING:
        if (!on)
            a->state = BD_ALARM_OK;
        break;
    case BD_ALARM_FIRING:
        if (!on) {
            a->state = BD_ALARM_CLEARING;
            a->quiet_ms = now_ms;
        }
        break;
    case BD_ALARM_CLEARING:
        if (on)
            a->state = BD_ALARM_FIRING;
        break;
    }
}

enum bd_alarm_news bd_alarm_see(struct bd_alarm *a, const struct bd_alarm_config *config,
                                bool on, int64_t now_ms)
{
    enum bd_alarm_state before = a->state;
    enum bd_alarm_news news;

    if (before != BD_ALARM_OK && now_ms < a->last_ms)
        now_ms = a->last_ms;
    a->last_ms = now_ms;
    news = pass(a, config, now_ms);
    turn(a, on, now_ms);
    /* Without a hold, what has just come is told at once. */
    if (before == BD_ALARM_OK && a->state == BD_ALARM_PENDING)
        news = pass(a, config, now_ms);
    return news;
}

int64_t bd_alarm_rate_wait_ms(const struct bd_alarm_rate *r, int32_t most,
                              int64_t window_ms, int64_t now_ms)
{
    int64_t oldest, until;

    if (most > BD_ALARM_RATE_MOST)
        most = BD_ALARM_RATE_MOST;
    if (most < 1)
        most = 1;
    if (r->sent < (uint64_t)most)
        return 0;
    oldest = r->sent_ms[(r->sent - (uint64_t)most) % BD_ALARM_RATE_MOST];
    until = oldest + window_ms;
    return until > now_ms ? until - now_ms : 0;
}

uint64_t bd_alarm_rate_send(struct bd_alarm_rate *r, int64_t now_ms)
{
    uint64_t held = r->held - r->held_told;

    r->sent_ms[r->sent++ % BD_ALARM_RATE_MOST] = now_ms;
    r->held_told = r->held;
    return held;
}

void bd_alarm_rate_hold(struct bd_alarm_rate *r)
{
    r->held++;
}
