/* runtime/store_work.c - what the store thread does; see store.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/fail.h"
#include "bd/error.h"
#include "runtime/store_call.h"
#include "runtime/store_parts.h"

#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS  1000

void bd__store_wait(struct bd_store *s, pthread_cond_t *c, int64_t until_ms)
{
    struct timespec at = {.tv_sec = (time_t)(until_ms / 1000),
                          .tv_nsec = (long)(until_ms % 1000) * 1000000};

    (void)pthread_cond_timedwait(c, &s->lock, &at);
}

bool bd__store_enough(const struct bd_store *s)
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
        if (bd__store_enough(s) || bd_clock_ms() >= due)
            return true;
        bd__store_wait(s, &s->wake, due);
    }
}

static void count_batch(struct bd_store_stats *stats, size_t rows, int64_t ms)
{
    size_t size = 0;

    for (size_t most = 1; most < rows && size + 1 < BD_STORE_SIZES; most *= 4)
        size++;
    stats->batch_sizes[size]++;
    stats->batches++;
    stats->last_commit_ms = ms;
    if (ms > stats->worst_commit_ms)
        stats->worst_commit_ms = ms;
}

/* Under the lock: the storage works, or has not since then. */
static void set_failing(struct bd_store *s, bool failing, int64_t since_ms)
{
    s->failing = s->stats.failing = failing;
    s->failing_ms = s->stats.failing_since_ms = failing ? since_ms : 0;
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
        count_batch(&s->stats, n, s->backing.storage.last_ms);
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
    if (err->recoverable && !s->failing)
        set_failing(s, true, tried_ms); /* a storage may wait long before it gives up */
    again = err->recoverable && now_ms + delay_ms - s->failing_ms <= s->o.retry_ms;
    while (again && bd_clock_ms() < now_ms + delay_ms)
        bd__store_wait(s, &s->wake, now_ms + delay_ms);
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

static int put_once(struct bd_store *s, struct bd_error *err)
{
    if (bd__backing_ready(&s->backing, err) < 0)
        return -1;
    return bd_storage_put(&s->backing.storage, &s->batch.batch, err);
}

static int put_rows(struct bd_store *s, struct bd_row_item *const *rows, size_t n,
                    struct bd_error *err)
{
    int64_t delay_ms = RETRY_FIRST_MS, tried_ms = bd_clock_ms();

    if (is_hopeless(s, err))
        return -1;
    bd_item_batch_fill(&s->batch, rows, n);
    while (put_once(s, err) < 0) {
        if (!pause_to_retry(s, delay_ms, tried_ms, err))
            return -1;
        delay_ms = delay_ms * 2 < RETRY_LAST_MS ? delay_ms * 2 : RETRY_LAST_MS;
        tried_ms = bd_clock_ms();
    }
    pthread_mutex_lock(&s->lock);
    set_failing(s, false, 0);
    pthread_mutex_unlock(&s->lock);
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

/* Under the lock, after a call: a storage that it opened starts afresh; one that it left
 * shut is as one that fails. */
static void look_at_backing(struct bd_store *s, bool was_open)
{
    bool open = bd__backing_is_open(&s->backing);

    if (s->backing.swaps > s->stats.swaps || (open && !was_open)) {
        s->stats.swaps = s->backing.swaps;
        s->hopeless = false;
        set_failing(s, false, 0);
    } else if (!open && !s->failing) {
        set_failing(s, true, bd_clock_ms());
    }
}

/* Under the lock. */
static void finish_call(struct bd_store *s, struct bd_call *c)
{
    c->finished = true;
    pthread_cond_broadcast(&s->answered);
    if (atomic_load(&c->abandoned))
        c->drop(c);
}

void bd__store_work(struct bd_store *s)
{
    pthread_mutex_lock(&s->lock);
    while (wait_for_work(s)) {
        bool open = bd__backing_is_open(&s->backing);
        struct bd_call *c = NULL;
        size_t n = take_rows(s);

        if (n == 0)
            c = (struct bd_call *)bd_item_pop(&s->queue);
        pthread_mutex_unlock(&s->lock);
        if (c)
            c->rc = c->run(&s->backing, c);
        else
            commit(s, s->rows, n);
        pthread_mutex_lock(&s->lock);
        if (c) {
            look_at_backing(s, open);
            finish_call(s, c);
        }
    }
    s->closed = true;
    pthread_mutex_unlock(&s->lock);
}
