/* tests/face/test_connections.c - each phase of a request has its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "face/connections.h"

static struct bd_connections all;

struct pair {
    int client, server;
    struct bd_connection *c;
};

static struct pair opened(int64_t now_ms)
{
    struct pair p;
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    p = (struct pair){.client = fds[0], .server = fds[1]};
    p.c = bd_connections_open(&all, p.server, now_ms);
    assert_non_null(p.c);
    return p;
}

static bool is_shut(const struct pair *p)
{
    char byte;

    return recv(p->client, &byte, 1, MSG_DONTWAIT) == 0;
}

static void closed(struct pair *p)
{
    bd_connections_close(&all, p->c);
    close(p->server);
    close(p->client);
}

static void lasts(enum bd_phase phase, int64_t limit_ms)
{
    struct pair p = opened(500);

    bd_connections_enter(&all, p.c, phase, 1000);
    bd_connections_watch(&all, 1000 + limit_ms);
    assert_false(is_shut(&p));
    bd_connections_watch(&all, 1001 + limit_ms);
    assert_true(is_shut(&p));
    closed(&p);
}

static void each_phase_has_its_limit(void **state)
{
    struct pair p;

    (void)state;
    lasts(BD_PHASE_HEADERS, 10000);
    lasts(BD_PHASE_BODY, 30000);
    lasts(BD_PHASE_IDLE, 70000);
    p = opened(0);
    bd_connections_enter(&all, p.c, BD_PHASE_ANSWER, 0);
    bd_connections_watch(&all, INT64_C(1)
                                   << 40); /* an answer takes as long as it takes */
    assert_false(is_shut(&p));
    closed(&p);
}

static void only_the_slow_one_is_shut(void **state)
{
    struct pair slow = opened(0), quick = opened(0), late = opened(9000);

    (void)state;
    bd_connections_enter(&all, quick.c, BD_PHASE_ANSWER, 5);
    bd_connections_watch(&all, 10001);
    assert_true(is_shut(&slow));
    assert_false(is_shut(&quick));
    assert_false(is_shut(&late));
    closed(&quick); /* in the middle of the list */
    bd_connections_watch(&all, 19001);
    assert_true(is_shut(&late));
    closed(&slow);
    closed(&late);
    assert_int_equal(all.count, 0);
}

static void busy_is_with_a_request_on_its_way(void **state)
{
    struct pair p = opened(0);

    (void)state;
    assert_false(bd_connections_busy(&all));
    bd_connections_enter(&all, p.c, BD_PHASE_BODY, 0);
    assert_true(bd_connections_busy(&all));
    bd_connections_enter(&all, p.c, BD_PHASE_ANSWER, 0);
    assert_true(bd_connections_busy(&all));
    bd_connections_enter(&all, p.c, BD_PHASE_IDLE, 0);
    assert_false(bd_connections_busy(&all));
    closed(&p);
}

static void one_that_is_not_watched_harms_nobody(void **state)
{
    (void)state;
    bd_connections_enter(&all, NULL, BD_PHASE_BODY, 0);
    bd_connections_close(&all, NULL);
    assert_int_equal(all.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_phase_has_its_limit),
        cmocka_unit_test(only_the_slow_one_is_shut),
        cmocka_unit_test(busy_is_with_a_request_on_its_way),
        cmocka_unit_test(one_that_is_not_watched_harms_nobody),
    };
    int rc;

    bd_connections_init(&all);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    bd_connections_destroy(&all);
    return rc;
}
