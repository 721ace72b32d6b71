/* tests/runtime/test_resolver.c - look-ups that hang, fail and succeed, and the calls
 * that wait for them. */
#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/calls.h"
#include "runtime/http_call.h"
#include "runtime/resolver.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open_now;
static _Atomic int look_ups;

/* "hang…" waits until the test lets go, "fail…" fails, "both…" has an address of IPv6
 * first, the rest is loopback. */
static int fake(const char *host, char *addresses, size_t bytes, struct bd_error *err)
{
    atomic_fetch_add(&look_ups, 1);
    if (strncmp(host, "hang", 4) == 0) {
        pthread_mutex_lock(&gate);
        while (!open_now)
            pthread_cond_wait(&opened, &gate);
        pthread_mutex_unlock(&gate);
    }
    if (strncmp(host, "fail", 4) == 0)
        return bd_fail(err, BD_ERR_NETWORK, 7, "dns", "%s: no such name", host);
    snprintf(addresses, bytes, "%s127.0.0.1",
             strncmp(host, "both", 4) == 0 ? "[::1]," : "");
    return 0;
}

static void let_go(bool yes)
{
    pthread_mutex_lock(&gate);
    open_now = yes;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&gate);
}

static int setup(void **state)
{
    struct bd_error err;

    (void)state;
    let_go(false);
    atomic_store(&look_ups, 0);
    return bd__http_start_with(&http, 1, fake, &err);
}

static int teardown(void **state)
{
    let_go(true);
    return close_http(state);
}

static struct bd_http_call to_host(const struct peer *p, const char *host, char url[128],
                                   int connect_ms)
{
    struct bd_http_call call;

    snprintf(url, 128, "http://%s:%u/v1", host, p->port);
    call = call_to(url, 5000);
    call.connect_ms = connect_ms;
    return call;
}

static void a_name_is_looked_up_once_for_many_calls(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct seen *all[50];
    char url[128];

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct bd_http_call call = to_host(p, "api.test", url, 3000);

        all[i] = submit(&call);
    }
    for (int i = 0; i < 50; i++) {
        await(all[i]);
        assert_int_equal(all[i]->error.type, 0);
        assert_string_equal(all[i]->body, "hello");
        drop(all[i]);
    }
    assert_int_equal(atomic_load(&look_ups), 1);
    end_with(p);
}

/* N1: one of several names hangs. */
static void a_look_up_that_hangs_holds_up_nobody_else(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[128], other[128];
    struct bd_http_call hung = to_host(p, "hang.test", url, 400);
    struct bd_http_call well = to_host(p, "well.test", other, 3000);
    struct bd_http_stats stats;
    struct seen *stuck[20];
    int64_t slowest = 0;

    (void)state;
    for (int i = 0; i < 20; i++)
        stuck[i] = submit(&hung);
    for (int i = 0; i < 20; i++) {
        struct seen *s = whole_call(&well);

        assert_int_equal(s->error.type, 0);
        if (s->ended_ms - s->submitted_ms > slowest)
            slowest = s->ended_ms - s->submitted_ms;
        drop(s);
    }
    assert_true(slowest < 300); /* 50 is the promise; a loaded machine takes more */
    for (int i = 0; i < 20; i++) {
        int64_t took;

        await(stuck[i]);
        took = stuck[i]->ended_ms - stuck[i]->submitted_ms;
        assert_int_equal(stuck[i]->error.type, BD_ERR_TIMEOUT);
        assert_non_null(strstr(stuck[i]->error.message, "name look-up"));
        assert_false(stuck[i]->end.sent);
        assert_in_range(took, 399, 900);
        drop(stuck[i]);
    }
    bd_http_stats(http, &stats);
    assert_true(stats.max_lag_ms < 300);
    end_with(p);
}

static void a_call_ends_when_cancelled_while_its_name_hangs(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[128];
    struct bd_http_call call = to_host(p, "hang.test", url, 4000);
    struct seen *s = submit(&call);

    (void)state;
    peer_wait(30);
    bd_http_cancel(http, s->id);
    await(s);
    assert_true(s->end.cancelled);
    assert_true(s->ended_ms - s->submitted_ms < 1000);
    drop(s);
    end_with(p);
}

static void a_name_that_comes_late_is_in_time_for_those_who_still_wait(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[128];
    struct bd_http_call patient = to_host(p, "hang.test", url, 4000), hasty = patient;
    struct seen *a, *b;

    (void)state;
    hasty.connect_ms = 100;
    a = submit(&patient);
    b = submit(&hasty);
    await(b);
    assert_int_equal(b->error.type, BD_ERR_TIMEOUT);
    let_go(true);
    await(a);
    assert_int_equal(a->error.type, 0);
    drop(a);
    drop(b);
    end_with(p);
}

static void a_name_that_cannot_be_resolved_is_a_network_error(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[128];
    struct bd_http_call call = to_host(p, "fail.test", url, 1000);
    struct seen *s = whole_call(&call);

    (void)state;
    assert_int_equal(s->error.type, BD_ERR_NETWORK);
    assert_non_null(strstr(s->error.message, "fail.test"));
    assert_int_equal(s->error.recoverable, 1);
    drop(s);
    assert_int_equal(atomic_load(&p->connections), 0);
    end_with(p);
}

static void an_address_and_localhost_are_not_looked_up(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "0x7f.1", "2130706433"};
    struct peer *p = peer_start(say_hello);

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char url[128];
        struct bd_http_call call = to_host(p, hosts[i], url, 1000);
        struct seen *s = whole_call(&call);

        if (s->error.type != 0)
            fail_msg("%s: %s", hosts[i], s->error.message);
        drop(s);
    }
    assert_int_equal(atomic_load(&look_ups), 0);
    end_with(p);
}

static void a_private_address_behind_a_name_is_refused(void **state)
{
    struct bd_http_call call = call_to("https://inner.test/v1", 2000);
    struct seen *s;

    (void)state;
    call.allow_private = false;
    s = whole_call(&call);
    assert_int_equal(s->error.type, BD_ERR_CONFIG);
    assert_non_null(strstr(s->error.message, "allow_private"));
    drop(s);
    close_http(state);
}

/* N11: IPv6 is a black hole, IPv4 works. The hole is a listener on ::1 whose backlog is
 * full, so that the kernel drops what comes. */
static void a_hole_in_ipv6_costs_a_moment(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(p->port)};
    int fd = socket(AF_INET6, SOCK_STREAM, 0), filler[4], one = 1;
    char url[128];
    struct bd_http_call call = to_host(p, "both.test", url, 3000);
    struct seen *s;

    (void)state;
    a.sin6_addr = in6addr_loopback;
    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) != 0 ||
        bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
        print_message("this machine has no IPv6\n");
        end_with(p);
        skip();
    }
    assert_int_equal(listen(fd, 0), 0);
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&a, sizeof(a));
    }
    s = whole_call(&call);
    assert_int_equal(s->error.type, 0);
    assert_in_range(s->ended_ms - s->submitted_ms, 150, 500); /* 200, and 100 for us */
    drop(s);
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(fd);
    end_with(p);
}

static void stop_does_not_wait_for_a_look_up_that_hangs(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[128];
    struct bd_http_call call = to_host(p, "hang.test", url, 4000);
    struct seen *s = submit(&call);
    int64_t before;

    peer_wait(20); /* it is in the look-up by now; if not, stop is only easier */
    before = bd_clock_ms();
    close_http(state);
    assert_true(bd_clock_ms() - before < 1000);
    await(s);
    assert_int_equal(s->error.type, BD_ERR_CANCELLED);
    drop(s);
    end_with(p);
}

static void threads_come_as_they_are_needed_and_no_more_than_16(void **state)
{
    struct bd_resolver *r;
    struct bd_name_answer a;
    struct bd_error err;
    char host[32];

    (void)state;
    assert_int_equal(bd_resolver_start(&r, fake, &err), 0);
    for (int i = 0; i < 40; i++) {
        snprintf(host, sizeof(host), "hang%d.test", i);
        assert_int_equal(bd_resolver_ask(r, host, &a), BD_NAME_WAIT);
    }
    assert_int_equal(bd_resolver_threads(r), BD_RESOLVER_THREADS);
    let_go(true);
    while (bd_resolver_news(r) < 40)
        peer_wait(1); /* bounded by the test's own time limit */
    for (int i = 0; i < 40; i++) {
        snprintf(host, sizeof(host), "hang%d.test", i);
        assert_int_equal(bd_resolver_ask(r, host, &a), BD_NAME_KNOWN);
        assert_string_equal(a.addresses, "127.0.0.1");
    }
    while (bd_resolver_threads(r) > BD_RESOLVER_IDLE)
        peer_wait(1);
    bd_resolver_stop(r);
}

static bool is_known_soon(struct bd_resolver *r, const char *host)
{
    struct bd_name_answer a;

    for (int i = 0; i < 3000; i++) {
        if (bd_resolver_ask(r, host, &a) == BD_NAME_KNOWN)
            return true;
        peer_wait(1);
    }
    return false;
}

/* Two names asked for in one instant, and one thread that is free: it cannot be counted
 * on twice. */
static void a_free_thread_is_free_for_one_name(void **state)
{
    struct bd_resolver *r;
    struct bd_name_answer a;
    struct bd_error err;
    char hang[32], well[32];

    (void)state;
    assert_int_equal(bd_resolver_start(&r, fake, &err), 0);
    for (int i = 0; i < BD_RESOLVER_THREADS - 4; i++) {
        snprintf(well, sizeof(well), "first%d.test", i);
        assert_true(is_known_soon(r, well)); /* its thread has nothing to do now */
        peer_wait(2);
        snprintf(hang, sizeof(hang), "hang%d.test", i);
        snprintf(well, sizeof(well), "well%d.test", i);
        assert_int_equal(bd_resolver_ask(r, hang, &a), BD_NAME_WAIT);
        (void)bd_resolver_ask(r, well, &a);
        assert_true(is_known_soon(r, well));
    }
    let_go(true);
    bd_resolver_stop(r);
}

static void the_default_look_up_knows_this_machine(void **state)
{
    char addresses[BD_NAMES_ADDRESSES];
    struct bd_error err;

    (void)state;
    assert_int_equal(bd_resolver_lookup("127.0.0.1", addresses, sizeof(addresses), &err),
                     0);
    assert_string_equal(addresses, "127.0.0.1");
    assert_int_equal(bd_resolver_lookup("::1", addresses, sizeof(addresses), &err), 0);
    assert_string_equal(addresses, "[::1]");
    assert_int_equal(
        bd_resolver_lookup("no-such-host.invalid", addresses, sizeof(addresses), &err),
        -1);
    assert_int_equal(err.type, BD_ERR_NETWORK);
    assert_non_null(strstr(err.message, "no-such-host.invalid"));
}

#undef CASE
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_name_is_looked_up_once_for_many_calls),
        CASE(a_look_up_that_hangs_holds_up_nobody_else),
        CASE(a_call_ends_when_cancelled_while_its_name_hangs),
        CASE(a_name_that_comes_late_is_in_time_for_those_who_still_wait),
        CASE(a_name_that_cannot_be_resolved_is_a_network_error),
        CASE(an_address_and_localhost_are_not_looked_up),
        CASE(a_private_address_behind_a_name_is_refused),
        CASE(a_hole_in_ipv6_costs_a_moment),
        CASE(stop_does_not_wait_for_a_look_up_that_hangs),
        CASE(threads_come_as_they_are_needed_and_no_more_than_16),
        CASE(a_free_thread_is_free_for_one_name),
        CASE(the_default_look_up_knows_this_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
