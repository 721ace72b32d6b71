/* store_sqlite.c - the default storage: one SQLite file. */
#include <math.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/storage.h"
#include "database.h"

static int choose_synchronous(struct bd_database *db, struct bd_error *err)
{
    const struct bd_host *h = db->host;
    const char *given = h->text(h->ctx, "synchronous");

    if (!given || strcasecmp(given, "FULL") == 0)
        db->synchronous = "FULL";
    else if (strcasecmp(given, "NORMAL") == 0)
        db->synchronous = "NORMAL";
    else
        return h->fail(h->ctx, err, BD_ERR_CONFIG, 0,
                       "synchronous is '%s'; it may be FULL or NORMAL", given);
    return 0;
}

static void sqlite_close(void *self)
{
    struct bd_database *db = self;

    if (!db)
        return;
    bd_database_close(db);
    free(db->path);
    free(db);
}

static int sqlite_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct bd_database *db = calloc(1, sizeof(*db));
    const char *path = host->text(host->ctx, "path");

    if (db)
        db->path = strdup(path ? path : "");
    if (!db || !db->path) {
        free(db);
        return host->fail(host->ctx, err, BD_ERR_STORAGE, 0, "out of memory");
    }
    db->host = host;
    db->busy_ms = (int)host->number(host->ctx, "busy_timeout");
    if (choose_synchronous(db, err) < 0 || bd_database_open(db, err) < 0) {
        sqlite_close(db);
        return -1;
    }
    *self = db;
    return 0;
}

static void bind_text(sqlite3_stmt *s, int i, const char *text)
{
    (void)sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC); /* seen by step: NOT NULL */
}

/* Runs a statement without rows and makes it ready for the next time. */
static int step(sqlite3_stmt *s)
{
    int rc = sqlite3_step(s);

    (void)sqlite3_reset(s); /* says the same again */
    return rc == SQLITE_DONE ? 0 : -1;
}

static int put_diagnosis(struct bd_database *db, const struct bd_diagnosis_row *r)
{
    sqlite3_stmt *s = db->statements[BD_PUT_DIAGNOSIS];

    bind_text(s, 1, r->id);
    sqlite3_bind_int(s, 2, r->state);
    sqlite3_bind_int64(s, 3, r->created_ms);
    sqlite3_bind_int64(s, 4, r->finished_ms);
    bind_text(s, 5, r->brand);
    bind_text(s, 6, r->request);
    bind_text(s, 7, r->summary);
    return step(s);
}

static int put_cell(struct bd_database *db, const struct bd_cell_row *r)
{
    sqlite3_stmt *s = db->statements[BD_PUT_CELL];

    bind_text(s, 1, r->diagnosis);
    bind_text(s, 2, r->key);
    bind_text(s, 3, r->brand);
    bind_text(s, 4, r->provider);
    bind_text(s, 5, r->model);
    bind_text(s, 6, r->status);
    if (isfinite(r->score))
        sqlite3_bind_double(s, 7, r->score);
    else
        sqlite3_bind_null(s, 7);
    sqlite3_bind_int64(s, 8, r->time_ms);
    bind_text(s, 9, r->error);
    bind_text(s, 10, r->data);
    return step(s);
}

static int put_cache(struct bd_database *db, const struct bd_cache_row *r)
{
    sqlite3_stmt *s = db->statements[BD_PUT_CACHE];

    bind_text(s, 1, r->key);
    sqlite3_bind_int64(s, 2, r->expires_ms);
    bind_text(s, 3, r->data);
    return step(s);
}

/* Each new row takes up to two old ones with it, so what is over never piles up and no
 * put waits for a great clean-up. */
static int sweep_cache(struct bd_database *db, uint32_t put)
{
    sqlite3_stmt *s = db->statements[BD_CACHE_SWEEP];

    if (put == 0)
        return 0;
    sqlite3_bind_int64(s, 1, db->now_ms);
    sqlite3_bind_int64(s, 2, 2 * (int64_t)put);
    return step(s);
}

static int put_rows(struct bd_database *db, const struct bd_batch *b)
{
    for (uint32_t i = 0; i < b->diagnosis_count; i++)
        if (put_diagnosis(db, BD_ELEMENT(b->diagnoses, b->diagnosis_size, i)) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cell_count; i++)
        if (put_cell(db, BD_ELEMENT(b->cells, b->cell_size, i)) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cache_count; i++)
        if (put_cache(db, BD_ELEMENT(b->cache, b->cache_size, i)) < 0)
            return -1;
    return sweep_cache(db, b->cache_count);
}

/* The cause is read first: a rollback is a call of its own and covers it. */
static int roll_back(struct bd_database *db, const char *doing, struct bd_error *err)
{
    bd_database_fail(db, doing, err);
    if (!sqlite3_get_autocommit(db->sql))
        (void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

static int sqlite_put(void *self, const struct bd_batch *batch, struct bd_error *err)
{
    struct bd_database *db = self;

    if (bd_database_ready(db, err) < 0 ||
        bd_database_run(db, "BEGIN IMMEDIATE", "write to", err) < 0)
        return -1;
    if (put_rows(db, batch) < 0 ||
        sqlite3_exec(db->sql, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return roll_back(db, "write to", err);
    return 0;
}

static int sqlite_remove(void *self, const char *id, struct bd_error *err)
{
    struct bd_database *db = self;
    sqlite3_stmt *cells, *diagnosis;

    if (bd_database_ready(db, err) < 0 ||
        bd_database_run(db, "BEGIN IMMEDIATE", "remove from", err) < 0)
        return -1;
    cells = db->statements[BD_REMOVE_CELLS];
    diagnosis = db->statements[BD_REMOVE_DIAGNOSIS];
    bind_text(cells, 1, id);
    bind_text(diagnosis, 1, id);
    if (step(cells) < 0 || step(diagnosis) < 0 ||
        sqlite3_exec(db->sql, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return roll_back(db, "remove from", err);
    return 0;
}

static const char *column(sqlite3_stmt *s, int i)
{
    return (const char *)sqlite3_column_text(s, i);
}

enum given { GO_ON, STOPPED, NO_MEMORY };

/* Who gets the rows of a walk; give reads one of them. */
struct receiver {
    enum given (*give)(sqlite3_stmt *s, const struct receiver *to);
    bd_diagnosis_row_fn *diagnosis;
    bd_cell_row_fn *cell;
    bd_cache_row_fn *cache;
    void *arg;
};

/* A column that is NOT NULL reads as NULL when memory was short for it. */
static enum given give_diagnosis(sqlite3_stmt *s, const struct receiver *to)
{
    struct bd_diagnosis_row r = {
        .struct_size = sizeof(r),
        .id = column(s, 0),
        .state = sqlite3_column_int(s, 1),
        .created_ms = sqlite3_column_int64(s, 2),
        .finished_ms = sqlite3_column_int64(s, 3),
        .brand = column(s, 4),
        .request = column(s, 5),
        .summary = column(s, 6),
    };

    if (!r.id || !r.brand || !r.request || !r.summary)
        return NO_MEMORY;
    return to->diagnosis(to->arg, &r) ? STOPPED : GO_ON;
}

static enum given give_cell(sqlite3_stmt *s, const struct receiver *to)
{
    struct bd_cell_row r = {
        .struct_size = sizeof(r),
        .diagnosis = column(s, 0),
        .key = column(s, 1),
        .brand = column(s, 2),
        .provider = column(s, 3),
        .model = column(s, 4),
        .status = column(s, 5),
        .score = (double)NAN,
        .time_ms = sqlite3_column_int64(s, 7),
        .data = column(s, 9),
    };
    int has_error = sqlite3_column_type(s, 8) != SQLITE_NULL;

    if (sqlite3_column_type(s, 6) != SQLITE_NULL)
        r.score = sqlite3_column_double(s, 6);
    r.error = has_error ? column(s, 8) : NULL;
    if (!r.diagnosis || !r.key || !r.brand || !r.provider || !r.model || !r.status ||
        !r.data || (has_error && !r.error))
        return NO_MEMORY;
    return to->cell(to->arg, &r) ? STOPPED : GO_ON;
}

static enum given give_cache(sqlite3_stmt *s, const struct receiver *to)
{
    struct bd_cache_row r = {
        .struct_size = sizeof(r),
        .key = column(s, 0),
        .expires_ms = sqlite3_column_int64(s, 1),
        .data = column(s, 2),
    };

    if (!r.key || !r.data)
        return NO_MEMORY;
    return to->cache(to->arg, &r) ? STOPPED : GO_ON;
}

static int walk(struct bd_database *db, sqlite3_stmt *s, const struct receiver *to,
                struct bd_error *err)
{
    enum given given = GO_ON;
    int rc = 0, result;

    while (given == GO_ON && (result = sqlite3_step(s)) != SQLITE_DONE) {
        if (result != SQLITE_ROW) {
            rc = bd_database_fail(db, "read", err);
            break;
        }
        given = to->give(s, to);
    }
    if (given == NO_MEMORY)
        rc = db->host->fail(db->host->ctx, err, BD_ERR_STORAGE, SQLITE_NOMEM,
                            "out of memory reading '%s'", db->path);
    (void)sqlite3_reset(s);
    return rc;
}

static int sqlite_get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                      struct bd_error *err)
{
    struct bd_database *db = self;
    struct receiver to = {.give = give_diagnosis, .diagnosis = fn, .arg = arg};

    if (bd_database_ready(db, err) < 0)
        return -1;
    bind_text(db->statements[BD_GET], 1, id);
    return walk(db, db->statements[BD_GET], &to, err);
}

static int sqlite_cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                        struct bd_error *err)
{
    struct bd_database *db = self;
    struct receiver to = {.give = give_cell, .cell = fn, .arg = arg};

    if (bd_database_ready(db, err) < 0)
        return -1;
    bind_text(db->statements[BD_CELLS], 1, id);
    return walk(db, db->statements[BD_CELLS], &to, err);
}

static int sqlite_list(void *self, const struct bd_list_query *query,
                       bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_database *db = self;
    struct receiver to = {.give = give_diagnosis, .diagnosis = fn, .arg = arg};
    sqlite3_stmt *s;

    if (bd_database_ready(db, err) < 0)
        return -1;
    s = db->statements[query->unfinished_only ? BD_LIST_UNFINISHED : BD_LIST];
    bind_text(s, 1, query->before_id ? query->before_id : "~"); /* above every id */
    sqlite3_bind_int(s, 2, query->limit > 0 ? query->limit : -1);
    return walk(db, s, &to, err);
}

static int sqlite_cache_get(void *self, const char *key, int64_t now_ms,
                            bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_database *db = self;
    struct receiver to = {.give = give_cache, .cache = fn, .arg = arg};
    sqlite3_stmt *s;

    if (bd_database_ready(db, err) < 0)
        return -1;
    if (now_ms > db->now_ms)
        db->now_ms = now_ms;
    s = db->statements[BD_CACHE_GET];
    bind_text(s, 1, key);
    sqlite3_bind_int64(s, 2, now_ms);
    return walk(db, s, &to, err);
}

static const struct bd_option options[] = {
    {"path", BD_OPTION_PATH, 0, "brandiag.db",
     "the database file; its directory must exist and be on a local file system", 0, 0},
    {"synchronous", BD_OPTION_TEXT, 0, "FULL",
     "FULL: stored is stored; NORMAL: a power cut may lose the last commits", 0, 0},
    {"busy_timeout", BD_OPTION_DURATION, 0, "5s",
     "how long to wait for another process that is writing", 0, 60000},
};

static const struct bd_storage sqlite = {
    .base = {.magic = BD_PLUGIN_MAGIC,
             .abi_minor = BD_ABI_MINOR,
             .struct_size = sizeof(sqlite),
             .kind = BD_STORAGE,
             .name = "store_sqlite",
             .version = "1.0",
             .options = options,
             .option_count = sizeof(options) / sizeof(options[0]),
             .option_size = sizeof(options[0])},
    .open = sqlite_open,
    .close = sqlite_close,
    .put = sqlite_put,
    .get = sqlite_get,
    .cells = sqlite_cells,
    .list = sqlite_list,
    .remove = sqlite_remove,
    .cache_get = sqlite_cache_get,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &sqlite.base;
}
