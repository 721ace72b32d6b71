/* tests/plugins/test_sections.c - what adapters make of their sections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "plugins/fake_host.h"
#include "runtime/provider.h"

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
     BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK},
    {"qwen",
     "https://dashscope.aliyuncs.com/compatible-mode/v1",
     {10000, 20000, 45000},
     BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK},
    {"deepseek",
     "https://api.deepseek.com",
     {15000, 30000, 60000},
     BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK},
    {"zhipu",
     "https://open.bigmodel.cn/api/paas/v4",
     {10000, 20000, 45000},
     BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_adapter_describes_itself),
        cmocka_unit_test(thinking_is_sent_as_the_section_says),
        cmocka_unit_test(what_is_sent_follows_the_section),
        cmocka_unit_test(a_wrong_section_is_refused_with_its_reason),
        cmocka_unit_test(slashes_behind_the_base_url_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
