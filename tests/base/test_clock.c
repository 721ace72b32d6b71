/* tests/base/test_clock.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static const struct {
    int64_t wall_ms;
    const char *expected;
} times[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {INT64_C(951782399999), "2000-02-28T23:59:59.999Z"},
    {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(4102444800123), "2100-01-01T00:00:00.123Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
};

static void wall_time_is_written_as_iso_8601_in_utc(void **state)
{
    char out[32];

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        bd_clock_iso(times[i].wall_ms, out, sizeof(out));
        assert_string_equal(out, times[i].expected);
    }
}

static void monotonic_time_does_not_go_back(void **state)
{
    int64_t last = bd_clock_ms();

    (void)state;
    for (int i = 0; i < 10000; i++) {
        int64_t now = bd_clock_ms();

        assert_true(now >= last);
        last = now;
    }
    assert_true(bd_clock_wall_ms() > INT64_C(1600000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wall_time_is_written_as_iso_8601_in_utc),
        cmocka_unit_test(monotonic_time_does_not_go_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
