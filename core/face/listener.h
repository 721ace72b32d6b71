/* face/listener.h - the socket that the daemon listens on. [main] */
#ifndef BD_FACE_LISTENER_H
#define BD_FACE_LISTENER_H

#include <stdbool.h>

#include "base/fail.h"

struct bd_listener {
    int fd; /* -1: none; the caller's to close, also after a failure */
    bool six, loopback;
    unsigned port;
    char url[128]; /* "http://127.0.0.1:8731", for people */
};

/* Binds "127.0.0.1:8731" or "[::1]:0" (port 0 takes a free one) and listens. */
int bd_listener_open(struct bd_listener *l, const char *address,
                     struct bd_error *err) BD_MUST_CHECK;

#endif
