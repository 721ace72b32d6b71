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

#define SOURCE "config"

struct fixed {
    char section[64]; /* longer than any name in an INI */
    struct bd_values *values;
};

struct bd_generation {
    /* Taking a reference needs no order; the last release must see all that others did
     * with the generation before theirs. */
    atomic_uint refs;
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
    struct bd_ini *ini;
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
    bd__storage_free(g->storage);
    for (size_t i = 0; i < g->fixed_count; i++)
        bd_values_free(g->fixed[i].values);
    free(g->fixed);
    bd__plugins_free(g->plugins);
    free(g);
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* "there is no section [weather]; there are [engine], [storage] and [provider:NAME]" */
static void add_strange_section(const struct build *b, const char *section,
                                const char *where)
{
    struct bd_buf known;

    bd_buf_init(&known, 1000);
    for (size_t i = 0; i < b->plan->section_count; i++)
        (void)bd_buf_addf(&known, "[%s] ", b->plan->sections[i].section); /* a help */
    bd_problems_add(b->problems, where,
                    "there is no section [%s]; there are %sand [provider:NAME]", section,
                    known.data);
    bd_buf_free(&known);
}

static void add_unknown_section(const struct build *b, const char *section)
{
    const char *names[64], *nearest, *colon = strchr(section, ':');
    const char *where = bd_ini_section_origin(b->ini, section);
    char kind[64];
    size_t n = 0;

    for (; n < b->plan->section_count && n < 62; n++)
        names[n] = b->plan->sections[n].section;
    names[n++] = "provider";
    snprintf(kind, sizeof(kind), "%.*s", colon ? (int)(colon - section) : 63, section);
    nearest = bd_values_nearest(kind, names, n);
    if (nearest && strcmp(nearest, "provider") == 0)
        bd_problems_add(b->problems, where,
                        "there is no section [%s]; did you mean [provider:%s]?", section,
                        colon && colon[1] ? colon + 1 : "NAME");
    else if (nearest)
        bd_problems_add(b->problems, where,
                        "there is no section [%s]; did you mean [%s%s]?", section,
                        nearest, colon && strcmp(nearest, "storage") == 0 ? colon : "");
    else
        add_strange_section(b, section, where);
}

static bool is_fixed(const struct build *b, const char *section)
{
    for (size_t i = 0; i < b->plan->section_count; i++)
        if (strcmp(b->plan->sections[i].section, section) == 0)
            return true;
    return false;
}

static void check_section_names(const struct build *b)
{
    const char *section;

    for (size_t i = 0; (section = bd_ini_section(b->ini, i)); i++)
        if (!is_fixed(b, section) && !begins(section, "provider:") &&
            !begins(section, "storage:"))
            add_unknown_section(b, section);
}

static void check_values(const struct build *b, const struct bd_section_table *t)
{
    const struct bd_ini_entry *e;

    for (size_t i = 0; t->check && (e = bd_ini_entry(b->ini, i)); i++)
        if (strcmp(e->section, t->section) == 0)
            t->check(e, b->problems);
}

static void check_provider_values(const struct build *b)
{
    const struct bd_ini_entry *e;

    for (size_t i = 0; b->plan->check_provider && (e = bd_ini_entry(b->ini, i)); i++)
        if (begins(e->section, "provider:"))
            b->plan->check_provider(e, b->problems);
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

    b->g->plugins = bd__plugins_new(dir ? dir : b->plan->default_plugin_dir, b->problems);
    b->source = (struct bd__source){
        .ini = b->ini,
        .plugins = b->g->plugins,
        .provider_options = b->plan->provider_options,
        .problems = b->problems,
        .keys_needed = b->plan->keys_needed,
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
            bd__storage_free(bd__storage_new(&b->source, name,
                                             bd_ini_section_origin(b->ini, section)));
    }
}

static void take_storage(struct build *b)
{
    const char *chosen = setting(b, "storage", "plugin");
    const struct bd_ini_entry *e = bd_ini_find(b->ini, "storage", "plugin");

    if (chosen && chosen[0])
        b->g->storage =
            bd__storage_new(&b->source, chosen, e ? e->origin : "[storage] plugin");
    check_other_storages(b, chosen);
}

static int build_all(struct build *b, struct bd_error *err)
{
    b->g = calloc(1, sizeof(*b->g));
    if (!b->g)
        goto no_memory;
    atomic_init(&b->g->refs, 1);
    if (bd_ini_read(&b->ini, b->plan->ini_path, b->plan->sets, b->plan->set_count,
                    b->problems, err) < 0)
        return -1;
    check_section_names(b);
    check_provider_values(b);
    if (take_fixed(b) < 0 || open_plugins(b) < 0 || open_providers(b) < 0)
        goto no_memory;
    take_storage(b);
    return 0;
no_memory:
    return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
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
                     problems->count - before == 1 ? "" : "s",
                     plan->ini_path ? plan->ini_path : "the configuration");
    bd_ini_free(b.ini);
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
