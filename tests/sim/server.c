/* sim/server.c - see server.h. */
#define _GNU_SOURCE /* struct tcp_info */
#include "sim/server.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct connection {
    struct sim_server *server;
    struct connection *next, *prev;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct bd_buf in;
    struct sim_plan plan;
    struct sim_ticket ticket;
    uint64_t start_ns; /* when the request was complete */
    size_t at, sent;   /* the next piece, the bytes written */
    int handles;       /* that are not closed yet */
    bool playing, writing, closing, continued;
    bool hangs_up; /* when the next request begins */
};

struct sim_server {
    uv_loop_t *loop;
    uv_tcp_t listener;
    struct sim_service *service;
    struct connection *first;
    char bytes[65536]; /* what is read is taken out at once, so one place will do */
};

static void on_closed(uv_handle_t *h)
{
    struct connection *c = h->data;

    if (--c->handles > 0)
        return;
    bd_buf_free(&c->in);
    sim_plan_free(&c->plan);
    free(c);
}

/* Ends the connection and what was being played on it. */
static void drop(struct connection *c, bool answered, bool reset)
{
    if (c->closing)
        return;
    c->closing = true;
    sim_service_end(c->server->service, &c->ticket, answered);
    if (c->next)
        c->next->prev = c->prev;
    *(c->prev ? &c->prev->next : &c->server->first) = c->next;
    uv_close((uv_handle_t *)&c->timer, on_closed);
    if (!reset || uv_tcp_close_reset(&c->tcp, on_closed) < 0)
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void pump(struct connection *c);
static void read_next(struct connection *c);

static void on_written(uv_write_t *w, int status)
{
    struct connection *c = w->data;

    c->writing = false;
    if (status < 0)
        drop(c, false, false);
    else
        pump(c);
}

/* Writes up to `end`. true: all is in the kernel's hands. */
static bool write_until(struct connection *c, size_t from, size_t end)
{
    uv_buf_t b = uv_buf_init(c->plan.bytes.data + from, (unsigned)(end - from));
    int n = end > from ? uv_try_write((uv_stream_t *)&c->tcp, &b, 1) : 0;

    if (n < 0 && n != UV_EAGAIN) {
        drop(c, false, false);
        return false;
    }
    n = n < 0 ? 0 : n;
    c->sent = end;
    if ((size_t)n == end - from)
        return true;
    b = uv_buf_init(b.base + n, (unsigned)(end - from - (size_t)n));
    c->write.data = c;
    c->writing = uv_write(&c->write, (uv_stream_t *)&c->tcp, &b, 1, on_written) == 0;
    if (!c->writing)
        drop(c, false, false);
    return false;
}

static void on_timer(uv_timer_t *t)
{
    pump(t->data);
}

/* Simulated milliseconds since the request was complete. */
static uint64_t elapsed_ms(const struct connection *c)
{
    return (uint64_t)((double)(uv_hrtime() - c->start_ns) / 1e6 *
                      c->server->service->speed);
}

/* ms: simulated ones. */
static void wake_in(struct connection *c, uint64_t ms)
{
    double real = (double)ms / c->server->service->speed;

    uv_update_time(c->server->loop); /* its time is that of the last wake-up */
    (void)uv_timer_start(&c->timer, on_timer, (uint64_t)(real + 0.999), 0);
}

/* A client that is not read from is asked after. */
static void on_deaf(uv_timer_t *t)
{
    struct connection *c = t->data;
    struct tcp_info info;
    socklen_t n = sizeof(info);
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)&c->tcp, &fd) < 0 ||
        getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0 ||
        info.tcpi_state != TCP_ESTABLISHED)
        drop(c, false, false);
}

static void go_deaf(struct connection *c)
{
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
    (void)uv_timer_start(&c->timer, on_deaf, 250, 250);
}

static void repeat(struct connection *c)
{
    struct sim_plan *p = &c->plan;

    if (p->ending == SIM_END_SWELL && p->beats-- == 0) {
        p->ending = SIM_END_CLOSE;
        if (write_until(c, p->beat_end, p->bytes.n))
            drop(c, true, false);
        return; /* else on_written() comes back and closes */
    }
    if (write_until(c, p->beat, p->beat_end))
        wake_in(c, p->ending == SIM_END_BEAT ? p->beat_ms : 0);
}

static void finish(struct connection *c)
{
    switch (c->plan.ending) {
    case SIM_END_KEEP:
    case SIM_END_HANGUP:
        c->hangs_up = c->plan.ending == SIM_END_HANGUP;
        c->playing = false;
        sim_service_end(c->server->service, &c->ticket, true);
        sim_plan_free(&c->plan);
        read_next(c);
        break;
    case SIM_END_CLOSE:
        drop(c, true, false);
        break;
    case SIM_END_RESET:
        drop(c, true, true);
        break;
    case SIM_END_DEAF:
        go_deaf(c);
        break;
    case SIM_END_BEAT:
    case SIM_END_FLOOD:
    case SIM_END_SWELL:
        repeat(c);
        break;
    case SIM_END_HANG:
        break;
    }
}

/* Sends what is due and sets the clock for the rest. */
static void pump(struct connection *c)
{
    const struct sim_plan *p = &c->plan;

    while (!c->writing && !c->closing && c->at < p->n) {
        uint64_t ms = elapsed_ms(c);

        if (p->due[c->at].at_ms > ms) {
            wake_in(c, p->due[c->at].at_ms - ms);
            return;
        }
        while (!p->one_write_each && c->at + 1 < p->n && p->due[c->at + 1].at_ms <= ms)
            c->at++;
        c->at++;
        if (!write_until(c, c->sent, p->due[c->at - 1].end))
            return;
    }
    if (!c->writing && !c->closing)
        finish(c);
}

static void play(struct connection *c)
{
    c->playing = true;
    c->start_ns = uv_hrtime();
    c->at = 0;
    c->sent = 0;
    pump(c);
}

static void refuse(struct connection *c, int status)
{
    static const char body[] = "{\"error\":\"this is not a request that can be read\"}";

    sim_plan_text(&c->plan, status, "application/json", body, sizeof(body) - 1, true);
    play(c);
}

static void take(struct connection *c, const struct sim_http *h)
{
    char *end = c->in.data + h->head + h->body, was = *end;

    *end = '\0';
    sim_service_answer(c->server->service, h, c->in.data + h->head, &c->plan, &c->ticket);
    *end = was;
    bd_buf_consume(&c->in, h->head + h->body);
    if (c->in.n == 0)
        bd_buf_free(&c->in); /* while it waits, a call costs no more than its plan */
    c->continued = false;
    play(c);
}

/* Says 100 Continue, or stops reading, once the head is there. */
static void look_at_head(struct connection *c, const struct sim_http *h)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

    if (h->expects && !c->continued) {
        uv_buf_t b = uv_buf_init((char *)(uintptr_t)go_on, sizeof(go_on) - 1);

        c->continued = true;
        (void)uv_try_write((uv_stream_t *)&c->tcp, &b, 1); /* the client goes on anyway */
    }
}

static void read_next(struct connection *c)
{
    struct sim_http h;
    int status;

    if (c->playing || c->closing || c->in.n == 0)
        return;
    status = sim_http_read(&h, &c->in);
    if (status == SIM_MORE)
        return;
    if (status != SIM_HEAD) {
        refuse(c, status);
        return;
    }
    if (sim_service_is_deaf(c->server->service, &h, &c->ticket)) {
        c->playing = true;
        go_deaf(c);
        return;
    }
    look_at_head(c, &h);
    if (c->in.n >= h.head + h.body)
        take(c, &h);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *b)
{
    struct connection *c = h->data;

    (void)hint;
    *b = uv_buf_init(c->server->bytes, sizeof(c->server->bytes));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct connection *c = stream->data;

    if (n == 0)
        return;
    if (n < 0 || c->hangs_up || bd_buf_append(&c->in, b->base, (size_t)n) < 0) {
        drop(c, false, false);
        return;
    }
    read_next(c);
}

static struct connection *make(struct sim_server *s)
{
    struct connection *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->server = s;
    c->handles = 2;
    c->tcp.data = c->timer.data = c;
    bd_buf_init(&c->in, SIM_HEAD_MAX + SIM_BODY_MAX + 65536);
    sim_plan_init(&c->plan);
    (void)uv_tcp_init(s->loop, &c->tcp); /* these two only fill the structs */
    (void)uv_timer_init(s->loop, &c->timer);
    c->next = s->first;
    if (s->first)
        s->first->prev = c;
    s->first = c;
    return c;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct connection *c = status < 0 ? NULL : make(listener->data);

    if (!c)
        return;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) < 0 ||
        uv_tcp_nodelay(&c->tcp, 1) < 0 ||
        uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0)
        drop(c, false, false);
}

static void on_listener_closed(uv_handle_t *h)
{
    (void)h; /* freed with the server */
}

int sim_server_open(struct sim_server **out, uv_loop_t *loop,
                    const struct sockaddr *address, struct sim_service *service,
                    struct bd_error *err)
{
    struct sim_server *s = calloc(1, sizeof(*s));
    int failed;

    if (!s)
        return bd_fail(err, BD_ERR_INTERNAL, 0, "sim", "out of memory");
    s->loop = loop;
    s->service = service;
    (void)uv_tcp_init(loop, &s->listener);
    s->listener.data = s;
    failed = uv_tcp_bind(&s->listener, address, 0);
    if (!failed)
        failed = uv_listen((uv_stream_t *)&s->listener, 4096, on_connection);
    *out = s; /* its handle is the loop's: closed like a good one */
    if (failed)
        return bd_fail(err, BD_ERR_NETWORK, -failed, "sim", "cannot listen: %s",
                       uv_strerror(failed));
    return 0;
}

int sim_server_port(const struct sim_server *s)
{
    struct sockaddr_storage a = {0};
    int n = sizeof(a);

    if (uv_tcp_getsockname(&s->listener, (struct sockaddr *)&a, &n) < 0)
        return -1;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

void sim_server_close(struct sim_server *s)
{
    while (s && s->first)
        drop(s->first, false, false);
    if (s)
        uv_close((uv_handle_t *)&s->listener, on_listener_closed);
}

void sim_server_free(struct sim_server *s)
{
    free(s);
}
