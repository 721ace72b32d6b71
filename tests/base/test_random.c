/* tests/policy/test_random.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

/* The published first outputs for this seed. */
static void it_is_splitmix64(void **state)
{
    struct bd_random r;

    (void)state;
    bd_random_init(&r, 1234567);
    assert_true(bd_random_next(&r) == UINT64_C(6457827717110365317));
    assert_true(bd_random_next(&r) == UINT64_C(3203168211198807973));
}

static void below_stays_below_and_reaches_everything(void **state)
{
    int seen[7] = {0};
    struct bd_random r;

    (void)state;
    bd_random_init(&r, 0);
    for (int i = 0; i < 70000; i++) {
        uint32_t v = bd_random_below(&r, 7);

        assert_true(v < 7);
        seen[v]++;
    }
    for (int i = 0; i < 7; i++)
        assert_in_range(seen[i], 9500, 10500);
    assert_int_equal(bd_random_below(&r, 0), 0);
    assert_int_equal(bd_random_below(&r, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_splitmix64),
        cmocka_unit_test(below_stays_below_and_reaches_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
