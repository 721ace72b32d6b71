/* runtime/generation.c - configuration, plugins and instances as one counted object. */
#include "runtime/generation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/thread.h"
#include "runtime/instance.h"
#include "runtime/plugins.h"
#include "runtime/sections.h"
#include "runtime/storage_slot.h"

#define SOURCE "config"

struct fixed {
    char section[64]; /* longer than any name in an INI */
    struct bd_values *values;
};

struct bd_generation {
    /* Taking a reference needs no order; the last release must see all that others did
     * with the generation before theirs. */
    atomic_uint refs;
    struct bd_ini *ini; /* what it was made of: another can be made of it */
    struct fixed *fixed;
    size_t fixed_count;
    struct bd__plugins *plugins;
    struct bd__provider **providers; /* in the order they were opened */
    size_t provider_count;
    struct bd__storage *storage;
};

struct build {
    struct bd_generation *g;
    const struct bd_generation_plan *plan;
    struct bd_ini *ini; /* the generation's */
    struct bd_problems *problems;
    struct bd__source source;
};

/* Instances before the values and the code they use, in reverse order. */
static void free_generation(struct bd_generation *g)
{
    if (!g)
        return;
    while (g->provider_count)
        bd__provider_close(g->providers[--g->provider_count]);
    free(g->providers);
    bd__storage_unref(g->storage);
    for (size_t i = 0; i < g->fixed_count; i++)
        bd_values_free(g->fixed[i].values);
    free(g->fixed);
    bd__plugins_free(g->plugins);
    bd_ini_free(g->ini);
    free(g);
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static void check_values(const struct build *b, const struct bd_section_table *t)
{
    const struct bd_ini_entry *e;

    for (size_t i = 0; t->check && (e = bd_ini_entry(b->ini, i)); i++)
        if (strcmp(e->section, t->section) == 0)
            t->check(e, b->problems);
}

static int take_fixed(struct build *b)
{
    struct bd_generation *g = b->g;

    g->fixed = calloc(b->plan->section_count + 1, sizeof(*g->fixed));
    if (!g->fixed)
        return -1;
    for (size_t i = 0; i < b->plan->section_count; i++) {
        const struct bd_section_table *t = &b->plan->sections[i];
        struct fixed *f = &g->fixed[g->fixed_count++];

        snprintf(f->section, sizeof(f->section), "%s", t->section);
        check_values(b, t);
        if (bd_values_check(&f->values, b->ini, t->section, &t->table, 1, b->problems) <
            0)
            continue; /* the others are still looked at */
    }
    return 0;
}

/* A text of a fixed section; if the section is bad, what the file says all the same, so
 * that the faults behind it are found too. */
static const char *setting(const struct build *b, const char *section, const char *key)
{
    const struct bd_values *v = bd_generation_section(b->g, section);
    const struct bd_ini_entry *e;

    if (v)
        return bd_values_text(v, key);
    e = bd_ini_find(b->ini, section, key);
    return e ? e->value : NULL;
}

static int open_plugins(struct build *b)
{
    const char *dir = setting(b, "engine", "plugin_dir");
    const struct bd_generation *before = b->plan->before, *again = b->plan->again;
    const struct bd__plugins_source from = {
        .dir = dir ? dir : b->plan->default_plugin_dir,
        .trial_program = b->plan->trial_program,
        .before = before ? before->plugins : NULL,
        .again = again ? again->plugins : NULL,
    };

    b->g->plugins = bd__plugins_new(&from, b->problems);
    b->source = (struct bd__source){
        .ini = b->ini,
        .plugins = b->g->plugins,
        .provider_options = b->plan->provider_options,
        .problems = b->problems,
        .keys_needed = b->plan->keys_needed,
        .kept = again ? again->providers : NULL,
        .kept_count = again ? again->provider_count : 0,
    };
    return b->g->plugins ? 0 : -1;
}

static int open_providers(struct build *b)
{
    struct bd_generation *g = b->g;
    const char *section;
    size_t n = 0;

    while (bd_ini_section(b->ini, n))
        n++;
    g->providers = calloc(n + 1, sizeof(struct bd__provider *));
    if (!g->providers)
        return -1;
    for (size_t i = 0; (section = bd_ini_section(b->ini, i)); i++) {
        struct bd__provider *p;

        if (!begins(section, "provider:"))
            continue;
        p = bd__provider_open(&b->source, section);
        if (p)
            g->providers[g->provider_count++] = p;
    }
    return 0;
}

/* People keep the sections of several storages: one that is not chosen is checked if
 * its plugin is here, and left alone if not. */
static void check_other_storages(struct build *b, const char *chosen)
{
    const char *section;

    for (size_t i = 0; (section = bd_ini_section(b->ini, i)); i++) {
        const char *name = section + strlen("storage:");

        if (begins(section, "storage:") && (!chosen || strcmp(name, chosen) != 0) &&
            bd__plugins_has(b->g->plugins, name))
            bd__storage_unref(bd__storage_new(&b->source, name,
                                              bd_ini_section_origin(b->ini, section)));
    }
}

/* Nothing of it is another: then it is the same, and a store need not be told. */
static void share_storage(struct build *b)
{
    struct bd__storage *before = b->plan->before ? b->plan->before->storage : NULL;

    if (!before || !b->g->storage || !bd__storage_same(before, b->g->storage))
        return;
    bd__storage_unref(b->g->storage);
    b->g->storage = bd__storage_ref(before);
}

static void take_storage(struct build *b)
{
    const char *chosen = setting(b, "storage", "plugin");
    const struct bd_ini_entry *e = bd_ini_find(b->ini, "storage", "plugin");

    if (chosen && chosen[0])
        b->g->storage =
            bd__storage_new(&b->source, chosen, e ? e->origin : "[storage] plugin");
    share_storage(b);
    check_other_storages(b, chosen);
}

static int read_ini(struct build *b, struct bd_error *err)
{
    const struct bd_generation_plan *plan = b->plan;

    if (plan->again)
        b->g->ini = bd_ini_ref(plan->again->ini);
    else if (bd_ini_read(&b->g->ini, plan->ini_path, plan->sets, plan->set_count,
                         b->problems, err) < 0)
        return -1;
    b->ini = b->g->ini;
    return 0;
}

static int build_all(struct build *b, struct bd_error *err)
{
    b->g = calloc(1, sizeof(*b->g));
    if (!b->g)
        goto no_memory;
    atomic_init(&b->g->refs, 1);
    if (read_ini(b, err) < 0)
        return -1;
    bd__sections_check(b->ini, b->plan, b->problems);
    if (take_fixed(b) < 0 || open_plugins(b) < 0 || open_providers(b) < 0)
        goto no_memory;
    take_storage(b);
    bd__plugins_settle(b->g->plugins);
    return 0;
no_memory:
    return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
}

static const char *path_of(const struct build *b)
{
    const char *path = bd_ini_path(b->ini);

    return path ? path : "the configuration";
}

int bd_generation_build(struct bd_generation **out, const struct bd_generation_plan *plan,
                        struct bd_problems *problems, struct bd_error *err)
{
    struct build b = {.plan = plan, .problems = problems};
    int before = problems->count, rc;

    BD_ON(BD_MAIN);
    rc = build_all(&b, err);
    if (rc == 0 && problems->count > before)
        rc = bd_fail(err, BD_ERR_CONFIG, problems->count - before, SOURCE,
                     "%d problem%s in %s", problems->count - before,
                     problems->count - before == 1 ? "" : "s", path_of(&b));
    if (rc < 0)
        free_generation(b.g);
    else
        *out = b.g;
    return rc;
}

struct bd_generation *bd_generation_ref(struct bd_generation *g)
{
    atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
    return g;
}

void bd_generation_unref(struct bd_generation *g)
{
    if (!g || atomic_fetch_sub_explicit(&g->refs, 1, memory_order_acq_rel) != 1)
        return;
    BD_ON(BD_MAIN);
    free_generation(g);
}

unsigned bd_generation_refs(const struct bd_generation *g)
{
    return atomic_load_explicit(&g->refs, memory_order_acquire);
}

void bd_generation_rest(struct bd_generation *g)
{
    BD_ON(BD_MAIN);
    for (size_t i = g->provider_count; i-- > 0;)
        bd__provider_rest(g->providers[i]);
    bd__storage_unref(g->storage);
    g->storage = NULL;
    bd__plugins_rest(g->plugins);
}

const struct bd_values *bd_generation_section(const struct bd_generation *g,
                                              const char *section)
{
    for (size_t i = 0; i < g->fixed_count; i++)
        if (strcmp(g->fixed[i].section, section) == 0)
            return g->fixed[i].values;
    return NULL;
}

size_t bd_generation_provider_count(const struct bd_generation *g)
{
    return g->provider_count;
}

const struct bd_provider_slot *bd_generation_provider(const struct bd_generation *g,
                                                      size_t i)
{
    return i < g->provider_count ? &g->providers[i]->slot : NULL;
}

const struct bd_provider_slot *bd_generation_find(const struct bd_generation *g,
                                                  const char *name)
{
    for (size_t i = 0; i < g->provider_count; i++)
        if (strcmp(g->providers[i]->slot.name, name) == 0)
            return &g->providers[i]->slot;
    return NULL;
}

const struct bd_storage_slot *bd_generation_storage(const struct bd_generation *g)
{
    return g->storage ? &g->storage->slot : NULL;
}
