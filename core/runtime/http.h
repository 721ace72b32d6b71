/* runtime/http.h - many HTTP calls at once on a few network threads.
 *
 * Each network thread is one libuv loop with a curl multi in its socket interface.
 * Commands (submit, cancel, timers) go through one queue a thread and are carried out
 * there; callbacks come from there and must only append bytes and post jobs.
 *
 * One call is one POST: no redirects, no retries, no cookies, no proxy from the
 * environment, TLS verified, HTTP/1.1. Only when a kept-alive connection turns out to be
 * closed before the other side has received the whole request, and before any byte of a
 * reply, is it sent once more on a new one. Replies in gzip are decoded; a caller that
 * wants small pieces of a stream early gives the header "Accept-Encoding: identity".
 * Headers with control characters, and those that are set here (Host, Content-Length,
 * Transfer-Encoding, Connection, Expect), are refused. Whatever happens, `done` is called
 * exactly once, also for cancelled calls and at stop. */
#ifndef BD_RUNTIME_HTTP_H
#define BD_RUNTIME_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

struct bd_http;

struct bd_http_call { /* copied by submit */
    const char *url;
    const char *headers; /* "Name: value\n" lines, Content-Type among them; NULL = none */
    const char *secret; /* one whole header line with the key, NULL = none; wiped after */
    const void *body;   /* copied */
    size_t body_bytes;
    int64_t deadline_ms;   /* monotonic; the call has ended by then, however it stands */
    int32_t connect_ms;    /* limit of name look-up, connect and TLS together; 0 = 5 s */
    int32_t idle_ms;       /* no byte for so long, the first included; 0 = no limit */
    size_t max_body_bytes; /* of the decoded reply; 0 = 8 MiB */
    size_t max_header_bytes; /* 0 = 64 KiB; and 200 lines */
    bool fresh;              /* on a connection of its own, not on one kept alive */
    bool allow_private;      /* http: and loopback or private addresses are allowed */
    const char *ca_file;     /* PEM certificates to trust instead; NULL = the system's */
};

struct bd_http_head {
    int32_t status;
    int32_t retry_after_ms;   /* from Retry-After or retry-after-ms; 0 = none */
    const char *content_type; /* "" if none */
};

struct bd_http_end {
    const struct bd_error *error; /* NULL: the reply came whole */
    bool cancelled;               /* by bd_http_cancel */
    bool sent;                    /* any byte of the request left: may have been billed */
    bool stale; /* a kept-alive connection was found closed, before any byte of a reply */
    int64_t lag_ms; /* this process was late by so much meanwhile: what it measured is its
                       own doing. 0 = it was in time */
    int32_t status; /* 0 if no status line came */
    int64_t first_byte_ms; /* since submit, of the reply's body; -1 = none */
    int64_t total_ms;      /* since submit */
    size_t body_bytes;     /* decoded */
};

/* [net] All of one call come from one thread, in this order: head? data* done. */
struct bd_http_events {
    void (*head)(void *arg, const struct bd_http_head *head);
    /* Not 0 ends the call; done then tells BD_ERR_TOO_LARGE. */
    int (*data)(void *arg, const char *p, size_t n);
    void (*done)(void *arg, const struct bd_http_end *end);
};

struct bd_http_stats {
    unsigned threads, in_flight;
    unsigned long long started, finished;
    int64_t max_lag_ms;            /* longest time a loop was late, or not run at all */
    unsigned long long late_turns; /* times a loop worked for more than 50 ms before it
                                      looked at its sockets again */
};

/* [main] threads: 1 to 4; 0 = 1 up to 2 cores, else 2. Once a process before other
 * threads: curl_global_init is done here, SIGPIPE is ignored, and the soft limit of open
 * files is raised to the hard one. */
int bd_http_start(struct bd_http **out, unsigned threads,
                  struct bd_error *err) BD_MUST_CHECK;
/* [main] Cancels what runs (done is called for each) and joins. NULL is fine. */
void bd_http_stop(struct bd_http *http);

/* [any] The door. On success *id names the call until done was called. On failure no
 * callback comes. events must stay valid until done. */
int bd_http_submit(struct bd_http *http, const struct bd_http_call *call,
                   const struct bd_http_events *events, void *arg, uint64_t *id,
                   struct bd_error *err) BD_MUST_CHECK;
/* [any] Ends the call soon; done still comes. An id that is over is ignored. */
void bd_http_cancel(struct bd_http *http, uint64_t id);

/* [any] Calls fn(arg) on a network thread, once, not before monotonic at_ms, in the order
 * of at_ms. -1 when memory is short or stop has begun. Timers that are pending at stop
 * are called at once. */
int bd_http_at(struct bd_http *http, int64_t at_ms, void (*fn)(void *arg), void *arg);

/* [any] */
void bd_http_stats(struct bd_http *http, struct bd_http_stats *out);

#endif
