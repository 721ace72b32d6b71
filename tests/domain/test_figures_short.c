/* tests/domain/test_figures_short.c - memory that runs out at every allocation of the
 * figures and their intervals in turn: an error each time, nothing is left behind (seen
 * by the leak sanitizer), and the output is untouched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/bootstrap.h"
#include "domain/sample.h"

static long left = -1; /* allocations until one is refused; below 0: never */

static bool refused(void)
{
    return left >= 0 && left-- == 0;
}

#include "runtime/wraps.h"

static void figures_fail_whole_at_every_allocation(void **state)
{
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f = {.total = 4711};
    long n = 0;

    (void)state;
    sample_rich(&rec);
    for (bool short_of = true; short_of; n++) {
        int rc;

        left = n;
        rc = bd_figures_make(&f, &rec, &err);
        short_of = left < 0;
        left = -1;
        if (rc < 0) {
            assert_true(short_of);
            assert_int_equal(f.total, 4711);
            assert_int_equal(err.type, BD_ERR_INTERNAL);
            continue;
        }
        /* not refused, or refused to what only makes it faster (domain/match) */
        assert_int_equal(f.total, rec.cell_count);
        assert_int_equal(f.rival_count, 3);
        if (short_of) {
            bd_figures_free(&f);
            f = (struct bd_figures){.total = 4711};
        }
    }
    assert_true(n > 40); /* it did take some */
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void intervals_fail_and_leave_the_figures(void **state)
{
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f;
    long n = 0;

    (void)state;
    sample_rich(&rec);
    must(bd_figures_make(&f, &rec, &err), &err);
    for (int rc = -1; rc < 0; n++) {
        left = n;
        rc = bd_bootstrap(&f, &rec, &err);
        assert_int_equal(rc < 0, left < 0);
        left = -1;
        if (rc < 0)
            assert_true(isnan(f.brands[0].macro_interval.low));
    }
    assert_true(n > 5);
    assert_false(isnan(f.brands[0].macro_interval.low));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_fail_whole_at_every_allocation),
        cmocka_unit_test(intervals_fail_and_leave_the_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
