/* tests/runtime/test_reading.c - a reply's bytes, with a provider that is plain to see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "runtime/reading.h"

static char error_seen[400]; /* "status type body" of the last call of error() */

/* "stop" and "end" are ends, "fail" is an error, all else is text. */
static int read_word(const char *s, size_t n, struct bd_answer *out, struct bd_error *err)
{
    if (n == 4 && memcmp(s, "fail", 4) == 0)
        return bd_fail(err, BD_ERR_QUOTA, 200, "plain", "failed");
    if (n == 4 && memcmp(s, "stop", 4) == 0)
        out->finish = BD_FINISH_STOP;
    else if (n == 3 && memcmp(s, "end", 3) == 0)
        out->done = 1;
    else
        return bd_buf_append(out->text, s, n);
    return 0;
}

static int plain_event(void *self, const struct bd_event *event, struct bd_answer *out,
                       struct bd_error *err)
{
    (void)self;
    return read_word(event->data, event->data_bytes, out, err);
}

static int plain_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
                       struct bd_error *err)
{
    (void)self;
    return read_word(reply->body, reply->body_bytes, out, err);
}

static void plain_error(void *self, const struct bd_reply *reply, struct bd_error *err)
{
    (void)self;
    snprintf(error_seen, sizeof(error_seen), "%d %s %.*s", (int)reply->status,
             reply->content_type, (int)reply->body_bytes, reply->body);
    (void)bd_fail(err, BD_ERR_AUTH, reply->status, "plain", "refused");
}

static const struct bd_provider plain = {
    .base = {.struct_size = sizeof(plain), .kind = BD_PROVIDER, .name = "plain"},
    .capabilities = BD_CAN_STREAM,
    .reply = plain_reply,
    .event = plain_event,
    .error = plain_error,
};

static const struct bd_reading_limits small = {20, 60, 30, 25, 15};

static int set_up(void **state)
{
    static struct bd_reading r;

    error_seen[0] = '\0';
    bd_reading_init(&r, &plain, NULL, &small);
    *state = &r;
    return 0;
}

static int tear_down(void **state)
{
    bd_reading_free(*state);
    return 0;
}

/* Reads one reply and gives its outcome: the text, or the name of the error's type and
 * the text that had arrived. */
static const char *outcome(struct bd_reading *r, int status, const char *type,
                           const char *bytes, const struct bd_error *broken)
{
    static char text[200];
    struct bd_error err = {0};

    bd_reading_reset(r);
    bd_reading_head(r, status, type);
    for (const char *p = bytes; *p && bd_reading_feed(r, p, 1); p++)
        ;
    if (bd_reading_finish(r, broken, &err) == 0)
        snprintf(text, sizeof(text), "%s", r->text.data);
    else
        snprintf(text, sizeof(text), "%s: %s", bd_error_name(err.type), r->text.data);
    return text;
}

static const struct {
    int status;
    const char *type, *bytes, *outcome;
} replies[] = {
    {200, "text/event-stream", "data: a\n\ndata: b\n\ndata: stop\n\n", "ab"},
    {200, "text/event-stream", "data: a\n\ndata: [DONE]\n\ndata: b\n\n", "a"},
    {200, "text/event-stream", "data: a\n\ndata: end\n\ndata: b\n\n", "a"},
    {200, "text/event-stream", "data: a\n\ndata: fail\n\ndata: b\n\n", "quota: a"},
    {200, "text/event-stream", "data: a\n\n", "overloaded: a"},
    {200, "text/event-stream", ": x\n\n: y\n\n", "timeout: "},
    {200, "text/event-stream", "", "timeout: "},
    {200, "text/event-stream", "data: [DONE]", "empty_answer: "},
    {200, "", "data: a\n\ndata: [DONE]\n\n", "a"},
    {200, "", "whole", "whole"},
    {200, "", "data", "data"}, /* might have been a stream until it ended */
    {200, "", "fail", "quota: "},
    {200, "", "", "empty_answer: "},
    {201, "", "whole", "whole"},
    {200, "", "a body of 21 bytes ...", "too_large: "},
    {200, "text/event-stream", ": a line of more than thirty bytes\n", "too_large: "},
    {200, "text/event-stream", "data: 0123456789\n\ndata: 0123456789\n\ndata: 012345\n\n",
     "too_large: 01234567890123456789"},
    {200, "text/event-stream",
     ": 2345678\n: 2345678\n: 2345678\n: 2345678\n: 2345678\n: 2345678\n: 2345678\n",
     "too_large: "},
};

static void a_reply_has_its_outcome(void **state)
{
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        const char *got =
            outcome(*state, replies[i].status, replies[i].type, replies[i].bytes, NULL);

        if (strcmp(got, replies[i].outcome) != 0)
            fail_msg("%s: %s, not %s", replies[i].bytes, got, replies[i].outcome);
    }
}

static void an_error_is_read_by_the_provider(void **state)
{
    static const struct {
        const char *bytes, *seen;
    } errors[] = {
        {"why", "400 t why"},
        {"", "400 t "},
        {"cut at fifteen bytes", "400 t cut at fifteen "},
        {"data:x\n\n", "400 t x"},                      /* a stream: its data */
        {"status:500\ndata", "400 t status:500\ndata"}, /* a stream without any */
        {"status:503\nd:", "400 t status:503\nd:"},
    };

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        assert_string_equal(outcome(*state, 400, "t", errors[i].bytes, NULL), "auth: ");
        assert_string_equal(error_seen, errors[i].seen);
    }
}

static void a_break_counts_until_the_end_was_seen(void **state)
{
    static const struct bd_error broken = {.type = BD_ERR_NETWORK};
    struct bd_reading *r = *state;

    assert_string_equal(outcome(r, 200, "", "data: a\n\n", &broken), "network: a");
    assert_string_equal(outcome(r, 200, "", "data: a\n\ndata: stop\n\n", &broken), "a");
    assert_string_equal(outcome(r, 200, "", "data: a\n\ndata: end\n\n", &broken), "a");
    assert_string_equal(outcome(r, 200, "", "data: a\n\ndata: fail\n\n", &broken),
                        "quota: a");
    assert_string_equal(outcome(r, 200, "", "half", &broken), "network: ");
    assert_string_equal(outcome(r, 400, "", "half", &broken), "auth: ");
    assert_string_equal(outcome(r, 0, "", "", &broken), "network: ");
}

static void what_has_arrived_can_be_read_at_any_time(void **state)
{
    static const char first[] = "data: a\n\ndata: \xe6\x96";
    struct bd_reading *r = *state;

    bd_reading_head(r, 200, "text/event-stream");
    assert_true(bd_reading_feed(r, first, sizeof(first) - 1));
    assert_string_equal(r->text.data, "a");
    assert_true(bd_reading_feed(r, "\xb0\n\n", 3));
    assert_string_equal(r->text.data, "a新");
}

static void keep_alives_are_bytes_and_no_events(void **state)
{
    struct bd_reading *r = *state;

    bd_reading_head(r, 200, "text/event-stream");
    assert_true(bd_reading_feed(r, ": ping\n\n", 8));
    assert_int_equal(r->bytes, 8);
    assert_int_equal(r->events, 0);
    assert_true(bd_reading_feed(r, "data: a\n\n", 9));
    assert_int_equal(r->bytes, 17);
    assert_int_equal(r->events, 1);
}

static void blanks_before_a_body_are_not_kept(void **state)
{
    static const char blanks[] = "\r\n \t\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
    struct bd_reading *r = *state;
    struct bd_error err;

    bd_reading_head(r, 200, "application/json");
    assert_true(bd_reading_feed(r, blanks, sizeof(blanks) - 1));
    assert_int_equal(r->bytes, sizeof(blanks) - 1); /* past the limit of a body */
    assert_int_equal(r->body.n, 0);
    assert_true(bd_reading_feed(r, "\n whole", 7));
    assert_true(bd_reading_feed(r, "\n \n", 3));
    assert_int_equal(bd_reading_finish(r, NULL, &err), 0);
    assert_string_equal(r->text.data, "whole\n \n");
    assert_string_equal(outcome(r, 200, "", "\n\n\ndata: a\n\ndata: end\n\n", NULL), "a");
    assert_string_equal(outcome(r, 200, "text/event-stream", "\n \n", NULL), "timeout: ");
    assert_string_equal(outcome(r, 200, "", "\n \n", NULL), "empty_answer: ");
}

static void the_content_type_may_be_missing(void **state)
{
    assert_string_equal(outcome(*state, 200, NULL, "whole", NULL), "whole");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_reply_has_its_outcome),
        CASE(an_error_is_read_by_the_provider),
        CASE(a_break_counts_until_the_end_was_seen),
        CASE(what_has_arrived_can_be_read_at_any_time),
        CASE(keep_alives_are_bytes_and_no_events),
        CASE(blanks_before_a_body_are_not_kept),
        CASE(the_content_type_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
