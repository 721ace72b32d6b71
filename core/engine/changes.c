/* engine/changes.c - what is different in another generation, a line each, for people. */
#include <stdio.h>
#include <string.h>

#include "engine/parts.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* "[breaker] failure_threshold: 5 -> 3" for every value that is another one. Both have
 * the same tables, or `a` those of another build of its plugin. */
static void compare_values(struct bd_buf *out, const char *section,
                           const struct bd_values *a, const struct bd_values *b)
{
    const struct bd_option *o;
    const char *new, *origin;

    for (size_t i = 0; bd_values_at(b, i, &o, &new, &origin); i++) {
        const struct bd_option *old_option;
        const char *old = "", *old_origin;

        for (size_t k = 0; bd_values_at(a, k, &old_option, &old, &old_origin); k++)
            if (strcmp(old_option->name, o->name) == 0)
                break;
        if (strcmp(old, new) != 0)
            bd_buf_addf(out, "[%s] %s: %.200s -> %.200s\n", section, o->name,
                        old[0] ? old : "unset", new[0] ? new : "unset");
    }
}

static void compare_provider(struct bd_buf *out, const struct bd_provider_slot *a,
                             const struct bd_provider_slot *b)
{
    char section[64];

    snprintf(section, sizeof(section), "provider:%s", b->name);
    if (!a) {
        bd_buf_addf(out, "[%s] is new\n", section);
        return;
    }
    if (a->plugin != b->plugin)
        bd_buf_addf(out, "[%s] plugin %s: another build, version %s -> %s\n", section,
                    b->plugin->base.name, a->plugin->base.version,
                    b->plugin->base.version);
    if (!same(a->key, b->key))
        bd_buf_addf(out, "[%s] another key\n", section);
    compare_values(out, section, a->values, b->values);
}

static void compare_storage(struct bd_buf *out, const struct bd_storage_slot *a,
                            const struct bd_storage_slot *b)
{
    if (a == b)
        return;
    bd_buf_addf(out, "[storage] %s -> %s%s\n", a->name, b->name,
                strcmp(a->name, b->name) == 0 ? ", another build or other values" : "");
}

void bd__changes(struct bd_buf *out, const struct bd_generation *a,
                 const struct bd_generation *b)
{
    size_t count;
    const struct bd_section_table *t = bd_settings_sections(&count);

    for (size_t i = 0; i < count; i++)
        compare_values(out, t[i].section, bd_generation_section(a, t[i].section),
                       bd_generation_section(b, t[i].section));
    for (size_t i = 0; i < bd_generation_provider_count(b); i++) {
        const struct bd_provider_slot *p = bd_generation_provider(b, i);

        compare_provider(out, bd_generation_find(a, p->name), p);
    }
    for (size_t i = 0; i < bd_generation_provider_count(a); i++) {
        const struct bd_provider_slot *p = bd_generation_provider(a, i);

        if (!bd_generation_find(b, p->name))
            bd_buf_addf(out, "[provider:%s] is gone\n", p->name);
    }
    compare_storage(out, bd_generation_storage(a), bd_generation_storage(b));
}
