/* tests/engine/test_reload_short.c - a machine that is short of memory, descriptors or
 * address space in the middle of a reload: the old generation stays, or the new one is
 * whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "engine/hot.h"

/* Allocations of this thread, while it says so; the one that makes it 0 fails. */
static _Thread_local long countdown;
static _Thread_local bool counting;

static bool refused(void)
{
    return counting && --countdown == 0;
}

#include "runtime/wraps.h" /* asks refused() */

static struct bd_engine *serve_fast(void)
{
    struct bd_engine *e;

    start_simulator("{\"defaults\": {\"latency\": {\"total_ms\": 1},"
                    " \"answer\": {\"text\": \"1. 华为\"}}}");
    configure("requests_per_minute = 0\n[log]\nlevel = off\n");
    e = hot_engine();
    answered_by(ask_hot(e, 1), 1);
    return e;
}

/* After a reload that may have failed: what is in use is what the edition says. */
static void assert_well(struct bd_engine *e, int rc, unsigned before)
{
    assert_int_equal(edition(e).number, before + (rc == 0));
    if (rc < 0) {
        assert_int_not_equal(fault.type, BD_ERR_NONE);
        assert_true(fault.message[0]);
        assert_int_equal(told.number, 0);
    }
    reaped_to(e, 1);
}

enum { MOST = 20000 };

/* k-th allocation fails, for every k that a reload has; true: it had so many. */
static bool reload_without(struct bd_engine *e, long k)
{
    unsigned before = edition(e).number;
    int rc;

    countdown = k;
    counting = true;
    rc = reload(e);
    counting = false;
    assert_well(e, rc, before);
    return countdown <= 0;
}

static int version_in_use(struct bd_engine *e)
{
    const struct bd_generation *g = e->current->generation;

    return bd_generation_find(g, "hot")->plugin->base.version[0] - '0';
}

static void memory_that_runs_out_leaves_one_or_the_other(void **state)
{
    struct bd_engine *e = serve_fast();
    int fds = entries("/proc/self/fd"), done = 0, failed = 0, on_disk = 1;

    (void)state;
    for (long k = 1; k < MOST; k++) {
        unsigned before = edition(e).number;

        if (version_in_use(e) == on_disk)
            hot_version(on_disk = 3 - on_disk);
        if (!reload_without(e, k))
            break;
        done += edition(e).number > before;
        failed += edition(e).number == before;
        if (k % 50 == 0)
            answered_by(ask_hot(e, 1), version_in_use(e));
    }
    assert_true(failed > 100);
    answered_by(ask_hot(e, 1), version_in_use(e));
    printf("%d reloads failed for want of memory, %d did without it\n", failed, done);
    if (!sanitized())
        assert_in_range(entries("/proc/self/fd"), fds - 2, fds + 2);
    bd_engine_stop(e);
}

static void a_rollback_without_memory_leaves_one_or_the_other(void **state)
{
    struct bd_engine *e = serve_fast();

    (void)state;
    hot_version(2);
    must_reload(e);
    for (long k = 1; k < MOST; k++) {
        unsigned before = edition(e).number;
        int rc;

        bd_reload_free(&told);
        bd_reload_init(&told);
        fault = (struct bd_error){0};
        countdown = k;
        counting = true;
        rc = bd_engine_rollback(e, &told, &fault);
        counting = false;
        assert_well(e, rc, before);
        if (countdown > 0)
            break;
    }
    answered_by(ask_hot(e, 1), version_in_use(e));
    bd_engine_stop(e);
}

static void descriptors_that_run_out_leave_the_old_one(void **state)
{
    struct bd_engine *e = serve_fast();
    struct rlimit whole, few;
    int refused_count = 0, top;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &whole), 0);
    few = whole;
    hot_version(2);
    for (int more = 0; more < 400; more++) {
        unsigned before = edition(e).number;
        int rc;

        top = dup(0); /* the lowest that is free: those above may be taken, too */
        close(top);
        few.rlim_cur = (rlim_t)(top + more);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        rc = reload(e);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &whole), 0);
        assert_well(e, rc, before);
        refused_count += rc < 0;
        answered_by(ask_hot(e, 1), version_in_use(e));
        if (rc == 0)
            break;
    }
    assert_true(refused_count > 0);
    if (version_in_use(e) != 2)
        fail_msg("%s\n%s", fault.message, told.problems.data);
    bd_engine_stop(e);
}

static long address_space(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld", &pages), 1);
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static void address_space_that_runs_out_leaves_one_or_the_other(void **state)
{
    struct bd_engine *e;
    struct rlimit whole, little;
    int on_disk = 1;

    (void)state;
    if (sanitized()) /* a sanitizer needs terabytes of it */
        return;
    e = serve_fast();
    assert_int_equal(getrlimit(RLIMIT_AS, &whole), 0);
    little = whole;
    for (long more = 0; more < 40; more++) {
        unsigned before = edition(e).number;
        int rc;

        if (version_in_use(e) == on_disk)
            hot_version(on_disk = 3 - on_disk);
        little.rlim_cur = (rlim_t)(address_space() + more * 4096);
        assert_int_equal(setrlimit(RLIMIT_AS, &little), 0);
        rc = reload(e);
        assert_int_equal(setrlimit(RLIMIT_AS, &whole), 0);
        assert_well(e, rc, before);
        answered_by(ask_hot(e, 1), version_in_use(e));
    }
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOT(memory_that_runs_out_leaves_one_or_the_other),
        HOT(a_rollback_without_memory_leaves_one_or_the_other),
        HOT(descriptors_that_run_out_leave_the_old_one),
        HOT(address_space_that_runs_out_leaves_one_or_the_other),
    };

    return cmocka_run_group_tests(tests, make_house, remove_folder);
}
