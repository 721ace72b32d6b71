/* tests/plugins/store_host.c - see store_host.h. */
#define _GNU_SOURCE
#include "store_host.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

const struct bd_storage *store_load(const char *name)
{
    char path[1024];
    void *handle;
    bd_plugin_entry_fn *entry;

    snprintf(path, sizeof(path), "%s/plugins/%s.so", BD_BUILD_DIR, name);
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* stays: the program is short */
    if (!handle) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    *(void **)&entry = dlsym(handle, BD_PLUGIN_ENTRY_NAME);
    return (const struct bd_storage *)entry();
}

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...) BD_PRINTF(5, 6);
static void host_log(void *ctx, int32_t level, const char *fmt, ...) BD_PRINTF(3, 4);

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...)
{
    struct store_host *h = ctx;
    va_list ap;

    va_start(ap, fmt);
    bd_vfail(err, (enum bd_error_type)type, code, h->plugin->name, fmt, ap);
    va_end(ap);
    return -1;
}

static int host_append(void *ctx, struct bd_buf *out, const void *p, size_t n)
{
    (void)ctx;
    (void)out;
    (void)p;
    (void)n;
    return -1; /* no storage writes answers */
}

static const char *host_text(void *ctx, const char *name)
{
    struct store_host *h = ctx;

    for (size_t i = 0; i < 8 && h->set[i].name; i++)
        if (strcmp(h->set[i].name, name) == 0)
            return h->set[i].value;
    for (uint32_t i = 0; i < h->plugin->option_count; i++)
        if (strcmp(h->plugin->options[i].name, name) == 0)
            return h->plugin->options[i].default_value;
    fprintf(stderr, "the plugin asks for an option that it does not list: %s\n", name);
    exit(1);
}

static int64_t host_number(void *ctx, const char *name)
{
    static const struct {
        const char *unit;
        int64_t factor;
    } units[] = {
        {"ms", 1}, {"s", 1000}, {"KiB", 1024}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
    const char *text = host_text(ctx, name);
    char *unit;
    int64_t n;

    if (!text || strcmp(text, "no") == 0)
        return 0;
    if (strcmp(text, "yes") == 0)
        return 1;
    n = strtoll(text, &unit, 10);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(unit, units[i].unit) == 0)
            return n * units[i].factor;
    return n;
}

static double host_real(void *ctx, const char *name)
{
    return strtod(host_text(ctx, name), NULL);
}

static void host_log(void *ctx, int32_t level, const char *fmt, ...)
{
    struct store_host *h = ctx;
    va_list ap;

    (void)level;
    va_start(ap, fmt);
    vsnprintf(h->log, sizeof(h->log), fmt, ap);
    va_end(ap);
}

void store_host_init(struct store_host *h, const struct bd_storage *plugin)
{
    *h = (struct store_host){
        .plugin = &plugin->base,
        .host = {.struct_size = sizeof(h->host),
                 .abi_minor = BD_ABI_MINOR,
                 .ctx = h,
                 .fail = host_fail,
                 .append = host_append,
                 .text = host_text,
                 .number = host_number,
                 .real = host_real,
                 .log = host_log},
    };
}

void store_host_set(struct store_host *h, const char *name, const char *value)
{
    size_t i = 0;

    while (h->set[i].name && strcmp(h->set[i].name, name) != 0)
        i++;
    h->set[i].name = name;
    h->set[i].value = value;
}

static char directory[64];

const char *store_directory(void)
{
    snprintf(directory, sizeof(directory), "/tmp/bd-store-XXXXXX");
    if (!mkdtemp(directory)) {
        perror("mkdtemp");
        exit(1);
    }
    return directory;
}

void store_directory_end(void)
{
    DIR *d = opendir(directory);
    struct dirent *e;

    while (d && (e = readdir(d)))
        (void)unlinkat(dirfd(d), e->d_name, 0); /* "." and ".." refuse */
    if (d)
        closedir(d);
    (void)rmdir(directory);
}
