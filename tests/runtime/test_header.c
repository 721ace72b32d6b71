#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "runtime/header.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110, and half a second. */
#define NOW_MS (784111777LL * 1000 + 500)

static void retry_after_is_read_as_it_is_written(void **state)
{
    static const struct {
        const char *value;
        bool in_ms;
        int32_t ms;
    } cases[] = {
        {"2", false, 2000},
        {"0", false, 0},
        {"2.5", false, 2500},
        {"0.0001", false, 1},
        {"2.", false, 2000},
        {"120", false, 120000},
        {"1000000000", false, INT32_MAX},
        {"99999999999999999999999999", false, INT32_MAX},
        {"1500", true, 1500},
        {"1500.2", true, 1501},
        {"99999999999999999999999999", true, INT32_MAX},
        {"-1", false, 0},
        {"-1", true, 0},
        {"+5", false, 0},
        {"abc", false, 0},
        {"", false, 0},
        {"2x", false, 0},
        {"2 x", false, 0},
        {"2,5", false, 0},
        {"1e9", false, 0},
        {"0x10", false, 0},
        {"1.2.3", false, 0},
        {"inf", false, 0},
        {"nan", false, 0},
        {".5", false, 0},
        {"Sun, 06 Nov 1994 08:49:40 GMT", false, 2500},
        {"Sunday, 06-Nov-94 08:49:40 GMT", false, 2500},
        {"Sun Nov  6 08:49:40 1994", false, 2500},
        {"Sun, 06 Nov 1994 08:49:37 GMT", false, 0},
        {"Sat, 05 Nov 1994 08:49:37 GMT", false, 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", false, 0},
        {"Fri, 06 Nov 2394 08:49:37 GMT", false, INT32_MAX},
        {"Sun, 06 Nov 1994 08:49:40 GMT", true, 0},
        {"Sun, 06 Nov 1994 08:49:40 GMT and then a lot more that is no date at all",
         false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int32_t ms = bd_header_retry_after(cases[i].value, strlen(cases[i].value),
                                           cases[i].in_ms, NOW_MS);

        if (ms != cases[i].ms)
            fail_msg("'%s' gave %d ms, not %d", cases[i].value, (int)ms,
                     (int)cases[i].ms);
    }
}

static void a_value_is_found_by_name_without_its_blanks(void **state)
{
    static const struct {
        const char *line, *name, *value;
    } cases[] = {
        {"Retry-After: 5\r\n", "retry-after", "5"},
        {"RETRY-AFTER:\t 5 \t\r\n", "retry-after", "5"},
        {"Retry-After:5\n", "retry-after", "5"},
        {"Retry-After:\r\n", "retry-after", ""},
        {"Retry-After-Ms: 5\r\n", "retry-after", NULL},
        {"Retry-Afte: 5\r\n", "retry-after", NULL},
        {"Retry-After 5\r\n", "retry-after", NULL},
        {"\r\n", "retry-after", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n = 99;
        const char *v =
            bd_header_value(cases[i].line, strlen(cases[i].line), cases[i].name, &n);

        if (!cases[i].value) {
            assert_null(v);
            continue;
        }
        assert_non_null(v);
        assert_int_equal(n, strlen(cases[i].value));
        assert_memory_equal(v, cases[i].value, n);
    }
}

static void only_a_clean_header_line_may_be_sent(void **state)
{
    static const struct {
        const char *line;
        size_t n;
        bool ok;
    } cases[] = {
#define LINE(s) s, sizeof(s) - 1
        {LINE("Content-Type: application/json"), true},
        {LINE("X-Note: 中文 is bytes"), true},
        {LINE("X-Empty:"), true},
        {LINE("X-Tab: a\tb"), true},
        {LINE("A: b\rC: d"), false},
        {LINE("A: b\nC: d"), false},
        {LINE("A: b\0c"), false},
        {LINE("A\0: b"), false},
        {LINE("A: b\x7f"), false},
        {LINE("A: \x1b[31m"), false},
        {LINE(""), false},
        {LINE(": b"), false},
        {LINE(" A: b"), false},
        {LINE("A : b"), false},
        {LINE("no colon"), false},
        {LINE("TRANSFER-ENCODING: chunked"), false},
        {LINE("Expect: 100-continue"), false},
#undef LINE
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_error err;

        if ((bd_header_check(cases[i].line, cases[i].n, &err) == 0) != cases[i].ok)
            fail_msg("'%s'", cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_after_is_read_as_it_is_written),
        cmocka_unit_test(a_value_is_found_by_name_without_its_blanks),
        cmocka_unit_test(only_a_clean_header_line_may_be_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
