/* tests/runtime/test_torture.c - memory that runs out in the middle of a call, for
 * libcurl and for our own code: the k-th allocation fails, for every k. Not for libuv,
 * which ends the process when it cannot have the few bytes it wants, and not for OpenSSL.
 */
#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>

#include "runtime/calls.h"
#include "runtime/crowd.h"
#include "runtime/http_call.h"

/* Allocations: those of the network thread, and of this one while it says so. */

static _Atomic long countdown; /* the one that makes it 0 fails; below 0 none does */
static _Atomic bool for_ever;  /* and all after it */
static _Atomic long living;    /* of libcurl */
static _Thread_local bool mine;

static bool refused(void)
{
    long left;

    if (!mine && bd_thread_what() != BD_NET)
        return false;
    left = atomic_fetch_sub(&countdown, 1);
    return left == 1 || (left < 1 && atomic_load(&for_ever));
}

#include "runtime/wraps.h" /* asks refused() */

static void *counted(void *p)
{
    if (p)
        atomic_fetch_add(&living, 1);
    return p;
}

static void *curl_malloc(size_t n)
{
    return counted(malloc(n));
}

static void *curl_calloc(size_t n, size_t size)
{
    return counted(calloc(n, size));
}

static void *curl_realloc(void *p, size_t n)
{
    return p ? realloc(p, n) : curl_malloc(n);
}

static char *curl_strdup(const char *s)
{
    return counted(strdup(s));
}

static void curl_free_one(void *p)
{
    if (p)
        atomic_fetch_sub(&living, 1);
    free(p);
}

/* The calls */

static int look_up(const char *host, char *addresses, size_t bytes, struct bd_error *err)
{
    (void)host;
    (void)err;
    snprintf(addresses, bytes, "127.0.0.1");
    return 0;
}

static int start(void)
{
    struct bd_error err;

    return bd__http_start_with(&http, 1, look_up, &err);
}

/* One call to a new connection, of which an allocation may fail; true: it was answered.
 */
static bool one_call(const char *url, struct bd_error *err)
{
    struct bd_http_call call = call_to(url, 2000);
    struct seen *s = calloc(1, sizeof(*s));
    bool whole;
    int rc;

    sem_init(&s->over, 0, 0);
    *err = (struct bd_error){.type = 0};
    mine = true;
    rc = bd_http_submit(http, &call, &events, s, &s->id, err);
    mine = false;
    if (rc == 0) {
        await(s);
        *err = s->error;
    }
    assert_int_equal(s->dones, rc == 0);
    whole = rc == 0 && s->error.type == 0;
    if (whole)
        assert_string_equal(s->body, "hello");
    drop(s);
    return whole;
}

static bool say_hello_and_close(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)say_hello(p, fd, request, nth);
    return false;
}

#define ENOUGH 3000 /* more than one call takes */

/* How many allocations a call makes when none fails. */
static long cost(const char *url)
{
    struct bd_error err;

    assert_int_equal(start(), 0);
    atomic_store(&countdown, ENOUGH);
    assert_true(one_call(url, &err));
    (void)close_http(NULL);
    return ENOUGH - atomic_load(&countdown);
}

struct tally {
    int failed, survived;
    int large; /* libcurl has one word for that and for a header line past its limit */
};

/* The k-th fails: an error of ours or no error, and the next call is unharmed. */
static void torture(const char *url, const char *next_url, long k, bool all_after,
                    struct tally *t)
{
    struct bd_error err;

    assert_int_equal(start(), 0);
    atomic_store(&for_ever, all_after);
    atomic_store(&countdown, k);
    if (one_call(url, &err))
        t->survived++;
    else {
        t->failed++;
        t->large += err.type == BD_ERR_TOO_LARGE;
        if (err.type != BD_ERR_INTERNAL && err.type != BD_ERR_TOO_LARGE)
            fail_msg("allocation %ld failed: type %d, '%s'", k, (int)err.type,
                     err.message);
    }
    atomic_store(&for_ever, false);
    atomic_store(&countdown, 0);
    if (!one_call(next_url, &err)) /* a look-up that failed is told for a second */
        fail_msg("after allocation %ld failed the next call ends with '%s'", k,
                 err.message);
    (void)close_http(NULL);
}

static void each_allocation_of_a_call(bool all_after)
{
    struct peer *p = peer_start(say_hello_and_close);
    struct tally t = {.failed = 0};
    char url[64], next_url[64];
    long n, living_before;

    snprintf(url, sizeof(url), "http://a.test:%u/v1", p->port);
    snprintf(next_url, sizeof(next_url), "http://b.test:%u/v1", p->port);
    n = cost(url); /* the first has costs of its own */
    n = cost(url);
    living_before = atomic_load(&living);
    for (long k = 1; k <= n; k++) {
        torture(url, next_url, k, all_after, &t);
        if (atomic_load(&living) != living_before)
            fail_msg("allocation %ld failed: libcurl keeps %ld more", k,
                     atomic_load(&living) - living_before);
    }
    print_message("  %ld allocations: %d calls failed, %d did not need it\n", n, t.failed,
                  t.survived);
    assert_true(n > 50);
    assert_true(t.failed > t.survived);
    assert_true(t.large < 8); /* the rest says whose fault it is: ours */
    end_with(p);
}

static void a_call_survives_any_allocation_that_fails(void **state)
{
    (void)state;
    each_allocation_of_a_call(false);
}

static void a_call_survives_memory_that_is_gone_for_its_rest(void **state)
{
    (void)state;
    each_allocation_of_a_call(true);
}

#define BESIDE 5

/* Calls that wait for their reply while another one fails for want of memory: if curl
 * cannot go on with them they are told so at once, not at their limit of a minute. */
static int calls_beside(struct crowd *c, const char *url, long k)
{
    struct seen *waiting[BESIDE];
    struct bd_http_call call;
    struct bd_error err;
    char mute[64];
    int lost = 0, heard = atomic_load(&c->heard);

    snprintf(mute, sizeof(mute), "http://127.0.0.1:%u/v1", c->port[CROWD_MUTE]);
    call = call_to(mute, 60000);
    assert_int_equal(start(), 0);
    for (int i = 0; i < BESIDE; i++)
        waiting[i] = submit(&call);
    while (atomic_load(&c->heard) < heard + BESIDE)
        peer_wait(1);
    atomic_store(&countdown, k);
    (void)one_call(url, &err);
    atomic_store(&countdown, 0);
    for (int i = 0; i < BESIDE; i++) {
        bd_http_cancel(http, waiting[i]->id);
        await(waiting[i]);
        if (waiting[i]->error.type != BD_ERR_CANCELLED) {
            assert_int_equal(waiting[i]->error.type, BD_ERR_INTERNAL);
            assert_int_equal(waiting[i]->error.code, ENOMEM);
            lost++;
        }
        drop(waiting[i]);
    }
    (void)close_http(NULL);
    return lost;
}

static void calls_beside_a_failed_one_go_on_or_end_at_once(void **state)
{
    struct peer *p = peer_start(say_hello_and_close);
    struct crowd *c = crowd_start(20);
    char url[64];
    int most = 0;
    long n;

    (void)state;
    snprintf(url, sizeof(url), "http://a.test:%u/v1", p->port);
    n = cost(url);
    for (long k = 1; k <= n; k++) {
        int lost = calls_beside(c, url, k);

        most = lost > most ? lost : most;
    }
    print_message("  %d of %d at most\n", most, BESIDE);
    assert_int_equal(most, BESIDE); /* the worst case was among them */
    end_with(p);
    crowd_stop(c);
}

/* After a failed test, too. */
static int make_up(void **state)
{
    atomic_store(&for_ever, false);
    atomic_store(&countdown, 0);
    return close_http(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_call_survives_any_allocation_that_fails, make_up),
        cmocka_unit_test_teardown(a_call_survives_memory_that_is_gone_for_its_rest,
                                  make_up),
        cmocka_unit_test_teardown(calls_beside_a_failed_one_go_on_or_end_at_once,
                                  make_up),
    };

    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, curl_free_one,
                             curl_realloc, curl_strdup, curl_calloc) != CURLE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
