/* A host for storage plugins under test: options from the plugin's own table, errors as
 * the core makes them, the last log line kept. */
#ifndef BD_TEST_STORE_HOST_H
#define BD_TEST_STORE_HOST_H

#include "bd/storage.h"

struct store_host {
    struct bd_host host;
    const struct bd_plugin *plugin;
    struct {
        const char *name, *value; /* lent */
    } set[8];
    char log[512]; /* the last line, "" while there was none */
};

/* The plugin NAME.so of the build; ends the test program if it does not load. */
const struct bd_storage *store_load(const char *name);

void store_host_init(struct store_host *h, const struct bd_storage *plugin);
/* Overrides the option's default. */
void store_host_set(struct store_host *h, const char *name, const char *value);

/* Makes an empty directory and returns its path, which lives until store_directory_end
 * removes it with the files in it. */
const char *store_directory(void);
void store_directory_end(void);

#endif
