/* engine/sample.c - the whole INI as its option tables have it. */
#include <string.h>

#include "engine/inspect.h"
#include "engine/settings.h"

enum { COLUMN = 34 }; /* where the help begins */

struct sample {
    struct bd_buf *out;
    struct bd_buf *storages, *providers; /* come after the core's sections */
};

static const struct bd_option *at(const struct bd_option_table *t, uint32_t i)
{
    return (const struct bd_option *)(const void *)((const char *)t->options +
                                                    (size_t)i * t->size);
}

static bool listed(const struct bd_option_table *t, const char *name)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (strcmp(at(t, i)->name, name) == 0)
            return true;
    return false;
}

/* Every line is a comment: a default that is written down would stay when it changes. */
static void write_option(struct bd_buf *out, const struct bd_option *o)
{
    size_t start = out->n;

    (void)bd_buf_addf(out, ";%s =%s%s ", o->name, o->default_value ? " " : "",
                      o->default_value ? o->default_value : "");
    while (out->n < start + COLUMN && bd_buf_add(out, " ") == 0)
        ;
    (void)bd_buf_addf(out, "; %s%s\n", o->flags & BD_OPTION_REQUIRED ? "REQUIRED: " : "",
                      o->help);
}

/* Of the first table what the second does not have anew. */
static void write_options(struct bd_buf *out, const struct bd_option_table *t,
                          const struct bd_option_table *over)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (!over || !listed(over, at(t, i)->name))
            write_option(out, at(t, i));
}

static void on_plugin(void *arg, const struct bd_plugin_view *v)
{
    struct sample *s = arg;
    const struct bd_option_table core = bd_settings_provider_options();
    struct bd_option_table own;
    bool provider;

    if (!v->plugin)
        return; /* `brandiag plugins` says why */
    own = (struct bd_option_table){v->plugin->options, v->plugin->option_count,
                                   v->plugin->option_size};
    provider = v->plugin->kind == BD_PROVIDER;
    (void)bd_buf_addf(provider ? s->providers : s->storages, "\n;[%s:%s]\n", v->kind,
                      v->name);
    if (provider)
        write_options(s->providers, &core, &own);
    write_options(provider ? s->providers : s->storages, &own, NULL);
}

int bd_inspect_sample(const struct bd_engine_plan *plan, struct bd_buf *out,
                      struct bd_error *err)
{
    struct bd_buf storages, providers;
    struct sample s = {out, &storages, &providers};
    size_t count;
    const struct bd_section_table *sections = bd_settings_sections(&count);
    int rc;

    bd_buf_init(&storages, 1 << 20);
    bd_buf_init(&providers, 1 << 20);
    rc = bd_inspect_plugins(plan, NULL, on_plugin, &s, err);
    (void)bd_buf_add(out,
                     "; Every section and key of brandiag with its default, as "
                     "`brandiag check --sample`\n; prints them. Take the ; away from "
                     "what you change. A value ends at \" ;\".\n");
    for (size_t i = 0; rc == 0 && i < count; i++) {
        (void)bd_buf_addf(out, "\n[%s]\n", sections[i].section);
        write_options(out, &sections[i].table, NULL);
    }
    (void)bd_buf_append(out, storages.data, storages.n);
    (void)bd_buf_add(out,
                     "\n; One section a provider, named as you like; two may share a "
                     "plugin.\n");
    if (bd_buf_append(out, providers.data, providers.n) < 0 && rc == 0)
        rc = bd_fail(err, BD_ERR_INTERNAL, 0, "sample", "out of memory");
    bd_buf_free(&storages);
    bd_buf_free(&providers);
    return rc;
}
