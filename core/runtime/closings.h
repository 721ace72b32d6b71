/* runtime/closings.h - had the other side received all when a connection was closed?
 *
 * curl sends a request once more by itself when a kept-alive connection turns out to be
 * closed before any byte of a reply. That is right if the other side cannot have worked
 * on the request, and wrong if it may have: it would be billed twice. Which of them it
 * was, TCP knows: as long as a byte of the request is not acknowledged, the request
 * cannot have been read whole. So each connection is looked at when it is closed, and the
 * last few results are kept by the connection's own port. A value. [net] */
#ifndef BD_RUNTIME_CLOSINGS_H
#define BD_RUNTIME_CLOSINGS_H

#include <stdbool.h>
#include <stddef.h>

#define BD__CLOSINGS 64

struct bd__closings {
    struct {
        int port;    /* ours; 0 = empty */
        bool unread; /* something was not acknowledged */
    } last[BD__CLOSINGS];
    size_t at; /* the next one's place */
};

/* fd is about to be closed. */
void bd__closings_note(struct bd__closings *c, int fd);

/* The connection from that port of ours was closed while some of what was sent on it was
 * not acknowledged. False if it was, or if nothing is known of it. */
bool bd__closings_unread(const struct bd__closings *c, int port);

#endif
