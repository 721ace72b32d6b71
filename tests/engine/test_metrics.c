/* tests/engine/test_metrics.c: an engine that asks the simulator, as Prometheus sees it.
 */
#include "engine/metrics.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/exposition.h"
#include "base/scrape.h"
#include "engine/house.h"

#define FAST  "\"latency\":{\"total_ms\":150}"
#define LEAST ((size_t)35) /* families */

static struct bd_buf out;

static const char *scrape(struct bd_engine *e)
{
    struct scrape s;

    bd_buf_free(&out);
    bd_buf_init(&out, 1 << 20);
    assert_int_equal(bd_engine_metrics(e, &out), 0);
    scrape_read(&s, out.data);
    assert_true(s.family_count >= LEAST);
    return out.data;
}

static void is(const char *sample, double expected)
{
    double v = scrape_value(out.data, sample);

    if (v != expected)
        fail_msg("%s is %g, not %g", sample, v, expected);
}

/* A call is counted as ended just behind the cell that it fills. */
static void becomes(struct bd_engine *e, const char *sample, double expected)
{
    int64_t until_ms = bd_clock_ms() + 5000;

    while (scrape_value(scrape(e), sample) != expected && bd_clock_ms() < until_ms)
        (void)poll(NULL, 0, 5);
    is(sample, expected);
}

/* For tests/etc, which compares it with docs/metrics.md. */
static void leave_sample(void)
{
    FILE *f = fopen(BD_BUILD_DIR "/metrics.prom", "w");

    assert_non_null(f);
    assert_true(fputs(out.data, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* Of all providers and statuses. */
static int all_cells(void)
{
    const char *name = "brandiag_cells_total{";
    double sum = 0;

    for (const char *at = out.data; (at = strstr(at, name)); at++)
        sum += strtod(strstr(at, "} ") + 2, NULL);
    return (int)sum;
}

static void run_one(struct bd_engine *e)
{
    struct bd_inquiry q;
    struct bd_diagnosis *d;

    inquiry(&q, 1);
    d = start(e, &q);
    (void)finish(d);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
}

static void an_engine_that_has_done_nothing_shows_zeros(void **state)
{
    struct bd_engine *e;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    set("provider:qwen.concurrency=7");
    set("storage.plugin=store_memory");
    e = engine();
    scrape_promtool(scrape(e));
    is("brandiag_attempts_total{provider=\"doubao\",outcome=\"ok\"}", 0);
    is("brandiag_attempts_total{provider=\"qwen\",outcome=\"rate_limited\"}", 0);
    is("brandiag_cells_total{provider=\"qwen\",status=\"skipped\"}", 0);
    is("brandiag_diagnoses_total{result=\"complete\"}", 0);
    is("brandiag_diagnosis_duration_seconds_count", 0);
    is("brandiag_breaker_state{provider=\"qwen\"}", 0);
    is("brandiag_calls_configured{provider=\"qwen\"}", 7);
    is("brandiag_calls_allowed{provider=\"qwen\"}", 7);
    is("brandiag_calls_in_flight{provider=\"qwen\"}", 0);
    is("brandiag_storage_rows_total", 0);
    assert_false(scrape_has(out.data, "brandiag_attempts_total{provider=\"qwen\","
                                      "outcome=\"none\"}"));
    bd_engine_stop(e);
}

static void a_diagnosis_is_counted_by_what_became_of_it(void **state)
{
    struct bd_engine *e;
    struct bd_vitals v;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    run_one(e);
    scrape_promtool(scrape(e));
    is("brandiag_attempts_total{provider=\"doubao\",outcome=\"ok\"}", 5);
    is("brandiag_attempts_total{provider=\"qwen\",outcome=\"ok\"}", 5);
    is("brandiag_attempt_duration_seconds_count{provider=\"qwen\"}", 5);
    is("brandiag_attempt_duration_seconds_bucket{provider=\"qwen\",le=\"0.1\"}", 0);
    is("brandiag_attempt_duration_seconds_bucket{provider=\"qwen\",le=\"5\"}", 5);
    is("brandiag_first_text_seconds_count{provider=\"qwen\"}", 5);
    is("brandiag_cells_total{provider=\"qwen\",status=\"ok\"}", 5);
    is("brandiag_cells_cached_total{provider=\"qwen\"}", 0);
    is("brandiag_diagnoses_total{result=\"complete\"}", 1);
    is("brandiag_diagnosis_duration_seconds_count", 1);
    is("brandiag_diagnosis_cells_bucket{le=\"5\"}", 0);
    is("brandiag_diagnosis_cells_bucket{le=\"10\"}", 1);
    is("brandiag_deadline_overruns_total", 0);
    is("brandiag_retries_total{provider=\"qwen\"}", 0);
    is("brandiag_net_calls_started_total", 10);
    becomes(e, "brandiag_net_calls_finished_total", 10);
    assert_true(scrape_value(out.data, "brandiag_storage_rows_total") >= 12);
    assert_true(scrape_value(out.data, "brandiag_pool_jobs_total") >= 20);
    assert_true(scrape_value(out.data, "process_resident_memory_bytes") > 1e6);
    assert_true(scrape_value(out.data, "process_open_fds") >= 3);
    assert_true(scrape_value(out.data, "process_threads") >= 3);
    assert_true(scrape_value(out.data, "process_cpu_seconds_total") > 0);
    assert_true(scrape_value(out.data, "process_start_time_seconds") > 1.5e9);
    bd_engine_vitals(e, &v);
    assert_int_equal(v.cells, 10);
    assert_true(v.answered == 1);
    assert_int_equal(v.samples, 1);
    assert_true(v.p95_ms >= 100 && v.p95_ms < 5000);
    bd_engine_stop(e);
}

static void a_broken_provider_shows_in_outcomes_breakers_and_vitals(void **state)
{
    struct bd_engine *e;
    struct bd_vitals v;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"500\",\"probability\":1}]}}}");
    two_providers(3000);
    set("storage.plugin=store_memory");
    set("breaker.failure_threshold=1");
    set("breaker.recovery_timeout=1h");
    e = engine();
    run_one(e);
    scrape_promtool(scrape(e));
    is("brandiag_cells_total{provider=\"doubao\",status=\"ok\"}", 5);
    is("brandiag_cells_total{provider=\"qwen\",status=\"ok\"}", 0);
    is("brandiag_diagnoses_total{result=\"partial\"}", 1);
    is("brandiag_cells_skipped_total{provider=\"qwen\",reason=\"breaker_open\"}",
       scrape_value(out.data,
                    "brandiag_cells_total{provider=\"qwen\",status=\"skipped\"}"));
    is("brandiag_cells_skipped_total{provider=\"qwen\",reason=\"budget\"}", 0);
    is("brandiag_breaker_state{provider=\"doubao\"}", 0);
    is("brandiag_breaker_state{provider=\"qwen\"}", 2);
    is("brandiag_breaker_transitions_total{provider=\"doubao\",to=\"open\"}", 0);
    assert_true(scrape_value(out.data, "brandiag_attempts_total{provider=\"qwen\","
                                       "outcome=\"overloaded\"}") >= 1);
    assert_true(scrape_value(out.data, "brandiag_breaker_transitions_total{provider="
                                       "\"qwen\",to=\"open\"}") >= 2);
    assert_true(scrape_value(out.data, "brandiag_breaker_keys_open{provider=\"qwen\"}") >=
                1);
    assert_non_null(strstr(out.data, "\nbrandiag_breaker_key_state{provider=\"qwen\","
                                     "key=\"qwen-plus:"));
    leave_sample(); /* the only one with a sample of every family */
    bd_engine_vitals(e, &v);
    assert_int_equal(v.cells, 10);
    assert_true(v.answered == 0.5);
    bd_engine_stop(e);
}

static void what_time_cut_is_told_from_what_was_slow(void **state)
{
    struct bd_engine *e;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"hang\",\"probability\":1}]},\"doubao\":{\"faults\":"
                    "[{\"fault\":\"stall\",\"probability\":1}]}}}");
    two_providers(1000);
    set("storage.plugin=store_memory");
    e = engine();
    run_one(e);
    scrape_promtool(scrape(e));
    is("brandiag_attempts_total{provider=\"qwen\",outcome=\"cut\"}", 5);
    is("brandiag_attempts_total{provider=\"qwen\",outcome=\"timeout\"}", 0);
    is("brandiag_attempts_total{provider=\"doubao\",outcome=\"truncated\"}", 5);
    is("brandiag_cells_total{provider=\"qwen\",status=\"timeout\"}", 5);
    is("brandiag_cells_total{provider=\"doubao\",status=\"truncated\"}", 5);
    is("brandiag_first_text_seconds_count{provider=\"qwen\"}", 0);
    is("brandiag_first_text_seconds_count{provider=\"doubao\"}", 5);
    bd_engine_stop(e);
}

static void a_cell_that_was_closed_while_its_call_ran_is_counted_once(void **state)
{
    const char *const *notes;
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    size_t n;

    (void)state;
    start_simulator(
        "{\"defaults\":{\"faults\":[{\"fault\":\"hang\",\"probability\":1}]}}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    (void)bd_diagnosis_seal(d, &notes, &n);
    (void)scrape(e);
    is("brandiag_cells_total{provider=\"qwen\",status=\"timeout\"}", 5);
    is("brandiag_diagnoses_total{result=\"none\"}", 1);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    (void)scrape(e); /* the calls have been cancelled since */
    assert_int_equal(all_cells(), 10);
    bd_engine_stop(e);
}

static void a_refused_key_shows_as_a_provider_that_is_off(void **state)
{
    struct bd_engine *e;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"401\",\"probability\":1}]}}}");
    two_providers(3000);
    set("storage.plugin=store_memory");
    e = engine();
    run_one(e);
    (void)scrape(e);
    is("brandiag_provider_off{provider=\"qwen\"}", 1);
    is("brandiag_provider_off{provider=\"doubao\"}", 0);
    is("brandiag_cells_total{provider=\"qwen\",status=\"error\"}", 5);
    is("brandiag_cells_skipped_total{provider=\"qwen\",reason=\"provider_disabled\"}", 0);
    bd_engine_stop(e);
}

static void retries_and_the_provider_s_pause_are_seen_while_they_last(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"429\",\"probability\":1}]}}}");
    two_providers(20000);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    for (int i = 0; i < 100; i++) {
        (void)bd_diagnosis_wait(d, bd_clock_ms() + 50);
        if (scrape_value(scrape(e), "brandiag_retries_total{provider=\"qwen\"}") > 0 &&
            scrape_value(out.data, "brandiag_gate_closed_seconds{provider=\"qwen\"}") > 0)
            break;
    }
    assert_true(
        scrape_value(out.data, "brandiag_gate_closed_seconds{provider=\"qwen\"}") > 0);
    assert_true(scrape_value(out.data, "brandiag_tasks_waiting{provider=\"qwen\"}") > 0);
    is("brandiag_diagnoses_alive", 1);
    bd_diagnosis_cancel(d);
    (void)finish(d);
    bd_diagnosis_free(d);
    (void)scrape(e);
    is("brandiag_diagnoses_total{result=\"interrupted\"}", 1);
    assert_int_equal(all_cells(),
                     10); /* also those that were closed when it was sealed */
    is("brandiag_diagnosis_duration_seconds_count", 0);
    is("brandiag_tasks_waiting{provider=\"qwen\"}", 0);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void a_kept_answer_is_a_cell_without_an_attempt(void **state)
{
    struct bd_engine *e;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    snprintf(sets[0], sizeof(sets[0]), "cache.ttl=1h");
    set("storage.plugin=store_memory");
    e = engine();
    run_one(e);
    run_one(e);
    (void)scrape(e);
    is("brandiag_cells_total{provider=\"qwen\",status=\"ok\"}", 10);
    is("brandiag_cells_cached_total{provider=\"qwen\"}", 5);
    is("brandiag_attempts_total{provider=\"qwen\",outcome=\"ok\"}", 5);
    bd_engine_stop(e);
}

static atomic_bool enough;

struct reader {
    struct bd_engine *e;
    int times;
};

static void *scrape_on(void *arg)
{
    struct bd_buf text;
    struct bd_vitals v;
    struct scrape s;
    struct reader *r = arg;

    bd_buf_init(&text, 1 << 20);
    for (; !atomic_load(&enough) || r->times == 0; r->times++) {
        bd_buf_reset(&text);
        assert_int_equal(bd_engine_metrics(r->e, &text), 0);
        scrape_read(&s, text.data);
        bd_engine_vitals(r->e, &v);
    }
    bd_buf_free(&text);
    return NULL;
}

static void it_can_be_read_all_the_time_by_several(void **state)
{
    struct reader readers[2] = {0};
    pthread_t threads[2];

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"500\",\"probability\":0.5}]}}}");
    two_providers(3000);
    set("storage.plugin=store_memory");
    readers[0].e = readers[1].e = engine();
    atomic_store(&enough, false);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, scrape_on, &readers[i]), 0);
    for (int i = 0; i < 3; i++)
        run_one(readers[0].e);
    atomic_store(&enough, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_true(readers[i].times > 0);
    }
    (void)scrape(readers[0].e);
    is("brandiag_diagnosis_cells_count", 3);
    is("brandiag_cells_total{provider=\"doubao\",status=\"ok\"}", 15);
    bd_engine_stop(readers[0].e);
}

static void the_caller_may_append_families_and_none_twice(void **state)
{
    struct bd_exposition x;
    struct bd_engine *e;
    struct scrape s;

    (void)state;
    start_simulator("{}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    (void)scrape(e);
    bd_exposition_init(&x, &out);
    bd_exposition_family(&x, "brandiag_queue_depth", BD_METRIC_GAUGE, "Waiting.");
    bd_exposition_value(&x, NULL, 3);
    assert_int_equal(bd_exposition_end(&x), 0);
    scrape_read(&s, out.data);
    scrape_promtool(out.data);
    assert_int_equal(bd_engine_metrics(e, &out), -1);
    bd_engine_stop(e);
}

static void a_buffer_that_is_too_small_is_told(void **state)
{
    struct bd_engine *e;
    struct bd_buf small;

    (void)state;
    start_simulator("{}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    bd_buf_init(&small, 5000);
    assert_int_equal(bd_engine_metrics(e, &small), -1);
    bd_buf_free(&small);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(an_engine_that_has_done_nothing_shows_zeros),
        IN_A_HOUSE(a_diagnosis_is_counted_by_what_became_of_it),
        IN_A_HOUSE(a_broken_provider_shows_in_outcomes_breakers_and_vitals),
        IN_A_HOUSE(what_time_cut_is_told_from_what_was_slow),
        IN_A_HOUSE(a_cell_that_was_closed_while_its_call_ran_is_counted_once),
        IN_A_HOUSE(a_refused_key_shows_as_a_provider_that_is_off),
        IN_A_HOUSE(retries_and_the_provider_s_pause_are_seen_while_they_last),
        IN_A_HOUSE(a_kept_answer_is_a_cell_without_an_attempt),
        IN_A_HOUSE(it_can_be_read_all_the_time_by_several),
        IN_A_HOUSE(the_caller_may_append_families_and_none_twice),
        IN_A_HOUSE(a_buffer_that_is_too_small_is_told),
    };
    int rc;

    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "sim-key", 1);
    bd_buf_init(&out, 1 << 20);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    bd_buf_free(&out);
    return rc;
}
