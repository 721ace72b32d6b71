/* tests/domain/test_legacy_score.c - every expected number is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/legacy_score.h"
#include "domain/worked.h"

static void an_answer_is_seen_by_place_and_length(void **state)
{
    (void)state;
    NEAR(bd_legacy_visibility(0, 0), 80);
    NEAR(bd_legacy_visibility(0.299, 99), 80);
    NEAR(bd_legacy_visibility(0.3, 100), 80);   /* 60 + 10 + 10 */
    NEAR(bd_legacy_visibility(0.699, 200), 90); /* 60 + 10 + 20 */
    NEAR(bd_legacy_visibility(0.7, 199.5), 70); /* 60 + 0 + 10 */
}

static void ladders_have_their_steps(void **state)
{
    (void)state;
    static const double ranks[] = {0, 100, 80, 60, 40, 20, 20};
    static const double shares[][2] = {{0, 20},   {0.099, 20}, {0.1, 40},  {0.2, 60},
                                       {0.3, 80}, {0.399, 80}, {0.4, 100}, {1, 100}};
    static const double tones[][2] = {{-1, 20},   {-0.61, 20}, {-0.59, 40}, {0, 60},
                                      {0.21, 80}, {0.61, 100}, {1, 100}};

    for (int i = 0; i < 7; i++)
        NEAR(bd_legacy_rank(i), ranks[i]);
    for (size_t i = 0; i < 8; i++)
        NEAR(bd_legacy_voice(shares[i][0]), shares[i][1]);
    for (size_t i = 0; i < 7; i++)
        NEAR(bd_legacy_sentiment(tones[i][0]), tones[i][1]);
}

/* 华为: seen at the beginning in d0 and q0, not in d1: (80 + 0 + 80) / 3; rank 2, none
 * and 1: (80 + 0 + 100) / 3 = 60; 2 of 6 voices: 80; tone 0, the third fifth: 60. */
static void the_score_is_the_weighted_mean(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    NEAR(f.brands[H].legacy.visibility, 160.0 / 3);
    NEAR(f.brands[H].legacy.rank, 60);
    NEAR(f.brands[H].legacy.voice, 80);
    NEAR(f.brands[H].legacy.sentiment, 60);
    NEAR(f.brands[H].legacy.score, 40.0 / 3 + 21 + 20 + 9);
    /* 小米: (80 + 0) / 2, never a rank, 1 of 6 voices, no tone */
    NEAR(f.brands[X].legacy.score, (10 + 0 + 10) / 0.85);
    assert_true(isnan(f.brands[X].legacy.sentiment));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void nothing_known_is_no_score(void **state)
{
    (void)state;
    struct bd_brand_figures b = {.share_of_voice = {.value = NAN},
                                 .sentiment = {.value = 0.5, .n = 3}};

    bd_legacy_score_make(&b, NAN, NAN);
    assert_true(isnan(b.legacy.score));
    assert_true(isnan(b.legacy.sentiment)); /* of matrix answers alone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_seen_by_place_and_length),
        cmocka_unit_test(ladders_have_their_steps),
        cmocka_unit_test(the_score_is_the_weighted_mean),
        cmocka_unit_test(nothing_known_is_no_score),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
