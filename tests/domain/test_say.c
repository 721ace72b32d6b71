/* What a report says, and which answers it names as proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/bootstrap.h"
#include "domain/report/say.h"
#include "domain/sample.h"

static const struct bd_statement *find(const struct bd_statements *s, const char *part)
{
    for (size_t i = 0; i < s->count; i++)
        if (strstr(s->at[i].text, part))
            return &s->at[i];
    return NULL;
}

/* Eight neutral answers to two questions: the main brand is in `own` of them, 比亚迪, in
 * the first place, in all. */
static void make(struct bd_record *rec, struct bd_figures *f, int own)
{
    struct bd_error err = {0};

    sample_head(rec);
    question(&rec->inquiry, "续航最长的是哪个？");
    rec->inquiry.samples = 2;
    rec->inquiry.probes = BD_PROBE_NEUTRAL;
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_observation *o = answer(&rec->cells[i], "1. 比亚迪\n", 4, BD_NO);

        mention(o, BYD, 1, 0.5);
        if ((int)i < own)
            mention(o, HUAWEI, 2, 0.5);
    }
    must(bd_figures_make(f, rec, &err), &err);
    must(bd_bootstrap(f, rec, &err), &err);
}

static void unmake(struct bd_record *rec, struct bd_figures *f, struct bd_statements *s)
{
    bd_statements_free(s);
    bd_figures_free(f);
    bd_record_free(rec);
}

static void findings_name_the_answers_that_prove_them(void **state)
{
    const struct bd_statement *x;
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 3);
    assert_int_equal(rec.cell_count, 8);
    bd_statements_init(&s, true);
    bd_say_findings(&s, &rec, &f);
    x = find(&s, "拦截：8 个中性回答中有 5 个（62%）没有提到华为");
    assert_non_null(x);
    assert_int_equal(x->cell_count, 5);
    for (size_t i = 0; i < x->cell_count; i++)
        assert_int_equal(x->cells[i], 3 + i);
    x = find(&s, "最先提到的是比亚迪（5 次）");
    assert_non_null(x);
    assert_int_equal(x->cell_count, 5);
    assert_non_null(find(&s, "8 个能判断的中性回答中有 5 个没有提到华为"));
    /* 5 against 0: p = 2 / 2^5 */
    assert_non_null(find(
        &s, "只提到比亚迪的回答 5 个，只提到华为的 0 个（p = 0.062，可能只是偶然）"));
    x = find(&s, "同时提到华为和比亚迪的 3 个回答中，有 3 个把比亚迪排在前面");
    assert_non_null(x);
    assert_int_equal(x->cell_count, 3);
    unmake(&rec, &f, &s);
}

static void a_question_without_any_mention_is_told(void **state)
{
    const struct bd_statement *x;
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 4);
    bd_statements_init(&s, false);
    bd_say_findings(&s, &rec, &f);
    x = find(&s, "Question \"续航最长的是哪个？\": none of 4 answers");
    assert_non_null(x);
    assert_int_equal(x->cell_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rec.cells[x->cells[i]].question, 1);
    unmake(&rec, &f, &s);
}

static void six_against_none_is_more_than_chance(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 2);
    bd_statements_init(&s, false);
    bd_say_findings(&s, &rec, &f);
    /* 2 / 2^6 = 0.03125 */
    assert_non_null(find(&s, "(p = 0.031, more than chance explains)"));
    unmake(&rec, &f, &s);
}

static void being_ahead_is_said_where_it_is_more_than_chance(void **state)
{
    const struct bd_statement *x;
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 8);
    bd_statements_init(&s, false);
    bd_say_findings(&s, &rec, &f);
    /* all eight against 小米, which nobody names: 2 / 2^8 = 0.0078 */
    x = find(&s,
             "华为 is mentioned more often than 小米: 8 answers name only 华为, 0 only "
             "小米 (p = 0.008, more than chance explains)");
    assert_non_null(x);
    assert_int_equal(x->cell_count, 8);
    assert_null(find(&s, "more often than 比亚迪"));
    unmake(&rec, &f, &s);
}

static void overlapping_rates_are_no_conclusion(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 7);
    bd_statements_init(&s, false);
    bd_say_verdict(&s, &rec, &f);
    assert_non_null(
        find(&s, "Not to be concluded: the mention rates of 华为 (7/8, interval"));
    unmake(&rec, &f, &s);
    make(&rec, &f, 0); /* none against all: nothing overlaps */
    bd_statements_init(&s, false);
    bd_say_verdict(&s, &rec, &f);
    assert_null(find(&s, "Not to be concluded"));
    unmake(&rec, &f, &s);
}

static void portrayal_names_warnings_and_unknowns(void **state)
{
    struct bd_error err = {0};
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;
    struct bd_cell *c;

    (void)state;
    sample_good(&rec);
    rec.cells[1].geo->brands[HUAWEI].type = BD_MENTION_NEGATIVE;
    c = &rec.cells[2];
    c->geo->brands[HUAWEI].type = BD_MENTION_DISCLAIMED;
    c->geo->brands[HUAWEI].mentioned = BD_NO;
    rec.cells[3].geo->claims.conflict = true;
    rec.cells[4].geo->warnings = calloc(1, sizeof(char *));
    rec.cells[4].geo->warnings[0] = strdup("order_to_the_reader");
    rec.cells[4].geo->warning_count = 1;
    must(bd_figures_make(&f, &rec, &err), &err);
    bd_statements_init(&s, true);
    bd_say_findings(&s, &rec, &f);
    assert_int_equal(find(&s, "劝人不要选它")->cells[0], 1);
    assert_int_equal(find(&s, "不了解华为")->cells[0], 2);
    assert_int_equal(find(&s, "矛盾；以正文为准")->cells[0], 3);
    assert_int_equal(find(&s, "写给机器的指令")->cells[0], 4);
    unmake(&rec, &f, &s);
}

/* 比亚迪 in all answers to both questions, 华为 in the first three (of the first
 * question); answers of a model to a question name the same but those of one pair. */
static void what_stands_around_is_told_once_it_is_known(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 3);
    bd_statements_init(&s, false);
    bd_say_around(&s, &rec, &f);
    assert_non_null(find(&s, "1 of 2 questions"));
    assert_non_null(find(&s, "88% on average (4 groups")); /* (1 + .5 + 1 + 1) / 4 */
    assert_null(find(&s, "nobody tracks"));
    unmake(&rec, &f, &s);
    make(&rec, &f, 3);
    bd_figures_free(&f);
    sample_find(rec.cells[0].geo, "蔚来", 3);
    sample_cite(rec.cells[0].geo, BD_ORIGIN_TEXT, "huawei.com", BD_CATEGORY_OWNED,
                HUAWEI);
    sample_cite(rec.cells[1].geo, BD_ORIGIN_CLAIMED, "huawei.com", BD_CATEGORY_OWNED,
                HUAWEI);
    must(bd_figures_make(&f, &rec, &(struct bd_error){0}), &(struct bd_error){0});
    bd_statements_init(&s, false);
    bd_say_around(&s, &rec, &f);
    assert_non_null(find(&s, "蔚来 1/8"));
    assert_non_null(find(&s, "1 sites, most often huawei.com 2/8"));
    assert_non_null(find(&s, "by search or link, 1 times")); /* a claim is none */
    assert_non_null(find(&s, "25% (3/12)"));                 /* 8 + 3 + 1 voices */
    unmake(&rec, &f, &s);
}

static void one_question_asked_once_has_nothing_around_it(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    sample_good(&rec);
    must(bd_figures_make(&f, &rec, &(struct bd_error){0}), &(struct bd_error){0});
    bd_statements_init(&s, true);
    bd_say_around(&s, &rec, &f);
    assert_int_equal(s.count, 0);
    unmake(&rec, &f, &s);
}

static void gaps_hold_their_cells_and_a_remedy(void **state)
{
    struct bd_error err = {0};
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    sample_bad(&rec);
    must(bd_figures_make(&f, &rec, &err), &err);
    bd_statements_init(&s, false);
    bd_say_gaps(&s, &rec);
    assert_true(s.count > 2);
    for (size_t i = 0; i < s.count; i++) {
        assert_non_null(s.at[i].remedy);
        assert_true(s.at[i].cell_count > 0);
        for (size_t k = 0; k < s.at[i].cell_count; k++)
            assert_int_not_equal(rec.cells[s.at[i].cells[k]].status, BD_STATUS_OK);
    }
    unmake(&rec, &f, &s);
}

static const char *said_of_search(struct bd_record *rec, bool zh)
{
    static struct bd_statements s;

    bd_statements_free(&s);
    bd_statements_init(&s, zh);
    bd_say_search(&s, rec);
    assert_true(s.count >= 1);
    return s.at[s.count - 1].text;
}

static void the_report_says_how_many_answers_searched(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 3);
    bd_statements_init(&s, true);
    assert_non_null(strstr(said_of_search(&rec, false), "web search was off"));
    rec.cells[0].searched = BD_YES;
    assert_non_null(strstr(said_of_search(&rec, true), "8 个回答中有 1 个自行搜索了"));
    rec.inquiry.search = true;
    for (size_t i = 0; i < rec.cell_count; i++)
        rec.cells[i].searched = BD_YES;
    assert_non_null(strstr(said_of_search(&rec, false), "all 8 answers came with one"));
    assert_non_null(strstr(said_of_search(&rec, true), "8 个回答都搜索了"));
    unmake(&rec, &f, &s);
}

static void models_that_did_not_search_are_named(void **state)
{
    struct bd_statements s;
    struct bd_record rec;
    struct bd_figures f;

    (void)state;
    make(&rec, &f, 3);
    rec.inquiry.search = true;
    for (size_t i = 0; i < rec.cell_count; i++)
        rec.cells[i].searched = rec.cells[i].model == 1 && i % 2 ? BD_YES : BD_NO;
    bd_statements_init(&s, false);
    bd_say_search(&s, &rec);
    assert_non_null(find(&s, "only 2 of 8 answers came with one"));
    assert_non_null(find(&s, "asked for: doubao 4 of 4, qwen 2 of 4. The service"));
    bd_statements_free(&s);
    for (size_t i = 0; i < rec.cell_count; i++)
        fail_cell(&rec.cells[i], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "late");
    bd_statements_init(&s, false);
    bd_say_search(&s, &rec);
    assert_int_equal(s.count, 1);
    assert_non_null(find(&s, "there are no answers"));
    unmake(&rec, &f, &s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_name_the_answers_that_prove_them),
        cmocka_unit_test(models_that_did_not_search_are_named),
        cmocka_unit_test(the_report_says_how_many_answers_searched),
        cmocka_unit_test(a_question_without_any_mention_is_told),
        cmocka_unit_test(six_against_none_is_more_than_chance),
        cmocka_unit_test(being_ahead_is_said_where_it_is_more_than_chance),
        cmocka_unit_test(overlapping_rates_are_no_conclusion),
        cmocka_unit_test(portrayal_names_warnings_and_unknowns),
        cmocka_unit_test(what_stands_around_is_told_once_it_is_known),
        cmocka_unit_test(one_question_asked_once_has_nothing_around_it),
        cmocka_unit_test(gaps_hold_their_cells_and_a_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
