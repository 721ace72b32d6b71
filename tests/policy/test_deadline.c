/* tests/policy/test_deadline.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/deadline.h"

static struct bd_deadline from(int64_t start_ms, int64_t length_ms)
{
    struct bd_deadline d;

    bd_deadline_init(&d, start_ms, length_ms, 0);
    return d;
}

static void the_default_is_20_seconds_with_a_quarter_second_kept(void **state)
{
    struct bd_deadline d = from(1000, 0);

    (void)state;
    assert_int_equal(d.end_ms, 21000);
    assert_int_equal(bd_deadline_cut_ms(&d), 20750);
    assert_int_equal(bd_deadline_left_ms(&d, 1000), 19750);
    assert_int_equal(bd_deadline_left_ms(&d, 20749), 1);
    assert_int_equal(bd_deadline_left_ms(&d, 20750), 0);
    assert_int_equal(bd_deadline_left_ms(&d, 99999), 0);
}

static void a_short_deadline_keeps_most_of_itself_for_calls(void **state)
{
    struct bd_deadline d = from(0, 400);

    (void)state;
    assert_int_equal(bd_deadline_cut_ms(&d), 300);
    bd_deadline_init(&d, 0, 10000, 1000);
    assert_int_equal(bd_deadline_cut_ms(&d), 9000);
    bd_deadline_init(&d, 0, 10000, 999999);
    assert_int_equal(bd_deadline_cut_ms(&d), 7500);
}

static const struct {
    int64_t now_ms, timeout_ms, expected_ms;
} limits[] = {
    {0, 10000, 10000}, {0, 45000, 19750}, {10000, 10000, 9750}, {9750, 10000, 10000},
    {19749, 10000, 1}, {19750, 10000, 0}, {30000, 10000, 0},
};

static void no_call_runs_past_the_cut(void **state)
{
    struct bd_deadline d = from(0, 20000);

    (void)state;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        assert_int_equal(bd_deadline_limit_ms(&d, limits[i].now_ms, limits[i].timeout_ms),
                         limits[i].expected_ms);
}

static const struct {
    int64_t length_ms, now_ms, typical_ms;
    bool expected;
} starts[] = {
    {20000, 0, -1, true},     /* nothing is known */
    {20000, 19450, -1, true}, /* exactly 300 ms left */
    {20000, 19451, -1, false},   {20000, 19450, 10, true},    {20000, 19451, 10, false},
    {20000, 13750, 6000, true},  {20000, 13751, 6000, false}, {20000, 25000, -1, false},
    {20000, 9750, 19700, true}, /* very slow: half of the length is enough */
    {20000, 9751, 19700, false}, {5000, 0, 6000, true},       {5000, 2250, 6000, true},
    {5000, 2251, 6000, false},   {200, 0, -1, false}, /* shorter than any call */
};

static void a_call_starts_only_if_there_is_time_for_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct bd_deadline d = from(0, starts[i].length_ms);

        if (bd_deadline_worth(&d, starts[i].now_ms, starts[i].typical_ms) !=
            starts[i].expected)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_is_20_seconds_with_a_quarter_second_kept),
        cmocka_unit_test(a_short_deadline_keeps_most_of_itself_for_calls),
        cmocka_unit_test(no_call_runs_past_the_cut),
        cmocka_unit_test(a_call_starts_only_if_there_is_time_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
