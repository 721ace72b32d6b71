/* tests/runtime/test_generation.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/thread.h"
#include "runtime/folder.h"
#include "runtime/generation.h"
#include "runtime/plugins.h"
#include "runtime/short.h"
#include "runtime/tables.h"

#define BUILT BD_BUILD_DIR "/tests/plugins/"

static struct bd_problems problems;
static struct bd_error error;
static char plugin_dir[600];
static bool keys_needed;

static void place(const char *name)
{
    char from[512], to[64];
    size_t n;
    char *bytes;

    snprintf(from, sizeof(from), BUILT "%s.so", name);
    snprintf(to, sizeof(to), "plugins/%s.so", name);
    bytes = read_bytes(from, &n);
    write_bytes(to, bytes, n);
    free(bytes);
}

static int before_all(void **state)
{
    bd_thread_is(BD_MAIN, "main");
    if (make_folder(state) != 0)
        return -1;
    snprintf(plugin_dir, sizeof(plugin_dir), "%s/plugins", folder);
    if (mkdir(plugin_dir, 0755) != 0)
        return -1;
    place("good");
    place("other");
    place("store_good");
    place("odd_method");
    return 0;
}

static int begin(void **state)
{
    (void)state;
    bd_problems_init(&problems);
    error = (struct bd_error){0};
    (void)unlink(in_folder("trace"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_problems_free(&problems);
    return 0;
}

static struct bd_generation *build_path(const char *path)
{
    const struct bd_generation_plan plan = {
        .ini_path = path,
        .sections = sections,
        .section_count = 2,
        .provider_options = TABLE(provider),
        .default_plugin_dir = plugin_dir,
        .keys_needed = keys_needed,
    };
    struct bd_generation *g = NULL;

    return bd_generation_build(&g, &plan, &problems, &error) < 0 ? NULL : g;
}

static struct bd_generation *build(const char *text)
{
    return build_path(write_text("g.ini", text));
}

static struct bd_generation *must_build(const char *text)
{
    struct bd_generation *g = build(text);

    if (!g)
        fail_msg("%s\n%s", error.message, problems.lines.data);
    assert_int_equal(problems.count, 0);
    return g;
}

static void assert_problem(const char *part)
{
    if (!strstr(problems.lines.data, part))
        fail_msg("no problem says '%s':\n%s", part, problems.lines.data);
}

static void assert_refused(const char *text, const char *reason)
{
    struct bd_generation *g = build(text);

    if (g)
        fail_msg("was built: %s", text);
    assert_problem(reason);
    bd_problems_free(&problems);
}

/* Section text with %s replaced by the path of the trace file. */
static const char *traced(const char *text)
{
    static char out[2000];

    snprintf(out, sizeof(out), "%s", "");
    for (const char *s = text; *s; s++) {
        size_t n = strlen(out);

        if (*s == '@')
            snprintf(out + n, sizeof(out) - n, "trace = %s", in_folder("trace"));
        else
            snprintf(out + n, sizeof(out) - n, "%c", *s);
    }
    return out;
}

static void assert_trace(const char *want)
{
    size_t n = 0;
    char *text = access(in_folder("trace"), F_OK) == 0
                     ? read_bytes(in_folder("trace"), &n)
                     : calloc(1, 1);

    assert_non_null(text);
    text[n] = '\0';
    assert_string_equal(text, want);
    free(text);
}

static void providers_storage_and_sections_are_there(void **state)
{
    struct bd_generation *g = must_build("[engine]\nworkers = 4\n"
                                         "[storage]\nplugin = store_good\n"
                                         "[storage:store_good]\npath = /x/y.db\n"
                                         "[provider:good]\n"
                                         "[provider:mine-2]\nplugin = good\n"
                                         "timeout_normal = 3s\n");
    const struct bd_provider_slot *slot;
    const struct bd_storage_slot *store = bd_generation_storage(g);

    (void)state;
    assert_int_equal(bd_values_number(bd_generation_section(g, "engine"), "workers"), 4);
    assert_null(bd_generation_section(g, "log"));
    assert_int_equal(bd_generation_provider_count(g), 2);
    slot = bd_generation_provider(g, 1);
    assert_string_equal(slot->name, "mine-2");
    assert_string_equal(slot->plugin->base.name, "good");
    assert_ptr_equal(slot->plugin, bd_generation_provider(g, 0)->plugin); /* one load */
    assert_ptr_equal(slot, bd_generation_find(g, "mine-2"));
    assert_null(bd_generation_find(g, "none"));
    assert_null(bd_generation_provider(g, 2));
    assert_int_equal(slot->timeouts.simple_ms, 10000);
    assert_int_equal(slot->timeouts.normal_ms, 3000);
    assert_int_equal(slot->timeouts.complex_ms, 45000);
    assert_null(slot->key);
    assert_non_null(strstr(slot->key_error.message, "there is no key"));
    assert_string_equal(bd_values_text(slot->values, "greeting"), "hello");
    assert_string_equal(store->name, "store_good");
    assert_string_equal(store->host->text(store->host->ctx, "path"), "/x/y.db");
    assert_null(store->host->text(store->host->ctx, "nothing"));
    bd_generation_unref(g);
}

static void no_file_is_all_defaults(void **state)
{
    struct bd_generation *g = build_path(NULL);

    (void)state;
    assert_non_null(g);
    assert_int_equal(bd_generation_provider_count(g), 0);
    assert_null(bd_generation_storage(g));
    bd_generation_unref(g);
    bd_generation_unref(NULL);
}

static void instances_close_in_reverse_at_the_last_unref(void **state)
{
    struct bd_generation *g =
        must_build(traced("[provider:a]\nplugin=good\ngreeting=a\n@\n"
                          "[provider:b]\nplugin=other\ngreeting=b\n@\n"
                          "[provider:c]\nplugin=good\ngreeting=c\n@"));

    (void)state;
    assert_trace("open a\nopen b\nopen c\n");
    assert_ptr_equal(bd_generation_ref(g), g);
    bd_generation_unref(g);
    assert_trace("open a\nopen b\nopen c\n");
    bd_generation_unref(g);
    assert_trace("open a\nopen b\nopen c\nclose c\nclose b\nclose a\n");
}

static void a_failing_open_closes_what_was_opened(void **state)
{
    (void)state;
    assert_null(build(traced("[provider:a]\nplugin=good\ngreeting=a\n@\n"
                             "[provider:b]\nplugin=good\nfail_open=yes\npatience=4s\n"
                             "[provider:c]\nplugin=other\ngreeting=c\n@\n")));
    assert_int_equal(problems.count, 1);
    assert_problem(
        "g.ini:5: [provider:b] the plugin good cannot start: told to fail after "
        "4000 ms");
    assert_trace("open a\nopen c\nclose c\nclose a\n");
    assert_int_equal(error.type, BD_ERR_CONFIG);
    assert_non_null(strstr(error.message, "1 problem in "));
}

static void all_faults_are_told_at_once(void **state)
{
    (void)state;
    assert_null(build("[engine]\nworkers = 99\n"
                      "[storag]\n"
                      "[storage]\nplugin = store_god\n"
                      "[provider:a]\nplugin = gould\n"
                      "[provider:b]\nplugin = good\npatience = long\nmodle = x\n"
                      "[provider:Bad]\nplugin = good\n"
                      "[provider:odd_method]\n"
                      "[provider:s]\nplugin = store_good\n"
                      "[providr:good]\n"
                      "[weather]\n"
                      "[provider]\n"
                      "nonsense\n"));
    assert_problem("g.ini:2: [engine] workers = 99 must be between 1 and 64");
    assert_problem("g.ini:3: there is no section [storag]; did you mean [storage]?");
    assert_problem("g.ini:5: there is no plugin 'store_god' in ");
    assert_problem("did you mean 'store_good'?");
    assert_problem("g.ini:7: there is no plugin 'gould' in ");
    assert_problem("did you mean 'good'?");
    assert_problem("g.ini:10: [provider:b] patience = long is not a duration");
    assert_problem("g.ini:11: [provider:b] has no key 'modle'");
    assert_problem("g.ini:13: [provider:Bad]: a provider's name is 1 to 32 of");
    assert_problem("g.ini:14: plugin ");
    assert_problem("odd_method.so: it has no method event()");
    assert_problem(
        "g.ini:16: the plugin store_good is a storage, but a provider is wanted");
    assert_problem("g.ini:17: there is no section [providr:good]; did you mean "
                   "[provider:good]?");
    assert_problem("g.ini:18: there is no section [weather]; there are [engine] "
                   "[storage] and [provider:NAME]");
    assert_problem("g.ini:19: there is no section [provider]; did you mean "
                   "[provider:NAME]?");
    assert_problem("g.ini:20: neither [section] nor key = value");
    assert_int_equal(problems.count, 13);
    assert_int_equal(error.code, 13);
}

static void a_plugin_like_no_other_gets_the_list(void **state)
{
    (void)state;
    assert_refused("[provider:zhipu]\n",
                   "there are: good, odd_method, other, store_good");
    assert_refused("[engine]\nplugin_dir = /no/such\n[provider:a]\n[provider:b]\n",
                   "/no/such: the plugin directory cannot be read: No such file or "
                   "directory; set [engine] plugin_dir");
}

static void a_bad_file_is_one_problem(void **state)
{
    (void)state;
    assert_null(build_path(in_folder("none.ini")));
    assert_int_equal(problems.count, 1);
    assert_problem("none.ini: there is no such file");
    assert_int_equal(error.type, BD_ERR_CONFIG);
}

static void storages_not_chosen_are_checked_if_they_are_here(void **state)
{
    (void)state;
    bd_generation_unref(must_build("[storage:store_gone]\nwhat = ever\n"
                                   "[storage:store_good]\npath = /a\n"));
    assert_refused(
        "[storage:store_good]\npaht = /a\n",
        "g.ini:2: [storage:store_good] has no key 'paht'; did you mean 'path'?");
}

static void plain_http_needs_allow_private(void **state)
{
    (void)state;
    assert_refused(
        "[provider:good]\nbase_url = http://127.0.0.1:1/v1\n",
        "g.ini:2: [provider:good] base_url = http://127.0.0.1:1/v1 is not https; "
        "use https://, or for a server of your own on this machine or network "
        "set allow_private = yes");
    bd_generation_unref(must_build("[provider:good]\nbase_url = http://127.0.0.1:1/v1\n"
                                   "allow_private = yes\n"));
    bd_generation_unref(must_build("[provider:good]\nbase_url = https://h/v1\n"));
}

static void keys_come_from_the_environment_or_a_file(void **state)
{
    struct bd_generation *g;
    char text[1200], path[512];

    (void)state;
    assert_int_equal(setenv("ODD_KEY", "sk-from-env", 1), 0);
    g = must_build("[provider:good]\napi_key_env = ODD_KEY\n");
    assert_string_equal(bd_generation_provider(g, 0)->key, "sk-from-env");
    bd_generation_unref(g);

    snprintf(path, sizeof(path), "%s", write_text("key", "sk-from-file\n"));
    assert_int_equal(chmod(path, 0600), 0);
    snprintf(text, sizeof(text), "[provider:good]\napi_key_file = %s\n", path);
    g = must_build(text);
    assert_string_equal(bd_generation_provider(g, 0)->key, "sk-from-file");
    bd_generation_unref(g);

    assert_int_equal(chmod(path, 0644), 0);
    assert_refused(text, "run chmod 600 ");
    snprintf(text, sizeof(text),
             "[provider:good]\napi_key_file = %s\napi_key_env = ODD_KEY\n", path);
    assert_refused(text,
                   "g.ini:2: [provider:good] has both api_key_env and api_key_file");
    assert_refused("[provider:good]\napi_key_env = sk-0123456789abcdef\n",
                   "g.ini:2: [provider:good] api_key_env must be the name");
    assert_int_equal(setenv("ODD_KEY", "sk\r\nX: 1", 1), 0);
    assert_refused("[provider:good]\napi_key_env = ODD_KEY\n", "must hold the key alone");
}

static void a_given_key_file_stands_above_a_default_variable(void **state)
{
    struct bd_generation *g;
    char text[600];

    (void)state;
    place("keyed");
    assert_int_equal(setenv("ODD_KEY", "sk-from-env", 1), 0);
    g = must_build("[provider:keyed]\n");
    assert_string_equal(bd_generation_provider(g, 0)->key, "sk-from-env");
    bd_generation_unref(g);
    assert_int_equal(chmod(write_text("key", "sk-from-file"), 0400), 0);
    snprintf(text, sizeof(text), "[provider:keyed]\napi_key_file = %s\n",
             in_folder("key"));
    g = must_build(text);
    assert_string_equal(bd_generation_provider(g, 0)->key, "sk-from-file");
    bd_generation_unref(g);
    assert_int_equal(unlink(in_folder("key")), 0);
    assert_int_equal(unlink(in_folder("plugins/keyed.so")), 0);
}

static void a_missing_key_waits_until_it_is_needed(void **state)
{
    struct bd_generation *g;

    (void)state;
    assert_int_equal(unsetenv("ODD_KEY"), 0);
    g = must_build("[provider:good]\napi_key_env = ODD_KEY\n");
    assert_null(bd_generation_provider(g, 0)->key);
    assert_int_equal(bd_generation_provider(g, 0)->key_error.type, BD_ERR_CONFIG);
    assert_non_null(strstr(bd_generation_provider(g, 0)->key_error.message, "ODD_KEY"));
    bd_generation_unref(g);
    g = must_build("[provider:good]\napi_key_file = /no/such/key\n");
    assert_null(bd_generation_provider(g, 0)->key);
    assert_non_null(
        strstr(bd_generation_provider(g, 0)->key_error.message, "/no/such/key"));
    bd_generation_unref(g);
}

static void a_server_of_ones_own_needs_no_key(void **state)
{
    struct bd_generation *g = must_build("[provider:good]\nallow_private = yes\n");

    (void)state;
    assert_null(bd_generation_provider(g, 0)->key);
    assert_int_equal(bd_generation_provider(g, 0)->key_error.type, BD_ERR_NONE);
    assert_string_equal(strrchr(bd_generation_provider(g, 0)->origin, '/'), "/g.ini:1");
    bd_generation_unref(g);
}

static void where_keys_are_needed_each_missing_one_is_told_with_the_rest(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("ODD_KEY"), 0);
    keys_needed = true;
    assert_refused("[engine]\n[provider:good]\nplugin = good\n",
                   "g.ini:2: [provider:good] there is no key; set api_key_env");
    assert_refused("[provider:good]\napi_key_env = ODD_KEY\n",
                   "g.ini:2: [provider:good]");
    assert_refused("[provider:good]\napi_key_env = ODD_KEY\ncolour = 3\n",
                   "g.ini:2: [provider:good] the environment variable ODD_KEY is not");
    assert_refused("[provider:good]\napi_key_env = ODD_KEY\ncolour = 3\n",
                   "g.ini:3: [provider:good] has no key 'colour'; `brandiag plugins`");
    assert_refused("[provider:x]\nplugin = nobody\napi_key_file = /no/such/key\n",
                   "g.ini:3: [provider:x] there is no key file /no/such/key");
    keys_needed = false;
}

static void secrets_are_hidden_from_plugins(void **state)
{
    /* good's open() fails when it is shown its pin. */
    struct bd_generation *g = must_build("[provider:good]\npin = 1234\n");

    (void)state;
    assert_string_equal(bd_values_text(bd_generation_provider(g, 0)->values, "pin"),
                        "1234");
    bd_generation_unref(g);
}

static int version(const struct bd_generation *g)
{
    const struct bd_provider_slot *slot = bd_generation_provider(g, 0);
    struct bd_request out = {.struct_size = sizeof(out)};

    return slot->plugin->build(slot->self, NULL, &out, NULL);
}

static void a_generation_keeps_the_code_it_began_with(void **state)
{
    struct bd_generation *one = must_build("[provider:good]\n"), *two;
    size_t n;
    char *bytes = read_bytes(BUILT "good2.so", &n);

    (void)state;
    write_bytes("plugins/good.so", bytes, n); /* in place, while it is loaded */
    free(bytes);
    two = must_build("[provider:good]\n");
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    write_text("plugins/good.so", "damaged");
    assert_refused("[provider:good]\n", "no ELF header");
    assert_int_equal(version(one), 1);
    assert_int_equal(version(two), 2);
    bd_generation_unref(one);
    assert_int_equal(version(two), 2);
    bd_generation_unref(two);
    place("good");
}

static void memory_may_run_out_anywhere(void **state)
{
    const char *path =
        write_text("m.ini", "[engine]\nworkers = 4\n"
                            "[storage]\nplugin = store_good\n"
                            "[storage:store_good]\npath = ~/y.db\n"
                            "[provider:good]\ngreeting = a\n"
                            "base_url = https://h/v1\napi_key_env = ODD_KEY\n"
                            "[provider:two]\nplugin = other\npin = 1\n");
    struct bd_generation *g = NULL;
    int n = 0;

    (void)state;
    assert_int_equal(setenv("HOME", folder, 1), 0);
    assert_int_equal(setenv("ODD_KEY", "sk-from-env", 1), 0);
    for (; !g && n < 1000; n++) {
        bd_problems_free(&problems);
        refusals = 0;
        allowed = n;
        g = build_path(path);
        allowed = -1;
        assert_true(!g || refusals == 0); /* nothing was built without its memory */
    }
    assert_non_null(g);
    assert_true(n > 100);
    assert_int_equal(problems.count, 0);
    bd_generation_unref(g);
}

struct seen {
    char text[1000];
};

static void see(void *arg, const char *path, const struct bd_plugin *plugin,
                const struct bd_error *err)
{
    struct seen *s = arg;
    size_t n = strlen(s->text);

    assert_true(!plugin != !err);
    snprintf(s->text + n, sizeof(s->text) - n, "%s=%s,", strrchr(path, '/') + 1,
             plugin ? plugin->version : bd_error_name(err->type));
}

static void a_directory_can_be_looked_through(void **state)
{
    struct seen s = {""};

    (void)state;
    write_text("plugins/readme.txt", "not looked at");
    assert_int_equal(bd_plugins_scan(plugin_dir, see, &s, &error), 0);
    assert_string_equal(s.text,
                        "good.so=1,odd_method.so=plugin,other.so=1,store_good.so=1,");
    assert_int_equal(bd_plugins_scan("/no/such", see, &s, &error), -1);
    assert_int_equal(error.type, BD_ERR_CONFIG);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(providers_storage_and_sections_are_there),
        CASE(no_file_is_all_defaults),
        CASE(instances_close_in_reverse_at_the_last_unref),
        CASE(a_failing_open_closes_what_was_opened),
        CASE(all_faults_are_told_at_once),
        CASE(a_plugin_like_no_other_gets_the_list),
        CASE(a_bad_file_is_one_problem),
        CASE(storages_not_chosen_are_checked_if_they_are_here),
        CASE(plain_http_needs_allow_private),
        CASE(keys_come_from_the_environment_or_a_file),
        CASE(a_given_key_file_stands_above_a_default_variable),
        CASE(a_missing_key_waits_until_it_is_needed),
        CASE(a_server_of_ones_own_needs_no_key),
        CASE(where_keys_are_needed_each_missing_one_is_told_with_the_rest),
        CASE(secrets_are_hidden_from_plugins),
        CASE(a_generation_keeps_the_code_it_began_with),
        CASE(memory_may_run_out_anywhere),
        CASE(a_directory_can_be_looked_through),
    };

    return cmocka_run_group_tests(tests, before_all, remove_folder);
}
