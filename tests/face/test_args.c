/* What a command line is taken for, and what its writer is told. */
#include "face/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const struct bd_arg options[] = {
    {"brand", "B[=alias,...]", "the brand"},
    {"model", "P[/M]", "whom to ask"},
    {"dry-run", NULL, "only say what would be sent"},
    {"", NULL, NULL},
};
static const struct bd_command command = {.name = "try",
                                          .operands = "ID",
                                          .summary = "Tries things.",
                                          .args = options,
                                          .least = 1,
                                          .most = 2,
                                          .more = "Example: nothing\n"};

/* What take() was told, "name=value;" each, and what was printed meanwhile. */
static char taken[512], printed[8192];
static struct bd_operands operands;
static int refuse;

static int take(void *arg, const char *name, const char *value)
{
    size_t n = strlen(taken);

    assert_ptr_equal(arg, &refuse);
    snprintf(taken + n, sizeof(taken) - n, "%s=%s;", name, value ? value : "(null)");
    return refuse;
}

static FILE *divert(int fd, int *kept)
{
    FILE *f = tmpfile();

    assert_non_null(f);
    fflush(NULL);
    *kept = dup(fd);
    assert_true(dup2(fileno(f), fd) >= 0);
    return f;
}

static void restore(FILE *f, int fd, int kept)
{
    size_t n;

    fflush(NULL);
    assert_true(dup2(kept, fd) >= 0);
    close(kept);
    rewind(f);
    n = fread(printed, 1, sizeof(printed) - 1, f);
    printed[n] = '\0';
    fclose(f);
}

static int parse(const struct bd_command *c, int argc, const char *const *words)
{
    char *argv[16] = {(char *)"try"};
    int kept, rc;
    FILE *f = divert(STDERR_FILENO, &kept);

    for (int i = 0; i < argc; i++)
        argv[i + 1] = (char *)words[i];
    taken[0] = '\0';
    rc = bd_args_parse(c, argc + 1, argv, take, &refuse, &operands);
    restore(f, STDERR_FILENO, kept);
    return rc;
}

#define PARSE(...) \
    parse(&command, COUNT(((const char *[]){__VA_ARGS__})), (const char *[]){__VA_ARGS__})

static void options_are_told_in_order_and_operands_kept(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--model", "qwen", "one", "--dry-run", "--model=kimi"), -1);
    assert_string_equal(taken, "model=qwen;dry-run=(null);model=kimi;");
    assert_int_equal(operands.count, 1);
    assert_string_equal(operands.words[0], "one");
    assert_string_equal(printed, "");
}

static void a_value_is_whatever_stands_there(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--brand=华为=Huawei,HW", "id"), -1);
    assert_string_equal(taken, "brand=华为=Huawei,HW;");
    assert_int_equal(PARSE("--brand=", "id"), -1);
    assert_string_equal(taken, "brand=;");
    assert_int_equal(PARSE("--brand", "--dry-run", "id"), -1);
    assert_string_equal(taken, "brand=--dry-run;");
}

static void two_dashes_end_the_options_and_one_is_an_operand(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-", "--", "--model"), -1);
    assert_int_equal(operands.count, 2);
    assert_string_equal(operands.words[0], "-");
    assert_string_equal(operands.words[1], "--model");
    assert_string_equal(taken, "");
    assert_int_equal(PARSE("--", "--"), -1);
    assert_string_equal(operands.words[0], "--");
}

static void wrong_lines_are_refused_with_2_and_told(void **state)
{
    static const struct {
        const char *words[4], *says;
    } cases[] = {
        {{"--modle", "x"}, "there is no option '--modle'; did you mean '--model'?"},
        {{"--brnad=x"}, "there is no option '--brnad'; did you mean '--brand'?"},
        {{"--dryrun"}, "did you mean '--dry-run'?"},
        {{"--zzzz"}, "there is no option '--zzzz'\n"},
        {{"--helpme"}, "there is no option '--helpme'\n"},
        {{"-m", "x"}, "there is no option '-m'"},
        {{"id", "--model"}, "--model needs a value: --model P[/M]"},
        {{"id", "--dry-run=yes"}, "--dry-run takes no value"},
        {{"a", "b", "c"}, "'c' is one argument too many"},
        {{"--dry-run"}, "ID is missing"},
    };

    (void)state;
    for (int i = 0; i < COUNT(cases); i++) {
        int n = 0;

        while (cases[i].words[n])
            n++;
        assert_int_equal(parse(&command, n, cases[i].words), 2);
        assert_memory_equal(printed, "brandiag try: ", 14);
        assert_non_null(strstr(printed, "\n`brandiag try --help` lists the options.\n"));
        if (!strstr(printed, cases[i].says))
            fail_msg("case %d says: %s", i, printed);
    }
}

/* Three wrong of three letters are not a typing error. */
static void a_short_word_is_not_near_to_every_option(void **state)
{
    static const struct bd_arg short_options[] = {{"key", "K", ""}, {"", NULL, NULL}};
    const struct bd_command c = {"try", "", "", short_options, 0, 0, NULL, NULL};

    (void)state;
    assert_int_equal(bd_args_typo(""), 0);
    assert_int_equal(bd_args_typo("key"), 3);
    assert_int_equal(bd_args_typo("longer"), 4);
    assert_int_equal(parse(&c, 1, (const char *[]){"--abc"}), 2);
    assert_null(strstr(printed, "did you mean"));
    assert_int_equal(parse(&c, 1, (const char *[]){"--kye"}), 2);
    assert_non_null(strstr(printed, "did you mean '--key'"));
}

static void the_first_thing_wrong_ends_the_reading(void **state)
{
    (void)state;
    refuse = 1;
    assert_int_equal(PARSE("--model", "nobody", "--dry-run", "id"), 2);
    refuse = 0;
    assert_string_equal(taken, "model=nobody;");
    assert_string_equal(printed, ""); /* who refuses says why */
    assert_int_equal(PARSE("--dry-run", "--nothing", "--model", "x"), 2);
    assert_string_equal(taken, "dry-run=(null);");
}

static const char *help_of(const struct bd_command *c)
{
    int kept;
    FILE *f = divert(STDOUT_FILENO, &kept);

    bd_args_help(c);
    restore(f, STDOUT_FILENO, kept);
    return printed;
}

static void help_is_made_of_the_table(void **state)
{
    (void)state;
    assert_string_equal(help_of(&command),
                        "Usage: brandiag try [options] ID\n\n"
                        "Tries things.\n\n"
                        "Options:\n"
                        "  --brand B[=alias,...]       the brand\n"
                        "  --model P[/M]               whom to ask\n"
                        "  --dry-run                   only say what would be sent\n"
                        "  --help                      this text\n\n"
                        "Example: nothing\n");
}

static void help_ends_the_reading_with_0(void **state)
{
    static const char *const words[] = {"--help", "-h"};

    (void)state;
    for (int i = 0; i < COUNT(words); i++) {
        int kept, rc;
        FILE *f = divert(STDOUT_FILENO, &kept);
        char *argv[] = {(char *)"try", (char *)words[i], (char *)"--nothing", NULL};

        taken[0] = '\0';
        rc = bd_args_parse(&command, 3, argv, take, &refuse, &operands);
        restore(f, STDOUT_FILENO, kept);
        assert_int_equal(rc, 0);
        assert_non_null(strstr(printed, "Usage: brandiag try"));
    }
}

static void help_fits_80_columns_and_loses_no_word(void **state)
{
    static const struct bd_arg long_options[] = {
        {"a-rather-long-option", "WITH,A,VALUE", "stands on its own line"},
        {"x", NULL,
         "Eighty columns are what a terminal has had since punched cards were used.\n"
         "Another line."},
        {"y", NULL, "/a/path/that/has/no/blank/and/is/longer/than/the/column/is/wide"},
        {"z", NULL, "exactly fifty characters are as wide as the column"},
        {"", NULL, NULL},
    };
    const struct bd_command c = {"try", "", "S", long_options, 0, 0, NULL, NULL};

    (void)state;
    assert_string_equal(
        help_of(&c),
        "Usage: brandiag try [options]\n\nS\n\nOptions:\n"
        "  --a-rather-long-option WITH,A,VALUE\n"
        "                              stands on its own line\n"
        "  --x                         Eighty columns are what a terminal has had since\n"
        "                              punched cards were used.\n"
        "                              Another line.\n"
        "  --y                         "
        "/a/path/that/has/no/blank/and/is/longer/than/the/column/is/wide\n"
        "  --z                         exactly fifty characters are as wide as the "
        "column\n"
        "  --help                      this text\n");
}

static void durations_have_a_unit_or_are_seconds(void **state)
{
    static const struct {
        const char *text;
        long long ms;
    } cases[] = {
        {"20s", 20000}, {"250ms", 250},     {"2m", 120000},  {"1h", 3600000},
        {"20", 20000},  {"0.5", 500},       {"1.5m", 90000}, {"0", 0},
        {"", -1},       {"s", -1},          {"-1s", -1},     {"+1s", -1},
        {" 1s", -1},    {"1 s", -1},        {"1d", -1},      {"1sx", -1},
        {"inf", -1},    {"nan", -1},        {"1S", -1},      {"0x10s", -1},
        {"1e3", -1},    {"999999999h", -1}, {"1.2.3s", -1},  {"２s", -1},
    };

    (void)state;
    for (int i = 0; i < COUNT(cases); i++)
        if (bd_args_duration_ms(cases[i].text) != cases[i].ms)
            fail_msg("'%s' is %lld", cases[i].text, bd_args_duration_ms(cases[i].text));
}

static void numbers_are_whole_and_within_bounds(void **state)
{
    static const char *const wrong[] = {
        "", "x", "1x", "1.5", "0", "11", "-1", " 5", "+5", "99999999999999999999", "0x5"};
    long long v = 77;

    (void)state;
    assert_true(bd_args_number("1", 1, 10, &v));
    assert_int_equal(v, 1);
    assert_true(bd_args_number("10", 1, 10, &v));
    assert_int_equal(v, 10);
    assert_true(bd_args_number("-3", -3, 10, &v));
    assert_int_equal(v, -3);
    v = 77;
    for (int i = 0; i < COUNT(wrong); i++)
        if (bd_args_number(wrong[i], 1, 10, &v) || v != 77)
            fail_msg("'%s' was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_told_in_order_and_operands_kept),
        cmocka_unit_test(a_value_is_whatever_stands_there),
        cmocka_unit_test(two_dashes_end_the_options_and_one_is_an_operand),
        cmocka_unit_test(wrong_lines_are_refused_with_2_and_told),
        cmocka_unit_test(a_short_word_is_not_near_to_every_option),
        cmocka_unit_test(the_first_thing_wrong_ends_the_reading),
        cmocka_unit_test(help_is_made_of_the_table),
        cmocka_unit_test(help_ends_the_reading_with_0),
        cmocka_unit_test(help_fits_80_columns_and_loses_no_word),
        cmocka_unit_test(durations_have_a_unit_or_are_seconds),
        cmocka_unit_test(numbers_are_whole_and_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
