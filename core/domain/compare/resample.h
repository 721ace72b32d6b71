/* domain/compare/resample.h - what chance makes of two sets of answers. [owner] Pure.
 *
 * For domain/compare/compare.h: the figures as they are, their intervals by drawing
 * questions again, and how often a difference as large comes of dealing the same answers
 * out anew. Always with the seed of domain/figures/bootstrap.h. */
#ifndef BD_DOMAIN_RESAMPLE_H
#define BD_DOMAIN_RESAMPLE_H

#include "domain/compare/compare.h"

struct bd_lot {       /* one answer */
    uint64_t unit;    /* answers of one unit may change sides */
    size_t cluster;   /* they are drawn together for intervals */
    size_t model, at; /* where its sums are: sums[at * brands + brand] */
    bool after;
};

struct bd_lots {
    struct bd_lot *lots; /* the order changes */
    size_t count;
    const struct bd_sums *sums;
    size_t brands, models;
    struct bd_score_weights weights; /* of the score, on both sides */
    size_t clusters[2];              /* before, after */
    bool paired;                     /* the same clusters are drawn on both sides */
    bool whole; /* a unit's answers of one cluster change sides together */
};

/* Fills value, n and difference of the figures. */
int bd_resample_values(struct bd_lots *l, struct bd_compared *figures, size_t n,
                       struct bd_error *err) BD_MUST_CHECK;
/* Fills their intervals; returns the number of replicates, -1 when memory is short. */
int bd_resample_intervals(struct bd_lots *l, struct bd_compared *figures, size_t n,
                          struct bd_error *err) BD_MUST_CHECK;
/* Fills p of those whose test is BD_TEST_PERMUTATION; returns the number of draws.
 * *ways: how many ways there are to deal them out (as a double: it may be vast). */
int bd_resample_chance(struct bd_lots *l, struct bd_compared *figures, size_t n,
                       double *ways, struct bd_error *err) BD_MUST_CHECK;

#endif
