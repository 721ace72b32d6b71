/* Hooks that only note what they were told; the clock is an argument. */
#include "engine/scheduler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/random.h"

enum { MAX = 4000 };

struct seen {
    struct bd_task *task;
    enum bd_skip why;
    struct bd_error err;
};

static struct bd_scheduler *s;
static struct bd_task *started[MAX];
static struct seen dropped[MAX];
static int start_count, drop_count;
static int64_t woken_at;
static struct bd_deadline deadline;
static struct bd_task tasks[MAX];
static struct bd_scheduler_policies policies;

static void on_start(void *arg, struct bd_task *t)
{
    (void)arg;
    started[start_count++] = t;
}

static void on_drop(void *arg, struct bd_task *t, enum bd_skip why,
                    const struct bd_error *err)
{
    (void)arg;
    dropped[drop_count++] = (struct seen){t, why, *err};
}

static void on_wake(void *arg, int64_t at_ms)
{
    (void)arg;
    woken_at = at_ms;
}

static const struct bd_scheduler_hooks hooks = {on_start, on_drop, on_wake};

static int setup(void **state)
{
    struct bd_error err;

    (void)state;
    bd_log_setup(BD_LOG_OFF, 0);
    start_count = drop_count = 0;
    woken_at = INT64_MAX;
    memset(tasks, 0, sizeof(tasks));
    bd_deadline_init(&deadline, 0, 20000, 0);
    policies = (struct bd_scheduler_policies){bd_breaker_default, bd_retry_default,
                                              bd_hedge_default};
    return bd_scheduler_new(&s, &policies, &hooks, NULL, &err);
}

static int teardown(void **state)
{
    (void)state;
    bd_scheduler_free(s);
    return 0;
}

static void lane(const char *provider, int concurrency, int rpm)
{
    const struct bd_limiter_config limits = {.concurrency = concurrency, .rpm = rpm};
    struct bd_error err;

    assert_int_equal(bd_scheduler_lane(s, provider, &limits, &err), 0);
}

/* n tasks, from index `from`, all of one key. */
static void submit(const char *provider, const char *key, int from, int n, int64_t now_ms)
{
    struct bd_task *list[MAX];
    struct bd_error err;

    for (int i = 0; i < n; i++) {
        tasks[from + i].provider = provider;
        tasks[from + i].breaker_key = key;
        tasks[from + i].deadline = &deadline;
        tasks[from + i].group = tasks;
        list[i] = &tasks[from + i];
    }
    assert_int_equal(bd_scheduler_submit(s, list, (size_t)n, now_ms, &err), 0);
}

static bool report(struct bd_task *t, int32_t type, int64_t now_ms)
{
    struct bd_error err = {0};

    if (type != BD_ERR_NONE)
        (void)bd_fail(&err, (enum bd_error_type)type, 0, "test", "made up");
    return bd_scheduler_report(
        s, t, BD_PASS_FIRST,
        &(struct bd_call_end){.err = &err, .took_ms = 100, .ttft_ms = 50, .tokens = -1},
        now_ms);
}

static void as_many_start_as_the_limit_lets_and_the_rest_follow(void **state)
{
    (void)state;
    lane("doubao", 3, 0);
    submit("doubao", "m:a", 0, 8, 0);
    assert_int_equal(start_count, 3);
    assert_false(report(started[0], BD_ERR_NONE, 10));
    assert_int_equal(start_count, 4);
    for (int i = 1; i < 8; i++)
        assert_false(report(started[i], BD_ERR_NONE, 20));
    assert_int_equal(start_count, 8);
    assert_int_equal(drop_count, 0);
}

static void lanes_take_turns(void **state)
{
    struct bd_task *list[6];
    struct bd_error err;

    (void)state;
    lane("doubao", 100, 0);
    lane("qwen", 100, 0);
    for (int i = 0; i < 6; i++) {
        tasks[i] = (struct bd_task){.provider = i < 3 ? "doubao" : "qwen",
                                    .breaker_key = "m:a",
                                    .deadline = &deadline,
                                    .group = tasks};
        list[i] = &tasks[i];
    }
    assert_int_equal(bd_scheduler_submit(s, list, 6, 0, &err), 0);
    assert_int_equal(start_count, 6);
    for (int i = 0; i < 6; i += 2)
        assert_string_not_equal(started[i]->provider, started[i + 1]->provider);
}

static void a_large_submission_does_not_starve_a_small_one_that_comes_later(void **state)
{
    int small = 0, last = 0;

    (void)state;
    lane("doubao", 2, 0);
    submit("doubao", "d:a", 0, 1000, 0);
    for (int i = 0; i < 50; i++)
        (void)report(started[i], BD_ERR_NONE, i);
    submit("doubao", "d:b", 2000, 10, 100);
    for (int i = 50; i < 1010; i++)
        (void)report(started[i], BD_ERR_NONE, 100 + i);
    assert_int_equal(start_count, 1010);
    for (int i = 52; i < 1010; i++)
        if (started[i] >= &tasks[2000]) {
            small++;
            last = i;
        }
    assert_int_equal(small, 10);
    assert_in_range(last, 52 + 10, 52 + 22); /* every other call was its own */
    for (int i = 1; i < 1010; i++)
        if (i < 52 || i > last + 1)
            assert_true(started[i] > started[i - 1]); /* each in its own order */
}

static void a_refused_key_stops_the_provider_and_nobody_else(void **state)
{
    (void)state;
    lane("doubao", 2, 0);
    lane("qwen", 2, 0);
    submit("doubao", "d:a", 0, 10, 0);
    submit("qwen", "q:a", 10, 2, 0);
    assert_int_equal(start_count, 4);
    assert_false(report(started[0], BD_ERR_AUTH, 50));
    assert_int_equal(start_count, 4); /* nothing of doubao was sent after the refusal */
    assert_int_equal(drop_count, 8);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(dropped[i].why, BD_SKIP_PROVIDER_OFF);
        assert_int_equal(dropped[i].err.type, BD_ERR_AUTH);
        assert_string_equal(dropped[i].err.message, "made up");
        assert_string_equal(dropped[i].task->provider, "doubao");
    }
    assert_false(report(started[1], BD_ERR_AUTH, 60));
}

static void a_failure_is_tried_again_after_its_delay_and_twice_at_most(void **state)
{
    (void)state;
    lane("doubao", 4, 0);
    submit("doubao", "d:a", 0, 1, 0);
    for (int attempt = 1; attempt <= 2; attempt++) {
        assert_true(report(&tasks[0], BD_ERR_OVERLOADED, 100 * attempt));
        bd_scheduler_pump(s, 100 * attempt + 4000); /* the cap of the delay */
        assert_int_equal(start_count, attempt + 1);
    }
    assert_false(report(&tasks[0], BD_ERR_OVERLOADED, 9000));
    assert_int_equal(tasks[0].attempts, 3);
    assert_int_equal(drop_count, 0);
}

static void retry_after_is_waited_for_and_the_wake_up_is_asked_for(void **state)
{
    struct bd_error err = {0};

    (void)state;
    lane("doubao", 4, 0);
    submit("doubao", "d:a", 0, 1, 0);
    (void)bd_fail(&err, BD_ERR_RATE_LIMITED, 429, "test", "slow down");
    err.retry_after_ms = 2000;
    assert_true(bd_scheduler_report(
        s, &tasks[0], BD_PASS_FIRST,
        &(struct bd_call_end){.err = &err, .took_ms = 10, .tokens = -1}, 1000));
    assert_true(woken_at >= 3000 && woken_at < INT64_MAX);
    bd_scheduler_pump(s, 2999);
    assert_int_equal(start_count, 1);
    bd_scheduler_pump(s, 3000 + 4000);
    assert_int_equal(start_count, 2);
}

static void an_open_breaker_skips_what_waits_and_leaves_other_brands_alone(void **state)
{
    (void)state;
    lane("doubao", 1, 0);
    lane("qwen", 1, 0);
    submit("doubao", "d:bad", 0, 20, 0);
    submit("qwen", "q:bad", 100, 3, 0);
    for (int i = 0; drop_count == 0 && i < 40; i++) {
        struct bd_task *t = started[start_count - 1];

        if (strcmp(t->provider, "qwen") == 0)
            t = started[start_count - 2];
        (void)report(t, BD_ERR_TOO_LARGE, 10 * i); /* a failure that is never retried */
    }
    assert_true(drop_count > 0);
    for (int i = 0; i < drop_count; i++) {
        assert_int_equal(dropped[i].why, BD_SKIP_BREAKER_OPEN);
        assert_string_equal(dropped[i].task->breaker_key, "d:bad");
        assert_int_not_equal(dropped[i].err.type, BD_ERR_NONE);
    }
}

static void nothing_starts_when_too_little_time_is_left(void **state)
{
    (void)state;
    lane("doubao", 1, 0);
    submit("doubao", "d:a", 0, 3, 0);
    assert_int_equal(start_count, 1);
    assert_false(report(started[0], BD_ERR_NONE, 19700)); /* the cut is at 19750 */
    assert_int_equal(start_count, 1);
    assert_int_equal(drop_count, 2);
    assert_int_equal(dropped[0].why, BD_SKIP_DEADLINE);
    assert_int_equal(dropped[0].err.type, BD_ERR_TIMEOUT);
}

static void calls_a_minute_are_waited_for_or_skipped_if_the_wait_is_too_long(void **state)
{
    (void)state;
    lane("doubao", 1000, 60); /* one a second after a burst */
    submit("doubao", "d:a", 0, 100, 0);
    assert_true(start_count > 0 && start_count <= 60);
    for (int64_t now = 0; now <= 20000; now += 100)
        bd_scheduler_pump(s, now);
    assert_true(start_count <= 60);
    assert_int_equal(start_count + drop_count, 100);
    for (int i = 0; i < drop_count; i++)
        assert_true(dropped[i].why == BD_SKIP_RATE_LIMITED ||
                    dropped[i].why == BD_SKIP_DEADLINE);
}

static void withdrawn_tasks_are_dropped_once_for_that_reason(void **state)
{
    (void)state;
    lane("doubao", 2, 0);
    submit("doubao", "d:a", 0, 10, 0);
    assert_true(report(started[0], BD_ERR_OVERLOADED, 10)); /* one of them is delayed */
    bd_scheduler_withdraw(s, tasks, BD_SKIP_BUDGET);
    assert_int_equal(start_count + drop_count, 10 + 1); /* the delayed one counts twice */
    for (int i = 0; i < drop_count; i++)
        assert_int_equal(dropped[i].why, BD_SKIP_BUDGET);
    bd_scheduler_withdraw(s, tasks, BD_SKIP_BUDGET);
    assert_int_equal(start_count + drop_count, 11);
}

static void an_unknown_provider_refuses_all_and_keeps_nothing(void **state)
{
    struct bd_task *list[] = {&tasks[0], &tasks[1]};
    struct bd_error err;

    (void)state;
    lane("doubao", 2, 0);
    tasks[0] = (struct bd_task){
        .provider = "doubao", .breaker_key = "a", .deadline = &deadline, .group = tasks};
    tasks[1] = (struct bd_task){
        .provider = "nobody", .breaker_key = "b", .deadline = &deadline, .group = tasks};
    assert_int_equal(bd_scheduler_submit(s, list, 2, 0, &err), -1);
    assert_non_null(strstr(err.message, "nobody"));
    bd_scheduler_pump(s, 100);
    assert_int_equal(start_count + drop_count, 0);
}

/* Random ends at random times: every task ends once, and the limit holds. */
static void every_task_ends_exactly_once_whatever_happens(void **state)
{
    static const int32_t ends[] = {
        BD_ERR_NONE,         BD_ERR_NONE,    BD_ERR_NONE,    BD_ERR_OVERLOADED,
        BD_ERR_RATE_LIMITED, BD_ERR_TIMEOUT, BD_ERR_NETWORK, BD_ERR_CONTENT_FILTERED,
        BD_ERR_EMPTY_ANSWER};
    struct bd_random r;
    int ended = 0, running = 0, done = 0;
    static struct bd_task *live[MAX];

    (void)state;
    bd_random_init(&r, 7);
    lane("a", 16, 0);
    lane("b", 4, 3000);
    submit("a", "a:x", 0, 500, 0);
    submit("b", "b:x", 500, 300, 0);
    for (int64_t now = 0; now < 25000; now += 10) {
        bd_scheduler_pump(s, now);
        for (; done < start_count; done++)
            live[running++] = started[done];
        assert_true(running <= 20);
        for (int k = 0; running > 0 && k < 4; k++) {
            uint32_t i = bd_random_below(&r, (uint32_t)running);
            struct bd_task *t = live[i];
            int32_t type = ends[bd_random_below(&r, sizeof(ends) / sizeof(ends[0]))];

            live[i] = live[--running];
            ended += !report(t, type, now);
        }
    }
    assert_int_equal(running, 0);
    assert_int_equal(ended + drop_count, 800);
}

/* How the first or the second call of a task ended. */
static bool ended(struct bd_task *t, enum bd_pass_name which, int32_t type, bool decides,
                  int64_t now_ms)
{
    struct bd_error err = {0};
    const struct bd_call_end end = {
        .err = &err, .took_ms = 100, .ttft_ms = 50, .tokens = -1};

    if (type != BD_ERR_NONE)
        (void)bd_fail(&err, (enum bd_error_type)type, 0, "test", "made up");
    if (decides)
        return bd_scheduler_report(s, t, which, &end, now_ms);
    bd_scheduler_settle(s, t, which, &end, now_ms);
    return false;
}

static void with_hedges(int64_t after_ms, int percent)
{
    struct bd_error err;

    bd_scheduler_free(s);
    policies.hedge = (struct bd_hedge_config){
        .enabled = true, .after_ms = after_ms, .percent = percent};
    assert_int_equal(bd_scheduler_new(&s, &policies, &hooks, NULL, &err), 0);
}

static void a_second_call_is_few_and_paid_from_the_budget_of_retries(void **state)
{
    int second = 0;

    (void)state;
    with_hedges(500, 100);
    lane("doubao", 100, 0);
    submit("doubao", "m:a", 0, 20, 0);
    assert_int_equal(start_count, 20);
    assert_int_equal(bd_scheduler_hedge_at(s, &tasks[0], 0), 500);
    for (int i = 0; i < 20; i++)
        second += bd_scheduler_hedge(s, &tasks[i], 500);
    assert_int_equal(second, 5); /* 3 at the start, 20 first calls earned 2 */
    assert_false(bd_scheduler_hedge(s, &tasks[0], 600)); /* it has one */

    with_hedges(500, 5);
    lane("doubao", 100, 0);
    submit("doubao", "m:a", 20, 40, 0);
    for (second = 0, start_count = 20; start_count < 60; start_count++)
        second += bd_scheduler_hedge(s, started[start_count], 500);
    assert_int_equal(second, 3); /* 5 % of 40, and one */
}

static void no_second_call_without_room_or_time_or_with_a_breaker_not_closed(void **state)
{
    (void)state;
    with_hedges(500, 100);
    lane("full", 10, 0);
    submit("full", "m:full", 0, 9, 0);
    assert_false(bd_scheduler_hedge(s, &tasks[0], 500)); /* 9 of 10 are under way */
    assert_false(ended(&tasks[8], BD_PASS_FIRST, BD_ERR_NONE, true, 500));
    assert_true(bd_scheduler_hedge(s, &tasks[0], 500));

    lane("late", 100, 0);
    submit("late", "m:late", 20, 1, 0);
    assert_false(bd_scheduler_hedge(s, &tasks[20], 19600));
    assert_true(bd_scheduler_hedge(s, &tasks[20], 10000));

    lane("broken", 100, 0);
    submit("broken", "m:broken", 10, 8, 0);
    for (int i = 10; i < 15; i++)
        (void)ended(&tasks[i], BD_PASS_FIRST, BD_ERR_TIMEOUT, true, 600);
    assert_false(bd_scheduler_hedge(s, &tasks[16], 700));
}

static void no_second_call_unless_it_is_switched_on(void **state)
{
    (void)state;
    lane("doubao", 100, 0);
    submit("doubao", "m:a", 0, 1, 0);
    assert_int_equal(bd_scheduler_hedge_at(s, &tasks[0], 0), -1);
    assert_false(bd_scheduler_hedge(s, &tasks[0], 5000));
}

/* Whichever of the two decides, both slots and the breaker's pin come back. */
static void both_calls_give_back_what_they_took(void **state)
{
    static const bool first_decides[] = {true, false};
    struct bd_lane_view v;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        enum bd_pass_name winner = first_decides[i] ? BD_PASS_FIRST : BD_PASS_HEDGE;
        enum bd_pass_name loser = first_decides[i] ? BD_PASS_HEDGE : BD_PASS_FIRST;

        with_hedges(500, 100);
        lane("doubao", 100, 0);
        submit("doubao", "m:a", (int)i, 1, 0);
        assert_true(bd_scheduler_hedge(s, &tasks[i], 500));
        assert_true(bd_scheduler_look(s, "doubao", 500, &v));
        assert_int_equal(v.running, 2);
        assert_int_equal(v.hedges, 1);
        assert_false(ended(&tasks[i], winner, BD_ERR_NONE, true, 600));
        assert_non_null(tasks[i].breaker); /* the other call may still tell something */
        assert_false(ended(&tasks[i], loser, BD_ERR_CANCELLED, false, 610));
        assert_null(tasks[i].breaker);
        assert_true(bd_scheduler_look(s, "doubao", 700, &v));
        assert_int_equal(v.running, 0);
        assert_int_equal(tasks[i].attempts, 2);
    }
}

static void two_calls_that_fail_are_retried_once_both_are_over(void **state)
{
    (void)state;
    with_hedges(500, 100);
    lane("doubao", 100, 0);
    submit("doubao", "m:a", 0, 1, 0);
    assert_true(bd_scheduler_hedge(s, &tasks[0], 500));
    assert_false(ended(&tasks[0], BD_PASS_FIRST, BD_ERR_NETWORK, false, 600));
    assert_int_equal(start_count, 1);
    assert_true(ended(&tasks[0], BD_PASS_HEDGE, BD_ERR_NETWORK, true, 700) ||
                tasks[0].attempts == 3);
}

static void text_that_is_kept_is_not_asked_for_again(void **state)
{
    struct bd_error err;
    struct bd_call_end end = {.err = &err, .took_ms = 10000, .ttft_ms = 10, .tokens = -1};

    (void)state;
    (void)bd_fail(&err, BD_ERR_TIMEOUT, 0, "test", "made up");
    lane("doubao", 2, 0);
    submit("doubao", "m:a", 0, 2, 0);
    end.kept = true;
    assert_false(bd_scheduler_report(s, &tasks[0], BD_PASS_FIRST, &end, 5000));
    end.kept = false;
    assert_true(bd_scheduler_report(s, &tasks[1], BD_PASS_FIRST, &end, 5000));
}

/* A provider that dies under a queue is not asked by the whole queue. */
static void after_a_failure_a_key_has_no_more_calls_out_than_would_open_it(void **state)
{
    int at_most = 0;

    (void)state;
    lane("doubao", 100, 0);
    submit("doubao", "m:a", 0, 4, 0); /* healthy, as far as anybody knows */
    assert_int_equal(start_count, 4);
    (void)report(&tasks[0], BD_ERR_CONTENT_FILTERED, 10);
    (void)report(&tasks[1], BD_ERR_TOO_LARGE, 20); /* 1 failure in a row, 2 are out */
    submit("doubao", "m:a", 4, 50, 30);
    at_most = start_count;
    assert_int_equal(at_most, 4 + 2); /* with 4 out, 4 more failures would open it */
    (void)report(&tasks[2], BD_ERR_TOO_LARGE, 40);
    bd_scheduler_pump(s, 200);
    assert_int_equal(start_count, at_most); /* 2 in a row, 3 are out: enough */
    (void)report(&tasks[3], BD_ERR_NONE, 210);
    bd_scheduler_pump(s, 400);
    assert_int_equal(start_count, 54); /* well again: all of them */
}

/* CB37: new limits while a probe is out. */
static void a_probe_that_is_out_survives_new_limits(void **state)
{
    struct bd_lane_view v;

    (void)state;
    policies.breaker.recovery_ms = 1000;
    bd_scheduler_free(s);
    assert_int_equal(bd_scheduler_new(&s, &policies, &hooks, NULL, &(struct bd_error){0}),
                     0);
    lane("doubao", 8, 0);
    submit("doubao", "doubao/m:a", 0, 6, 0);
    for (int i = 0; i < 5; i++)
        (void)report(&tasks[i], BD_ERR_TOO_LARGE, 10);
    submit("doubao", "doubao/m:a", 6, 2, 20);
    assert_int_equal(start_count, 6);
    bd_scheduler_pump(s, 1010);
    assert_int_equal(start_count, 7); /* the probe */
    lane("doubao", 3, 100);
    bd_scheduler_pump(s, 1200);
    assert_int_equal(start_count, 7); /* and still the only one */
    assert_true(bd_scheduler_look(s, "doubao", 1200, &v));
    assert_int_equal(v.keys_open, 1);
    assert_int_equal(v.opened, 1);
    assert_false(report(started[6], BD_ERR_NONE, 1250));
    bd_scheduler_pump(s, 1400);
    assert_int_equal(start_count, 8);
    assert_true(bd_scheduler_look(s, "doubao", 1400, &v));
    assert_int_equal(v.keys_open, 0);
}

static void remember(void *arg, const struct bd_lane_report *l)
{
    struct bd_lane_report *at = arg;

    while (at->provider)
        at++;
    *at = *l;
}

static void every_lane_is_told_of_with_its_counts(void **state)
{
    struct bd_lane_report told[4] = {0};

    (void)state;
    lane("doubao", 3, 0);
    lane("qwen", 5, 0);
    submit("doubao", "doubao/m:a", 0, 4, 0);
    assert_true(report(started[0], BD_ERR_OVERLOADED, 10)); /* comes again */
    assert_false(report(started[1], BD_ERR_NONE, 10));
    bd_scheduler_each_lane(s, 20, remember, told);
    assert_string_equal(told[0].provider, "doubao");
    assert_string_equal(told[1].provider, "qwen");
    assert_null(told[2].provider);
    assert_int_equal(told[0].ever.ended[BD_ATTEMPT_OK], 1);
    assert_int_equal(told[0].ever.ended[BD_ATTEMPT_FAILED + BD_ERR_OVERLOADED], 1);
    assert_int_equal(told[0].ever.retries, 1);
    assert_int_equal(told[0].ever.took.count, 2);
    assert_int_equal(told[0].now.running, 2);
    assert_int_equal(told[0].now.waiting, 1);
    assert_int_equal(told[0].now.most, 3);
    assert_int_equal(told[1].now.most, 5);
    assert_int_equal(told[1].ever.took.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            as_many_start_as_the_limit_lets_and_the_rest_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(lanes_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_large_submission_does_not_starve_a_small_one_that_comes_later, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_refused_key_stops_the_provider_and_nobody_else,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_failure_is_tried_again_after_its_delay_and_twice_at_most, setup, teardown),
        cmocka_unit_test_setup_teardown(
            retry_after_is_waited_for_and_the_wake_up_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(
            an_open_breaker_skips_what_waits_and_leaves_other_brands_alone, setup,
            teardown),
        cmocka_unit_test_setup_teardown(nothing_starts_when_too_little_time_is_left,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            calls_a_minute_are_waited_for_or_skipped_if_the_wait_is_too_long, setup,
            teardown),
        cmocka_unit_test_setup_teardown(withdrawn_tasks_are_dropped_once_for_that_reason,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_provider_refuses_all_and_keeps_nothing,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(every_task_ends_exactly_once_whatever_happens,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_second_call_is_few_and_paid_from_the_budget_of_retries, setup, teardown),
        cmocka_unit_test_setup_teardown(
            no_second_call_without_room_or_time_or_with_a_breaker_not_closed, setup,
            teardown),
        cmocka_unit_test_setup_teardown(no_second_call_unless_it_is_switched_on, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(both_calls_give_back_what_they_took, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            two_calls_that_fail_are_retried_once_both_are_over, setup, teardown),
        cmocka_unit_test_setup_teardown(text_that_is_kept_is_not_asked_for_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            after_a_failure_a_key_has_no_more_calls_out_than_would_open_it, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_probe_that_is_out_survives_new_limits, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_lane_is_told_of_with_its_counts, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
