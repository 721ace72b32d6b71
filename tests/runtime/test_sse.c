/* tests/runtime/test_sse.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "runtime/sse.h"

/* What was dispatched, as "name/status{data}" after one another. */
static int record(void *arg, const struct bd_event *event)
{
    struct bd_buf *seen = arg;

    assert_int_equal(event->struct_size, sizeof(*event));
    assert_int_equal(strlen(event->data), event->data_bytes);
    bd_buf_addf(seen, "%s/%d{%s}", event->name, (int)event->status, event->data);
    return strcmp(event->data, "stop") == 0;
}

static void cut_in_two(const char *stream, size_t n, size_t cut, struct bd_buf *seen)
{
    struct bd_error err;
    struct bd_sse s;

    bd_sse_init(&s, 1000, record, seen);
    assert_int_equal(bd_sse_feed(&s, stream, cut, &err), 0);
    assert_int_equal(bd_sse_feed(&s, stream + cut, n - cut, &err), 0);
    assert_int_equal(bd_sse_end(&s, &err), 0);
    bd_sse_free(&s);
}

static const struct {
    const char *what, *stream, *seen;
} cases[] = {
    {"LF", "data: a\n\ndata: b\n\n", "/0{a}/0{b}"},
    {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", "/0{a}/0{b}"},
    {"CR", "data: a\r\rdata: b\r\r", "/0{a}/0{b}"},
    {"all ends mixed", "data: a\r\n\rdata: b\n\r\ndata: c\r\n\n", "/0{a}/0{b}/0{c}"},
    {"CRLF between data lines", "data: {\r\ndata: }\r\n\r\n", "/0{{\n}}"},
    {"a byte order mark later is text",
     "data: a\n\n\xef\xbb\xbf"
     "data: b\n\n",
     "/0{a}"},
    {"no space after the colon", "data:{\"a\":1}\n\n", "/0{{\"a\":1}}"},
    {"one space is taken, the rest is trimmed", "data:   a  \n\n", "/0{a}"},
    {"several data lines", "data: {\ndata:  \"a\":1\ndata: }\n\n", "/0{{\n \"a\":1\n}}"},
    {"names", "event: ping\ndata: a\n\ndata: b\n\n", "ping/0{a}/0{b}"},
    {"name behind the data", "data: a\nevent: x\n\n", "x/0{a}"},
    {"id and retry and unknown fields", "id: 1\nretry: 5\nfoo: x\nbare\ndata: a\n\n",
     "/0{a}"},
    {"comments", ": keep-alive\n\n:\n\n: x\ndata: a\n\n", "/0{a}"},
    {"an event without data is none", "event: ping\n\nid: 3\n\ndata: a\n\n", "/0{a}"},
    {"an empty data line is none", "data:\n\ndata: \n\ndata\n\ndata: a\n\n", "/0{a}"},
    {"status line", "status:429\ndata: a\n\ndata: b\n\n", "/429{a}/0{b}"},
    {"status comment", "id:1\nevent:error\n:HTTP_STATUS/429 TOO_MANY\ndata:{}\n\n",
     "error/429{{}}"},
    {"status without colon", "HTTP_STATUS/500\ndata: a\n\n", "/500{a}"},
    {"a status that is none", "status: abc\ndata: a\n\nstatus:99999999999\ndata: b\n\n",
     "/0{a}/0{b}"},
    {"byte order mark",
     "\xef\xbb\xbf"
     "data: a\n\n",
     "/0{a}"},
    {"one newline between events",
     "data: {\"a\":[1,\"}\\\"]\"]}\ndata: {}\ndata: [DONE]\n",
     "/0{{\"a\":[1,\"}\\\"]\"]}}/0{{}}/0{[DONE]}"},
    {"one newline, with names", "event: a\ndata: {}\nevent: b\ndata: {}\n",
     "a/0{{}}b/0{{}}"},
    {"one newline, with status", "status: 200\ndata: {}\nstatus: 500\ndata: {}\n",
     "/200{{}}/500{{}}"},
    {"no blank line at the end", "data: {\"a\":1}", "/0{{\"a\":1}}"},
    {"[DONE] without its newline", "data: {}\n\ndata: [DONE]", "/0{{}}/0{[DONE]}"},
    {"half an event at the end", "data: {}\n\ndata: {\"a\":", "/0{{}}"},
    {"half a field at the end", "data: {}\n\ndat", "/0{{}}"},
    {"brackets in a string do not count", "data: {\"a\":\"}\ndata: {\"}\n\n",
     "/0{{\"a\":\"}\n{\"}}"},
    {"something behind the value", "data: {} x\ndata: {}\n\n", "/0{{} x\n{}}"},
    {"Unicode line ends are text", "data: {\"a\":\"\xe2\x80\xa8\xc2\x85\"}\n\n",
     "/0{{\"a\":\"\xe2\x80\xa8\xc2\x85\"}}"},
    {"Chinese", "data: {\"a\":\"新能源汽车\"}\n\n", "/0{{\"a\":\"新能源汽车\"}}"},
    {"nothing", "", ""},
    {"blank lines only", "\n\r\n\r\n\n", ""},
    {"the reader stops", "data: a\n\ndata: stop\n\ndata: b\n\n", "/0{a}/0{stop}"},
};

static void events_are_the_same_wherever_the_bytes_are_cut(void **state)
{
    struct bd_buf seen;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t n = strlen(cases[i].stream);

        for (size_t cut = 0; cut <= n; cut++) {
            bd_buf_init(&seen, 1000);
            cut_in_two(cases[i].stream, n, cut, &seen);
            if (strcmp(seen.data, cases[i].seen) != 0)
                fail_msg("%s, cut at %zu: %s", cases[i].what, cut, seen.data);
            bd_buf_free(&seen);
        }
    }
}

static void events_are_the_same_byte_by_byte(void **state)
{
    struct bd_buf seen;
    struct bd_error err;
    struct bd_sse s;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bd_buf_init(&seen, 1000);
        bd_sse_init(&s, 1000, record, &seen);
        for (const char *p = cases[i].stream; *p; p++)
            assert_int_equal(bd_sse_feed(&s, p, 1, &err), 0);
        assert_int_equal(bd_sse_end(&s, &err), 0);
        assert_string_equal(seen.data, cases[i].seen);
        bd_sse_free(&s);
        bd_buf_free(&seen);
    }
}

static void comments_are_counted_apart_from_events(void **state)
{
    static const char stream[] = ": a\n\n:\n\n:HTTP_STATUS/200\ndata: x\n\n: b\n";
    struct bd_buf seen;
    struct bd_error err;
    struct bd_sse s;

    (void)state;
    bd_buf_init(&seen, 1000);
    bd_sse_init(&s, 1000, record, &seen);
    assert_int_equal(bd_sse_feed(&s, stream, strlen(stream), &err), 0);
    assert_int_equal(s.comments, 3);
    assert_int_equal(s.events, 1);
    bd_sse_free(&s);
    bd_buf_free(&seen);
}

/* piece is repeated `times`; the limit is 1000 bytes. */
static int feed_many(const char *piece, size_t times, struct bd_error *err)
{
    struct bd_buf seen;
    struct bd_sse s;
    int rc = 0;

    bd_buf_init(&seen, 100);
    bd_sse_init(&s, 1000, record, &seen);
    for (size_t i = 0; i < times && rc == 0; i++)
        rc = bd_sse_feed(&s, piece, strlen(piece), err);
    if (rc < 0) /* nothing more is taken after a failure */
        assert_int_equal(bd_sse_feed(&s, "data: x\n\n", 9, &(struct bd_error){0}), 0);
    assert_int_equal(seen.n, 0);
    bd_sse_free(&s);
    bd_buf_free(&seen);
    return rc;
}

static void what_never_ends_is_too_large(void **state)
{
    struct bd_error err;
    char line[2000];

    (void)state;
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 2] = '\n';
    line[sizeof(line) - 1] = '\0';
    assert_int_equal(feed_many("xxxxxxxxxx", 101, &err), -1); /* a line in pieces */
    assert_int_equal(err.type, BD_ERR_TOO_LARGE);
    assert_int_equal(feed_many(line, 1, &err), -1); /* a line at once */
    assert_int_equal(err.type, BD_ERR_TOO_LARGE);
    assert_int_equal(feed_many("data: xxxxx\n", 200, &err), -1); /* an event */
    assert_int_equal(err.type, BD_ERR_TOO_LARGE);
    assert_int_equal(feed_many(": xxxxx\n", 1000, &err), 0); /* comments may go on */
}

static int count(void *arg, const struct bd_event *event)
{
    (void)event;
    ++*(size_t *)arg;
    return 0;
}

/* A cutter that looked at the data again with each line would need hours here. */
static void time_is_linear_in_the_bytes(void **state)
{
    static const char half[] = "data: {\"a\":\"bbbbbbbbbbbbbbbbbbbbbbbb\ndata: ";
    size_t events = 0;
    struct bd_error err;
    struct bd_sse s;

    (void)state;
    bd_sse_init(&s, 64u << 20, count, &events);
    for (size_t i = 0; i < 500000; i++)
        assert_int_equal(bd_sse_feed(&s, half, sizeof(half) - 1, &err), 0);
    assert_int_equal(bd_sse_feed(&s, "\n\n", 2, &err), 0);
    assert_int_equal(events, 1);
    bd_sse_free(&s);
}

static void random_bytes_do_no_harm(void **state)
{
    static const char alphabet[] = "\n\r\r\n:: data:event:[]{}\"\\DONE\xef\xbb\xbf\xff";
    uint32_t seed = 20261123;
    struct bd_error err;
    size_t events = 0;
    struct bd_sse s;
    char block[97];

    (void)state;
    for (int round = 0; round < 2000; round++) {
        bd_sse_init(&s, 300, count, &events);
        for (int b = 0; b < 8; b++) {
            for (size_t i = 0; i < sizeof(block); i++) {
                seed = seed * 1664525u + 1013904223u;
                block[i] = alphabet[(seed >> 16) % sizeof(alphabet)];
            }
            if (bd_sse_feed(&s, block, sizeof(block), &err) < 0)
                assert_int_equal(err.type, BD_ERR_TOO_LARGE);
        }
        assert_int_equal(bd_sse_end(&s, &err), 0);
        bd_sse_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_the_same_wherever_the_bytes_are_cut),
        cmocka_unit_test(events_are_the_same_byte_by_byte),
        cmocka_unit_test(comments_are_counted_apart_from_events),
        cmocka_unit_test(what_never_ends_is_too_large),
        cmocka_unit_test(time_is_linear_in_the_bytes),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
