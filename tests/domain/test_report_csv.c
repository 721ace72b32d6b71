/* The report as a table, read back by a reader of RFC 4180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/report/report.h"
#include "domain/sample.h"

enum { ROWS = 40, COLUMNS = 64 };

struct table {
    char *at[ROWS][COLUMNS];
    bool quoted[ROWS][COLUMNS];
    size_t columns[ROWS], rows;
};

/* Strict: CRLF between rows, quotes doubled, nothing behind a closing quote. */
static void parse(struct table *t, const char *s)
{
    struct bd_buf field;

    memset(t, 0, sizeof(*t));
    bd_buf_init(&field, 1 << 20);
    while (*s) {
        bool quoted = *s == '"';

        bd_buf_reset(&field);
        if (quoted) {
            for (s++; *s != '"' || s[1] == '"'; s++) {
                assert_int_not_equal(*s, '\0');
                s += *s == '"';
                bd_buf_append(&field, s, 1);
            }
            s++;
        } else {
            for (; !strchr(",\r\n", *s); s++) {
                assert_int_not_equal(*s, '"');
                bd_buf_append(&field, s, 1);
            }
        }
        t->quoted[t->rows][t->columns[t->rows]] = quoted;
        t->at[t->rows][t->columns[t->rows]++] = strdup(field.data);
        if (*s == ',') {
            s++;
            continue;
        }
        assert_int_equal(strncmp(s, "\r\n", 2), 0);
        s += 2;
        t->rows++;
    }
    bd_buf_free(&field);
}

static void discard(struct table *t)
{
    for (size_t i = 0; i < t->rows; i++)
        for (size_t k = 0; k < t->columns[i]; k++)
            free(t->at[i][k]);
}

static void write_and_parse(struct table *t, const struct bd_record *rec)
{
    struct bd_buf out;

    bd_buf_init(&out, (size_t)64 << 20);
    assert_int_equal(bd_report_csv(&out, rec), 0);
    assert_memory_equal(out.data, "\xEF\xBB\xBF", 3);
    parse(t, out.data + 3);
    bd_buf_free(&out);
    assert_int_equal(t->rows, rec->cell_count + 1);
    for (size_t i = 1; i < t->rows; i++)
        assert_int_equal(t->columns[i], t->columns[0]);
}

static const char *value(const struct table *t, size_t row, const char *column)
{
    for (size_t i = 0; i < t->columns[0]; i++)
        if (strcmp(t->at[0][i], column) == 0)
            return t->at[row][i];
    fail_msg("there is no column %s", column);
    return NULL;
}

static void every_cell_is_a_row(void **state)
{
    static struct table t;
    struct bd_record rec;

    (void)state;
    sample_good(&rec);
    write_and_parse(&t, &rec);
    assert_string_equal(value(&t, 10, "cell"), "10");
    assert_string_equal(value(&t, 10, "probe"), "neutral");
    assert_string_equal(value(&t, 1, "asked_about"), "华为");
    assert_string_equal(value(&t, 1, "status"), "ok");
    assert_string_equal(value(&t, 1, "比亚迪: rank"), "1");
    assert_string_equal(value(&t, 1, "华为: rank"), "2");
    assert_string_equal(value(&t, 1, "华为: sentiment"), "0.55");
    assert_string_equal(value(&t, 1, "特斯拉: mentioned"), "no");
    assert_string_equal(value(&t, 1, "latency_ms"), "1800");
    assert_non_null(
        strstr(value(&t, 1, "answer"), "续航实在，\t性价比高。\n2. **华为**"));
    discard(&t);
    bd_record_free(&rec);
}

static void what_did_not_answer_is_empty_not_zero(void **state)
{
    static struct table t;
    struct bd_record rec;

    (void)state;
    sample_bad(&rec);
    write_and_parse(&t, &rec);
    assert_string_equal(value(&t, 1, "status"), "error");
    assert_string_equal(value(&t, 1, "error_type"), "auth");
    assert_string_equal(value(&t, 1, "error_message"),
                        "the API key format is incorrect RED");
    assert_string_equal(value(&t, 1, "华为: mentioned"), "");
    assert_string_equal(value(&t, 1, "华为: sentiment"), "");
    assert_string_equal(value(&t, 1, "intercepted"), "");
    discard(&t);
    bd_record_free(&rec);
}

static void no_text_is_a_formula(void **state)
{
    static const char *const evil[] = {"=1+1",  "+1",
                                       "-1",    "@SUM(A1)",
                                       "\t=1",  "\r=1",
                                       " =1",   "\n=cmd|' /C calc'!A0",
                                       "＝1+1", "=HYPERLINK(\"http://x\",\"y\")",
                                       "\"=1",  "a\"b,c\r\nd",
                                       "\ta",   "\n|",
                                       "\r1",   "\t ＝1"};
    static struct table t;
    struct bd_record rec;

    (void)state;
    for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
        sample_good(&rec);
        free(rec.cells[0].text);
        rec.cells[0].text = strdup(evil[i]);
        rec.cells[0].text_bytes = strlen(evil[i]);
        rec.cells[0].model_reported = strdup(evil[i]);
        snprintf(rec.cells[0].error.message, sizeof(rec.cells[0].error.message), "%s",
                 evil[i]);
        free(rec.inquiry.questions[0]);
        rec.inquiry.questions[0] = strdup(evil[i]);
        write_and_parse(&t, &rec);
        for (size_t row = 0; row < t.rows; row++)
            for (size_t k = 0; k < t.columns[0]; k++) {
                const char *s = t.at[row][k];

                if (!t.quoted[row][k])
                    continue; /* our own numbers and words */
                assert_false(*s && strchr("\t\r\n", *s));
                s += strspn(s, " \t\r\n");
                assert_false(*s && strchr("=+-@", *s));
                assert_int_not_equal(strncmp(s, "＝", 3), 0);
            }
        discard(&t);
        bd_record_free(&rec);
    }
}

static void a_long_answer_is_cut_between_characters(void **state)
{
    static struct table t;
    struct bd_record rec;
    const size_t n = (size_t)3 * 40000;

    (void)state;
    sample_good(&rec);
    free(rec.cells[0].text);
    rec.cells[0].text = calloc(1, n + 1);
    for (size_t i = 0; i < n; i += 3)
        memcpy(rec.cells[0].text + i, "好", 3);
    rec.cells[0].text_bytes = n;
    write_and_parse(&t, &rec);
    assert_int_equal(strlen(value(&t, 1, "answer")), 3 * 32000);
    discard(&t);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_a_row),
        cmocka_unit_test(what_did_not_answer_is_empty_not_zero),
        cmocka_unit_test(no_text_is_a_formula),
        cmocka_unit_test(a_long_answer_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
