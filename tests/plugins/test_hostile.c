/* tests/plugins/test_hostile.c - replies that were made to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/text.h"
#include "plugins/fake_host.h"
#include "runtime/reading.h"

static struct fake_plugin openai;

static int load(void **state)
{
    struct bd_error err;

    (void)state;
    return fake_plugin_open(&openai, "openai", NULL, &err);
}

static int unload(void **state)
{
    (void)state;
    fake_plugin_close(&openai);
    return 0;
}

static int set_up(void **state)
{
    static struct bd_reading r;

    bd_reading_init(&r, openai.provider, openai.self, NULL);
    bd_reading_head(&r, 200, "text/event-stream");
    *state = &r;
    return 0;
}

static int tear_down(void **state)
{
    bd_reading_free(*state);
    return 0;
}

static void feed(struct bd_reading *r, const char *s)
{
    (void)bd_reading_feed(r, s, strlen(s));
}

/* "" for an answer, else the name of the error's type. */
static const char *finish(struct bd_reading *r)
{
    struct bd_error err = {0};

    if (bd_reading_finish(r, NULL, &err) == 0)
        return "";
    assert_true(err.type > BD_ERR_NONE && err.type < BD_ERR_COUNT);
    return bd_error_name(err.type);
}

static void deep_json_is_an_error(void **state)
{
    struct bd_reading *r = *state;
    static char deep[20001];

    memset(deep, '[', 10000);
    memset(deep + 10000, ']', 10000);
    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":");
    feed(r, deep);
    feed(r, "}}]}\n\n");
    assert_string_equal(finish(r), "overloaded");
    bd_reading_reset(r);
    bd_reading_head(r, 200, "application/json");
    feed(r, "{\"a\":");
    feed(r, deep);
    feed(r, "}");
    assert_string_equal(finish(r), "overloaded");
    bd_reading_reset(r);
    bd_reading_head(r, 429, "application/json");
    feed(r, deep);
    assert_string_equal(finish(r), "rate_limited");
}

/* Puts s into the reply so many times. */
static void feed_times(struct bd_reading *r, const char *s, int times)
{
    for (int i = 0; i < times; i++)
        feed(r, s);
}

static void json_of_a_million_values_is_refused_unparsed(void **state)
{
    struct bd_reading *r = *state;

    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":[");
    feed_times(r, "{},", 300000);
    feed(r, "0]}}]}\n\n");
    assert_string_equal(finish(r), "too_large");
    bd_reading_reset(r);
    bd_reading_head(r, 200, "application/json");
    feed(r, "{\"a\":[");
    feed_times(r, "{},", 300000);
    feed(r, "0]}");
    assert_string_equal(finish(r), "too_large");
    bd_reading_reset(r);
    bd_reading_head(r, 503, "application/json"); /* the status says enough */
    feed_times(r, "[],", 300000);
    assert_string_equal(finish(r), "overloaded");
}

static void broken_characters_are_repaired_up_to_a_mebibyte(void **state)
{
    struct bd_reading *r = *state;

    for (int mib = 0; mib < 2; mib++) {
        bd_reading_reset(r);
        bd_reading_head(r, 200, "application/json");
        feed(r, "{\"padding\":\"\xff");
        feed_times(r, "0123456789abcdef", mib << 16);
        feed(r, "\",\"choices\":[{\"message\":{\"content\":\"good\"}}]}");
        assert_string_equal(finish(r), mib ? "overloaded" : "");
    }
}

static void commas_and_brackets_inside_a_text_are_no_values(void **state)
{
    struct bd_reading *r = *state;

    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"");
    feed_times(r, "{[,\\\"\\\\", 40000);
    feed(r, "\"},\"finish_reason\":\"stop\"}]}\n\n");
    assert_string_equal(finish(r), "");
    assert_int_equal(r->text.n, 1 + 5 * 40000);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Pieces from which garbage that is nearly right is put together. */
static const char *const crumbs[] = {
    "data: ",
    "\n",
    "\n\n",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "event: error\n",
    ": ping\n",
    "[DONE]",
    "\"choices\":[{",
    "\"delta\":{",
    "\"content\":",
    "\"text\"",
    "\"error\":",
    "\"message\":",
    "\"usage\":{",
    "\"prompt_tokens\":",
    "1e999",
    "-5",
    "\"finish_reason\":",
    "\"stop\"",
    "\\u",
    "\\ud83d",
    "\xff",
    "新",
    "<think>",
    "\"code\":",
    "}]}\n\n",
    "\r",
    "status: 500\n",
    "<html>",
    "\xef\xbb\xbf",
};

static void garbage_never_crashes_and_always_has_a_type(void **state)
{
    static const int32_t statuses[] = {200, 200, 200, 429, 500, 0};
    struct bd_reading *r = *state;
    uint32_t seed = 20261123;
    struct bd_error err;

    for (int round = 0; round < 20000; round++) {
        uint32_t pieces = next_random(&seed) % 40;

        bd_reading_reset(r);
        bd_reading_head(r, statuses[next_random(&seed) % 6],
                        next_random(&seed) % 2 ? "text/event-stream" : "");
        for (uint32_t i = 0; i < pieces; i++)
            feed(r, crumbs[next_random(&seed) % (sizeof(crumbs) / sizeof(crumbs[0]))]);
        err = (struct bd_error){0};
        if (bd_reading_finish(r, NULL, &err) < 0)
            assert_true(err.type > BD_ERR_NONE && err.type < BD_ERR_COUNT &&
                        err.message[0]);
        assert_true(bd_text_valid(r->text.data, r->text.n));
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(deep_json_is_an_error),
        CASE(json_of_a_million_values_is_refused_unparsed),
        CASE(broken_characters_are_repaired_up_to_a_mebibyte),
        CASE(commas_and_brackets_inside_a_text_are_no_values),
        CASE(garbage_never_crashes_and_always_has_a_type),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
