/* face/connections.h - the connections that are open, and which of them take too long.
 * [any]
 *
 * libmicrohttpd has one limit for all that a client may do; here each phase of a request
 * has its own. A connection that is over its limit is shut down, and its thread, which
 * wakes up of that, closes it. Time is an argument, monotonic. */
#ifndef BD_FACE_CONNECTIONS_H
#define BD_FACE_CONNECTIONS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum bd_phase {
    BD_PHASE_HEADERS, /* 10 s */
    BD_PHASE_BODY,    /* 30 s */
    BD_PHASE_ANSWER,  /* as long as it takes */
    BD_PHASE_IDLE     /* 70 s; libmicrohttpd itself ends it after 60 s */
};

#define BD_IDLE_S 60

struct bd_connection;

struct bd_connections {
    pthread_mutex_t lock; /* guards the rest */
    struct bd_connection *first;
    unsigned count;
};

void bd_connections_init(struct bd_connections *all);
void bd_connections_destroy(struct bd_connections *all); /* nothing may be open */

/* NULL when memory is short: then it is served and not watched, and NULL is fine below.
 * It begins with its headers. fd must stay open until bd_connections_close(). */
struct bd_connection *bd_connections_open(struct bd_connections *all, int fd,
                                          int64_t now_ms);
void bd_connections_close(struct bd_connections *all, struct bd_connection *c);
void bd_connections_enter(struct bd_connections *all, struct bd_connection *c,
                          enum bd_phase phase, int64_t now_ms);
/* Shuts down those that are over their limit. */
void bd_connections_watch(struct bd_connections *all, int64_t now_ms);
/* Is a request on its way in or out? */
bool bd_connections_busy(struct bd_connections *all);

#endif
