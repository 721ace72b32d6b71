/* tests/policy/test_latency.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/latency.h"

static struct bd_latency of(int64_t first, int64_t last)
{
    struct bd_latency l;

    bd_latency_init(&l);
    for (int64_t ms = first; ms <= last; ms++)
        bd_latency_add(&l, ms);
    return l;
}

static void a_few_calls_say_nothing(void **state)
{
    struct bd_latency l = of(1, 4);

    (void)state;
    assert_int_equal(bd_latency_typical_ms(&l), -1);
    assert_int_equal(bd_latency_percentile_ms(&l, 95), -1);
    bd_latency_add(&l, 5);
    assert_int_equal(bd_latency_typical_ms(&l), 3);
}

static void the_median_is_not_moved_by_one_that_hung(void **state)
{
    struct bd_latency l = of(100, 108);

    (void)state;
    bd_latency_add(&l, 60000);
    assert_int_equal(bd_latency_typical_ms(&l), 104);
    assert_int_equal(bd_latency_percentile_ms(&l, 100), 60000);
    assert_int_equal(bd_latency_percentile_ms(&l, 1), 100);
    assert_int_equal(bd_latency_percentile_ms(&l, 90), 108);
}

static void the_oldest_are_forgotten(void **state)
{
    struct bd_latency l = of(1, 1000);

    (void)state;
    assert_int_equal(bd_latency_percentile_ms(&l, 1), 969);
    assert_int_equal(bd_latency_percentile_ms(&l, 100), 1000);
    assert_int_equal(bd_latency_typical_ms(&l), 984);
    for (int i = 0; i < 17; i++)
        bd_latency_add(&l, 5); /* it became fast: half of what is kept is enough */
    assert_int_equal(bd_latency_typical_ms(&l), 5);
}

static void odd_values_are_moved_into_range(void **state)
{
    struct bd_latency l = of(1, 0);

    (void)state;
    for (int i = 0; i < 5; i++)
        bd_latency_add(&l, i ? INT64_MAX : -7);
    assert_int_equal(bd_latency_percentile_ms(&l, -3), 0);
    assert_int_equal(bd_latency_percentile_ms(&l, 300), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_calls_say_nothing),
        cmocka_unit_test(the_median_is_not_moved_by_one_that_hung),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(odd_values_are_moved_into_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
