/* tests/domain/make.h - requests, cells and observations for tests, made by hand. */
#ifndef BD_TESTS_DOMAIN_MAKE_H
#define BD_TESTS_DOMAIN_MAKE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/record.h"

static inline void must(int rc, const struct bd_error *err)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %s\n", err->context, err->message);
    abort();
}

static inline void brand(struct bd_inquiry *r, const char *spec)
{
    struct bd_error err = {0};

    must(bd_inquiry_add_brand(r, spec, &err), &err);
}

static inline void question(struct bd_inquiry *r, const char *text)
{
    struct bd_error err = {0};

    must(bd_inquiry_add_question(r, text, &err), &err);
}

static inline void model(struct bd_inquiry *r, const char *spec)
{
    struct bd_error err = {0};

    must(bd_inquiry_add_model(r, spec, &err), &err);
}

/* The reference case: 4 brands, 1 question, 2 models. */
static inline void reference(struct bd_inquiry *r)
{
    bd_inquiry_init(r);
    brand(r, "华为=HUAWEI");
    brand(r, "小米");
    brand(r, "特斯拉=Tesla");
    brand(r, "比亚迪=BYD");
    question(r, "20 万左右的新能源汽车品牌推荐");
    model(r, "doubao");
    model(r, "qwen");
}

/* All tasks of the record's request as cells that were not answered yet. */
static inline void add_cells(struct bd_record *rec)
{
    const struct bd_inquiry *r = &rec->inquiry;
    struct bd_cell *c;

    rec->cell_count = bd_inquiry_task_count(r);
    rec->cells = c = calloc(rec->cell_count, sizeof(*c));
    if (!c)
        abort();
    for (int q = 0; q < (int)r->question_count; q++) {
        for (int b = 0; (r->probes & BD_PROBE_MATRIX) && b < (int)r->brand_count; b++)
            for (int m = 0; m < (int)r->model_count; m++, c++) {
                bd_cell_init(c);
                c->probe = BD_PROBE_MATRIX;
                c->brand = b;
                c->question = q;
                c->model = m;
            }
        for (int m = 0; (r->probes & BD_PROBE_NEUTRAL) && m < (int)r->model_count; m++)
            for (int s = 0; s < r->samples; s++, c++) {
                bd_cell_init(c);
                c->question = q;
                c->model = m;
                c->sample = s;
            }
    }
}

static inline struct bd_cell *cell_at(struct bd_record *rec, enum bd_probe probe, int b,
                                      int m, int nth)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_cell *c = &rec->cells[i];

        if (c->probe == probe && c->model == m &&
            (probe == BD_PROBE_NEUTRAL || c->brand == b) && nth-- == 0)
            return c;
    }
    abort();
}

/* Gives the cell an answer in which no brand is mentioned; known says whether their
 * absence is certain. */
static inline struct bd_observation *answer(struct bd_cell *c, const char *text,
                                            size_t brands, enum bd_known known)
{
    struct bd_observation *o = calloc(1, sizeof(*o));

    free(c->text);
    c->text = strdup(text);
    if (!o || !c->text)
        abort();
    c->text_bytes = strlen(text);
    c->status = BD_STATUS_OK;
    c->skip = BD_SKIP_NONE;
    c->attempts = 1;
    c->ttft_ms = 400;
    c->latency_ms = 2100;
    o->brands = calloc(brands, sizeof(*o->brands));
    if (!o->brands)
        abort();
    o->brand_count = brands;
    for (size_t i = 0; i < brands; i++) {
        o->brands[i].mentioned = known;
        o->brands[i].sentiment = NAN;
    }
    o->first_brand = -1;
    o->complete = known != BD_UNKNOWN;
    o->intercepted = known == BD_UNKNOWN ? BD_UNKNOWN : BD_NO;
    o->claims.sentiment = NAN;
    o->claims.mentioned = BD_UNKNOWN;
    if (c->geo)
        bd_observation_free(c->geo);
    c->geo = o;
    return o;
}

/* Brand b stands in the answer; mention in the order of the text. rank 0 = none. */
static inline void mention(struct bd_observation *o, int b, int rank, double sentiment)
{
    struct bd_sighting *s = &o->brands[b];
    int order = 1;

    for (size_t i = 0; i < o->brand_count; i++)
        order += o->brands[i].order > 0;
    s->mentioned = BD_YES;
    s->type = BD_MENTION_RECOMMENDED;
    s->count = 1;
    s->order = order;
    s->rank = rank;
    s->rank_source = rank > 0 ? BD_RANK_LIST : BD_RANK_NONE;
    s->sentiment = sentiment;
    if (o->first_brand < 0)
        o->first_brand = b;
}

static inline void fail_cell(struct bd_cell *c, enum bd_status status,
                             enum bd_error_type type, const char *message)
{
    c->status = status;
    c->skip = BD_SKIP_NONE;
    c->attempts = 1;
    c->latency_ms = 3000;
    (void)bd_fail(&c->error, type, 429, "http", "%s", message);
}

#endif
