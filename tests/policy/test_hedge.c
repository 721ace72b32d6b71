/* tests/policy/test_hedge.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/hedge.h"

static struct bd_latency times(int64_t ms, int n)
{
    struct bd_latency l;

    bd_latency_init(&l);
    for (int i = 0; i < n; i++)
        bd_latency_add(&l, ms);
    return l;
}

static void it_is_off_unless_configured(void **state)
{
    const struct bd_latency l = times(3000, 30);

    (void)state;
    assert_int_equal(bd_hedge_after_ms(&bd_hedge_default, &l), -1);
    assert_false(bd_hedge_may(&bd_hedge_default, 1000, 0, 0, 8));
}

static void it_waits_as_long_as_nearly_all_calls_take_and_a_second_at_least(void **state)
{
    struct bd_hedge_config c = {.enabled = true, .percent = 5};
    struct bd_latency l = times(3000, 4);

    (void)state;
    assert_int_equal(bd_hedge_after_ms(&c, &l), -1); /* nothing is known yet */
    l = times(200, 30);
    assert_int_equal(bd_hedge_after_ms(&c, &l), 1000);
    l = times(3000, 30);
    assert_int_equal(bd_hedge_after_ms(&c, &l), 3000);
    bd_latency_add(&l, 9000); /* one of 31 is within 5 %, two are not */
    assert_int_equal(bd_hedge_after_ms(&c, &l), 3000);
    bd_latency_add(&l, 9000);
    assert_int_equal(bd_hedge_after_ms(&c, &l), 9000);
    c.after_ms = 400; /* told so */
    assert_int_equal(bd_hedge_after_ms(&c, &l), 400);
}

static const struct {
    uint64_t firsts, hedges;
    int out, allowed;
    bool may;
} cases[] = {
    {0, 0, 0, 8, true},     /* one is always free */
    {10, 1, 1, 8, false},   /* 10 % */
    {20, 1, 1, 8, true},    /* 5 %: one more */
    {20, 2, 1, 8, false},   /* */
    {1000, 50, 1, 8, true}, /* */
    {1000, 51, 1, 8, false}, {1000, 0, 8, 10, true}, {1000, 0, 9, 10, false},
};

static void they_are_few_and_need_room(void **state)
{
    const struct bd_hedge_config c = {.enabled = true, .percent = 5};
    const struct bd_hedge_config none = {.enabled = true, .percent = 0};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_hedge_may(&c, cases[i].firsts, cases[i].hedges, cases[i].out,
                         cases[i].allowed) != cases[i].may)
            fail_msg("case %zu", i);
    assert_false(bd_hedge_may(&none, 1000, 0, 0, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_off_unless_configured),
        cmocka_unit_test(it_waits_as_long_as_nearly_all_calls_take_and_a_second_at_least),
        cmocka_unit_test(they_are_few_and_need_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
