/* face/api_view.c - diagnoses as they stand in answers. */
#include <stdio.h>

#include "base/clock.h"
#include "domain/report/report.h"
#include "face/api.h"

enum { ROWS = BD_INQUIRY_MODELS };

static json_t *time_json(int64_t ms)
{
    char when[32];

    bd_clock_iso(ms, when, sizeof(when));
    return json_string(when);
}

static json_t *links_json(const char *id)
{
    return json_pack("{s:o, s:o, s:o}", "self", json_sprintf("/v1/diagnoses/%s", id),
                     "events", json_sprintf("/v1/diagnoses/%s/events", id), "report",
                     json_sprintf("/v1/diagnoses/%s/report", id));
}

json_t *bd_api_progress(const struct bd_session_view *v)
{
    const struct bd_progress *p = &v->progress;

    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:I}", "total", p->total,
                     "done", p->done, "ok", p->ok, "failed", p->failed, "running",
                     p->running, "waiting", p->waiting, "elapsed_ms",
                     (json_int_t)p->elapsed_ms, "left_ms",
                     (json_int_t)(p->left_ms > 0 ? p->left_ms : 0));
}

static json_t *rows_json(const struct bd_progress_row *rows, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct bd_progress_row *row = &rows[i];

        json_array_append_new(
            list, json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:b, s:s, s:i, s:s}", "name",
                            row->name, "total", row->total, "ok", row->ok, "failed",
                            row->failed, "running", row->running, "waiting", row->waiting,
                            "disabled", (int)row->off, "breaker", row->breaker,
                            "breakers_open", row->breakers_open, "hold", row->hold));
    }
    return list;
}

static json_t *summary_json(struct bd_session *session)
{
    const char *const *notes;
    size_t note_count;
    const struct bd_record *rec = bd_session_record(session, &notes, &note_count);
    struct bd_figures f;

    if (!rec)
        return json_null();
    bd_figures_count(&f, rec);
    return bd_report_summary(rec, &f);
}

json_t *bd_api_session(struct bd_session *session)
{
    struct bd_session_view v;
    struct bd_progress_row rows[ROWS];
    size_t n = bd_session_look(session, &v, rows, ROWS);
    json_t *o =
        json_pack("{s:s, s:s, s:o, s:o, s:i, s:b}", "id", v.id, "state",
                  bd_session_state_name(v.state), "created", time_json(v.created_ms),
                  "request", bd_inquiry_to_json(bd_session_inquiry(session)), "ahead",
                  v.ahead, "resumed", (int)v.resumed);

    json_object_set_new(o, "progress", bd_api_progress(&v));
    json_object_set_new(o, "providers", rows_json(rows, n < ROWS ? n : ROWS));
    json_object_set_new(o, "summary", summary_json(session));
    json_object_set_new(o, "error", bd_json_from_error(&v.error));
    json_object_set_new(o, "links", links_json(v.id));
    return o;
}

json_t *bd_api_stored(const struct bd_listed *row)
{
    json_t *o = json_pack("{s:s, s:s, s:o, s:O?, s:i, s:b}", "id", row->id, "state",
                          row->running ? "interrupted" : "done", "created",
                          time_json(row->created_ms), "request", row->request, "ahead", 0,
                          "resumed", 0);

    json_object_set_new(o, "progress", json_null());
    json_object_set_new(o, "providers", json_array());
    json_object_set(o, "summary", row->summary ? (json_t *)row->summary : json_null());
    json_object_set_new(o, "error", json_null());
    json_object_set_new(o, "links", links_json(row->id));
    return o;
}

void bd_api_not_there(struct bd_web_request *r)
{
    struct bd_error err;

    (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 404, "server",
                  "there is no diagnosis '%s'; GET /v1/diagnoses lists those there are",
                  r->id);
    bd_reply_problem(r, 404, &err);
}
