/* tests/base/test_harden.c - each case in a process of its own: there is no way back. */
#define _GNU_SOURCE /* memfd_create, setgroups */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/harden.h"

/* What look() returned in a child; only _exit(), so that no other test is told of it. */
static int in_child(int (*look)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(look());
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int is_dumpable(void)
{
    return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
}

static int hardened(void)
{
    struct rlimit r;

    if (!bd_process_harden())
        return 77; /* built with a sanitizer */
    return getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0 && r.rlim_max == 0 &&
                   !is_dumpable()
               ? 0
               : 1;
}

static void no_core_is_dumped_and_nobody_attaches(void **state)
{
    int rc = in_child(hardened);

    (void)state;
    if (rc == 77)
        skip();
    assert_int_equal(rc, 0);
}

static int left_alone(void)
{
    int before = is_dumpable();

    setenv("BRANDIAG_ALLOW_CORE", "1", 1);
    return !bd_process_harden() && is_dumpable() == before ? 0 : 1;
}

static void who_looks_for_a_fault_may_allow_it(void **state)
{
    (void)state;
    assert_int_equal(in_child(left_alone), 0);
}

static int other_words(void)
{
    setenv("BRANDIAG_ALLOW_CORE", "no", 1);
    return hardened();
}

static void only_1_allows_it(void **state)
{
    int rc = in_child(other_words);

    (void)state;
    if (rc == 77)
        skip();
    assert_int_equal(rc, 0);
}

/* As the program itself does: its own file, and a copy of a plugin. As root everything
 * may be opened anyway, so root becomes somebody else first. */
static int own_proc(void)
{
    char path[64], exe[256];
    int fd;

    if (geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
        return 2;
    if (!bd_process_harden())
        return 77;
    if (readlink("/proc/self/exe", exe, sizeof(exe)) <= 0)
        return 3;
    fd = memfd_create("copy", MFD_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (fd < 0 || access(path, R_OK) != 0 || open(path, O_RDONLY | O_CLOEXEC) < 0)
        return 4;
    return open("/proc/self/maps", O_RDONLY | O_CLOEXEC) < 0 ? 5 : 0;
}

static void the_process_still_finds_itself_in_proc(void **state)
{
    int rc = in_child(own_proc);

    (void)state;
    if (rc == 77)
        skip();
    assert_int_equal(rc, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_core_is_dumped_and_nobody_attaches),
        cmocka_unit_test(who_looks_for_a_fault_may_allow_it),
        cmocka_unit_test(only_1_allows_it),
        cmocka_unit_test(the_process_still_finds_itself_in_proc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
