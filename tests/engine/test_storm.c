/* tests/engine/test_storm.c - ten thousand tasks and every fault at once; and two calls
 * for one task. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/house.h"
#include "runtime/sanitized.h"

static const char *const faults[] = {
    "500",       "429",
    "reset",     "reset_mid",
    "half_body", "cut_stream",
    "cut_utf8",  "stall",
    "hang",      "hang_accept",
    "garbage",   "empty",
    "error_mid", "empty_content",
    "sensitive", "wrong_type",
    "http09",    "bad_chunks",
    "html",      "deep_json",
    "gzip",      "bad_utf8",
    "keepalive", "slow_headers",
    "redirect",  "two_status_lines",
};

#define TASKS  10000
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

/* Two faults in a hundred of each kind: about half of all calls. */
static void scenario(char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size,
                                "{\"seed\":5,\"defaults\":{\"latency\":{\"total_ms\":"
                                "{\"median\":120,\"p95\":400}},\"chunk\":\"random\","
                                "\"answer\":\"short\",\"faults\":[");

    for (size_t i = 0; i < FAULTS; i++)
        n += (size_t)snprintf(
            out + n, size - n, "%s{\"fault\":\"%s\",\"probability\":%s}", i ? "," : "",
            faults[i], strcmp(faults[i], "429") == 0 ? "0.005" : "0.02");
    (void)snprintf(out + n, size - n, "]}}");
}

static void four_providers(int concurrency)
{
    static const char *const names[] = {"doubao", "qwen", "deepseek", "zhipu"};

    two_providers(100000);
    provider("deepseek", "deepseek-flash", "/deepseek");
    provider("zhipu", "glm-4.7", "/zhipu/api/paas/v4");
    set("storage.plugin=store_memory");
    set("breaker.failure_threshold=1000");
    for (size_t i = 0; i < 4; i++) {
        set("provider:%s.concurrency=%d", names[i], concurrency);
        set("provider:%s.requests_per_minute=0", names[i]);
        set("provider:%s.timeout_simple=1s", names[i]);
    }
}

static void check_cells(const struct bd_record *rec)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        assert_true(c->finished_ms > 0);
        assert_true(c->attempts <= 3);
        if (c->status == BD_STATUS_OK)
            assert_int_equal(c->error.type, BD_ERR_NONE);
        if (c->status == BD_STATUS_ERROR || c->status == BD_STATUS_TIMEOUT)
            assert_int_not_equal(c->error.type, BD_ERR_NONE);
        if (c->status == BD_STATUS_SKIPPED)
            assert_int_not_equal(c->skip, BD_SKIP_NONE);
    }
}

/* Each task one cell; afterwards descriptors, threads and memory are what they were after
 * the first few. */
static void ten_thousand_tasks_under_every_fault_end_in_a_cell_each(void **state)
{
    char text[8192];
    struct bd_inquiry q;
    struct bd_engine *e;
    int fds = 0, threads = 0, ok = 0;
    size_t heap = 0, cells = 0;

    (void)state;
    scenario(text, sizeof(text));
    start_simulator(text);
    four_providers(200);
    set("storage:store_memory.max_size=1GiB");
    e = engine();
    inquiry(&q, TASKS / 4 / 5);
    q.probes = BD_PROBE_NEUTRAL;
    for (int round = 0; round < 6; round++) { /* the first one warms up */
        struct bd_diagnosis *d = start(e, &q);
        const struct bd_record *rec = finish(d);

        assert_int_equal(rec->cell_count, TASKS / 5);
        check_cells(rec);
        ok += count(rec, BD_STATUS_OK);
        cells += rec->cell_count;
        bd_diagnosis_free(d);
        if (round == 0) {
            fds = entries("/proc/self/fd");
            threads = entries("/proc/self/task");
            heap = heap_used();
        }
    }
    assert_int_equal(cells, TASKS + TASKS / 5);
    /* How many get their turn in time is a matter of speed, which sanitizers take. */
    assert_true(ok > (sanitized() ? 0 : (int)cells / 2));
    /* Kept connections come and go, at most so many as calls may run. */
    assert_true(entries("/proc/self/fd") <= fds + 4 * 200);
    assert_int_equal(entries("/proc/self/task"), threads);
    /* The cells lie in the storage, in memory; nothing else may have grown. */
    assert_true(heap_used() < heap + (size_t)TASKS * 8 * 1024);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

/* Many calls are joined by a second one, and first and second end at any time. */
static void tasks_with_two_calls_end_in_a_cell_each(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    int hedges = 0;

    (void)state;
    start_simulator("{\"seed\":3,\"defaults\":{\"latency\":{\"total_ms\":{\"median\":180,"
                    "\"p95\":400}},\"faults\":[{\"fault\":\"hang\",\"probability\":0.1},"
                    "{\"fault\":\"reset\",\"probability\":0.05}]}}");
    four_providers(400);
    for (size_t i = 0; i < 4; i++) { /* only what hangs takes so long */
        static const char *const names[] = {"doubao", "qwen", "deepseek", "zhipu"};

        set("provider:%s.timeout_simple=5s", names[i]);
    }
    set("hedge.enabled=yes");
    set("hedge.after=100ms");
    set("hedge.max_percent=100");
    e = engine();
    inquiry(&q, 100);
    for (int round = 0; round < 3; round++) {
        struct bd_diagnosis *d = start(e, &q);
        const struct bd_record *rec = finish(d);

        assert_int_equal(rec->cell_count, 16 + 400);
        check_cells(rec);
        assert_true(count(rec, BD_STATUS_OK) > 300);
        for (size_t m = 0; m < q.model_count || m < 4; m++)
            hedges += rec->states[m].hedges;
        bd_diagnosis_free(d);
    }
    assert_true(hedges > 30);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

/* Cancelled while both calls of many tasks are under way. */
static void cancelling_ends_both_calls(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator(
        "{\"defaults\":{\"faults\":[{\"fault\":\"hang\",\"probability\":1.0}]}}");
    four_providers(400);
    set("hedge.enabled=yes");
    set("hedge.after=100ms");
    set("hedge.max_percent=100");
    e = engine();
    inquiry(&q, 20);
    d = start(e, &q);
    (void)bd_diagnosis_wait(d, bd_clock_ms() + 400);
    bd_diagnosis_cancel(d);
    rec = finish(d);
    assert_int_equal(count(rec, BD_STATUS_CANCELLED), (int)rec->cell_count);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(ten_thousand_tasks_under_every_fault_end_in_a_cell_each),
        IN_A_HOUSE(tasks_with_two_calls_end_in_a_cell_each),
        IN_A_HOUSE(cancelling_ends_both_calls),
    };

    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "sim-key", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
