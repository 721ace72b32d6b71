#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/deque.h"

static void *item(uintptr_t n) /* never NULL */
{
    return (void *)(n + 1);
}

static void an_empty_deque_gives_nothing(void **state)
{
    struct bd_deque d;

    (void)state;
    bd_deque_init(&d, 64);
    assert_true(bd_deque_empty(&d));
    assert_null(bd_deque_pop(&d));
    assert_null(bd_deque_steal(&d));
    assert_null(bd_deque_pop(&d));
    assert_true(bd_deque_empty(&d));
    bd_deque_free(&d);
}

static void owner_pops_the_newest_and_a_thief_takes_the_oldest(void **state)
{
    struct bd_deque d;

    (void)state;
    bd_deque_init(&d, 1024);
    for (uintptr_t i = 0; i < 5; i++)
        assert_int_equal(bd_deque_push(&d, item(i)), 0);
    assert_ptr_equal(bd_deque_pop(&d), item(4));
    assert_ptr_equal(bd_deque_steal(&d), item(0));
    assert_ptr_equal(bd_deque_steal(&d), item(1));
    assert_ptr_equal(bd_deque_pop(&d), item(3));
    assert_ptr_equal(bd_deque_pop(&d), item(2));
    assert_null(bd_deque_pop(&d));
    bd_deque_free(&d);
}

static void growing_keeps_every_item_in_its_place(void **state)
{
    struct bd_deque d;

    (void)state;
    bd_deque_init(&d, 1 << 20);
    for (uintptr_t i = 0; i < 40; i++) /* so that the ring has wrapped when it grows */
        assert_int_equal(bd_deque_push(&d, item(i)), 0);
    for (uintptr_t i = 0; i < 40; i++)
        assert_ptr_equal(bd_deque_steal(&d), item(i));
    for (uintptr_t i = 0; i < 100000; i++)
        assert_int_equal(bd_deque_push(&d, item(i)), 0);
    for (uintptr_t i = 0; i < 50000; i++)
        assert_ptr_equal(bd_deque_steal(&d), item(i));
    for (uintptr_t i = 100000; i-- > 50000;)
        assert_ptr_equal(bd_deque_pop(&d), item(i));
    assert_true(bd_deque_empty(&d));
    bd_deque_free(&d);
}

static void a_full_deque_refuses_and_loses_nothing(void **state)
{
    struct bd_deque d;

    (void)state;
    bd_deque_init(&d, 128);
    for (uintptr_t i = 0; i < 128; i++)
        assert_int_equal(bd_deque_push(&d, item(i)), 0);
    assert_int_equal(bd_deque_push(&d, item(128)), -1);
    assert_ptr_equal(bd_deque_steal(&d), item(0));
    assert_int_equal(bd_deque_push(&d, item(128)), 0);
    for (uintptr_t i = 128; i >= 1; i--)
        assert_ptr_equal(bd_deque_pop(&d), item(i));
    assert_null(bd_deque_pop(&d));
    bd_deque_free(&d);
}

/* One owner and many thieves: every item comes out exactly once. */

#define THIEVES 4

struct contest {
    struct bd_deque deque;
    pthread_barrier_t start;
    _Atomic unsigned char *taken; /* how often, by item */
    _Atomic size_t left;
};

static void take(struct contest *c, void *p)
{
    if (!p)
        return;
    atomic_fetch_add(&c->taken[(uintptr_t)p - 1], 1);
    atomic_fetch_sub(&c->left, 1);
}

static void *thief(void *arg)
{
    struct contest *c = arg;

    pthread_barrier_wait(&c->start);
    while (atomic_load(&c->left) > 0)
        take(c, bd_deque_steal(&c->deque));
    return NULL;
}

/* Pushes `burst` items, then pops `pops`, and so on: a small burst keeps the deque near
 * empty, where owner and thieves meet; a large one makes it grow under the thieves. */
static void own(struct contest *c, size_t items, size_t burst, size_t pops)
{
    volatile unsigned wait = 0;

    for (size_t i = 0; i < items;) {
        for (size_t k = 0; k < burst && i < items; k++, i++)
            while (bd_deque_push(&c->deque, item(i)) < 0)
                take(c, bd_deque_pop(&c->deque));
        for (unsigned k = (unsigned)(i * 7 % 64); k > 0; k--)
            wait = k; /* a moment, of changing length, for thieves to come near */
        for (size_t k = 0; k < pops; k++)
            take(c, bd_deque_pop(&c->deque));
    }
    (void)wait;
    while (atomic_load(&c->left) > 0)
        take(c, bd_deque_pop(&c->deque));
}

static size_t contest(size_t items, size_t burst, size_t pops, size_t limit)
{
    struct contest c = {.left = items};
    pthread_t threads[THIEVES];
    size_t wrong = 0;

    bd_deque_init(&c.deque, limit);
    c.taken = calloc(items, 1);
    assert_non_null(c.taken);
    pthread_barrier_init(&c.start, NULL, THIEVES + 1);
    for (int i = 0; i < THIEVES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thief, &c), 0);
    pthread_barrier_wait(&c.start);
    own(&c, items, burst, pops);
    for (int i = 0; i < THIEVES; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < items; i++)
        wrong += c.taken[i] != 1;
    pthread_barrier_destroy(&c.start);
    bd_deque_free(&c.deque);
    free((void *)c.taken);
    return wrong;
}

static void nothing_is_lost_or_taken_twice(void **state)
{
    static const struct {
        size_t items, burst, pops, limit;
    } cases[] = {
        {1000000, 1, 1, 1 << 20},      /* always the last item */
        {1000000, 2, 1, 1 << 20},      /* slowly filling */
        {1000000, 3, 4, 1 << 20},      /* popping from an empty deque */
        {1000000, 5000, 100, 1 << 20}, /* growing while thieves read */
        {200000, 300, 10, 128},        /* full */
    };

    size_t part = 1;

#ifdef __SANITIZE_THREAD__
    part = 10; /* it is some forty times slower */
#endif
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(
            contest(cases[i].items / part, cases[i].burst, cases[i].pops, cases[i].limit),
            0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_deque_gives_nothing),
        cmocka_unit_test(owner_pops_the_newest_and_a_thief_takes_the_oldest),
        cmocka_unit_test(growing_keeps_every_item_in_its_place),
        cmocka_unit_test(a_full_deque_refuses_and_loses_nothing),
        cmocka_unit_test(nothing_is_lost_or_taken_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
