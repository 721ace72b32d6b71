/* calls.h - making HTTP calls to a peer and seeing what comes back; for tests of what is
 * behind runtime/http.h. Includes come after those of cmocka. */
#ifndef BD_TESTS_CALLS_H
#define BD_TESTS_CALLS_H

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

static inline void check_thread(struct seen *s)
{
    s->wrong_thread += bd_thread_what() != BD_NET;
}

static inline void on_head(void *arg, const struct bd_http_head *head)
{
    struct seen *s = arg;

    check_thread(s);
    s->heads++;
    s->head = *head;
    snprintf(s->content_type, sizeof(s->content_type), "%s", head->content_type);
}

static inline int on_data(void *arg, const char *p, size_t n)
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

static inline void on_done(void *arg, const struct bd_http_end *end)
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

static inline struct bd_http_call call_to(const char *url, int limit_ms)
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

static inline struct seen *submit(const struct bd_http_call *call)
{
    struct seen *s = calloc(1, sizeof(*s));
    struct bd_error err;

    assert_non_null(s);
    sem_init(&s->over, 0, 0);
    s->submitted_ms = bd_clock_ms();
    assert_int_equal(bd_http_submit(http, call, &events, s, &s->id, &err), 0);
    return s;
}

static inline void await(struct seen *s)
{
    sem_wait(&s->over);
    assert_int_equal(s->dones, 1);
    assert_int_equal(s->wrong_thread, 0);
    assert_true(s->heads <= 1);
    assert_null(strstr(s->error.message, KEY));
    assert_null(strstr(s->error.message, "QUERY"));
}

static inline void drop(struct seen *s)
{
    sem_destroy(&s->over);
    free(s);
}

static inline struct seen *whole_call(const struct bd_http_call *call)
{
    struct seen *s = submit(call);

    await(s);
    return s;
}

static inline struct seen *ask(struct peer *p, int limit_ms)
{
    struct bd_http_call call = call_to(p->url, limit_ms);

    return whole_call(&call);
}

static inline int open_http(void **state)
{
    struct bd_error err;

    (void)state;
    return bd_http_start(&http, 1, &err);
}

static inline int close_http(void **state)
{
    (void)state;
    bd_http_stop(http);
    http = NULL;
    return 0;
}

/* The peer's threads end when the client has closed its connections, so first http. */
static inline void end_with(struct peer *p)
{
    bd_http_stop(http);
    http = NULL;
    peer_stop(p);
}

/* What peers say */

static inline bool say_hello(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                 "Content-Length: 5\r\n\r\nhello");
    return true;
}

static inline bool say_pieces(struct peer *p, int fd, const char *request, unsigned nth)
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

static inline bool hang(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_hold(fd);
    return false;
}

static inline bool hang_in_body(struct peer *p, int fd, const char *request, unsigned nth)
{
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
    return hang(p, fd, request, nth);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_http, close_http)

#endif
