/* runtime/store_call.c - the doors of store.h that wait. */
#include "runtime/store_call.h"

#include <stdint.h>

#include "bd/storage.h"
#include "runtime/storage.h"
#include "runtime/store.h"

static int run_flush(struct bd_storage_instance *storage, struct bd_call *c)
{
    (void)storage;
    (void)c;
    return 0;
}

static int run_get(struct bd_storage_instance *storage, struct bd_call *c)
{
    return bd_storage_get(storage, c->key, c->diagnosis, c->arg, c->err);
}

static int run_cells(struct bd_storage_instance *storage, struct bd_call *c)
{
    return bd_storage_cells(storage, c->key, c->cell, c->arg, c->err);
}

static int run_list(struct bd_storage_instance *storage, struct bd_call *c)
{
    return bd_storage_list(storage, c->query, c->diagnosis, c->arg, c->err);
}

static int run_remove(struct bd_storage_instance *storage, struct bd_call *c)
{
    return bd_storage_remove(storage, c->key, c->err);
}

static int run_cache_get(struct bd_storage_instance *storage, struct bd_call *c)
{
    return bd_storage_cache_get(storage, c->key, c->now_ms, c->cache, c->arg, c->err);
}

int bd_store_flush(struct bd_store *s, struct bd_error *err)
{
    struct bd_call c = {.run = run_flush, .err = err};

    return bd__store_ask(s, &c);
}

int bd_store_get(struct bd_store *s, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                 struct bd_error *err)
{
    struct bd_call c = {
        .run = run_get, .key = id, .diagnosis = fn, .arg = arg, .err = err};

    return bd__store_ask(s, &c);
}

int bd_store_cells(struct bd_store *s, const char *id, bd_cell_row_fn *fn, void *arg,
                   struct bd_error *err)
{
    struct bd_call c = {.run = run_cells, .key = id, .cell = fn, .arg = arg, .err = err};

    return bd__store_ask(s, &c);
}

int bd_store_list(struct bd_store *s, const struct bd_list_query *query,
                  bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_call c = {
        .run = run_list, .query = query, .diagnosis = fn, .arg = arg, .err = err};

    return bd__store_ask(s, &c);
}

int bd_store_remove(struct bd_store *s, const char *id, struct bd_error *err)
{
    struct bd_call c = {.run = run_remove, .key = id, .err = err};

    return bd__store_ask(s, &c);
}

int bd_store_cache_get(struct bd_store *s, const char *key, int64_t now_ms,
                       bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_call c = {.run = run_cache_get,
                        .key = key,
                        .now_ms = now_ms,
                        .cache = fn,
                        .arg = arg,
                        .err = err};

    return bd__store_ask(s, &c);
}
