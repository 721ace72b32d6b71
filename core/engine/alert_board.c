/* engine/alert_board.c - see alert_board.h. */
#include "engine/alert_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define SOURCE "alerts"

void bd__board_init(struct bd__board *b)
{
    *b = (struct bd__board){.count = 0};
    TAILQ_INIT(&b->conditions);
}

static void take_off(struct bd__board *b, struct bd__condition *c)
{
    TAILQ_REMOVE(&b->conditions, c, link);
    b->count--;
    b->full = false;
    free(c);
}

void bd__board_clear(struct bd__board *b)
{
    struct bd__condition *c, *next;

    for (c = TAILQ_FIRST(&b->conditions); c; c = next) {
        next = TAILQ_NEXT(c, link);
        free(c);
    }
    TAILQ_INIT(&b->conditions);
    b->count = 0;
    b->full = false;
}

static struct bd__condition *find(struct bd__board *b, enum bd_alert_kind kind,
                                  const char *subject)
{
    struct bd__condition *c;

    TAILQ_FOREACH(c, &b->conditions, link)
    if (c->kind == kind && strcmp(c->subject, subject) == 0)
        return c;
    return NULL;
}

static struct bd__condition *put_on(struct bd__board *b, enum bd_alert_kind kind,
                                    const char *subject)
{
    struct bd__condition *c = b->count < BD_BOARD_MOST ? calloc(1, sizeof(*c)) : NULL;

    if (!c) {
        b->dropped++;
        if (!b->full)
            bd_log(BD_LOG_WARNING, SOURCE,
                   "%u things are wrong at once; further ones are not looked at",
                   b->count);
        b->full = true;
        return NULL;
    }
    c->kind = kind;
    snprintf(c->subject, sizeof(c->subject), "%s", subject);
    TAILQ_INSERT_TAIL(&b->conditions, c, link);
    b->count++;
    return c;
}

/* Adds news to what people are owed. What fires again before they were told that it was
 * over has never been over for them, and what is over before they were told that it fires
 * has never been. */
static void owe(struct bd__condition *c, enum bd_alarm_news news)
{
    switch (news) {
    case BD_ALARM_NOTHING:
        break;
    case BD_ALARM_FIRES:
        c->owed = c->told ? BD_ALARM_NOTHING : BD_ALARM_FIRES;
        break;
    case BD_ALARM_STILL:
        if (c->owed == BD_ALARM_NOTHING)
            c->owed = BD_ALARM_STILL;
        break;
    case BD_ALARM_RESOLVED:
        c->owed = c->told ? BD_ALARM_RESOLVED : BD_ALARM_NOTHING;
        break;
    }
}

/* These three do not come and go by themselves. */
static bool is_fact(enum bd_alert_kind kind)
{
    return kind == BD_ALERT_PROVIDER_OFF || kind == BD_ALERT_RELOAD_FAILED ||
           kind == BD_ALERT_PLUGIN_ZOMBIE;
}

void bd__board_see(struct bd__condition *c, const struct bd_alarm_config *config,
                   int64_t now_ms)
{
    struct bd_alarm_config own = *config;

    if (is_fact(c->kind))
        own.hold_ms = 0;
    owe(c, bd_alarm_see(&c->alarm, &own, c->on, now_ms));
}

void bd__board_report(struct bd__board *b, const struct bd_alarm_config *config,
                      const struct bd__report *r, int64_t now_ms)
{
    char subject[BD_BOARD_SUBJECT + 1];
    struct bd__condition *c;

    snprintf(subject, sizeof(subject), "%.*s",
             (int)bd_text_cut(r->subject, strlen(r->subject), BD_BOARD_SUBJECT),
             r->subject);
    c = find(b, r->kind, subject);
    if (!c && r->on)
        c = put_on(b, r->kind, subject);
    if (!c)
        return;
    c->on = r->on;
    c->figure = r->figure;
    if (r->detail && r->detail[0])
        snprintf(c->detail, sizeof(c->detail), "%s", r->detail);
    bd_text_trim_partial(c->detail);
    bd__board_see(c, config, now_ms);
}

void bd__board_sweep(struct bd__board *b, struct bd__condition *c)
{
    if (c->alarm.state == BD_ALARM_OK && c->owed == BD_ALARM_NOTHING)
        take_off(b, c);
}

unsigned bd__board_firing(const struct bd__board *b)
{
    const struct bd__condition *c;
    unsigned n = 0;

    TAILQ_FOREACH(c, &b->conditions, link)
    n += c->alarm.state == BD_ALARM_FIRING || c->alarm.state == BD_ALARM_CLEARING;
    return n;
}
