/* face/guard.h - may this HTTP request be served at all?
 *
 * Strings in, verdict out; it knows no HTTP library. In this order:
 *
 *   method    TRACE, CONNECT: 405. No method of HTTP: 501. Which of the others a route
 *             takes is the router's business.
 *   rate      50 requests a second and address, 100 at once; loopback as it likes: 429
 *   target    does not begin with '/', or is NULL because it has a %00: 400
 *   Host      one, and one of localhost, 127.0.0.1, [::1] or the configured names, with
 *             the port we listen on or none: 400 without, 421 otherwise. A page of
 *             evil.example whose name is rebound to 127.0.0.1 still says evil.example.
 *   Origin    if there is one: a page of ours, or configured; "null" is nobody: 403
 *   token     if there is one, for everything but GET /healthz and /readyz: 401. The
 * right token always passes. After 10 wrong ones a minute from one address further ones
 * get 429, a second late; who shares the address with a guesser, and has the token,
 * notices nothing. body      POST, PUT and PATCH need Content-Type application/json: 415.
 * No form of a browser can send that without asking first, and we grant no CORS.
 *
 * [any] after it was made; it has a lock of its own. now_ms is monotonic. */
#ifndef BD_FACE_GUARD_H
#define BD_FACE_GUARD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "engine/token.h"

#define BD_GUARD_NAMES      32 /* configured hosts; and as many origins */
#define BD_GUARD_RATE       50
#define BD_GUARD_BURST      100
#define BD_GUARD_DELAY_MS   1000
#define BD_GUARD_BODY_BYTES ((size_t)1 << 20)
#define BD_GUARD_DEPTH      64
#define BD_GUARD_VALUES     100000

struct bd_guard_rules { /* all copied */
    unsigned port;      /* that we listen on */
    /* "brand.example.com", "brand.example.com:8443", "192.0.2.7": names by which clients
     * call us. With a port: that one or none. */
    const char *const *hosts;
    size_t host_count;
    /* "https://board.example.com": pages of others that may ask. */
    const char *const *origins;
    size_t origin_count;
    const struct bd_token *token; /* NULL: none is needed */
    int32_t rate, burst;          /* 0 = 50 a second, 100 at once */
};

struct bd_guard_request {      /* as it came; NULL: the header is not there */
    const char *method, *path; /* path: the target without the query */
    const char *host, *origin, *content_type, *authorization;
    const char *client;  /* "192.0.2.1", "2001:db8::1"; NULL: a Unix socket */
    unsigned host_count; /* more than 1: 400 */
};

struct bd_guard_verdict {
    int32_t status;        /* 0: serve it; else answer with this */
    int32_t retry_after_s; /* for Retry-After; 0 = none */
    int32_t delay_ms;      /* wait so long before answering */
    struct bd_error error; /* why, for people; code is the status */
};

struct bd_guard;

/* [main] A name or origin that is none is a BD_ERR_CONFIG. */
int bd_guard_new(struct bd_guard **out, const struct bd_guard_rules *rules,
                 struct bd_error *err) BD_MUST_CHECK;
void bd_guard_free(struct bd_guard *g); /* NULL is fine */

/* true: serve it. false: *out says what to answer; with 401 goes the header
 * "WWW-Authenticate: Bearer". *out is filled in any case. */
bool bd_guard_allow(struct bd_guard *g, const struct bd_guard_request *r, int64_t now_ms,
                    struct bd_guard_verdict *out);

/* May the server listen at "127.0.0.1:8731"? Anything but 127.0.0.0/8, ::1 and localhost
 * needs a token: BD_ERR_CONFIG with the remedy. A port and brackets may be missing. */
int bd_guard_listen_check(const char *address, bool has_token,
                          struct bd_error *err) BD_MUST_CHECK;

/* A request's body as JSON: at most 1 MiB, 64 levels and 100,000 values, UTF-8, no NUL
 * (as \u0000 neither), no member twice. err->code is the status: 400 or 413. The caller
 * owns *out. */
int bd_guard_json(const char *body, size_t n, json_t **out,
                  struct bd_error *err) BD_MUST_CHECK;

#endif
