/* runtime/descriptor.h - does a plugin's descriptor keep the rules of the ABI? [main] */
#ifndef BD_RUNTIME_DESCRIPTOR_H
#define BD_RUNTIME_DESCRIPTOR_H

#include "base/fail.h"
#include "bd/plugin.h"

/* Magic, minor, size for its kind, name (which must be `name`), version, the options
 * with their defaults, and that every method of 1.0 is there. *err holds no pointer
 * into the plugin. */
int bd__descriptor_check(const struct bd_plugin *p, const char *name,
                         struct bd_error *err) BD_MUST_CHECK;

#endif
