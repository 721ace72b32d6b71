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
    KEYS = 10000, /* client keys that are remembered, the newest */
    IDLE_S = 10   /* a runner without work leaves after so long */
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

/* Lock held. */
static void learn_key(struct bd_service *s, const char *key, const char *id,
                      const char *digest)
{
    if (json_object_size(s->client_keys) >= KEYS) { /* the first is the oldest */
        void *oldest = json_object_iter(s->client_keys);

        json_object_del(s->client_keys, json_object_iter_key(oldest));
    }
    json_object_set_new(s->client_keys, key, json_pack("[s, s, b]", id, digest, 0));
}

/* Lock held. 1: known, id is filled; 0: new; -1: another request has that name. One that
 * is arriving is waited for: if it is refused, the name is free again. */
static int look_up_key(struct bd_service *s, const struct bd_submission *what,
                       char id[40], struct bd_error *err)
{
    const json_t *known;
    const char *digest;

    if (!what->client_key)
        return 0;
    while ((known = json_object_get(s->client_keys, what->client_key))) {
        snprintf(id, 40, "%s", json_string_value(json_array_get(known, 0)));
        digest = json_string_value(json_array_get(known, 1));
        if (strcmp(digest, what->digest) != 0)
            return bd_fail(err, BD_ERR_INVALID_REQUEST, EEXIST, SOURCE,
                           "the idempotency key was used for another request, %s; give "
                           "each request a key of its own",
                           id);
        if (json_is_true(json_array_get(known, 2)))
            return 1;
        pthread_cond_wait(&s->settled, &s->lock);
    }
    return 0;
}

/* Lock held: as many do not stay in the queue. */
static unsigned unused(const struct bd_service *s)
{
    return s->running.count < s->limits.running ? s->limits.running - s->running.count
                                                : 0;
}

/* Lock held. */
static int check_room(struct bd_service *s, struct bd_error *err)
{
    if (s->draining || s->stopping)
        return bd_fail(err, BD_ERR_OVERLOADED, 0, SOURCE,
                       "the service is being stopped; ask again in a moment");
    if (s->queue.count + s->arriving < s->limits.queued + unused(s))
        return 0;
    s->stats.refused++;
    (void)bd_fail(err, BD_ERR_RATE_LIMITED, 0, SOURCE,
                  "the queue is full: %u diagnoses wait; come again later",
                  s->queue.count);
    err->retry_after_ms = 10000;
    return -1;
}

/* Under one name only one request is accepted, however many come at once: the name is
 * taken before the storage is asked, and given back if it refuses. */
static int reserve(struct bd_service *s, const struct bd_submission *what,
                   struct bd_session *n, char id[40], struct bd_error *err)
{
    int rc;

    pthread_mutex_lock(&s->lock);
    rc = look_up_key(s, what, id, err);
    if (rc == 0)
        rc = check_room(s, err);
    if (rc == 0)
        s->arriving++;
    if (rc == 0 && what->client_key)
        learn_key(s, what->client_key, n->id, what->digest);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* It is stored, and queued; or it is refused. */
static void settle(struct bd_service *s, const struct bd_submission *what, bool stored)
{
    json_t *known;

    pthread_mutex_lock(&s->lock);
    s->arriving--;
    known = what->client_key ? json_object_get(s->client_keys, what->client_key) : NULL;
    if (known && stored)
        json_array_set_new(known, 2, json_true());
    else if (known)
        json_object_del(s->client_keys, what->client_key);
    pthread_cond_broadcast(&s->settled);
    pthread_mutex_unlock(&s->lock);
}

/* False: the storage is another one since `swaps` was read, and it may not be in it. */
static bool enqueue(struct bd_service *s, struct bd_session *n, unsigned swaps)
{
    bool stored;

    pthread_mutex_lock(&s->lock);
    stored = s->swaps == swaps;
    if (stored) {
        add(&s->queue, n);
        s->stats.accepted++;
        call_runner(s);
    }
    pthread_mutex_unlock(&s->lock);
    return stored;
}

static unsigned swaps_of(struct bd_service *s)
{
    unsigned swaps;

    pthread_mutex_lock(&s->lock);
    swaps = s->swaps;
    pthread_mutex_unlock(&s->lock);
    return swaps;
}

static int store_and_enqueue(struct bd_service *s, struct bd_session *n,
                             struct bd_error *err)
{
    unsigned swaps;

    do {
        swaps = swaps_of(s);
        if (bd__persist_accepted(s->engine, n, err) < 0)
            return -1;
    } while (!enqueue(s, n, swaps));
    return 0;
}

/* The client's name and the digest of its body, as one word for the storage. */
static char *stored_key(const struct bd_submission *what)
{
    struct bd_buf b;
    char *key = NULL;

    bd_buf_init(&b, 512);
    if (bd_buf_addf(&b, "%s %s", what->digest, what->client_key) == 0)
        key = bd_buf_take(&b);
    bd_buf_free(&b);
    return key;
}

static int name(struct bd_session *n, const struct bd_submission *what,
                struct bd_error *err)
{
    n->limits = what->limits;
    n->created_ms = bd_clock_wall_ms();
    if (bd__diagnosis_id(n->id, sizeof(n->id), n->created_ms, err) < 0)
        return -1;
    if (what->client_key && !(n->client_key = stored_key(what)))
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    return 0;
}

int bd_service_submit(struct bd_service *s, const struct bd_submission *what, char id[40],
                      bool *known, struct bd_error *err)
{
    struct bd_session *n;
    int rc;

    *known = false;
    if (bd_diagnosis_check(s->engine, what->inquiry, &what->limits, err) < 0)
        return -1;
    n = bd__session_new(s, what->inquiry, err);
    if (!n)
        return -1;
    rc = name(n, what, err);
    if (rc == 0)
        rc = reserve(s, what, n, id, err);
    *known = rc == 1;
    if (rc == 0) {
        snprintf(id, 40, "%s", n->id); /* n may be over as soon as it is queued */
        rc = store_and_enqueue(s, n, err);
        settle(s, what, rc == 0);
        if (rc == 0)
            return 0;
    }
    bd_session_unref(n);
    return rc < 0 ? -1 : 0;
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

struct found {    /* in the storage, newest first */
    json_t *keys; /* [key, [id, digest, true]] */
    char (*ids)[40];
    size_t count;
};

static void see(void *arg, const struct bd_listed *row)
{
    struct found *f = arg;
    const char *space = row->client_key ? strchr(row->client_key, ' ') : NULL;

    if (space)
        json_array_append_new(f->keys, json_pack("[s, [s, s%, b]]", space + 1, row->id,
                                                 row->client_key,
                                                 (size_t)(space - row->client_key), 1));
}

/* As if they had just been learnt, the oldest first. */
static void take_keys(struct bd_service *s, const struct found *f)
{
    for (size_t i = json_array_size(f->keys); i > 0; i--) {
        const json_t *one = json_array_get(f->keys, i - 1);

        json_object_set(s->client_keys, json_string_value(json_array_get(one, 0)),
                        json_array_get(one, 1));
    }
}

static void see_unfinished(void *arg, const struct bd_listed *row)
{
    struct found *f = arg;
    void *ids = realloc(f->ids, (f->count + 1) * sizeof(*f->ids));

    if (!ids)
        return; /* the next start finds it */
    f->ids = ids;
    snprintf(f->ids[f->count++], sizeof(*f->ids), "%s", row->id);
}

static void resume(struct bd_service *s, const char *id)
{
    struct bd_session *n;
    struct bd__stored stored;
    struct bd_error err;

    if (bd__stored_load(&stored, s->engine, id, &err) < 0) {
        bd_log(BD_LOG_ERROR, SOURCE, "%s cannot be gone on with: %s", id, err.message);
        return;
    }
    n = bd__session_new(s, &stored.record.inquiry, &err);
    if (n) {
        snprintf(n->id, sizeof(n->id), "%s", id);
        n->created_ms = stored.record.created_ms;
        n->resumed = true;
        n->limits = stored.limits;
        n->client_key = stored.client_key; /* taken over */
        stored.client_key = NULL;
        bd_log(BD_LOG_WARNING, SOURCE,
               "%s was not finished: %zu of its cells are there, %zu calls may be billed "
               "twice",
               id, stored.record.cell_count, stored.begun_count);
        pthread_mutex_lock(&s->lock);
        add(&s->queue, n);
        s->stats.resumed++;
        call_runner(s);
        pthread_mutex_unlock(&s->lock);
    }
    bd__stored_free(&stored);
}

static int look_back(struct bd_service *s, struct bd_error *err)
{
    struct found f = {.keys = json_array()};
    int rc;

    rc = bd_engine_list(s->engine, KEYS, NULL, see, &f, err);
    if (rc == 0)
        rc = bd_engine_list_unfinished(s->engine, see_unfinished, &f, err);
    if (rc == 0) {
        take_keys(s, &f);
        for (size_t i = f.count; i > 0; i--) /* oldest first */
            resume(s, f.ids[i - 1]);
    }
    json_decref(f.keys);
    free(f.ids);
    return rc;
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
    if (look_back(s, err) < 0) {
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
