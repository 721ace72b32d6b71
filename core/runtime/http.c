/* runtime/http.c - the door: checks what is submitted, and copies it into a call. */
#define _GNU_SOURCE /* explicit_bzero */
#include "runtime/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "runtime/header.h"
#include "runtime/loop.h"

#define SOURCE       "http"
#define MAX_THREADS  4
#define CONNECT_MS   5000
#define BODY_BYTES   (8U << 20)
#define HEADER_BYTES (64U << 10)
#define MAX_HOST     262 /* a name of 253 bytes, ":65535" */

struct bd_http {
    struct bd_resolver *resolver;
    struct bd__loop *loops[MAX_THREADS];
    unsigned n;
    _Atomic unsigned turn;
};

/* Start and stop */

/* A call needs a file, and the usual soft limit is 1024. */
static void allow_many_files(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
        r.rlim_cur = r.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &r); /* then calls past the old one fail, named */
    }
}

int bd_http_start(struct bd_http **out, unsigned threads, struct bd_error *err)
{
    return bd__http_start_with(out, threads, bd_resolver_lookup, err);
}

int bd__http_start_with(struct bd_http **out, unsigned threads, bd_lookup_fn *lookup,
                        struct bd_error *err)
{
    struct bd_http *h;

    if (threads > MAX_THREADS)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "%u network threads are asked for, at most %d are possible",
                       threads, MAX_THREADS);
    if (threads == 0)
        threads = sysconf(_SC_NPROCESSORS_ONLN) > 2 ? 2 : 1;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "libcurl cannot be initialised");
    signal(SIGPIPE, SIG_IGN); /* libcurl is told to leave signals alone */
    allow_many_files();
    h = calloc(1, sizeof(*h));
    if (!h || bd_resolver_start(&h->resolver, lookup, err) < 0) {
        free(h);
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    }
    for (; h->n < threads; h->n++)
        if (bd__loop_start(&h->loops[h->n], h->n, h->resolver, err) < 0) {
            bd_http_stop(h);
            return -1;
        }
    *out = h;
    return 0;
}

void bd_http_stop(struct bd_http *h)
{
    if (!h)
        return;
    for (unsigned i = 0; i < h->n; i++)
        bd__loop_stop(h->loops[i]);
    bd_resolver_stop(h->resolver); /* the loops do not ask, and are there to be woken */
    for (unsigned i = 0; i < h->n; i++) /* callbacks of one may have asked another */
        bd__loop_free(h->loops[i]);
    free(h);
}

/* Checking */

/* What a call's URL says. */
struct target {
    char host[MAX_HOST]; /* for messages, with the port if it has one */
    char name[MAX_HOST];
    unsigned port;
    bool look_up;
};

/* Not for addresses, nor for names that curl answers or writes in another way itself. */
static bool needs_look_up(const char *name)
{
    unsigned char address[16];
    size_t n = strlen(name);

    if (name[0] == '[' || inet_pton(AF_INET, name, address) == 1 || n == 0 ||
        n >= BD_NAMES_HOST_BYTES)
        return false;
    if (strcasecmp(name, "localhost") == 0 ||
        (n > 10 && strcasecmp(name + n - 10, ".localhost") == 0))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] >= 0x80 || name[i] == '%')
            return false;
    return true;
}

struct url {
    CURLU *u;
    char *scheme, *name, *port, *shown_port,
        *user; /* the last two: NULL if it has none */
};

static CURLUcode get_if_any(CURLU *u, CURLUPart what, unsigned flags, char **out)
{
    CURLUcode rc = curl_url_get(u, what, out, flags);

    return rc == CURLUE_NO_PORT || rc == CURLUE_NO_USER ? CURLUE_OK : rc;
}

/* Whatever it returns, free_url() takes it. */
static CURLUcode parse_url(struct url *out, const char *text)
{
    CURLUcode rc;

    out->u = curl_url();
    if (!out->u)
        return CURLUE_OUT_OF_MEMORY;
    if ((rc = curl_url_set(out->u, CURLUPART_URL, text, 0)) != CURLUE_OK ||
        (rc = curl_url_get(out->u, CURLUPART_SCHEME, &out->scheme, 0)) != CURLUE_OK ||
        (rc = curl_url_get(out->u, CURLUPART_HOST, &out->name, 0)) != CURLUE_OK ||
        (rc = get_if_any(out->u, CURLUPART_PORT, 0, &out->shown_port)) != CURLUE_OK ||
        (rc = get_if_any(out->u, CURLUPART_PORT, CURLU_DEFAULT_PORT, &out->port)) !=
            CURLUE_OK)
        return rc;
    return get_if_any(out->u, CURLUPART_USER, 0, &out->user);
}

static void free_url(struct url *url)
{
    curl_free(url->scheme);
    curl_free(url->name);
    curl_free(url->port);
    curl_free(url->shown_port);
    curl_free(url->user);
    curl_url_cleanup(url->u);
}

static void note_target(const struct url *url, struct target *out)
{
    const char *shown = url->shown_port;

    snprintf(out->host, sizeof(out->host), "%s%s%s", url->name, shown ? ":" : "",
             shown ? shown : "");
    snprintf(out->name, sizeof(out->name), "%s", url->name);
    if (url->port)
        out->port = (unsigned)strtoul(url->port, NULL, 10);
    out->look_up = out->port != 0 && needs_look_up(url->name);
}

static int check_target(const struct url *url, const struct bd_http_call *in,
                        const char *host, struct bd_error *err)
{
    if (url->user)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                       "%s: a URL may not hold a user or password", host);
    if (strcmp(url->scheme, "https") != 0 && strcmp(url->scheme, "http") != 0)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE, "%s: '%s' is not https", host,
                       url->scheme);
    if (strcmp(url->scheme, "http") == 0 && !in->allow_private)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                       "%s: http would send the key in the clear; use https, or set "
                       "allow_private = yes if this is a host of your own",
                       host);
    return 0;
}

/* curl's own parser decides what the host is, so that we check what curl will use. */
static int check_url(const struct bd_http_call *in, struct target *out,
                     struct bd_error *err)
{
    struct url url = {.u = NULL};
    CURLUcode said = in->url ? parse_url(&url, in->url) : CURLUE_MALFORMED_INPUT;
    int rc;

    if (said == CURLUE_OUT_OF_MEMORY)
        rc = bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    else if (said != CURLUE_OK || strlen(url.name) > 255)
        rc = bd_fail(err, BD_ERR_CONFIG, 0, SOURCE, "the address is not a valid URL");
    else {
        note_target(&url, out);
        rc = check_target(&url, in, out->host, err);
    }
    free_url(&url);
    return rc;
}

/* Making */

static int add_line(struct bd__call *c, const char *line, struct bd_error *err)
{
    struct curl_slist *more = curl_slist_append(c->lines, line);

    if (!more)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    c->lines = more;
    return 0;
}

static int add_lines(struct bd__call *c, const char *headers, struct bd_error *err)
{
    while (headers && *headers) {
        size_t n = strcspn(headers, "\n");
        char *line;
        int rc;

        if (bd_header_check(headers, n, err) < 0)
            return -1;
        line = strndup(headers, n);
        rc = line ? add_line(c, line, err)
                  : bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
        free(line);
        if (rc < 0)
            return -1;
        headers += n + (headers[n] == '\n');
    }
    return 0;
}

static void free_call(struct bd__call *c)
{
    if (!c)
        return;
    for (struct curl_slist *l = c->lines; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(c->lines);
    free(c);
}

static const char *keep(char **at, const void *bytes, size_t n)
{
    char *copy = *at;

    if (n > 0)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    *at += n + 1;
    return copy;
}

/* The call and all its strings are one block. */
static struct bd__call *new_call(const struct bd_http_call *in, const struct target *to)
{
    size_t url = strlen(in->url), host = strlen(to->host), name = strlen(to->name);
    size_t ca = in->ca_file ? strlen(in->ca_file) : 0;
    struct bd__call *c =
        calloc(1, sizeof(*c) + url + host + name + ca + in->body_bytes + 5);
    char *at = (char *)(c + 1);

    if (!c)
        return NULL;
    c->in = *in;
    c->in.headers = c->in.secret = NULL;
    c->in.url = keep(&at, in->url, url);
    c->host = keep(&at, to->host, host);
    if (to->look_up)
        c->name = keep(&at, to->name, name);
    c->port = to->port;
    if (in->ca_file)
        c->in.ca_file = keep(&at, in->ca_file, ca);
    c->in.body = keep(&at, in->body, in->body_bytes);
    if (c->in.connect_ms <= 0)
        c->in.connect_ms = CONNECT_MS;
    if (c->in.max_body_bytes == 0)
        c->in.max_body_bytes = BODY_BYTES;
    if (c->in.max_header_bytes == 0)
        c->in.max_header_bytes = HEADER_BYTES;
    c->submit_ms = bd_clock_ms();
    return c;
}

static struct bd__call *make(const struct bd_http_call *in, struct bd_error *err)
{
    struct target to = {.port = 0};
    struct bd__call *c;

    if (check_url(in, &to, err) < 0)
        return NULL;
    c = new_call(in, &to);
    if (!c) {
        bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
        return NULL;
    }
    /* An empty "Expect:" stops curl from waiting for "100 Continue" on large bodies. */
    if (add_line(c, "Expect:", err) < 0 || add_lines(c, in->headers, err) < 0)
        goto fail;
    if (in->secret && (bd_header_check(in->secret, strlen(in->secret), err) < 0 ||
                       add_line(c, in->secret, err) < 0))
        goto fail;
    return c;
fail:
    bd_fail_in(err, "%s", to.host);
    free_call(c);
    return NULL;
}

/* Doors */

int bd_http_submit(struct bd_http *h, const struct bd_http_call *call,
                   const struct bd_http_events *events, void *arg, uint64_t *id,
                   struct bd_error *err)
{
    unsigned turn = atomic_fetch_add_explicit(&h->turn, 1, memory_order_relaxed);
    struct bd__call *c = make(call, err);

    if (!c)
        return -1;
    c->events = events;
    c->arg = arg;
    if (bd__loop_submit(h->loops[turn % h->n], c, id) < 0) {
        bd_fail(err, BD_ERR_CANCELLED, 0, SOURCE, "%s: not begun, at shutdown", c->host);
        free_call(c);
        return -1;
    }
    return 0;
}

void bd_http_cancel(struct bd_http *h, uint64_t id)
{
    if (bd__loop_of(id) < h->n)
        bd__loop_cancel(h->loops[bd__loop_of(id)], id);
}

int bd_http_at(struct bd_http *h, int64_t at_ms, void (*fn)(void *arg), void *arg)
{
    /* All on one thread, so that they come in the order of their times. */
    return bd__loop_at(h->loops[0], at_ms, fn, arg);
}

void bd_http_stats(struct bd_http *h, struct bd_http_stats *out)
{
    *out = (struct bd_http_stats){0};
    for (unsigned i = 0; i < h->n; i++)
        bd__loop_stats(h->loops[i], out);
}
