/* Words around a mention; read through the reader, for types and certainty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "domain/answers.h"

static const struct {
    const char *text;
    enum bd_known mentioned;
    enum bd_mention type;
    int mood; /* sign of the sentiment; 9 = none */
} cases[] = {
    {"推荐华为。", BD_YES, BD_MENTION_RECOMMENDED, 1},
    {"## 一、关于华为\n我没有检索到“华为”足够的公开资料。", BD_NO, BD_MENTION_DISCLAIMED,
     9},
    {"关于“某地华为怎么样”这个问题，可以从几个方面判断。", BD_NO, BD_MENTION_ECHO, 9},
    {"不推荐华为。", BD_YES, BD_MENTION_NEGATIVE, -1},
    {"不太推荐华为，投诉多。", BD_YES, BD_MENTION_NEGATIVE, -1},
    {"不推荐小米，推荐华为。", BD_YES, BD_MENTION_RECOMMENDED, 1},
    {"Avoid 华为 at that price.", BD_YES, BD_MENTION_NEGATIVE, -1},
    {"华为 isn’t worth it.", BD_YES, BD_MENTION_NEGATIVE, -1},
    {"华为的口碑不好说，但没有投诉。", BD_YES, BD_MENTION_RECOMMENDED, 1},
    {"我没有找到关于华为的信息。", BD_NO, BD_MENTION_DISCLAIMED, 9},
    {"关于华为，目前没有查到公开资料。", BD_NO, BD_MENTION_DISCLAIMED, 9},
    {"I have no information about 华为.", BD_NO, BD_MENTION_DISCLAIMED, 9},
    {"虽然您提到华为，这里另有几家。", BD_NO, BD_MENTION_ECHO, 9},
    {"您询问的华为，我将为您介绍。", BD_NO, BD_MENTION_ECHO, 9},
    {"您想了解华为如何，可以从三点判断。", BD_NO, BD_MENTION_ECHO, 9},
    {"您搜索的是“华为 推荐 哪家好”，下面是方法。", BD_NO, BD_MENTION_ECHO, 9},
    {"您问的是换手机，华为这类怎么挑。", BD_NO, BD_MENTION_ECHO, 9},
    {"I don't have any specific information about 华为.", BD_NO, BD_MENTION_DISCLAIMED,
     9},
    {"Here are some strong alternatives to 华为.", BD_NO, BD_MENTION_ECHO, 9},
    {"华为，闭着眼睛买也不踩雷。", BD_YES, BD_MENTION_LISTED, 9},
    {"华为作为您提到的品牌之一，还可以。", BD_YES, BD_MENTION_LISTED, 9},
    {"您询问的华为口碑良好。", BD_YES, BD_MENTION_RECOMMENDED, 1},
    {"“华为”是占位符，无法提供介绍。", BD_UNKNOWN, BD_MENTION_DISCLAIMED, 9},
    {"华为：本次推荐列表中未被提及。", BD_YES, BD_MENTION_RECOMMENDED, 0},
    {"小米与华为相比。", BD_YES, BD_MENTION_COMPARED, 9},
    {"华为成立于一九八七年。", BD_YES, BD_MENTION_LISTED, 9},
    {"华为不可靠。", BD_YES, BD_MENTION_LISTED, -1},
    {"小米和华为都不错。", BD_YES, BD_MENTION_RECOMMENDED, 1},
    {"关于您提到的华为：\n目前没有查到它的公开信息。", BD_NO, BD_MENTION_DISCLAIMED, 9},
    {"关于华为，没有查到。", BD_NO, BD_MENTION_DISCLAIMED, 9},
    {"**关于华为**\n在目前公开可查的资料中，没有检索到它的案例。", BD_NO,
     BD_MENTION_DISCLAIMED, 9},
    {"您给出的品牌有小米和华为，我来说明。", BD_NO, BD_MENTION_ECHO, 9},
    {"关于华为，很遗憾，我没有查到它的公开资料。建议您走访华为的店面。", BD_NO,
     BD_MENTION_DISCLAIMED, 9},
    {"收到您的问题：“哪家靠谱”（用户品牌：华为；竞争对手：小米）。", BD_NO,
     BD_MENTION_ECHO, 9},
    {"由于您提到了“华为”这个品牌，我从一般角度说。", BD_NO, BD_MENTION_ECHO, 9},
    {"关于您提出的“价格排名”“华为怎么样”这几个问题，说明如下。", BD_NO, BD_MENTION_ECHO,
     9},
    {"推荐小米。", BD_NO, BD_MENTION_NONE, 9},
    {"推荐小米，", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"推荐3个品牌：\n1. 小米\n2. 某牌\n", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"抱歉，我无法提供品牌推荐。", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"Sorry, I can't recommend specific brands.", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"<think>华为好</think>推荐小米。", BD_NO, BD_MENTION_NONE, 9},
    {"<think>华为好", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"华为好</think>推荐小米。", BD_NO, BD_MENTION_NONE, 9},
    {"见 https://华为.com 与 https://x.com/华为 。推荐小米。", BD_YES, BD_MENTION_LISTED,
     9},
    {"", BD_UNKNOWN, BD_MENTION_NONE, 9},
    {"{\"error\":{\"code\":\"429\",\"message\":\"华为\"}}", BD_UNKNOWN, BD_MENTION_NONE,
     9},
};

static void words_around_a_mention_make_its_type(void **state)
{
    struct bd_brand brands[2] = {{.name = (char *)"华为"}, {.name = (char *)"小米"}};
    struct bd_inquiry r = {.brands = brands, .brand_count = 2};
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_observation *o =
            read_with(&r, cases[i].text, strlen(cases[i].text), false);
        const struct bd_sighting *b = &o->brands[0];
        int mood = isnan(b->sentiment) ? 9 : (b->sentiment > 0) - (b->sentiment < 0);

        if (b->mentioned != cases[i].mentioned || b->type != cases[i].type ||
            mood != cases[i].mood) {
            wrong++;
            print_error("%s: mentioned %d, %s, mood %d\n", cases[i].text,
                        (int)b->mentioned, bd_mention_name(b->type), mood);
        }
        bd_observation_free(o);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_around_a_mention_make_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
