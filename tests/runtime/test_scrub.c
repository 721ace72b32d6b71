/* tests/runtime/test_scrub.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "bd/error.h"
#include "runtime/scrub.h"

static void strings_are_ended_at_a_whole_character(void **state)
{
    struct bd_error e = {.type = BD_ERR_AUTH};

    (void)state;
    memset(e.message, 'm', sizeof(e.message));
    memcpy(e.message + sizeof(e.message) - 2, "\xe6\x96", 2);
    memset(e.source, 's', sizeof(e.source));
    memset(e.context, 0x80, sizeof(e.context));
    bd_scrub_error(&e, "odd");
    assert_int_equal(strlen(e.message), sizeof(e.message) - 2);
    assert_int_equal(strlen(e.source), sizeof(e.source) - 1);
    assert_int_equal(strlen(e.context) % 3, 0); /* all U+FFFD */
}

static void numbers_are_brought_into_range(void **state)
{
    struct bd_error e = {.type = BD_ERR_COUNT, .recoverable = 7, .retry_after_ms = -5};

    (void)state;
    bd_scrub_error(&e, "odd");
    assert_int_equal(e.type, BD_ERR_PROTOCOL);
    assert_int_equal(e.recoverable, 1);
    assert_int_equal(e.retry_after_ms, 0);
    assert_true(e.time_ms > 0 && e.message[0]);
    assert_string_equal(e.source, "odd");
}

static void a_message_is_one_clean_line(void **state)
{
    struct bd_error e = {.type = BD_ERR_AUTH, .source = "http", .time_ms = 5};

    (void)state;
    snprintf(e.message, sizeof(e.message), "a\nb\033[31mc\xff\td");
    bd_scrub_error(&e, "odd");
    assert_string_equal(e.message, "a bc\xef\xbf\xbd d");
    assert_string_equal(e.source, "http");
    assert_int_equal(e.time_ms, 5);
}

static const struct {
    const char *said, *shown;
} keys[] = {
    {"Incorrect API key provided: sk-abcDEF1234567890.",
     "Incorrect API key provided: ****"},
    {"bad sk-proj-abc_DEF-123 here", "bad **** here"},
    {"Authorization: Bearer 5f0a2c9e-1b1b-4c4c-8d8d-aaaabbbbcccc",
     "Authorization: Bearer ****"},
    {"key 0123456789abcdef0123456789abcdef.AbCdEfGh12345678 x", "key **** x"},
    {"0123456789abcdef0123456789abcdef.AbCdEfGh12345678", "****"},
    {"api_key=abcdef0123456789", "api_key=****"},
    /* what helps the operator stays */
    {"Your api key: ****abcd is invalid", "Your api key: ****abcd is invalid"},
    {"Request id: 02178432108374400000000000000000000ffffac1a2b3cd4e5f",
     "Request id: 02178432108374400000000000000000000ffffac1a2b3cd4e5f"},
    {"The model doubao-seed-2-0-lite-260428 does not exist",
     "The model doubao-seed-2-0-lite-260428 does not exist"},
    {"Invalid key authentication-failed", "Invalid key authentication-failed"},
    {"模型不存在，请检查模型代码。", "模型不存在，请检查模型代码。"},
};

static void keys_in_messages_are_masked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct bd_error e = {.type = BD_ERR_AUTH};

        snprintf(e.message, sizeof(e.message), "%s", keys[i].said);
        bd_scrub_error(&e, "odd");
        assert_string_equal(e.message, keys[i].shown);
    }
}

static void a_tail_that_is_no_text_is_replaced(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 8);
    bd_buf_add(&b, "\xff"
                   "ab");
    assert_int_equal(bd_scrub_tail(&b, 1), 0); /* what is in front stays */
    assert_string_equal(b.data, "\xff"
                                "ab");
    bd_buf_add(&b, "\xe6\x96");
    assert_int_equal(bd_scrub_tail(&b, 3), -1); /* two U+FFFD do not fit */
    assert_int_equal(b.n, 3);
    assert_true(b.failed);
    bd_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_ended_at_a_whole_character),
        cmocka_unit_test(numbers_are_brought_into_range),
        cmocka_unit_test(a_message_is_one_clean_line),
        cmocka_unit_test(keys_in_messages_are_masked),
        cmocka_unit_test(a_tail_that_is_no_text_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
