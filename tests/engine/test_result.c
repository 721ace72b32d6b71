/* What each kind of end of an attempt makes of a cell. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "domain/reading/reading.h"
#include "engine/parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT     "1. 华为\n2. 小米\n"

/* A run as run.c makes it, of the second brand's second question. */
static struct bd_diagnosis diagnosis;
static struct bd_provider_slot slot;
static struct bd_values *values;
static struct bd_cell place, cell;
static struct bd_answer answer;
static struct bd_sources found;
static struct bd_run run;

static void price(const char *input, const char *output)
{
    const struct bd_option_table table = bd_settings_provider_options();
    const char *sets[] = {"provider:x.model=m", input, output};
    struct bd_problems problems;
    struct bd_ini *ini = NULL;
    struct bd_error err;

    bd_values_free(values);
    bd_problems_init(&problems);
    assert_int_equal(bd_ini_read(&ini, NULL, sets,
                                 !input    ? 1
                                 : !output ? 2
                                           : 3,
                                 &problems, &err),
                     0);
    assert_int_equal(bd_values_check(&values, ini, "provider:x", &table, 1, &problems),
                     0);
    slot.values = values;
    bd_problems_free(&problems);
    bd_ini_free(ini);
}

static int begin(void **state)
{
    struct bd_inquiry *q = &diagnosis.record.inquiry;
    struct bd_error err;

    (void)state;
    bd_inquiry_init(q);
    assert_int_equal(bd_inquiry_add_brand(q, "华为=Huawei", &err), 0);
    assert_int_equal(bd_inquiry_add_brand(q, "小米", &err), 0);
    assert_int_equal(bd_reader_new(&diagnosis.reader, q, &err), 0);
    price(NULL, NULL);
    bd_cell_init(&place);
    place.probe = BD_PROBE_MATRIX;
    place.brand = 1;
    place.question = 2;
    place.model = 3;
    place.sample = 4;
    run = (struct bd_run){.diagnosis = &diagnosis,
                          .cell = &place,
                          .place = {BD_PROBE_MATRIX, 1, 2, 3, 4},
                          .slot = &slot,
                          .model = "glm-4.7"};
    answer = (struct bd_answer){.struct_size = sizeof(answer),
                                .finish = BD_FINISH_STOP,
                                .usage = {1000, 500, -1, -1}};
    bd_cell_init(&cell);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_cell_free(&cell);
    bd_cell_free(&place);
    bd_sources_free(&found);
    diagnosis.record.inquiry.search = false;
    bd_values_free(values);
    values = NULL;
    bd_reader_free(diagnosis.reader);
    bd_inquiry_free(&diagnosis.record.inquiry);
    return 0;
}

static struct bd_attempt_result result(enum bd_error_type type, const char *text)
{
    struct bd_attempt_result r = {.answer = &answer,
                                  .sources = &found,
                                  .text = text,
                                  .text_bytes = strlen(text),
                                  .model_reported = "",
                                  .request_id = "",
                                  .sent = true,
                                  .ttft_ms = 120,
                                  .total_ms = 900};

    if (type != BD_ERR_NONE)
        (void)bd_fail(&r.error, type, 7, "test", "it was so");
    return r;
}

static void fill(enum bd_error_type type, const char *text)
{
    const struct bd_attempt_result r = result(type, text);

    bd_cell_free(&cell);
    bd__result_fill(&cell, &run, &r);
}

static void every_end_has_its_status(void **state)
{
    static const struct {
        enum bd_error_type type;
        enum bd_finish finish;
        const char *text;
        enum bd_status status;
        const char *word;
    } cases[] = {
        {BD_ERR_NONE, BD_FINISH_STOP, TEXT, BD_STATUS_OK, "stop"},
        {BD_ERR_NONE, BD_FINISH_NONE, TEXT, BD_STATUS_OK, ""},
        {BD_ERR_NONE, BD_FINISH_OTHER, TEXT, BD_STATUS_OK, "other"},
        {BD_ERR_NONE, BD_FINISH_LENGTH, TEXT, BD_STATUS_TRUNCATED, "length"},
        {BD_ERR_TIMEOUT, BD_FINISH_NONE, TEXT, BD_STATUS_TRUNCATED, "deadline"},
        {BD_ERR_TIMEOUT, BD_FINISH_NONE, "", BD_STATUS_TIMEOUT, "deadline"},
        {BD_ERR_TIMEOUT, BD_FINISH_NONE, " \r\n\t", BD_STATUS_TIMEOUT, "deadline"},
        {BD_ERR_CANCELLED, BD_FINISH_NONE, TEXT, BD_STATUS_TRUNCATED, "cancelled"},
        {BD_ERR_CANCELLED, BD_FINISH_NONE, "", BD_STATUS_CANCELLED, "cancelled"},
        {BD_ERR_CONTENT_FILTERED, BD_FINISH_FILTERED, "", BD_STATUS_REFUSED,
         "content_filter"},
        {BD_ERR_CONTENT_FILTERED, BD_FINISH_FILTERED, TEXT, BD_STATUS_REFUSED,
         "content_filter"},
        {BD_ERR_PROTOCOL, BD_FINISH_FAILED, TEXT, BD_STATUS_ERROR, "failed"},
        {BD_ERR_PROTOCOL, BD_FINISH_TOOL, "", BD_STATUS_ERROR, "tool_calls"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        answer.finish = cases[i].finish;
        fill(cases[i].type, cases[i].text);
        assert_int_equal(cell.status, cases[i].status);
        assert_string_equal(cell.finish, cases[i].word);
        assert_int_equal(cell.error.type, cases[i].type);
        assert_int_equal(cell.skip, BD_SKIP_NONE);
    }
}

static void every_other_failure_is_an_error_with_its_cause(void **state)
{
    int seen = 0;

    (void)state;
    for (int type = BD_ERR_NONE + 1; type <= BD_ERR_INTERNAL; type++) {
        if (type == BD_ERR_TIMEOUT || type == BD_ERR_CANCELLED ||
            type == BD_ERR_CONTENT_FILTERED)
            continue;
        fill(type, TEXT);
        assert_int_equal(cell.status, BD_STATUS_ERROR);
        assert_int_equal(cell.error.type, type);
        assert_int_equal(cell.error.code, 7);
        assert_string_equal(cell.error.message, "it was so");
        seen++;
    }
    assert_true(seen >= 14);
}

static void the_text_is_a_copy_and_kept_after_failures_too(void **state)
{
    static const enum bd_error_type types[] = {BD_ERR_NONE, BD_ERR_TIMEOUT,
                                               BD_ERR_NETWORK, BD_ERR_CONTENT_FILTERED};
    char text[] = TEXT;

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        fill(types[i], text);
        assert_ptr_not_equal(cell.text, text);
        assert_string_equal(cell.text, TEXT);
        assert_int_equal(cell.text_bytes, strlen(TEXT));
    }
    fill(BD_ERR_NETWORK, " \n");
    assert_null(cell.text);
    assert_int_equal(cell.text_bytes, 0);
}

/* Half an answer before a failure is there to be looked at, not to be counted. */
static void only_answers_are_read(void **state)
{
    static const struct {
        enum bd_error_type type;
        bool read;
    } cases[] = {{BD_ERR_NONE, true},      {BD_ERR_TIMEOUT, true},
                 {BD_ERR_CANCELLED, true}, {BD_ERR_NETWORK, false},
                 {BD_ERR_PROTOCOL, false}, {BD_ERR_CONTENT_FILTERED, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        fill(cases[i].type, TEXT);
        assert_int_equal(cell.geo != NULL, cases[i].read);
        if (cases[i].read)
            assert_int_equal(cell.geo->brands[1].rank, 2);
    }
    fill(BD_ERR_TIMEOUT, "");
    assert_null(cell.geo);
}

/* What a part of an answer does not name may have been in the rest. */
static void absence_is_known_only_of_a_whole_answer(void **state)
{
    (void)state;
    fill(BD_ERR_NONE, "推荐华为。");
    assert_int_equal(cell.geo->brands[0].mentioned, BD_YES);
    assert_int_equal(cell.geo->brands[1].mentioned, BD_NO);
    fill(BD_ERR_TIMEOUT, "推荐华为。");
    assert_int_equal(cell.geo->brands[0].mentioned, BD_YES);
    assert_int_equal(cell.geo->brands[1].mentioned, BD_UNKNOWN);
    answer.finish = BD_FINISH_LENGTH;
    fill(BD_ERR_NONE, "推荐华为。");
    assert_int_equal(cell.geo->brands[1].mentioned, BD_UNKNOWN);
}

static void a_model_that_declines_has_refused(void **state)
{
    (void)state;
    fill(BD_ERR_NONE, "抱歉，我无法回答这个问题。");
    assert_int_equal(cell.status, BD_STATUS_REFUSED);
    assert_int_equal(cell.error.type, BD_ERR_NONE);
    assert_true(cell.geo->refused);
    fill(BD_ERR_TIMEOUT, "抱歉，我无法回答这个问题。"); /* it may have gone on */
    assert_int_equal(cell.status, BD_STATUS_TRUNCATED);
}

static void the_cost_is_known_if_prices_and_counts_are(void **state)
{
    (void)state;
    fill(BD_ERR_NONE, TEXT);
    assert_true(isnan(cell.cost));
    price("provider:x.price_input=2", NULL);
    fill(BD_ERR_NONE, TEXT);
    assert_true(isnan(cell.cost));
    price("provider:x.price_input=2", "provider:x.price_output=8");
    fill(BD_ERR_NONE, TEXT);
    assert_true(fabs(cell.cost - (1000 * 2 + 500 * 8) / 1e6) < 1e-12);
    fill(BD_ERR_NETWORK, ""); /* a failed call may be billed, too */
    assert_true(fabs(cell.cost - 0.006) < 1e-12);
    answer.usage.output = -1;
    fill(BD_ERR_NONE, TEXT);
    assert_true(isnan(cell.cost));
    answer.usage = (struct bd_usage){-1, 500, -1, -1};
    fill(BD_ERR_NONE, TEXT);
    assert_true(isnan(cell.cost));
    price("provider:x.price_input=0", "provider:x.price_output=0"); /* free of charge */
    answer.usage = (struct bd_usage){1000, 500, -1, -1};
    fill(BD_ERR_NONE, TEXT);
    assert_true(cell.cost == 0);
}

static void what_the_provider_told_is_kept_and_nothing_made_up(void **state)
{
    struct bd_attempt_result r = result(BD_ERR_NONE, TEXT);

    (void)state;
    bd__result_fill(&cell, &run, &r);
    assert_null(cell.model_reported);
    assert_null(cell.request_id);
    bd_cell_free(&cell);
    r.model_reported = "glm-4.7-0711";
    r.request_id = "req-1";
    r.ttft_ms = -1;
    answer.usage = (struct bd_usage){1, 2, 3, 4};
    bd__result_fill(&cell, &run, &r);
    assert_string_equal(cell.model_used, "glm-4.7");
    assert_string_equal(cell.model_reported, "glm-4.7-0711");
    assert_string_equal(cell.request_id, "req-1");
    assert_ptr_not_equal(cell.request_id, r.request_id);
    assert_int_equal(cell.ttft_ms, -1);
    assert_int_equal(cell.usage.input, 1);
    assert_int_equal(cell.usage.output, 2);
    assert_int_equal(cell.usage.cached, 3);
    assert_int_equal(cell.usage.reasoning, 4);
}

/* The proof counts, not the wish; what was not asked for is no lack. */
static void searched_is_what_the_reply_proves(void **state)
{
    static const struct {
        bool asked;
        int32_t searched;
        enum bd_error_type type;
        const char *text;
        enum bd_known is;
    } t[] = {
        {false, 0, BD_ERR_NONE, TEXT, BD_UNKNOWN},
        {true, 0, BD_ERR_NONE, TEXT, BD_NO},
        {true, 1, BD_ERR_NONE, TEXT, BD_YES},
        {false, 1, BD_ERR_NONE, TEXT, BD_YES},
        {true, 0, BD_ERR_TIMEOUT, TEXT, BD_NO},
        {true, 1, BD_ERR_TIMEOUT, "", BD_UNKNOWN},
        {true, 0, BD_ERR_NETWORK, "", BD_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(t); i++) {
        diagnosis.record.inquiry.search = t[i].asked;
        answer.searched = t[i].searched;
        fill(t[i].type, t[i].text);
        assert_int_equal(cell.searched, t[i].is);
    }
}

static void what_the_search_returned_is_copied_and_read(void **state)
{
    const struct bd_web_page pages[] = {
        {.url = "https://consumer.huawei.com/cn/auto/", .title = "华为", .mark = "ref_1"},
        {.url = "https://news.example.cn/a", .title = "横评", .mark = "ref_2"}};

    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++)
        assert_int_equal(bd_sources_add(&found, &pages[i]), 0);
    answer.searched = 1;
    fill(BD_ERR_NONE, "1. 华为[ref_1]\n2. 小米[ref_2]\n");
    bd_sources_free(&found);
    assert_int_equal(cell.sources.count, 2);
    assert_string_equal(cell.sources.at[1].url, "https://news.example.cn/a");
    assert_int_equal(cell.geo->citation_count, 2);
    assert_int_equal(cell.geo->citations[0].origin, BD_ORIGIN_PROVIDER);
    assert_int_equal(cell.geo->citations[0].category, BD_CATEGORY_OWNED);
    assert_int_equal(cell.geo->citations[1].span_count, 1); /* where [ref_2] stands */
}

static void a_blank_cell_has_its_place_and_nothing_else(void **state)
{
    struct bd_cell plain;

    (void)state;
    bd_cell_init(&plain);
    bd__result_blank(&cell, &run);
    assert_int_equal(cell.probe, BD_PROBE_MATRIX);
    assert_int_equal(cell.brand, 1);
    assert_int_equal(cell.question, 2);
    assert_int_equal(cell.model, 3);
    assert_int_equal(cell.sample, 4);
    assert_string_equal(cell.model_used, "glm-4.7");
    assert_int_equal(cell.status, plain.status);
    assert_int_equal(cell.latency_ms, -1); /* it was never started */
    assert_int_equal(cell.ttft_ms, -1);
    assert_int_equal(cell.usage.input, -1);
    assert_true(isnan(cell.cost));
    assert_null(cell.text);
    assert_null(cell.geo);
    assert_int_equal(cell.error.type, BD_ERR_NONE);
}

static void latency_is_counted_from_the_first_attempt(void **state)
{
    (void)state;
    run.started_ms = bd_clock_ms() - 5000;
    fill(BD_ERR_NONE, TEXT); /* the attempt itself took 900 ms */
    assert_in_range(cell.latency_ms, 5000, 60000);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(every_end_has_its_status),
        CASE(every_other_failure_is_an_error_with_its_cause),
        CASE(the_text_is_a_copy_and_kept_after_failures_too),
        CASE(only_answers_are_read),
        CASE(absence_is_known_only_of_a_whole_answer),
        CASE(a_model_that_declines_has_refused),
        CASE(the_cost_is_known_if_prices_and_counts_are),
        CASE(what_the_provider_told_is_kept_and_nothing_made_up),
        CASE(searched_is_what_the_reply_proves),
        CASE(what_the_search_returned_is_copied_and_read),
        CASE(a_blank_cell_has_its_place_and_nothing_else),
        CASE(latency_is_counted_from_the_first_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
