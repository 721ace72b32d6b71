#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/calls.h"

/* Replies */

static void a_whole_reply_comes_with_head_data_and_done(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_int_equal(s->error.type, 0);
    assert_int_equal(s->head.status, 200);
    assert_int_equal(s->end.status, 200);
    assert_int_equal(s->head.retry_after_ms, 0);
    assert_string_equal(s->content_type, "application/json");
    assert_string_equal(s->body, "hello");
    assert_int_equal(s->end.body_bytes, 5);
    assert_true(s->end.sent);
    assert_false(s->end.cancelled);
    assert_in_range(s->end.first_byte_ms, 0, s->end.total_ms);
    drop(s);
    end_with(p);
}

static void the_request_is_one_plain_post(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_ptr_equal(strstr(p->last, "POST /v1?token=QUERY HTTP/1.1\r\n"), p->last);
    assert_non_null(strstr(p->last, "\r\nAuthorization: Bearer " KEY "\r\n"));
    assert_non_null(strstr(p->last, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(p->last, "\r\nAccept-Encoding: gzip\r\n"));
    assert_non_null(strstr(p->last, "\r\n\r\n{\"q\":\"哪款好\"}"));
    assert_null(strcasestr(p->last, "Expect:"));
    assert_null(strcasestr(p->last, "x-www-form-urlencoded"));
    drop(s);
    end_with(p);
}

static void the_caller_may_refuse_compression(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct bd_http_call call = call_to(p->url, 1000);
    struct seen *s;

    (void)state;
    call.headers = "Accept-Encoding: identity\nContent-Type: text/plain";
    s = whole_call(&call);
    assert_non_null(strstr(p->last, "\r\nAccept-Encoding: identity\r\n"));
    assert_null(strstr(p->last, "gzip"));
    drop(s);
    end_with(p);
}

static void pieces_of_a_stream_come_in_order_as_they_are_sent(void **state)
{
    struct peer *p = peer_start(say_pieces);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_int_equal(s->error.type, 0);
    assert_string_equal(s->content_type, "text/event-stream");
    assert_string_equal(s->body,
                        "data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\ndata: e\n\n");
    assert_in_range(s->datas, 5, 10);
    assert_true(s->end.first_byte_ms + 60 < s->end.total_ms);
    drop(s);
    end_with(p);
}

static bool say_gzip(struct peer *p, int fd, const char *request, unsigned nth)
{
    static const unsigned char hello[] = {/* gzip of "hello hello hello hello" */
                                          0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
                                          0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9,
                                          0xc9, 0x57, 0xc8, 0x40, 0x27, 0x01, 0xe3,
                                          0x51, 0x3d, 0x8d, 0x17, 0x00, 0x00, 0x00};
    char head[128];

    (void)p;
    (void)request;
    (void)nth;
    snprintf(head, sizeof(head),
             "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
             sizeof(hello));
    peer_say(fd, head);
    peer_send(fd, hello, sizeof(hello));
    return true;
}

static void a_gzip_body_is_decoded(void **state)
{
    struct peer *p = peer_start(say_gzip);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_int_equal(s->error.type, 0);
    assert_string_equal(s->body, "hello hello hello hello");
    drop(s);
    end_with(p);
}

/* The begin of gzip of zeroes; each further 0 byte stands for 1032 of them. */
static bool say_bomb(struct peer *p, int fd, const char *request, unsigned nth)
{
    static const unsigned char bomb[32768] = {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xec, 0xc1,
        0x01, 0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a};

    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                 "Content-Length: 32768\r\n\r\n");
    peer_send(fd, bomb, sizeof(bomb));
    return false;
}

static void a_compressed_bomb_is_cut_at_the_limit(void **state)
{
    struct peer *p = peer_start(say_bomb);
    struct seen *s = ask(p, 2000);

    (void)state;
    assert_int_equal(s->error.type, BD_ERR_TOO_LARGE);
    assert_int_equal(s->error.recoverable, 0);
    assert_non_null(strstr(s->error.message, "larger than 1048576 bytes"));
    assert_int_equal(s->n, 1 << 20);
    drop(s);
    end_with(p);
}

/* Where a call may go */

static char elsewhere[128];

static bool say_redirect(struct peer *p, int fd, const char *request, unsigned nth)
{
    char head[256];

    (void)p;
    (void)request;
    (void)nth;
    snprintf(head, sizeof(head),
             "HTTP/1.1 307 Temporary\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
             elsewhere);
    peer_say(fd, head);
    return true;
}

static void a_redirect_is_not_followed(void **state)
{
    struct peer *second = peer_start(say_hello);
    struct peer *p = peer_start(say_redirect);
    struct seen *s;

    (void)state;
    snprintf(elsewhere, sizeof(elsewhere), "%s", second->url);
    s = ask(p, 1000);
    assert_int_equal(s->error.type, 0);
    assert_int_equal(s->head.status, 307);
    assert_int_equal(second->connections, 0);
    drop(s);
    bd_http_stop(http);
    http = NULL;
    peer_stop(p);
    peer_stop(second);
}

static void bad_calls_are_refused_at_the_door(void **state)
{
    static const struct {
        const char *url, *headers, *secret;
        bool allow_private;
        int type;
        const char *says;
    } cases[] = {
        {"http://example.com/", NULL, NULL, false, BD_ERR_CONFIG, "in the clear"},
        {"file:///etc/passwd", NULL, NULL, true, BD_ERR_CONFIG, ""},
        {"ftp://127.0.0.1/", NULL, NULL, true, BD_ERR_CONFIG, "not https"},
        {"https://user:pw@example.com/", NULL, NULL, false, BD_ERR_CONFIG, "user"},
        {"https://", NULL, NULL, false, BD_ERR_CONFIG, "not a valid URL"},
        {"", NULL, NULL, false, BD_ERR_CONFIG, "not a valid URL"},
        {NULL, NULL, NULL, false, BD_ERR_CONFIG, "not a valid URL"},
        {"https://h/", "A: b\r\nEvil: c\n", NULL, false, BD_ERR_INVALID_REQUEST, "'A'"},
        {"https://h/", "A: b\nno header\n", NULL, false, BD_ERR_INVALID_REQUEST, ""},
        {"https://h/", "A: b\n\nC: d\n", NULL, false, BD_ERR_INVALID_REQUEST, ""},
        {"https://h/", "A b: c\n", NULL, false, BD_ERR_INVALID_REQUEST, ""},
        {"https://h/", "Host: evil\n", NULL, false, BD_ERR_INVALID_REQUEST, "'Host'"},
        {"https://h/", "content-length: 0\n", NULL, false, BD_ERR_INVALID_REQUEST,
         "core"},
        {"https://h/", NULL, "Authorization: Bearer " KEY "\n", false,
         BD_ERR_INVALID_REQUEST, "'Authorization'"},
        {"https://h/", NULL, "Authorization: Bearer " KEY "\r\nEvil: 1", false,
         BD_ERR_INVALID_REQUEST, "line end in the key"},
        {"https://h/", NULL, KEY, false, BD_ERR_INVALID_REQUEST, "not of the form"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_http_call call = call_to(cases[i].url, 1000);
        struct bd_error err = {0};
        uint64_t id = 0;

        call.headers = cases[i].headers;
        call.secret = cases[i].secret;
        call.allow_private = cases[i].allow_private;
        if (bd_http_submit(http, &call, &events, NULL, &id, &err) == 0 ||
            err.type != cases[i].type || !strstr(err.message, cases[i].says))
            fail_msg("case %zu: type %d, '%s'", i, (int)err.type, err.message);
        assert_null(strstr(err.message, KEY));
        assert_int_equal(id, 0);
    }
}

static void inner_addresses_are_refused_unless_allowed(void **state)
{
    static const char *const hosts[] = {
        "127.0.0.1", "localhost", "2130706433",         "0x7f.1",         "0",
        "[::1]",     "10.0.0.1",  "[::ffff:127.0.0.1]", "169.254.169.254"};
    struct peer *p = peer_start(say_hello);

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char url[128];
        struct bd_http_call call = call_to(url, 1000);
        struct seen *s;

        snprintf(url, sizeof(url), "https://%s:%u/latest", hosts[i], p->port);
        call.allow_private = false;
        s = whole_call(&call);
        if (s->error.type != BD_ERR_CONFIG || s->end.sent)
            fail_msg("%s: type %d, '%s'", url, (int)s->error.type, s->error.message);
        assert_non_null(strstr(s->error.message, "allow_private"));
        drop(s);
    }
    assert_int_equal(p->connections, 0);
    end_with(p);
}

/* Keep-alive */

static void connections_are_used_again(void **state)
{
    struct peer *p = peer_start(say_hello);

    (void)state;
    for (int i = 0; i < 20; i++) {
        struct seen *s = ask(p, 1000);

        assert_int_equal(s->error.type, 0);
        drop(s);
    }
    assert_int_equal(p->connections, 1);
    assert_int_equal(p->requests, 20);
    end_with(p);
}

static bool close_second_soon(struct peer *p, int fd, const char *request, unsigned nth)
{
    return nth == 0 && say_hello(p, fd, request, nth);
}

/* It was read, so it may be worked on and billed: whoever retries counts it. */
static void a_request_that_was_read_is_not_sent_twice(void **state)
{
    struct peer *p = peer_start(close_second_soon);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_int_equal(s->error.type, 0);
    drop(s);
    s = ask(p, 1000);
    assert_int_equal(s->error.type, BD_ERR_NETWORK);
    assert_int_equal(s->error.recoverable, 1);
    assert_non_null(strstr(s->error.message, "closed without an answer"));
    assert_int_equal(p->requests, 2);
    drop(s);
    end_with(p);
}

/* N7: the peer closes at about the instant in which the next request comes. */
static _Atomic int close_after_us;

static bool answer_and_leave(struct peer *p, int fd, const char *request, unsigned nth)
{
    struct timespec t = {.tv_nsec = atomic_load(&close_after_us) * 1000L};

    (void)say_hello(p, fd, request, nth);
    nanosleep(&t, NULL);
    return false;
}

static void
nothing_is_read_twice_when_a_connection_closes_as_it_is_used_again(void **state)
{
    struct peer *p = peer_start(answer_and_leave);
    int refused = 0;

    (void)state;
    for (int i = 0; i < 600; i++) {
        struct seen *s;

        atomic_store(&close_after_us, i % 60 * 5);
        s = ask(p, 2000);
        if (s->error.type != 0) { /* acknowledged, and then not read: who knows that */
            assert_int_equal(s->error.type, BD_ERR_NETWORK);
            assert_int_equal(s->error.recoverable, 1);
            refused++;
        }
        drop(s);
    }
    assert_int_equal(p->requests + (unsigned)refused, 600);
    end_with(p);
}

static void too_many_threads_are_refused(void **state)
{
    struct bd_http *h = NULL;
    struct bd_error err;

    (void)state;
    assert_int_equal(bd_http_start(&h, 5, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    bd_http_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_whole_reply_comes_with_head_data_and_done),
        CASE(the_request_is_one_plain_post),
        CASE(the_caller_may_refuse_compression),
        CASE(pieces_of_a_stream_come_in_order_as_they_are_sent),
        CASE(a_gzip_body_is_decoded),
        CASE(a_compressed_bomb_is_cut_at_the_limit),
        CASE(a_redirect_is_not_followed),
        CASE(bad_calls_are_refused_at_the_door),
        CASE(inner_addresses_are_refused_unless_allowed),
        CASE(connections_are_used_again),
        CASE(a_request_that_was_read_is_not_sent_twice),
        CASE(nothing_is_read_twice_when_a_connection_closes_as_it_is_used_again),
        cmocka_unit_test(too_many_threads_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
