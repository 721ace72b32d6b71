/* tests/engine/test_answers.c */
#include "engine/answers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/settings.h"
#include "runtime/folder.h"

#define NOW  1790000000000
#define HOUR 3600000

static const struct bd_option own[] = {
    {"base_url", BD_OPTION_URL, 0, "https://api.example/v1", "where", 0, 0},
    {"thinking", BD_OPTION_BOOL, 0, "no", "slow", 0, 0},
    {"pin", BD_OPTION_TEXT, BD_OPTION_SECRET, NULL, "hidden", 0, 0},
};
static struct bd_problems problems;
static struct bd_ini *ini;
static struct bd_values *values;
static struct bd_provider plugin;
static struct bd_provider_slot slot;

static void configure(const char *lines)
{
    const struct bd_option_table tables[] = {bd_settings_provider_options(),
                                             {own, 3, sizeof(own[0])}};
    char text[2048];
    struct bd_error err;

    bd_values_free(values);
    bd_ini_free(ini);
    snprintf(text, sizeof(text), "[provider:a]\nmodel = m\n%s", lines);
    assert_int_equal(
        bd_ini_read(&ini, write_text("a.ini", text), NULL, 0, &problems, &err), 0);
    if (bd_values_check(&values, ini, "provider:a", tables, 2, &problems) < 0)
        fail_msg("%s", problems.lines.data);
    slot.values = values;
}

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    plugin = (struct bd_provider){.base = {.name = "doubao", .version = "1.0.0"}};
    slot = (struct bd_provider_slot){.name = "a", .plugin = &plugin, .key = "sk-canary"};
    configure("");
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_values_free(values);
    bd_ini_free(ini);
    values = NULL;
    ini = NULL;
    bd_problems_free(&problems);
    return 0;
}

static json_t *ask(const char *model, const char *system, const char *prompt, int sample)
{
    const struct bd_answer_case c = {.slot = &slot,
                                     .model = model,
                                     .system = system,
                                     .prompt = prompt,
                                     .sample = sample};
    json_t *o = bd_answer_ask(&c);

    assert_non_null(o);
    return o;
}

static json_t *plain(void)
{
    return ask("m", NULL, "Which car?", 0);
}

static json_t *searching(void)
{
    const struct bd_answer_case c = {
        .slot = &slot, .model = "m", .prompt = "Which car?", .search = true};

    return bd_answer_ask(&c);
}

/* Takes the ask over. */
static const char *key_of(json_t *o)
{
    static char keys[2][BD_ANSWER_KEY_BYTES];
    static int turn;

    turn = !turn;
    assert_int_equal(bd_answer_key(keys[turn], o), 0);
    json_decref(o);
    return keys[turn];
}

static void the_key_is_a_digest_of_what_shapes_the_answer(void **state)
{
    static const char *const shaping[] = {"base_url = https://other.example/v1\n",
                                          "max_tokens = 100\n", "thinking = yes\n"};
    static const char *const others[] = {"timeout_simple = 3s\n", "api_key_env = OTHER\n",
                                         "concurrency = 2\n",     "price_input = 3\n",
                                         "pin = 1234\n",          "stream = no\n"};
    char first[BD_ANSWER_KEY_BYTES];

    (void)state;
    memcpy(first, key_of(plain()), sizeof(first));
    assert_int_equal(strspn(first, "0123456789abcdef"), 16);
    assert_string_equal(key_of(plain()), first);
    assert_string_not_equal(key_of(ask("n", NULL, "Which car?", 0)), first);
    assert_string_not_equal(key_of(ask("m", "Be brief.", "Which car?", 0)), first);
    assert_string_not_equal(key_of(ask("m", "", "Which car?", 0)), first);
    assert_string_not_equal(key_of(ask("m", NULL, "Which car", 0)), first);
    assert_string_not_equal(key_of(ask("m", NULL, "Which car?", 1)), first);
    assert_string_not_equal(key_of(searching()), first);
    for (size_t i = 0; i < sizeof(shaping) / sizeof(shaping[0]); i++) {
        configure(shaping[i]);
        assert_string_not_equal(key_of(plain()), first);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        configure(others[i]);
        assert_string_equal(key_of(plain()), first);
    }
    configure("");
    plugin.base.version = "1.0.1";
    assert_string_not_equal(key_of(plain()), first);
    plugin.base.version = "1.0.0";
    plugin.base.name = "qwen";
    assert_string_not_equal(key_of(plain()), first);
}

/* The value is that of FNV-1a by its authors: the digest in a database outlives us. */
static void the_digest_is_fnv_1a(void **state)
{
    json_t *a = json_string("foobar");
    char key[BD_ANSWER_KEY_BYTES];

    (void)state;
    assert_int_equal(bd_answer_key(key, a), 0);
    assert_string_equal(key, "6477f76a9c2fba7e"); /* of "foobar" with its quotes */
    json_decref(a);
}

static void answer(struct bd_cell *c)
{
    const struct bd_web_page page = {.url = "https://example.com/1", .mark = "ref_1"};

    bd_cell_init(c);
    c->status = BD_STATUS_OK;
    c->text = strdup("比亚迪 \"first\"\n\x01");
    c->text_bytes = strlen(c->text);
    c->model_reported = strdup("m-2026");
    c->usage = (struct bd_usage){12, 345, -1, 0};
    c->cost = 0.25;
    strcpy(c->finish, "stop");
    c->searched = BD_YES;
    assert_int_equal(bd_sources_add(&c->sources, &page), 0);
}

static char *row_of(json_t *o, int64_t came_ms)
{
    struct bd_cell c;
    char *row;

    answer(&c);
    row = bd_answer_row(o, &c, came_ms);
    assert_non_null(row);
    bd_cell_free(&c);
    return row;
}

static void a_row_gives_back_what_was_answered(void **state)
{
    const struct bd_answer_limits limits = {.now_ms = NOW, .ttl_ms = HOUR};
    json_t *o = plain();
    char *row = row_of(o, NOW - 5);
    struct bd_cell c, was;

    (void)state;
    answer(&was);
    bd_cell_init(&c);
    assert_int_equal(bd_answer_recall(&c, row, o, &limits), 0);
    assert_int_equal(c.status, BD_STATUS_OK);
    assert_true(c.cached);
    assert_int_equal(c.attempts, 0);
    assert_int_equal(c.finished_ms, NOW - 5);
    assert_int_equal(c.text_bytes, was.text_bytes);
    assert_string_equal(c.text, was.text);
    assert_string_equal(c.model_reported, "m-2026");
    assert_null(c.request_id);
    assert_string_equal(c.finish, "stop");
    assert_memory_equal(&c.usage, &was.usage, sizeof(was.usage));
    assert_true(c.cost == 0.25);
    assert_int_equal(c.searched, BD_YES);
    assert_int_equal(c.sources.count, 1);
    assert_string_equal(c.sources.at[0].mark, "ref_1");
    assert_null(strstr(row, "canary"));
    bd_cell_free(&c);
    bd_cell_free(&was);
    json_decref(o);
    free(row);
}

static void recall_fails(const char *row, const json_t *o, int64_t now_ms, int64_t ttl_ms)
{
    const struct bd_answer_limits limits = {.now_ms = now_ms, .ttl_ms = ttl_ms};
    struct bd_cell c;

    bd_cell_init(&c);
    assert_int_equal(bd_answer_recall(&c, row, o, &limits), -1);
    assert_null(c.text);
    assert_false(c.cached);
    assert_int_equal(c.status, BD_STATUS_SKIPPED);
}

/* As if two asks had met in one digest. */
static void a_row_of_another_ask_is_no_answer(void **state)
{
    json_t *o = plain(), *other = ask("m", NULL, "Which phone?", 0);
    char *row = row_of(other, NOW);

    (void)state;
    recall_fails(row, o, NOW, HOUR);
    json_decref(o);
    json_decref(other);
    free(row);
}

static void a_row_that_is_over_or_of_the_future_is_no_answer(void **state)
{
    json_t *o = plain();
    char *row = row_of(o, NOW);
    const struct bd_answer_limits last = {.now_ms = NOW + HOUR - 1, .ttl_ms = HOUR};
    struct bd_cell c;

    (void)state;
    recall_fails(row, o, NOW + HOUR, HOUR);
    recall_fails(row, o, NOW + 1000, 1000); /* the time to live is today's */
    recall_fails(row, o, NOW - 1, HOUR);
    bd_cell_init(&c);
    assert_int_equal(bd_answer_recall(&c, row, o, &last), 0);
    bd_cell_free(&c);
    json_decref(o);
    free(row);
}

static void damaged_rows_are_no_answer(void **state)
{
    json_t *o = plain();
    char *row = row_of(o, NOW);
    static const char *const odd[] = {"", "null", "[]", "{}", "{\"came_ms\":1}"};

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        recall_fails(odd[i], o, NOW, HOUR);
    for (size_t n = strlen(row); n-- > 0;) {
        row[n] = '\0';
        recall_fails(row, o, NOW, HOUR);
    }
    json_decref(o);
    free(row);
}

static void only_whole_answers_at_first_hand_are_kept(void **state)
{
    struct bd_cell c;

    (void)state;
    answer(&c);
    assert_true(bd_answer_whole(&c));
    c.cached = true;
    assert_false(bd_answer_whole(&c));
    c.cached = false;
    for (enum bd_status s = BD_STATUS_OK + 1; s < BD_STATUS_COUNT; s++) {
        c.status = s;
        assert_false(bd_answer_whole(&c));
    }
    bd_cell_free(&c);
    c.status = BD_STATUS_OK;
    c.text = NULL;
    assert_false(bd_answer_whole(&c));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_key_is_a_digest_of_what_shapes_the_answer),
        CASE(the_digest_is_fnv_1a),
        CASE(a_row_gives_back_what_was_answered),
        CASE(a_row_of_another_ask_is_no_answer),
        CASE(a_row_that_is_over_or_of_the_future_is_no_answer),
        CASE(damaged_rows_are_no_answer),
        CASE(only_whole_answers_at_first_hand_are_kept),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
