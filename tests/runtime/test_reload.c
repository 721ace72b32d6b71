/* tests/runtime/test_reload.c - a generation beside the one before it, and one made again
 * of what another was made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "base/thread.h"
#include "runtime/folder.h"
#include "runtime/generation.h"
#include "runtime/sanitized.h"
#include "runtime/short.h"
#include "runtime/tables.h"

#define BUILT   BD_BUILD_DIR "/tests/plugins/"
#define PROGRAM BD_BUILD_DIR "/bin/brandiag"

static struct bd_problems problems;
static struct bd_error error;
static char plugin_dir[600];

/* The built plugin `name` as file `as` of the plugin directory, written in place. */
static void place(const char *name, const char *as)
{
    char from[512], to[64];
    size_t n;
    char *bytes;

    snprintf(from, sizeof(from), BUILT "%s.so", name);
    snprintf(to, sizeof(to), "plugins/%s.so", as);
    bytes = read_bytes(from, &n);
    write_bytes(to, bytes, n);
    free(bytes);
}

static int before_all(void **state)
{
    bd_thread_is(BD_MAIN, "main");
    crashes_are_crashes();
    if (make_folder(state) != 0)
        return -1;
    snprintf(plugin_dir, sizeof(plugin_dir), "%s/plugins", folder);
    return mkdir(plugin_dir, 0755);
}

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    error = (struct bd_error){0};
    (void)unlink(in_folder("trace"));
    place("good", "good");
    place("other", "other");
    place("store_good", "store_good");
    return setenv("ODD_KEY", "sk-from-env", 1);
}

static int end(void **state)
{
    (void)state;
    bd_problems_free(&problems);
    return 0;
}

/* text: of the INI; NULL leaves the file as it is. */
static struct bd_generation *build(const char *text, struct bd_generation_plan plan)
{
    struct bd_generation *g = NULL;

    if (text)
        write_text("r.ini", text);
    plan.ini_path = in_folder("r.ini");
    plan.sections = sections;
    plan.section_count = 2;
    plan.provider_options = (struct bd_option_table)TABLE(provider);
    plan.default_plugin_dir = plugin_dir;
    bd_problems_free(&problems);
    return bd_generation_build(&g, &plan, &problems, &error) < 0 ? NULL : g;
}

static struct bd_generation *must_build(const char *text, struct bd_generation_plan plan)
{
    struct bd_generation *g = build(text, plan);

    if (!g)
        fail_msg("%s\n%s", error.message, problems.lines.data);
    assert_int_equal(problems.count, 0);
    return g;
}

static struct bd_generation *first(const char *text)
{
    return must_build(text, (struct bd_generation_plan){0});
}

static struct bd_generation *after(const char *text, const struct bd_generation *before)
{
    return must_build(text, (struct bd_generation_plan){.before = before});
}

static struct bd_generation *again(const struct bd_generation *before,
                                   const struct bd_generation *kept)
{
    return must_build(NULL, (struct bd_generation_plan){.before = before, .again = kept});
}

static void assert_refused(struct bd_generation_plan plan, const char *reason)
{
    struct bd_generation *g = build(NULL, plan);

    if (g)
        fail_msg("was built, and not refused for '%s'", reason);
    if (!strstr(problems.lines.data, reason))
        fail_msg("no problem says '%s':\n%s", reason, problems.lines.data);
}

static const struct bd_provider *code(const struct bd_generation *g)
{
    return bd_generation_provider(g, 0)->plugin;
}

static int version(const struct bd_generation *g)
{
    struct bd_request out = {.struct_size = sizeof(out)};

    return code(g)->build(bd_generation_provider(g, 0)->self, NULL, &out, NULL);
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

static void assert_mapped(const char *what, bool wanted)
{
    if (!sanitized()) /* plugins stay loaded there, on purpose */
        assert_int_equal(mapped(what), wanted);
}

static void a_plugin_that_did_not_change_is_shared(void **state)
{
    struct bd_generation *one = first("[provider:good]\n[provider:other]\n"), *two,
                         *three;
    int fds = count_fds();

    (void)state;
    place("good", "good"); /* another file with the same bytes */
    two = after("[provider:good]\ngreeting = hi\n[provider:other]\n", one);
    assert_int_equal(count_fds(), fds);
    assert_ptr_equal(code(one), code(two));
    assert_ptr_not_equal(bd_generation_provider(one, 0)->self,
                         bd_generation_provider(two, 0)->self);
    place("good2", "good");
    three = after(NULL, two);
    assert_int_equal(count_fds(), fds + 1);
    assert_ptr_not_equal(code(three), code(two));
    assert_ptr_equal(bd_generation_provider(three, 1)->plugin,
                     bd_generation_provider(one, 1)->plugin);
    bd_generation_unref(one); /* the code stays, for two */
    assert_int_equal(version(two), 1);
    bd_generation_unref(two);
    assert_int_equal(version(three), 2);
    bd_generation_unref(three);
    assert_mapped("/memfd:", false);
}

static void a_shared_plugin_is_looked_at_all_the_same(void **state)
{
    struct bd_generation *one = first("[provider:good]\n");
    struct bd_generation_plan plan = {.before = one};

    (void)state;
    assert_int_equal(chmod(in_folder("plugins/good.so"), 0666), 0);
    assert_refused(plan, "may be written by other users");
    assert_int_equal(chmod(in_folder("plugins/good.so"), 0644), 0);
    assert_int_equal(rename(in_folder("plugins/good.so"), in_folder("real.so")), 0);
    assert_int_equal(symlink("../real.so", in_folder("plugins/good.so")), 0);
    assert_refused(plan, "is a symbolic link");
    assert_int_equal(unlink(in_folder("plugins/good.so")), 0);
    bd_generation_unref(one);
}

#define STORED "[storage]\nplugin = store_good\n[storage:store_good]\npath = /x/y.db\n"

static void a_storage_that_did_not_change_is_shared(void **state)
{
    struct bd_generation *one = first(STORED "[provider:good]\n"), *two, *three;

    (void)state;
    two = after(STORED "[provider:other]\n", one);
    assert_ptr_equal(bd_generation_storage(one), bd_generation_storage(two));
    three = after("[storage]\nplugin = store_good\n"
                  "[storage:store_good]\npath = /x/z.db\n",
                  two);
    assert_ptr_not_equal(bd_generation_storage(three), bd_generation_storage(two));
    assert_ptr_equal(bd_generation_storage(three)->plugin,
                     bd_generation_storage(two)->plugin);
    bd_generation_unref(three);
    place("store_good2", "store_good"); /* other code, the same values */
    three = after(STORED, two);
    assert_ptr_not_equal(bd_generation_storage(three), bd_generation_storage(two));
    assert_string_equal(bd_generation_storage(three)->plugin->base.version, "2");
    bd_generation_unref(one);
    bd_generation_unref(two);
    bd_generation_unref(three);
    three = after("[provider:good]\n", NULL);
    assert_null(bd_generation_storage(three));
    two = after(STORED, three);
    assert_non_null(bd_generation_storage(two));
    bd_generation_unref(three);
    bd_generation_unref(two);
}

static void a_storage_may_be_held_longer_than_its_generation(void **state)
{
    struct bd_generation *one = first(STORED);
    const struct bd_storage_slot *slot = bd_storage_slot_ref(bd_generation_storage(one));
    void *self = NULL;

    (void)state;
    bd_generation_rest(one);
    bd_generation_unref(one);
    assert_mapped("store_good", true);
    assert_string_equal(slot->host->text(slot->host->ctx, "path"), "/x/y.db");
    assert_string_equal(slot->name, "store_good");
    assert_int_equal(slot->plugin->open(slot->host, &self, &error), 0);
    slot->plugin->close(self);
    bd_storage_slot_unref(slot);
    bd_storage_slot_unref(NULL);
    assert_mapped("store_good", false);
}

static void a_resting_generation_is_built_again_without_its_files(void **state)
{
    struct bd_generation *one, *two, *back;
    char text[2000];

    (void)state;
    assert_int_equal(chmod(write_text("key", "sk-from-file\n"), 0600), 0);
    snprintf(text, sizeof(text),
             STORED "[provider:good]\ngreeting = a\napi_key_env = ODD_KEY\n"
                    "[provider:b]\nplugin = other\napi_key_file = %s\n"
                    "[provider:c]\nplugin = good\nallow_private = yes\n"
                    "[provider:d]\nplugin = good\n",
             in_folder("key"));
    one = first(text);
    place("good2", "good");
    two = after("[provider:good]\n", one);
    assert_int_equal(version(two), 2);
    bd_generation_rest(one);
    bd_generation_rest(one); /* twice does no harm */
    assert_mapped("memfd:other", false);
    assert_int_equal(unlink(in_folder("plugins/other.so")), 0);
    assert_int_equal(unlink(in_folder("plugins/store_good.so")), 0);
    assert_int_equal(unlink(in_folder("key")), 0);
    assert_int_equal(unlink(in_folder("r.ini")), 0);
    assert_int_equal(setenv("ODD_KEY", "sk-another", 1), 0);
    back = again(two, one);
    assert_int_equal(version(back), 1);
    assert_int_equal(bd_generation_provider_count(back), 4);
    assert_string_equal(bd_generation_find(back, "good")->key, "sk-from-env");
    assert_string_equal(bd_generation_find(back, "b")->key, "sk-from-file");
    assert_int_equal(bd_generation_find(back, "c")->key_error.type, BD_ERR_NONE);
    assert_null(bd_generation_find(back, "c")->key);
    assert_non_null(
        strstr(bd_generation_find(back, "d")->key_error.message, "there is no key"));
    assert_string_equal(
        bd_values_text(bd_generation_find(back, "good")->values, "greeting"), "a");
    assert_string_equal(bd_generation_storage(back)->plugin->base.version, "1");
    bd_generation_unref(two);
    bd_generation_unref(one);
    assert_int_equal(version(back), 1); /* the images are its own, too */
    bd_generation_rest(back);
    two = again(NULL, back);
    assert_int_equal(version(two), 1);
    bd_generation_unref(back);
    bd_generation_unref(two);
    assert_mapped("/memfd:", false);
}

static void a_living_generation_is_built_again_too(void **state)
{
    struct bd_generation *one = first(STORED "[provider:good]\n"), *two, *three;

    (void)state;
    place("good2", "good");
    two = again(one, one);
    assert_ptr_equal(code(one), code(two));
    assert_ptr_equal(bd_generation_storage(one), bd_generation_storage(two));
    bd_generation_rest(one);
    assert_int_equal(version(two), 1); /* two's code stays when one rests */
    three = again(two, one);
    assert_ptr_equal(code(three), code(two));
    bd_generation_unref(two);
    bd_generation_unref(one);
    assert_int_equal(version(three), 1);
    bd_generation_unref(three);
}

/* One build, another, and the first again: three copies of two files. */
static void equal_bytes_of_another_copy_are_shared_on_the_way_back(void **state)
{
    struct bd_generation *one = first(STORED), *two, *three, *back;

    (void)state;
    bd_generation_rest(one);
    place("store_good2", "store_good");
    two = after(NULL, one);
    place("store_good", "store_good");
    three = after(NULL, two);
    back = again(three, one);
    assert_ptr_equal(bd_generation_storage(back), bd_generation_storage(three));
    bd_generation_unref(back);
    bd_generation_unref(three);
    bd_generation_unref(two);
    bd_generation_unref(one);
}

static void copies_that_are_files_do_all_that_too(void **state)
{
    struct bd_generation_plan plan = {.trial_program = PROGRAM};
    struct bd_generation *one, *two, *back;

    (void)state;
    assert_int_equal(mkdir(in_folder("copies"), 0755), 0);
    assert_int_equal(setenv("BRANDIAG_PLUGIN_COPIES", in_folder("copies"), 1), 0);
    one = must_build("[provider:good]\n", plan);
    place("good2", "good");
    plan.before = one;
    two = must_build(NULL, plan);
    bd_generation_rest(one);
    back = again(two, one);
    assert_int_equal(version(two), 2);
    assert_int_equal(version(back), 1);
    bd_generation_unref(one);
    bd_generation_unref(two);
    bd_generation_unref(back);
    if (!sanitized())
        assert_int_equal(rmdir(in_folder("copies")), 0); /* it is empty */
    assert_int_equal(unsetenv("BRANDIAG_PLUGIN_COPIES"), 0);
}

static void references_can_be_counted(void **state)
{
    struct bd_generation *one = first("[provider:good]\n");

    (void)state;
    assert_int_equal(bd_generation_refs(one), 1);
    bd_generation_unref(bd_generation_ref(one));
    assert_ptr_equal(bd_generation_ref(one), one);
    assert_int_equal(bd_generation_refs(one), 2);
    bd_generation_unref(one);
    bd_generation_unref(one);
}

static void what_fails_its_trial_changes_nothing(void **state)
{
    struct bd_generation *one = first("[provider:good]\n"), *two;
    struct bd_generation_plan plan = {.before = one, .trial_program = PROGRAM};
    int fds = count_fds();

    (void)state;
    place("odd_crash", "good");
    assert_refused(plan, "good.so: it crashed in a trial: signal 11 (SIGSEGV)");
    place("odd_quits", "good");
    assert_refused(plan, "good.so: its trial ended with exit code 0 and no verdict");
    place("odd_undefined", "good");
    assert_refused(plan, "good.so: in a trial: the dynamic linker refuses it: undefined "
                         "symbol: nobody_has_this");
    place("odd_open", "odd_open"); /* its open() fails: not the trial's business */
    write_text("r.ini", "[provider:odd_open]\n");
    assert_refused(plan, "[provider:odd_open] the plugin odd_open cannot start: told to");
    assert_int_equal(unlink(in_folder("plugins/odd_open.so")), 0);
    if (!sanitized()) /* it was loaded, and stays so there */
        assert_int_equal(count_fds(), fds);
    assert_int_equal(version(one), 1);
    place("good2", "good");
    two = must_build("[provider:good]\n", plan);
    assert_int_equal(version(two), 2);
    bd_generation_unref(one);
    bd_generation_unref(two);
}

/* A trial costs a process: what was tried is not tried again. */
static void only_what_is_new_is_tried(void **state)
{
    struct bd_generation *one = first("[provider:good]\n"), *two, *three;
    struct bd_generation_plan plan = {.before = one, .trial_program = "/no/such/program"};

    (void)state;
    two = must_build(NULL, plan);
    place("good2", "good");
    assert_refused(plan, "cannot start a process for a trial");
    bd_generation_rest(two);
    bd_generation_unref(one);
    plan.before = NULL;
    plan.again = two;
    three = must_build(NULL, plan);
    bd_generation_unref(two);
    bd_generation_unref(three);
}

static void files_that_are_no_plugins_change_nothing(void **state)
{
    struct bd_generation *one = first("[provider:good]\n");
    const struct bd_generation_plan plan = {.before = one, .trial_program = PROGRAM};
    const char *path;

    (void)state;
    write_text("plugins/good.so", "#!/bin/sh\n");
    assert_refused(plan, "no ELF header");
    assert_int_equal(unlink(in_folder("plugins/good.so")), 0);
    assert_refused(plan, "there is no plugin 'good'");
    path = in_folder("plugins/good.so");
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_refused(plan, "is not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_refused(plan, "is a directory");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(version(one), 1);
    bd_generation_unref(one);
}

static void no_descriptor_left_changes_nothing(void **state)
{
    struct bd_generation *one = first(STORED "[provider:good]\n");
    const struct bd_generation_plan plan = {.before = one, .trial_program = PROGRAM};
    struct rlimit old, few;
    struct bd_generation *two = NULL;

    (void)state;
    place("good2", "good");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    few = old;
    for (few.rlim_cur = 3; !two && few.rlim_cur < 64; few.rlim_cur++) {
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        two = build(NULL, plan);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
        assert_int_equal(version(one), 1);
    }
    assert_non_null(two);
    assert_int_equal(version(two), 2);
    bd_generation_unref(one);
    bd_generation_unref(two);
}

/* Builds with memory running out at each allocation in turn; nothing that `plan` lends is
 * touched by those that fail. */
static struct bd_generation *build_short(struct bd_generation_plan plan, int *tries)
{
    struct bd_generation *g = NULL;
    int n = 0;

    for (; !g && n < 2000; n++) {
        refusals = 0;
        allowed = n;
        g = build(NULL, plan);
        allowed = -1;
        assert_true(!g || refusals == 0); /* nothing was built without its memory */
    }
    *tries = n;
    return g;
}

static void memory_may_run_out_anywhere(void **state)
{
    struct bd_generation *one = first(STORED "[provider:good]\napi_key_env = ODD_KEY\n"
                                             "[provider:b]\nplugin = other\n");
    struct bd_generation *two, *three;
    int tries, fds;

    (void)state;
    place("good2", "good");
    fds = count_fds();
    two = build_short(
        (struct bd_generation_plan){.before = one, .trial_program = PROGRAM}, &tries);
    assert_non_null(two);
    assert_true(tries > 80);
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    if (!sanitized())
        assert_int_equal(count_fds(), fds + 1);
    bd_generation_rest(one);
    three = build_short((struct bd_generation_plan){.before = two, .again = one}, &tries);
    assert_non_null(three);
    assert_true(tries > 60);
    assert_int_equal(version(three), 1);
    assert_string_equal(bd_generation_find(three, "good")->key, "sk-from-env");
    bd_generation_unref(one);
    bd_generation_unref(two);
    bd_generation_unref(three);
}

static long resident_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    long kib = -1;

    assert_non_null(f);
    while (kib < 0 && fgets(line, sizeof(line), f))
        (void)sscanf(line, "VmRSS: %ld", &kib);
    fclose(f);
    return kib;
}

static int count_maps(void)
{
    FILE *f = fopen("/proc/self/maps", "r");
    int n = 0;

    assert_non_null(f);
    for (int c; (c = fgetc(f)) != EOF;)
        n += c == '\n';
    fclose(f);
    return n;
}

/* Two builds in turn, each the next one's before, one resting in between. */
static void a_thousand_reloads_leave_nothing_behind(void **state)
{
    struct bd_generation *g = first(STORED "[provider:good]\n[provider:other]\n"), *next;
    int rounds = sanitized() ? 20 : 1000, fds = 0, maps = 0;
    long kib = 0;

    (void)state;
    for (int i = 0; i < rounds; i++) {
        place(i % 2 ? "good" : "good2", "good");
        next = after(NULL, g);
        assert_int_equal(version(next), i % 2 ? 1 : 2);
        bd_generation_rest(g);
        assert_int_equal(version(next), i % 2 ? 1 : 2);
        bd_generation_unref(g);
        g = next;
        if (i == rounds / 10) {
            fds = count_fds();
            maps = count_maps();
            kib = resident_kib();
        }
    }
    assert_int_equal(bd_module_stuck(), 0);
    if (!sanitized()) {
        assert_int_equal(count_fds(), fds);
        assert_in_range(count_maps(), 1, maps + 2);
        assert_in_range(resident_kib(), 1, kib + 2048);
    }
    bd_generation_unref(g);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_plugin_that_did_not_change_is_shared),
        CASE(a_shared_plugin_is_looked_at_all_the_same),
        CASE(a_storage_that_did_not_change_is_shared),
        CASE(a_storage_may_be_held_longer_than_its_generation),
        CASE(a_resting_generation_is_built_again_without_its_files),
        CASE(a_living_generation_is_built_again_too),
        CASE(equal_bytes_of_another_copy_are_shared_on_the_way_back),
        CASE(copies_that_are_files_do_all_that_too),
        CASE(references_can_be_counted),
        CASE(what_fails_its_trial_changes_nothing),
        CASE(only_what_is_new_is_tried),
        CASE(files_that_are_no_plugins_change_nothing),
        CASE(no_descriptor_left_changes_nothing),
        CASE(memory_may_run_out_anywhere),
        CASE(a_thousand_reloads_leave_nothing_behind),
    };

    return cmocka_run_group_tests(tests, before_all, remove_folder);
}
