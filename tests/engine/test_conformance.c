/* What `plugins check` says of plugins that keep the contract, and of some that do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/thread.h"
#include "engine/inspect.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define REAL     BD_BUILD_DIR "/plugins/"
#define ODD      BD_BUILD_DIR "/tests/plugins/"

static struct bd_buf report;

static int begin(void **state)
{
    (void)state;
    bd_buf_init(&report, 1 << 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_buf_free(&report);
    return 0;
}

static int check(const char *file)
{
    bd_buf_reset(&report);
    return bd_inspect_conformance(file, &report);
}

static int lines_with(const char *part)
{
    int n = 0;

    for (const char *p = report.data; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void assert_says(const char *line)
{
    if (!strstr(report.data, line))
        fail_msg("nothing says '%s':\n%s", line, report.data);
}

static void the_plugins_that_come_along_keep_the_contract(void **state)
{
    static const char *const files[] = {REAL "doubao.so", REAL "qwen.so",
                                        REAL "deepseek.so", REAL "zhipu.so",
                                        REAL "openai.so"};
    bool searches;

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        if (check(files[i]) != 0)
            fail_msg("%s", report.data);
        searches = lines_with("with web search") > 0;
        assert_int_equal(searches, strcmp(files[i], REAL "openai.so") != 0);
        assert_int_equal(lines_with("ok     "), searches ? 17 : 15);
        assert_int_equal(lines_with("FAULT"), 0);
        assert_says("ok     builds a request for a stream\n");
        assert_says("ok     status 429 without a body is an error: rate_limited\n");
        assert_says("\n0 faults\n");
    }
}

static void a_storage_is_loaded_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(check(REAL "store_memory.so"), 0);
    assert_int_equal(lines_with("ok     "), 1);
    assert_says("[storage] plugin");
    assert_says("\n0 faults\n");
}

static void what_does_not_load_is_one_fault_with_its_reason(void **state)
{
    static const struct {
        const char *file, *why;
    } cases[] = {
        {ODD "nothing.so", "there is no such file"},
        {ODD "odd_magic.so", "wrong magic number"},
        {ODD "odd_method.so", "it has no method event()"},
        {ODD "odd_option_default.so", "default"},
        {ODD "odd_store_method.so", "cells()"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(check(cases[i].file), 1);
        assert_int_equal(lines_with("\n"), 1);
        assert_memory_equal(report.data, "FAULT  ", 7);
        assert_says(cases[i].file);
        assert_says(cases[i].why);
    }
}

static void an_option_that_must_be_set_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(check(ODD "odd_needs.so"), 1);
    assert_says("FAULT  can be configured with model and base_url alone: ");
    assert_says("needs the key 'region'");
    assert_says("\n1 fault\n");
}

static void a_plugin_that_does_not_open_is_tried_no_further(void **state)
{
    (void)state;
    assert_int_equal(check(ODD "odd_open.so"), 1);
    assert_says("FAULT  opens with default options: told to fail after 2000 ms\n");
    assert_int_equal(lines_with("ok     "), 1);
}

static void a_build_that_fails_says_why_and_nothing_of_a_body(void **state)
{
    (void)state;
    assert_int_equal(check(ODD "good.so"), 2);
    assert_says("FAULT  builds a request: the plugin returned 1 where only 0 and -1 are "
                "results\n");
    assert_says("FAULT  builds a request for a stream: the plugin returned 1");
    assert_int_equal(lines_with("the request has a body"), 0);
}

static void a_request_without_a_body_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(check(ODD "odd_body.so"), 2);
    assert_says("ok     builds a request\nFAULT  the request has a body\n");
    assert_int_equal(lines_with("FAULT  the request has a body"), 2);
    assert_says("\n2 faults\n");
}

/* What the core refuses by the status alone does not come to the plugin. */
static void who_takes_garbage_for_an_answer_is_told_where(void **state)
{
    static const char *const lines[] = {
        "FAULT  an empty body is an error: it was taken for an answer\n",
        "FAULT  HTML is an error: it was taken for an answer\n",
        "FAULT  JSON of another kind is an error: it was taken for an answer\n",
        "FAULT  half a JSON is an error: it was taken for an answer\n",
        "FAULT  a stream of garbage is an error: it was taken for an answer\n",
    };

    (void)state;
    assert_int_equal(check(ODD "odd_gullible.so"), (int)COUNT(lines));
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_says(lines[i]);
    assert_says("ok     a stream without events is an error");
    assert_says("ok     status 500 is an error");
    assert_says("ok     closes, and closing nothing does no harm\n"); /* all the same */
}

static void a_result_that_is_none_is_a_fault_and_no_proper_error(void **state)
{
    (void)state;
    assert_int_equal(check(ODD "odd_reply.so"), 5);
    assert_says(
        "FAULT  an empty body is an error: the plugin returned 7 where only 0 and "
        "-1 are results\n");
    assert_says("FAULT  a stream of garbage is an error: the plugin returned 7");
}

static void who_does_not_stream_is_not_tried_with_streams(void **state)
{
    (void)state;
    if (check(ODD "odd_once.so") != 0)
        fail_msg("%s", report.data);
    assert_int_equal(lines_with("stream"), 0);
    assert_int_equal(lines_with("ok     "), 15 - 4);
}

/* One may check a plugin after another: nothing is left of the last. */
static void a_second_check_says_the_same(void **state)
{
    char first[8192];

    (void)state;
    check(ODD "odd_gullible.so");
    assert_true(report.n < sizeof(first));
    memcpy(first, report.data, report.n + 1);
    check(REAL "qwen.so");
    check(ODD "odd_gullible.so");
    assert_string_equal(report.data, first);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(the_plugins_that_come_along_keep_the_contract),
        CASE(a_storage_is_loaded_and_no_more),
        CASE(what_does_not_load_is_one_fault_with_its_reason),
        CASE(an_option_that_must_be_set_is_a_fault),
        CASE(a_plugin_that_does_not_open_is_tried_no_further),
        CASE(a_build_that_fails_says_why_and_nothing_of_a_body),
        CASE(a_request_without_a_body_is_a_fault),
        CASE(who_takes_garbage_for_an_answer_is_told_where),
        CASE(a_result_that_is_none_is_a_fault_and_no_proper_error),
        CASE(who_does_not_stream_is_not_tried_with_streams),
        CASE(a_second_check_says_the_same),
    };

    bd_thread_is(BD_MAIN, "test");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
