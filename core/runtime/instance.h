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

/* What instances are made from. */
struct bd__source {
    const struct bd_ini *ini;
    struct bd__plugins *plugins;
    struct bd_option_table provider_options;
    struct bd_problems *problems;
    bool keys_needed; /* see generation.h */
    /* Those of a generation that is built again, lent: their keys are taken, and no key
     * is read. NULL: it is a new one. */
    struct bd__provider *const *kept;
    size_t kept_count;
};

/* Makes and opens the provider of section "provider:NAME". NULL after adding problems.
 * Free it before the plugins. */
struct bd__provider *bd__provider_open(const struct bd__source *from,
                                       const char *section);
/* Closes it, and keeps no more than its name and key, for bd__source.kept. */
void bd__provider_rest(struct bd__provider *p);
/* Closes it. NULL is fine. */
void bd__provider_close(struct bd__provider *p);

#endif
