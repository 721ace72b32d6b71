#include "engine/lane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static struct bd_breakers *breakers;
static struct bd_lane *lane;

static int setup(void **state)
{
    const struct bd_limiter_config limits = {.concurrency = 2, .rpm = 0};
    struct bd_error err;

    (void)state;
    bd_log_setup(BD_LOG_OFF, 0);
    assert_int_equal(bd_breakers_new(&breakers, &bd_breaker_default, &err), 0);
    return bd_lane_new(&lane, "doubao", &limits, breakers, &err);
}

static int teardown(void **state)
{
    (void)state;
    bd_lane_free(lane, breakers);
    bd_breakers_free(breakers);
    return 0;
}

static void tasks_leave_a_queue_in_the_order_they_came(void **state)
{
    struct bd_queue q = {0};
    struct bd_task a = {0}, b = {0}, c = {0};

    (void)state;
    bd_queue_add(&q, &a);
    bd_queue_add(&q, &b);
    bd_queue_add_first(&q, &c);
    assert_int_equal(q.count, 3);
    assert_ptr_equal(bd_queue_take(&q), &c);
    assert_ptr_equal(bd_queue_take(&q), &a);
    assert_ptr_equal(bd_queue_take(&q), &b);
    assert_null(bd_queue_take(&q));
    bd_queue_add(&q, &b); /* an emptied queue can be used again */
    assert_ptr_equal(bd_queue_take(&q), &b);
}

static void delayed_tasks_come_when_due_and_before_those_that_wait(void **state)
{
    struct bd_task late = {0}, early = {0}, waiting = {0};

    (void)state;
    bd_queue_add(&lane->ready, &waiting);
    bd_lane_delay(lane, &late, 500);
    bd_lane_delay(lane, &early, 100);
    assert_int_equal(bd_lane_due(lane, 99), 100);
    assert_int_equal(bd_lane_due(lane, 100), 500);
    assert_ptr_equal(bd_queue_take(&lane->ready), &early);
    assert_ptr_equal(bd_queue_take(&lane->ready), &waiting);
    assert_int_equal(bd_lane_due(lane, 500), INT64_MAX);
    assert_ptr_equal(bd_queue_take(&lane->ready), &late);
}

static void withdraw_takes_one_group_and_leaves_the_others(void **state)
{
    const int mine = 0, other = 0;
    struct bd_task tasks[6] = {0};
    struct bd_queue out = {0};

    (void)state;
    for (int i = 0; i < 6; i++) {
        tasks[i].group = i % 2 ? &other : &mine;
        if (i < 4)
            bd_queue_add(&lane->ready, &tasks[i]);
        else
            bd_lane_delay(lane, &tasks[i], 1000 + i);
    }
    bd_lane_withdraw(lane, &mine, &out);
    assert_int_equal(out.count, 3);
    assert_int_equal(lane->ready.count, 2);
    assert_int_equal(lane->delayed_count, 1);
    while (out.head)
        assert_ptr_equal(bd_queue_take(&out)->group, &mine);
    assert_ptr_equal(bd_queue_take(&lane->ready), &tasks[1]);
    assert_ptr_equal(bd_queue_take(&lane->ready), &tasks[3]);
    assert_ptr_equal(lane->delayed, &tasks[5]);
}

static void attempt(struct bd_task *t, int32_t type, int32_t retry_after_ms,
                    int64_t now_ms)
{
    struct bd_error err = {.type = type, .retry_after_ms = retry_after_ms};

    assert_true(bd_limiter_take(&lane->limiter, now_ms, NULL));
    assert_true(bd_breaker_allow(t->breaker, now_ms, &t->ticket));
    assert_true(bd_breaker_allow(lane->connection, now_ms, &t->lane_ticket));
    bd_lane_learn(lane, t, &err, 100, now_ms);
}

static struct bd_task task(const char *key)
{
    struct bd_error err;
    struct bd_task t = {.lane = lane, .breaker = bd_breakers_pin(breakers, key, &err)};

    return t;
}

static void a_dead_provider_opens_its_connection_over_all_brands(void **state)
{
    static const char *const keys[] = {"m:a", "m:b", "m:c", "m:d", "m:e"};

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct bd_task t = task(keys[i]);

        attempt(&t, BD_ERR_NETWORK, 0, 0);
        assert_int_equal(t.breaker->state, BD_BREAKER_CLOSED);
    }
    assert_int_equal(lane->connection->state, BD_BREAKER_OPEN);
}

static void one_bad_brand_does_not_take_the_others_down(void **state)
{
    struct bd_task bad = task("m:bad"), good = task("m:good");

    (void)state;
    for (int i = 0; i < 5; i++) {
        attempt(&bad, BD_ERR_OVERLOADED, 0, i);
        attempt(&good, BD_ERR_NONE, 0, i);
    }
    assert_int_equal(bad.breaker->state, BD_BREAKER_OPEN);
    assert_int_equal(good.breaker->state, BD_BREAKER_CLOSED);
    assert_int_equal(lane->connection->state, BD_BREAKER_CLOSED);
}

static void a_refused_key_or_an_empty_account_switches_the_lane_off(void **state)
{
    struct bd_task t = task("m:a");

    (void)state;
    attempt(&t, BD_ERR_RATE_LIMITED, 0, 0);
    assert_false(lane->off);
    attempt(&t, BD_ERR_QUOTA, 0, 0);
    assert_true(lane->off);
    assert_int_equal(lane->off_error.type, BD_ERR_QUOTA);
    attempt(&t, BD_ERR_AUTH, 0, 0); /* the first reason is the one that is told */
    assert_int_equal(lane->off_error.type, BD_ERR_QUOTA);
}

static void retry_after_closes_the_gate_and_trips_no_breaker(void **state)
{
    struct bd_task t = task("m:a");
    struct bd_lane_view v;

    (void)state;
    for (int i = 0; i < 10; i++)
        attempt(&t, BD_ERR_RATE_LIMITED, 0, i * 2000);
    assert_int_equal(t.breaker->state, BD_BREAKER_CLOSED);
    attempt(&t, BD_ERR_RATE_LIMITED, 3000, 20000);
    bd_lane_look(lane, 20500, &v);
    assert_int_equal(v.wait, BD_LIMITER_GATED);
    assert_int_equal(v.wait_ms, 2500);
    assert_int_equal(v.running, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_leave_a_queue_in_the_order_they_came),
        cmocka_unit_test_setup_teardown(
            delayed_tasks_come_when_due_and_before_those_that_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(withdraw_takes_one_group_and_leaves_the_others,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_dead_provider_opens_its_connection_over_all_brands, setup, teardown),
        cmocka_unit_test_setup_teardown(one_bad_brand_does_not_take_the_others_down,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_refused_key_or_an_empty_account_switches_the_lane_off, setup, teardown),
        cmocka_unit_test_setup_teardown(retry_after_closes_the_gate_and_trips_no_breaker,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
