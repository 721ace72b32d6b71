/* face/web.h - HTTP: libmicrohttpd in front, requests and replies for the routes.
 *
 * Each connection has a thread of its own, so a handler may wait and a slow client holds
 * up nobody else. Requests are held against the guard as soon as their headers are there.
 * A connection that does not get its request through in time is closed: headers 10 s,
 * body 30 s, idle 60 s. */
#ifndef BD_FACE_WEB_H
#define BD_FACE_WEB_H

#include <microhttpd.h>

#include "base/buf.h"
#include "base/json.h"
#include "face/daemon.h"

struct bd_web;

struct bd_web_request {
    struct bd_daemon *daemon;
    struct MHD_Connection *connection;
    const char *method, *path;
    char id[40]; /* from the path, [a-z0-9-]; "" if there is none in it */
    struct bd_buf body;
    bool begun, too_large, answered;
    bool has_nul; /* %00 in the target: what follows it would not be seen */
    int64_t begun_ms;
    enum MHD_Result result; /* what libmicrohttpd is told */
};

struct bd_web_options {
    const char *listen; /* "127.0.0.1:8731" "[::1]:0" */
    unsigned connections, connections_per_ip;
};

/* [main] Binds, so that the port is known; nothing is served yet. */
int bd_web_open(struct bd_web **out, struct bd_daemon *d, const struct bd_web_options *o,
                struct bd_error *err) BD_MUST_CHECK;
unsigned bd_web_port(const struct bd_web *w);
/* "http://127.0.0.1:8731", for people; lives as long as w. */
const char *bd_web_url(const struct bd_web *w);
/* [main] Serves from here on. */
int bd_web_start(struct bd_web *w, struct bd_error *err) BD_MUST_CHECK;
/* [main] Closes connections that are too slow; once a second. */
void bd_web_watch(struct bd_web *w, int64_t now_ms);
/* [main] Accepts no further connection, and waits until what was asked is answered, until
 * until_ms at most; streams end by themselves once the daemon is stopping. */
void bd_web_quiet(struct bd_web *w, int64_t until_ms);
/* [main] Ends the connections there are, joins and frees. NULL is fine. */
void bd_web_close(struct bd_web *w);

struct bd_web_stats {
    unsigned connections;
    unsigned long long requests, answered[6]; /* by hundreds of the status; [0] unused */
};
void bd_web_stats(struct bd_web *w, struct bd_web_stats *out); /* [any] */

/* routes.c: answers it. */
void bd_routes_serve(struct bd_web_request *r);

/* reply.c: [api] Each answers the request; once. JSON is taken over. */
void bd_reply_json(struct bd_web_request *r, unsigned status, json_t *o);
/* The error as application/problem+json, with the status that fits its type. */
void bd_reply_error(struct bd_web_request *r, const struct bd_error *err);
void bd_reply_problem(struct bd_web_request *r, unsigned status,
                      const struct bd_error *err);
/* The text is taken over. */
void bd_reply_text(struct bd_web_request *r, unsigned status, const char *type,
                   struct bd_buf *text);
void bd_reply_stream(struct bd_web_request *r, struct MHD_Response *response);
void bd_reply_refused(struct bd_web_request *r, const struct bd_guard_verdict *v);
/* A response that is to have a header more. */
void bd_reply_with(struct bd_web_request *r, unsigned status, const char *type,
                   struct bd_buf *text, const char *const *headers);

/* NULL if it is not there. */
const char *bd_web_argument(const struct bd_web_request *r, const char *name);
const char *bd_web_header(const struct bd_web_request *r, const char *name);
/* The body as an object; false after answering. */
bool bd_web_object(struct bd_web_request *r, json_t **out);
void bd_web_count(struct bd_web *w, unsigned status);

/* gzip.c: [any] Does an Accept-Encoding (NULL: none) take gzip? By name or "*", with a
 * weight above 0. */
bool bd_gzip_is_accepted(const char *accept);
/* [any] -1 when memory is short. */
int bd_gzip(struct bd_buf *out, const char *p, size_t n) BD_MUST_CHECK;

#endif
