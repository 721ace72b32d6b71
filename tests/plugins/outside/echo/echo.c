/* echo.c - the smallest provider plugin that answers: one file, no library.
 *
 * It asks a server that speaks a little of OpenAI's chat completions, for instance one
 * that sends each question back. Built outside the source tree with nothing of it but
 * core/include; docs/plugins.md walks through it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bd/provider.h"

struct echo {
    const struct bd_host *host;
};

static int put(const struct bd_host *host, struct bd_buf *out, const char *s)
{
    return host->append(host->ctx, out, s, strlen(s));
}

/* s as a JSON string. The host promises valid UTF-8, so only these need an escape. */
static int put_quoted(const struct bd_host *host, struct bd_buf *out, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    int rc = put(host, out, "\"");

    for (; *s && rc == 0; s++) {
        unsigned char c = (unsigned char)*s;
        char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

        if (c < 0x20 || c == '"' || c == '\\')
            rc = host->append(host->ctx, out, escape, sizeof(escape));
        else
            rc = host->append(host->ctx, out, s, 1);
    }
    return rc == 0 ? put(host, out, "\"") : rc;
}

static int echo_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct echo *e = calloc(1, sizeof(*e));

    if (!e)
        return host->fail(host->ctx, err, BD_ERR_INTERNAL, 0, "out of memory");
    e->host = host;
    *self = e;
    return 0;
}

static void echo_close(void *self)
{
    free(self);
}

static int echo_build(void *self, const struct bd_ask *ask, struct bd_request *out,
                      struct bd_error *err)
{
    const struct bd_host *host = ((struct echo *)self)->host;
    const char *base = host->text(host->ctx, "base_url");

    if (put(host, out->url, base) || put(host, out->url, "/chat/completions") ||
        put(host, out->body, "{\"model\":") || put_quoted(host, out->body, ask->model) ||
        put(host, out->body, ",\"messages\":[{\"role\":\"user\",\"content\":") ||
        put_quoted(host, out->body, ask->prompt) ||
        put(host, out->body, "}],\"stream\":false}"))
        return host->fail(host->ctx, err, BD_ERR_TOO_LARGE, 0,
                          "the request is larger than the limit");
    return 0;
}

/* Where the string behind "key": begins, past its quote; NULL if it is not there. */
static const char *find_string(const char *p, const char *end, const char *key)
{
    size_t n = strlen(key);

    for (; end - p > (ptrdiff_t)n; p++) {
        if (memcmp(p, key, n) != 0)
            continue;
        for (p += n; p < end && strchr(" \t\r\n:", *p) && *p; p++)
            ;
        return p < end && *p == '"' ? p + 1 : NULL;
    }
    return NULL;
}

static int32_t hex4(const char *p, const char *end)
{
    int32_t v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *d = p[i] ? strchr(digits, p[i]) : NULL;

        if (!d)
            return -1;
        v = v * 16 + (int32_t)((d - digits) % 16);
    }
    return v;
}

static int put_point(const struct bd_host *host, struct bd_buf *out, int32_t c)
{
    char s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (size_t i = n; i-- > 1; c >>= 6)
        s[i] = (char)(0x80 | (c & 0x3F));
    s[0] = (char)(lead[n] | c);
    return host->append(host->ctx, out, s, n);
}

/* Appends the character that the escape at p (behind its backslash) stands for. Returns
 * where it ends, NULL if it is none. */
static const char *put_escape(const struct bd_host *host, struct bd_buf *out,
                              const char *p, const char *end)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *simple = p < end && *p ? strchr(from, *p) : NULL;
    int32_t c, low;

    if (simple)
        return put_point(host, out, to[simple - from]) == 0 ? p + 1 : NULL;
    if (p >= end || *p != 'u' || (c = hex4(p + 1, end)) < 0)
        return NULL;
    p += 5;
    if (c >= 0xD800 && c <= 0xDBFF && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
        (low = hex4(p + 2, end)) >= 0xDC00 && low <= 0xDFFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    } else if (c >= 0xD800 && c <= 0xDFFF) {
        c = 0xFFFD; /* half a pair */
    }
    return put_point(host, out, c) == 0 ? p : NULL;
}

/* The reply is looked through, not parsed: good enough for a server one knows. */
static int echo_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
                      struct bd_error *err)
{
    const struct bd_host *host = ((struct echo *)self)->host;
    const char *end = reply->body + reply->body_bytes, *run;
    const char *p = find_string(reply->body, end, "\"content\"");

    for (run = p; p && p < end && *p != '"';) {
        if (*p != '\\') {
            p++;
            continue;
        }
        if (host->append(host->ctx, out->text, run, (size_t)(p - run)) != 0)
            p = NULL;
        else
            p = run = put_escape(host, out->text, p + 1, end);
    }
    if (!p || p == end || host->append(host->ctx, out->text, run, (size_t)(p - run)) != 0)
        return host->fail(host->ctx, err, BD_ERR_PROTOCOL, reply->status,
                          "no answer in the reply: %.*s",
                          (int)(reply->body_bytes > 80 ? 80 : reply->body_bytes),
                          reply->body);
    out->finish = BD_FINISH_STOP;
    return 0;
}

static void echo_error(void *self, const struct bd_reply *reply, struct bd_error *err)
{
    const struct bd_host *host = ((struct echo *)self)->host;
    int32_t type = reply->status == 401   ? BD_ERR_AUTH
                   : reply->status == 429 ? BD_ERR_RATE_LIMITED
                   : reply->status >= 500 ? BD_ERR_OVERLOADED
                                          : BD_ERR_INVALID_REQUEST;

    host->fail(host->ctx, err, type, reply->status, "the echo server said HTTP %d",
               (int)reply->status);
}

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, BD_OPTION_REQUIRED, NULL, "where the echo server is", 0,
     0},
};

static const struct bd_provider echo = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(echo), BD_PROVIDER, "echo", "1.0.0",
             options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {5000, 5000, 5000},
    .capabilities = 0, /* no stream: event stays NULL */
    .open = echo_open,
    .close = echo_close,
    .build = echo_build,
    .reply = echo_reply,
    .error = echo_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &echo.base;
}
