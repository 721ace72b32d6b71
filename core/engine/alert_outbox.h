/* engine/alert_outbox.h - messages on their way to the webhook, in order, one at a time.
 *
 * One at a time, so that "resolved" never arrives before "firing", and because group
 * robots take few messages a minute. One that is not taken is tried again after 1 s, 5 s
 * and 25 s; then it is given up. The first that is given up is logged, and the first that
 * is taken after; those between are counted. [main] */
#ifndef BD_ENGINE_ALERT_OUTBOX_H
#define BD_ENGINE_ALERT_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "engine/alert_message.h"
#include "policy/alarm.h"

#define BD_OUTBOX_MOST     16 /* messages, the one under way included */
#define BD_OUTBOX_ATTEMPTS 4

struct bd_http;
struct bd__outbox;

struct bd__outbox_letter { /* copied by put */
    enum bd_alarm_news news;
    enum bd_alert_format format; /* how the reply is read */
    const char *url, *body;
    bool allow_private;
    const char *ca_file; /* NULL: the system's */
};

struct bd__outbox_stats {
    uint64_t sent;    /* taken by the service */
    uint64_t failed;  /* given up after the last attempt */
    uint64_t dropped; /* for want of room or memory */
    unsigned waiting; /* now, the one under way included */
};

/* http is lent; it may be stopped before free. */
int bd__outbox_new(struct bd__outbox **out, struct bd_http *http,
                   struct bd_error *err) BD_MUST_CHECK;
/* Cancels what is under way and forgets the rest; never waits. NULL is fine. */
void bd__outbox_free(struct bd__outbox *o);
/* Forgets all that is not under way. */
void bd__outbox_clear(struct bd__outbox *o);

/* Could a message that may not be lost (BD_ALARM_RESOLVED) be put now? */
bool bd__outbox_has_room(const struct bd__outbox *o);

/* Puts one at the end. Of a full outbox the oldest repeat is dropped, else the oldest
 * that says something fires, else the new one; never one that says it is resolved. -1
 * when the new one is not in it. */
int bd__outbox_put(struct bd__outbox *o, const struct bd__outbox_letter *l);

/* Looks what came back, and sends what is due. now_ms: bd_clock_ms(). */
void bd__outbox_tick(struct bd__outbox *o, int64_t now_ms);

void bd__outbox_stats(const struct bd__outbox *o, struct bd__outbox_stats *out);

#endif
