/* What a head says of the items under it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "domain/reading/topic.h"

static void a_head_announces_names_or_things(void **state)
{
    static const struct {
        const char *head;
        enum bd_topic topic;
    } cases[] = {
        {"户外体育活动推荐(适合本地)", BD_TOPIC_THINGS},
        {"非核心部件如:", BD_TOPIC_THINGS},
        {"趣味体验/课程", BD_TOPIC_THINGS},
        {"outdoor activities to try", BD_TOPIC_THINGS},
        {"优势**:", BD_TOPIC_THINGS},
        {"主流品牌与优势", BD_TOPIC_UNSAID},
        {"本地运动品牌推荐", BD_TOPIC_NAMES},
        {"线上课程推荐", BD_TOPIC_NAMES},
        {"活动策划公司", BD_TOPIC_NAMES},
        {"local shops:", BD_TOPIC_NAMES},
        {"妈妈用品", BD_TOPIC_THINGS},
        {"母婴用品推荐", BD_TOPIC_UNSAID},
        {"球类运动", BD_TOPIC_UNSAID},
        {"推荐", BD_TOPIC_UNSAID},
        {"(推荐)", BD_TOPIC_UNSAID},
        {"", BD_TOPIC_UNSAID},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_topic_of(cases[i].head, strlen(cases[i].head)) != cases[i].topic)
            fail_msg("%s", cases[i].head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_announces_names_or_things)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
