/* runtime/instance.h - one section with a plugin behind it, checked and opened. [main] */
#ifndef BD_RUNTIME_INSTANCE_H
#define BD_RUNTIME_INSTANCE_H

#include "runtime/generation.h"
#include "runtime/host.h"
#include "runtime/plugins.h"

struct bd__provider {
    struct bd_provider_slot slot;
    struct bd__host host;
    char *name, *origin, *key;
    struct bd_values *values;
    bool open;
};

struct bd__storage {
    struct bd_storage_slot slot;
    struct bd__host host;
    struct bd_values *values;
};

/* What instances are made from. */
struct bd__source {
    const struct bd_ini *ini;
    struct bd__plugins *plugins;
    struct bd_option_table provider_options;
    struct bd_problems *problems;
    bool keys_needed; /* see generation.h */
};

/* Makes and opens the provider of section "provider:NAME". NULL after adding problems.
 * Free it before the plugins. */
struct bd__provider *bd__provider_open(const struct bd__source *from,
                                       const char *section);
/* Closes it. NULL is fine. */
void bd__provider_close(struct bd__provider *p);

/* Checks the storage `plugin` with the section "storage:plugin"; where names who wants
 * it. NULL after adding problems. */
struct bd__storage *bd__storage_new(const struct bd__source *from, const char *plugin,
                                    const char *where);
void bd__storage_free(struct bd__storage *s);

#endif
