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
struct bd_module;

struct bd__plugins_source {
    const char *dir;
    const char *trial_program; /* NULL: none; see trial.h */
    /* Those of the generation in use: what has the same name and bytes is shared, not
     * loaded or tried again. NULL: none. */
    const struct bd__plugins *before;
    /* If not NULL, no file is looked at: these images are loaded. */
    const struct bd__plugins *again;
};

/* All of from is lent until bd__plugins_settle(). A directory that cannot be read is a
 * problem, told here once. NULL when memory is short. */
struct bd__plugins *bd__plugins_new(const struct bd__plugins_source *from,
                                    struct bd_problems *problems);
/* All is loaded that will be. */
void bd__plugins_settle(struct bd__plugins *p);
/* Unloads all that is not shared and keeps the images, for bd__plugins_source.again. */
void bd__plugins_rest(struct bd__plugins *p);
/* Unloads all that is not shared. NULL is fine. */
void bd__plugins_free(struct bd__plugins *p);

/* The plugin called name, of that kind; it lives as long as p. NULL if it is not to be
 * had: then a problem was added for `where`, naming what is nearest. */
const struct bd_plugin *bd__plugins_get(struct bd__plugins *p, const char *name,
                                        uint32_t kind, const char *where,
                                        struct bd_problems *problems);
/* The module behind it, lent; NULL if bd__plugins_get() gave none. */
struct bd_module *bd__plugins_module(const struct bd__plugins *p, const char *name);
/* Is there a file of that name, whatever it is worth? */
bool bd__plugins_has(const struct bd__plugins *p, const char *name);

#endif
