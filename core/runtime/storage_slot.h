/* runtime/storage_slot.h - the chosen storage: its module, its values and what it gets
 * from us. Counted: generations share it while nothing of it changes, and a store may
 * hold it longer than they live. [main] */
#ifndef BD_RUNTIME_STORAGE_SLOT_H
#define BD_RUNTIME_STORAGE_SLOT_H

#include "runtime/generation.h"
#include "runtime/host.h"
#include "runtime/instance.h"

struct bd_module;

struct bd__storage {
    struct bd_storage_slot slot; /* must stay first */
    unsigned refs;
    struct bd_module *module; /* a reference: the code behind slot and values */
    struct bd__host host;
    struct bd_values *values;
};

/* Checks the storage `plugin` with the section "storage:plugin"; where names who wants
 * it. NULL after adding problems. */
struct bd__storage *bd__storage_new(const struct bd__source *from, const char *plugin,
                                    const char *where);
/* The same module and the same values? */
bool bd__storage_same(const struct bd__storage *a, const struct bd__storage *b);
struct bd__storage *bd__storage_ref(struct bd__storage *s); /* returns s */
void bd__storage_unref(struct bd__storage *s);              /* NULL is fine */

#endif
