/* runtime/instance.c - one section with a plugin behind it; see instance.h. */
#include "runtime/instance.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/convert.h"
#include "runtime/secret.h"
#include "runtime/url.h"

#define PREFIX "provider:"

static struct bd_option_table options_of(const struct bd_plugin *p)
{
    return (struct bd_option_table){p->options, p->option_count, p->option_size};
}

static bool is_name(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return n >= 1 && n <= 32 && s[n] == '\0';
}

/* The plugin a section names, or that is named like it. */
static const struct bd_plugin *find_plugin(const struct bd__source *from,
                                           const char *section)
{
    const struct bd_ini_entry *e = bd_ini_find(from->ini, section, "plugin");
    const char *where = e ? e->origin : bd_ini_section_origin(from->ini, section);
    const char *name = section + strlen(PREFIX);

    if (!is_name(name)) {
        bd_problems_add(from->problems, where,
                        "[%s]: a provider's name is 1 to 32 of a-z, 0-9, _ and -",
                        section);
        return NULL;
    }
    return bd__plugins_get(from->plugins, e ? e->value : name, BD_PROVIDER, where,
                           from->problems);
}

static bool given(const struct bd_values *v, const char *name)
{
    return bd_values_text(v, name) && strcmp(bd_values_origin(v, name), "default") != 0;
}

/* Neither option: right for a server of one's own, forgotten for any other. */
static int no_key(struct bd__provider *p)
{
    if (bd_values_number(p->values, "allow_private"))
        return 0;
    return bd_fail(&p->slot.key_error, BD_ERR_CONFIG, ENOENT, "config",
                   "there is no key; set api_key_env to the name of the environment "
                   "variable that holds it, or api_key_file");
}

/* Of the provider of that name in the generation that is built again, which has one:
 * both come of one INI. */
static int copy_key(struct bd__provider *p, const struct bd__source *from)
{
    for (size_t i = 0; i < from->kept_count; i++) {
        const struct bd__provider *kept = from->kept[i];

        if (strcmp(kept->name, p->name) != 0)
            continue;
        if (kept->key)
            return bd_secret_copy(&p->key, kept->key, &p->slot.key_error);
        p->slot.key_error = kept->slot.key_error;
        return p->slot.key_error.type == BD_ERR_NONE ? 0 : -1;
    }
    return no_key(p);
}

/* *where is the option that says where the key is. A default of one does not stand
 * against the other being given. */
static int read_key(struct bd__provider *p, const struct bd__source *from,
                    const char **where)
{
    const char *env = bd_values_text(p->values, "api_key_env");
    const char *file = bd_values_text(p->values, "api_key_file");
    bool by_file = file && (!env || !given(p->values, "api_key_env"));

    *where = p->slot.origin;
    if (by_file)
        *where = bd_values_origin(p->values, "api_key_file");
    else if (env && env[0])
        *where = bd_values_origin(p->values, "api_key_env");
    if (from->kept)
        return copy_key(p, from);
    if (by_file)
        return bd_secret_file(&p->key, file, &p->slot.key_error);
    return env && env[0] ? bd_secret_env(&p->key, env, &p->slot.key_error) : no_key(p);
}

static int take_key(struct bd__provider *p, const struct bd__source *from,
                    const char *section)
{
    const char *where;
    int rc;

    if (given(p->values, "api_key_env") && given(p->values, "api_key_file")) {
        bd_problems_add(from->problems, bd_values_origin(p->values, "api_key_file"),
                        "[%s] has both api_key_env and api_key_file; remove one",
                        section);
        return -1;
    }
    rc = read_key(p, from, &where);
    p->slot.key = p->key;
    if (strcmp(where, "default") == 0)
        where = p->slot.origin;
    if (rc == 0 || (p->slot.key_error.code == ENOENT && !from->keys_needed))
        return 0;
    bd_problems_add(from->problems, where, "[%s] %s", section, p->slot.key_error.message);
    return -1;
}

/* The key of a section that has other faults: told with them, not after they are mended.
 * A section that names none is looked at then: its key may be misspelt. */
static void look_for_key(const struct bd__source *from, const char *section)
{
    const struct bd_ini_entry *env = bd_ini_find(from->ini, section, "api_key_env");
    const struct bd_ini_entry *file = bd_ini_find(from->ini, section, "api_key_file");
    const struct bd_option path = {.type = BD_OPTION_PATH};
    struct bd__value value = {0};
    struct bd_error err = {0};
    char *key = NULL, why[BD__WHY_BYTES];
    int rc = 0;

    if (!from->keys_needed || from->kept)
        return;
    if (env)
        rc = bd_secret_env(&key, env->value, &err);
    else if (file && bd__convert(&path, file->value, &value, why) == 0)
        rc = bd_secret_file(&key, value.text, &err);
    if (rc < 0)
        bd_problems_add(from->problems, env ? env->origin : file->origin, "[%s] %s",
                        section, err.message);
    bd_secret_free(key);
    free(value.text);
}

/* A key over plain HTTP is everybody's, and what answers inside our own network is seldom
 * the service that the key is for. */
static int check_url(const struct bd__provider *p, const char *section,
                     struct bd_problems *problems)
{
    const char *url = bd_values_text(p->values, "base_url"), *why = NULL;

    if (!url || bd_values_number(p->values, "allow_private"))
        return 0;
    if (strncmp(url, "https://", 8) != 0)
        why = "is not https; use https://, or";
    else if (bd_url_is_private(url))
        why = "leads into this machine or its network;";
    if (!why)
        return 0;
    bd_problems_add(
        problems, bd_values_origin(p->values, "base_url"),
        "[%s] base_url = %.200s %s for a server of your own on this machine or "
        "network set allow_private = yes",
        section, url, why);
    return -1;
}

static int look_for_certificate(const char *file, struct bd_error *err)
{
    static const char mark[] = "-----BEGIN ";
    FILE *f = fopen(file, "re");
    bool found = false, broken;
    char line[256];

    if (!f)
        return bd_fail_errno(err, BD_ERR_CONFIG, "config", file);
    while (!found && fgets(line, sizeof(line), f))
        found = strncmp(line, mark, sizeof(mark) - 1) == 0 && strstr(line, "CERTIFICATE");
    broken = ferror(f); /* a directory, for one */
    if (broken)
        (void)bd_fail_errno(err, BD_ERR_CONFIG, "config", file);
    (void)fclose(f); /* it was only read */
    if (found || broken)
        return found ? 0 : -1;
    return bd_fail(err, BD_ERR_CONFIG, 0, "config",
                   "%s: there is no PEM certificate in it", file);
}

/* Said now, or every call would fail in its TLS handshake. */
static int check_ca(struct bd__provider *p, const char *section,
                    struct bd_problems *problems)
{
    bool known = bd_values_option(p->values, "ca_file") != NULL;
    const char *file = known ? bd_values_text(p->values, "ca_file") : NULL;
    struct bd_error err;

    if (!file || look_for_certificate(file, &err) == 0)
        return 0;
    bd_problems_add(problems, bd_values_origin(p->values, "ca_file"), "[%s] ca_file = %s",
                    section, err.message);
    return -1;
}

static int32_t wait_or(const struct bd_values *v, const char *name, int32_t usual)
{
    int64_t ms = bd_values_option(v, name) ? bd_values_number(v, name) : 0;

    if (ms <= 0)
        return usual;
    return ms < INT32_MAX ? (int32_t)ms : INT32_MAX;
}

static void take_timeouts(struct bd__provider *p)
{
    const struct bd_timeouts *t = &p->slot.plugin->timeouts;

    p->slot.timeouts = (struct bd_timeouts){
        .simple_ms = wait_or(p->values, "timeout_simple", t->simple_ms),
        .normal_ms = wait_or(p->values, "timeout_normal", t->normal_ms),
        .complex_ms = wait_or(p->values, "timeout_complex", t->complex_ms),
    };
}

static int check(struct bd__provider *p, const struct bd__source *from,
                 const char *section)
{
    const struct bd_option_table tables[] = {from->provider_options,
                                             options_of(&p->slot.plugin->base)};
    int rc;

    if (bd_values_check(&p->values, from->ini, section, tables, 2, from->problems) < 0) {
        look_for_key(from, section);
        return -1;
    }
    p->slot.values = p->values;
    take_timeouts(p);
    rc = check_url(p, section, from->problems);
    if (check_ca(p, section, from->problems) < 0)
        rc = -1;
    return take_key(p, from, section) < 0 ? -1 : rc;
}

static int open_it(struct bd__provider *p, const struct bd__source *from,
                   const char *section)
{
    struct bd_error err = {0};

    bd__host_init(&p->host, p->slot.plugin->base.name, p->values);
    if (p->slot.plugin->open(&p->host.table, &p->slot.self, &err) == 0) {
        p->open = true;
        return 0;
    }
    err.message[sizeof(err.message) - 1] = '\0'; /* the plugin's bytes */
    bd_problems_add(from->problems, bd_ini_section_origin(from->ini, section),
                    "[%s] the plugin %s cannot start: %s", section,
                    p->slot.plugin->base.name,
                    err.message[0] ? err.message : "it does not say why");
    return -1;
}

struct bd__provider *bd__provider_open(const struct bd__source *from, const char *section)
{
    const struct bd_plugin *plugin = find_plugin(from, section);
    struct bd__provider *p;

    if (!plugin) {
        look_for_key(from, section);
        return NULL;
    }
    p = calloc(1, sizeof(*p));
    if (!p || !(p->name = strdup(section + strlen(PREFIX))) ||
        !(p->origin = strdup(bd_ini_section_origin(from->ini, section)))) {
        bd_problems_add(from->problems, "", "out of memory");
        goto fail;
    }
    p->slot.name = p->name;
    p->slot.origin = p->origin;
    p->slot.plugin = (const struct bd_provider *)(const void *)plugin;
    if (check(p, from, section) < 0 || open_it(p, from, section) < 0)
        goto fail;
    return p;
fail:
    bd__provider_close(p);
    return NULL;
}

void bd__provider_rest(struct bd__provider *p)
{
    if (p->open)
        p->slot.plugin->close(p->slot.self);
    p->open = false;
    bd_values_free(p->values);
    p->values = NULL;
    p->slot.values = NULL;
    p->slot.plugin = NULL;
    p->slot.self = NULL;
}

void bd__provider_close(struct bd__provider *p)
{
    if (!p)
        return;
    bd__provider_rest(p);
    bd_secret_free(p->key);
    free(p->origin);
    free(p->name);
    free(p);
}
