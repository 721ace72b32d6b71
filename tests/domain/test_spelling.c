/* tests/domain/test_spelling.c - other spellings of a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "domain/reading/spelling.h"

static int add(void *arg, const char *spelling, size_t n)
{
    char *all = arg;

    sprintf(all + strlen(all), "%s%.*s", *all ? "|" : "", (int)n, spelling);
    return 0;
}

static void spelled(const char *name, const char *wanted)
{
    char got[512] = "";

    assert_int_equal(bd_spelling_each(name, strlen(name), add, got), 0);
    assert_string_equal(got, wanted);
}

static void blanks_and_dots_come_and_go(void **state)
{
    (void)state;
    spelled("零跑c11", "零跑 c11");
    spelled("零跑 c11", "零跑c11");
    spelled("a 牌 b", "a牌b");
    spelled("奥哲·云枢", "奥哲云枢");
    spelled("奥哲云枢", "奥·哲云枢|奥哲·云枢|奥哲云·枢");
    spelled("华为", ""); /* too short for a dot */
    spelled("uplift desk", "");
    spelled("", "");
}

static int stop(void *arg, const char *spelling, size_t n)
{
    (void)spelling;
    (void)n;
    ++*(int *)arg;
    return -1;
}

static void the_walk_ends_when_it_is_told(void **state)
{
    (void)state;
    const char name[] = "奥哲云枢";
    int calls = 0;

    assert_int_equal(bd_spelling_each(name, strlen(name), stop, &calls), -1);
    assert_int_equal(calls, 1);
}

static void short_is(const char *name, const char *wanted)
{
    assert_int_equal(bd_spelling_short(name, strlen(name)), strlen(wanted));
    assert_memory_equal(name, wanted, strlen(wanted));
}

static void a_trade_may_go_but_not_what_makes_the_name(void **state)
{
    (void)state;
    short_is("大角鹿瓷砖", "大角鹿");
    short_is("玲珑轮胎", "玲珑");
    short_is("敦煌古筝", "敦煌");
    short_is("uplift desk", "uplift");
    short_is("红旗", "");     /* no trade */
    short_is("李瓷砖", "");   /* one character is no name */
    short_is("中国检测", ""); /* nobody's */
    short_is("北京装饰", "");
    short_is("智能家居", ""); /* a trade of a trade */
    short_is("a desk", "");
    short_is("", "");
}

static bool stands(const char *s, const char *name)
{
    const char *at = strstr(s, name);

    assert_non_null(at);
    return bd_spelling_stands(s, strlen(s), (size_t)(at - s),
                              (size_t)(at - s) + strlen(name));
}

static void a_short_name_stands_alone(void **state)
{
    (void)state;
    assert_true(stands("玲珑 comfort", "玲珑"));
    assert_true(stands("**玲珑**", "玲珑"));
    assert_true(stands("推荐玲珑和朝阳", "玲珑"));
    assert_true(stands("玲珑轮胎", "玲珑"));
    assert_true(stands("米其林、玲珑", "玲珑"));
    assert_false(stands("小巧玲珑", "玲珑"));
    assert_false(stands("玲珑剔透", "玲珑"));
}

static void everyday_words_are_few(void **state)
{
    (void)state;
    assert_true(bd_spelling_everyday("on", 2));
    assert_false(bd_spelling_everyday("onyx", 4));
    assert_false(bd_spelling_everyday("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks_and_dots_come_and_go),
        cmocka_unit_test(the_walk_ends_when_it_is_told),
        cmocka_unit_test(a_trade_may_go_but_not_what_makes_the_name),
        cmocka_unit_test(a_short_name_stands_alone),
        cmocka_unit_test(everyday_words_are_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
