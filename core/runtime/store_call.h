/* runtime/store_call.h - a caller that waits for the store thread. Inside the store only.
 */
#ifndef BD_RUNTIME_STORE_CALL_H
#define BD_RUNTIME_STORE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "bd/storage.h"
#include "runtime/item.h"

struct bd_store;
struct bd_storage_instance;

/* Lives on the caller's stack. Which members count depends on run. */
struct bd_call {
    struct bd_item item; /* must stay first */
    /* [store] Its result becomes rc. */
    int (*run)(struct bd_storage_instance *storage, struct bd_call *c);
    const char *key;
    const struct bd_list_query *query;
    int64_t now_ms;
    bd_diagnosis_row_fn *diagnosis;
    bd_cell_row_fn *cell;
    bd_cache_row_fn *cache;
    void *arg;
    struct bd_error *err;
    int rc;
    bool finished; /* under the store's lock */
};

/* [any but store] Queues the call, waits for it and returns its rc. */
int bd__store_ask(struct bd_store *s, struct bd_call *c);

#endif
