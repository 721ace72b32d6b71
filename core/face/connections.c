/* face/connections.c - see connections.h. */
#include "face/connections.h"

#include <stdlib.h>
#include <sys/socket.h>

#define HEADERS_MS 10000
#define BODY_MS    30000

struct bd_connection {
    struct bd_connection *next, *before;
    int fd;
    enum bd_phase phase;
    int64_t since_ms;
};

void bd_connections_init(struct bd_connections *all)
{
    *all = (struct bd_connections){0};
    pthread_mutex_init(&all->lock, NULL);
}

void bd_connections_destroy(struct bd_connections *all)
{
    pthread_mutex_destroy(&all->lock);
}

struct bd_connection *bd_connections_open(struct bd_connections *all, int fd,
                                          int64_t now_ms)
{
    struct bd_connection *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->fd = fd;
    c->since_ms = now_ms;
    pthread_mutex_lock(&all->lock);
    c->next = all->first;
    if (c->next)
        c->next->before = c;
    all->first = c;
    all->count++;
    pthread_mutex_unlock(&all->lock);
    return c;
}

void bd_connections_close(struct bd_connections *all, struct bd_connection *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&all->lock);
    if (c->before)
        c->before->next = c->next;
    else
        all->first = c->next;
    if (c->next)
        c->next->before = c->before;
    all->count--;
    pthread_mutex_unlock(&all->lock);
    free(c);
}

void bd_connections_enter(struct bd_connections *all, struct bd_connection *c,
                          enum bd_phase phase, int64_t now_ms)
{
    if (!c)
        return;
    pthread_mutex_lock(&all->lock);
    c->phase = phase;
    c->since_ms = now_ms;
    pthread_mutex_unlock(&all->lock);
}

static int64_t limit_ms(enum bd_phase phase)
{
    switch (phase) {
    case BD_PHASE_HEADERS:
        return HEADERS_MS;
    case BD_PHASE_BODY:
        return BODY_MS;
    case BD_PHASE_IDLE:
        return BD_IDLE_S * 1000 + HEADERS_MS;
    default:
        return INT64_MAX;
    }
}

void bd_connections_watch(struct bd_connections *all, int64_t now_ms)
{
    pthread_mutex_lock(&all->lock);
    for (struct bd_connection *c = all->first; c; c = c->next)
        if (now_ms - c->since_ms > limit_ms(c->phase))
            (void)shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&all->lock);
}

bool bd_connections_busy(struct bd_connections *all)
{
    bool busy = false;

    pthread_mutex_lock(&all->lock);
    for (const struct bd_connection *c = all->first; c && !busy; c = c->next)
        busy = c->phase == BD_PHASE_ANSWER || c->phase == BD_PHASE_BODY;
    pthread_mutex_unlock(&all->lock);
    return busy;
}
