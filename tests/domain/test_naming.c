/* tests/domain/test_naming.c - brands that nobody tracks: which names heads hold, which
 * of them are none, and where they are read from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "domain/answers.h"
#include "domain/make.h"

/* "name@rank name@rank": what is discovered in an answer of somebody who tracks 华为. */
static void discovers(const char *text, const char *wanted)
{
    struct bd_observation *o;
    struct bd_inquiry q;
    char got[1024] = "";
    size_t n = 0;

    bd_inquiry_init(&q);
    brand(&q, "华为=HUAWEI");
    o = read_with(&q, text, strlen(text), false);
    for (size_t i = 0; i < o->found_count; i++) {
        const struct bd_discovery *d = &o->found[i];

        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s@%d", n ? " " : "", d->name,
                              d->rank);
        assert_memory_equal(text + d->where.start, d->name, strlen(d->name));
    }
    bd_observation_free(o);
    bd_inquiry_free(&q);
    assert_string_equal(got, wanted);
}

static void heads_hold_names_without_their_decoration(void **state)
{
    (void)state;
    discovers("1. **蔚来（NIO）**：换电方便\n2. 🏆 理想汽车：增程\n3. 【小鹏】——智驾\n",
              "蔚来@1 理想汽车@2 小鹏@3");
    discovers("1. Sony (WH-1000XM5): quiet\n2. **Bose** - comfortable\n3. Apple\n",
              "Sony@1 Bose@2 Apple@3");
}

static void names_that_share_a_head_share_its_rank(void **state)
{
    (void)state;
    discovers("1. 蔚来 / 理想：换电\n2. 小鹏、零跑：智驾\n3. A&B Motors：快\n",
              "蔚来@1 理想@1 小鹏@2 零跑@2 A&B Motors@3");
}

static void they_take_their_places_beside_those_that_are_tracked(void **state)
{
    (void)state;
    discovers("1. 蔚来：换电\n2. 华为：智驾\n3. 理想：增程\n", "蔚来@1 理想@3");
    discovers("### 1. 高端\n- **蔚来**：换电\n- **华为**：智驾\n### 2. 入门\n- **零跑**："
              "便宜\n",
              "蔚来@1 零跑@3");
    discovers(
        "### 高端\n- **蔚来**：换电\n- **华为**：智驾\n### 入门\n- **零跑**：便宜\n",
        "蔚来@0 零跑@0");
}

static void a_table_with_ranks_is_read_like_a_list(void **state)
{
    (void)state;
    discovers("| 排名 | 品牌 | 特点 |\n|---|---|---|\n| 1 | 蔚来 | 换电 |\n| 2 | 华为 | "
              "智驾 |\n"
              "| 3 | 理想 | 增程 |\n",
              "蔚来@1 理想@3");
}

static void criteria_steps_places_and_kinds_are_no_names(void **state)
{
    (void)state;
    discovers("1. 价格：看预算\n2. 售后服务：看网点\n3. 续航里程：看工况\n", "");
    discovers(
        "1. **确认需求**：先想好\n2. **多家比较**：货比三家\n3. **签订合同**：看条款\n",
        "");
    discovers("选购时注意：\n- 板材\n- 五金件\n- 质保年限\n", "");
    discovers("1. 技术领先：铰链成熟\n2. 产品线完整：覆盖广\n3. 品质可靠：寿命长\n", "");
    discovers("1. 高端品牌：贵\n2. 中端品牌：适中\n3. 性价比品牌：便宜\n", "");
    discovers("1. 京东：正品\n2. 天猫：旗舰店多\n3. 抖音：便宜\n", "");
}

static void nobody_is_called_by_control_characters(void **state)
{
    static const char text[] = "1. 云鲸\n2. \"\0牌子\n3. 追觅\n4. 科沃斯\n";
    static char *none[1];
    static struct bd_brand brand = {.name = (char *)"石头", .aliases = none};
    const struct bd_inquiry r = {.brands = &brand, .brand_count = 1};
    struct bd_observation *o = read_with(&r, text, sizeof(text) - 1, false);

    (void)state;
    assert_int_equal(o->found_count, 3);
    for (size_t i = 0; i < o->found_count; i++)
        assert_true(o->found[i].name[0] != '\0');
    bd_observation_free(o);
}

static void a_name_is_told_once_where_it_stands_first(void **state)
{
    (void)state;
    discovers("1. 蔚来：换电\n2. 理想：增程\n\n另外：\n1. 蔚来：服务好\n2. 零跑：便宜\n",
              "蔚来@1 理想@2 零跑@4");
}

static void prose_and_one_item_alone_discover_nothing(void **state)
{
    (void)state;
    discovers("蔚来和理想都不错。\n", "");
    discovers("1. 蔚来：只有一项\n", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_hold_names_without_their_decoration),
        cmocka_unit_test(names_that_share_a_head_share_its_rank),
        cmocka_unit_test(they_take_their_places_beside_those_that_are_tracked),
        cmocka_unit_test(a_table_with_ranks_is_read_like_a_list),
        cmocka_unit_test(criteria_steps_places_and_kinds_are_no_names),
        cmocka_unit_test(nobody_is_called_by_control_characters),
        cmocka_unit_test(a_name_is_told_once_where_it_stands_first),
        cmocka_unit_test(prose_and_one_item_alone_discover_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
