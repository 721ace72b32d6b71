/* bench/store.c - cells into SQLite, through the store thread and with sqlite3 alone.
 *
 *   bench_store thread|plain DIRECTORY ROWS BYTES
 *
 * thread: four threads put rows, until the flush that follows has returned. plain: one
 * thread, prepared statement, the plugin's pragmas and columns, 100 rows a transaction.
 * Both write what they need first and are timed from the first row to the last commit.
 * Prints one JSON object. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "plugins/store_host.h"
#include "runtime/store.h"

#define THREADS 4
#define BATCH   100

static void die(const char *what)
{
    fprintf(stderr, "bench_store: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *make_data(size_t bytes)
{
    char *data = malloc(bytes + 1);

    if (!data)
        die("out of memory");
    memset(data, 'x', bytes);
    data[bytes] = '\0';
    return data;
}

static struct bd_cell_row make_row(char key[32], int i, const char *data)
{
    snprintf(key, 32, "n-0-0-%06d", i);
    return (struct bd_cell_row){
        .struct_size = sizeof(struct bd_cell_row),
        .diagnosis = "20260101t000000000-00000000",
        .key = key,
        .brand = "*",
        .provider = "openai",
        .model = "a-model",
        .status = "ok",
        .score = 0.5,
        .time_ms = 1700000000000,
        .data = data,
    };
}

struct writer {
    pthread_t thread;
    struct bd_store *store;
    const char *data;
    int first, end;
};

static void *write_some(void *arg)
{
    struct writer *w = arg;
    struct bd_error err;
    char key[32];

    for (int i = w->first; i < w->end; i++) {
        struct bd_cell_row row = make_row(key, i, w->data);

        if (bd_store_put_cell(w->store, &row, NULL, NULL, &err) < 0)
            die(err.message);
    }
    return NULL;
}

static double through_thread(const char *path, int rows, const char *data)
{
    struct store_host host;
    const struct bd_storage *plugin = store_load("store_sqlite");
    struct bd_store_options o = {.plugin = plugin, .host = &host.host};
    struct bd_store_stats stats;
    struct writer w[THREADS];
    struct bd_store *store;
    struct bd_error err;
    double start, took;

    store_host_init(&host, plugin);
    store_host_set(&host, "path", path);
    if (bd_store_start(&store, &o, &err) < 0)
        die(err.message);
    start = now();
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct writer){.store = store,
                               .data = data,
                               .first = rows / THREADS * i,
                               .end = i + 1 < THREADS ? rows / THREADS * (i + 1) : rows};
        if (pthread_create(&w[i].thread, NULL, write_some, &w[i]) != 0)
            die("cannot start a thread");
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(w[i].thread, NULL);
    if (bd_store_flush(store, &err) < 0)
        die(err.message);
    took = now() - start;
    bd_store_stats(store, &stats);
    if (stats.rows != (uint64_t)rows)
        die("not all rows were stored");
    bd_store_stop(store);
    return took;
}

static void sql(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
}

static void insert(sqlite3_stmt *s, const struct bd_cell_row *r)
{
    const char *texts[] = {r->diagnosis, r->key,   r->brand,
                           r->provider,  r->model, r->status};

    for (int i = 0; i < 6; i++)
        sqlite3_bind_text(s, i + 1, texts[i], -1, SQLITE_STATIC);
    sqlite3_bind_double(s, 7, r->score);
    sqlite3_bind_int64(s, 8, r->time_ms);
    sqlite3_bind_null(s, 9);
    sqlite3_bind_text(s, 10, r->data, -1, SQLITE_STATIC);
    if (sqlite3_step(s) != SQLITE_DONE)
        die("a row was not inserted");
    sqlite3_reset(s);
}

static double alone(const char *path, int rows, const char *data)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    double start, took;
    char key[32];

    if (sqlite3_open(path, &db) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    sql(db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA wal_autocheckpoint=1000; PRAGMA cache_size=-16384;"
            "CREATE TABLE cells(diagnosis TEXT NOT NULL, key TEXT NOT NULL,"
            " brand TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,"
            " status TEXT NOT NULL, score REAL, time_ms INTEGER NOT NULL, error TEXT,"
            " data TEXT NOT NULL, PRIMARY KEY(diagnosis, key)) STRICT");
    if (sqlite3_prepare_v2(db, "INSERT INTO cells VALUES(?,?,?,?,?,?,?,?,?,?)", -1, &s,
                           NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    start = now();
    for (int i = 0; i < rows; i++) {
        struct bd_cell_row row = make_row(key, i, data);

        if (i % BATCH == 0)
            sql(db, "BEGIN IMMEDIATE");
        insert(s, &row);
        if ((i + 1) % BATCH == 0 || i + 1 == rows)
            sql(db, "COMMIT");
    }
    took = now() - start;
    sqlite3_finalize(s);
    sqlite3_close(db);
    return took;
}

int main(int argc, char **argv)
{
    struct rusage use;
    char path[1024];
    char *data;
    double took;
    int rows;

    if (argc != 5)
        die("usage: bench_store thread|plain DIRECTORY ROWS BYTES");
    snprintf(path, sizeof(path), "%s/%s.db", argv[2], argv[1]);
    rows = (int)strtol(argv[3], NULL, 10);
    data = make_data((size_t)strtol(argv[4], NULL, 10));
    took = strcmp(argv[1], "plain") == 0 ? alone(path, rows, data)
                                         : through_thread(path, rows, data);
    getrusage(RUSAGE_SELF, &use);
    printf("{\"wall\": %.4f, \"cpu\": %.4f}\n", took,
           (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
               (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
    free(data);
    return 0;
}
