/* tests/domain/test_compare.c - what it leaves in the build directory is validated by
 * tests/e2e/test_compare.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "domain/compare/compare.h"
#include "domain/figures/bootstrap.h"
#include "domain/pair.h"
#include "domain/report/report.h"

static struct bd_record before, after;
static struct bd_comparison c;

static int clean(void **state)
{
    (void)state;
    bd_comparison_free(&c);
    bd_record_free(&before);
    bd_record_free(&after);
    return 0;
}

static void compare(void)
{
    struct bd_error err = {0};

    must(bd_compare(&c, &before, &after, &err), &err);
}

static const struct bd_compared *figure(enum bd_measure what, size_t b)
{
    for (size_t i = 0; i < c.count; i++)
        if (c.figures[i].what == what && c.figures[i].brand == b)
            return &c.figures[i];
    return NULL;
}

static void about(double is, double should, double within)
{
    if (!(fabs(is - should) <= within))
        fail_msg("%.6f is not within %g of %.6f", is, within, should);
}

/* 12 questions x 2 models. 华为 was named in the answers to 3 questions, 6 pairs, and is
 * in those to 9, 18 pairs: 12 pairs changed, all one way: p = 2 / 2^12. */
static void a_real_change_is_told_by_mcnemar(void **state)
{
    const struct bd_compared *f;

    (void)state;
    asked(&before, 0, 12, 1);
    asked(&after, 0, 12, 1);
    named(&before, 0, 3);
    named(&after, 0, 9);
    compare();
    f = figure(BD_MEASURE_MENTION, 0);
    assert_int_equal(f->before.n, 24);
    about(f->before.value, 0.25, 1e-12);
    about(f->after.value, 0.75, 1e-12);
    about(f->difference, 0.5, 1e-12);
    assert_int_equal(f->test, BD_TEST_MCNEMAR);
    about(f->p, 2.0 / 4096, 1e-9);
    assert_true(f->more);
    assert_int_equal(c.shared.pairing, BD_PAIR_ANSWERS);
    assert_true(figure(BD_MEASURE_SCORE, 0)->more);
    assert_false(figure(BD_MEASURE_MENTION, 1)->more); /* 小米 is nowhere */
    about(figure(BD_MEASURE_MENTION, 1)->p, 1, 1e-12);
}

/* The same answers, dealt out by chance: 12 units changed, each may be the other way
 * round. As large a difference comes of all 12 alike, 2 of 4096 ways. */
static void permutation_comes_to_the_exact_share(void **state)
{
    const struct bd_compared *f;

    (void)state;
    asked(&before, 0, 8, 1);
    asked(&after, 0, 8, 1);
    named(&after, 0, 3); /* 6 units, all one way: 2 of 64 */
    compare();
    f = figure(BD_MEASURE_MACRO, 0);
    assert_int_equal(f->test, BD_TEST_PERMUTATION);
    about(f->p, 2.0 / 64, 0.005);
    about(figure(BD_MEASURE_MENTION, 0)->p, 2.0 / 64, 1e-9);
    assert_false(f->more); /* 22 were looked at */
}

/* Two samples of 3: in 1 of C(6,3) = 20 ways all three that name it fall after, in 1
 * before. */
static void samples_of_one_question_are_dealt_out(void **state)
{
    (void)state;
    asked(&before, 0, 1, 3);
    asked(&after, 0, 1, 3);
    for (size_t i = 0; i < 3; i++) /* of one model */
        mention(after.cells[i].geo, 0, 1, 0.5);
    compare();
    assert_int_equal(figure(BD_MEASURE_MENTION, 0)->test, BD_TEST_PERMUTATION);
    about(figure(BD_MEASURE_MENTION, 0)->p, 0.1, 0.01);
}

static void a_diagnosis_against_itself_has_not_changed(void **state)
{
    (void)state;
    asked(&before, 0, 6, 2);
    asked(&after, 0, 6, 2);
    named(&before, 0, 4);
    named(&after, 0, 4);
    named(&before, 1, 2);
    named(&after, 1, 2);
    compare();
    for (size_t i = 0; i < c.count; i++) {
        if (c.figures[i].test == BD_TEST_NONE)
            continue;
        about(c.figures[i].difference, 0, 1e-12);
        about(c.figures[i].p, 1, 1e-12);
        assert_true(isnan(c.figures[i].interval.low)); /* the same questions are drawn */
    }
    assert_int_equal(c.more + c.uncorrected, 0);
}

/* By definition: the largest of what this one and those with a smaller p come to, each
 * times the number of those that are not smaller. */
static double holm(const struct bd_compared *f)
{
    double most = 0;

    for (size_t i = 0; i < c.count; i++) {
        const struct bd_compared *g = &c.figures[i];
        int less = 0;

        if (g->test == BD_TEST_NONE || g->p > f->p)
            continue;
        for (size_t k = 0; k < c.count; k++)
            less += c.figures[k].test != BD_TEST_NONE && c.figures[k].p < g->p;
        most = fmax(most, fmin(1, g->p * (c.tested - less)));
    }
    return most;
}

static void p_is_corrected_by_holm(void **state)
{
    (void)state;
    asked(&before, 0, 12, 1);
    asked(&after, 0, 12, 1);
    named(&after, 0, 5);
    named(&before, 1, 1);
    compare();
    assert_true(c.more > 0);
    for (size_t i = 0; i < c.count; i++) {
        if (c.figures[i].test == BD_TEST_NONE)
            continue;
        about(c.figures[i].corrected, holm(&c.figures[i]), 1e-12);
        assert_int_equal(c.figures[i].more, c.figures[i].corrected < 0.05);
    }
}

/* 60 pairs of diagnoses between which nothing has changed but chance: at most 5 % may be
 * called a change. */
static void noise_is_not_called_a_change(void **state)
{
    struct bd_random random;
    int called = 0;

    (void)state;
    bd_random_init(&random, 11);
    for (int round = 0; round < 60; round++) {
        asked(&before, 0, 8, 1);
        asked(&after, 0, 8, 1);
        for (size_t i = 0; i < before.cell_count; i++)
            for (int b = 0; b < 2; b++) {
                if (bd_random_below(&random, 2))
                    mention(before.cells[i].geo, b, b + 1, 0.1);
                if (bd_random_below(&random, 2))
                    mention(after.cells[i].geo, b, b + 1, 0.1);
            }
        compare();
        called += c.more > 0;
        clean(NULL);
    }
    assert_true(called <= 5);
}

/* The intervals are those of the report where all answers are compared. */
static void intervals_are_those_of_the_report(void **state)
{
    struct bd_error err = {0};
    struct bd_figures f;

    (void)state;
    asked(&before, 0, 6, 2);
    asked(&after, 0, 6, 2);
    named(&before, 0, 2);
    named(&after, 0, 4);
    compare();
    must(bd_figures_make(&f, &after, &err), &err);
    must(bd_bootstrap(&f, &after, &err), &err);
    about(figure(BD_MEASURE_MENTION, 0)->after.interval.low,
          f.brands[0].mention_interval.low, 1e-12);
    about(figure(BD_MEASURE_MENTION, 0)->after.interval.high,
          f.brands[0].mention_interval.high, 1e-12);
    about(figure(BD_MEASURE_SCORE, 0)->after.interval.low, f.brands[0].score_interval.low,
          1e-9);
    bd_figures_free(&f);
}

/* 0..5 before, 3..8 after: 3, 4 and 5 are compared. */
static void only_shared_questions_are_compared(void **state)
{
    (void)state;
    asked(&before, 0, 6, 1);
    asked(&after, 3, 6, 1);
    named(&before, 0, 3); /* 0, 1, 2 */
    named(&after, 0, 2);  /* 3, 4 */
    compare();
    assert_int_equal(c.shared.question_count, 3);
    assert_int_equal(c.answers[0], 6);
    assert_int_equal(c.answers[1], 6);
    about(figure(BD_MEASURE_MENTION, 0)->before.value, 0, 1e-12);
    about(figure(BD_MEASURE_MENTION, 0)->after.value, 2.0 / 3, 1e-12);
}

/* The one after tracks a brand that is named in question 1: on neither side does that
 * question count, 5 x 2 answers do. */
static void a_question_that_names_a_brand_of_one_side_counts_on_none(void **state)
{
    (void)state;
    asked(&before, 0, 6, 1);
    asked(&after, 0, 6, 1);
    named(&after, 0, 2); /* 0, 1 */
    brand(&after.inquiry, "问题1");
    compare();
    assert_int_equal(figure(BD_MEASURE_MENTION, 0)->before.n, 10);
    assert_int_equal(figure(BD_MEASURE_MENTION, 0)->after.n, 10);
    about(figure(BD_MEASURE_MENTION, 0)->after.value, 0.2, 1e-12);
    assert_int_equal(figure(BD_MEASURE_SENTIMENT, 0)->after.n, 4);
}

/* Questions are dealt out: 4 and 4, all that name it on one side: 2 of C(8,4) = 70. */
static void without_a_shared_question_questions_are_dealt_out(void **state)
{
    (void)state;
    asked(&before, 0, 4, 1);
    asked(&after, 10, 4, 1);
    named(&after, 0, 4);
    compare();
    assert_int_equal(c.shared.pairing, BD_PAIR_NONE);
    about(figure(BD_MEASURE_MENTION, 0)->p, 2.0 / 70, 0.005);
}

static void other_models_are_paired_by_question(void **state)
{
    (void)state;
    asked(&before, 0, 6, 1);
    asked(&after, 0, 6, 1);
    for (int m = 0; m < 2; m++) {
        free(after.inquiry.models[m].model);
        after.inquiry.models[m].model = strdup(m ? "new-1" : "new-2");
    }
    named(&after, 0, 6);
    compare();
    assert_int_equal(c.shared.pairing, BD_PAIR_QUESTIONS);
    about(figure(BD_MEASURE_MACRO, 0)->after.value, 1, 1e-12);
    about(figure(BD_MEASURE_MACRO, 0)->before.value, 0, 1e-12);
    assert_true(figure(BD_MEASURE_MENTION, 0)->p < 0.001);
}

static void shares_need_the_same_brands(void **state)
{
    (void)state;
    asked(&before, 0, 4, 1);
    asked(&after, 0, 4, 1);
    free(after.inquiry.brands[1].name);
    after.inquiry.brands[1].name = strdup("荣耀");
    compare();
    assert_int_equal(c.shared.brand_count, 1);
    assert_null(figure(BD_MEASURE_VOICE, 0));
    assert_null(figure(BD_MEASURE_SCORE, 0));
    assert_null(figure(BD_MEASURE_INTERCEPTION, 0));
    assert_non_null(figure(BD_MEASURE_MENTION, 0));
}

/* A failed call is no answer, and its pair is not tested. */
static void what_is_not_known_is_left_out(void **state)
{
    (void)state;
    asked(&before, 0, 4, 1);
    asked(&after, 0, 4, 1);
    named(&after, 0, 4);
    fail_cell(&after.cells[0], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    compare();
    assert_int_equal(c.answers[1], 7);
    assert_int_equal(figure(BD_MEASURE_MENTION, 0)->after.n, 7);
    about(figure(BD_MEASURE_MENTION, 0)->p, 2.0 / 128, 1e-9);
}

static void refused(const char *says)
{
    struct bd_error err = {0};

    assert_int_equal(bd_compare(&c, &before, &after, &err), -1);
    assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
    if (!strstr(err.message, says))
        fail_msg("%s", err.message);
    assert_null(c.figures);
}

static void what_has_nothing_in_common_is_refused(void **state)
{
    (void)state;
    asked(&before, 0, 2, 1);
    asked(&after, 0, 2, 1);
    for (int b = 0; b < 2; b++) {
        free(after.inquiry.brands[b].name);
        after.inquiry.brands[b].name = strdup(b ? "荣耀" : "魅族");
    }
    refused("no brand in common");
    clean(NULL);
    asked(&before, 0, 2, 1);
    asked(&after, 5, 2, 1);
    after.inquiry.models[0].provider[0] = after.inquiry.models[1].provider[0] = 'X';
    refused("neither a question nor a model");
    clean(NULL);
    asked(&before, 0, 2, 1);
    asked(&after, 0, 2, 1);
    for (size_t i = 0; i < before.cell_count; i++)
        fail_cell(&before.cells[i], BD_STATUS_ERROR, BD_ERR_AUTH, "no key");
    refused("before has no answer");
}

static char *page(const char *lang)
{
    struct bd_report_style style = {.columns = 100};
    struct bd_buf out;
    char *text;

    snprintf(style.lang, sizeof(style.lang), "%s", lang);
    bd_buf_init(&out, 1 << 20);
    assert_int_equal(bd_compare_terminal(&out, &c, &before, &after, &style), 0);
    text = bd_buf_take(&out);
    assert_non_null(text);
    return text;
}

static void has(const char *lang, const char *what)
{
    char *text = page(lang);

    if (!strstr(text, what))
        fail_msg("no '%s' in:\n%s", what, text);
    free(text);
}

static void lacks(const char *lang, const char *what)
{
    char *text = page(lang);

    if (strstr(text, what))
        fail_msg("'%s' in:\n%s", what, text);
    free(text);
}

static void leave(const char *name)
{
    char path[512];
    struct bd_buf out;
    json_t *o;

    bd_buf_init(&out, 1 << 20);
    assert_int_equal(bd_compare_json(&out, &c, &before, &after), 0);
    o = json_loadb(out.data, out.n, 0, NULL);
    assert_non_null(o);
    snprintf(path, sizeof(path), "%s/report-samples/compare-%s.json", BD_BUILD_DIR, name);
    assert_int_equal(json_dump_file(o, path, JSON_INDENT(1)), 0);
    json_decref(o);
    bd_buf_free(&out);
}

static void the_page_says_what_changed_and_what_was_compared(void **state)
{
    (void)state;
    asked(&before, 0, 12, 1);
    asked(&after, 1, 12, 1);
    named(&before, 0, 2);
    named(&after, 0, 9);
    after.created_ms--;
    compare();
    has("en", "changed by more than noise: 华为: mention 9% -> 82%");
    has("en", "Only before, not compared: 1 questions.");
    has("en", "11 questions, 2 models, 2 brands; 22 answers");
    has("en", "the one called before is the later one");
    has("zh", "提及率");
    has("zh", "超出噪声");
    leave("changed");
}

static void other_spellings_of_a_brand_are_told(void **state)
{
    struct bd_error err = {0};

    (void)state;
    asked(&before, 0, 2, 1);
    asked(&after, 0, 2, 1);
    compare();
    lacks("en", "Aliases, deny");
    bd_comparison_free(&c);
    bd_inquiry_free(&after.inquiry); /* the same but for an alias */
    bd_inquiry_init(&after.inquiry);
    brand(&after.inquiry, "华为=HUAWEI");
    brand(&after.inquiry, "小米");
    question(&after.inquiry, "问题0？");
    question(&after.inquiry, "问题1？");
    model(&after.inquiry, "qwen/qwen-plus");
    model(&after.inquiry, "doubao/lite");
    after.inquiry.probes = BD_PROBE_NEUTRAL;
    must(bd_compare(&c, &before, &after, &err), &err);
    has("en", "Aliases, deny or require words of 华为 differ");
}

static void too_few_answers_are_told_as_such(void **state)
{
    (void)state;
    asked(&before, 0, 1, 1);
    asked(&after, 0, 1, 1);
    named(&after, 0, 1);
    compare();
    about(c.least, 0.5, 1e-9); /* 2 units: 2 of 4 ways */
    assert_int_equal(c.more, 0);
    has("en", "too few answers");
    has("zh", "回答太少");
    leave("few");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_teardown(fn, clean)
    const struct CMUnitTest tests[] = {
        CASE(a_real_change_is_told_by_mcnemar),
        CASE(permutation_comes_to_the_exact_share),
        CASE(samples_of_one_question_are_dealt_out),
        CASE(a_diagnosis_against_itself_has_not_changed),
        CASE(p_is_corrected_by_holm),
        CASE(noise_is_not_called_a_change),
        CASE(intervals_are_those_of_the_report),
        CASE(only_shared_questions_are_compared),
        CASE(a_question_that_names_a_brand_of_one_side_counts_on_none),
        CASE(without_a_shared_question_questions_are_dealt_out),
        CASE(other_models_are_paired_by_question),
        CASE(shares_need_the_same_brands),
        CASE(what_is_not_known_is_left_out),
        CASE(what_has_nothing_in_common_is_refused),
        CASE(the_page_says_what_changed_and_what_was_compared),
        CASE(other_spellings_of_a_brand_are_told),
        CASE(too_few_answers_are_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
