/* runtime/listing.h - the plugin files of a directory, by their names. [any] */
#ifndef BD_RUNTIME_LISTING_H
#define BD_RUNTIME_LISTING_H

#include <stddef.h>

#include "base/fail.h"

/* The names, without ".so", of all *.so files of dir, sorted. */
int bd__listing_read(char ***out, size_t *count, const char *dir,
                     struct bd_error *err) BD_MUST_CHECK;
/* NULL with 0 names is fine. */
void bd__listing_free(char **names, size_t n);

/* "dir/name.so"; free it. NULL when memory is short. */
char *bd__listing_path(const char *dir, const char *name);

#endif
