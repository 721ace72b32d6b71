/* chat/open.c - an instance from a checked section. */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "chat/chat.h"

/* strip: dropped where the base ends in it; NULL = nothing. */
static char *join_url(const char *base, const char *strip, const char *path)
{
    size_t n = strlen(base), k = strip ? strlen(strip) : 0, size;
    char *url;

    while (n > 0 && base[n - 1] == '/')
        n--;
    if (k > 0 && n > k && strncmp(base + n - k, strip, k) == 0)
        n -= k;
    size = n + strlen(path) + 1;
    url = malloc(size);
    if (url)
        snprintf(url, size, "%.*s%s", (int)n, base, path);
    return url;
}

int chat_open(struct chat **out, const struct chat_vendor *vendor,
              const struct bd_host *host, struct bd_error *err)
{
    struct chat *c = calloc(1, sizeof(*c));
    const char *base = host->text(host->ctx, "base_url");

    base = base && *base ? base : vendor->base_url;
    if (c)
        c->url = join_url(base, NULL, vendor->path);
    if (c && vendor->api)
        c->search_url = join_url(base, vendor->api->strip, vendor->api->path);
    if (!c || !c->url || (vendor->api && !c->search_url)) {
        chat_close(c);
        return host->fail(host->ctx, err, BD_ERR_INTERNAL, 0, "out of memory");
    }
    c->host = host;
    c->vendor = vendor;
    c->limit_field = vendor->limit_field;
    c->stream_options = vendor->stream_options;
    c->quota_is_rate = vendor->quota_is_rate;
    if (vendor->thinking != CHAT_THINKING_NONE)
        c->thinking = host->number(host->ctx, "thinking") != 0;
    *out = c;
    return 0;
}

int chat_set_extra(struct chat *c, const char *text, struct bd_error *err)
{
    static const char *const owned[] = {"messages", "model", "stream"};
    const struct bd_host *host = c->host;
    const char *taken = NULL;
    json_error_t why;
    json_t *o = json_loads(text, 0, &why);
    int is_object = json_is_object(o);

    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        if (json_object_get(o, owned[i]))
            taken = owned[i];
    json_decref(o);
    if (!o)
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "extra_body is not JSON: %s (column %d)", why.text, why.column);
    if (!is_object)
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "extra_body must be a JSON object such as {\"top_k\": 5}");
    if (taken)
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "extra_body may not set \"%s\": the engine does", taken);
    c->extra = strdup(text);
    if (!c->extra)
        return host->fail(host->ctx, err, BD_ERR_INTERNAL, 0, "out of memory");
    return 0;
}

void chat_close(void *self)
{
    struct chat *c = self;

    if (!c)
        return;
    free(c->url);
    free(c->search_url);
    free(c->extra);
    free(c);
}
