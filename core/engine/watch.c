/* engine/watch.c - see watch.h. */
#include "engine/watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/alerts.h"
#include "engine/metrics.h"
#include "engine/parts.h"

enum { KEYS = 64 }; /* of breakers that are told at once */

static const char everyone[] = "all providers";

struct look {
    struct bd_alerts *alerts;
    int64_t now_ms;
    struct bd_open_key keys[KEYS];
    size_t key_count;
};

int bd_engine_watch(struct bd_engine *e, struct bd_error *err)
{
    return bd_alerts_new(&e->alerts, &e->current->settings.alerts, e->http, err);
}

static void look_at_lane(void *arg, const struct bd_lane_report *lane)
{
    struct look *l = arg;
    const struct bd_lane_view *v = &lane->now;
    char name[200];

    bd_alerts_set(l->alerts, BD_ALERT_PROVIDER_OFF, lane->provider, v->off,
                  v->off ? v->off_error.message : NULL, l->now_ms);
    snprintf(name, sizeof(name), "%s (connection)", lane->provider);
    bd_alerts_set(l->alerts, BD_ALERT_BREAKER_OPEN, name, v->breaker != BD_BREAKER_CLOSED,
                  NULL, l->now_ms);
}

/* A breaker that is closed again, or was dropped, is told of by nobody. */
static bool still_open(void *arg, enum bd_alert_kind kind, const char *subject)
{
    const struct look *l = arg;

    if (kind != BD_ALERT_BREAKER_OPEN || !strchr(subject, '/'))
        return true;
    for (size_t i = 0; i < l->key_count; i++)
        if (strcmp(l->keys[i].key, subject) == 0)
            return true;
    return false;
}

static void look_at_breakers(struct look *l, struct bd_engine *e)
{
    l->key_count = bd_scheduler_open_keys(e->scheduler, l->now_ms, l->keys, KEYS);
    for (size_t i = 0; i < l->key_count; i++)
        bd_alerts_set(l->alerts, BD_ALERT_BREAKER_OPEN, l->keys[i].key, true, NULL,
                      l->now_ms);
    bd_alerts_prune(l->alerts, still_open, l, l->now_ms);
    for (size_t i = 0; i < l->key_count; i++)
        free(l->keys[i].key);
}

static void look_at_figures(struct look *l, struct bd_engine *e)
{
    struct bd_vitals v;
    struct bd_alert_figures f;

    bd_engine_vitals(e, &v);
    f = (struct bd_alert_figures){
        .cells = (int64_t)v.cells,
        .answered = isnan(v.answered) ? 0 : llround(v.answered * (double)v.cells),
        .p95_ms = v.p95_ms,
    };
    bd_alerts_figures(l->alerts, everyone, &f, l->now_ms);
}

static void look_at_storage(struct look *l, struct bd_engine *e)
{
    struct bd_store_stats s;

    if (!e->store)
        return;
    bd_store_stats(e->store, &s);
    bd_alerts_set(l->alerts, BD_ALERT_STORAGE_FAILING, "", s.failing,
                  s.failing ? s.last_error.message : NULL, l->now_ms);
}

static void count_messages(struct bd_engine *e)
{
    struct bd_alerts_stats s;

    bd_alerts_stats(e->alerts, &s);
    atomic_store_explicit(&e->alerts_sent, s.sent, memory_order_relaxed);
    atomic_store_explicit(&e->alerts_failed, s.failed + s.dropped, memory_order_relaxed);
}

void bd_engine_watch_tick(struct bd_engine *e, int zombies, int64_t now_ms)
{
    struct look l = {.alerts = e->alerts, .now_ms = now_ms};

    if (!e->alerts)
        return;
    if (bd_alerts_window_ms(e->alerts) > 0) {
        bd_scheduler_each_lane(e->scheduler, now_ms, look_at_lane, &l);
        look_at_breakers(&l, e);
        look_at_figures(&l, e);
        look_at_storage(&l, e);
        bd_alerts_set(e->alerts, BD_ALERT_PLUGIN_ZOMBIE, "", zombies > 0, NULL, now_ms);
        bd_alerts_set(e->alerts, BD_ALERT_RELOAD_FAILED, "", e->reload_error.message[0],
                      e->reload_error.message, now_ms);
    }
    bd_alerts_tick(e->alerts, now_ms);
    count_messages(e);
}

void bd_engine_watch_count(const struct bd_engine *e, uint64_t *sent, uint64_t *failed)
{
    *sent = atomic_load_explicit(&e->alerts_sent, memory_order_relaxed);
    *failed = atomic_load_explicit(&e->alerts_failed, memory_order_relaxed);
}
