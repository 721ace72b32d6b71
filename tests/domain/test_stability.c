/* tests/domain/test_stability.c - every expected number is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/worked.h"

/* Names the brands in that order, ranked from 1. */
static void rank_them(struct bd_cell *c, const char *order)
{
    struct bd_observation *o = answer(c, "x", 4, BD_NO);

    for (int i = 0; order[i]; i++)
        mention(o, order[i] - '0', i + 1, NAN);
}

/* One model, one question, so many samples. */
static struct bd_figures told(const char *const *orders, int n)
{
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    rec.inquiry.samples = n;
    add_cells(&rec);
    for (int i = 0; i < n; i++)
        if (orders[i])
            rank_them(&rec.cells[i], orders[i]);
    f = made(&rec);
    bd_record_free(&rec);
    return f;
}

static double jaccard(const char *a, const char *b)
{
    struct bd_figures f = told((const char *const[]){a, b}, 2);
    double v = f.stability.jaccard;

    bd_figures_free(&f);
    return v;
}

static double overlap(const char *a, const char *b)
{
    struct bd_figures f = told((const char *const[]){a, b}, 2);
    double v = f.stability.overlap;

    bd_figures_free(&f);
    return v;
}

static void sets_are_compared_without_order(void **state)
{
    (void)state;
    NEAR(jaccard("012", "210"), 1);
    NEAR(jaccard("01", "12"), 1.0 / 3);
    NEAR(jaccard("01", "23"), 0);
    NEAR(jaccard("01", ""), 0);
    assert_true(isnan(jaccard("", ""))); /* nothing to compare */
}

/* (1 - p) / p times the sum of X_d / d p^d, and what goes on behind the ends, p = 0.9. */
static void lists_are_compared_from_the_top(void **state)
{
    (void)state;
    NEAR(overlap("012", "012"), 1);
    NEAR(overlap("01", "10"), 0.1 / 0.9 * 0.81 + 0.81);           /* X 0, 2 */
    NEAR(overlap("01", "21"), 0.1 / 0.9 * 0.405 + 0.405);         /* X 0, 1 */
    NEAR(overlap("01", "02"), 0.1 / 0.9 * (0.9 + 0.405) + 0.405); /* X 1, 1 */
    NEAR(overlap("0", "01"), 1); /* as far as one knows */
    /* X 0, 1; behind the shorter end 0 of 1: 0; (1 - 0) / 2 p^2 */
    NEAR(overlap("0", "10"), 0.1 / 0.9 * 0.405 + 0.405);
    NEAR(overlap("01", "23"), 0);
    assert_true(isnan(overlap("01", "")));
}

/* 01 and 01: 1; 01 and 12 twice: 1/3. */
static void all_pairs_of_a_group_count_the_same(void **state)
{
    struct bd_figures f = told((const char *const[]){"01", "01", "12"}, 3);

    (void)state;
    NEAR(f.stability.jaccard, (1 + 1.0 / 3 + 1.0 / 3) / 3);
    assert_int_equal(f.stability.groups, 1);
    assert_int_equal(f.stability.pairs, 3);
    assert_int_equal(f.stability.ranked_pairs, 3);
    bd_figures_free(&f);
}

static void one_answer_has_no_stability(void **state)
{
    struct bd_figures f = told((const char *const[]){"01", NULL}, 2);

    (void)state;
    assert_true(isnan(f.stability.jaccard) && isnan(f.stability.overlap));
    assert_int_equal(f.stability.groups + f.stability.pairs, 0);
    bd_figures_free(&f);
}

/* d0 华为 小米 比亚迪, d1 特斯拉 比亚迪: 1 of 4 brands; ranked 比亚迪 华为 and 特斯拉
 * 比亚迪: X 0, 1. q0 is cut and compared with nothing. */
static void cut_answers_are_left_out(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    worked_case(&rec);
    f = made(&rec);
    NEAR(f.stability.jaccard, 0.25);
    NEAR(f.stability.overlap, 0.1 / 0.9 * 0.405 + 0.405);
    assert_int_equal(f.stability.groups, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* 01 and 01; a third one that was cut behind 0 is not held against them. */
static void a_cut_answer_makes_nothing_unstable(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    rec.inquiry.samples = 3;
    add_cells(&rec);
    rank_them(&rec.cells[0], "01");
    rank_them(&rec.cells[1], "01");
    rank_them(&rec.cells[2], "0");
    rec.cells[2].geo->complete = false;
    f = made(&rec);
    NEAR(f.stability.jaccard, 1);
    assert_int_equal(f.stability.pairs, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* The same answer a hundred times; each has 32 others behind it, the last ones fewer:
 * 68 x 32 + 32 x 31 / 2. */
static void far_samples_are_not_compared(void **state)
{
    const char *orders[100];
    struct bd_figures f;

    (void)state;
    for (int i = 0; i < 100; i++)
        orders[i] = "01";
    f = told(orders, 100);
    NEAR(f.stability.jaccard, 1);
    assert_int_equal(f.stability.pairs, 68 * 32 + 32 * 31 / 2);
    bd_figures_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_compared_without_order),
        cmocka_unit_test(lists_are_compared_from_the_top),
        cmocka_unit_test(all_pairs_of_a_group_count_the_same),
        cmocka_unit_test(one_answer_has_no_stability),
        cmocka_unit_test(cut_answers_are_left_out),
        cmocka_unit_test(a_cut_answer_makes_nothing_unstable),
        cmocka_unit_test(far_samples_are_not_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
