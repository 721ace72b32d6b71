/* tests/policy/test_alarm.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/alarm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct bd_alarm_config usual = {
    .hold_ms = 30, .resolve_ms = 60, .repeat_ms = 1000};

struct seen { /* at that time the condition is so, and that is told */
    int64_t ms;
    int on;
    enum bd_alarm_news news;
};

static void play(const struct bd_alarm_config *config, const struct seen *seen, size_t n)
{
    struct bd_alarm a = {0};

    for (size_t i = 0; i < n; i++) {
        enum bd_alarm_news news = bd_alarm_see(&a, config, seen[i].on, seen[i].ms);

        if (news != seen[i].news)
            fail_msg("at %d: %d, expected %d", (int)seen[i].ms, (int)news,
                     (int)seen[i].news);
    }
}

#define PLAY(config, ...)                          \
    do {                                           \
        const struct seen steps[] = {__VA_ARGS__}; \
        play((config), steps, COUNT(steps));       \
    } while (0)

static void it_fires_when_the_condition_has_held_and_not_before(void **state)
{
    (void)state;
    PLAY(&usual, {5000, 0, BD_ALARM_NOTHING}, {5010, 1, BD_ALARM_NOTHING},
         {5039, 1, BD_ALARM_NOTHING}, {5040, 1, BD_ALARM_FIRES},
         {5041, 1, BD_ALARM_NOTHING});
}

static void what_goes_before_it_has_held_is_never_told(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {29, 0, BD_ALARM_NOTHING},
         {35, 1, BD_ALARM_NOTHING}, {64, 1, BD_ALARM_NOTHING},
         {65, 1, BD_ALARM_FIRES}); /* counted from when it came again */
}

/* Nobody looked between, but it was true all the time until now. */
static void what_has_held_is_told_though_it_is_gone_by_now(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {40, 0, BD_ALARM_FIRES},
         {99, 0, BD_ALARM_NOTHING}, {100, 0, BD_ALARM_RESOLVED});
}

static void it_is_over_after_quiet_and_not_before(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {30, 1, BD_ALARM_FIRES},
         {50, 0, BD_ALARM_NOTHING}, {109, 0, BD_ALARM_NOTHING},
         {110, 0, BD_ALARM_RESOLVED}, {500, 0, BD_ALARM_NOTHING});
}

static void flapping_stays_one_alarm(void **state)
{
    struct bd_alarm a = {0};

    (void)state;
    bd_alarm_see(&a, &usual, true, 0);
    assert_int_equal(bd_alarm_see(&a, &usual, true, 30), BD_ALARM_FIRES);
    for (int64_t ms = 40; ms < 1000; ms += 59)
        assert_int_equal(bd_alarm_see(&a, &usual, ms / 59 % 2, ms), BD_ALARM_NOTHING);
    assert_int_equal(a.since_ms, 0); /* the beginning stays */
    assert_true(a.state == BD_ALARM_FIRING || a.state == BD_ALARM_CLEARING);
}

static void it_comes_anew_after_it_was_over(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {30, 0, BD_ALARM_FIRES},
         {90, 1, BD_ALARM_RESOLVED}, {119, 1, BD_ALARM_NOTHING},
         {120, 1, BD_ALARM_FIRES});
}

static void while_it_fires_it_is_told_again(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {100, 1, BD_ALARM_FIRES},
         {1099, 1, BD_ALARM_NOTHING}, {1100, 1, BD_ALARM_STILL},
         {1200, 1, BD_ALARM_NOTHING}, {5000, 1, BD_ALARM_STILL}, /* once, not thrice */
         {5999, 1, BD_ALARM_NOTHING}, {6000, 1, BD_ALARM_STILL});
}

static void what_is_about_to_be_over_is_not_told_again(void **state)
{
    (void)state;
    PLAY(&usual, {0, 1, BD_ALARM_NOTHING}, {30, 1, BD_ALARM_FIRES},
         {1000, 0, BD_ALARM_NOTHING}, {1040, 0, BD_ALARM_NOTHING},
         {1060, 0, BD_ALARM_RESOLVED});
}

static void without_repeat_it_is_told_once(void **state)
{
    static const struct bd_alarm_config once = {.hold_ms = 30, .resolve_ms = 60};

    (void)state;
    PLAY(&once, {0, 1, BD_ALARM_NOTHING}, {30, 1, BD_ALARM_FIRES},
         {INT64_MAX / 2, 1, BD_ALARM_NOTHING});
}

static void without_hold_and_resolve_both_are_told_at_once(void **state)
{
    static const struct bd_alarm_config now = {0};

    (void)state;
    PLAY(&now, {7, 1, BD_ALARM_FIRES}, {7, 1, BD_ALARM_NOTHING}, {8, 0, BD_ALARM_NOTHING},
         {8, 0, BD_ALARM_RESOLVED}, {8, 1, BD_ALARM_FIRES});
}

static void a_time_before_the_last_one_is_the_last_one(void **state)
{
    (void)state;
    PLAY(&usual, {100, 1, BD_ALARM_NOTHING}, {60, 1, BD_ALARM_NOTHING},
         {129, 1, BD_ALARM_NOTHING}, {130, 1, BD_ALARM_FIRES}, {10, 0, BD_ALARM_NOTHING},
         {189, 0, BD_ALARM_NOTHING}, {190, 0, BD_ALARM_RESOLVED});
}

static void settings_may_change_while_it_fires(void **state)
{
    static const struct bd_alarm_config other = {
        .hold_ms = 1, .resolve_ms = 10, .repeat_ms = 50};
    struct bd_alarm a = {0};

    (void)state;
    bd_alarm_see(&a, &usual, true, 0);
    assert_int_equal(bd_alarm_see(&a, &usual, true, 30), BD_ALARM_FIRES);
    assert_int_equal(bd_alarm_see(&a, &other, true, 79), BD_ALARM_NOTHING);
    assert_int_equal(bd_alarm_see(&a, &other, true, 80), BD_ALARM_STILL);
    assert_int_equal(bd_alarm_see(&a, &other, false, 90), BD_ALARM_NOTHING);
    assert_int_equal(bd_alarm_see(&a, &other, false, 100), BD_ALARM_RESOLVED);
}

/* Messages of all alarms */

static void no_window_holds_more_than_the_most(void **state)
{
    struct bd_alarm_rate r = {0};

    (void)state;
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 50), 0);
    bd_alarm_rate_send(&r, 50);
    bd_alarm_rate_send(&r, 60);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 60), 0);
    bd_alarm_rate_send(&r, 90);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 90), 60);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 149), 1);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 150), 0);
    bd_alarm_rate_send(&r, 150);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 3, 100, 150), 10);
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 1, 100, 150), 100); /* a lower limit */
    assert_int_equal(bd_alarm_rate_wait_ms(&r, 5, 100, 150), 0);   /* a higher one */
}

static void what_was_held_back_is_told_once(void **state)
{
    struct bd_alarm_rate r = {0};

    (void)state;
    assert_int_equal(bd_alarm_rate_send(&r, 1), 0);
    for (int i = 0; i < 12; i++)
        bd_alarm_rate_hold(&r);
    assert_int_equal(bd_alarm_rate_send(&r, 2), 12);
    assert_int_equal(bd_alarm_rate_send(&r, 3), 0);
    bd_alarm_rate_hold(&r);
    assert_int_equal(bd_alarm_rate_send(&r, 4), 1);
    assert_int_equal(r.held, 13);
    assert_int_equal(r.sent, 4);
}

/* Against counting what lies in the window. */
static void the_limit_agrees_with_a_list(void **state)
{
    static const int32_t limits[] = {1, 7, BD_ALARM_RATE_MOST};

    (void)state;
    for (size_t k = 0; k < COUNT(limits); k++) {
        struct bd_alarm_rate r = {0};
        int64_t sent[2000], n = 0;

        for (int64_t now = 0; now < 2000; now++) {
            int64_t in_window = 0;

            for (int64_t i = 0; i < n; i++)
                in_window += sent[i] > now - 150;
            assert_int_equal(bd_alarm_rate_wait_ms(&r, limits[k], 150, now) == 0,
                             in_window < limits[k]);
            if (in_window < limits[k]) {
                bd_alarm_rate_send(&r, now);
                sent[n++] = now;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_fires_when_the_condition_has_held_and_not_before),
        cmocka_unit_test(what_goes_before_it_has_held_is_never_told),
        cmocka_unit_test(what_has_held_is_told_though_it_is_gone_by_now),
        cmocka_unit_test(it_is_over_after_quiet_and_not_before),
        cmocka_unit_test(flapping_stays_one_alarm),
        cmocka_unit_test(it_comes_anew_after_it_was_over),
        cmocka_unit_test(while_it_fires_it_is_told_again),
        cmocka_unit_test(what_is_about_to_be_over_is_not_told_again),
        cmocka_unit_test(without_repeat_it_is_told_once),
        cmocka_unit_test(without_hold_and_resolve_both_are_told_at_once),
        cmocka_unit_test(a_time_before_the_last_one_is_the_last_one),
        cmocka_unit_test(settings_may_change_while_it_fires),
        cmocka_unit_test(no_window_holds_more_than_the_most),
        cmocka_unit_test(what_was_held_back_is_told_once),
        cmocka_unit_test(the_limit_agrees_with_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
