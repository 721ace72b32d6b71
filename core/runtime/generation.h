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
    /* The generation in use, lent for the build; NULL = none. A plugin whose file has the
     * bytes that this one loaded under its name is shared with it, and so is the storage
     * if neither its module nor a value of its section is another: then
     * bd_generation_storage() of both is the same. */
    const struct bd_generation *before;
    /* A generation that lives or rests, lent for the build; NULL = none. All is made of
     * what that one was made of, whatever the files say now: INI, plugins and keys.
     * ini_path, sets and default_plugin_dir are not used, no key is read. */
    const struct bd_generation *again;
    /* The program that tries a plugin in a process of its own, as `PROGRAM plugins try
     * NAME`, before one that is new here is loaded (trial.h); NULL = none. It holds up
     * the build for up to 5 s a plugin. */
    const char *trial_program;
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

/* [any] How many references there are. Who holds one and reads 1 is alone: nobody else
 * uses the generation, or can get at it but by the one who asked. */
unsigned bd_generation_refs(const struct bd_generation *g);

/* [main] Closes the instances and unloads the code that no other generation shares;
 * the material for bd_generation_plan.again stays until the last unref: INI, private
 * copies of the plugins (some 100 KiB and a descriptor each) and keys. The caller makes
 * sure that nobody uses an instance or a slot any more; afterwards, only ref, unref,
 * refs, rest and bd_generation_plan know what to do with it. */
void bd_generation_rest(struct bd_generation *g);

const struct bd_values *bd_generation_section(const struct bd_generation *g,
                                              const char *section);
size_t bd_generation_provider_count(const struct bd_generation *g);
const struct bd_provider_slot *bd_generation_provider(const struct bd_generation *g,
                                                      size_t i);
const struct bd_provider_slot *bd_generation_find(const struct bd_generation *g,
                                                  const char *name);
/* NULL if none is chosen. */
const struct bd_storage_slot *bd_generation_storage(const struct bd_generation *g);

/* [main] The slot, and the code and values behind it, stay until this is undone, though
 * its generation may end: for a store, which closes a storage later. Returns slot. */
const struct bd_storage_slot *bd_storage_slot_ref(const struct bd_storage_slot *slot);
void bd_storage_slot_unref(const struct bd_storage_slot *slot); /* NULL is fine */

#endif
