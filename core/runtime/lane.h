/* runtime/lane.h - one curl multi that lives on a libuv loop. [net]
 *
 * A network thread has several: libcurl walks all connections to a host when it looks
 * for one to reuse, which is quadratic in the calls in flight; short lanes bound it. */
#ifndef BD_RUNTIME_LANE_H
#define BD_RUNTIME_LANE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

struct bd__call;

struct bd__lane {
    CURLM *multi;
    uv_loop_t *uv;
    uv_timer_t timer;
    unsigned in_flight;
    bool broken; /* curl says that this multi cannot go on */
    void (*ended)(struct bd__call *c, CURLcode rc); /* out of no callback of curl's */
    void (*failed)(struct bd__call *c, int error);  /* out of a callback: only note it */
    void (*broke)(struct bd__lane *l); /* just now; its calls would hear nothing more */
    void *owner;                       /* for broke */
};

/* -1 when memory is short. The callbacks must be set. */
int bd__lane_open(struct bd__lane *l, uv_loop_t *uv);
/* All calls must have ended. Idle connections are closed. */
void bd__lane_close(struct bd__lane *l);

/* A prepared call begins; its handle's CURLOPT_PRIVATE is the call. -1 if curl refuses.
 */
int bd__lane_add(struct bd__lane *l, CURL *easy);
/* Takes a handle out, at whatever point it is; never from a callback of curl's. */
void bd__lane_remove(struct bd__lane *l, CURL *easy);

#endif
