/* tests/domain/test_marker.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "domain/reading/marker.h"

static const struct {
    const char *line;
    enum bd_marker_kind kind;
    int number;
    const char *rest;
} cases[] = {
    {"1. 欧派", BD_MARKER_NUMBER, 1, "欧派"},
    {"2、欧派", BD_MARKER_NUMBER, 2, "欧派"},
    {"3) Zoho", BD_MARKER_NUMBER, 3, "Zoho"},
    {"（4）欧派", BD_MARKER_NUMBER, 4, "欧派"},
    {"① 蔚来", BD_MARKER_NUMBER, 1, "蔚来"},
    {"⑪蔚来", BD_MARKER_NUMBER, 11, "蔚来"},
    {"2️⃣ 小米", BD_MARKER_NUMBER, 2, "小米"},
    {"🔟 小米", BD_MARKER_NUMBER, 10, "小米"},
    {"🥈 小米", BD_MARKER_RANK, 2, "小米"},
    {"🥈 2. 小米", BD_MARKER_RANK, 2, "小米"}, /* the same place twice */
    {"🥈 3. 小米", BD_MARKER_RANK, 2, "3. 小米"},
    {"第一名：小米", BD_MARKER_RANK, 1, "小米"},
    {"第3位 小米", BD_MARKER_RANK, 3, "小米"},
    {"第二推荐：小米", BD_MARKER_RANK, 2, "小米"},
    {"**第三选择**：小米", BD_MARKER_RANK, 3, "小米"},
    {"第一选择是小米", BD_MARKER_NONE, 0, "第一选择是小米"},
    {"TOP 1 小米", BD_MARKER_RANK, 1, "小米"},
    {"No.2：小米", BD_MARKER_RANK, 2, "小米"},
    {"#3 Sony", BD_MARKER_RANK, 3, "Sony"},
    {"一、国际品牌", BD_MARKER_CHAPTER, 1, "国际品牌"},
    {"（十二）其他", BD_MARKER_CHAPTER, 12, "其他"},
    {"• 小米", BD_MARKER_BULLET, 0, "小米"},
    {"🏡 一、国内", BD_MARKER_CHAPTER, 1, "国内"},
    {"✅ 1. **看实力**", BD_MARKER_NUMBER, 1, "看实力**"},
    {"一些品牌", BD_MARKER_NONE, 0, "一些品牌"},
    {"3.5英寸", BD_MARKER_NONE, 0, "3.5英寸"},
    {"5个品牌", BD_MARKER_NONE, 0, "5个品牌"},
    {"2024. 年", BD_MARKER_NONE, 0, "2024. 年"},
    {"第一步", BD_MARKER_NONE, 0, "第一步"},
    {"(2) x", BD_MARKER_NUMBER, 2, "x"},
    {"", BD_MARKER_NONE, 0, ""},
};

static void reads_the_mark_and_what_is_behind_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_marker m = bd_marker_read(cases[i].line, strlen(cases[i].line));

        if (m.kind != cases[i].kind || m.number != cases[i].number)
            print_error("%s: kind %d number %d\n", cases[i].line, (int)m.kind, m.number);
        assert_int_equal(m.kind, cases[i].kind);
        assert_int_equal(m.number, cases[i].number);
        assert_string_equal(cases[i].line + m.bytes, cases[i].rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_mark_and_what_is_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
