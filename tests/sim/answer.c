/* sim/answer.c - from a request and a fault to a plan. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/body.h"
#include "sim/corpus.h"
#include "sim/reply.h"
#include "sim/search.h"

static double draw(struct sim_making *m, const struct sim_spread *s)
{
    return sim_random_lognormal(&m->times, s->median, s->p95);
}

/* Reasoning counts against the limit everywhere but on the two that say otherwise. */
static void limit_text(struct sim_making *m)
{
    int provider = m->q->ask->provider;
    int64_t left = m->q->ask->max_tokens;
    size_t n;

    if (left <= 0)
        return;
    if (provider != SIM_DOUBAO && provider != SIM_QWEN)
        left -= (int64_t)sim_tokens(m->thought.data, m->thought.n);
    n = sim_tokens_cut(m->text.data, m->text.n, left > 0 ? left : 0);
    if (n < m->text.n)
        m->reply.finish = "length";
    m->reply.n = n;
}

/* Who says that it answers; NULL: the one that was asked. */
static const char *model_of(struct sim_making *m)
{
    if (m->act->kind == SIM_OTHER_MODEL)
        return "quite-another-model";
    if (m->act->kind != SIM_SNAPSHOT)
        return NULL;
    snprintf(m->model, sizeof(m->model), "%s-2025-12-01", m->q->ask->model);
    return m->model;
}

/* A service may be asked to search and not do it, without a word. */
static void search(struct sim_making *m)
{
    if (!m->q->ask->search || sim_random_unit(&m->words) >= m->setting->search)
        return;
    m->pages = m->setting->pages ? json_incref(m->setting->pages) : sim_search_pages();
    if (!m->setting->text)
        sim_search_cite(&m->text, m->q->ask->provider, json_array_size(m->pages));
}

static void compose(struct sim_making *m)
{
    const struct sim_ask *ask = m->q->ask;

    if (ask->thinking)
        sim_corpus_think(&m->thought, ask->text, &m->words);
    if (m->act->kind == SIM_BAD_UTF8)
        (void)bd_buf_add(&m->text, "\xff\xfe\xe5\x8d ");
    if (m->setting->text)
        (void)bd_buf_add(&m->text, m->setting->text);
    else
        sim_corpus_write(&m->text, m->setting->answer, ask->text, m->q->names, &m->words);
    search(m);
    m->reply = (struct sim_reply){.ask = ask,
                                  .pages = m->pages,
                                  .model = model_of(m),
                                  .id = m->id,
                                  .created = m->q->wall_ms / 1000,
                                  .text = m->text.data,
                                  .n = m->text.n,
                                  .thought = m->thought.data,
                                  .thought_n = m->thought.n,
                                  .finish = "stop"};
    limit_text(m);
}

static void time_it(struct sim_making *m)
{
    double tokens = (double)(sim_tokens(m->text.data, m->reply.n) +
                             sim_tokens(m->thought.data, m->thought.n));
    double late = m->act->kind == SIM_LATE ? 15000 : 0;

    m->first_ms = draw(m, &m->setting->first_ms);
    m->total_ms = m->first_ms + tokens * 1000 / m->setting->tokens_per_second;
    if (m->setting->total_ms.median > 0)
        m->total_ms = draw(m, &m->setting->total_ms);
    if (m->setting->total_ms.median > 0 && m->first_ms > m->total_ms / 2)
        m->first_ms = m->total_ms / 2;
    m->first_ms += late;
    m->total_ms += late;
}

/* A heartbeat before the first byte, as DeepSeek sends it while a call waits. */
static void wait_for_first(struct sim_making *m, double until_ms)
{
    if (m->q->ask->provider != SIM_DEEPSEEK)
        return;
    for (int64_t at = 0; (double)at < until_ms; at += 1000) {
        (void)bd_buf_add(&m->body.bytes, m->stream ? ": keep-alive\n\n" : "\n");
        sim_plan_due(&m->body, (double)at);
    }
}

/* The next few characters: 4 to 16 of them. */
static size_t next_words(const char *s, size_t n, struct sim_random *r)
{
    uint32_t points = 4 + sim_random_below(r, 13);
    size_t i = 0;
    int32_t cp;

    while (i < n && points--)
        i += bd_text_next(s + i, n - i, &cp);
    return i;
}

static void add_deltas(struct sim_making *m, const char *s, size_t n, bool thinking,
                       size_t *done, size_t all)
{
    while (n) {
        size_t k = next_words(s, n, &m->cuts);

        sim_reply_delta(&m->body.bytes, &m->reply, s, k, thinking);
        sim_plan_due(&m->body, m->first_ms + (m->total_ms - m->first_ms) * (double)*done /
                                                 (double)all);
        *done += k;
        s += k;
        n -= k;
    }
}

static void make_stream(struct sim_making *m)
{
    size_t done = 0, all = m->reply.n + m->reply.thought_n;

    wait_for_first(m, m->first_ms);
    if (m->act->kind == SIM_LONG_LINE) {
        (void)bd_buf_add(&m->body.bytes, "data: {\"choices\":[],\"padding\":\"");
        for (int i = 0; i < 2 * 1024 * 16; i++)
            (void)bd_buf_add(
                &m->body.bytes,
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        (void)bd_buf_add(&m->body.bytes, "\"}\n\n");
    }
    sim_reply_first(&m->body.bytes, &m->reply);
    add_deltas(m, m->reply.thought, m->reply.thought_n, true, &done, all);
    add_deltas(m, m->reply.text, m->reply.n, false, &done, all);
    sim_reply_last(&m->body.bytes, &m->reply);
    if (m->act->kind != SIM_NO_DONE)
        sim_reply_done(&m->body.bytes, &m->reply);
    sim_plan_due(&m->body, m->total_ms);
}

static void make_body(struct sim_making *m)
{
    if (m->stream) {
        make_stream(m);
        return;
    }
    wait_for_first(m, m->total_ms);
    sim_reply_body(&m->body.bytes, &m->reply);
    sim_plan_due(&m->body, m->total_ms);
}

static enum sim_framing framing_of(const struct sim_making *m)
{
    switch (m->act->kind) {
    case SIM_CUT_STREAM:
    case SIM_CUT_UTF8:
        return SIM_UNTIL_CLOSE; /* so that FIN is a proper end for HTTP */
    case SIM_GZIP_BOMB:
    case SIM_ZSTD_BOMB:
    case SIM_HTTP09:
        return SIM_UNTIL_CLOSE;
    case SIM_KEEPALIVE:
    case SIM_FLOOD:
    case SIM_BAD_CHUNKS:
    case SIM_HUGE_BODY:
    case SIM_HUGE_LINE:
        return SIM_CHUNKED;
    case SIM_EMPTY:
    case SIM_SHORT_LENGTH:
    case SIM_LONG_LENGTH:
    case SIM_HTML:
        return SIM_LENGTH;
    default:
        return m->stream || m->q->ask->provider == SIM_DEEPSEEK ? SIM_CHUNKED
                                                                : SIM_LENGTH;
    }
}

static const char *type_of(const struct sim_making *m)
{
    bool events = m->stream && m->act->kind != SIM_ERROR_IN_200; /* JSON in any case */

    if (m->act->kind == SIM_NO_TYPE)
        return NULL;
    if (m->act->kind == SIM_HTML)
        return "text/html; charset=utf-8";
    return events != (m->act->kind == SIM_WRONG_LABEL)
               ? "text/event-stream; charset=utf-8"
               : "application/json; charset=utf-8";
}

/* What Content-Length says. */
static size_t promised(const struct sim_making *m)
{
    size_t n = m->body.bytes.n;

    switch (m->act->kind) {
    case SIM_STALL:
        return n * 2;
    case SIM_SHORT_LENGTH:
        return n / 2;
    case SIM_LONG_LENGTH:
        return n + 1000;
    default:
        return n;
    }
}

static const char *encoding_of(enum sim_fault kind)
{
    if (kind == SIM_ZSTD_BOMB)
        return "Content-Encoding: zstd\r\n";
    return kind == SIM_GZIP || kind == SIM_GZIP_BOMB ? "Content-Encoding: gzip\r\n"
                                                     : NULL;
}

static void wrap(struct sim_making *m)
{
    enum sim_fault kind = m->act->kind;
    enum sim_framing framing = framing_of(m);
    struct sim_head head = {.status = 200,
                            .type = type_of(m),
                            .id_header = sim_reply_id_header(m->q->ask->provider),
                            .id = m->id,
                            .more = encoding_of(kind),
                            .framing = framing,
                            .length = promised(m),
                            .close = m->q->close};

    m->p->ending =
        m->q->close || framing == SIM_UNTIL_CLOSE ? SIM_END_CLOSE : SIM_END_KEEP;
    sim_plan_wrap(m->p, &head, &m->body, kind != SIM_STALL && kind != SIM_BAD_CHUNKS);
}

/* Moderation or trouble half-way: by finish reason where the provider has one, by an
 * error where it has none. */
static void stop_half_way(struct sim_making *m)
{
    bool moderation = m->act->kind == SIM_SENSITIVE;
    const char *finish = sim_reply_finish(m->q->ask->provider, moderation);

    if (finish) {
        m->reply.finish = finish;
        m->reply.n = bd_text_cut(m->text.data, m->text.n, m->text.n / 2);
        make_body(m);
    } else {
        make_body(m);
        sim_spoil_with_error(m, false);
    }
}

/* The body is all there is: HTTP before it had heads. */
static void leave_bare(struct sim_making *m)
{
    (void)bd_buf_append(&m->p->bytes, m->body.bytes.data, m->body.bytes.n);
    sim_plan_due(m->p, m->total_ms);
    m->p->status = 200;
    m->p->ending = SIM_END_CLOSE;
}

static void make(struct sim_making *m)
{
    if (m->act->kind == SIM_EMPTY_CONTENT)
        m->reply.n = 0;
    if (m->act->kind == SIM_SENSITIVE || m->act->kind == SIM_NETWORK_ERROR)
        stop_half_way(m);
    else
        make_body(m);
    sim_spoil_body(m);
    if (m->act->kind == SIM_HTTP09)
        leave_bare(m);
    else
        wrap(m);
    sim_spoil_wire(m);
    sim_plan_shred(m->p, m->setting->chunk, &m->cuts);
}

static void answer(struct sim_plan *p, struct sim_request *q, const struct sim_act *act)
{
    struct sim_making m = {.p = p,
                           .q = q,
                           .act = act,
                           .setting = q->setting,
                           .stream = q->ask->stream != (act->kind == SIM_WRONG_TYPE)};

    sim_random_init(&m.words, sim_random_next(&q->random));
    sim_random_init(&m.times, sim_random_next(&q->random));
    sim_random_init(&m.cuts, sim_random_next(&q->random));
    sim_plan_id(m.id, &q->random);
    bd_buf_init(&m.text, 1u << 20);
    bd_buf_init(&m.thought, 1u << 20);
    sim_plan_init(&m.body);
    compose(&m);
    time_it(&m);
    make(&m);
    bd_buf_free(&m.text);
    bd_buf_free(&m.thought);
    json_decref(m.pages);
    sim_plan_free(&m.body);
}

/* A whole reply cannot fail half-way: it is an error from the start. */
static bool fails_whole(const struct sim_request *q, enum sim_fault kind)
{
    return (kind == SIM_SENSITIVE || kind == SIM_NETWORK_ERROR) && !q->ask->stream &&
           !sim_reply_finish(q->ask->provider, kind == SIM_SENSITIVE);
}

static void redirect(struct sim_plan *p, const struct sim_request *q)
{
    char more[300];
    struct sim_head head = {
        .status = 302, .more = more, .framing = SIM_LENGTH, .close = q->close};

    snprintf(more, sizeof(more), "Location: %s\r\n", q->setting->location);
    sim_plan_head(p, &head);
    sim_plan_due(p, q->setting->error_ms);
    p->ending = q->close ? SIM_END_CLOSE : SIM_END_KEEP;
}

void sim_plan_answer(struct sim_plan *p, struct sim_request *q, const struct sim_act *act)
{
    if (fails_whole(q, act->kind)) {
        sim_plan_trouble(p, q, act->trouble, NULL);
        return;
    }
    switch (act->kind) {
    case SIM_TROUBLE:
        sim_plan_trouble(p, q, act->trouble, NULL);
        break;
    case SIM_HANG:
        p->ending = SIM_END_HANG;
        break;
    case SIM_CONTINUE_HANG:
        (void)bd_buf_add(&p->bytes, "HTTP/1.1 100 Continue\r\n\r\n");
        sim_plan_due(p, 0);
        p->ending = SIM_END_HANG;
        break;
    case SIM_REDIRECT:
        redirect(p, q);
        break;
    case SIM_HANG_ACCEPT:
        p->ending = SIM_END_DEAF;
        break;
    case SIM_RESET:
        p->ending = SIM_END_RESET;
        break;
    default:
        answer(p, q, act);
    }
}
