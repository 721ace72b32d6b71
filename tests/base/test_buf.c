/* tests/base/test_buf.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void it_grows_and_stays_a_string(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 100000);
    assert_string_equal(b.data, "");
    for (int i = 0; i < 5000; i++)
        assert_int_equal(bd_buf_addf(&b, "%d,", i % 10), 0);
    assert_int_equal(b.n, 10000);
    assert_int_equal(strlen(b.data), 10000);
    assert_int_equal(bd_buf_append(&b, "a\0b", 3), 0);
    assert_int_equal(b.n, 10003);
    assert_memory_equal(b.data + 10000, "a\0b", 4);
    bd_buf_free(&b);
    assert_string_equal(b.data, "");
}

static void a_piece_fits_whole_or_not_at_all(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 10);
    assert_int_equal(bd_buf_add(&b, "12345678"), 0);
    assert_int_equal(bd_buf_add(&b, "abc"), -1);
    assert_true(b.failed);
    assert_string_equal(b.data, "12345678");
    assert_int_equal(bd_buf_add(&b, "9"),
                     -1); /* it would fit, but something is missing */
    bd_buf_reset(&b);
    assert_false(b.failed);
    assert_int_equal(bd_buf_addf(&b, "%s", "0123456789"), 0);
    assert_int_equal(bd_buf_append(&b, "", 0), 0);
    assert_int_equal(bd_buf_addf(&b, "%c", 'x'), -1);
    assert_string_equal(b.data, "0123456789");
    bd_buf_free(&b);
}

static void room_that_is_not_there_is_no_failure(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 10);
    assert_int_equal(bd_buf_reserve(&b, 11), -1);
    assert_false(b.failed);
    assert_int_equal(bd_buf_reserve(&b, 10), 0);
    assert_true(b.cap > 10);
    assert_string_equal(b.data, "");
    assert_int_equal(bd_buf_add(&b, "0123456789"), 0);
    bd_buf_free(&b);
}

static void a_size_near_the_largest_does_not_wrap(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 1000);
    assert_int_equal(bd_buf_add(&b, "x"), 0);
    assert_int_equal(bd_buf_append(&b, "y", SIZE_MAX), -1);
    assert_string_equal(b.data, "x");
    bd_buf_free(&b);
}

static void an_unbounded_buffer_refuses_what_no_memory_holds(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, SIZE_MAX);
    assert_int_equal(bd_buf_append(&b, "y", SIZE_MAX), -1);
    assert_int_equal(bd_buf_append(&b, "y", SIZE_MAX - 1), -1);
    assert_string_equal(b.data, "");
    bd_buf_free(&b);
}

static void the_front_can_be_dropped(void **state)
{
    struct bd_buf b;

    (void)state;
    bd_buf_init(&b, 100);
    bd_buf_consume(&b, 5);
    assert_int_equal(bd_buf_add(&b, "abcdef"), 0);
    bd_buf_consume(&b, 2);
    assert_string_equal(b.data, "cdef");
    bd_buf_consume(&b, 0);
    assert_string_equal(b.data, "cdef");
    bd_buf_consume(&b, 99);
    assert_string_equal(b.data, "");
    assert_int_equal(b.n, 0);
    bd_buf_free(&b);
}

static void taking_leaves_it_empty_and_usable(void **state)
{
    struct bd_buf b;
    char *s;

    (void)state;
    bd_buf_init(&b, 100);
    s = bd_buf_take(&b);
    assert_string_equal(s, "");
    free(s);
    assert_int_equal(bd_buf_add(&b, "abc"), 0);
    s = bd_buf_take(&b);
    assert_string_equal(s, "abc");
    free(s);
    assert_int_equal(b.n, 0);
    assert_int_equal(bd_buf_add(&b, "again"), 0);
    assert_string_equal(b.data, "again");
    bd_buf_free(&b);
    bd_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_grows_and_stays_a_string),
        cmocka_unit_test(a_piece_fits_whole_or_not_at_all),
        cmocka_unit_test(room_that_is_not_there_is_no_failure),
        cmocka_unit_test(a_size_near_the_largest_does_not_wrap),
        cmocka_unit_test(an_unbounded_buffer_refuses_what_no_memory_holds),
        cmocka_unit_test(the_front_can_be_dropped),
        cmocka_unit_test(taking_leaves_it_empty_and_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
