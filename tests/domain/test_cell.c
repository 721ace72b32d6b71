/* tests/domain/test_cell.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/make.h"

static void keys_are_unique_in_a_diagnosis(void **state)
{
    (void)state;
    struct bd_record rec;
    char a[40], b[40];

    bd_record_init(&rec);
    reference(&rec.inquiry);
    rec.inquiry.samples = 2;
    add_cells(&rec);
    for (size_t i = 0; i < rec.cell_count; i++)
        for (size_t k = 0; k < i; k++) {
            bd_cell_key(&rec.cells[i], a);
            bd_cell_key(&rec.cells[k], b);
            assert_string_not_equal(a, b);
        }
    bd_cell_key(&rec.cells[0], a);
    assert_string_equal(a, "matrix-q000-b00-m00-s0000");
    bd_cell_key(cell_at(&rec, BD_PROBE_NEUTRAL, -1, 1, 1), a);
    assert_string_equal(a, "neutral-q000-m01-s0001");
    bd_record_free(&rec);
}

static void only_text_that_came_is_an_answer(void **state)
{
    (void)state;
    struct bd_cell c;

    bd_cell_init(&c);
    assert_false(bd_cell_answered(&c));
    answer(&c, "x", 1, BD_NO);
    assert_true(bd_cell_answered(&c));
    c.status = BD_STATUS_TRUNCATED;
    assert_true(bd_cell_answered(&c));
    for (int s = BD_STATUS_REFUSED; s < BD_STATUS_COUNT; s++) {
        c.status = (enum bd_status)s;
        assert_false(bd_cell_answered(&c));
    }
    c.status = BD_STATUS_TRUNCATED;
    c.text_bytes = 0;
    assert_false(bd_cell_answered(&c));
    bd_cell_free(&c);
}

static void full_cell(struct bd_cell *c)
{
    const struct bd_web_page page = {.url = "https://example.com/1",
                                     .title = "评测",
                                     .site = "示例网",
                                     .mark = "ref_1"};

    bd_cell_init(c);
    answer(c, "第一行\n“引号” \\ \t 末", 4, BD_NO);
    c->probe = BD_PROBE_MATRIX;
    c->brand = 3;
    c->model = 1;
    c->status = BD_STATUS_TRUNCATED;
    c->skip = BD_SKIP_DEADLINE;
    c->attempts = 2;
    c->finished_ms = 1790000000123;
    c->cached = true;
    c->usage =
        (struct bd_usage){.input = 12, .output = 345, .cached = 0, .reasoning = -1};
    c->cost = 0.001234;
    snprintf(c->finish, sizeof(c->finish), "deadline");
    c->model_used = strdup("qwen-plus");
    c->model_reported = strdup("qwen-plus-0101");
    c->request_id = strdup("req-1");
    (void)bd_fail(&c->error, BD_ERR_RATE_LIMITED, 429, "qwen", "太快了 \"slow\"");
    (void)bd_fail_in(&c->error, "question 1");
    c->error.retry_after_ms = 1500;
    c->searched = BD_YES;
    assert_int_equal(bd_sources_add(&c->sources, &page), 0);
}

static void same(const struct bd_cell *a, const struct bd_cell *b)
{
    assert_int_equal(a->probe, b->probe);
    assert_int_equal(a->brand, b->brand);
    assert_int_equal(a->question, b->question);
    assert_int_equal(a->model, b->model);
    assert_int_equal(a->sample, b->sample);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->skip, b->skip);
    assert_memory_equal(&a->error, &b->error, sizeof(a->error));
    assert_int_equal(a->attempts, b->attempts);
    assert_int_equal(a->ttft_ms, b->ttft_ms);
    assert_int_equal(a->latency_ms, b->latency_ms);
    assert_int_equal(a->finished_ms, b->finished_ms);
    assert_int_equal(a->cached, b->cached);
    assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
    assert_true(isnan(a->cost) ? isnan(b->cost) : a->cost == b->cost);
    assert_string_equal(a->finish, b->finish);
    assert_int_equal(a->text_bytes, b->text_bytes);
    assert_int_equal(a->searched, b->searched);
}

static void same_sources(const struct bd_sources *a, const struct bd_sources *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->at[i].url, b->at[i].url);
        assert_string_equal(a->at[i].title, b->at[i].title);
        assert_string_equal(a->at[i].site, b->at[i].site);
        assert_string_equal(a->at[i].mark, b->at[i].mark);
    }
}

static void same_text(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_true(!a && !b);
}

/* Through text, as a storage does it; o as it is stored, or was by an older version. */
static void through_text(json_t *o, const struct bd_cell *c,
                         const struct bd_sources *sources, const struct bd_inquiry *r)
{
    struct bd_error err = {0};
    struct bd_cell back;
    json_t *read;
    char *text = json_dumps(o, JSON_COMPACT);

    assert_non_null(text);
    read = json_loads(text, 0, NULL);
    must(bd_cell_from_json(&back, read, r, &err), &err);
    same(c, &back);
    same_text(c->model_used, back.model_used);
    same_text(c->model_reported, back.model_reported);
    same_text(c->request_id, back.request_id);
    same_text(c->text, back.text);
    same_sources(sources, &back.sources);
    assert_null(back.geo);
    bd_cell_free(&back);
    free(text);
    json_decref(o);
    json_decref(read);
}

static void there_and_back(const struct bd_cell *c, const struct bd_inquiry *r)
{
    const struct bd_sources none = {0};
    json_t *stored = bd_cell_to_stored(c, r);

    assert_null(json_object_get(stored, "geo")); /* made again from the text */
    assert_null(json_object_get(stored, "citations"));
    through_text(stored, c, &c->sources, r);
    through_text(bd_cell_to_json(c, r), c, &none, r);
}

static void json_goes_there_and_back(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_cell c;

    reference(&r);
    full_cell(&c);
    there_and_back(&c, &r);
    bd_cell_free(&c);
    bd_cell_init(&c); /* nothing told at all */
    there_and_back(&c, &r);
    c.skip = BD_SKIP_BREAKER_OPEN;
    c.sample = 9999;
    there_and_back(&c, &r);
    bd_cell_free(&c);
    bd_inquiry_free(&r);
}

/* As it was stored before there was a search. */
static void a_cell_without_a_word_of_search_is_read(void **state)
{
    (void)state;
    struct bd_error err = {0};
    struct bd_inquiry r;
    struct bd_cell c, back;
    json_t *o;

    reference(&r);
    full_cell(&c);
    o = bd_cell_to_stored(&c, &r);
    assert_int_equal(json_object_del(o, "searched") | json_object_del(o, "sources"), 0);
    must(bd_cell_from_json(&back, o, &r, &err), &err);
    assert_int_equal(back.searched, BD_UNKNOWN);
    assert_int_equal(back.sources.count, 0);
    same_text(c.text, back.text);
    json_decref(o);
    bd_cell_free(&back);
    bd_cell_free(&c);
    bd_inquiry_free(&r);
}

static void invalid_utf8_does_not_lose_the_cell(void **state)
{
    (void)state;
    struct bd_inquiry r;
    struct bd_cell c;
    json_t *o;

    reference(&r);
    bd_cell_init(&c);
    answer(&c,
           "a\xff"
           "b",
           4, BD_NO);
    o = bd_cell_to_json(&c, &r);
    assert_string_equal(bd_json_text(o, "text", ""), "a\xef\xbf\xbd"
                                                     "b");
    json_decref(o);
    bd_cell_free(&c);
    bd_inquiry_free(&r);
}

static void unknown_is_null_never_zero(void **state)
{
    (void)state;
    static const char *const nulls[] = {
        "brand",   "model",      "model_reported", "reason", "error",
        "ttft_ms", "cost",       "latency_ms",     "finish", "text",
        "geo",     "request_id", "searched"};
    struct bd_inquiry r;
    struct bd_cell c;
    json_t *o;

    reference(&r);
    bd_cell_init(&c);
    o = bd_cell_to_json(&c, &r);
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        assert_true(json_is_null(json_object_get(o, nulls[i])));
    assert_true(json_is_null(json_object_get(json_object_get(o, "usage"), "input")));
    assert_string_equal(bd_json_text(o, "provider", ""), "doubao");
    json_decref(o);
    bd_cell_free(&c);
    bd_inquiry_free(&r);
}

static void damaged_cells_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        const char *value, *says;
    } cases[] = {
        {"probe", "\"both\"", "'probe'"},
        {"status", "\"fine\"", "'status'"},
        {"reason", "\"rain\"", "'reason'"},
        {"index", "null", "index brand"},
        {"index", "{\"brand\":0,\"question\":0,\"model\":2}", "index model is 2"},
        {"index", "{\"brand\":-1,\"question\":0,\"model\":0}", "index brand"},
        {"index", "{\"brand\":0,\"question\":7,\"model\":0}", "index question"},
        {"question", "\"another\"", "'question'"},
        {"sample", "10000", "index sample"},
    };
    struct bd_inquiry r;
    struct bd_cell c, back;
    struct bd_error err;

    reference(&r);
    bd_cell_init(&c);
    c.probe = BD_PROBE_MATRIX;
    c.brand = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *o = bd_cell_to_json(&c, &r);

        json_object_set_new(o, cases[i].member,
                            json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_int_equal(bd_cell_from_json(&back, o, &r, &err), -1);
        assert_int_equal(err.type, BD_ERR_PROTOCOL);
        if (!strstr(err.message, cases[i].says))
            fail_msg("case %zu: '%s'", i, err.message);
        json_decref(o);
    }
    assert_int_equal(bd_cell_from_json(&back, NULL, &r, &err), -1);
    bd_inquiry_free(&r);
}

static void sources_say_where_they_come_from(void **state)
{
    static char url[] = "https://a.example/1", domain[] = "a.example", none[] = "";
    struct bd_citation claimed = {.url = url,
                                  .domain = domain,
                                  .title = none,
                                  .site = none,
                                  .attitude = none,
                                  .marker = none,
                                  .origin = BD_ORIGIN_CLAIMED,
                                  .near = {1},
                                  .near_count = 1,
                                  .praise = BD_UNKNOWN,
                                  .spans = {{3, 22}},
                                  .span_count = 1};
    struct bd_inquiry r;
    struct bd_cell c;
    json_t *j, *first;
    char *seen;

    (void)state;
    reference(&r);
    bd_cell_init(&c);
    answer(&c, "x", 4, BD_NO)->citations = &claimed;
    c.geo->citation_count = 1;
    j = bd_cell_to_json(&c, &r);
    first = json_array_get(json_object_get(j, "citations"), 0);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(first, "near"), 0)),
        r.brands[1].name);
    json_object_del(first, "near");
    seen = json_dumps(first, JSON_COMPACT);
    assert_string_equal(seen,
                        "{\"url\":\"https://a.example/1\",\"domain\":\"a.example\","
                        "\"title\":null,\"site_name\":null,\"attitude\":null,"
                        "\"origin\":\"model_claimed\",\"marker\":null,"
                        "\"praise_only\":null,"
                        "\"category\":\"unknown\",\"brand\":null,\"resolves\":null,"
                        "\"evidence\":[{\"start\":3,\"end\":22,\"matched\":\"\"}]}");
    free(seen);
    json_decref(j);
    c.geo->citations = NULL;
    c.geo->citation_count = 0;
    bd_cell_free(&c);
    bd_inquiry_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_unique_in_a_diagnosis),
        cmocka_unit_test(only_text_that_came_is_an_answer),
        cmocka_unit_test(json_goes_there_and_back),
        cmocka_unit_test(a_cell_without_a_word_of_search_is_read),
        cmocka_unit_test(invalid_utf8_does_not_lose_the_cell),
        cmocka_unit_test(unknown_is_null_never_zero),
        cmocka_unit_test(damaged_cells_are_refused),
        cmocka_unit_test(sources_say_where_they_come_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
