/* face/web.c - see web.h. */
#include "face/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"

#define SOURCE       "server"
#define HEADERS_MS   10000
#define BODY_MS      30000
#define IDLE_S       60
#define MEMORY_BYTES (32 << 10) /* of a request's headers, and of its buffers */
#define STACK_BYTES  (1 << 20)
#define PER_IP       32
#define BACKLOG      128
#define LOOK_MS      10

enum phase { PHASE_HEADERS, PHASE_BODY, PHASE_ANSWER, PHASE_IDLE };

struct connection {
    struct connection *next, *before;
    int fd;
    enum phase phase;
    int64_t since_ms;
};

struct bd_web {
    struct bd_daemon *daemon;
    struct bd_web_options options;
    struct MHD_Daemon *mhd;
    int listener; /* -1 once it is libmicrohttpd's */
    bool six, loopback;
    unsigned port;
    char url[128];

    pthread_mutex_t lock; /* guards the rest */
    struct connection *connections;
    struct bd_web_stats stats;
};

/* "HOST:PORT", "[HOST]:PORT". */
static int split(const char *listen, char *host, size_t size, char port[8])
{
    const char *colon = strrchr(listen, ':');
    size_t n = colon ? (size_t)(colon - listen) : 0;

    if (!colon || strlen(colon + 1) > 5 || colon[1] == '\0')
        return -1;
    if (n > 1 && listen[0] == '[' && listen[n - 1] == ']') {
        listen++;
        n -= 2;
    }
    if (n == 0 || n >= size)
        return -1;
    memcpy(host, listen, n);
    host[n] = '\0';
    snprintf(port, 8, "%s", colon + 1);
    return 0;
}

static int listen_on(struct bd_web *w, const struct addrinfo *a)
{
    int one = 1;

    w->listener = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (w->listener < 0)
        return -1;
    (void)setsockopt(w->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(w->listener, a->ai_addr, a->ai_addrlen) == 0 &&
        listen(w->listener, BACKLOG) == 0)
        return 0;
    return -1;
}

static void describe(struct bd_web *w)
{
    struct sockaddr_storage a;
    socklen_t size = sizeof(a);
    char host[64] = "", port[8] = "";

    if (getsockname(w->listener, (struct sockaddr *)&a, &size) == 0)
        (void)getnameinfo((struct sockaddr *)&a, size, host, sizeof(host), port,
                          sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    w->port = (unsigned)strtoul(port, NULL, 10);
    w->loopback = strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
    snprintf(w->url, sizeof(w->url), w->six ? "http://[%s]:%s" : "http://%s:%s", host,
             port);
}

static int open_listener(struct bd_web *w, struct bd_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *a = NULL;
    char host[256], port[8];
    int rc;

    if (split(w->options.listen, host, sizeof(host), port) < 0)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                       "[server] listen is '%.80s': give ADDRESS:PORT, for example "
                       "127.0.0.1:8731",
                       w->options.listen);
    rc = getaddrinfo(host, port, &hints, &a);
    if (rc != 0)
        return bd_fail(err, BD_ERR_CONFIG, rc, SOURCE, "[server] listen = %.80s: %s",
                       w->options.listen, gai_strerror(rc));
    w->six = a->ai_family == AF_INET6;
    rc = listen_on(w, a);
    freeaddrinfo(a);
    if (rc < 0) {
        bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "cannot listen there");
        return bd_fail_in(err, "[server] listen = %.80s", w->options.listen);
    }
    describe(w);
    return 0;
}

int bd_web_open(struct bd_web **out, struct bd_daemon *d, const struct bd_web_options *o,
                struct bd_error *err)
{
    struct bd_web *w = calloc(1, sizeof(*w));

    if (!w)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    w->daemon = d;
    w->options = *o;
    w->listener = -1;
    pthread_mutex_init(&w->lock, NULL);
    if (open_listener(w, err) < 0) {
        bd_web_close(w);
        return -1;
    }
    *out = w;
    return 0;
}

unsigned bd_web_port(const struct bd_web *w)
{
    return w->port;
}

const char *bd_web_url(const struct bd_web *w)
{
    return w->url;
}

/* Connections */

static void enter(struct bd_web *w, struct connection *c, enum phase phase)
{
    if (!c)
        return;
    pthread_mutex_lock(&w->lock);
    c->phase = phase;
    c->since_ms = bd_clock_ms();
    pthread_mutex_unlock(&w->lock);
}

static void open_connection(struct bd_web *w, struct MHD_Connection *connection,
                            void **context)
{
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct connection *c = calloc(1, sizeof(*c));

    if (!c || !fd) {
        free(c);
        return; /* it is served, and not watched */
    }
    c->fd = fd->connect_fd;
    c->since_ms = bd_clock_ms();
    *context = c;
    pthread_mutex_lock(&w->lock);
    c->next = w->connections;
    if (c->next)
        c->next->before = c;
    w->connections = c;
    w->stats.connections++;
    pthread_mutex_unlock(&w->lock);
}

/* libmicrohttpd closes the descriptor after this. */
static void close_connection(struct bd_web *w, void **context)
{
    struct connection *c = *context;

    if (!c)
        return;
    *context = NULL;
    pthread_mutex_lock(&w->lock);
    if (c->before)
        c->before->next = c->next;
    else
        w->connections = c->next;
    if (c->next)
        c->next->before = c->before;
    w->stats.connections--;
    pthread_mutex_unlock(&w->lock);
    free(c);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        open_connection(arg, connection, context);
    else
        close_connection(arg, context);
}

static struct connection *watched(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static int64_t limit_ms(enum phase phase)
{
    switch (phase) {
    case PHASE_HEADERS:
        return HEADERS_MS;
    case PHASE_BODY:
        return BODY_MS;
    case PHASE_IDLE:
        return IDLE_S * 1000 + HEADERS_MS;
    default:
        return INT64_MAX;
    }
}

void bd_web_watch(struct bd_web *w, int64_t now_ms)
{
    pthread_mutex_lock(&w->lock);
    for (struct connection *c = w->connections; c; c = c->next)
        if (now_ms - c->since_ms > limit_ms(c->phase))
            (void)shutdown(c->fd, SHUT_RDWR); /* its thread wakes up and closes it */
    pthread_mutex_unlock(&w->lock);
}

/* Requests */

static void *on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct bd_web_request *r = calloc(1, sizeof(*r));
    struct bd_web *w = arg;

    if (!r)
        return NULL;
    r->has_nul = strstr(uri, "%00") != NULL; /* it is decoded after this */
    r->daemon = w->daemon;
    r->connection = connection;
    bd_buf_init(&r->body, BD_GUARD_BODY_BYTES);
    return r;
}

static const char *client_of(struct MHD_Connection *connection, char out[64])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    socklen_t size = sizeof(struct sockaddr_in);

    if (!info)
        return NULL;
    if (info->client_addr->sa_family == AF_INET6)
        size = sizeof(struct sockaddr_in6);
    if (getnameinfo(info->client_addr, size, out, 64, NULL, 0, NI_NUMERICHOST) != 0)
        return NULL;
    return out;
}

static enum MHD_Result count_host(void *arg, enum MHD_ValueKind kind, const char *key,
                                  const char *value)
{
    unsigned *n = arg;

    (void)kind;
    (void)value;
    *n += strcasecmp(key, "Host") == 0;
    return MHD_YES;
}

static bool guarded(struct bd_web_request *r)
{
    char client[64];
    struct bd_guard_verdict v;
    bool allowed;
    struct bd_guard_request q = {
        .method = r->method,
        .path = r->has_nul ? NULL : r->path,
        .host = bd_web_header(r, "Host"),
        .origin = bd_web_header(r, "Origin"),
        .content_type = bd_web_header(r, "Content-Type"),
        .authorization = bd_web_header(r, "Authorization"),
        .client = client_of(r->connection, client),
    };

    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_host, &q.host_count);
    pthread_rwlock_rdlock(&r->daemon->guard_lock);
    allowed = bd_guard_allow(r->daemon->guard, &q, bd_clock_ms(), &v);
    pthread_rwlock_unlock(&r->daemon->guard_lock);
    if (allowed)
        return true;
    if (v.delay_ms > 0)
        (void)poll(NULL, 0, v.delay_ms); /* this client's own thread */
    bd_reply_refused(r, &v);
    return false;
}

/* True: go on with the body. */
static bool begin(struct bd_web *w, struct bd_web_request *r)
{
    const char *length = bd_web_header(r, "Content-Length");
    struct bd_error err;

    bd_thread_is(BD_API, "bd-api");
    r->begun = true;
    r->begun_ms = bd_clock_ms();
    enter(w, watched(r->connection), PHASE_BODY);
    pthread_mutex_lock(&w->lock);
    w->stats.requests++;
    pthread_mutex_unlock(&w->lock);
    if (!guarded(r))
        return false;
    if (!length || strlen(length) < 8 ||
        strtoull(length, NULL, 10) <= BD_GUARD_BODY_BYTES)
        return true;
    (void)bd_fail(&err, BD_ERR_TOO_LARGE, 413, SOURCE, "the body is larger than 1 MiB");
    bd_reply_problem(r, 413, &err);
    return false;
}

static void take_body(struct bd_web_request *r, const char *p, size_t *n)
{
    if (!r->too_large && bd_buf_append(&r->body, p, *n) < 0)
        r->too_large = true;
    *n = 0;
}

static void serve(struct bd_web_request *r)
{
    struct bd_error err;

    if (!r->too_large) {
        bd_routes_serve(r);
        return;
    }
    (void)bd_fail(&err, BD_ERR_TOO_LARGE, 413, SOURCE, "the body is larger than 1 MiB");
    bd_reply_problem(r, 413, &err);
}

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd gives it its parameters */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *upload, size_t *bytes,
                                  void **context)
{
    struct bd_web *w = arg;
    struct bd_web_request *r = *context;

    (void)version;
    if (!r)
        return MHD_NO;
    r->method = method;
    r->path = url;
    if (!r->begun)
        return begin(w, r) ? MHD_YES : r->result;
    if (*bytes) {
        take_body(r, upload, bytes);
        return MHD_YES;
    }
    enter(w, watched(connection), PHASE_ANSWER);
    serve(r);
    return r->result;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct bd_web_request *r = *context;

    (void)why;
    *context = NULL;
    enter(arg, watched(connection), PHASE_IDLE);
    if (!r)
        return;
    bd_buf_free(&r->body);
    free(r);
}

static void on_log(void *arg, const char *fmt, va_list ap) BD_PRINTF(2, 0);
static void on_log(void *arg, const char *fmt, va_list ap)
{
    char line[512];

    (void)arg;
    vsnprintf(line, sizeof(line), fmt, ap);
    bd_log(BD_LOG_DEBUG, SOURCE, "libmicrohttpd: %s", line);
}

int bd_web_start(struct bd_web *w, struct bd_error *err)
{
    unsigned per_ip = w->options.connections_per_ip;
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG |
                     (w->six ? MHD_USE_IPv6 : 0U);

    if (per_ip == 0)
        per_ip = w->loopback ? w->options.connections : PER_IP;
    w->mhd = MHD_start_daemon(
        flags, (uint16_t)w->port, NULL, NULL, on_request, w, MHD_OPTION_EXTERNAL_LOGGER,
        on_log, NULL, MHD_OPTION_LISTEN_SOCKET, w->listener, MHD_OPTION_CONNECTION_LIMIT,
        w->options.connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, on_uri, w, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, w, MHD_OPTION_NOTIFY_CONNECTION, on_connection, w, MHD_OPTION_END);
    if (!w->mhd)
        return bd_fail(err, BD_ERR_INTERNAL, errno, SOURCE,
                       "the HTTP server cannot be started");
    w->listener = -1;
    return 0;
}

static bool is_answering(struct bd_web *w)
{
    bool yes = false;

    pthread_mutex_lock(&w->lock);
    for (const struct connection *c = w->connections; c && !yes; c = c->next)
        yes = c->phase == PHASE_ANSWER || c->phase == PHASE_BODY;
    pthread_mutex_unlock(&w->lock);
    return yes;
}

void bd_web_quiet(struct bd_web *w, int64_t until_ms)
{
    if (!w || !w->mhd)
        return;
    w->listener = MHD_quiesce_daemon(w->mhd);
    if (w->listener >= 0)
        close(w->listener); /* who connects from here on is told at once */
    w->listener = -1;
    while (is_answering(w) && bd_clock_ms() < until_ms)
        (void)poll(NULL, 0, LOOK_MS);
}

void bd_web_close(struct bd_web *w)
{
    if (!w)
        return;
    if (w->mhd)
        MHD_stop_daemon(w->mhd);
    if (w->listener >= 0)
        close(w->listener);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void bd_web_count(struct bd_web *w, unsigned status)
{
    pthread_mutex_lock(&w->lock);
    if (status / 100 < 6)
        w->stats.answered[status / 100]++;
    pthread_mutex_unlock(&w->lock);
}

void bd_web_stats(struct bd_web *w, struct bd_web_stats *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->stats;
    pthread_mutex_unlock(&w->lock);
}
