/* runtime/closings.c - see closings.h. */
#include "runtime/closings.h"

#include <arpa/inet.h>
#include <linux/tcp.h> /* struct tcp_info with the counters of bytes; Linux 4.19 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static int own_port(int fd)
{
    struct sockaddr_storage a;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t size = sizeof(a);

    if (getsockname(fd, (struct sockaddr *)&a, &size) != 0)
        return 0;
    memcpy(&v4, &a, sizeof(v4));
    memcpy(&v6, &a, sizeof(v6));
    if (a.ss_family == AF_INET)
        return ntohs(v4.sin_port);
    return a.ss_family == AF_INET6 ? ntohs(v6.sin6_port) : 0;
}

/* A kernel that does not tell counts as one that says it was read. */
static bool unread(int fd)
{
    struct tcp_info i = {0};
    socklen_t size = sizeof(i);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_bytes_sent) + sizeof(i.tcpi_bytes_sent))
        return false;
    /* The SYN counts as one acknowledged byte. */
    return i.tcpi_notsent_bytes > 0 ||
           i.tcpi_bytes_sent - i.tcpi_bytes_retrans + 1 > i.tcpi_bytes_acked;
}

void bd__closings_note(struct bd__closings *c, int fd)
{
    c->last[c->at].port = own_port(fd);
    c->last[c->at].unread = unread(fd);
    c->at = (c->at + 1) % BD__CLOSINGS;
}

bool bd__closings_unread(const struct bd__closings *c, int port)
{
    for (size_t i = 1; i <= BD__CLOSINGS; i++) { /* newest first: ports are used again */
        size_t k = (c->at + BD__CLOSINGS - i) % BD__CLOSINGS;

        if (c->last[k].port == port && port != 0)
            return c->last[k].unread;
    }
    return false;
}
