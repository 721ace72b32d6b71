/* runtime/storage_slot.c - the chosen storage; see storage_slot.h. */
#include "runtime/storage_slot.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/thread.h"
#include "runtime/module.h"

struct bd__storage *bd__storage_new(const struct bd__source *from, const char *plugin,
                                    const char *where)
{
    const struct bd_plugin *found =
        bd__plugins_get(from->plugins, plugin, BD_STORAGE, where, from->problems);
    struct bd_option_table table;
    struct bd__storage *s;
    char section[64];

    if (!found)
        return NULL;
    s = calloc(1, sizeof(*s));
    if (!s) {
        bd_problems_add(from->problems, where, "out of memory");
        return NULL;
    }
    s->refs = 1;
    s->module = bd_module_ref(bd__plugins_module(from->plugins, plugin));
    table =
        (struct bd_option_table){found->options, found->option_count, found->option_size};
    snprintf(section, sizeof(section), "storage:%s", found->name);
    if (bd_values_check(&s->values, from->ini, section, &table, 1, from->problems) < 0) {
        bd__storage_unref(s);
        return NULL;
    }
    bd__host_init(&s->host, found->name, s->values);
    s->slot = (struct bd_storage_slot){
        .name = found->name,
        .plugin = (const struct bd_storage *)(const void *)found,
        .host = &s->host.table,
        .values = s->values,
    };
    return s;
}

bool bd__storage_same(const struct bd__storage *a, const struct bd__storage *b)
{
    return a->module == b->module && bd_values_same(a->values, b->values);
}

struct bd__storage *bd__storage_ref(struct bd__storage *s)
{
    s->refs++;
    return s;
}

/* The values before the code that their table is in. */
void bd__storage_unref(struct bd__storage *s)
{
    if (!s || --s->refs > 0)
        return;
    bd_values_free(s->values);
    bd_module_free(s->module);
    free(s);
}

static struct bd__storage *storage_of(const struct bd_storage_slot *slot)
{
    return (struct bd__storage *)(void *)(uintptr_t)slot;
}

const struct bd_storage_slot *bd_storage_slot_ref(const struct bd_storage_slot *slot)
{
    BD_ON(BD_MAIN);
    return &bd__storage_ref(storage_of(slot))->slot;
}

void bd_storage_slot_unref(const struct bd_storage_slot *slot)
{
    BD_ON(BD_MAIN);
    bd__storage_unref(slot ? storage_of(slot) : NULL);
}
