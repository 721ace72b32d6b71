/* engine/alert_board.h - what is wrong now, and what people are owed about it.
 *
 * A condition is on the board from when it comes true until people know that it is over.
 * No clock, no threads of its own. [main] */
#ifndef BD_ENGINE_ALERT_BOARD_H
#define BD_ENGINE_ALERT_BOARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "engine/alert_message.h"
#include "policy/alarm.h"

#define BD_BOARD_MOST    512
#define BD_BOARD_SUBJECT 200 /* bytes; a longer one is cut to whole characters */

struct bd__figure {
    const char *unit; /* constant; NULL: there is none */
    double value, threshold;
};

struct bd__condition {
    TAILQ_ENTRY(bd__condition) link;
    enum bd_alert_kind kind;
    char subject[BD_BOARD_SUBJECT + 1], detail[304];
    struct bd__figure figure;
    struct bd_alarm alarm;
    bool on;
    bool told;               /* people believe that it fires */
    enum bd_alarm_news owed; /* to them */
};
TAILQ_HEAD(bd__conditions, bd__condition);

struct bd__board {
    struct bd__conditions conditions; /* in the order they came */
    unsigned count;
    uint64_t dropped; /* told while the board was full, or memory short */
    bool full;        /* which was logged */
};

struct bd__report { /* how it stands with one thing */
    enum bd_alert_kind kind;
    bool on;
    const char *subject;
    const char *detail; /* NULL or "": the last one stays */
    struct bd__figure figure;
};

void bd__board_init(struct bd__board *b);
/* Takes all off; it may be used again. */
void bd__board_clear(struct bd__board *b);

/* config: of [alerts]; for what is a fact at once, its hold does not count. */
void bd__board_report(struct bd__board *b, const struct bd_alarm_config *config,
                      const struct bd__report *r, int64_t now_ms);

/* Time has passed, and `on` may have changed: what is owed now? */
void bd__board_see(struct bd__condition *c, const struct bd_alarm_config *config,
                   int64_t now_ms);

/* Takes it off if it is over and people know. */
void bd__board_sweep(struct bd__board *b, struct bd__condition *c);

/* How many fire. */
unsigned bd__board_firing(const struct bd__board *b);

#endif
