/* Rows on their way to a real storage, and back from it. */
#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/thread.h"
#include "domain/reading/reading.h"
#include "engine/parts.h"
#include "runtime/folder.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT     "1. 小米\n2. 华为\n"

static struct bd_engine *e;
static struct bd_run runs[64];
static uint32_t order_shown[1024];
static struct bd_diagnosis d; /* nothing of it runs: its rows are what is tried */
static struct bd_cell cells[8];
static struct bd_record back;
static struct bd_error err;

static void start(enum bd_engine_use use)
{
    char path[600];
    const char *const sets[] = {path, "storage.plugin=store_sqlite"};
    const struct bd_engine_plan plan = {.sets = sets,
                                        .set_count = COUNT(sets),
                                        .plugin_dir = BD_BUILD_DIR "/plugins",
                                        .use = use};
    struct bd_buf problems;

    snprintf(path, sizeof(path), "storage:store_sqlite.path=%s", in_folder("t.db"));
    bd_buf_init(&problems, 1 << 16);
    if (bd_engine_start(&e, &plan, &problems, &err) < 0)
        fail_msg("%s %s", err.message, problems.data);
    bd_buf_free(&problems);
    d.engine = e;
}

static void restart(enum bd_engine_use use)
{
    bd_engine_stop(e);
    start(use);
}

static int begin(void **state)
{
    struct bd_inquiry *q = &d.record.inquiry;

    if (make_folder(state) != 0)
        return -1;
    d = (struct bd_diagnosis){0};
    atomic_init(&d.refs, 1); /* ours: it is never buried */
    pthread_mutex_init(&d.lock, NULL);
    pthread_cond_init(&d.changed, NULL);
    bd_record_init(&d.record);
    snprintf(d.record.id, sizeof(d.record.id), "20260101-000000-aa");
    d.record.created_ms = 1700000000000;
    d.record.elapsed_ms = 4321;
    assert_int_equal(bd_inquiry_add_brand(q, "华为=Huawei", &err), 0);
    assert_int_equal(bd_inquiry_add_brand(q, "小米", &err), 0);
    assert_int_equal(bd_inquiry_add_question(q, "手机推荐", &err), 0);
    assert_int_equal(bd_inquiry_add_question(q, "买哪款", &err), 0);
    assert_int_equal(bd_inquiry_add_model(q, "qwen/qwen-plus", &err), 0);
    assert_int_equal(bd_inquiry_add_model(q, "zhipu/glm-4.7", &err), 0);
    q->deadline_ms = 9000;
    d.record.cells = cells;
    d.runs = runs;
    d.order = order_shown;
    d.record.cell_count = 0;
    bd_record_init(&back);
    start(BD_ENGINE_KEEPS);
    return 0;
}

static int end(void **state)
{
    bd_engine_stop(e);
    e = NULL;
    for (size_t i = 0; i < d.record.cell_count; i++)
        bd_cell_free(&cells[i]);
    d.record.cells = NULL;
    d.record.cell_count = 0;
    bd_record_free(&d.record);
    bd_record_free(&back);
    pthread_cond_destroy(&d.changed);
    pthread_mutex_destroy(&d.lock);
    (void)remove_folder(state);
    snprintf(folder, sizeof(folder), "/tmp/brandiag-test-XXXXXX");
    return 0;
}

static struct bd_cell *add_cell(int question, int model, int brand, int sample,
                                enum bd_status status, const char *text)
{
    struct bd_cell *c = &cells[d.record.cell_count++];

    assert_true(d.record.cell_count <= COUNT(cells));
    bd_cell_init(c);
    c->probe = brand < 0 ? BD_PROBE_NEUTRAL : BD_PROBE_MATRIX;
    c->question = question;
    c->model = model;
    c->brand = brand;
    c->sample = sample;
    c->status = status;
    c->text = text ? strdup(text) : NULL;
    c->text_bytes = text ? strlen(text) : 0;
    c->finished_ms = 1700000001000 + question;
    c->model_used = strdup(d.record.inquiry.models[model].model);
    return c;
}

static void read_cell(struct bd_cell *c)
{
    const struct bd_answer_text answer = {.text = c->text,
                                          .bytes = c->text_bytes,
                                          .cut = c->status == BD_STATUS_TRUNCATED,
                                          .echo = c->brand};
    struct bd_reader *reader;

    assert_int_equal(bd_reader_new(&reader, &d.record.inquiry, &err), 0);
    assert_int_equal(bd_reader_read(reader, &answer, &c->geo, &err), 0);
    bd_reader_free(reader);
}

static void put_cell(const struct bd_cell *c)
{
    pthread_mutex_lock(&d.lock);
    d.unstored++; /* as the caller of bd__persist_cell() has to */
    pthread_mutex_unlock(&d.lock);
    runs[c - cells] = (struct bd_run){.diagnosis = &d, .cell = &cells[c - cells]};
    bd__persist_cell(&runs[c - cells]);
}

/* All rows are where they belong, and nobody but us holds the diagnosis. */
static void settle(void)
{
    if (e->store)
        assert_int_equal(bd_store_flush(e->store, &err), 0);
    assert_int_equal(d.unstored, 0);
    assert_int_equal(atomic_load(&d.refs), 1);
}

static void store_all(bool done)
{
    bd__persist_diagnosis(&d, false);
    for (size_t i = 0; i < d.record.cell_count; i++)
        put_cell(&cells[i]);
    if (done)
        bd__persist_diagnosis(&d, true);
    settle();
}

static void load(void)
{
    bd_record_free(&back);
    if (bd_engine_load(e, d.record.id, &back, &err) < 0)
        fail_msg("%s: %s", err.context, err.message);
}

static void refuse_load(const char *id, const char *says, const char *where)
{
    struct bd_record out;

    assert_int_equal(bd_engine_load(e, id, &out, &err), -1);
    if (!strstr(err.message, says) || !strstr(err.context, where))
        fail_msg("%s: %s", err.context, err.message);
    assert_non_null(strstr(err.context, "loading "));
    assert_null(out.cells);
    assert_int_equal(out.inquiry.brand_count, 0);
}

/* One text of the database behind the storage's back; "NULL" for none. */
static const char *sql(const char *statement)
{
    static char text[256];
    sqlite3 *db;
    sqlite3_stmt *s;
    int rc;

    assert_int_equal(sqlite3_open(in_folder("t.db"), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, statement, -1, &s, NULL), SQLITE_OK);
    rc = sqlite3_step(s);
    assert_true(rc == SQLITE_ROW || rc == SQLITE_DONE);
    snprintf(text, sizeof(text), "%s",
             rc == SQLITE_ROW && sqlite3_column_text(s, 0)
                 ? (const char *)sqlite3_column_text(s, 0)
                 : "NULL");
    sqlite3_finalize(s);
    sqlite3_close(db);
    return text;
}

static void what_was_stored_comes_back_in_the_order_of_the_report(void **state)
{
    static const int order[8][4] = {{0, 0, 0, 0},  {0, 0, 1, 0},  {0, 1, 0, 0},
                                    {1, 0, 1, 0},  {0, 0, -1, 0}, {0, 0, -1, 1},
                                    {0, 1, -1, 0}, {1, 0, -1, 0}};

    (void)state;
    for (size_t i = COUNT(order); i-- > 0;) /* the last first */
        add_cell(order[i][0], order[i][1], order[i][2], order[i][3], BD_STATUS_OK, TEXT);
    store_all(true);
    load();
    assert_int_equal(back.cell_count, COUNT(order));
    for (size_t i = 0; i < COUNT(order); i++) {
        const struct bd_cell *c = &back.cells[i];

        assert_int_equal(c->probe, i < 4 ? BD_PROBE_MATRIX : BD_PROBE_NEUTRAL);
        assert_int_equal(c->question, order[i][0]);
        assert_int_equal(c->model, order[i][1]);
        assert_int_equal(c->brand, order[i][2]);
        assert_int_equal(c->sample, order[i][3]);
        assert_string_equal(c->text, TEXT);
    }
    assert_string_equal(back.id, d.record.id);
    assert_int_equal(back.created_ms, 1700000000000);
    assert_int_equal(back.elapsed_ms, 4321);
    assert_int_equal(back.deadline_ms, 9000);
    assert_string_equal(back.inquiry.brands[0].aliases[0], "Huawei");
    assert_string_equal(back.inquiry.models[1].model, "glm-4.7");
}

/* Rules of reading may have changed since: only answers are read, and read again. */
static void answers_are_read_again_and_nothing_else_is(void **state)
{
    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    add_cell(0, 0, 1, 0, BD_STATUS_TRUNCATED, "推荐华为");
    add_cell(0, 1, 0, 0, BD_STATUS_ERROR, TEXT);
    (void)bd_fail(&cells[2].error, BD_ERR_NETWORK, 104, "test", "reset by peer");
    add_cell(0, 1, 1, 0, BD_STATUS_SKIPPED, NULL);
    add_cell(1, 0, 0, 0, BD_STATUS_REFUSED, "抱歉，我无法回答这个问题。");
    store_all(true);
    load();
    assert_int_equal(back.cell_count, 5);
    assert_true(back.cells[4].geo->refused);
    assert_int_equal(back.cells[0].geo->brands[1].rank, 1);
    assert_int_equal(back.cells[1].geo->brands[1].mentioned, BD_UNKNOWN);
    assert_null(back.cells[2].geo);
    assert_string_equal(back.cells[2].text, TEXT);
    assert_int_equal(back.cells[2].error.type, BD_ERR_NETWORK);
    assert_string_equal(back.cells[2].error.message, "reset by peer");
    assert_int_equal(back.cells[3].status, BD_STATUS_SKIPPED);
    assert_null(back.cells[3].geo);
}

/* Whether a model declined is read, too: the stored word for it may be out of date. */
static void refusals_are_read_again(void **state)
{
    (void)state;
    add_cell(0, 0, -1, 0, BD_STATUS_OK, "抱歉，我无法回答这个问题。");
    add_cell(0, 0, -1, 1, BD_STATUS_REFUSED, TEXT);
    add_cell(0, 0, -1, 2, BD_STATUS_REFUSED, TEXT);
    (void)bd_fail(&cells[2].error, BD_ERR_CONTENT_FILTERED, 0, "test", "moderation");
    store_all(true);
    load();
    assert_int_equal(back.cells[0].status, BD_STATUS_REFUSED);
    assert_int_equal(back.cells[1].status, BD_STATUS_OK);
    assert_int_equal(back.cells[2].status, BD_STATUS_REFUSED); /* the service said so */
}

/* What it was read as goes with it, and stays when today's reading is another. */
static void what_was_read_is_kept_beside_the_answer(void **state)
{
    (void)state;
    add_cell(0, 0, -1, 0, BD_STATUS_OK, TEXT);
    add_cell(0, 0, -1, 1, BD_STATUS_OK, TEXT);
    read_cell(&cells[0]);
    cells[0].geo->brands[1].rank = 7; /* as older rules had it */
    store_all(true);
    load();
    assert_int_equal(back.cells[0].geo->brands[1].rank, 1);
    assert_non_null(back.cells[0].kept);
    assert_int_equal(back.cells[0].kept->brands[1].rank, 7);
    assert_int_equal(back.cells[0].kept->rules, BD_READING_RULES);
    assert_null(back.cells[1].kept);
}

static void a_diagnosis_that_did_not_end_is_an_interrupted_one(void **state)
{
    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    store_all(false);
    load();
    assert_true(back.interrupted);
    assert_int_equal(back.elapsed_ms, 0); /* nobody knows */
    assert_int_equal(back.cell_count, 1);
    assert_null(back.states);
    bd__persist_diagnosis(&d, true);
    settle();
    load();
    assert_false(back.interrupted);
}

static void an_interrupted_diagnosis_stays_one(void **state)
{
    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_CANCELLED, NULL);
    d.record.interrupted = true;
    store_all(true);
    load();
    assert_true(back.interrupted);
}

static void what_was_known_of_the_providers_comes_back(void **state)
{
    struct bd_model_state states[2] = {{"open", 3, 2, 1}, {"half_open", 0, 1, 4}};

    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    d.record.states = states;
    store_all(true);
    d.record.states = NULL;
    load();
    assert_non_null(back.states);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(back.states[i].breaker, states[i].breaker);
        assert_int_equal(back.states[i].opened, states[i].opened);
        assert_int_equal(back.states[i].keys_open, states[i].keys_open);
        assert_int_equal(back.states[i].hedges, states[i].hedges);
    }
}

static void columns_say_what_a_person_with_sql_wants_to_know(void **state)
{
    static const struct {
        const char *text, *score; /* of 华为 */
    } cases[] = {{TEXT, "0.5"},
                 {"推荐小米。", "0.0"},
                 {"华为和小米都不错。", NULL},
                 {NULL, "NULL"}};

    (void)state;
    for (int i = 0; i < (int)COUNT(cases); i++) {
        struct bd_cell *c = add_cell(0, 0, -1, i, BD_STATUS_OK, cases[i].text);

        if (cases[i].text)
            read_cell(c);
    }
    read_cell(add_cell(0, 1, 1, 0, BD_STATUS_OK, TEXT));
    read_cell(add_cell(0, 1, 0, 0, BD_STATUS_TRUNCATED, "推荐小米"));
    (void)bd_fail(&cells[5].error, BD_ERR_TIMEOUT, 0, "test", "late");
    store_all(true);
    for (int i = 0; i < (int)COUNT(cases); i++) {
        char query[128];

        snprintf(query, sizeof(query),
                 "SELECT score FROM cells WHERE key = 'neutral-q000-m00-s%04d'", i);
        if (cases[i].score)
            assert_string_equal(sql(query), cases[i].score);
        else
            assert_string_equal(sql(query),
                                cells[i].geo->brands[0].rank > 0 ? "1.0" : "0.3");
    }
    assert_string_equal(sql("SELECT brand FROM cells WHERE key LIKE 'neutral%'"), "*");
    assert_string_equal(sql("SELECT brand || provider || model || status || score FROM "
                            "cells WHERE key LIKE 'matrix-%b01%'"),
                        "小米zhipuglm-4.7ok1.0");
    assert_string_equal(sql("SELECT error FROM cells WHERE key LIKE 'matrix-%b01%'"),
                        "NULL");
    /* absence in a part is unknown, no score of 0 */
    assert_string_equal(sql("SELECT score FROM cells WHERE key LIKE 'matrix-%b00%'"),
                        "NULL");
    assert_non_null(strstr(sql("SELECT error FROM cells WHERE key LIKE 'matrix-%b00%'"),
                           "\"timeout\""));
    assert_string_equal(sql("SELECT brand FROM diagnoses"), "华为");
    assert_string_equal(sql("SELECT state FROM diagnoses"), "1");
}

static void an_unknown_id_is_told(void **state)
{
    (void)state;
    refuse_load("20250101-nothing", "no diagnosis '20250101-nothing' is stored here",
                "loading 20250101-nothing");
}

static void a_damaged_row_is_named_and_nothing_half_loaded(void **state)
{
    static const struct {
        const char *statement, *says, *where;
    } cases[] = {
        {"UPDATE cells SET data = '{\"probe\":' WHERE key LIKE '%b01%'", "",
         "stored cell 'matrix-q000-b01-m00-s0000'"},
        {"UPDATE cells SET data = '{}' WHERE key LIKE '%b01%'", "",
         "stored cell 'matrix-q000-b01-m00-s0000'"},
        {"UPDATE diagnoses SET request = '[1]'", "", "loading "},
        {"UPDATE diagnoses SET request = '{\"brend\":\"x\"}'", "brend", "loading "},
    };

    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    add_cell(0, 0, 1, 0, BD_STATUS_OK, TEXT);
    store_all(true);
    for (size_t i = 0; i < COUNT(cases); i++) {
        sql(cases[i].statement);
        refuse_load(d.record.id, cases[i].says, cases[i].where);
    }
    bd__persist_diagnosis(&d, true); /* rows are written whole: this mends it */
    put_cell(&cells[1]);
    settle();
    load();
    assert_int_equal(back.cell_count, 2);
}

static void a_summary_that_cannot_be_read_costs_no_cell(void **state)
{
    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    store_all(true);
    sql("UPDATE diagnoses SET summary = '{\"states\":[{}],\"elapsed_ms\":\"x\"'");
    load();
    assert_int_equal(back.cell_count, 1);
    assert_int_equal(back.elapsed_ms, 0);
    assert_null(back.states);
}

struct seen {
    char ids[8][40];
    int count, running, summaries;
};

static void see(void *arg, const struct bd_listed *row)
{
    struct seen *s = arg;

    assert_string_equal(row->brand, "华为");
    assert_int_equal(row->created_ms, 1700000000000);
    snprintf(s->ids[s->count++], sizeof(s->ids[0]), "%s", row->id);
    s->running += row->running;
    s->summaries += row->summary != NULL;
    assert_true(row->running != (row->summary != NULL));
}

static void lists_are_newest_first_and_end_where_told(void **state)
{
    struct seen all = {0}, two = {0}, older = {0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        d.record.id[strlen(d.record.id) - 1] = (char)('a' + i);
        store_all(i != 3);
    }
    assert_int_equal(bd_engine_list(e, 0, NULL, see, &all, &err), 0);
    assert_int_equal(all.count, 4);
    assert_string_equal(all.ids[0], "20260101-000000-ad");
    assert_string_equal(all.ids[3], "20260101-000000-aa");
    assert_int_equal(all.running, 1);
    assert_int_equal(all.summaries, 3);
    assert_int_equal(bd_engine_list(e, 2, NULL, see, &two, &err), 0);
    assert_int_equal(two.count, 2);
    assert_int_equal(bd_engine_list(e, 2, two.ids[1], see, &older, &err), 0);
    assert_int_equal(older.count, 2);
    assert_string_equal(older.ids[0], "20260101-000000-ab");
}

static void looking_where_nothing_is_stored_creates_nothing(void **state)
{
    struct seen none = {0};

    (void)state;
    bd_engine_stop(e);
    (void)unlink(in_folder("t.db"));
    start(BD_ENGINE_LOOKS);
    refuse_load("20260101-000000-aa", "nothing is stored yet: there is no '", "loading ");
    assert_non_null(strstr(err.message, "t.db'"));
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(bd_engine_list(e, 0, NULL, see, &none, &err), 0);
    assert_int_equal(none.count, 0);
    restart(BD_ENGINE_LOOKS);
    assert_int_equal(access(in_folder("t.db"), F_OK), -1);
}

static void who_forgets_counts_rows_as_done(void **state)
{
    (void)state;
    restart(BD_ENGINE_FORGETS);
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    store_all(true);
    assert_int_equal(d.unstored_for_good, 0);
    assert_int_equal(d.store_error.type, BD_ERR_NONE);
}

/* Larger than any row may be. */
static void a_row_that_is_not_taken_is_counted_and_its_cause_kept(void **state)
{
    size_t n = (size_t)70 << 20;
    struct bd_cell *c;

    (void)state;
    add_cell(0, 0, 0, 0, BD_STATUS_OK, TEXT);
    c = add_cell(0, 0, 1, 0, BD_STATUS_OK, NULL);
    c->text = malloc(n + 1);
    assert_non_null(c->text);
    memset(c->text, 'a', n);
    c->text[n] = '\0';
    c->text_bytes = n;
    store_all(false);
    assert_int_equal(d.unstored_for_good, 1);
    assert_int_not_equal(d.store_error.type, BD_ERR_NONE);
    load(); /* the others are there */
    assert_int_equal(back.cell_count, 1);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(what_was_stored_comes_back_in_the_order_of_the_report),
        CASE(answers_are_read_again_and_nothing_else_is),
        CASE(refusals_are_read_again),
        CASE(what_was_read_is_kept_beside_the_answer),
        CASE(a_diagnosis_that_did_not_end_is_an_interrupted_one),
        CASE(an_interrupted_diagnosis_stays_one),
        CASE(what_was_known_of_the_providers_comes_back),
        CASE(columns_say_what_a_person_with_sql_wants_to_know),
        CASE(an_unknown_id_is_told),
        CASE(a_damaged_row_is_named_and_nothing_half_loaded),
        CASE(a_summary_that_cannot_be_read_costs_no_cell),
        CASE(lists_are_newest_first_and_end_where_told),
        CASE(looking_where_nothing_is_stored_creates_nothing),
        CASE(who_forgets_counts_rows_as_done),
        CASE(a_row_that_is_not_taken_is_counted_and_its_cause_kept),
    };

    bd_thread_is(BD_MAIN, "test");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
