/* database.c - see database.h. */
#include "database.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "place.h"
#include "schema.h"

/* Up to this size a file is checked whenever it is opened, above it only after an
 * unclean end: reading it all would take longer than a command is expected to. */
#define SMALL_BYTES (16 << 20)

#define OPEN_AGAIN_MS 10

static const char *const sources[BD_STATEMENTS] = {
    [BD_PUT_DIAGNOSIS] =
        "INSERT INTO diagnoses(id, state, created_ms, finished_ms, brand, request, "
        "summary)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO UPDATE SET"
        " state=?2, created_ms=?3, finished_ms=?4, brand=?5, request=?6, summary=?7",
    [BD_PUT_CELL] =
        "INSERT INTO cells(diagnosis, key, brand, provider, model, status, score, "
        "time_ms,"
        " error, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT(diagnosis, key) DO UPDATE SET brand=?3, provider=?4, model=?5,"
        " status=?6, score=?7, time_ms=?8, error=?9, data=?10",
    [BD_PUT_CACHE] = "INSERT INTO cache(key, expires_ms, data) VALUES(?1, ?2, ?3)"
                     " ON CONFLICT(key) DO UPDATE SET expires_ms=?2, data=?3",
    [BD_GET] = "SELECT id, state, created_ms, finished_ms, brand, request, summary"
               " FROM diagnoses WHERE id=?1",
    [BD_CELLS] = "SELECT diagnosis, key, brand, provider, model, status, score, time_ms,"
                 " error, data FROM cells WHERE diagnosis=?1 ORDER BY key",
    [BD_LIST] = "SELECT id, state, created_ms, finished_ms, brand, request, summary"
                " FROM diagnoses WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
    [BD_LIST_UNFINISHED] =
        "SELECT id, state, created_ms, finished_ms, brand, request, summary"
        " FROM diagnoses WHERE state = 0 AND id < ?1 ORDER BY id DESC LIMIT ?2",
    [BD_REMOVE_CELLS] = "DELETE FROM cells WHERE diagnosis=?1",
    [BD_REMOVE_DIAGNOSIS] = "DELETE FROM diagnoses WHERE id=?1",
    [BD_CACHE_GET] =
        "SELECT key, expires_ms, data FROM cache WHERE key=?1 AND expires_ms > ?2",
    [BD_CACHE_SWEEP] = "DELETE FROM cache WHERE key IN"
                       " (SELECT key FROM cache WHERE expires_ms <= ?1 LIMIT ?2)",
};

/* Counts for a file that is new. A cell of 2 KB has a page of 4096 to itself, and three
 * of them share one of 8192: a third less to write. */
static const char *const page_size = "PRAGMA page_size=8192";

static const char *const settings =
    "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=1000;"
    "PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-16384; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON";

static const struct {
    int result;
    int32_t type; /* enum bd_error_type */
    bool again;
    const char *remedy;
} remedies[] = {
    {SQLITE_BUSY, BD_ERR_STORAGE, true,
     "another process is writing; stop it or raise busy_timeout"},
    {SQLITE_FULL, BD_ERR_STORAGE, true, "free space on its file system"},
    {SQLITE_IOERR, BD_ERR_STORAGE, true, "check the disk, its free space and quota"},
    {SQLITE_READONLY, BD_ERR_STORAGE, true,
     "the file and its directory must be writable: check owner and mode"},
    {SQLITE_CANTOPEN, BD_ERR_STORAGE, true,
     "the file and its directory must be writable: check owner and mode"},
    {SQLITE_NOMEM, BD_ERR_STORAGE, true, "free some memory"},
    {SQLITE_CORRUPT, BD_ERR_STORAGE, false,
     "the file is damaged: restore a copy, or try 'sqlite3 FILE .recover'"},
    {SQLITE_NOTADB, BD_ERR_STORAGE, false,
     "not a database, or damaged: restore a copy, or set path to another file"},
    {SQLITE_TOOBIG, BD_ERR_TOO_LARGE, false, "a row may have at most 1 GB"},
    {SQLITE_CONSTRAINT, BD_ERR_INVALID_REQUEST, false, "the row lacks a value"},
};

int bd_database_fail(struct bd_database *db, const char *doing, struct bd_error *err)
{
    int extended = sqlite3_extended_errcode(db->sql);
    size_t i = 0, n = sizeof(remedies) / sizeof(remedies[0]);

    while (i < n && remedies[i].result != (extended & 0xff))
        i++;
    if ((extended & 0xff) == SQLITE_IOERR || (extended & 0xff) == SQLITE_CORRUPT)
        db->suspect = true;
    db->host->fail(db->host->ctx, err, i < n ? remedies[i].type : (int32_t)BD_ERR_STORAGE,
                   extended, "cannot %s '%s': %s%s%s", doing, db->path,
                   sqlite3_errmsg(db->sql), i < n ? "; " : "",
                   i < n ? remedies[i].remedy : "");
    if (err && i < n)
        err->recoverable = remedies[i].again;
    return -1;
}

int bd_database_refuse(struct bd_database *db, const char *why, struct bd_error *err)
{
    db->host->fail(db->host->ctx, err, BD_ERR_STORAGE, 0, "'%s': %s", db->path, why);
    if (err)
        err->recoverable = 0;
    return -1;
}

int bd_database_run(struct bd_database *db, const char *sql, const char *doing,
                    struct bd_error *err)
{
    if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) != SQLITE_OK)
        return bd_database_fail(db, doing, err);
    return 0;
}

int bd_database_number(struct bd_database *db, const char *sql, int64_t *out,
                       struct bd_error *err)
{
    sqlite3_stmt *s = NULL;
    int rc = -1;

    if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW) {
        *out = sqlite3_column_int64(s, 0);
        rc = 0;
    } else {
        bd_database_fail(db, "read", err);
    }
    sqlite3_finalize(s);
    return rc;
}

/* The first column of the first row must be `wanted`; the rest is said in *err. */
static int expect(struct bd_database *db, const char *sql, const char *wanted,
                  const char *remedy, struct bd_error *err)
{
    sqlite3_stmt *s = NULL;
    const char *got;
    char why[224];
    int rc = -1;

    if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) != SQLITE_OK ||
        sqlite3_step(s) != SQLITE_ROW) {
        bd_database_fail(db, "read", err);
        goto done;
    }
    got = (const char *)sqlite3_column_text(s, 0);
    rc = got && strcmp(got, wanted) == 0 ? 0 : -1;
    if (rc < 0) {
        snprintf(why, sizeof(why), "%s says '%s'; %s", sql, got ? got : "", remedy);
        bd_database_refuse(db, why, err);
    }
done:
    sqlite3_finalize(s);
    return rc;
}

/* Until all checks have passed nothing may write, not even the checkpoint of a close. */
static int look(struct bd_database *db, const struct bd_place *place,
                struct bd_error *err)
{
    if (sqlite3_open_v2(db->path, &db->sql, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        return bd_database_fail(db, "open", err);
    (void)sqlite3_extended_result_codes(db->sql, 1);
    (void)sqlite3_busy_timeout(db->sql, db->busy_ms);
    (void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (sqlite3_db_readonly(db->sql, "main") == 1)
        return bd_database_refuse(db, "not writable: check owner and mode", err);
    if (bd_schema_check(db, err) < 0)
        return -1;
    if (!db->suspect && !place->unclean && place->bytes > SMALL_BYTES)
        return 0;
    return expect(db, "PRAGMA quick_check(1)", "ok",
                  "the file is damaged: restore a copy, or try 'sqlite3 FILE .recover'",
                  err);
}

static int set_up(struct bd_database *db, struct bd_error *err)
{
    char sql[48];

    snprintf(sql, sizeof(sql), "PRAGMA synchronous=%s", db->synchronous);
    if (bd_database_run(db, page_size, "set up", err) < 0 ||
        expect(db, "PRAGMA journal_mode=WAL", "wal",
               "its file system must be a local one with shared memory", err) < 0 ||
        bd_database_run(db, sql, "set up", err) < 0 ||
        bd_database_run(db, settings, "set up", err) < 0 ||
        bd_schema_migrate(db, err) < 0)
        return -1;
    for (int i = 0; i < BD_STATEMENTS; i++)
        if (sqlite3_prepare_v3(db->sql, sources[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &db->statements[i], NULL) != SQLITE_OK)
            return bd_database_fail(db, "prepare statements for", err);
    (void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return 0;
}

static int try_open(struct bd_database *db, struct bd_error *err)
{
    struct bd_place place;

    if (bd_place_prepare(db->host, db->path, &place, err) < 0)
        return -1;
    if (look(db, &place, err) < 0 || set_up(db, err) < 0) {
        bd_database_close(db);
        return -1;
    }
    db->suspect = false;
    return 0;
}

/* SQLite does not wait where it fears a deadlock: when a file is new and another process
 * is about to make it, or turns it into WAL mode. */
int bd_database_open(struct bd_database *db, struct bd_error *err)
{
    int waited_ms = 0, rc;

    while ((rc = try_open(db, err)) < 0 && err && (err->code & 0xff) == SQLITE_BUSY &&
           waited_ms < db->busy_ms)
        waited_ms += sqlite3_sleep(OPEN_AGAIN_MS);
    return rc;
}

void bd_database_close(struct bd_database *db)
{
    for (int i = 0; i < BD_STATEMENTS; i++) {
        sqlite3_finalize(db->statements[i]);
        db->statements[i] = NULL;
    }
    /* The checkpoint of a close only tidies up: nobody waits for another process's lock.
     */
    if (db->sql)
        (void)sqlite3_busy_timeout(db->sql, 0);
    sqlite3_close(db->sql);
    db->sql = NULL;
}

int bd_database_ready(struct bd_database *db, struct bd_error *err)
{
    if (db->sql && !db->suspect)
        return 0;
    bd_database_close(db);
    return bd_database_open(db, err);
}
