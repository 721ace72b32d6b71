/* runtime/attempt.h - one call to one provider: build, send, read.
 *
 *   start ─► [worker] adapter builds ─► [net] bytes ─► inbox ─► [worker] adapter reads
 *                                                                     └─► done
 *
 * Jobs of one call never run at the same time: whoever adds to the inbox posts the job
 * only if it is not posted yet. The network side only appends bytes; everything that
 * an adapter does happens on a worker. `done` is called exactly once, on a worker. */
#ifndef BD_RUNTIME_ATTEMPT_H
#define BD_RUNTIME_ATTEMPT_H

#include "runtime/generation.h"
#include "runtime/http.h"
#include "runtime/pool.h"
#include "runtime/reading.h"

struct bd_attempt;

struct bd_attempt_plan {
    struct bd_pool *pool;
    struct bd_http *http;
    const struct bd_provider_slot *slot; /* valid until done returned */
    const char *model;                   /* this and the next two likewise */
    const char *system;                  /* NULL = none */
    const char *prompt;
    int64_t deadline_ms; /* monotonic */
    int32_t connect_ms;
    size_t max_reply_bytes;
    bool search; /* with web search; a plugin that cannot is asked without */
    bool fresh;  /* see struct bd_http_call */
};

struct bd_attempt_result { /* lent for the call of done */
    /* type NONE: the answer is whole (finish tells how it ended). Otherwise why not;
     * answer then holds what had come, possibly nothing. */
    struct bd_error error;
    const struct bd_answer *answer;
    const char *text; /* the answer's, whole characters, NUL-terminated */
    size_t text_bytes;
    const char *model_reported, *request_id; /* "" if not told */
    const struct bd_sources *sources;        /* that the provider's search returned */
    bool sent;                               /* bytes of the request left this machine */
    bool cancelled;                          /* by bd_attempt_cancel */
    int64_t ttft_ms;  /* from start to the first byte of text; -1 = none */
    int64_t total_ms; /* from start */
    bool stale;       /* see struct bd_http_end */
    int64_t lag_ms;   /* this process was late by so much meanwhile; 0 = in time */
};

typedef void bd_attempt_done_fn(void *arg, const struct bd_attempt_result *result);

/* [any] On success *out is the caller's reference, to be dropped with unref at any time;
 * done may have been called already when this returns. On failure it never is. */
int bd_attempt_start(struct bd_attempt **out, const struct bd_attempt_plan *plan,
                     bd_attempt_done_fn *done, void *arg,
                     struct bd_error *err) BD_MUST_CHECK;
/* [any] Ends it soon; done still comes, with what has arrived. */
void bd_attempt_cancel(struct bd_attempt *c);
/* [any] Has any text of the answer come yet? Keep-alives are none. */
bool bd_attempt_has_text(const struct bd_attempt *c);
/* [any] Calls fn(arg, text, bytes) with what has come of the answer's text from byte
 * `from` on, whole characters, if anything has; fn is quick: the call's reading waits for
 * it. The last bytes that could be the beginning of a repeated key are held back, and a
 * key is starred out. Returns how many bytes there are up to there, or `from`. */
size_t bd_attempt_text(struct bd_attempt *c, size_t from,
                       void (*fn)(void *arg, const char *text, size_t n), void *arg);
/* [any] NULL is fine. A call that runs keeps itself alive. */
void bd_attempt_unref(struct bd_attempt *c);

#endif
