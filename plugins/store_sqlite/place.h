/* place.h - where the database file is: looked at before SQLite touches it. [store] */
#ifndef BD_SQLITE_PLACE_H
#define BD_SQLITE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "bd/storage.h"

struct bd_place {
    bool unclean; /* a log is beside the file: whoever had it open did not close it */
    int64_t bytes;
};

/* Creates a missing file (mode 0600) in a directory that exists. */
int bd_place_prepare(const struct bd_host *host, const char *path, struct bd_place *out,
                     struct bd_error *err);

#endif
