/* tests/engine/test_reload_states.c - what the engine has learned of its providers, and
 * what is under way in its policies, while generations come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/hot.h"

static struct bd_engine *serve_so(const char *openai, const char *more)
{
    char scenario[400];

    snprintf(scenario, sizeof(scenario),
             "{\"defaults\": {\"answer\": {\"text\": \"1. 华为\"}},"
             " \"providers\": {\"openai\": %s}}",
             openai);
    start_simulator(scenario);
    configure(more);
    return hot_engine();
}

/* Two more generations while d goes on. */
static void reload_twice_under(struct bd_engine *e, struct bd_diagnosis *d)
{
    assert_false(bd_diagnosis_wait(d, bd_clock_ms()));
    for (int i = 0; i < 2; i++) {
        hot_version(2 - i % 2);
        must_reload(e);
        (void)bd_engine_reap(e);
    }
    assert_int_equal(edition(e).alive, 2);
}

static void ends_after(struct bd_engine *e, struct bd_diagnosis *d, int attempts)
{
    const struct bd_record *rec = finish(d);

    assert_int_equal(rec->cells[0].status, BD_STATUS_OK);
    assert_int_equal(rec->cells[0].attempts, attempts);
    assert_memory_equal(rec->cells[0].text, "v1: ", 4); /* all of it with its own build */
    bd_diagnosis_free(d);
    reaped_to(e, 1);
    bd_engine_stop(e);
}

static void a_retry_that_sleeps_is_made_with_its_own_build(void **state)
{
    struct bd_engine *e =
        serve_so("{\"latency\": {\"total_ms\": 1, \"error_ms\": 1},"
                 " \"script\": [\"429\"], \"rate\": {\"retry_after\": \"1\"}}",
                 "");
    struct bd_diagnosis *d = ask_hot(e, 1);

    (void)state;
    while (lane(e, "hot").gate_ms == 0)
        poll(NULL, 0, 5);
    reload_twice_under(e, d);
    assert_true(lane(e, "hot").gate_ms > 0); /* the provider's pause is kept */
    ends_after(e, d, 2);
}

static void a_second_call_races_on(void **state)
{
    struct bd_engine *e = serve_so("{\"latency\": {\"total_ms\": 700},"
                                   " \"script\": [\"hang\"]}",
                                   "[hedge]\nenabled = yes\nafter = 100ms\n");
    struct bd_diagnosis *d = ask_hot(e, 1);

    (void)state;
    while (lane(e, "hot").hedges == 0)
        poll(NULL, 0, 5);
    reload_twice_under(e, d);
    assert_int_equal(lane(e, "hot").hedges, 1);
    ends_after(e, d, 2);
}

static void a_trial_call_closes_its_breaker(void **state)
{
    struct bd_engine *e = serve_so("{\"latency\": {\"total_ms\": 600, \"error_ms\": 1},"
                                   " \"script\": [\"500\"]}",
                                   "[breaker]\nfailure_threshold = 1\n"
                                   "recovery_timeout = 100ms\n"
                                   "[retry]\nmax_retries = 0\n");
    struct bd_diagnosis *d = ask_hot(e, 1);
    uint64_t opened;

    (void)state;
    assert_int_equal(finish(d)->cells[0].status, BD_STATUS_ERROR);
    bd_diagnosis_free(d);
    opened = lane(e, "hot").opened;
    assert_true(opened > 0);
    d = ask_hot(e, 1);
    while (lane(e, "hot").running == 0) /* the trial is on its way */
        poll(NULL, 0, 5);
    assert_true(lane(e, "hot").keys_open > 0);
    reload_twice_under(e, d);
    assert_true(lane(e, "hot").keys_open > 0);
    assert_int_equal(lane(e, "hot").running, 1);
    (void)finish(d);
    assert_int_equal(lane(e, "hot").keys_open, 0);
    assert_int_equal(lane(e, "hot").opened, opened);
    ends_after(e, d, 1);
}

static void slots_that_are_taken_stay_taken(void **state)
{
    struct bd_engine *e =
        serve_so("{\"latency\": {\"total_ms\": 300}}", "concurrency = 2\nramp = 0s\n");
    struct bd_diagnosis *d = ask_hot(e, 6), *later;

    (void)state;
    hot_version(2);
    must_reload(e);
    later = ask_hot(e, 2);
    while (!bd_diagnosis_wait(d, bd_clock_ms() + 5))
        assert_in_range(lane(e, "hot").running, 0, 2);
    answered_by(d, 1);
    answered_by(later, 2);
    bd_engine_stop(e);
}

static void kept_answers_stay_kept(void **state)
{
    struct bd_engine *e;
    struct bd_diagnosis *d;

    (void)state;
    set("cache.ttl=1h");
    e = serve_so("{\"latency\": {\"total_ms\": 1}}", "");
    answered_by(ask_hot(e, 1), 1);
    configure("concurrency = 4\n");
    must_reload(e);
    d = ask_hot(e, 1);
    assert_true(finish(d)->cells[0].cached);
    bd_diagnosis_free(d);
    hot_version(2); /* another version is another adapter: it is asked anew */
    must_reload(e);
    d = ask_hot(e, 1);
    assert_false(finish(d)->cells[0].cached);
    bd_diagnosis_free(d);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOT(a_retry_that_sleeps_is_made_with_its_own_build),
        HOT(a_second_call_races_on),
        HOT(a_trial_call_closes_its_breaker),
        HOT(slots_that_are_taken_stay_taken),
        HOT(kept_answers_stay_kept),
    };

    return cmocka_run_group_tests(tests, make_house, remove_folder);
}
