/* tests/fuzz/reader.h - three brands, a reader of them, and what every reading must
 * hold. */
#ifndef BD_TESTS_FUZZ_READER_H
#define BD_TESTS_FUZZ_READER_H

#include <math.h>

#include "domain/reading/reading.h"
#include "fuzz.h"

static inline struct bd_inquiry *three_brands(void)
{
    static struct bd_inquiry q;
    struct bd_error err;

    if (q.brand_count)
        return &q;
    bd_inquiry_init(&q);
    must(bd_inquiry_add_brand(&q, "石头=Roborock,石头科技", &err) == 0);
    must(bd_inquiry_add_brand(&q, "小米=Xiaomi,MI", &err) == 0);
    must(bd_inquiry_add_brand(&q, "Tesla=特斯拉", &err) == 0);
    must(bd_inquiry_add_question(&q, "推荐什么牌子？", &err) == 0);
    must(bd_inquiry_add_model(&q, "qwen/qwen-plus", &err) == 0);
    return &q;
}

static inline const struct bd_reader *three_brands_reader(void)
{
    static struct bd_reader *reader; /* as long as the program */
    struct bd_error err;

    if (!reader)
        must(bd_reader_new(&reader, three_brands(), &err) == 0);
    return reader;
}

static inline void check_sighting(const struct bd_observation *o, size_t b, size_t n)
{
    const struct bd_sighting *s = &o->brands[b];

    must(s->evidence_count <= 20);
    for (size_t k = 0; k < s->evidence_count; k++)
        must(s->evidence[k].start < s->evidence[k].end && s->evidence[k].end <= n);
    must(s->first_offset <= n);
    must((s->mentioned == BD_YES) == (s->order > 0));
    must(s->mentioned != BD_YES || s->count > 0);
    must(s->mentioned == BD_YES || s->rank == 0);
    must(s->rank >= 0 && s->section_rank >= 0);
    must((s->rank == 0) == (s->rank_source == BD_RANK_NONE));
    must(!(s->sentiment < -1) && !(s->sentiment > 1));
    for (size_t k = 0; k < b; k++)
        must(!s->order || s->order != o->brands[k].order);
}

/* Who intercepts is there, and the main brand is not. */
static inline void check_interception(const struct bd_observation *o)
{
    must((o->intercepted == BD_YES) == (o->intercepted_count > 0));
    must(o->intercepted != BD_YES || o->brands[0].mentioned == BD_NO);
    for (size_t i = 0; i < o->intercepted_count; i++) {
        int by = o->intercepted_by[i];

        must(by > 0 && (size_t)by < o->brand_count);
        must(o->brands[by].mentioned == BD_YES);
    }
}

/* Text that did not come whole proves no absence. */
static inline void check_certainty(const struct bd_observation *o, bool cut)
{
    must(!cut || !o->complete);
    if (o->complete)
        return;
    must(o->intercepted != BD_YES);
    for (size_t b = 0; b < o->brand_count; b++)
        must(o->brands[b].mentioned != BD_NO);
}

static inline void check_span(const struct bd_span *s, size_t n)
{
    must(s->start < s->end && s->end <= n);
}

/* The words that gave rank and tone, and the pages that are cited. */
static inline void check_proofs(const struct bd_observation *o, size_t n)
{
    for (size_t b = 0; b < o->brand_count; b++) {
        const struct bd_sighting *s = &o->brands[b];

        if (s->rank > 0)
            check_span(&s->rank_proof, n);
        must((s->tone_count > 0) == (s->tone_source != BD_TONE_NONE));
        for (int i = 0; i < s->tone_count; i++)
            check_span(&s->tone_proof[i], n);
    }
    for (size_t i = 0; i < o->citation_count; i++) {
        const struct bd_citation *c = &o->citations[i];

        must(strncmp(c->url, "http", 4) == 0 && c->domain[0]);
        for (int k = 0; k < c->span_count; k++)
            check_span(&c->spans[k], n);
        for (int k = 0; k < c->near_count; k++)
            must(c->near[k] >= 0 && (size_t)c->near[k] < o->brand_count + o->found_count);
    }
}

static inline void check_reading(const struct bd_observation *o, size_t n, bool cut)
{
    must(o->brand_count == 3);
    for (size_t b = 0; b < o->brand_count; b++)
        check_sighting(o, b, n);
    for (size_t i = 0; i < o->found_count; i++) {
        must(o->found[i].name[0]);
        must(o->found[i].where.start < o->found[i].where.end);
        must(o->found[i].where.end <= n);
        must(o->found[i].order > 0 && o->found[i].rank >= 0);
    }
    must(o->first_brand < 0 || o->brands[o->first_brand].mentioned == BD_YES);
    must(o->list_items >= 0 && o->list_promised >= 0);
    check_interception(o);
    check_certainty(o, cut);
    check_proofs(o, n);
}

static inline struct bd_observation *read_checked(const char *s, size_t n, bool cut,
                                                  int echo)
{
    const struct bd_answer_text answer = {
        .text = s, .bytes = n, .cut = cut, .echo = echo};
    struct bd_observation *o = NULL;
    struct bd_error err;

    must(bd_reader_read(three_brands_reader(), &answer, &o, &err) == 0);
    check_reading(o, n, cut);
    return o;
}

#endif
