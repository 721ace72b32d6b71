/* engine/service.c - see service.h. */
#include "engine/service.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/service_parts.h"
#include "runtime/spawn.h"

#define SOURCE "service"

enum {
    RUNNING = 64,
    QUEUED = 1000,
    KEPT = 64,
    KEPT_CELLS = 20000,
    IDLE_S = 10 /* a runner without work leaves after so long */
};

static void add(struct bd_sessions *list, struct bd_session *n)
{
    n->next = NULL;
    if (!list->head)
        list->tail = &list->head;
    *list->tail = n;
    list->tail = &n->next;
    list->count++;
}

static bool take(struct bd_sessions *list, struct bd_session *n)
{
    struct bd_session **at = &list->head;

    while (*at && *at != n)
        at = &(*at)->next;
    if (!*at)
        return false;
    *at = n->next;
    if (!*at)
        list->tail = at;
    list->count--;
    return true;
}

static size_t cells_of(struct bd_session *n)
{
    return bd_inquiry_task_count(bd_session_inquiry(n));
}

/* Lock held: what is to be dropped, one at a time. What the storage did not take is
 * nowhere else. */
static struct bd_session *too_many(struct bd_service *s)
{
    struct bd_session *oldest = s->kept.head;
    size_t cells = 0;

    for (struct bd_session *n = oldest; n; n = n->next)
        cells += cells_of(n);
    if (s->kept.count <= s->limits.kept && cells <= KEPT_CELLS)
        return NULL;
    while (oldest && bd__session_is_lost(oldest))
        oldest = oldest->next;
    if (oldest)
        (void)take(&s->kept, oldest);
    return oldest;
}

static void drop_old(struct bd_service *s)
{
    struct bd_session *n;

    for (;;) {
        pthread_mutex_lock(&s->lock);
        n = too_many(s);
        pthread_mutex_unlock(&s->lock);
        if (!n)
            return;
        bd_session_unref(n);
    }
}

/* Lock held. */
static bool has_work(const struct bd_service *s)
{
    return !s->stopping && !s->draining && !s->holding && s->queue.head;
}

/* Lock held. NULL: nothing came for long, or all is to end. */
static struct bd_session *next(struct bd_service *s)
{
    struct timespec until = {.tv_sec = bd_clock_ms() / 1000 + IDLE_S};

    s->idle++;
    while (!s->stopping && !has_work(s))
        if (pthread_cond_timedwait(&s->work, &s->lock, &until) == ETIMEDOUT)
            break;
    s->idle--;
    return has_work(s) ? s->queue.head : NULL;
}

void bd__service_finished(struct bd_session *n)
{
    struct bd_service *s = n->service;
    enum bd_session_state state;

    pthread_mutex_lock(&n->lock);
    state = n->state;
    pthread_mutex_unlock(&n->lock);
    pthread_mutex_lock(&s->lock);
    (void)take(&s->running, n);
    add(&s->kept, n);
    s->stats.finished += state == BD_SESSION_DONE;
    s->stats.failed += state == BD_SESSION_FAILED;
    pthread_cond_broadcast(&s->quiet);
    pthread_mutex_unlock(&s->lock);
    drop_old(s);
}

bool bd__service_take(struct bd_session *n)
{
    struct bd_service *s = n->service;
    bool taken;

    pthread_mutex_lock(&s->lock);
    taken = take(&s->queue, n);
    if (taken)
        add(&s->running, n);
    pthread_mutex_unlock(&s->lock);
    return taken;
}

static void *run(void *arg) /* [runner] */
{
    struct bd_service *s = arg;
    struct bd_session *n;

    bd_thread_is(BD_RUNNER, "bd-runner");
    pthread_mutex_lock(&s->lock);
    while ((n = next(s))) {
        (void)take(&s->queue, n);
        add(&s->running, n);
        pthread_mutex_unlock(&s->lock);
        bd__session_run(n);
        bd__service_finished(n);
        pthread_mutex_lock(&s->lock);
    }
    s->runners--;
    pthread_cond_broadcast(&s->quiet);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* Lock held. A thread more if nobody waits for work; without one it waits its turn. */
static void call_runner(struct bd_service *s)
{
    pthread_t thread;

    if (s->idle < s->queue.count && s->runners < s->limits.running &&
        bd__spawn(&thread, run, s) == 0) {
        (void)pthread_detach(thread); /* stop() waits until `runners` is 0 */
        s->runners++;
    }
    pthread_cond_signal(&s->work);
}

void bd__service_queue(struct bd_service *s, struct bd_session *n)
{
    add(&s->queue, n);
    call_runner(s);
}

static struct bd_session *find_in(const struct bd_sessions *list, const char *id)
{
    struct bd_session *n = list->head;

    while (n && strcmp(n->id, id) != 0)
        n = n->next;
    return n;
}

struct bd_session *bd_service_find(struct bd_service *s, const char *id)
{
    struct bd_session *n;

    pthread_mutex_lock(&s->lock);
    n = find_in(&s->running, id);
    if (!n)
        n = find_in(&s->queue, id);
    if (!n)
        n = find_in(&s->kept, id);
    if (n)
        bd__session_ref(n);
    pthread_mutex_unlock(&s->lock);
    return n;
}

static struct bd_service_limits with_defaults(const struct bd_service_limits *limits)
{
    return (struct bd_service_limits){
        .running = limits->running ? limits->running : RUNNING,
        .queued = limits->queued ? limits->queued : QUEUED,
        .kept = limits->kept ? limits->kept : KEPT,
    };
}

void bd_service_limit(struct bd_service *s, const struct bd_service_limits *limits)
{
    pthread_mutex_lock(&s->lock);
    s->limits = with_defaults(limits);
    for (size_t i = 0; i < s->queue.count; i++)
        call_runner(s);
    pthread_mutex_unlock(&s->lock);
}

int bd_service_start(struct bd_service **out, struct bd_engine *e,
                     const struct bd_service_limits *limits, int *resumed,
                     struct bd_error *err)
{
    struct bd_service *s = calloc(1, sizeof(*s));
    pthread_condattr_t monotonic;

    BD_ON(BD_MAIN);
    if (!s || !(s->client_keys = json_object())) {
        free(s);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    }
    s->engine = e;
    s->limits = with_defaults(limits);
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &monotonic);
    pthread_cond_init(&s->quiet, &monotonic);
    pthread_cond_init(&s->settled, NULL);
    pthread_condattr_destroy(&monotonic);
    if (bd__service_look_back(s, err) < 0) {
        bd_service_stop(s);
        return bd_fail_in(err, "looking for unfinished diagnoses");
    }
    e->on_swapping = bd__service_swapping;
    e->on_swapped = bd__service_swapped;
    e->on_swapped_arg = s;
    *resumed = (int)s->stats.resumed;
    *out = s;
    return 0;
}

void bd_service_tend(struct bd_service *s, bool storing)
{
    pthread_mutex_lock(&s->lock);
    s->holding = !storing;
    for (struct bd_session *n = s->kept.head; n && storing; n = n->next)
        bd__session_mend(n);
    for (unsigned i = 0; i < s->queue.count && storing; i++) /* they wait, or have left */
        call_runner(s);
    pthread_mutex_unlock(&s->lock);
}

void bd_service_drain(struct bd_service *s)
{
    pthread_mutex_lock(&s->lock);
    s->draining = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
}

bool bd_service_drained(struct bd_service *s, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000,
                             .tv_nsec = until_ms % 1000 * 1000000};
    bool over;

    pthread_mutex_lock(&s->lock);
    while (s->running.head &&
           pthread_cond_timedwait(&s->quiet, &s->lock, &until) != ETIMEDOUT)
        ;
    over = !s->running.head;
    pthread_mutex_unlock(&s->lock);
    return over;
}

static void free_list(struct bd_sessions *list)
{
    while (list->head) {
        struct bd_session *n = list->head;

        (void)take(list, n);
        bd_session_unref(n);
    }
}

void bd_service_stop(struct bd_service *s)
{
    if (!s)
        return;
    BD_ON(BD_MAIN);
    s->engine->on_swapping = NULL;
    s->engine->on_swapped = NULL;
    pthread_mutex_lock(&s->lock);
    s->stopping = s->draining = true;
    for (struct bd_session *n = s->running.head; n; n = n->next)
        bd__session_leave(n);
    pthread_cond_broadcast(&s->work);
    while (s->runners > 0)
        pthread_cond_wait(&s->quiet, &s->lock);
    pthread_mutex_unlock(&s->lock);
    free_list(&s->queue);
    free_list(&s->running);
    free_list(&s->kept);
    json_decref(s->client_keys);
    pthread_cond_destroy(&s->settled);
    pthread_cond_destroy(&s->quiet);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void bd_service_stats(struct bd_service *s, struct bd_service_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    out->queued = s->queue.count;
    out->running = s->running.count;
    out->kept = s->kept.count;
    pthread_mutex_unlock(&s->lock);
}
