/* crowd.h - a server on loopback for thousands of connections, on one thread: it has a
 * port for each way in which a call can be stuck. For what peer.h is too small for. */
#ifndef BD_TESTS_CROWD_H
#define BD_TESTS_CROWD_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum crowd_kind {
    CROWD_HELLO, /* answers, and keeps the connection */
    CROWD_MUTE,  /* reads, says nothing: no first byte, or a TLS handshake that stalls */
    CROWD_DEAF,  /* does not read */
    CROWD_DRIP,  /* answers with a stream that has no end, an event each tick */
    CROWD_KINDS
};

struct crowd_guest {
    LIST_ENTRY(crowd_guest) link;
    int fd;
    enum crowd_kind kind;
    bool asked; /* a whole request was read */
};

struct crowd {
    int listening[CROWD_KINDS], poll, tick_ms;
    unsigned short port[CROWD_KINDS];
    pthread_t thread;
    LIST_HEAD(, crowd_guest) guests; /* of the thread */
    _Atomic int open[CROWD_KINDS];   /* connections that the server has not closed */
    _Atomic int heard;               /* pieces that the mute have read */
    _Atomic bool deaf_leave;         /* the server closes them */
    _Atomic bool stop;
};

static inline void crowd_watch(struct crowd *c, int fd, void *what)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = what};

    epoll_ctl(c->poll, EPOLL_CTL_ADD, fd, &e);
}

static inline void crowd_welcome(struct crowd *c, enum crowd_kind kind)
{
    int fd;

    while ((fd = accept4(c->listening[kind], NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct crowd_guest *g = calloc(1, sizeof(*g));

        g->fd = fd;
        g->kind = kind;
        LIST_INSERT_HEAD(&c->guests, g, link);
        atomic_fetch_add(&c->open[kind], 1);
        if (kind != CROWD_DEAF)
            crowd_watch(c, fd, g);
    }
}

static inline void crowd_leave(struct crowd *c, struct crowd_guest *g)
{
    LIST_REMOVE(g, link);
    close(g->fd);
    atomic_fetch_sub(&c->open[g->kind], 1);
    free(g);
}

static inline void crowd_say(const struct crowd_guest *g, const char *text)
{
    ssize_t n = send(g->fd, text, strlen(text), MSG_NOSIGNAL);

    (void)n; /* who does not read it in time has lost it */
}

/* Requests are JSON: they end with '}'. */
static inline void crowd_hear(struct crowd *c, struct crowd_guest *g)
{
    char said[65536];
    ssize_t n = recv(g->fd, said, sizeof(said), 0);

    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        crowd_leave(c, g);
        return;
    }
    if (n > 0 && g->kind == CROWD_MUTE)
        atomic_fetch_add(&c->heard, 1);
    if (n < 0 || said[n - 1] != '}')
        return;
    if (g->kind == CROWD_HELLO)
        crowd_say(g, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    if (g->kind == CROWD_DRIP && !g->asked)
        crowd_say(g, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    g->asked = true;
}

static inline void crowd_tick(struct crowd *c)
{
    struct crowd_guest *g, *next;

    for (g = LIST_FIRST(&c->guests); g; g = next) {
        next = LIST_NEXT(g, link);
        if (g->kind == CROWD_DRIP && g->asked)
            crowd_say(g, "9\r\ndata: x\n\n\r\n");
        if (g->kind == CROWD_DEAF && atomic_load(&c->deaf_leave))
            crowd_leave(c, g);
    }
}

static inline void *crowd_run(void *arg)
{
    struct crowd *c = arg;
    struct epoll_event e[64];
    int64_t next_ms = 0;

    while (!atomic_load(&c->stop)) {
        int n = epoll_wait(c->poll, e, 64, 1);

        for (int i = 0; i < n; i++) {
            int *listening = e[i].data.ptr;

            if (listening >= c->listening && listening < c->listening + CROWD_KINDS)
                crowd_welcome(c, (enum crowd_kind)(listening - c->listening));
            else
                crowd_hear(c, e[i].data.ptr);
        }
        if (bd_clock_ms() >= next_ms) {
            crowd_tick(c);
            next_ms = bd_clock_ms() + c->tick_ms;
        }
    }
    return NULL;
}

static inline void crowd_listen(struct crowd *c, enum crowd_kind kind)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof(a);
    int little = 4096, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (kind == CROWD_DEAF) /* is full soon */
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(fd, 4096), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    c->listening[kind] = fd;
    c->port[kind] = ntohs(a.sin_port);
    crowd_watch(c, fd, &c->listening[kind]);
}

static inline struct crowd *crowd_start(int tick_ms)
{
    struct crowd *c = calloc(1, sizeof(*c));

    c->tick_ms = tick_ms;
    c->poll = epoll_create1(0);
    for (int i = 0; i < CROWD_KINDS; i++)
        crowd_listen(c, (enum crowd_kind)i);
    assert_int_equal(pthread_create(&c->thread, NULL, crowd_run, c), 0);
    return c;
}

static inline void crowd_stop(struct crowd *c)
{
    atomic_store(&c->stop, true);
    pthread_join(c->thread, NULL);
    while (!LIST_EMPTY(&c->guests))
        crowd_leave(c, LIST_FIRST(&c->guests));
    for (int i = 0; i < CROWD_KINDS; i++)
        close(c->listening[i]);
    close(c->poll);
    free(c);
}

#endif
