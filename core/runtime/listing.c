/* runtime/listing.c - the plugin files of a directory; see listing.h. */
#include "runtime/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "plugins"

static int is_plugin(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 3 && strcmp(e->d_name + n - 3, ".so") == 0;
}

void bd__listing_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

int bd__listing_read(char ***out, size_t *count, const char *dir, struct bd_error *err)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, is_plugin, alphasort);
    char **names;
    size_t got = 0;

    if (n < 0) {
        bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "the plugin directory cannot be read");
        return bd_fail_in(err, "%s", dir);
    }
    names = calloc((size_t)n + 1, sizeof(*names));
    for (int i = 0; i < n; i++) {
        char *name = names ? strdup(entries[i]->d_name) : NULL;

        if (name) {
            name[strlen(name) - 3] = '\0';
            names[got++] = name;
        }
        free(entries[i]);
    }
    free(entries);
    if (!names || got < (size_t)n) {
        bd__listing_free(names, got);
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    }
    *out = names;
    *count = got;
    return 0;
}

char *bd__listing_path(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + sizeof("/.so");
    char *path = malloc(n);

    if (path)
        snprintf(path, n, "%s/%s.so", dir, name);
    return path;
}
