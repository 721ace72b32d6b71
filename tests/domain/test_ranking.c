/* Lists in the shapes that answers have; read through the reader, for ranks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/answers.h"

/* Brands are 甲牌 乙牌 丙牌; the ranks are of these three. */
static const struct {
    const char *name, *text;
    int ranks[3];
    enum bd_list_kind kind;
} cases[] = {
    {"what makes one good is in no place",
     "### Part 1: What makes one good?\n1. **Origin**: near\n2. **Harvest date**: "
     "late\n\n"
     "### Part 2: Brands\n1. **甲牌**\n2. **乙牌**\n",
     {1, 2},
     BD_LIST_NUMBERED},
    {"numbers go on over a heading with advice in brackets",
     "### 一、高端（预算足，注意隔音）\n1. 某牌\n2. 另牌\n### 二、中端\n1. 甲牌\n2. "
     "乙牌\n",
     {3, 4},
     BD_LIST_NUMBERED},
    {"a table before a list of nobody who is tracked",
     "| 品牌 | 特点 |\n|---|---|\n| 某牌 | 快 |\n| 甲牌 | 稳 |\n\n## 看机\n1. "
     "**通道数**：多\n"
     "2. **操作难度**：低\n",
     {2},
     BD_LIST_TABLE},
    {"questions to oneself are in no place",
     "### 一、先想\n1. **目的是什么？**\n2. **能否自律？**\n### 二、机构\n1. "
     "**某牌**\n2. **甲牌**\n",
     {2},
     BD_LIST_NUMBERED},
    {"bullets in a chapter are in no place",
     "### 一、先查听力\n医院。\n### 二、推荐\n#### **国际**\n*   **某牌**\n*   "
     "**另牌**\n#### **国产**\n*   "
     "**甲牌**\n### 三、价格\n看。\n### 四、误区\n多。\n",
     {0},
     BD_LIST_BULLETS},
    {"but tiers are an order",
     "### 一、品牌梯队\n#### **第一梯队**\n*   **某牌**\n*   **甲牌**\n### "
     "二、价格\n看。\n### 三、误区\n多。\n",
     {2},
     BD_LIST_BULLETS},
    {"kinds with numbers, in an analysis",
     "**一、按类型分析**\n\n1.  **综合型公司**\n    *   **某牌**：大\n    *   "
     "**甲牌**：快\n\n2.  **垂直公司**\n    *   "
     "**乙牌**：专\n",
     {2, 3},
     BD_LIST_BULLETS},
    {"rows of makers",
     "| 厂商 | 优势 |\n|---|---|\n| 某牌 | 大 |\n| 甲牌 | 小 |\n",
     {2},
     BD_LIST_TABLE},
    {"rows of hospitals",
     "| 医院 | 类型 |\n|---|---|\n| 某院 | 大 |\n| 甲牌 | 小 |\n",
     {2},
     BD_LIST_TABLE},
    {"numbers", "1. 乙牌：好\n2. 甲牌\n3. 丙牌\n", {2, 1, 3}, BD_LIST_NUMBERED},
    {"untracked brands take their places",
     "1. 某牌\n2. 甲牌\n3. 另牌\n4. 丙牌\n",
     {2, 0, 4},
     BD_LIST_NUMBERED},
    {"details are no items",
     "1. **甲牌**\n   - 对标乙牌\n   - **乙牌**：对手\n2. **丙牌**\n",
     {1, 0, 2},
     BD_LIST_NUMBERED},
    {"headings with numbers",
     "## 一、国内\n### 1. **甲牌（JIA）**\n- **优势**：稳\n### 2. 乙牌\n- 好\n",
     {1, 2, 0},
     BD_LIST_HEADINGS},
    {"restarted numbers go on",
     "### 高端\n1. 甲牌\n2. 乙牌\n### 平价\n1. 丙牌\n",
     {1, 2, 3},
     BD_LIST_NUMBERED},
    {"numbers that go on over lists of nobody we know",
     "**高端**\n1. 某牌\n2. 另牌\n\n选购要点：\n\n3. 甲牌\n4. 乙牌\n",
     {3, 4, 0},
     BD_LIST_NUMBERED},
    {"needs with medals",
     "### 🥇 综合首选：乙牌（YI）一号\n好\n### 🥈 "
     "国产性价比：甲牌\n省\n",
     {2, 1, 0},
     BD_LIST_HEADINGS},
    {"a medal and its number",
     "## 🥇 1. 乙牌\n好\n## 🥈 2. 甲牌\n省\n",
     {2, 1, 0},
     BD_LIST_HEADINGS},
    {"choices with numbers",
     "### 1. Best overall: 乙牌\ngood\n### 2. Best value: 甲牌\nfine\n",
     {2, 1, 0},
     BD_LIST_HEADINGS},
    {"a column of places before bullets under chapters",
     "### 一、排名\n\n| 排名 | 品牌 |\n|---|---|\n| 1 | 乙牌 |\n| 2 | 甲牌 |\n\n"
     "### 二、怎么用\n- 甲牌：好\n- 乙牌：好\n",
     {2, 1, 0},
     BD_LIST_TABLE},
    {"a column of places before notes with numbers",
     "| 排名 | 型号 |\n|---|---|\n| 1 | 乙牌 P1 |\n| 2 | 甲牌 C3 |\n\n补充说明：\n1. "
     "丙牌目前超预算\n2. 坐深要可调\n",
     {2, 1, 0},
     BD_LIST_TABLE},
    {"a table of brands before a list of nobody",
     "1. **急性腹泻**：布拉氏菌\n2. **肠绞痛**：罗伊氏菌\n\n| 品牌 | 价 |\n|---|---|\n| "
     "乙牌 | "
     "9 |\n| 甲牌 | 8 |\n",
     {2, 1, 0},
     BD_LIST_TABLE},
    {"a table before fewer bullets under chapters",
     "### 一、第一梯队\n\n| 工具 | 价 |\n|---|---|\n| 乙牌 | 9 |\n| 甲牌 | 8 |\n\n### "
     "二、第二梯队\n- **丙牌**：省\n",
     {2, 1, 0},
     BD_LIST_TABLE},
    {"a column of places that goes on in the next table",
     "| 排序 | 奶粉 |\n|---|---|\n| 1 | 乙牌 |\n| 2 | 某牌 |\n\n文字\n\n"
     "| 排序 | 奶粉 |\n|---|---|\n| 3 | 甲牌 |\n\n文字\n\n"
     "| 排序 | 奶粉 |\n|---|---|\n| 1 | 丙牌 |\n",
     {3, 1, 0},
     BD_LIST_TABLE},
    {"advice before brands does not count",
     "选购要点：\n1. 看材料\n2. 看口碑\n\n推荐品牌：\n1. 甲牌\n2. 乙牌\n",
     {1, 2, 0},
     BD_LIST_NUMBERED},
    {"a comparison has no ranks",
     "### 1. 品质\n- 甲牌：好\n- 乙牌：好\n### 2. 价格\n- 甲牌：低\n- 乙牌：高\n"
     "### 3. 服务\n- 甲牌：快\n- 乙牌：慢\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"numbers stand above bullets",
     "- **甲牌**：稳\n- **乙牌**：新\n\n综合排名：\n\n1. 乙牌\n2. 甲牌\n",
     {2, 1, 0},
     BD_LIST_NUMBERED},
    {"bullets alone are no order",
     "值得买的有：\n- 丙牌\n- 甲牌\n",
     {0, 0, 0},
     BD_LIST_BULLETS},
    {"nor are headings without numbers",
     "### 丙牌\n稳\n### 甲牌\n新\n",
     {0, 0, 0},
     BD_LIST_HEADINGS},
    {"bullets under numbers count on",
     "### 1. 高端\n- 丙牌：稳\n### 2. 平价\n- 甲牌：新\n",
     {2, 0, 1},
     BD_LIST_BULLETS},
    {"the order at the end stands above headings",
     "### 甲牌\n稳\n### 乙牌\n新\n### 排序\n1. 乙牌\n2. 甲牌\n",
     {2, 1, 0},
     BD_LIST_NUMBERED},
    {"the same two again are compared",
     "1. **规模**\n   - 甲牌：大\n   - 乙牌：小\n2. **产品**\n   - 甲牌：多\n   - "
     "乙牌：少\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"an example among the parts of a description has no rank",
     "1. **贴膜**\n   * 如**甲牌**等老店\n   * **适合**：新车\n   * **价格**：中\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"users of a brand are not the brand",
     "1. 选购\n   - 甲牌老用户：优先看续航\n   - 学生：看价格\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"co-listed brands share a rank",
     "1. 甲牌 / 乙牌\n2. 丙牌\n",
     {1, 1, 2},
     BD_LIST_NUMBERED},
    {"an alias alone in brackets heads its item",
     "1. JIA（甲牌）：稳\n2. 子牌（乙牌旗下）\n3. 丙牌\n",
     {1, 0, 3},
     BD_LIST_NUMBERED},
    {"medals", "🥇 乙牌\n🥈 甲牌\n🥉 丙牌\n", {2, 1, 3}, BD_LIST_NUMBERED},
    {"keycaps", "1️⃣ 乙牌\n2️⃣ 甲牌\n", {2, 1, 0}, BD_LIST_NUMBERED},
    {"places in words", "第一名：乙牌\n第二名：甲牌\n", {2, 1, 0}, BD_LIST_NUMBERED},
    {"a table with a rank column",
     "| 名次 | 品牌 | 对比 |\n|---|---|---|\n| 2 | 甲牌 | 乙牌 |\n| 1 | 丙牌 | - |\n",
     {2, 0, 1},
     BD_LIST_TABLE},
    {"a table with a column of places stands above bullets",
     "| 排名 | 公司 |\n|---|---|\n| 1 | 乙牌 |\n| 2 | 甲牌 |\n\n- 甲牌：好\n- 乙牌：贵\n",
     {2, 1, 0},
     BD_LIST_TABLE},
    {"what is complained of is in no order",
     "**一、课程**\n甲牌早，乙牌新。\n\n**二、家长反馈的问题**\n- 甲牌：电话多\n- "
     "乙牌：无聊\n",
     {0, 0, 0},
     BD_LIST_BULLETS},
    {"a table with a brand column",
     "| 品牌 | 价 |\n|---|---|\n| 某牌 | 1 |\n| 甲牌 | 2 |\n",
     {2, 0, 0},
     BD_LIST_TABLE},
    {"a table of brands side by side has none",
     "| 维度 | 甲牌 | 乙牌 |\n|---|---|---|\n| 价 | 1 | 2 |\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"a condition is no head",
     "- 如果选甲牌，注意\n- 预算够选乙牌\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"a choice on a condition is no rank",
     "甲牌和乙牌都好。如果追求省电，首选乙牌。\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"nor is a choice for a need",
     "甲牌和乙牌都好。\n- **高端体验首选**：乙牌。\n",
     {0, 0, 0},
     BD_LIST_NONE},
    {"a first choice of all is",
     "甲牌和乙牌都好。\n- **综合首选**：乙牌。\n",
     {0, 1, 0},
     BD_LIST_NONE},
    {"but one that only looks like it is",
     "甲牌和乙牌都好。如果一定要排出次序，首选乙牌。\n",
     {0, 1, 0},
     BD_LIST_NONE},
    {"a title is no item",
     "## 甲牌手机推荐\n1. 乙牌\n2. 丙牌\n",
     {0, 1, 2},
     BD_LIST_NUMBERED},
};

static void ranks_are_those_of_the_list(void **state)
{
    static const char *const names[] = {"甲牌", "乙牌", "丙牌"};
    struct bd_brand brands[3] = {{0}};
    struct bd_inquiry r = {.brands = brands, .brand_count = 3};
    int wrong = 0;

    (void)state;
    for (int i = 0; i < 3; i++)
        brands[i].name = (char *)names[i];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_observation *o =
            read_with(&r, cases[i].text, strlen(cases[i].text), false);

        for (int b = 0; b < 3; b++)
            if (o->brands[b].rank != cases[i].ranks[b]) {
                wrong++;
                print_error("%s: %s has rank %d instead of %d\n", cases[i].name, names[b],
                            o->brands[b].rank, cases[i].ranks[b]);
            }
        if (o->list != cases[i].kind) {
            wrong++;
            print_error("%s: list kind %d\n", cases[i].name, (int)o->list);
        }
        bd_observation_free(o);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_those_of_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
