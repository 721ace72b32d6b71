/* runtime/module.c - loading and checking one plugin file. */
#include "runtime/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "runtime/descriptor.h"
#include "runtime/image.h"

#define SOURCE "module"

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
    unsigned refs;
    struct bd__image *image;
    void *handle;
    const struct bd_plugin *plugin; /* in the image's memory */
};

static atomic_uint stuck; /* a number for people: no order is needed */

/* "/proc/self/fd/7: undefined symbol: x" names a file that nobody knows. */
static int fail_dl(const struct bd_module *m, struct bd_error *err)
{
    const char *text = dlerror(); /* NOLINT(concurrency-mt-unsafe): [main] */
    size_t n = strlen(m->image->copy.path);

    if (!text)
        text = "unknown error";
    if (strncmp(text, m->image->copy.path, n) == 0 && strncmp(text + n, ": ", 2) == 0)
        text += n + 2;
    return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                   "the dynamic linker refuses it: %s; build it on this machine", text);
}

static int load_code(struct bd_module *m, struct bd_error *err)
{
    bd_plugin_entry_fn *entry;

    m->handle = dlopen(m->image->copy.path, RTLD_NOW | RTLD_LOCAL);
    if (!m->handle)
        return fail_dl(m, err);
    *(void **)&entry = dlsym(m->handle, BD_PLUGIN_ENTRY_NAME);
    if (!entry)
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "not a brandiag plugin: it exports no " BD_PLUGIN_ENTRY_NAME);
    m->plugin = entry();
    return bd__descriptor_check(m->plugin, m->image->name, err);
}

int bd__module_of(struct bd_module **out, struct bd__image *image, struct bd_error *err)
{
    struct bd_module *m;

    BD_ON(BD_MAIN);
    if (image->loaded) {
        *out = bd_module_ref(image->loaded);
        return 0;
    }
    m = calloc(1, sizeof(*m));
    if (!m)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    m->refs = 1;
    m->image = bd__image_ref(image);
    if (load_code(m, err) < 0) {
        bd_module_free(m);
        return -1;
    }
    image->loaded = m;
    *out = m;
    return 0;
}

int bd_module_load(struct bd_module **out, const char *path, struct bd_error *err)
{
    struct bd__image *image = NULL;
    int rc = bd__image_read(&image, path, NULL, err);

    if (rc == 0)
        rc = bd__module_of(out, image, err);
    bd__image_unref(image);
    return rc < 0 ? bd_fail_in(err, "loading '%s'", path) : 0;
}

int bd_module_try(struct bd_module **out, const char *name, int fd, struct bd_error *err)
{
    struct bd__image *image = NULL;

    if (bd__image_adopt(&image, name, fd, err) < 0)
        return -1;
    if (bd__module_of(out, image, err) < 0) {
        if (!image->pinned)
            image->copy.fd = -1; /* it stays the caller's */
        bd__image_unref(image);
        return -1;
    }
    bd__image_unref(image);
    return 0;
}

/* Code that is still mapped after dlclose(): by a pending destructor of a thread's
 * variable, for one. */
static bool is_mapped(const struct bd_module *m)
{
    void *still = dlopen(m->image->copy.path, RTLD_LAZY | RTLD_NOLOAD);

    if (still)
        dlclose(still);
    return still != NULL;
}

/* A copy whose code stays must stay: its name must never come again for another. */
static void unload(struct bd_module *m)
{
    bool still;

    if (!m->handle)
        return;
    if (STAY_LOADED) {
        m->image->pinned = true;
        return;
    }
    dlclose(m->handle);
    still = is_mapped(m);
    if (still && !m->image->pinned) /* one that was loaded again is the same one */
        atomic_fetch_add_explicit(&stuck, 1, memory_order_relaxed);
    m->image->pinned = still;
}

struct bd_module *bd_module_ref(struct bd_module *m)
{
    m->refs++;
    return m;
}

void bd_module_free(struct bd_module *m)
{
    if (!m)
        return;
    BD_ON(BD_MAIN);
    if (--m->refs > 0)
        return;
    m->image->loaded = NULL;
    unload(m);
    bd__image_unref(m->image);
    free(m);
}

unsigned bd_module_stuck(void)
{
    return atomic_load_explicit(&stuck, memory_order_relaxed);
}

const struct bd_plugin *bd_module_plugin(const struct bd_module *m)
{
    return m->plugin;
}

const char *bd_module_path(const struct bd_module *m)
{
    return m->image->path;
}
