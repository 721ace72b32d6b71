/* runtime/plugins.c - the plugins in a directory; see plugins.h. */
#include "runtime/plugins.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "runtime/module.h"
#include "runtime/values.h"

#define SOURCE "plugins"

struct loaded {
    char *name;
    struct bd_module *module; /* NULL: was refused, and told so */
};

struct bd__plugins {
    char *dir;
    char **names; /* of the .so files, without ".so" */
    size_t name_count;
    bool no_dir;
    struct loaded *loaded;
    size_t count;
};

static int is_plugin(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 3 && strcmp(e->d_name + n - 3, ".so") == 0;
}

static void free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

/* Names without ".so", sorted. */
static int list(const char *dir, char ***out, size_t *count, struct bd_error *err)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, is_plugin, alphasort);
    char **names;
    size_t got = 0;

    if (n < 0) {
        bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "the plugin directory cannot be read");
        return bd_fail_in(err, "%s", dir);
    }
    names = calloc((size_t)n + 1, sizeof(*names));
    for (int i = 0; i < n; i++) {
        char *name = names ? strdup(entries[i]->d_name) : NULL;

        if (name) {
            name[strlen(name) - 3] = '\0';
            names[got++] = name;
        }
        free(entries[i]);
    }
    free(entries);
    if (!names || got < (size_t)n) {
        free_names(names, got);
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    }
    *out = names;
    *count = got;
    return 0;
}

/* "dir/name.so"; free it. */
static char *path_of(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + sizeof("/.so");
    char *path = malloc(n);

    if (path)
        snprintf(path, n, "%s/%s.so", dir, name);
    return path;
}

static void scan_one(const char *path, bd_plugins_fn *fn, void *arg)
{
    struct bd_module *m = NULL;
    struct bd_error err;

    if (bd_module_load(&m, path, &err) < 0)
        fn(arg, path, NULL, &err);
    else
        fn(arg, path, bd_module_plugin(m), NULL);
    bd_module_free(m);
}

int bd_plugins_scan(const char *dir, bd_plugins_fn *fn, void *arg, struct bd_error *err)
{
    char **names = NULL;
    size_t n;
    int rc = 0;

    if (list(dir, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n && rc == 0; i++) {
        char *path = path_of(dir, names[i]);

        if (path)
            scan_one(path, fn, arg);
        else
            rc = bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
        free(path);
    }
    free_names(names, n);
    return rc;
}

struct bd__plugins *bd__plugins_new(const char *dir, struct bd_problems *problems)
{
    struct bd__plugins *p = calloc(1, sizeof(*p));
    struct bd_error err;

    if (!p || !(p->dir = strdup(dir))) {
        free(p);
        return NULL;
    }
    if (list(dir, &p->names, &p->name_count, &err) < 0) {
        bd_problems_add(problems, dir,
                        "%s; set [engine] plugin_dir to where the plugins "
                        "are",
                        err.message);
        p->no_dir = true;
    }
    return p;
}

void bd__plugins_free(struct bd__plugins *p)
{
    if (!p)
        return;
    while (p->count) {
        p->count--;
        bd_module_free(p->loaded[p->count].module);
        free(p->loaded[p->count].name);
    }
    free(p->loaded);
    free_names(p->names, p->name_count);
    free(p->dir);
    free(p);
}

bool bd__plugins_has(const struct bd__plugins *p, const char *name)
{
    for (size_t i = 0; i < p->name_count; i++)
        if (strcmp(p->names[i], name) == 0)
            return true;
    return false;
}

static void add_missing(const struct bd__plugins *p, const char *name, const char *where,
                        struct bd_problems *problems)
{
    const char *nearest =
        bd_values_nearest(name, (const char *const *)p->names, p->name_count);
    struct bd_buf all;

    if (nearest) {
        bd_problems_add(problems, where,
                        "there is no plugin '%.64s' in %s; did you mean '%s'?", name,
                        p->dir, nearest);
        return;
    }
    bd_buf_init(&all, 300);
    for (size_t i = 0; i < p->name_count; i++)
        (void)bd_buf_addf(&all, "%s%s", i ? ", " : "", p->names[i]); /* a help, cut */
    bd_problems_add(problems, where, "there is no plugin '%.64s' in %s; there %s: %s",
                    name, p->dir, p->name_count == 1 ? "is" : "are",
                    all.n ? all.data : "none at all");
    bd_buf_free(&all);
}

static void load(struct bd__plugins *p, struct loaded *l, const char *where,
                 struct bd_problems *problems)
{
    char *path = path_of(p->dir, l->name);
    struct bd_error err;

    if (!path)
        bd_problems_add(problems, where, "out of memory");
    else if (bd_module_load(&l->module, path, &err) < 0)
        bd_problems_add(problems, where, "plugin %s: %s", path, err.message);
    free(path);
}

static struct loaded *loaded(struct bd__plugins *p, const char *name, const char *where,
                             struct bd_problems *problems)
{
    struct loaded *l;

    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->loaded[i].name, name) == 0)
            return &p->loaded[i];
    l = realloc(p->loaded, (p->count + 1) * sizeof(*l));
    if (!l)
        return NULL;
    p->loaded = l;
    l = &p->loaded[p->count];
    *l = (struct loaded){.name = strdup(name)};
    if (!l->name)
        return NULL;
    p->count++;
    load(p, l, where, problems);
    return l;
}

const struct bd_plugin *bd__plugins_get(struct bd__plugins *p, const char *name,
                                        uint32_t kind, const char *where,
                                        struct bd_problems *problems)
{
    const struct bd_plugin *plugin;
    struct loaded *l;

    if (p->no_dir)
        return NULL;
    if (!bd__plugins_has(p, name)) {
        add_missing(p, name, where, problems);
        return NULL;
    }
    l = loaded(p, name, where, problems);
    if (!l)
        bd_problems_add(problems, where, "out of memory");
    if (!l || !l->module)
        return NULL;
    plugin = bd_module_plugin(l->module);
    if (plugin->kind == kind)
        return plugin;
    bd_problems_add(problems, where, "the plugin %s is a %s, but a %s is wanted here",
                    name, kind == BD_PROVIDER ? "storage" : "provider",
                    kind == BD_PROVIDER ? "provider" : "storage");
    return NULL;
}
