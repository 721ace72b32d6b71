#include "engine/breakers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bd_breakers *fresh(void)
{
    struct bd_breakers *all = NULL;
    struct bd_error err;

    assert_int_equal(bd_breakers_new(&all, &bd_breaker_default, &err), 0);
    return all;
}

static void one_key_is_one_breaker(void **state)
{
    struct bd_breakers *all = fresh();
    struct bd_error err;
    struct bd_breaker *a = bd_breakers_pin(all, "m:华为", &err);
    struct bd_breaker *b = bd_breakers_pin(all, "m:小米", &err);

    (void)state;
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(bd_breakers_pin(all, "m:华为", &err), a);
    assert_string_equal(bd_breakers_key(a), "m:华为");
    bd_breakers_free(all);
}

static void fill(struct bd_breakers *all, int from, int to)
{
    for (int i = from; i < to; i++) {
        char key[32];
        struct bd_error err;
        struct bd_breaker *b;

        snprintf(key, sizeof(key), "key %d", i);
        b = bd_breakers_pin(all, key, &err);
        assert_non_null(b);
        bd_breakers_unpin(all, b);
    }
}

static void clean_breakers_make_room_and_dirty_ones_stay(void **state)
{
    struct bd_breakers *all = fresh();
    struct bd_error err;
    struct bd_breaker *dead = bd_breakers_pin(all, "dead", &err);
    struct bd_ticket t;

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_true(bd_breaker_allow(dead, 0, &t));
        bd_breaker_done(dead, &t, BD_OUTCOME_FAIL, 0);
    }
    assert_int_equal(dead->state, BD_BREAKER_OPEN);
    bd_breakers_unpin(all, dead);
    fill(all, 0, 3 * BD_BREAKERS_MAX);
    dead = bd_breakers_pin(all, "dead", &err);
    assert_int_equal(dead->state, BD_BREAKER_OPEN);
    bd_breakers_free(all);
}

static void a_table_full_of_used_breakers_refuses_and_says_so(void **state)
{
    struct bd_breakers *all = fresh();
    struct bd_error err = {0};

    (void)state;
    for (int i = 0; i < BD_BREAKERS_MAX; i++) {
        char key[32];

        snprintf(key, sizeof(key), "key %d", i);
        assert_non_null(bd_breakers_pin(all, key, &err));
    }
    assert_null(bd_breakers_pin(all, "one more", &err));
    assert_int_equal(err.type, BD_ERR_INTERNAL);
    assert_non_null(strstr(err.message, "4096"));
    bd_breakers_free(all);
}

static void new_limits_reach_every_breaker_and_keep_its_state(void **state)
{
    struct bd_breakers *all = fresh();
    struct bd_breaker_config strict = bd_breaker_default;
    struct bd_error err;
    struct bd_breaker *b = bd_breakers_pin(all, "b", &err);
    struct bd_ticket t;

    (void)state;
    assert_true(bd_breaker_allow(b, 0, &t));
    bd_breaker_done(b, &t, BD_OUTCOME_FAIL, 0);
    strict.threshold = 2;
    bd_breakers_configure(all, &strict);
    assert_true(bd_breaker_allow(b, 0, &t));
    bd_breaker_done(b, &t, BD_OUTCOME_FAIL, 0);
    assert_int_equal(b->state, BD_BREAKER_OPEN);
    assert_int_equal(bd_breakers_pin(all, "c", &err)->config.threshold, 2);
    bd_breakers_free(all);
}

static void open_at_0(struct bd_breaker *b)
{
    struct bd_ticket t;

    for (int i = 0; i < 5; i++) {
        assert_true(bd_breaker_allow(b, 0, &t));
        bd_breaker_done(b, &t, BD_OUTCOME_FAIL, 0);
    }
}

static void keys_that_are_not_closed_are_told_newest_first_and_no_connection(void **state)
{
    static const char *const names[] = {"qwen/plus:华为", "qwen (connection)",
                                        "qwen/plus:well", "zhipu/a:b/c:d", "qwen/max:*"};
    struct bd_breakers *all = fresh();
    struct bd_open_key keys[3];
    struct bd_breaker *b[5];
    struct bd_error err;
    struct bd_ticket t;

    (void)state;
    for (int i = 0; i < 5; i++) {
        b[i] = bd_breakers_pin(all, names[i], &err);
        if (i != 2)
            open_at_0(b[i]);
    }
    assert_true(bd_breaker_allow(b[0], 30000, &t)); /* a probe is under way */
    assert_int_equal(bd_breakers_open_keys(all, 30000, keys, 3), 3);
    assert_string_equal(keys[0].key, "qwen/max:*");
    assert_string_equal(keys[1].key, "zhipu/a:b/c:d");
    assert_string_equal(keys[2].key, "qwen/plus:华为");
    assert_int_equal(keys[0].state, BD_BREAKER_OPEN);
    assert_int_equal(keys[2].state, BD_BREAKER_HALF_OPEN);
    for (int i = 0; i < 3; i++)
        free(keys[i].key);
    assert_int_equal(bd_breakers_open_keys(all, 30000, keys, 1), 1);
    free(keys[0].key);
    bd_breakers_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_is_one_breaker),
        cmocka_unit_test(clean_breakers_make_room_and_dirty_ones_stay),
        cmocka_unit_test(a_table_full_of_used_breakers_refuses_and_says_so),
        cmocka_unit_test(new_limits_reach_every_breaker_and_keep_its_state),
        cmocka_unit_test(
            keys_that_are_not_closed_are_told_newest_first_and_no_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
