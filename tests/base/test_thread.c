/* tests/base/test_thread.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/thread.h"

static void *be_net(void *seen)
{
    *(enum bd_thread *)seen = bd_thread_what(); /* unmarked so far */
    bd_thread_is(BD_NET, "bd-net");
    return bd_thread_what() == BD_NET ? seen : NULL;
}

static void each_thread_is_what_it_said(void **state)
{
    enum bd_thread before = BD_API;
    pthread_t t;
    void *ok;

    (void)state;
    bd_thread_is(BD_MAIN, "ignored");
    assert_int_equal(pthread_create(&t, NULL, be_net, &before), 0);
    assert_int_equal(pthread_join(t, &ok), 0);
    assert_non_null(ok);
    assert_int_equal(before, 0);
    assert_int_equal(bd_thread_what(), BD_MAIN);
    BD_ON(BD_MAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thread_is_what_it_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
