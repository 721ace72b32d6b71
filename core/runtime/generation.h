/* runtime/generation.h - configuration, loaded plugins and opened instances as one
 * counted object, never changed once built.
 *
 * It is built whole or not at all. A task keeps a reference to the generation it began
 * with; the last unref closes the instances and then unloads the code. The generation
 * knows no question and no answer: the sections that only floors above understand
 * are checked with tables they hand in and kept as values. */
#ifndef BD_RUNTIME_GENERATION_H
#define BD_RUNTIME_GENERATION_H

#include "bd/provider.h"
#include "bd/storage.h"
#include "runtime/module.h"
#include "runtime/values.h"

/* A section of the INI and the options it may hold. */
struct bd_section_table {
    const char *section; /* "engine" */
    struct bd_option_table table;
    /* Adds what a table cannot say against one value as it stands in the INI; NULL: no
     * more. Called for each, so that all faults are told at once. */
    void (*check)(const struct bd_ini_entry *e, struct bd_problems *problems);
};

struct bd_generation_plan {
    const char *ini_path; /* NULL = none */
    const char *const *sets;
    size_t set_count;
    const struct bd_section_table *sections; /* the fixed sections; [engine] with
                                                plugin_dir and [storage] with plugin
                                                must be among them */
    size_t section_count;
    struct bd_option_table provider_options; /* the core's, for every [provider:NAME];
                                                "plugin", "base_url", "api_key_env",
                                                "api_key_file", "allow_private" must be
                                                among them */
    /* As a section's check, for the values of every [provider:NAME]. */
    void (*check_provider)(const struct bd_ini_entry *e, struct bd_problems *problems);
    const char *default_plugin_dir; /* when [engine] plugin_dir is unset */
    bool keys_needed;               /* a missing key is a problem, too */
};

/* One configured provider, opened. */
struct bd_provider_slot {
    const char *name;   /* NAME of [provider:NAME] */
    const char *origin; /* of its section, "brandiag.ini:12" */
    const struct bd_provider *plugin;
    void *self;
    const struct bd_values *values; /* the core's and the plugin's options */
    struct bd_timeouts timeouts;    /* the plugin's, where the INI says nothing else */
    const char *key;                /* NULL: none configured, or not to be had */
    struct bd_error key_error;      /* why key is NULL; type NONE if none is needed:
                                       allow_private, and no option says where it is */
};

/* The chosen storage, loaded and checked but not opened: its thread does that. */
struct bd_storage_slot {
    const char *name; /* of the plugin */
    const struct bd_storage *plugin;
    const struct bd_host *host;
    const struct bd_values *values;
};

struct bd_generation;

/* [main] Reads and checks everything, so that problems holds all faults and not only
 * the first: grammar, unknown sections and keys, bad values, plugins that do not load
 * (with the file and the nearest plugin's name), open() that fails, base_url that is
 * not https without allow_private, key files with a wrong mode. -1 if there is any;
 * err then sums up. A key that is missing is a problem only if keys_needed: otherwise
 * see key_error. */
int bd_generation_build(struct bd_generation **out, const struct bd_generation_plan *plan,
                        struct bd_problems *problems, struct bd_error *err) BD_MUST_CHECK;

struct bd_generation *bd_generation_ref(struct bd_generation *g); /* [any] returns g */
void bd_generation_unref(
    struct bd_generation *g); /* [any]; the last one must be [main] */

const struct bd_values *bd_generation_section(const struct bd_generation *g,
                                              const char *section);
size_t bd_generation_provider_count(const struct bd_generation *g);
const struct bd_provider_slot *bd_generation_provider(const struct bd_generation *g,
                                                      size_t i);
const struct bd_provider_slot *bd_generation_find(const struct bd_generation *g,
                                                  const char *name);
const struct bd_storage_slot *bd_generation_storage(const struct bd_generation *g);

#endif
