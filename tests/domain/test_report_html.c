/* The HTML report: one page, whole and harmless, that says what the figures say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/bootstrap.h"
#include "domain/markup.h"
#include "domain/report/report.h"
#include "domain/sample.h"

static struct bd_buf page(const struct bd_record *rec, bool zh)
{
    const char *const text[] = {"a <note> & more"};
    const struct bd_report_notes notes = {text, 1};
    struct bd_error err = {0};
    struct bd_figures f;
    struct bd_buf out;
    const char *wrong;

    must(bd_figures_make(&f, rec, &err), &err);
    must(bd_bootstrap(&f, rec, &err), &err);
    bd_buf_init(&out, (size_t)64 << 20);
    assert_int_equal(bd_report_html(&out, rec, &f, &notes, zh), 0);
    bd_figures_free(&f);
    wrong = markup_wrong(out.data, out.n, MARKUP_PAGE);
    if (wrong)
        fail_msg("%s in\n%s", wrong, out.data);
    return out;
}

static void has(const struct bd_buf *out, const char *what)
{
    if (!strstr(out->data, what))
        fail_msg("%s\nis not in the page", what);
}

/* Leaves a page behind for those that look at it with a browser. */
static void keep(const struct bd_buf *out, const char *name)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/report-samples/%s.html", BD_BUILD_DIR, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(out->data, 1, out->n, file), out->n);
    assert_int_equal(fclose(file), 0);
}

static void a_good_diagnosis_is_told_in_both_languages(void **state)
{
    for (int zh = 0; zh < 2; zh++) {
        struct bd_record rec;
        struct bd_buf out;

        (void)state;
        sample_good(&rec);
        out = page(&rec, zh);
        has(&out, zh ? "<html lang=\"zh-CN\">" : "<html lang=\"en\">");
        has(&out, zh ? "华为在 2 个中性回答中被提到 2 次（100%）"
                     : "华为 is mentioned in 2 of 2 neutral answers (100%)");
        bd_buf_free(&out);
        bd_record_free(&rec);
    }
}

static void every_failure_and_hostile_answer_is_shown_safely(void **state)
{
    struct bd_record rec;
    struct bd_buf out;

    (void)state;
    sample_bad(&rec);
    out = page(&rec, false);
    has(&out, "the API key format is incorrect RED");
    has(&out, "<p class=\"bad\">doubao: ");
    has(&out, "Remedy: ");
    has(&out, "a &lt;note&gt; &amp; more");
    keep(&out, "bad");
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void evidence_is_marked_and_linked(void **state)
{
    struct bd_record rec;
    struct bd_buf out;

    (void)state;
    sample_good(&rec);
    for (size_t i = 0; i < rec.cell_count; i++) {
        struct bd_sighting *b = &rec.cells[i].geo->brands[BYD];

        b->evidence = calloc(1, sizeof(*b->evidence));
        b->evidence[0].start =
            (size_t)(strstr(rec.cells[i].text, "比亚迪") - rec.cells[i].text);
        b->evidence[0].end = b->evidence[0].start + strlen("比亚迪");
        b->evidence_count = 1;
    }
    rec.cells[9].geo->brands[HUAWEI].mentioned = BD_NO;
    rec.cells[9].geo->brands[HUAWEI].order = 0;
    rec.cells[9].geo->first_brand = BYD;
    out = page(&rec, true);
    has(&out, "<strong><mark class=\"other\" title=\"比亚迪\">比亚迪</mark></strong>");
    has(&out, "没有提到华为，却推荐了竞品。 <span class=\"proof\">见回答 <a "
              "href=\"#a10\">10</a>");
    has(&out, "<div id=\"a10\" class=\"answer\">");
    keep(&out, "good");
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void names_are_escaped_everywhere(void **state)
{
    struct bd_record rec;
    struct bd_buf out;

    (void)state;
    sample_good(&rec);
    for (size_t b = 0; b < rec.inquiry.brand_count; b++) {
        free(rec.inquiry.brands[b].name);
        rec.inquiry.brands[b].name = strdup("\"><script>x</script>&\033[0m");
    }
    free(rec.inquiry.questions[0]);
    rec.inquiry.questions[0] = strdup("</h3><img src=x onerror=y>'\"");
    free(rec.inquiry.models[0].provider);
    rec.inquiry.models[0].provider = strdup("<b>&");
    out = page(&rec, true);
    assert_null(strstr(out.data, "<script"));
    assert_null(strstr(out.data, "<img"));
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void sites_say_whose_they_are_and_who_named_them(void **state)
{
    struct bd_record rec;
    struct bd_buf out;

    (void)state;
    sample_good(&rec);
    sample_cite(rec.cells[0].geo, BD_ORIGIN_TEXT, "huawei.com", BD_CATEGORY_OWNED,
                HUAWEI);
    sample_cite(rec.cells[1].geo, BD_ORIGIN_CLAIMED, "huawei.com", BD_CATEGORY_OWNED,
                HUAWEI);
    sample_cite(rec.cells[1].geo, BD_ORIGIN_TEXT, "<b>.example", BD_CATEGORY_UGC, -1);
    out = page(&rec, false);
    has(&out, "<tr><th scope=\"row\">huawei.com</th><td>华为&#39;s own site</td>"
              "<td>2</td><td>2</td><td>0</td><td>1</td><td>1</td></tr>");
    has(&out, "&lt;b&gt;.example</th><td>written by users</td>");
    bd_buf_free(&out);
    bd_record_free(&rec);
    sample_rich(&rec);
    out = page(&rec, true);
    has(&out, "特斯拉自己的网站");
    keep(&out, "rich");
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void same_input_gives_the_same_bytes(void **state)
{
    struct bd_record rec;
    struct bd_buf a, b;

    (void)state;
    sample_bad(&rec);
    a = page(&rec, true);
    b = page(&rec, true);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.data, b.data, a.n);
    bd_buf_free(&a);
    bd_buf_free(&b);
    bd_record_free(&rec);
}

static void nothing_at_all_is_a_page_too(void **state)
{
    struct bd_record rec;
    struct bd_buf out;

    (void)state;
    sample_head(&rec);
    add_cells(&rec);
    out = page(&rec, false);
    has(&out, "remains unknown (not 0)");
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void full_buffer_is_an_error(void **state)
{
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f;
    struct bd_buf out;

    (void)state;
    sample_good(&rec);
    must(bd_figures_make(&f, &rec, &err), &err);
    bd_buf_init(&out, 20000);
    assert_int_equal(bd_report_html(&out, &rec, &f, NULL, true), -1);
    bd_buf_free(&out);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_diagnosis_is_told_in_both_languages),
        cmocka_unit_test(every_failure_and_hostile_answer_is_shown_safely),
        cmocka_unit_test(evidence_is_marked_and_linked),
        cmocka_unit_test(names_are_escaped_everywhere),
        cmocka_unit_test(sites_say_whose_they_are_and_who_named_them),
        cmocka_unit_test(same_input_gives_the_same_bytes),
        cmocka_unit_test(nothing_at_all_is_a_page_too),
        cmocka_unit_test(full_buffer_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
