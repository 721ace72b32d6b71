/* tests/domain/test_figures.c - every expected number is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/score.h"
#include "domain/worked.h"

static void visibility_counts_known_neutral_answers(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    RATE(f.brands[H].mention, 2, 3); /* d0 yes, d1 no, q0 yes */
    RATE(f.brands[X].mention, 1, 2); /* d0 yes, d1 no, q0 unknown */
    RATE(f.brands[T].mention, 1, 2);
    RATE(f.brands[B].mention, 2, 2);
    NEAR(f.brands[H].mention_macro, (0.5 + 1.0) / 2); /* d 1/2, q 1/1 */
    NEAR(f.brands[X].mention_macro, 0.5);             /* d 1/2, q has no n */
    RATE(f.brands[H].share_of_voice, 2, 6);           /* 2 + 1 + 1 + 2 */
    RATE(f.brands[H].first_mention, 1, 3);            /* q0 */
    RATE(f.brands[B].first_mention, 1, 2);            /* d0 */
    RATE(f.brands[H].top1, 1, 3);
    RATE(f.brands[H].top3, 2, 3);
    RATE(f.models[0].mention[H], 1, 2);
    NO_RATE(f.models[1].mention[X]);
    assert_int_equal(f.neutral_cells, 4);
    assert_int_equal(f.neutral_known, 3);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* Of the worked case: d0 and d1 tell of all, q0 of 华为 alone. */
static void pairs_count_answers_that_tell_of_both(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    assert_int_equal(f.versus[X].both, 1); /* d0 */
    assert_int_equal(f.versus[X].neither, 1);
    assert_int_equal(f.versus[X].only_main + f.versus[X].only_other, 0);
    NEAR(f.versus[X].p, 1);
    assert_int_equal(f.versus[T].only_main, 1);  /* d0 */
    assert_int_equal(f.versus[T].only_other, 1); /* d1 */
    NEAR(f.versus[T].p, 1);                      /* 2 x (1 + 2) / 4, at most 1 */
    assert_int_equal(f.versus[B].both, 1);
    assert_int_equal(f.versus[B].only_other, 1);
    assert_int_equal(f.versus[B].placed, 1); /* d0: 比亚迪 1st, 华为 2nd */
    assert_int_equal(f.versus[B].outranked, 1);
    assert_int_equal(f.versus[X].outranked, 0); /* no rank stands behind a rank */
    assert_string_equal(bd_figures_size(&f), "low_sample"); /* 3 answers */
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static const char *size_of_sample(int questions)
{
    struct bd_record rec;
    struct bd_figures f;
    const char *size;
    char text[32];

    bd_record_init(&rec);
    bd_inquiry_init(&rec.inquiry);
    brand(&rec.inquiry, "华为");
    model(&rec.inquiry, "qwen");
    for (int i = 0; i < questions; i++) {
        snprintf(text, sizeof(text), "问题%d？", i);
        question(&rec.inquiry, text);
    }
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        (void)answer(&rec.cells[i], "x", 1, BD_NO);
    f = made(&rec);
    size = bd_figures_size(&f);
    bd_figures_free(&f);
    bd_record_free(&rec);
    return size;
}

static void a_sample_is_called_what_it_is(void **state)
{
    (void)state;
    assert_string_equal(size_of_sample(4), "low_sample");
    assert_string_equal(size_of_sample(5), "thin");
    assert_string_equal(size_of_sample(9), "thin");
    assert_string_equal(size_of_sample(10), "exploratory");
    assert_string_equal(size_of_sample(49), "exploratory");
    assert_string_equal(size_of_sample(50), "");
}

static void ranks_are_never_imputed(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    assert_int_equal(f.brands[H].rank.n, 2);
    NEAR(f.brands[H].rank.value, 1.5);                          /* (2 + 1) / 2 */
    NEAR(f.brands[H].reciprocal_rank.value, (0.5 + 0 + 1) / 3); /* absent = 0 */
    assert_int_equal(f.brands[X].rank.n, 0); /* mentioned, but without a rank */
    assert_true(isnan(f.brands[X].rank.value));
    NEAR(f.brands[X].reciprocal_rank.value, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void portrayal_counts_both_probes(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    assert_int_equal(f.brands[H].sentiment.n, 2);
    NEAR(f.brands[H].sentiment.value, 0); /* (0.5 - 0.5) / 2, q0 says nothing */
    RATE(f.brands[H].negative, 1, 3);     /* d0, q0, matrix */
    assert_true(isnan(f.brands[B].sentiment.value));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void interception_needs_both_brands_known(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    RATE(f.interceptions[X].rate, 0, 2); /* d0, d1 */
    RATE(f.interceptions[T].rate, 1, 2); /* d1: 华为 absent, 特斯拉 recommended */
    RATE(f.interceptions[B].rate, 1, 2); /* d1: listed counts too */
    RATE(f.interception_any, 1, 3);      /* q0 counts: 华为 is there */
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* One model, eight questions, 华为 absent and 特斯拉 put forward in some: 8 of 8 is
 * [.676, 1] by Wilson, 6 [.409, .929], 4 [.215, .785]. */
static void an_interception_is_called_what_it_is_for_sure(void **state)
{
    static const struct {
        int taken;
        double low;
        const char *level;
    } cases[] = {{8, 0.676, "high"}, {6, 0.409, "medium"}, {4, 0.215, ""}, {0, 0, ""}};

    (void)state;
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        struct bd_record rec;
        struct bd_figures f;
        char text[32];

        bd_record_init(&rec);
        brand(&rec.inquiry, "华为");
        brand(&rec.inquiry, "特斯拉");
        model(&rec.inquiry, "qwen");
        for (int q = 0; q < 8; q++) {
            snprintf(text, sizeof(text), "问题%d？", q);
            question(&rec.inquiry, text);
        }
        rec.inquiry.probes = BD_PROBE_NEUTRAL;
        add_cells(&rec);
        for (int q = 0; q < 8; q++)
            mention(answer(&rec.cells[q], "x", 2, BD_NO), q < cases[k].taken, 0, NAN);
        f = made(&rec);
        RATE(f.interception_any, cases[k].taken, 8);
        RATE(f.interceptions[1].rate, cases[k].taken, 8);
        assert_true(fabs(f.interceptions[1].interval.low - cases[k].low) < 0.001);
        assert_string_equal(bd_figures_interception(&f.interception_any_interval),
                            cases[k].level);
        bd_figures_free(&f);
        bd_record_free(&rec);
    }
    assert_string_equal(bd_figures_interception(&(struct bd_interval){NAN, NAN}), "");
}

static void score_is_the_weighted_mean_of_its_parts(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    /* 华为: mention .75; ladder (.8 + 0 + 1) / 3 = .6; voice 2/6 * 4/2 = 2/3;
     * sentiment .75 * (0 + 1) / 2 = .375
     * .4 * .75 + .25 * .6 + .2 * 2/3 + .15 * .375 = .6395833.. */
    NEAR(f.brands[H].part_mention, 0.75);
    NEAR(f.brands[H].part_rank, 0.6);
    NEAR(f.brands[H].part_voice, 2.0 / 3);
    NEAR(f.brands[H].part_sentiment, 0.375);
    NEAR(f.brands[H].score, 30 + 15 + 40.0 / 3 + 5.625);
    assert_string_equal(f.brands[H].grade, "C");
    assert_true(f.brands[H].provisional); /* 3 answers */
    /* 小米: no sentiment, so the rest is divided by .85:
     * mention .5, ladder (.3 + 0) / 2 = .15, voice 1/6 * 2 = 1/3 */
    assert_true(isnan(f.brands[X].part_sentiment));
    NEAR(f.brands[X].score, (20 + 3.75 + 20.0 / 3) / 0.85);
    assert_string_equal(f.brands[X].grade, "D");
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void outcomes_and_spending_are_counted(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;
    struct bd_cell *c;

    worked_case(&rec);
    c = cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0);
    c->latency_ms = 1000;
    c->usage = (struct bd_usage){10, 200, -1, -1};
    c->cost = 0.25;
    c = cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 1);
    c->latency_ms = 4000;
    c = cell_at(&rec, BD_PROBE_MATRIX, H, 0, 0);
    c->latency_ms = 2;
    c->cached = true; /* paid and waited for by an earlier run */
    c->attempts = 0;
    c->usage = (struct bd_usage){7, 7, -1, -1};
    c->cost = 9;
    f = made(&rec);
    assert_int_equal(f.total, 12);
    assert_int_equal(f.answered, 4);
    assert_int_equal(f.by_status[BD_STATUS_TRUNCATED], 1);
    assert_int_equal(f.by_status[BD_STATUS_SKIPPED], 7); /* matrix cells not asked */
    assert_int_equal(f.models[0].cells, 6);
    assert_int_equal(f.models[0].answered, 3);
    assert_int_equal(f.models[0].skipped, 3);
    assert_int_equal(f.models[1].failed, 1);
    assert_int_equal(f.models[0].latency_p50_ms, 2500); /* of 1000 and 4000 */
    assert_int_equal(f.models[0].latency_max_ms, 4000);
    assert_int_equal(f.tokens_in, 10);
    assert_int_equal(f.tokens_out, 200);
    NEAR(f.cost, 0.25);
    assert_int_equal(f.calls, 4);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* Not one figure may exist where nothing was answered. */
static void check_nothing_known(const struct bd_figures *f)
{
    for (size_t i = 0; i < f->brand_count; i++) {
        const struct bd_brand_figures *b = &f->brands[i];

        NO_RATE(b->mention);
        NO_RATE(b->share_of_voice);
        NO_RATE(b->first_mention);
        NO_RATE(b->top1);
        NO_RATE(f->interceptions[i].rate);
        assert_true(isnan(b->mention_macro));
        assert_true(isnan(b->rank.value));
        assert_true(isnan(b->reciprocal_rank.value));
        assert_true(isnan(b->score));
        assert_true(isnan(b->part_voice) && isnan(b->part_sentiment));
        assert_string_equal(b->grade, "");
    }
    NO_RATE(f->interception_any);
}

static void all_failed_gives_unknown_never_zero(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        fail_cell(&rec.cells[i], BD_STATUS_ERROR, BD_ERR_AUTH, "wrong key");
    f = made(&rec);
    check_nothing_known(&f);
    assert_int_equal(f.models[0].latency_p50_ms, -1);
    assert_int_equal(f.tokens_in, -1);
    assert_true(isnan(f.cost));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void matrix_answers_alone_give_no_visibility(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_MATRIX;
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        mention(answer(&rec.cells[i], "x", 4, BD_NO), H, 1, 0.8);
    f = made(&rec);
    check_nothing_known(&f);
    NEAR(f.brands[H].sentiment.value, 0.8);
    assert_int_equal(f.brands[H].sentiment.n, 8);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void refusals_and_uncertain_absence_are_unknown(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    answer(&rec.cells[0], "sorry", 4, BD_NO)->refused = true;
    answer(&rec.cells[1], "cut", 4, BD_UNKNOWN);
    rec.cells[1].status = BD_STATUS_TRUNCATED;
    f = made(&rec);
    check_nothing_known(&f);
    assert_int_equal(f.answered, 2);
    assert_int_equal(f.neutral_known, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void dead_model_does_not_pull_the_mean_down(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    mention(answer(&rec.cells[0], "x", 4, BD_NO), H, 1, NAN);
    fail_cell(&rec.cells[1], BD_STATUS_ERROR, BD_ERR_QUOTA, "no money");
    f = made(&rec);
    NEAR(f.brands[H].mention_macro, 1);
    RATE(f.brands[H].mention, 1, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void brand_alone_has_no_share_of_voice(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    brand(&rec.inquiry, "A");
    question(&rec.inquiry, "q");
    model(&rec.inquiry, "m");
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    mention(answer(&rec.cells[0], "A", 1, BD_NO), 0, 1, 1.0);
    f = made(&rec);
    NO_RATE(f.brands[0].share_of_voice);
    NO_RATE(f.interception_any);
    assert_true(isnan(f.brands[0].part_voice));
    NEAR(f.brands[0].score, 100); /* 1, 1 and 1 * (1 + 1) / 2, weights redistributed */
    assert_string_equal(f.brands[0].grade, "A+");
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void known_absence_scores_zero(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    mention(answer(&rec.cells[0], "x", 4, BD_NO), T, 1, NAN);
    mention(answer(&rec.cells[1], "x", 4, BD_NO), T, 1, NAN);
    f = made(&rec);
    NEAR(f.brands[H].score, 0);
    assert_string_equal(f.brands[H].grade, "D");
    RATE(f.interceptions[T].rate, 2, 2);
    RATE(f.interceptions[X].rate, 0, 2);
    /* 特斯拉: 1, 1, min(1, 1 * 4 / 2) = 1, sentiment unknown */
    NEAR(f.brands[T].score, 100);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void nobody_mentioned_leaves_share_of_voice_open(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    answer(&rec.cells[0], "x", 4, BD_NO);
    f = made(&rec);
    RATE(f.brands[H].mention, 0, 1);
    NO_RATE(f.brands[H].share_of_voice);
    NEAR(f.brands[H].score, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* What became of each brand in the four neutral cells. */
static void every_cell_has_its_place(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;
    const struct bd_places *p;

    worked_case(&rec);
    f = made(&rec);
    p = &f.brands[H].places;
    assert_int_equal(p->at[0], 1); /* q0 */
    assert_int_equal(p->at[1], 1); /* d0 */
    assert_int_equal(p->absent, 1);
    assert_int_equal(p->unknown, 1); /* q1 */
    assert_int_equal(p->unranked + p->at[2] + p->at[3] + p->at[4], 0);
    p = &f.brands[X].places;
    assert_int_equal(p->unranked, 1);
    assert_int_equal(p->absent, 1);
    assert_int_equal(p->unknown, 2);
    assert_int_equal(f.brands[X].excluded[BD_STATUS_TRUNCATED], 1);
    assert_int_equal(f.brands[X].excluded[BD_STATUS_TIMEOUT], 1);
    assert_int_equal(f.brands[H].excluded[BD_STATUS_TRUNCATED], 0);
    assert_int_equal(f.versus[X].unknown, 2);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* Ranks 1, 3, 4, 5, 9 and none of 华为 in six answers. */
static void ranks_fall_into_their_places(void **state)
{
    static const int ranks[] = {1, 3, 4, 5, 9, 0};
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.samples = 3;
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    for (int i = 0; i < 6; i++)
        mention(answer(&rec.cells[i], "x", 4, BD_NO), H, ranks[i], NAN);
    f = made(&rec);
    RATE(f.brands[H].top1, 1, 6);
    RATE(f.brands[H].top3, 2, 6);
    assert_int_equal(f.brands[H].places.at[0], 1);
    assert_int_equal(f.brands[H].places.at[1], 0);
    assert_int_equal(f.brands[H].places.at[2], 1);
    assert_int_equal(f.brands[H].places.at[3], 1);
    assert_int_equal(f.brands[H].places.at[4], 2);
    assert_int_equal(f.brands[H].places.unranked, 1);
    assert_int_equal(f.brands[H].rank.n, 5);
    NEAR(f.brands[H].rank.value, 22.0 / 5);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void types_and_tones_are_counted(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    RATE(f.brands[H].recommended, 2, 3); /* d0, q0; the matrix cell does not count */
    RATE(f.brands[B].recommended, 1, 2); /* d1 lists it */
    assert_int_equal(f.brands[B].types[BD_MENTION_LISTED], 1);
    assert_int_equal(f.brands[X].types[BD_MENTION_COMPARED], 1);
    assert_int_equal(f.brands[X].types[BD_MENTION_NONE], 1);
    assert_int_equal(f.brands[H].tones.positive, 1); /* d0 */
    assert_int_equal(f.brands[H].tones.negative, 1); /* the matrix cell */
    assert_int_equal(f.brands[H].tones.even, 0);
    assert_int_equal(f.brands[H].tones.none, 1); /* q0 */
    NEAR(f.brands[H].tones.net, 0);
    assert_true(isnan(f.brands[B].tones.net));
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void tones_near_nothing_are_even(void **state)
{
    (void)state;
    static const double tones[] = {0.1, -0.1, 0, 0.11, 0.9, -0.11};
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.samples = 3;
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    for (int i = 0; i < 6; i++)
        mention(answer(&rec.cells[i], "x", 4, BD_NO), H, 0, tones[i]);
    f = made(&rec);
    assert_int_equal(f.brands[H].tones.even, 3);
    assert_int_equal(f.brands[H].tones.positive, 2);
    assert_int_equal(f.brands[H].tones.negative, 1);
    NEAR(f.brands[H].tones.net, 1.0 / 6);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* One of two questions names a brand; 华为 is in its answer alone. */
static void questions_with_a_brand_do_not_count(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    bd_record_init(&rec);
    reference(&rec.inquiry);
    question(&rec.inquiry, "华为的车怎么样？");
    rec.inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(&rec);
    mention(answer(&rec.cells[0], "x", 4, BD_NO), T, 1, NAN);
    fail_cell(&rec.cells[1], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    mention(answer(&rec.cells[2], "y", 4, BD_NO), H, 1, 0.5);
    fail_cell(&rec.cells[3], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    f = made(&rec);
    assert_int_equal(f.branded_questions, 1);
    assert_true(f.branded[1] && !f.branded[0]);
    assert_int_equal(f.questions, 1);
    RATE(f.brands[H].mention, 0, 1);
    RATE(f.brands[H].branded, 1, 1);
    RATE(f.brands[T].branded, 0, 1);
    RATE(f.interceptions[T].rate, 1, 1);
    NEAR(f.brands[H].sentiment.value, 0.5); /* portrayal counts it */
    assert_int_equal(f.neutral_cells, 4);
    assert_int_equal(f.branded_cells, 2);
    assert_int_equal(f.neutral_known, 1);
    assert_int_equal(f.excluded[BD_STATUS_TIMEOUT], 1);
    assert_int_equal(f.versus[T].unknown, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* 71 is a B. */
static void an_interval_across_a_border_makes_it_provisional(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        const char *grades[2];
        bool provisional;
    } cases[] = {{65, 79, {"C", "B"}, true},
                 {70, 79.9, {"B", "B"}, false},
                 {70, 79.96, {"B", "A"}, true}, /* shown as 80.0 */
                 {NAN, NAN, {"", ""}, false}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_brand_figures b = {.score = 71,
                                     .score_interval = {cases[i].low, cases[i].high}};

        bd_score_doubt(&b);
        assert_string_equal(b.grade_low, cases[i].grades[0]);
        assert_string_equal(b.grade_high, cases[i].grades[1]);
        assert_int_equal(b.provisional, cases[i].provisional);
    }
}

static void weights_are_relative_to_their_sum(void **state)
{
    const struct bd_score_weights none = {0}, even = {7, 7, 7, 7}, two = {30, 0, 10, 0};
    struct bd_brand_figures b = {.mention = {.hits = 9, .n = 10}, .mention_macro = 0.5};

    (void)state;
    NEAR(bd_score_weight(&none, BD_SCORE_MENTION), 0.40);
    NEAR(bd_score_weight(&none, BD_SCORE_RANK), 0.25);
    NEAR(bd_score_weight(&none, BD_SCORE_VOICE), 0.20);
    NEAR(bd_score_weight(&none, BD_SCORE_SENTIMENT), 0.15);
    NEAR(bd_score_weight(&even, BD_SCORE_SENTIMENT), 0.25);
    NEAR(bd_score_weight(&two, BD_SCORE_MENTION), 0.75);
    b.share_of_voice.value = 0.25; /* of two brands: a part of .25 */
    b.sentiment.value = 1;
    bd_score_make(&b, 0.9, 2, &two);
    NEAR(b.score, 100 * (0.75 * 0.5 + 0.25 * 0.25));
}

static void ladder_and_grades(void **state)
{
    (void)state;
    static const double ladder[] = {0.3, 1, 0.8, 0.6, 0.4, 0.2, 0.2};
    static const struct bd_score_weights usual = {0};
    static const struct {
        double mention;
        const char *grade;
    } grades[] = {{0.9, "A+"}, {0.8996, "A+"}, {0.8994, "A"}, {0.8, "A"},
                  {0.7, "B"},  {0.6994, "C"},  {0.6, "C"},    {0.5994, "D"}};

    for (int rank = 0; rank < 7; rank++)
        NEAR(bd_score_ladder(true, rank), ladder[rank]);
    NEAR(bd_score_ladder(false, 1), 0);
    for (size_t i = 0; i < sizeof(grades) / sizeof(grades[0]); i++) {
        struct bd_brand_figures b = {.mention = {.hits = 9, .n = 10}};

        b.mention_macro = grades[i].mention;
        b.sentiment.value = 1; /* parts are all the same */
        bd_score_make(&b, grades[i].mention, 1, &usual);
        assert_string_equal(b.grade, grades[i].grade);
        assert_false(b.provisional);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visibility_counts_known_neutral_answers),
        cmocka_unit_test(pairs_count_answers_that_tell_of_both),
        cmocka_unit_test(a_sample_is_called_what_it_is),
        cmocka_unit_test(ranks_are_never_imputed),
        cmocka_unit_test(portrayal_counts_both_probes),
        cmocka_unit_test(interception_needs_both_brands_known),
        cmocka_unit_test(an_interception_is_called_what_it_is_for_sure),
        cmocka_unit_test(score_is_the_weighted_mean_of_its_parts),
        cmocka_unit_test(outcomes_and_spending_are_counted),
        cmocka_unit_test(all_failed_gives_unknown_never_zero),
        cmocka_unit_test(matrix_answers_alone_give_no_visibility),
        cmocka_unit_test(refusals_and_uncertain_absence_are_unknown),
        cmocka_unit_test(dead_model_does_not_pull_the_mean_down),
        cmocka_unit_test(brand_alone_has_no_share_of_voice),
        cmocka_unit_test(known_absence_scores_zero),
        cmocka_unit_test(nobody_mentioned_leaves_share_of_voice_open),
        cmocka_unit_test(every_cell_has_its_place),
        cmocka_unit_test(ranks_fall_into_their_places),
        cmocka_unit_test(types_and_tones_are_counted),
        cmocka_unit_test(tones_near_nothing_are_even),
        cmocka_unit_test(questions_with_a_brand_do_not_count),
        cmocka_unit_test(an_interval_across_a_border_makes_it_provisional),
        cmocka_unit_test(ladder_and_grades),
        cmocka_unit_test(weights_are_relative_to_their_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
