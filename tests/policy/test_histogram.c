/* tests/policy/test_histogram.c */
#include "policy/histogram.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bd_histogram_bounds three = {.count = 3, .upper = {1, 10, 100}};

static const struct {
    double value;
    size_t bucket;
    double sum;
} places[] = {
    {0, 0, 0},         {0.5, 0, 0.5},   {1, 0, 1},     {1.0001, 1, 1.0001},
    {10, 1, 10},       {99.9, 2, 99.9}, {100, 2, 100}, {100.5, 3, 100.5},
    {1e300, 3, 1e300}, {-4, 0, 0},      {NAN, 0, 0},   {-INFINITY, 0, 0},
};

static void a_value_falls_into_the_first_bucket_that_reaches_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct bd_histogram h;

        bd_histogram_init(&h, &three);
        bd_histogram_add(&h, places[i].value);
        for (size_t b = 0; b <= three.count; b++)
            if (h.counts[b] != (b == places[i].bucket))
                fail_msg("%g: bucket %zu holds %d", places[i].value, b, (int)h.counts[b]);
        assert_int_equal(h.count, 1);
        assert_true(h.sum == places[i].sum);
    }
}

static void what_is_infinite_is_counted_above_all_bounds(void **state)
{
    struct bd_histogram h;

    (void)state;
    bd_histogram_init(&h, &three);
    bd_histogram_add(&h, INFINITY);
    assert_int_equal(h.counts[3], 1);
}

static void merging_is_the_same_as_adding_to_one(void **state)
{
    struct bd_histogram a, b, both;

    (void)state;
    bd_histogram_init(&a, &bd_histogram_seconds);
    bd_histogram_init(&b, &bd_histogram_seconds);
    bd_histogram_init(&both, &bd_histogram_seconds);
    for (int i = 0; i < 256; i++) { /* quarters are exact: the order changes no sum */
        bd_histogram_add(i % 3 ? &a : &b, i / 4.0);
        bd_histogram_add(&both, i / 4.0);
    }
    bd_histogram_merge(&a, &b);
    assert_int_equal(a.count, 256);
    assert_true(a.sum == both.sum);
    for (size_t i = 0; i <= bd_histogram_seconds.count; i++)
        assert_int_equal(a.counts[i], both.counts[i]);
}

static void rises(const struct bd_histogram_bounds *b, double first, double last)
{
    assert_true(b->count >= 2 && b->count <= BD_HISTOGRAM_BOUNDS);
    for (size_t i = 1; i < b->count; i++)
        assert_true(b->upper[i] > b->upper[i - 1]);
    assert_true(b->upper[0] == first && b->upper[b->count - 1] == last);
}

/* A histogram tells "within the deadline" only if the deadline is one of its bounds. */
static void the_bounds_fit_what_they_are_for(void **state)
{
    struct bd_histogram h;

    (void)state;
    rises(&bd_histogram_seconds, 0.05, 60);
    rises(&bd_histogram_sizes, 1, 1000);
    bd_histogram_init(&h, &bd_histogram_seconds);
    bd_histogram_add(&h, 20);
    bd_histogram_add(&h, 20.001);
    assert_int_equal(h.counts[11], 1);
    assert_int_equal(h.counts[12], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_falls_into_the_first_bucket_that_reaches_it),
        cmocka_unit_test(what_is_infinite_is_counted_above_all_bounds),
        cmocka_unit_test(merging_is_the_same_as_adding_to_one),
        cmocka_unit_test(the_bounds_fit_what_they_are_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
