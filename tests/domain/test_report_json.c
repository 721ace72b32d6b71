/* tests/domain/test_report_json.c - the reports that it leaves in the build directory
 * are validated by tests/e2e/test_schema.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/figures/bootstrap.h"
#include "domain/report/report.h"
#include "domain/sample.h"

static json_t *report(const struct bd_record *rec)
{
    static const char *const text[] = {"a note of the engine"};
    const struct bd_report_notes notes = {text, 1};
    struct bd_error err = {0};
    struct bd_figures f;
    struct bd_buf out;
    json_t *o;

    must(bd_figures_make(&f, rec, &err), &err);
    must(bd_bootstrap(&f, rec, &err), &err);
    bd_buf_init(&out, 1 << 24);
    assert_int_equal(bd_report_json(&out, rec, &f, &notes), 0);
    o = json_loadb(out.data, out.n, JSON_REJECT_DUPLICATES, NULL); /* all of it */
    assert_non_null(o);
    bd_buf_free(&out);
    bd_figures_free(&f);
    return o;
}

static json_t *at(json_t *o, const char *a, const char *b)
{
    json_t *v = json_object_get(json_object_get(o, a), b);

    assert_non_null(v);
    return v;
}

/* Writes o where the schema test finds it. */
static void leave(const json_t *o, const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/report-samples/%s.json", BD_BUILD_DIR, name);
    assert_int_equal(json_dump_file(o, path, JSON_INDENT(1)), 0);
}

static void members_stand_in_the_documented_order(void **state)
{
    (void)state;
    static const char *const order[] = {
        "schema",    "id",          "created",     "lang",
        "brand",     "competitors", "questions",   "questions_branded",
        "providers", "probes",      "deadline_ms", "search",
        "summary",   "scores",      "metrics",     "findings",
        "notes",     "cells"};
    struct bd_record rec;
    const char *key;
    json_t *o, *value;
    size_t i = 0;

    sample_good(&rec);
    o = report(&rec);
    json_object_foreach(o, key, value)
    {
        assert_true(i < sizeof(order) / sizeof(order[0]));
        assert_string_equal(key, order[i++]);
    }
    assert_int_equal(i, sizeof(order) / sizeof(order[0]));
    leave(o, "good");
    json_decref(o);
    bd_record_free(&rec);
}

static void figures_carry_their_n(void **state)
{
    (void)state;
    struct bd_record rec;
    json_t *o, *first, *score;

    sample_good(&rec);
    o = report(&rec);
    first = json_array_get(at(o, "metrics", "brands"), HUAWEI);
    assert_int_equal(bd_json_int(json_object_get(first, "mention_rate"), "n", -1), 2);
    assert_int_equal(bd_json_int(json_object_get(first, "share_of_voice"), "n", -1), 6);
    assert_int_equal(bd_json_int(json_object_get(first, "sentiment"), "n", -1), 10);
    score = json_array_get(json_object_get(o, "scores"), HUAWEI);
    assert_string_equal(bd_json_text(score, "role", ""), "main");
    assert_int_equal(bd_json_int(score, "n", -1), 2);
    assert_true(json_is_true(json_object_get(score, "provisional")));
    assert_true(json_is_true(at(o, "summary", "success")));
    assert_int_equal(json_array_size(json_object_get(o, "cells")), 10);
    assert_int_equal(json_array_size(json_object_get(o, "notes")), 3);
    json_decref(o);
    bd_record_free(&rec);
}

static void every_cell_is_counted_once(void **state)
{
    (void)state;
    struct bd_record rec;
    json_t *o, *sum, *excluded, *v;
    const char *key;
    int64_t left = 0;

    sample_bad(&rec);
    o = report(&rec);
    sum = json_object_get(o, "summary");
    assert_int_equal(bd_json_int(sum, "total", 0), 30);
    assert_int_equal(bd_json_int(sum, "total", 0), bd_json_int(sum, "completed", 0) +
                                                       bd_json_int(sum, "failed", 0) +
                                                       bd_json_int(sum, "skipped", 0));
    assert_int_equal(bd_json_int(sum, "completed", 0), 12); /* 10 + 1 cut + 1 refused */
    assert_int_equal(bd_json_int(sum, "skipped", 0), 6);
    assert_true(json_is_false(at(o, "summary", "success")));
    excluded = at(o, "metrics", "neutral");
    json_object_foreach(json_object_get(excluded, "excluded"), key, v) left +=
        json_integer_value(v);
    assert_int_equal(left, bd_json_int(excluded, "cells", 0) -
                               bd_json_int(excluded, "known", 0));
    leave(o, "bad");
    json_decref(o);
    bd_record_free(&rec);
}

static void nothing_answered_is_null_not_zero(void **state)
{
    (void)state;
    struct bd_record rec;
    json_t *o, *brand0, *v;

    sample_head(&rec);
    add_cells(&rec);
    o = report(&rec);
    brand0 = json_array_get(at(o, "metrics", "brands"), 0);
    v = json_object_get(brand0, "mention_rate");
    assert_true(json_is_null(json_object_get(v, "value")));
    assert_true(json_is_null(json_object_get(brand0, "mention_rate_by_model")));
    v = json_array_get(json_object_get(o, "scores"), 0);
    assert_true(json_is_null(json_object_get(v, "score")));
    assert_true(json_is_null(json_object_get(v, "grade")));
    assert_true(json_is_null(at(o, "summary", "cost")));
    leave(o, "nothing");
    json_decref(o);
    bd_record_free(&rec);
}

/* Of every kind of answer; all its figures are computed again by
 * tests/e2e/test_recompute.py. */
static void a_rich_report_has_every_figure(void **state)
{
    (void)state;
    struct bd_record rec;
    json_t *o, *metrics, *first;

    sample_rich(&rec);
    o = report(&rec);
    metrics = json_object_get(o, "metrics");
    first = json_array_get(json_object_get(metrics, "brands"), HUAWEI);
    assert_int_equal(json_array_size(json_object_get(o, "questions_branded")), 1);
    assert_int_equal(bd_json_int(json_object_get(metrics, "branded"), "cells", 0), 15);
    assert_int_equal(json_array_size(at(metrics, "discovered", "brands")), 3);
    assert_true(json_is_real(at(metrics, "stability", "jaccard")));
    assert_true(json_is_real(at(metrics, "stability", "rank_overlap")));
    assert_true(json_is_array(at(first, "share_of_voice", "interval")));
    assert_true(json_is_array(at(first, "coverage", "interval")));
    assert_true(json_is_array(
        json_object_get(json_array_get(json_object_get(o, "scores"), 0), "grade_band")));
    leave(o, "rich");
    json_decref(o);
    bd_record_free(&rec);
}

static void same_record_gives_the_same_bytes(void **state)
{
    (void)state;
    struct bd_record rec;
    json_t *a, *b;
    char *x, *y;

    sample_bad(&rec);
    a = report(&rec);
    b = report(&rec);
    x = json_dumps(a, 0);
    y = json_dumps(b, 0);
    assert_string_equal(x, y);
    free(x);
    free(y);
    json_decref(a);
    json_decref(b);
    bd_record_free(&rec);
}

static void exit_code_tells_all_some_none(void **state)
{
    (void)state;
    struct bd_record rec;

    sample_good(&rec);
    assert_int_equal(bd_report_exit_code(&rec), 0);
    rec.cells[0].status = BD_STATUS_TRUNCATED;
    snprintf(rec.cells[0].finish, sizeof(rec.cells[0].finish), "deadline");
    assert_int_equal(bd_report_exit_code(&rec), 3);
    snprintf(rec.cells[0].finish, sizeof(rec.cells[0].finish), "length");
    assert_int_equal(bd_report_exit_code(&rec), 0);
    rec.cells[1].status = BD_STATUS_REFUSED;
    assert_int_equal(bd_report_exit_code(&rec), 0);
    rec.cells[2].status = BD_STATUS_TIMEOUT;
    assert_int_equal(bd_report_exit_code(&rec), 3);
    for (size_t i = 0; i < rec.cell_count; i++)
        rec.cells[i].status = BD_STATUS_SKIPPED;
    assert_int_equal(bd_report_exit_code(&rec), 4);
    bd_record_free(&rec);
}

static void full_buffer_is_a_failure(void **state)
{
    (void)state;
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f;
    struct bd_buf all, out;

    sample_good(&rec);
    must(bd_figures_make(&f, &rec, &err), &err);
    bd_buf_init(&all, 1 << 24);
    assert_int_equal(bd_report_json(&all, &rec, &f, NULL), 0);
    for (size_t limit = 0; limit < all.n; limit += limit + 64 < all.n ? 61 : 1) {
        bd_buf_init(&out, limit);
        assert_int_equal(bd_report_json(&out, &rec, &f, NULL), -1);
        bd_buf_free(&out);
    }
    bd_buf_init(&out, all.n);
    assert_int_equal(bd_report_json(&out, &rec, &f, NULL), 0);
    assert_memory_equal(out.data, all.data, all.n);
    bd_buf_free(&out);
    bd_buf_free(&all);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void without_cells_it_is_an_object_all_the_same(void **state)
{
    (void)state;
    struct bd_record rec;
    size_t cells;
    json_t *o;

    sample_good(&rec);
    cells = rec.cell_count;
    rec.cell_count = 0;
    o = report(&rec);
    assert_int_equal(json_array_size(json_object_get(o, "cells")), 0);
    json_decref(o);
    rec.cell_count = cells;
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_in_the_documented_order),
        cmocka_unit_test(figures_carry_their_n),
        cmocka_unit_test(every_cell_is_counted_once),
        cmocka_unit_test(nothing_answered_is_null_not_zero),
        cmocka_unit_test(a_rich_report_has_every_figure),
        cmocka_unit_test(same_record_gives_the_same_bytes),
        cmocka_unit_test(full_buffer_is_a_failure),
        cmocka_unit_test(without_cells_it_is_an_object_all_the_same),
        cmocka_unit_test(exit_code_tells_all_some_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
