/* engine/alerts.h - tells people when something is wrong, and when it is over.
 *
 * The owner tells conditions (set, figures) as they are, as often as it likes; the same
 * again changes nothing. An alarm (policy/alarm.h) per kind and subject says when that is
 * worth a message, the rate limit whether it may go out, and the outbox sends it to the
 * webhook of [alerts]. What is over the limit is told as a number in the next message;
 * only "resolved" of what was told waits for its turn instead.
 *
 * Nothing configured: every function does nothing, and what is told is not remembered;
 * so conditions are told again after configure. No message and no log holds the address,
 * the secret or what looks like a key. [main] Times are bd_clock_ms(). */
#ifndef BD_ENGINE_ALERTS_H
#define BD_ENGINE_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "engine/alert_settings.h"

#define BD_ALERTS_MOST 512 /* conditions that hold at once; more are not looked at */

struct bd_alerts;
struct bd_http;

/* Reads address and secret; fails as bd_alert_target_read() does. http is lent; it may be
 * stopped before or after free, but no other function is called after it. */
int bd_alerts_new(struct bd_alerts **out, const struct bd_alert_settings *settings,
                  struct bd_http *http, struct bd_error *err) BD_MUST_CHECK;
/* Sends nothing more; never waits. NULL is fine. */
void bd_alerts_free(struct bd_alerts *a);

/* After a reload. What fires goes on to fire, under the new settings. -1: all is as
 * before. */
int bd_alerts_configure(struct bd_alerts *a, const struct bd_alert_settings *settings,
                        struct bd_error *err) BD_MUST_CHECK;

/* How it stands with one thing. subject: which one, like "doubao/model:brand", or "" if
 * there is only one; at most 200 bytes of it count. detail: the cause in one line, NULL
 * or
 * "" if there is none; kept until the next one. */
void bd_alerts_set(struct bd_alerts *a, enum bd_alert_kind kind, const char *subject,
                   bool on, const char *detail, int64_t now_ms);

struct bd_alert_figures { /* of one provider, over bd_alerts_window_ms() */
    int64_t cells;        /* that ended, without those that were never sent */
    int64_t answered;     /* of them */
    int64_t p95_ms;       /* of a call; -1 = not known */
};

/* success_rate and latency of a provider against the thresholds of [alerts]. Fewer cells
 * than min_cells say nothing: what fires by them is over after a while. */
void bd_alerts_figures(struct bd_alerts *a, const char *provider,
                       const struct bd_alert_figures *f, int64_t now_ms);
/* 0 when nothing is configured: nobody needs the figures. */
int64_t bd_alerts_window_ms(const struct bd_alerts *a);

/* Ends conditions that nobody will tell of again (a provider that a reload removed): all
 * of which still() says false. */
void bd_alerts_prune(struct bd_alerts *a,
                     bool (*still)(void *arg, enum bd_alert_kind kind,
                                   const char *subject),
                     void *arg, int64_t now_ms);

/* Decides, sends, and looks what came back. About once a second. */
void bd_alerts_tick(struct bd_alerts *a, int64_t now_ms);

struct bd_alerts_stats {
    uint64_t sent;      /* messages that were taken */
    uint64_t failed;    /* given up after four attempts */
    uint64_t dropped;   /* no room or memory for them, or for a condition */
    uint64_t held_back; /* by the rate limit */
    unsigned waiting;   /* messages on their way */
    unsigned firing;    /* alarms that fire now */
};

void bd_alerts_stats(const struct bd_alerts *a, struct bd_alerts_stats *out);

#endif
