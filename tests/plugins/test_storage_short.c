/* tests/plugins/test_storage_short.c - S4: memory runs out at each allocation that a put
 * makes, in the plugin and in the libraries under it. What was acknowledged is there,
 * what was refused is not there in part, and the next put works.
 *
 * The program's own malloc stands before libc's for all that it loads. A sanitizer wants
 * to be there itself: then nothing is tried, and the test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/error.h"
#include "storage_checks.h"

enum { MOST = 5000 }; /* allocations of a put; far more than there are */

static long countdown; /* the one that makes it 0 fails */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define BD_SHORT 1

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static bool refused(void)
{
    return countdown > 0 && --countdown == 0;
}

void *malloc(size_t n)
{
    return refused() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return refused() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return refused() ? NULL : __libc_realloc(p, n);
}
#endif

static int count_cell(void *arg, const struct bd_cell_row *row)
{
    (void)row;
    ++*(int *)arg;
    return 0;
}

static int count_diagnosis(void *arg, const struct bd_diagnosis_row *row)
{
    (void)row;
    ++*(int *)arg;
    return 0;
}

/* Rows of that diagnosis: 0, or 3 with itself. */
static int rows_of(struct bench *b, const char *id)
{
    struct bd_error err = {0};
    int n = 0;

    assert_int_equal(b->plugin->get(b->self, id, count_diagnosis, &n, &err), 0);
    assert_int_equal(b->plugin->cells(b->self, id, count_cell, &n, &err), 0);
    return n;
}

static int put(struct bench *b, const char *id, long fail_at)
{
    const struct bd_diagnosis_row diagnosis = row_diagnosis(id, BD_DIAGNOSIS_RUNNING);
    const struct bd_cell_row cells[] = {row_cell(id, "a", "{}"), row_cell(id, "b", "{}")};
    const struct bd_batch batch = batch_of(&diagnosis, 1, cells, 2, NULL, 0);
    struct bd_error err = {0};
    int rc;

    countdown = fail_at;
    rc = b->plugin->put(b->self, &batch, &err);
    if (rc < 0)
        assert_true(err.type != BD_ERR_NONE && err.message[0] != '\0');
    return rc;
}

static void check(const char *plugin, const char *file)
{
    struct bench b;
    int refusals = 0, n;
    bool all_passed = false;

    bench_open(&b, plugin, file);
    assert_int_equal(put(&b, "first", 0), 0);
    for (n = 1; n < MOST && !all_passed; n++) {
        char id[32];
        int rc;

        snprintf(id, sizeof(id), "d-%d", n);
        rc = put(&b, id, n);
        all_passed = countdown > 0; /* it made fewer */
        countdown = 0;
        if (b.durable)
            bench_reopen(&b);
        refusals += rc < 0;
        if (rc == 0)
            assert_int_equal(rows_of(&b, id), 3);
        else
            assert_true(rows_of(&b, id) == 0 || rows_of(&b, id) == 3);
        assert_int_equal(put(&b, id, 0), 0);
        assert_int_equal(rows_of(&b, id), 3);
        assert_int_equal(rows_of(&b, "first"), 3);
    }
    print_message("%s: %d allocations refused in turn, %d puts refused\n", plugin, n - 2,
                  refusals);
    assert_true(all_passed);
    assert_true(refusals > 0);
    bench_close(&b);
}

static void skip_if_not_short(void)
{
#ifndef BD_SHORT
    print_message("not tried: a sanitizer has malloc\n");
    skip();
#endif
}

static void sqlite_loses_nothing_when_memory_runs_out(void **state)
{
    (void)state;
    skip_if_not_short();
    check("store_sqlite", "s.db");
}

static void jsonl_loses_nothing_when_memory_runs_out(void **state)
{
    (void)state;
    skip_if_not_short();
    check("store_jsonl", "s.jsonl");
}

static void memory_keeps_what_it_has_when_memory_runs_out(void **state)
{
    (void)state;
    skip_if_not_short();
    check("store_memory", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_loses_nothing_when_memory_runs_out),
        cmocka_unit_test(jsonl_loses_nothing_when_memory_runs_out),
        cmocka_unit_test(memory_keeps_what_it_has_when_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
