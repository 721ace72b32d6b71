/* tests/runtime/test_names.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "runtime/names.h"

static struct bd_names *names;
static struct bd_name_answer answer;
static bool look_up;

static int setup(void **state)
{
    struct bd_error err;

    (void)state;
    return bd_names_new(&names, &err);
}

static int teardown(void **state)
{
    (void)state;
    bd_names_free(names);
    return 0;
}

static enum bd_name_state ask(const char *host, int64_t now_ms)
{
    return bd_names_ask(names, host, now_ms, &answer, &look_up);
}

static void told(const char *host, const char *addresses, int64_t now_ms)
{
    struct bd_error err;

    (void)bd_fail(&err, BD_ERR_NETWORK, 0, "test", "no such name");
    bd_names_told(names, host, addresses, addresses ? NULL : &err, now_ms);
}

static void many_askers_of_a_name_make_one_look_up(void **state)
{
    (void)state;
    assert_int_equal(ask("a.test", 0), BD_NAME_WAIT);
    assert_true(look_up);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(ask("A.TEST", 5000), BD_NAME_WAIT);
        assert_false(look_up);
    }
    assert_int_equal(ask("b.test", 5000), BD_NAME_WAIT);
    assert_true(look_up);
    told("a.test", "192.0.2.1", 6000);
    assert_int_equal(ask("a.test", 6000), BD_NAME_KNOWN);
    assert_string_equal(answer.addresses, "192.0.2.1");
    assert_false(look_up);
    assert_int_equal(ask("b.test", 6000), BD_NAME_WAIT);
}

static void an_old_answer_is_given_out_while_it_is_looked_up_anew(void **state)
{
    (void)state;
    (void)ask("a.test", 0);
    told("a.test", "192.0.2.1", 0);
    assert_int_equal(ask("a.test", 59999), BD_NAME_KNOWN);
    assert_false(look_up);
    assert_int_equal(ask("a.test", 60000), BD_NAME_KNOWN);
    assert_true(look_up);
    assert_int_equal(ask("a.test", 200000), BD_NAME_KNOWN); /* it hangs: nobody waits */
    assert_false(look_up);
    told("a.test", "192.0.2.2", 200000);
    assert_int_equal(ask("a.test", 200001), BD_NAME_KNOWN);
    assert_string_equal(answer.addresses, "192.0.2.2");
    assert_false(look_up);
}

static void a_failure_is_remembered_for_a_second(void **state)
{
    (void)state;
    (void)ask("a.test", 0);
    told("a.test", NULL, 100);
    assert_int_equal(ask("a.test", 1099), BD_NAME_FAILED);
    assert_int_equal(answer.error.type, BD_ERR_NETWORK);
    assert_false(look_up);
    assert_int_equal(ask("a.test", 1100), BD_NAME_WAIT);
    assert_true(look_up);
}

static void a_failed_renewal_harms_nobody_until_the_answer_is_an_hour_old(void **state)
{
    (void)state;
    (void)ask("a.test", 0);
    told("a.test", "192.0.2.1", 0);
    (void)ask("a.test", 60000);
    told("a.test", NULL, 60010);
    assert_int_equal(ask("a.test", 60020), BD_NAME_KNOWN);
    assert_false(look_up); /* not at once again */
    assert_int_equal(ask("a.test", 61010), BD_NAME_KNOWN);
    assert_true(look_up);
    told("a.test", NULL, 3599999);
    assert_int_equal(ask("a.test", 3599999), BD_NAME_KNOWN);
    assert_int_equal(ask("a.test", 3600000), BD_NAME_FAILED);
    assert_int_equal(ask("a.test", 3601000), BD_NAME_WAIT);
}

static void the_name_asked_for_longest_ago_makes_room(void **state)
{
    char host[32];

    (void)state;
    for (int i = 0; i < BD_NAMES_MAX; i++) {
        snprintf(host, sizeof(host), "n%d.test", i);
        (void)ask(host, i);
        told(host, "192.0.2.1", i);
    }
    (void)ask("n0.test", 1000); /* asked for again: n1 is the oldest now */
    assert_int_equal(ask("new.test", 1001), BD_NAME_WAIT);
    assert_true(look_up);
    assert_int_equal(ask("n0.test", 1002), BD_NAME_KNOWN);
    assert_int_equal(ask("n1.test", 1003), BD_NAME_WAIT);
}

static void names_that_are_being_looked_up_keep_their_place(void **state)
{
    char host[32];

    (void)state;
    for (int i = 0; i < BD_NAMES_MAX; i++) {
        snprintf(host, sizeof(host), "n%d.test", i);
        assert_int_equal(ask(host, i), BD_NAME_WAIT);
    }
    assert_int_equal(ask("one.more.test", 1000), BD_NAME_FAILED);
    assert_int_equal(answer.error.type, BD_ERR_INTERNAL);
    told("n7.test", "192.0.2.7", 1001);
    assert_int_equal(ask("one.more.test", 1002), BD_NAME_WAIT);
    told("n7.test", "192.0.2.7", 1003); /* its place is gone: no harm */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(many_askers_of_a_name_make_one_look_up),
        CASE(an_old_answer_is_given_out_while_it_is_looked_up_anew),
        CASE(a_failure_is_remembered_for_a_second),
        CASE(a_failed_renewal_harms_nobody_until_the_answer_is_an_hour_old),
        CASE(the_name_asked_for_longest_ago_makes_room),
        CASE(names_that_are_being_looked_up_keep_their_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
