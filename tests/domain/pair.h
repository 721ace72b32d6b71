/* tests/domain/pair.h - two diagnoses of the same questions, made by hand. */
#ifndef BD_TESTS_DOMAIN_PAIR_H
#define BD_TESTS_DOMAIN_PAIR_H

#include "domain/make.h"

/* So many questions from number `first` on, two models, 华为 and 小米, neutral; nothing
 * is mentioned. */
static inline void asked(struct bd_record *rec, int first, int questions, int samples)
{
    char text[32];

    bd_record_init(rec);
    bd_inquiry_init(&rec->inquiry);
    snprintf(rec->id, sizeof(rec->id), "20260101-%06d", first);
    rec->created_ms = 1795421730123;
    brand(&rec->inquiry, "华为");
    brand(&rec->inquiry, "小米");
    for (int i = first; i < first + questions; i++) {
        snprintf(text, sizeof(text), "问题%d？", i);
        question(&rec->inquiry, text);
    }
    model(&rec->inquiry, "qwen/qwen-plus");
    model(&rec->inquiry, "doubao/lite");
    rec->inquiry.probes = BD_PROBE_NEUTRAL;
    rec->inquiry.samples = samples;
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++)
        answer(&rec->cells[i], "x", 2, BD_NO);
}

/* The brand stands first in the answers to the first `n` questions. */
static inline void named(struct bd_record *rec, int b, int n)
{
    for (size_t i = 0; i < rec->cell_count; i++)
        if (rec->cells[i].question < n)
            mention(rec->cells[i].geo, b, 1, 0.5);
}

#endif
