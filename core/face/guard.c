/* face/guard.c - see guard.h. */
#include "face/guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "face/authority.h"
#include "face/clients.h"

#define SOURCE "server"

struct origin {
    struct bd_authority at;
    unsigned standard; /* the port of its scheme */
};

struct bd_guard { /* not changed once made, but for what clients keeps */
    unsigned port;
    struct bd_authority hosts[BD_GUARD_NAMES];
    size_t host_count;
    struct origin origins[BD_GUARD_NAMES];
    size_t origin_count;
    bool has_token;
    struct bd_token token;
    struct bd_clients *clients;
};

/* Making */

static int check_counts(const struct bd_guard_rules *rules, struct bd_error *err)
{
    if (rules->host_count <= BD_GUARD_NAMES && rules->origin_count <= BD_GUARD_NAMES)
        return 0;
    return bd_fail(err, BD_ERR_CONFIG, E2BIG, SOURCE,
                   "at most %d host names and %d origins of others are possible",
                   BD_GUARD_NAMES, BD_GUARD_NAMES);
}

static int take_hosts(struct bd_guard *g, const struct bd_guard_rules *rules,
                      struct bd_error *err)
{
    for (; g->host_count < rules->host_count; g->host_count++) {
        const char *s = rules->hosts[g->host_count];

        if (!bd_authority_parse(s, strlen(s), &g->hosts[g->host_count]))
            return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                           "'%.100s' is no host name; write it like brand.example.com, "
                           "brand.example.com:8443 or [2001:db8::1]",
                           s);
    }
    return 0;
}

static int take_origins(struct bd_guard *g, const struct bd_guard_rules *rules,
                        struct bd_error *err)
{
    for (; g->origin_count < rules->origin_count; g->origin_count++) {
        struct origin *o = &g->origins[g->origin_count];
        const char *s = rules->origins[g->origin_count];

        if (!bd_authority_parse_origin(s, &o->at, &o->standard))
            return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                           "'%.100s' is no origin; write it like "
                           "https://board.example.com, without a path",
                           s);
        if (!o->at.port)
            o->at.port = o->standard;
    }
    return 0;
}

int bd_guard_new(struct bd_guard **out, const struct bd_guard_rules *rules,
                 struct bd_error *err)
{
    struct bd_guard *g = calloc(1, sizeof(*g));

    if (!g)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    g->port = rules->port;
    g->has_token = rules->token != NULL;
    if (rules->token)
        g->token = *rules->token;
    if (check_counts(rules, err) < 0 || take_hosts(g, rules, err) < 0 ||
        take_origins(g, rules, err) < 0 ||
        bd_clients_new(&g->clients, rules->rate ? rules->rate : BD_GUARD_RATE,
                       rules->burst ? rules->burst : BD_GUARD_BURST, err) < 0)
        goto fail;
    *out = g;
    return 0;
fail:
    bd_guard_free(g);
    return -1;
}

void bd_guard_free(struct bd_guard *g)
{
    if (g)
        bd_clients_free(g->clients);
    free(g);
}

/* Asking */

/* What is behind all checks of one request. */
struct asking {
    struct bd_guard *g;
    const struct bd_guard_request *r;
    int64_t now_ms;
    struct bd_guard_verdict *out;
};

/* Fills the verdict; returns false, so that a check can end with it. */
static bool refuse(const struct asking *a, int32_t status, enum bd_error_type type,
                   const char *why)
{
    a->out->status = status;
    (void)bd_fail(&a->out->error, type, status, SOURCE, "%s", why);
    a->out->error.retry_after_ms = a->out->retry_after_s * 1000;
    return false;
}

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(s, list[i]) == 0)
            return true;
    return false;
}

static bool check_method(const struct asking *a)
{
    static const char *const known[] = {"GET",   "HEAD",   "POST",   "PUT",
                                        "PATCH", "DELETE", "OPTIONS"};

    if (is_one_of(a->r->method, known, sizeof(known) / sizeof(known[0])))
        return true;
    if (strcmp(a->r->method, "TRACE") == 0 || strcmp(a->r->method, "CONNECT") == 0)
        return refuse(a, 405, BD_ERR_INVALID_REQUEST,
                      "TRACE and CONNECT are never served");
    return refuse(a, 501, BD_ERR_INVALID_REQUEST, "this method is not known here");
}

static bool check_rate(const struct asking *a)
{
    a->out->retry_after_s = bd_clients_request(a->g->clients, a->r->client, a->now_ms);
    if (a->out->retry_after_s == 0)
        return true;
    return refuse(a, 429, BD_ERR_RATE_LIMITED,
                  "too many requests from this address; ask less often");
}

static bool check_target(const struct asking *a)
{
    if (a->r->path && a->r->path[0] == '/')
        return true;
    return refuse(
        a, 400, BD_ERR_INVALID_REQUEST,
        "the request's target must be a path that begins with '/', without %00");
}

static bool is_builtin(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    return is_one_of(host, names, sizeof(names) / sizeof(names[0]));
}

static bool is_our_host(const struct bd_guard *g, const struct bd_authority *to)
{
    if (is_builtin(to->host) && (to->port == 0 || to->port == g->port))
        return true;
    for (size_t i = 0; i < g->host_count; i++) {
        unsigned port = g->hosts[i].port ? g->hosts[i].port : g->port;

        if (strcmp(to->host, g->hosts[i].host) == 0 &&
            (to->port == 0 || to->port == port))
            return true;
    }
    return false;
}

static bool check_host(const struct asking *a)
{
    const char *host = a->r->host;
    struct bd_authority to;

    if (!host || !*host || a->r->host_count > 1)
        return refuse(a, 400, BD_ERR_INVALID_REQUEST,
                      "a request needs exactly one Host header");
    if (bd_authority_parse(host, strlen(host), &to) && is_our_host(a->g, &to))
        return true;
    return refuse(a, 421, BD_ERR_INVALID_REQUEST,
                  "this server is not called that; use localhost, or name the host in "
                  "[server] of the configuration");
}

/* Pages of ours. Another port of this machine is another program's page, so the port
 * counts here; only a configured name may stand behind a proxy at the standard port. */
static bool is_our_page(const struct bd_guard *g, const struct bd_authority *from,
                        unsigned standard)
{
    unsigned port = from->port ? from->port : standard;

    if (is_builtin(from->host) && port == g->port)
        return true;
    for (size_t i = 0; i < g->host_count; i++) {
        const struct bd_authority *h = &g->hosts[i];

        if (strcmp(from->host, h->host) == 0 &&
            (port == (h->port ? h->port : g->port) || (!h->port && !from->port)))
            return true;
    }
    for (size_t i = 0; i < g->origin_count; i++)
        if (strcmp(from->host, g->origins[i].at.host) == 0 &&
            port == g->origins[i].at.port && standard == g->origins[i].standard)
            return true;
    return false;
}

static bool check_origin(const struct asking *a)
{
    struct bd_authority from;
    unsigned standard;

    if (!a->r->origin)
        return true; /* no browser, or a page of ours that reads */
    if (bd_authority_parse_origin(a->r->origin, &from, &standard) &&
        is_our_page(a->g, &from, standard))
        return true;
    return refuse(a, 403, BD_ERR_INVALID_REQUEST,
                  "a page of another origin may not ask here; name the origin in "
                  "[server] of the configuration if it may");
}

static bool needs_token(const struct asking *a)
{
    static const char *const open_paths[] = {"/healthz", "/readyz"};

    if (!a->g->has_token)
        return false;
    return !is_one_of(a->r->path, open_paths, 2) ||
           (strcmp(a->r->method, "GET") != 0 && strcmp(a->r->method, "HEAD") != 0);
}

/* The token in "Bearer TOKEN", NULL if it is anything else. */
static const char *bearer(const char *authorization)
{
    const char *s = authorization;

    if (!s || strncasecmp(s, "bearer", 6) != 0 || s[6] != ' ')
        return NULL;
    for (s += 6; *s == ' ';)
        s++;
    return s;
}

static bool wrong_token(const struct asking *a)
{
    a->out->retry_after_s = bd_clients_failure(a->g->clients, a->r->client, a->now_ms);
    if (a->out->retry_after_s == 0)
        return refuse(a, 401, BD_ERR_AUTH, "the token is wrong");
    a->out->delay_ms = BD_GUARD_DELAY_MS;
    return refuse(a, 429, BD_ERR_RATE_LIMITED,
                  "the token is wrong, as too many before from this address");
}

static bool check_token(const struct asking *a)
{
    const char *shown = bearer(a->r->authorization);

    if (!needs_token(a))
        return true;
    if (!shown) /* who shows none does not guess: not counted */
        return refuse(a, 401, BD_ERR_AUTH,
                      "a token is needed: send 'Authorization: Bearer TOKEN'");
    if (bd_token_matches(&a->g->token, shown, strlen(shown)))
        return true;
    return wrong_token(a);
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof(json) - 1;

    if (!type || strncasecmp(type, json, n) != 0)
        return false;
    n += strspn(type + n, " \t");
    return type[n] == '\0' || type[n] == ';';
}

static bool check_body(const struct asking *a)
{
    static const char *const with_body[] = {"POST", "PUT", "PATCH"};

    if (!is_one_of(a->r->method, with_body, 3) || is_json(a->r->content_type))
        return true;
    return refuse(a, 415, BD_ERR_INVALID_REQUEST,
                  "send 'Content-Type: application/json', also with an empty body");
}

bool bd_guard_allow(struct bd_guard *g, const struct bd_guard_request *r, int64_t now_ms,
                    struct bd_guard_verdict *out)
{
    const struct asking a = {g, r, now_ms, out};

    *out = (struct bd_guard_verdict){.status = 0};
    return check_method(&a) && check_rate(&a) && check_target(&a) && check_host(&a) &&
           check_origin(&a) && check_token(&a) && check_body(&a);
}

/* Listening */

/* The host of "host:port", "[host]:port" or "host" alone, into out; "" if it is none. */
static void host_of(const char *address, char *out, size_t size)
{
    const char *colon = strchr(address, ':');
    size_t n = strlen(address);

    if (address[0] == '[') {
        n = strcspn(++address, "]");
        if (address[n] != ']' || (address[n + 1] != '\0' && address[n + 1] != ':'))
            n = 0;
    } else if (colon && !strchr(colon + 1, ':')) { /* two are an IPv6 address */
        n = (size_t)(colon - address);
    }
    snprintf(out, size, "%.*s", (int)n, address);
}

int bd_guard_listen_check(const char *address, bool has_token, struct bd_error *err)
{
    char host[256];

    host_of(address, host, sizeof(host));
    if (has_token || strcasecmp(host, "localhost") == 0 || bd_clients_is_loopback(host))
        return 0;
    return bd_fail(
        err, BD_ERR_CONFIG, EPERM, SOURCE,
        "'%.80s' can be reached by other machines, and there is no token: listen "
        "at 127.0.0.1, or make a token, (umask 077; openssl rand -hex 32 > "
        "FILE), and name its file in [server]",
        address);
}
