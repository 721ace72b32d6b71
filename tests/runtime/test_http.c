#define _GNU_SOURCE /* strcasestr */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <semaphore.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/http.h"

#include "runtime/peer.h"

#define KEY "sk-CANARY-0123456789"

static struct bd_http *http;

/* What came back of one call. Written by the network thread, read after `over`. */
struct seen {
    sem_t over;
    uint64_t id;
    int heads, datas, dones, wrong_thread;
    struct bd_http_head head;
    char content_type[64], body[65536];
    size_t n, refuse_at; /* refuse_at: the data callback says no from here; 0 = never */
    struct bd_http_end end;
    struct bd_error error; /* type 0: the reply came whole */
    void (*on_data)(struct seen *s);
    int64_t submitted_ms, ended_ms;
};

static void check_thread(struct seen *s)
{
    s->wrong_thread += bd_thread_what() != BD_NET;
}

static void on_head(void *arg, const struct bd_http_head *head)
{
    struct seen *s = arg;

    check_thread(s);
    s->heads++;
    s->head = *head;
    snprintf(s->content_type, sizeof(s->content_type), "%s", head->content_type);
}

static int on_data(void *arg, const char *p, size_t n)
{
    struct seen *s = arg;
    size_t room = sizeof(s->body) - 1 - (s->n < sizeof(s->body) ? s->n : 0);

    check_thread(s);
    s->datas++;
    if (s->n < sizeof(s->body) - 1)
        memcpy(s->body + s->n, p, n < room ? n : room);
    s->n += n;
    if (s->on_data)
        s->on_data(s);
    return s->refuse_at && s->n >= s->refuse_at;
}

static void on_done(void *arg, const struct bd_http_end *end)
{
    struct seen *s = arg;

    check_thread(s);
    s->dones++;
    s->end = *end;
    if (end->error)
        s->error = *end->error;
    s->ended_ms = bd_clock_ms();
    sem_post(&s->over);
}

static const struct bd_http_events events = {on_head, on_data, on_done};

static struct bd_http_call call_to(const char *url, int limit_ms)
{
    return (struct bd_http_call){
        .url = url,
        .headers = "Content-Type: application/json\n",
        .secret = "Authorization: Bearer " KEY,
        .body = "{\"q\":\"哪款好\"}",
        .body_bytes = sizeof("{\"q\":\"哪款好\"}") - 1,
        .deadline_ms = bd_clock_ms() + limit_ms,
        .connect_ms = 1000,
        .max_body_bytes = 1 << 20,
        .allow_private = true,
    };
}

static struct seen *submit(const struct bd_http_call *call)
{
    struct seen *s = calloc(1, sizeof(*s));
    struct bd_error err;

    assert_non_null(s);
    sem_init(&s->over, 0, 0);
    s->submitted_ms = bd_clock_ms();
    assert_int_equal(bd_http_submit(http, call, &events, s, &s->id, &err), 0);
    return s;
}

static void await(struct seen *s)
{
    sem_wait(&s->over);
    assert_int_equal(s->dones, 1);
    assert_int_equal(s->wrong_thread, 0);
    assert_true(s->heads <= 1);
    assert_null(strstr(s->error.message, KEY));
    assert_null(strstr(s->error.message, "QUERY"));
}

static void drop(struct seen *s)
{
    sem_destroy(&s->over);
    free(s);
}

static struct seen *whole_call(const struct bd_http_call *call)
{
    struct seen *s = submit(call);

    await(s);
    return s;
}

static struct seen *ask(struct peer *p, int limit_ms)
{
    struct bd_http_call call = call_to(p->url, limit_ms);

    return whole_call(&call);
}

static int open_http(void **state)
{
    struct bd_error err;

    (void)state;
    return bd_http_start(&http, 1, &err);
}

static int close_http(void **state)
{
    (void)state;
    bd_http_stop(http);
    http = NULL;
    return 0;
}

/* The peer's threads end when the client has closed its connections, so first http. */
static void end_with(struct peer *p)
{
    bd_http_stop(http);
    http = NULL;
    peer_stop(p);
}

/* Replies */

static bool say_hello(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                 "Content-Length: 5\r\n\r\nhello");
    return true;
}

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

static bool say_pieces(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 103 Early Hints\r\nContent-Type: text/wrong\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n");
    for (char c = 'a'; c <= 'e'; c++) {
        char event[] = "data: x\n\n";

        event[6] = c;
        peer_chunk(fd, event);
        peer_wait(20);
    }
    peer_say(fd, "0\r\nX-Trailer: 1\r\n\r\n");
    return true;
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
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BD_ERR_NETWORK,
         ""},
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

/* Time */

static bool hang(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_hold(fd);
    return false;
}

static bool hang_in_body(struct peer *p, int fd, const char *request, unsigned nth)
{
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
    return hang(p, fd, request, nth);
}

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

static void a_kept_connection_that_closed_is_replaced_once(void **state)
{
    struct peer *p = peer_start(close_second_soon);

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct seen *s = ask(p, 1000);

        assert_int_equal(s->error.type, 0);
        drop(s);
    }
    assert_int_equal(p->connections, 2);
    end_with(p);
}

static bool close_second_late(struct peer *p, int fd, const char *request, unsigned nth)
{
    if (nth == 0)
        return say_hello(p, fd, request, nth);
    peer_wait(600); /* it may well have begun to answer, and to bill */
    return false;
}

static void a_request_that_was_worked_on_is_not_sent_twice(void **state)
{
    struct peer *p = peer_start(close_second_late);
    struct seen *s = ask(p, 1500);

    (void)state;
    assert_int_equal(s->error.type, 0);
    drop(s);
    s = ask(p, 1500);
    assert_int_equal(s->error.type, BD_ERR_NETWORK);
    assert_non_null(strstr(s->error.message, "closed without an answer"));
    assert_int_equal(p->requests, 2);
    drop(s);
    end_with(p);
}

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

static void too_many_threads_are_refused(void **state)
{
    struct bd_http *h = NULL;
    struct bd_error err;

    (void)state;
    assert_int_equal(bd_http_start(&h, 5, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    bd_http_stop(NULL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_http, close_http)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_whole_reply_comes_with_head_data_and_done),
        CASE(the_request_is_one_plain_post),
        CASE(the_caller_may_refuse_compression),
        CASE(pieces_of_a_stream_come_in_order_as_they_are_sent),
        CASE(a_gzip_body_is_decoded),
        CASE(a_compressed_bomb_is_cut_at_the_limit),
        CASE(bad_replies_are_errors_of_the_right_type),
        CASE(a_body_up_to_the_end_of_the_connection_is_whole),
        CASE(a_flood_of_headers_is_cut),
        CASE(data_that_the_caller_refuses_ends_the_call),
        CASE(retry_after_is_told_with_the_head),
        CASE(a_redirect_is_not_followed),
        CASE(bad_calls_are_refused_at_the_door),
        CASE(inner_addresses_are_refused_unless_allowed),
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
        CASE(connections_are_used_again),
        CASE(a_kept_connection_that_closed_is_replaced_once),
        CASE(a_request_that_was_worked_on_is_not_sent_twice),
        CASE(many_calls_run_side_by_side),
        CASE(a_cancelled_call_ends_soon_and_once),
        CASE(a_call_can_be_cancelled_from_its_own_callback),
        CASE(an_unknown_id_is_ignored),
        CASE(stop_ends_all_calls),
        CASE(timers_ring_in_order_and_not_early),
        CASE(timers_that_are_pending_at_stop_ring_at_once),
        cmocka_unit_test(too_many_threads_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
