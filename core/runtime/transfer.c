/* runtime/transfer.c - curl's options and callbacks for one call. */
#define _GNU_SOURCE /* SOCK_CLOEXEC, explicit_bzero */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/address.h"
#include "runtime/header.h"
#include "runtime/http_call.h"
#include "runtime/traffic.h"

#define HEADER_LINES      200
#define CONNECTION_AGE    118L /* seconds idle; under the usual 120 s of load balancers */
#define CONNECTION_LIFE   3600L /* seconds; certificates are checked once a connection */
#define HAPPY_EYEBALLS_MS 200L  /* for IPv6 alone; RFC 8305 recommends 250 */
#define READ_BUFFER       8192L /* bytes a call; twice as much gains nothing on our replies */

/* What comes in */

static int cut(struct bd__call *c, enum bd__cut why)
{
    if (c->cut == BD__CUT_NONE)
        c->cut = why;
    return 0;
}

static void tell_head(struct bd__call *c, CURL *easy)
{
    struct bd_http_head head = {
        .retry_after_ms = c->retry_after_ms,
        .content_type = c->content_type,
    };
    long status = 0;

    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) { /* 100, 103: the real one follows, with headers of its own */
        c->retry_after_ms = 0;
        c->retry_in_ms = false;
        c->content_type[0] = '\0';
        return;
    }
    c->status = head.status = (int32_t)status;
    c->headed = true;
    c->events->head(c->arg, &head);
}

static void note_header(struct bd__call *c, const char *line, size_t n)
{
    int64_t wall = bd_clock_wall_ms();
    const char *v;
    size_t size;

    v = bd_header_value(line, n, "content-type", &size);
    if (v && size < sizeof(c->content_type)) {
        memcpy(c->content_type, v, size);
        c->content_type[size] = '\0';
    }
    v = bd_header_value(line, n, "retry-after-ms", &size);
    if (v && bd_header_retry_after(v, size, true, wall) > 0) {
        c->retry_after_ms = bd_header_retry_after(v, size, true, wall);
        c->retry_in_ms = true;
    }
    v = bd_header_value(line, n, "retry-after", &size);
    if (v && !c->retry_in_ms)
        c->retry_after_ms = bd_header_retry_after(v, size, false, wall);
}

static size_t on_header(char *line, size_t one, size_t n, void *arg)
{
    struct bd__call *c = arg;

    (void)one;
    c->last_byte_ms = bd_clock_ms();
    c->header_bytes += n;
    if (++c->header_lines > HEADER_LINES || c->header_bytes > c->in.max_header_bytes)
        return (size_t)cut(c, BD__CUT_HEADERS);
    if (c->headed) /* trailers of a chunked body tell us nothing */
        return n;
    if (n <= 2 && (line[0] == '\r' || line[0] == '\n'))
        tell_head(c, c->easy);
    else
        note_header(c, line, n);
    return n;
}

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    struct bd__call *c = arg;
    size_t room = c->in.max_body_bytes - c->body_bytes;
    size_t fits = n < room ? n : room;

    (void)one;
    c->last_byte_ms = bd_clock_ms();
    if (c->first_byte_ms == 0)
        c->first_byte_ms = c->last_byte_ms;
    c->body_bytes += fits;
    if (fits > 0 && c->events->data(c->arg, p, fits) != 0)
        return (size_t)cut(c, BD__CUT_REFUSED);
    return fits == n ? n : (size_t)cut(c, BD__CUT_BODY);
}

/* Where we go */

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose,
                                    struct curl_sockaddr *a)
{
    struct bd__call *c = arg;
    int fd;

    (void)purpose;
    c->dialled = true;
    if (!c->in.allow_private && bd_address_private(&a->addr)) {
        cut(c, BD__CUT_PRIVATE); /* curl goes on to the next address, if there is one */
        return CURL_SOCKET_BAD;
    }
    fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (fd >= 0) {
        if (c->cut == BD__CUT_PRIVATE) /* another address of that name may be used */
            c->cut = BD__CUT_NONE;
        return fd;
    }
    if (errno != EAFNOSUPPORT) { /* no IPv6 here: not our failure, IPv4 may do */
        c->cut_errno = errno;
        cut(c, BD__CUT_LOCAL);
    }
    return CURL_SOCKET_BAD;
}

static int on_close_socket(void *arg, curl_socket_t fd)
{
    bd__closings_note(arg, fd);
    return close(fd);
}

/* TCP is connected; curl's own connect time comes only after the handshake. */
static CURLcode on_tls(CURL *easy, void *context, void *arg)
{
    struct bd__call *c = arg;

    (void)easy;
    (void)context;
    c->greeted = true;
    return CURLE_OK;
}

/* A connection is ready, the request is about to be sent. */
static int on_ready(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    struct bd__call *c = arg;
    int64_t now = bd_clock_ms();

    (void)local_ip;
    (void)port;
    /* Again, because a kept-alive connection may be from a call that was allowed to. */
    if (!c->in.allow_private && bd_address_private_text(ip)) {
        cut(c, BD__CUT_PRIVATE);
        return CURL_PREREQFUNC_ABORT;
    }
    /* curl sends it again by itself, because the kept-alive connection was closed: once,
     * and only if it cannot have been read. */
    if (c->asked_ms != 0 &&
        (c->resent || !bd__closings_unread(&c->traffic->closings, c->own_port))) {
        cut(c, BD__CUT_RESEND);
        return CURL_PREREQFUNC_ABORT;
    }
    c->resent = c->asked_ms != 0;
    c->own_port = local_port;
    if (c->asked_ms == 0)
        c->asked_ms = now;
    return CURL_PREREQFUNC_OK;
}

/* Options */

#define SET(option, value) bad |= curl_easy_setopt(easy, option, value) != CURLE_OK

CURL *bd__transfer_easy(void)
{
    CURL *easy = curl_easy_init();
    int bad = 0;

    if (!easy)
        return NULL;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* should curl look a name up after all: a hung look-up
                                    would block the whole loop */
    SET(CURLOPT_NOPROGRESS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L); /* a redirect would carry the key elsewhere */
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PROXY, ""); /* not from the environment */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* With a folder of certificates beside its file curl reads the file anew for each
     * connection: 30 ms, in which the loop does nothing else. */
    SET(CURLOPT_CAPATH, NULL);
    /* A cancelled call closes its own connection and nobody else's, and HTTP/2 of the
     * libcurl of Debian 12 has known stalls. */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    SET(CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, HAPPY_EYEBALLS_MS);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, CONNECTION_AGE);
    SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFE);
    SET(CURLOPT_BUFFERSIZE, READ_BUFFER);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    SET(CURLOPT_PREREQFUNCTION, on_ready);
    SET(CURLOPT_SSL_CTX_FUNCTION, on_tls);
    if (bad) {
        curl_easy_cleanup(easy);
        return NULL;
    }
    return easy;
}

static long at_most(int64_t ms)
{
    return ms > INT32_MAX ? INT32_MAX : (long)ms;
}

int bd__transfer_begin(struct bd__call *c, CURL *easy)
{
    const struct bd_http_call *in = &c->in;
    int64_t now = bd_clock_ms(), left = in->deadline_ms - now;
    int64_t connect = c->begun_ms + in->connect_ms - now; /* the look-up took of it */
    int bad = 0;

    BD_ON(BD_NET);
    if (left < 1)
        left = 1; /* 0 would mean no limit */
    if (connect < 1)
        connect = 1;
    SET(CURLOPT_PRIVATE, c);
    SET(CURLOPT_ERRORBUFFER, c->detail);
    SET(CURLOPT_HEADERDATA, c);
    SET(CURLOPT_WRITEDATA, c);
    SET(CURLOPT_OPENSOCKETDATA, c);
    SET(CURLOPT_CLOSESOCKETDATA, &c->traffic->closings); /* outlives every connection */
    SET(CURLOPT_PREREQDATA, c);
    SET(CURLOPT_SSL_CTX_DATA, c);
    SET(CURLOPT_FRESH_CONNECT, in->fresh ? 1L : 0L);
    SET(CURLOPT_FORBID_REUSE, 0L); /* the handle's last connection may have been reset */
    SET(CURLOPT_URL, in->url);
    SET(CURLOPT_PROTOCOLS_STR, in->allow_private ? "http,https" : "https");
    SET(CURLOPT_HTTPHEADER, c->lines);
    SET(CURLOPT_POSTFIELDS, in->body_bytes ? in->body : ""); /* not copied */
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)in->body_bytes);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)in->max_body_bytes);
    SET(CURLOPT_TIMEOUT_MS, at_most(left));
    SET(CURLOPT_CONNECTTIMEOUT_MS, at_most(left < connect ? left : connect));
    SET(CURLOPT_RESOLVE, c->resolve); /* NULL: nothing to know; kept until the end */
    if (in->ca_file)
        SET(CURLOPT_CAINFO, in->ca_file);
    if (bad)
        return -1;
    c->easy = easy;
    return 0;
}

/* How it ends */

static void wipe_headers(struct bd__call *c)
{
    for (struct curl_slist *l = c->lines; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data)); /* one of them holds the key */
    curl_slist_free_all(c->lines);
    c->lines = NULL;
}

/* A server may close a connection at the instant it is used again: that says nothing
 * about how well it is. */
static bool is_stale(const struct bd__call *c, CURLcode rc)
{
    if (!c->asked_ms || c->header_bytes)
        return false;
    if (c->cut == BD__CUT_RESEND)
        return true;
    return c->cut == BD__CUT_NONE && !c->dialled &&
           (rc == CURLE_GOT_NOTHING || rc == CURLE_RECV_ERROR || rc == CURLE_SEND_ERROR);
}

void bd__transfer_end(struct bd__call *c, CURLcode rc)
{
    struct bd_error err;
    bool failed = bd__outcome(c, rc, &err);
    struct bd_http_end end = {
        .error = failed ? &err : NULL,
        .cancelled = failed && c->cut == BD__CUT_CANCELLED,
        .stale = failed && is_stale(c, rc),
        .status = c->status,
        .first_byte_ms = c->first_byte_ms ? c->first_byte_ms - c->submit_ms : -1,
        .total_ms = bd_clock_ms() - c->submit_ms,
        .body_bytes = c->body_bytes,
        .lag_ms = bd__traffic_late_ms(c->traffic, c->submit_ms),
    };
    long sent = 0;

    BD_ON(BD_NET);
    if (c->easy) {
        curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
        curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
        curl_easy_setopt(c->easy, CURLOPT_RESOLVE, NULL);
        curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, NULL);
    }
    end.sent = sent > 0;
    wipe_headers(c);
    curl_slist_free_all(c->resolve);
    c->resolve = NULL;
    c->events->done(c->arg, &end);
}
