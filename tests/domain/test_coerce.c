/* tests/domain/test_coerce.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "domain/reading/coerce.h"

static json_t *value(const char *text)
{
    json_t *v = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(v);
    return v;
}

static void ranks(void **state)
{
    static const struct {
        const char *v;
        int rank;
    } cases[] = {{"2", 2},          {"2.0", 2},
                 {"\"第2名\"", 2},  {"\"2/10\"", 2},
                 {"\"#3\"", 3},     {"\"TOP1\"", 1},
                 {"\"二\"", 2},     {"-1", 0},
                 {"0", 0},          {"\"-1\"", 0},
                 {"\"未提及\"", 0}, {"11", 0},
                 {"\"５\"", 5},     {"\"99999999999\"", 0},
                 {"null", 0},       {"true", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *v = value(cases[i].v);

        assert_int_equal(bd_coerce_rank(v), cases[i].rank);
        json_decref(v);
    }
}

static void sentiments(void **state)
{
    static const struct {
        const char *v;
        double mood;
    } cases[] = {{"0.6", 0.6},           {"80", 0.8},      {"-3", -1},
                 {"\"80%\"", 0.8},       {"\"0.5\"", 0.5}, {"\"正面\"", 0.7},
                 {"\"Negative\"", -0.7}, {"\"中性\"", 0},  {"500", 1},
                 {"\"number\"", NAN},    {"null", NAN}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *v = value(cases[i].v);
        double mood = bd_coerce_sentiment(v);

        assert_true(isnan(cases[i].mood) ? isnan(mood)
                                         : fabs(mood - cases[i].mood) < 1e-9);
        json_decref(v);
    }
}

static void placeholders(void **state)
{
    static const struct {
        const char *v;
        int is;
    } cases[] = {{"\"品牌 A\"", 1},  {"\"品牌A\"", 1},    {"\"品牌1\"", 1},
                 {"\"Brand X\"", 1}, {"\"string\"", 1},   {"\"品牌名称\"", 1},
                 {"\"华为\"", 0},    {"\"brandiag\"", 0}, {"\"brandy\"", 0},
                 {"\"品牌名\"", 1},  {"\"品牌\"", 1},     {"true", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *v = value(cases[i].v);

        assert_int_equal(bd_coerce_placeholder(v), cases[i].is);
        json_decref(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks),
        cmocka_unit_test(sentiments),
        cmocka_unit_test(placeholders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
