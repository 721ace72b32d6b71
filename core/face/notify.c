/* face/notify.c - one datagram to the socket that systemd named. */
#include "face/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void send_to(const char *path, const char *text)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    int fd;

    if (n >= sizeof(a.sun_path))
        return;
    memcpy(a.sun_path, path, n);
    if (path[0] == '@') /* the abstract namespace */
        a.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(
        fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&a,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)); /* a courtesy */
    close(fd);
}

void bd_notify(const char *state)
{
    const char *path =
        getenv("NOTIFY_SOCKET"); /* NOLINT(concurrency-mt-unsafe): [main] */
    struct timespec now;
    char text[128];

    if (!path || (path[0] != '/' && path[0] != '@'))
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (strcmp(state, "RELOADING=1") == 0)
        snprintf(text, sizeof(text), "%s\nMONOTONIC_USEC=%lld", state,
                 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    else
        snprintf(text, sizeof(text), "%s", state);
    send_to(path, text);
}
