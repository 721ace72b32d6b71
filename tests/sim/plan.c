/* sim/plan.c - heads, framing and the pieces of a plan. */
#include "sim/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/body.h"
#include "sim/reply.h"

void sim_plan_init(struct sim_plan *p)
{
    *p = (struct sim_plan){0};
    bd_buf_init(&p->bytes, 64u << 20);
}

void sim_plan_free(struct sim_plan *p)
{
    bd_buf_free(&p->bytes);
    free(p->due);
    p->due = NULL;
    p->n = p->cap = 0;
}

void sim_plan_due(struct sim_plan *p, double at_ms)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 8;
        struct sim_due *more = realloc(p->due, cap * sizeof(*more));

        if (!more) /* the bytes then go with the next piece */
            return;
        p->due = more;
        p->cap = cap;
    }
    p->due[p->n++] =
        (struct sim_due){.end = (uint32_t)p->bytes.n, .at_ms = (uint32_t)at_ms};
}

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {302, "Found"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {402, "Payment Required"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {411, "Length Required"},
                   {413, "Content Too Large"},
                   {422, "Unprocessable Entity"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {502, "Bad Gateway"},
                   {503, "Service Unavailable"},
                   {504, "Gateway Timeout"}};

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Other";
}

void sim_plan_head(struct sim_plan *p, const struct sim_head *h)
{
    struct bd_buf *b = &p->bytes;

    p->status = h->status;
    (void)bd_buf_addf(b, "HTTP/1.1 %d %s\r\n", h->status, reason(h->status));
    if (h->type)
        (void)bd_buf_addf(b, "Content-Type: %s\r\n", h->type);
    if (h->id)
        (void)bd_buf_addf(b, "%s: %s\r\n", h->id_header, h->id);
    if (h->retry_after && *h->retry_after)
        (void)bd_buf_addf(b, "Retry-After: %s\r\n", h->retry_after);
    if (h->more)
        (void)bd_buf_add(b, h->more);
    if (h->framing == SIM_CHUNKED)
        (void)bd_buf_add(b, "Transfer-Encoding: chunked\r\n");
    else if (h->framing == SIM_LENGTH)
        (void)bd_buf_addf(b, "Content-Length: %zu\r\n", h->length);
    if (h->close || h->framing == SIM_UNTIL_CLOSE)
        (void)bd_buf_add(b, "Connection: close\r\n");
    (void)bd_buf_add(b, "\r\n");
}

void sim_plan_text(struct sim_plan *p, int status, const char *type, const char *body,
                   size_t n, bool close)
{
    struct sim_head head = {.status = status,
                            .type = type,
                            .framing = SIM_LENGTH,
                            .length = n,
                            .close = close};

    sim_plan_head(p, &head);
    (void)bd_buf_append(&p->bytes, body, n);
    sim_plan_due(p, 0);
    p->ending = close ? SIM_END_CLOSE : SIM_END_KEEP;
}

void sim_plan_id(char id[33], struct sim_random *r)
{
    snprintf(id, 33, "%016" PRIx64 "%016" PRIx64, sim_random_next(r), sim_random_next(r));
}

/* As it stands there; "date", "date+60" and "date-60" become a date so many seconds from
 * now (two, if not told), as RFC 9110 writes it. */
static void print_retry_after(char *out, size_t size, const char *setting,
                              int64_t wall_ms)
{
    long in = strlen(setting) > 4 ? strtol(setting + 4, NULL, 10) : 2;
    time_t at = (time_t)(wall_ms / 1000 + in);
    struct tm tm;

    if (strncmp(setting, "date", 4) != 0 || !gmtime_r(&at, &tm) ||
        strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
        snprintf(out, size, "%s", setting);
}

void sim_plan_trouble(struct sim_plan *p, struct sim_request *q,
                      const struct sim_trouble *t, const struct sim_objection *no)
{
    char id[33], after[40], more[80];
    struct bd_buf body;
    struct sim_head head = {.status = sim_trouble_status(t),
                            .type = sim_trouble_type(t),
                            .id_header = sim_reply_id_header(q->ask->provider),
                            .id = id,
                            .framing = SIM_LENGTH,
                            .close = q->close};

    sim_plan_id(id, &q->random);
    if (head.status == 429) {
        print_retry_after(after, sizeof(after), q->setting->rate.retry_after, q->wall_ms);
        head.retry_after = after;
        snprintf(more, sizeof(more), "retry-after-ms: %s\r\n",
                 q->setting->rate.retry_after_ms);
        head.more = q->setting->rate.retry_after_ms[0] ? more : NULL;
    }
    bd_buf_init(&body, 65536);
    sim_trouble_body(&body, t, q->ask, no, id);
    head.length = body.n;
    sim_plan_head(p, &head);
    (void)bd_buf_append(&p->bytes, body.data, body.n);
    bd_buf_free(&body);
    sim_plan_due(p, q->setting->error_ms);
    p->ending = q->close ? SIM_END_CLOSE : SIM_END_KEEP;
}

/* One piece as the framing wants it. */
static void add_framed(struct bd_buf *b, enum sim_framing framing, const char *s,
                       size_t n)
{
    if (framing == SIM_CHUNKED && n == 0)
        return; /* an empty chunk would end the body */
    if (framing == SIM_CHUNKED)
        (void)bd_buf_addf(b, "%zx\r\n", n);
    (void)bd_buf_append(b, s, n);
    if (framing == SIM_CHUNKED)
        (void)bd_buf_add(b, "\r\n");
}

void sim_plan_wrap(struct sim_plan *p, const struct sim_head *head,
                   const struct sim_plan *body, bool whole)
{
    size_t from = 0;

    sim_plan_head(p, head);
    for (size_t i = 0; i < body->n; i++) {
        add_framed(&p->bytes, head->framing, body->bytes.data + from,
                   body->due[i].end - from);
        from = body->due[i].end;
        if (i + 1 == body->n && whole && head->framing == SIM_CHUNKED)
            (void)bd_buf_add(&p->bytes, "0\r\n\r\n");
        sim_plan_due(p, body->due[i].at_ms);
    }
    if (body->n == 0) {
        if (whole && head->framing == SIM_CHUNKED)
            (void)bd_buf_add(&p->bytes, "0\r\n\r\n");
        sim_plan_due(p, 0);
    }
}

void sim_plan_cut(struct sim_plan *p, size_t bytes)
{
    while (p->n > 1 && p->due[p->n - 2].end >= bytes)
        p->n--;
    if (p->n && p->due[p->n - 1].end > bytes)
        p->due[p->n - 1].end = (uint32_t)bytes;
    p->bytes.n = bytes;
    p->bytes.data[bytes] = '\0';
}

/* Where the next write ends: one byte on, or 1 to 120. */
static size_t next_cut(enum sim_chunk chunk, struct sim_random *r)
{
    return chunk == SIM_CHUNK_BYTE ? 1 : 1 + sim_random_below(r, 120);
}

void sim_plan_shred(struct sim_plan *p, enum sim_chunk chunk, struct sim_random *r)
{
    struct sim_due *old = p->due;
    size_t n = p->n, from = 0, whole = p->bytes.n;
    double before = n ? old[0].at_ms : 0;

    if (chunk == SIM_CHUNK_EVENT)
        return;
    p->due = NULL;
    p->n = p->cap = 0;
    for (size_t i = 0; i < n; from = old[i].end, before = old[i].at_ms, i++)
        for (size_t at = from; at < old[i].end;) {
            at += next_cut(chunk, r);
            if (at > old[i].end)
                at = old[i].end;
            p->bytes.n = at; /* sim_plan_due() takes the end from there */
            sim_plan_due(p, before + (old[i].at_ms - before) * (double)(at - from) /
                                         (double)(old[i].end - from));
        }
    p->bytes.n = whole;
    p->one_write_each = true;
    free(old);
}
