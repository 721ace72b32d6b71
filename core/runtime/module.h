/* runtime/module.h - one loaded .so file, checked before anyone calls it.
 *
 * Each load is of a private copy under a name used once: dlopen() gives back the old
 * code for a path that is still open, and overwriting a mapped file changes or kills
 * code that is running. So two builds of one plugin can be alive at once, and a
 * changed file is never half seen. The copy is in memory, where gdb and valgrind find
 * no symbols: with BRANDIAG_PLUGIN_COPIES=DIR in the environment it is a file below DIR.
 * Plugins are trusted code; the checks catch mistakes and files that others could have
 * written. Counted: generations share code that did not change. [main] */
#ifndef BD_RUNTIME_MODULE_H
#define BD_RUNTIME_MODULE_H

#include "base/fail.h"
#include "bd/plugin.h"

struct bd_module;
struct bd__image;

/* Checks path (regular file, no symlink, file and directory owned by root or us and not
 * writable by group or others, ELF of this machine, at most 64 MiB, name
 * [a-z0-9_]{1,32}.so), copies it, loads the copy and checks its descriptor: magic, ABI
 * minor, struct_size for its kind, names, option table, methods, and that its name is the
 * file's. Every refusal says file, reason and remedy. On success *out owns the module; on
 * failure *out is untouched. */
int bd_module_load(struct bd_module **out, const char *path,
                   struct bd_error *err) BD_MUST_CHECK;
/* The same with the copy that another process made of the plugin called name and gave us
 * as descriptor fd, which is taken over; on failure it stays the caller's. */
int bd_module_try(struct bd_module **out, const char *name, int fd,
                  struct bd_error *err) BD_MUST_CHECK;
/* The code of that image: a reference to it if it is loaded, or else it is loaded. The
 * module has a reference to the image. */
int bd__module_of(struct bd_module **out, struct bd__image *image,
                  struct bd_error *err) BD_MUST_CHECK;

struct bd_module *bd_module_ref(struct bd_module *m); /* returns m */
/* Drops a reference; the last one unloads the code, and the caller makes sure that
 * nothing of the plugin is still in use. NULL is fine. */
void bd_module_free(struct bd_module *m);

/* [any] How many modules of this process could not be unloaded so far: their code stays
 * in memory. A sanitizer build keeps all, on purpose, and counts none. */
unsigned bd_module_stuck(void);

/* Live as long as m. */
const struct bd_plugin *bd_module_plugin(const struct bd_module *m);
const char *bd_module_path(const struct bd_module *m); /* name, if from bd_module_try */

#endif
