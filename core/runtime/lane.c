/* runtime/lane.c - curl_multi_socket_action on libuv.
 *
 * curl tells which sockets to watch (on_socket) and when it wants to be called without
 * one (on_timer); libuv tells what happened (on_ready, on_time). Both callbacks of curl
 * may come out of any call of curl, so they only note things and never call curl. */
#include "runtime/lane.h"

#include <stdlib.h>

#include "base/thread.h"

/* Connections that a lane keeps, in use and idle. Less than the calls in flight would
 * make each finished call close a connection instead of leaving it to the next. */
#define CONNECTIONS 1024L

/* After so many in a row without an end of the call, curl is told that there is an error.
 */
#define MOST_ERRORS 16

struct watch {
    uv_poll_t poll;
    struct bd__lane *lane;
    curl_socket_t fd;
    CURL *easy; /* the call on it now */
    int events; /* of libuv, that curl waits for */
    int errors; /* told in a row */
};

static void drain(struct bd__lane *l)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(l->multi, &left))) {
        CURLcode rc = m->data.result; /* m is gone when the handle is removed */
        char *call = NULL;

        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
        l->ended((struct bd__call *)(void *)call, rc);
    }
}

static void act(struct bd__lane *l, curl_socket_t fd, int events)
{
    int running;
    bool bad = curl_multi_socket_action(l->multi, fd, events, &running) != CURLM_OK;

    drain(l);
    if (!bad || l->broken)
        return;
    l->broken = true;
    l->broke(l);
}

static void on_time(uv_timer_t *t)
{
    act(t->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    int what = 0;

    /* A reset: libuv stops watching. What came before it can still be read, and curl
     * would not do that if told of an error; reading on it finds the error itself, or a
     * whole reply, after which nobody shall use that connection again. */
    if (status < 0) {
        (void)curl_easy_setopt(w->easy, CURLOPT_FORBID_REUSE, 1L);
        bool again =
            ++w->errors <= MOST_ERRORS && uv_poll_start(poll, w->events, on_ready) == 0;

        what = again ? CURL_CSELECT_IN | CURL_CSELECT_OUT : CURL_CSELECT_ERR;
    } else {
        w->errors = 0;
    }
    if (events & UV_READABLE)
        what |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        what |= CURL_CSELECT_OUT;
    act(w->lane, w->fd, what); /* may end this watch */
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
    struct bd__lane *l = arg;

    (void)multi;
    if (ms < 0)
        uv_timer_stop(&l->timer);
    else
        uv_timer_start(&l->timer, on_time, (uint64_t)ms, 0);
    return 0;
}

static void free_watch(uv_handle_t *h)
{
    free(h->data);
}

/* Closed before curl closes the socket; libuv forgets the number at once, so that it may
 * come back as another socket's. */
static void unwatch(struct watch *w)
{
    uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, free_watch);
}

static struct watch *watch(struct bd__lane *l, curl_socket_t fd, int *error)
{
    struct watch *w = calloc(1, sizeof(*w));
    int rc = w ? uv_poll_init_socket(l->uv, &w->poll, fd) : UV_ENOMEM;

    if (rc != 0) { /* then nothing was registered */
        free(w);
        *error = -rc;
        return NULL;
    }
    w->poll.data = w;
    w->lane = l;
    w->fd = fd;
    curl_multi_assign(l->multi, fd, w);
    return w;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct bd__lane *l = arg;
    struct watch *w = socket_arg;
    int events = what & CURL_POLL_IN ? UV_READABLE : 0;
    int error = 0;
    char *call = NULL;

    if (what == CURL_POLL_REMOVE) {
        if (w)
            unwatch(w);
        curl_multi_assign(l->multi, fd, NULL);
        return 0;
    }
    if (what & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    if (!w)
        w = watch(l, fd, &error);
    if (w) {
        w->easy = easy;
        w->events = events;
    }
    if (w)
        error = -uv_poll_start(&w->poll, events, on_ready);
    /* Not 0 would fail all calls of this multi; only this one is deaf. */
    if (error != 0 && curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call) == CURLE_OK &&
        call)
        l->failed((struct bd__call *)(void *)call, error);
    return 0;
}

static int open_multi(struct bd__lane *l)
{
    CURLM *m = curl_multi_init();
    int bad = 0;

    l->broken = true;
    if (!m)
        return -1;
    bad |= curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket) != CURLM_OK;
    bad |= curl_multi_setopt(m, CURLMOPT_SOCKETDATA, l) != CURLM_OK;
    bad |= curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer) != CURLM_OK;
    bad |= curl_multi_setopt(m, CURLMOPT_TIMERDATA, l) != CURLM_OK;
    bad |= curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, CONNECTIONS) != CURLM_OK;
    bad |= curl_multi_setopt(m, CURLMOPT_PIPELINING, CURLPIPE_NOTHING) != CURLM_OK;
    if (bad) {
        curl_multi_cleanup(m);
        return -1;
    }
    l->multi = m;
    l->broken = false;
    return 0;
}

int bd__lane_open(struct bd__lane *l, uv_loop_t *uv)
{
    if (open_multi(l) < 0)
        return -1;
    l->uv = uv;
    uv_timer_init(uv, &l->timer); /* cannot fail */
    l->timer.data = l;
    return 0;
}

void bd__lane_close(struct bd__lane *l)
{
    if (!l->uv) /* never opened */
        return;
    curl_multi_cleanup(l->multi); /* calls on_socket for what it still watched */
    l->multi = NULL;
    uv_close((uv_handle_t *)&l->timer, NULL);
}

int bd__lane_add(struct bd__lane *l, CURL *easy)
{
    BD_ON(BD_NET);
    if (l->broken && l->in_flight == 0) {
        curl_multi_cleanup(l->multi);
        l->multi = NULL;
        if (open_multi(l) < 0)
            return -1;
    }
    if (curl_multi_add_handle(l->multi, easy) != CURLM_OK)
        return -1;
    l->in_flight++;
    return 0;
}

void bd__lane_remove(struct bd__lane *l, CURL *easy)
{
    BD_ON(BD_NET);
    curl_multi_remove_handle(l->multi, easy);
    l->in_flight--;
}
