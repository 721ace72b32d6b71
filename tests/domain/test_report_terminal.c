/* tests/domain/test_report_terminal.c - what holds for every report, not its exact text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/report/report.h"
#include "domain/sample.h"

enum { LINES = 400 };

struct shown { /* a report, cut into lines */
    struct bd_buf text;
    char *line[LINES];
    size_t count;
};

static struct bd_report_style style_of(const char *lang, int columns)
{
    struct bd_report_style style = {.columns = columns};

    snprintf(style.lang, sizeof(style.lang), "%s", lang);
    return style;
}

static void show(struct shown *s, const struct bd_record *rec,
                 const struct bd_report_style *style)
{
    struct bd_error err = {0};
    struct bd_figures f;

    must(bd_figures_make(&f, rec, &err), &err);
    bd_buf_init(&s->text, 1 << 20);
    assert_int_equal(bd_report_terminal(&s->text, rec, &f, NULL, style), 0);
    bd_figures_free(&f);
    s->count = 0;
    for (char *p = s->text.data, *end; (end = strchr(p, '\n')); p = end + 1) {
        assert_true(s->count < LINES);
        s->line[s->count++] = p;
        *end = '\0';
    }
}

static void hide(struct shown *s)
{
    bd_buf_free(&s->text);
}

/* Line that holds all of what; fails if there is none. From `from` on. */
static size_t line_with(const struct shown *s, size_t from, const char *what)
{
    for (size_t i = from; i < s->count; i++)
        if (strstr(s->line[i], what))
            return i;
    fail_msg("no line with '%s'", what);
    return 0;
}

static bool has(const struct shown *s, const char *what)
{
    for (size_t i = 0; i < s->count; i++)
        if (strstr(s->line[i], what))
            return true;
    return false;
}

/* Display width by another road than base/text.c: three bytes of UTF-8 from U+2E80 on are
 * wide, the few other signs of the report are narrow. */
static size_t width(const char *s)
{
    size_t w = 0;

    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c == 0x1B) { /* a colour */
            s = strchr(s, 'm');
            assert_non_null(s);
        } else if (c >= 0xE0 && c < 0xF0) {
            w += c > 0xE2 || (c == 0xE2 && (unsigned char)s[1] >= 0xBA) ? 2 : 1;
        } else if ((c & 0xC0) != 0x80) {
            w++;
        }
    }
    return w;
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    static const int columns[] = {60, 72, 80, 132, 9999};
    static const char *const langs[] = {"zh", "en"};

    for (int bad = 0; bad < 2; bad++)
        for (size_t i = 0; i < 5; i++)
            for (size_t k = 0; k < 2; k++) {
                struct bd_report_style style = style_of(langs[k], columns[i]);
                struct bd_record rec;
                struct shown s;

                (bad ? sample_bad : sample_good)(&rec);
                style.answers = true;
                style.colour = i % 2;
                show(&s, &rec, &style);
                for (size_t n = 0; n < s.count; n++)
                    if (width(s.line[n]) > (size_t)columns[i])
                        fail_msg("%zu of %d columns: %s", width(s.line[n]), columns[i],
                                 s.line[n]);
                hide(&s);
                bd_record_free(&rec);
            }
}

static void answers_reach_no_terminal_control(void **state)
{
    (void)state;
    static const char *const langs[] = {"zh", "en"};

    for (size_t k = 0; k < 2; k++) {
        struct bd_report_style style = style_of(langs[k], 80);
        struct bd_record rec;
        struct shown s;

        sample_bad(&rec);
        for (size_t i = 0; i < rec.cell_count; i++)
            if (bd_cell_answered(&rec.cells[i]))
                sample_find(rec.cells[i].geo, "\033[31mX\n\u202eowned", 1);
        style.answers = true;
        show(&s, &rec, &style);
        assert_true(has(&s, "X"));
        for (size_t i = 0; i < s.count; i++) {
            for (const char *p = s.line[i]; *p; p++)
                assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
            assert_null(strstr(s.line[i], "\xe2\x80\xae")); /* right-to-left override */
        }
        assert_false(has(&s, "\033") || has(&s, "0;owned"));
        hide(&s);
        bd_record_free(&rec);
    }
}

static void colour_is_whole_lines_only_if_asked(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 80);
    struct bd_record rec;
    struct shown s;
    size_t coloured = 0;

    sample_bad(&rec);
    style.colour = true;
    show(&s, &rec, &style);
    for (size_t i = 0; i < s.count; i++) {
        const char *esc = strchr(s.line[i], 0x1B);
        size_t n = strlen(s.line[i]);

        if (!esc)
            continue;
        coloured++;
        assert_true(n > 8 && strcmp(s.line[i] + n - 4, "\033[0m") == 0);
        assert_ptr_equal(strchr(esc + 1, 0x1B), s.line[i] + n - 4);
    }
    assert_true(coloured > 10);
    hide(&s);
    bd_record_free(&rec);
}

static void verdict_says_how_often_of_how_many(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 132);
    struct bd_record rec;
    struct shown s;

    sample_good(&rec);
    show(&s, &rec, &style);
    assert_true(has(&s, "华为在 2 个中性回答中被提到 2 次（100%），首先提到 0 次（0%）"));
    assert_true(has(&s, "平均排名 1.5（2 次有排名）"));
    assert_true(has(&s, "样本只有 2 个回答，只供参考。"));
    assert_false(has(&s, "没有回答，原因见下"));
    hide(&s);
    style = style_of("en", 132);
    show(&s, &rec, &style);
    assert_true(
        has(&s, "华为 is mentioned in 2 of 2 neutral answers (100%), first in 0 (0%)"));
    assert_true(has(&s, "Answers in the sample: 2 only"));
    hide(&s);
    bd_record_free(&rec);
}

static void place_among_brands_needs_a_mention(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 132);
    struct bd_record rec;
    struct shown s;

    sample_head(&rec);
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        answer(&rec.cells[i], "none of them", 4, BD_NO);
    show(&s, &rec, &style);
    assert_true(has(&s, "华为在 2 个中性回答中一次也没有被提到（0%）。"));
    hide(&s);
    mention(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 0, 0)->geo, BYD, 1, 0.5);
    show(&s, &rec, &style);
    assert_true(has(&s, "（0%）；提及率在 4 个品牌中并列第 2。"));
    hide(&s);
    bd_record_free(&rec);
}

static void unknown_is_said_and_never_shown_as_zero(void **state)
{
    (void)state;
    static const char *const says[][2] = {
        {"zh", "2 个中性提问都没有得到可判断的回答，华为的可见度未知（不是 0）。"},
        {"en", "None of 2 neutral questions brought a usable answer"}};

    for (size_t k = 0; k < 2; k++) {
        struct bd_report_style style = style_of(says[k][0], 132);
        struct bd_record rec;
        struct shown s;
        size_t row;

        sample_head(&rec);
        add_cells(&rec);
        show(&s, &rec, &style);
        assert_true(has(&s, says[k][1]));
        row = line_with(&s, 4, "  华为  ");
        assert_null(strchr(s.line[row], '%'));
        assert_non_null(strchr(s.line[row], '-'));
        hide(&s);
        bd_record_free(&rec);
    }
}

static void table_columns_are_aligned(void **state)
{
    (void)state;
    static const char *const langs[] = {"zh", "en"};

    for (size_t k = 0; k < 2; k++) {
        struct bd_report_style style = style_of(langs[k], 80);
        struct bd_record rec;
        struct shown s;
        size_t head;

        sample_good(&rec);
        show(&s, &rec, &style);
        head = line_with(&s, 0, k ? "mention  first" : "提及率  首提率");
        for (size_t i = 1; i <= 4; i++) /* the last column is aligned to the right */
            assert_int_equal(width(s.line[head + i]), width(s.line[head]));
        assert_non_null(strstr(s.line[head + 1], "87.5 A*"));
        assert_non_null(strstr(s.line[head + 1], "1.5 (2)"));
        assert_non_null(strstr(s.line[head + 1], "33% (6)"));
        assert_non_null(strstr(s.line[head + 1], "+0.6 (10)"));
        hide(&s);
        bd_record_free(&rec);
    }
}

static void equal_failures_are_one_line_with_a_remedy(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 132);
    struct bd_record rec;
    struct shown s;
    size_t i;

    sample_bad(&rec);
    show(&s, &rec, &style);
    i = line_with(&s, 0, "缺什么，为什么");
    i = line_with(&s, i, "doubao：密钥无效 (auth 429)，4 个。the API key format is");
    assert_non_null(strstr(s.line[i + 1], "处理：检查 api_key_env"));
    i = line_with(&s, i, "doubao：熔断中 (breaker_open)，6 个");
    i = line_with(&s, i, "qwen：拒答");
    i = line_with(&s, i, "qwen：超时 (timeout 429)，8 个。no answer within 10 s");
    i = line_with(&s, i, "qwen：截断 (deadline)，1 个");
    assert_true(has(
        &s, "未计入可见度：6 个中性提问中的 4 个（是否提到不能确定 1、超时 1、跳过 2）"));
    assert_true(has(&s, "30 个任务中有 19 个没有回答"));
    hide(&s);
    bd_record_free(&rec);
}

static void messages_that_differ_are_shown_by_one_example(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("en", 132);
    struct bd_record rec;
    struct shown s;

    sample_head(&rec);
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++) {
        char message[64];

        snprintf(message, sizeof(message), "busy (request %zu)", i);
        fail_cell(&rec.cells[i], BD_STATUS_ERROR, BD_ERR_OVERLOADED, message);
    }
    show(&s, &rec, &style);
    assert_true(has(
        &s, "doubao: 5 x overloaded (overloaded 429). For example: busy (request 0)"));
    assert_true(has(&s, "qwen: 5 x overloaded"));
    hide(&s);
    bd_record_free(&rec);
}

static void findings_name_who_intercepts(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 132);
    struct bd_record rec;
    struct shown s;

    sample_bad(&rec);
    show(&s, &rec, &style);
    assert_true(
        has(&s, "拦截：2 个中性回答中有 2 个（100%）没有提到华为，却推荐了竞品。"));
    assert_true(has(&s, "按竞品：特斯拉 2/2（100%）、比亚迪 2/2（100%）。"));
    assert_true(has(&s, "提到华为的 1 个回答中有 1 个劝人不要选它"));
    assert_true(has(
        &s, "请求的是 deepseek-chat，10 个回复中有 10 个自报由另一个模型 deepseek-v3.2"));
    hide(&s);
    bd_record_free(&rec);
}

static void limits_of_the_method_are_always_told(void **state)
{
    (void)state;
    static const char *const says[][3] = {
        {"zh", "可见度（提及率、首提、排名、声量份额、拦截）只计中性提问的回答",
         "联网搜索未开启"},
        {"en", "Naming a brand in a prompt makes models mention it",
         "web search was off"}};

    for (size_t k = 0; k < 2; k++) {
        struct bd_report_style style = style_of(says[k][0], 200);
        struct bd_record rec;
        struct shown s;

        sample_good(&rec);
        show(&s, &rec, &style);
        assert_true(has(&s, says[k][1]));
        assert_true(has(&s, says[k][2]));
        hide(&s);
        bd_record_free(&rec);
    }
}

static void many_cells_are_cut_to_those_in_trouble(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("en", 80);
    struct bd_record rec;
    struct shown s;

    sample_head(&rec);
    rec.inquiry.samples = 100;
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        answer(&rec.cells[i], "fine", 4, BD_NO);
    show(&s, &rec, &style);
    assert_true(has(&s, "All 208 have a whole answer."));
    assert_true(s.count < 50);
    hide(&s);
    fail_cell(&rec.cells[7], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "too slow");
    show(&s, &rec, &style);
    assert_true(has(&s, "208 in all; only those without a whole answer"));
    assert_true(has(&s, "too slow"));
    hide(&s);
    for (size_t i = 0; i < 100; i++)
        fail_cell(&rec.cells[i], BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "too slow");
    show(&s, &rec, &style);
    assert_true(has(&s, "60 more are not listed."));
    hide(&s);
    bd_record_free(&rec);
}

static void without_competitors_there_is_no_share(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("", 80); /* the request's language */
    struct bd_record rec;
    struct shown s;

    bd_record_init(&rec);
    brand(&rec.inquiry, "Acme");
    question(&rec.inquiry, "Which one?");
    model(&rec.inquiry, "m");
    snprintf(rec.inquiry.lang, sizeof(rec.inquiry.lang), "en");
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        mention(answer(&rec.cells[i], "Acme", 1, BD_NO), 0, 1, 0.5);
    show(&s, &rec, &style);
    assert_true(has(&s, "Brand diagnosis: Acme"));
    assert_false(has(&s, "Competitors"));
    assert_false(has(&s, "Interception"));
    assert_false(has(&s, "of 1 brands"));
    hide(&s);
    bd_record_free(&rec);
}

static void full_buffer_is_an_error(void **state)
{
    (void)state;
    struct bd_report_style style = style_of("zh", 80);
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f;
    struct bd_buf out;

    sample_good(&rec);
    must(bd_figures_make(&f, &rec, &err), &err);
    bd_buf_init(&out, 500);
    assert_int_equal(bd_report_terminal(&out, &rec, &f, NULL, &style), -1);
    bd_buf_free(&out);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(answers_reach_no_terminal_control),
        cmocka_unit_test(colour_is_whole_lines_only_if_asked),
        cmocka_unit_test(verdict_says_how_often_of_how_many),
        cmocka_unit_test(place_among_brands_needs_a_mention),
        cmocka_unit_test(unknown_is_said_and_never_shown_as_zero),
        cmocka_unit_test(table_columns_are_aligned),
        cmocka_unit_test(equal_failures_are_one_line_with_a_remedy),
        cmocka_unit_test(messages_that_differ_are_shown_by_one_example),
        cmocka_unit_test(findings_name_who_intercepts),
        cmocka_unit_test(limits_of_the_method_are_always_told),
        cmocka_unit_test(many_cells_are_cut_to_those_in_trouble),
        cmocka_unit_test(without_competitors_there_is_no_share),
        cmocka_unit_test(full_buffer_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
