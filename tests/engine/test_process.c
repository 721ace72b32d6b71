/* tests/engine/test_process.c */
#include "engine/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct bd_process look(void)
{
    struct bd_process p;

    bd_process_look(&p);
    return p;
}

static void descriptors_are_counted_without_the_one_that_counts(void **state)
{
    int64_t before = look().open_files;
    int a = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int b = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(look().open_files, before + 2);
    close(a);
    close(b);
    assert_int_equal(look().open_files, before);
}

static void the_limit_of_descriptors_is_the_one_that_holds(void **state)
{
    struct rlimit lim;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &lim), 0);
    lim.rlim_cur = 77;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &lim), 0);
    assert_int_equal(look().max_files, 77);
}

static void *wait_for_end(void *lock)
{
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

static void threads_are_counted(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int64_t before = look().threads;
    pthread_t t;

    (void)state;
    pthread_mutex_lock(&lock);
    assert_int_equal(pthread_create(&t, NULL, wait_for_end, &lock), 0);
    assert_int_equal(look().threads, before + 1);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
}

static void memory_that_is_touched_is_resident(void **state)
{
    int64_t before = look().resident_bytes;
    size_t bytes = (size_t)64 << 20;
    char *p = malloc(bytes);

    (void)state;
    assert_non_null(p);
    memset(p, 1, bytes);
    assert_in_range(look().resident_bytes - before, bytes / 2, bytes * 2);
    assert_true(look().virtual_bytes >= look().resident_bytes);
    free(p);
}

static void cpu_time_grows_with_work(void **state)
{
    double before = look().cpu_seconds;
    volatile unsigned n = 0;

    (void)state;
    assert_true(before >= 0);
    while (clock() < (clock_t)(CLOCKS_PER_SEC * (before + 0.1)))
        n++;
    assert_true(look().cpu_seconds >= before + 0.05);
}

static void the_start_lies_a_little_back_and_stays_where_it_is(void **state)
{
    double start = look().start_seconds;

    (void)state;
    assert_true(start <= (double)time(NULL) + 2 && start > (double)time(NULL) - 120);
    assert_true(look().start_seconds == start);
}

/* Blanks and parentheses in the name must not move the fields. */
static void a_strange_name_changes_nothing(void **state)
{
    int64_t before = look().threads;

    (void)state;
    assert_int_equal(prctl(PR_SET_NAME, "a) R 9 (b"), 0);
    assert_int_equal(look().threads, before);
    assert_true(look().resident_bytes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_are_counted_without_the_one_that_counts),
        cmocka_unit_test(the_limit_of_descriptors_is_the_one_that_holds),
        cmocka_unit_test(threads_are_counted),
        cmocka_unit_test(memory_that_is_touched_is_resident),
        cmocka_unit_test(cpu_time_grows_with_work),
        cmocka_unit_test(the_start_lies_a_little_back_and_stays_where_it_is),
        cmocka_unit_test(a_strange_name_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
