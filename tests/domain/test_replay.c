/* tests/domain/test_replay.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/compare/replay.h"
#include "domain/reading/reading.h"
#include "domain/sample.h"

/* As loaded, and every answer was read as it is today. */
static void load(struct bd_record *rec)
{
    sample_good(rec);
    for (size_t i = 0; i < rec->cell_count; i++)
        rec->cells[i].kept = bd_gist_of(rec->cells[i].geo);
}

static char *terminal(const struct bd_record *rec, const char *lang)
{
    struct bd_report_style style = {.columns = 100};
    struct bd_buf out;
    char *text;

    snprintf(style.lang, sizeof(style.lang), "%s", lang);
    bd_buf_init(&out, 1 << 20);
    assert_int_equal(bd_replay_terminal(&out, rec, &style), 0);
    text = bd_buf_take(&out);
    assert_non_null(text);
    return text;
}

static json_t *json(const struct bd_record *rec)
{
    struct bd_buf out;
    json_t *o;

    bd_buf_init(&out, 1 << 20);
    assert_int_equal(bd_replay_json(&out, rec), 0);
    o = json_loadb(out.data, out.n, 0, NULL);
    assert_non_null(o);
    bd_buf_free(&out);
    return o;
}

static void has(const char *text, const char *what)
{
    if (!strstr(text, what))
        fail_msg("no '%s' in:\n%s", what, text);
}

static void nothing_changed_is_said_plainly(void **state)
{
    struct bd_record rec;
    struct bd_replay r;
    struct bd_buf note;
    char *text;

    (void)state;
    load(&rec);
    r = bd_replay_count(&rec);
    assert_int_equal(r.answers, 10);
    assert_int_equal(r.kept, 10);
    assert_int_equal(r.changed, 0);
    assert_int_equal(bd_replay_exit_code(&r), 0);
    text = terminal(&rec, "en");
    has(text, "read all 10 answers just as");
    free(text);
    bd_buf_init(&note, 4096);
    assert_int_equal(bd_replay_note(&note, &rec, false), 0);
    assert_int_equal(note.n, 0);
    bd_record_free(&rec);
}

static void what_changed_is_shown_by_cell_brand_and_kind(void **state)
{
    struct bd_record rec;
    struct bd_replay r;
    struct bd_buf note;
    const json_t *cell, *change;
    char *text;
    json_t *o;

    (void)state;
    load(&rec);
    rec.cells[9].kept->rules = BD_READING_RULES + 3;
    rec.cells[9].kept->brands[BYD].rank = 4;
    rec.cells[9].kept->brands[TESLA].mentioned = BD_YES;
    r = bd_replay_count(&rec);
    assert_int_equal(r.changed, 1);
    assert_int_equal(r.low, BD_READING_RULES);
    assert_int_equal(r.high, BD_READING_RULES + 3);
    assert_int_equal(bd_replay_exit_code(&r), 5);
    text = terminal(&rec, "zh");
    has(text, "10 个回答中有 1 个");
    has(text, "比亚迪  平均排名      2.50  1.00"); /* (1 + 4) / 2 */
    has(text, "neutral-q000-m01-s0000  比亚迪  名次      4     1");
    has(text, "neutral-q000-m01-s0000  特斯拉  是否提到  提到  未提");
    free(text);
    o = json(&rec);
    assert_int_equal(bd_json_int(o, "changed", -1), 1);
    cell = json_array_get(json_object_get(o, "cells"), 0);
    assert_int_equal(json_array_size(json_object_get(cell, "changes")), 2);
    change = json_array_get(json_object_get(cell, "changes"), 1);
    assert_string_equal(bd_json_text(change, "brand", ""), "比亚迪");
    assert_string_equal(bd_json_text(change, "what", ""), "rank");
    assert_int_equal(bd_json_int(change, "was", 0), 4);
    assert_int_equal(bd_json_int(change, "is", 0), 1);
    json_decref(o);
    bd_buf_init(&note, 4096);
    assert_int_equal(bd_replay_note(&note, &rec, false), 0);
    has(note.data, "1 of 10 answers");
    has(note.data, rec.id);
    bd_buf_free(&note);
    bd_record_free(&rec);
}

static void answers_of_before_it_was_kept_are_told_as_such(void **state)
{
    struct bd_record rec;
    struct bd_replay r;
    char *text;
    json_t *o;

    (void)state;
    sample_good(&rec);
    r = bd_replay_count(&rec);
    assert_int_equal(bd_replay_exit_code(&r), 4);
    text = terminal(&rec, "en");
    has(text, "10 answers, all stored before readings were kept");
    free(text);
    o = json(&rec);
    assert_true(json_is_null(json_object_get(o, "rules_then")));
    json_decref(o);
    rec.cells[0].kept = bd_gist_of(rec.cells[0].geo);
    r = bd_replay_count(&rec);
    assert_int_equal(bd_replay_exit_code(&r), 3);
    text = terminal(&rec, "en");
    has(text, "9 more were stored before");
    free(text);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_is_said_plainly),
        cmocka_unit_test(what_changed_is_shown_by_cell_brand_and_kind),
        cmocka_unit_test(answers_of_before_it_was_kept_are_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
