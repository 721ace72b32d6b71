/* tests/plugins/test_storage_crash.c - what was acknowledged is there after kill -9, a
 * full disk, and another process in the way. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage_checks.h"

#define ROUNDS     20
#define BATCH_ROWS 7

static const struct durable {
    const char *plugin, *file;
} sqlite = {"store_sqlite", "s.db"}, jsonl = {"store_jsonl", "s.jsonl"};

/* Writes batches from `first` on until it is killed, and the number of each to `acks`
 * when it is stored. A batch is BATCH_ROWS new cells and one that all batches replace. */
static void write_until_killed(struct bench *b, int first, int acks)
{
    struct bd_cell_row rows[BATCH_ROWS + 1];
    char keys[BATCH_ROWS][16], data[600];
    struct bd_error err = {0};

    if (b->plugin->open(&b->host.host, &b->self, &err) < 0)
        _exit(2);
    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    for (int n = first;; n++) {
        struct bd_batch batch = batch_of(NULL, 0, rows, BATCH_ROWS + 1, NULL, 0);

        for (int i = 0; i < BATCH_ROWS; i++) {
            snprintf(keys[i], sizeof(keys[i]), "%08d", (n * BATCH_ROWS + i) % 100000000);
            rows[i] = row_cell("d-1", keys[i], data);
        }
        rows[BATCH_ROWS] = row_cell("d-2", "last", keys[0]);
        if (b->plugin->put(b->self, &batch, &err) < 0 ||
            write(acks, &n, sizeof(n)) != sizeof(n))
            _exit(3);
    }
}

/* Cells must be 0, 1, 2 ... without a gap: a half batch or a lost one would leave one,
 * and a duplicate would come twice. */
static int count_in_order(void *arg, const struct bd_cell_row *r)
{
    assert_int_equal(atol(r->key), *(int *)arg);
    ++*(int *)arg;
    return 0;
}

static int read_last(void *arg, const struct bd_cell_row *r)
{
    *(int *)arg = (int)atol(r->data);
    return 0;
}

/* Returns the number of whole batches in the storage. */
static int check_stored(struct bench *b)
{
    struct bd_error err = {0};
    int cells = 0, last = -BATCH_ROWS;

    if (b->plugin->open(&b->host.host, &b->self, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(b->plugin->cells(b->self, "d-1", count_in_order, &cells, &err), 0);
    assert_int_equal(b->plugin->cells(b->self, "d-2", read_last, &last, &err), 0);
    assert_int_equal(cells % BATCH_ROWS, 0);
    assert_int_equal(last, cells - BATCH_ROWS);
    b->plugin->close(b->self);
    b->self = NULL;
    return cells / BATCH_ROWS;
}

/* Lets a child write, kills it after `most` acknowledgements, and returns the number of
 * batches acknowledged in all. */
static int write_and_kill(struct bench *b, int first, int most)
{
    int acks[2], n, acknowledged = first, status;
    pid_t child;

    assert_int_equal(pipe(acks), 0);
    child = fork();
    if (child == 0) {
        close(acks[0]);
        write_until_killed(b, first, acks[1]);
    }
    close(acks[1]);
    while (acknowledged < first + most && read(acks[0], &n, sizeof(n)) == sizeof(n))
        acknowledged = n + 1;
    kill(child, SIGKILL);
    while (read(acks[0], &n, sizeof(n)) == sizeof(n)) /* what was still in the pipe */
        acknowledged = n + 1;
    close(acks[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return acknowledged;
}

static void kill_rounds(const struct durable *d)
{
    struct bench b;
    unsigned seed = 20;
    int stored = 0;

    bench_open(&b, d->plugin, d->file);
    b.plugin->close(b.self);
    b.self = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        int acknowledged = write_and_kill(&b, stored, rand_r(&seed) % 60);

        stored = check_stored(&b);
        assert_in_range(stored, acknowledged, acknowledged + 1);
    }
    assert_true(stored > ROUNDS);
    bench_close(&b);
}

static void kill_9_loses_nothing_acknowledged_in_sqlite(void **state)
{
    (void)state;
    kill_rounds(&sqlite);
}

static void kill_9_loses_nothing_acknowledged_in_jsonl(void **state)
{
    (void)state;
    kill_rounds(&jsonl);
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A limit on file sizes is a disk that is full after so many bytes. */
static void fill_and_free(const struct durable *d)
{
    struct bd_error err = {0};
    struct bench b;
    char key[32], *data = calloc(1, 20000), *before, *after;
    int n = 0;

    signal(SIGXFSZ, SIG_IGN);
    memset(data, 'x', 19999);
    bench_open(&b, d->plugin, d->file);
    set_file_limit(200000);
    for (;; n++) {
        struct bd_cell_row row = row_cell("d-1", key, data);
        struct bd_batch batch = batch_of(NULL, 0, &row, 1, NULL, 0);

        snprintf(key, sizeof(key), "%d", 100 + n % 900);
        if (b.plugin->put(b.self, &batch, &err) < 0)
            break;
        assert_in_range(n, 0, 100);
    }
    assert_in_range(n, 2, 100);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(err.recoverable, 1);
    assert_non_null(strstr(err.message, "space"));
    assert_non_null(strstr(err.message, b.path));
    set_file_limit(RLIM_INFINITY);
    put_cell(&b, row_cell("d-1", "now", data)); /* goes on where the last one ended */
    before = show(&b, (const char *const[]){"d-1"}, 1, NULL, 0);
    bench_reopen(&b);
    after = show(&b, (const char *const[]){"d-1"}, 1, NULL, 0);
    assert_string_equal(before, after);
    snprintf(key, sizeof(key), "d-1 %d ", 100 + n - 1);
    assert_non_null(strstr(after, key)); /* the last one that was acknowledged */
    snprintf(key, sizeof(key), "d-1 %d ", 100 + n);
    assert_null(strstr(after, key));
    assert_non_null(strstr(after, "d-1 now "));
    free(before);
    free(after);
    free(data);
    bench_close(&b);
}

static void a_full_disk_refuses_whole_batches_and_heals_in_sqlite(void **state)
{
    (void)state;
    fill_and_free(&sqlite);
}

static void a_full_disk_refuses_whole_batches_and_heals_in_jsonl(void **state)
{
    (void)state;
    fill_and_free(&jsonl);
}

/* The core lets no such row through; the database holds the line all the same. */
static void a_row_that_cannot_be_kept_takes_its_batch_out_whole(void **state)
{
    struct bd_cell_row rows[2] = {row_cell("d-1", "good", "{}"),
                                  row_cell("d-1", "bad", NULL)};
    struct bd_batch batch = batch_of(NULL, 0, rows, 2, NULL, 0);
    struct bd_error err = {0};
    struct bench b;
    char *text;

    (void)state;
    bench_open(&b, sqlite.plugin, sqlite.file);
    assert_int_equal(b.plugin->put(b.self, &batch, &err), -1);
    assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
    assert_int_equal(err.recoverable, 0);
    text = show(&b, (const char *const[]){"d-1"}, 1, NULL, 0);
    assert_string_equal(text, "");
    free(text);
    put_cell(&b, rows[0]);
    bench_close(&b);
}

/* Another program that has the write lock, until the pipe is closed. */
static pid_t lock_in_child(const char *path, int ready, int until)
{
    pid_t child = fork();
    sqlite3 *db;
    char c;

    if (child != 0)
        return child;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        write(ready, "x", 1) != 1)
        _exit(1);
    (void)!read(until, &c, 1);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(db);
    _exit(0);
}

static void another_writer_is_waited_for_and_then_named(void **state)
{
    struct bd_cell_row row = row_cell("d-1", "k", "{}");
    struct bd_batch batch = batch_of(NULL, 0, &row, 1, NULL, 0);
    struct bd_error err = {0};
    int ready[2], until[2], status;
    struct bench b;
    pid_t child;
    char c;

    (void)state;
    bench_open(&b, sqlite.plugin, sqlite.file);
    store_host_set(&b.host, "busy_timeout", "50ms");
    b.plugin->close(b.self); /* a file must not be open across a fork */
    b.self = NULL;
    assert_int_equal(pipe(ready) + pipe(until), 0);
    child = lock_in_child(b.path, ready[1], until[0]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(b.plugin->open(&b.host.host, &b.self, &err), 0);
    assert_int_equal(b.plugin->put(b.self, &batch, &err), -1);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(err.recoverable, 1);
    assert_non_null(strstr(err.message, "another process"));
    assert_non_null(strstr(err.message, "busy_timeout"));
    assert_int_equal(write(until[1], "x", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    put_cell(&b, row);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(until[i]);
    }
    bench_close(&b);
}

static void one_process_at_a_time_may_use_a_jsonl_file(void **state)
{
    struct bd_error err = {0};
    void *second = NULL;
    struct bench b;

    (void)state;
    bench_open(&b, jsonl.plugin, jsonl.file);
    assert_int_equal(b.plugin->open(&b.host.host, &second, &err), -1);
    assert_null(second);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_non_null(strstr(err.message, "another process uses it"));
    assert_non_null(strstr(err.message, b.path));
    put_cell(&b, row_cell("d-1", "k", "{}"));
    bench_reopen(&b); /* closing gave the lock back */
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kill_9_loses_nothing_acknowledged_in_sqlite),
        cmocka_unit_test(kill_9_loses_nothing_acknowledged_in_jsonl),
        cmocka_unit_test(a_full_disk_refuses_whole_batches_and_heals_in_sqlite),
        cmocka_unit_test(a_full_disk_refuses_whole_batches_and_heals_in_jsonl),
        cmocka_unit_test(a_row_that_cannot_be_kept_takes_its_batch_out_whole),
        cmocka_unit_test(another_writer_is_waited_for_and_then_named),
        cmocka_unit_test(one_process_at_a_time_may_use_a_jsonl_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
