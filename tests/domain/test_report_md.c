/* The report as Markdown, rendered by md4c as a reader's program would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <md4c.h>

#include "domain/report/report.h"
#include "domain/sample.h"

static struct bd_buf write(const struct bd_record *rec, bool zh)
{
    struct bd_error err = {0};
    struct bd_figures f;
    struct bd_buf out;

    must(bd_figures_make(&f, rec, &err), &err);
    bd_buf_init(&out, (size_t)64 << 20);
    assert_int_equal(bd_report_md(&out, rec, &f, NULL, zh), 0);
    bd_figures_free(&f);
    return out;
}

struct seen { /* what a renderer would make of it */
    int html, links, images, tables, code, headings;
};

static int block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct seen *s = arg;

    (void)detail;
    s->html += type == MD_BLOCK_HTML;
    s->tables += type == MD_BLOCK_TABLE;
    s->code += type == MD_BLOCK_CODE;
    s->headings += type == MD_BLOCK_H;
    return 0;
}

static int leave(MD_BLOCKTYPE type, void *detail, void *arg)
{
    (void)type;
    (void)detail;
    (void)arg;
    return 0;
}

static int span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct seen *s = arg;

    (void)detail;
    s->links += type == MD_SPAN_A;
    s->images += type == MD_SPAN_IMG;
    return 0;
}

static int out_of_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)type;
    (void)detail;
    (void)arg;
    return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *arg)
{
    struct seen *s = arg;

    (void)p;
    (void)size;
    s->html += type == MD_TEXT_HTML;
    return 0;
}

static struct seen look(const struct bd_buf *md)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES, /* HTML, links and pictures would be taken */
        .enter_block = block,
        .leave_block = leave,
        .enter_span = span,
        .leave_span = out_of_span,
        .text = text,
    };
    struct seen s = {0};

    assert_int_equal(md_parse(md->data, (MD_SIZE)md->n, &parser, &s), 0);
    return s;
}

static void figures_stand_in_tables_and_answers_in_code(void **state)
{
    struct bd_record rec;
    struct bd_buf out;
    struct seen s;

    (void)state;
    sample_good(&rec);
    out = write(&rec, true);
    s = look(&out);
    assert_int_equal(s.tables, 2);
    assert_int_equal(s.code, 10);
    assert_non_null(strstr(out.data, "| 华为 | 2/2 100%"));
    assert_non_null(strstr(out.data, "- **华为在 2 个中性回答中被提到 2 次（100%）"));
    bd_buf_free(&out);
    bd_record_free(&rec);
}

static void nothing_in_it_is_active(void **state)
{
    static const char evil[] =
        "<script>x</script> ![p](http://e/x.png) [l](javascript:x) <http://e>\n"
        "````\n```\n# h\n</code>\n~~~\n| a |\n|---|\n";
    struct bd_record rec;
    struct bd_buf out;
    struct seen s;
    int headings;

    (void)state;
    sample_bad(&rec);
    out = write(&rec, false);
    headings = look(&out).headings;
    bd_buf_free(&out);
    for (size_t i = 0; i < rec.cell_count; i++)
        if (rec.cells[i].text) {
            free(rec.cells[i].text);
            rec.cells[i].text = strdup(evil);
            rec.cells[i].text_bytes = strlen(evil);
        } else {
            snprintf(rec.cells[i].error.message, sizeof(rec.cells[i].error.message),
                     "%.200s", evil);
        }
    free(rec.inquiry.questions[0]);
    rec.inquiry.questions[0] = strdup(evil);
    free(rec.inquiry.brands[0].name);
    rec.inquiry.brands[0].name = strdup("a|b<i>![](x)");
    out = write(&rec, false);
    s = look(&out);
    assert_int_equal(s.html, 0);
    assert_int_equal(s.links, 0);
    assert_int_equal(s.images, 0);
    assert_int_equal(s.headings, headings);
    assert_int_equal(s.tables, 2);
    bd_buf_free(&out);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_stand_in_tables_and_answers_in_code),
        cmocka_unit_test(nothing_in_it_is_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
