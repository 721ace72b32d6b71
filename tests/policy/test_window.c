/* tests/policy/test_window.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "policy/window.h"

static void an_amount_counts_until_its_whole_second_is_a_minute_ago(void **state)
{
    struct bd_window w = {0};

    (void)state;
    bd_window_add(&w, 1999, 5);
    assert_int_equal(bd_window_sum(&w, 1999), 5);
    assert_int_equal(bd_window_sum(&w, 61999), 5);
    assert_int_equal(bd_window_sum(&w, 62000), 0);
}

static void a_wait_ends_when_enough_has_left(void **state)
{
    struct bd_window w = {0};

    (void)state;
    bd_window_add(&w, 1000, 3);
    bd_window_add(&w, 5000, 4);
    assert_int_equal(bd_window_wait_ms(&w, 10, 3, 6000), 0);
    assert_int_equal(bd_window_wait_ms(&w, 10, 4, 6000), 56000);  /* 1 s + 61 s */
    assert_int_equal(bd_window_wait_ms(&w, 10, 7, 6000), 60000);  /* both must go */
    assert_int_equal(bd_window_wait_ms(&w, 10, 99, 6000), 60000); /* into an empty one */
    assert_int_equal(bd_window_wait_ms(&w, 10, 99, 66000), 0);
}

static void a_correction_changes_its_second_while_it_counts(void **state)
{
    struct bd_window w = {0};

    (void)state;
    bd_window_add(&w, 1000, 10);
    bd_window_add(&w, 30000, 1);
    bd_window_add(&w, 1500, -4);
    assert_int_equal(bd_window_sum(&w, 30000), 7);
    bd_window_add(&w, 1500, -100); /* never below nothing */
    assert_int_equal(bd_window_sum(&w, 30000), 1);
    bd_window_add(&w, 100000, 9);
    bd_window_add(&w, 30000, -1); /* has left: 100 - 61 = 39 is the oldest */
    assert_int_equal(bd_window_sum(&w, 100000), 9);
}

static void a_clock_read_before_the_newest_counts_in_the_newest(void **state)
{
    struct bd_window w = {0};

    (void)state;
    bd_window_add(&w, 90000, 1);
    bd_window_add(&w, 89000, 1);
    assert_int_equal(bd_window_sum(&w, 90000), 2);
    assert_int_equal(bd_window_sum(&w, 150999), 2);
    assert_int_equal(bd_window_sum(&w, 151000), 0);
}

/* Against a list of all that was ever added. */
static void it_agrees_with_a_list(void **state)
{
    static int64_t seconds[4000];
    struct bd_random r;

    (void)state;
    bd_random_init(&r, 7);
    for (int run = 0; run < 50; run++) {
        struct bd_window w = {0};
        int64_t now = 100000, n = 0;

        for (int i = 0; i < 4000; i++) {
            int64_t sum = 0;

            now += bd_random_below(&r, 10) ? bd_random_below(&r, 300)
                                           : bd_random_below(&r, 90000);
            bd_window_add(&w, now, 1);
            seconds[n++] = now / 1000;
            for (int64_t k = n - 1; k >= 0 && seconds[k] > now / 1000 - BD_WINDOW_SECONDS;
                 k--)
                sum++;
            assert_int_equal(bd_window_sum(&w, now), sum);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_counts_until_its_whole_second_is_a_minute_ago),
        cmocka_unit_test(a_wait_ends_when_enough_has_left),
        cmocka_unit_test(a_correction_changes_its_second_while_it_counts),
        cmocka_unit_test(a_clock_read_before_the_newest_counts_in_the_newest),
        cmocka_unit_test(it_agrees_with_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
