/* tests/domain/test_observation.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "domain/answers.h"

static json_t *json_of(const char *text, bool cut)
{
    static char *none[1];
    static struct bd_brand brands[2] = {{.name = (char *)"华为", .aliases = none},
                                        {.name = (char *)"小米", .aliases = none}};
    struct bd_inquiry r = {.brands = brands, .brand_count = 2};
    struct bd_observation *o = read_with(&r, text, strlen(text), cut);
    json_t *v = bd_observation_json(o, &r, text, strlen(text));

    assert_non_null(v);
    bd_observation_free(o);
    return v;
}

static void check_text(const json_t *v, const char *want)
{
    char *seen = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(3));

    assert_string_equal(seen, want);
    free(seen);
}

static void the_legacy_view_is_of_the_text(void **state)
{
    json_t *v = json_of("1. 小米：好\n2. 某牌\n\n"
                        "{\"geo_analysis\":{\"brand_mentioned\":true,\"rank\":1}}",
                        false);

    (void)state;
    check_text(json_object_get(v, "geo_analysis"),
               "{\"brand_mentioned\":false,\"rank\":-1,\"sentiment\":null,"
               "\"cited_sources\":[],\"interception\":\"小米\"}");
    check_text(json_object_get(v, "interception"), "{\"value\":true,\"by\":[\"小米\"]}");
    check_text(json_object_get(json_object_get(v, "claims"), "conflict"), "true");
    json_decref(v);
}

static void unknown_is_null_not_false(void **state)
{
    json_t *v = json_of("推荐小米和", true);
    const json_t *main_brand = json_array_get(json_object_get(v, "brands"), 0);

    (void)state;
    check_text(json_object_get(main_brand, "mentioned"), "null");
    check_text(json_object_get(main_brand, "rank"), "null");
    check_text(json_object_get(json_object_get(v, "interception"), "value"), "null");
    check_text(json_object_get(json_object_get(v, "geo_analysis"), "brand_mentioned"),
               "null");
    json_decref(v);
}

static void evidence_is_where_the_brand_stands(void **state)
{
    json_t *v = json_of("推荐华为。", false);
    const json_t *main_brand = json_array_get(json_object_get(v, "brands"), 0);

    (void)state;
    check_text(json_object_get(main_brand, "evidence"),
               "[{\"start\":6,\"end\":12,\"matched\":\"华为\"}]");
    check_text(json_object_get(main_brand, "rank_source"), "\"order\"");
    check_text(json_object_get(v, "first_brand"), "\"华为\"");
    json_decref(v);
}

static void a_template_is_no_claim(void **state)
{
    json_t *v =
        json_of("推荐华为。{\"geo_analysis\":{\"brand_mentioned\":true,\"rank\":3}}\n"
                "格式：{\"geo_analysis\":{\"brand_mentioned\":boolean,"
                "\"rank\":number}} {\"top3_brands\":[{\"name\":\"品牌 A\","
                "\"rank\":1}]}",
                false);

    (void)state;
    check_text(json_object_get(json_object_get(v, "claims"), "json_rank"), "3");
    json_decref(v);
}

static void free_takes_null(void **state)
{
    (void)state;
    bd_observation_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_legacy_view_is_of_the_text),
        cmocka_unit_test(unknown_is_null_not_false),
        cmocka_unit_test(evidence_is_where_the_brand_stands),
        cmocka_unit_test(a_template_is_no_claim),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
