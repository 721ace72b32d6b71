/* runtime/backing.h - the storage behind the store: which one, and is it open?
 *
 * There is never more than one open. One that does not open when it is exchanged, or
 * opened again, leaves none open: then each use tries the last good one first.
 *
 * [store] All functions. */
#ifndef BD_RUNTIME_BACKING_H
#define BD_RUNTIME_BACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/storage.h"
#include "runtime/store.h"

struct bd__backing {
    struct bd_store_source source;
    struct bd_storage_instance storage; /* of source; {0} while it is not open */
    uint64_t swaps;                     /* that were done */
};

BD_MUST_CHECK int bd__backing_open(struct bd__backing *b, const struct bd_store_source *s,
                                   struct bd_error *err);
bool bd__backing_is_open(const struct bd__backing *b);
/* Opens it if it is not open. Its failure is recoverable, whatever the storage says: it
 * was open before. */
BD_MUST_CHECK int bd__backing_ready(struct bd__backing *b, struct bd_error *err);
/* Closes the storage and opens the other; if that fails, opens the first again. *pause_ms
 * is how long that took, also on failure. */
BD_MUST_CHECK int bd__backing_swap(struct bd__backing *b,
                                   const struct bd_store_source *to, int64_t *pause_ms,
                                   struct bd_error *err);
void bd__backing_close(struct bd__backing *b);

#endif
