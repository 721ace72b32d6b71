/* tests/policy/test_limiter.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "policy/limiter.h"

#define MINUTE 60000

static struct bd_limiter with(int32_t concurrency, int32_t rpm)
{
    struct bd_limiter l;

    bd_limiter_init(&l, &(struct bd_limiter_config){concurrency, rpm, 0, 0});
    return l;
}

/* Takes and returns as often as it may at that time. */
static int grants_at(struct bd_limiter *l, int64_t now)
{
    int n = 0;

    while (bd_limiter_take(l, 0, now, NULL)) {
        bd_limiter_give_back(l, now);
        n++;
    }
    return n;
}

static void a_full_house_waits_for_a_slot(void **state)
{
    struct bd_limiter l = with(2, 0);
    int64_t wait = 99;

    (void)state;
    assert_true(bd_limiter_take(&l, 0, 0, &wait));
    assert_int_equal(wait, 0);
    assert_true(bd_limiter_take(&l, 0, 0, NULL));
    assert_false(bd_limiter_take(&l, 0, 0, &wait));
    assert_int_equal(wait, -1);
    assert_int_equal(bd_limiter_look(&l, 0, 0, NULL), BD_LIMITER_FULL);
    bd_limiter_give_back(&l, 5);
    assert_true(bd_limiter_take(&l, 0, 5, NULL));
    assert_int_equal(l.out, 2);
}

static const struct {
    int32_t concurrency, rpm;
    int at_once;
} bursts[] = {
    {8, 500, 83}, {8, 60, 10}, {8, 30, 8}, {8, 8, 8},
    {8, 3, 3},    {1, 1, 1},   {1, 5, 1},  {64, 60, 60},
};

static void it_begins_with_a_burst(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bursts) / sizeof(bursts[0]); i++) {
        struct bd_limiter l = with(bursts[i].concurrency, bursts[i].rpm);

        assert_int_equal(grants_at(&l, 1000000), bursts[i].at_once);
        assert_int_equal(bd_limiter_look(&l, 0, 1000000, NULL), BD_LIMITER_PACED);
    }
}

static void after_the_burst_it_keeps_the_pace(void **state)
{
    struct bd_limiter l = with(8, 60);
    int64_t wait;

    (void)state;
    assert_int_equal(grants_at(&l, 0), 10);
    assert_false(bd_limiter_take(&l, 0, 0, &wait));
    assert_int_equal(wait, 1000);
    assert_int_equal(grants_at(&l, 999), 0);
    assert_int_equal(grants_at(&l, 1000), 1);
    assert_int_equal(grants_at(&l, 5000), 4);
}

static void a_minute_never_holds_more_than_its_share(void **state)
{
    struct bd_limiter l = with(8, 60);
    int sum = 0;
    int64_t wait;

    (void)state;
    for (int64_t now = 0; now < MINUTE; now++)
        sum += grants_at(&l, now);
    assert_int_equal(sum, 60); /* 10 at once, then 50 until the share is used up */
    assert_false(bd_limiter_take(&l, 0, MINUTE, &wait));
    assert_int_equal(wait, 1000); /* the burst's second leaves the window */
    assert_true(bd_limiter_take(&l, 0, MINUTE + 1000, NULL));
}

static void no_limit_per_minute_means_none(void **state)
{
    struct bd_limiter l = with(100000, 0);

    (void)state;
    for (int i = 0; i < 100000; i++)
        assert_true(bd_limiter_take(&l, 0, 0, NULL));
}

static void a_gate_is_never_shortened(void **state)
{
    struct bd_limiter l = with(4, 0);
    int64_t wait;

    (void)state;
    bd_limiter_gate(&l, 3000);
    bd_limiter_gate(&l, 1000);
    assert_int_equal(bd_limiter_look(&l, 0, 0, &wait), BD_LIMITER_GATED);
    assert_int_equal(wait, 3000);
    assert_false(bd_limiter_take(&l, 0, 2999, &wait));
    assert_int_equal(wait, 1);
    assert_true(bd_limiter_take(&l, 0, 3000, NULL));
    assert_int_equal(l.gated, 2);
}

static void a_call_that_was_never_sent_costs_nothing(void **state)
{
    struct bd_limiter l = with(8, 3);

    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_true(bd_limiter_take(&l, 0, 1000 + i, NULL));
        bd_limiter_cancel(&l, 0, 1000 + i);
    }
    assert_int_equal(l.out, 0);
    assert_int_equal(l.granted, 0);
    assert_int_equal(grants_at(&l, 1100), 3);
}

static struct bd_limiter with_out(int32_t concurrency, int32_t out, int64_t now_ms)
{
    struct bd_limiter l = with(concurrency, 0);

    for (int32_t i = 0; i < out; i++)
        assert_true(bd_limiter_take(&l, 0, now_ms, NULL));
    return l;
}

static void refuse(struct bd_limiter *l, int64_t taken_ms, int64_t now_ms)
{
    bd_limiter_crowded(l, taken_ms, now_ms);
    bd_limiter_give_back(l, now_ms);
}

static void a_crowd_lowers_what_is_allowed_and_success_raises_it(void **state)
{
    struct bd_limiter l = with_out(8, 8, 100);

    (void)state;
    refuse(&l, 100, 500);
    assert_int_equal(l.allowed, 5);
    refuse(&l, 100, 501);
    assert_int_equal(l.allowed, 5); /* the same volley: 6 of it may have been taken */
    for (int i = 0; i < 2; i++)
        refuse(&l, 100, 502);
    assert_int_equal(l.allowed, 4); /* as many as it took */
    assert_int_equal(bd_limiter_look(&l, 0, 600, NULL), BD_LIMITER_FULL);
    for (int i = 0; i < 4; i++)
        bd_limiter_succeeded(&l);
    assert_int_equal(l.allowed, 5);
    for (int i = 0; i < 1000; i++)
        bd_limiter_succeeded(&l);
    assert_int_equal(l.allowed, 8);
    refuse(&l, 500, 700); /* let through in the instant of the first refusal: no news */
    assert_int_equal(l.allowed, 3); /* 5 of the 8 were refused by now */
    for (int i = 0; i < 3; i++) {
        bd_limiter_succeeded(&l);
        bd_limiter_give_back(&l, 750);
    }
    for (int i = 0; i < 3; i++)
        assert_true(bd_limiter_take(&l, 0, 760, NULL));
    refuse(&l, 760, 800); /* let through after it: it was not enough */
    assert_int_equal(l.allowed, 2);
    for (int64_t now = 10000; now < 100000; now += 1000)
        refuse(&l, now, now + 20);
    assert_int_equal(l.allowed, 1); /* never none */
}

/* One call in fifty is refused, whoever asks: that is not a crowd. */
static void a_refusal_now_and_then_among_many_calls_is_chance(void **state)
{
    struct bd_limiter l = with_out(200, 200, 0);
    int low = 200;

    (void)state;
    for (int64_t now = 1; now < 20000; now++) {
        if (now % 50 == 0)
            refuse(&l, now - 1, now);
        else {
            bd_limiter_succeeded(&l);
            bd_limiter_give_back(&l, now);
        }
        while (bd_limiter_take(&l, 0, now, NULL))
            ;
        low = l.allowed < low ? l.allowed : low;
    }
    assert_int_equal(low, 200);
    for (int64_t now = 20000; now < 20400; now++) { /* one in ten is */
        if (now % 10 == 0)
            refuse(&l, now - 1, now);
        else
            bd_limiter_succeeded(&l);
    }
    assert_true(l.allowed < 150);
}

static void refused_in_vain_it_waits_longer_and_longer(void **state)
{
    static const int64_t waits[] = {0, 1000, 2000, 4000, 4000, 4000};
    struct bd_limiter l = with_out(4, 1, 0);
    int64_t now = 1, wait;

    (void)state;
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        refuse(&l, now, now);
        (void)bd_limiter_look(&l, 0, now, &wait);
        assert_int_equal(wait, waits[i]);
        now += wait + 1;
        assert_true(bd_limiter_take(&l, 0, now, NULL));
    }
    bd_limiter_succeeded(&l);
    refuse(&l, now, now + 10); /* it was well in between */
    assert_int_equal(bd_limiter_look(&l, 0, now + 10, NULL), BD_LIMITER_FREE);
}

/* RELIABILITY R10, in virtual time: the provider takes 32 calls at once for 2 s each and
 * refuses the 33rd after 20 ms; there always is more to ask. */
struct crowd {
    struct bd_limiter l;
    struct {
        int64_t taken_ms, end_ms;
        bool refused;
    } calls[256];
    int inside, calls_out;
    int granted, refused, first_minute, low, high;
};

static void end_calls(struct crowd *c, int64_t now)
{
    for (int i = 0; i < c->calls_out;) {
        if (c->calls[i].end_ms > now) {
            i++;
            continue;
        }
        if (c->calls[i].refused) {
            bd_limiter_crowded(&c->l, c->calls[i].taken_ms, now);
        } else {
            bd_limiter_succeeded(&c->l);
            c->inside--;
        }
        bd_limiter_give_back(&c->l, now);
        c->calls[i] = c->calls[--c->calls_out];
    }
}

static void begin_calls(struct crowd *c, int64_t now)
{
    while (bd_limiter_take(&c->l, 0, now, NULL)) {
        bool refused = c->inside >= 32;

        c->granted++;
        c->refused += refused;
        c->inside += !refused;
        c->calls[c->calls_out].taken_ms = now;
        c->calls[c->calls_out].end_ms = now + (refused ? 20 : 2000);
        c->calls[c->calls_out++].refused = refused;
    }
}

static void it_settles_below_what_the_provider_takes_at_once(void **state)
{
    static struct crowd c;

    (void)state;
    c = (struct crowd){.l = with(64, 0), .low = 1000};
    for (int64_t now = 0; now < 120000; now++) {
        end_calls(&c, now);
        begin_calls(&c, now);
        if (now == 60000) { /* settled by now: what follows is what it is judged by */
            c.first_minute = c.refused;
            c.granted = c.refused = 0;
        }
        if (now >= 60000) {
            c.low = c.l.allowed < c.low ? c.l.allowed : c.low;
            c.high = c.l.allowed > c.high ? c.l.allowed : c.high;
        }
    }
    assert_true(c.first_minute < 60); /* 32 of the first volley, and then few */
    assert_in_range(c.low, 22, 32);   /* 33 x 0.7 = 23 right after a refusal */
    assert_in_range(c.high, 24, 33);  /* the 33rd is how it learns */
    assert_true(c.refused * 20 < c.granted);
    assert_true(c.granted > 600); /* 22 at once would be 660 a minute */
}

static void tokens_of_a_minute_are_kept_and_put_right(void **state)
{
    struct bd_limiter l = with(100, 0);
    int64_t wait;

    (void)state;
    bd_limiter_configure(&l,
                         &(struct bd_limiter_config){.concurrency = 100, .tpm = 1000});
    assert_true(bd_limiter_take(&l, 400, 1000, &wait));
    assert_true(bd_limiter_take(&l, 600, 1500, &wait));
    assert_int_equal(bd_limiter_look(&l, 1, 2000, &wait), BD_LIMITER_TOKENS);
    assert_int_equal(wait, 60000); /* the second of both leaves the window at 62 s */
    bd_limiter_used(&l, 1500, 600, 100); /* it was less */
    assert_true(bd_limiter_take(&l, 500, 2000, &wait));
    assert_false(bd_limiter_take(&l, 1, 2000, &wait));
    bd_limiter_used(&l, 2000, 500, 900); /* it was more: the next waits for it */
    assert_false(bd_limiter_take(&l, 100, 61999, &wait));
    assert_true(bd_limiter_take(&l, 100, 62000, NULL));
}

static void a_call_over_the_limit_of_a_minute_waits_for_an_empty_one(void **state)
{
    struct bd_limiter l = with(100, 0);
    int64_t wait;

    (void)state;
    bd_limiter_configure(&l,
                         &(struct bd_limiter_config){.concurrency = 100, .tpm = 1000});
    assert_true(bd_limiter_take(&l, 1, 0, NULL));
    assert_false(bd_limiter_take(&l, 5000, 0, &wait));
    assert_int_equal(wait, 61000);
    assert_true(bd_limiter_take(&l, 5000, 61000, NULL));
    assert_false(bd_limiter_take(&l, 1, 61000, NULL));
}

static void slots_above_the_first_open_over_the_ramp(void **state)
{
    const struct bd_limiter_config config = {.concurrency = 1100, .ramp_ms = 1000};
    struct bd_limiter l;
    int64_t wait;
    int at[] = {0, 0, 0};

    (void)state;
    bd_limiter_init(&l, &config);
    for (int64_t now = 5000; now <= 6000; now += 500)
        while (bd_limiter_take(&l, 0, now, &wait))
            at[(now - 5000) / 500]++;
    assert_int_equal(at[0], 100);
    assert_int_equal(at[1], 500);
    assert_int_equal(at[2], 500);
    assert_int_equal(wait, -1); /* all slots are out */
    for (int i = 0; i < 1100; i++)
        bd_limiter_give_back(&l, 7000);
    for (int i = 0; i < 1100; i++) /* warm: no ramp */
        assert_true(bd_limiter_take(&l, 0, 16999, NULL));
    for (int i = 0; i < 1100; i++)
        bd_limiter_give_back(&l, 17000);
    for (int i = 0; i < 100; i++)
        assert_true(bd_limiter_take(&l, 0, 27000, NULL));
    assert_int_equal(bd_limiter_look(&l, 0, 27000, &wait), BD_LIMITER_RAMP);
    assert_int_equal(wait, 10); /* not a wake-up a slot */
}

static void new_limits_keep_the_record(void **state)
{
    struct bd_limiter l = with(4, 60);
    int64_t wait;

    (void)state;
    assert_int_equal(grants_at(&l, 0), 10);
    assert_false(bd_limiter_take(&l, 0, 0, NULL));
    bd_limiter_configure(&l, &(struct bd_limiter_config){20, 12, 0, 0});
    assert_int_equal(l.allowed, 20);
    assert_int_equal(grants_at(&l, 0), 2); /* 10 of the 12 are gone */
    bd_limiter_configure(&l, &(struct bd_limiter_config){2, 5, 0, 0});
    assert_int_equal(l.allowed, 2);
    assert_false(bd_limiter_take(&l, 0, 50000, &wait));
    refuse(&l, 50000, 50000);
    bd_limiter_configure(&l, &(struct bd_limiter_config){20, 0, 0, 0});
    assert_int_equal(l.allowed, 1); /* what was learnt stays */
}

static void limits_out_of_range_are_moved_into_it(void **state)
{
    struct bd_limiter l = with(0, -5);

    (void)state;
    assert_int_equal(l.config.concurrency, 1);
    assert_int_equal(l.config.rpm, 0);
    assert_true(bd_limiter_take(&l, 0, 0, NULL));
    bd_limiter_give_back(&l, 0);
    bd_limiter_give_back(&l, 0); /* one too many adds no slot */
    assert_int_equal(l.out, 0);
}

static void waits_have_names(void **state)
{
    (void)state;
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_FREE), "free");
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_GATED), "rate limited");
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_PACED), "requests per minute");
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_FULL), "concurrency");
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_TOKENS), "tokens per minute");
    assert_string_equal(bd_limiter_wait_name(BD_LIMITER_RAMP), "start ramp");
}

/* A caller who does anything at any time, and what must hold whatever he does. */
struct world {
    struct bd_limiter l;
    struct bd_random r;
    int64_t now, gate;
    int64_t times[20000]; /* of the grants that stand */
    int granted, out;
};

static void check_grant(const struct world *w, int seed)
{
    int in_window = 0;

    for (int i = w->granted - 1; i >= 0 && w->times[i] > w->now - MINUTE; i--)
        in_window++;
    if (w->now < w->gate)
        fail_msg("seed %d: through a closed gate at %lld", seed, (long long)w->now);
    if (w->out > w->l.config.concurrency)
        fail_msg("seed %d: %d at once", seed, w->out);
    if (w->l.config.rpm && in_window > w->l.config.rpm)
        fail_msg("seed %d: %d within a minute", seed, in_window);
}

/* What it says about waiting is what it then does, tried on copies. */
static void check_wait(const struct world *w, int64_t wait, int seed)
{
    struct bd_limiter copy = w->l;

    if (wait < 0) {
        assert_int_equal(w->out, w->l.allowed);
        return;
    }
    assert_true(wait > 0);
    if (bd_limiter_take(&copy, 0, w->now + wait - 1, NULL))
        fail_msg("seed %d: it would have gone earlier", seed);
}

static void ask(struct world *w, int seed)
{
    int64_t wait = 12345;

    if (!bd_limiter_take(&w->l, 0, w->now, &wait)) {
        check_wait(w, wait, seed);
        return;
    }
    w->times[w->granted++] = w->now;
    w->out++;
    check_grant(w, seed);
    if (bd_random_below(&w->r, 20) == 0) {
        bd_limiter_cancel(&w->l, 0, w->now);
        w->granted--;
        w->out--;
    }
}

static void act(struct world *w, int seed)
{
    uint32_t what = bd_random_below(&w->r, 100);

    if (what < 60)
        ask(w, seed);
    if (what >= 50 && what < 96 && w->out > 0) {
        bd_limiter_give_back(&w->l, w->now);
        w->out--;
    }
    if (what >= 98) {
        int64_t until = w->now + (int64_t)bd_random_below(&w->r, 3000);

        bd_limiter_gate(&w->l, until);
        w->gate = until > w->gate ? until : w->gate;
    }
    if (bd_random_below(&w->r, 3) == 0)
        w->now += (int64_t)bd_random_below(&w->r, what < 5 ? 20000 : 200);
}

static void no_schedule_gets_more_than_the_limits(void **state)
{
    static struct world w;

    (void)state;
    for (int seed = 1; seed <= 200; seed++) {
        w = (struct world){.now = 999};
        bd_random_init(&w.r, (uint64_t)seed);
        w.l = with(1 + (int32_t)bd_random_below(&w.r, 40),
                   (int32_t)bd_random_below(&w.r, 600));
        for (int i = 0; i < 5000; i++)
            act(&w, seed);
        assert_int_equal(w.l.out, w.out);
        assert_int_equal(w.l.granted, w.granted);
    }
}

/* Whoever comes back when he is told to gets what the limit promises. */
static void nobody_starves(void **state)
{
    static const int32_t rates[] = {1, 2, 7, 59, 60, 61, 500, 6000, 100000};

    (void)state;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        struct bd_limiter l = with(3, rates[i]);
        int64_t now = 123, end = now + 10 * 61000, wait = 0;
        int64_t granted = 0, asked = 0;

        for (; now < end; asked++) {
            if (bd_limiter_take(&l, 0, now, &wait)) {
                bd_limiter_give_back(&l, now);
                granted++;
            } else {
                assert_true(wait > 0);
                now += wait;
            }
        }
        /* An interval is rounded up to a microsecond, a wait to a millisecond. */
        assert_true(granted >= (int64_t)rates[i] * 10 * 97 / 100);
        assert_true(granted <= (int64_t)rates[i] * 11);
        assert_true(asked <= 2 * granted + 20); /* no busy waiting */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_house_waits_for_a_slot),
        cmocka_unit_test(it_begins_with_a_burst),
        cmocka_unit_test(after_the_burst_it_keeps_the_pace),
        cmocka_unit_test(a_minute_never_holds_more_than_its_share),
        cmocka_unit_test(no_limit_per_minute_means_none),
        cmocka_unit_test(a_gate_is_never_shortened),
        cmocka_unit_test(a_call_that_was_never_sent_costs_nothing),
        cmocka_unit_test(a_crowd_lowers_what_is_allowed_and_success_raises_it),
        cmocka_unit_test(a_refusal_now_and_then_among_many_calls_is_chance),
        cmocka_unit_test(refused_in_vain_it_waits_longer_and_longer),
        cmocka_unit_test(it_settles_below_what_the_provider_takes_at_once),
        cmocka_unit_test(tokens_of_a_minute_are_kept_and_put_right),
        cmocka_unit_test(a_call_over_the_limit_of_a_minute_waits_for_an_empty_one),
        cmocka_unit_test(slots_above_the_first_open_over_the_ramp),
        cmocka_unit_test(new_limits_keep_the_record),
        cmocka_unit_test(limits_out_of_range_are_moved_into_it),
        cmocka_unit_test(waits_have_names),
        cmocka_unit_test(no_schedule_gets_more_than_the_limits),
        cmocka_unit_test(nobody_starves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
