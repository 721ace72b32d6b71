/* tests/plugins/test_storage.c - one list of checks on every storage, and that they
 * agree with each other on a long random history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage_checks.h"

static const struct {
    const char *plugin, *file;
} storages[] = {
    {"store_memory", NULL}, {"store_jsonl", "s.jsonl"}, {"store_sqlite", "s.db"}};

static const char *const ids[] = {"d-1", "d-10", "d-2", "d-3", "e"};
static const char *const keys[] = {"00", "0a", "a", "b"};
#define PICK(from, n) (from)[(n) % (sizeof(from) / sizeof((from)[0]))]

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void one_step(struct bench *b, unsigned *seed)
{
    struct bd_error err = {0};
    unsigned what = next(seed) % 16;
    char text[32];

    snprintf(text, sizeof(text), "{\"n\":%u}", next(seed));
    if (what < 3)
        put_diagnosis(b, row_diagnosis(PICK(ids, next(seed)), next(seed) % 2));
    else if (what < 12)
        put_cell(b, row_cell(PICK(ids, next(seed)), PICK(keys, next(seed)), text));
    else if (what < 14)
        put_cache(b, row_cache(PICK(keys, next(seed)), text, next(seed) % 2000));
    else if (what == 14)
        assert_int_equal(b->plugin->remove(b->self, PICK(ids, next(seed)), &err), 0);
    else if (b->durable)
        bench_reopen(b);
}

static char *history(const char *plugin, const char *file, unsigned seed)
{
    struct bench b;
    char *text;

    bench_open(&b, plugin, file);
    for (int i = 0; i < 200; i++)
        one_step(&b, &seed);
    text = show(&b, ids, 5, keys, 4);
    bench_close(&b);
    return text;
}

static void storages_agree_on_any_history(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 5; seed++) {
        char *first = history(storages[0].plugin, storages[0].file, seed);

        for (size_t i = 1; i < 3; i++) {
            char *other = history(storages[i].plugin, storages[i].file, seed);

            assert_string_equal(first, other);
            free(other);
        }
        free(first);
    }
}

static void memory_says_when_it_is_full_and_keeps_what_it_has(void **state)
{
    struct bd_cell_row row;
    struct bd_batch batch;
    struct bd_error err = {0};
    struct bench b;
    char *data = calloc(1, 70000);

    (void)state;
    bench_open(&b, "store_memory", NULL);
    store_host_set(&b.host, "max_size", "100KiB");
    bench_reopen(&b);
    memset(data, 'x', 69999);
    put_cell(&b, row_cell("d-1", "a", data));
    row = row_cell("d-1", "b", data);
    batch = batch_of(NULL, 0, &row, 1, NULL, 0);
    assert_int_equal(b.plugin->put(b.self, &batch, &err), -1);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(err.recoverable, 0);
    assert_non_null(strstr(err.message, "max_size"));
    assert_int_equal(b.plugin->remove(b.self, "d-1", &err), 0);
    put_cell(&b, row);
    bench_close(&b);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storages_agree_on_any_history),
        cmocka_unit_test(memory_says_when_it_is_full_and_keeps_what_it_has),
    };
    int failed = 0;

    for (size_t i = 0; i < 3; i++)
        failed += storage_checks(storages[i].plugin, storages[i].file);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
