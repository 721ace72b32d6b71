#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/calls.h"

/* Many, cancel, stop */

static bool say_hello_late(struct peer *p, int fd, const char *request, unsigned nth)
{
    peer_wait(200);
    return say_hello(p, fd, request, nth);
}

#define MANY 500

static void many_calls_run_side_by_side(void **state)
{
    struct peer *p = peer_start(say_hello_late);
    struct seen **all = calloc(MANY, sizeof(struct seen *));
    struct bd_http_stats stats;
    int64_t before = bd_clock_ms();

    (void)state;
    for (int i = 0; i < MANY; i++) {
        struct bd_http_call call = call_to(p->url, 40000);

        call.connect_ms = 40000;
        all[i] = submit(&call);
    }
    for (int i = 0; i < MANY; i++) {
        await(all[i]);
        assert_int_equal(all[i]->error.type, 0);
        assert_string_equal(all[i]->body, "hello");
        drop(all[i]);
    }
    assert_true(bd_clock_ms() - before < 40000); /* one by one it would be 100 s */
    bd_http_stats(http, &stats);
    assert_int_equal(stats.threads, 1);
    assert_int_equal(stats.started, MANY);
    free(all);
    end_with(p);
}

static void cancel_from_data(struct seen *s)
{
    bd_http_cancel(http, s->id);
}

static void a_cancelled_call_ends_soon_and_once(void **state)
{
    struct peer *p = peer_start(hang_in_body);

    (void)state;
    for (int wait = 0; wait < 40; wait += 4) { /* at several points of its life */
        struct bd_http_call call = call_to(p->url, 5000);
        struct seen *s = submit(&call);

        peer_wait(wait);
        bd_http_cancel(http, s->id);
        bd_http_cancel(http, s->id);
        await(s);
        assert_true(s->end.cancelled);
        assert_int_equal(s->error.type, BD_ERR_CANCELLED);
        assert_true(s->ended_ms - s->submitted_ms < 1000);
        bd_http_cancel(http, s->id); /* it is over: ignored */
        drop(s);
    }
    end_with(p);
}

static void a_call_can_be_cancelled_from_its_own_callback(void **state)
{
    struct peer *p = peer_start(hang_in_body);
    struct bd_http_call call = call_to(p->url, 5000);
    struct seen *s = calloc(1, sizeof(*s));
    struct bd_error err;

    (void)state;
    sem_init(&s->over, 0, 0);
    s->on_data = cancel_from_data;
    assert_int_equal(bd_http_submit(http, &call, &events, s, &s->id, &err), 0);
    await(s);
    assert_true(s->end.cancelled);
    assert_int_equal(s->n, 5);
    drop(s);
    end_with(p);
}

static void an_unknown_id_is_ignored(void **state)
{
    (void)state;
    bd_http_cancel(http, 0);
    bd_http_cancel(http, 4);
    bd_http_cancel(http, UINT64_MAX);
}

static void stop_ends_all_calls(void **state)
{
    struct peer *p = peer_start(hang);
    struct bd_http_call call = call_to(p->url, 60000);
    struct seen *all[50];

    (void)state;
    for (int i = 0; i < 50; i++)
        all[i] = submit(&call);
    peer_wait(50); /* most are connected, or not; both are right */
    bd_http_stop(http);
    http = NULL;
    for (int i = 0; i < 50; i++) {
        await(all[i]);
        assert_int_equal(all[i]->error.type, BD_ERR_CANCELLED);
        assert_false(all[i]->end.cancelled); /* by stop, not by bd_http_cancel */
        drop(all[i]);
    }
    peer_stop(p);
}

/* Timers */

struct ring {
    int64_t at_ms, rang_ms;
    int place;
    struct rings *all;
};

struct rings {
    struct ring ring[20];
    int n;
    sem_t over;
};

static void on_ring(void *arg)
{
    struct ring *r = arg;

    r->rang_ms = bd_clock_ms();
    r->place = r->all->n++;
    if (r->all->n == 20)
        sem_post(&r->all->over);
}

static void timers_ring_in_order_and_not_early(void **state)
{
    struct rings all = {.n = 0};
    int64_t now = bd_clock_ms();

    (void)state;
    sem_init(&all.over, 0, 0);
    for (int i = 0; i < 20; i++) { /* set in a mixed order: 0 7 14 1 8 15 ... */
        struct ring *r = &all.ring[i * 7 % 20];

        r->all = &all;
        r->at_ms = now + (i * 7 % 20) * 5;
        assert_int_equal(bd_http_at(http, r->at_ms, on_ring, r), 0);
    }
    sem_wait(&all.over);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(all.ring[i].place, i);
        assert_in_range(all.ring[i].rang_ms - all.ring[i].at_ms, 0, 50);
    }
    sem_destroy(&all.over);
}

static void timers_that_are_pending_at_stop_ring_at_once(void **state)
{
    struct rings all = {.n = 0};
    int64_t now = bd_clock_ms();

    (void)state;
    sem_init(&all.over, 0, 0);
    for (int i = 0; i < 20; i++) {
        all.ring[i].all = &all;
        assert_int_equal(bd_http_at(http, now + 3600000 + i, on_ring, &all.ring[i]), 0);
    }
    bd_http_stop(http);
    http = NULL;
    assert_int_equal(all.n, 20);
    assert_true(bd_clock_ms() - now < 1000);
    sem_destroy(&all.over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(many_calls_run_side_by_side),
        CASE(a_cancelled_call_ends_soon_and_once),
        CASE(a_call_can_be_cancelled_from_its_own_callback),
        CASE(an_unknown_id_is_ignored),
        CASE(stop_ends_all_calls),
        CASE(timers_ring_in_order_and_not_early),
        CASE(timers_that_are_pending_at_stop_ring_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
