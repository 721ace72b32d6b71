/* face/check.c - `brandiag check` and `brandiag plugins`: what is installed, and is it
 * right? */
#include <stdio.h>
#include <string.h>

#include "bd/provider.h"
#include "engine/inspect.h"
#include "engine/online.h"
#include "face/commands.h"
#include "face/setup.h"

#define TRIAL_FD 3 /* where the plugin's copy is; see runtime/trial.h */

struct options {
    struct bd_setup setup;
    const char *command, *dir;
    bool show, online, sample;
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, o->command, name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "show") == 0)
        o->show = true;
    else if (strcmp(name, "online") == 0)
        o->online = true;
    else if (strcmp(name, "sample") == 0)
        o->sample = true;
    else
        o->dir = value;
    return 0;
}

static void print_online(void *arg, const struct bd_online_view *v)
{
    int *failed = arg;

    if (v->ok) {
        printf("%-12s %-28s answers after %lld ms\n", v->provider, v->model,
               (long long)v->latency_ms);
    } else {
        char line[1024];

        bd_error_print(v->error, line, sizeof(line));
        printf("%-12s %-28s %s\n", v->provider, v->model, line);
        ++*failed;
    }
}

static int online(const struct bd_setup *s)
{
    struct bd_engine *e = bd_setup_engine(s, BD_ENGINE_FORGETS);
    struct bd_error err;
    int failed = 0;

    if (!e)
        return 2;
    if (bd_online_check(e, print_online, &failed, &err) < 0) {
        bd_setup_complain(&err);
        failed++;
    }
    bd_engine_stop(e);
    return failed ? 1 : 0;
}

static int print_sample(const struct bd_engine_plan *plan)
{
    struct bd_buf out;
    struct bd_error err;
    int rc;

    bd_buf_init(&out, 1 << 20);
    rc = bd_inspect_sample(plan, &out, &err);
    if (rc < 0)
        bd_setup_complain(&err);
    else
        fputs(out.data, stdout);
    bd_buf_free(&out);
    return rc < 0 ? 2 : 0;
}

static int check(int argc, char **argv)
{
    static struct options o;
    struct bd_buf problems, notes, shown;
    struct bd_engine_plan plan;
    struct bd_operands operands;
    int count, rc;

    o = (struct options){.command = "check"};
    rc = bd_args_parse(&bd_command_check, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    if (bd_setup_plan(&o.setup, &plan) < 0)
        return 2;
    if (o.sample)
        return print_sample(&plan);
    bd_buf_init(&problems, 1 << 20);
    bd_buf_init(&notes, 1 << 20);
    bd_buf_init(&shown, 1 << 20);
    count = bd_inspect_config(&plan, &problems, &notes, o.show ? &shown : NULL);
    fputs(shown.data, stdout);
    fputs(notes.data, stdout);
    fputs(problems.data, stderr);
    if (count) {
        fprintf(stderr, "%d problem%s in %s\n", count, count == 1 ? "" : "s",
                plan.ini_path ? plan.ini_path : "the settings");
        bd_setup_hint(&o.setup);
    } else {
        printf("%s: no problem found\n", plan.ini_path ? plan.ini_path : "defaults");
    }
    bd_buf_free(&problems);
    bd_buf_free(&notes);
    bd_buf_free(&shown);
    if (count)
        return 2;
    return o.online ? online(&o.setup) : 0;
}

static void print_options(const struct bd_plugin *p)
{
    for (uint32_t i = 0; i < p->option_count; i++) {
        const struct bd_option *opt =
            (const struct bd_option *)(const void *)((const char *)p->options +
                                                     (size_t)i * p->option_size);

        printf("    %-24s %s%s%s%s\n", opt->name, opt->help,
               opt->default_value ? " [" : "",
               opt->default_value ? opt->default_value : "",
               opt->default_value                ? "]"
               : opt->flags & BD_OPTION_REQUIRED ? " (required)"
                                                 : "");
    }
}

static void print_plugin(void *arg, const struct bd_plugin_view *v)
{
    int *count = arg;

    ++*count;
    if (!v->plugin) {
        printf("%s\n    cannot be loaded: %s\n", v->file, v->error);
        return;
    }
    printf("%-14s %-9s version %-8s ABI %u.%u  %s\n", v->name, v->kind, v->version,
           BD_ABI_MAJOR, v->abi_minor, v->file);
    print_options(v->plugin);
}

static int check_plugin(const char *file)
{
    struct bd_buf report;
    int faults;

    bd_buf_init(&report, 1 << 20);
    faults = bd_inspect_conformance(file, &report);
    fputs(report.data, stdout);
    bd_buf_free(&report);
    return faults ? 1 : 0;
}

/* Started by a brandiag that is about to load the plugin, for itself alone: not in the
 * help. Its last line is the verdict. */
static int try_plugin(const char *name)
{
    struct bd_buf verdict;
    int rc;

    bd_buf_init(&verdict, 1 << 12);
    rc = bd_inspect_trial(name, TRIAL_FD, &verdict);
    fputs(verdict.data, stderr);
    bd_buf_free(&verdict);
    return rc < 0 ? 1 : 0;
}

static int plugins(int argc, char **argv)
{
    static struct options o;
    struct bd_engine_plan plan;
    struct bd_operands operands;
    struct bd_error err;
    int count = 0, rc;

    o = (struct options){.command = "plugins"};
    rc = bd_args_parse(&bd_command_plugins, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    if (operands.count == 2 && strcmp(operands.words[0], "check") == 0)
        return check_plugin(operands.words[1]);
    if (operands.count == 2 && strcmp(operands.words[0], "try") == 0)
        return try_plugin(operands.words[1]);
    if (operands.count > 0)
        return bd_args_usage("plugins",
                             "use `brandiag plugins` or `brandiag plugins check "
                             "FILE.so`");
    if (bd_setup_plan(&o.setup, &plan) < 0)
        return 2;
    if (bd_inspect_plugins(&plan, o.dir, print_plugin, &count, &err) < 0) {
        bd_setup_complain(&err);
        return 2;
    }
    if (!count)
        printf("no plugin (*.so) is there\n");
    return 0;
}

static const struct bd_arg check_args[] = {
    {"show", NULL, "print every value and where it comes from"},
    {"sample", NULL, "print an INI with every section and key, and check nothing"},
    {"online", NULL, "also ask each provider one short question (it may be billed)"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

static const struct bd_arg plugins_args[] = {
    {"dir", "DIR", "look there instead of in the configured plugin_dir"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_check = {
    "check",    "",   "Checks the configuration, the plugins and the keys.",
    check_args, 0,    0,
    check,      NULL,
};
const struct bd_command bd_command_plugins = {
    "plugins",
    "[check FILE.so]",
    "Lists the plugins, or tests one against the ABI.",
    plugins_args,
    0,
    2,
    plugins,
    NULL,
};
