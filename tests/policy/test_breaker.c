/* tests/policy/test_breaker.c - what the scripted cases cannot say: counters, waiting
 * times, other limits in the middle, what each error means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/fail.h"
#include "policy/breaker.h"

static struct bd_breaker closed(void)
{
    struct bd_breaker b;

    bd_breaker_init(&b, &bd_breaker_default);
    return b;
}

static struct bd_breaker opened_at(int64_t now_ms)
{
    struct bd_breaker b = closed();

    for (int i = 0; i < 5; i++) {
        struct bd_ticket t;

        assert_true(bd_breaker_allow(&b, now_ms, &t));
        bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, now_ms);
    }
    return b;
}

static void a_rejected_call_has_nothing_to_report(void **state)
{
    struct bd_breaker b = opened_at(0);
    struct bd_ticket t = {.generation = 99, .slot = 3, .open = true};

    (void)state;
    assert_false(bd_breaker_allow(&b, 1, &t));
    assert_false(t.open);
    bd_breaker_done(&b, &t, BD_OUTCOME_OK, 2);
    assert_int_equal(bd_breaker_state(&b, 2), BD_BREAKER_OPEN);
    assert_int_equal(b.stale, 0);
    assert_int_equal(b.rejected, 1);
}

static void it_says_when_to_ask_again(void **state)
{
    struct bd_breaker b = opened_at(1000);
    struct bd_ticket t;

    (void)state;
    assert_int_equal(bd_breaker_retry_in_ms(&b, 1000), 30000);
    assert_int_equal(bd_breaker_retry_in_ms(&b, 30999), 1);
    assert_int_equal(bd_breaker_retry_in_ms(&b, 31000), 0);
    assert_true(bd_breaker_allow(&b, 31000, &t));
    assert_int_equal(bd_breaker_retry_in_ms(&b, 31000), -1); /* the probe decides */
    assert_int_equal(bd_breaker_retry_in_ms(&b, 55999), -1);
    assert_int_equal(bd_breaker_retry_in_ms(&b, 56000), 30000); /* it was lost */
    b = closed();
    assert_int_equal(bd_breaker_retry_in_ms(&b, 5), 0);
}

static void looking_at_it_changes_nothing(void **state)
{
    struct bd_breaker b = opened_at(0), before;
    struct bd_ticket t;

    (void)state;
    for (int i = 0; i < 2; i++) {
        before = b;
        for (int64_t now = 0; now < 100000; now += 500) {
            (void)bd_breaker_state(&b, now);
            (void)bd_breaker_retry_in_ms(&b, now);
        }
        assert_memory_equal(&b, &before, sizeof(b));
        assert_true(bd_breaker_allow(&b, 30000, &t) == (i == 0)); /* still there */
    }
}

static void a_probe_noticed_late_was_lost_at_the_end_of_its_lease(void **state)
{
    struct bd_breaker b = opened_at(0);
    struct bd_ticket lost, next;

    (void)state;
    assert_true(bd_breaker_allow(&b, 30000, &lost));
    /* Nobody asks until the lease and another recovery time have both passed. */
    assert_true(bd_breaker_allow(&b, 85000, &next));
    assert_int_equal(b.transitions, 4);
    bd_breaker_done(&b, &lost, BD_OUTCOME_OK, 85001);
    assert_int_equal(b.stale, 1);
    assert_int_equal(bd_breaker_state(&b, 85001), BD_BREAKER_HALF_OPEN);
    bd_breaker_done(&b, &next, BD_OUTCOME_OK, 85002);
    assert_int_equal(bd_breaker_state(&b, 85002), BD_BREAKER_CLOSED);
}

static void a_report_at_the_end_of_the_lease_is_too_late(void **state)
{
    struct bd_breaker b = opened_at(0);
    struct bd_ticket t;

    (void)state;
    assert_true(bd_breaker_allow(&b, 30000, &t));
    bd_breaker_done(&b, &t, BD_OUTCOME_OK, 55000);
    assert_int_equal(b.state, BD_BREAKER_OPEN);
    assert_int_equal(b.cause, BD_BREAKER_PROBE_LOST);
    assert_int_equal(b.opened_ms, 55000);
    assert_int_equal(b.stale, 1);
}

static void each_probe_has_its_own_lease(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    struct bd_breaker b = opened_at(0);
    struct bd_ticket first, second;

    (void)state;
    config.half_open_max = 2;
    bd_breaker_configure(&b, &config);
    assert_true(bd_breaker_allow(&b, 30000, &first));
    assert_true(bd_breaker_allow(&b, 50000, &second));
    bd_breaker_done(&b, &first, BD_OUTCOME_OK, 54999);
    assert_int_equal(bd_breaker_state(&b, 74999), BD_BREAKER_HALF_OPEN);
    assert_int_equal(bd_breaker_state(&b, 75000), BD_BREAKER_OPEN);
    bd_breaker_done(&b, &second, BD_OUTCOME_OK, 74999);
    assert_int_equal(bd_breaker_state(&b, 74999), BD_BREAKER_CLOSED);
}

static void every_transition_has_a_cause(void **state)
{
    struct bd_breaker b = closed();
    struct bd_ticket t;

    (void)state;
    assert_int_equal(b.cause, BD_BREAKER_NEW);
    b = opened_at(0);
    assert_int_equal(b.cause, BD_BREAKER_FAILURES);
    assert_true(bd_breaker_allow(&b, 30000, &t));
    assert_int_equal(b.cause, BD_BREAKER_RECOVERY);
    bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, 30001);
    assert_int_equal(b.cause, BD_BREAKER_PROBE_FAILED);
    assert_true(bd_breaker_allow(&b, 60001, &t));
    bd_breaker_done(&b, &t, BD_OUTCOME_OK, 60002);
    assert_int_equal(b.cause, BD_BREAKER_PROBE_OK);
    assert_int_equal(b.transitions, 5);
    assert_int_equal(b.outcomes[BD_OUTCOME_FAIL], 6);
    assert_int_equal(b.outcomes[BD_OUTCOME_OK], 1);
}

static void new_limits_keep_the_record_and_apply_from_then_on(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    struct bd_breaker b = closed();
    struct bd_ticket t;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(bd_breaker_allow(&b, 0, &t));
        bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, 0);
    }
    config.threshold = 2;
    bd_breaker_configure(&b, &config);
    assert_int_equal(bd_breaker_state(&b, 0), BD_BREAKER_CLOSED);
    assert_true(bd_breaker_allow(&b, 0, &t));
    bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, 0);
    assert_int_equal(bd_breaker_state(&b, 0), BD_BREAKER_OPEN);
    config.recovery_ms = 100;
    bd_breaker_configure(&b, &config);
    assert_true(bd_breaker_allow(&b, 100, &t)); /* the probe survives the next one */
    bd_breaker_configure(&b, &bd_breaker_default);
    bd_breaker_done(&b, &t, BD_OUTCOME_OK, 101);
    assert_int_equal(bd_breaker_state(&b, 101), BD_BREAKER_CLOSED);
}

static void fewer_probes_than_have_succeeded_already_close_it(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    struct bd_breaker b = opened_at(0);
    struct bd_ticket t;

    (void)state;
    config.half_open_max = 3;
    bd_breaker_configure(&b, &config);
    assert_true(bd_breaker_allow(&b, 30000, &t));
    bd_breaker_done(&b, &t, BD_OUTCOME_OK, 30000);
    assert_int_equal(bd_breaker_state(&b, 30000), BD_BREAKER_HALF_OPEN);
    bd_breaker_configure(&b, &bd_breaker_default);
    assert_int_equal(bd_breaker_state(&b, 30000), BD_BREAKER_CLOSED);
}

static void limits_out_of_range_are_moved_into_it(void **state)
{
    const struct bd_breaker_config low = {
        .threshold = 0, .half_open_max = -1, .recovery_ms = -5, .lease_ms = 0};
    const struct bd_breaker_config high = {
        .threshold = 5, .half_open_max = 1000, .recovery_ms = 1, .lease_ms = 1};
    struct bd_breaker b;

    (void)state;
    bd_breaker_init(&b, &low);
    assert_int_equal(b.config.threshold, 1);
    assert_int_equal(b.config.half_open_max, 1);
    assert_int_equal(b.config.recovery_ms, 0);
    assert_int_equal(b.config.lease_ms, 1);
    bd_breaker_init(&b, &high);
    assert_int_equal(b.config.half_open_max, BD_BREAKER_PROBES);
}

static void a_clock_read_before_the_opening_opens_nothing_early(void **state)
{
    struct bd_breaker b = opened_at(1000);
    struct bd_ticket t;

    (void)state;
    assert_false(bd_breaker_allow(&b, 990, &t));
    assert_int_equal(bd_breaker_retry_in_ms(&b, 990), 30000);
    assert_false(bd_breaker_allow(&b, 30999, &t));
    assert_true(bd_breaker_allow(&b, 31000, &t));
}

/* CB36: a thousand that opened in one instant. */
static void with_jitter_many_do_not_probe_in_one_instant_and_none_early(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    int64_t first = INT64_MAX, last = 0;
    int in_second[4] = {0};

    (void)state;
    config.jitter_ms = 3000;
    for (uint64_t i = 0; i < 1000; i++) {
        struct bd_breaker b;
        struct bd_ticket t;
        int64_t wait;

        bd_breaker_init(&b, &config);
        b.seed = i;
        for (int k = 0; k < 5; k++) {
            assert_true(bd_breaker_allow(&b, 0, &t));
            bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, 0);
        }
        wait = bd_breaker_retry_in_ms(&b, 0);
        assert_false(bd_breaker_allow(&b, wait - 1, &t));
        assert_true(bd_breaker_allow(&b, wait, &t));
        first = wait < first ? wait : first;
        last = wait > last ? wait : last;
        assert_in_range(wait, 30000, 33000);
        in_second[(wait - 30000) / 1000]++;
    }
    assert_true(last - first >= 2500);
    for (int k = 0; k < 3; k++)
        assert_in_range(in_second[k], 250, 420);
}

static void each_opening_has_a_jitter_of_its_own(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    struct bd_breaker b;
    struct bd_ticket t;
    int64_t now = 0, late[3];

    (void)state;
    config.threshold = 1;
    config.jitter_ms = 1000000;
    bd_breaker_init(&b, &config);
    for (int i = 0; i < 3; i++) {
        assert_true(bd_breaker_allow(&b, now, &t));
        bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, now);
        late[i] = bd_breaker_retry_in_ms(&b, now);
        now += late[i];
    }
    assert_true(late[0] != late[1] && late[1] != late[2]);
}

static void it_is_doubtful_once_what_is_out_could_open_it(void **state)
{
    struct bd_breaker b;
    struct bd_ticket t[6];

    (void)state;
    bd_breaker_init(&b, &bd_breaker_default);
    for (int i = 0; i < 6; i++)
        assert_true(bd_breaker_allow(&b, 0, &t[i]));
    assert_false(bd_breaker_doubtful(&b)); /* nothing has failed */
    bd_breaker_done(&b, &t[0], BD_OUTCOME_FAIL, 1);
    assert_true(bd_breaker_doubtful(&b)); /* 1 in a row, 5 are out */
    bd_breaker_done(&b, &t[1], BD_OUTCOME_NEUTRAL, 1);
    bd_breaker_done(&b, &t[2], BD_OUTCOME_NEUTRAL, 1);
    assert_false(bd_breaker_doubtful(&b)); /* 3 are out, 4 would open it */
    bd_breaker_done(&b, &t[3], BD_OUTCOME_FAIL, 1);
    assert_false(bd_breaker_doubtful(&b)); /* 2 are out, 3 would open it */
    bd_breaker_done(&b, &t[4], BD_OUTCOME_FAIL, 1);
    assert_false(bd_breaker_doubtful(&b));
    assert_true(bd_breaker_allow(&b, 1, &t[0]));
    assert_true(bd_breaker_doubtful(&b)); /* 2 are out, 2 would open it */
    bd_breaker_done(&b, &t[0], BD_OUTCOME_OK, 1);
    assert_false(bd_breaker_doubtful(&b));
}

static void the_latest_transitions_are_kept_in_their_order(void **state)
{
    struct bd_breaker b;
    struct bd_ticket t;

    (void)state;
    bd_breaker_init(&b, &bd_breaker_default);
    for (int i = 0; i < 5; i++) {
        assert_true(bd_breaker_allow(&b, 0, &t));
        bd_breaker_done(&b, &t, BD_OUTCOME_FAIL, 0);
    }
    assert_true(bd_breaker_allow(&b, 30000, &t)); /* never reported */
    assert_true(bd_breaker_allow(&b, 90000, &t)); /* two transitions in one call */
    assert_int_equal(b.transitions, 4);
    assert_int_equal(b.changes[0].to, BD_BREAKER_OPEN);
    assert_int_equal(b.changes[1].to, BD_BREAKER_HALF_OPEN);
    assert_int_equal(b.changes[2].to, BD_BREAKER_OPEN);
    assert_int_equal(b.changes[2].cause, BD_BREAKER_PROBE_LOST);
    assert_int_equal(b.changes[3].to, BD_BREAKER_HALF_OPEN);
}

static void each_error_says_its_part_about_the_provider(void **state)
{
    static const enum bd_outcome expected[BD_ERR_COUNT] = {
        [BD_ERR_NONE] = BD_OUTCOME_OK,
        [BD_ERR_AUTH] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_QUOTA] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_RATE_LIMITED] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_OVERLOADED] = BD_OUTCOME_FAIL,
        [BD_ERR_TIMEOUT] = BD_OUTCOME_FAIL,
        [BD_ERR_INVALID_REQUEST] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_CONTENT_FILTERED] = BD_OUTCOME_OK,
        [BD_ERR_MODEL_NOT_FOUND] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_EMPTY_ANSWER] = BD_OUTCOME_FAIL,
        [BD_ERR_NETWORK] = BD_OUTCOME_FAIL,
        [BD_ERR_TOO_LARGE] = BD_OUTCOME_FAIL,
        [BD_ERR_PROTOCOL] = BD_OUTCOME_FAIL,
        [BD_ERR_CANCELLED] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_CONFIG] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_PLUGIN] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_STORAGE] = BD_OUTCOME_NEUTRAL,
        [BD_ERR_INTERNAL] = BD_OUTCOME_NEUTRAL,
    };
    struct bd_error odd = {.type = 4711};

    (void)state;
    assert_int_equal(bd_breaker_outcome(NULL), BD_OUTCOME_OK);
    for (int32_t type = 0; type < BD_ERR_COUNT; type++) {
        struct bd_error err = {.type = type};

        if (bd_breaker_outcome(&err) != expected[type])
            fail_msg("%s", bd_error_name(type));
    }
    assert_int_equal(bd_breaker_outcome(&odd), BD_OUTCOME_NEUTRAL);
}

static void states_and_causes_have_names(void **state)
{
    (void)state;
    assert_string_equal(bd_breaker_state_name(BD_BREAKER_CLOSED), "closed");
    assert_string_equal(bd_breaker_state_name(BD_BREAKER_OPEN), "open");
    assert_string_equal(bd_breaker_state_name(BD_BREAKER_HALF_OPEN), "half_open");
    assert_string_equal(bd_breaker_cause_name(BD_BREAKER_NEW), "new");
    assert_string_equal(bd_breaker_cause_name(BD_BREAKER_PROBE_LOST), "probe lost");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rejected_call_has_nothing_to_report),
        cmocka_unit_test(it_says_when_to_ask_again),
        cmocka_unit_test(looking_at_it_changes_nothing),
        cmocka_unit_test(a_probe_noticed_late_was_lost_at_the_end_of_its_lease),
        cmocka_unit_test(a_report_at_the_end_of_the_lease_is_too_late),
        cmocka_unit_test(each_probe_has_its_own_lease),
        cmocka_unit_test(every_transition_has_a_cause),
        cmocka_unit_test(new_limits_keep_the_record_and_apply_from_then_on),
        cmocka_unit_test(fewer_probes_than_have_succeeded_already_close_it),
        cmocka_unit_test(limits_out_of_range_are_moved_into_it),
        cmocka_unit_test(a_clock_read_before_the_opening_opens_nothing_early),
        cmocka_unit_test(with_jitter_many_do_not_probe_in_one_instant_and_none_early),
        cmocka_unit_test(each_opening_has_a_jitter_of_its_own),
        cmocka_unit_test(it_is_doubtful_once_what_is_out_could_open_it),
        cmocka_unit_test(the_latest_transitions_are_kept_in_their_order),
        cmocka_unit_test(each_error_says_its_part_about_the_provider),
        cmocka_unit_test(states_and_causes_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
