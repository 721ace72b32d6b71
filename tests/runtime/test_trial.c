/* tests/runtime/test_trial.c - plugins that crash, hang or lie, tried by the program
 * itself in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/folder.h"
#include "runtime/sanitized.h"
#include "runtime/trial.h"

#define BUILT   BD_BUILD_DIR "/tests/plugins/"
#define PROGRAM BD_BUILD_DIR "/bin/brandiag"
#define LONG_MS 60000 /* no trial here takes so long unless it hangs */

static struct bd_error error;

static int begin(void **state)
{
    bd_thread_is(BD_MAIN, "main");
    crashes_are_crashes();
    return make_folder(state);
}

static int count_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static int run(const char *program, const char *name, const char *file, int64_t limit_ms)
{
    struct bd__trial t = {.program = program, .name = name, .limit_ms = limit_ms};
    int rc, fds;

    error = (struct bd_error){0};
    t.fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(t.fd >= 0);
    fds = count_fds();
    rc = bd__trial_run(&t, &error);
    assert_int_equal(count_fds(), fds);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    close(t.fd);
    return rc;
}

static int try(const char *name, int64_t limit_ms)
{
    char file[512];

    snprintf(file, sizeof(file), BUILT "%s.so", name);
    return run(PROGRAM, name, file, limit_ms);
}

static void assert_refused(const char *name, const char *reason)
{
    if (try(name, LONG_MS) == 0)
        fail_msg("%s was found good", name);
    if (!strstr(error.message, reason))
        fail_msg("%s: no '%s' in '%s'", name, reason, error.message);
    assert_int_equal(error.type, BD_ERR_PLUGIN);
}

static void good_plugins_pass(void **state)
{
    static const char *const names[] = {"good",     "store_good", "odd_larger",
                                        "from_1_0", "odd_open",   "odd_gullible"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (try(names[i], LONG_MS) < 0)
            fail_msg("%s: %s", names[i], error.message);
}

static void a_crash_is_told_by_its_signal(void **state)
{
    (void)state;
    assert_refused("odd_crash", "it crashed in a trial: signal 11 (SIGSEGV)");
    assert_int_equal(error.code, SIGSEGV);
    assert_refused("odd_abort", "it crashed in a trial: signal 6 (SIGABRT)");
}

static void a_plugin_that_does_not_come_back_is_refused_in_time(void **state)
{
    int64_t start_ms = bd_clock_ms();

    (void)state;
    assert_int_equal(try("odd_sleep", 200), -1);
    assert_string_equal(error.message, "it did not come back from a trial within 200 ms");
    assert_int_equal(try("odd_loud", 200), -1); /* a full pipe holds up nobody */
    assert_string_equal(error.message, "it did not come back from a trial within 200 ms");
    assert_in_range(bd_clock_ms() - start_ms, 400, LONG_MS / 2);
}

static void what_it_started_ends_with_it(void **state)
{
    int64_t start_ms = bd_clock_ms();

    (void)state;
    assert_int_equal(try("odd_leaves", LONG_MS), 0); /* its child keeps our pipe open */
    assert_true(bd_clock_ms() - start_ms < LONG_MS / 2);
}

static void ending_the_process_is_no_success(void **state)
{
    (void)state;
    assert_refused("odd_quits", "its trial ended with exit code 0 and no verdict");
}

static void what_cannot_be_unloaded_is_refused(void **state)
{
    (void)state;
    if (sanitized())
        skip(); /* plugins stay loaded there, on purpose */
    assert_refused("odd_stays", "in a trial: could never be unloaded");
    assert_refused("odd_key", "it crashed in a trial: signal 11 (SIGSEGV)");
}

static void what_does_not_load_is_refused_with_its_last_line(void **state)
{
    (void)state;
    assert_refused("odd_undefined", "in a trial: the dynamic linker refuses it: "
                                    "undefined symbol: nobody_has_this");
    assert_refused("odd_name", "is called 'even'");
    assert_int_equal(run(PROGRAM, "text", write_text("text.so", "#!/bin/sh\n"), LONG_MS),
                     -1);
    assert_non_null(strstr(error.message, "in a trial: not a shared object"));
    assert_int_equal(run(PROGRAM, "fd", "/dev/null", LONG_MS), -1);
    assert_non_null(strstr(error.message, "is of no plugin's copy"));
}

static const char *script(const char *name, const char *text)
{
    const char *path = write_text(name, text);

    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

/* Any program will do to see what it gets, and what becomes of what it says. */
static void the_child_gets_no_keys_and_no_other_descriptors(void **state)
{
    const char *path = script("spy", "#!/bin/sh\n"
                                     "env | cut -d= -f1 | sort | tr '\\n' ' ' >&2\n"
                                     "echo \"$@\" $(ls /proc/$$/fd) >&2; exit 3\n");
    int other = open("/dev/null", O_RDONLY); /* not CLOEXEC */

    (void)state;
    assert_int_equal(setenv("ODD_KEY", "sk-1", 1), 0);
    assert_int_equal(run(path, "good", BUILT "good.so", LONG_MS), -1);
    close(other);
    assert_int_equal(error.code, 3);
    assert_null(strstr(error.message, "ODD_KEY"));
    assert_non_null(strstr(error.message, "LC_ALL "));
    assert_non_null(strstr(error.message, "PATH "));
    assert_non_null(strstr(error.message, "plugins try good 0 1 "));
    assert_null(strstr(error.message, " 11 "));
}

/* Whoever holds the FIFO open for writing keeps its reader from seeing the end. */
static void a_child_of_the_child_is_ended_too(void **state)
{
    struct pollfd p = {.events = POLLIN};
    const char *path;
    char text[300];

    (void)state;
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    p.fd = open(in_folder("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    snprintf(text, sizeof(text), "#!/bin/sh\nexec 4>%s\nsleep 1000 &\nexit 9\n",
             in_folder("fifo"));
    path = script("parent", text);
    assert_int_equal(run(path, "x", "/dev/null", LONG_MS), -1);
    assert_int_equal(error.code, 9);
    assert_int_equal(poll(&p, 1, LONG_MS), 1);
    assert_true(p.revents & POLLHUP);
    close(p.fd);
}

static void last_words_are_cleaned_and_cut(void **state)
{
    static const char escape[] =
        "#!/bin/sh\n"
        "printf 'first\\n\\033[31mred\\377 end\\n\\n' >&2; exit 1\n";
    static const char flood[] = "#!/bin/sh\n"
                                "i=0; while [ $i -lt 3000 ]; do printf '%s' 0123456789; "
                                "i=$((i+1)); done >&2; exit 1\n";

    (void)state;
    assert_int_equal(run(script("red", escape), "x", "/dev/null", LONG_MS), -1);
    assert_string_equal(error.message, "in a trial: red\xef\xbf\xbd end");
    assert_int_equal(run(script("long", flood), "x", "/dev/null", LONG_MS), -1);
    assert_in_range(strlen(error.message), 200, 260);
    assert_int_equal(
        run(script("mute", "#!/bin/sh\nexit 7\n"), "x", "/dev/null", LONG_MS), -1);
    assert_non_null(strstr(error.message, "exit code 7 and no verdict"));
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(run(in_folder("nothing"), "x", "/dev/null", LONG_MS), -1);
    assert_non_null(strstr(error.message, "cannot start a process for a trial"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_plugins_pass),
        cmocka_unit_test(a_crash_is_told_by_its_signal),
        cmocka_unit_test(a_plugin_that_does_not_come_back_is_refused_in_time),
        cmocka_unit_test(what_it_started_ends_with_it),
        cmocka_unit_test(ending_the_process_is_no_success),
        cmocka_unit_test(what_cannot_be_unloaded_is_refused),
        cmocka_unit_test(what_does_not_load_is_refused_with_its_last_line),
        cmocka_unit_test(the_child_gets_no_keys_and_no_other_descriptors),
        cmocka_unit_test(a_child_of_the_child_is_ended_too),
        cmocka_unit_test(last_words_are_cleaned_and_cut),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, begin, remove_folder);
}
