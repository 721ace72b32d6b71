/* domain/figures/measure.h - the figures of a brand as functions of sums. [any] Pure.
 *
 * What an answer adds to each sum is known once; figures of any choice of answers, drawn
 * again or changed about, are then additions and a division. The values are those of
 * domain/figures/figures.h, which counts all answers of one diagnosis once. */
#ifndef BD_DOMAIN_MEASURE_H
#define BD_DOMAIN_MEASURE_H

#include "domain/cell.h"

/* clang-format off */
#define BD_MEASURE_MAP(X)                  \
    X(MENTION,      "mention_rate")        \
    X(MACRO,        "mention_rate_by_model") \
    X(FIRST,        "first_mention_rate")  \
    X(VOICE,        "share_of_voice")      \
    X(TOP1,         "top1_rate")           \
    X(TOP3,         "top3_rate")           \
    X(RANK,         "average_rank")        \
    X(RECIPROCAL,   "reciprocal_rank")     \
    X(SENTIMENT,    "sentiment")           \
    X(SCORE,        "score")               \
    X(INTERCEPTION, "interception")        \
    X(RECOMMENDED,  "recommendation_rate")
/* clang-format on */

enum bd_measure {
#define X(id, name) BD_MEASURE_##id,
    BD_MEASURE_MAP(X)
#undef X
        BD_MEASURE_COUNT
};

enum bd_sum {
    BD_SUM_KNOWN, /* neutral answers that tell whether the brand is there */
    BD_SUM_HITS,
    BD_SUM_FIRST,
    BD_SUM_TOP1,
    BD_SUM_TOP3,
    BD_SUM_RANKED, /* with an explicit rank */
    BD_SUM_RANKS,
    BD_SUM_RECIPROCALS,
    BD_SUM_LADDER,
    BD_SUM_TONED, /* of both probes, with a sentiment */
    BD_SUM_TONES,
    BD_SUM_OPEN, /* answers that tell whether the brand intercepts the main one; of the
                    main brand: whether any does */
    BD_SUM_CAUGHT,
    BD_SUM_RECOMMENDED,
    BD_SUM_COUNT
};

struct bd_sums {
    double of[BD_SUM_COUNT];
};

struct bd_totals { /* of a choice of answers */
    size_t brands, models;
    struct bd_score_weights weights; /* of the score; for whoever asks for it to set */
    struct bd_sums *sums;            /* [brand] */
    double *known, *hits;            /* [model][brand] */
};

/* -1 when memory is short; bd_totals_free() is always right. */
int bd_totals_init(struct bd_totals *t, size_t brands, size_t models) BD_MUST_CHECK;
void bd_totals_free(struct bd_totals *t);
void bd_totals_reset(struct bd_totals *t);
/* An answer of that model, so many times; sums[brand]. */
void bd_totals_add(struct bd_totals *t, size_t model, const struct bd_sums *sums,
                   int times);
/* Others, so many times; of one size with t. */
void bd_totals_join(struct bd_totals *t, const struct bd_totals *other, int times);

/* t = all - part; all of one size. */
void bd_totals_subtract(struct bd_totals *t, const struct bd_totals *all,
                        const struct bd_totals *part);

/* What the cell adds for that brand of its request. counts: it is under the figures of
 * visibility, neutral and of a question that names no brand. */
void bd_measure_cell(struct bd_sums *out, const struct bd_cell *c, size_t brand,
                     bool counts);

/* NaN where there is nothing under it. Share of voice and score take the brands of t for
 * all there are. */
double bd_measure(enum bd_measure what, const struct bd_totals *t, size_t brand);
/* What it is a mean over, or a rate of. */
int bd_measure_n(enum bd_measure what, const struct bd_totals *t, size_t brand);
/* A yes or no of each neutral answer? Then these are its sums. */
bool bd_measure_is_rate(enum bd_measure what, enum bd_sum *hits, enum bd_sum *n);

const char *bd_measure_name(enum bd_measure what);

#endif
