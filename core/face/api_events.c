/* face/api_events.c - a diagnosis as a stream of server-sent events.
 *
 *   event: state     at the beginning and whenever it changes
 *   event: progress  twice a second while it runs and something has changed
 *   event: cell      each cell once, as in the report, in the order in which they end;
 * its id is what Last-Event-ID takes to go on behind it event: text      with ?text=1:
 * what has come of an answer that is not over event: done      the last one
 *
 * A comment every 15 s keeps the connection. After a restart of the server ids of before
 * are of another process: all cells come again, by their key nothing counts twice. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "face/api.h"
#include "face/args.h"

enum {
    LOOK_MS = 500,
    BEAT_MS = 15000,
    AT_ONCE = 16 /* cells that are rendered before anything is sent */
};
#define EVENT_LIMIT ((size_t)64 << 20)

struct stream {
    struct bd_daemon *daemon;
    struct bd_session *session;
    struct bd_buf out; /* what is rendered and not sent yet, from `at` on */
    size_t at, seen;   /* seen: cells that were rendered */
    bool wants_texts;
    uint32_t *texts; /* bytes told of each running answer; NULL until it runs */
    size_t text_count;
    enum bd_session_state state;
    bool begun, over;
    struct bd_progress told;
    int64_t looked_ms, sent_ms;
};

static void event(struct stream *s, const char *name, const char *id, json_t *o)
{
    if (!o)
        return;
    bd_buf_addf(&s->out, "event: %s\n", name);
    if (id)
        bd_buf_addf(&s->out, "id: %s\n", id);
    bd_buf_add(&s->out, "data: ");
    (void)bd_json_write(&s->out, o, false); /* compact JSON has no line end */
    bd_buf_add(&s->out, "\n\n");
    json_decref(o);
}

static void render_cells(struct stream *s, size_t ended)
{
    char id[40];

    for (int i = 0; i < AT_ONCE && s->seen < ended; i++) {
        s->seen++;
        snprintf(id, sizeof(id), "%s-%zu", s->daemon->boot, s->seen);
        event(s, "cell", id, bd_session_cell(s->session, s->seen - 1));
    }
}

static void render_text(void *arg, const char *key, const char *text, size_t n)
{
    struct stream *s = arg;

    event(s, "text", NULL,
          json_pack("{s:s, s:o}", "cell", key, "text", bd_json_string(text, n)));
}

static bool has_moved(const struct bd_progress *a, const struct bd_progress *b)
{
    return a->done != b->done || a->running != b->running || a->waiting != b->waiting ||
           a->ok != b->ok;
}

static void render_state(struct stream *s, const struct bd_session_view *v)
{
    s->state = v->state;
    s->begun = true;
    event(s, "state", NULL,
          json_pack("{s:s, s:s, s:i, s:o, s:o}", "id", v->id, "state",
                    bd_session_state_name(v->state), "ahead", v->ahead, "progress",
                    bd_api_progress(v), "error", bd_json_from_error(&v->error)));
}

/* How many answers there are is known only now: the configuration may have decided it. */
static void render_texts(struct stream *s, size_t count)
{
    if (!s->texts) {
        s->texts = calloc(count ? count : 1, sizeof(*s->texts));
        s->text_count = s->texts ? count : 0;
    }
    bd_session_texts(s->session, s->texts, s->text_count, render_text, s);
}

static void render_look(struct stream *s, int64_t now_ms)
{
    struct bd_session_view v;

    if (now_ms < s->looked_ms + LOOK_MS)
        return;
    s->looked_ms = now_ms;
    (void)bd_session_look(s->session, &v, NULL, 0);
    if (has_moved(&v.progress, &s->told))
        event(s, "progress", NULL, bd_api_progress(&v));
    s->told = v.progress;
    if (s->wants_texts && v.state == BD_SESSION_RUNNING)
        render_texts(s, (size_t)v.progress.total);
}

static bool is_final(enum bd_session_state state)
{
    return state == BD_SESSION_DONE || state == BD_SESSION_FAILED;
}

static void render_end(struct stream *s, const struct bd_session_view *v, size_t ended)
{
    s->over = v->state == BD_SESSION_LEFT || (is_final(v->state) && s->seen >= ended);
    if (s->over && is_final(v->state))
        event(s, "done", NULL,
              json_pack("{s:s, s:s, s:o}", "id", v->id, "state",
                        bd_session_state_name(v->state), "report",
                        json_sprintf("/v1/diagnoses/%s/report", v->id)));
}

/* Waits until there is something to tell, or a while. */
static void render(struct stream *s)
{
    int64_t now_ms = bd_clock_ms();
    size_t ended;
    struct bd_session_view v;

    bd_buf_reset(&s->out);
    s->at = 0;
    ended = bd_session_wait(s->session, s->seen, s->state,
                            s->begun ? now_ms + LOOK_MS : now_ms);
    (void)bd_session_look(s->session, &v, NULL, 0);
    if (!s->begun || v.state != s->state)
        render_state(s, &v);
    render_cells(s, ended);
    now_ms = bd_clock_ms();
    render_look(s, now_ms);
    if (is_final(v.state)) /* all have ended by now */
        ended = bd_session_wait(s->session, SIZE_MAX, v.state, 0);
    render_end(s, &v, ended);
    if (s->out.n == 0 && now_ms >= s->sent_ms + BEAT_MS)
        bd_buf_add(&s->out, ": keep-alive\n\n");
    if (s->out.n)
        s->sent_ms = now_ms;
}

static ssize_t on_read(void *arg, uint64_t at, char *out, size_t max)
{
    struct stream *s = arg;
    size_t n;

    (void)at;
    while (s->at == s->out.n) {
        if (s->over || s->out.failed ||
            atomic_load_explicit(&s->daemon->stopping, memory_order_relaxed))
            return MHD_CONTENT_READER_END_OF_STREAM;
        render(s);
    }
    n = s->out.n - s->at < max ? s->out.n - s->at : max;
    memcpy(out, s->out.data + s->at, n);
    s->at += n;
    return (ssize_t)n;
}

static void free_stream(void *arg)
{
    struct stream *s = arg;

    bd_session_unref(s->session);
    bd_buf_free(&s->out);
    free(s->texts);
    free(s);
}

/* Behind which cell the client is; 0: at the beginning. */
static size_t last_seen(struct bd_web_request *r)
{
    const char *id = bd_web_header(r, "Last-Event-ID");
    size_t n = strlen(r->daemon->boot);
    long long seen;

    if (!id)
        id = bd_web_argument(r, "last_event_id");
    if (!id || strncmp(id, r->daemon->boot, n) != 0 || id[n] != '-' ||
        !bd_args_number(id + n + 1, 0, 100000000, &seen))
        return 0;
    return (size_t)seen;
}

static struct stream *open_stream(struct bd_web_request *r, struct bd_session *session)
{
    const char *text = bd_web_argument(r, "text");
    struct stream *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->daemon = r->daemon;
    s->session = session;
    s->seen = last_seen(r);
    bd_buf_init(&s->out, EVENT_LIMIT);
    s->wants_texts = text && strcmp(text, "0") != 0;
    return s;
}

static void reply_stream(struct bd_web_request *r, struct bd_session *session)
{
    struct stream *s = open_stream(r, session);
    struct MHD_Response *response = NULL;
    struct bd_error err;

    if (s)
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, on_read, s,
                                                     free_stream);
    if (response) {
        (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
        (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
        bd_reply_stream(r, response);
        return;
    }
    if (s)
        free_stream(s);
    else
        bd_session_unref(session);
    (void)bd_fail(&err, BD_ERR_INTERNAL, 0, "server", "out of memory");
    bd_reply_error(r, &err);
}

/* One that is in the storage alone: it is over, and its cells are told at once. */
static void reply_stored(struct bd_web_request *r)
{
    struct stream s = {.daemon = r->daemon};
    struct bd_record rec;
    struct bd_error err;

    if (bd_engine_load(r->daemon->engine, r->id, &rec, &err) < 0) {
        if (err.code == ENOENT)
            bd_api_not_there(r);
        else
            bd_reply_error(r, &err);
        return;
    }
    bd_buf_init(&s.out, EVENT_LIMIT);
    for (size_t i = 0; i < rec.cell_count; i++)
        event(&s, "cell", NULL, bd_cell_to_json(&rec.cells[i], &rec.inquiry));
    event(&s, "done", NULL,
          json_pack("{s:s, s:s, s:o}", "id", rec.id, "state",
                    rec.interrupted ? "interrupted" : "done", "report",
                    json_sprintf("/v1/diagnoses/%s/report", rec.id)));
    bd_record_free(&rec);
    bd_reply_text(r, 200, "text/event-stream", &s.out);
}

void bd_api_events(struct bd_web_request *r)
{
    struct bd_session *session = bd_service_find(r->daemon->service, r->id);

    if (session)
        reply_stream(r, session);
    else
        reply_stored(r);
}
