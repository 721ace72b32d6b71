/* face/web.c - see web.h. */
#include "face/web.h"

#include <errno.h>
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
#include "face/connections.h"
#include "face/listener.h"

#define SOURCE       "server"
#define MEMORY_BYTES (32 << 10) /* of a request's headers, and of its buffers */
#define STACK_BYTES  (1 << 20)
#define PER_IP       32
#define LOOK_MS      10

struct bd_web {
    struct bd_daemon *daemon;
    struct bd_web_options options;
    struct MHD_Daemon *mhd;
    struct bd_listener listener; /* fd -1 once it is libmicrohttpd's */
    struct bd_connections connections;

    pthread_mutex_t lock; /* guards the rest */
    struct bd_web_stats stats;
};

int bd_web_open(struct bd_web **out, struct bd_daemon *d, const struct bd_web_options *o,
                struct bd_error *err)
{
    struct bd_web *w = calloc(1, sizeof(*w));

    if (!w)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    w->daemon = d;
    w->options = *o;
    pthread_mutex_init(&w->lock, NULL);
    bd_connections_init(&w->connections);
    if (bd_listener_open(&w->listener, o->listen, err) < 0) {
        bd_web_close(w);
        return -1;
    }
    *out = w;
    return 0;
}

unsigned bd_web_port(const struct bd_web *w)
{
    return w->listener.port;
}

const char *bd_web_url(const struct bd_web *w)
{
    return w->listener.url;
}

/* Connections */

static void open_connection(struct bd_web *w, struct MHD_Connection *connection,
                            void **context)
{
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (fd)
        *context = bd_connections_open(&w->connections, fd->connect_fd, bd_clock_ms());
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct bd_web *w = arg;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        open_connection(w, connection, context);
    } else { /* libmicrohttpd closes the descriptor after this */
        bd_connections_close(&w->connections, *context);
        *context = NULL;
    }
}

static void enter(struct bd_web *w, struct MHD_Connection *connection,
                  enum bd_phase phase)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    if (info)
        bd_connections_enter(&w->connections, info->socket_context, phase, bd_clock_ms());
}

void bd_web_watch(struct bd_web *w, int64_t now_ms)
{
    bd_connections_watch(&w->connections, now_ms);
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
    enter(w, r->connection, BD_PHASE_BODY);
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
    enter(w, connection, BD_PHASE_ANSWER);
    serve(r);
    return r->result;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct bd_web_request *r = *context;

    (void)why;
    *context = NULL;
    enter(arg, connection, BD_PHASE_IDLE);
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
                     (w->listener.six ? MHD_USE_IPv6 : 0U);

    if (per_ip == 0)
        per_ip = w->listener.loopback ? w->options.connections : PER_IP;
    w->mhd = MHD_start_daemon(
        flags, (uint16_t)w->listener.port, NULL, NULL, on_request, w,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        w->listener.fd, MHD_OPTION_CONNECTION_LIMIT, w->options.connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)BD_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, on_uri, w, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, w, MHD_OPTION_NOTIFY_CONNECTION, on_connection, w, MHD_OPTION_END);
    if (!w->mhd)
        return bd_fail(err, BD_ERR_INTERNAL, errno, SOURCE,
                       "the HTTP server cannot be started");
    w->listener.fd = -1;
    return 0;
}

void bd_web_quiet(struct bd_web *w, int64_t until_ms)
{
    if (!w || !w->mhd)
        return;
    w->listener.fd = MHD_quiesce_daemon(w->mhd);
    if (w->listener.fd >= 0)
        close(w->listener.fd); /* who connects from here on is told at once */
    w->listener.fd = -1;
    while (bd_connections_busy(&w->connections) && bd_clock_ms() < until_ms)
        (void)poll(NULL, 0, LOOK_MS);
}

void bd_web_close(struct bd_web *w)
{
    if (!w)
        return;
    if (w->mhd)
        MHD_stop_daemon(w->mhd);
    if (w->listener.fd >= 0)
        close(w->listener.fd);
    bd_connections_destroy(&w->connections);
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
    pthread_mutex_lock(&w->connections.lock);
    out->connections = w->connections.count;
    pthread_mutex_unlock(&w->connections.lock);
}
