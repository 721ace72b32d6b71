/* database.h - the one connection of store_sqlite. [store]
 *
 * WAL, synchronous=FULL, and one connection for reading, writing and checkpoints: SQLite
 * before 3.51.3 can damage a file that two connections of WAL write and checkpoint. */
#ifndef BD_SQLITE_DATABASE_H
#define BD_SQLITE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "bd/storage.h"

enum bd_statement {
    BD_PUT_DIAGNOSIS,
    BD_PUT_CELL,
    BD_PUT_CACHE,
    BD_GET,
    BD_CELLS,
    BD_LIST,
    BD_LIST_UNFINISHED,
    BD_REMOVE_CELLS,
    BD_REMOVE_DIAGNOSIS,
    BD_CACHE_GET,
    BD_CACHE_SWEEP,
    BD_STATEMENTS
};

struct bd_database {
    const struct bd_host *host;
    char *path;
    const char *synchronous; /* "FULL", "NORMAL" */
    int busy_ms;
    sqlite3 *sql; /* NULL: to be opened */
    sqlite3_stmt *statements[BD_STATEMENTS];
    bool suspect;   /* reading or writing failed: check before going on */
    int64_t now_ms; /* the latest time we were told; cache rows end by it */
};

/* Opens, checks and migrates; on failure the file is as it was, and sql is NULL. */
int bd_database_open(struct bd_database *db, struct bd_error *err);
void bd_database_close(struct bd_database *db);
/* 0 if the connection is usable; one that met an I/O error is opened and checked anew. */
int bd_database_ready(struct bd_database *db, struct bd_error *err);

/* Fills *err from the connection's last failure, with what to do about it. doing: "store
 * a batch". */
int bd_database_fail(struct bd_database *db, const char *doing, struct bd_error *err);
/* The same for a cause we found ourselves, which trying again does not cure. */
int bd_database_refuse(struct bd_database *db, const char *why, struct bd_error *err);

/* Runs SQL without results. */
int bd_database_run(struct bd_database *db, const char *sql, const char *doing,
                    struct bd_error *err);
/* The first column of the first row of a query. */
int bd_database_number(struct bd_database *db, const char *sql, int64_t *out,
                       struct bd_error *err);

#endif
