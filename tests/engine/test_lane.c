#include "engine/lane.h"

#include <errno.h>
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

static void learn(struct bd_task *t, const struct bd_call_end *end, int64_t now_ms)
{
    struct bd_pass *pass = &t->pass[BD_PASS_FIRST];

    assert_true(bd_limiter_take(&lane->limiter, bd_lane_tokens(lane, t), now_ms, NULL));
    bd_lane_admit(lane, t, pass, now_ms);
    assert_true(pass->ticket.open && pass->lane_ticket.open && pass->out);
    bd_lane_learn(lane, t, pass, end, now_ms);
    assert_false(pass->ticket.open || pass->lane_ticket.open || pass->out);
}

static void attempt(struct bd_task *t, int32_t type, int32_t retry_after_ms,
                    int64_t now_ms)
{
    const struct bd_error err = {.type = type, .retry_after_ms = retry_after_ms};
    const struct bd_call_end end = {
        .err = &err, .took_ms = 100, .ttft_ms = 50, .tokens = -1};

    learn(t, &end, now_ms);
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
        attempt(&t, BD_ERR_RATE_LIMITED, 0, i * 10000);
    assert_int_equal(t.breaker->state, BD_BREAKER_CLOSED);
    attempt(&t, BD_ERR_RATE_LIMITED, 30000, 200000);
    bd_lane_look(lane, 205000, &v);
    assert_int_equal(v.wait, BD_LIMITER_GATED);
    assert_int_equal(v.wait_ms, 25000);
    assert_int_equal(v.gate_ms, 25000);
    assert_int_equal(v.most, 2);
    assert_int_equal(v.running, 0);
    bd_lane_look(lane, 230000, &v);
    assert_int_equal(v.gate_ms, 0);
}

/* A key that fails alone, with nobody else answering in between. */
static void failures_of_one_key_in_a_row_count_once_for_the_connection(void **state)
{
    struct bd_task bad = task("m:bad"), other = task("m:other");

    (void)state;
    for (int i = 0; i < 5; i++)
        attempt(&bad, BD_ERR_OVERLOADED, 0, i);
    assert_int_equal(bad.breaker->state, BD_BREAKER_OPEN);
    assert_int_equal(lane->connection->state, BD_BREAKER_CLOSED);
    assert_int_equal(lane->connection->failures, 1);
    attempt(&other, BD_ERR_TIMEOUT, 0, 9);
    assert_int_equal(lane->connection->failures, 2);
    attempt(&other, BD_ERR_NONE, 0, 10);
    assert_int_equal(lane->connection->failures, 0);
    attempt(&other, BD_ERR_OVERLOADED, 0, 11); /* after an answer it is news again */
    assert_int_equal(lane->connection->failures, 1);
}

static void a_connection_that_fails_counts_whosever_key_it_is(void **state)
{
    struct bd_task t = task("m:a");

    (void)state;
    for (int i = 0; i < 4; i++)
        attempt(&t, BD_ERR_NETWORK, 0, i);
    assert_int_equal(lane->connection->failures, 4);
}

static void what_this_process_slept_through_says_nothing(void **state)
{
    const struct bd_error err = {.type = BD_ERR_TIMEOUT};
    struct bd_call_end end = {.err = &err, .took_ms = 30000, .ttft_ms = -1, .tokens = -1};
    struct bd_task t = task("m:a");

    (void)state;
    end.lag_ms = 1001;
    for (int i = 0; i < 20; i++)
        learn(&t, &end, i);
    assert_int_equal(t.breaker->failures, 0);
    assert_int_equal(lane->connection->failures, 0);
    end.lag_ms = 1000;
    learn(&t, &end, 30);
    assert_int_equal(t.breaker->failures, 1);
}

static void a_kept_connection_found_closed_is_nobodys_failure(void **state)
{
    const struct bd_error err = {.type = BD_ERR_NETWORK};
    struct bd_call_end end = {.err = &err, .stale = true, .ttft_ms = -1, .tokens = -1};
    struct bd_task t = task("m:a");

    (void)state;
    for (int i = 0; i < 20; i++)
        learn(&t, &end, i);
    assert_int_equal(t.breaker->failures, 0);
    assert_int_equal(lane->connection->failures, 0);
    end.stale = false;
    learn(&t, &end, 30);
    assert_int_equal(lane->connection->failures, 1);
}

static const struct {
    const char *what;
    int64_t took_ms, ttft_ms;
    bool cut;
    int failures;
} time_outs[] = {
    {"its own time-out", 2000, -1, false, 1},
    {"its own time-out, some text", 2000, 500, false, 1},
    {"cut by the end, some text", 19000, 500, true, 0},
    {"cut by the end soon after it began", 4999, -1, true, 0},
    {"cut by the end, silent for long", 5000, -1, true, 1},
};

static void
a_time_out_that_the_end_brought_about_counts_only_after_a_long_silence(void **state)
{
    const struct bd_error err = {.type = BD_ERR_TIMEOUT};
    struct bd_task slow = task("m:slow");
    struct bd_call_end end = {.err = &err, .took_ms = 8000, .ttft_ms = -1, .cut = true};

    (void)state;
    for (size_t i = 0; i < sizeof(time_outs) / sizeof(time_outs[0]); i++) {
        const struct bd_call_end e = {.err = &err,
                                      .took_ms = time_outs[i].took_ms,
                                      .ttft_ms = time_outs[i].ttft_ms,
                                      .tokens = -1,
                                      .cut = time_outs[i].cut};
        struct bd_task t = task(time_outs[i].what);

        learn(&t, &e, 0);
        if (t.breaker->failures != time_outs[i].failures)
            fail_msg("%s: %d", time_outs[i].what, t.breaker->failures);
    }
    for (int i = 0; i < 5; i++) { /* a provider that usually is silent for 3 s */
        const struct bd_error none = {0};
        const struct bd_call_end ok = {
            .err = &none, .took_ms = 6000, .ttft_ms = 3000, .tokens = -1};

        learn(&slow, &ok, 0);
    }
    learn(&slow, &end, 0);
    assert_int_equal(slow.breaker->failures, 0);
    end.took_ms = 9000;
    learn(&slow, &end, 0);
    assert_int_equal(slow.breaker->failures, 1);
}

static const struct {
    int32_t type, code;
    bool crowded;
} crowds[] = {
    {BD_ERR_RATE_LIMITED, 429, true}, {BD_ERR_OVERLOADED, 429, true},
    {BD_ERR_OVERLOADED, 503, true},   {BD_ERR_OVERLOADED, 529, true},
    {BD_ERR_OVERLOADED, 500, false},  {BD_ERR_INTERNAL, EMFILE, true},
    {BD_ERR_INTERNAL, 0, false},      {BD_ERR_TIMEOUT, 28, false},
    {BD_ERR_QUOTA, 429, false},
};

static void too_many_at_once_is_heard_in_every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
        const struct bd_error err = {.type = crowds[i].type, .code = crowds[i].code};
        const struct bd_call_end end = {.err = &err, .tokens = -1, .ttft_ms = -1};
        char key[2] = {(char)('a' + i), '\0'}; /* none fails twice */
        struct bd_task t = task(key);
        int before = lane->limiter.allowed;

        learn(&t, &end, 1000 * (int64_t)(i + 1));
        if ((lane->limiter.allowed < before) != crowds[i].crowded)
            fail_msg("%s %d", bd_error_name(crowds[i].type), crowds[i].code);
        lane->limiter.allowed = before;
        attempt(&t, BD_ERR_NONE, 0,
                1000 * (int64_t)(i + 1) + 1); /* the lane stays well */
    }
}

static void tokens_are_assumed_until_they_are_told(void **state)
{
    const struct bd_error none = {0};
    struct bd_call_end end = {.err = &none, .took_ms = 1, .ttft_ms = 1, .tokens = -1};
    struct bd_task t = task("m:a");

    (void)state;
    t.tokens = 3000;
    learn(&t, &end, 1000);
    assert_int_equal(bd_window_sum(&lane->limiter.tokens, 1000), 3000);
    end.tokens = 800;
    learn(&t, &end, 1000);
    assert_int_equal(bd_window_sum(&lane->limiter.tokens, 1000), 3800);
    assert_int_equal(bd_lane_tokens(lane, &t), 800);
    end.tokens = 1600;
    learn(&t, &end, 1000);
    assert_int_equal(bd_lane_tokens(lane, &t), 900); /* (7 x 800 + 1600) / 8 */
}

static void a_call_that_never_left_costs_neither_pace_nor_tokens(void **state)
{
    const struct bd_error err = {.type = BD_ERR_CANCELLED};
    const struct bd_call_end end = {.err = &err, .unsent = true, .tokens = -1};
    struct bd_task t = task("m:a");

    (void)state;
    t.tokens = 3000;
    learn(&t, &end, 1000);
    assert_int_equal(bd_window_sum(&lane->limiter.tokens, 1000), 0);
    assert_int_equal(bd_window_sum(&lane->limiter.grants, 1000), 0);
    assert_int_equal(lane->limiter.out, 0);
}

static void every_opening_is_counted(void **state)
{
    struct bd_task t = task("m:a");

    (void)state;
    for (int i = 0; i < 5; i++)
        attempt(&t, BD_ERR_OVERLOADED, 0, 0);
    assert_int_equal(lane->opened, 1);
    attempt(&t, BD_ERR_OVERLOADED, 0, 30000); /* the probe fails */
    assert_int_equal(lane->opened, 2);
    attempt(&t, BD_ERR_NONE, 0, 60000);
    assert_int_equal(lane->opened, 2);
    assert_int_equal(lane->counts.turned[BD_BREAKER_OPEN], 2);
    assert_int_equal(lane->counts.turned[BD_BREAKER_HALF_OPEN], 2);
    assert_int_equal(lane->counts.turned[BD_BREAKER_CLOSED], 1);
}

static const struct {
    int32_t type;
    bool unsent, cut, part;
    int outcome;
} ends[] = {
    {BD_ERR_NONE, false, false, false, BD_ATTEMPT_OK},
    {BD_ERR_NONE, false, true, false, BD_ATTEMPT_OK}, /* the limit was not reached */
    {BD_ERR_NONE, false, false, true, BD_ATTEMPT_TRUNCATED},
    {BD_ERR_TIMEOUT, false, true, true, BD_ATTEMPT_TRUNCATED},
    {BD_ERR_TIMEOUT, false, true, false, BD_ATTEMPT_CUT},
    {BD_ERR_TIMEOUT, false, false, false, BD_ATTEMPT_FAILED + BD_ERR_TIMEOUT},
    {BD_ERR_CANCELLED, true, false, false, BD_ATTEMPT_UNSENT},
    {BD_ERR_CANCELLED, false, false, false, BD_ATTEMPT_FAILED + BD_ERR_CANCELLED},
    {BD_ERR_NETWORK, true, true, false, BD_ATTEMPT_FAILED + BD_ERR_NETWORK},
    {BD_ERR_RATE_LIMITED, false, true, false, BD_ATTEMPT_FAILED + BD_ERR_RATE_LIMITED},
    {BD_ERR_INTERNAL, false, false, false, BD_ATTEMPT_FAILED + BD_ERR_INTERNAL},
    {BD_ERR_COUNT + 7, false, false, false, BD_ATTEMPT_FAILED + BD_ERR_INTERNAL},
};

static void every_end_is_counted_once_by_what_it_was(void **state)
{
    uint64_t sent = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const struct bd_error err = {.type = ends[i].type};
        const struct bd_call_end end = {.err = &err,
                                        .took_ms = 1500,
                                        .ttft_ms = ends[i].part ? 300 : -1,
                                        .tokens = -1,
                                        .unsent = ends[i].unsent,
                                        .cut = ends[i].cut,
                                        .part = ends[i].part};
        char key[2] = {(char)('a' + i), '\0'}; /* none fails twice */
        struct bd_task t = task(key);
        uint64_t before = lane->counts.ended[ends[i].outcome];

        learn(&t, &end, 100000 * (int64_t)i); /* the connection recovers in between */
        if (lane->counts.ended[ends[i].outcome] != before + 1)
            fail_msg("%zu: %s", i, bd_attempt_outcome_name(ends[i].outcome));
        sent += !ends[i].unsent;
    }
    assert_int_equal(lane->counts.took.count, sent);
    assert_int_equal(lane->counts.took.counts[5], sent); /* 1 to 2 s */
    assert_int_equal(lane->counts.first_text.count, 2);
    assert_int_equal(lane->counts.first_text.counts[3], 2); /* 250 to 500 ms */
}

static void outcomes_have_names_of_their_own(void **state)
{
    (void)state;
    for (int i = 0; i < BD_ATTEMPT_COUNT; i++)
        for (int k = i + 1; k < BD_ATTEMPT_COUNT; k++)
            assert_string_not_equal(bd_attempt_outcome_name(i),
                                    bd_attempt_outcome_name(k));
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
        cmocka_unit_test_setup_teardown(
            failures_of_one_key_in_a_row_count_once_for_the_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(a_connection_that_fails_counts_whosever_key_it_is,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_this_process_slept_through_says_nothing,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_kept_connection_found_closed_is_nobodys_failure,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_time_out_that_the_end_brought_about_counts_only_after_a_long_silence, setup,
            teardown),
        cmocka_unit_test_setup_teardown(too_many_at_once_is_heard_in_every_spelling,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(tokens_are_assumed_until_they_are_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            a_call_that_never_left_costs_neither_pace_nor_tokens, setup, teardown),
        cmocka_unit_test_setup_teardown(every_opening_is_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(every_end_is_counted_once_by_what_it_was, setup,
                                        teardown),
        cmocka_unit_test(outcomes_have_names_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
