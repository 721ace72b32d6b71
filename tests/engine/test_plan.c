/* What a diagnosis will ask, what it refuses to, and what it may cost. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/thread.h"
#include "engine/parts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct bd_engine *e;
static struct bd_inquiry asked, planned;
static struct bd_error err;

/* Two providers with keys. */
static const char *const two[] = {
    "provider:qwen.model=qwen-plus", "provider:qwen.api_key_env=BD_TEST_KEY",
    "provider:zhipu.model=glm-4.7", "provider:zhipu.api_key_env=BD_TEST_KEY"};

/* An engine with the two, if with_two, and these settings; it forgets, and asks nobody.
 */
static void start(bool with_two, size_t count, const char *const *more)
{
    const char *sets[32];
    struct bd_engine_plan plan = {
        .sets = sets, .plugin_dir = BD_BUILD_DIR "/plugins", .use = BD_ENGINE_FORGETS};
    struct bd_buf problems;

    for (size_t i = 0; with_two && i < COUNT(two); i++)
        sets[plan.set_count++] = two[i];
    for (size_t i = 0; i < count; i++)
        sets[plan.set_count++] = more[i];
    bd_buf_init(&problems, 1 << 16);
    if (bd_engine_start(&e, &plan, &problems, &err) < 0)
        fail_msg("%s %s", err.message, problems.data);
    bd_buf_free(&problems);
}

#define START(...) \
    start(true, COUNT(((const char *[]){__VA_ARGS__})), (const char *[]){__VA_ARGS__})

static int begin(void **state)
{
    (void)state;
    bd_inquiry_init(&asked);
    bd_inquiry_init(&planned);
    return bd_inquiry_add_brand(&asked, "华为=Huawei", &err) ||
           bd_inquiry_add_brand(&asked, "小米", &err) ||
           bd_inquiry_add_question(&asked, "手机推荐", &err) ||
           bd_inquiry_add_question(&asked, "which phone?", &err);
}

static int end(void **state)
{
    (void)state;
    bd_inquiry_free(&asked);
    bd_inquiry_free(&planned);
    bd_engine_stop(e);
    e = NULL;
    return 0;
}

static void ask(const char *model)
{
    assert_int_equal(bd_inquiry_add_model(&asked, model, &err), 0);
}

static void plan(void)
{
    bd_inquiry_free(&planned);
    if (bd__plan_inquiry(&planned, e->current, &asked, &err) < 0)
        fail_msg("%s", err.message);
}

static void assert_refused(enum bd_error_type type, const char *says)
{
    struct bd_inquiry out = {.samples = 77};

    assert_int_equal(bd__plan_inquiry(&out, e->current, &asked, &err), -1);
    assert_int_equal(out.samples, 77); /* untouched */
    assert_int_equal(err.type, type);
    if (!strstr(err.message, says))
        fail_msg("%s", err.message);
    assert_int_equal(bd_diagnosis_check(e, &asked, NULL, &err), -1);
    assert_non_null(strstr(err.message, says));
}

static void who_names_nobody_asks_all(void **state)
{
    (void)state;
    START("engine.deadline=7s");
    plan();
    assert_int_equal(planned.model_count, 2);
    assert_string_equal(planned.models[0].provider, "qwen");
    assert_string_equal(planned.models[0].model, "qwen-plus");
    assert_string_equal(planned.models[1].provider, "zhipu");
    assert_string_equal(planned.models[1].model, "glm-4.7");
    assert_int_equal(planned.deadline_ms, 7000);
    assert_int_equal(asked.model_count, 0); /* the asker's own is left alone */
    assert_int_equal(asked.deadline_ms, 0);
    assert_int_equal(bd_diagnosis_check(e, &asked, NULL, &err), 0);
}

static void what_was_chosen_stays(void **state)
{
    (void)state;
    START("engine.deadline=7s");
    ask("zhipu/glm-9/preview");
    ask("zhipu");
    asked.deadline_ms = 3000;
    asked.samples = 5;
    plan();
    assert_int_equal(planned.model_count, 2);
    assert_string_equal(planned.models[0].model, "glm-9/preview");
    assert_string_equal(planned.models[1].model, "glm-4.7");
    assert_int_equal(planned.deadline_ms, 3000);
    assert_int_equal(planned.samples, 5);
    assert_string_equal(planned.brands[0].aliases[0], "Huawei");
    assert_ptr_not_equal(planned.brands[0].name, asked.brands[0].name);
}

static void an_unknown_provider_is_told_with_those_there_are(void **state)
{
    (void)state;
    START("engine.max_tasks=100");
    ask("kimi");
    assert_refused(BD_ERR_CONFIG,
                   "no provider 'kimi' is configured; there is: qwen, zhipu");
}

static void without_providers_the_remedy_is_told(void **state)
{
    (void)state;
    start(false, 0, NULL);
    assert_refused(BD_ERR_CONFIG, "[provider:doubao]");
    ask("kimi");
    assert_refused(BD_ERR_CONFIG, "no provider is configured");
}

static void a_missing_key_is_told_and_who_else_could_be_asked(void **state)
{
    (void)state;
    START("provider:deepseek.model=deepseek-flash",
          "provider:deepseek.api_key_env=BD_TEST_NO_SUCH_KEY");
    assert_refused(BD_ERR_CONFIG, "BD_TEST_NO_SUCH_KEY");
    assert_refused(BD_ERR_CONFIG, "provider 'deepseek': ");
    assert_refused(BD_ERR_CONFIG, "; or ask only those that have a key: --model qwen "
                                  "--model zhipu");
    ask("qwen"); /* whoever is not asked needs no key */
    plan();
    ask("deepseek");
    assert_refused(BD_ERR_CONFIG, "BD_TEST_NO_SUCH_KEY");
    assert_null(strstr(err.message, "--model")); /* they were chosen */
}

static void the_limit_of_tasks_is_kept_to_the_last(void **state)
{
    (void)state; /* matrix 2 x 2 x 2, neutral 2 x 2 x 3 */
    START("engine.max_tasks=20");
    asked.samples = 3;
    plan();
    assert_int_equal(bd_inquiry_task_count(&planned), 20);
    bd_engine_stop(e);
    START("engine.max_tasks=19");
    assert_refused(BD_ERR_INVALID_REQUEST,
                   "20 tasks are more than [engine] max_tasks = 19");
}

static void an_inquiry_that_is_not_complete_is_refused(void **state)
{
    (void)state;
    START("engine.max_tasks=100");
    asked.probes = 0;
    assert_refused(BD_ERR_INVALID_REQUEST, "probe");
}

static void a_limit_of_cost_needs_the_prices_of_all_who_are_asked(void **state)
{
    const struct bd_diagnosis_limits cost = {.max_cost = 1}, calls = {.max_calls = 1};

    (void)state;
    START("provider:qwen.price_input=0", "provider:qwen.price_output=0",
          "provider:zhipu.price_input=2", "provider:openai.model=m",
          "provider:openai.base_url=https://a.test/v1",
          "provider:openai.api_key_env=BD_TEST_KEY");
    assert_int_equal(bd_diagnosis_check(e, &asked, &calls, &err), 0);
    assert_int_equal(bd_diagnosis_check(e, &asked, &cost, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    assert_non_null(strstr(err.message, " in [provider:zhipu], [provider:openai];"));
    ask("zhipu/a");
    ask("zhipu/b");
    assert_int_equal(bd_diagnosis_check(e, &asked, &cost, &err), -1);
    assert_non_null(strstr(err.message, " in [provider:zhipu];")); /* once */
    bd_inquiry_free(&asked);
    assert_int_equal(begin(NULL), 0);
    ask("qwen"); /* 0 is a price, too */
    assert_int_equal(bd_diagnosis_check(e, &asked, &cost, &err), 0);
}

/* 0.25 of a token a Latin letter, 0.62 a Chinese character, rounded up. */
static void tokens_are_counted_by_script(void **state)
{
    static const struct {
        const char *question;
        int tokens;
    } cases[] = {{"a", 1},       {"abcd", 1}, {"abcde", 2},
                 {"手", 1},      {"手机", 2}, {"手机推荐买哪款好啊", 6},
                 {"手机abcd", 3}};

    char hundred[301] = "";

    (void)state;
    START("prompt.neutral={question}");
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(bd_inquiry_add_question(&asked, cases[i].question, &err), 0);
    for (size_t i = 0; i < 100; i++)
        memcpy(hundred + 3 * i, "好", 3);
    assert_int_equal(bd_inquiry_add_question(&asked, hundred, &err), 0);
    plan();
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(bd__plan_prompt_tokens(e->current, &planned, -1, 2 + (int)i),
                         cases[i].tokens);
    assert_int_equal(
        bd__plan_prompt_tokens(e->current, &planned, -1, 2 + (int)COUNT(cases)), 62);
}

static void prompts_count_with_their_template_and_system(void **state)
{
    (void)state;
    START("prompt.neutral={question}12345678", "prompt.system=abcdefgh",
          "prompt.matrix={brand}{competitors}{question}");
    plan();
    /* "手机推荐" + 8 + system 8: 2.48 + 2, rounded up, + 2 */
    assert_int_equal(bd__plan_prompt_tokens(e->current, &planned, -1, 0), 5 + 2);
    /* "华为" "小米" "手机推荐": 4.96 -> 5, + 2 */
    assert_int_equal(bd__plan_prompt_tokens(e->current, &planned, 0, 0), 5 + 2);
}

static void the_default_template_is_that_of_the_language(void **state)
{
    int64_t zh, en;

    (void)state;
    START("engine.max_tasks=100");
    plan();
    zh = bd__plan_prompt_tokens(e->current, &planned, 0, 0);
    snprintf(asked.lang, sizeof(asked.lang), "en");
    plan();
    en = bd__plan_prompt_tokens(e->current, &planned, 0, 0);
    assert_true(zh > 20 && en > 20 && zh != en);
    assert_true(en > bd__plan_prompt_tokens(e->current, &planned, -1, 0));
}

struct rows {
    struct bd_estimate_row row[4];
    char provider[4][32];
    int count;
};

static void take_row(void *arg, const struct bd_estimate_row *row)
{
    struct rows *r = arg;

    assert_true(r->count < 4);
    snprintf(r->provider[r->count], sizeof(r->provider[0]), "%s", row->provider);
    r->row[r->count++] = *row;
}

static void an_estimate_counts_calls_tokens_and_cost(void **state)
{
    struct bd_estimate_row sum;
    struct rows r = {0};

    (void)state;
    START("prompt.neutral={question}", "prompt.matrix={question}",
          "provider:qwen.max_tokens=100", "provider:zhipu.max_tokens=50",
          "provider:qwen.price_input=2", "provider:qwen.price_output=8",
          "provider:zhipu.price_input=1", "provider:zhipu.price_output=1");
    asked.samples = 3;
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), 0);
    assert_int_equal(r.count, 2);
    assert_string_equal(r.provider[0], "qwen");
    assert_string_equal(r.provider[1], "zhipu");
    /* 2 questions of 3 tokens: 2 brands and 3 samples each */
    assert_int_equal(r.row[0].calls, 10);
    assert_int_equal(r.row[0].tokens_in, 30);
    assert_int_equal(r.row[0].tokens_out, 1000);
    assert_true(fabs(r.row[0].cost - (30 * 2 + 1000 * 8) / 1e6) < 1e-12);
    assert_int_equal(r.row[1].tokens_out, 500);
    assert_int_equal(sum.calls, 20);
    assert_int_equal(sum.tokens_in, 60);
    assert_int_equal(sum.tokens_out, 1500);
    assert_true(fabs(sum.cost - r.row[0].cost - r.row[1].cost) < 1e-12);

    asked.probes = BD_PROBE_NEUTRAL;
    r.count = 0;
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), 0);
    assert_int_equal(r.row[0].calls, 6);
    asked.probes = BD_PROBE_MATRIX;
    r.count = 0;
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), 0);
    assert_int_equal(r.row[0].calls, 4);
}

static void a_cost_without_its_price_is_unknown(void **state)
{
    struct bd_estimate_row sum;
    struct rows r = {0};

    (void)state;
    START("provider:qwen.price_input=2", "provider:qwen.price_output=8",
          "provider:zhipu.price_output=1");
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), 0);
    assert_false(isnan(r.row[0].cost));
    assert_true(isnan(r.row[1].cost));
    assert_true(isnan(sum.cost));
    assert_true(sum.tokens_out > 0);
}

/* Where the provider decides how long an answer may be, "at most" cannot be said. */
static void without_a_limit_of_answers_the_most_is_unknown(void **state)
{
    struct bd_estimate_row sum;
    struct rows r = {0};

    (void)state;
    START("provider:qwen.price_input=2", "provider:qwen.price_output=8",
          "provider:zhipu.price_input=1", "provider:zhipu.price_output=1",
          "provider:qwen.max_tokens=0");
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), 0);
    assert_int_equal(r.row[0].tokens_out, -1);
    assert_true(isnan(r.row[0].cost));
    assert_false(isnan(r.row[1].cost));
    assert_int_equal(sum.tokens_out, -1);
    assert_true(isnan(sum.cost));
}

static void an_estimate_that_is_refused_calls_nobody(void **state)
{
    struct bd_estimate_row sum;
    struct rows r = {0};

    (void)state;
    START("engine.max_tasks=3");
    assert_int_equal(bd_diagnosis_estimate(e, &asked, take_row, &r, &sum, &err), -1);
    assert_non_null(strstr(err.message, "max_tasks"));
    assert_int_equal(r.count, 0);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(who_names_nobody_asks_all),
        CASE(what_was_chosen_stays),
        CASE(an_unknown_provider_is_told_with_those_there_are),
        CASE(without_providers_the_remedy_is_told),
        CASE(a_missing_key_is_told_and_who_else_could_be_asked),
        CASE(the_limit_of_tasks_is_kept_to_the_last),
        CASE(an_inquiry_that_is_not_complete_is_refused),
        CASE(a_limit_of_cost_needs_the_prices_of_all_who_are_asked),
        CASE(tokens_are_counted_by_script),
        CASE(prompts_count_with_their_template_and_system),
        CASE(the_default_template_is_that_of_the_language),
        CASE(an_estimate_counts_calls_tokens_and_cost),
        CASE(a_cost_without_its_price_is_unknown),
        CASE(without_a_limit_of_answers_the_most_is_unknown),
        CASE(an_estimate_that_is_refused_calls_nobody),
    };

    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "k", 1);
    unsetenv("BD_TEST_NO_SUCH_KEY");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
