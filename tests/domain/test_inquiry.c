/* tests/domain/test_inquiry.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/make.h"

static void a_question_is_never_split(void **state)
{
    static const char *const text = " 买什么车好？怎么选；多少钱,哪家好\n1. A=B 2. C  ";
    struct bd_inquiry r;
    struct bd_error err = {0};

    (void)state;
    bd_inquiry_init(&r);
    assert_int_equal(bd_inquiry_add_question(&r, text, &err), 0);
    assert_int_equal(r.question_count, 1);
    assert_string_equal(r.questions[0], text);
    bd_inquiry_free(&r);
}

static void brand_with_aliases_is_split_and_trimmed(void **state)
{
    (void)state;
    static const char *const specs[] = {
        "华为=HUAWEI,问界",
        " 华为 = HUAWEI , 问界 ",
        "华为＝HUAWEI，问界",
        "　华为　＝　HUAWEI　,　问界　",
    };

    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        struct bd_inquiry r;

        bd_inquiry_init(&r);
        brand(&r, specs[i]);
        assert_string_equal(r.brands[0].name, "华为");
        assert_int_equal(r.brands[0].alias_count, 2);
        assert_string_equal(r.brands[0].aliases[0], "HUAWEI");
        assert_string_equal(r.brands[0].aliases[1], "问界");
        bd_inquiry_free(&r);
    }
}

static void model_may_hold_slashes(void **state)
{
    (void)state;
    struct bd_inquiry r;

    bd_inquiry_init(&r);
    model(&r, "local/org/model/v2");
    model(&r, "qwen");
    assert_string_equal(r.models[0].provider, "local");
    assert_string_equal(r.models[0].model, "org/model/v2");
    assert_string_equal(r.models[1].provider, "qwen");
    assert_null(r.models[1].model);
    bd_inquiry_free(&r);
}

static void question_is_kept_byte_by_byte(void **state)
{
    (void)state;
    static const char q[] = "  哪个好？\n1, 2 = 3;  ";
    struct bd_inquiry r;

    bd_inquiry_init(&r);
    question(&r, q);
    assert_int_equal(r.question_count, 1);
    assert_string_equal(r.questions[0], q);
    bd_inquiry_free(&r);
}

static void bad_pieces_are_refused_and_leave_nothing_behind(void **state)
{
    (void)state;
    static const char *const brands[] = {
        "", " 　", "=HUAWEI", "华为=", "华为=a,,b", "a\nb", "\xff\xfe", "a\x1b[31m"};
    struct bd_error err;
    struct bd_inquiry r;
    char longest[BD_INQUIRY_NAME_BYTES + 2];

    bd_inquiry_init(&r);
    for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
        assert_int_equal(bd_inquiry_add_brand(&r, brands[i], &err), -1);
        assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
        assert_int_equal(r.brand_count, 0);
    }
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(bd_inquiry_add_brand(&r, longest, &err), -1);
    assert_non_null(strstr(err.message, "201 bytes, the limit is 200"));
    longest[sizeof(longest) - 2] = '\0';
    assert_int_equal(bd_inquiry_add_brand(&r, longest, &err), 0);
    assert_int_equal(bd_inquiry_add_question(&r, " \n　", &err), -1);
    assert_int_equal(bd_inquiry_add_question(&r, "\xe4\xbd", &err), -1);
    assert_int_equal(bd_inquiry_add_model(&r, "", &err), -1);
    assert_int_equal(bd_inquiry_add_model(&r, "/m", &err), -1);
    assert_int_equal(bd_inquiry_add_model(&r, "doubao/", &err), -1);
    assert_non_null(strstr(err.context, "doubao"));
    assert_int_equal(r.question_count + r.model_count, 0);
    bd_inquiry_free(&r);
}

static void limits_are_refused_not_cut(void **state)
{
    (void)state;
    struct bd_error err;
    struct bd_inquiry r;
    char name[32];
    char *q = calloc(1, BD_INQUIRY_QUESTION_BYTES + 2);

    assert_non_null(q);
    bd_inquiry_init(&r);
    for (int i = 0; i < BD_INQUIRY_BRANDS; i++) {
        snprintf(name, sizeof(name), "brand%d", i);
        brand(&r, name);
    }
    assert_int_equal(bd_inquiry_add_brand(&r, "one more", &err), -1);
    assert_int_equal(r.brand_count, BD_INQUIRY_BRANDS);
    memset(q, 'x', BD_INQUIRY_QUESTION_BYTES + 1);
    assert_int_equal(bd_inquiry_add_question(&r, q, &err), -1);
    q[BD_INQUIRY_QUESTION_BYTES] = '\0';
    assert_int_equal(bd_inquiry_add_question(&r, q, &err), 0);
    for (int i = 0; i < BD_INQUIRY_MODELS; i++) {
        snprintf(name, sizeof(name), "p/m%d", i);
        model(&r, name);
    }
    assert_int_equal(bd_inquiry_add_model(&r, "p/more", &err), -1);
    free(q);
    bd_inquiry_free(&r);
}

struct change { /* what a case does to the complete reference request */
    const char *brand, *question, *model;
    int samples;
    const char *lang;
    unsigned probes;
    const char *says; /* NULL = accepted */
};

static void check_names_what_to_change(void **state)
{
    (void)state;
    static const struct change cases[] = {
        {.says = NULL},
        {.brand = "HUAWEI", .says = "share the name"},
        {.brand = "理想=huawei", .says = "'华为' and '理想'"},
        {.brand = "ＢＹＤ", .says = "share the name"},     /* full width */
        {.brand = "ｔｅＳＬＡ", .says = "share the name"}, /* and case */
        {.brand = "理想=Li,LI,理想", .says = NULL},        /* its own, twice: harmless */
        {.question = "{{brand}} 好吗", .says = "'{{brand}} 好吗'"},
        {.question = "JSON {a} 是什么", .says = NULL},
        {.question = "20 万左右的新能源汽车品牌推荐", .says = "stands there twice"},
        {.model = "qwen", .says = "'qwen' stands there twice"},
        {.model = "qwen/max", .says = NULL},
        {.samples = BD_INQUIRY_SAMPLES + 1, .says = "1 to 10000"},
        {.samples = -1, .says = "1 to 10000"},
        {.lang = "fr", .says = "zh or en"},
        {.probes = 8, .says = "no probe"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_error err = {0};
        struct bd_inquiry r;
        int rc;

        reference(&r);
        if (cases[i].brand)
            brand(&r, cases[i].brand);
        if (cases[i].question)
            question(&r, cases[i].question);
        if (cases[i].model)
            model(&r, cases[i].model);
        if (cases[i].samples)
            r.samples = cases[i].samples;
        if (cases[i].probes)
            r.probes = cases[i].probes;
        if (cases[i].lang)
            snprintf(r.lang, sizeof(r.lang), "%s", cases[i].lang);
        rc = bd_inquiry_check(&r, &err);
        if (!cases[i].says && rc < 0)
            fail_msg("case %zu: %s", i, err.message);
        if (cases[i].says && (rc == 0 || !strstr(err.message, cases[i].says)))
            fail_msg("case %zu: %d '%s'", i, rc, err.message);
        bd_inquiry_free(&r);
    }
}

static void incomplete_requests_are_refused(void **state)
{
    (void)state;
    struct bd_error err;
    struct bd_inquiry r;

    bd_inquiry_init(&r);
    assert_int_equal(bd_inquiry_check(&r, &err), -1);
    assert_non_null(strstr(err.message, "no brand"));
    brand(&r, "华为");
    assert_int_equal(bd_inquiry_check(&r, &err), -1);
    assert_non_null(strstr(err.message, "no question"));
    question(&r, "?");
    assert_int_equal(bd_inquiry_check(&r, &err), -1);
    assert_non_null(strstr(err.message, "no model"));
    model(&r, "qwen");
    assert_int_equal(bd_inquiry_check(&r, &err), 0);
    bd_inquiry_free(&r);
}

static void reference_case_has_eight_and_two_tasks(void **state)
{
    (void)state;
    struct bd_inquiry r;

    reference(&r);
    assert_int_equal(bd_inquiry_task_count(&r), 10);
    r.probes = BD_PROBE_MATRIX;
    assert_int_equal(bd_inquiry_task_count(&r), 8);
    r.probes = BD_PROBE_NEUTRAL;
    r.samples = 7;
    assert_int_equal(bd_inquiry_task_count(&r), 14);
    bd_inquiry_free(&r);
}

static void json_goes_there_and_back(void **state)
{
    (void)state;
    struct bd_error err = {0};
    struct bd_inquiry r, back;
    json_t *o, *again;

    reference(&r);
    model(&r, "local/org/m");
    r.samples = 3;
    r.deadline_ms = 15000;
    r.probes = BD_PROBE_NEUTRAL;
    r.weights = (struct bd_score_weights){1, 2, 0, 4};
    snprintf(r.lang, sizeof(r.lang), "en");
    o = bd_inquiry_to_json(&r);
    must(bd_inquiry_from_json(&back, o, &err), &err);
    again = bd_inquiry_to_json(&back);
    assert_true(json_equal(o, again));
    assert_int_equal(back.samples, 3);
    assert_memory_equal(&back.weights, &r.weights, sizeof(r.weights));
    assert_string_equal(back.models[2].model, "org/m");
    assert_string_equal(back.brands[3].aliases[0], "BYD");
    json_decref(o);
    json_decref(again);
    bd_inquiry_free(&r);
    bd_inquiry_free(&back);
}

static void contexts_are_taken_apart_and_come_back(void **state)
{
    struct bd_error err = {0};
    struct bd_inquiry r, back;
    json_t *o;

    (void)state;
    bd_inquiry_init(&r);
    brand(&r, "小米=Xiaomi, -小米粥，-小米辣 , +手机,-");
    assert_int_equal(r.brands[0].alias_count, 2); /* a lone sign is a name */
    assert_string_equal(r.brands[0].aliases[1], "-");
    o = bd_inquiry_to_json(&r);
    must(bd_inquiry_from_json(&back, o, &err), &err);
    assert_int_equal(back.brands[0].deny.count, 2);
    assert_string_equal(back.brands[0].deny.at[1], "小米辣");
    assert_int_equal(back.brands[0].require.count, 1);
    assert_string_equal(back.brands[0].require.at[0], "手机");
    json_decref(o);
    bd_inquiry_free(&r);
    bd_inquiry_free(&back);
}

static void a_phrase_that_is_the_name_is_refused(void **state)
{
    struct bd_error err = {0};
    struct bd_inquiry r;

    (void)state;
    reference(&r);
    brand(&r, "蔚来=NIO,-ＮＩＯ");
    assert_int_equal(bd_inquiry_check(&r, &err), -1);
    assert_non_null(
        strstr(err.message, "brand '蔚来' is denied by its own name 'ＮＩＯ'"));
    bd_inquiry_free(&r);
}

static void wrong_json_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"[]", "must be a JSON object"},
        {"{\"question\":[\"a\"]}", "did you mean 'questions'?"},
        {"{\"colour\":1}", "unknown member 'colour': remove it"},
        {"{\"brand\":7}", "'brand' must be a name"},
        {"{\"brand\":{\"name\":\"a\",\"alias\":[]}}", "unknown member 'alias'"},
        {"{\"brand\":{\"name\":\"a\",\"aliases\":\"b\"}}", "'aliases' must be"},
        {"{\"brand\":{\"name\":\"a\",\"deny\":[1]}}", "'deny' must be"},
        {"{\"brand\":\"a\",\"competitors\":\"b\"}", "'competitors' must be"},
        {"{\"competitors\":[\"b\"]}", "without 'brand'"},
        {"{\"questions\":\"b\"}", "'questions' must be"},
        {"{\"questions\":[\"a\\u0000b\"]}", "without NUL"},
        {"{\"brand\":\"a\\u0000b\"}", "control characters"},
        {"{\"probes\":[\"both\"]}", "unknown probe 'both'"},
        {"{\"samples\":1.5}", "'samples' must be"},
        {"{\"deadline_ms\":-1}", "'deadline_ms' must be"},
        {"{\"lang\":\"de\"}", "'lang' must be"},
        {"{\"score_weights\":[1]}", "'score_weights' must be"},
        {"{\"score_weights\":{\"mention\":1}}", "needs 'rank'"},
        {"{\"score_weights\":{\"mention\":1001,\"rank\":0,\"share_of_voice\":0,"
         "\"sentiment\":0}}",
         "from 0 to 1000"},
        {"{\"score_weights\":{\"mention\":0,\"rank\":1,\"share_of_voice\":0,"
         "\"sentiment\":0}}",
         "above 0"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_error err = {0};
        struct bd_inquiry r;
        json_t *o = json_loads(cases[i].json, JSON_ALLOW_NUL, NULL);

        assert_non_null(o);
        assert_int_equal(bd_inquiry_from_json(&r, o, &err), -1);
        if (!strstr(err.message, cases[i].says))
            fail_msg("case %zu: '%s'", i, err.message);
        assert_int_equal(r.brand_count, 0);
        json_decref(o);
    }
}

static void brand_of_json_may_hold_any_sign(void **state)
{
    (void)state;
    struct bd_error err = {0};
    struct bd_inquiry r;
    json_t *o = json_loads("{\"brand\":\"Yes, please = us\"}", 0, NULL);

    must(bd_inquiry_from_json(&r, o, &err), &err);
    assert_string_equal(r.brands[0].name, "Yes, please = us");
    assert_int_equal(r.brands[0].alias_count, 0);
    assert_int_equal(r.probes, BD_PROBE_MATRIX | BD_PROBE_NEUTRAL);
    json_decref(o);
    bd_inquiry_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_is_never_split),
        cmocka_unit_test(brand_with_aliases_is_split_and_trimmed),
        cmocka_unit_test(model_may_hold_slashes),
        cmocka_unit_test(question_is_kept_byte_by_byte),
        cmocka_unit_test(bad_pieces_are_refused_and_leave_nothing_behind),
        cmocka_unit_test(limits_are_refused_not_cut),
        cmocka_unit_test(check_names_what_to_change),
        cmocka_unit_test(incomplete_requests_are_refused),
        cmocka_unit_test(reference_case_has_eight_and_two_tasks),
        cmocka_unit_test(json_goes_there_and_back),
        cmocka_unit_test(contexts_are_taken_apart_and_come_back),
        cmocka_unit_test(a_phrase_that_is_the_name_is_refused),
        cmocka_unit_test(wrong_json_is_refused_by_name),
        cmocka_unit_test(brand_of_json_may_hold_any_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
