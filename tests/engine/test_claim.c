/* Who may work on a storage at the same time. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/claim.h"
#include "runtime/folder.h"

static struct bd_error err;

static void many_work_beside_each_other(void **state)
{
    const char *path = in_folder("many.db");
    int a, b;

    (void)state;
    assert_int_equal(bd__claim(&a, path, false, &err), 0);
    assert_int_equal(bd__claim(&b, path, false, &err), 0);
    assert_true(a >= 0 && b >= 0 && a != b);
    bd__claim_drop(a);
    bd__claim_drop(b);
}

static void who_works_alone_refuses_all_others_and_is_named(void **state)
{
    const char *path = in_folder("alone.db");
    char pid[40];
    int a, b;

    (void)state;
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    assert_int_equal(bd__claim(&a, path, true, &err), 0);
    assert_int_equal(bd__claim(&b, path, false, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    assert_non_null(strstr(err.message, pid));
    assert_non_null(strstr(err.message, path));
    assert_int_equal(b, -1);
    assert_int_equal(bd__claim(&b, path, true, &err), -1);
    assert_int_equal(err.code, EBUSY);
    bd__claim_drop(a);
    assert_int_equal(bd__claim(&b, path, true, &err), 0);
    bd__claim_drop(b);
}

static void nobody_is_alone_where_somebody_works(void **state)
{
    const char *path = in_folder("taken.db");
    int a, b;

    (void)state;
    assert_int_equal(bd__claim(&a, path, false, &err), 0);
    assert_int_equal(bd__claim(&b, path, true, &err), -1);
    assert_non_null(strstr(err.message, "another brandiag"));
    bd__claim_drop(a);
    assert_int_equal(bd__claim(&b, path, true, &err), 0);
    bd__claim_drop(b);
}

/* However it ends: the lock is the process's. */
static void a_claim_ends_with_its_process(void **state)
{
    const char *path = in_folder("crash.db");
    int fd, ends[2];
    pid_t child;
    char c;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)(bd__claim(&fd, path, true, &err) == 0 && write(ends[1], "x", 1) == 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ends[0], &c, 1), 1);
    assert_int_equal(bd__claim(&fd, path, false, &err), -1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(bd__claim(&fd, path, true, &err), 0);
    bd__claim_drop(fd);
    close(ends[0]);
    close(ends[1]);
}

static void no_file_needs_no_claim_and_a_wrong_folder_is_said_by_the_storage(void **state)
{
    int fd = 7;

    (void)state;
    assert_int_equal(bd__claim(&fd, NULL, true, &err), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(bd__claim(&fd, "/nowhere/at/all.db", true, &err), 0);
    assert_int_equal(fd, -1);
    bd__claim_drop(-1);
}

static void a_link_in_its_place_is_not_followed(void **state)
{
    const char *path = in_folder("link.db"), *other = in_folder("other");
    int fd;

    (void)state;
    assert_int_equal(symlink(other, in_folder("link.db.lock")), 0);
    assert_int_equal(bd__claim(&fd, path, true, &err), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(access(other, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_work_beside_each_other),
        cmocka_unit_test(who_works_alone_refuses_all_others_and_is_named),
        cmocka_unit_test(nobody_is_alone_where_somebody_works),
        cmocka_unit_test(a_claim_ends_with_its_process),
        cmocka_unit_test(
            no_file_needs_no_claim_and_a_wrong_folder_is_said_by_the_storage),
        cmocka_unit_test(a_link_in_its_place_is_not_followed),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
