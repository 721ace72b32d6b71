/* tests/runtime/test_closings.c - real connections on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/closings.h"

struct pair {
    int ours, theirs, port;
};

/* A connection after one exchange. */
static struct pair connected(int family)
{
    struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a;
    int listening = socket(family, SOCK_STREAM, 0);
    socklen_t size = sizeof(a);
    struct pair p = {.ours = socket(family, SOCK_STREAM, 0)};
    char byte;

    if (family == AF_INET)
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        v6->sin6_addr = in6addr_loopback;
    if (bind(listening, (struct sockaddr *)&a,
             family == AF_INET ? sizeof(*v4) : sizeof(*v6)) != 0) {
        close(listening);
        close(p.ours);
        skip();
    }
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&a, &size), 0);
    assert_int_equal(connect(p.ours, (struct sockaddr *)&a, size), 0);
    p.theirs = accept(listening, NULL, NULL);
    assert_true(p.theirs >= 0);
    close(listening);
    size = sizeof(a);
    assert_int_equal(getsockname(p.ours, (struct sockaddr *)&a, &size), 0);
    p.port = ntohs(family == AF_INET ? v4->sin_port : v6->sin6_port);
    assert_int_equal(send(p.ours, "1", 1, 0), 1);
    assert_int_equal(recv(p.theirs, &byte, 1, 0), 1);
    assert_int_equal(send(p.theirs, "a", 1, 0), 1);
    assert_int_equal(recv(p.ours, &byte, 1, 0), 1);
    return p;
}

/* Until the other side's end is seen. */
static void until_closed(const struct pair *p)
{
    struct pollfd f = {.fd = p->ours, .events = POLLIN};

    assert_int_equal(poll(&f, 1, 5000), 1);
}

static void a_request_that_came_too_late_was_not_read(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bd__closings c = {0};
        struct pair p = connected(families[i]);

        close(p.theirs);
        assert_int_equal(send(p.ours, "second", 6, MSG_NOSIGNAL), 6);
        until_closed(&p);
        bd__closings_note(&c, p.ours);
        close(p.ours);
        assert_true(bd__closings_unread(&c, p.port));
    }
}

static void a_request_that_was_read_may_be_worked_on(void **state)
{
    struct bd__closings c = {0};
    struct pair p = connected(AF_INET);
    char text[6];

    (void)state;
    assert_int_equal(send(p.ours, "second", 6, MSG_NOSIGNAL), 6);
    assert_int_equal(recv(p.theirs, text, 6, MSG_WAITALL), 6);
    close(p.theirs);
    until_closed(&p);
    bd__closings_note(&c, p.ours);
    close(p.ours);
    assert_false(bd__closings_unread(&c, p.port));
}

static void an_idle_connection_lost_nothing(void **state)
{
    struct bd__closings c = {0};
    struct pair p = connected(AF_INET);

    (void)state;
    close(p.theirs);
    until_closed(&p);
    bd__closings_note(&c, p.ours);
    close(p.ours);
    assert_false(bd__closings_unread(&c, p.port));
}

static void the_newest_with_that_port_counts_and_old_ones_are_forgotten(void **state)
{
    struct bd__closings c = {0};

    (void)state;
    for (int i = 0; i < 10; i++) {
        c.last[c.at].port = 1000 + i;
        c.last[c.at++].unread = true;
    }
    c.last[c.at].port = 1003;
    c.last[c.at++].unread = false;
    assert_true(bd__closings_unread(&c, 1004));
    assert_false(bd__closings_unread(&c, 1003));
    assert_false(bd__closings_unread(&c, 4711));
    assert_false(bd__closings_unread(&c, 0));
    for (int i = 0; i < BD__CLOSINGS; i++)
        bd__closings_note(&c, -1); /* no socket at all */
    assert_false(bd__closings_unread(&c, 1004));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_came_too_late_was_not_read),
        cmocka_unit_test(a_request_that_was_read_may_be_worked_on),
        cmocka_unit_test(an_idle_connection_lost_nothing),
        cmocka_unit_test(the_newest_with_that_port_counts_and_old_ones_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
