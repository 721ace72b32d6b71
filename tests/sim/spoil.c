/* sim/spoil.c - what a fault does to a body, and to the bytes on the wire. */
#include <string.h>

#include "sim/body.h"

/* Half of the events; of a single piece, half of its bytes. */
static void halve(struct sim_making *m)
{
    if (m->body.n > 3)
        sim_plan_cut(&m->body, m->body.due[m->body.n / 2].end);
    else
        sim_plan_cut(&m->body, m->body.bytes.n / 2);
}

/* Ends the body with two of the three bytes of a character. */
static void cut_character(struct sim_making *m)
{
    const char *mark;

    halve(m);
    sim_reply_delta(&m->body.bytes, &m->reply, "哈哈", 6, false);
    for (mark = m->body.bytes.data + m->body.bytes.n; strncmp(mark, "哈", 3) != 0;)
        mark--;
    m->body.bytes.n = (size_t)(mark - m->body.bytes.data) + 2;
    sim_plan_due(&m->body, m->body.due[m->body.n - 1].at_ms);
}

static void replace_body(struct sim_making *m, const char *s, size_t n)
{
    m->body.n = 0;
    bd_buf_reset(&m->body.bytes);
    (void)bd_buf_append(&m->body.bytes, s, n);
    sim_plan_due(&m->body, m->first_ms);
}

void sim_spoil_with_error(struct sim_making *m, bool whole)
{
    struct bd_buf error;

    bd_buf_init(&error, 65536);
    sim_trouble_body(&error, m->act->trouble, m->q->ask, NULL, m->id);
    if (whole || !m->stream) {
        replace_body(m, error.data, error.n);
    } else {
        halve(m);
        (void)bd_buf_addf(&m->body.bytes, "data: %s\n\n", error.data);
        sim_reply_done(&m->body.bytes, &m->reply);
        sim_plan_due(&m->body, m->total_ms);
    }
    bd_buf_free(&error);
}

/* LF becomes CR LF, and a comment stands before every event. */
static void make_crlf(struct sim_making *m)
{
    struct sim_plan old = m->body;
    size_t from = 0;

    sim_plan_init(&m->body);
    for (size_t i = 0; i < old.n; from = old.due[i].end, i++) {
        (void)bd_buf_add(&m->body.bytes, ": ping\r\n\r\n");
        for (size_t k = from; k < old.due[i].end; k++)
            (void)bd_buf_append(&m->body.bytes,
                                old.bytes.data[k] == '\n' ? "\r\n" : &old.bytes.data[k],
                                old.bytes.data[k] == '\n' ? 2 : 1);
        sim_plan_due(&m->body, old.due[i].at_ms);
    }
    sim_plan_free(&old);
}

/* A reply whose content is so many of the one, and then of the other. */
static void fill(struct sim_making *m, const char *open, const char *close, int times)
{
    struct bd_buf b;

    bd_buf_init(&b, 8u << 20);
    (void)bd_buf_addf(&b, "%s{\"choices\":[{\"index\":0,\"%s\":{\"content\":[",
                      m->stream ? "data: " : "", m->stream ? "delta" : "message");
    for (int i = 0; i < times; i++)
        (void)bd_buf_add(&b, open);
    (void)bd_buf_add(&b, "0");
    for (int i = 0; i < times; i++)
        (void)bd_buf_add(&b, close);
    (void)bd_buf_addf(&b, "]}}]}%s", m->stream ? "\n\n" : "");
    replace_body(m, b.data, b.n);
    bd_buf_free(&b);
}

/* What a fault does to the body, before it is framed. */
void sim_spoil_body(struct sim_making *m)
{
    static const char rubbish[] = "data: <<<\xff\xfe{]\n\ndata: fault filter\n\n";
    static const char page[] =
        "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>\n"
        "<form action=\"/login\">Please sign in to use this network.</form>\n"
        "</body></html>\n";

    switch (m->act->kind) {
    case SIM_CUT_STREAM:
    case SIM_STALL:
    case SIM_BAD_CHUNKS:
        halve(m);
        break;
    case SIM_CUT_UTF8:
        cut_character(m);
        break;
    case SIM_EMPTY:
        replace_body(m, "", 0);
        break;
    case SIM_ERROR_IN_200:
        sim_spoil_with_error(m, true);
        break;
    case SIM_ERROR_MID:
        sim_spoil_with_error(m, false);
        break;
    case SIM_GARBAGE:
        replace_body(m, rubbish, sizeof(rubbish) - 1);
        break;
    case SIM_DEEP_JSON:
        fill(m, "[", "]", 10000);
        break;
    case SIM_MANY_VALUES:
        fill(m, "{},", "", 1000000);
        break;
    case SIM_HTML:
        replace_body(m, page, sizeof(page) - 1);
        break;
    case SIM_GZIP:
        sim_gzip_body(&m->body);
        break;
    case SIM_CRLF:
        if (m->stream)
            make_crlf(m);
        break;
    default:
        break;
    }
}

static void heartbeat(struct sim_making *m, enum sim_ending ending)
{
    struct sim_plan *p = m->p;

    p->beat = p->bytes.n;
    p->beat_ms = 200;
    (void)bd_buf_add(&p->bytes, m->stream ? "e\r\n: keep-alive\n\n\r\n" : "1\r\n\n\r\n");
    for (int i = 0; ending == SIM_END_FLOOD && i < 4000; i++)
        (void)bd_buf_add(&p->bytes,
                         m->stream ? "e\r\n: keep-alive\n\n\r\n" : "1\r\n\n\r\n");
    p->beat_end = p->bytes.n;
    sim_plan_due(p, 0);
    p->ending = ending;
}

/* From byte `from` to `until`, one byte every step_ms. */
static void slow_down(struct sim_plan *p, size_t from, size_t until, uint32_t step_ms)
{
    uint32_t at = p->n ? p->due[0].at_ms : 0;
    size_t all = p->bytes.n;

    p->n = 0;
    for (p->bytes.n = from + 1; p->bytes.n < until; p->bytes.n++) {
        sim_plan_due(p, at);
        at += step_ms;
    }
    p->bytes.n = all;
    sim_plan_due(p, at);
    p->one_write_each = true;
}

static size_t head_bytes(const struct sim_plan *p)
{
    const char *end = strstr(p->bytes.data, "\r\n\r\n");

    return end ? (size_t)(end - p->bytes.data) + 4 : p->bytes.n;
}

/* Puts s at that place, which is not behind the first piece. */
static void insert(struct sim_plan *p, size_t at, const char *s)
{
    size_t n = strlen(s), rest = p->bytes.n - at;

    (void)bd_buf_add(&p->bytes, s); /* makes room */
    memmove(p->bytes.data + at + n, p->bytes.data + at, rest);
    memcpy(p->bytes.data + at, s, n);
    for (size_t i = 0; i < p->n; i++)
        p->due[i].end += (uint32_t)n;
}

/* What a fault does to the bytes on the wire. */
void sim_spoil_wire(struct sim_making *m)
{
    static const char early[] = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n"
                                "Content-Type: text/html\r\nRetry-After: 60\r\n\r\n";
    struct sim_plan *p = m->p;
    size_t head = head_bytes(p);

    switch (m->act->kind) {
    case SIM_HALF_BODY:
    case SIM_RESET_MID:
        sim_plan_cut(p, head + (p->bytes.n - head) / 2);
        p->ending = m->act->kind == SIM_HALF_BODY ? SIM_END_CLOSE : SIM_END_RESET;
        break;
    case SIM_STALL:
        p->ending = SIM_END_HANG;
        break;
    case SIM_RESET_HEAD:
        sim_plan_cut(p, head);
        p->ending = SIM_END_RESET;
        break;
    case SIM_RESET_END:
        p->ending = SIM_END_RESET;
        break;
    case SIM_TWO_STATUS:
        insert(p, 0, "HTTP/1.1 200 OK\r\n");
        break;
    case SIM_EARLY_HINTS:
        insert(p, 0, early);
        break;
    case SIM_BAD_CHUNKS:
        (void)bd_buf_add(&p->bytes, "size\r\nof a chunk\r\n");
        sim_plan_due(p, m->total_ms);
        p->ending = SIM_END_CLOSE;
        break;
    case SIM_LONG_LENGTH:
        p->ending = SIM_END_CLOSE;
        break;
    case SIM_HANGUP:
        p->ending = SIM_END_HANGUP;
        break;
    case SIM_DRIP:
        slow_down(p, head, p->bytes.n, 1000);
        break;
    case SIM_SLOW_HEADERS:
        slow_down(p, 0, head, 200);
        break;
    case SIM_KEEPALIVE:
    case SIM_FLOOD:
        sim_plan_cut(p, head);
        p->n = 0;
        heartbeat(m, m->act->kind == SIM_FLOOD ? SIM_END_FLOOD : SIM_END_BEAT);
        break;
    default:
        sim_swell(m, head);
        break;
    }
}
