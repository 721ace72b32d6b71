/* tests/runtime/test_secret.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "runtime/folder.h"
#include "runtime/secret.h"

#define KEY "sk-0123456789abcdef"

static struct bd_error error;

static char *from_env(const char *variable)
{
    char *key = NULL;

    error = (struct bd_error){0};
    return bd_secret_env(&key, variable, &error) < 0 ? NULL : key;
}

static char *from_path(const char *path)
{
    char *key = NULL;

    error = (struct bd_error){0};
    return bd_secret_file(&key, path, &error) < 0 ? NULL : key;
}

static char *from_bytes(const void *bytes, size_t n)
{
    const char *path = write_bytes("key", bytes, n);

    assert_int_equal(chmod(path, 0600), 0);
    return from_path(path);
}

static void assert_error(int code, const char *part)
{
    assert_int_equal(error.type, BD_ERR_CONFIG);
    assert_int_equal(error.code, code);
    if (!strstr(error.message, part))
        fail_msg("no '%s' in '%s'", part, error.message);
}

static void a_variable_gives_its_key_and_keeps_it(void **state)
{
    char *key;

    (void)state;
    assert_int_equal(setenv("ODD_KEY", KEY, 1), 0);
    for (int i = 0; i < 2; i++) { /* the next generation asks again */
        key = from_env("ODD_KEY");
        assert_non_null(key);
        assert_string_equal(key, KEY);
        bd_secret_free(key);
    }
    bd_secret_free(NULL);
}

static void a_variable_that_is_not_there_is_named_with_the_remedy(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("ODD_KEY"), 0);
    assert_null(from_env("ODD_KEY"));
    assert_error(ENOENT, "variable ODD_KEY is not set; export it");
    assert_int_equal(setenv("ODD_KEY", "", 1), 0);
    assert_null(from_env("ODD_KEY"));
    assert_error(ENOENT, "variable ODD_KEY is empty");
}

static void a_key_in_place_of_a_name_is_not_shown(void **state)
{
    (void)state;
    assert_null(from_env(KEY));
    assert_error(EINVAL, "not the key itself");
    assert_null(strstr(error.message, "0123456789"));
    assert_null(from_env(""));
    assert_null(from_env("1A"));
}

static void keys_that_would_break_a_header_are_refused(void **state)
{
    static const char *const bad[] = {KEY "\r\nX: 1", KEY "\n",   "a b",
                                      "\t" KEY,       KEY "\x7f", "密钥"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(setenv("ODD_KEY", bad[i], 1), 0);
        assert_null(from_env("ODD_KEY"));
        assert_error(EILSEQ, "must hold the key alone");
        assert_null(strstr(error.message, "0123456789"));
    }
    assert_null(from_bytes(KEY "\0x", sizeof(KEY) + 1));
    assert_error(EILSEQ, "must hold the key alone");
    assert_null(from_bytes(KEY "\n\n", sizeof(KEY) + 1));
    assert_error(EILSEQ, "must hold the key alone");
}

static void a_file_gives_its_key_without_the_newline(void **state)
{
    static const char *const texts[] = {KEY, KEY "\n", KEY "\r\n"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *key = from_bytes(texts[i], strlen(texts[i]));

        if (!key)
            fail_msg("%s", error.message);
        assert_string_equal(key, KEY);
        bd_secret_free(key);
    }
}

static void the_longest_key_has_4096_bytes(void **state)
{
    char text[4100], *key;

    (void)state;
    memset(text, 'k', sizeof(text));
    memcpy(text + 4096, "\r\n", 2);
    key = from_bytes(text, 4098);
    assert_non_null(key);
    assert_int_equal(strlen(key), 4096);
    bd_secret_free(key);
    text[4096] = 'k';
    assert_null(from_bytes(text, 4097));
    assert_error(EFBIG, "more than 4 KiB");
    assert_null(from_bytes(text, 4100));
    assert_error(EFBIG, "more than 4 KiB");
    assert_null(from_bytes("\n", 1));
    assert_error(ENOENT, "is empty");
    assert_null(from_bytes("", 0));
    assert_error(ENOENT, "is empty");
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    static const int modes[] = {0640, 0604, 0644, 0610, 0620, 0601};
    const char *path = write_text("key", KEY);

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        assert_int_equal(chmod(path, (mode_t)modes[i]), 0);
        assert_null(from_path(path));
        assert_error(EACCES, "is open to other users; run chmod 600 ");
        assert_non_null(strstr(error.message, path));
    }
    assert_int_equal(chmod(path, 0400), 0);
    bd_secret_free(from_path(path));
    assert_int_equal(error.type, BD_ERR_NONE);
}

static void what_is_no_file_of_ours_is_refused(void **state)
{
    (void)state;
    assert_null(from_path(in_folder("none")));
    assert_error(ENOENT, "there is no key file");
    assert_null(from_path(folder));
    assert_error(EINVAL, "is not a regular file");
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_null(from_path(in_folder("fifo")));
    assert_error(EINVAL, "is not a regular file");
    if (geteuid() != 0)
        return; /* only root can give a file away */
    assert_int_equal(chmod(write_text("theirs", KEY), 0600), 0);
    assert_int_equal(chown(in_folder("theirs"), 12345, 12345), 0);
    assert_null(from_path(in_folder("theirs")));
    assert_error(EPERM, "belongs to user 12345");
}

static void people_see_the_ends_of_a_key(void **state)
{
    static const struct {
        const char *key, *want;
    } cases[] = {{"sk-0123456789abcdef", "sk-...cdef"},
                 {"0123456789abcdef", "...cdef"},
                 {"nodash-0123456789abc", "...9abc"},
                 {"sk-short", "***"},
                 {"", "***"}};
    char out[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bd_secret_mask(cases[i].key, out, sizeof(out));
        assert_string_equal(out, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_gives_its_key_and_keeps_it),
        cmocka_unit_test(a_variable_that_is_not_there_is_named_with_the_remedy),
        cmocka_unit_test(a_key_in_place_of_a_name_is_not_shown),
        cmocka_unit_test(keys_that_would_break_a_header_are_refused),
        cmocka_unit_test(a_file_gives_its_key_without_the_newline),
        cmocka_unit_test(the_longest_key_has_4096_bytes),
        cmocka_unit_test(a_file_that_others_may_read_is_refused),
        cmocka_unit_test(what_is_no_file_of_ours_is_refused),
        cmocka_unit_test(people_see_the_ends_of_a_key),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
