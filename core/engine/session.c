/* engine/session.c - one diagnosis of a service, from the queue to its record. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/service_parts.h"

#define SOURCE "session"

#define BEGIN_AGAIN_MS 1000

const char *bd_session_state_name(enum bd_session_state s)
{
    static const char *const names[] = {"queued", "running", "done", "failed",
                                        "interrupted"};

    return names[s];
}

static int copy_inquiry(struct bd_inquiry *out, const struct bd_inquiry *from,
                        struct bd_error *err)
{
    json_t *o = bd_inquiry_to_json(from);
    int rc = o ? bd_inquiry_from_json(out, o, err)
               : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");

    json_decref(o);
    return rc;
}

struct bd_session *bd__session_new(struct bd_service *s, const struct bd_inquiry *inquiry,
                                   struct bd_error *err)
{
    struct bd_session *n = calloc(1, sizeof(*n));
    pthread_condattr_t monotonic;

    if (!n) {
        (void)bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
        return NULL;
    }
    if (copy_inquiry(&n->inquiry, inquiry, err) < 0) {
        free(n);
        return NULL;
    }
    n->service = s;
    atomic_init(&n->refs, 1);
    pthread_mutex_init(&n->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&n->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return n;
}

void bd__session_ref(struct bd_session *n)
{
    atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed);
}

void bd_session_unref(struct bd_session *n)
{
    if (!n || atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) > 1)
        return;
    bd_diagnosis_free(n->diagnosis);
    bd_inquiry_free(&n->inquiry);
    free(n->client_key);
    pthread_cond_destroy(&n->changed);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

static void become(struct bd_session *n, enum bd_session_state state)
{
    pthread_mutex_lock(&n->lock);
    if (n->state != BD_SESSION_LEFT)
        n->state = state;
    pthread_cond_broadcast(&n->changed);
    pthread_mutex_unlock(&n->lock);
}

static struct bd_diagnosis *diagnosis_of(struct bd_session *n)
{
    struct bd_diagnosis *d;

    pthread_mutex_lock(&n->lock);
    d = n->diagnosis;
    pthread_mutex_unlock(&n->lock);
    return d;
}

static bool has_other_state(struct bd_session *n, enum bd_session_state state)
{
    bool other;

    pthread_mutex_lock(&n->lock);
    other = n->state != state;
    pthread_mutex_unlock(&n->lock);
    return other;
}

/* No diagnosis yet, or no longer one that changes. */
static void wait_for_state(struct bd_session *n, enum bd_session_state state,
                           int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000,
                             .tv_nsec = until_ms % 1000 * 1000000};

    pthread_mutex_lock(&n->lock);
    while (n->state == state &&
           pthread_cond_timedwait(&n->changed, &n->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&n->lock);
}

static int begin(struct bd_session *n, bool cancelled, struct bd_diagnosis **d,
                 struct bd_error *err)
{
    const struct bd__start how = {
        .inquiry = &n->inquiry,
        .limits = &n->limits,
        .id = n->id,
        .created_ms = n->created_ms,
        .client_key = n->client_key,
        .cancelled = cancelled,
    };
    struct bd_engine *e = n->service->engine;

    return n->resumed
               ? bd__diagnosis_resume(d, e, n->id, BD_RESUME_CRASHED, cancelled, err)
               : bd__diagnosis_start(d, e, &how, err);
}

/* It was accepted and cannot be begun: the configuration has changed since. */
static void give_up(struct bd_session *n, const struct bd_error *err)
{
    bd_log_about(BD_LOG_ERROR, SOURCE, &(struct bd_log_about){.diagnosis = n->id},
                 "cannot be begun: %s", err->message);
    pthread_mutex_lock(&n->lock);
    n->error = *err;
    pthread_mutex_unlock(&n->lock);
    bd__persist_given_up(n->service->engine, n->id, err);
    become(n, BD_SESSION_FAILED);
}

static void finish(struct bd_session *n, struct bd_diagnosis *d)
{
    const char *const *notes;
    size_t note_count;
    const struct bd_record *rec;
    bool left;

    pthread_mutex_lock(&n->lock);
    left = n->state == BD_SESSION_LEFT;
    pthread_mutex_unlock(&n->lock);
    if (left)
        return;
    rec = bd_diagnosis_seal(d, &notes, &note_count);
    pthread_mutex_lock(&n->lock);
    n->record = rec;
    n->notes = notes;
    n->note_count = note_count;
    pthread_mutex_unlock(&n->lock);
    become(n, BD_SESSION_DONE);
}

static bool is_cancelled(struct bd_session *n)
{
    bool cancelled;

    pthread_mutex_lock(&n->lock);
    cancelled = n->cancelled;
    pthread_mutex_unlock(&n->lock);
    return cancelled;
}

/* From now on others see the diagnosis; what they wanted before is done now. */
static void show(struct bd_session *n, struct bd_diagnosis *d)
{
    bool cancelled, left;

    pthread_mutex_lock(&n->lock);
    n->diagnosis = d;
    cancelled = n->cancelled;
    left = n->state == BD_SESSION_LEFT;
    pthread_mutex_unlock(&n->lock);
    become(n, BD_SESSION_RUNNING);
    if (left)
        bd__diagnosis_leave(d);
    else if (cancelled)
        bd_diagnosis_cancel(d);
}

/* A storage that does not answer now will later, and nothing is lost meanwhile. False: it
 * was left. */
static bool storage_is_waited_for(struct bd_session *n)
{
    wait_for_state(n, BD_SESSION_QUEUED, bd_clock_ms() + BEGIN_AGAIN_MS);
    return !has_other_state(n, BD_SESSION_QUEUED);
}

static bool may_work_later(const struct bd_error *err)
{
    return err->type == BD_ERR_STORAGE && err->recoverable && err->code != ENOENT;
}

void bd__session_run(struct bd_session *n)
{
    struct bd_diagnosis *d = NULL;
    struct bd_error err;
    bool cancelled = is_cancelled(n);

    while (begin(n, cancelled, &d, &err) < 0) {
        if (!may_work_later(&err)) {
            give_up(n, &err);
            return;
        }
        bd_log_about(BD_LOG_WARNING, SOURCE, &(struct bd_log_about){.diagnosis = n->id},
                     "waits for the storage: %s", err.message);
        if (!storage_is_waited_for(n))
            return;
    }
    show(n, d);
    while (!cancelled && !bd_diagnosis_wait(d, bd_clock_ms() + 60000))
        ;
    finish(n, d);
}

bool bd__session_is_lost(struct bd_session *n)
{
    struct bd_diagnosis *d = diagnosis_of(n);

    return d && bd__diagnosis_is_lost(d);
}

void bd__session_mend(struct bd_session *n)
{
    struct bd_diagnosis *d = diagnosis_of(n);

    if (!d || !bd__diagnosis_is_lost(d))
        return;
    bd_log_about(BD_LOG_WARNING, SOURCE, &(struct bd_log_about){.diagnosis = n->id},
                 "is put into the storage, which works again");
    bd__diagnosis_mend(d);
}

void bd__session_leave(struct bd_session *n)
{
    struct bd_diagnosis *d;

    become(n, BD_SESSION_LEFT);
    pthread_mutex_lock(&n->lock);
    d = n->diagnosis;
    pthread_mutex_unlock(&n->lock);
    if (d)
        bd__diagnosis_leave(d);
}

int bd_session_cancel(struct bd_session *n, struct bd_error *err)
{
    enum bd_session_state state;
    struct bd_diagnosis *d;

    pthread_mutex_lock(&n->lock);
    state = n->state;
    d = n->diagnosis;
    n->cancelled |= state == BD_SESSION_QUEUED;
    pthread_mutex_unlock(&n->lock);
    /* One that is to be read from the storage first may have to wait for it. */
    if (state == BD_SESSION_QUEUED && !n->resumed && bd__service_take(n)) {
        bd__session_run(n);
        bd__service_finished(n);
        return 0;
    }
    if (state > BD_SESSION_RUNNING)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "%s is over: it is %s",
                       n->id, bd_session_state_name(state));
    if (d)
        bd_diagnosis_cancel(d);
    return 0;
}

const struct bd_inquiry *bd_session_inquiry(struct bd_session *n)
{
    const struct bd_diagnosis *d = diagnosis_of(n);

    return d ? bd_diagnosis_inquiry(d) : &n->inquiry;
}

static int place_in_queue(struct bd_session *n)
{
    struct bd_service *s = n->service;
    const struct bd_session *at;
    int ahead = 0;

    pthread_mutex_lock(&s->lock);
    for (at = s->queue.head; at && at != n; at = at->next)
        ahead++;
    pthread_mutex_unlock(&s->lock);
    return at ? ahead : 0;
}

size_t bd_session_look(struct bd_session *n, struct bd_session_view *out,
                       struct bd_progress_row *rows, size_t max)
{
    struct bd_diagnosis *d;

    *out = (struct bd_session_view){.created_ms = n->created_ms, .resumed = n->resumed};
    snprintf(out->id, sizeof(out->id), "%s", n->id);
    pthread_mutex_lock(&n->lock);
    out->state = n->state;
    out->error = n->error;
    d = n->diagnosis;
    pthread_mutex_unlock(&n->lock);
    if (d)
        return bd_diagnosis_progress(d, &out->progress, rows, max);
    out->progress.total = (int)bd_inquiry_task_count(&n->inquiry);
    if (out->state == BD_SESSION_QUEUED)
        out->ahead = place_in_queue(n);
    return 0;
}

size_t bd_session_wait(struct bd_session *n, size_t seen, enum bd_session_state state,
                       int64_t until_ms)
{
    struct bd_diagnosis *d = diagnosis_of(n);
    size_t over;

    if (has_other_state(n, state))
        until_ms = 0; /* only looks */
    over = d ? bd__diagnosis_over(d, seen, until_ms) : 0;
    if (over <= seen && bd_clock_ms() < until_ms && !has_other_state(n, state))
        wait_for_state(n, state, until_ms);
    return over;
}

json_t *bd_session_cell(struct bd_session *n, size_t i)
{
    struct bd_diagnosis *d = diagnosis_of(n);

    return d ? bd__diagnosis_cell(d, i) : NULL;
}

void bd_session_texts(struct bd_session *n, uint32_t *seen, size_t count,
                      void (*each)(void *arg, const char *key, const char *text,
                                   size_t bytes),
                      void *arg)
{
    struct bd_diagnosis *d = diagnosis_of(n);

    if (d)
        bd__diagnosis_texts(d, seen, count, each, arg);
}

const struct bd_record *bd_session_record(struct bd_session *n, const char *const **notes,
                                          size_t *note_count)
{
    const struct bd_record *rec;

    pthread_mutex_lock(&n->lock);
    rec = n->record;
    *notes = n->notes;
    *note_count = n->note_count;
    pthread_mutex_unlock(&n->lock);
    return rec;
}
