/* tests/plugins/fake_host.c - see fake_host.h. */
#include "plugins/fake_host.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/sources.h"

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...) BD_PRINTF(5, 6);

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...)
{
    const struct fake_plugin *f = ctx;
    va_list ap;

    va_start(ap, fmt);
    bd_vfail(err, (enum bd_error_type)type, code, f->provider->base.name, fmt, ap);
    va_end(ap);
    return -1;
}

static int host_append(void *ctx, struct bd_buf *out, const void *p, size_t n)
{
    (void)ctx;
    return bd_buf_append(out, p, n);
}

static int host_source(void *ctx, struct bd_sources *to, const struct bd_web_page *page)
{
    (void)ctx;
    return bd_sources_add(to, page);
}

static const char *host_text(void *ctx, const char *name)
{
    const struct fake_plugin *f = ctx;
    const struct bd_plugin *base = &f->provider->base;

    for (const char *const *s = f->settings; s && *s; s += 2)
        if (strcmp(*s, name) == 0)
            return s[1];
    for (uint32_t i = 0; i < base->option_count; i++)
        if (strcmp(base->options[i].name, name) == 0)
            return base->options[i].default_value;
    return NULL;
}

static int64_t host_number(void *ctx, const char *name)
{
    const char *s = host_text(ctx, name);

    return s && strcmp(s, "yes") == 0 ? 1 : s ? strtoll(s, NULL, 10) : 0;
}

static double host_real(void *ctx, const char *name)
{
    const char *s = host_text(ctx, name);

    return s ? strtod(s, NULL) : 0;
}

static void host_log(void *ctx, int32_t level, const char *fmt, ...)
{
    (void)ctx;
    (void)level;
    (void)fmt;
}

int fake_plugin_open(struct fake_plugin *f, const char *name, const char *const *settings,
                     struct bd_error *err)
{
    char path[512];
    union { /* ISO C has no cast from void * to a function */
        void *object;
        bd_plugin_entry_fn *function;
    } entry;

    *f = (struct fake_plugin){.settings = settings};
    f->host = (struct bd_host){sizeof(f->host), BD_ABI_MINOR, f,           host_fail,
                               host_append,     host_text,    host_number, host_real,
                               host_log,        host_source};
    snprintf(path, sizeof(path), "%s/plugins/%s.so", BD_BUILD_DIR, name);
    f->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    entry.object = f->handle ? dlsym(f->handle, BD_PLUGIN_ENTRY_NAME) : NULL;
    if (!entry.object)
        return bd_fail(err, BD_ERR_PLUGIN, 0, "test", "cannot load %s", path);
    f->provider = (const struct bd_provider *)entry.function();
    return f->provider->open(&f->host, &f->self, err);
}

void fake_plugin_close(struct fake_plugin *f)
{
    if (f->provider)
        f->provider->close(f->self);
    if (f->handle)
        dlclose(f->handle);
    *f = (struct fake_plugin){0};
}
