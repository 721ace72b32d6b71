/* tests/domain/test_alias.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/answers.h"
#include "domain/make.h"

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
    {"零跑C11", NULL, "零跑 C11 和零跑C11", 2},
    {"零跑 C11", NULL, "零跑C11", 1},
    {"奥哲云枢", NULL, "奥哲·云枢", 1},
    {"奥哲·云枢", NULL, "奥哲云枢", 1},
    {"大角鹿瓷砖", NULL, "大角鹿 · 超耐磨，大角鹿瓷砖，大角鹿角", 2},
    {"玲珑轮胎", NULL, "1. 玲珑 Comfort，小巧玲珑，玲珑剔透。", 1},
    {"北京装饰", NULL, "北京的装饰公司", 0}, /* a town is nobody's name */
    {"Uplift Desk", NULL, "The Uplift V2 will uplift you.", 1},
    {"On", NULL, "On sale now. I run on grass in On Cloudsurfer, too.", 1},
    {"Supergoop!", NULL, "**Supergoop! Unseen** and Supergoop!", 2},
};

static void counts_what_is_meant(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *aliases[1] = {(char *)cases[i].alias};
        struct bd_brand brand = {.name = (char *)cases[i].name,
                                 .aliases = aliases,
                                 .alias_count = cases[i].alias != NULL};
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

/* Mentions of the first and the second brand. */
static const struct {
    const char *first, *second, *text;
    int count, other;
} contexts[] = {
    {"老乡=-老乡鸡,-老乡见老乡", "x", "老乡鸡好吃，老乡见老乡；老乡这个品牌不错。", 1, 0},
    {"Target=-target audience", "x", "Your target audience shops at Target.", 1, 0},
    {"红旗=+车,+SUV", "x", "红旗 H9 是一款车。\n升起红旗。", 1, 0},
    {"红旗=+车", "x", "车很多。\n红旗。", 0, 0},         /* another line */
    {"红旗=+车", "x", "说到车，红旗、红旗都好。", 2, 0}, /* before it */
    {"红旗=+车", "大众=+车", "红旗和大众的车。", 1, 1},  /* one word for both */
    {"红旗=+车", "大众=+手机", "红旗和大众的车。", 1, 0},
    {"红旗=hongqi,+车,-红旗招展", "x", "车展上红旗招展，HONGQI 到场。", 1, 0},
    {"大众", "途观=+大众", "大众途观。", 1, 1}, /* a name is a context, too */
    {"红旗=+车", "x",
     "红旗零零一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七"
     "八九"
     "十车"
     "十车",
     0, 0}, /* too far */
};

static void own_contexts_tell_what_is_meant(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
        struct bd_observation *o;
        struct bd_inquiry r;

        bd_inquiry_init(&r);
        brand(&r, contexts[i].first);
        brand(&r, contexts[i].second);
        o = read_with(&r, contexts[i].text, strlen(contexts[i].text), false);
        if (o->brands[0].count != contexts[i].count ||
            o->brands[1].count != contexts[i].other) {
            wrong++;
            print_error("%s, %s in '%s': %d, %d\n", contexts[i].first, contexts[i].second,
                        contexts[i].text, o->brands[0].count, o->brands[1].count);
        }
        bd_observation_free(o);
        bd_inquiry_free(&r);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_meant),
        cmocka_unit_test(own_contexts_tell_what_is_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
