/* A look at a diagnosis whose runs stand where the test put them; the scheduler is the
 * real one, and nothing is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/parts.h"

enum { MAX = 16 };

static struct bd_engine e;
static struct bd_diagnosis d;
static struct bd_run runs[MAX];
static struct bd_cell cells[MAX];
static struct bd_progress p;
static struct bd_progress_row rows[8];
static struct bd_error err;
static int started;

static void on_start(void *arg, struct bd_task *t)
{
    (void)arg;
    (void)t;
    started++;
}

static void on_drop(void *arg, struct bd_task *t, enum bd_skip why,
                    const struct bd_error *cause)
{
    (void)arg;
    (void)t;
    (void)why;
    (void)cause;
}

static void on_wake(void *arg, int64_t at_ms)
{
    (void)arg;
    (void)at_ms;
}

static int begin(void **state)
{
    static const struct bd_scheduler_hooks hooks = {on_start, on_drop, on_wake};
    struct bd_scheduler_policies policies = {bd_breaker_default, bd_retry_default,
                                             bd_hedge_default};
    struct bd_inquiry *q = &d.record.inquiry;

    (void)state;
    bd_log_setup(BD_LOG_OFF, 0);
    policies.breaker.threshold = 2;
    policies.retry.max_retries = 0;
    memset(runs, 0, sizeof(runs));
    e = (struct bd_engine){0};
    d = (struct bd_diagnosis){.engine = &e};
    started = 0;
    pthread_mutex_init(&d.lock, NULL);
    bd_record_init(&d.record);
    bd_deadline_init(&d.deadline, bd_clock_ms(), 20000, 0);
    d.record.cells = cells;
    d.runs = runs;
    assert_int_equal(bd_scheduler_new(&e.scheduler, &policies, &hooks, NULL, &err), 0);
    assert_int_equal(bd_inquiry_add_model(q, "qwen/qwen-plus", &err), 0);
    assert_int_equal(bd_inquiry_add_model(q, "zhipu/glm-4.7", &err), 0);
    assert_int_equal(bd_inquiry_add_model(q, "qwen/qwen-max", &err), 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_scheduler_free(e.scheduler);
    bd_inquiry_free(&d.record.inquiry);
    pthread_mutex_destroy(&d.lock);
    return 0;
}

static struct bd_run *add_run(int model)
{
    size_t i = d.record.cell_count++;

    assert_true(i < MAX);
    bd_cell_init(&cells[i]);
    cells[i].model = model;
    runs[i].diagnosis = &d;
    runs[i].cell = &cells[i];
    return &runs[i];
}

static void add_over(int model, enum bd_status status)
{
    struct bd_run *run = add_run(model);

    run->over = true;
    run->cell->status = status;
}

/* Who has a call is never asked about it here. */
static void add_running(int model, enum bd_pass_name which)
{
    static char call;

    add_run(model)->calls[which].attempt = (struct bd_attempt *)(void *)&call;
}

static void slow_lane(const char *provider, int concurrency, int rpm)
{
    const struct bd_limiter_config limits = {.concurrency = concurrency, .rpm = rpm};

    assert_int_equal(bd_scheduler_lane(e.scheduler, provider, &limits, &err), 0);
}

static void lane(const char *provider, int concurrency)
{
    slow_lane(provider, concurrency, 0);
}

/* So many of the runs become tasks of that provider. */
static void submit(const char *provider, int n)
{
    struct bd_task *tasks[MAX];

    for (int i = 0; i < n; i++) {
        runs[i].task =
            (struct bd_task){.provider = provider,
                             .breaker_key = provider[0] == 'q' ? "qwen/m:b" : "zhipu/m:b",
                             .deadline = &d.deadline,
                             .group = &d};
        tasks[i] = &runs[i].task;
    }
    assert_int_equal(
        bd_scheduler_submit(e.scheduler, tasks, (size_t)n, bd_clock_ms(), &err), 0);
}

static void report(struct bd_run *run, enum bd_error_type type)
{
    struct bd_error cause = {0};
    const struct bd_call_end over = {
        .err = &cause, .took_ms = 100, .ttft_ms = -1, .tokens = -1};

    if (type != BD_ERR_NONE)
        (void)bd_fail(&cause, type, 0, "test", "made up");
    assert_false(bd_scheduler_report(e.scheduler, &run->task, BD_PASS_FIRST, &over,
                                     bd_clock_ms()));
}

static size_t look(size_t max)
{
    memset(rows, 0xee, sizeof(rows));
    return bd_diagnosis_progress(&d, &p, rows, max);
}

static void every_run_is_counted_once_and_in_its_own_row(void **state)
{
    (void)state;
    add_over(0, BD_STATUS_OK);
    add_over(0, BD_STATUS_TRUNCATED);
    add_over(0, BD_STATUS_REFUSED);
    add_over(0, BD_STATUS_TIMEOUT);
    add_over(1, BD_STATUS_CANCELLED);
    add_over(1, BD_STATUS_ERROR);
    add_over(1, BD_STATUS_SKIPPED);
    add_run(1);
    add_running(2, BD_PASS_FIRST);
    add_running(2, BD_PASS_HEDGE);
    add_run(2);
    assert_int_equal(look(8), 3);
    assert_int_equal(p.total, 11);
    assert_int_equal(p.done, 7);
    assert_int_equal(p.ok, 3);
    assert_int_equal(p.failed, 4);
    assert_int_equal(p.running, 2);
    assert_int_equal(p.waiting, 2);
    assert_string_equal(rows[0].name, "qwen");
    assert_int_equal(rows[0].total, 4);
    assert_int_equal(rows[0].ok, 3);
    assert_int_equal(rows[0].failed, 1);
    assert_string_equal(rows[1].name, "zhipu");
    assert_int_equal(rows[1].failed, 3);
    assert_int_equal(rows[1].waiting, 1);
    assert_string_equal(rows[2].name, "qwen"); /* its other model */
    assert_int_equal(rows[2].total, 3);
    assert_int_equal(rows[2].running, 2);
    assert_int_equal(rows[2].waiting, 1);
}

/* What a call that lost its race leaves behind must not count a second time. */
static void a_run_that_is_over_runs_no_more(void **state)
{
    (void)state;
    add_running(0, BD_PASS_HEDGE);
    runs[0].over = true;
    cells[0].status = BD_STATUS_OK;
    look(8);
    assert_int_equal(p.ok, 1);
    assert_int_equal(p.running, 0);
    assert_int_equal(rows[0].running, 0);
}

static void rows_past_the_room_are_counted_and_not_written(void **state)
{
    (void)state;
    add_over(0, BD_STATUS_OK);
    add_over(2, BD_STATUS_OK);
    assert_int_equal(look(2), 3);
    assert_int_equal(p.ok, 2);
    for (size_t i = 2 * sizeof(rows[0]); i < sizeof(rows); i++)
        assert_int_equal(((unsigned char *)rows)[i], 0xee);
    assert_int_equal(bd_diagnosis_progress(&d, &p, NULL, 0), 3);
    assert_int_equal(p.total, 2);
}

static void nothing_waits_and_nothing_is_wrong_at_first(void **state)
{
    (void)state;
    lane("qwen", 8); /* zhipu has none yet */
    look(8);
    for (int i = 0; i < 3; i++) {
        assert_false(rows[i].off);
        assert_string_equal(rows[i].breaker, "closed");
        assert_int_equal(rows[i].breakers_open, 0);
        assert_string_equal(rows[i].hold, "");
    }
    assert_int_equal(p.total, 0);
}

static void a_full_lane_says_so(void **state)
{
    (void)state;
    lane("qwen", 1);
    add_run(0);
    add_run(0);
    submit("qwen", 2);
    assert_int_equal(started, 1);
    look(8);
    assert_string_equal(rows[0].hold, "concurrency");
    assert_int_equal(rows[0].hold_ms, -1); /* until a slot is free */
    assert_string_equal(rows[1].hold, "");
    assert_string_equal(rows[2].hold, "concurrency"); /* the lane is the provider's */
    report(&runs[0], BD_ERR_NONE);
    assert_int_equal(started, 2);
    report(&runs[1], BD_ERR_NONE);
    look(8);
    assert_string_equal(rows[0].hold, "");
}

static void a_lane_that_is_paced_says_for_how_long(void **state)
{
    (void)state;
    slow_lane("qwen", 8, 1);
    for (int i = 0; i < 3; i++)
        add_run(0);
    submit("qwen", 3);
    assert_in_range(started, 1, 2);
    look(8);
    assert_string_equal(rows[0].hold, "requests per minute");
    assert_in_range(rows[0].hold_ms, 1, 70000); /* a minute and some slack */
    bd_scheduler_withdraw(e.scheduler, &d, BD_SKIP_DEADLINE);
    for (int i = 0; i < started; i++)
        report(&runs[i], BD_ERR_NONE);
}

static void a_refused_key_switches_its_provider_off(void **state)
{
    (void)state;
    lane("qwen", 8);
    lane("zhipu", 8);
    add_run(1);
    submit("zhipu", 1);
    report(&runs[0], BD_ERR_AUTH);
    look(8);
    assert_false(rows[0].off);
    assert_true(rows[1].off);
}

/* Two runs of the first model that end in that. */
static void fail_twice(enum bd_error_type type)
{
    assert_int_equal(d.record.cell_count, 0);
    add_run(0);
    add_run(0);
    submit("qwen", 2);
    report(&runs[0], type);
    report(&runs[1], type);
}

/* Failures of one key say nothing of the connection, unless it failed itself. */
static void breakers_of_models_and_of_the_connection_are_told_apart(void **state)
{
    (void)state;
    lane("qwen", 8);
    lane("zhipu", 8);
    fail_twice(BD_ERR_EMPTY_ANSWER);
    look(8);
    assert_string_equal(rows[0].breaker, "closed");
    assert_int_equal(rows[0].breakers_open, 1);
    assert_string_equal(rows[1].breaker, "closed");
    assert_int_equal(rows[1].breakers_open, 0);
}

static void a_provider_that_cannot_be_reached_has_its_breaker_open(void **state)
{
    (void)state;
    lane("qwen", 8);
    lane("zhipu", 8);
    fail_twice(BD_ERR_NETWORK);
    look(8);
    assert_string_equal(rows[0].breaker, "open");
    assert_string_equal(rows[1].breaker, "closed");
    assert_string_equal(rows[2].breaker, "open");
}

static void time_left_is_until_the_cut_and_never_negative(void **state)
{
    int64_t now_ms = bd_clock_ms();

    (void)state;
    bd_deadline_init(&d.deadline, now_ms - 5000, 60000, 0);
    look(8);
    assert_in_range(p.elapsed_ms, 5000, 30000);
    assert_in_range(p.left_ms, 20000, 60000 - 5000 - BD_DEADLINE_RESERVE_MS);
    bd_deadline_init(&d.deadline, now_ms - 70000, 60000, 0);
    look(8);
    assert_int_equal(p.left_ms, 0);
    assert_in_range(p.elapsed_ms, 70000, 95000);
}

static void states_count_since_the_beginning_of_the_diagnosis(void **state)
{
    struct bd_model_state *before, *now;

    (void)state;
    lane("qwen", 8);
    fail_twice(BD_ERR_EMPTY_ANSWER);
    before = bd__progress_states(&d, NULL);
    assert_non_null(before);
    assert_string_equal(before[0].breaker, "closed");
    assert_int_equal(before[0].opened, 1);
    assert_int_equal(before[0].keys_open, 1);
    assert_int_equal(before[2].opened, 1);      /* the same provider */
    assert_string_equal(before[1].breaker, ""); /* not known */
    assert_int_equal(before[1].opened, 0);
    now = bd__progress_states(&d, before);
    assert_non_null(now);
    assert_int_equal(now[0].opened, 0);    /* not in this diagnosis */
    assert_int_equal(now[0].keys_open, 1); /* but still so */
    free(before);
    free(now);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(every_run_is_counted_once_and_in_its_own_row),
        CASE(a_run_that_is_over_runs_no_more),
        CASE(rows_past_the_room_are_counted_and_not_written),
        CASE(nothing_waits_and_nothing_is_wrong_at_first),
        CASE(a_full_lane_says_so),
        CASE(a_lane_that_is_paced_says_for_how_long),
        CASE(a_refused_key_switches_its_provider_off),
        CASE(breakers_of_models_and_of_the_connection_are_told_apart),
        CASE(a_provider_that_cannot_be_reached_has_its_breaker_open),
        CASE(time_left_is_until_the_cut_and_never_negative),
        CASE(states_count_since_the_beginning_of_the_diagnosis),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
