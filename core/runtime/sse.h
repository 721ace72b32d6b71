/* runtime/sse.h - cuts a stream of bytes into server-sent events. [owner]
 *
 * Bytes may be cut anywhere: inside a character, a field name, a CR LF. The grammar is
 * wider than the standard, because services are: no space after the colon, events
 * separated by one newline, "status:" and ":HTTP_STATUS/" lines, no blank line at the
 * end. What arrives is read once; time is linear in the bytes.
 *
 * Lines end with LF, CRLF or CR. Comments and blank lines are no events and count on
 * their own, so that a caller can tell a provider that works from one that only keeps
 * the connection alive. "[DONE]" is an event like any other: its reader stops here. */
#ifndef BD_RUNTIME_SSE_H
#define BD_RUNTIME_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "bd/error.h"
#include "bd/provider.h"

#define BD_SSE_LIMIT (4u << 20) /* a chunk with the texts of 50 sources is 400 KB */

/* Gets one event, lent for the call; data is never blank. Not 0 stops the cutter. */
typedef int bd_sse_fn(void *arg, const struct bd_event *event);

struct bd_sse {
    bd_sse_fn *fn;
    void *arg;
    struct bd_buf line; /* the beginning of a line whose end has not come */
    struct bd_buf data; /* data lines of the event so far */
    char name[64];      /* its name, cut if longer */
    int32_t status;
    bool begun;    /* the first line was seen: no byte order mark from here */
    bool after_cr; /* a LF now belongs to the CR before it */
    bool stopped;  /* by fn or by a failure: the rest is ignored */
    struct {       /* is data one complete JSON value? */
        uint32_t depth;
        bool in_string, escaped, complete, broken;
    } json;
    uint64_t events, comments; /* dispatched; comment lines */
};

/* limit: bytes of one line, and of the data of one event. */
void bd_sse_init(struct bd_sse *s, size_t limit, bd_sse_fn *fn, void *arg);
void bd_sse_free(struct bd_sse *s);

/* Calls fn for each event that these bytes complete. -1 (BD_ERR_TOO_LARGE) when a line
 * or an event passes the limit, or memory is short; the stream is lost then. */
int bd_sse_feed(struct bd_sse *s, const char *p, size_t n,
                struct bd_error *err) BD_MUST_CHECK;

/* No more bytes will come. An event without its blank line still counts if its data is
 * complete JSON or [DONE]; half an event is dropped. */
int bd_sse_end(struct bd_sse *s, struct bd_error *err) BD_MUST_CHECK;

#endif
