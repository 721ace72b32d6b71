/* runtime/plugins.c - the plugins in a directory; see plugins.h. */
#include "runtime/plugins.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "runtime/image.h"
#include "runtime/listing.h"
#include "runtime/module.h"
#include "runtime/trial.h"
#include "runtime/values.h"

#define SOURCE "plugins"

struct loaded {
    char *name;
    struct bd__image *image;
    struct bd_module *module; /* NULL: was refused, and told so, or rests */
};

struct bd__plugins {
    struct bd__plugins_source from; /* while it is built; dir is our own */
    char *dir;
    char **names; /* of the .so files, without ".so" */
    size_t name_count;
    bool no_dir;
    struct loaded *loaded;
    size_t count;
};

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

    if (bd__listing_read(&names, &n, dir, err) < 0)
        return -1;
    for (size_t i = 0; i < n && rc == 0; i++) {
        char *path = bd__listing_path(dir, names[i]);

        if (path)
            scan_one(path, fn, arg);
        else
            rc = bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
        free(path);
    }
    bd__listing_free(names, n);
    return rc;
}

/* The names of the images that others have. */
static int list_images(struct bd__plugins *p, const struct bd__plugins *others)
{
    p->names = calloc(others->count + 1, sizeof(*p->names));
    if (!p->names)
        return -1;
    for (size_t i = 0; i < others->count; i++) {
        if (!others->loaded[i].image)
            continue;
        p->names[p->name_count] = strdup(others->loaded[i].name);
        if (!p->names[p->name_count])
            return -1;
        p->name_count++;
    }
    return 0;
}

struct bd__plugins *bd__plugins_new(const struct bd__plugins_source *from,
                                    struct bd_problems *problems)
{
    const char *dir = from->again ? from->again->dir : from->dir;
    struct bd__plugins *p = calloc(1, sizeof(*p));
    struct bd_error err;

    if (!p)
        return NULL;
    p->from = *from;
    p->dir = strdup(dir);
    if (!p->dir || (from->again && list_images(p, from->again) < 0)) {
        bd__plugins_free(p);
        return NULL;
    }
    if (!from->again && bd__listing_read(&p->names, &p->name_count, dir, &err) < 0) {
        bd_problems_add(problems, dir,
                        "%s; set [engine] plugin_dir to where the plugins "
                        "are",
                        err.message);
        p->no_dir = true;
    }
    return p;
}

void bd__plugins_settle(struct bd__plugins *p)
{
    p->from = (struct bd__plugins_source){0};
}

void bd__plugins_rest(struct bd__plugins *p)
{
    for (size_t i = p->count; i-- > 0;) {
        bd_module_free(p->loaded[i].module);
        p->loaded[i].module = NULL;
    }
}

void bd__plugins_free(struct bd__plugins *p)
{
    if (!p)
        return;
    while (p->count) {
        p->count--;
        bd_module_free(p->loaded[p->count].module);
        bd__image_unref(p->loaded[p->count].image);
        free(p->loaded[p->count].name);
    }
    free(p->loaded);
    bd__listing_free(p->names, p->name_count);
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

static struct loaded *find(const struct bd__plugins *p, const char *name)
{
    for (size_t i = 0; p && i < p->count; i++)
        if (strcmp(p->loaded[i].name, name) == 0)
            return &p->loaded[i];
    return NULL;
}

static struct bd__image *image_of(const struct bd__plugins *p, const char *name)
{
    const struct loaded *l = find(p, name);

    return l ? l->image : NULL;
}

/* The image of the plugin, which is that of `before` if it is the same. */
static int take_image(const struct bd__plugins *p, struct loaded *l, const char *path,
                      struct bd_error *err)
{
    struct bd__image *before = image_of(p->from.before, l->name), *kept;

    if (!p->from.again)
        return bd__image_read(&l->image, path, before, err);
    kept = image_of(p->from.again, l->name);
    if (before && bd__image_same(before, kept))
        kept = before;
    l->image = bd__image_ref(kept);
    return 0;
}

/* What another generation has an image of was tried for it. */
static bool is_new(const struct bd__plugins *p, const struct loaded *l)
{
    return l->image != image_of(p->from.before, l->name) &&
           l->image != image_of(p->from.again, l->name);
}

static int take_module(const struct bd__plugins *p, struct loaded *l, const char *path,
                       struct bd_error *err)
{
    struct bd__trial trial = {
        .program = p->from.trial_program, .name = l->name, .limit_ms = BD__TRIAL_MS};

    if (take_image(p, l, path, err) < 0)
        return -1;
    trial.fd = l->image->copy.fd;
    if (trial.program && is_new(p, l) && bd__trial_run(&trial, err) < 0)
        return -1;
    return bd__module_of(&l->module, l->image, err);
}

static void load(const struct bd__plugins *p, struct loaded *l, const char *where,
                 struct bd_problems *problems)
{
    char *path = bd__listing_path(p->dir, l->name);
    struct bd_error err;

    if (!path)
        bd_problems_add(problems, where, "out of memory");
    else if (take_module(p, l, path, &err) < 0)
        bd_problems_add(problems, where, "plugin %s: %s", path, err.message);
    free(path);
}

static struct loaded *loaded(struct bd__plugins *p, const char *name, const char *where,
                             struct bd_problems *problems)
{
    struct loaded *l = find(p, name);

    if (l)
        return l;
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

struct bd_module *bd__plugins_module(const struct bd__plugins *p, const char *name)
{
    const struct loaded *l = find(p, name);

    return l ? l->module : NULL;
}
