/* engine/alert_settings.c - see alert_settings.h. */
#include "engine/alert_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/secret.h"

#define SOURCE  "alerts"
#define URL_MAX 2000

/* What is wrong with it as the address of a webhook; NULL if nothing is. What it names
 * is found out by the call. */
static const char *url_flaw(const char *url, bool allow_private)
{
    bool plain = strncmp(url, "http://", 7) == 0;
    const char *host;

    if (!plain && strncmp(url, "https://", 8) != 0)
        return "is not a URL that begins with https://";
    if (plain && !allow_private)
        return "is not https; use https://, or for a server of your own on this machine "
               "or network set allow_private = yes";
    if (strlen(url) > URL_MAX)
        return "is longer than 2000 bytes";
    for (const char *s = url; *s; s++)
        if (*s <= ' ' || *s > '~') /* char may be signed or not: both fail */
            return "holds blanks or characters that are not ASCII";
    host = strchr(url, '/') + 2;
    if (strchr("/?:", host[0])) /* also the end of the string */
        return "names no host";
    if (memchr(host, '@', strcspn(host, "/?")))
        return "holds a user or password, which no webhook has";
    if (strpbrk(url, "#\\"))
        return "holds '#' or '\\'";
    return NULL;
}

void bd_alert_settings_check(const struct bd_ini_entry *e, struct bd_problems *problems)
{
    const char *flaw;

    if (strcmp(e->key, "format") == 0 && bd_alert_format_of(e->value) < 0)
        bd_problems_add(problems, e->origin,
                        "[alerts] format is '%.80s': give generic, feishu, dingtalk, "
                        "wecom or slack",
                        e->value);
    if (strcmp(e->key, "lang") == 0 && strcmp(e->value, "zh") != 0 &&
        strcmp(e->value, "en") != 0)
        bd_problems_add(problems, e->origin, "[alerts] lang is '%.80s': give zh or en",
                        e->value);
    if (strcmp(e->key, "webhook") == 0 && (flaw = url_flaw(e->value, true)))
        bd_problems_add(problems, e->origin, "[alerts] webhook %s", flaw);
}

/* An empty value is as none. */
static const char *text(const struct bd_values *v, const char *key)
{
    const char *s = bd_values_text(v, key);

    return s && s[0] ? s : NULL;
}

void bd_alert_settings_from(struct bd_alert_settings *out, const struct bd_values *v)
{
    *out = (struct bd_alert_settings){
        .webhook = text(v, "webhook"),
        .webhook_env = text(v, "webhook_env"),
        .webhook_file = text(v, "webhook_file"),
        .secret_env = text(v, "secret_env"),
        .secret_file = text(v, "secret_file"),
        .format = (enum bd_alert_format)bd_alert_format_of(bd_values_text(v, "format")),
        .zh = strcmp(bd_values_text(v, "lang"), "zh") == 0,
        .alarm = {.hold_ms = bd_values_number(v, "hold"),
                  .resolve_ms = bd_values_number(v, "resolve"),
                  .repeat_ms = bd_values_number(v, "repeat")},
        .success_below = (int32_t)bd_values_number(v, "success_below"),
        .p95_above_ms = bd_values_number(v, "p95_above"),
        .min_cells = bd_values_number(v, "min_cells"),
        .max_messages = (int32_t)bd_values_number(v, "max_messages"),
        .window_ms = bd_values_number(v, "window"),
        .allow_private = bd_values_number(v, "allow_private") != 0,
        .ca_file = text(v, "ca_file"),
    };
}

/* The sentences of runtime/secret.h speak of a provider's key. */
static const char *secret_flaw(int code, bool file)
{
    switch (code) {
    case ENOENT:
        return file ? "there is no such file, or it is empty; write the value there, "
                      "with mode 600"
                    : "that environment variable is not set or empty; export it, or "
                      "remove the line";
    case EACCES:
    case EPERM:
        return "the file must be yours or root's, and closed to other users; run chmod "
               "600";
    case EFBIG:
    case EILSEQ:
        return "it must hold the value alone: ASCII without blanks, at most 4 KiB";
    case EINVAL:
        return file ? "it is not a regular file"
                    : "give the name of an environment variable, not the value itself";
    default:
        return "it cannot be read";
    }
}

/* One of env and file, each with the option's name; none of them: *out stays. */
static int read_secret(char **out, const char *const env[2], const char *const file[2],
                       const char **key, struct bd_error *err)
{
    int rc;

    if (!env[1] && !file[1])
        return 0;
    *key = file[1] ? file[0] : env[0];
    if (env[1] && file[1])
        return bd_fail(err, BD_ERR_CONFIG, EEXIST, SOURCE, "%s and %s: remove one",
                       env[0], file[0]);
    rc = env[1] ? bd_secret_env(out, env[1], err) : bd_secret_file(out, file[1], err);
    if (rc < 0 && err->type == BD_ERR_CONFIG) {
        int code = err->code;

        return bd_fail(err, BD_ERR_CONFIG, code, SOURCE, "%s: %s", *key,
                       secret_flaw(code, file[1] != NULL));
    }
    return rc;
}

static int read_url(struct bd_alert_target *out, const struct bd_alert_settings *s,
                    const char **key, struct bd_error *err)
{
    const char *const env[2] = {"webhook_env", s->webhook_env};
    const char *const file[2] = {"webhook_file", s->webhook_file};
    const char *flaw;

    if (s->webhook && (s->webhook_env || s->webhook_file)) {
        *key = s->webhook_env ? env[0] : file[0];
        return bd_fail(err, BD_ERR_CONFIG, EEXIST, SOURCE, "webhook and %s: remove one",
                       *key);
    }
    if (read_secret(&out->url, env, file, key, err) < 0)
        return -1;
    if (s->webhook) {
        *key = "webhook";
        if (bd_secret_copy(&out->url, s->webhook, err) < 0)
            return -1;
    }
    flaw = out->url ? url_flaw(out->url, s->allow_private) : NULL;
    if (flaw)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE, "%s: the address %s", *key,
                       flaw);
    return 0;
}

static int read_sign(struct bd_alert_target *out, const struct bd_alert_settings *s,
                     const char **key, struct bd_error *err)
{
    const char *const env[2] = {"secret_env", s->secret_env};
    const char *const file[2] = {"secret_file", s->secret_file};

    if (read_secret(&out->secret, env, file, key, err) < 0)
        return -1;
    if (out->secret && s->format != BD_ALERT_FEISHU && s->format != BD_ALERT_DINGTALK)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "%s: only feishu and dingtalk sign; remove the line, or set the "
                       "format",
                       *key);
    return 0;
}

int bd_alert_target_read(struct bd_alert_target *out, const struct bd_alert_settings *s,
                         const char **key, struct bd_error *err)
{
    struct bd_alert_target t = {NULL, NULL};

    *key = "webhook";
    if (read_url(&t, s, key, err) < 0 || read_sign(&t, s, key, err) < 0) {
        bd_alert_target_free(&t);
        return -1;
    }
    *out = t;
    return 0;
}

void bd_alert_target_free(struct bd_alert_target *t)
{
    bd_secret_free(t->url);
    bd_secret_free(t->secret);
    *t = (struct bd_alert_target){NULL, NULL};
}

/* Both are looked at, so that both faults are told at once. */
void bd_alert_settings_problems(const struct bd_values *v, struct bd_problems *problems)
{
    struct bd_alert_target t = {NULL, NULL};
    struct bd_alert_settings s;
    struct bd_error err;
    const char *key = "webhook";

    bd_alert_settings_from(&s, v);
    if (read_url(&t, &s, &key, &err) < 0)
        bd_problems_add(problems, bd_values_origin(v, key), "[alerts] %s", err.message);
    if (read_sign(&t, &s, &key, &err) < 0)
        bd_problems_add(problems, bd_values_origin(v, key), "[alerts] %s", err.message);
    bd_alert_target_free(&t);
}
