/* store_jsonl.c - a storage in one file of JSON lines, to be read with any tool.
 *
 * Everything is in memory as well: reading is from there, and the file is read whole
 * when it is opened. It only grows: a removed or replaced row stays in the file. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/storage.h"
#include "lines.h"
#include "log.h"
#include "rows.h"

struct jsonl {
    const struct bd_host *host;
    struct bd_rows *rows;
    struct bd_log_file log;
};

static int no_memory(const struct bd_host *host, struct bd_error *err)
{
    return host->fail(host->ctx, err, BD_ERR_STORAGE, 0, "out of memory");
}

static void jsonl_close(void *self)
{
    struct jsonl *j = self;

    if (!j)
        return;
    bd_log_file_close(&j->log);
    bd_rows_free(j->rows);
    free(j->log.path);
    free(j);
}

static int jsonl_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct jsonl *j = calloc(1, sizeof(*j));
    const char *path = host->text(host->ctx, "path");

    if (!j)
        return no_memory(host, err);
    j->host = host;
    j->log = (struct bd_log_file){
        .host = host,
        .fd = -1,
        .path = strdup(path ? path : ""),
        .sync = host->number(host->ctx, "fsync") != 0,
        .limit = host->number(host->ctx, "max_size"),
    };
    j->rows = bd_rows_new();
    if (!j->rows || !j->log.path)
        no_memory(host, err);
    else if (bd_log_file_open(&j->log, j->rows, err) == 0) {
        *self = j;
        return 0;
    }
    jsonl_close(j);
    return -1;
}

/* A growing text, closed so that bytes and n can be read. */
struct lines {
    FILE *out;
    char *bytes;
    size_t n;
};

static int commit(struct jsonl *j, struct lines *lines, struct bd_stage *stage,
                  struct bd_error *err)
{
    if (fflush(lines->out) != 0 ||
        bd_lines_commit(lines->out, lines->bytes, lines->n, stage->count) < 0 ||
        fflush(lines->out) != 0)
        return no_memory(j->host, err);
    if (bd_log_file_append(&j->log, lines->bytes, lines->n, err) < 0)
        return -1;
    bd_rows_apply(j->rows, stage);
    return 0;
}

static int bad_text(struct jsonl *j, const char *bad, struct bd_error *err)
{
    if (!bad)
        return no_memory(j->host, err);
    return j->host->fail(j->host->ctx, err, BD_ERR_INVALID_REQUEST, 0,
                         "the row's %s is not UTF-8", bad);
}

static int jsonl_put(void *self, const struct bd_batch *batch, struct bd_error *err)
{
    struct jsonl *j = self;
    struct bd_stage stage = {0};
    struct lines lines = {0};
    const char *bad = NULL;
    int rc;

    lines.out = open_memstream(&lines.bytes, &lines.n);
    if (!lines.out)
        return no_memory(j->host, err);
    if (bd_lines_batch(lines.out, batch, &bad) < 0)
        rc = bad_text(j, bad, err);
    else if (bd_stage_batch(&stage, batch) < 0)
        rc = no_memory(j->host, err);
    else
        rc = stage.count ? commit(j, &lines, &stage, err) : 0;
    bd_stage_free(&stage);
    fclose(lines.out);
    free(lines.bytes);
    return rc;
}

static int jsonl_remove(void *self, const char *id, struct bd_error *err)
{
    struct jsonl *j = self;
    struct bd_stage stage = {0};
    struct lines lines = {0};
    int rc;

    lines.out = open_memstream(&lines.bytes, &lines.n);
    if (!lines.out)
        return no_memory(j->host, err);
    if (bd_lines_remove(lines.out, id) < 0 || bd_stage_remove(&stage, id) < 0)
        rc = no_memory(j->host, err);
    else
        rc = commit(j, &lines, &stage, err);
    bd_stage_free(&stage);
    fclose(lines.out);
    free(lines.bytes);
    return rc;
}

static int jsonl_get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                     struct bd_error *err)
{
    (void)err;
    bd_rows_get(((struct jsonl *)self)->rows, id, fn, arg);
    return 0;
}

static int jsonl_cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                       struct bd_error *err)
{
    (void)err;
    bd_rows_cells(((struct jsonl *)self)->rows, id, fn, arg);
    return 0;
}

static int jsonl_list(void *self, const struct bd_list_query *query,
                      bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    (void)err;
    bd_rows_list(((struct jsonl *)self)->rows, query, fn, arg);
    return 0;
}

static int jsonl_cache_get(void *self, const char *key, int64_t now_ms,
                           bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    (void)err;
    bd_rows_cache_get(((struct jsonl *)self)->rows, key, now_ms, fn, arg);
    return 0;
}

static const struct bd_option options[] = {
    {"path", BD_OPTION_PATH, 0, "brandiag.jsonl",
     "the file; its directory must exist; one process at a time may use it", 0, 0},
    {"fsync", BD_OPTION_BOOL, 0, "yes",
     "wait for the disk after each batch; no: a power cut may lose the last seconds", 0,
     0},
    {"max_size", BD_OPTION_SIZE, 0, "256MiB",
     "the file only grows and is kept in memory; a batch beyond this size is refused",
     1 << 12, INT64_C(1) << 40},
};

static const struct bd_storage jsonl = {
    .base = {.magic = BD_PLUGIN_MAGIC,
             .abi_minor = BD_ABI_MINOR,
             .struct_size = sizeof(jsonl),
             .kind = BD_STORAGE,
             .name = "store_jsonl",
             .version = "1.0",
             .options = options,
             .option_count = sizeof(options) / sizeof(options[0]),
             .option_size = sizeof(options[0])},
    .open = jsonl_open,
    .close = jsonl_close,
    .put = jsonl_put,
    .get = jsonl_get,
    .cells = jsonl_cells,
    .list = jsonl_list,
    .remove = jsonl_remove,
    .cache_get = jsonl_cache_get,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &jsonl.base;
}
