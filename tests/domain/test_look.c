/* tests/domain/test_look.c - what heads look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/make.h"
#include "domain/reading/alias.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/look.h"

static enum bd_look look_of(const char *s)
{
    struct bd_alias *brands = NULL;
    struct bd_passage p;
    struct bd_items in;
    struct bd_inquiry q;
    enum bd_look look;

    bd_inquiry_init(&q);
    brand(&q, "华为");
    if (bd_alias_new(&brands, &q) < 0 ||
        bd_passage_init(&p, s, strlen(s), brands, bd_lexicon()) < 0 ||
        bd_items_collect(&in, &p) < 0)
        abort();
    look = bd_look_at(&p, &bd_items_list(&in)[0]);
    bd_items_free(&in);
    bd_passage_free(&p);
    bd_alias_free(brands);
    bd_inquiry_free(&q);
    return look;
}

static void a_head_looks_like_what_it_is(void **state)
{
    static const struct {
        const char *text;
        enum bd_look look;
    } cases[] = {
        {"1. **蔚来**：快", BD_LOOK_NAME},
        {"- 华为折叠屏很稳", BD_LOOK_NAME},
        {"- **Acme Tools** - sturdy", BD_LOOK_NAME},
        {"1. **深圳本地门店**：近", BD_LOOK_KIND},
        {"### 二、高端品牌（贵）", BD_LOOK_KIND},
        {"- **Local brands**: near", BD_LOOK_KIND},
        {"* **代表品牌**：", BD_LOOK_LABEL},
        {"- **Other brands**: A", BD_LOOK_LABEL},
        {"- **适合人群**：年轻人", BD_LOOK_PART},
        {"1. **大众点评 / 美团**：查", BD_LOOK_PART},
        {"- **Battery life**: long", BD_LOOK_PART},
        {"### 如何选择靠谱的品牌？", BD_LOOK_ADVICE},
        {"## How to choose", BD_LOOK_ADVICE},
        {"## 常见服务类型", BD_LOOK_ADVICE},
        {"- **Best overall:** Acme", BD_LOOK_LABEL},
        {"- 性价比之选：蔚来", BD_LOOK_LABEL},
        {"- 开放厨房：选蔚来", BD_LOOK_OTHER},
        {"**1. 多久清洗一次？**", BD_LOOK_ADVICE},
        {"### 第三步：核对保修", BD_LOOK_ADVICE},
        {"### Step 2: Measure the room", BD_LOOK_ADVICE},
        {"### 第一车企", BD_LOOK_KIND},
        {"1. **中宁枸杞（相关品牌）**", BD_LOOK_KIND},
        {"### 1. 某市改装中心（如“深改”、“车界”等）", BD_LOOK_KIND},
        {"1. **中宁枸杞（新）**", BD_LOOK_NAME},
        {"- **特斯拉改装**：可联系特斯拉官方服务中心升级", BD_LOOK_PART},
        {"- **小鹏、蔚来等**：建议联系官方渠道", BD_LOOK_PART},
        {"- **快鸟搬家**：可联系客服约时间", BD_LOOK_NAME},
        {"### 推荐平台/渠道（可查门店）", BD_LOOK_ADVICE},
        {"1. **CDN服务**：快", BD_LOOK_PART},
        {"1. **有赞CRM系统**：快", BD_LOOK_NAME},
        {"1. **广告传媒类公司**：多", BD_LOOK_PART},
        {"- **微信小程序/公众号**：查", BD_LOOK_PART},
        {"### 四、付款前要问的问题", BD_LOOK_ADVICE},
        {"- **3000-4000元**：够用", BD_LOOK_OTHER},
        {"- **Keep the receipt**: for returns", BD_LOOK_OTHER},
        {"- **Bank of Nowhere**: near", BD_LOOK_NAME},
        {"- 设计风格多样，注重美学", BD_LOOK_OTHER},
        {"- 某地有诸如**Zero**等店", BD_LOOK_OTHER},
    };
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum bd_look got = look_of(cases[i].text);

        if (got != cases[i].look) {
            wrong++;
            print_error("%s: %d instead of %d\n", cases[i].text, (int)got,
                        (int)cases[i].look);
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_head_looks_like_what_it_is)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
