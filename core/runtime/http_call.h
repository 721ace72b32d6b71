/* runtime/http_call.h - one HTTP call, from submit to done; shared by the files behind
 * runtime/http.h.
 *
 *   http.c      makes a call from what was submitted                       [any]
 *   loop.c      one network thread, with traffic.c and alarms.c on it      [net]
 *   traffic.c   when a call begins and when it must end                    [net]
 *   lookup.c    calls whose host's name is being looked up                 [net]
 *   lane.c      one curl multi on the loop's sockets and timers            [net]
 *   transfer.c  curl's options and callbacks for one call                  [net]
 *   outcome.c   how it ended, as an error for people                       [net] */
#ifndef BD_RUNTIME_HTTP_CALL_H
#define BD_RUNTIME_HTTP_CALL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "runtime/http.h"
#include "runtime/resolver.h"

struct bd__lane;
struct bd__traffic;

/* bd_http_start with another look-up of names, for tests. */
int bd__http_start_with(struct bd_http **out, unsigned threads, bd_lookup_fn *lookup,
                        struct bd_error *err) BD_MUST_CHECK;

/* Why we ended a call ourselves; stronger than what curl says about it. */
enum bd__cut {
    BD__CUT_NONE,
    BD__CUT_CANCELLED,
    BD__CUT_STOPPED, /* bd_http_stop */
    BD__CUT_DEADLINE,
    BD__CUT_IDLE,
    BD__CUT_BODY,    /* more than max_body_bytes */
    BD__CUT_REFUSED, /* the data callback did not want more */
    BD__CUT_HEADERS, /* too many or too long */
    BD__CUT_PRIVATE, /* the address is private and allow_private is not set */
    BD__CUT_RESEND,  /* curl would have sent the request a second time */
    BD__CUT_LOCAL,   /* this machine failed: cut_errno */
    BD__CUT_NAME,    /* its host's name cannot be resolved: name_error */
};

struct bd__call {
    /* Set at submit, then only read. The strings belong to the same block of memory. */
    struct bd_http_call in; /* headers and secret are NULL: they are in lines */
    const char *host;       /* for messages: "api.example.com", "127.0.0.1:8080" */
    const char *name;       /* to be looked up before it begins; NULL = nothing to do */
    unsigned port;
    const struct bd_http_events *events;
    void *arg;
    uint64_t id;
    int64_t submit_ms;

    /* Under the loop's lock. */
    struct bd__call *next;      /* of the same bucket */
    TAILQ_ENTRY(bd__call) link; /* while queued is not 0 */
    char queued;                /* 'i' incoming, 'c' to be cancelled, 0 in no queue */
    bool cancel;

    /* [net] */
    TAILQ_ENTRY(bd__call) wait; /* while looking */
    bool looking;               /* its name is being looked up */
    int64_t begun_ms;           /* from here on its connect limit counts */
    struct curl_slist *resolve; /* CURLOPT_RESOLVE */
    struct bd_error name_error;
    struct curl_slist *lines; /* the request's headers, with the key; wiped at the end */
    struct bd__traffic *traffic;
    struct bd__lane *lane;
    CURL *easy; /* NULL before it begins */
    uv_timer_t guard;
    enum bd__cut cut;
    int cut_errno;
    bool dialled;     /* the name is resolved, a socket was made */
    bool greeted;     /* the TLS handshake has begun */
    int64_t asked_ms; /* connected, the request was about to go; 0 = not yet */
    int own_port;     /* of that connection */
    bool resent;      /* it is on its second connection */
    bool headed;      /* head was called */
    int32_t status, retry_after_ms;
    bool retry_in_ms; /* retry_after_ms is from retry-after-ms, which is finer */
    char content_type[128];
    size_t header_bytes, header_lines, body_bytes;
    int64_t last_byte_ms, first_byte_ms; /* monotonic; first: 0 = none */
    char detail[CURL_ERROR_SIZE];
};

/* transfer.c */

/* A handle with everything that is the same for all calls; NULL when memory is short. */
CURL *bd__transfer_easy(void);
/* Gives the handle everything of this call. -1 when memory is short. */
int bd__transfer_begin(struct bd__call *c, CURL *easy);
/* Tells done how it ended: rc is curl's view. The handle must be out of its multi. */
void bd__transfer_end(struct bd__call *c, CURLcode rc);

/* outcome.c */

/* Fills *err; false if the reply came whole. */
bool bd__outcome(const struct bd__call *c, CURLcode rc, struct bd_error *err);

#endif
