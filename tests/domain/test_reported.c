/* tests/domain/test_reported.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/report/report.h"
#include "domain/report/reported.h"
#include "domain/sample.h"

static const struct {
    const char *asked, *reported;
    enum bd_reported_kind kind;
} names[] = {
    {"qwen-plus", "qwen-plus", BD_REPORTED_SAME},
    {"glm-4.7", "GLM-4.7", BD_REPORTED_SAME},
    {"qwen-plus", "qwen-plus-2025-12-01", BD_REPORTED_DATED},
    {"qwen-plus-2025-12-01", "qwen-plus", BD_REPORTED_DATED},
    {"qwen-plus-latest", "qwen-plus", BD_REPORTED_DATED},
    {"gpt-4o", "GPT-4o-2024-08-06", BD_REPORTED_DATED},
    {"doubao-seed-2-0-lite", "doubao-seed-2-0-lite-260428", BD_REPORTED_DATED},
    {"kimi-k2", "kimi-k2-0905", BD_REPORTED_DATED},
    {"claude-x", "claude-x@20250929", BD_REPORTED_DATED},
    {"gpt-4o", "gpt-4o-mini", BD_REPORTED_OTHER},
    {"gpt-4o", "gpt-4o-mini-2024-07-18", BD_REPORTED_OTHER},
    {"gpt-4", "gpt-4o", BD_REPORTED_OTHER},
    {"glm-4", "glm-4.7", BD_REPORTED_OTHER},
    {"qwen2", "qwen2-72", BD_REPORTED_OTHER},
    {"qwen-plus", "qwen-plus-2025-12-1x", BD_REPORTED_OTHER},
    {"qwen-plus", "qwen-plus-", BD_REPORTED_OTHER},
    {"qwen-plus", "qwen-plus20251201", BD_REPORTED_OTHER},
    {"kimi-k2-0711", "kimi-k2-0905", BD_REPORTED_OTHER}, /* another version */
    {"deepseek-chat", "deepseek-v3.2", BD_REPORTED_OTHER},
    {"", "latest", BD_REPORTED_OTHER},
};

static void a_date_makes_no_other_model(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bd_reported_compare(names[i].asked, names[i].reported) != names[i].kind)
            fail_msg("%s, reported %s: %d", names[i].asked, names[i].reported,
                     (int)bd_reported_compare(names[i].asked, names[i].reported));
}

static void report_as(struct bd_cell *c, const char *name)
{
    free(c->model_reported);
    c->model_reported = name ? strdup(name) : NULL;
}

static void every_other_name_is_told_once_with_its_replies(void **state)
{
    struct bd_reported others[BD_REPORTED_MAX];
    struct bd_record rec;
    int told, nth = 0;
    char name[32];

    (void)state;
    sample_good(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        if (rec.cells[i].model == 1) {
            static const char *const say[] = {"qwen-max", NULL, "qwen-plus", "qwen-max",
                                              "qwen-plus-2025-12-01"};

            report_as(&rec.cells[i], say[nth++]);
        }
    assert_int_equal(bd_reported_others(&rec, 0, others, &told), 0);
    assert_int_equal(told, 0);
    assert_int_equal(bd_reported_others(&rec, 1, others, &told), 2);
    assert_int_equal(told, 4);
    assert_string_equal(others[0].name, "qwen-max");
    assert_int_equal(others[0].replies, 2);
    assert_int_equal(others[0].kind, BD_REPORTED_OTHER);
    assert_string_equal(others[1].name, "qwen-plus-2025-12-01");
    assert_int_equal(others[1].kind, BD_REPORTED_DATED);
    for (size_t i = 0; i < rec.cell_count; i++) {
        rec.cells[i].model = 0;
        snprintf(name, sizeof(name), "model %zu", i);
        report_as(&rec.cells[i], name);
    }
    assert_int_equal(bd_reported_others(&rec, 0, others, &told), BD_REPORTED_MAX);
    assert_int_equal(told, 10);
    bd_record_free(&rec);
}

/* The notes of the JSON report and the lines of the other must name both. */
static void both_reports_say_it_in_both_languages(void **state)
{
    static const char *const strong[] = {
        "qwen：请求的是 qwen-plus，5 个回复中有 5 个自报由另一个模型 qwen-max 作答",
        "qwen: asked for qwen-plus, but 5 of 5 replies say that another model, qwen-max, "
        "answered"};
    static const char *const mild[] = {
        "qwen：qwen-plus 自报的名称是 qwen-plus-2025-12-01，同一模型，只差日期。",
        "qwen: qwen-plus calls itself qwen-plus-2025-12-01, the same model but for the "
        "date."};

    (void)state;
    for (int i = 0; i < 4; i++) {
        bool dated = i & 1, en = i & 2;
        const char *want = (dated ? mild : strong)[en];
        struct bd_report_style style = {.columns = 400};
        struct bd_error err = {0};
        struct bd_record rec;
        struct bd_figures f;
        struct bd_buf page;
        const char *note;
        json_t *o;

        sample_good(&rec);
        for (size_t k = 0; k < rec.cell_count; k++)
            if (rec.cells[k].model == 1)
                report_as(&rec.cells[k], dated ? "qwen-plus-2025-12-01" : "qwen-max");
        snprintf(rec.inquiry.lang, sizeof(rec.inquiry.lang), en ? "en" : "zh");
        must(bd_figures_make(&f, &rec, &err), &err);
        bd_buf_init(&page, 1 << 20);
        assert_int_equal(bd_report_json(&page, &rec, &f, NULL), 0);
        o = json_loadb(page.data, page.n, 0, NULL);
        bd_buf_free(&page);
        assert_int_equal(json_array_size(json_object_get(o, "notes")), 3);
        note = json_string_value(json_array_get(json_object_get(o, "notes"), 0));
        assert_non_null(strstr(note, want));
        bd_buf_init(&page, 1 << 20);
        assert_int_equal(bd_report_terminal(&page, &rec, &f, NULL, &style), 0);
        assert_non_null(strstr(page.data, want));
        bd_buf_free(&page);
        json_decref(o);
        bd_figures_free(&f);
        bd_record_free(&rec);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_makes_no_other_model),
        cmocka_unit_test(every_other_name_is_told_once_with_its_replies),
        cmocka_unit_test(both_reports_say_it_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
