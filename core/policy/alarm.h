/* policy/alarm.h - when is somebody told that something is wrong, and how often?
 *
 *            on               on for hold              off
 *     ok ---------> pending ------------> firing ---------------> clearing
 *      ^               |                    ^                       |   |
 *      +------- off ---+                    +---------- on ---------+   |
 *      +------------------------- off for resolve ----------------------+
 *
 * Told are: that it fires, every `repeat` while it does, and that it is resolved. What
 * comes and goes faster than `hold` is never told; what goes and comes faster than
 * `resolve` stays one alarm.
 *
 * Values: no lock, no clock, no memory of their own. Zeroed is "ok". A time before the
 * last one counts as the last one. now_ms is monotonic. [owner] One thread at a time. */
#ifndef BD_POLICY_ALARM_H
#define BD_POLICY_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct bd_alarm_config {
    int64_t hold_ms;    /* the condition is true for so long before it is told */
    int64_t resolve_ms; /* and false for so long before it is over */
    int64_t repeat_ms;  /* told again after so long; 0 = never */
};

enum bd_alarm_state {
    BD_ALARM_OK,
    BD_ALARM_PENDING,
    BD_ALARM_FIRING,
    BD_ALARM_CLEARING /* still one that fires, for people */
};

enum bd_alarm_news {
    BD_ALARM_NOTHING,
    BD_ALARM_FIRES,
    BD_ALARM_STILL,
    BD_ALARM_RESOLVED
};

struct bd_alarm {
    enum bd_alarm_state state;
    int64_t since_ms; /* the condition came true; of the alarm that fires, or will */
    int64_t quiet_ms; /* clearing: since then false */
    int64_t told_ms;  /* firing or clearing: last told */
    int64_t last_ms;  /* the latest now_ms */
};

/* Is the condition true? What is to be told now? Called at every change and, so that
 * time alone tells something, every now and then. The time until now counts as before:
 * a condition that was on for longer than hold_ms fires, though it is off by now. */
enum bd_alarm_news bd_alarm_see(struct bd_alarm *a, const struct bd_alarm_config *config,
                                bool on, int64_t now_ms);

/* How many messages go out, of all alarms together. */
#define BD_ALARM_RATE_MOST 100

struct bd_alarm_rate {
    int64_t sent_ms[BD_ALARM_RATE_MOST]; /* the n-th at n modulo the size */
    uint64_t sent, held;                 /* ever */
    uint64_t held_told;                  /* of held, those that a message has told of */
};

/* Until one more is at most `most` (1 to BD_ALARM_RATE_MOST) in any window_ms. 0 = now.
 */
int64_t bd_alarm_rate_wait_ms(const struct bd_alarm_rate *r, int32_t most,
                              int64_t window_ms, int64_t now_ms);

/* One goes out. Returns how many were held back since the one before it. */
uint64_t bd_alarm_rate_send(struct bd_alarm_rate *r, int64_t now_ms);

/* One is held back, and is told of as a number only. */
void bd_alarm_rate_hold(struct bd_alarm_rate *r);

#endif
