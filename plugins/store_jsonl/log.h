/* log.h - the file behind store_jsonl: appended to, locked, read once. [store] */
#ifndef BD_JSONL_LOG_H
#define BD_JSONL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bd/storage.h"
#include "rows.h"

struct bd_log_file {
    const struct bd_host *host;
    char *path;
    int fd;
    int64_t good; /* bytes up to the end of the last commit line */
    int64_t limit;
    bool sync;
    bool broken; /* a failed write could not be taken back */
};

/* Opens or creates the file, locks it and applies its batches to rows. The end of a
 * batch that was cut short is cut off; damage anywhere else is refused. */
int bd_log_file_open(struct bd_log_file *log, struct bd_rows *rows, struct bd_error *err);
/* Takes a half-opened one, and one that never was: fd -1. */
void bd_log_file_close(struct bd_log_file *log);
/* Adds n bytes, durable when it returns 0; on failure the file is as before. */
int bd_log_file_append(struct bd_log_file *log, const char *bytes, size_t n,
                       struct bd_error *err);

#endif
