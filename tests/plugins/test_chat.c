/* tests/plugins/test_chat.c - what the recorded bodies do not reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/text.h"
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
static const char *finish(struct bd_reading *r, const struct bd_error *broken)
{
    struct bd_error err = {0};

    if (bd_reading_finish(r, broken, &err) == 0)
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
    assert_string_equal(finish(r, NULL), "empty_answer");
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
    assert_string_equal(finish(r, NULL), "");
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
    assert_string_equal(finish(r, NULL), "");
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
    assert_string_equal(finish(r, NULL), "");
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
    assert_string_equal(finish(r, NULL), "overloaded");
    assert_string_equal(r->text.data, "part");
}

static void moderation_outlasts_a_later_stop(void **state)
{
    struct bd_reading *r = *state;

    feed(r, "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n" STOP DONE);
    assert_string_equal(finish(r, NULL), "content_filtered");
}

static void nothing_is_read_behind_done(void **state)
{
    struct bd_reading *r = *state;

    feed_content(r, "\"a\"");
    assert_false(bd_reading_feed(r, DONE, strlen(DONE)));
    feed_content(r, "\"b\"");
    assert_string_equal(finish(r, NULL), "");
    assert_string_equal(r->text.data, "a");
    assert_int_equal(r->answer.finish, BD_FINISH_STOP);
}

static void a_broken_transfer_counts_only_before_the_end(void **state)
{
    struct bd_reading *r = *state;
    struct bd_error broken = {.type = BD_ERR_NETWORK};

    feed_content(r, "\"part\"");
    assert_string_equal(finish(r, &broken), "network");
    assert_string_equal(r->text.data, "part");
    feed(r, STOP);
    assert_string_equal(finish(r, &broken), "");
    bd_reading_reset(r);
    bd_reading_head(r, 200, "");
    feed_content(r, "\"all\"");
    feed(r, DONE);
    assert_string_equal(finish(r, &broken), "");
    bd_reading_reset(r); /* not even a status came */
    assert_string_equal(finish(r, &broken), "network");
    bd_reading_reset(r); /* half a body is none */
    bd_reading_head(r, 200, "application/json");
    feed(r, "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}");
    assert_string_equal(finish(r, &broken), "network");
    bd_reading_reset(r); /* what the provider says outweighs it */
    bd_reading_head(r, 401, "application/json");
    feed(r, "{\"error\":");
    assert_string_equal(finish(r, &broken), "auth");
}

static void a_whole_body_needs_no_finish_reason(void **state)
{
    struct bd_reading *r = *state;

    bd_reading_head(r, 200, "application/json");
    feed(r, "\xef\xbb\xbf\n\n{\"choices\":[{\"message\":{\"content\":\"a\"}}]}");
    assert_string_equal(finish(r, NULL), "");
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
        assert_string_equal(finish(r, NULL), "");
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
    assert_string_equal(finish(r, NULL), "");
    assert_true(r->reasoning.n <= 1000 && r->reasoning.n > 900);
    assert_string_equal(r->text.data, "a");
}

static void each_limit_gives_too_large(void **state)
{
    const struct bd_reading_limits small = {100, 100, 100, 100, 100};
    struct bd_reading_limits limits = small;
    struct bd_reading *r = *state;
    char text[201];

    memset(text, 'x', 200);
    text[200] = '\0';
    for (int i = 0; i < 3; i++) {
        limits = small;
        limits.stream = i == 1 ? 100 : 10000;
        limits.event = i == 2 ? 100 : 10000;
        bd_reading_free(r);
        bd_reading_init(r, openai.provider, openai.self, &limits);
        bd_reading_head(r, 200, i == 0 ? "" : "text/event-stream");
        feed(r, i == 0 ? "{" : "data: \"");
        feed(r, text);
        assert_string_equal(finish(r, NULL), "too_large");
    }
    limits.event = 10000; /* of the answer itself */
    bd_reading_free(r);
    bd_reading_init(r, openai.provider, openai.self, &limits);
    bd_reading_head(r, 200, "text/event-stream");
    feed(r, "data: {\"choices\":[{\"delta\":{\"content\":\"");
    feed(r, text);
    feed(r, "\"}}]}\n\n");
    assert_string_equal(finish(r, NULL), "too_large");
    bd_reading_reset(r); /* an error's body is cut instead */
    bd_reading_head(r, 503, "");
    for (int i = 0; i < 100; i++)
        feed(r, text);
    assert_string_equal(finish(r, NULL), "overloaded");
}

static void deep_json_is_an_error(void **state)
{
    struct bd_reading *r = *state;
    static char deep[20001];

    memset(deep, '[', 10000);
    memset(deep + 10000, ']', 10000);
    feed_content(r, deep);
    assert_string_equal(finish(r, NULL), "overloaded");
    bd_reading_reset(r);
    bd_reading_head(r, 200, "application/json");
    feed(r, "{\"a\":");
    feed(r, deep);
    feed(r, "}");
    assert_string_equal(finish(r, NULL), "overloaded");
    bd_reading_reset(r);
    bd_reading_head(r, 429, "application/json");
    feed(r, deep);
    assert_string_equal(finish(r, NULL), "rate_limited");
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

/* The body that a section with these settings sends; "" and *err if it does not open. */
static void build(const char *const *settings, struct bd_ask *ask, struct bd_buf *body,
                  struct bd_error *err)
{
    struct bd_buf url, headers;
    struct bd_request out = {.url = &url, .headers = &headers, .body = body};
    struct fake_plugin f;

    bd_buf_init(&url, 1000);
    bd_buf_init(&headers, 1000);
    bd_buf_init(body, 10000);
    if (fake_plugin_open(&f, "openai", settings, err) == 0)
        assert_int_equal(bd_provider_build(f.provider, f.self,
                                           f.host.text(f.host.ctx, "base_url"), ask, &out,
                                           err),
                         0);
    fake_plugin_close(&f);
    bd_buf_free(&url);
    bd_buf_free(&headers);
}

static const struct {
    const char *settings[5];
    const char *body; /* what comes behind the messages */
} built[] = {
    {{NULL},
     ",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
     "\"max_completion_tokens\":9}"},
    {{"max_tokens_field", "max_tokens", "send_stream_options", "no", NULL},
     ",\"stream\":true,\"max_tokens\":9}"},
    {{"max_tokens_field", "none", "send_stream_options", "no", NULL},
     ",\"stream\":true}"},
    {{"extra_body", "{\"top_k\":5,\"a\":{\"b\":null}}", "send_stream_options", "no",
      NULL},
     ",\"stream\":true,\"max_completion_tokens\":9,\"top_k\":5,\"a\":{\"b\":null}}"},
};

static void what_is_sent_follows_the_section(void **state)
{
    struct bd_ask ask = {sizeof(ask), 1, 0, 9, "m", NULL, "新\"车\n"};
    struct bd_error err;
    struct bd_buf body;
    char want[400];

    (void)state;
    for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++) {
        build(built[i].settings, &ask, &body, &err);
        snprintf(want, sizeof(want),
                 "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                 "\"新\\\"车\\n\"}]%s",
                 built[i].body);
        assert_string_equal(body.data, want);
        bd_buf_free(&body);
    }
}

static const struct {
    const char *name, *value, *says;
} refused[] = {
    {"extra_body", "{\"a\":", "extra_body is not JSON"},
    {"extra_body", "[1]", "must be a JSON object"},
    {"extra_body", "{\"messages\":[]}", "may not set \"messages\""},
    {"extra_body", "{\"stream\":false}", "may not set \"stream\""},
    {"max_tokens_field", "limit", "max_tokens_field = limit"},
};

static void a_wrong_section_is_refused_with_its_reason(void **state)
{
    struct bd_ask ask = {sizeof(ask), 1, 0, 9, "m", NULL, "p"};
    struct bd_error err;
    struct bd_buf body;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *settings[] = {refused[i].name, refused[i].value, NULL};

        err = (struct bd_error){0};
        build(settings, &ask, &body, &err);
        assert_int_equal(err.type, BD_ERR_CONFIG);
        if (!strstr(err.message, refused[i].says))
            fail_msg("%s", err.message);
    }
}

static void slashes_behind_the_base_url_are_dropped(void **state)
{
    static const char *const settings[] = {"base_url", "http://127.0.0.1:9/v1//", NULL};
    struct bd_buf url, headers, body;
    struct bd_request out = {.url = &url, .headers = &headers, .body = &body};
    struct bd_ask ask = {sizeof(ask), 0, 0, 0, "m", "s", "p"};
    struct fake_plugin f;
    struct bd_error err;

    (void)state;
    bd_buf_init(&url, 1000);
    bd_buf_init(&headers, 1000);
    bd_buf_init(&body, 1000);
    assert_int_equal(fake_plugin_open(&f, "zhipu", settings, &err), 0);
    assert_int_equal(bd_provider_build(f.provider, f.self, settings[1], &ask, &out, &err),
                     0);
    assert_string_equal(url.data, "http://127.0.0.1:9/v1/chat/completions");
    assert_string_equal(body.data,
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":"
                        "\"s\"},{\"role\":\"user\",\"content\":\"p\"}],\"stream\":false,"
                        "\"thinking\":{\"type\":\"disabled\"}}");
    fake_plugin_close(&f);
    bd_buf_free(&url);
    bd_buf_free(&headers);
    bd_buf_free(&body);
}

static const struct {
    const char *name, *base_url;
    struct bd_timeouts timeouts;
    uint32_t capabilities;
} adapters[] = {
    {"doubao",
     "https://ark.cn-beijing.volces.com/api/v3",
     {15000, 30000, 60000},
     BD_CAN_STREAM | BD_CAN_THINK},
    {"qwen",
     "https://dashscope.aliyuncs.com/compatible-mode/v1",
     {10000, 20000, 45000},
     BD_CAN_STREAM | BD_CAN_THINK},
    {"deepseek",
     "https://api.deepseek.com",
     {15000, 30000, 60000},
     BD_CAN_STREAM | BD_CAN_THINK},
    {"zhipu",
     "https://open.bigmodel.cn/api/paas/v4",
     {10000, 20000, 45000},
     BD_CAN_STREAM | BD_CAN_THINK},
    {"openai", "https://api.openai.com/v1", {10000, 20000, 45000}, BD_CAN_STREAM},
};

static void each_adapter_describes_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(adapters) / sizeof(adapters[0]); i++) {
        const struct bd_plugin *base;
        struct fake_plugin f;
        struct bd_error err;

        assert_int_equal(fake_plugin_open(&f, adapters[i].name, NULL, &err), 0);
        base = &f.provider->base;
        assert_int_equal(base->magic, BD_PLUGIN_MAGIC);
        assert_int_equal(base->kind, BD_PROVIDER);
        assert_int_equal(base->struct_size, sizeof(struct bd_provider));
        assert_int_equal(base->option_size, sizeof(struct bd_option));
        assert_string_equal(base->name, adapters[i].name);
        assert_string_equal(f.host.text(f.host.ctx, "base_url"), adapters[i].base_url);
        assert_memory_equal(&f.provider->timeouts, &adapters[i].timeouts,
                            sizeof(struct bd_timeouts));
        assert_int_equal(f.provider->capabilities, adapters[i].capabilities);
        fake_plugin_close(&f);
    }
}

static void thinking_is_sent_as_the_section_says(void **state)
{
    static const char *const on[] = {"thinking", "yes", NULL};
    static const char *const words[] = {"\"thinking\":{\"type\":\"enabled\"}",
                                        "\"enable_thinking\":true"};
    struct bd_ask ask = {sizeof(ask), 1, 0, 9, "m", NULL, "p"};
    struct bd_buf url, headers, body;
    struct bd_request out = {.url = &url, .headers = &headers, .body = &body};
    struct fake_plugin f;
    struct bd_error err;

    (void)state;
    bd_buf_init(&url, 1000);
    bd_buf_init(&headers, 1000);
    bd_buf_init(&body, 1000);
    for (size_t i = 0; i < 4; i++) { /* openai has no switch */
        assert_int_equal(fake_plugin_open(&f, adapters[i].name, on, &err), 0);
        assert_int_equal(
            bd_provider_build(f.provider, f.self, adapters[i].base_url, &ask, &out, &err),
            0);
        assert_non_null(strstr(body.data, words[i == 1]));
        fake_plugin_close(&f);
    }
    bd_buf_free(&url);
    bd_buf_free(&headers);
    bd_buf_free(&body);
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
        CASE(nothing_is_read_behind_done),
        CASE(a_broken_transfer_counts_only_before_the_end),
        CASE(a_whole_body_needs_no_finish_reason),
        CASE(broken_characters_cost_no_answer),
        CASE(reasoning_too_long_to_keep_costs_no_answer),
        CASE(each_limit_gives_too_large),
        CASE(deep_json_is_an_error),
        CASE(garbage_never_crashes_and_always_has_a_type),
        cmocka_unit_test(each_adapter_describes_itself),
        cmocka_unit_test(thinking_is_sent_as_the_section_says),
        cmocka_unit_test(what_is_sent_follows_the_section),
        cmocka_unit_test(a_wrong_section_is_refused_with_its_reason),
        cmocka_unit_test(slashes_behind_the_base_url_are_dropped),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
