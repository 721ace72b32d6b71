/* tests/engine/test_counters.c */
#include "engine/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct bd_counters c;
static struct bd_cell cells[10];
static struct bd_record rec;

static int setup(void **state)
{
    (void)state;
    bd__counters_init(&c);
    rec = (struct bd_record){.cells = cells, .cell_count = 10, .elapsed_ms = 6000};
    for (size_t i = 0; i < 10; i++) {
        bd_cell_init(&cells[i]);
        cells[i].status = BD_STATUS_OK;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bd__counters_free(&c);
    return 0;
}

static struct bd_vitals vitals(void)
{
    struct bd_vitals v;

    bd_vitals_look(&c.vitals, 1000000, &v);
    return v;
}

static void a_provider_has_one_tally_and_keeps_it(void **state)
{
    struct bd_tally *a = bd__counters_tally(&c, "qwen");
    struct bd_tally *b = bd__counters_tally(&c, "qwen2");

    (void)state;
    assert_non_null(a);
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(bd__counters_tally(&c, "qwen"), a);
    assert_string_equal(a->provider, "qwen");
}

static void a_cell_counts_by_status_reason_and_cache(void **state)
{
    struct bd_tally *t = bd__counters_tally(&c, "qwen");

    (void)state;
    cells[1].cached = true;
    cells[2].status = BD_STATUS_SKIPPED;
    cells[2].skip = BD_SKIP_RATE_LIMITED;
    for (int i = 0; i < 3; i++)
        bd__tally_count(t, &cells[i]);
    bd__tally_count(NULL, &cells[3]);
    assert_int_equal(t->cells[BD_STATUS_OK], 2);
    assert_int_equal(t->cells[BD_STATUS_SKIPPED], 1);
    assert_int_equal(t->skipped[BD_SKIP_RATE_LIMITED], 1);
    assert_int_equal(t->skipped[BD_SKIP_NONE], 0);
    assert_int_equal(t->cached, 1);
}

static const struct {
    enum bd_status most, last; /* of nine cells, and of the tenth */
    bool interrupted;
    enum bd_result result;
} results[] = {
    {BD_STATUS_OK, BD_STATUS_OK, false, BD_RESULT_COMPLETE},
    {BD_STATUS_OK, BD_STATUS_REFUSED, false, BD_RESULT_COMPLETE},
    {BD_STATUS_OK, BD_STATUS_ERROR, false, BD_RESULT_PARTIAL},
    {BD_STATUS_TIMEOUT, BD_STATUS_OK, false, BD_RESULT_PARTIAL},
    {BD_STATUS_TIMEOUT, BD_STATUS_ERROR, false, BD_RESULT_NONE},
    {BD_STATUS_OK, BD_STATUS_OK, true, BD_RESULT_INTERRUPTED},
    {BD_STATUS_CANCELLED, BD_STATUS_CANCELLED, true, BD_RESULT_INTERRUPTED},
};

static void the_result_is_what_the_exit_code_would_be(void **state)
{
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        (void)setup(state);
        for (size_t k = 0; k < 10; k++) {
            cells[k].status = k < 9 ? results[i].most : results[i].last;
            cells[k].text = "answer";
            cells[k].text_bytes = 6;
        }
        rec.interrupted = results[i].interrupted;
        bd__counters_finish(&c, &rec, 1000000, -14000);
        for (int r = 0; r < BD_RESULT_COUNT; r++)
            if (c.finished[r] != (r == (int)results[i].result))
                fail_msg("%zu: %s", i, bd_result_name(r));
        assert_int_equal(c.sizes.count, 1);
        assert_int_equal(c.took.count, !results[i].interrupted);
        assert_int_equal(vitals().samples, !results[i].interrupted);
    }
}

static void only_what_says_something_about_health_counts_in_vitals(void **state)
{
    (void)state;
    cells[0].status = BD_STATUS_TRUNCATED;
    cells[1].status = BD_STATUS_REFUSED;
    cells[2].status = BD_STATUS_TIMEOUT;
    cells[3].status = BD_STATUS_ERROR;
    cells[4].status = BD_STATUS_CANCELLED;
    cells[5].status = cells[6].status = BD_STATUS_SKIPPED;
    cells[5].skip = BD_SKIP_BUDGET;
    cells[6].skip = BD_SKIP_BREAKER_OPEN;
    bd__counters_finish(&c, &rec, 1000000, 0);
    assert_int_equal(vitals().cells, 8);
    assert_true(vitals().answered == 5.0 / 8);
    assert_int_equal(vitals().p95_ms, 6000);
}

static void a_quarter_of_a_second_late_is_in_time_and_more_is_not(void **state)
{
    (void)state;
    bd__counters_finish(&c, &rec, 1000000, 250);
    assert_int_equal(c.overruns, 0);
    bd__counters_finish(&c, &rec, 1000000, 251);
    assert_int_equal(c.overruns, 1);
}

#define ZEROED(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ZEROED(a_provider_has_one_tally_and_keeps_it),
        ZEROED(a_cell_counts_by_status_reason_and_cache),
        ZEROED(the_result_is_what_the_exit_code_would_be),
        ZEROED(only_what_says_something_about_health_counts_in_vitals),
        ZEROED(a_quarter_of_a_second_late_is_in_time_and_more_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
