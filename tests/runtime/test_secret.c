/* tests/runtime/test_secret.c */
#define _GNU_SOURCE /* environ, memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "runtime/arena.h"
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

static void the_environment_keeps_nothing_of_it(void **state)
{
    char *key;

    (void)state;
    assert_int_equal(setenv("ODD_KEY", KEY, 1), 0);
    key = from_env("ODD_KEY");
    assert_non_null(key);
    for (char **e = environ; *e; e++)
        assert_null(strstr(*e, "0123456789abcdef"));
    assert_string_equal(getenv("ODD_KEY"), "*");
    bd_secret_free(key);
}

static void a_variable_that_is_set_anew_is_taken_anew(void **state)
{
    static const char *const values[] = {KEY, "sk-another", KEY, "*", "sk-last"};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        assert_int_equal(setenv("ODD_KEY", values[i], 1), 0);
        for (int again = 0; again < 3; again++) {
            char *key = from_env("ODD_KEY");

            assert_non_null(key);
            assert_string_equal(key, values[i]);
            bd_secret_free(key);
        }
    }
    assert_int_equal(setenv("ODD_KEY", "", 1), 0);
    assert_null(from_env("ODD_KEY"));
    assert_error(ENOENT, "variable ODD_KEY is empty");
    assert_int_equal(setenv("ODD_KEY", KEY, 1), 0);
    bd_secret_free(from_env("ODD_KEY"));
    assert_int_equal(unsetenv("ODD_KEY"), 0);
    assert_null(from_env("ODD_KEY"));
    assert_error(ENOENT, "variable ODD_KEY is not set");
}

static void what_is_no_key_leaves_the_environment_too(void **state)
{
    (void)state;
    assert_int_equal(setenv("ODD_KEY", KEY "\n", 1), 0);
    for (int i = 0; i < 2; i++) {
        assert_null(from_env("ODD_KEY"));
        assert_error(EILSEQ, "must hold the key alone");
        assert_string_equal(getenv("ODD_KEY"), "*");
    }
}

static void a_copy_outlives_the_first(void **state)
{
    char *key = from_bytes(KEY, strlen(KEY)), *copy = NULL;

    (void)state;
    assert_non_null(key);
    assert_int_equal(bd_secret_copy(&copy, key, &error), 0);
    bd_secret_free(key);
    assert_string_equal(copy, KEY);
    bd_secret_free(copy);
}

static void a_freed_key_is_wiped(void **state)
{
    char *key = from_bytes(KEY, strlen(KEY));

    (void)state;
    assert_non_null(key);
    bd_secret_free(key); /* its page stays: it may be looked at */
    for (size_t i = 0; i < sizeof(KEY); i++)
        assert_int_equal(key[i], '\0');
}

/* The line of VmFlags in smaps of the mapping that holds p. */
static void read_flags(const void *p, char *out, size_t size)
{
    FILE *f = fopen("/proc/self/smaps", "re");
    char line[512];
    bool inside = false;

    assert_non_null(f);
    out[0] = '\0';
    while (!out[0] && fgets(line, sizeof(line), f)) {
        unsigned long from, to;

        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (uintptr_t)p >= from && (uintptr_t)p < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(out, size, "%.*s ", (int)strcspn(line, "\n"), line);
    }
    fclose(f);
}

static void a_key_lies_in_memory_that_is_not_dumped(void **state)
{
    char *key = from_bytes(KEY, strlen(KEY)), flags[600];

    (void)state;
    assert_non_null(key);
    read_flags(key, flags, sizeof(flags));
    if (!flags[0])
        skip();                             /* a kernel without VmFlags */
    assert_non_null(strstr(flags, " dd ")); /* not dumped */
    assert_non_null(strstr(flags, " wf ")); /* wiped in a child of fork() */
    bd_secret_free(key);
}

static void a_child_of_fork_has_no_keys(void **state)
{
    char *key = from_bytes(KEY, strlen(KEY));
    int status = -1;
    pid_t child;

    (void)state;
    assert_non_null(key);
    child = fork();
    if (child == 0)
        _exit(key[0] == '\0' ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_string_equal(key, KEY);
    bd_secret_free(key);
}

static void the_room_is_used_again_and_has_an_end(void **state)
{
    static char *taken[4096];
    size_t before = bd__arena_used(), n = 0;
    char long_key[4000];

    (void)state;
    memset(long_key, 'k', sizeof(long_key) - 1);
    long_key[sizeof(long_key) - 1] = '\0';
    for (int round = 0; round < 3; round++) {
        for (n = 0; bd_secret_copy(&taken[n], n % 2 ? long_key : KEY, &error) == 0; n++)
            ;
        assert_in_range(n, 100, 4095);
        assert_int_equal(error.type, BD_ERR_INTERNAL);
        assert_non_null(strstr(error.message, "256 KiB"));
        for (size_t i = 0; i < n; i++)
            assert_string_equal(taken[i], i % 2 ? long_key : KEY);
        for (size_t i = 0; i < n; i += 2)
            bd_secret_free(taken[i]);
        for (size_t i = 1; i < n; i += 2)
            bd_secret_free(taken[i]);
        assert_int_equal(bd__arena_used(), before);
    }
}

/* In a program of its own, which has the key from its start. */
static int look_into_proc(void)
{
    char *key = NULL, text[65536];
    ssize_t n, all = 0;
    int fd;

    if (bd_secret_env(&key, "ODD_KEY", &error) < 0 || strcmp(key, KEY) != 0)
        return 2;
    fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 3;
    while ((n = read(fd, text + all, sizeof(text) - (size_t)all)) > 0)
        all += n;
    close(fd);
    bd_secret_free(key);
    if (!memmem(text, (size_t)all, "ODD_KEY=*", 9))
        return 4;
    return memmem(text, (size_t)all, KEY, 8) ? 5 : 0;
}

static void proc_environ_does_not_show_it(void **state)
{
    char *const argv[] = {"test_secret", "look-into-proc", NULL};
    char *const env[] = {"ODD_KEY=" KEY, "PATH=/usr/bin:/bin", NULL};
    int status = -1;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        execve("/proc/self/exe", argv, env);
        _exit(9);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
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

static void a_credential_of_systemd_may_show_rights_of_the_group(void **state)
{
    const char *path = write_text("credential", KEY);

    (void)state;
    if (geteuid() != 0)
        skip(); /* only root has files of root */
    assert_int_equal(chmod(path, 0440), 0);
    assert_null(from_path(path));
    assert_error(EACCES, "is open to other users");
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    bd_secret_free(from_path(path));
    assert_int_equal(error.type, BD_ERR_NONE);
    assert_int_equal(chmod(path, 0444), 0);
    assert_null(from_path(path));
    assert_int_equal(chmod(path, 0460), 0);
    assert_null(from_path(path));
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(chown(path, 12345, 0), 0);
    assert_null(from_path(path));
    assert_int_equal(chown(path, 0, 0), 0);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "/nowhere", 1), 0);
    assert_null(from_path(path));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_gives_its_key_and_keeps_it),
        cmocka_unit_test(the_environment_keeps_nothing_of_it),
        cmocka_unit_test(a_variable_that_is_set_anew_is_taken_anew),
        cmocka_unit_test(what_is_no_key_leaves_the_environment_too),
        cmocka_unit_test(proc_environ_does_not_show_it),
        cmocka_unit_test(a_copy_outlives_the_first),
        cmocka_unit_test(a_freed_key_is_wiped),
        cmocka_unit_test(a_key_lies_in_memory_that_is_not_dumped),
        cmocka_unit_test(a_child_of_fork_has_no_keys),
        cmocka_unit_test(the_room_is_used_again_and_has_an_end),
        cmocka_unit_test(a_variable_that_is_not_there_is_named_with_the_remedy),
        cmocka_unit_test(a_key_in_place_of_a_name_is_not_shown),
        cmocka_unit_test(keys_that_would_break_a_header_are_refused),
        cmocka_unit_test(a_file_gives_its_key_without_the_newline),
        cmocka_unit_test(the_longest_key_has_4096_bytes),
        cmocka_unit_test(a_file_that_others_may_read_is_refused),
        cmocka_unit_test(a_credential_of_systemd_may_show_rights_of_the_group),
        cmocka_unit_test(what_is_no_file_of_ours_is_refused),
        cmocka_unit_test(people_see_the_ends_of_a_key),
    };

    if (argc > 1 && strcmp(argv[1], "look-into-proc") == 0)
        return look_into_proc();
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
