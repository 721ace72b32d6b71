/* The whole engine against the simulator: real plugins, real HTTP on loopback. */
#include "engine/diagnosis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/house.h"

#define FAST "\"latency\":{\"total_ms\":150}"

static void the_reference_case_has_ten_answered_cells(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    rec = finish(d);
    assert_int_equal(rec->cell_count, 10);
    assert_int_equal(count(rec, BD_STATUS_OK), 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(rec->cells[i].attempts, 1);
        assert_true(rec->cells[i].text_bytes > 0);
        assert_non_null(rec->cells[i].geo);
        assert_true(rec->cells[i].latency_ms >= 100);
        assert_true(rec->cells[i].usage.output > 0);
    }
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void a_provider_that_hangs_costs_its_own_cells_and_no_time(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"hang\",\"probability\":1}]}}}");
    two_providers(1500);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    rec = finish(d);
    assert_true(rec->elapsed_ms <= 1500 + 250);
    assert_int_equal(count(rec, BD_STATUS_OK), 5);
    assert_int_equal(count(rec, BD_STATUS_TIMEOUT), 5);
    for (size_t i = 0; i < rec->cell_count; i++)
        if (rec->cells[i].status == BD_STATUS_TIMEOUT) {
            assert_string_equal(rec->inquiry.models[rec->cells[i].model].provider,
                                "qwen");
            assert_int_equal(rec->cells[i].error.type, BD_ERR_TIMEOUT);
        }
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void text_that_streamed_before_the_cut_is_kept_as_truncated(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator(
        "{\"defaults\":{\"faults\":[{\"fault\":\"stall\",\"probability\":1}]," FAST "}}");
    two_providers(2500);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    rec = finish(d);
    assert_int_equal(count(rec, BD_STATUS_TRUNCATED), 10);
    for (size_t i = 0; i < rec->cell_count; i++) {
        assert_true(rec->cells[i].text_bytes > 0);
        assert_string_equal(rec->cells[i].finish, "deadline");
        for (size_t b = 0; b < rec->cells[i].geo->brand_count; b++)
            assert_int_not_equal(rec->cells[i].geo->brands[b].mentioned, BD_NO);
    }
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void cancelling_gives_the_partial_record_at_once(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;
    int64_t t0;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":{\"faults\":"
                    "[{\"fault\":\"hang\",\"probability\":1}]}}}");
    two_providers(10000);
    set("provider:qwen.concurrency=2");
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 1);
    d = start(e, &q);
    (void)bd_diagnosis_wait(d, bd_clock_ms() + 600);
    t0 = bd_clock_ms();
    bd_diagnosis_cancel(d);
    rec = finish(d);
    assert_true(bd_clock_ms() - t0 < 1000);
    assert_true(rec->interrupted);
    assert_int_equal(count(rec, BD_STATUS_OK), 5);
    assert_int_equal(count(rec, BD_STATUS_CANCELLED), 5);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void a_budget_of_calls_is_kept(void **state)
{
    const struct bd_diagnosis_limits limits = {.max_calls = 3};
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d = NULL;
    const struct bd_record *rec;
    struct bd_error err;
    int skipped = 0;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 50);
    assert_int_equal(bd_diagnosis_start(&d, e, &q, &limits, &err), 0);
    rec = finish(d);
    for (size_t i = 0; i < rec->cell_count; i++)
        skipped += rec->cells[i].skip == BD_SKIP_BUDGET;
    assert_int_equal(count(rec, BD_STATUS_OK), 3);
    assert_int_equal(skipped, (int)rec->cell_count - 3);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

/* Every fault at once: each task ends in exactly one cell with a reason. */
static void every_task_ends_in_one_cell_under_random_faults(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"seed\":11,\"defaults\":{" FAST ",\"faults\":["
                    "{\"fault\":\"500\",\"probability\":0.05},{\"fault\":\"reset\","
                    "\"probability\":0.05},"
                    "{\"fault\":\"hang\",\"probability\":0.03},{\"fault\":\"garbage\","
                    "\"probability\":0.05},"
                    "{\"fault\":\"cut_stream\",\"probability\":0.05},{\"fault\":"
                    "\"empty\",\"probability\":0.05},"
                    "{\"fault\":\"stall\",\"probability\":0.03},{\"fault\":\"cut_utf8\","
                    "\"probability\":0.05},"
                    "{\"fault\":\"half_body\",\"probability\":0.05}]}}");
    two_providers(9000); /* time for all, on a machine that others use, too */
    provider("deepseek", "deepseek-flash", "/deepseek");
    provider("zhipu", "glm-4.7", "/zhipu/api/paas/v4");
    set("storage.plugin=store_memory");
    set("breaker.failure_threshold=1000");
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = {"doubao", "qwen", "deepseek", "zhipu"};

        set("provider:%s.requests_per_minute=0", names[i]);
    }
    e = engine();
    inquiry(&q, 60);
    d = start(e, &q);
    rec = finish(d);
    assert_int_equal(rec->cell_count, 16 + 4 * 60);
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        assert_true(c->finished_ms > 0);
        if (c->status == BD_STATUS_OK)
            assert_int_equal(c->error.type, BD_ERR_NONE);
        else if (c->status == BD_STATUS_ERROR || c->status == BD_STATUS_TIMEOUT)
            assert_int_not_equal(c->error.type, BD_ERR_NONE);
    }
    assert_true(count(rec, BD_STATUS_OK) > 150);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void what_was_stored_is_what_was_reported(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;
    struct bd_record again;
    struct bd_error err;
    char dir[] = "/tmp/brandiag-db-XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/t.db", dir);
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    set("storage.plugin=store_sqlite");
    set("storage:store_sqlite.path=%s", path);
    e = engine();
    inquiry(&q, 3);
    d = start(e, &q);
    rec = finish(d);
    if (bd_engine_load(e, rec->id, &again, &err) < 0)
        fail_msg("%s: %s", err.context, err.message);
    assert_int_equal(again.cell_count, rec->cell_count);
    assert_false(again.interrupted);
    for (size_t i = 0; i < rec->cell_count; i++) {
        json_t *a = bd_cell_to_json(&rec->cells[i], &rec->inquiry);
        json_t *b = bd_cell_to_json(&again.cells[i], &again.inquiry);

        assert_true(json_equal(a, b));
        json_decref(a);
        json_decref(b);
    }
    bd_record_free(&again);
    assert_int_equal(bd_engine_load(e, "nothing-1", &again, &err), -1);
    assert_non_null(strstr(err.message, "nothing-1"));
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
    (void)unlink(path);
    (void)rmdir(dir);
}

static void memory_descriptors_and_threads_stay_flat_over_diagnoses(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    int fds = 0, threads = 0;
    size_t heap = 0;

    (void)state;
    start_simulator(
        "{\"defaults\":{\"latency\":{\"total_ms\":60}},\"providers\":{\"qwen\":"
        "{\"faults\":[{\"fault\":\"reset_mid\",\"probability\":0.3}]}}}");
    two_providers(3000);
    set("storage.plugin=store_memory");
    e = engine();
    inquiry(&q, 4);
    for (int i = 0; i < 25; i++) {
        struct bd_diagnosis *d = start(e, &q);
        const struct bd_record *rec = finish(d);

        assert_int_equal(rec->cell_count, 16);
        bd_diagnosis_free(d);
        if (i == 4) { /* connections, arenas and caches have their size now */
            fds = entries("/proc/self/fd");
            threads = entries("/proc/self/task");
            heap = heap_used();
        }
    }
    assert_true(entries("/proc/self/fd") <= fds + 2);
    assert_int_equal(entries("/proc/self/task"), threads);
    /* 20 diagnoses of 16 cells lie in the storage now; nothing else may have grown. */
    assert_true(heap_used() < heap + (size_t)20 * 16 * 12 * 1024);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void what_cannot_be_asked_is_refused_before_anything_is_sent(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d = NULL;
    struct bd_error err;

    (void)state;
    start_simulator("{}");
    two_providers(5000);
    set("storage.plugin=store_memory");
    set("engine.max_tasks=9");
    e = engine();
    inquiry(&q, 1);
    assert_int_equal(bd_diagnosis_start(&d, e, &q, NULL, &err), -1);
    assert_non_null(strstr(err.message, "max_tasks"));
    assert_int_equal(bd_inquiry_add_model(&q, "kimi", &err), 0);
    assert_int_equal(bd_diagnosis_start(&d, e, &q, NULL, &err), -1);
    assert_non_null(strstr(err.message, "doubao, qwen"));
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void with_cache(void)
{
    snprintf(sets[0], sizeof(sets[0]), "cache.ttl=1h");
    set("storage.plugin=store_memory");
}

static int calls(const struct bd_record *rec)
{
    int n = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        n += rec->cells[i].attempts;
    return n;
}

static int cached(const struct bd_record *rec)
{
    int n = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        n += rec->cells[i].cached;
    return n;
}

static struct bd_diagnosis *start_fresh(struct bd_engine *e, const struct bd_inquiry *q)
{
    const struct bd_diagnosis_limits limits = {.fresh = true};
    struct bd_diagnosis *d = NULL;
    struct bd_error err;

    if (bd_diagnosis_start(&d, e, q, &limits, &err) < 0)
        fail_msg("%s: %s", err.context, err.message);
    return d;
}

static void a_kept_answer_is_not_asked_for_again(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d, *again, *fresh, *more;
    const struct bd_record *a, *b;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    two_providers(5000);
    with_cache();
    e = engine();
    inquiry(&q, 2);
    d = start(e, &q);
    a = finish(d);
    assert_int_equal(calls(a), 12);
    assert_int_equal(cached(a), 0);
    again = start(e, &q);
    b = finish(again);
    assert_int_equal(calls(b), 0);
    assert_int_equal(cached(b), 12);
    assert_int_equal(count(b, BD_STATUS_OK), 12);
    for (size_t i = 0; i < 12; i++) {
        assert_string_equal(b->cells[i].text, a->cells[i].text);
        assert_int_equal(b->cells[i].finished_ms, a->cells[i].finished_ms);
        assert_non_null(b->cells[i].geo);
        assert_int_equal(b->cells[i].latency_ms, -1);
    }
    fresh = start_fresh(e, &q);
    assert_int_equal(calls(finish(fresh)), 12);
    q.samples = 3; /* one new sample of each provider */
    more = start(e, &q);
    b = finish(more);
    assert_int_equal(calls(b), 2);
    assert_int_equal(cached(b), 12);
    bd_diagnosis_free(more);
    bd_diagnosis_free(fresh);
    bd_diagnosis_free(again);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

/* Two sections that are the same service: their calls are identical. */
static void twins(int deadline_ms)
{
    provider("one", "qwen-plus", "/qwen/compatible-mode/v1");
    provider("two", "qwen-plus", "/qwen/compatible-mode/v1");
    set("provider:one.plugin=qwen");
    set("provider:two.plugin=qwen");
    set("engine.deadline=%dms", deadline_ms);
    set("retry.max_retries=0");
}

static void neutral(struct bd_inquiry *q, int samples)
{
    inquiry(q, samples);
    q->probes = BD_PROBE_NEUTRAL;
}

static void identical_calls_in_flight_are_one(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d, *other;
    const struct bd_record *a, *b;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "}}");
    twins(5000);
    with_cache();
    e = engine();
    inquiry(&q, 3);
    d = start(e, &q); /* 7 tasks of each twin */
    other = start(e, &q);
    a = finish(d);
    b = finish(other);
    assert_int_equal(count(a, BD_STATUS_OK) + count(b, BD_STATUS_OK), 28);
    assert_int_equal(calls(a) + calls(b), 7);
    assert_int_equal(cached(a) + cached(b), 21);
    bd_diagnosis_free(other);
    bd_diagnosis_free(d);
    other = start_fresh(e, &q); /* who wants all asked shares nothing */
    assert_int_equal(calls(finish(other)), 14);
    bd_diagnosis_free(other);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void who_follows_a_call_that_fails_is_asked_itself(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":"
                    "{\"script\":[\"400\",\"ok\"]}}}");
    twins(5000);
    with_cache();
    e = engine();
    neutral(&q, 1);
    d = start(e, &q);
    rec = finish(d);
    assert_int_equal(count(rec, BD_STATUS_ERROR), 1);
    assert_int_equal(count(rec, BD_STATUS_OK), 1);
    assert_int_equal(calls(rec), 2);
    assert_int_equal(cached(rec), 0);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void who_follows_a_call_that_is_cancelled_is_asked_itself(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *lead, *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":"
                    "{\"script\":[\"hang\",\"ok\"]}}}");
    twins(20000);
    with_cache();
    e = engine();
    neutral(&q, 1);
    lead = start(e, &q);
    d = start(e, &q); /* three follow one */
    assert_false(bd_diagnosis_wait(d, bd_clock_ms() + 500));
    bd_diagnosis_cancel(lead);
    rec = finish(d);
    assert_int_equal(count(rec, BD_STATUS_OK), 2);
    assert_int_equal(count(finish(lead), BD_STATUS_CANCELLED), 2);
    bd_diagnosis_free(lead);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void who_follows_a_call_that_time_cuts_is_asked_itself(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *lead, *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":"
                    "{\"script\":[\"stall\",\"ok\"]}}}");
    provider("one", "qwen-plus", "/qwen/compatible-mode/v1");
    set("provider:one.plugin=qwen");
    with_cache();
    e = engine();
    neutral(&q, 1);
    q.deadline_ms = 1200;
    lead = start(e, &q);
    q.deadline_ms = 20000;
    d = start(e, &q);
    rec = finish(lead);
    assert_int_equal(count(rec, BD_STATUS_TRUNCATED), 1);
    rec = finish(d);
    assert_int_equal(count(rec, BD_STATUS_OK), 1);
    assert_int_equal(calls(rec), 1);
    bd_diagnosis_free(lead);
    bd_diagnosis_free(d);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

static void who_follows_waits_no_longer_than_its_own_cut(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;
    struct bd_diagnosis *lead, *d;
    const struct bd_record *rec;

    (void)state;
    start_simulator("{\"defaults\":{" FAST "},\"providers\":{\"qwen\":"
                    "{\"script\":[\"hang\"]}}}");
    provider("one", "qwen-plus", "/qwen/compatible-mode/v1");
    set("provider:one.plugin=qwen");
    with_cache();
    e = engine();
    neutral(&q, 1);
    q.deadline_ms = 60000;
    lead = start(e, &q);
    q.deadline_ms = 1000;
    d = start(e, &q);
    rec = finish(d);
    assert_true(rec->elapsed_ms < 3000);
    assert_int_equal(rec->cells[0].status, BD_STATUS_SKIPPED);
    assert_int_equal(rec->cells[0].skip, BD_SKIP_DEADLINE);
    assert_non_null(strstr(rec->cells[0].error.message, "in flight"));
    assert_false(bd_diagnosis_wait(lead, bd_clock_ms()));
    bd_diagnosis_free(d);
    bd_diagnosis_free(lead);
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

/* Leaders fail, are cut and cancelled while others follow them, over and over. */
static void followers_end_in_one_cell_whatever_becomes_of_their_leaders(void **state)
{
    struct bd_inquiry q;
    struct bd_engine *e;

    (void)state;
    start_simulator("{\"seed\":5,\"defaults\":{\"latency\":{\"total_ms\":40},\"faults\":["
                    "{\"fault\":\"500\",\"probability\":0.1},"
                    "{\"fault\":\"reset\",\"probability\":0.1},"
                    "{\"fault\":\"stall\",\"probability\":0.1},"
                    "{\"fault\":\"empty\",\"probability\":0.1}]}}");
    twins(1500);
    set("breaker.failure_threshold=1000");
    with_cache();
    e = engine();
    inquiry(&q, 20);
    for (int turn = 0; turn < 3; turn++) {
        struct bd_diagnosis *d[3];

        q.questions[0][0] = (char)('2' + turn); /* nothing is kept of these */
        for (int i = 0; i < 3; i++)
            d[i] = start(e, &q);
        (void)bd_diagnosis_wait(d[0], bd_clock_ms() + 60);
        bd_diagnosis_cancel(d[0]);
        for (int i = 0; i < 3; i++) {
            const struct bd_record *rec = finish(d[i]);

            assert_int_equal(rec->cell_count, 48);
            for (size_t k = 0; k < rec->cell_count; k++) {
                const struct bd_cell *c = &rec->cells[k];

                assert_true(c->finished_ms > 0);
                assert_false(c->cached && (c->attempts || c->status != BD_STATUS_OK));
            }
        }
        for (int i = 0; i < 3; i++)
            bd_diagnosis_free(d[i]);
    }
    bd_inquiry_free(&q);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(the_reference_case_has_ten_answered_cells),
        IN_A_HOUSE(a_provider_that_hangs_costs_its_own_cells_and_no_time),
        IN_A_HOUSE(text_that_streamed_before_the_cut_is_kept_as_truncated),
        IN_A_HOUSE(cancelling_gives_the_partial_record_at_once),
        IN_A_HOUSE(a_budget_of_calls_is_kept),
        IN_A_HOUSE(every_task_ends_in_one_cell_under_random_faults),
        IN_A_HOUSE(what_was_stored_is_what_was_reported),
        IN_A_HOUSE(memory_descriptors_and_threads_stay_flat_over_diagnoses),
        IN_A_HOUSE(what_cannot_be_asked_is_refused_before_anything_is_sent),
        IN_A_HOUSE(a_kept_answer_is_not_asked_for_again),
        IN_A_HOUSE(identical_calls_in_flight_are_one),
        IN_A_HOUSE(who_follows_a_call_that_fails_is_asked_itself),
        IN_A_HOUSE(who_follows_a_call_that_is_cancelled_is_asked_itself),
        IN_A_HOUSE(who_follows_a_call_that_time_cuts_is_asked_itself),
        IN_A_HOUSE(who_follows_waits_no_longer_than_its_own_cut),
        IN_A_HOUSE(followers_end_in_one_cell_whatever_becomes_of_their_leaders),
    };

    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "sim-key", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
