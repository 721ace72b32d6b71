/* tests/domain/test_prompt.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/inquiry/prompt.h"
#include "domain/make.h"

static struct bd_buf built(const char *template, const struct bd_inquiry *r, int b)
{
    struct bd_buf out;

    bd_buf_init(&out, 100000);
    assert_int_equal(bd_prompt_build(&out, template, r, b, 0), 0);
    return out;
}

static void matrix_prompt_names_brand_competitors_and_question(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_buf out;

    reference(&r);
    out = built(bd_prompt_matrix_zh, &r, 0);
    assert_ptr_equal(strstr(out.data, "品牌：华为\n竞品：小米、特斯拉、比亚迪\n"
                                      "问题：20 万左右的新能源汽车品牌推荐\n"),
                     out.data);
    bd_buf_free(&out);
    snprintf(r.lang, sizeof(r.lang), "en");
    out = built(bd_prompt_matrix_en, &r, 2);
    assert_ptr_equal(strstr(out.data, "Brand: 特斯拉\nCompetitors: 华为, 小米, 比亚迪\n"
                                      "Question: 20 万左右"),
                     out.data);
    bd_buf_free(&out);
    bd_inquiry_free(&r);
}

static void neutral_prompt_is_the_bare_question(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_buf out;

    reference(&r);
    out = built(bd_prompt_neutral, &r, -1);
    assert_string_equal(out.data, r.questions[0]);
    bd_buf_free(&out);
    bd_inquiry_free(&r);
}

static void words_inside_what_is_put_in_are_left_alone(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_buf out;

    bd_inquiry_init(&r);
    brand(&r, "{question}");
    brand(&r, "{brand}");
    question(&r, " {competitors}\n\"{x}\" {");
    out = built("{brand}|{competitors}|{question}|{", &r, 0);
    assert_string_equal(out.data, "{question}|{brand}| {competitors}\n\"{x}\" {|{");
    bd_buf_free(&out);
    bd_inquiry_free(&r);
}

static void without_competitors_it_says_none(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_buf out;

    bd_inquiry_init(&r);
    brand(&r, "A");
    question(&r, "q");
    out = built("{competitors}", &r, 0);
    assert_string_equal(out.data, "无");
    bd_buf_free(&out);
    snprintf(r.lang, sizeof(r.lang), "en");
    out = built("{competitors}", &r, 0);
    assert_string_equal(out.data, "none");
    bd_buf_free(&out);
    bd_inquiry_free(&r);
}

static void full_buffer_is_an_error(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_buf out;

    reference(&r);
    bd_buf_init(&out, 20);
    assert_int_equal(bd_prompt_build(&out, bd_prompt_matrix_zh, &r, 0, 0), -1);
    bd_buf_free(&out);
    bd_inquiry_free(&r);
}

static void templates_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *template, *says; /* NULL = fine */
    } cases[] = {
        {bd_prompt_matrix_zh, NULL},     {bd_prompt_matrix_en, NULL},
        {bd_prompt_neutral, NULL},       {"{question} {\"json\": 1} { } {}", NULL},
        {"{{question}}", NULL},          {"", "no {question}"},
        {"{brand}", "no {question}"},    {"{question} {brnad}", "{brnad}"},
        {"{问题} {question}", "{问题}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_error err = {0};
        int rc = bd_prompt_check(cases[i].template, &err);

        if ((rc == 0) != !cases[i].says ||
            (cases[i].says && !strstr(err.message, cases[i].says)))
            fail_msg("case %zu: %d '%s'", i, rc, err.message);
    }
}

static void neutral_template_must_not_name_a_brand(void **state)
{
    (void)state;
    struct bd_error err;

    assert_int_equal(bd_prompt_check_neutral(bd_prompt_neutral, &err), 0);
    assert_int_equal(bd_prompt_check_neutral("{question} {brand}", &err), -1);
    assert_int_equal(bd_prompt_check_neutral("{question} {competitors}", &err), -1);
    assert_int_equal(bd_prompt_check_neutral("?", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix_prompt_names_brand_competitors_and_question),
        cmocka_unit_test(neutral_prompt_is_the_bare_question),
        cmocka_unit_test(words_inside_what_is_put_in_are_left_alone),
        cmocka_unit_test(without_competitors_it_says_none),
        cmocka_unit_test(full_buffer_is_an_error),
        cmocka_unit_test(templates_are_checked),
        cmocka_unit_test(neutral_template_must_not_name_a_brand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
