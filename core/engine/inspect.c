/* engine/inspect.c - see inspect.h. */
#include "engine/inspect.h"

#include <stdio.h>
#include <string.h>

#include "engine/parts.h"
#include "runtime/scan.h"

static void build_plan(struct bd_generation_plan *gp, const struct bd_engine_plan *plan)
{
    *gp = (struct bd_generation_plan){
        .ini_path = plan->ini_path,
        .sets = plan->sets,
        .set_count = plan->set_count,
        .provider_options = bd_settings_provider_options(),
        .default_plugin_dir = plan->plugin_dir,
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

static void check_keys(const struct bd_generation *g, struct bd_problems *problems)
{
    for (size_t i = 0; i < bd_generation_provider_count(g); i++) {
        const struct bd_provider_slot *p = bd_generation_provider(g, i);

        if (p->key_error.type != BD_ERR_NONE)
            bd_problems_add(problems, NULL, "[provider:%s] %s", p->name,
                            p->key_error.message);
    }
}

int bd_inspect_config(const struct bd_engine_plan *plan, struct bd_buf *problems,
                      struct bd_buf *shown)
{
    struct bd_generation_plan gp;
    struct bd_generation *g = NULL;
    struct bd_problems found;
    struct bd_error err;
    int count;

    build_plan(&gp, plan);
    bd_problems_init(&found);
    if (bd_generation_build(&g, &gp, &found, &err) == 0) {
        bd_settings_check(g, &found);
        check_keys(g, &found);
        if (bd_generation_provider_count(g) == 0)
            bd_problems_add(&found, NULL,
                            "no provider is configured: add a section like "
                            "[provider:doubao]");
        if (shown)
            show_all(shown, g);
        bd_generation_unref(g);
    } else if (found.count == 0) {
        bd_problems_add(&found, NULL, "%s", err.message);
    }
    bd_buf_append(problems, found.lines.data, found.lines.n);
    count = found.count;
    bd_problems_free(&found);
    return count;
}
