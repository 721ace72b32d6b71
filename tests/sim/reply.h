/* sim/reply.h - a successful answer in each provider's own shape. */
#ifndef SIM_REPLY_H
#define SIM_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sim/provider.h"

struct sim_reply {
    const struct sim_ask *ask;
    const char *model; /* that says it answers; NULL: the one that was asked */
    const char *id;    /* hexadecimal, 32 characters */
    int64_t created;   /* Unix seconds */
    const char *text;  /* the answer, n bytes */
    size_t n;
    const char *thought; /* reasoning, thought_n bytes; 0: none */
    size_t thought_n;
    const json_t *pages; /* that a search found; NULL: none was made */
    const char *finish;  /* "stop", "length", "sensitive" ... */
};

/* About 1.6 Chinese characters or 4 others. */
size_t sim_tokens(const char *s, size_t n);
/* How many bytes of s are at most that many tokens, whole characters only. */
size_t sim_tokens_cut(const char *s, size_t n, int64_t tokens);

/* The whole reply as one JSON object. */
void sim_reply_body(struct bd_buf *out, const struct sim_reply *r);

/* One SSE event each, with its blank line. first: the event before any text, nothing
 * for providers that begin with text. last: finish reason and usage, without [DONE]. */
void sim_reply_first(struct bd_buf *out, const struct sim_reply *r);
void sim_reply_delta(struct bd_buf *out, const struct sim_reply *r, const char *s,
                     size_t n, bool thinking);
void sim_reply_last(struct bd_buf *out, const struct sim_reply *r);
void sim_reply_done(struct bd_buf *out, const struct sim_reply *r);

/* The name of the header that carries the request's id. */
const char *sim_reply_id_header(int provider);
/* The finish reason for moderation or for the provider's own trouble; NULL where that
 * is told by an error. */
const char *sim_reply_finish(int provider, bool moderation);

#endif
