/* tests/domain/test_frame.c - brands that nobody tracks, counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/worked.h"

/* A brand that nobody tracks stands at that rank, before all others or not. */
static void find(struct bd_cell *c, const char *name, int rank, int order)
{
    struct bd_observation *o = c->geo;

    o->found = realloc(o->found, (o->found_count + 1) * sizeof(*o->found));
    if (!o->found)
        abort();
    o->found[o->found_count] = (struct bd_discovery){
        .name = strdup(name), .rank = rank, .order = order, .where = {90, 96}};
    o->found_count++;
}

/* d0: 蔚来 3rd, NIO; d1: ｎｉｏ 1st and first of all, again as NIO; q0: nio 2nd; and in a
 * matrix cell, which does not count. */
static struct bd_figures counted(struct bd_record *rec)
{
    worked_case(rec);
    find(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 0), "蔚来", 3, 4);
    find(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 0), "NIO", 0, 5);
    find(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 1), "ｎｉｏ", 1, 1);
    find(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 1), "NIO", 4, 4);
    find(cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 0), "nio", 2, 2);
    find(cell_at(rec, BD_PROBE_MATRIX, H, 0, 0), "广汽", 1, 1);
    return made(rec);
}

static void names_are_one_when_folded(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f = counted(&rec);

    assert_int_equal(f.rival_count, 2);
    assert_int_equal(f.rival_answers, 3);         /* q1 is late */
    assert_string_equal(f.rivals[0].name, "NIO"); /* as the first answer writes it */
    assert_int_equal(f.rivals[0].answers, 3);
    assert_int_equal(f.rivals[0].models, 2);
    assert_int_equal(f.rivals[0].best_rank, 1);
    assert_int_equal(f.rivals[0].first, 1);
    assert_string_equal(f.rivals[1].name, "蔚来");
    assert_int_equal(f.rivals[1].answers, 1);
    assert_int_equal(f.rivals[1].models, 1);
    assert_int_equal(f.rivals[1].best_rank, 3);
    assert_int_equal(f.rivals[1].first, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* 2 + 1 + 1 + 2 voices of tracked brands, 3 + 1 of others. */
static void the_share_of_all_counts_them(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f = counted(&rec);

    RATE(f.brands[H].share_of_voice, 2, 6);
    RATE(f.brands[H].share_of_all, 2, 10);
    assert_int_equal(f.voices_of_all, 10);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void a_brand_alone_has_a_share_once_others_are_found(void **state)
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
    mention(answer(&rec.cells[0], "x", 1, BD_NO), 0, 1, NAN);
    f = made(&rec);
    NO_RATE(f.brands[0].share_of_all);
    bd_figures_free(&f);
    find(&rec.cells[0], "B", 2, 2);
    f = made(&rec);
    RATE(f.brands[0].share_of_all, 1, 2);
    NO_RATE(f.brands[0].share_of_voice);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

/* d0: 30 words about 华为, 10 about a brand that nobody tracks; q0: 20 about 华为; of d1,
 * where 华为 is absent, 40 are about 特斯拉. */
static void words_are_shared_among_all_brands(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;
    struct bd_cell *d0, *d1, *q0;

    worked_case(&rec);
    d0 = cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0);
    d1 = cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 1);
    q0 = cell_at(&rec, BD_PROBE_NEUTRAL, -1, 1, 0);
    find(d0, "蔚来", 3, 4);
    d0->geo->found[0].words = 10;
    d0->geo->brands[H].words = 30;
    d0->geo->brands[H].pos_share = 0.8;
    d1->geo->brands[T].words = 40;
    d1->geo->brands[T].pos_share = 1;
    q0->geo->brands[H].words = 20;
    q0->geo->brands[H].pos_share = NAN;
    f = made(&rec);
    NEAR(f.brands[H].word_share.value, 0.5);
    NEAR(f.brands[H].word_share.part, 50);
    NEAR(f.brands[H].word_share.whole, 100);
    assert_int_equal(f.brands[H].word_share.n, 3);
    NEAR(f.brands[T].word_share.value, 0.4);
    NEAR(f.brands[H].position_share.value, 0.4); /* d0 .8, d1 0 */
    assert_int_equal(f.brands[H].position_share.n, 2);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void they_stand_by_weight(void **state)
{
    (void)state;
    static const char *const order[] = {"two", "ranked", "low", "first", "a", "b"};
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0), "b", 0, 4);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0), "first", 0, 1);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0), "a", 0, 4);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0), "low", 9, 4);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0), "two", 0, 4);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 1), "two", 0, 4);
    find(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 1), "ranked", 8, 4);
    f = made(&rec);
    assert_int_equal(f.rival_count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(f.rivals[i].name, order[i]);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_one_when_folded),
        cmocka_unit_test(the_share_of_all_counts_them),
        cmocka_unit_test(a_brand_alone_has_a_share_once_others_are_found),
        cmocka_unit_test(words_are_shared_among_all_brands),
        cmocka_unit_test(they_stand_by_weight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
