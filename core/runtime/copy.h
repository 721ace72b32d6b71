/* runtime/copy.h - the private copy of a plugin's file that is mapped.
 *
 * In memory (memfd, sealed against change) where the system allows it, so that the
 * bytes that were checked are the bytes that run. Otherwise, and when the environment
 * sets BRANDIAG_PLUGIN_COPIES to a directory, a file DIR/bd-XXXXXX/NAME.so that only
 * this user can reach, which gdb and valgrind can read symbols from. [main] */
#ifndef BD_RUNTIME_COPY_H
#define BD_RUNTIME_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"

#define BD__COPY_PATH 512

struct bd__copy {
    int fd; /* -1: not made */
    size_t size;
    char path[BD__COPY_PATH]; /* what to give to dlopen(), never used twice while open */
    char folder[BD__COPY_PATH]; /* of a file's own; "" = in memory */
};

/* Opens a plugin's file without following a link. Refuses what is not a regular file,
 * larger than 64 MiB, empty, or could have been written by another user than root or
 * us: the file itself, and the directory it is in. */
int bd__copy_source(const char *path, int *fd, size_t *size,
                    struct bd_error *err) BD_MUST_CHECK;

/* name: "doubao.so". */
int bd__copy_make(struct bd__copy *c, int source, size_t size, const char *name,
                  struct bd_error *err) BD_MUST_CHECK;

/* Takes over a descriptor that somebody else copied a plugin to; it must be a regular
 * file of at most 64 MiB. On failure it stays the caller's. */
int bd__copy_adopt(struct bd__copy *c, int fd, struct bd_error *err) BD_MUST_CHECK;

/* Has source, of size bytes, the bytes of this copy? Reads source to its end, or to the
 * first difference, and leaves it at its beginning. False also if it cannot be read. */
bool bd__copy_holds(const struct bd__copy *c, int source, size_t size);

/* Only after dlclose(): the number in path would come back for another file while the
 * dynamic linker still knows it by the old one. A copy that was not made is fine. */
void bd__copy_drop(struct bd__copy *c);

#endif
