/* face/api_diagnoses.c - asking for a diagnosis, and for what came of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/compare/replay.h"
#include "domain/figures/bootstrap.h"
#include "domain/report/report.h"
#include "face/api.h"
#include "face/args.h"

#define SOURCE       "server"
#define REPORT_LIMIT ((size_t)256 << 20)
#define KEY_BYTES    200

/* FNV-1a of the body: the same key with another body is a mistake of the client. */
static void digest(const struct bd_buf *body, char out[17])
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < body->n; i++)
        h = (h ^ (unsigned char)body->data[i]) * 1099511628211u;
    snprintf(out, 17, "%016" PRIx64, h);
}

static int check_key(const char *key, struct bd_error *err)
{
    size_t n = key ? strlen(key) : 1;

    for (size_t i = 0; key && i < n; i++)
        if (key[i] <= ' ' || key[i] > '~')
            n = 0;
    if (n >= 1 && n <= KEY_BYTES)
        return 0;
    return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                   "Idempotency-Key has 1 to %d visible ASCII characters", KEY_BYTES);
}

/* What is no part of the inquiry; taken out of the object. */
static int take_limits(json_t *o, struct bd_diagnosis_limits *out, struct bd_error *err)
{
    const json_t *calls = json_object_get(o, "max_calls");
    const json_t *cost = json_object_get(o, "max_cost");
    const json_t *fresh = json_object_get(o, "no_cache");

    if (calls && (!json_is_integer(calls) || json_integer_value(calls) < 1))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "max_calls: give a whole number from 1 on");
    if (cost && (!json_is_number(cost) || json_number_value(cost) <= 0))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "max_cost: give an amount above 0");
    if (fresh && !json_is_boolean(fresh))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "no_cache: give true or false");
    *out = (struct bd_diagnosis_limits){
        .max_calls = calls ? json_integer_value(calls) : 0,
        .max_cost = cost ? json_number_value(cost) : 0,
        .fresh = json_is_true(fresh),
    };
    json_object_del(o, "max_calls");
    json_object_del(o, "max_cost");
    json_object_del(o, "no_cache");
    return 0;
}

static void reply_accepted(struct bd_web_request *r, const char *id, bool known)
{
    char location[64];
    const char *const headers[] = {"Location", location, NULL};
    struct bd_buf text;

    snprintf(location, sizeof(location), "/v1/diagnoses/%s", id);
    bd_buf_init(&text, 1024);
    (void)bd_buf_addf(&text,
                      "{\"id\":\"%s\",\"known\":%s,\"links\":{\"self\":\"%s\","
                      "\"events\":\"%s/events\",\"report\":\"%s/report\"}}\n",
                      id, known ? "true" : "false", location, location, location);
    bd_reply_with(r, known ? 200 : 202, "application/json", &text, headers);
}

static int submit(struct bd_web_request *r, json_t *o, char id[40], bool *known,
                  struct bd_error *err)
{
    struct bd_submission what = {.client_key = bd_web_header(r, "Idempotency-Key")};
    struct bd_inquiry q;
    char body[17];
    int rc;

    digest(&r->body, body);
    what.digest = body;
    if (check_key(what.client_key, err) < 0 || take_limits(o, &what.limits, err) < 0 ||
        bd_inquiry_from_json(&q, o, err) < 0)
        return -1;
    what.inquiry = &q;
    rc = bd_service_submit(r->daemon->service, &what, id, known, err);
    bd_inquiry_free(&q);
    return rc;
}

void bd_api_submit(struct bd_web_request *r)
{
    struct bd_error err;
    char id[40];
    bool known;
    json_t *o;

    if (!bd_web_object(r, &o))
        return;
    if (submit(r, o, id, &known, &err) < 0) {
        if (err.type == BD_ERR_PROTOCOL) /* a member of the wrong type, by name */
            err.type = BD_ERR_INVALID_REQUEST;
        bd_reply_error(r, &err);
    } else {
        reply_accepted(r, id, known);
    }
    json_decref(o);
}

/* Lists */

struct listing {
    struct bd_daemon *daemon;
    json_t *array;
    const char *before; /* of the unfinished; the storage does not look at it */
    bool unfinished;
    long long limit;
    char last[40];
    bool more;
};

static void add_row(void *arg, const struct bd_listed *row) /* [store] */
{
    struct listing *l = arg;

    if (l->unfinished && l->before && strcmp(row->id, l->before) >= 0)
        return;
    if ((long long)json_array_size(l->array) >= l->limit) {
        l->more = true;
        return;
    }
    snprintf(l->last, sizeof(l->last), "%s", row->id);
    json_array_append_new(l->array, bd_api_stored(row));
}

/* The storage knows that one is not over, the service what it does meanwhile. */
static void refine(struct listing *l)
{
    size_t i;
    json_t *o;

    json_array_foreach(l->array, i, o)
    {
        struct bd_session *session =
            bd_service_find(l->daemon->service, bd_json_text(o, "id", ""));
        struct bd_session_view v;

        if (!session)
            continue;
        (void)bd_session_look(session, &v, NULL, 0);
        json_object_set_new(o, "state", json_string(bd_session_state_name(v.state)));
        json_object_set_new(o, "progress", bd_api_progress(&v));
        bd_session_unref(session);
    }
}

static int list(struct listing *l, struct bd_error *err)
{
    struct bd_engine *e = l->daemon->engine;

    return l->unfinished
               ? bd_engine_list_unfinished(e, add_row, l, err)
               : bd_engine_list(e, (int)l->limit + 1, l->before, add_row, l, err);
}

static json_t *next_page(const struct listing *l)
{
    return l->more ? json_sprintf("/v1/diagnoses?limit=%lld&before=%s%s", l->limit,
                                  l->last, l->unfinished ? "&state=unfinished" : "")
                   : json_null();
}

void bd_api_list(struct bd_web_request *r)
{
    const char *limit = bd_web_argument(r, "limit");
    const char *state = bd_web_argument(r, "state");
    struct listing l = {.daemon = r->daemon,
                        .before = bd_web_argument(r, "before"),
                        .unfinished = state != NULL,
                        .limit = 20};
    struct bd_error err = {0};

    if (limit && !bd_args_number(limit, 1, 1000, &l.limit))
        (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "limit: give 1 to 1000");
    else if (state && strcmp(state, "unfinished") != 0)
        (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                      "state: unfinished, or leave it out");
    else if (!(l.array = json_array()) || list(&l, &err) < 0)
        json_decref(l.array);
    if (err.type != BD_ERR_NONE) {
        bd_reply_error(r, &err);
        return;
    }
    refine(&l);
    bd_reply_json(r, 200,
                  json_pack("{s:o, s:o}", "diagnoses", l.array, "next", next_page(&l)));
}

/* One */

static void take_stored(void *arg, const struct bd_listed *row) /* [store] */
{
    json_t **out = arg;

    *out = bd_api_stored(row);
}

void bd_api_diagnosis(struct bd_web_request *r)
{
    struct bd_session *session = bd_service_find(r->daemon->service, r->id);
    struct bd_error err;
    json_t *o = NULL;

    if (session) {
        bd_reply_json(r, 200, bd_api_session(session));
        bd_session_unref(session);
    } else if (bd_engine_look_up(r->daemon->engine, r->id, take_stored, &o, &err) < 0) {
        bd_reply_error(r, &err);
    } else if (o) {
        bd_reply_json(r, 200, o);
    } else {
        bd_api_not_there(r);
    }
}

void bd_api_cancel(struct bd_web_request *r)
{
    struct bd_session *session = bd_service_find(r->daemon->service, r->id);
    struct bd_error err;
    json_t *o = NULL;

    if (session && bd_session_cancel(session, &err) == 0) {
        bd_reply_json(r, 202, bd_api_session(session));
    } else if (session) {
        bd_reply_problem(r, 409, &err);
    } else if (bd_engine_look_up(r->daemon->engine, r->id, take_stored, &o, &err) < 0) {
        bd_reply_error(r, &err);
    } else if (o) {
        json_decref(o);
        (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 409, SOURCE, "%s is over", r->id);
        bd_reply_problem(r, 409, &err);
    } else {
        bd_api_not_there(r);
    }
    bd_session_unref(session);
}

/* Reports */

struct style {
    enum bd_report_format format;
    struct bd_report_style report;
};

static int take_style(struct bd_web_request *r, struct style *out, struct bd_error *err)
{
    const char *format = bd_web_argument(r, "format");
    const char *lang = bd_web_argument(r, "lang");
    const char *answers = bd_web_argument(r, "answers");
    const char *columns = bd_web_argument(r, "columns");
    long long width = 80;

    out->format = BD_REPORT_JSON;
    if (format && !bd_report_format(format, &out->format))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "format: " BD_REPORT_NAMES);
    if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "lang: zh or en");
    if (columns && !bd_args_number(columns, 60, 400, &width))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "columns: 60 to 400");
    out->report.columns = (int)width;
    out->report.answers = answers && strcmp(answers, "0") != 0;
    snprintf(out->report.lang, sizeof(out->report.lang), "%s", lang ? lang : "");
    return 0;
}

static void reply_report(struct bd_web_request *r, const struct bd_record *rec,
                         const struct bd_report_notes *notes, const struct style *style)
{
    struct bd_figures f;
    struct bd_buf out;
    struct bd_error err;
    int rc;

    if (bd_figures_make(&f, rec, &err) < 0) {
        bd_reply_error(r, &err);
        return;
    }
    (void)(bd_bootstrap(&f, rec, &err) < 0); /* then without intervals */
    bd_buf_init(&out, REPORT_LIMIT);
    rc = bd_report_write(&out, style->format, rec, &f, notes, &style->report);
    bd_figures_free(&f);
    if (rc == 0) {
        bd_reply_text(r, 200, bd_report_media(style->format), &out);
        return;
    }
    bd_buf_free(&out);
    (void)bd_fail(&err, BD_ERR_TOO_LARGE, 0, SOURCE, "the report is over %zu MiB",
                  REPORT_LIMIT >> 20);
    bd_reply_problem(r, 500, &err);
}

/* With a note where today's reading is another than that of its time. */
static void reply_stored(struct bd_web_request *r, const struct bd_record *rec,
                         const struct style *style)
{
    const char *lang = *style->report.lang ? style->report.lang : rec->inquiry.lang;
    struct bd_buf note;
    const char *text;

    bd_buf_init(&note, 4096);
    (void)bd_replay_note(&note, rec, strcmp(lang, "en") != 0); /* or without it */
    text = note.data;
    reply_report(r, rec, &(struct bd_report_notes){&text, note.n ? 1 : 0}, style);
    bd_buf_free(&note);
}

static void reply_not_yet(struct bd_web_request *r, enum bd_session_state state)
{
    struct bd_error err;

    (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 409, SOURCE,
                  "%s is %s: its report is there when it is done; follow its events",
                  r->id, bd_session_state_name(state));
    err.retry_after_ms = 1000;
    bd_reply_problem(r, 409, &err);
}

/* True: it is answered. */
static bool report_session(struct bd_web_request *r, const struct style *style)
{
    struct bd_session *session = bd_service_find(r->daemon->service, r->id);
    struct bd_report_notes notes;
    struct bd_session_view v;
    const struct bd_record *rec;

    if (!session)
        return false;
    (void)bd_session_look(session, &v, NULL, 0);
    rec = bd_session_record(session, &notes.text, &notes.count);
    if (rec)
        reply_report(r, rec, &notes, style);
    else if (v.state != BD_SESSION_FAILED)
        reply_not_yet(r, v.state);
    bd_session_unref(session);
    return r->answered;
}

void bd_api_report(struct bd_web_request *r)
{
    struct style style = {0};
    struct bd_record rec;
    struct bd_error err;

    if (take_style(r, &style, &err) < 0) {
        bd_reply_error(r, &err);
        return;
    }
    if (report_session(r, &style))
        return;
    if (bd_engine_load(r->daemon->engine, r->id, &rec, &err) < 0) {
        if (err.code == ENOENT)
            bd_api_not_there(r);
        else
            bd_reply_error(r, &err);
        return;
    }
    reply_stored(r, &rec, &style);
    bd_record_free(&rec);
}
