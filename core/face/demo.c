/* face/demo.c - `brandiag demo`: the reference case against a simulator of its own. */
#define _GNU_SOURCE /* strerrordesc_np */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "face/ask.h"
#include "face/commands.h"
#include "face/setup.h"
#include "face/simulator.h"

#define DEMO_KEY "sim-key"

struct options {
    struct bd_setup setup;
    struct bd_ask_options ask;
    const char *lang, *seed;
    bool all, search;
};

static const struct bd_arg args[] = {
    {"all", NULL, "ask all four providers instead of doubao and qwen"},
    {"format", "terminal|json|html|md|csv", "of the report; default: terminal"},
    {"output", "FILE", "write the report there; default: stdout"},
    {"lang", "zh|en", "of question and report; default: zh"},
    {"search", "on|off", "answers with web search, of a simulated web; default: off"},
    {"answers", NULL, "terminal: show what was answered"},
    {"seed", "N", "other answers; default 1"},
    {"quiet", NULL, "no progress on stderr"},
    {"set", "section.key=value", "one setting, over the demo's; may be repeated"},
    {"", NULL, NULL},
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, "demo", name, value);
    long long n;

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "format") == 0) {
        o->ask.format = value;
        return bd_ask_format("demo", value) ? 0 : -1;
    }
    if (strcmp(name, "lang") == 0) {
        o->lang = value;
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            return bd_args_usage("demo", "--lang is '%s': use zh or en", value), -1;
    } else if (strcmp(name, "seed") == 0) {
        o->seed = value;
        if (!bd_args_number(value, 0, 1LL << 53, &n))
            return bd_args_usage("demo", "--seed is '%s': give a whole number", value),
                   -1;
    } else if (strcmp(name, "search") == 0) {
        o->search = strcmp(value, "on") == 0;
        if (!o->search && strcmp(value, "off") != 0)
            return bd_args_usage("demo", "--search is '%s': use on or off", value), -1;
    } else if (strcmp(name, "output") == 0) {
        o->ask.output = value;
    } else if (strcmp(name, "answers") == 0) {
        o->ask.answers = true;
    } else if (strcmp(name, "all") == 0) {
        o->all = true;
    } else {
        o->ask.quiet = true;
    }
    return 0;
}

static int fail(const char *what)
{
    fprintf(stderr, "brandiag demo: %s: %s\n", what, strerrordesc_np(errno));
    return -1;
}

/* The demo keeps its diagnoses, so that `report` and `list` can be tried on them. */
static int state_dir(char *dir, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"); /* NOLINT(concurrency-mt-unsafe) */
    const char *home = getenv("HOME");            /* NOLINT(concurrency-mt-unsafe) */
    size_t n;

    if (state && *state)
        n = (size_t)snprintf(dir, size, "%s/brandiag", state);
    else
        n = (size_t)snprintf(dir, size, "%s/.local/state/brandiag", home ? home : "");
    if (n >= size || (!home && !(state && *state))) {
        errno = ENOENT;
        return fail("no $HOME to keep the demo's database in");
    }
    for (char *p = dir + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        (void)mkdir(dir, 0700); /* mostly there already; the last one tells */
    }
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return fail(dir);
    return 0;
}

#define LINES 32
struct lines { /* of configuration, in front of the user's --set */
    char text[LINES][1200];
    size_t count;
};

static void add(struct lines *l, const char *key, const char *value, const char *more)
{
    if (l->count < LINES)
        snprintf(l->text[l->count++], sizeof(l->text[0]), "%s=%s%s", key, value, more);
}

static void add_provider(struct lines *l, const char *name, const char *model,
                         const char *url, const char *path)
{
    char key[64];

    snprintf(key, sizeof(key), "provider:%s.model", name);
    add(l, key, model, "");
    snprintf(key, sizeof(key), "provider:%s.base_url", name);
    add(l, key, url, path);
    snprintf(key, sizeof(key), "provider:%s.allow_private", name);
    add(l, key, "yes", "");
    snprintf(key, sizeof(key), "provider:%s.api_key_env", name);
    add(l, key, "BRANDIAG_DEMO_KEY", "");
}

static void join(struct bd_setup *all, const struct lines *l,
                 const struct bd_setup *users)
{
    *all = (struct bd_setup){.config = "/dev/null"};
    for (size_t i = 0; i < l->count; i++)
        all->sets[all->set_count++] = l->text[i];
    for (size_t i = 0; i < users->set_count && all->set_count < BD_SETUP_SETS; i++)
        all->sets[all->set_count++] = users->sets[i];
}

static int ask(struct options *o, const struct bd_setup *all)
{
    struct bd_inquiry q;
    struct bd_error err;
    struct bd_engine *e;
    bool zh = strcmp(o->lang, "zh") == 0;
    int rc = 2;

    bd_inquiry_init(&q);
    q.search = o->search;
    snprintf(q.lang, sizeof(q.lang), "%s", o->lang);
    if (bd_inquiry_add_brand(&q, "华为=Huawei,问界,鸿蒙智行", &err) < 0 ||
        bd_inquiry_add_brand(&q, "小米=Xiaomi", &err) < 0 ||
        bd_inquiry_add_brand(&q, "特斯拉=Tesla", &err) < 0 ||
        bd_inquiry_add_brand(&q, "比亚迪=BYD", &err) < 0 ||
        bd_inquiry_add_question(&q,
                                zh ? "20万左右的新能源汽车品牌推荐"
                                   : "Which new-energy car brand would you recommend "
                                     "for around 200,000 RMB?",
                                &err) < 0)
        bd_setup_complain(&err);
    else if ((e = bd_setup_engine(all, BD_ENGINE_KEEPS))) {
        rc = bd_ask(e, &q, &o->ask);
        bd_engine_stop(e);
    }
    bd_inquiry_free(&q);
    return rc;
}

/* The value of a key: of several lines the last one counts. NULL if no line has it. */
static const char *value_of(const struct bd_setup *all, const char *key, size_t n)
{
    for (size_t i = all->set_count; i-- > 0;)
        if (strncmp(all->sets[i], key, n) == 0 && all->sets[i][n] == '=')
            return all->sets[i] + n + 1;
    return NULL;
}

/* As a shell takes it: one argument. */
static void say_set(const char *set)
{
    bool plain = !set[strcspn(set, " \t\"'\\$`&|;<>()*?[]{}~#!")];

    fputs(plain ? " --set " : " --set '", stderr);
    for (; *set; set++)
        if (*set == '\'')
            fputs("'\\''", stderr);
        else
            fputc(*set, stderr);
    if (!plain)
        fputc('\'', stderr);
}

/* How `list` is led to the storage, which may be another one than the demo's own. */
static void say_where(const struct bd_setup *all)
{
    const char *plugin = value_of(all, "storage.plugin", strlen("storage.plugin"));
    char section[128];
    const char *path;
    size_t n = (size_t)snprintf(section, sizeof(section), "storage:%s.path", plugin);

    if (strcmp(plugin, "store_memory") == 0) {
        fprintf(stderr, "not stored: store_memory forgets when the program ends\n");
        return;
    }
    path = value_of(all, section, n);
    fprintf(stderr, "stored in %s; see it again:\n  brandiag list", path ? path : plugin);
    n -= strlen("path");
    for (size_t i = 0; i < all->set_count; i++) {
        const char *set = all->sets[i], *equals = strchr(set, '=');

        if (strncmp(set, section, n) == 0 &&
            value_of(all, set, (size_t)(equals - set)) == equals + 1)
            say_set(set);
    }
    fprintf(stderr, " --set storage.plugin=%s\n", plugin);
}

static int demo(struct options *o)
{
    static struct bd_setup all; /* the demo's lines, then the user's, which win */
    static struct lines l;
    struct bd_simulator sim = {0};
    char dir[1024];
    int rc;

    if (state_dir(dir, sizeof(dir)) < 0 ||
        bd_simulator_start(&sim, o->seed, DEMO_KEY) < 0)
        return 1;
    setenv("BRANDIAG_DEMO_KEY", DEMO_KEY, 1); /* NOLINT(concurrency-mt-unsafe) */
    l.count = 0;
    add(&l, "storage.plugin", "store_sqlite", "");
    add(&l, "storage:store_sqlite.path", dir, "/demo.db");
    add(&l, "storage:store_jsonl.path", dir, "/demo.jsonl");
    add_provider(&l, "doubao", "doubao-seed-2-0-lite-260428", sim.url, "/doubao/api/v3");
    add_provider(&l, "qwen", "qwen-plus", sim.url, "/qwen/compatible-mode/v1");
    if (o->all) {
        add_provider(&l, "deepseek", "deepseek-flash", sim.url, "/deepseek");
        add_provider(&l, "zhipu", "glm-4.7", sim.url, "/zhipu/api/paas/v4");
    }
    join(&all, &l, &o->setup);
    rc = ask(o, &all);
    bd_simulator_stop(&sim);
    if (!o->ask.quiet && rc != 2)
        say_where(&all);
    return rc;
}

static int run(int argc, char **argv)
{
    static struct options o; /* large */
    struct bd_operands operands;
    int rc;

    o = (struct options){.ask.format = "terminal", .lang = "zh", .seed = "1"};
    rc = bd_args_parse(&bd_command_demo, argc, argv, take, &o, &operands);
    return rc >= 0 ? rc : demo(&o);
}

const struct bd_command bd_command_demo = {
    "demo",
    "",
    "The reference case against a simulator: no key, no network needed.",
    args,
    0,
    0,
    run,
    BD_ASK_CODES,
};
