/* tests/domain/test_alias.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/answers.h"

/* Mentions counted of one name, with its aliases. */
static const struct {
    const char *name, *alias, *text;
    int count;
} cases[] = {
    {"小米", NULL, "早餐煮小米粥，小米饭、小米辣都行。", 0},
    {"小米", NULL, "小米手机和小米电视。", 2},
    {"理想", NULL, "效果比较理想，也很理想的状态。", 0},
    {"理想", "Li Auto", "首选理想 L6，li auto 不错。", 2},
    {"苹果", NULL, "每天吃苹果，喝苹果汁。", 0},
    {"美的", NULL, "完美的厨房用美的。", 1},
    {"比亚迪", "BYD", "ＢＹＤ（比亚迪股份有限公司）", 1},
    {"索菲亚", "SUOFEIYA", "**索菲亚**（SUOFEIYA）与索菲亚", 2},
    {"德勤", "Deloitte", "德勤/Deloitte", 2}, /* no bracket: two */
    {"LI", NULL, "LI-NING light Li's", 1},
    {"a2", NULL, "a2 至初, a2b, xa2", 1},
    {"A.O.史密斯", "史密斯", "A.O.史密斯（史密斯）热水器", 1},
    {"HubSpot", NULL, "[1](https://www.g2.com/products/hubspot/reviews) www.hubspot.com",
     0},
    {"Nestlé", NULL, "NESTLÉ and Nestl\x65\xcc\x81.", 2},
    {"华为", NULL, "华\xe2\x80\x8b为 华 为", 1},
};

static void counts_what_is_meant(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *aliases[1] = {(char *)cases[i].alias};
        struct bd_brand brand = {(char *)cases[i].name, aliases, cases[i].alias != NULL};
        struct bd_inquiry r = {.brands = &brand, .brand_count = 1};
        struct bd_observation *o =
            read_with(&r, cases[i].text, strlen(cases[i].text), false);

        if (o->brands[0].count != cases[i].count) {
            wrong++;
            print_error("%s in '%s': %d\n", cases[i].name, cases[i].text,
                        o->brands[0].count);
        }
        bd_observation_free(o);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
