/* tests/engine/test_token.c */
#define _GNU_SOURCE /* clock_gettime */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/token.h"
#include "runtime/folder.h"

#define TOKEN "0123456789abcdef0123456789ABCDEF"

static struct bd_token token;
static struct bd_error error;

static int read_token(const char *text, int mode)
{
    const char *path = write_text("token", text);

    error = (struct bd_error){0};
    assert_int_equal(chmod(path, (mode_t)mode), 0);
    return bd_token_read(&token, path, &error);
}

static void assert_refused(int rc, const char *part)
{
    assert_int_equal(rc, -1);
    assert_int_equal(error.type, BD_ERR_CONFIG);
    if (!strstr(error.message, part))
        fail_msg("no '%s' in '%s'", part, error.message);
    assert_null(strstr(error.message, "0123456789"));
}

static void a_token_is_read_from_its_file(void **state)
{
    static const int modes[] = {0600, 0400};

    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(read_token(TOKEN "\n", modes[i]), 0);
    assert_true(bd_token_matches(&token, TOKEN, strlen(TOKEN)));
}

static void only_the_whole_token_matches(void **state)
{
    static const char *const wrong[] = {
        "",
        (TOKEN "0"),
        (TOKEN "\n"),
        (" " TOKEN),
        "0123456789abcdef0123456789ABCDEE", /* the last */
        "1123456789abcdef0123456789ABCDEF", /* the first */
        "0123456789abcdef0123456789ABCDE",
        "0123456789ABCDEF0123456789ABCDEF",
    };
    static char huge[BD_TOKEN_MAX + 1];

    (void)state;
    assert_int_equal(read_token(TOKEN, 0600), 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (bd_token_matches(&token, wrong[i], strlen(wrong[i])))
            fail_msg("'%s'", wrong[i]);
    assert_false(bd_token_matches(&token, huge, sizeof(huge)));
    assert_false(bd_token_matches(&token, TOKEN, 31));
    assert_true(bd_token_matches(&token, TOKEN "more", 32));
}

static void what_could_be_guessed_or_read_by_others_is_refused(void **state)
{
    (void)state;
    assert_refused(read_token("0123456789abcdef0123456789ABCDE", 0600),
                   "openssl rand -hex 32");
    assert_refused(read_token("0123456789abcdef0123456789ABCDE", 0600), "31 characters");
    assert_refused(read_token(TOKEN, 0640), "chmod 600");
    assert_refused(read_token(TOKEN, 0604), "chmod 600");
    assert_refused(read_token("", 0600), "openssl rand -hex 32");
    assert_refused(read_token(TOKEN " " TOKEN, 0600), "the key alone");
    assert_refused(read_token(TOKEN "\r\nX: y", 0600), "the key alone");
    assert_refused(read_token(TOKEN "\n" TOKEN "\n", 0600), "the key alone");
    assert_refused(bd_token_read(&token, in_folder("none"), &error),
                   "openssl rand -hex 32");
}

static void the_file_must_be_ours(void **state)
{
    const char *path = write_text("theirs", TOKEN);

    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can give a file away */
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_refused(bd_token_read(&token, path, &error), "belongs to user 12345");
}

/* Timing. Both wrong tokens are asked in turn, so that whatever else the machine does
 * falls on both; and the medians may differ by half, where a comparison that stops at the
 * first difference of 4,000 bytes would take a multiple. */

enum { ROUNDS = 4001, LONG = 4000 };

static int64_t ask(const char *text)
{
    struct timespec a, b;

    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 4; i++)
        assert_false(bd_token_matches(&token, text, LONG));
    clock_gettime(CLOCK_MONOTONIC, &b);
    return (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(int64_t *v)
{
    qsort(v, ROUNDS, sizeof(*v), by_value);
    return v[ROUNDS / 2];
}

static void where_a_guess_is_wrong_cannot_be_told_from_the_time(void **state)
{
    static int64_t first[ROUNDS], last[ROUNDS];
    static char right[LONG + 1], wrong_first[LONG + 1], wrong_last[LONG + 1];
    int64_t a, b;

    (void)state;
    memset(right, 'k', LONG);
    memcpy(wrong_first, right, LONG);
    memcpy(wrong_last, right, LONG);
    wrong_first[0] = 'x';
    wrong_last[LONG - 1] = 'x';
    assert_int_equal(read_token(right, 0600), 0);
    for (int i = 0; i < ROUNDS; i++) {
        first[i] = ask(i % 2 ? wrong_first : wrong_last);
        last[i] = ask(i % 2 ? wrong_last : wrong_first);
        if (i % 2 == 0) { /* each goes first every other time */
            int64_t t = first[i];

            first[i] = last[i];
            last[i] = t;
        }
    }
    a = median(first);
    b = median(last);
    print_message("median of 4 comparisons: first byte wrong %lld ns, last %lld ns\n",
                  (long long)a, (long long)b);
    assert_true(a < b + b / 2 && b < a + a / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_read_from_its_file),
        cmocka_unit_test(only_the_whole_token_matches),
        cmocka_unit_test(what_could_be_guessed_or_read_by_others_is_refused),
        cmocka_unit_test(the_file_must_be_ours),
        cmocka_unit_test(where_a_guess_is_wrong_cannot_be_told_from_the_time),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
