/* tests/plugins/test_chat.c - what the recorded bodies do not reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "plugins/fake_host.h"
#include "runtime/provider.h"
#include "runtime/reading.h"

#define DONE "data: [DONE]\n\n"
#define STOP "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"

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

/* One chunk whose content is this JSON value. */
static void feed_content(struct bd_reading *r, const char *json)
{
    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":");
    feed(r, json);
    feed(r, "}}]}\n\n");
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

static const struct {
    const char *content, *text, *reasoning;
} thoughts[] = {
    {"<think>a</think>b", "b", "a"},
    {"\n <think>\na <b> </thin </think>\n\n b", "b", "\na <b> </thin "},
    {"<think></think>b", "b", ""},
    {"<think>a<</think>b</think>", "b</think>", "a<"},
    {"<think>a</</think>b", "b", "a</"},
    {"<thinking>b", "<thinking>b", ""},
    {"<thi", "<thi", ""},
    {"<", "<", ""},
    {"  b <think>a</think>", "  b <think>a</think>", ""},
    {"b", "b", ""},
    {"                                             <think>b",
     "                                             <think>b", ""},
    {"<think>新能源</think>汽车", "汽车", "新能源"},
};

static void cut_thought(const char *content, size_t cut, struct bd_reading *r)
{
    const struct bd_provider *p = openai.provider;
    struct bd_event event = {.struct_size = sizeof(event), .name = ""};
    struct bd_error err;
    char data[300], part[200];
    const char *pieces[] = {content, content + cut};
    size_t sizes[] = {cut, strlen(content) - cut};

    for (int i = 0; i < 2; i++) {
        size_t used = 0;

        for (size_t k = 0; k < sizes[i]; k++)
            used += (size_t)snprintf(part + used, sizeof(part) - used,
                                     pieces[i][k] == '\n' ? "\\n" : "%c", pieces[i][k]);
        part[used] = '\0';
        snprintf(data, sizeof(data), "{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}",
                 part);
        event.data = data;
        event.data_bytes = strlen(data);
        assert_int_equal(bd_provider_event(p, openai.self, &event, &r->answer, &err), 0);
    }
}

static bool is_inside_a_character(const char *s, size_t i)
{
    return ((unsigned char)s[i] & 0xC0) == 0x80;
}

static void a_thought_is_told_from_the_answer_wherever_it_is_cut(void **state)
{
    struct bd_reading *r = *state;

    for (size_t i = 0; i < sizeof(thoughts) / sizeof(thoughts[0]); i++)
        for (size_t cut = 0; cut <= strlen(thoughts[i].content); cut++) {
            if (is_inside_a_character(thoughts[i].content, cut))
                continue;
            bd_reading_reset(r);
            bd_reading_head(r, 200, "text/event-stream");
            cut_thought(thoughts[i].content, cut, r);
            feed(r, STOP);
            if (strcmp(r->text.data, thoughts[i].text) != 0 ||
                strcmp(r->reasoning.data, thoughts[i].reasoning) != 0)
                fail_msg("%s cut at %zu: text \"%s\", reasoning \"%s\"",
                         thoughts[i].content, cut, r->text.data, r->reasoning.data);
        }
}

static void a_thought_without_an_answer_is_empty(void **state)
{
    struct bd_reading *r = *state;

    feed_content(r, "\"<think>only this</think>\\n\"");
    feed(r, STOP);
    assert_string_equal(finish(r), "empty_answer");
    assert_string_equal(r->reasoning.data, "only this");
}

static void content_may_be_anything(void **state)
{
    static const char *const nothing[] = {"null",
                                          "\"\"",
                                          "[]",
                                          "{}",
                                          "5",
                                          "true",
                                          "[null,1,{\"type\":\"image\"},{\"text\":5}]"};
    struct bd_reading *r = *state;

    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
        feed_content(r, nothing[i]);
    assert_int_equal(r->text.n, 0);
    feed_content(r, "[{\"type\":\"text\",\"text\":\"新\"},{\"text\":\"车\"}]");
    feed(r, STOP);
    assert_string_equal(finish(r), "");
    assert_string_equal(r->text.data, "新车");
}

static void chunks_of_odd_shapes_say_nothing(void **state)
{
    static const char *const odd[] = {
        "{}",
        "null",
        "[]",
        "5",
        "{\"choices\":[]}",
        "{\"choices\":null}",
        "{\"choices\":[null,5,\"x\",{}]}",
        "{\"choices\":[{\"delta\":null}]}",
        "{\"choices\":[{\"delta\":[],\"finish_reason\":\"\"}]}",
        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"null\"}]}",
        "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"another choice\"}}]}",
        "{\"error\":null,\"usage\":null,\"id\":7,\"model\":false}",
        "{\"error\":{},\"usage\":{}}",
        "{\"usage\":{\"prompt_tokens\":\"many\",\"completion_tokens\":-4}}",
        "{\"type\":\"ping\"}",
    };
    struct bd_reading *r = *state;

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        feed(r, "data: ");
        feed(r, odd[i]);
        feed(r, "\n\n");
        if (r->err.type != BD_ERR_NONE || r->text.n || r->answer.finish)
            fail_msg("%s said something: %s", odd[i], r->err.message);
    }
    assert_int_equal(r->answer.usage.input, -1);
    feed_content(r, "\"a\"");
    feed(r, STOP);
    assert_string_equal(finish(r), "");
}

static void the_last_usage_wins_and_nothing_is_added_up(void **state)
{
    struct bd_reading *r = *state;

    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":"
            "{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n");
    feed(r, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":"
            "2,\"prompt_cache_hit_tokens\":3,\"completion_tokens_details\":"
            "{\"reasoning_tokens\":1}}}\n\n");
    feed(r, "data: {\"choices\":[],\"usage\":null}\n\n" STOP DONE);
    assert_string_equal(finish(r), "");
    assert_int_equal(r->answer.usage.input, 10);
    assert_int_equal(r->answer.usage.output, 2);
    assert_int_equal(r->answer.usage.cached, 3);
    assert_int_equal(r->answer.usage.reasoning, 1);
}

static void an_error_beside_choices_is_an_error_all_the_same(void **state)
{
    struct bd_reading *r = *state;

    feed_content(r, "\"part\"");
    feed(r,
         "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"error\":\"broke\"}\n\n");
    feed(r, STOP);
    assert_string_equal(finish(r), "overloaded");
    assert_string_equal(r->text.data, "part");
}

static void moderation_outlasts_a_later_stop(void **state)
{
    struct bd_reading *r = *state;

    feed(r, "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n" STOP DONE);
    assert_string_equal(finish(r), "content_filtered");
}

static void a_whole_body_needs_no_finish_reason(void **state)
{
    struct bd_reading *r = *state;

    bd_reading_head(r, 200, "application/json");
    feed(r, "\xef\xbb\xbf\n\n{\"choices\":[{\"message\":{\"content\":\"a\"}}]}");
    assert_string_equal(finish(r), "");
    assert_int_equal(r->answer.finish, BD_FINISH_STOP);
}

static const struct {
    const char *json, *text;
} broken[] = {
    {"a\\ud83d", "a\xef\xbf\xbd"}, /* half a pair */
    {"\\ud83d\\ude97b", "\xf0\x9f\x9a\x97"
                        "b"}, /* a whole one: a car */
    {"\\ud83d\\ude97\\ud83d", "\xf0\x9f\x9a\x97\xef\xbf\xbd"},
    {"\\ude97\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"}, /* the wrong way round */
    {"c\xff\xe6\x96", "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xf5\x80", "\xef\xbf\xbd\xef\xbf\xbd"}, /* past the last character */
    {"\xf5\x80\x80\x80"
     "d",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
     "d"},
    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
    {"\\\\ud83d \\\"q\\\"\xff", "\\ud83d \"q\"\xef\xbf\xbd"}, /* no escape */
};

static void broken_characters_cost_no_answer(void **state)
{
    struct bd_reading *r = *state;
    char quoted[100];

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        bd_reading_reset(r);
        bd_reading_head(r, 200, "text/event-stream");
        snprintf(quoted, sizeof(quoted), "\"%s\"", broken[i].json);
        feed_content(r, quoted);
        feed(r, STOP);
        assert_string_equal(finish(r), "");
        assert_string_equal(r->text.data, broken[i].text);
    }
}

static void reasoning_too_long_to_keep_costs_no_answer(void **state)
{
    struct bd_reading_limits limits = bd_reading_defaults;
    struct bd_reading *r = *state;

    limits.text = 1000;
    bd_reading_free(r);
    bd_reading_init(r, openai.provider, openai.self, &limits);
    bd_reading_head(r, 200, "text/event-stream");
    for (int i = 0; i < 1000; i++)
        feed(
            r,
            "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"思考思考\"}}]}\n\n");
    feed_content(r, "\"a\"");
    feed(r, STOP);
    assert_string_equal(finish(r), "");
    assert_true(r->reasoning.n <= 1000 && r->reasoning.n > 900);
    assert_string_equal(r->text.data, "a");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_thought_is_told_from_the_answer_wherever_it_is_cut),
        CASE(a_thought_without_an_answer_is_empty),
        CASE(content_may_be_anything),
        CASE(chunks_of_odd_shapes_say_nothing),
        CASE(the_last_usage_wins_and_nothing_is_added_up),
        CASE(an_error_beside_choices_is_an_error_all_the_same),
        CASE(moderation_outlasts_a_later_stop),
        CASE(a_whole_body_needs_no_finish_reason),
        CASE(broken_characters_cost_no_answer),
        CASE(reasoning_too_long_to_keep_costs_no_answer),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
