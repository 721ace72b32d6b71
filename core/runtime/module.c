/* runtime/module.c - loading and checking one plugin file. */
#include "runtime/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/thread.h"
#include "runtime/copy.h"
#include "runtime/descriptor.h"
#include "runtime/elf.h"

#define SOURCE     "module"
#define NAME_BYTES 36 /* 32 and ".so" */

/* What a sanitizer finds in an unloaded plugin it could not name: stay loaded. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STAY_LOADED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STAY_LOADED 1
#endif
#endif
#ifndef STAY_LOADED
#define STAY_LOADED 0
#endif

struct bd_module {
    char *path;
    char name[NAME_BYTES]; /* "doubao" */
    struct bd__copy copy;
    void *handle;
    const struct bd_plugin *plugin; /* in the copy's memory */
};

static int set_name(struct bd_module *m, const char *path, struct bd_error *err)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    size_t n = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (n == 0 || n > 32 || strcmp(file + n, ".so") != 0)
        return bd_fail(
            err, BD_ERR_PLUGIN, 0, SOURCE,
            "a plugin's file is called NAME.so, NAME being 1 to 32 of a-z, 0-9 "
            "and _; rename it");
    memcpy(m->name, file, n);
    m->path = strdup(path);
    return m->path ? 0 : bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
}

static int make_copy(struct bd_module *m, struct bd_error *err)
{
    char file[NAME_BYTES + 4];
    size_t size;
    int source, rc;

    if (bd__copy_source(m->path, &source, &size, err) < 0)
        return -1;
    snprintf(file, sizeof(file), "%s.so", m->name);
    rc = bd__copy_make(&m->copy, source, size, file, err);
    close(source);
    return rc;
}

static int check_copy(const struct bd_module *m, struct bd_error *err)
{
    void *image = mmap(NULL, m->copy.size, PROT_READ, MAP_PRIVATE, m->copy.fd, 0);
    int rc;

    if (image == MAP_FAILED)
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot be mapped");
    rc = bd__elf_check(image, m->copy.size, err);
    munmap(image, m->copy.size);
    return rc;
}

/* "/proc/self/fd/7: undefined symbol: x" names a file that nobody knows. */
static int fail_dl(const struct bd_module *m, struct bd_error *err)
{
    const char *text = dlerror(); /* NOLINT(concurrency-mt-unsafe): [main] */
    size_t n = strlen(m->copy.path);

    if (!text)
        text = "unknown error";
    if (strncmp(text, m->copy.path, n) == 0 && strncmp(text + n, ": ", 2) == 0)
        text += n + 2;
    return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                   "the dynamic linker refuses it: %s; build it on this machine", text);
}

static int load_copy(struct bd_module *m, struct bd_error *err)
{
    bd_plugin_entry_fn *entry;

    m->handle = dlopen(m->copy.path, RTLD_NOW | RTLD_LOCAL);
    if (!m->handle)
        return fail_dl(m, err);
    *(void **)&entry = dlsym(m->handle, BD_PLUGIN_ENTRY_NAME);
    if (!entry)
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "not a brandiag plugin: it exports no " BD_PLUGIN_ENTRY_NAME);
    m->plugin = entry();
    return bd__descriptor_check(m->plugin, m->name, err);
}

int bd_module_load(struct bd_module **out, const char *path, struct bd_error *err)
{
    struct bd_module *m = calloc(1, sizeof(*m));

    BD_ON(BD_MAIN);
    if (!m)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    m->copy.fd = -1;
    if (set_name(m, path, err) < 0 || make_copy(m, err) < 0 || check_copy(m, err) < 0 ||
        load_copy(m, err) < 0)
        goto fail;
    *out = m;
    return 0;
fail:
    bd_module_free(m);
    return bd_fail_in(err, "loading '%s'", path);
}

/* False if its code is still mapped: the copy's name must then never come again. */
static int unload(struct bd_module *m)
{
    void *still;

    if (!m->handle)
        return 1;
    if (STAY_LOADED)
        return 0;
    dlclose(m->handle);
    still = dlopen(m->copy.path, RTLD_LAZY | RTLD_NOLOAD);
    if (!still)
        return 1;
    dlclose(still);
    return 0;
}

void bd_module_free(struct bd_module *m)
{
    if (!m)
        return;
    BD_ON(BD_MAIN);
    if (unload(m))
        bd__copy_drop(&m->copy);
    free(m->path);
    free(m);
}

const struct bd_plugin *bd_module_plugin(const struct bd_module *m)
{
    return m->plugin;
}

const char *bd_module_path(const struct bd_module *m)
{
    return m->path;
}
