/* runtime/host.h - what an instance of a plugin gets from us: struct bd_host over the
 * values of its section. [any] after init. */
#ifndef BD_RUNTIME_HOST_H
#define BD_RUNTIME_HOST_H

#include "bd/plugin.h"
#include "runtime/values.h"

/* Must not move while the instance is open. */
struct bd__host {
    struct bd_host table;
    const char *name; /* the plugin's: source of its errors and log lines */
    const struct bd_values *values;
};

/* name and values are lent for as long as h is used. An option that is in no table, is
 * of another type or secret reads as NULL or 0. */
void bd__host_init(struct bd__host *h, const char *name, const struct bd_values *values);

#endif
