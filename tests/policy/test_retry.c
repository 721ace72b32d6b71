/* tests/policy/test_retry.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fail.h"
#include "base/random.h"
#include "policy/retry.h"

#define LARGEST UINT32_MAX

/* A failed first attempt at the start of a diagnosis of 20 s. */
struct given {
    struct bd_error err;
    struct bd_deadline deadline;
    struct bd_retry_case c;
};

static struct bd_retry_case *failed(struct given *g, enum bd_error_type type)
{
    bd_fail(&g->err, type, 0, "test", "failed");
    bd_deadline_init(&g->deadline, 0, 0, 0);
    g->c = (struct bd_retry_case){
        .err = &g->err, .attempts_done = 1, .deadline = &g->deadline, .typical_ms = -1};
    return &g->c;
}

static bool retries(const struct bd_retry_case *c)
{
    int64_t delay_ms;

    return bd_retry_delay(&bd_retry_default, c, &delay_ms);
}

static void each_error_is_repeated_as_often_as_it_makes_sense(void **state)
{
    static const int32_t expected[BD_ERR_COUNT] = {
        [BD_ERR_RATE_LIMITED] = 2, [BD_ERR_OVERLOADED] = 2, [BD_ERR_NETWORK] = 2,
        [BD_ERR_PROTOCOL] = 2,     [BD_ERR_TIMEOUT] = 1,    [BD_ERR_EMPTY_ANSWER] = 1,
        [BD_ERR_INTERNAL] = 2,
    };

    (void)state;
    for (int type = 0; type < BD_ERR_COUNT; type++) {
        struct given g;
        struct bd_retry_case *c = failed(&g, (enum bd_error_type)type);

        for (c->attempts_done = 1; c->attempts_done < 5; c->attempts_done++)
            if (retries(c) != (c->attempts_done <= expected[type]))
                fail_msg("%s after %d", bd_error_name(type), (int)c->attempts_done);
    }
}

static void what_nobody_worked_on_costs_no_budget(void **state)
{
    (void)state;
    for (int type = 0; type < BD_ERR_COUNT; type++) {
        const struct bd_error err = {.type = type};

        assert_int_equal(bd_retry_costs(&err),
                         type != BD_ERR_RATE_LIMITED && type != BD_ERR_INTERNAL);
    }
}

static void an_error_that_says_it_stays_is_not_repeated(void **state)
{
    struct given g;
    struct bd_retry_case *c = failed(&g, BD_ERR_RATE_LIMITED);

    (void)state;
    g.err.recoverable = 0; /* a 429 that means "until next month" */
    assert_false(retries(c));
}

static const struct {
    int32_t attempts_done, retry_after_ms;
    uint32_t random;
    int64_t expected_ms;
} delays[] = {
    {1, 0, 0, 0},          {1, 0, LARGEST, 250},     {2, 0, LARGEST, 500},
    {1, 2500, 0, 2500},    {1, 2500, LARGEST, 2750}, {2, 1500, 1u << 31, 1750},
    {1, -1, LARGEST, 250}, /* nonsense from outside is no floor */
};

static void the_delay_is_full_jitter_above_what_the_other_side_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
        struct given g;
        struct bd_retry_case *c = failed(&g, BD_ERR_RATE_LIMITED);
        int64_t delay_ms = -1;

        g.err.retry_after_ms = delays[i].retry_after_ms;
        c->attempts_done = delays[i].attempts_done;
        c->random = delays[i].random;
        assert_true(bd_retry_delay(&bd_retry_default, c, &delay_ms));
        assert_int_equal(delay_ms, delays[i].expected_ms);
    }
}

static void the_delay_doubles_up_to_the_cap(void **state)
{
    const struct bd_retry_config many = {
        .max_retries = 100, .base_ms = 250, .cap_ms = 4000};
    static const int64_t top[] = {250, 500, 1000, 2000, 4000, 4000, 4000};
    struct given g;
    struct bd_retry_case *c = failed(&g, BD_ERR_NETWORK);
    int64_t delay_ms;

    (void)state;
    c->random = LARGEST;
    for (int i = 0; i < 7; i++) {
        c->attempts_done = i + 1;
        assert_true(bd_retry_delay(&many, c, &delay_ms));
        assert_int_equal(delay_ms, top[i]);
    }
    c->attempts_done = 100;
    assert_true(bd_retry_delay(&many, c, &delay_ms));
    assert_int_equal(delay_ms, 4000);
}

static void the_jitter_is_uniform(void **state)
{
    int bins[10] = {0};
    struct bd_random r;
    struct given g;
    struct bd_retry_case *c = failed(&g, BD_ERR_OVERLOADED);

    (void)state;
    bd_random_init(&r, 7);
    c->attempts_done = 2;
    for (int i = 0; i < 10000; i++) {
        int64_t delay_ms = -1;

        c->random = bd_random_u32(&r);
        assert_true(bd_retry_delay(&bd_retry_default, c, &delay_ms));
        assert_in_range(delay_ms, 0, 500);
        bins[delay_ms * 10 / 501]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(bins[i], 880, 1120);
}

static const struct {
    int64_t now_ms, typical_ms;
    int32_t retry_after_ms;
    bool expected;
} times[] = {
    /* the cut is at 19,750; the delay is what was asked for */
    {0, -1, 0, true},          {19450, -1, 0, true}, /* 300 ms are needed, known or not */
    {19451, -1, 0, false},     {19451, 10, 0, false},  {13750, 6000, 0, true},
    {13751, 6000, 0, false},   {0, 6000, 13750, true}, {0, 6000, 13751, false},
    {0, -1, INT32_MAX, false}, {25000, -1, 0, false},
};

static void a_retry_must_fit_before_the_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct given g;
        struct bd_retry_case *c = failed(&g, BD_ERR_RATE_LIMITED);

        c->now_ms = times[i].now_ms;
        c->typical_ms = times[i].typical_ms;
        g.err.retry_after_ms = times[i].retry_after_ms;
        if (retries(c) != times[i].expected)
            fail_msg("row %zu", i);
    }
}

static void a_no_leaves_the_delay_untouched(void **state)
{
    const struct bd_retry_config never = {.max_retries = 0, .base_ms = 1, .cap_ms = 1};
    int64_t delay_ms = 77;
    struct given g;
    struct bd_retry_case *c = failed(&g, BD_ERR_TIMEOUT);

    (void)state;
    assert_false(bd_retry_delay(&never, c, &delay_ms));
    c->attempts_done = 0; /* nothing has been tried: not a retry */
    assert_false(bd_retry_delay(&bd_retry_default, c, &delay_ms));
    assert_int_equal(delay_ms, 77);
}

static void odd_settings_give_no_delay_rather_than_a_wild_one(void **state)
{
    const struct bd_retry_config zero = {.max_retries = 2, .base_ms = 0, .cap_ms = 0};
    const struct bd_retry_config negative = {
        .max_retries = 2, .base_ms = -250, .cap_ms = 4000};
    struct given g;
    struct bd_retry_case *c = failed(&g, BD_ERR_NETWORK);
    int64_t delay_ms = -1;

    (void)state;
    c->random = LARGEST;
    assert_true(bd_retry_delay(&zero, c, &delay_ms));
    assert_int_equal(delay_ms, 0);
    c->attempts_done = 2;
    assert_true(bd_retry_delay(&negative, c, &delay_ms));
    assert_int_equal(delay_ms, 0);
}

static void
the_budget_lets_a_small_run_retry_and_holds_a_large_one_to_a_tenth(void **state)
{
    struct bd_retry_budget b;

    (void)state;
    bd_retry_budget_init(&b);
    for (int i = 0; i < 3; i++)
        assert_true(bd_retry_budget_spend(&b));
    assert_false(bd_retry_budget_spend(&b));
    for (int i = 0; i < 1000; i++) { /* every call fails and asks for two retries */
        bd_retry_budget_earn(&b);
        (void)bd_retry_budget_spend(&b);
        (void)bd_retry_budget_spend(&b);
    }
    assert_int_equal(b.retries, 3 + 100);
    assert_int_equal(b.firsts, 1000);
    assert_int_equal(b.refused, 1 + 2000 - 100);
}

static void a_long_calm_does_not_pay_for_a_storm(void **state)
{
    struct bd_retry_budget b;
    int got = 0;

    (void)state;
    bd_retry_budget_init(&b);
    for (int i = 0; i < 1000000; i++)
        bd_retry_budget_earn(&b);
    while (bd_retry_budget_spend(&b))
        got++;
    assert_int_equal(got, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_is_repeated_as_often_as_it_makes_sense),
        cmocka_unit_test(what_nobody_worked_on_costs_no_budget),
        cmocka_unit_test(an_error_that_says_it_stays_is_not_repeated),
        cmocka_unit_test(the_delay_is_full_jitter_above_what_the_other_side_asked),
        cmocka_unit_test(the_delay_doubles_up_to_the_cap),
        cmocka_unit_test(the_jitter_is_uniform),
        cmocka_unit_test(a_retry_must_fit_before_the_cut),
        cmocka_unit_test(a_no_leaves_the_delay_untouched),
        cmocka_unit_test(odd_settings_give_no_delay_rather_than_a_wild_one),
        cmocka_unit_test(
            the_budget_lets_a_small_run_retry_and_holds_a_large_one_to_a_tenth),
        cmocka_unit_test(a_long_calm_does_not_pay_for_a_storm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
