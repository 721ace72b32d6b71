/* tests/domain/test_figures_flags.c - when a site is worth a look. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/sample.h"
#include "domain/worked.h"

/* The worked case with all four of its neutral cells answered: d0, d1, q0, q1, and in
 * each a brand that nobody tracks, 优必, is put forward. */
static struct bd_observation *four[4];

static void prepare(struct bd_record *rec)
{
    worked_case(rec);
    answer(cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 1), "q1", 4, BD_NO);
    for (int i = 0; i < 4; i++) {
        four[i] = cell_at(rec, BD_PROBE_NEUTRAL, -1, i / 2, i % 2)->geo;
        sample_find(four[i], "优必", 1);
    }
}

/* In that answer, a page of the site stands beside that brand. */
static struct bd_citation *cite(int i, const char *domain, int near)
{
    sample_cite(four[i], BD_ORIGIN_PROVIDER, domain, BD_CATEGORY_UNKNOWN, -1);
    sample_beside(four[i], near);
    return &four[i]->citations[four[i]->citation_count - 1];
}

enum { FOUND = 4 }; /* the index of the first one found */

static struct bd_figures flagged(struct bd_record *rec, size_t wanted)
{
    struct bd_figures f = made(rec);

    assert_int_equal(f.flag_count, wanted);
    return f;
}

static void end(struct bd_figures *f, struct bd_record *rec)
{
    bd_figures_free(f);
    bd_record_free(rec);
}

static void three_answers_with_the_same_unknown_site_are_one_site(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    for (int i = 0; i < 3; i++)
        cite(i, "a.example", FOUND);
    cite(0, "a.example", FOUND); /* a second page, the same answer */
    f = flagged(&rec, 1);
    assert_int_equal(f.flags[0].what, BD_FLAG_ONE_SITE);
    assert_string_equal(f.flags[0].name, "优必");
    assert_int_equal(f.flags[0].brand, -1);
    assert_string_equal(f.sites[f.flags[0].site].domain, "a.example");
    assert_int_equal(f.flags[0].answers, 3);
    assert_int_equal(f.flags[0].models, 2); /* d0, d1, q0 */
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(rec.cells[f.flags[0].cells[i]].geo, four[i]);
    end(&f, &rec);
}

static void two_answers_are_too_few(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    cite(0, "a.example", FOUND);
    cite(1, "a.example", FOUND);
    f = flagged(&rec, 0);
    end(&f, &rec);
}

static void a_second_site_ends_it(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    for (int i = 0; i < 3; i++)
        cite(i, "a.example", FOUND);
    cite(3, "b.example", FOUND);
    f = flagged(&rec, 0);
    end(&f, &rec);
}

static void what_a_model_claims_is_no_source(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    for (int i = 0; i < 3; i++)
        cite(i, "a.example", FOUND)->origin = BD_ORIGIN_CLAIMED;
    f = flagged(&rec, 0);
    bd_figures_free(&f);
    for (int i = 0; i < 3; i++)
        cite(i, "a.example", FOUND);
    cite(3, "b.example", FOUND)->origin = BD_ORIGIN_CLAIMED; /* nor a second one */
    f = flagged(&rec, 1);
    end(&f, &rec);
}

/* 比亚迪 is recommended in d0, listed in d1; in q0 and q1 it is not there. */
static void a_known_site_is_none_but_the_brands_own_is(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    mention(four[2], B, 1, NAN);
    for (int i = 0; i < 3; i++)
        cite(i, "news.cn", B)->category = BD_CATEGORY_MEDIA;
    f = flagged(&rec, 0);
    bd_figures_free(&f);
    for (int i = 0; i < 3; i++) {
        four[i]->citations[0].category = BD_CATEGORY_COMPETITOR;
        four[i]->citations[0].brand = B;
    }
    f = flagged(&rec, 1);
    assert_int_equal(f.flags[0].brand, B);
    assert_string_equal(f.flags[0].name, "比亚迪");
    bd_figures_free(&f);
    for (int i = 0; i < 3; i++)
        four[i]->citations[0].brand = T; /* another's site praises it: somebody does */
    f = flagged(&rec, 0);
    end(&f, &rec);
}

/* 小米 is only compared in d0, and recommended in d1, q0 and q1. */
static void a_mere_mention_counts_as_no_answer_but_as_a_second_site(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    for (int i = 1; i < 4; i++)
        mention(four[i], X, 3, NAN);
    for (int i = 0; i < 4; i++)
        cite(i, "a.example", X);
    f = flagged(&rec, 1);
    assert_int_equal(f.flags[0].answers, 3);
    assert_ptr_equal(rec.cells[f.flags[0].cells[0]].geo, four[1]);
    bd_figures_free(&f);
    cite(0, "b.example", X);
    f = flagged(&rec, 0);
    end(&f, &rec);
}

static void one_answer_with_nothing_but_praise_is_enough(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    cite(0, "a.example", FOUND)->praise = BD_YES;
    f = flagged(&rec, 1);
    assert_int_equal(f.flags[0].what, BD_FLAG_PRAISE);
    assert_int_equal(f.flags[0].answers, 1);
    assert_int_equal(f.flags[0].models, 1);
    end(&f, &rec);
}

/* Each line takes one thing away that the flag needs. */
static void praise_is_of_one_brand_by_one_model_on_a_site_that_nobody_knows(void **state)
{
    (void)state;
    for (int what = 0; what < 6; what++) {
        struct bd_record rec;
        struct bd_citation *c;
        struct bd_figures f;

        prepare(&rec);
        c = cite(0, "a.example", FOUND);
        c->praise = BD_YES;
        if (what == 0)
            c->praise = BD_NO;
        else if (what == 1)
            c->praise = BD_UNKNOWN; /* nothing refers to it */
        else if (what == 2)
            c->category = BD_CATEGORY_UGC;
        else if (what == 3)
            sample_beside(four[0], B);
        else if (what == 4)
            cite(1, "a.example", B)->praise = BD_YES; /* another brand */
        else
            cite(2, "a.example", FOUND)->praise = BD_YES; /* another model */
        f = flagged(&rec, 0);
        end(&f, &rec);
    }
}

static void a_brand_is_the_same_however_it_is_spelled(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    prepare(&rec);
    free(four[1]->found[0].name);
    four[1]->found[0].name = strdup("ＡＣＭＥ");
    free(four[0]->found[0].name);
    four[0]->found[0].name = strdup("Acme");
    cite(0, "a.example", FOUND)->praise = BD_YES;
    cite(1, "a.example", FOUND)->praise = BD_YES;
    f = flagged(&rec, 1);
    assert_int_equal(f.flags[0].answers, 2);
    assert_string_equal(f.flags[0].name, "Acme");
    end(&f, &rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_answers_with_the_same_unknown_site_are_one_site),
        cmocka_unit_test(two_answers_are_too_few),
        cmocka_unit_test(a_second_site_ends_it),
        cmocka_unit_test(what_a_model_claims_is_no_source),
        cmocka_unit_test(a_known_site_is_none_but_the_brands_own_is),
        cmocka_unit_test(a_mere_mention_counts_as_no_answer_but_as_a_second_site),
        cmocka_unit_test(one_answer_with_nothing_but_praise_is_enough),
        cmocka_unit_test(praise_is_of_one_brand_by_one_model_on_a_site_that_nobody_knows),
        cmocka_unit_test(a_brand_is_the_same_however_it_is_spelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
