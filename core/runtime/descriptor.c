/* runtime/descriptor.c - does a plugin's descriptor keep the rules of the ABI? */
#include "runtime/descriptor.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bd/provider.h"
#include "bd/storage.h"
#include "runtime/convert.h"

#define SOURCE      "module"
#define OPTION_1_0  (offsetof(struct bd_option, max) + sizeof(int64_t))
#define MAX_OPTIONS 128
#define MAX_WAIT_MS (60 * 60 * 1000)
#define REBUILD     "rebuild it with this brandiag's headers"

struct method {
    size_t offset;
    const char *name;
};

#define M(type, name)                      \
    {                                      \
        offsetof(struct type, name), #name \
    }
static const struct method provider_methods[] = {
    M(bd_provider, open), M(bd_provider, close), M(bd_provider, build),
    M(bd_provider, reply), M(bd_provider, error)};
static const struct method storage_methods[] = {
    M(bd_storage, open),   M(bd_storage, close),    M(bd_storage, put),
    M(bd_storage, get),    M(bd_storage, cells),    M(bd_storage, list),
    M(bd_storage, remove), M(bd_storage, cache_get)};
#undef M

struct kind {
    uint32_t size; /* of 1.0 */
    const struct method *methods;
    size_t count;
};

static const struct kind kinds[] = {
    [BD_PROVIDER] = {BD_PROVIDER_SIZE_1_0, provider_methods,
                     sizeof(provider_methods) / sizeof(provider_methods[0])},
    [BD_STORAGE] = {BD_STORAGE_SIZE_1_0, storage_methods,
                    sizeof(storage_methods) / sizeof(storage_methods[0])},
};

static int check_versions(const struct bd_plugin *p, struct bd_error *err)
{
    if (!p || p->magic != BD_PLUGIN_MAGIC)
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "not a brandiag plugin (wrong magic number); " REBUILD);
    if (p->abi_minor > BD_ABI_MINOR)
        return bd_fail(err, BD_ERR_PLUGIN, (int)p->abi_minor, SOURCE,
                       "built for ABI %u.%u, this brandiag has %u.%u: rebuild the plugin "
                       "with this version's headers or upgrade brandiag",
                       BD_ABI_MAJOR, (unsigned)p->abi_minor, BD_ABI_MAJOR, BD_ABI_MINOR);
    if (p->kind != BD_PROVIDER && p->kind != BD_STORAGE)
        return bd_fail(err, BD_ERR_PLUGIN, (int)p->kind, SOURCE,
                       "of kind %u, which is neither provider nor storage; " REBUILD,
                       (unsigned)p->kind);
    if (p->struct_size < kinds[p->kind].size)
        return bd_fail(err, BD_ERR_PLUGIN, (int)p->struct_size, SOURCE,
                       "its descriptor has %u bytes, ABI 1.0 has %u; " REBUILD,
                       (unsigned)p->struct_size, (unsigned)kinds[p->kind].size);
    return 0;
}

static bool plain(const char *s, size_t max)
{
    size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;

    return n >= 1 && n <= max && s[n] == '\0';
}

static int check_names(const struct bd_plugin *p, const char *name, struct bd_error *err)
{
    if (!plain(p->name, 32))
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "its name is missing or not 1 to 32 of a-z, 0-9 and _; rename it");
    if (strcmp(p->name, name) != 0)
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "the plugin in it is called '%s'; name the file %s.so", p->name,
                       p->name);
    if (!p->version || !p->version[0] || strlen(p->version) > 32 ||
        !bd_text_valid(p->version, strlen(p->version)))
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "its version is missing or longer than 32 bytes; give it one");
    return 0;
}

/* event() is for streams only: a provider that cannot stream may leave it out. */
static bool streams_without_event(const struct bd_plugin *p)
{
    const struct bd_provider *provider = (const struct bd_provider *)(const void *)p;

    return p->kind == BD_PROVIDER && (provider->capabilities & BD_CAN_STREAM) &&
           !provider->event;
}

static int check_methods(const struct bd_plugin *p, struct bd_error *err)
{
    const struct kind *k = &kinds[p->kind];

    for (size_t i = 0; i < k->count; i++) {
        void (*method)(void);

        memcpy(&method, (const char *)p + k->methods[i].offset, sizeof(method));
        if (!method)
            return bd_fail(err, BD_ERR_PLUGIN, (int)i, SOURCE,
                           "it has no method %s(), which ABI 1.0 requires",
                           k->methods[i].name);
    }
    if (streams_without_event(p))
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "it has no method event(), but says that it can stream");
    return 0;
}

static int check_default(const struct bd_option *o, struct bd_error *err)
{
    struct bd__value v;
    char why[BD__WHY_BYTES];

    /* A home directory may be missing where the plugin is only listed. */
    if (!o->default_value || o->type == BD_OPTION_PATH)
        return 0;
    if (bd__convert(o, o->default_value, &v, why) < 0)
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "its option %s has the default '%s', which %s", o->name,
                       o->default_value, why);
    free(v.text);
    return 0;
}

static const char *option_flaw(const struct bd_option *o)
{
    if (!bd__convert_type(o->type))
        return "is of no known type";
    if (!o->help || strpbrk(o->help, "\n\t\x1b"))
        return "has no help, or one of several lines";
    if (o->min > o->max)
        return "has a lower bound above the upper";
    if (o->flags & BD_OPTION_REQUIRED && o->default_value)
        return "is required and has a default";
    return NULL;
}

static struct bd_option option_at(const struct bd_plugin *p, uint32_t i)
{
    struct bd_option o = {0};

    memcpy(&o, (const char *)p->options + (size_t)i * p->option_size,
           p->option_size < sizeof(o) ? p->option_size : sizeof(o));
    return o;
}

static int check_option(const struct bd_plugin *p, uint32_t i, struct bd_error *err)
{
    struct bd_option o = option_at(p, i);
    const char *flaw;

    if (!plain(o.name, 48))
        return bd_fail(err, BD_ERR_PLUGIN, (int)i, SOURCE,
                       "option %u has a name that is not 1 to 48 of a-z, 0-9 and _",
                       (unsigned)i);
    flaw = option_flaw(&o);
    for (uint32_t j = 0; j < i && !flaw; j++)
        if (strcmp(option_at(p, j).name, o.name) == 0)
            flaw = "is in its table twice";
    if (flaw)
        return bd_fail(err, BD_ERR_PLUGIN, (int)i, SOURCE, "its option %s %s", o.name,
                       flaw);
    return check_default(&o, err);
}

static int check_options(const struct bd_plugin *p, struct bd_error *err)
{
    if (p->option_count == 0)
        return 0;
    if (!p->options || p->option_count > MAX_OPTIONS || p->option_size < OPTION_1_0)
        return bd_fail(err, BD_ERR_PLUGIN, (int)p->option_count, SOURCE,
                       "its table of %u options of %u bytes cannot be right; " REBUILD,
                       (unsigned)p->option_count, (unsigned)p->option_size);
    for (uint32_t i = 0; i < p->option_count; i++)
        if (check_option(p, i, err) < 0)
            return -1;
    return 0;
}

/* The time limits are used as they are when the INI says nothing. */
static int check_timeouts(const struct bd_plugin *p, struct bd_error *err)
{
    const struct bd_timeouts *t =
        &((const struct bd_provider *)(const void *)p)->timeouts;
    const int32_t all[] = {t->simple_ms, t->normal_ms, t->complex_ms};

    for (size_t i = 0; p->kind == BD_PROVIDER && i < 3; i++)
        if (all[i] <= 0 || all[i] > MAX_WAIT_MS)
            return bd_fail(err, BD_ERR_PLUGIN, (int)all[i], SOURCE,
                           "its time-outs must be between 1 ms and 1 h, one is %d ms",
                           (int)all[i]);
    return 0;
}

int bd__descriptor_check(const struct bd_plugin *p, const char *name,
                         struct bd_error *err)
{
    if (check_versions(p, err) < 0 || check_names(p, name, err) < 0 ||
        check_methods(p, err) < 0 || check_options(p, err) < 0)
        return -1;
    return check_timeouts(p, err);
}
