/* engine/accept.c - the rows of a service: what it accepts is stored before it says so,
 * and what it cannot go on with is stored as over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/figures/figures.h"
#include "domain/report/report.h"
#include "engine/service_parts.h"

#define SOURCE    "accept"
#define WAIT_MS   7000 /* the store gives up an error after 5 s, and then says so */
#define ROW_LIMIT ((size_t)64 << 20)

/* A row that somebody waits for, for a while. */
struct waited {
    struct bd_store *store;
    char id[40];
    char *brand, *request;
    char *bare; /* the request without the client's name for it */
    int64_t created_ms;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t changed;
    bool done, given_up;
    struct bd_error error;
};

static void waited_free(struct waited *w)
{
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w->brand);
    free(w->request);
    free(w->bare);
    free(w);
}

static struct bd_diagnosis_row row_of(const struct waited *w, int state)
{
    return (struct bd_diagnosis_row){
        .struct_size = sizeof(struct bd_diagnosis_row),
        .state = state,
        .id = w->id,
        .created_ms = w->created_ms,
        .finished_ms = state == BD_DIAGNOSIS_DONE ? bd_clock_wall_ms() : 0,
        .brand = w->brand,
        .request = state == BD_DIAGNOSIS_DONE ? w->bare : w->request,
        .summary = state == BD_DIAGNOSIS_DONE ? "{\"interrupted\":true}" : "",
    };
}

static void on_stored(void *arg, const struct bd_error *err) /* [store] */
{
    struct waited *w = arg;
    bool given_up;

    pthread_mutex_lock(&w->lock);
    w->done = true;
    if (err)
        w->error = *err;
    given_up = w->given_up;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    if (!given_up)
        return;
    if (!err) { /* nobody was told that it was accepted: nobody is to go on with it, and
                   its name is free */
        struct bd_diagnosis_row row = row_of(w, BD_DIAGNOSIS_DONE);

        if (bd_store_put_diagnosis(w->store, &row, NULL, NULL, NULL) < 0)
            bd_log_about(BD_LOG_WARNING, SOURCE,
                         &(struct bd_log_about){.diagnosis = w->id},
                         "was refused and may be gone on with");
    }
    waited_free(w);
}

static struct waited *waited_new(struct bd_engine *e, const struct bd_session *n)
{
    struct waited *w = calloc(1, sizeof(*w));
    json_t *request = bd__persist_request(&n->inquiry, &n->limits, n->client_key);
    pthread_condattr_t monotonic;

    if (w) {
        pthread_mutex_init(&w->lock, NULL);
        pthread_condattr_init(&monotonic);
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        pthread_cond_init(&w->changed, &monotonic);
        pthread_condattr_destroy(&monotonic);
        w->store = e->store;
        snprintf(w->id, sizeof(w->id), "%s", n->id);
        w->created_ms = n->created_ms;
        w->brand = strdup(n->inquiry.brands[0].name);
        w->request = request ? json_dumps(request, JSON_COMPACT) : NULL;
        json_object_del(request, "client_key");
        w->bare = request ? json_dumps(request, JSON_COMPACT) : NULL;
    }
    json_decref(request);
    if (w && w->brand && w->request && w->bare)
        return w;
    if (w)
        waited_free(w);
    return NULL;
}

/* Takes w over. */
static int wait_for(struct waited *w, struct bd_error *err)
{
    int64_t until_ms = bd_clock_ms() + WAIT_MS;
    struct timespec until = {.tv_sec = until_ms / 1000,
                             .tv_nsec = until_ms % 1000 * 1000000};
    int rc = 0;

    pthread_mutex_lock(&w->lock);
    while (!w->done && pthread_cond_timedwait(&w->changed, &w->lock, &until) != ETIMEDOUT)
        ;
    if (!w->done) {
        w->given_up = true; /* on_stored() frees it */
        pthread_mutex_unlock(&w->lock);
        return bd_fail(err, BD_ERR_STORAGE, 0, SOURCE,
                       "the storage does not answer within %d s", WAIT_MS / 1000);
    }
    if (w->error.type != BD_ERR_NONE) {
        *err = w->error;
        err->type = BD_ERR_STORAGE;
        rc = -1;
    }
    pthread_mutex_unlock(&w->lock);
    waited_free(w);
    return rc;
}

int bd__persist_accepted(struct bd_engine *e, const struct bd_session *n,
                         struct bd_error *err)
{
    struct waited *w = waited_new(e, n);
    struct bd_diagnosis_row row;

    if (!w)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    row = row_of(w, BD_DIAGNOSIS_RUNNING);
    if (bd_store_put_diagnosis(e->store, &row, on_stored, w, err) < 0) {
        waited_free(w);
        return -1;
    }
    bd_store_hurry(e->store);
    return wait_for(w, err);
}

void bd__persist_queued(struct bd_engine *e, const struct bd_session *n)
{
    struct waited *w = waited_new(e, n);
    struct bd_diagnosis_row row;
    struct bd_error err = {0};

    if (w) {
        row = row_of(w, BD_DIAGNOSIS_RUNNING);
        if (bd_store_put_diagnosis(e->store, &row, NULL, NULL, &err) < 0)
            bd_log_about(BD_LOG_ERROR, SOURCE, &(struct bd_log_about){.diagnosis = n->id},
                         "is not in the new storage: %s", err.message);
        waited_free(w);
    }
}

static json_t *summary_of(const struct bd_record *rec, const struct bd_error *why)
{
    struct bd_figures f;
    json_t *o;

    bd_figures_count(&f, rec);
    o = bd_report_summary(rec, &f);
    if (o)
        json_object_set_new(o, "error", bd_json_from_error(why));
    return o;
}

void bd__persist_given_up(struct bd_engine *e, const char *id, const struct bd_error *why)
{
    struct bd__stored s;
    struct bd_error err;
    struct bd_buf request, summary;
    json_t *q, *o;

    if (bd__stored_load(&s, e, id, &err) < 0)
        return; /* it stays unfinished, and the next start tries again */
    s.record.interrupted = true;
    bd_buf_init(&request, ROW_LIMIT);
    bd_buf_init(&summary, ROW_LIMIT);
    q = bd__persist_request(&s.record.inquiry, &s.limits, s.client_key);
    o = summary_of(&s.record, why);
    if (q && o && bd_json_write(&request, q, false) == 0 &&
        bd_json_write(&summary, o, false) == 0) {
        const struct bd_diagnosis_row row = {
            .struct_size = sizeof(row),
            .state = BD_DIAGNOSIS_DONE,
            .id = s.record.id,
            .created_ms = s.record.created_ms,
            .finished_ms = bd_clock_wall_ms(),
            .brand = s.record.inquiry.brands[0].name,
            .request = request.data,
            .summary = summary.data,
        };

        if (bd_store_put_diagnosis(e->store, &row, NULL, NULL, &err) < 0)
            bd_log_about(BD_LOG_WARNING, SOURCE, &(struct bd_log_about){.diagnosis = id},
                         "stays unfinished: %s", err.message);
    }
    json_decref(q);
    json_decref(o);
    bd_buf_free(&request);
    bd_buf_free(&summary);
    bd__stored_free(&s);
}
