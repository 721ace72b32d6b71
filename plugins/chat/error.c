/* chat/error.c - what kind of failure a service means.
 *
 * In this order: what the message says, "insufficient_quota", the exact code, the exact
 * type, the beginning of the code or type, the HTTP status. Types that services put on
 * everything ("invalid_request_error", "api_error") are in no table, so they are passed
 * over. The message is given on as it is; the host cleans it. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

struct complaint {
    int32_t status;
    char code[96], type[96]; /* "" if the service named none */
    char message[512];
};

static int is_told(const json_t *v)
{
    if (json_is_object(v))
        return json_object_size(v) > 0;
    return json_string_length(v) > 0 || json_array_size(v) > 0 || json_is_true(v) ||
           (json_is_number(v) && json_number_value(v) != 0);
}

/* A gateway may wrap an error in a list, or in "response". Returns the object that has
 * the members; o itself if there is no wrapping. */
static const json_t *unwrap(const json_t *o)
{
    const json_t *inner;

    if (json_is_array(o) && json_array_size(o) > 0)
        o = json_array_get(o, 0);
    inner = json_object_get(o, "response");
    if (is_told(json_object_get(inner, "error")))
        o = inner;
    return o;
}

static int has_answer(const json_t *o)
{
    return json_array_size(json_object_get(o, "choices")) > 0 ||
           json_object_get(o, "output") != NULL;
}

int chat_has_error(const json_t *o)
{
    const char *object;

    o = unwrap(o);
    if (is_told(json_object_get(o, "error")) || /* MiniMax says it this way: */
        is_told(json_object_get(json_object_get(o, "base_resp"), "status_code")))
        return 1;
    if (has_answer(o))
        return 0;
    object = json_string_value(json_object_get(o, "object"));
    return (object && strcmp(object, "error") == 0) ||
           (is_told(json_object_get(o, "code")) &&
            (json_object_get(o, "message") || json_object_get(o, "msg"))) ||
           is_told(json_object_get(o, "detail")) ||
           is_told(json_object_get(o, "error_msg")) ||
           is_told(json_object_get(json_object_get(o, "header"), "message"));
}

/* A string, a number, or as JSON whatever else it is. "" for none. */
static void copy_value(char *to, size_t size, const json_t *v)
{
    char *text;

    to[0] = '\0';
    if (json_is_string(v)) {
        snprintf(to, size, "%s", json_string_value(v));
    } else if (json_is_integer(v)) {
        snprintf(to, size, "%lld", (long long)json_integer_value(v));
    } else if (json_is_object(v) || json_is_array(v)) {
        text = json_dumps(v, JSON_COMPACT);
        snprintf(to, size, "%s", text ? text : "");
        free(text);
    }
}

static void copy_first(char *to, size_t size, const json_t *o, const char *const *keys)
{
    to[0] = '\0';
    for (size_t i = 0; keys[i] && !to[0]; i++)
        copy_value(to, size, json_object_get(o, keys[i]));
}

static void read_complaint(struct complaint *m, const json_t *o)
{
    static const char *const codes[] = {"code", "error_code", "status_code", NULL};
    static const char *const messages[] = {"message",    "msg",     "error_msg",
                                           "status_msg", "details", NULL};
    static const char *const inside[] = {"error", "base_resp", "header", NULL};
    const json_t *detail, *e = NULL;

    o = unwrap(o);
    if (json_is_string(o)) {
        copy_value(m->message, sizeof(m->message), o);
        return;
    }
    for (size_t i = 0; inside[i] && !is_told(e); i++)
        e = json_object_get(o, inside[i]);
    if (json_is_string(e))
        copy_value(m->message, sizeof(m->message), e);
    if (!json_is_object(e))
        e = o;
    copy_first(m->code, sizeof(m->code), e, codes);
    copy_value(m->type, sizeof(m->type), json_object_get(e, "type"));
    if (!m->message[0])
        copy_first(m->message, sizeof(m->message), e, messages);
    detail = json_object_get(o, "detail");
    if (!m->message[0] && is_told(detail))
        copy_value(m->message, sizeof(m->message), detail);
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int contains(const char *s, const char *part)
{
    size_t i;

    for (;; s++) {
        for (i = 0; part[i] && lower(s[i]) == lower(part[i]); i++)
            ;
        if (!part[i])
            return 1;
        if (!*s)
            return 0;
    }
}

static int32_t by_saying(const struct chat_saying *row, const struct complaint *m)
{
    for (; row && row->text; row++)
        if ((!row->status || row->status == m->status) &&
            (!row->code || strcmp(row->code, m->code) == 0) &&
            contains(m->message, row->text))
            return row->type;
    return BD_ERR_NONE;
}

static int32_t by_exact(const struct chat_code *row, const char *code)
{
    for (; *code && row->code; row++)
        if (strcmp(row->code, code) == 0)
            return row->type;
    return BD_ERR_NONE;
}

static int32_t by_beginning(const struct chat_code *row, const char *code)
{
    for (; *code && row->code; row++) {
        size_t n = strlen(row->code) - 1;

        if (row->code[n] == '*' && strncmp(row->code, code, n) == 0)
            return row->type;
    }
    return BD_ERR_NONE;
}

static int32_t by_status(int32_t status)
{
    switch (status) {
    case 401:
    case 403:
        return BD_ERR_AUTH;
    case 402:
        return BD_ERR_QUOTA;
    case 404:
        return BD_ERR_MODEL_NOT_FOUND;
    case 408:
    case 499:
    case 504:
        return BD_ERR_TIMEOUT;
    case 425:
    case 429:
        return BD_ERR_RATE_LIMITED;
    default: /* a redirect is not followed: it would take the key to another host */
        return status >= 300 && status < 500 ? BD_ERR_INVALID_REQUEST : BD_ERR_OVERLOADED;
    }
}

static int32_t by_tables(const struct chat *c, const struct complaint *m)
{
    const struct chat_code *tables[] = {c->vendor->codes, chat_shared_codes};
    const char *words[] = {m->code, m->type};
    int32_t type;

    for (size_t w = 0; w < 2; w++)
        for (size_t t = 0; t < 2; t++)
            if ((type = by_exact(tables[t], words[w])) != BD_ERR_NONE)
                return type;
    for (size_t w = 0; w < 2; w++)
        for (size_t t = 0; t < 2; t++)
            if ((type = by_beginning(tables[t], words[w])) != BD_ERR_NONE)
                return type;
    return BD_ERR_NONE;
}

/* Billing for OpenAI and those who copy it, tokens per minute for DashScope; a more
 * exact code beside the type decides. */
static int32_t by_quota(const struct chat *c, const struct complaint *m)
{
    int32_t type;

    if (strcmp(m->code, "insufficient_quota") != 0 &&
        strcmp(m->type, "insufficient_quota") != 0)
        return BD_ERR_NONE;
    if (c->quota_is_rate)
        return BD_ERR_RATE_LIMITED;
    type = by_exact(chat_shared_codes, m->code);
    return type != BD_ERR_NONE ? type : BD_ERR_QUOTA;
}

static int32_t classify(const struct chat *c, const struct complaint *m)
{
    int32_t type = by_saying(c->vendor->sayings, m);
    char *end;
    long number;

    if (type == BD_ERR_NONE)
        type = by_saying(chat_shared_sayings, m);
    if (type == BD_ERR_NONE)
        type = by_quota(c, m);
    if (type == BD_ERR_NONE)
        type = by_tables(c, m);
    if (type != BD_ERR_NONE)
        return type;
    number = strtol(m->code, &end, 10); /* gateways answer 200 and put the status here */
    if (m->status < 300 && !*end && number >= 400 && number < 600)
        return by_status((int32_t)number);
    return by_status(m->status);
}

/* A page for people where an answer should be: of a portal, or of a wrong address. */
static int is_page(int32_t status, const char *raw, size_t n)
{
    size_t i = n >= 3 && memcmp(raw, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (i < n && (raw[i] == ' ' || (raw[i] >= '\t' && raw[i] <= '\r')))
        i++;
    return status < 300 && i + 1 < n && raw[i] == '<' &&
           (raw[i + 1] == '!' || raw[i + 1] == '?' ||
            (lower(raw[i + 1]) >= 'a' && lower(raw[i + 1]) <= 'z'));
}

/* What came is no JSON, or JSON without anything to tell. */
static int fail_raw(const struct chat *c, int32_t type, int32_t status, const char *raw,
                    size_t n, struct bd_error *err)
{
    const struct bd_host *host = c->host;
    int shown = (int)(n > 160 ? 160 : n);

    if (status >= 300 && status < 400)
        return host->fail(host->ctx, err, type, status,
                          "HTTP %d, a redirect, which is never followed (it would take "
                          "the key to another address): is the base_url right?",
                          (int)status);
    if (is_page(status, raw, n))
        return host->fail(
            host->ctx, err, BD_ERR_PROTOCOL, status,
            "HTTP %d with a web page in place of an answer: is the base_url right? %.*s",
            (int)status, shown, raw);
    if (status < 300 && chat_is_bloated(raw, n))
        return host->fail(host->ctx, err, BD_ERR_TOO_LARGE, status,
                          "HTTP %d with JSON of more values than any answer has: %.*s",
                          (int)status, shown, raw);
    if (shown == 0)
        return host->fail(host->ctx, err, type, status, "HTTP %d without a body",
                          (int)status);
    return host->fail(host->ctx, err, type, status, "HTTP %d with an unknown body: %.*s",
                      (int)status, shown, raw);
}

int chat_fail(const struct chat *c, const json_t *o, int32_t status, const char *raw,
              size_t raw_bytes, struct bd_error *err)
{
    const struct bd_host *host = c->host;
    struct complaint m = {.status = status};
    int32_t type;

    read_complaint(&m, o);
    type = classify(c, &m);
    if (m.message[0])
        return host->fail(host->ctx, err, type, status, "%s", m.message);
    if (m.code[0] || m.type[0])
        return host->fail(host->ctx, err, type, status, "error %s, without a message",
                          m.code[0] ? m.code : m.type);
    return fail_raw(c, type, status, raw, raw_bytes, err);
}

void chat_error(void *self, const struct bd_reply *reply, struct bd_error *err)
{
    json_t *o = chat_parse(reply->body, reply->body_bytes);

    (void)chat_fail(self, o, reply->status, reply->body, reply->body_bytes, err);
    json_decref(o);
}
