#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/calls.h"

/* Bad replies: one table, one check. */

static const char *reply; /* what the peer says, then it closes */

static bool say_reply(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, reply);
    return false;
}

static void bad_replies_are_errors_of_the_right_type(void **state)
{
    static const struct {
        const char *reply;
        int type;
        const char *says;
    } cases[] = {
        {"", BD_ERR_NETWORK, "closed without an answer"},
        {"garbage\r\n\r\n", BD_ERR_PROTOCOL, "not HTTP"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", BD_ERR_NETWORK,
         "ended after 4 of 10 bytes"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
         BD_ERR_NETWORK, "ended after 5 bytes"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BD_ERR_PROTOCOL,
         "not proper HTTP"},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
         BD_ERR_PROTOCOL, "compression"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n", BD_ERR_TOO_LARGE,
         "larger than"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct peer *p;
        struct seen *s;

        reply = cases[i].reply;
        p = peer_start(say_reply);
        s = ask(p, 1000);
        if (s->error.type != cases[i].type || !strstr(s->error.message, cases[i].says))
            fail_msg("case %zu: type %d, '%s'", i, (int)s->error.type, s->error.message);
        assert_non_null(strstr(s->error.message, "127.0.0.1:"));
        assert_string_equal(s->error.source, "http");
        assert_true(s->end.sent);
        drop(s);
        peer_stop(p);
    }
}

static void a_body_up_to_the_end_of_the_connection_is_whole(void **state)
{
    struct peer *p;
    struct seen *s;

    (void)state;
    reply = "HTTP/1.0 200 OK\r\n\r\nno length";
    p = peer_start(say_reply);
    s = ask(p, 1000);
    assert_int_equal(s->error.type, 0);
    assert_string_equal(s->body, "no length");
    drop(s);
    peer_stop(p);
}

static bool say_many_headers(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1000; i++)
        peer_say(fd, "X-Flood: 1\r\n");
    peer_say(fd, "Content-Length: 0\r\n\r\n");
    return false;
}

static bool say_long_header(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nX-Long: ");
    for (int i = 0; i < 20000; i++)
        peer_say(fd, "0123456789");
    peer_say(fd, "\r\n\r\n");
    return false;
}

static bool say_big_headers(struct peer *p, int fd, const char *request, unsigned nth)
{
    char line[1024];

    (void)p;
    (void)request;
    (void)nth;
    memset(line, 'x', sizeof(line));
    memcpy(line, "X-Big: ", 7);
    memcpy(line + sizeof(line) - 3, "\r\n", 3);
    peer_say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100; i++)
        peer_say(fd, line);
    peer_say(fd, "\r\n");
    return false;
}

static void a_flood_of_headers_is_cut(void **state)
{
    peer_script_fn *scripts[] = {say_many_headers, say_long_header, say_big_headers};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct peer *p = peer_start(scripts[i]);
        struct seen *s = ask(p, 1500);

        assert_int_equal(s->error.type, BD_ERR_TOO_LARGE);
        assert_non_null(strstr(s->error.message, "header"));
        assert_int_equal(s->heads, 0);
        drop(s);
        peer_stop(p);
    }
}

static void data_that_the_caller_refuses_ends_the_call(void **state)
{
    struct peer *p = peer_start(say_pieces);
    struct bd_http_call call = call_to(p->url, 1000);
    struct seen *s = calloc(1, sizeof(*s));
    struct bd_error err;

    (void)state;
    sem_init(&s->over, 0, 0);
    s->refuse_at = 10;
    assert_int_equal(bd_http_submit(http, &call, &events, s, &s->id, &err), 0);
    await(s);
    assert_int_equal(s->error.type, BD_ERR_TOO_LARGE);
    assert_false(s->end.cancelled);
    drop(s);
    end_with(p);
}

static bool say_busy(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\n"
                 "Retry-After-Ms: 1500\r\nRetry-After: 8\r\nContent-Length: 0\r\n\r\n");
    return true;
}

static void retry_after_is_told_with_the_head(void **state)
{
    struct peer *p = peer_start(say_busy);
    struct seen *s = ask(p, 1000);

    (void)state;
    assert_int_equal(s->error.type, 0); /* a reply is a reply; the adapter reads it */
    assert_int_equal(s->head.status, 429);
    assert_int_equal(s->head.retry_after_ms, 1500);
    assert_string_equal(s->content_type, "");
    assert_int_equal(s->end.first_byte_ms, -1);
    drop(s);
    end_with(p);
}

/* Time */

static bool drip(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 60; i++) {
        peer_chunk(fd, "\n");
        peer_wait(15);
    }
    return false;
}

static void nothing_outlives_its_deadline(void **state)
{
    static const struct {
        peer_script_fn *script;
        const char *says;
    } cases[] = {
        {hang, "while waiting for the first byte"},
        {hang_in_body, "in the middle of the reply (5 bytes"},
        {drip, "in the middle of the reply"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct peer *p = peer_start(cases[i].script);
        struct seen *s = ask(p, 300);

        assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
        assert_int_equal(s->error.recoverable, 1);
        assert_non_null(strstr(s->error.message, cases[i].says));
        assert_in_range(s->ended_ms - s->submitted_ms, 295, 400);
        drop(s);
        peer_stop(p);
    }
}

static void silence_past_the_idle_limit_ends_a_call(void **state)
{
    peer_script_fn *scripts[] = {hang, hang_in_body};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct peer *p = peer_start(scripts[i]);
        struct bd_http_call call = call_to(p->url, 2000);
        struct seen *s;

        call.idle_ms = 150;
        s = whole_call(&call);
        assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
        assert_non_null(strstr(s->error.message, "no byte came for 150 ms"));
        assert_in_range(s->ended_ms - s->submitted_ms, 149, 300);
        drop(s);
        peer_stop(p);
    }
}

static void bytes_put_the_idle_limit_off(void **state)
{
    struct peer *p = peer_start(drip);
    struct bd_http_call call = call_to(p->url, 400);
    struct seen *s;

    (void)state;
    call.idle_ms = 100;
    s = whole_call(&call);
    assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
    assert_null(strstr(s->error.message, "no byte came"));
    assert_in_range(s->ended_ms - s->submitted_ms, 395, 500);
    drop(s);
    peer_stop(p);
}

static void a_call_without_time_is_not_sent(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct seen *s = ask(p, -5);

    (void)state;
    assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
    assert_false(s->end.sent);
    assert_int_equal(p->connections, 0);
    drop(s);
    end_with(p);
}

/* A listening socket whose queue is full neither accepts nor refuses. */
static void a_connect_that_hangs_ends_at_the_connect_limit(void **state)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0), filler[4];
    char url[64];
    struct bd_http_call call = call_to(url, 2000);
    struct seen *s;

    (void)state;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&a, sizeof(a));
    }
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", ntohs(a.sin_port));
    call.connect_ms = 300;
    s = whole_call(&call);
    assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
    assert_non_null(strstr(s->error.message, "no connection within 300 ms"));
    assert_non_null(strstr(s->error.message, "while connecting"));
    assert_false(s->end.sent);
    assert_in_range(s->ended_ms - s->submitted_ms, 295, 420);
    drop(s);
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(fd);
}

static void a_hanging_tls_handshake_is_named(void **state)
{
    struct peer *p = peer_start(hang);
    char url[64];
    struct bd_http_call call = call_to(url, 2000);
    struct seen *s;

    (void)state;
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/", p->port);
    call.connect_ms = 200;
    s = whole_call(&call);
    assert_int_equal(s->error.type, BD_ERR_TIMEOUT);
    assert_non_null(strstr(s->error.message, "in the TLS handshake"));
    drop(s);
    peer_stop(p);
}

/* Broken connections */

static void a_refused_connection_is_a_network_error(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[64];
    struct bd_http_call call = call_to(url, 1000);
    struct seen *s;

    (void)state;
    snprintf(url, sizeof(url), "%s", p->url);
    peer_stop(p);
    s = whole_call(&call);
    assert_int_equal(s->error.type, BD_ERR_NETWORK);
    assert_int_equal(s->error.recoverable, 1);
    assert_non_null(strstr(s->error.message, "cannot connect"));
    assert_false(s->end.sent);
    drop(s);
}

static bool reset_at_once(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_reset(fd);
    close(dup(fd));
    return false;
}

static bool reset_in_body(struct peer *p, int fd, const char *request, unsigned nth)
{
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
    peer_wait(50);
    return reset_at_once(p, fd, request, nth);
}

static void a_reset_is_a_network_error(void **state)
{
    peer_script_fn *scripts[] = {reset_at_once, reset_in_body};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct peer *p = peer_start(scripts[i]);
        struct seen *s = ask(p, 1000);

        assert_int_equal(s->error.type, BD_ERR_NETWORK);
        assert_int_equal(s->n, i == 0 ? 0 : 5);
        assert_true(s->end.sent);
        drop(s);
        peer_stop(p);
    }
}

static void running_out_of_files_is_our_own_failure(void **state)
{
    struct peer *p = peer_start(say_hello);
    struct rlimit before, few;
    struct seen *s;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)dup(0); /* the lowest free number */
    close((int)few.rlim_cur);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    s = ask(p, 1000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(s->error.type, BD_ERR_INTERNAL); /* not the host's: no breaker */
    assert_int_equal(s->error.code, EMFILE);
    assert_non_null(strstr(s->error.message, "this machine"));
    assert_false(s->end.sent);
    drop(s);
    s = ask(p, 1000); /* and it recovers */
    assert_int_equal(s->error.type, 0);
    drop(s);
    end_with(p);
}

static void a_peer_that_speaks_no_tls_is_a_network_error(void **state)
{
    struct peer *p = peer_start(say_hello);
    char url[64];
    struct bd_http_call call = call_to(url, 1000);
    struct seen *s;

    (void)state;
    reply = "HTTP/1.1 400 Bad Request\r\n\r\n";
    p->script = say_reply;
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/", p->port);
    call.connect_ms = 300;
    s = whole_call(&call);
    assert_true(s->error.type == BD_ERR_NETWORK || s->error.type == BD_ERR_TIMEOUT);
    assert_false(s->end.sent);
    drop(s);
    peer_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(bad_replies_are_errors_of_the_right_type),
        CASE(a_body_up_to_the_end_of_the_connection_is_whole),
        CASE(a_flood_of_headers_is_cut),
        CASE(data_that_the_caller_refuses_ends_the_call),
        CASE(retry_after_is_told_with_the_head),
        CASE(nothing_outlives_its_deadline),
        CASE(silence_past_the_idle_limit_ends_a_call),
        CASE(bytes_put_the_idle_limit_off),
        CASE(a_call_without_time_is_not_sent),
        CASE(a_connect_that_hangs_ends_at_the_connect_limit),
        CASE(a_hanging_tls_handshake_is_named),
        CASE(a_refused_connection_is_a_network_error),
        CASE(a_reset_is_a_network_error),
        CASE(running_out_of_files_is_our_own_failure),
        CASE(a_peer_that_speaks_no_tls_is_a_network_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
