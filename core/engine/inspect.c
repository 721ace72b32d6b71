/* engine/inspect.c - see inspect.h. */
#include "engine/inspect.h"

#include <stdio.h>
#include <string.h>

#include "engine/parts.h"
#include "runtime/plugins.h"

static void build_plan(struct bd_generation_plan *gp, const struct bd_engine_plan *plan)
{
    *gp = (struct bd_generation_plan){
        .ini_path = plan->ini_path,
        .sets = plan->sets,
        .set_count = plan->set_count,
        .provider_options = bd_settings_provider_options(),
        .check_provider = bd_settings_check_provider,
        .default_plugin_dir = plan->plugin_dir,
        .keys_needed = true,
    };
    gp->sections = bd_settings_sections(&gp->section_count);
}

static void show_section(struct bd_buf *out, const char *kind, const char *name,
                         const struct bd_values *v)
{
    const struct bd_option *o;
    const char *value, *origin;

    bd_buf_addf(out, "[%s%s]\n", kind, name);
    for (size_t i = 0; bd_values_at(v, i, &o, &value, &origin); i++)
        if (strcmp(origin, "unset") == 0)
            bd_buf_addf(out, ";%s =   ; unset: %s\n", o->name, o->help);
        else
            bd_buf_addf(out, "%s = %s   ; %s\n", o->name, value, origin);
    bd_buf_add(out, "\n");
}

static void show_all(struct bd_buf *out, const struct bd_generation *g)
{
    const struct bd_storage_slot *storage = bd_generation_storage(g);
    size_t count;
    const struct bd_section_table *sections = bd_settings_sections(&count);

    for (size_t i = 0; i < count; i++)
        show_section(out, "", sections[i].section,
                     bd_generation_section(g, sections[i].section));
    show_section(out, "storage:", storage->name, storage->values);
    for (size_t i = 0; i < bd_generation_provider_count(g); i++) {
        const struct bd_provider_slot *p = bd_generation_provider(g, i);

        show_section(out, "provider:", p->name, p->values);
    }
}

/* Of a configuration that cannot be used: the core's keys all the same, since a problem
 * may send people here to look them up. A section with a fault shows its defaults. */
static void show_core(struct bd_buf *out, const struct bd_engine_plan *plan)
{
    struct bd_ini *given = NULL, *none = NULL;
    struct bd_problems told; /* by whoever found the configuration wrong */
    struct bd_error err;
    size_t count;
    const struct bd_section_table *t = bd_settings_sections(&count);

    bd_problems_init(&told);
    if (bd_ini_read(&none, NULL, NULL, 0, &told, &err) == 0 &&
        bd_ini_read(&given, plan->ini_path, plan->sets, plan->set_count, &told, &err) ==
            0)
        for (size_t i = 0; i < count; i++) {
            struct bd_values *v = NULL;

            if (bd_values_check(&v, given, t[i].section, &t[i].table, 1, &told) == 0 ||
                bd_values_check(&v, none, t[i].section, &t[i].table, 1, &told) == 0)
                show_section(out, "", t[i].section, v);
            bd_values_free(v);
        }
    bd_ini_free(given);
    bd_ini_free(none);
    bd_problems_free(&told);
}

static void note_keyless(const struct bd_generation *g, struct bd_buf *notes)
{
    for (size_t i = 0; i < bd_generation_provider_count(g); i++) {
        const struct bd_provider_slot *p = bd_generation_provider(g, i);

        if (!p->key)
            bd_buf_addf(notes,
                        "%s: note: [provider:%s] has no key; its calls carry none, which "
                        "is right for a server of your own\n",
                        p->origin, p->name);
    }
}

int bd_inspect_config(const struct bd_engine_plan *plan, struct bd_buf *problems,
                      struct bd_buf *notes, struct bd_buf *shown)
{
    struct bd_generation_plan gp;
    struct bd_generation *g = NULL;
    struct bd_problems found;
    struct bd_error err;
    int count;

    build_plan(&gp, plan);
    bd_problems_init(&found);
    if (bd_generation_build(&g, &gp, &found, &err) == 0) {
        note_keyless(g, notes);
        bd_alert_settings_problems(bd_generation_section(g, "alerts"), &found);
        if (bd_generation_provider_count(g) == 0)
            bd_problems_add(&found, NULL,
                            "no provider is configured: add a section like "
                            "[provider:doubao]");
        if (shown)
            show_all(shown, g);
        bd_generation_unref(g);
    } else {
        if (found.count == 0)
            bd_problems_add(&found, NULL, "%s", err.message);
        if (shown)
            show_core(shown, plan);
    }
    bd_buf_append(problems, found.lines.data, found.lines.n);
    count = found.count;
    bd_problems_free(&found);
    return count;
}

struct listing {
    void (*each)(void *arg, const struct bd_plugin_view *view);
    void *arg;
};

static void on_plugin(void *arg, const char *path, const struct bd_plugin *plugin,
                      const struct bd_error *err)
{
    const struct listing *l = arg;
    struct bd_plugin_view view = {.file = path,
                                  .name = "",
                                  .kind = "",
                                  .version = "",
                                  .error = "",
                                  .plugin = plugin};

    if (plugin) {
        view.name = plugin->name;
        view.kind = plugin->kind == BD_PROVIDER ? "provider" : "storage";
        view.version = plugin->version;
        view.abi_minor = plugin->abi_minor;
    } else {
        view.error = err->message;
    }
    l->each(l->arg, &view);
}

int bd_inspect_setting(const struct bd_engine_plan *plan, const char *name,
                       const char *otherwise, char *out, size_t size,
                       struct bd_error *err)
{
    const char *dot = strrchr(name, '.');
    const struct bd_ini_entry *entry;
    struct bd_problems problems;
    struct bd_ini *ini = NULL;
    char section[64];
    int rc;

    bd_problems_init(&problems);
    rc = bd_ini_read(&ini, plan->ini_path, plan->sets, plan->set_count, &problems, err);
    bd_problems_free(&problems);
    if (rc < 0)
        return -1;
    snprintf(section, sizeof(section), "%.*s", (int)(dot - name), name);
    entry = bd_ini_find(ini, section, dot + 1);
    snprintf(out, size, "%s", entry ? entry->value : otherwise);
    bd_ini_free(ini);
    return 0;
}

int bd_inspect_plugins(const struct bd_engine_plan *plan, const char *dir,
                       void (*each)(void *arg, const struct bd_plugin_view *view),
                       void *arg, struct bd_error *err)
{
    struct listing l = {each, arg};
    char configured[4096];

    if (!dir && bd_inspect_setting(plan, "engine.plugin_dir", plan->plugin_dir,
                                   configured, sizeof(configured), err) < 0)
        return -1;
    return bd_plugins_scan(dir ? dir : configured, on_plugin, &l, err);
}
