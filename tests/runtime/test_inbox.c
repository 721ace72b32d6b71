/* tests/runtime/test_inbox.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "runtime/inbox.h"

#define LIMIT ((size_t)4 << 20)

static void append(struct bd_inbox *q, const char *p, size_t n)
{
    assert_int_equal(bd_inbox_append(q, p, n), 0);
}

/* Everything in it, in its order; it is empty afterwards. */
static void drain(struct bd_inbox *q, struct bd_buf *out)
{
    const char *p;
    size_t n;

    while ((p = bd_inbox_front(q, &n))) {
        assert_int_equal(bd_buf_append(out, p, n), 0);
        bd_inbox_drop(q);
    }
    assert_int_equal(q->n, 0);
    assert_null(q->first);
    assert_null(q->last);
}

static void what_goes_in_comes_out_in_its_order(void **state)
{
    static const size_t sizes[] = {0, 1, 4095, 1, 2, 4096, 100000, 7, 300000, 16384, 3};
    struct bd_inbox q;
    struct bd_buf in, out;
    uint32_t x = 1;

    (void)state;
    bd_inbox_init(&q, LIMIT);
    bd_buf_init(&in, LIMIT);
    bd_buf_init(&out, LIMIT);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t from = in.n;

        for (size_t k = 0; k < sizes[i]; k++) {
            char c = (char)((x = x * 1664525u + 1013904223u) >> 24);

            assert_int_equal(bd_buf_append(&in, &c, 1), 0);
        }
        append(&q, in.data + from, sizes[i]);
    }
    assert_int_equal(q.n, in.n);
    drain(&q, &out);
    assert_int_equal(out.n, in.n);
    assert_memory_equal(out.data, in.data, in.n);
    bd_buf_free(&in);
    bd_buf_free(&out);
}

static void moving_keeps_the_order_and_leaves_nothing(void **state)
{
    struct bd_inbox a, b;
    struct bd_buf out;

    (void)state;
    bd_inbox_init(&a, 4);
    bd_inbox_init(&b, LIMIT);
    bd_buf_init(&out, LIMIT);
    bd_inbox_move(&a, &b); /* nothing into nothing */
    append(&a, "one ", 4);
    append(&b, "two ", 4);
    bd_inbox_move(&a, &b); /* past its limit, which is for what is appended */
    assert_int_equal(a.n, 8);
    assert_int_equal(b.n, 0);
    append(&b, "three", 5);
    bd_inbox_move(&a, &b);
    bd_inbox_move(&a, &b);
    drain(&a, &out);
    assert_string_equal(out.data, "one two three");
    bd_inbox_free(&a);
    bd_inbox_free(&b);
    bd_buf_free(&out);
}

static void past_the_limit_nothing_is_taken(void **state)
{
    struct bd_inbox q;
    size_t n;

    (void)state;
    bd_inbox_init(&q, 10);
    append(&q, "123456789", 9);
    assert_int_equal(bd_inbox_append(&q, "ab", 2), -1);
    assert_int_equal(q.n, 9);
    append(&q, "0", 1);
    assert_int_equal(bd_inbox_append(&q, "x", 1), -1);
    append(&q, "", 0);
    assert_memory_equal(bd_inbox_front(&q, &n), "1234567890", 10);
    assert_int_equal(n, 10);
    bd_inbox_drop(&q); /* there is room again */
    append(&q, "1234567890", 10);
    bd_inbox_free(&q);
    assert_null(bd_inbox_front(&q, &n));
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out_in_its_order),
        cmocka_unit_test(moving_keeps_the_order_and_leaves_nothing),
        cmocka_unit_test(past_the_limit_nothing_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
