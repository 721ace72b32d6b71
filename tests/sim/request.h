/* sim/request.h - reading HTTP/1.1 requests out of a stream of bytes.
 *
 * Only what providers' clients send: a request line, headers, a body with
 * Content-Length. No socket: the server feeds bytes and asks. */
#ifndef SIM_REQUEST_H
#define SIM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SIM_HEAD_MAX (32u << 10)
#define SIM_BODY_MAX (8u << 20)

struct sim_http {
    char method[8];
    char path[256];
    char bearer[160];  /* what follows "Authorization: Bearer ", "" if there is none */
    char api_key[160]; /* of "x-api-key" */
    bool sse;          /* X-DashScope-SSE: enable */
    bool versioned;    /* there is an anthropic-version */
    size_t head, body; /* bytes */
    bool close;        /* HTTP/1.0, or Connection: close */
    bool expects;      /* waits for 100 Continue */
};

enum sim_reading {
    SIM_MORE = 0, /* the head is not complete */
    SIM_HEAD = 1, /* *h is filled; the body begins at h->head */
};

/* Looks at the bytes so far. SIM_MORE, SIM_HEAD, or the HTTP status to refuse with:
 * 400, 411 (a body without Content-Length), 413, 431. */
int sim_http_read(struct sim_http *h, const struct bd_buf *in);

#endif
