/* runtime/store_parts.h - the store's inside, shared by store.c (its doors, its beginning
 * and end) and store_work.c (what its thread does). */
#ifndef BD_RUNTIME_STORE_PARTS_H
#define BD_RUNTIME_STORE_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/backing.h"
#include "runtime/item.h"
#include "runtime/store.h"

struct bd_store {
    struct bd_store_options o;
    pthread_t thread;

    /* The store thread's own. */
    struct bd__backing backing;
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

/* Under the lock: waits for c at most until then (monotonic); the caller looks again,
 * whatever woke it. */
void bd__store_wait(struct bd_store *s, pthread_cond_t *c, int64_t until_ms);
/* Under the lock: is there no reason to let more rows gather? */
bool bd__store_enough(const struct bd_store *s);

/* [store] Works the queue off until the store is stopped and it is empty. */
void bd__store_work(struct bd_store *s);

#endif
