/* tests/domain/test_branded.c - which questions name a brand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/branded.h"
#include "domain/make.h"

static const struct {
    const char *question;
    bool branded;
} cases[] = {
    {"20 万左右的新能源汽车品牌推荐", false},
    {"小米手机怎么样？", true},
    {"小米粥怎么煮才香？", false}, /* the everyday word */
    {"ＢＹＤ的车值得买吗", true},  /* an alias, folded */
    {"Is tesla better than others?", true},
    {"What about teslas?", false}, /* no whole word */
    {"特 斯 拉", false},           /* nobody writes Chinese names so */
    {"T e s l a or not", true},
    {"Which brand, {brand}?", false},
};

static void names_and_aliases_are_found_as_in_answers(void **state)
{
    const size_t n = sizeof(cases) / sizeof(cases[0]);
    bool branded[sizeof(cases) / sizeof(cases[0])];
    struct bd_inquiry r;
    int expected = 0;

    (void)state;
    bd_inquiry_init(&r);
    brand(&r, "小米");
    brand(&r, "特斯拉=Tesla");
    brand(&r, "比亚迪=BYD");
    for (size_t i = 0; i < n; i++) {
        question(&r, cases[i].question);
        expected += cases[i].branded;
    }
    assert_int_equal(bd_branded_find(branded, &r), expected);
    for (size_t i = 0; i < n; i++)
        if (branded[i] != cases[i].branded)
            fail_msg("'%s' is said to be %s", cases[i].question,
                     branded[i] ? "branded" : "neutral");
    bd_inquiry_free(&r);
}

static void without_questions_there_are_none(void **state)
{
    struct bd_inquiry r;

    (void)state;
    bd_inquiry_init(&r);
    brand(&r, "小米");
    assert_int_equal(bd_branded_find(NULL, &r), 0);
    bd_inquiry_free(&r);
}

static void warned(struct bd_inquiry *r, bool zh, const char *says)
{
    struct bd_buf out;

    bd_buf_init(&out, 4096);
    bd_branded_warn(&out, r, zh);
    if (says ? !strstr(out.data, says) : out.n > 0)
        fail_msg("'%s' does not say '%s'", out.data, says ? says : "nothing");
    bd_buf_free(&out);
}

static void who_asks_is_told_their_numbers(void **state)
{
    struct bd_inquiry r;

    (void)state;
    bd_inquiry_init(&r);
    brand(&r, "小米");
    question(&r, "哪个牌子好？");
    warned(&r, true, NULL);
    question(&r, "小米好吗？");
    question(&r, "小米手机呢？");
    warned(&r, true, "问题 2、3 ");
    warned(&r, false, "Question 2, 3 names");
    r.probes = BD_PROBE_MATRIX; /* there every prompt names one */
    warned(&r, true, NULL);
    bd_inquiry_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_aliases_are_found_as_in_answers),
        cmocka_unit_test(who_asks_is_told_their_numbers),
        cmocka_unit_test(without_questions_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
