/* runtime/store_call.h - a caller that waits for the store thread. Inside the store only.
 */
#ifndef BD_RUNTIME_STORE_CALL_H
#define BD_RUNTIME_STORE_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bd/storage.h"
#include "runtime/item.h"

struct bd_store;
struct bd_store_source;
struct bd__backing;

/* Lives on the caller's stack, or has drop. Which members count depends on run. */
struct bd_call {
    struct bd_item item; /* must stay first */
    /* [store] Its result becomes rc. */
    int (*run)(struct bd__backing *b, struct bd_call *c);
    const char *key;
    const struct bd_list_query *query;
    const struct bd_store_source *to;
    int64_t now_ms, pause_ms;
    bd_diagnosis_row_fn *diagnosis;
    bd_cell_row_fn *cell;
    bd_cache_row_fn *cache;
    void *arg;
    struct bd_error *err;
    int rc;
    bool finished; /* under the store's lock */

    /* Set under the store's lock, by a caller who has gone: run may look at it, seq_cst,
     * and stop; then drop is called, under the lock, and frees the call. */
    atomic_bool abandoned;
    void (*drop)(struct bd_call *c);
};

/* [any but store] Queues the call and waits for it until then (monotonic) at most. False:
 * the call is abandoned and no longer the caller's. */
bool bd__store_ask_until(struct bd_store *s, struct bd_call *c, int64_t until_ms);

#endif
