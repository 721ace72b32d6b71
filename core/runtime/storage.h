/* runtime/storage.h - the one place that calls a storage plugin.
 *
 * Rows are checked on the way in and on the way out, results are taken for what the ABI
 * says they may be and nothing else, a method that a plugin lacks has its fallback, and
 * the time that calls take is kept. Nothing above sees a raw value of a plugin.
 *
 * [store] All functions. */
#ifndef BD_RUNTIME_STORAGE_H
#define BD_RUNTIME_STORAGE_H

#include <stdint.h>

#include "base/fail.h"
#include "bd/storage.h"

/* An opened storage. {0} is one that is not open. */
struct bd_storage_instance {
    const struct bd_storage *plugin; /* lent until close */
    void *self;
    uint64_t calls, failures;
    int64_t last_ms, worst_ms; /* how long the last and the longest call took */
};

/* host is lent until close. On failure the instance is not open. A plugin that lacks
 * close, put, get, cells or list is refused (BD_ERR_PLUGIN). */
BD_MUST_CHECK int bd_storage_open(struct bd_storage_instance *s,
                                  const struct bd_storage *plugin,
                                  const struct bd_host *host, struct bd_error *err);
/* One that is not open is fine. */
void bd_storage_close(struct bd_storage_instance *s);

/* Rows with a NULL, with text that is not UTF-8 or with an id that is not [a-z0-9-]{1,64}
 * are refused before the plugin sees the batch (BD_ERR_INVALID_REQUEST). */
BD_MUST_CHECK int bd_storage_put(struct bd_storage_instance *s, const struct bd_batch *b,
                                 struct bd_error *err);

/* As in bd/storage.h. A row that breaks the contract ends the walk with BD_ERR_PLUGIN. */
BD_MUST_CHECK int bd_storage_get(struct bd_storage_instance *s, const char *id,
                                 bd_diagnosis_row_fn *fn, void *arg,
                                 struct bd_error *err);
BD_MUST_CHECK int bd_storage_cells(struct bd_storage_instance *s, const char *id,
                                   bd_cell_row_fn *fn, void *arg, struct bd_error *err);
BD_MUST_CHECK int bd_storage_list(struct bd_storage_instance *s,
                                  const struct bd_list_query *query,
                                  bd_diagnosis_row_fn *fn, void *arg,
                                  struct bd_error *err);
/* A plugin without remove: BD_ERR_PLUGIN. */
BD_MUST_CHECK int bd_storage_remove(struct bd_storage_instance *s, const char *id,
                                    struct bd_error *err);
/* A plugin without cache_get: never a hit. */
BD_MUST_CHECK int bd_storage_cache_get(struct bd_storage_instance *s, const char *key,
                                       int64_t now_ms, bd_cache_row_fn *fn, void *arg,
                                       struct bd_error *err);

#endif
