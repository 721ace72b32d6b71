/* Against values worked out elsewhere. */
#include "domain/figures/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
    int hits, n;
    double low, high;
} rates[] = {
    {0, 1, 0, .793},      {2, 4, .150, .850},  {4, 4, .510, 1},
    {0, 12, 0, .242},     {6, 12, .254, .746}, {10, 20, .299, .701},
    {30, 60, .377, .623}, {3, 12, .089, .532}, {9, 12, .468, .911},
};

static void wilson_gives_the_known_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct bd_interval v = bd_interval_wilson(rates[i].hits, rates[i].n);

        assert_true(fabs(v.low - rates[i].low) < 0.0006);
        assert_true(fabs(v.high - rates[i].high) < 0.0006);
    }
    assert_true(isnan(bd_interval_wilson(0, 0).low));
    assert_true(isnan(bd_interval_wilson(0, 0).high));
}

/* 2 * sum of C(n,i) for i up to the smaller / 2^n. */
static const struct {
    int a, b;
    double p;
} pairs[] = {
    {0, 0, 1},           {1, 0, 1}, {5, 0, 0.0625},       {0, 6, 0.03125},
    {1, 9, 22.0 / 1024}, {3, 3, 1}, {8, 2, 112.0 / 1024},
};

static void mcnemar_counts_the_pairs_that_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_true(fabs(bd_mcnemar(pairs[i].a, pairs[i].b) - pairs[i].p) < 1e-9);
        assert_true(fabs(bd_mcnemar(pairs[i].b, pairs[i].a) - pairs[i].p) < 1e-9);
    }
    assert_true(bd_mcnemar(4000, 6000) < 1e-80); /* no overflow, no NaN */
    assert_true(bd_mcnemar(4000, 6000) >= 0);
}

static void three_and_nine_of_twelve_overlap(void **state)
{
    struct bd_interval a = bd_interval_wilson(3, 12), b = bd_interval_wilson(9, 12);
    struct bd_interval c = bd_interval_wilson(0, 12), none = bd_interval_wilson(0, 0);

    (void)state;
    assert_true(bd_interval_overlap(&a, &b));
    assert_false(bd_interval_overlap(&c, &b));
    assert_true(bd_interval_overlap(&a, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_gives_the_known_values),
        cmocka_unit_test(mcnemar_counts_the_pairs_that_differ),
        cmocka_unit_test(three_and_nine_of_twelve_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
