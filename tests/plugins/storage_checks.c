/* tests/plugins/storage_checks.c - see storage_checks.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage_checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_reopen(struct bench *b)
{
    struct bd_error err = {0};

    b->plugin->close(b->self);
    b->self = NULL;
    if (b->plugin->open(&b->host.host, &b->self, &err) < 0)
        fail_msg("%s", err.message);
}

void bench_open(struct bench *b, const char *plugin, const char *file)
{
    const char *directory = store_directory();

    *b = (struct bench){
        .plugin = store_load(plugin), .durable = file != NULL, .file = file};
    store_host_init(&b->host, b->plugin);
    if (file) {
        snprintf(b->path, sizeof(b->path), "%s/%s", directory, file);
        store_host_set(&b->host, "path", b->path);
    }
    bench_reopen(b);
}

void bench_close(struct bench *b)
{
    b->plugin->close(b->self);
    b->self = NULL;
    store_directory_end();
}

struct bd_diagnosis_row row_diagnosis(const char *id, int state)
{
    return (struct bd_diagnosis_row){
        .struct_size = sizeof(struct bd_diagnosis_row),
        .state = state,
        .id = id,
        .created_ms = 1700000000123,
        .finished_ms = state ? 1700000009456 : 0,
        .brand = "华为",
        .request = "{\"questions\":[\"20 万左右的新能源汽车品牌推荐\"]}",
        .summary = state ? "{\"success\":8}" : "",
    };
}

struct bd_cell_row row_cell(const char *diagnosis, const char *key, const char *data)
{
    return (struct bd_cell_row){
        .struct_size = sizeof(struct bd_cell_row),
        .diagnosis = diagnosis,
        .key = key,
        .brand = "小米",
        .provider = "doubao",
        .model = "doubao-seed-2-0-lite-260428",
        .status = "ok",
        .data = data,
        .score = 0.5,
        .time_ms = 1700000005000,
    };
}

struct bd_cache_row row_cache(const char *key, const char *data, int64_t expires_ms)
{
    return (struct bd_cache_row){.struct_size = sizeof(struct bd_cache_row),
                                 .key = key,
                                 .data = data,
                                 .expires_ms = expires_ms};
}

struct bd_batch batch_of(const struct bd_diagnosis_row *diagnoses, size_t diagnosis_count,
                         const struct bd_cell_row *cells, size_t cell_count,
                         const struct bd_cache_row *cache, size_t cache_count)
{
    return (struct bd_batch){
        .struct_size = sizeof(struct bd_batch),
        .diagnosis_count = (uint32_t)diagnosis_count,
        .diagnosis_size = sizeof(*diagnoses),
        .cell_count = (uint32_t)cell_count,
        .cell_size = sizeof(*cells),
        .cache_count = (uint32_t)cache_count,
        .cache_size = sizeof(*cache),
        .diagnoses = diagnoses,
        .cells = cells,
        .cache = cache,
    };
}

static void put(struct bench *b, struct bd_batch batch)
{
    struct bd_error err = {0};

    if (b->plugin->put(b->self, &batch, &err) != 0)
        fail_msg("%s", err.message);
}

void put_diagnosis(struct bench *b, struct bd_diagnosis_row row)
{
    put(b, batch_of(&row, 1, NULL, 0, NULL, 0));
}

void put_cell(struct bench *b, struct bd_cell_row row)
{
    put(b, batch_of(NULL, 0, &row, 1, NULL, 0));
}

void put_cache(struct bench *b, struct bd_cache_row row)
{
    put(b, batch_of(NULL, 0, NULL, 0, &row, 1));
}

/* What a walk brought: the text of its rows, and how many; stops after `most`. */
struct seen {
    FILE *out;
    int rows, most;
};

static int see_diagnosis(void *arg, const struct bd_diagnosis_row *r)
{
    struct seen *s = arg;

    assert_true(r->struct_size >= sizeof(*r));
    fprintf(s->out, "%s %d %lld %lld %s|%s|%s\n", r->id, r->state,
            (long long)r->created_ms, (long long)r->finished_ms, r->brand, r->request,
            r->summary);
    return ++s->rows == s->most;
}

static int see_cell(void *arg, const struct bd_cell_row *r)
{
    struct seen *s = arg;

    assert_true(r->struct_size >= sizeof(*r));
    fprintf(s->out, "%s %s %s %s %s %s %s|%s|%a %lld\n", r->diagnosis, r->key, r->brand,
            r->provider, r->model, r->status, r->data, r->error ? r->error : "NULL",
            isnan(r->score) ? -1.0 : r->score, (long long)r->time_ms);
    return ++s->rows == s->most;
}

static int see_cache(void *arg, const struct bd_cache_row *r)
{
    struct seen *s = arg;

    assert_true(r->struct_size >= sizeof(*r));
    fprintf(s->out, "%s %s %lld\n", r->key, r->data, (long long)r->expires_ms);
    return ++s->rows == s->most;
}

char *show(struct bench *b, const char *const *ids, size_t id_count,
           const char *const *keys, size_t key_count)
{
    struct bd_list_query all = {.struct_size = sizeof(all)};
    struct bd_list_query unfinished = {.struct_size = sizeof(all), .unfinished_only = 1};
    struct bd_error err = {0};
    struct seen s = {0};
    char *text = NULL;
    size_t n = 0;

    s.out = open_memstream(&text, &n);
    assert_int_equal(b->plugin->list(b->self, &all, see_diagnosis, &s, &err), 0);
    assert_int_equal(b->plugin->list(b->self, &unfinished, see_diagnosis, &s, &err), 0);
    for (size_t i = 0; i < id_count; i++) {
        assert_int_equal(b->plugin->get(b->self, ids[i], see_diagnosis, &s, &err), 0);
        assert_int_equal(b->plugin->cells(b->self, ids[i], see_cell, &s, &err), 0);
    }
    for (size_t i = 0; i < key_count; i++)
        assert_int_equal(
            b->plugin->cache_get(b->self, keys[i], 1000, see_cache, &s, &err), 0);
    fclose(s.out);
    return text;
}

#define SHOW_ID(b, id) show(b, (const char *const[]){id}, 1, NULL, 0)

/* The first word of each row of a list, joined by blanks. */
static void expect_list(struct bench *b, int unfinished, int limit, const char *before,
                        const char *expected)
{
    struct bd_list_query q = {.struct_size = sizeof(q),
                              .unfinished_only = unfinished,
                              .limit = limit,
                              .before_id = before};
    struct bd_error err = {0};
    struct seen s = {0};
    char *text = NULL, *save, got[256] = "";
    size_t n = 0;

    s.out = open_memstream(&text, &n);
    assert_int_equal(b->plugin->list(b->self, &q, see_diagnosis, &s, &err), 0);
    fclose(s.out);
    for (char *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%.*s",
                 got[0] ? " " : "", (int)strcspn(line, " "), line);
    free(text);
    assert_string_equal(got, expected);
}

static int count_cells(struct bench *b, const char *id, int most)
{
    struct bd_error err = {0};
    struct seen s = {.most = most};

    s.out = fopen("/dev/null", "w");
    assert_int_equal(b->plugin->cells(b->self, id, see_cell, &s, &err), 0);
    fclose(s.out);
    return s.rows;
}

static int cache_hit(struct bench *b, const char *key, int64_t now_ms)
{
    struct bd_error err = {0};
    struct seen s = {0};

    s.out = fopen("/dev/null", "w");
    assert_int_equal(b->plugin->cache_get(b->self, key, now_ms, see_cache, &s, &err), 0);
    fclose(s.out);
    return s.rows;
}

static int keep_cell(void *arg, const struct bd_cell_row *r)
{
    struct bd_cell_row *to = arg;

    *to = *r;
    to->diagnosis = strdup(r->diagnosis);
    to->key = strdup(r->key);
    to->brand = strdup(r->brand);
    to->provider = strdup(r->provider);
    to->model = strdup(r->model);
    to->status = strdup(r->status);
    to->data = strdup(r->data);
    to->error = r->error ? strdup(r->error) : NULL;
    return 0;
}

static void drop_cell(struct bd_cell_row *r)
{
    free((char *)r->diagnosis);
    free((char *)r->key);
    free((char *)r->brand);
    free((char *)r->provider);
    free((char *)r->model);
    free((char *)r->status);
    free((char *)r->data);
    free((char *)r->error);
}

/* Stores the cell, reads it back, compares every member. */
static void expect_same_cell(struct bench *b, struct bd_cell_row row)
{
    struct bd_cell_row got = {0};
    struct bd_error err = {0};

    put_cell(b, row);
    assert_int_equal(b->plugin->cells(b->self, row.diagnosis, keep_cell, &got, &err), 0);
    assert_non_null(got.key);
    assert_string_equal(got.diagnosis, row.diagnosis);
    assert_string_equal(got.key, row.key);
    assert_string_equal(got.brand, row.brand);
    assert_string_equal(got.provider, row.provider);
    assert_string_equal(got.model, row.model);
    assert_string_equal(got.status, row.status);
    assert_int_equal(strlen(got.data), strlen(row.data));
    assert_true(strcmp(got.data, row.data) == 0);
    assert_int_equal(!got.error, !row.error);
    if (row.error)
        assert_string_equal(got.error, row.error);
    if (isfinite(row.score))
        assert_true(got.score == row.score);
    else
        assert_true(isnan(got.score));
    assert_true(got.time_ms == row.time_ms);
    drop_cell(&got);
}

static void a_diagnosis_comes_back_as_it_was(void **state)
{
    struct bench *b = *state;
    char *text;

    put_diagnosis(b, row_diagnosis("d-1", BD_DIAGNOSIS_DONE));
    text = SHOW_ID(b, "d-1");
    assert_string_equal(
        text,
        "d-1 1 1700000000123 1700000009456 "
        "华为|{\"questions\":[\"20 万左右的新能源汽车品牌推荐\"]}|{\"success\":8}\n"
        "d-1 1 1700000000123 1700000009456 "
        "华为|{\"questions\":[\"20 万左右的新能源汽车品牌推荐\"]}|{\"success\":8}\n");
    free(text);
}

static void what_is_not_there_is_no_error(void **state)
{
    struct bench *b = *state;
    struct bd_error err = {0};
    struct bd_batch nothing = batch_of(NULL, 0, NULL, 0, NULL, 0);
    char *text = SHOW_ID(b, "d-1");

    assert_string_equal(text, "");
    free(text);
    assert_int_equal(b->plugin->remove(b->self, "d-1", &err), 0);
    assert_int_equal(cache_hit(b, "0123", 0), 0);
    assert_int_equal(b->plugin->put(b->self, &nothing, &err), 0);
    expect_list(b, 0, 0, NULL, "");
    b->plugin->close(NULL);
}

static void lists_newest_first_in_pages_and_unfinished_alone(void **state)
{
    struct bench *b = *state;
    static const char *const ids[] = {"d-3", "d-1", "d-5", "d-2", "d-4", "d-10"};

    for (size_t i = 0; i < 6; i++)
        put_diagnosis(b, row_diagnosis(ids[i], i % 2));
    expect_list(b, 0, 0, NULL, "d-5 d-4 d-3 d-2 d-10 d-1");
    expect_list(b, 0, 2, NULL, "d-5 d-4");
    expect_list(b, 0, 2, "d-4", "d-3 d-2");
    expect_list(b, 0, 2, "d-2", "d-10 d-1");
    expect_list(b, 0, 2, "d-1", "");
    expect_list(b, 0, 0, "d-25", "d-2 d-10 d-1");
    expect_list(b, 0, 0, "z", "d-5 d-4 d-3 d-2 d-10 d-1");
    expect_list(b, 1, 0, NULL, "d-5 d-4 d-3");
    expect_list(b, 1, 1, "d-5", "d-4");
    put_diagnosis(b, row_diagnosis("d-4", BD_DIAGNOSIS_DONE));
    expect_list(b, 1, 0, NULL, "d-5 d-3");
}

static void a_key_that_exists_is_replaced_and_the_later_row_counts(void **state)
{
    struct bench *b = *state;
    struct bd_diagnosis_row d[2] = {row_diagnosis("d-1", 0), row_diagnosis("d-1", 1)};
    struct bd_cell_row c[2] = {row_cell("d-1", "k", "first"),
                               row_cell("d-1", "k", "second")};
    struct bd_cache_row m[2] = {row_cache("0a", "first", 5000),
                                row_cache("0a", "second", 6000)};
    char *text, *again;

    put(b, batch_of(d, 2, c, 2, m, 2));
    text = show(b, (const char *const[]){"d-1"}, 1, (const char *const[]){"0a"}, 1);
    assert_non_null(strstr(text, " second|"));
    assert_null(strstr(text, "first"));
    assert_non_null(strstr(text, "0a second 6000"));
    assert_int_equal(count_cells(b, "d-1", 0), 1);
    expect_list(b, 1, 0, NULL, "");
    put(b, batch_of(d, 2, c, 2, m, 2)); /* sent again */
    again = show(b, (const char *const[]){"d-1"}, 1, (const char *const[]){"0a"}, 1);
    assert_string_equal(text, again);
    free(text);
    free(again);
}

static void removing_takes_the_cells_of_that_diagnosis_alone(void **state)
{
    struct bench *b = *state;
    struct bd_error err = {0};
    static const char *const ids[] = {"d-1", "d-10", "d-", "d-2"};

    for (size_t i = 0; i < 4; i++) {
        put_diagnosis(b, row_diagnosis(ids[i], 0));
        put_cell(b, row_cell(ids[i], "a", "{}"));
        put_cell(b, row_cell(ids[i], "b", "{}"));
    }
    assert_int_equal(b->plugin->remove(b->self, "d-1", &err), 0);
    expect_list(b, 0, 0, NULL, "d-2 d-10 d-");
    assert_int_equal(count_cells(b, "d-1", 0), 0);
    assert_int_equal(count_cells(b, "d-10", 0), 2);
    assert_int_equal(count_cells(b, "d-", 0), 2);
    put_cell(b, row_cell("d-1", "a", "{}")); /* a late cell, without its diagnosis */
    assert_int_equal(count_cells(b, "d-1", 0), 1);
}

static int join_keys(void *arg, const struct bd_cell_row *r)
{
    char *to = arg;

    snprintf(to + strlen(to), 128 - strlen(to), "%s,", r->key);
    return 0;
}

static void cells_come_in_the_order_of_their_keys_as_bytes(void **state)
{
    struct bench *b = *state;
    static const char *const keys[] = {"b", "中", "B", "a", "", "a10", "a2", "é", "~"};
    struct bd_error err = {0};
    char got[128] = "";

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        put_cell(b, row_cell("d-1", keys[i], "{}"));
    put_cell(b, row_cell("d-0", "x", "{}"));
    put_cell(b, row_cell("d-2", "x", "{}"));
    assert_int_equal(b->plugin->cells(b->self, "d-1", join_keys, got, &err), 0);
    assert_string_equal(got, ",B,a,a10,a2,b,~,é,中,");
}

static void cached_answers_end_when_they_expire(void **state)
{
    struct bench *b = *state;

    put_cache(b, row_cache("0a", "answer", 5000));
    assert_int_equal(cache_hit(b, "0a", 4999), 1);
    assert_int_equal(cache_hit(b, "0a", 5000), 0);
    assert_int_equal(cache_hit(b, "0", 0), 0);
    put_cache(b, row_cache("0a", "newer", 9000));
    assert_int_equal(cache_hit(b, "0a", 8999), 1);
    for (int i = 0; i < 3000; i += 100) { /* old ones go, new ones stay */
        struct bd_cache_row rows[100];
        char names[100][16];

        for (int k = 0; k < 100; k++) {
            snprintf(names[k], sizeof(names[k]), "%04x", i + k);
            rows[k] = row_cache(names[k], "answer", i < 2900 ? 7000 : 20000);
        }
        put(b, batch_of(NULL, 0, NULL, 0, rows, 100));
    }
    assert_int_equal(cache_hit(b, "0b53", 8999), 0);
    assert_int_equal(cache_hit(b, "0b54", 8999), 1);
    assert_int_equal(cache_hit(b, "0a", 8999), 1);
}

static void any_text_comes_back_byte_for_byte(void **state)
{
    struct bench *b = *state;
    static const char *const texts[] = {"",
                                        "问界 M7、理想 L6 与小米 SU7",
                                        "it's \"quoted\" \\ ; DROP TABLE cells;--",
                                        "\x01\x02\x07\b\t\n\v\f\r\x1b[31m\x1f\x7f",
                                        "\xf4\x8f\xbf\xbf \xf0\x9f\x9a\x97",
                                        "\xc2\x80\xe2\x80\xae\xef\xbb\xbf",
                                        "%s %n ?1 :a @b $c",
                                        " leading, trailing \n"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct bd_cell_row r = row_cell("d-1", "k", texts[i]);

        r.brand = r.provider = r.model = r.status = r.error = texts[i];
        expect_same_cell(b, r);
        r.error = NULL;
        expect_same_cell(b, r);
    }
}

static void a_megabyte_of_chinese_is_a_row_like_others(void **state)
{
    struct bench *b = *state;
    size_t n = 1 << 20;
    char *data = malloc(n + 1);

    for (size_t i = 0; i + 3 <= n; i += 3)
        memcpy(data + i, "车", 3);
    data[n - n % 3] = '\0';
    expect_same_cell(b, row_cell("d-1", "big", data));
    free(data);
}

static void numbers_come_back_exactly(void **state)
{
    struct bench *b = *state;
    const double scores[] = {0, 1, 0.1 + 0.2, 1.0 / 3, 5e-324, 1e300, NAN, INFINITY};
    const int64_t times[] = {0, -1, INT64_MAX, INT64_MIN, 1700000000123};

    for (size_t i = 0; i < 8; i++) {
        struct bd_cell_row r = row_cell("d-1", "k", "{}");

        r.score = scores[i];
        r.time_ms = times[i % 5];
        expect_same_cell(b, r);
    }
}

static void ten_thousand_cells_are_all_there_and_in_order(void **state)
{
    struct bench *b = *state;
    static char keys[100][16];
    struct bd_cell_row rows[100];
    char *text, *save;
    int i = 0;

    for (int batch = 0; batch < 100; batch++) {
        for (int k = 0; k < 100; k++) {
            /* 7919 is prime to 10000: every number once, far from sorted */
            snprintf(keys[k], sizeof(keys[k]), "%05d", (batch * 100 + k) * 7919 % 10000);
            rows[k] = row_cell("d-1", keys[k], "{\"text\":\"推荐\"}");
        }
        put(b, batch_of(NULL, 0, rows, 100, NULL, 0));
    }
    text = SHOW_ID(b, "d-1");
    for (char *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        assert_int_equal(atol(line + strlen("d-1 ")), i++);
    assert_int_equal(i, 10000);
    free(text);
}

static void a_walk_may_stop_in_the_middle(void **state)
{
    struct bench *b = *state;
    struct bd_list_query q = {.struct_size = sizeof(q)};
    struct bd_error err = {0};
    struct seen s = {.most = 1};

    for (int i = 0; i < 5; i++) {
        char key[16];

        snprintf(key, sizeof(key), "d-%d", i);
        put_diagnosis(b, row_diagnosis(key, 0));
        put_cell(b, row_cell("d-1", key, "{}"));
    }
    assert_int_equal(count_cells(b, "d-1", 2), 2);
    s.out = fopen("/dev/null", "w");
    assert_int_equal(b->plugin->list(b->self, &q, see_diagnosis, &s, &err), 0);
    fclose(s.out);
    assert_int_equal(s.rows, 1);
    assert_int_equal(count_cells(b, "d-1", 0), 5);
    put_cell(b, row_cell("d-1", "later", "{}")); /* no walk is left open */
    assert_int_equal(count_cells(b, "d-1", 0), 6);
}

/* As a host of a later minor would send them. */
static void rows_may_be_wider_than_the_plugin_knows(void **state)
{
    struct bench *b = *state;
    struct {
        struct bd_cell_row row;
        const char *later;
    } wide[2] = {{row_cell("d-1", "a", "{}"), "x"}, {row_cell("d-1", "b", "{}"), "y"}};
    struct bd_batch batch = batch_of(NULL, 0, &wide[0].row, 2, NULL, 0);

    batch.cell_size = sizeof(wide[0]);
    wide[0].row.struct_size = wide[1].row.struct_size = sizeof(wide[0]);
    put(b, batch);
    assert_int_equal(count_cells(b, "d-1", 0), 2);
}

static void everything_is_there_after_opening_again(void **state)
{
    struct bench *b = *state;
    static const char *const ids[] = {"d-1", "d-2"}, *const keys[] = {"0a", "0b"};
    struct bd_error err = {0};
    char *before, *after;

    if (!b->durable)
        skip();
    put_diagnosis(b, row_diagnosis("d-1", 1));
    put_diagnosis(b, row_diagnosis("d-2", 0));
    put_cell(b, row_cell("d-1", "k", "{\"a\":1}"));
    put_cell(b, row_cell("d-2", "k", "gone"));
    put_cell(b, row_cell("d-1", "k", "{\"a\":2}"));
    put_cache(b, row_cache("0a", "answer", 5000));
    assert_int_equal(b->plugin->remove(b->self, "d-2", &err), 0);
    put_cell(b, row_cell("d-2", "l", "late"));
    before = show(b, ids, 2, keys, 2);
    bench_reopen(b);
    after = show(b, ids, 2, keys, 2);
    assert_string_equal(before, after);
    assert_null(strstr(after, "gone"));
    free(before);
    free(after);
}

static const char *plugin_name, *file_name;

static int open_fresh(void **state)
{
    static struct bench bench;

    bench_open(&bench, plugin_name, file_name);
    *state = &bench;
    return 0;
}

static int close_it(void **state)
{
    bench_close(*state);
    return 0;
}

#define CHECK(name) cmocka_unit_test_setup_teardown(name, open_fresh, close_it)

int storage_checks(const char *plugin, const char *file)
{
    const struct CMUnitTest tests[] = {
        CHECK(a_diagnosis_comes_back_as_it_was),
        CHECK(what_is_not_there_is_no_error),
        CHECK(lists_newest_first_in_pages_and_unfinished_alone),
        CHECK(a_key_that_exists_is_replaced_and_the_later_row_counts),
        CHECK(removing_takes_the_cells_of_that_diagnosis_alone),
        CHECK(cells_come_in_the_order_of_their_keys_as_bytes),
        CHECK(cached_answers_end_when_they_expire),
        CHECK(any_text_comes_back_byte_for_byte),
        CHECK(a_megabyte_of_chinese_is_a_row_like_others),
        CHECK(numbers_come_back_exactly),
        CHECK(ten_thousand_cells_are_all_there_and_in_order),
        CHECK(a_walk_may_stop_in_the_middle),
        CHECK(rows_may_be_wider_than_the_plugin_knows),
        CHECK(everything_is_there_after_opening_again),
    };

    plugin_name = plugin;
    file_name = file;
    return cmocka_run_group_tests_name(plugin, tests, NULL, NULL);
}
