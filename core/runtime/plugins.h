/* runtime/plugins.h - the plugins in a directory: looked through, and loaded by name.
 * [main] */
#ifndef BD_RUNTIME_PLUGINS_H
#define BD_RUNTIME_PLUGINS_H

#include "bd/plugin.h"
#include "runtime/ini.h"

/* Gets one file: its descriptor, or NULL and why it is refused. All is lent for the
 * call. */
typedef void bd_plugins_fn(void *arg, const char *path, const struct bd_plugin *plugin,
                           const struct bd_error *err);

/* Loads every *.so file of dir, in the order of their names, one after the other; they
 * are unloaded again. -1 if dir cannot be read; fn was not called then. */
int bd_plugins_scan(const char *dir, bd_plugins_fn *fn, void *arg,
                    struct bd_error *err) BD_MUST_CHECK;

/* The plugins of one generation: each file is loaded once, however often it is named. */
struct bd__plugins;

/* A directory that cannot be read is a problem, told here once. NULL when memory is
 * short. */
struct bd__plugins *bd__plugins_new(const char *dir, struct bd_problems *problems);
/* Unloads all. NULL is fine. */
void bd__plugins_free(struct bd__plugins *p);

/* The plugin called name, of that kind; it lives as long as p. NULL if it is not to be
 * had: then a problem was added for `where`, naming what is nearest. */
const struct bd_plugin *bd__plugins_get(struct bd__plugins *p, const char *name,
                                        uint32_t kind, const char *where,
                                        struct bd_problems *problems);
/* Is there a file of that name, whatever it is worth? */
bool bd__plugins_has(const struct bd__plugins *p, const char *name);

#endif
