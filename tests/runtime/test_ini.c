/* tests/runtime/test_ini.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/folder.h"
#include "runtime/ini.h"

static struct bd_problems problems;
static struct bd_error error;

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    error = (struct bd_error){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_problems_free(&problems);
    return 0;
}

static struct bd_ini *read_path(const char *path)
{
    struct bd_ini *ini = NULL;

    return bd_ini_read(&ini, path, NULL, 0, &problems, &error) < 0 ? NULL : ini;
}

static struct bd_ini *read_text(const char *text)
{
    return read_path(write_text("a.ini", text));
}

static const char *value(const struct bd_ini *ini, const char *section, const char *key)
{
    const struct bd_ini_entry *e = bd_ini_find(ini, section, key);

    return e ? e->value : NULL;
}

static void assert_problem(const char *part)
{
    if (!strstr(problems.lines.data, part))
        fail_msg("no problem says '%s':\n%s", part, problems.lines.data);
}

static void sections_keys_and_comments_are_read(void **state)
{
    struct bd_ini *ini = read_text("; first\n"
                                   "[engine]\n"
                                   "workers = 4 ; four\n"
                                   "# no\n"
                                   "[provider:doubao]\n"
                                   "base_url = https://ark.example:8443/api;v=3\n"
                                   "model: 豆包 2.0\n"
                                   "empty =\n");

    (void)state;
    assert_non_null(ini);
    assert_int_equal(problems.count, 0);
    assert_int_equal(bd_ini_count(ini), 4);
    assert_string_equal(value(ini, "engine", "workers"), "4");
    assert_string_equal(value(ini, "provider:doubao", "base_url"),
                        "https://ark.example:8443/api;v=3");
    assert_string_equal(value(ini, "provider:doubao", "model"), "豆包 2.0");
    assert_string_equal(value(ini, "provider:doubao", "empty"), "");
    assert_null(value(ini, "engine", "model"));
    assert_string_equal(bd_ini_section(ini, 0), "engine");
    assert_string_equal(bd_ini_section(ini, 1), "provider:doubao");
    assert_null(bd_ini_section(ini, 2));
    bd_ini_free(ini);
}

static void every_entry_knows_its_line(void **state)
{
    struct bd_ini *ini = read_text("\n[a]\n\nx = 1\n  more ; said\n\n[b]\ny = 2\n");
    char want[600];

    (void)state;
    assert_non_null(ini);
    snprintf(want, sizeof(want), "%s:4", bd_ini_path(ini));
    assert_string_equal(bd_ini_find(ini, "a", "x")->origin, want);
    assert_string_equal(value(ini, "a", "x"), "1\nmore");
    snprintf(want, sizeof(want), "%s:7", bd_ini_path(ini));
    assert_string_equal(bd_ini_section_origin(ini, "b"), want);
    assert_string_equal(bd_ini_section_origin(ini, "c"), "");
    bd_ini_free(ini);
}

static void windows_files_are_fine(void **state)
{
    struct bd_ini *ini = read_text("\xef\xbb\xbf[a]\r\nx = 1\r\n\r\ny = 2");

    (void)state;
    assert_non_null(ini);
    assert_int_equal(problems.count, 0);
    assert_string_equal(value(ini, "a", "x"), "1");
    assert_string_equal(value(ini, "a", "y"), "2");
    bd_ini_free(ini);
}

static void all_faults_are_told_with_their_lines(void **state)
{
    struct bd_ini *ini = read_text("early = 1\n" /* 1 */
                                   "[a]\n"       /* 2 */
                                   "x = 1\n"     /* 3 */
                                   "nonsense\n"  /* 4 */
                                   "x = 2\n"     /* 5 */
                                   "= 3\n"       /* 6 */
                                   "[b\n"        /* 7 */
                                   "x = 9\n"     /* 8: of no one, no fault of its own */
                                   "[c] z = 1\n" /* 9 */
                                   "[a]\n"       /* 10 */
                                   "y = \xff\n"  /* 11 */
                                   "[]\n"        /* 12 */
                                   "[d]\n"       /* 13 */
                                   "last one");  /* 14 */

    (void)state;
    assert_non_null(ini);
    assert_int_equal(problems.count, 10);
    assert_problem("a.ini:1: 'early' is in no section");
    assert_problem("a.ini:4: neither [section] nor key = value");
    assert_problem("a.ini:5: [a] x is there twice, first at ");
    assert_problem("a.ini:3; remove one");
    assert_problem("a.ini:6: no key");
    assert_problem("a.ini:7: a section header without ']'");
    assert_problem("a.ini:9: text behind a section header");
    assert_problem("a.ini:10: section [a] is there twice, first at ");
    assert_problem("a.ini:2; join them");
    assert_problem("a.ini:11: the line is not UTF-8");
    assert_problem("a.ini:12: a section header with no name");
    assert_problem("a.ini:14: neither");
    assert_string_equal(value(ini, "a", "x"), "1");
    bd_ini_free(ini);
}

static void a_line_may_have_4000_bytes_and_no_more(void **state)
{
    char text[4200];
    struct bd_ini *ini;

    (void)state;
    memset(text, 'v', sizeof(text));
    memcpy(text, "[a]\nx=", 6);
    memcpy(text + 4 + 4000, "\r\ny=1\n", 7);
    ini = read_text(text);
    assert_non_null(ini);
    assert_int_equal(problems.count, 0);
    assert_int_equal(strlen(value(ini, "a", "x")), 3998);
    bd_ini_free(ini);

    memcpy(text + 4 + 4000, "v\ny=1\n", 7);
    ini = read_text(text);
    assert_non_null(ini);
    assert_int_equal(problems.count, 1);
    assert_problem("a.ini:2: the line is longer than 4000 bytes");
    assert_null(value(ini, "a", "x"));
    assert_string_equal(value(ini, "a", "y"), "1");
    bd_ini_free(ini);
}

static void a_megabyte_in_one_line_is_one_problem(void **state)
{
    size_t n = (size_t)1024 * 1024;
    char *text = malloc(n);
    struct bd_ini *ini;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', n);
    ini = read_path(write_bytes("long.ini", text, n));
    free(text);
    assert_non_null(ini);
    assert_int_equal(problems.count, 1);
    assert_problem("long.ini:1: the line is longer");
    bd_ini_free(ini);
}

static void nul_bytes_end_the_reading(void **state)
{
    struct bd_ini *ini = read_path(write_bytes("n.ini", "[a]\nx=1\0 2\ny=\0\n", 15));

    (void)state;
    assert_non_null(ini);
    assert_int_equal(problems.count, 1);
    assert_problem("n.ini:2: the line holds NUL bytes");
    bd_ini_free(ini);
}

static void files_that_cannot_be_the_configuration_are_refused(void **state)
{
    size_t n = (size_t)1024 * 1024 + 1;
    char *text = calloc(1, n);

    (void)state;
    assert_non_null(text);
    memset(text, '\n', n);
    assert_null(read_path(in_folder("none.ini")));
    assert_problem("none.ini: there is no such file; give another with --config");
    assert_null(read_path(folder));
    assert_problem("is a directory");
    assert_int_equal(mkfifo(in_folder("fifo.ini"), 0600), 0);
    assert_null(read_path(in_folder("fifo.ini")));
    assert_problem("fifo.ini: is not a regular file");
    assert_null(read_path(write_bytes("big.ini", text, n)));
    assert_problem("big.ini: is larger than 1 MiB");
    assert_int_equal(chmod(write_text("open.ini", "[a]\n"), 0646), 0);
    assert_null(read_path(in_folder("open.ini")));
    assert_problem("open.ini: may be written by every user");
    assert_problem("chmod o-w");
    assert_int_equal(error.type, BD_ERR_CONFIG);
    free(text);
}

static void unreadable_file_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root may read every file\n");
        skip();
    }
    assert_int_equal(chmod(write_text("shut.ini", "[a]\n"), 0), 0);
    assert_null(read_path(in_folder("shut.ini")));
    assert_problem("shut.ini: may not be read");
}

static void an_empty_file_and_dev_null_are_fine(void **state)
{
    struct bd_ini *ini = read_text("");

    (void)state;
    assert_non_null(ini);
    bd_ini_free(ini);
    ini = read_path("/dev/null");
    assert_non_null(ini);
    assert_int_equal(bd_ini_count(ini), 0);
    assert_int_equal(problems.count, 0);
    bd_ini_free(ini);
}

static void set_wins_over_the_file(void **state)
{
    const char *const sets[] = {"a.x=2", "provider:m-2.5.model=q=1", "a.y=", "a.x=3"};
    const char *path = write_text("s.ini", "[a]\nx = 1\n");
    struct bd_ini *ini = NULL;

    (void)state;
    assert_int_equal(bd_ini_read(&ini, path, sets, 4, &problems, &error), 0);
    assert_int_equal(problems.count, 0);
    assert_int_equal(bd_ini_count(ini), 3);
    assert_string_equal(value(ini, "a", "x"), "3");
    assert_string_equal(bd_ini_find(ini, "a", "x")->origin, "--set");
    assert_string_equal(value(ini, "a", "y"), "");
    assert_string_equal(value(ini, "provider:m-2.5", "model"), "q=1");
    assert_string_equal(bd_ini_section_origin(ini, "provider:m-2.5"), "--set");
    bd_ini_free(ini);
}

static void a_set_of_another_form_is_a_problem(void **state)
{
    const char *const sets[] = {"", "x=1", ".x=1", "a.=1", "a.x", "=", "a=b.c"};
    struct bd_ini *ini = NULL;

    (void)state;
    assert_int_equal(bd_ini_read(&ini, NULL, sets, 7, &problems, &error), 0);
    assert_int_equal(problems.count, 7);
    assert_int_equal(bd_ini_count(ini), 0);
    assert_null(bd_ini_path(ini));
    assert_problem("--set: 'a.x' is not of the form section.key=value");
    bd_ini_free(ini);
}

static const char sample[] = "\xef\xbb\xbf[engine]\n"
                             "plugin_dir = /usr/lib/brandiag/plugins\n"
                             "workers    = auto            ; pool threads\n"
                             "[storage:store_sqlite]\r\n"
                             "path = /var/lib/brandiag/brandiag.db\n"
                             ";allow_private = yes\n"
                             "[provider:doubao]\n"
                             "base_url = https://ark.example/api/v3\n"
                             "note = 品牌\n  诊断 ; two lines\n";

static void a_damaged_text_never_crashes(void **state)
{
    static const char with[] = {'\0', '\n', '[', '\xff'};
    char text[sizeof(sample)];

    (void)state;
    for (size_t i = 0; i < sizeof(sample) - 1; i++)
        for (size_t k = 0; k <= sizeof(with); k++) {
            struct bd_ini *ini;

            memcpy(text, sample, sizeof(sample));
            if (k < sizeof(with))
                text[i] = with[k];
            ini = read_path(write_bytes("d.ini", text, /* cut, or one byte wrong */
                                        k < sizeof(with) ? sizeof(sample) - 1 : i));
            assert_non_null(ini);
            bd_ini_free(ini);
        }
}

static void a_problem_stays_one_clean_line(void **state)
{
    (void)state;
    bd_problems_add(&problems, "f:1", "a\nb\x1b[31mc\xff");
    bd_problems_add(&problems, NULL, "whole");
    assert_string_equal(problems.lines.data, "f:1: a bc\xef\xbf\xbd\nwhole\n");
    assert_int_equal(problems.count, 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(sections_keys_and_comments_are_read),
        CASE(every_entry_knows_its_line),
        CASE(windows_files_are_fine),
        CASE(all_faults_are_told_with_their_lines),
        CASE(a_line_may_have_4000_bytes_and_no_more),
        CASE(a_megabyte_in_one_line_is_one_problem),
        CASE(nul_bytes_end_the_reading),
        CASE(files_that_cannot_be_the_configuration_are_refused),
        CASE(unreadable_file_is_refused),
        CASE(an_empty_file_and_dev_null_are_fine),
        CASE(set_wins_over_the_file),
        CASE(a_set_of_another_form_is_a_problem),
        CASE(a_damaged_text_never_crashes),
        CASE(a_problem_stays_one_clean_line),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
