/* tests/domain/test_praise.c - what is praise and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "domain/reading/praise.h"

static bool only(const char *s)
{
    return bd_praise_only(s, strlen(s));
}

static void a_superlative_without_a_doubt_is_praise_only(void **state)
{
    (void)state;
    assert_true(only("某某是行业第一品牌, 效果完美"));
    assert_true(only("acme is the world's best robot, unmatched in every way"));
    assert_false(only("某某的吸力为 8000pa, 续航 180 分钟"));
    assert_false(only("acme has a good battery"));
    assert_false(only(""));
}

static void a_drawback_a_contrast_or_a_distance_ends_it(void **state)
{
    (void)state;
    assert_false(only("某某是行业第一品牌, 但价格偏高"));
    assert_false(only("某某自称全球领先"));
    assert_false(only("acme claims to be the best"));
    assert_false(only("acme is top-rated, but noisy"));
    assert_false(only("与其它品牌相比, 某某最好"));
}

static void only_the_bytes_given_are_looked_at(void **state)
{
    (void)state;
    const char *s = "最好的品牌, 但贵";

    assert_true(bd_praise_only(s, strlen("最好的品牌")));
    assert_false(bd_praise_only(s, 2)); /* half a character */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_superlative_without_a_doubt_is_praise_only),
        cmocka_unit_test(a_drawback_a_contrast_or_a_distance_ends_it),
        cmocka_unit_test(only_the_bytes_given_are_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
