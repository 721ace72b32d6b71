/* engine/alerts.c - see alerts.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "engine/alerts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/alert_board.h"
#include "engine/alert_outbox.h"
#include "engine/alert_sign.h"
#include "runtime/scrub.h"

#define SOURCE    "alerts"
#define URL_BYTES 4096 /* an address and its signature */

_Static_assert(BD_ALERTS_MOST == BD_BOARD_MOST, "the board is what has the limit");

struct bd_alerts {
    struct bd_alert_settings settings; /* its strings are not used */
    struct bd_alert_target target;
    char *ca_file, host[256];
    struct bd__board board;
    struct bd_alarm_rate rate;
    struct bd__outbox *outbox;
    uint64_t dropped; /* messages that could not be made */
};

int bd_alerts_configure(struct bd_alerts *a, const struct bd_alert_settings *settings,
                        struct bd_error *err)
{
    struct bd_alert_target target = {NULL, NULL};
    char *ca_file = settings->ca_file ? strdup(settings->ca_file) : NULL;
    const char *key;

    BD_ON(BD_MAIN);
    if (settings->ca_file && !ca_file)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    if (bd_alert_target_read(&target, settings, &key, err) < 0) {
        free(ca_file);
        return bd_fail_in(err, "[alerts]");
    }
    bd_alert_target_free(&a->target);
    free(a->ca_file);
    a->target = target;
    a->ca_file = ca_file;
    a->settings = *settings;
    if (!target.url) {
        bd__board_clear(&a->board);
        bd__outbox_clear(a->outbox);
    }
    return 0;
}

int bd_alerts_new(struct bd_alerts **out, const struct bd_alert_settings *settings,
                  struct bd_http *http, struct bd_error *err)
{
    struct bd_alerts *a = calloc(1, sizeof(*a));

    if (!a)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    bd__board_init(&a->board);
    if (bd__outbox_new(&a->outbox, http, err) < 0 ||
        bd_alerts_configure(a, settings, err) < 0) {
        bd_alerts_free(a);
        return -1;
    }
    if (gethostname(a->host, sizeof(a->host) - 1) != 0)
        a->host[0] = '\0'; /* messages do without */
    *out = a;
    return 0;
}

void bd_alerts_free(struct bd_alerts *a)
{
    if (!a)
        return;
    bd__board_clear(&a->board);
    bd__outbox_free(a->outbox);
    bd_alert_target_free(&a->target);
    free(a->ca_file);
    free(a);
}

/* What is told to us */

/* In place: one line without what looks like a key; and nothing at all if it holds the
 * address or the secret, which may look like anything. */
static void clean(const struct bd_alerts *a, struct bd_error *line, const char *detail)
{
    *line = (struct bd_error){.type = BD_ERR_INTERNAL};
    if (!detail || strstr(detail, a->target.url) ||
        (a->target.secret && strstr(detail, a->target.secret)))
        return;
    snprintf(line->message, sizeof(line->message), "%s", detail);
    bd_scrub_error(line, SOURCE);
}

void bd_alerts_set(struct bd_alerts *a, enum bd_alert_kind kind, const char *subject,
                   bool on, const char *detail, int64_t now_ms)
{
    struct bd__report r = {.kind = kind, .subject = subject, .on = on};
    struct bd_error line;

    BD_ON(BD_MAIN);
    if (!a->target.url)
        return;
    clean(a, &line, detail);
    r.detail = line.message;
    bd__board_report(&a->board, &a->settings.alarm, &r, now_ms);
}

static void say_calls(const struct bd_alerts *a, const struct bd_alert_figures *f,
                      char *out, size_t size)
{
    long long cells = f->cells, answered = f->answered;
    bool zh = a->settings.zh;

    if (f->cells < a->settings.min_cells)
        snprintf(out, size,
                 zh ? "近期仅 %lld 个单元格，不足以判断" : "%lld cells, too few to tell",
                 cells);
    else
        snprintf(out, size,
                 zh ? "近期 %lld 个单元格，%lld 个有回答" : "%lld cells, %lld answered",
                 cells, answered);
}

/* To a tenth, rounded down: 94.96 is not 95. */
static double percent(const struct bd_alert_figures *f)
{
    int64_t tenths = 1000 * f->answered / f->cells;

    return (double)tenths / 10;
}

void bd_alerts_figures(struct bd_alerts *a, const char *provider,
                       const struct bd_alert_figures *f, int64_t now_ms)
{
    const struct bd_alert_settings *s = &a->settings;
    bool enough = f->cells >= s->min_cells && f->cells > 0;
    char detail[128];
    struct bd__report r = {.subject = provider, .detail = detail};

    BD_ON(BD_MAIN);
    if (!a->target.url)
        return;
    say_calls(a, f, detail, sizeof(detail));
    r.kind = BD_ALERT_SUCCESS_RATE;
    r.on = enough && 100 * f->answered < s->success_below * f->cells;
    if (enough)
        r.figure = (struct bd__figure){"%", percent(f), s->success_below};
    bd__board_report(&a->board, &s->alarm, &r, now_ms);

    r = (struct bd__report){.subject = provider, .detail = detail};
    r.kind = BD_ALERT_LATENCY;
    r.on = enough && s->p95_above_ms > 0 && f->p95_ms > s->p95_above_ms;
    if (enough && f->p95_ms >= 0)
        r.figure = (struct bd__figure){"ms", (double)f->p95_ms, (double)s->p95_above_ms};
    bd__board_report(&a->board, &s->alarm, &r, now_ms);
}

int64_t bd_alerts_window_ms(const struct bd_alerts *a)
{
    return a->target.url ? a->settings.window_ms : 0;
}

void bd_alerts_prune(struct bd_alerts *a,
                     bool (*still)(void *arg, enum bd_alert_kind kind,
                                   const char *subject),
                     void *arg, int64_t now_ms)
{
    struct bd__condition *c;

    BD_ON(BD_MAIN);
    TAILQ_FOREACH(c, &a->board.conditions, link)
    if (c->on && !still(arg, c->kind, c->subject)) {
        c->on = false;
        bd__board_see(c, &a->settings.alarm, now_ms);
    }
}

/* What we tell */

static struct bd_alert message_of(const struct bd_alerts *a,
                                  const struct bd__condition *c)
{
    return (struct bd_alert){
        .kind = c->kind,
        .resolved = c->owed == BD_ALARM_RESOLVED,
        .again = c->owed == BD_ALARM_STILL,
        .zh = a->settings.zh,
        .subject = c->subject,
        .detail = c->detail,
        .host = a->host,
        .unit = c->figure.unit,
        .value = c->figure.value,
        .threshold = c->figure.threshold,
    };
}

static int put(struct bd_alerts *a, const struct bd__condition *c, int64_t now_ms)
{
    int64_t wall_ms = bd_clock_wall_ms();
    struct bd_alert m = message_of(a, c);
    struct bd__outbox_letter letter = {.news = c->owed,
                                       .format = a->settings.format,
                                       .allow_private = a->settings.allow_private,
                                       .ca_file = a->ca_file};
    const char *secret = a->target.secret;
    struct bd_buf url, body;
    int rc = -1;

    m.since_ms = wall_ms - (now_ms - c->alarm.since_ms);
    m.held_back = bd_alarm_rate_send(&a->rate, now_ms);
    bd_buf_init(&url, URL_BYTES);
    bd_buf_init(&body, 1 << 16);
    if (bd_alert_url(&url, letter.format, a->target.url, secret, wall_ms) == 0 &&
        bd_alert_body(&body, letter.format, &m, secret, wall_ms) == 0) {
        letter.url = url.data;
        letter.body = body.data;
        rc = bd__outbox_put(a->outbox, &letter);
    } else {
        a->dropped++;
    }
    if (url.cap)
        explicit_bzero(url.data, url.n);
    bd_buf_free(&url);
    bd_buf_free(&body);
    return rc;
}

static void tell(struct bd_alerts *a, struct bd__condition *c, int64_t now_ms)
{
    const struct bd_alert_settings *s = &a->settings;
    bool over = c->owed == BD_ALARM_RESOLVED;
    bool limited =
        bd_alarm_rate_wait_ms(&a->rate, s->max_messages, s->window_ms, now_ms) > 0;

    if (c->owed == BD_ALARM_NOTHING ||
        (over && (limited || !bd__outbox_has_room(a->outbox))))
        return; /* that it is over waits for its turn */
    if (limited)
        bd_alarm_rate_hold(&a->rate);
    else if (put(a, c, now_ms) == 0 || over)
        c->told = !over;
    c->owed = BD_ALARM_NOTHING;
}

void bd_alerts_tick(struct bd_alerts *a, int64_t now_ms)
{
    struct bd__condition *c, *next;

    BD_ON(BD_MAIN);
    for (c = TAILQ_FIRST(&a->board.conditions); c; c = next) {
        next = TAILQ_NEXT(c, link);
        bd__board_see(c, &a->settings.alarm, now_ms);
        tell(a, c, now_ms);
        bd__board_sweep(&a->board, c);
    }
    bd__outbox_tick(a->outbox, now_ms);
}

void bd_alerts_stats(const struct bd_alerts *a, struct bd_alerts_stats *out)
{
    struct bd__outbox_stats o;

    bd__outbox_stats(a->outbox, &o);
    *out = (struct bd_alerts_stats){
        .sent = o.sent,
        .failed = o.failed,
        .dropped = a->dropped + a->board.dropped + o.dropped,
        .held_back = a->rate.held,
        .waiting = o.waiting,
        .firing = bd__board_firing(&a->board),
    };
}
