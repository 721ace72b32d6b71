/* engine/inspect.h - what `check` and `plugins` tell about an installation. [main] */
#ifndef BD_ENGINE_INSPECT_H
#define BD_ENGINE_INSPECT_H

#include "engine/engine.h"

/* Reads the whole configuration and loads the plugins as start() does, but starts
 * nothing. problems: one line each, appended, missing keys included; notes: what is right
 * and yet may not be meant. shown (may be NULL): every value and where it comes from, as
 * text; of a wrong configuration the core's sections. Returns the number of problems. */
int bd_inspect_config(const struct bd_engine_plan *plan, struct bd_buf *problems,
                      struct bd_buf *notes, struct bd_buf *shown);

/* What the file and the --set lines say for "section.key", unchecked; otherwise if they
 * say nothing. */
int bd_inspect_setting(const struct bd_engine_plan *plan, const char *name,
                       const char *otherwise, char *out, size_t size,
                       struct bd_error *err) BD_MUST_CHECK;

struct bd_plugin_view {
    const char *file;
    const char *name, *kind, *version; /* "" if it does not load */
    unsigned abi_minor;
    const struct bd_plugin *plugin; /* NULL if it does not load; lent for the call */
    const char *error;              /* "" if it loads */
};

/* Every *.so in the plugin directory of that configuration (or dir, if not NULL), sorted
 * by name. */
int bd_inspect_plugins(const struct bd_engine_plan *plan, const char *dir,
                       void (*each)(void *arg, const struct bd_plugin_view *view),
                       void *arg, struct bd_error *err) BD_MUST_CHECK;

/* An INI with every section, key, default and help, of the core and of the plugins in the
 * configured directory; appended. */
int bd_inspect_sample(const struct bd_engine_plan *plan, struct bd_buf *out,
                      struct bd_error *err) BD_MUST_CHECK;

/* Loads one plugin file and tries it against the ABI's contract, without a network:
 * what was tried is appended to report, a line each. Returns the number of faults. */
int bd_inspect_conformance(const char *file, struct bd_buf *report);

/* What `plugins try NAME` does, in a process that runtime/trial.h started: loads the
 * private copy behind the descriptor, calls a provider as `plugins check` does, and
 * unloads it. The verdict, a line, is appended. -1: it does not load, or not unload; a
 * provider that answers wrongly is the business of `plugins check`. A crash or a hang is
 * the plugin's, and ends the process: a hang after 10 s, should nobody have ended it
 * before. */
int bd_inspect_trial(const char *name, int fd, struct bd_buf *verdict) BD_MUST_CHECK;

#endif
