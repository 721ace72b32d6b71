/* tests/runtime/test_module.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/thread.h"
#include "bd/provider.h"
#include "runtime/folder.h"
#include "runtime/module.h"
#include "runtime/sanitized.h"

#define BUILT BD_BUILD_DIR "/tests/plugins/"

static struct bd_error error;

static int begin(void **state)
{
    bd_thread_is(BD_MAIN, "main");
    return make_folder(state);
}

/* A copy of a built plugin in the test's folder, under another name if `as` is given. */
static const char *take(const char *name, const char *as)
{
    char from[512];
    size_t n;
    char *bytes;
    const char *path;

    snprintf(from, sizeof(from), BUILT "%s.so", name);
    bytes = read_bytes(from, &n);
    path = write_bytes(as ? as : strrchr(from, '/') + 1, bytes, n);
    free(bytes);
    return path;
}

static struct bd_module *load(const char *path)
{
    struct bd_module *m = NULL;

    error = (struct bd_error){0};
    return bd_module_load(&m, path, &error) < 0 ? NULL : m;
}

static void assert_refused(const char *path, const char *reason)
{
    struct bd_module *m = load(path);

    if (m)
        fail_msg("%s was loaded", path);
    if (!strstr(error.message, reason))
        fail_msg("%s: no '%s' in '%s'", path, reason, error.message);
    assert_int_equal(error.type, BD_ERR_PLUGIN);
    assert_non_null(strstr(error.context, "loading '"));
}

/* Which build is this? Its build() tells. */
static int version(const struct bd_module *m)
{
    const struct bd_provider *p = (const void *)bd_module_plugin(m);
    struct bd_request out = {.struct_size = sizeof(out)};

    return p->build(NULL, NULL, &out, NULL);
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

static void a_right_plugin_is_loaded(void **state)
{
    const char *path = take("good", NULL);
    struct bd_module *m = load(path);
    const struct bd_plugin *p;

    (void)state;
    if (!m)
        fail_msg("%s", error.message);
    p = bd_module_plugin(m);
    assert_string_equal(p->name, "good");
    assert_int_equal(p->kind, BD_PROVIDER);
    assert_string_equal(p->options[0].name, "greeting");
    assert_string_equal(bd_module_path(m), path);
    assert_int_equal(version(m), 1);
    bd_module_free(m);
    bd_module_free(NULL);
}

static void right_but_unusual_plugins_are_loaded(void **state)
{
    static const char *const names[] = {"store_good", "odd_larger", "odd_whole",
                                        "from_1_0", "from_1_1"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct bd_module *m = load(take(names[i], NULL));

        if (!m)
            fail_msg("%s: %s", names[i], error.message);
        bd_module_free(m);
    }
}

static void each_wrong_plugin_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *name, *reason;
    } cases[] = {
        {"odd_entry", "it exports no bd_plugin_v1"},
        {"odd_major", "another major version of the ABI (bd_plugin_v2"},
        {"odd_magic", "wrong magic number"},
        {"odd_minor", "built for ABI 1.3, this brandiag has 1.1: rebuild the plugin with "
                      "this version's headers or upgrade brandiag"},
        {"odd_size", "its descriptor has"},
        {"odd_kind", "of kind 9, which is neither provider nor storage"},
        {"odd_method", "it has no method event()"},
        {"odd_store_method", "it has no method cells()"},
        {"odd_name", "is called 'even'; name the file even.so"},
        {"odd_version", "its version is missing"},
        {"odd_wait", "its time-outs must be between 1 ms and 1 h, one is 0 ms"},
        {"odd_option_size", "its table of 6 options of 8 bytes cannot be right"},
        {"odd_option_name", "option 5 has a name that is not"},
        {"odd_option_type", "its option n is of no known type"},
        {"odd_option_twice", "its option greeting is in its table twice"},
        {"odd_option_default", "its option n has the default '12', which must be between "
                               "1 and 9"},
        {"odd_option_help", "its option n has no help"},
        {"odd_nodelete", "could never be unloaded"},
        {"odd_unique", "could never be unloaded (unique C++ symbols)"},
        {"odd_stack", "wants an executable stack"},
        {"odd_tls", "uses static thread storage"},
        {"odd_origin", "$ORIGIN"},
        {"odd_undefined", "undefined symbol: nobody_has_this"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_refused(take(cases[i].name, NULL), cases[i].reason);
}

static void files_that_are_no_plugins_are_refused(void **state)
{
    (void)state;
    assert_refused(in_folder("none.so"), "there is no such file");
    assert_refused(write_text("text.so", "#!/bin/sh\necho no\n"), "no ELF header");
    assert_refused(write_text("empty.so", ""), "the file is empty");
    assert_refused(write_text("short.so", "\177ELF"), "cut or damaged");
    assert_int_equal(mkdir(in_folder("dir.so"), 0755), 0);
    assert_refused(in_folder("dir.so"), "is a directory");
    assert_int_equal(mkfifo(in_folder("fifo.so"), 0600), 0);
    assert_refused(in_folder("fifo.so"), "is not a regular file");
    assert_int_equal(truncate(write_text("huge.so", "x"), 64L * 1024 * 1024 + 1), 0);
    assert_refused(in_folder("huge.so"), "larger than 64 MiB");
    assert_refused(in_folder("no-name.so"), "is called NAME.so");
    assert_refused(in_folder("noname"), "is called NAME.so");
    assert_refused(in_folder(".so"), "is called NAME.so");
    assert_refused(in_folder("a2345678901234567890123456789012345.so"), "NAME.so");
    assert_refused(in_folder("no/such/dir.so"), "cannot open its directory");
}

static void files_that_others_could_write_are_refused(void **state)
{
    char dir[512];

    (void)state;
    assert_int_equal(chmod(take("good", "wide.so"), 0757), 0);
    assert_refused(in_folder("wide.so"), "it may be written by other users");
    assert_int_equal(chmod(in_folder("wide.so"), 0775), 0);
    assert_refused(in_folder("wide.so"), "run chmod go-w on it");
    assert_int_equal(symlink("good.so", in_folder("link.so")), 0);
    assert_refused(in_folder("link.so"), "is a symbolic link");
    snprintf(dir, sizeof(dir), "%s", in_folder("open"));
    assert_int_equal(mkdir(dir, 0700), 0);
    take("good", "open/good.so");
    assert_int_equal(chmod(dir, 0777), 0);
    assert_refused(in_folder("open/good.so"), "its directory may be written by other");
}

static void files_of_other_users_are_refused(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: only root can give a file away\n");
        skip();
    }
    assert_int_equal(chown(take("good", "given.so"), 12345, 12345), 0);
    assert_refused(in_folder("given.so"), "it belongs to user 12345");
}

static void other_machines_and_kinds_of_elf_are_refused(void **state)
{
    size_t n;
    char *bytes = read_bytes(BUILT "good.so", &n);
    Elf64_Ehdr *head = (void *)bytes;

    (void)state;
    head->e_machine ^= 0x55;
    assert_refused(write_bytes("machine.so", bytes, n), "made for another machine");
    head->e_machine ^= 0x55;
    head->e_ident[EI_CLASS] ^= 3;
    assert_refused(write_bytes("class.so", bytes, n), "made for another machine");
    head->e_ident[EI_CLASS] ^= 3;
    head->e_type = ET_REL;
    assert_refused(write_bytes("object.so", bytes, n), "another kind of ELF file");
    free(bytes);
}

static void a_cut_file_is_refused_wherever_it_is_cut(void **state)
{
    size_t n, fds = (size_t)count_fds();
    char *bytes = read_bytes(BUILT "good.so", &n);

    (void)state;
    for (size_t cut = 0; cut < n; cut += 509)
        assert_refused(write_bytes("cut.so", bytes, cut), cut ? "" : "is empty");
    assert_refused(write_bytes("cut.so", bytes, n - 1), "cut or damaged");
    assert_int_equal(count_fds(), fds);
    free(bytes);
}

/* The headers only: what the linker makes of damaged code is not ours to check. */
static void damaged_headers_never_crash(void **state)
{
    size_t n;
    char *bytes = read_bytes(BUILT "odd_entry.so", &n); /* never gets to dlopen() */

    (void)state;
    for (size_t i = 16; i < 700 && i < n; i++)
        for (int bit = 0; bit < 8; bit += 7) {
            struct bd_module *m;

            bytes[i] ^= (char)(1 << bit);
            m = load(write_bytes("odd_entry.so", bytes, n));
            assert_null(m);
            bytes[i] ^= (char)(1 << bit);
        }
    free(bytes);
}

static void two_builds_of_one_plugin_live_side_by_side(void **state)
{
    struct bd_module *one = load(take("good", "good.so")), *two, *three;

    (void)state;
    assert_non_null(one);
    two = load(take("good2", "good.so")); /* written over it in place */
    assert_non_null(two);
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    take("good", "new");
    assert_int_equal(rename(in_folder("new"), in_folder("good.so")), 0);
    three = load(in_folder("good.so"));
    assert_non_null(three);
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    assert_int_equal(version(three), 1);
    bd_module_free(two);
    assert_int_equal(version(one), 1);
    two = load(take("good2", "good.so"));
    assert_int_equal(version(two), 2);
    assert_int_equal(unlink(in_folder("good.so")), 0);
    assert_int_equal(version(three), 1);
    bd_module_free(one);
    bd_module_free(three);
    assert_int_equal(version(two), 2);
    bd_module_free(two);
}

static bool mapped(const char *what)
{
    char line[1024];
    FILE *f = fopen("/proc/self/maps", "r");
    bool found = false;

    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        found = found || strstr(line, what);
    fclose(f);
    return found;
}

static void freed_modules_leave_nothing_behind(void **state)
{
    const char *path = take("other", NULL);
    int fds = count_fds();

    (void)state;
    if (sanitized())
        skip(); /* plugins stay loaded there, on purpose */
    for (int i = 0; i < 50; i++) {
        struct bd_module *m = load(path);

        assert_non_null(m);
        assert_true(mapped("other.so"));
        bd_module_free(m);
    }
    assert_false(mapped("other.so"));
    assert_int_equal(count_fds(), fds);
}

static void what_stays_loaded_is_counted_once(void **state)
{
    struct bd_module *m = load(take("good", NULL));

    (void)state;
    bd_module_free(m);
    assert_int_equal(bd_module_stuck(), 0);
    m = load(take("odd_stays", NULL));
    assert_non_null(m);
    assert_ptr_equal(bd_module_ref(m), m);
    bd_module_free(m);
    assert_int_equal(version(m), 1); /* one reference is left */
    assert_int_equal(bd_module_stuck(), 0);
    bd_module_free(m);
    assert_int_equal(bd_module_stuck(), sanitized() ? 0 : 1);
}

/* As a trial does it, in the process that was started for it. */
static void a_copy_from_another_process_is_loaded(void **state)
{
    struct bd_module *m = NULL;
    int fd = open(BUILT "good.so", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(bd_module_try(&m, "Good", fd, &error), -1);
    assert_int_equal(bd_module_try(&m, "goods", fd, &error), -1);
    assert_non_null(strstr(error.message, "is called 'good'"));
    assert_int_equal(bd_module_try(&m, "good", fd, &error), 0); /* it is still ours */
    assert_int_equal(version(m), 1);
    bd_module_free(m);
    if (!sanitized())
        assert_int_equal(fcntl(fd, F_GETFD), -1); /* it went with the module */
    assert_int_equal(bd_module_try(&m, "good", 999, &error), -1);
}

static void copies_can_be_files_for_debuggers(void **state)
{
    const char *path = take("good", NULL);
    struct bd_module *one, *two;

    (void)state;
    assert_int_equal(mkdir(in_folder("copies"), 0755), 0);
    assert_int_equal(setenv("BRANDIAG_PLUGIN_COPIES", in_folder("copies"), 1), 0);
    one = load(path);
    two = load(take("good2", "good.so"));
    assert_non_null(one);
    assert_non_null(two);
    assert_true(mapped("/copies/bd-"));
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    bd_module_free(one);
    assert_int_equal(version(two), 2);
    bd_module_free(two);
    if (!sanitized())
        assert_int_equal(rmdir(in_folder("copies")), 0); /* it is empty */
    assert_int_equal(setenv("BRANDIAG_PLUGIN_COPIES", in_folder("nowhere"), 1), 0);
    assert_refused(take("good", NULL), "cannot make a private directory");
    assert_int_equal(unsetenv("BRANDIAG_PLUGIN_COPIES"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_plugin_is_loaded),
        cmocka_unit_test(right_but_unusual_plugins_are_loaded),
        cmocka_unit_test(each_wrong_plugin_is_refused_with_its_reason),
        cmocka_unit_test(files_that_are_no_plugins_are_refused),
        cmocka_unit_test(files_that_others_could_write_are_refused),
        cmocka_unit_test(files_of_other_users_are_refused),
        cmocka_unit_test(other_machines_and_kinds_of_elf_are_refused),
        cmocka_unit_test(a_cut_file_is_refused_wherever_it_is_cut),
        cmocka_unit_test(damaged_headers_never_crash),
        cmocka_unit_test(two_builds_of_one_plugin_live_side_by_side),
        cmocka_unit_test(freed_modules_leave_nothing_behind),
        cmocka_unit_test(what_stays_loaded_is_counted_once),
        cmocka_unit_test(a_copy_from_another_process_is_loaded),
        cmocka_unit_test(copies_can_be_files_for_debuggers),
    };

    return cmocka_run_group_tests(tests, begin, remove_folder);
}
