/* sim/record.c - see record.h. Everything is found by hash or index: 10,000 calls a
 * second must not make it slower. */
#include "sim/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define KINDS_MAX 64

struct tally {
    char word[32];
    uint64_t n;
};

struct counters {
    uint64_t requests, ok, aborted;
    int64_t open, max_open;
    struct tally errors[KINDS_MAX], status[KINDS_MAX];
};

struct line {
    int provider, status;
    bool stream, search, done, answered;
    int64_t at_ms, end_ms;
    char model[64], fault[32], brand[64], prompt[324]; /* 80 characters of 4 bytes */
};

struct seen {
    uint64_t hash;
    uint32_t n; /* 0: free */
};

struct sim_record {
    int64_t start_ms;
    struct counters of[SIM_PROVIDERS];
    uint64_t lines; /* ever written */
    struct line *log;
    struct seen *seen;
    size_t seen_n, seen_cap; /* a power of two */
};

struct sim_record *sim_record_new(int64_t now_ms)
{
    struct sim_record *r = calloc(1, sizeof(*r));

    if (!r)
        return NULL;
    r->start_ms = now_ms;
    r->seen_cap = 1024;
    r->log = calloc(SIM_LOG_MAX, sizeof(*r->log));
    r->seen = calloc(r->seen_cap, sizeof(*r->seen));
    if (r->log && r->seen)
        return r;
    sim_record_free(r);
    return NULL;
}

void sim_record_free(struct sim_record *r)
{
    if (!r)
        return;
    free(r->log);
    free(r->seen);
    free(r);
}

void sim_record_reset(struct sim_record *r, int64_t now_ms)
{
    for (int i = 0; i < SIM_PROVIDERS; i++) {
        int64_t open = r->of[i].open; /* they will end and be counted down */

        r->of[i] = (struct counters){.open = open, .max_open = open};
    }
    /* Numbers go on, so that a call of before does not end a line of after. */
    memset(r->log, 0, SIM_LOG_MAX * sizeof(*r->log));
    memset(r->seen, 0, r->seen_cap * sizeof(*r->seen));
    r->seen_n = 0;
    r->start_ms = now_ms;
}

/* The last place takes what does not fit. */
static void tally(struct tally *list, const char *word)
{
    size_t i = 0;

    while (i < KINDS_MAX - 1 && list[i].n && strcmp(list[i].word, word) != 0)
        i++;
    if (!list[i].n)
        snprintf(list[i].word, sizeof(list[i].word), "%s",
                 i < KINDS_MAX - 1 ? word : "other");
    list[i].n++;
}

static void write_line(struct line *l, const struct sim_entry *e)
{
    size_t n = 0, points = 0, all = strnlen(e->ask->text, sizeof(l->prompt) - 1);
    int32_t cp;

    *l = (struct line){.provider = e->ask->provider,
                       .status = e->status,
                       .stream = e->ask->stream,
                       .search = e->ask->search};
    while (n < all && points++ < 80)
        n += bd_text_next(e->ask->text + n, all - n, &cp);
    snprintf(l->prompt, sizeof(l->prompt), "%.*s", (int)n, e->ask->text);
    snprintf(l->model, sizeof(l->model), "%.63s", e->ask->model);
    snprintf(l->fault, sizeof(l->fault), "%s", e->fault);
    snprintf(l->brand, sizeof(l->brand), "%s", e->names->of[0]);
}

uint64_t sim_record_begin(struct sim_record *r, const struct sim_entry *e, int64_t now_ms)
{
    struct counters *c = &r->of[e->ask->provider];
    struct line *l = &r->log[r->lines % SIM_LOG_MAX];
    char status[16];

    c->requests++;
    if (++c->open > c->max_open)
        c->max_open = c->open;
    if (strcmp(e->fault, "ok") == 0)
        c->ok++;
    else
        tally(c->errors, e->fault);
    snprintf(status, sizeof(status), "%d", e->status);
    tally(c->status, e->status ? status : "none");
    write_line(l, e);
    l->at_ms = now_ms - r->start_ms;
    return r->lines++;
}

void sim_record_end(struct sim_record *r, int provider, uint64_t number, bool answered,
                    int64_t now_ms)
{
    struct line *l = &r->log[number % SIM_LOG_MAX];

    r->of[provider].open--;
    if (!answered)
        r->of[provider].aborted++;
    if (r->lines - number > SIM_LOG_MAX)
        return; /* forgotten */
    l->done = true;
    l->answered = answered;
    l->end_ms = now_ms - r->start_ms;
}

int64_t sim_record_open(const struct sim_record *r, int provider)
{
    return r->of[provider].open;
}

static struct seen *place(struct seen *list, size_t cap, uint64_t hash)
{
    size_t i = hash & (cap - 1);

    while (list[i].n && list[i].hash != hash)
        i = (i + 1) & (cap - 1);
    return &list[i];
}

static void grow(struct sim_record *r)
{
    struct seen *more = calloc(r->seen_cap * 2, sizeof(*more));

    if (!more)
        return; /* it becomes slow, and stops counting when full */
    for (size_t i = 0; i < r->seen_cap; i++)
        if (r->seen[i].n)
            *place(more, r->seen_cap * 2, r->seen[i].hash) = r->seen[i];
    free(r->seen);
    r->seen = more;
    r->seen_cap *= 2;
}

uint32_t sim_record_count(struct sim_record *r, uint64_t prompt_hash)
{
    struct seen *s;

    if (r->seen_n * 2 >= r->seen_cap)
        grow(r);
    if (r->seen_n + 1 >= r->seen_cap)
        return 0;
    s = place(r->seen, r->seen_cap, prompt_hash);
    if (!s->n)
        r->seen_n++;
    s->hash = prompt_hash;
    return s->n++;
}

static json_t *tally_object(const struct tally *list)
{
    json_t *o = json_object();

    for (size_t i = 0; i < KINDS_MAX && list[i].n; i++)
        (void)json_object_set_new(o, list[i].word, json_integer((json_int_t)list[i].n));
    return o;
}

json_t *sim_record_stats(const struct sim_record *r)
{
    json_t *o = json_object();

    for (int i = 0; i < SIM_PROVIDERS; i++) {
        const struct counters *c = &r->of[i];

        (void)json_object_set_new(
            o, sim_provider_name(i),
            json_pack("{s:I, s:I, s:I, s:o, s:I, s:I, s:o}", "requests",
                      (json_int_t)c->requests, "ok", (json_int_t)c->ok, "aborted",
                      (json_int_t)c->aborted, "errors", tally_object(c->errors), "open",
                      (json_int_t)c->open, "max_open", (json_int_t)c->max_open,
                      "by_status", tally_object(c->status)));
    }
    return o;
}

static json_t *line_object(const struct line *l)
{
    return json_pack(
        "{s:s, s:o, s:i, s:s, s:b, s:b, s:I, s:o, s:b, s:o, s:o}", "provider",
        sim_provider_name(l->provider), "model",
        bd_json_string(l->model, strlen(l->model)), "status", l->status, "fault",
        l->fault, "stream", l->stream, "search", l->search, "at_ms", (json_int_t)l->at_ms,
        "end_ms", l->done ? json_integer((json_int_t)l->end_ms) : json_null(), "answered",
        l->done && l->answered, "prompt", bd_json_string(l->prompt, strlen(l->prompt)),
        "brand", bd_json_string(l->brand, strlen(l->brand)));
}

json_t *sim_record_log(const struct sim_record *r, size_t last)
{
    json_t *list = json_array();
    uint64_t from = r->lines > last ? r->lines - last : 0;

    if (r->lines - from > SIM_LOG_MAX)
        from = r->lines - SIM_LOG_MAX;
    for (uint64_t i = from; i < r->lines; i++)
        if (r->log[i % SIM_LOG_MAX].fault[0]) /* empty: from before a reset */
            (void)json_array_append_new(list, line_object(&r->log[i % SIM_LOG_MAX]));
    return list;
}
