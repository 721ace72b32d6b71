/* face/api_admin.c - how the server is, and what an operator asks of it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/exposition.h"
#include "engine/metrics.h"
#include "engine/watch.h"
#include "face/api.h"

#define METRICS_LIMIT ((size_t)16 << 20)

static json_t *lines_json(const char *lines)
{
    json_t *list = json_array();

    for (const char *at = lines; *at;) {
        size_t n = strcspn(at, "\n");

        json_array_append_new(list, bd_json_string(at, n));
        at += n + (at[n] == '\n');
    }
    return list;
}

static json_t *time_json(int64_t ms)
{
    char when[32];

    bd_clock_iso(ms, when, sizeof(when));
    return json_string(when);
}

static json_t *generation_json(struct bd_engine *e)
{
    struct bd_edition_view v;

    bd_engine_edition(e, &v);
    return json_pack("{s:i, s:o, s:i, s:i, s:b, s:I, s:I, s:I, s:i}", "number",
                     (int)v.number, "since", time_json(v.born_ms), "alive", v.alive,
                     "before", (int)v.before, "rolled_back", (int)v.rolled_back,
                     "reloads", (json_int_t)v.reloads, "failures", (json_int_t)v.failures,
                     "rollbacks", (json_int_t)v.rollbacks, "stuck_modules", (int)v.stuck);
}

static json_t *service_json(struct bd_daemon *d)
{
    struct bd_service_stats s;

    bd_service_stats(d->service, &s);
    return json_pack("{s:i, s:i, s:I, s:I, s:I, s:I, s:I}", "queued", (int)s.queued,
                     "running", (int)s.running, "accepted", (json_int_t)s.accepted,
                     "refused", (json_int_t)s.refused, "finished", (json_int_t)s.finished,
                     "failed", (json_int_t)s.failed, "resumed", (json_int_t)s.resumed);
}

void bd_api_providers(struct bd_web_request *r)
{
    bd_reply_json(r, 200,
                  json_pack("{s:o, s:o}", "providers",
                            bd_engine_providers(r->daemon->engine), "generation",
                            generation_json(r->daemon->engine)));
}

void bd_api_status(struct bd_web_request *r)
{
    struct bd_daemon *d = r->daemon;

    bd_reply_json(r, 200,
                  json_pack("{s:s, s:o, s:b, s:o, s:o, s:o}", "version", BD_VERSION,
                            "started", time_json(d->started_ms), "draining",
                            (int)atomic_load(&d->draining), "generation",
                            generation_json(d->engine), "diagnoses", service_json(d),
                            "storage", bd_engine_storage(d->engine)));
}

static json_t *reload_json(const struct bd_reload *r)
{
    return json_pack("{s:i, s:i, s:I, s:I, s:o}", "generation", (int)r->number, "before",
                     (int)r->before, "took_ms", (json_int_t)r->took_ms,
                     "storage_pause_ms", (json_int_t)r->storage_pause_ms, "changes",
                     lines_json(r->changes.data));
}

static void reply_failed(struct bd_web_request *r, const struct bd_errand *e)
{
    struct bd_buf text;
    json_t *o = json_pack("{s:s, s:s, s:i, s:s, s:o, s:o}", "type", "about:blank",
                          "title", "the generation in use stays", "status", 422, "detail",
                          e->error.message, "error", bd_json_from_error(&e->error),
                          "problems", lines_json(e->reload.problems.data));

    if (e->error.type == BD_ERR_OVERLOADED) {
        json_decref(o);
        bd_reply_error(r, &e->error);
        return;
    }
    bd_buf_init(&text, METRICS_LIMIT);
    if (o)
        (void)bd_json_write(&text, o, false); /* then the status alone says it */
    json_decref(o);
    bd_reply_text(r, 422, "application/problem+json", &text);
}

static void run_errand(struct bd_web_request *r, enum bd_errand_what what)
{
    struct bd_errand e = {.what = what};

    bd_reload_init(&e.reload);
    if (bd_daemon_ask(r->daemon, &e) == 0)
        bd_reply_json(r, 200, reload_json(&e.reload));
    else
        reply_failed(r, &e);
    bd_reload_free(&e.reload);
}

void bd_api_reload(struct bd_web_request *r)
{
    run_errand(r, BD_ERRAND_RELOAD);
}

void bd_api_rollback(struct bd_web_request *r)
{
    run_errand(r, BD_ERRAND_ROLLBACK);
}

void bd_api_drain(struct bd_web_request *r)
{
    struct bd_errand e = {.what = BD_ERRAND_DRAIN};

    if (bd_daemon_ask(r->daemon, &e) == 0)
        bd_reply_json(r, 202, service_json(r->daemon));
    else
        bd_reply_error(r, &e.error);
}

void bd_api_alive(struct bd_web_request *r)
{
    struct bd_buf text;

    bd_buf_init(&text, 64);
    (void)bd_buf_add(&text, "alive\n");
    bd_reply_text(r, 200, "text/plain; charset=utf-8", &text);
}

void bd_api_ready(struct bd_web_request *r)
{
    struct bd_error err;
    struct bd_buf text;

    if (atomic_load(&r->daemon->draining)) {
        (void)bd_fail(&err, BD_ERR_OVERLOADED, 0, "server",
                      "the server is being stopped");
        bd_reply_error(r, &err);
        return;
    }
    if (!bd_engine_storing(r->daemon->engine)) {
        (void)bd_fail(&err, BD_ERR_STORAGE, 0, "server",
                      "the storage takes no rows; GET /v1/status says why");
        bd_reply_error(r, &err);
        return;
    }
    bd_buf_init(&text, 64);
    (void)bd_buf_add(&text, "ready\n");
    bd_reply_text(r, 200, "text/plain; charset=utf-8", &text);
}

static void add_generations(struct bd_exposition *x, struct bd_engine *e)
{
    struct bd_edition_view v;

    bd_engine_edition(e, &v);
    bd_exposition_family(x, "brandiag_generation", BD_METRIC_GAUGE,
                         "Number of the generation in use.");
    bd_exposition_count(x, NULL, v.number);
    bd_exposition_family(x, "brandiag_generations_alive", BD_METRIC_GAUGE,
                         "Generations with work, the current one included.");
    bd_exposition_count(x, NULL, (uint64_t)v.alive);
    bd_exposition_family(x, "brandiag_reloads_total", BD_METRIC_COUNTER,
                         "Reloads and rollbacks, by result.");
    bd_exposition_count(x, BD_LABELS("result", "ok"), v.reloads + v.rollbacks);
    bd_exposition_count(x, BD_LABELS("result", "failed"), v.failures);
    bd_exposition_family(x, "brandiag_modules_stuck", BD_METRIC_GAUGE,
                         "Plugin modules whose code could not be unloaded.");
    bd_exposition_count(x, NULL, v.stuck);
}

static void add_alerts(struct bd_exposition *x, struct bd_engine *e)
{
    uint64_t sent, failed;

    bd_engine_watch_count(e, &sent, &failed);
    bd_exposition_family(x, "brandiag_alert_messages_total", BD_METRIC_COUNTER,
                         "Messages of the daemon's own alerts.");
    bd_exposition_count(x, BD_LABELS("result", "ok"), sent);
    bd_exposition_count(x, BD_LABELS("result", "failed"), failed);
}

static void add_service(struct bd_exposition *x, struct bd_daemon *d)
{
    struct bd_service_stats s;

    bd_service_stats(d->service, &s);
    bd_exposition_family(x, "brandiag_queue_depth", BD_METRIC_GAUGE,
                         "Diagnoses that were accepted and have not begun.");
    bd_exposition_count(x, NULL, s.queued);
    bd_exposition_family(x, "brandiag_sessions_running", BD_METRIC_GAUGE,
                         "Diagnoses that run.");
    bd_exposition_count(x, NULL, s.running);
    bd_exposition_family(x, "brandiag_submissions_total", BD_METRIC_COUNTER,
                         "Requests for a diagnosis, by what became of them.");
    bd_exposition_count(x, BD_LABELS("result", "accepted"), s.accepted);
    bd_exposition_count(x, BD_LABELS("result", "queue_full"), s.refused);
    bd_exposition_family(x, "brandiag_resumed_total", BD_METRIC_COUNTER,
                         "Unfinished diagnoses of an earlier process that were gone on "
                         "with.");
    bd_exposition_count(x, NULL, s.resumed);
}

static void add_http(struct bd_exposition *x, struct bd_daemon *d)
{
    static const char *const classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    struct bd_web_stats s;

    bd_web_stats(d->web, &s);
    bd_exposition_family(x, "brandiag_http_connections", BD_METRIC_GAUGE,
                         "Open connections of clients.");
    bd_exposition_count(x, NULL, s.connections);
    bd_exposition_family(x, "brandiag_http_responses_total", BD_METRIC_COUNTER,
                         "Answers to clients, by class of status.");
    for (int i = 2; i < 6; i++)
        bd_exposition_count(x, BD_LABELS("class", classes[i]), s.answered[i]);
}

void bd_api_metrics(struct bd_web_request *r)
{
    struct bd_daemon *d = r->daemon;
    struct bd_exposition x;
    struct bd_error err;
    struct bd_buf out;

    bd_buf_init(&out, METRICS_LIMIT);
    if (bd_engine_metrics(d->engine, &out) == 0) {
        bd_exposition_init(&x, &out);
        add_generations(&x, d->engine);
        add_service(&x, d);
        add_http(&x, d);
        add_alerts(&x, d->engine);
        bd_exposition_family(&x, "brandiag_storage_failing", BD_METRIC_GAUGE,
                             "1 while the storage takes no rows.");
        bd_exposition_count(&x, NULL, bd_engine_storing(d->engine) ? 0 : 1);
        if (bd_exposition_end(&x) == 0) {
            bd_reply_text(r, 200, BD_EXPOSITION_TYPE, &out);
            return;
        }
    }
    bd_buf_free(&out);
    (void)bd_fail(&err, BD_ERR_INTERNAL, 0, "server", "the metrics cannot be written");
    bd_reply_error(r, &err);
}
