/* runtime/store.c - see store.h. */
#include "runtime/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/thread.h"
#include "bd/error.h"
#include "bd/storage.h"
#include "runtime/item.h"
#include "runtime/store_call.h"
#include "runtime/store_parts.h"

#define SOURCE      "store"
#define QUEUE_BYTES ((size_t)64 << 20)
#define BATCH_ROWS  100
#define BATCH_BYTES ((size_t)256 << 10)
#define LINGER_MS   20
#define RETRY_MS    5000

static void *store_main(void *arg)
{
    struct bd_store *s = arg;
    const struct bd_store_source source = {s->o.plugin, s->o.host};
    struct bd_error err = {0};
    int rc;

    bd_thread_is(BD_STORE, "bd-store");
    rc = bd__backing_open(&s->backing, &source, &err);
    pthread_mutex_lock(&s->lock);
    s->start_rc = rc;
    s->start_error = err;
    s->started = true;
    pthread_cond_broadcast(&s->answered);
    pthread_mutex_unlock(&s->lock);
    if (rc == 0)
        bd__store_work(s);
    bd__backing_close(&s->backing);
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
        if (idle || bd__store_enough(s))
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
        bd__store_wait(s, &s->answered, until_ms);
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
