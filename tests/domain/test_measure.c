/* tests/domain/test_measure.c - sums come to what domain/figures/figures.h counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "domain/figures/figures.h"
#include "domain/figures/measure.h"
#include "domain/sample.h"

static void sum_up(struct bd_totals *t, const struct bd_record *rec,
                   const struct bd_figures *f)
{
    struct bd_sums sums[BD_INQUIRY_BRANDS];

    assert_int_equal(
        bd_totals_init(t, rec->inquiry.brand_count, rec->inquiry.model_count), 0);
    for (size_t i = 0; i < rec->cell_count; i++) {
        for (size_t b = 0; b < rec->inquiry.brand_count; b++)
            bd_measure_cell(&sums[b], &rec->cells[i], b,
                            bd_figures_counts(f, &rec->cells[i]));
        bd_totals_add(t, (size_t)rec->cells[i].model, sums, 1);
    }
}

static void same(const char *what, double is, double should)
{
    if (!(fabs(is - should) < 1e-12 || (isnan(is) && isnan(should))))
        fail_msg("%s: %.15f, not %.15f", what, is, should);
}

static void same_as_figures(const struct bd_record *rec)
{
    struct bd_error err = {0};
    struct bd_figures f;
    struct bd_totals t;

    must(bd_figures_make(&f, rec, &err), &err);
    sum_up(&t, rec, &f);
    for (size_t b = 0; b < f.brand_count; b++) {
        const struct bd_brand_figures *x = &f.brands[b];
        const struct bd_rate *caught = b ? &f.interceptions[b].rate : &f.interception_any;
        const double should[] = {x->mention.value,       x->mention_macro,
                                 x->first_mention.value, x->share_of_voice.value,
                                 x->top1.value,          x->top3.value,
                                 x->rank.value,          x->reciprocal_rank.value,
                                 x->sentiment.value,     x->score,
                                 caught->value,          x->recommended.value};
        const int n[] = {x->mention.n,   x->mention.n, x->mention.n, x->share_of_voice.n,
                         x->mention.n,   x->mention.n, x->rank.n,    x->mention.n,
                         x->sentiment.n, x->mention.n, caught->n,    x->mention.n};

        for (enum bd_measure m = 0; m < BD_MEASURE_COUNT; m++) {
            same(bd_measure_name(m), bd_measure(m, &t, b), should[m]);
            assert_int_equal(bd_measure_n(m, &t, b), n[m]);
        }
    }
    bd_totals_free(&t);
    bd_figures_free(&f);
}

static void samples_come_to_the_same_figures(void **state)
{
    struct bd_record rec;

    (void)state;
    sample_good(&rec);
    same_as_figures(&rec);
    bd_record_free(&rec);
    sample_bad(&rec);
    same_as_figures(&rec);
    bd_record_free(&rec);
}

/* Any mixture of mentions, ranks, tones, refusals and open ends. */
static void random_answers_come_to_the_same_figures(void **state)
{
    struct bd_random random;
    struct bd_record rec;

    (void)state;
    bd_random_init(&random, 5);
    for (int round = 0; round < 200; round++) {
        sample_head(&rec);
        rec.inquiry.samples = 4;
        add_cells(&rec);
        for (size_t i = 0; i < rec.cell_count; i++) {
            struct bd_observation *o = answer(
                &rec.cells[i], "x", 4, bd_random_below(&random, 4) ? BD_NO : BD_UNKNOWN);

            o->refused = bd_random_below(&random, 12) == 0;
            for (int b = 0; b < 4; b++) {
                if (bd_random_below(&random, 2))
                    continue;
                mention(o, b, (int)bd_random_below(&random, 6),
                        bd_random_below(&random, 3)
                            ? bd_random_below(&random, 200) / 100.0 - 1
                            : NAN);
                o->brands[b].type = (enum bd_mention)(1 + bd_random_below(&random, 4));
            }
        }
        same_as_figures(&rec);
        bd_record_free(&rec);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_to_the_same_figures),
        cmocka_unit_test(random_answers_come_to_the_same_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
