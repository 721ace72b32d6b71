/* The core's option tables, and what they make of a configuration. */
#include "engine/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/thread.h"
#include "runtime/folder.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct bd_problems problems;

static int before_all(void **state)
{
    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "k", 1);
    return make_folder(state);
}

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_problems_free(&problems);
    return 0;
}

static struct bd_generation *build(const char *text)
{
    struct bd_generation_plan plan = {
        .ini_path = write_text("brandiag.ini", text),
        .provider_options = bd_settings_provider_options(),
        .check_provider = bd_settings_check_provider,
        .default_plugin_dir = BD_BUILD_DIR "/plugins",
    };
    struct bd_generation *g = NULL;
    struct bd_error err;

    plan.sections = bd_settings_sections(&plan.section_count);
    return bd_generation_build(&g, &plan, &problems, &err) < 0 ? NULL : g;
}

static struct bd_generation *must_build(const char *text)
{
    struct bd_generation *g = build(text);

    if (!g)
        fail_msg("%s", problems.lines.data);
    return g;
}

static void what_is_not_set_is_as_the_tables_say(void **state)
{
    struct bd_generation *g = must_build("[storage]\nplugin = store_memory\n");
    struct bd_settings s;

    (void)state;
    bd_settings_from(&s, g);
    assert_int_equal(s.workers, 0);
    assert_int_equal(s.net_threads, 0);
    assert_int_equal(s.deadline_ms, 20000);
    assert_int_equal(s.connect_ms, 5000);
    assert_int_equal(s.max_reply_bytes, 8 << 20);
    assert_int_equal(s.max_tasks, 20000);
    assert_int_equal(s.breaker.threshold, bd_breaker_default.threshold);
    assert_int_equal(s.breaker.recovery_ms, bd_breaker_default.recovery_ms);
    assert_int_equal(s.breaker.half_open_max, bd_breaker_default.half_open_max);
    assert_int_equal(s.breaker.lease_ms, bd_breaker_default.lease_ms);
    assert_int_equal(s.breaker.jitter_ms, 0);
    assert_int_equal(s.retry.max_retries, 2);
    assert_int_equal(s.retry.base_ms, 250);
    assert_int_equal(s.retry.cap_ms, 4000);
    assert_false(s.hedge.enabled);
    assert_int_equal(s.hedge.after_ms, 0);
    assert_int_equal(s.hedge.percent, 5);
    assert_int_equal(s.weights.mention, 40);
    assert_int_equal(s.weights.rank, 25);
    assert_int_equal(s.weights.share_of_voice, 20);
    assert_int_equal(s.weights.sentiment, 15);
    assert_int_equal(s.log_level, BD_LOG_WARNING);
    assert_false(s.log_json);
    assert_null(s.prompt_matrix);
    assert_string_equal(s.prompt_neutral, "{question}");
    assert_null(s.prompt_system);
    assert_string_equal(s.currency, "CNY");
    assert_null(s.alerts.webhook);
    assert_null(s.alerts.secret_file);
    assert_int_equal(s.alerts.format, BD_ALERT_GENERIC);
    assert_true(s.alerts.zh);
    assert_int_equal(s.alerts.success_below, 95);
    assert_int_equal(s.alerts.p95_above_ms, 20000);
    assert_int_equal(s.alerts.min_cells, 20);
    assert_int_equal(s.alerts.alarm.hold_ms, 30000);
    assert_int_equal(s.alerts.alarm.resolve_ms, 60000);
    assert_int_equal(s.alerts.alarm.repeat_ms, 3600000);
    assert_int_equal(s.alerts.max_messages, 20);
    assert_int_equal(s.alerts.window_ms, 600000);
    assert_false(s.alerts.allow_private);
    bd_generation_unref(g);
}

/* Every key another value, so that none is read in another's place. */
static void each_setting_comes_from_its_own_key(void **state)
{
    struct bd_generation *g = must_build(
        "[engine]\nworkers = 3\nnet_threads = 2\ndeadline = 11s\n"
        "connect_timeout = 700ms\nmax_reply = 12345\nmax_tasks = 77\ncurrency = USD\n"
        "[breaker]\nfailure_threshold = 9\nrecovery_timeout = 13s\n"
        "recovery_jitter = 14ms\nhalf_open_max_calls = 4\n"
        "[retry]\nmax_retries = 6\nbase_delay = 15ms\nmax_delay = 16s\n"
        "[hedge]\nenabled = yes\nafter = 1700ms\nmax_percent = 18\n"
        "[cache]\nttl = 19m\n"
        "[score]\nmention = 31\nrank = 32\nshare_of_voice = 0\nsentiment = 34\n"
        "[log]\nlevel = error\nformat = json\n"
        "[alerts]\nwebhook = https://h/?k=1\nwebhook_env = W\nwebhook_file = /w\n"
        "format = wecom\nsecret_env = S\nsecret_file = /s\nlang = en\n"
        "success_below = 20\np95_above = 21ms\nmin_cells = 22\nhold = 23ms\n"
        "resolve = 24ms\nrepeat = 25ms\nmax_messages = 26\nwindow = 27s\n"
        "allow_private = yes\nca_file = /c\n"
        "[prompt]\nmatrix = {brand} m {question}\nneutral = n {question}\n"
        "system = 你是\n  消费顾问\n"
        "[storage]\nplugin = store_memory\n");
    struct bd_settings s;

    (void)state;
    bd_settings_from(&s, g);
    assert_int_equal(s.workers, 3);
    assert_int_equal(s.net_threads, 2);
    assert_int_equal(s.deadline_ms, 11000);
    assert_int_equal(s.connect_ms, 700);
    assert_int_equal(s.max_reply_bytes, 12345);
    assert_int_equal(s.max_tasks, 77);
    assert_string_equal(s.currency, "USD");
    assert_int_equal(s.breaker.threshold, 9);
    assert_int_equal(s.breaker.recovery_ms, 13000);
    assert_int_equal(s.breaker.jitter_ms, 14);
    assert_int_equal(s.breaker.half_open_max, 4);
    assert_int_equal(s.breaker.lease_ms, bd_breaker_default.lease_ms);
    assert_int_equal(s.retry.max_retries, 6);
    assert_int_equal(s.retry.base_ms, 15);
    assert_int_equal(s.retry.cap_ms, 16000);
    assert_true(s.hedge.enabled);
    assert_int_equal(s.hedge.after_ms, 1700);
    assert_int_equal(s.hedge.percent, 18);
    assert_int_equal(s.cache_ttl_ms, 19 * 60 * 1000);
    assert_int_equal(s.weights.mention, 31);
    assert_int_equal(s.weights.rank, 32);
    assert_int_equal(s.weights.share_of_voice, 0);
    assert_int_equal(s.weights.sentiment, 34);
    assert_int_equal(s.log_level, BD_LOG_ERROR);
    assert_true(s.log_json);
    assert_string_equal(s.prompt_matrix, "{brand} m {question}");
    assert_string_equal(s.prompt_neutral, "n {question}");
    assert_string_equal(s.prompt_system, "你是\n消费顾问");
    assert_string_equal(s.alerts.webhook, "https://h/?k=1");
    assert_string_equal(s.alerts.webhook_env, "W");
    assert_string_equal(s.alerts.webhook_file, "/w");
    assert_string_equal(s.alerts.secret_env, "S");
    assert_string_equal(s.alerts.secret_file, "/s");
    assert_int_equal(s.alerts.format, BD_ALERT_WECOM);
    assert_false(s.alerts.zh);
    assert_int_equal(s.alerts.success_below, 20);
    assert_int_equal(s.alerts.p95_above_ms, 21);
    assert_int_equal(s.alerts.min_cells, 22);
    assert_int_equal(s.alerts.alarm.hold_ms, 23);
    assert_int_equal(s.alerts.alarm.resolve_ms, 24);
    assert_int_equal(s.alerts.alarm.repeat_ms, 25);
    assert_int_equal(s.alerts.max_messages, 26);
    assert_int_equal(s.alerts.window_ms, 27000);
    assert_true(s.alerts.allow_private);
    assert_string_equal(s.alerts.ca_file, "/c");
    bd_generation_unref(g);
}

static void levels_have_the_logs_own_order(void **state)
{
    static const struct {
        const char *name;
        int level;
    } cases[] = {{"debug", BD_LOG_DEBUG},
                 {"info", BD_LOG_INFO},
                 {"warning", BD_LOG_WARNING},
                 {"error", BD_LOG_ERROR},
                 {"off", BD_LOG_OFF}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[128];
        struct bd_generation *g;
        struct bd_settings s;

        snprintf(text, sizeof(text),
                 "[log]\nlevel = %s\n[storage]\nplugin = store_memory\n", cases[i].name);
        g = must_build(text);
        bd_settings_from(&s, g);
        assert_int_equal(s.log_level, cases[i].level);
        bd_generation_unref(g);
    }
}

static void wrong_values_are_told_with_their_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[log]\nlevel = loud\n", "brandiag.ini:2: [log] level is 'loud': give debug, "
                                  "info, warning, error or off"},
        {"[log]\nlevel =\n", "brandiag.ini:2: [log] level is ''"},
        {"[log]\nformat = xml\n",
         "brandiag.ini:2: [log] format is 'xml': give text or json"},
        {"[prompt]\nmatrix = about {brand}\n", "brandiag.ini:2: [prompt] matrix: "},
        {"[prompt]\nmatrix =\n", "brandiag.ini:2: [prompt] matrix: "},
        {"[prompt]\n\nneutral = {question} {brand}\n",
         "brandiag.ini:3: [prompt] neutral: "},
        {"[prompt]\nmatrix = {question} {price}\n", "{price}"},
        {"[engine]\ndeadline = soon\n",
         "brandiag.ini:2: [engine] deadline = soon is not"},
        {"[engine]\ndeadlin = 3s\n",
         "brandiag.ini:2: [engine] has no key 'deadlin'; did you mean 'deadline'?"},
        {"[hedge]\nafter = 5\nenable = 1\n", "brandiag.ini:3: [hedge] has no key "
                                             "'enable'; did you mean 'enabled'?"},
        {"[braeker]\nfailure_threshold = 1\n", "did you mean"},
        {"[provider:qwen]\nmodel = m\nprice_output = -1\n",
         "brandiag.ini:3: [provider:qwen] price_output = -1 is below 0"},
        {"[provider:qwen]\nmodel = m\nprice_input = -0.5\n",
         "brandiag.ini:3: [provider:qwen] price_input = -0.5 is below 0"},
        {"[provider:qwen]\nprice_input = cheap\nmodel = m\n",
         "brandiag.ini:2: [provider:qwen] price_input = cheap is not a number"},
        {"[score]\nmention = 0\n", "brandiag.ini:2: [score] mention = 0"},
        {"[retry]\nmax_retries = auto\n", "brandiag.ini:2: [retry] max_retries = auto"},
        {"[alerts]\nformat = teams\n", "brandiag.ini:2: [alerts] format is 'teams': give "
                                       "generic, feishu, dingtalk, wecom or slack"},
        {"[alerts]\nlang = de\n", "brandiag.ini:2: [alerts] lang is 'de': give zh or en"},
        {"[alerts]\nwebhook = hook.example/a\n",
         "brandiag.ini:2: [alerts] webhook is not a URL that begins with https://"},
        {"[alerts]\nwebhook = https://?key=a\n",
         "brandiag.ini:2: [alerts] webhook names no host"},
        {"[alerts]\nwebhook = https://h/a#b\n", "[alerts] webhook holds '#'"},
        {"[alerts]\nmax_messages = 101\n", "brandiag.ini:2: [alerts] max_messages = 101"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];

        snprintf(text, sizeof(text), "%s[storage]\nplugin = store_memory\n",
                 cases[i].text);
        assert_null(build(text));
        assert_int_equal(problems.count, 1);
        if (!strstr(problems.lines.data, cases[i].says))
            fail_msg("%s\nsays: %s", cases[i].text, problems.lines.data);
        bd_problems_free(&problems);
        bd_problems_init(&problems);
    }
}

static void all_wrong_values_are_told_at_once(void **state)
{
    (void)state;
    assert_null(build("[log]\nlevel = loud\nformat = xml\n[prompt]\nneutral = x\n"
                      "[engine]\nworkers = 0\n[storage]\nplugin = store_memory\n"));
    assert_int_equal(problems.count, 4);
    for (const char *const *p =
             (const char *const[]){"ini:2:", "ini:3:", "ini:5:", "ini:7:", NULL};
         *p; p++)
        assert_non_null(strstr(problems.lines.data, *p));
}

/* One option of one section set to that number. */
static int check_one(const struct bd_option *o, int64_t v)
{
    const struct bd_option_table table = {o, 1, sizeof(*o)};
    const char *unit = o->type == BD_OPTION_DURATION ? "ms" : "";
    struct bd_values *values = NULL;
    struct bd_ini *ini = NULL;
    struct bd_error err;
    char set[128];
    const char *const sets[] = {set};
    int rc;

    snprintf(set, sizeof(set), "x.%s=%lld%s", o->name, (long long)v, unit);
    assert_int_equal(bd_ini_read(&ini, NULL, sets, 1, &problems, &err), 0);
    rc = bd_values_check(&values, ini, "x", &table, 1, &problems);
    if (rc == 0)
        assert_int_equal(bd_values_number(values, o->name), v);
    bd_values_free(values);
    bd_ini_free(ini);
    return rc;
}

static int check_bounds(const struct bd_option_table *t)
{
    int bounded = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        const struct bd_option *o = &t->options[i];

        assert_int_equal(t->size, sizeof(*o));
        assert_non_null(o->help);
        if (o->type != BD_OPTION_INT && o->type != BD_OPTION_DURATION &&
            o->type != BD_OPTION_SIZE) {
            assert_int_equal(o->max, 0); /* nobody would look at it */
            continue;
        }
        assert_true(o->min < o->max);
        assert_int_equal(check_one(o, o->min), 0);
        assert_int_equal(check_one(o, o->max), 0);
        assert_int_equal(check_one(o, o->min - 1), -1);
        assert_int_equal(check_one(o, o->max + 1), -1);
        bounded++;
    }
    return bounded;
}

/* What is a number has bounds, and so what is computed from it fits its type. */
static void every_number_has_bounds_that_hold(void **state)
{
    const struct bd_option_table p = bd_settings_provider_options();
    size_t n;
    const struct bd_section_table *sections = bd_settings_sections(&n);
    int bounded = check_bounds(&p);

    (void)state;
    for (size_t i = 0; i < n; i++)
        bounded += check_bounds(&sections[i].table);
    assert_int_equal(bounded, 8 + 6 + 4 + 3 + 2 + 1 + 4 + 8 + 5);
}

static void no_section_and_no_key_is_there_twice(void **state)
{
    static const char *const needed[] = {"engine", "breaker", "retry",   "hedge",
                                         "cache",  "score",   "storage", "prompt",
                                         "server", "log",     "alerts"};
    size_t n;
    const struct bd_section_table *s = bd_settings_sections(&n);

    (void)state;
    assert_int_equal(n, COUNT(needed));
    for (size_t i = 0; i < n; i++) {
        const struct bd_option_table *t = &s[i].table;

        assert_string_equal(s[i].section, needed[i]);
        for (uint32_t a = 0; a < t->count; a++)
            for (uint32_t b = 0; b < a; b++)
                assert_string_not_equal(t->options[a].name, t->options[b].name);
    }
}

static void a_provider_needs_a_model_and_has_usual_limits(void **state)
{
    const struct bd_provider_slot *p;
    struct bd_generation *g;

    (void)state;
    assert_null(build("[storage]\nplugin = store_memory\n[provider:qwen]\n"
                      "api_key_env = BD_TEST_KEY\nconcurency = 3\n"));
    assert_int_equal(problems.count, 2);
    assert_non_null(strstr(problems.lines.data, "brandiag.ini:3: [provider:qwen] needs "
                                                "the key 'model'"));
    assert_non_null(strstr(problems.lines.data, "brandiag.ini:5: [provider:qwen] has no "
                                                "key 'concurency'; did you mean "
                                                "'concurrency'?"));
    g = must_build("[storage]\nplugin = store_memory\n[provider:qwen]\nmodel = m\n"
                   "api_key_env = BD_TEST_KEY\nprice_input = 0.8\n");
    p = bd_generation_find(g, "qwen");
    assert_int_equal(bd_values_number(p->values, "concurrency"), 8);
    assert_int_equal(bd_values_number(p->values, "requests_per_minute"), 500);
    assert_int_equal(bd_values_number(p->values, "tokens_per_minute"), 0);
    assert_int_equal(bd_values_number(p->values, "ramp"), 500);
    assert_int_equal(bd_values_number(p->values, "max_tokens"), 2048);
    assert_int_equal(bd_values_number(p->values, "stream"), 1);
    assert_int_equal(bd_values_number(p->values, "allow_private"), 0);
    assert_true(bd_values_real(p->values, "price_input") == 0.8);
    assert_string_equal(bd_values_origin(p->values, "price_output"), "unset");
    bd_generation_unref(g);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(what_is_not_set_is_as_the_tables_say),
        CASE(each_setting_comes_from_its_own_key),
        CASE(levels_have_the_logs_own_order),
        CASE(wrong_values_are_told_with_their_line),
        CASE(all_wrong_values_are_told_at_once),
        CASE(every_number_has_bounds_that_hold),
        CASE(no_section_and_no_key_is_there_twice),
        CASE(a_provider_needs_a_model_and_has_usual_limits),
    };

    return cmocka_run_group_tests(tests, before_all, remove_folder);
}
