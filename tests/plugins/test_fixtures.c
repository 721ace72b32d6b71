/* tests/plugins/test_fixtures.c - what real services send, through each adapter.
 *
 * tests/data/providers/ holds bodies in the shapes that the services document, with an
 * INDEX.json that says what must be read from each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/text.h"
#include "plugins/fake_host.h"
#include "runtime/provider.h"
#include "runtime/reading.h"

static const char *const names[] = {"doubao", "qwen", "deepseek", "zhipu", "openai"};
#define PLUGINS (sizeof(names) / sizeof(names[0]))

static struct fake_plugin plugins[PLUGINS];
static json_t *fixtures;

static void read_file(struct bd_buf *out, const char *name)
{
    char path[512], block[4096];
    FILE *f;
    size_t n;

    bd_buf_init(out, 1u << 20);
    snprintf(path, sizeof(path), "%s/providers/%s", BD_TEST_DATA, name);
    f = fopen(path, "rb");
    assert_non_null(f);
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        assert_int_equal(bd_buf_append(out, block, n), 0);
    fclose(f);
}

static int load(void **state)
{
    struct bd_buf text;
    struct bd_error err;
    json_t *index;

    (void)state;
    for (size_t i = 0; i < PLUGINS; i++)
        if (fake_plugin_open(&plugins[i], names[i], NULL, &err) < 0)
            return -1;
    read_file(&text, "INDEX.json");
    index = bd_json_parse(text.data, text.n, "test", &err);
    fixtures = json_incref(json_object_get(index, "files"));
    json_decref(index);
    bd_buf_free(&text);
    return json_array_size(fixtures) > 100 ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLUGINS; i++)
        fake_plugin_close(&plugins[i]);
    json_decref(fixtures);
    return 0;
}

static struct fake_plugin *plugin_of(const json_t *fixture)
{
    for (size_t i = 0; i < PLUGINS; i++)
        if (strcmp(names[i], bd_json_text(fixture, "provider", "")) == 0)
            return &plugins[i];
    fail_msg("no plugin for %s", bd_json_text(fixture, "file", ""));
    return NULL;
}

static int32_t usage_at(const json_t *fixture, size_t i)
{
    return (int32_t)json_integer_value(
        json_array_get(json_object_get(fixture, "usage"), i));
}

static void check(const json_t *fixture, struct bd_reading *r, size_t cut)
{
    const char *file = bd_json_text(fixture, "file", ""), *got = "ok";
    const char *expect = bd_json_text(fixture, "expect", "");
    const struct bd_answer *a = &r->answer;
    struct bd_error err = {0};

    if (bd_reading_finish(r, NULL, &err) < 0)
        got = bd_error_name(err.type);
    if (strcmp(got, expect) != 0)
        fail_msg("%s cut at %zu: %s, not %s: %s", file, cut, got, expect, err.message);
    if (err.type != BD_ERR_NONE)
        assert_true(err.message[0] && err.source[0] && err.time_ms > 0);
    if (json_object_get(fixture, "searched")) {
        assert_int_equal(a->searched, bd_json_bool(fixture, "searched", false));
        if ((int64_t)r->sources.count != bd_json_int(fixture, "citations", 0))
            fail_msg("%s cut at %zu: %zu sources", file, cut, r->sources.count);
    }
    if (!json_object_get(fixture, "text"))
        return;
    if (strcmp(r->text.data, bd_json_text(fixture, "text", "")) != 0)
        fail_msg("%s cut at %zu: text is \"%s\"", file, cut, r->text.data);
    assert_string_equal(r->reasoning.data, bd_json_text(fixture, "reasoning", ""));
    assert_string_equal(r->model.data, bd_json_text(fixture, "model", ""));
    if (strstr(file, "refusal") == NULL)
        assert_string_equal(a->finish_word, bd_json_text(fixture, "finish", ""));
    assert_int_equal(a->usage.input, usage_at(fixture, 0));
    assert_int_equal(a->usage.output, usage_at(fixture, 1));
    assert_int_equal(a->usage.cached, usage_at(fixture, 2));
    assert_int_equal(a->usage.reasoning, usage_at(fixture, 3));
}

/* Reads the body in two pieces; cut 0 is in one. */
static void read_in_two(const json_t *fixture, const struct bd_buf *body, size_t cut)
{
    struct fake_plugin *f = plugin_of(fixture);
    struct bd_reading r;

    bd_reading_init(&r, f->provider, f->self, NULL);
    bd_reading_head(&r, (int32_t)bd_json_int(fixture, "status", 0),
                    bd_json_text(fixture, "content_type", ""));
    if (cut > 0)
        (void)bd_reading_feed(&r, body->data, cut);
    (void)bd_reading_feed(&r, body->data + cut, body->n - cut);
    check(fixture, &r, cut);
    bd_reading_free(&r);
}

static void read_by_byte(const json_t *fixture, const struct bd_buf *body)
{
    struct fake_plugin *f = plugin_of(fixture);
    struct bd_reading r;

    bd_reading_init(&r, f->provider, f->self, NULL);
    bd_reading_head(&r, (int32_t)bd_json_int(fixture, "status", 0),
                    bd_json_text(fixture, "content_type", ""));
    for (size_t i = 0; i < body->n; i++) {
        (void)bd_reading_feed(&r, body->data + i, 1);
        assert_true(bd_text_valid(r.text.data, r.text.n));
    }
    check(fixture, &r, 1);
    bd_reading_free(&r);
}

/* A cut inside a plain word is like the one beside it: some of them are enough. */
static bool is_worth_a_cut(const struct bd_buf *body, size_t cut)
{
    if (cut < 300 || cut + 2 > body->n || cut % 16 == 0)
        return true;
    for (size_t i = cut - 2; i < cut + 2; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", body->data[i] | 0x20))
            return true;
    return false;
}

static void every_reply_is_read_the_same_wherever_it_is_cut(void **state)
{
    const json_t *fixture;
    struct bd_buf body;
    size_t i, count = 0;

    (void)state;
    json_array_foreach(fixtures, i, fixture)
    {
        if (strcmp(bd_json_text(fixture, "kind", ""), "response") != 0)
            continue;
        read_file(&body, bd_json_text(fixture, "file", ""));
        for (size_t cut = 0; cut < body.n || cut == 0; cut++)
            if (is_worth_a_cut(&body, cut))
                read_in_two(fixture, &body, cut);
        read_by_byte(fixture, &body);
        bd_buf_free(&body);
        count++;
    }
    assert_true(count > 100);
}

static void a_stream_is_known_without_its_content_type(void **state)
{
    const json_t *fixture;
    struct bd_buf body;
    size_t i;

    (void)state;
    json_array_foreach(fixtures, i, fixture)
    {
        json_t *bare;

        if (strcmp(bd_json_text(fixture, "kind", ""), "response") != 0)
            continue;
        bare = json_copy((json_t *)fixture);
        json_object_set_new(bare, "content_type", json_string("application/json"));
        read_file(&body, bd_json_text(fixture, "file", ""));
        read_in_two(bare, &body, 0);
        bd_buf_free(&body);
        json_decref(bare);
    }
}

static void same_member(const char *file, const json_t *got, const json_t *want,
                        const char *key)
{
    const json_t *a = json_object_get(got, key), *b = json_object_get(want, key);

    if (a != b && !json_equal(a, b)) /* both may be missing */
        fail_msg("%s: member %s differs", file, key);
}

static const json_t *limit_of(const json_t *body)
{
    const json_t *v = json_object_get(body, "max_completion_tokens");

    return v ? v : json_object_get(body, "max_tokens");
}

static struct bd_ask ask_of(const json_t *want)
{
    const json_t *messages = json_object_get(want, "messages");

    return (struct bd_ask){
        .struct_size = sizeof(struct bd_ask),
        .stream = bd_json_bool(want, "stream", false),
        .max_tokens = (int32_t)json_integer_value(limit_of(want)),
        .model = bd_json_text(want, "model", ""),
        .system = bd_json_text(json_array_get(messages, 0), "content", ""),
        .prompt = bd_json_text(json_array_get(messages, 1), "content", ""),
    };
}

static void check_thinking_is_off(const json_t *fixture, const json_t *got)
{
    const char *provider = bd_json_text(fixture, "provider", "");
    const json_t *thinking = json_object_get(got, "thinking");

    if (strcmp(provider, "openai") == 0)
        assert_null(thinking);
    else if (strcmp(provider, "qwen") == 0)
        assert_true(json_is_false(json_object_get(got, "enable_thinking")));
    else
        assert_string_equal(bd_json_text(thinking, "type", ""), "disabled");
}

static void check_request(const json_t *fixture, const json_t *want)
{
    const char *file = bd_json_text(fixture, "file", "");
    struct fake_plugin *f = plugin_of(fixture);
    struct bd_ask ask = ask_of(want);
    struct bd_buf url, headers, body;
    struct bd_request out = {.url = &url, .headers = &headers, .body = &body};
    struct bd_error err;
    json_t *got;

    bd_buf_init(&url, 1000);
    bd_buf_init(&headers, 1000);
    bd_buf_init(&body, 10000);
    assert_int_equal(bd_provider_build(f->provider, f->self,
                                       f->host.text(f->host.ctx, "base_url"), &ask, &out,
                                       &err),
                     0);
    assert_non_null(strstr(url.data, bd_json_text(fixture, "path", "?")));
    assert_int_equal(out.auth, BD_AUTH_BEARER);
    got = bd_json_parse(body.data, body.n, "test", &err);
    assert_non_null(got);
    same_member(file, got, want, "model");
    same_member(file, got, want, "messages");
    same_member(file, got, want, "stream");
    same_member(file, got, want, "stream_options");
    assert_true(json_equal(limit_of(got), limit_of(want)));
    assert_null(json_object_get(got, "temperature"));
    check_thinking_is_off(fixture, got);
    json_decref(got);
    bd_buf_free(&url);
    bd_buf_free(&headers);
    bd_buf_free(&body);
}

static void requests_have_the_members_that_the_services_document(void **state)
{
    const json_t *fixture;
    struct bd_buf text;
    struct bd_error err;
    size_t i, count = 0;
    json_t *want;

    (void)state;
    json_array_foreach(fixtures, i, fixture)
    {
        if (strcmp(bd_json_text(fixture, "kind", ""), "request") != 0)
            continue;
        read_file(&text, bd_json_text(fixture, "file", ""));
        want = bd_json_parse(text.data, text.n, "test", &err);
        check_request(fixture, want);
        json_decref(want);
        bd_buf_free(&text);
        count++;
    }
    assert_int_equal(count, PLUGINS);
}

/* Every member of got is in want, with the same value. */
static bool is_part(const json_t *got, const json_t *want)
{
    const char *key;
    json_t *v;

    if (!json_is_object(got) || !json_is_object(want))
        return json_equal((json_t *)got, (json_t *)want);
    json_object_foreach((json_t *)got, key, v)
    {
        if (!is_part(v, json_object_get(want, key)))
            return false;
    }
    return true;
}

static void searches_are_asked_for_as_the_services_document(void **state)
{
    static const struct {
        int plugin;
        const char *file, *url, *headers;
        int auth;
        const char *members[8];
    } t[] = {
        {0,
         "doubao.responses.request.json",
         "https://ark.cn-beijing.volces.com/api/v3/responses",
         "",
         BD_AUTH_BEARER,
         {"model", "input", "tool_choice", "max_tool_calls", "thinking", "store",
          "stream"}},
        {1,
         "qwen.native.request.json",
         "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation",
         "X-DashScope-SSE: enable\nAccept: text/event-stream\n",
         BD_AUTH_BEARER,
         {"model", "input", "parameters"}},
        {2,
         "deepseek.messages_search.request.json",
         "https://api.deepseek.com/anthropic/v1/messages",
         "anthropic-version: 2023-06-01\n",
         BD_AUTH_X_API_KEY,
         {"model", "thinking", "tools"}},
        {3,
         "zhipu.chat.request.json",
         "https://open.bigmodel.cn/api/paas/v4/chat/completions",
         "",
         BD_AUTH_BEARER,
         {"model", "messages", "thinking", "stream", "max_tokens"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct fake_plugin *f = &plugins[t[i].plugin];
        struct bd_buf url, headers, body, text;
        struct bd_request out = {.url = &url, .headers = &headers, .body = &body};
        struct bd_ask ask = {.stream = 1, .search = 1, .max_tokens = 2048};
        struct bd_error err;
        json_t *want, *got;

        read_file(&text, t[i].file);
        want = bd_json_parse(text.data, text.n, "test", &err);
        ask.model = bd_json_text(want, "model", "");
        ask.system = "你是面向普通消费者的购车顾问，请如实回答，不要虚构来源。";
        ask.prompt =
            "20万左右的新能源汽车有哪些品牌值得推荐？请给出3到5个品牌并说明理由。";
        bd_buf_init(&url, 1000);
        bd_buf_init(&headers, 1000);
        bd_buf_init(&body, 10000);
        assert_int_equal(bd_provider_build(f->provider, f->self,
                                           f->host.text(f->host.ctx, "base_url"), &ask,
                                           &out, &err),
                         0);
        assert_string_equal(url.data, t[i].url);
        assert_string_equal(headers.data, t[i].headers);
        assert_int_equal(out.auth, t[i].auth);
        got = bd_json_parse(body.data, body.n, "test", &err);
        for (size_t k = 0; t[i].members[k]; k++)
            if (!is_part(json_object_get(got, t[i].members[k]),
                         json_object_get(want, t[i].members[k])))
                fail_msg("%s: %s differs", t[i].file, t[i].members[k]);
        json_decref(got);
        json_decref(want);
        bd_buf_free(&text);
        bd_buf_free(&url);
        bd_buf_free(&headers);
        bd_buf_free(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reply_is_read_the_same_wherever_it_is_cut),
        cmocka_unit_test(a_stream_is_known_without_its_content_type),
        cmocka_unit_test(searches_are_asked_for_as_the_services_document),
        cmocka_unit_test(requests_have_the_members_that_the_services_document),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
