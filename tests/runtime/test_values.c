/* tests/runtime/test_values.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/folder.h"
#include "runtime/values.h"

static const struct bd_option core[] = {
    {"model", BD_OPTION_TEXT, BD_OPTION_REQUIRED, NULL, "the model", 0, 0},
    {"count", BD_OPTION_INT, 0, "3", "how many", -2, 10},
    {"workers", BD_OPTION_INT, 0, "auto", "threads", 1, 64},
    {"share", BD_OPTION_REAL, 0, "0.5", "part", 0, 0},
    {"stream", BD_OPTION_BOOL, 0, "yes", "bit by bit", 0, 0},
    {"limit", BD_OPTION_DURATION, 0, "15s", "time", 100, 60000},
    {"room", BD_OPTION_SIZE, 0, "1MiB", "bytes", 1, 1 << 30},
    {"file", BD_OPTION_PATH, 0, NULL, "a file", 0, 0},
    {"base_url", BD_OPTION_URL, 0, "https://api.example/v1/", "where", 0, 0},
    {"pin", BD_OPTION_TEXT, BD_OPTION_SECRET, NULL, "hidden", 0, 0},
    {"verse", BD_OPTION_TEXT, BD_OPTION_LINES, NULL, "several lines", 0, 0},
};
static const struct bd_option_table core_table = {core, 11, sizeof(core[0])};

static struct bd_problems problems;
static struct bd_ini *ini;
static struct bd_values *values;

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    ini = NULL;
    values = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_values_free(values);
    bd_ini_free(ini);
    bd_problems_free(&problems);
    return 0;
}

static int check_tables(const char *text, const struct bd_option_table *t, size_t n)
{
    struct bd_error err;

    bd_values_free(values);
    bd_ini_free(ini);
    values = NULL;
    ini = NULL;
    bd_problems_free(&problems);
    assert_int_equal(
        bd_ini_read(&ini, write_text("v.ini", text), NULL, 0, &problems, &err), 0);
    assert_int_equal(problems.count, 0);
    return bd_values_check(&values, ini, "s", t, n, &problems);
}

static int check(const char *text)
{
    return check_tables(text, &core_table, 1);
}

/* One line behind what is required. */
static int check_line(const char *line)
{
    char text[4500];

    snprintf(text, sizeof(text), "[s]\nmodel = m\n%s\n", line);
    return check(text);
}

static void assert_problem(const char *part)
{
    if (!strstr(problems.lines.data, part))
        fail_msg("no problem says '%s':\n%s", part, problems.lines.data);
}

static void defaults_fill_what_is_not_said(void **state)
{
    (void)state;
    assert_int_equal(check_line(""), 0);
    assert_string_equal(bd_values_text(values, "model"), "m");
    assert_int_equal(bd_values_number(values, "count"), 3);
    assert_int_equal(bd_values_number(values, "workers"), 0);
    assert_true(bd_values_real(values, "share") == 0.5);
    assert_int_equal(bd_values_number(values, "stream"), 1);
    assert_int_equal(bd_values_number(values, "limit"), 15000);
    assert_int_equal(bd_values_number(values, "room"), 1048576);
    assert_null(bd_values_text(values, "file"));
    assert_string_equal(bd_values_text(values, "base_url"), "https://api.example/v1");
    assert_string_equal(bd_values_origin(values, "count"), "default");
    assert_string_equal(bd_values_origin(values, "file"), "unset");
    assert_non_null(strstr(bd_values_origin(values, "model"), "v.ini:2"));
}

static void numbers_are_read_in_their_units(void **state)
{
    static const struct {
        const char *line, *name;
        int64_t want;
    } cases[] = {
        {"count = -2", "count", -2},      {"count = 10", "count", 10},
        {"count = 0", "count", 0},        {"workers = auto", "workers", 0},
        {"workers = 64", "workers", 64},  {"limit = 250ms", "limit", 250},
        {"limit = 15s", "limit", 15000},  {"limit = 15", "limit", 15000},
        {"limit = 1m", "limit", 60000},   {"limit = 100ms", "limit", 100},
        {"room = 64KiB", "room", 65536},  {"room = 8MiB", "room", 8388608},
        {"room = 1GiB", "room", 1 << 30}, {"room = 5kB", "room", 5000},
        {"room = 5MB", "room", 5000000},  {"room = 1000", "room", 1000},
        {"room = 7B", "room", 7},         {"stream = yes", "stream", 1},
        {"stream = No", "stream", 0},     {"stream = TRUE", "stream", 1},
        {"stream = false", "stream", 0},  {"stream = on", "stream", 1},
        {"stream = off", "stream", 0},    {"stream = 1", "stream", 1},
        {"stream = 0", "stream", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (check_line(cases[i].line) < 0 ||
            bd_values_number(values, cases[i].name) != cases[i].want)
            fail_msg("%s: %s", cases[i].line, problems.lines.data);
    }
}

static void reals_are_the_nearest_double(void **state)
{
    static const struct {
        const char *line;
        double want;
    } cases[] = {{"share = 0.1", 0.1},
                 {"share = -3", -3},
                 {"share = 1.5", 1.5},
                 {"share = 0.00000000000001", 1e-14},
                 {"share = 0.123456789012", 0.123456789012},
                 {"share = 99999999999.9999", 99999999999.9999}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (check_line(cases[i].line) < 0 ||
            bd_values_real(values, "share") != cases[i].want)
            fail_msg("%s: %s", cases[i].line, problems.lines.data);
    assert_int_equal(check_line("share = 0.000000000000001"), -1); /* 16 digits */
}

static void wrong_values_say_what_is_right_and_the_default(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"count = many", "v.ini:3: [s] count = many is not a whole number (default 3)"},
        {"count = 11", "[s] count = 11 must be between -2 and 10 (default 3)"},
        {"count = -3", "must be between -2 and 10"},
        {"count = 3x", "is not a whole number"},
        {"count = 0x3", "is not a whole number"},
        {"count = 3.0", "is not a whole number"},
        {"count = +3", "is not a whole number"},
        {"count = auto", "is not a whole number"},
        {"count = 99999999999999999999", "is not a whole number"},
        {"count = ", "[s] count has no value; give one or remove the line"},
        {"workers = 0", "must be between 1 and 64 (default auto)"},
        {"workers = some", "is neither a whole number nor auto"},
        {"limit = soon", "is not a duration; write it like 250ms, 15s, 2m or 1h"},
        {"limit = 1.5s", "is not a duration"},
        {"limit = 15 s", "is not a duration"},
        {"limit = -1s", "is not a duration"},
        {"limit = 15S", "is not a duration"},
        {"limit = 2m", "limit = 2m must be between 100ms and 1m (default 15s)"},
        {"limit = 9999999999999999h", "is not a duration"},
        {"room = 8MB2", "is not a size; write it like 1000, 64KiB, 8MiB or 10MB"},
        {"room = 8mib", "is not a size"},
        {"room = 2GiB", "must be between 1 and 1GiB"},
        {"share = nan", "is not a number"},
        {"share = inf", "is not a number"},
        {"share = 1e5", "is not a number"},
        {"share = .5", "is not a number"},
        {"share = 5.", "is not a number"},
        {"share = 1.2.3", "is not a number"},
        {"share = 0,5", "is not a number"},
        {"stream = maybe", "is neither yes nor no (default yes)"},
        {"file =", "[s] file has no value"},
        {"model2 = x", "v.ini:3: [s] has no key 'model2'; did you mean 'model'?"},
        {"baseurl = x", "did you mean 'base_url'?"},
        {"colour = x", "[s] has no key 'colour'; `brandiag check --show` lists"},
        {"pin = a\tb", "[s] pin = *** holds control characters"},
        {"count = 1\n more", "count = 1 more is not a whole number"},
        {"pin = a\n more", "goes on over several lines"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(check_line(cases[i].line), -1);
        assert_int_equal(problems.count, 1);
        assert_problem(cases[i].want);
    }
}

static void a_text_may_span_lines_where_its_option_says_so(void **state)
{
    (void)state;
    assert_int_equal(check_line("verse = one\n  two\n  三"), 0);
    assert_string_equal(bd_values_text(values, "verse"), "one\ntwo\n三");
}

static void urls_are_plain(void **state)
{
    static const char *const good[] = {"https://h", "http://127.0.0.1:8080/a/b",
                                       "https://[::1]:1/x", "https://h/a%20b",
                                       "https://xn--fiqs8s/v1///"};
    static const struct {
        const char *url, *want;
    } bad[] = {
        {"ftp://h/", "begins with https://"},
        {"h/path", "begins with https://"},
        {"file:///etc/passwd", "begins with https://"},
        {"https://", "is not a URL"},
        {"https:///path", "is not a URL"},
        {"https://h:99999/", "is not a URL"},
        {"https://h:x/", "is not a URL"},
        {"https://me@h/", "holds a user or password"},
        {"https://me:pw@h/", "holds a user or password"},
        {"https://h/?a=1", "holds '?'"},
        {"https://h/#a", "holds '?', '#'"},
        {"https://h\\@evil/", "'\\'"},
        {"https://h/a b", "holds blanks"},
        {"https://中国/", "not ASCII"},
        {"https://[fe80::1%25eth0]/", "zone"},
    };
    char line[200];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        snprintf(line, sizeof(line), "base_url = %s", good[i]);
        if (check_line(line) < 0)
            fail_msg("%s: %s", line, problems.lines.data);
    }
    assert_string_equal(bd_values_text(values, "base_url"), "https://xn--fiqs8s/v1");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(line, sizeof(line), "base_url = %s", bad[i].url);
        if (check_line(line) == 0)
            fail_msg("%s was taken", line);
        assert_problem(bad[i].want);
    }
}

static void a_tilde_is_the_home_directory(void **state)
{
    (void)state;
    assert_int_equal(setenv("HOME", "/home/wei", 1), 0);
    assert_int_equal(check_line("file = ~/b.db"), 0);
    assert_string_equal(bd_values_text(values, "file"), "/home/wei/b.db");
    assert_int_equal(check_line("file = /a/~/b"), 0);
    assert_string_equal(bd_values_text(values, "file"), "/a/~/b");
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(check_line("file = ~/b.db"), -1);
    assert_problem("HOME is not set");
}

static void all_faults_of_a_section_are_told(void **state)
{
    (void)state;
    assert_int_equal(check("[s]\ncount = x\nwrong = 1\nlimit = y\n"), -1);
    assert_int_equal(problems.count, 4);
    assert_problem("v.ini:1: [s] needs the key 'model' (the model)");
    assert_problem("v.ini:2: [s] count");
    assert_problem("v.ini:3: [s] has no key 'wrong'");
    assert_problem("v.ini:4: [s] limit");
}

static void a_section_that_is_not_there_names_the_file(void **state)
{
    (void)state;
    assert_int_equal(check("[t]\nmodel = m\n"), -1);
    assert_int_equal(problems.count, 1);
    assert_problem("v.ini: [s] needs the key 'model'");
}

static void a_plugin_replaces_default_and_help(void **state)
{
    static const struct bd_option own[] = {
        {"model", BD_OPTION_TEXT, 0, "doubao-2", "which doubao", 0, 0},
        {"base_url", BD_OPTION_URL, BD_OPTION_REQUIRED, NULL, NULL, 0, 0},
        {"region", BD_OPTION_TEXT, 0, "bj", "where", 0, 0},
    };
    const struct bd_option_table two[] = {core_table, {own, 3, sizeof(own[0])}};

    (void)state;
    assert_int_equal(check_tables("[s]\nbase_url=https://h\n", two, 2), 0);
    assert_string_equal(bd_values_text(values, "model"), "doubao-2");
    assert_string_equal(bd_values_text(values, "region"), "bj");
    assert_string_equal(bd_values_option(values, "model")->help, "which doubao");
    assert_int_equal(bd_values_option(values, "model")->flags, 0); /* has a default now */
    assert_string_equal(bd_values_option(values, "base_url")->help, "where");
    assert_null(bd_values_option(values, "nothing"));
    assert_int_equal(check_tables("[s]\n", two, 2), -1);
    assert_problem("[s] needs the key 'base_url'");
}

static void tables_of_another_element_size_are_read(void **state)
{
    struct longer {
        struct bd_option o;
        int64_t since_1_9[3];
    } own[] = {{{"model", BD_OPTION_TEXT, 0, "m", "h", 0, 0}, {1, 2, 3}},
               {{"n", BD_OPTION_INT, 0, "7", "h", 1, 9}, {1, 2, 3}}};
    const struct bd_option_table t = {&own[0].o, 2, sizeof(own[0])};

    (void)state;
    assert_int_equal(check_tables("[s]\n", &t, 1), 0);
    assert_int_equal(bd_values_number(values, "n"), 7);
    assert_int_equal(check_tables("[s]\nn = 10\n", &t, 1), -1);
}

static void a_bad_default_is_told(void **state)
{
    static const struct bd_option own[] = {{"n", BD_OPTION_INT, 0, "x", "h", 0, 0}};
    const struct bd_option_table t = {own, 1, sizeof(own[0])};

    (void)state;
    assert_int_equal(check_tables("[s]\n", &t, 1), -1);
    assert_problem("[s] n: its default 'x' is not a whole number");
}

static void all_values_can_be_shown_but_secrets(void **state)
{
    const struct bd_option *option;
    const char *value, *origin;
    size_t i = 0;

    (void)state;
    assert_int_equal(check_line("pin = 1234"), 0);
    assert_string_equal(bd_values_text(values, "pin"), "1234");
    for (; bd_values_at(values, i, &option, &value, &origin); i++) {
        if (strcmp(option->name, "pin") == 0)
            assert_string_equal(value, "***");
        if (strcmp(option->name, "limit") == 0)
            assert_string_equal(value, "15s");
        if (strcmp(option->name, "file") == 0)
            assert_string_equal(value, "");
    }
    assert_int_equal(i, 11);
}

static void the_nearest_name_is_near(void **state)
{
    static const char *const names[] = {"doubao", "qwen", "deepseek", "pin"};
    static const char *const two = "on";

    (void)state;
    assert_string_equal(bd_values_nearest("duobao", names, 4), "doubao");
    assert_string_equal(bd_values_nearest("deep_seek", names, 4), "deepseek");
    assert_null(bd_values_nearest("zhipu", names, 4));
    assert_null(bd_values_nearest("", names, 4));
    assert_null(bd_values_nearest("x", names, 0));
    assert_null(bd_values_nearest("ab", &two, 1)); /* nothing in common */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(defaults_fill_what_is_not_said),
        CASE(numbers_are_read_in_their_units),
        CASE(reals_are_the_nearest_double),
        CASE(wrong_values_say_what_is_right_and_the_default),
        CASE(a_text_may_span_lines_where_its_option_says_so),
        CASE(urls_are_plain),
        CASE(a_tilde_is_the_home_directory),
        CASE(all_faults_of_a_section_are_told),
        CASE(a_section_that_is_not_there_names_the_file),
        CASE(a_plugin_replaces_default_and_help),
        CASE(tables_of_another_element_size_are_read),
        CASE(a_bad_default_is_told),
        CASE(all_values_can_be_shown_but_secrets),
        CASE(the_nearest_name_is_near),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
