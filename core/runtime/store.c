/* runtime/store.c - see store.h. */
#include "runtime/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/thread.h"
#include "bd/error.h"
#include "bd/storage.h"
#include "runtime/item.h"
#include "runtime/storage.h"
#include "runtime/store_call.h"

#define SOURCE         "store"
#define QUEUE_BYTES    ((size_t)64 << 20)
#define BATCH_ROWS     100
#define BATCH_BYTES    ((size_t)256 << 10)
#define LINGER_MS      20
#define RETRY_MS       5000
#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS  1000

struct bd_store {
    struct bd_store_options o;
    pthread_t thread;

    /* The store thread's own. */
    struct bd_storage_instance storage;
    struct bd_item_batch batch;
    struct bd_row_item **rows; /* of the batch in work, o.batch_rows of them */
    bool failing;              /* since failing_ms, with errors that may go away */
    int64_t failing_ms;
    bool leaving;  /* the process is about to end */
    bool hopeless; /* it failed to the last try meanwhile */

    pthread_cond_t wake;     /* of the store thread: something is due; monotonic */
    pthread_cond_t answered; /* of callers: a call is finished, or the storage is open */
    pthread_mutex_t lock;    /* guards all below; never held across a callback */
    struct bd_item_queue queue;
    bool stopping, closed, started;
    bool hurried; /* until the queue is empty: do not let rows gather */
    int start_rc;
    struct bd_error start_error;
    struct bd_store_stats stats;
};

/* The caller looks again, whatever woke it. */
static void wait_until(struct bd_store *s, pthread_cond_t *c, int64_t ms)
{
    struct timespec at = {.tv_sec = (time_t)(ms / 1000),
                          .tv_nsec = (long)(ms % 1000) * 1000000};

    (void)pthread_cond_timedwait(c, &s->lock, &at);
}

/* Under the lock: is there no reason to let more rows gather? */
static bool enough(const struct bd_store *s)
{
    return s->queue.calls > 0 || s->stopping || s->hurried ||
           s->queue.rows >= s->o.batch_rows || s->queue.bytes >= s->o.batch_bytes;
}

/* Under the lock: waits for work. False: stopped, and the queue is empty. */
static bool wait_for_work(struct bd_store *s)
{
    for (;;) {
        int64_t due;

        if (!s->queue.first && s->stopping)
            return false;
        if (!s->queue.first) {
            s->hurried = false;
            pthread_cond_wait(&s->wake, &s->lock);
            continue;
        }
        due = s->queue.first->queued_ms + s->o.linger_ms;
        if (enough(s) || bd_clock_ms() >= due)
            return true;
        wait_until(s, &s->wake, due);
    }
}

/* The rows are committed (err NULL) or have failed: tells whoever queued them. */
static void settle(struct bd_store *s, struct bd_row_item *const *rows, size_t n,
                   const struct bd_error *err)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += rows[i]->item.bytes;
    pthread_mutex_lock(&s->lock);
    s->stats.queued_rows -= n;
    s->stats.queued_bytes -= bytes;
    if (err) {
        s->stats.failed_rows += n;
    } else {
        s->stats.rows += n;
        s->stats.bytes += bytes;
        s->stats.batches++;
        s->stats.last_commit_ms = s->storage.last_ms;
        if (s->storage.last_ms > s->stats.worst_commit_ms)
            s->stats.worst_commit_ms = s->storage.last_ms;
    }
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < n; i++) {
        if (rows[i]->done)
            rows[i]->done(rows[i]->arg, err);
        free(rows[i]);
    }
}

/* Waits before the next try, or says that it was the last: the storage has failed for
 * too long. Rows go on being queued meanwhile. */
static bool pause_to_retry(struct bd_store *s, int64_t delay_ms, int64_t tried_ms,
                           const struct bd_error *err)
{
    int64_t now_ms = bd_clock_ms();
    bool again;

    pthread_mutex_lock(&s->lock);
    s->stats.last_error = *err;
    if (err->recoverable && !s->failing) {
        s->failing = true;
        s->failing_ms = tried_ms; /* a storage may wait long before it gives up */
    }
    again = err->recoverable && now_ms + delay_ms - s->failing_ms <= s->o.retry_ms;
    while (again && bd_clock_ms() < now_ms + delay_ms)
        wait_until(s, &s->wake, now_ms + delay_ms);
    s->hopeless |= (s->stopping || s->leaving) && !again;
    s->stats.retries += again;
    pthread_mutex_unlock(&s->lock);
    return again;
}

/* A storage that fails for good while we stop is not tried again for every batch:
 * somebody waits for the prompt. */
static bool is_hopeless(struct bd_store *s, struct bd_error *err)
{
    bool yes;

    pthread_mutex_lock(&s->lock);
    yes = s->hopeless && s->stats.last_error.recoverable;
    if (yes)
        *err = s->stats.last_error;
    pthread_mutex_unlock(&s->lock);
    return yes;
}

static int put_rows(struct bd_store *s, struct bd_row_item *const *rows, size_t n,
                    struct bd_error *err)
{
    int64_t delay_ms = RETRY_FIRST_MS, tried_ms = bd_clock_ms();

    if (is_hopeless(s, err))
        return -1;
    bd_item_batch_fill(&s->batch, rows, n);
    while (bd_storage_put(&s->storage, &s->batch.batch, err) < 0) {
        if (!pause_to_retry(s, delay_ms, tried_ms, err))
            return -1;
        delay_ms = delay_ms * 2 < RETRY_LAST_MS ? delay_ms * 2 : RETRY_LAST_MS;
        tried_ms = bd_clock_ms();
    }
    s->failing = false;
    return 0;
}

static void commit(struct bd_store *s, struct bd_row_item *const *rows, size_t n)
{
    struct bd_error err = {0};

    if (put_rows(s, rows, n, &err) == 0) {
        settle(s, rows, n, NULL);
    } else if (n == 1 || err.recoverable) {
        bd_fail_in(&err, "storing %zu row%s", n, n == 1 ? "" : "s");
        settle(s, rows, n, &err);
    } else {
        commit(s, rows, n / 2);
        commit(s, rows + n / 2, n - n / 2);
    }
}

/* Under the lock: takes rows up to the next call or the limits of a batch. */
static size_t take_rows(struct bd_store *s)
{
    size_t n = 0, bytes = 0;

    while (s->queue.first && s->queue.first->kind != BD_ITEM_CALL &&
           n < s->o.batch_rows &&
           (n == 0 || bytes + s->queue.first->bytes <= s->o.batch_bytes)) {
        bytes += s->queue.first->bytes;
        s->rows[n++] = (struct bd_row_item *)bd_item_pop(&s->queue);
    }
    return n;
}

/* Under the lock. */
static void finish_call(struct bd_store *s, struct bd_call *c)
{
    c->finished = true;
    pthread_cond_broadcast(&s->answered);
    if (atomic_load(&c->abandoned))
        c->drop(c);
}

static void work(struct bd_store *s)
{
    pthread_mutex_lock(&s->lock);
    while (wait_for_work(s)) {
        struct bd_call *c = NULL;
        size_t n = take_rows(s);

        if (n == 0)
            c = (struct bd_call *)bd_item_pop(&s->queue);
        pthread_mutex_unlock(&s->lock);
        if (c)
            c->rc = c->run(&s->storage, c);
        else
            commit(s, s->rows, n);
        pthread_mutex_lock(&s->lock);
        if (c)
            finish_call(s, c);
    }
    s->closed = true;
    pthread_mutex_unlock(&s->lock);
}

static void *store_main(void *arg)
{
    struct bd_store *s = arg;
    struct bd_error err = {0};
    int rc;

    bd_thread_is(BD_STORE, "bd-store");
    rc = bd_storage_open(&s->storage, s->o.plugin, s->o.host, &err);
    pthread_mutex_lock(&s->lock);
    s->start_rc = rc;
    s->start_error = err;
    s->started = true;
    pthread_cond_broadcast(&s->answered);
    pthread_mutex_unlock(&s->lock);
    if (rc == 0)
        work(s);
    bd_storage_close(&s->storage);
    return NULL;
}

static void store_free(struct bd_store *s)
{
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    pthread_cond_destroy(&s->answered);
    bd_item_batch_free(&s->batch);
    free(s->rows);
    free(s);
}

void bd_store_leave(struct bd_store *s)
{
    pthread_mutex_lock(&s->lock);
    s->leaving = s->hurried = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

static struct bd_store *store_new(const struct bd_store_options *o)
{
    struct bd_store *s = calloc(1, sizeof(*s));
    pthread_condattr_t monotonic;

    if (!s)
        return NULL;
    s->o = *o;
    s->o.queue_bytes = o->queue_bytes ? o->queue_bytes : QUEUE_BYTES;
    s->o.batch_rows = o->batch_rows ? o->batch_rows : BATCH_ROWS;
    s->o.batch_bytes = o->batch_bytes ? o->batch_bytes : BATCH_BYTES;
    s->o.linger_ms = o->linger_ms ? o->linger_ms : LINGER_MS;
    s->o.retry_ms = o->retry_ms ? o->retry_ms : RETRY_MS;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &monotonic);
    pthread_cond_init(&s->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->rows = calloc(s->o.batch_rows, sizeof(struct bd_row_item *));
    if (!s->rows || bd_item_batch_init(&s->batch, s->o.batch_rows) < 0) {
        store_free(s);
        return NULL;
    }
    return s;
}

int bd_store_start(struct bd_store **out, const struct bd_store_options *o,
                   struct bd_error *err)
{
    struct bd_store *s = store_new(o);
    int rc;

    if (!s)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    rc = pthread_create(&s->thread, NULL, store_main, s);
    if (rc != 0) {
        store_free(s);
        return bd_fail(err, BD_ERR_INTERNAL, rc, SOURCE, "cannot start the store thread");
    }
    pthread_mutex_lock(&s->lock);
    while (!s->started)
        pthread_cond_wait(&s->answered, &s->lock);
    pthread_mutex_unlock(&s->lock);
    if (s->start_rc < 0) {
        if (err)
            *err = s->start_error;
        pthread_join(s->thread, NULL);
        store_free(s);
        return bd_fail_in(err, "opening the storage");
    }
    *out = s;
    return 0;
}

void bd_store_stop(struct bd_store *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    store_free(s);
}

static int check_room(const struct bd_store *s, size_t bytes, struct bd_error *err)
{
    if (s->closed)
        return bd_fail(err, BD_ERR_STORAGE, 0, SOURCE, "the store is stopped");
    if (bytes > s->o.queue_bytes)
        return bd_fail(err, BD_ERR_TOO_LARGE, 0, SOURCE,
                       "a row of %zu bytes is larger than the queue of %zu", bytes,
                       s->o.queue_bytes);
    if (s->stats.queued_bytes + bytes > s->o.queue_bytes)
        return bd_fail(err, BD_ERR_STORAGE, 0, SOURCE,
                       "queue full: %zu rows, %zu bytes wait for the storage",
                       s->stats.queued_rows, s->stats.queued_bytes);
    return 0;
}

/* Owns the item, which may be NULL: memory was short. */
static int put(struct bd_store *s, struct bd_row_item *item, bd_store_done_fn *done,
               void *arg, struct bd_error *err)
{
    int rc;

    if (!item)
        return bd_fail(err, BD_ERR_STORAGE, ENOMEM, SOURCE, "out of memory");
    item->done = done;
    item->arg = arg;
    pthread_mutex_lock(&s->lock);
    rc = check_room(s, item->item.bytes, err);
    if (rc == 0) {
        bool idle = !s->queue.first;

        bd_item_push(&s->queue, &item->item, bd_clock_ms());
        s->stats.queued_rows++;
        s->stats.queued_bytes += item->item.bytes;
        if (idle || enough(s))
            pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->lock);
    if (rc < 0)
        free(item);
    return rc;
}

int bd_store_put_diagnosis(struct bd_store *s, const struct bd_diagnosis_row *row,
                           bd_store_done_fn *done, void *arg, struct bd_error *err)
{
    return put(s, bd_item_diagnosis(row), done, arg, err);
}

int bd_store_put_cell(struct bd_store *s, const struct bd_cell_row *row,
                      bd_store_done_fn *done, void *arg, struct bd_error *err)
{
    return put(s, bd_item_cell(row), done, arg, err);
}

int bd_store_put_cache(struct bd_store *s, const struct bd_cache_row *row,
                       bd_store_done_fn *done, void *arg, struct bd_error *err)
{
    return put(s, bd_item_cache(row), done, arg, err);
}

bool bd__store_ask_until(struct bd_store *s, struct bd_call *c, int64_t until_ms)
{
    bool finished;

    c->item.kind = BD_ITEM_CALL;
    pthread_mutex_lock(&s->lock);
    bd_item_push(&s->queue, &c->item, bd_clock_ms());
    pthread_cond_signal(&s->wake);
    while (!c->finished && bd_clock_ms() < until_ms)
        wait_until(s, &s->answered, until_ms);
    finished = c->finished;
    if (!finished)
        atomic_store(&c->abandoned, true);
    pthread_mutex_unlock(&s->lock);
    return finished;
}

void bd_store_hurry(struct bd_store *s)
{
    pthread_mutex_lock(&s->lock);
    s->hurried = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

void bd_store_stats(struct bd_store *s, struct bd_store_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    pthread_mutex_unlock(&s->lock);
}
