/* store_odd.c - a storage that keeps nothing, or lacks a method with -DODD_NO_CELLS; for
 * the tests of loading and of generations. */
#include "bd/storage.h"

#ifndef ODD_VERSION
#define ODD_VERSION "1"
#endif

static int store_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    (void)err;
    *self = (void *)host;
    return 0;
}

static void store_close(void *self)
{
    (void)self;
}

static int put(void *self, const struct bd_batch *batch, struct bd_error *err)
{
    (void)self;
    (void)batch;
    (void)err;
    return 0;
}

static int get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
               struct bd_error *err)
{
    (void)self;
    (void)id;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}

#ifndef ODD_NO_CELLS
static int cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                 struct bd_error *err)
{
    (void)self;
    (void)id;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}
#endif

static int list(void *self, const struct bd_list_query *query, bd_diagnosis_row_fn *fn,
                void *arg, struct bd_error *err)
{
    (void)self;
    (void)query;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}

static int drop(void *self, const char *id, struct bd_error *err)
{
    (void)self;
    (void)id;
    (void)err;
    return 0;
}

static int cache_get(void *self, const char *key, int64_t now_ms, bd_cache_row_fn *fn,
                     void *arg, struct bd_error *err)
{
    (void)self;
    (void)key;
    (void)now_ms;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}

static const struct bd_option options[] = {
    {"path", BD_OPTION_PATH, 0, "/tmp/odd.db", "where", 0, 0},
};

static const struct bd_storage store = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(struct bd_storage), BD_STORAGE,
             ODD_NAME, ODD_VERSION, options, 1, sizeof(options[0])},
    .open = store_open,
    .close = store_close,
    .put = put,
    .get = get,
#ifndef ODD_NO_CELLS
    .cells = cells,
#endif
    .list = list,
    .remove = drop,
    .cache_get = cache_get,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &store.base;
}
