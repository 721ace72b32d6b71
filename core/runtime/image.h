/* runtime/image.h - the bytes of one plugin: a private copy of its file, checked.
 *
 * A copy outlives the code that is made of it: a generation that rests has its images
 * and none of its code, and code can be made of an image again and again, whatever has
 * become of the file. Counted, so that generations share what did not change. [main] */
#ifndef BD_RUNTIME_IMAGE_H
#define BD_RUNTIME_IMAGE_H

#include <stdbool.h>

#include "base/fail.h"
#include "runtime/copy.h"

#define BD__IMAGE_NAME 36 /* bytes of a plugin's name, 32, and ".so" */

struct bd_module;

struct bd__image {
    unsigned refs;
    char *path;                /* where the file was */
    char name[BD__IMAGE_NAME]; /* "doubao" */
    struct bd__copy copy;
    struct bd_module *loaded; /* its code, if that is in memory; module.c keeps it */
    bool pinned; /* its code could not be unloaded: the copy stays for the process's life
                  */
};

/* Checks file and directory (copy.h), and the file's name. If its bytes are those of
 * known (may be NULL), *out is a reference to that; otherwise a copy, whose ELF was
 * checked (elf.h). */
int bd__image_read(struct bd__image **out, const char *path, struct bd__image *known,
                   struct bd_error *err) BD_MUST_CHECK;
/* The copy that another process made of the plugin called name. Takes fd over; on
 * failure it stays the caller's. */
int bd__image_adopt(struct bd__image **out, const char *name, int fd,
                    struct bd_error *err) BD_MUST_CHECK;

/* Have they the same name and the same bytes? */
bool bd__image_same(const struct bd__image *a, const struct bd__image *b);

struct bd__image *bd__image_ref(struct bd__image *image); /* returns it */
void bd__image_unref(struct bd__image *image);            /* NULL is fine */

#endif
