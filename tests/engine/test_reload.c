/* tests/engine/test_reload.c - another configuration and other plugins, while diagnoses
 * run: what changes, what does not, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/hot.h"

#define ANSWERS "\"answer\": {\"text\": \"1. 华为\\n2. 小米\"}"

static struct bd_engine *serve_within(int total_ms)
{
    char scenario[200];

    snprintf(scenario, sizeof(scenario),
             "{\"defaults\": {\"latency\": {\"total_ms\": %d}, " ANSWERS "}}", total_ms);
    start_simulator(scenario);
    configure("");
    return hot_engine();
}

static void assert_told(const struct bd_buf *lines, const char *what)
{
    if (!strstr(lines->data, what))
        fail_msg("no line says '%s':\n%s", what, lines->data);
}

static void a_diagnosis_ends_with_the_build_it_began_with(void **state)
{
    struct bd_engine *e = serve_within(300);
    struct bd_diagnosis *first = ask_hot(e, 3), *second;

    (void)state;
    hot_version(2);
    must_reload(e);
    assert_told(&told.changes,
                "[provider:hot] plugin hot: another build, version 1 -> 2");
    assert_int_equal(told.number, 2);
    assert_int_equal(edition(e).alive, 2);
    second = ask_hot(e, 3);
    answered_by(first, 1);
    reaped_to(e, 1); /* though the second goes on */
    answered_by(second, 2);
    bd_engine_stop(e);
}

static void a_reload_that_changes_nothing_says_so(void **state)
{
    struct bd_engine *e = serve_within(1);

    (void)state;
    hot_version(1); /* another file with the same bytes */
    must_reload(e);
    assert_int_equal(told.changes.n, 0);
    assert_int_equal(edition(e).number, 2);
    answered_by(ask_hot(e, 1), 1);
    bd_engine_stop(e);
}

static void providers_come_and_go_and_what_runs_is_finished(void **state)
{
    struct bd_engine *e = serve_within(200);
    struct bd_diagnosis *d = ask_hot(e, 20);
    char text[800];

    (void)state;
    snprintf(text, sizeof(text),
             "[engine]\nplugin_dir = %s\n[provider:q]\nplugin = qwen\nmodel = m\n"
             "base_url = %s/qwen/compatible-mode/v1\nallow_private = yes\n"
             "api_key_env = BD_TEST_KEY\n",
             in_folder("plugins"), url);
    write_text("brandiag.ini", text);
    must_reload(e);
    assert_told(&told.changes, "[provider:q] is new");
    assert_told(&told.changes, "[provider:hot] is gone");
    assert_string_equal(bd_engine_provider(e, 0), "q");
    assert_null(bd_engine_provider(e, 1));
    answered_by(d, 1); /* also the tasks that waited for a slot */
    d = ask_model(e, "q", 1);
    assert_int_equal(count(finish(d), BD_STATUS_OK), 1);
    bd_diagnosis_free(d);
    bd_engine_stop(e);
}

static void limits_and_keys_are_taken_over(void **state)
{
    struct bd_engine *e = serve_within(1);
    struct bd_diagnosis *d;

    (void)state;
    configure("concurrency = 3\nrequests_per_minute = 0\n"
              "[breaker]\nfailure_threshold = 2\n");
    must_reload(e);
    assert_told(&told.changes, "[provider:hot] concurrency: 8 -> 3");
    assert_told(&told.changes, "[breaker] failure_threshold: 5 -> 2");
    assert_int_equal(lane(e, "hot").most, 3);
    assert_int_equal(setenv("BD_TEST_KEY", "another-key-0123", 1), 0);
    must_reload(e);
    assert_int_equal(setenv("BD_TEST_KEY", "sim-key", 1), 0);
    assert_string_equal(told.changes.data, "[provider:hot] another key\n");
    d = ask_hot(e, 1);
    assert_int_equal(finish(d)->cells[0].error.type, BD_ERR_AUTH);
    bd_diagnosis_free(d);
    assert_true(lane(e, "hot").off);
    must_reload(e); /* a key that is right again is tried again */
    answered_by(ask_hot(e, 1), 1);
    bd_engine_stop(e);
}

/* Each one is refused for its reason, named with its line, and nothing is another. */
static void what_fails_changes_nothing_and_is_named(void **state)
{
    static const struct {
        const char *more, *reason;
    } wrong[] = {
        {"speed = 9\n", "brandiag.ini:11: "},
        {"concurrency = many\n", "brandiag.ini:11: "},
        {"concurrency = 3\n[nonsense]\n", "brandiag.ini:12: "},
        {"concurrency = 3\n[provider:x]\nplugin = weather\nmodel = m\n", "weather"},
        {"concurrency = 3\n[storage]\nplugin = store_sqlite\n[storage:store_sqlite]\n"
         "path = /nowhere/at/all.db\n",
         ""},
        {"concurrency = 3\n[alerts]\nurl = ftp://x/\n", "[alerts]"},
    };
    struct bd_engine *e = serve_within(1);
    int fds;

    (void)state;
    answered_by(ask_hot(e, 1), 1); /* whose connection is kept */
    fds = entries("/proc/self/fd");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        configure(wrong[i].more);
        if (reload(e) == 0)
            fail_msg("was not refused: %s", wrong[i].more);
        assert_int_equal(told.number, 0);
        assert_int_equal(told.before, 1);
        if (wrong[i].reason[0] != '[' || told.problems.n)
            assert_told(&told.problems, wrong[i].reason);
        assert_true(fault.message[0]);
        assert_int_equal(lane(e, "hot").most, 8);
        assert_int_equal(edition(e).number, 1);
        assert_int_equal(edition(e).alive, 1);
        assert_int_equal(edition(e).failures, i + 1);
        answered_by(ask_hot(e, 1), 1);
    }
    if (!sanitized())
        assert_int_equal(entries("/proc/self/fd"), fds);
    bd_engine_stop(e);
}

static void a_rollback_needs_no_file(void **state)
{
    struct bd_engine *e = serve_within(1);

    (void)state;
    assert_int_equal(bd_engine_rollback(e, &told, &fault), -1);
    assert_int_equal(fault.type, BD_ERR_INVALID_REQUEST);
    hot_version(2);
    configure("concurrency = 3\n");
    must_reload(e);
    answered_by(ask_hot(e, 1), 2);
    reaped_to(e, 1);
    assert_int_equal(edition(e).before, 1);
    assert_int_equal(unlink(in_folder("plugins/hot.so")), 0);
    assert_int_equal(unlink(in_folder("brandiag.ini")), 0);
    assert_int_equal(bd_engine_rollback(e, &told, &fault), 0);
    assert_true(edition(e).rolled_back);
    assert_int_equal(edition(e).before, 2);
    assert_int_equal(lane(e, "hot").most, 8);
    answered_by(ask_hot(e, 1), 1);
    assert_int_equal(reload(e), -1); /* the files are still gone */
    assert_true(edition(e).rolled_back);
    assert_int_equal(bd_engine_rollback(e, &told, &fault), 0); /* and forth again */
    assert_false(edition(e).rolled_back);
    answered_by(ask_hot(e, 1), 2);
    hot_version(1);
    configure("");
    must_reload(e);
    answered_by(ask_hot(e, 1), 1);
    bd_engine_stop(e);
}

static void three_generations_with_work_are_enough(void **state)
{
    struct bd_engine *e = serve_within(500);
    struct bd_diagnosis *d[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        d[i] = ask_hot(e, 1);
        hot_version(2 - i % 2);
        if (i < 2)
            must_reload(e);
    }
    assert_int_equal(reload(e), -1);
    assert_int_equal(fault.type, BD_ERR_OVERLOADED);
    assert_int_equal(edition(e).number, 3);
    assert_int_equal(bd_engine_rollback(e, &told, &fault), -1);
    assert_int_equal(fault.type, BD_ERR_OVERLOADED);
    for (int i = 0; i < 3; i++)
        answered_by(d[i], 1 + i % 2);
    must_reload(e); /* by itself: nobody has to tell it that there is room again */
    assert_int_equal(told.number, 4);
    reaped_to(e, 1);
    bd_engine_stop(e);
}

static void reload_five_times(struct bd_engine *e)
{
    for (int i = 0; i < 5; i++) {
        hot_version(2 - i % 2);
        must_reload(e);
        reaped_to(e, 1);
    }
}

static void breakers_stay_open_and_counters_where_they_are(void **state)
{
    struct bd_diagnosis *d;
    struct bd_engine *e;
    uint64_t opened;

    (void)state;
    start_simulator("{\"defaults\": {\"latency\": {\"error_ms\": 1}},"
                    " \"providers\": {\"openai\": {\"script\": [\"500 forever\"]}}}");
    configure("[breaker]\nfailure_threshold = 3\n[retry]\nmax_retries = 0\n");
    e = hot_engine();
    d = ask_hot(e, 20);
    (void)finish(d);
    bd_diagnosis_free(d);
    opened = lane(e, "hot").opened;
    assert_true(opened >= 1);
    assert_true(lane(e, "hot").breaker == BD_BREAKER_OPEN || lane(e, "hot").keys_open);
    reaped_to(e, 1);
    reload_five_times(e);
    assert_int_equal(lane(e, "hot").opened, opened);
    assert_true(lane(e, "hot").breaker == BD_BREAKER_OPEN || lane(e, "hot").keys_open);
    d = ask_hot(e, 1);
    assert_int_equal(finish(d)->cells[0].status, BD_STATUS_SKIPPED);
    bd_diagnosis_free(d);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOT(a_diagnosis_ends_with_the_build_it_began_with),
        HOT(a_reload_that_changes_nothing_says_so),
        HOT(providers_come_and_go_and_what_runs_is_finished),
        HOT(limits_and_keys_are_taken_over),
        HOT(what_fails_changes_nothing_and_is_named),
        HOT(a_rollback_needs_no_file),
        HOT(three_generations_with_work_are_enough),
        HOT(breakers_stay_open_and_counters_where_they_are),
    };

    return cmocka_run_group_tests(tests, make_house, remove_folder);
}
