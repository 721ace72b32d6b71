/* tests/runtime/folder.h - a directory of a test's own, and files in it.
 *
 * A program makes one at its start and removes it at its end. */
#ifndef BD_TESTS_RUNTIME_FOLDER_H
#define BD_TESTS_RUNTIME_FOLDER_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/brandiag-test-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    umask(022); /* what a test finds too permissive must not depend on the user's */
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    return system(command);
}

/* The path of name in the folder; lent until the fourth call after. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static inline const char *write_bytes(const char *name, const void *bytes, size_t n)
{
    const char *path = in_folder(name);
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
        abort();
    }
    return path;
}

static inline const char *write_text(const char *name, const char *text)
{
    return write_bytes(name, text, strlen(text));
}

/* The whole file in memory; free it. */
static inline char *read_bytes(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    char *p;

    if (!f || fstat(fileno(f), &st) != 0) {
        perror(path);
        abort();
    }
    p = malloc((size_t)st.st_size + 1);
    *n = p ? fread(p, 1, (size_t)st.st_size, f) : 0;
    fclose(f);
    if (!p || *n != (size_t)st.st_size)
        abort();
    return p;
}

#endif
