/* tests/base/test_fail.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/text.h"

static void a_failure_is_filled_once_and_returns_minus_one(void **state)
{
    struct bd_error err;
    int64_t before = bd_clock_wall_ms();

    (void)state;
    assert_int_equal(bd_fail(&err, BD_ERR_RATE_LIMITED, 429, "doubao", "%d too fast", 7),
                     -1);
    assert_int_equal(err.type, BD_ERR_RATE_LIMITED);
    assert_int_equal(err.code, 429);
    assert_int_equal(err.recoverable, 1);
    assert_int_equal(err.retry_after_ms, 0);
    assert_string_equal(err.source, "doubao");
    assert_string_equal(err.message, "7 too fast");
    assert_string_equal(err.context, "");
    assert_true(err.time_ms >= before && err.time_ms <= bd_clock_wall_ms());
    assert_int_equal(bd_fail(NULL, BD_ERR_AUTH, 0, "x", "nobody asks"), -1);
    assert_int_equal(bd_fail_in(NULL, "nobody"), -1);
}

static void every_type_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (int32_t type = 0; type < BD_ERR_COUNT; type++)
        assert_int_equal(bd_error_type(bd_error_name(type)), type);
    assert_string_equal(bd_error_name(-1), "unknown");
    assert_string_equal(bd_error_name(BD_ERR_COUNT), "unknown");
    assert_int_equal(bd_error_type("no such"), BD_ERR_INTERNAL);
}

static void a_type_from_outside_the_table_is_internal(void **state)
{
    struct bd_error err;

    (void)state;
    bd_fail(&err, (enum bd_error_type)4711, 0, "plugin", "odd");
    assert_int_equal(err.type, BD_ERR_INTERNAL);
    bd_fail(&err, (enum bd_error_type) - 1, 0, "plugin", "odd");
    assert_int_equal(err.type, BD_ERR_INTERNAL);
}

static void a_long_message_ends_with_a_whole_character(void **state)
{
    char text[1200] = "";
    struct bd_error err;

    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        memset(text, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "车", 4);
        bd_fail(&err, BD_ERR_NETWORK, 0, "test", "%s", text);
        assert_true(bd_text_valid(err.message, strlen(err.message)));
        assert_true(strlen(err.message) >= sizeof(err.message) - 3);
        bd_fail(&err, BD_ERR_NETWORK, 0, text, "m");
        assert_true(bd_text_valid(err.source, strlen(err.source)));
    }
}

static void context_grows_outwards_and_a_step_that_does_not_fit_is_left_out(void **state)
{
    struct bd_error err;
    char wide[200];

    (void)state;
    bd_fail(&err, BD_ERR_TIMEOUT, 28, "http", "no answer");
    assert_int_equal(bd_fail_in(&err, "question %d", 12), -1);
    bd_fail_in(&err, "run %d", 7);
    assert_string_equal(err.context, "run 7: question 12");
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    bd_fail_in(&err, "%s", wide);
    assert_string_equal(err.context, "run 7: question 12");
    bd_fail_in(&err, "cli");
    assert_string_equal(err.context, "cli: run 7: question 12");
    assert_string_equal(err.message, "no answer");
}

static void errno_becomes_words(void **state)
{
    struct bd_error err;

    (void)state;
    errno = ENOENT;
    assert_int_equal(bd_fail_errno(&err, BD_ERR_CONFIG, "ini", "cannot open 'x'"), -1);
    assert_int_equal(err.code, ENOENT);
    assert_string_equal(err.message, "cannot open 'x': No such file or directory");
    errno = 99999;
    bd_fail_errno(&err, BD_ERR_CONFIG, "ini", "odd");
    assert_non_null(strstr(err.message, "99999"));
}

static void people_get_one_line(void **state)
{
    struct bd_error err;
    char line[600], small[8];

    (void)state;
    bd_fail(&err, BD_ERR_NETWORK, 7, "http", "refused");
    bd_error_print(&err, line, sizeof(line));
    assert_string_equal(line, "refused (network 7, http)");
    bd_fail_in(&err, "run 1");
    bd_error_print(&err, line, sizeof(line));
    assert_string_equal(line, "run 1: refused (network 7, http)");
    bd_error_print(&err, small, sizeof(small));
    assert_string_equal(small, "run 1: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_filled_once_and_returns_minus_one),
        cmocka_unit_test(every_type_has_a_name_that_leads_back),
        cmocka_unit_test(a_type_from_outside_the_table_is_internal),
        cmocka_unit_test(a_long_message_ends_with_a_whole_character),
        cmocka_unit_test(context_grows_outwards_and_a_step_that_does_not_fit_is_left_out),
        cmocka_unit_test(errno_becomes_words),
        cmocka_unit_test(people_get_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
