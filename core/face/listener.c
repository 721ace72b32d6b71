/* face/listener.c - see listener.h. */
#include "face/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOURCE  "server"
#define BACKLOG 128

/* "HOST:PORT", "[HOST]:PORT". */
static int split(const char *listen, char *host, size_t size, char port[8])
{
    const char *colon = strrchr(listen, ':');
    size_t n = colon ? (size_t)(colon - listen) : 0;

    if (!colon || strlen(colon + 1) > 5 || colon[1] == '\0')
        return -1;
    if (n > 1 && listen[0] == '[' && listen[n - 1] == ']') {
        listen++;
        n -= 2;
    }
    if (n == 0 || n >= size)
        return -1;
    memcpy(host, listen, n);
    host[n] = '\0';
    snprintf(port, 8, "%s", colon + 1);
    return 0;
}

static int listen_on(struct bd_listener *l, const struct addrinfo *a)
{
    int one = 1;

    l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0)
        return -1;
    (void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(l->fd, a->ai_addr, a->ai_addrlen) == 0 && listen(l->fd, BACKLOG) == 0)
        return 0;
    return -1;
}

static void describe(struct bd_listener *l)
{
    struct sockaddr_storage a;
    socklen_t size = sizeof(a);
    char host[64] = "", port[8] = "";

    if (getsockname(l->fd, (struct sockaddr *)&a, &size) == 0)
        (void)getnameinfo((struct sockaddr *)&a, size, host, sizeof(host), port,
                          sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    l->port = (unsigned)strtoul(port, NULL, 10);
    l->loopback = strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
    snprintf(l->url, sizeof(l->url), l->six ? "http://[%s]:%s" : "http://%s:%s", host,
             port);
}

static const char *remedy(int code)
{
    switch (code) {
    case EADDRINUSE:
        return "another program listens there: end it, or set another port";
    case EACCES:
        return "not allowed: ports below 1024 need rights, set another one";
    case EADDRNOTAVAIL:
        return "this machine has no such address: set one of its own, or 127.0.0.1";
    default:
        return "cannot listen there: set another address, or free some descriptors";
    }
}

int bd_listener_open(struct bd_listener *l, const char *address, struct bd_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *a = NULL;
    char host[256], port[8];
    int rc, code;

    *l = (struct bd_listener){.fd = -1};
    if (split(address, host, sizeof(host), port) < 0)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                       "[server] listen is '%.80s': give ADDRESS:PORT, for example "
                       "127.0.0.1:8731",
                       address);
    rc = getaddrinfo(host, port, &hints, &a);
    if (rc != 0)
        return bd_fail(err, BD_ERR_CONFIG, rc, SOURCE, "[server] listen = %.80s: %s",
                       address, gai_strerror(rc));
    l->six = a->ai_family == AF_INET6;
    rc = listen_on(l, a);
    code = errno;
    freeaddrinfo(a);
    if (rc < 0)
        return bd_fail(err, BD_ERR_CONFIG, code, SOURCE, "[server] listen = %.80s: %s",
                       address, remedy(code));
    describe(l);
    return 0;
}
