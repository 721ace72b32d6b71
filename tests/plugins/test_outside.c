/* tests/plugins/test_outside.c - a plugin built with core/include alone answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "plugins/fake_host.h"
#include "runtime/provider.h"
#include "runtime/reading.h"

static const char *const settings[] = {"base_url", "http://127.0.0.1:1/v1", NULL};
static struct fake_plugin echo;

static int load(void **state)
{
    struct bd_error err;

    (void)state;
    return fake_plugin_open(&echo, "../outside/echo", settings, &err);
}

static int unload(void **state)
{
    (void)state;
    fake_plugin_close(&echo);
    return 0;
}

static void its_request_is_json_of_the_question(void **state)
{
    struct bd_buf url, headers, body;
    struct bd_request out = {.url = &url, .headers = &headers, .body = &body};
    struct bd_ask ask = {sizeof(ask), 1, 0, 0, "m", NULL, "20万\n\"新能源\""};
    struct bd_error err;

    (void)state;
    bd_buf_init(&url, 1000);
    bd_buf_init(&headers, 1000);
    bd_buf_init(&body, 1000);
    assert_int_equal(
        bd_provider_build(echo.provider, echo.self, settings[1], &ask, &out, &err), 0);
    assert_string_equal(url.data, "http://127.0.0.1:1/v1/chat/completions");
    assert_string_equal(body.data,
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                        "\"20万\\u000a\\u0022新能源\\u0022\"}],\"stream\":false}");
    bd_buf_free(&url);
    bd_buf_free(&headers);
    bd_buf_free(&body);
}

static const struct {
    int32_t status;
    const char *body, *text;
    int32_t type;
} replies[] = {
    {200, "{\"choices\":[{\"message\":{\"content\": \"20万\"}}]}", "20万", BD_ERR_NONE},
    {200, "{\"content\":\"a\\n\\\"\\u65b0\\ud83d\\ude97\\ud83d\"}",
     "a\n\"新\xf0\x9f\x9a\x97\xef\xbf\xbd", BD_ERR_NONE},
    {200, "{\"content\":\"\"}", "", BD_ERR_EMPTY_ANSWER},
    {200, "{\"content\":\"half", "", BD_ERR_PROTOCOL},
    {200, "{\"content\":\"half\\", "half", BD_ERR_PROTOCOL},
    {200, "{\"content\":\"\\u12", "", BD_ERR_PROTOCOL},
    {200, "{\"content\":null}", "", BD_ERR_PROTOCOL},
    {200, "{\"content\"", "", BD_ERR_PROTOCOL},
    {200, "", "", BD_ERR_PROTOCOL},
    {200, "data: {}\n\n", "", BD_ERR_PLUGIN}, /* a stream, and it has no event() */
    {429, "", "", BD_ERR_RATE_LIMITED},
    {500, "{}", "", BD_ERR_OVERLOADED},
};

static void its_answer_is_what_the_server_sent(void **state)
{
    struct bd_reading r;

    (void)state;
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        struct bd_error err = {0};

        bd_reading_init(&r, echo.provider, echo.self, NULL);
        bd_reading_head(&r, replies[i].status, "application/json");
        (void)bd_reading_feed(&r, replies[i].body, strlen(replies[i].body));
        if (bd_reading_finish(&r, NULL, &err) < 0)
            assert_string_equal(err.source, "echo");
        if (err.type != replies[i].type)
            fail_msg("%s: %s", replies[i].body, bd_error_name(err.type));
        assert_string_equal(r.text.data, replies[i].text);
        bd_reading_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_request_is_json_of_the_question),
        cmocka_unit_test(its_answer_is_what_the_server_sent),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
