/* runtime/image.c - the bytes of one plugin; see image.h. */
#include "runtime/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/elf.h"
#include "runtime/elf_links.h"

#define SOURCE "module"

static int fail_memory(struct bd_error *err)
{
    return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
}

static struct bd__image *image_new(const char *path)
{
    struct bd__image *image = calloc(1, sizeof(*image));

    if (!image)
        return NULL;
    image->refs = 1;
    image->copy.fd = -1;
    image->path = strdup(path);
    if (image->path)
        return image;
    free(image);
    return NULL;
}

static int set_name(struct bd__image *image, const char *name, const char *end,
                    struct bd_error *err)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (n == 0 || n > 32 || strcmp(name + n, end) != 0)
        return bd_fail(
            err, BD_ERR_PLUGIN, 0, SOURCE,
            "a plugin's file is called NAME.so, NAME being 1 to 32 of a-z, 0-9 "
            "and _; rename it");
    memcpy(image->name, name, n);
    return 0;
}

static int check_copy(const struct bd__copy *c, struct bd_error *err)
{
    void *bytes = mmap(NULL, c->size, PROT_READ, MAP_PRIVATE, c->fd, 0);
    int rc;

    if (bytes == MAP_FAILED)
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot be mapped");
    rc = bd__elf_check(bytes, c->size, err);
    if (rc == 0)
        rc = bd__elf_links_check(bytes, c->size, err);
    munmap(bytes, c->size);
    return rc;
}

static int make_copy(struct bd__image *image, int source, size_t size,
                     struct bd_error *err)
{
    char file[BD__IMAGE_NAME + 4];

    snprintf(file, sizeof(file), "%s.so", image->name);
    if (bd__copy_make(&image->copy, source, size, file, err) < 0)
        return -1;
    return check_copy(&image->copy, err);
}

static bool is_known(const struct bd__image *known, const struct bd__image *image,
                     int source, size_t size)
{
    return known && strcmp(known->name, image->name) == 0 &&
           bd__copy_holds(&known->copy, source, size);
}

int bd__image_read(struct bd__image **out, const char *path, struct bd__image *known,
                   struct bd_error *err)
{
    const char *slash = strrchr(path, '/');
    struct bd__image *image = image_new(path);
    int source = -1, rc = 0;
    size_t size;

    if (!image)
        return fail_memory(err);
    if (set_name(image, slash ? slash + 1 : path, ".so", err) < 0 ||
        bd__copy_source(path, &source, &size, err) < 0)
        goto fail;
    if (is_known(known, image, source, size)) {
        bd__image_unref(image);
        image = bd__image_ref(known);
    } else {
        rc = make_copy(image, source, size, err);
    }
    close(source);
    if (rc < 0)
        goto fail;
    *out = image;
    return 0;
fail:
    bd__image_unref(image);
    return -1;
}

int bd__image_adopt(struct bd__image **out, const char *name, int fd,
                    struct bd_error *err)
{
    struct bd__image *image = image_new(name);

    if (!image)
        return fail_memory(err);
    if (set_name(image, name, "", err) < 0 || bd__copy_adopt(&image->copy, fd, err) < 0)
        goto fail;
    if (check_copy(&image->copy, err) < 0) {
        image->copy.fd = -1; /* it stays the caller's */
        goto fail;
    }
    *out = image;
    return 0;
fail:
    bd__image_unref(image);
    return -1;
}

bool bd__image_same(const struct bd__image *a, const struct bd__image *b)
{
    char *ours, *theirs;
    bool same = false;

    if (a == b)
        return true;
    if (strcmp(a->name, b->name) != 0 || a->copy.size != b->copy.size)
        return false;
    ours = mmap(NULL, a->copy.size, PROT_READ, MAP_PRIVATE, a->copy.fd, 0);
    theirs = mmap(NULL, b->copy.size, PROT_READ, MAP_PRIVATE, b->copy.fd, 0);
    if (ours != MAP_FAILED && theirs != MAP_FAILED)
        same = memcmp(ours, theirs, a->copy.size) == 0;
    if (ours != MAP_FAILED)
        munmap(ours, a->copy.size);
    if (theirs != MAP_FAILED)
        munmap(theirs, b->copy.size);
    return same;
}

struct bd__image *bd__image_ref(struct bd__image *image)
{
    image->refs++;
    return image;
}

void bd__image_unref(struct bd__image *image)
{
    if (!image || --image->refs > 0)
        return;
    if (!image->pinned)
        bd__copy_drop(&image->copy);
    free(image->path);
    free(image);
}
