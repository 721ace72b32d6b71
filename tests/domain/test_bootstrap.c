/* tests/domain/test_bootstrap.c - intervals by drawing what was asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/bootstrap.h"
#include "domain/make.h"

/* n questions to one model, so many samples each; the brand is named in all answers to
 * the first `named` questions and in no other. */
static void asked(struct bd_record *rec, int n, int samples, int named)
{
    char text[32];

    bd_record_init(rec);
    bd_inquiry_init(&rec->inquiry);
    brand(&rec->inquiry, "华为");
    brand(&rec->inquiry, "小米");
    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof(text), "问题%d？", i);
        question(&rec->inquiry, text);
    }
    model(&rec->inquiry, "qwen");
    rec->inquiry.probes = BD_PROBE_NEUTRAL;
    rec->inquiry.samples = samples;
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_observation *o = answer(&rec->cells[i], "x", 2, BD_NO);

        if (rec->cells[i].question < named)
            mention(o, 0, 1, NAN);
    }
}

static struct bd_figures drawn(const struct bd_record *rec)
{
    struct bd_error err = {0};
    struct bd_figures f;

    must(bd_figures_make(&f, rec, &err), &err);
    must(bd_bootstrap(&f, rec, &err), &err);
    return f;
}

static struct bd_interval interval_of(int n, int samples, int named)
{
    struct bd_record rec;
    struct bd_figures f;
    struct bd_interval i;

    asked(&rec, n, samples, named);
    f = drawn(&rec);
    i = f.brands[0].mention_interval;
    bd_figures_free(&f);
    bd_record_free(&rec);
    return i;
}

static void about(double is, double should, double within)
{
    if (!(fabs(is - should) <= within))
        fail_msg("%.4f is not within %.3f of %.4f", is, within, should);
}

/* Of two questions each draw takes none, one or both of those with a mention, in 1, 2 and
 * 1 of 4 cases: 2.5 % and 97.5 % lie at 0 and 1. */
static void two_questions_say_next_to_nothing(void **state)
{
    struct bd_interval i = interval_of(2, 1, 1);

    (void)state;
    assert_true(i.low == 0 && i.high == 1);
}

/* 20 of 40: a draw has the deviation sqrt(0.5 x 0.5 / 40) = 0.0791; 1.96 of it = 0.155.
 */
static void forty_questions_give_what_the_formula_says(void **state)
{
    struct bd_interval i = interval_of(40, 1, 20);

    (void)state;
    about(i.low, 0.345, 0.03);
    about(i.high, 0.655, 0.03);
}

/* Asking each question eight times, always with the same answer, tells nothing more:
 * taken one by one, the 320 answers would give 0.5 -+ 0.055. */
static void the_same_answer_again_makes_nobody_surer(void **state)
{
    struct bd_interval i = interval_of(40, 8, 20);

    (void)state;
    about(i.low, 0.345, 0.03);
    about(i.high, 0.655, 0.03);
}

/* Ten of ten in every draw. Wilson: (1 + z2/20 - z x sqrt(z2/400)) / (1 + z2/10), z2
 * = 3.8415: (1.19207 - 0.19207) / 1.38415 = 0.7225. */
static void where_all_draws_are_alike_wilson_speaks(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 10, 1, 10);
    f = drawn(&rec);
    about(f.brands[0].mention_interval.low, 0.7225, 0.0001);
    about(f.brands[0].mention_interval.high, 1, 1e-9);
    assert_true(isnan(f.brands[0].macro_interval.low));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void the_same_answers_give_the_same_bytes_and_say_how(void **state)
{
    struct bd_record rec;
    struct bd_figures a, b;

    (void)state;
    asked(&rec, 13, 2, 5);
    a = drawn(&rec);
    b = drawn(&rec);
    for (int i = 0; i < 2; i++) {
        assert_memory_equal(&a.brands[i].mention_interval, &b.brands[i].mention_interval,
                            sizeof(struct bd_interval));
        assert_memory_equal(&a.brands[i].score_interval, &b.brands[i].score_interval,
                            sizeof(struct bd_interval));
    }
    assert_int_equal(a.sure.replicates, BD_BOOTSTRAP_MOST);
    assert_int_equal(a.sure.seed, BD_BOOTSTRAP_SEED);
    assert_int_equal(a.sure.clusters, 13);
    assert_true(a.sure.by_question);
    assert_true(a.brands[0].score >= a.brands[0].score_interval.low &&
                a.brands[0].score <= a.brands[0].score_interval.high);
    bd_figures_free(&a);
    bd_figures_free(&b);
    bd_record_free(&rec);
}

/* Two questions that agree, 6 of 12 each: that they do is no proof of a narrow interval.
 * Of 24 answers: 0.5 -+ 1.96 sqrt(0.25 / 24) = 0.30 to 0.70. */
static void few_questions_that_agree_are_not_sure_of_it(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 2, 12, 0);
    for (size_t i = 0; i < rec.cell_count; i += 2)
        mention(rec.cells[i].geo, 0, 0, NAN);
    f = drawn(&rec);
    assert_true(f.sure.by_question);
    assert_int_equal(f.sure.clusters, 2);
    assert_int_equal(f.sure.answers, 24);
    about(f.brands[0].mention_interval.low, 0.30, 0.045); /* steps of 1/24 */
    about(f.brands[0].mention_interval.high, 0.70, 0.045);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* All of one and none of the other: the answers alone would say 0.30 to 0.70. */
static void few_questions_that_differ_are_as_wide_as_they_differ(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 2, 12, 1);
    f = drawn(&rec);
    about(f.brands[0].mention_interval.low, 0, 1e-9);
    about(f.brands[0].mention_interval.high, 1, 1e-9);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* One question: its answers are drawn. 4 of 8: sqrt(0.25 / 8) x 1.96 = 0.346. */
static void of_one_question_the_answers_are_drawn(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 1, 8, 0);
    for (int i = 0; i < 4; i++)
        mention(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, i)->geo, 0, 0, NAN);
    f = drawn(&rec);
    assert_false(f.sure.by_question);
    assert_int_equal(f.sure.clusters, 8);
    about(f.brands[0].mention_interval.low, 0.154, 0.06); /* steps of 1/8 */
    about(f.brands[0].mention_interval.high, 0.846, 0.06);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void without_an_answer_there_is_no_interval(void **state)
{
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 3, 1, 0);
    for (size_t i = 0; i < rec.cell_count; i++)
        (void)answer(&rec.cells[i], "cut", 2, BD_UNKNOWN);
    f = drawn(&rec);
    assert_true(isnan(f.brands[0].mention_interval.low));
    assert_true(isnan(f.brands[0].score_interval.high));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_questions_say_next_to_nothing),
        cmocka_unit_test(forty_questions_give_what_the_formula_says),
        cmocka_unit_test(the_same_answer_again_makes_nobody_surer),
        cmocka_unit_test(where_all_draws_are_alike_wilson_speaks),
        cmocka_unit_test(the_same_answers_give_the_same_bytes_and_say_how),
        cmocka_unit_test(few_questions_that_agree_are_not_sure_of_it),
        cmocka_unit_test(few_questions_that_differ_are_as_wide_as_they_differ),
        cmocka_unit_test(of_one_question_the_answers_are_drawn),
        cmocka_unit_test(without_an_answer_there_is_no_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
