/* schema.c - see schema.h. */
#include "schema.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "database.h"

/* steps[v] leads from version v to v + 1. A step that was released never changes. */
static const char *const steps[] = {
    "CREATE TABLE diagnoses("
    " id TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, finished_ms INTEGER NOT NULL,"
    " brand TEXT NOT NULL, request TEXT NOT NULL, summary TEXT NOT NULL) STRICT;"
    "CREATE INDEX unfinished ON diagnoses(id) WHERE state = 0;"
    "CREATE TABLE cells("
    " diagnosis TEXT NOT NULL, key TEXT NOT NULL,"
    " brand TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,"
    " status TEXT NOT NULL, score REAL, time_ms INTEGER NOT NULL,"
    " error TEXT, data TEXT NOT NULL,"
    " PRIMARY KEY(diagnosis, key)) STRICT;",

    "CREATE TABLE cache("
    " key TEXT NOT NULL PRIMARY KEY, expires_ms INTEGER NOT NULL,"
    " data TEXT NOT NULL) STRICT;"
    "CREATE INDEX cache_expiry ON cache(expires_ms);",
};
#define NEWEST ((int64_t)(sizeof(steps) / sizeof(steps[0])))

/* In one transaction, or a process that makes the schema meanwhile is seen by half. */
static int read_marks(struct bd_database *db, int64_t *application, int64_t *version,
                      int64_t *tables, struct bd_error *err)
{
    int rc = bd_database_run(db, "BEGIN", "read", err);

    if (rc == 0 &&
        (bd_database_number(db, "PRAGMA application_id", application, err) < 0 ||
         bd_database_number(db, "PRAGMA user_version", version, err) < 0 ||
         bd_database_number(db, "SELECT count(*) FROM sqlite_schema", tables, err) < 0))
        rc = -1;
    (void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return rc;
}

int bd_schema_check(struct bd_database *db, struct bd_error *err)
{
    int64_t application = 0, version = 0, tables = 0;
    char why[128];

    if (read_marks(db, &application, &version, &tables, err) < 0)
        return -1;
    if (application == 0 && version == 0 && tables == 0)
        return 0; /* empty */
    if (application != BD_APPLICATION_ID)
        return bd_database_refuse(
            db, "the database of another program; set path to a file of its own", err);
    if (version >= 0 && version <= NEWEST)
        return 0;
    snprintf(
        why, sizeof(why),
        "its schema is version %lld, this brandiag knows up to %lld; use the newer one",
        (long long)version, (long long)NEWEST);
    return bd_database_refuse(db, why, err);
}

static int take_steps(struct bd_database *db, int64_t *version, struct bd_error *err)
{
    char sql[96];

    /* Asked again: another process may have been here before our lock. */
    if (bd_database_number(db, "PRAGMA user_version", version, err) < 0)
        return -1;
    for (int64_t v = *version; v < NEWEST; v++)
        if (bd_database_run(db, steps[v], "migrate the schema of", err) < 0)
            return -1;
    snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
             BD_APPLICATION_ID, (int)NEWEST);
    return bd_database_run(db, sql, "migrate the schema of", err);
}

int bd_schema_migrate(struct bd_database *db, struct bd_error *err)
{
    int64_t version;

    if (bd_database_number(db, "PRAGMA user_version", &version, err) < 0)
        return -1;
    if (version == NEWEST)
        return 0;
    if (bd_database_run(db, "BEGIN IMMEDIATE", "migrate the schema of", err) < 0)
        return -1;
    if (take_steps(db, &version, err) < 0 ||
        bd_database_run(db, "COMMIT", "migrate the schema of", err) < 0) {
        (void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL); /* err is filled */
        return -1;
    }
    if (version > 0)
        db->host->log(db->host->ctx, 1, "'%s': schema brought from version %lld to %lld",
                      db->path, (long long)version, (long long)NEWEST);
    return 0;
}
