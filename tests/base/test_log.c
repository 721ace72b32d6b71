/* tests/base/test_log.c - what reaches stderr, read back from a file in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"

#define THREADS 4
#define LINES   200

static FILE *file;
static int real_stderr;
static char text[1 << 18];

static int catch_stderr(void **state)
{
    (void)state;
    file = tmpfile();
    real_stderr = dup(STDERR_FILENO);
    return file && dup2(fileno(file), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_back_stderr(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    (void)fclose(file);
    bd_log_setup(BD_LOG_INFO, 0);
    return 0;
}

static const char *caught(void)
{
    ssize_t n = pread(fileno(file), text, sizeof(text) - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void a_line_says_when_how_bad_and_who(void **state)
{
    (void)state;
    bd_log_setup(BD_LOG_INFO, 0);
    bd_log(BD_LOG_WARNING, "engine", "breaker %s", "open");
    assert_int_equal(caught()[24], ' ');
    assert_string_equal(caught() + 25, "warning engine: breaker open\n");
}

static void below_the_level_nothing_is_written(void **state)
{
    (void)state;
    bd_log_setup(BD_LOG_ERROR, 0);
    bd_log(BD_LOG_WARNING, "engine", "no");
    bd_log_setup(BD_LOG_OFF, 0);
    bd_log(BD_LOG_ERROR, "engine", "no");
    assert_false(bd_log_enabled(BD_LOG_ERROR));
    assert_string_equal(caught(), "");
}

static void a_message_cannot_forge_a_second_line(void **state)
{
    (void)state;
    bd_log_setup(BD_LOG_INFO, 0);
    bd_log(BD_LOG_INFO, "engine", "a\nb\r\033[31mc\xff");
    assert_string_equal(caught() + 25, "info    engine: a bc\xef\xbf\xbd\n");
}

static void json_lines_are_json(void **state)
{
    struct bd_error err;
    json_t *o;

    (void)state;
    bd_log_setup(BD_LOG_DEBUG, 1);
    bd_log(BD_LOG_DEBUG, "engine", "\"车\"\n\xff");
    o = bd_json_parse(caught(), strlen(caught()), "test", &err);
    assert_non_null(o);
    assert_string_equal(bd_json_text(o, "level", ""), "debug");
    assert_string_equal(bd_json_text(o, "message", ""), "\"车\"\n\xef\xbf\xbd");
    assert_string_equal(strchr(caught(), '\n'), "\n");
    json_decref(o);
}

/* In JSON each of these bytes becomes six: the line must still be one whole object. */
static void a_message_of_any_size_is_one_whole_line(void **state)
{
    static char large[9000];
    struct bd_error err;
    json_t *o;

    (void)state;
    for (size_t n = 4000; n < sizeof(large); n += 4800) {
        assert_int_equal(ftruncate(fileno(file), 0), 0);
        (void)lseek(fileno(file), 0, SEEK_SET);
        memset(large, '\001', n);
        bd_log_setup(BD_LOG_INFO, 1);
        bd_log(BD_LOG_INFO, "engine", "%s", large);
        o = bd_json_parse(caught(), strlen(caught()), "test", &err);
        assert_non_null(o);
        json_decref(o);
    }
}

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        bd_log(BD_LOG_INFO, "engine", "%s", (const char *)arg);
    return NULL;
}

static void lines_of_several_threads_do_not_mix(void **state)
{
    static char words[THREADS][41];
    pthread_t threads[THREADS];
    int lines = 0;

    (void)state;
    bd_log_setup(BD_LOG_INFO, 0);
    for (int i = 0; i < THREADS; i++) {
        memset(words[i], 'a' + i, 40);
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, words[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (const char *s = caught(); *s; s = strchr(s, '\n') + 1, lines++) {
        const char *word = s + 25 + strlen("info    engine: ");

        assert_memory_equal(word, words[word[0] - 'a'], 40);
        assert_int_equal(word[40], '\n');
    }
    assert_int_equal(lines, THREADS * LINES);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, catch_stderr, give_back_stderr)
    const struct CMUnitTest tests[] = {
        CASE(a_line_says_when_how_bad_and_who),
        CASE(below_the_level_nothing_is_written),
        CASE(a_message_cannot_forge_a_second_line),
        CASE(json_lines_are_json),
        CASE(a_message_of_any_size_is_one_whole_line),
        CASE(lines_of_several_threads_do_not_mix),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
