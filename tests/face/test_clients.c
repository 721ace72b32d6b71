/* tests/face/test_clients.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "face/clients.h"

#define RATE  50
#define BURST 100
#define HERE  "192.0.2.1"

static struct bd_clients *clients;

static int make(void **state)
{
    struct bd_error err;

    (void)state;
    return bd_clients_new(&clients, RATE, BURST, &err);
}

static int drop(void **state)
{
    (void)state;
    bd_clients_free(clients);
    clients = NULL;
    return 0;
}

/* How many of n requests at that time go on. */
static int passed(const char *address, int n, int64_t now_ms)
{
    int count = 0;

    for (int i = 0; i < n; i++)
        count += bd_clients_request(clients, address, now_ms) == 0;
    return count;
}

static void a_burst_passes_and_then_the_rate(void **state)
{
    (void)state;
    assert_int_equal(passed(HERE, 500, 1000), BURST);
    assert_int_equal(bd_clients_request(clients, HERE, 1000), 1);
    assert_int_equal(passed(HERE, 500, 1020), 1); /* 50 a second: one in 20 ms */
    assert_int_equal(passed(HERE, 500, 1039), 0);
    assert_int_equal(passed(HERE, 500, 1040), 1);
    assert_int_equal(passed(HERE, 500, 2040), RATE);
    assert_int_equal(passed(HERE, 500, 1000000000000), BURST); /* never more */
}

static void time_that_stands_or_goes_back_gives_nothing(void **state)
{
    (void)state;
    assert_int_equal(passed(HERE, 500, 5000), BURST);
    assert_int_equal(passed(HERE, 10, 5000), 0);
    assert_int_equal(passed(HERE, 10, 4000), 0);
    assert_int_equal(passed(HERE, 10, 5000), 0); /* the same second is not given twice */
}

static void addresses_do_not_disturb_each_other(void **state)
{
    (void)state;
    assert_int_equal(passed(HERE, 500, 0), BURST);
    assert_int_equal(passed("192.0.2.2", 500, 0), BURST);
    assert_int_equal(passed("2001:db8::1", 500, 0), BURST);
    assert_int_equal(passed("no address", 500, 0), BURST);
}

static void one_client_has_many_spellings(void **state)
{
    (void)state;
    assert_int_equal(passed(HERE, 500, 0), BURST);
    assert_int_equal(passed("::ffff:192.0.2.1", 500, 0), 0);
    assert_int_equal(passed("2001:db8:0:1::1", 500, 0), BURST);
    assert_int_equal(passed("2001:db8:0:1:ffff::9", 500, 0), 0); /* the same /64 */
    assert_int_equal(passed("2001:db8:0:2::1", 500, 0), BURST);
    assert_int_equal(passed("fe80::1%eth0", 500, 0), BURST);
    assert_int_equal(passed("fe80::1%eth1", 500, 0), 0);
}

static void loopback_is_not_limited_but_told_apart(void **state)
{
    static const struct {
        const char *address;
        bool loopback;
    } cases[] = {
        {NULL, true},
        {"127.0.0.1", true},
        {"127.255.1.2", true},
        {"::1", true},
        {"::ffff:127.0.0.1", true},
        {"128.0.0.1", false},
        {"126.0.0.1", false},
        {"::2", false},
        {"::", false},
        {"0.0.0.0", false},
        {"127.1", false},
        {"2130706433", false},
        {"0x7f.0.0.1", false},
        {"localhost", false},
        {"", false},
        {"127.0.0.1x", false},
        {"::ffff:128.0.0.1", false},
        {"::127.0.0.1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_clients_is_loopback(cases[i].address) != cases[i].loopback)
            fail_msg("%s", cases[i].address);
    assert_int_equal(passed("127.0.0.1", 5000, 0), 5000);
    assert_int_equal(passed(NULL, 5000, 0), 5000);
}

static void ten_failures_a_minute_are_free(void **state)
{
    int free_ones = 0;

    (void)state;
    for (int i = 0; i < 50; i++)
        free_ones += bd_clients_failure(clients, HERE, 1000) == 0;
    assert_int_equal(free_ones, BD_CLIENTS_FAILURES);
    assert_int_equal(bd_clients_failure(clients, HERE, 1000), 6);
    assert_int_equal(bd_clients_failure(clients, HERE, 6500), 1);
    assert_int_equal(bd_clients_failure(clients, HERE, 7000), 0);
    assert_int_equal(bd_clients_failure(clients, "127.0.0.1", 7000), 0);
    assert_int_equal(passed(HERE, 500, 7000), BURST); /* another bucket */
}

static void who_asks_all_the_time_gets_its_share(void **state)
{
    int free_ones = 0;

    (void)state;
    for (int64_t ms = 0; ms < 60000; ms++)
        free_ones += bd_clients_failure(clients, HERE, ms) == 0;
    assert_int_equal(free_ones, BD_CLIENTS_FAILURES + 9);
}

static void of_too_many_the_one_seen_longest_ago_is_forgotten(void **state)
{
    char address[32];

    (void)state;
    assert_int_equal(passed("198.51.100.1", 500, 0), BURST); /* seen at 0 */
    assert_int_equal(passed("198.51.100.2", 500, 1), BURST);
    for (int i = 2; i < BD_CLIENTS_MAX; i++) {
        snprintf(address, sizeof(address), "10.0.%d.%d", i / 256, i % 256);
        assert_int_equal(passed(address, 1, 2), 1);
    }
    assert_int_equal(passed("198.51.100.1", 1, 3), 0); /* all are known still */
    assert_int_equal(passed("192.0.2.99", 1, 4), 1);   /* takes the place of .2 */
    assert_int_equal(passed("198.51.100.1", 1, 4), 0);
    assert_int_equal(passed("198.51.100.2", 500, 4), BURST);
}

static void nonsense_is_refused(void **state)
{
    struct bd_clients *c = NULL;
    struct bd_error err;

    (void)state;
    assert_int_equal(bd_clients_new(&c, 0, 1, &err), -1);
    assert_int_equal(bd_clients_new(&c, 1, -1, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    assert_null(c);
    bd_clients_free(NULL);
}

static void *ask_often(void *arg)
{
    int *count = arg;

    for (int i = 0; i < 1000; i++)
        *count += bd_clients_request(clients, HERE, 77) == 0;
    return NULL;
}

static void threads_share_one_bucket(void **state)
{
    pthread_t threads[4];
    int counts[4] = {0}, all = 0;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &counts[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        all += counts[i];
    }
    assert_int_equal(all, BURST);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_burst_passes_and_then_the_rate),
        CASE(time_that_stands_or_goes_back_gives_nothing),
        CASE(addresses_do_not_disturb_each_other),
        CASE(one_client_has_many_spellings),
        CASE(loopback_is_not_limited_but_told_apart),
        CASE(ten_failures_a_minute_are_free),
        CASE(who_asks_all_the_time_gets_its_share),
        CASE(of_too_many_the_one_seen_longest_ago_is_forgotten),
        CASE(nonsense_is_refused),
        CASE(threads_share_one_bucket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
