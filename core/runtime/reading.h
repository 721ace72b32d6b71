/* runtime/reading.h - reads one HTTP reply into an answer, as its bytes arrive.
 *
 * head, then feed as often as bytes come, then finish. What arrived so far is in
 * answer.text at any time, always whole characters, so a caller that runs out of time
 * takes what there is. Tests and the network use the same code. [owner] */
#ifndef BD_RUNTIME_READING_H
#define BD_RUNTIME_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/sources.h"
#include "bd/error.h"
#include "bd/provider.h"
#include "runtime/provider.h"
#include "runtime/sse.h"

struct bd_reading_limits { /* bytes */
    size_t body;           /* of a whole 2xx body */
    size_t stream;         /* of a stream in all */
    size_t event;          /* of one line, and of one event */
    size_t text;           /* of the answer; of the reasoning, which is cut there */
    size_t error;          /* of the body of an error, which is cut there */
};

/* 8 MiB, 32 MiB, 4 MiB, 1 MiB, 64 KiB. */
extern const struct bd_reading_limits bd_reading_defaults;

struct bd_reading {
    const struct bd_provider *provider; /* the caller's, as is self */
    void *self;
    struct bd_reading_limits limits;
    struct bd_answer answer; /* its buffers and list are the five below */
    struct bd_buf text, reasoning, model, request_id;
    struct bd_sources sources;

    int32_t status;
    char content_type[64];
    enum bd_body kind;
    struct bd_buf body; /* a whole body, an error's, or what is not decided yet */
    struct bd_sse sse;
    struct bd_error err; /* the first failure, type NONE if there was none */

    uint64_t bytes;  /* all that came, keep-alives too */
    uint64_t events; /* of data: what a time-out for data may look at */
};

/* limits NULL: the defaults. Nothing is allocated before bytes come. */
void bd_reading_init(struct bd_reading *r, const struct bd_provider *provider, void *self,
                     const struct bd_reading_limits *limits);
void bd_reading_free(struct bd_reading *r);
/* Forgets what was read, for another attempt at the same call. */
void bd_reading_reset(struct bd_reading *r);

/* The reply's status and Content-Type (NULL or "" if none), before its bytes. */
void bd_reading_head(struct bd_reading *r, int32_t status, const char *content_type);

/* Takes the next bytes. True while more are wanted; false once the rest does not
 * matter: a terminal event, an error event, a limit. The transfer may be ended then. */
bool bd_reading_feed(struct bd_reading *r, const char *p, size_t n);

/* The reply has ended: broken NULL, or why the transfer broke. 0: answer is one (its
 * finish may be BD_FINISH_LENGTH). -1: *err says why not, and answer.text is what had
 * arrived. A break after the terminal event harms nothing; an error that the provider
 * named outweighs a break. */
int bd_reading_finish(struct bd_reading *r, const struct bd_error *broken,
                      struct bd_error *err) BD_MUST_CHECK;

#endif
