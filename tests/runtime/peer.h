/* peer.h - a small HTTP server on loopback that does what a test tells it, with blocking
 * sockets and a thread a connection. */
#ifndef BD_TESTS_PEER_H
#define BD_TESTS_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEER_MOST 2048

struct peer;

/* Answers one request; false closes the connection. nth counts from 0 per connection. */
typedef bool peer_script_fn(struct peer *p, int fd, const char *request, unsigned nth);

struct peer {
    int fd;
    unsigned short port;
    peer_script_fn *script;
    pthread_t accepting, threads[PEER_MOST];
    int fds[PEER_MOST];
    _Atomic unsigned connections, requests;
    char url[64];
    pthread_mutex_t lock;
    char last[8192]; /* the last request; under lock */
};

struct peer_connection {
    struct peer *peer;
    int fd;
};

static inline void peer_send(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

        if (k <= 0)
            return;
        p += k;
        n -= (size_t)k;
    }
}

static inline void peer_say(int fd, const char *text)
{
    peer_send(fd, text, strlen(text));
}

static inline void peer_chunk(int fd, const char *text)
{
    char head[16];

    snprintf(head, sizeof(head), "%zx\r\n", strlen(text));
    peer_say(fd, head);
    peer_say(fd, text);
    peer_say(fd, "\r\n");
}

static inline void peer_wait(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    nanosleep(&t, NULL);
}

/* Until the other side closes. */
static inline void peer_hold(int fd)
{
    char sink[256];

    while (recv(fd, sink, sizeof(sink), 0) > 0)
        ;
}

/* Closes with RST instead of FIN. */
static inline void peer_reset(int fd)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* Reads headers and the Content-Length body; false when the other side closed. */
static inline bool peer_read(int fd, char *buf, size_t size)
{
    size_t n = 0, whole = size;

    while (n < whole && n < size - 1) {
        ssize_t k = recv(fd, buf + n, size - 1 - n, 0);
        const char *end, *length;

        if (k <= 0)
            return false;
        n += (size_t)k;
        buf[n] = '\0';
        end = strstr(buf, "\r\n\r\n");
        if (!end)
            continue;
        length = strcasestr(buf, "\r\nContent-Length:");
        whole = (size_t)(end - buf) + 4 + (length ? strtoul(length + 17, NULL, 10) : 0);
    }
    return true;
}

static inline void *peer_serve(void *arg)
{
    struct peer_connection *c = arg;
    char *buf = malloc(65536);

    for (unsigned nth = 0; peer_read(c->fd, buf, 65536); nth++) {
        atomic_fetch_add(&c->peer->requests, 1);
        pthread_mutex_lock(&c->peer->lock);
        snprintf(c->peer->last, sizeof(c->peer->last), "%s", buf);
        pthread_mutex_unlock(&c->peer->lock);
        if (!c->peer->script(c->peer, c->fd, buf, nth))
            break;
    }
    shutdown(c->fd, SHUT_WR);
    close(c->fd);
    free(buf);
    free(c);
    return NULL;
}

static inline void *peer_accept(void *arg)
{
    struct peer *p = arg;

    for (unsigned n = 0; n < PEER_MOST; n++) {
        struct peer_connection *c = calloc(1, sizeof(*c));

        c->peer = p;
        while ((c->fd = accept(p->fd, NULL, NULL)) < 0 && errno == EMFILE)
            peer_wait(1); /* a test took our files away for a moment */
        if (c->fd < 0 || pthread_create(&p->threads[n], NULL, peer_serve, c) != 0) {
            free(c);
            break;
        }
        atomic_fetch_add(&p->connections, 1);
    }
    return NULL;
}

static inline struct peer *peer_start(peer_script_fn *script)
{
    struct peer *p = calloc(1, sizeof(*p));
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof(a);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    p->script = script;
    pthread_mutex_init(&p->lock, NULL);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(p->fd, 1024), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&a, &n), 0);
    p->port = ntohs(a.sin_port);
    snprintf(p->url, sizeof(p->url), "http://127.0.0.1:%u/v1?token=QUERY", p->port);
    assert_int_equal(pthread_create(&p->accepting, NULL, peer_accept, p), 0);
    return p;
}

/* After the client closed its connections. */
static inline void peer_stop(struct peer *p)
{
    shutdown(p->fd, SHUT_RDWR); /* accept() returns */
    pthread_join(p->accepting, NULL);
    for (unsigned i = 0; i < atomic_load(&p->connections); i++)
        pthread_join(p->threads[i], NULL);
    close(p->fd);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

#endif
