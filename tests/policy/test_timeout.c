/* tests/policy/test_timeout.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "policy/timeout.h"

static const struct {
    const char *unit; /* repeated */
    int times;
    enum bd_complexity expected;
} lengths[] = {
    {"a", 0, BD_COMPLEXITY_SIMPLE},
    {"a", 19, BD_COMPLEXITY_SIMPLE},
    {"a", 20, BD_COMPLEXITY_NORMAL},
    {"a", 49, BD_COMPLEXITY_NORMAL},
    {"a", 50, BD_COMPLEXITY_COMPLEX},
    {"a", 5000, BD_COMPLEXITY_COMPLEX},
    {"车", 19, BD_COMPLEXITY_SIMPLE},
    {"车", 20, BD_COMPLEXITY_NORMAL},
    {"车", 49, BD_COMPLEXITY_NORMAL},
    {"车", 50, BD_COMPLEXITY_COMPLEX},
    {"\U0001F697", 19, BD_COMPLEXITY_SIMPLE},
    {"\U0001F697", 20, BD_COMPLEXITY_NORMAL},
    {"\xff", 19, BD_COMPLEXITY_SIMPLE},
    {"\xff", 20, BD_COMPLEXITY_NORMAL},
    {"20 万左右的新能源汽车品牌推荐", 1, BD_COMPLEXITY_SIMPLE},
};

static void complexity_counts_characters_not_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct bd_buf question;

        bd_buf_init(&question, 1 << 16);
        for (int k = 0; k < lengths[i].times; k++)
            assert_int_equal(bd_buf_add(&question, lengths[i].unit), 0);
        if (bd_timeout_complexity(question.data, question.n) != lengths[i].expected)
            fail_msg("%d times \"%s\"", lengths[i].times, lengths[i].unit);
        bd_buf_free(&question);
    }
}

static void the_row_decides_and_gaps_are_the_unknown_models(void **state)
{
    const struct bd_timeouts row = {
        .simple_ms = 15000, .normal_ms = 30000, .complex_ms = 60000};
    const struct bd_timeouts gaps = {.simple_ms = 0, .normal_ms = -1, .complex_ms = 7};

    (void)state;
    assert_int_equal(bd_timeout_ms(&row, BD_COMPLEXITY_SIMPLE), 15000);
    assert_int_equal(bd_timeout_ms(&row, BD_COMPLEXITY_NORMAL), 30000);
    assert_int_equal(bd_timeout_ms(&row, BD_COMPLEXITY_COMPLEX), 60000);
    assert_int_equal(bd_timeout_ms(NULL, BD_COMPLEXITY_SIMPLE), 10000);
    assert_int_equal(bd_timeout_ms(NULL, BD_COMPLEXITY_NORMAL), 20000);
    assert_int_equal(bd_timeout_ms(NULL, BD_COMPLEXITY_COMPLEX), 45000);
    assert_int_equal(bd_timeout_ms(&gaps, BD_COMPLEXITY_SIMPLE), 10000);
    assert_int_equal(bd_timeout_ms(&gaps, BD_COMPLEXITY_NORMAL), 20000);
    assert_int_equal(bd_timeout_ms(&gaps, BD_COMPLEXITY_COMPLEX), 7);
}

static void complexities_have_names(void **state)
{
    (void)state;
    assert_string_equal(bd_timeout_name(BD_COMPLEXITY_SIMPLE), "simple");
    assert_string_equal(bd_timeout_name(BD_COMPLEXITY_NORMAL), "normal");
    assert_string_equal(bd_timeout_name(BD_COMPLEXITY_COMPLEX), "complex");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complexity_counts_characters_not_bytes),
        cmocka_unit_test(the_row_decides_and_gaps_are_the_unknown_models),
        cmocka_unit_test(complexities_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
