/* store_memory.c - a storage that ends with the process: for trying things out, for
 * tests, and for people who want nothing on disk. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/storage.h"
#include "rows.h"

struct memory {
    const struct bd_host *host;
    struct bd_rows *rows;
    size_t limit;
};

static int memory_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct memory *m = calloc(1, sizeof(*m));
    struct bd_rows *rows = bd_rows_new();

    if (!m || !rows) {
        free(m);
        bd_rows_free(rows);
        return host->fail(host->ctx, err, BD_ERR_STORAGE, 0, "out of memory");
    }
    m->host = host;
    m->rows = rows;
    m->limit = (size_t)host->number(host->ctx, "max_size");
    *self = m;
    return 0;
}

static void memory_close(void *self)
{
    struct memory *m = self;

    if (!m)
        return;
    bd_rows_free(m->rows);
    free(m);
}

static int full(const struct memory *m, size_t more, struct bd_error *err)
{
    m->host->fail(m->host->ctx, err, BD_ERR_STORAGE, 0,
                  "memory storage is full: %zu bytes kept, %zu more asked, max_size %zu; "
                  "remove diagnoses, raise max_size, or use store_sqlite",
                  bd_rows_bytes(m->rows), more, m->limit);
    if (err)
        err->recoverable = 0; /* nothing goes away by itself */
    return -1;
}

static int memory_put(void *self, const struct bd_batch *batch, struct bd_error *err)
{
    struct memory *m = self;
    struct bd_stage stage = {0};
    int rc = 0;

    if (bd_stage_batch(&stage, batch) < 0)
        rc = m->host->fail(m->host->ctx, err, BD_ERR_STORAGE, 0, "out of memory");
    else if (bd_rows_bytes(m->rows) + stage.bytes > m->limit)
        rc = full(m, stage.bytes, err);
    else
        bd_rows_apply(m->rows, &stage);
    bd_stage_free(&stage);
    return rc;
}

static int memory_get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                      struct bd_error *err)
{
    (void)err;
    bd_rows_get(((struct memory *)self)->rows, id, fn, arg);
    return 0;
}

static int memory_cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                        struct bd_error *err)
{
    (void)err;
    bd_rows_cells(((struct memory *)self)->rows, id, fn, arg);
    return 0;
}

static int memory_list(void *self, const struct bd_list_query *query,
                       bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    (void)err;
    bd_rows_list(((struct memory *)self)->rows, query, fn, arg);
    return 0;
}

static int memory_remove(void *self, const char *id, struct bd_error *err)
{
    struct memory *m = self;
    struct bd_stage stage = {0};

    if (bd_stage_remove(&stage, id) < 0)
        return m->host->fail(m->host->ctx, err, BD_ERR_STORAGE, 0, "out of memory");
    bd_rows_apply(m->rows, &stage);
    return 0;
}

static int memory_cache_get(void *self, const char *key, int64_t now_ms,
                            bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    (void)err;
    bd_rows_cache_get(((struct memory *)self)->rows, key, now_ms, fn, arg);
    return 0;
}

static const struct bd_option options[] = {
    {"max_size", BD_OPTION_SIZE, 0, "256MiB",
     "memory for rows, which are gone when the process ends; a put beyond it is refused",
     1 << 16, INT64_C(1) << 40},
};

static const struct bd_storage memory = {
    .base = {.magic = BD_PLUGIN_MAGIC,
             .abi_minor = BD_ABI_MINOR,
             .struct_size = sizeof(memory),
             .kind = BD_STORAGE,
             .name = "store_memory",
             .version = "1.0",
             .options = options,
             .option_count = sizeof(options) / sizeof(options[0]),
             .option_size = sizeof(options[0])},
    .open = memory_open,
    .close = memory_close,
    .put = memory_put,
    .get = memory_get,
    .cells = memory_cells,
    .list = memory_list,
    .remove = memory_remove,
    .cache_get = memory_cache_get,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &memory.base;
}
