/* tests/domain/test_figures_models.c - every expected number is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/worked.h"

/* Models d (answers d0, d1) and q (q0). */
static void each_model_has_its_own_figures(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;
    const struct bd_model_brand *d, *q;

    worked_case(&rec);
    f = made(&rec);
    d = &f.models[0].brands[H];
    q = &f.models[1].brands[H];
    RATE(d->first_mention, 0, 2);
    RATE(q->first_mention, 1, 1);
    NEAR(d->rank.value, 2);
    assert_int_equal(d->rank.n, 1);
    NEAR(q->rank.value, 1);
    NEAR(d->sentiment.value, 0); /* d0 and the matrix cell */
    assert_int_equal(d->sentiment.n, 2);
    assert_true(isnan(q->sentiment.value));
    assert_int_equal(q->excluded[BD_STATUS_TIMEOUT], 1);
    assert_int_equal(f.models[1].brands[X].excluded[BD_STATUS_TRUNCATED], 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* 1 of 2 to the only question: (0.5 + z2/4 -+ z sqrt(0.125 + z2/16)) / (1 + z2/2). */
static void intervals_are_wilsons(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    NEAR(f.models[0].brands[H].n_eff, 2);
    assert_true(fabs(f.models[0].brands[H].interval.low - 0.0945) < 1e-4);
    assert_true(fabs(f.models[0].brands[H].interval.high - 0.9055) < 1e-4);
    assert_true(isnan(f.models[1].brands[X].n_eff));
    assert_true(isnan(f.models[1].brands[X].interval.low));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void models_spread(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    assert_int_equal(f.brands[H].spread.models, 2);
    NEAR(f.brands[H].spread.low, 0.5);
    NEAR(f.brands[H].spread.high, 1);
    NEAR(f.brands[H].spread.range, 0.5);
    NEAR(f.brands[H].spread.deviation, 0.25); /* both are .25 from .75 */
    assert_int_equal(f.brands[X].spread.models, 1);
    assert_true(isnan(f.brands[X].spread.range) && isnan(f.brands[X].spread.deviation));
    assert_int_equal(f.apart_count, 0); /* [.09, .91] and [.21, 1] */
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* One model, so many questions, so many samples; hits[q] of them mention 华为. */
static void asked(struct bd_record *rec, int questions, int samples, const int *hits)
{
    char text[32];

    bd_record_init(rec);
    brand(&rec->inquiry, "华为");
    model(&rec->inquiry, "qwen");
    for (int q = 0; q < questions; q++) {
        snprintf(text, sizeof(text), "问题%d？", q);
        question(&rec->inquiry, text);
    }
    rec->inquiry.probes = BD_PROBE_NEUTRAL;
    rec->inquiry.samples = samples;
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_observation *o = answer(&rec->cells[i], "x", 1, BD_NO);

        if (rec->cells[i].sample < hits[rec->cells[i].question])
            mention(o, H, 0, NAN);
    }
}

static double effective(int questions, int samples, const int *hits)
{
    struct bd_record rec;
    struct bd_figures f;
    double n;

    asked(&rec, questions, samples, hits);
    f = made(&rec);
    n = f.models[0].brands[H].n_eff;
    bd_figures_free(&f);
    bd_record_free(&rec);
    return n;
}

/* 2, 2, 0 and 1 of 2: p = 5/8; between the questions 2 (2 x .375^2 + .625^2 + .125^2) / 3
 * = 11/24, within (2 x .25) / 4 = 1/8; rho = (11/24 - 1/8) / (11/24 + 1/8) = 4/7; 8 / (1
 * + 4/7) = 56/11. */
static void alike_answers_count_for_less(void **state)
{
    static const int mixed[] = {2, 2, 0, 1}, same[] = {2, 2, 0, 0}, odd[] = {1, 1, 1, 1};
    static const int all[] = {2, 2, 2, 2}, single[] = {1, 0, 1, 1};

    (void)state;
    NEAR(effective(4, 2, mixed), 56.0 / 11);
    NEAR(effective(4, 2, same), 4); /* a second answer tells nothing: rho 1 */
    NEAR(effective(4, 2, odd), 8);  /* the question decides nothing: rho 0, never less */
    NEAR(effective(4, 2, all), 4);  /* nothing tells them apart: taken as rho 1 */
    NEAR(effective(4, 1, single), 4);
    NEAR(effective(1, 2, odd), 2); /* one question: its answers are what there is */
}

static void questions_are_covered_by_one_mention(void **state)
{
    static const int hits[] = {2, 1, 0, 0};
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    asked(&rec, 4, 2, hits);
    fail_cell(&rec.cells[6], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    f = made(&rec);
    RATE(f.brands[H].coverage, 2, 4); /* the last one has an answer that tells */
    bd_figures_free(&f);
    fail_cell(&rec.cells[7], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    f = made(&rec);
    RATE(f.brands[H].coverage, 2, 3);
    assert_true(f.brands[H].coverage_interval.low > 0.2);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* 8 of 8 [.68, 1] and 0 of 8 [0, .32] share nothing. */
static void models_that_lie_apart_are_listed(void **state)
{
    struct bd_record rec;
    struct bd_figures f;
    char text[32];

    (void)state;
    bd_record_init(&rec);
    brand(&rec.inquiry, "华为");
    brand(&rec.inquiry, "小米");
    model(&rec.inquiry, "doubao");
    model(&rec.inquiry, "qwen");
    for (int q = 0; q < 8; q++) {
        snprintf(text, sizeof(text), "问题%d？", q);
        question(&rec.inquiry, text);
    }
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        mention(answer(&rec.cells[i], "x", 2, BD_NO), rec.cells[i].model ? H : X, 0, NAN);
    f = made(&rec);
    assert_int_equal(f.apart_count, 2);
    assert_int_equal(f.apart[0].brand, H);
    assert_int_equal(f.apart[0].low, 0);
    assert_int_equal(f.apart[0].high, 1);
    assert_int_equal(f.apart[1].brand, X);
    assert_int_equal(f.apart[1].low, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_model_has_its_own_figures),
        cmocka_unit_test(intervals_are_wilsons),
        cmocka_unit_test(models_spread),
        cmocka_unit_test(alike_answers_count_for_less),
        cmocka_unit_test(questions_are_covered_by_one_mention),
        cmocka_unit_test(models_that_lie_apart_are_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
