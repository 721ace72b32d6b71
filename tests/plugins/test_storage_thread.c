/* tests/plugins/test_storage_thread.c - every storage behind the store thread: as much
 * as a thousand diagnoses write at once, and what it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "runtime/store.h"
#include "storage_checks.h"

#define THREADS 4
#define CELLS   10000
#define BYTES   2048

static atomic_int stored;

static void count_stored(void *arg, const struct bd_error *err)
{
    (void)arg;
    if (!err)
        atomic_fetch_add(&stored, 1);
}

struct writer {
    struct bd_store *store;
    int first, count;
    pthread_t thread;
};

static void *write_cells(void *arg)
{
    struct writer *w = arg;
    char key[16], data[BYTES];

    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    for (int i = w->first; i < w->first + w->count; i++) {
        struct bd_cell_row row = row_cell("d-1", key, data);

        snprintf(key, sizeof(key), "%d", 100000 + i);
        if (bd_store_put_cell(w->store, &row, count_stored, NULL, NULL) < 0)
            return w;
    }
    return NULL;
}

/* Returns the milliseconds from the first put to the last commit. */
static int64_t write_all(struct bd_store *store)
{
    int64_t start_ms = bd_clock_ms();
    struct writer w[THREADS];
    struct bd_error err = {0};

    atomic_store(&stored, 0);
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct writer){store, i * CELLS / THREADS, CELLS / THREADS, 0};
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_cells, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        pthread_join(w[i].thread, &failed);
        assert_null(failed);
    }
    assert_int_equal(bd_store_flush(store, &err), 0);
    return bd_clock_ms() - start_ms;
}

static int expect_next(void *arg, const struct bd_cell_row *r)
{
    assert_int_equal(atol(r->key), 100000 + *(int *)arg);
    assert_int_equal(strlen(r->data), BYTES - 1);
    ++*(int *)arg;
    return 0;
}

static struct bd_store *start(struct bench *b)
{
    struct bd_store_options o = {.plugin = b->plugin, .host = &b->host.host};
    struct bd_store *store = NULL;
    struct bd_error err = {0};

    if (bd_store_start(&store, &o, &err) < 0)
        fail_msg("%s", err.message);
    return store;
}

static void ten_thousand_cells(const char *plugin, const char *file)
{
    struct bd_store_stats stats;
    struct bd_store *store;
    struct bd_error err = {0};
    struct bench b;
    int64_t ms;
    int n = 0;

    bench_open(&b, plugin, file);
    b.plugin->close(b.self);
    b.self = NULL;
    store = start(&b);
    ms = write_all(store);
    bd_store_stats(store, &stats);
    print_message("%s: %d cells of %d bytes in %lld ms, %llu commits, longest %lld ms\n",
                  plugin, CELLS, BYTES, (long long)ms, (unsigned long long)stats.batches,
                  (long long)stats.worst_commit_ms);
    assert_int_equal(atomic_load(&stored), CELLS);
    assert_int_equal(stats.rows, CELLS);
    if (file) {
        bd_store_stop(store);
        store = start(&b);
    }
    assert_int_equal(bd_store_cells(store, "d-1", expect_next, &n, &err), 0);
    assert_int_equal(n, CELLS);
    bd_store_stop(store);
    store_directory_end();
}

static void take_answer(void *arg, size_t key, char *data)
{
    (void)key;
    assert_int_equal(strlen(data), BYTES - 1);
    ++*(int *)arg;
    free(data);
}

static void put_answers(struct bd_store *store, char (*keys)[17])
{
    struct bd_error err = {0};
    char data[BYTES];

    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    for (int i = 0; i < CELLS; i++) {
        struct bd_cache_row row = row_cache(keys[i], data, 2000);

        /* every second one: the rest will be looked for in vain */
        if (i % 2 == 0 && bd_store_put_cache(store, &row, NULL, NULL, &err) < 0)
            fail_msg("%s", err.message);
    }
    assert_int_equal(bd_store_flush(store, &err), 0);
}

/* A diagnosis waits for it: 0.3 s are wanted, and a noisy machine is given ten times it.
 */
static void ten_thousand_answers(const char *plugin, const char *file)
{
    static char keys[CELLS][17];
    static const char *list[CELLS];
    struct bd_store_search search = {
        .keys = list, .count = CELLS, .now_ms = 1000, .found = take_answer};
    struct bd_store *store;
    struct bd_error err = {0};
    struct bench b;
    int64_t start_ms;
    int n = 0;

    bench_open(&b, plugin, file);
    b.plugin->close(b.self);
    b.self = NULL;
    for (int i = 0; i < CELLS; i++) {
        snprintf(keys[i], sizeof(keys[i]), "%016llx", i * 0x9e3779b97f4a7c15ULL);
        list[i] = keys[i];
    }
    store = start(&b);
    put_answers(store, keys);
    start_ms = bd_clock_ms();
    search.until_ms = start_ms + 60000;
    search.arg = &n;
    if (bd_store_cache_search(store, &search, &err) < 0)
        fail_msg("%s", err.message);
    start_ms = bd_clock_ms() - start_ms;
    print_message("%s: %d answers looked up in %lld ms, %d found\n", plugin, CELLS,
                  (long long)start_ms, n);
    assert_int_equal(n, CELLS / 2);
    assert_true(start_ms < 3000);
    bd_store_stop(store);
    store_directory_end();
}

static void sqlite_looks_up_ten_thousand_answers(void **state)
{
    (void)state;
    ten_thousand_answers("store_sqlite", "s.db");
}

static void jsonl_looks_up_ten_thousand_answers(void **state)
{
    (void)state;
    ten_thousand_answers("store_jsonl", "s.jsonl");
}

static void memory_looks_up_ten_thousand_answers(void **state)
{
    (void)state;
    ten_thousand_answers("store_memory", NULL);
}

static void sqlite_takes_ten_thousand_cells(void **state)
{
    (void)state;
    ten_thousand_cells("store_sqlite", "s.db");
}

static void jsonl_takes_ten_thousand_cells(void **state)
{
    (void)state;
    ten_thousand_cells("store_jsonl", "s.jsonl");
}

static void memory_takes_ten_thousand_cells(void **state)
{
    (void)state;
    ten_thousand_cells("store_memory", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_takes_ten_thousand_cells),
        cmocka_unit_test(jsonl_takes_ten_thousand_cells),
        cmocka_unit_test(memory_takes_ten_thousand_cells),
        cmocka_unit_test(sqlite_looks_up_ten_thousand_answers),
        cmocka_unit_test(jsonl_looks_up_ten_thousand_answers),
        cmocka_unit_test(memory_looks_up_ten_thousand_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
