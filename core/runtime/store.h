/* runtime/store.h - the store thread: the only one that calls a storage.
 *
 *   put ──► queue ──► batch ──► put() of the plugin ──► done(NULL)
 *   get ──► queue ──► after everything before it ────► the caller goes on
 *
 * Group commit: rows wait until there are batch_rows or batch_bytes of them, or the
 * oldest has waited linger_ms, or somebody reads, flushes or stops. A row counts as
 * stored when its done function was called with NULL: the storage has committed it.
 *
 * Failure. An error that may go away is tried again after 50, 100, 200 ... 1000 ms,
 * until the storage has failed for retry_ms; then the rows get the error, and each later
 * batch one try until one succeeds. An error that will not go away halves the batch
 * until the rows at fault are alone. Every queued row's done function is called exactly
 * once, in the order of queueing within a thread.
 *
 * The queue is bounded in bytes: a put beyond it fails at once, and the caller decides.
 *
 * A storage can be exchanged for another while rows come in: what was queued before goes
 * into the old one, what is queued after into the new one, and there are never two open.
 */
#ifndef BD_RUNTIME_STORE_H
#define BD_RUNTIME_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "bd/storage.h"
#include "runtime/item.h"

struct bd_store;

/* A storage that is not open yet. Both are lent for as long as the store uses it: until
 * stop has returned, or a swap to another has returned 0. */
struct bd_store_source {
    const struct bd_storage *plugin;
    const struct bd_host *host;
};

/* 0 takes the default. */
struct bd_store_options {
    const struct bd_storage *plugin; /* the storage to begin with */
    const struct bd_host *host;
    size_t queue_bytes; /* 64 MiB */
    size_t batch_rows;  /* 100 */
    size_t batch_bytes; /* 256 KiB */
    int64_t linger_ms;  /* 20 */
    int64_t retry_ms;   /* 5000 */
};

#define BD_STORE_SIZES 6

struct bd_store_stats {
    uint64_t rows, batches, bytes;    /* committed */
    uint64_t failed_rows;             /* whose done function got an error */
    uint64_t retries;                 /* calls of put() that followed a failed one */
    size_t queued_rows, queued_bytes; /* accepted, not yet committed or failed */
    int64_t last_commit_ms, worst_commit_ms;
    /* Batches committed by their rows: 1, up to 4, 16, 64, 256, and more. Their sum is
     * batches, and rows / batches the mean. */
    uint64_t batch_sizes[BD_STORE_SIZES];
    uint64_t swaps; /* that were done */
    /* The last call of the storage that counts, a put or an open, failed with an error
     * that may go away; since when (monotonic), 0 if not. */
    bool failing;
    int64_t failing_since_ms;
    struct bd_error last_error; /* type NONE: there was none */
};

/* [any but store] Starts the thread and opens the storage on it; waits for that. */
BD_MUST_CHECK int bd_store_start(struct bd_store **out, const struct bd_store_options *o,
                                 struct bd_error *err);
/* [any but store] Commits what is queued, also what done functions queue meanwhile (but a
 * storage that fails for retry_ms is not tried again for each batch), closes the
 * storage, ends the thread, frees. No other thread may use the store from
 * here on. NULL is fine. */
void bd_store_stop(struct bd_store *s);

/* [any] Queues a copy of the row. done (may be NULL) is not called when this fails:
 * queue full (BD_ERR_STORAGE), row larger than the queue (BD_ERR_TOO_LARGE). It runs on
 * the store thread, may put, and must not block or read. */
BD_MUST_CHECK int bd_store_put_diagnosis(struct bd_store *s,
                                         const struct bd_diagnosis_row *row,
                                         bd_store_done_fn *done, void *arg,
                                         struct bd_error *err);
BD_MUST_CHECK int bd_store_put_cell(struct bd_store *s, const struct bd_cell_row *row,
                                    bd_store_done_fn *done, void *arg,
                                    struct bd_error *err);
BD_MUST_CHECK int bd_store_put_cache(struct bd_store *s, const struct bd_cache_row *row,
                                     bd_store_done_fn *done, void *arg,
                                     struct bd_error *err);

/* [any but store] Commits what was queued before, as flush does; then, while rows that
 * are put wait in the queue, closes the storage and opens the other. If that does not
 * open, the first is opened again, and the swap has failed with the reason. If that does
 * not open either, it is tried again for each batch and each read, or until a further
 * swap succeeds: its rows fail as with any error that may go away. *pause_ms (may be
 * NULL) is how long no storage was open, also on failure. `to` is no longer used after a
 * failure, the storage before no longer after a success. */
BD_MUST_CHECK int bd_store_swap(struct bd_store *s, const struct bd_store_source *to,
                                int64_t *pause_ms, struct bd_error *err);

/* [any] Does not wait: stop will come soon. Rows go on being stored, but once the storage
 * has failed for retry_ms it is not tried again for each batch. */
void bd_store_leave(struct bd_store *s);

/* [any] Does not wait: what is queued now is committed at once, without lingering. */
void bd_store_hurry(struct bd_store *s);

/* [any but store] These wait until all that was queued before them is committed or has
 * failed, and then for their own result; fn runs on the store thread while the caller
 * waits, and must not use the store. BD_ERR_INTERNAL on the store thread. */
BD_MUST_CHECK int bd_store_flush(struct bd_store *s, struct bd_error *err);
BD_MUST_CHECK int bd_store_get(struct bd_store *s, const char *id,
                               bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err);
BD_MUST_CHECK int bd_store_cells(struct bd_store *s, const char *id, bd_cell_row_fn *fn,
                                 void *arg, struct bd_error *err);
BD_MUST_CHECK int bd_store_list(struct bd_store *s, const struct bd_list_query *query,
                                bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err);
BD_MUST_CHECK int bd_store_remove(struct bd_store *s, const char *id,
                                  struct bd_error *err);
BD_MUST_CHECK int bd_store_cache_get(struct bd_store *s, const char *key, int64_t now_ms,
                                     bd_cache_row_fn *fn, void *arg,
                                     struct bd_error *err);

struct bd_store_search { /* many keys of the cache in one go */
    const char *const *keys;
    size_t count;
    int64_t now_ms;   /* Unix milliseconds, as in cache_get */
    int64_t until_ms; /* monotonic: nobody waits longer */
    /* On the calling thread, for each key that is there. data is the callee's, to be
     * freed. */
    void (*found)(void *arg, size_t key, char *data);
    void *arg;
};
/* [any but store] -1, and nothing is found: not done in time (BD_ERR_TIMEOUT), or the
 * storage failed. */
BD_MUST_CHECK int bd_store_cache_search(struct bd_store *s,
                                        const struct bd_store_search *search,
                                        struct bd_error *err);

/* [any] */
void bd_store_stats(struct bd_store *s, struct bd_store_stats *out);

#endif
