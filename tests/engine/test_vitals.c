/* tests/engine/test_vitals.c */
#include "engine/vitals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct bd_vitals_window w;

static int setup(void **state)
{
    (void)state;
    bd_vitals_init(&w);
    return 0;
}

static struct bd_vitals look(int64_t now_ms)
{
    struct bd_vitals v;

    bd_vitals_look(&w, now_ms, &v);
    return v;
}

static void nothing_is_no_share_and_no_duration(void **state)
{
    struct bd_vitals v = look(123456789);

    (void)state;
    assert_int_equal(v.cells, 0);
    assert_true(isnan(v.answered));
    assert_int_equal(v.p95_ms, -1);
    assert_int_equal(v.samples, 0);
}

static void the_share_is_of_all_cells_of_the_window(void **state)
{
    struct bd_vitals v;

    (void)state;
    bd_vitals_cells(&w, 1000000, 8, 2);
    bd_vitals_cells(&w, 1100000, 0, 10);
    v = look(1100000);
    assert_int_equal(v.cells, 20);
    assert_true(v.answered == 0.4);
}

static void a_step_counts_until_all_of_it_is_five_minutes_ago(void **state)
{
    (void)state;
    bd_vitals_cells(&w, 1000000, 1, 0); /* the step ends at 1010000 */
    bd_vitals_diagnosis(&w, 1009999, 700);
    assert_int_equal(look(1309999).cells, 1);
    assert_int_equal(look(1309999).samples, 1);
    assert_int_equal(look(1310000).cells, 0);
    assert_int_equal(look(1310000).p95_ms, -1);
}

static void looking_changes_nothing(void **state)
{
    (void)state;
    bd_vitals_cells(&w, 1000000, 1, 1);
    (void)look(9000000);
    assert_int_equal(look(1000000).cells, 2);
}

static void a_step_that_comes_round_again_begins_empty(void **state)
{
    (void)state;
    for (int64_t at = 0; at < 4000000; at += 5000)
        bd_vitals_cells(&w, at, 1, 0);
    assert_int_equal(look(3999999).cells, 2 * BD_VITALS_STEPS);
    bd_vitals_cells(&w, 3990000 + 10000 * BD_VITALS_STEPS, 1, 0); /* all are old by now */
    assert_int_equal(look(3990000 + 10000 * BD_VITALS_STEPS).cells, 1);
    bd_vitals_cells(&w, 100000000, 1, 0); /* a long pause */
    assert_int_equal(look(100000000).cells, 1);
}

static void a_clock_that_was_read_before_a_lock_counts_in_the_newest_step(void **state)
{
    (void)state;
    bd_vitals_cells(&w, 1000000, 1, 0);
    bd_vitals_cells(&w, 999999, 0, 1);
    bd_vitals_diagnosis(&w, 1, 5);
    assert_int_equal(look(1305000).cells, 2);
    assert_int_equal(look(1305000).samples, 1);
}

static const struct {
    int count;
    int64_t p95_ms; /* of 1, 2, 3 ... count */
} percentiles[] = {
    {1, 1}, {2, 2}, {19, 19}, {20, 19}, {21, 20}, {40, 38}, {100, 95}, {1000, 950},
};

static void the_percentile_is_the_nearest_rank(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
        bd_vitals_init(&w);
        for (int k = percentiles[i].count; k > 0; k--)
            bd_vitals_diagnosis(&w, 1000000, k);
        if (look(1000000).p95_ms != percentiles[i].p95_ms)
            fail_msg("of %d: %d", percentiles[i].count, (int)look(1000000).p95_ms);
    }
}

static void slow_diagnoses_are_forgotten_with_their_window(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        bd_vitals_diagnosis(&w, 1000000, 20000);
    for (int i = 0; i < 10; i++)
        bd_vitals_diagnosis(&w, 1200000, 2000);
    assert_int_equal(look(1200000).p95_ms, 20000);
    assert_int_equal(look(1400000).p95_ms, 2000);
    assert_int_equal(look(1400000).samples, 10);
}

static void of_very_many_the_latest_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < BD_VITALS_KEPT; i++)
        bd_vitals_diagnosis(&w, 1000000, 20000);
    for (int i = 0; i < BD_VITALS_KEPT; i++)
        bd_vitals_diagnosis(&w, 1000001, 7);
    assert_int_equal(look(1000001).samples, BD_VITALS_KEPT);
    assert_int_equal(look(1000001).p95_ms, 7);
}

static void a_negative_duration_is_none(void **state)
{
    (void)state;
    bd_vitals_diagnosis(&w, 1000000, -3);
    assert_int_equal(look(1000000).p95_ms, 0);
}

#define EMPTY(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY(nothing_is_no_share_and_no_duration),
        EMPTY(the_share_is_of_all_cells_of_the_window),
        EMPTY(a_step_counts_until_all_of_it_is_five_minutes_ago),
        EMPTY(looking_changes_nothing),
        EMPTY(a_step_that_comes_round_again_begins_empty),
        EMPTY(a_clock_that_was_read_before_a_lock_counts_in_the_newest_step),
        EMPTY(the_percentile_is_the_nearest_rank),
        EMPTY(slow_diagnoses_are_forgotten_with_their_window),
        EMPTY(of_very_many_the_latest_are_kept),
        EMPTY(a_negative_duration_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
