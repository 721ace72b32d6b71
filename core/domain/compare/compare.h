/* domain/compare/compare.h - two diagnoses side by side: what changed, and is it more
 * than noise? [owner] Pure.
 *
 * Only what both have is compared: shared brands, the answers to shared questions by
 * shared models (domain/compare/shared.h). If nothing has changed, the models might as
 * well have given the two sets of answers the other way round; so answers of one unit
 * (same question and model) are changed about at random, and p is the share of 5,000 or
 * more such draws whose difference is at least as large (exact in the sense of Fisher's
 * permutation test; nothing is assumed about how answers are spread). Where each unit
 * has one answer on either side, a yes or no is McNemar's exact test instead. Without a
 * question in common, questions are dealt out anew to the two sides.
 *
 * Many figures are looked at, so p is corrected by Holm's method over all of them:
 * the chance that anything at all is called a change where there is none is 5 %.
 * Intervals are drawn as in domain/figures/bootstrap.h, with the same seed. */
#ifndef BD_DOMAIN_COMPARE_H
#define BD_DOMAIN_COMPARE_H

#include "domain/compare/shared.h"
#include "domain/figures/figures.h"
#include "domain/figures/measure.h"

enum bd_test { BD_TEST_NONE, BD_TEST_MCNEMAR, BD_TEST_PERMUTATION };

struct bd_side { /* of one figure; value NaN where n is 0 */
    double value;
    int n;
    struct bd_interval interval; /* 95 %; NaN: none */
};

struct bd_compared { /* one figure of one brand */
    enum bd_measure what;
    size_t brand; /* of shared.brands */
    struct bd_side before, after;
    double difference;           /* after - before, NaN */
    struct bd_interval interval; /* of the difference */
    enum bd_test test;           /* NONE: nothing to test; p is NaN */
    double p, corrected;         /* by Holm */
    bool more;                   /* than noise: corrected below 0.05 */
};

struct bd_comparison {
    struct bd_shared shared;
    struct bd_compared *figures; /* brand by brand */
    size_t count;
    int tested, more; /* figures; those that changed by more than noise */
    int uncorrected;  /* p below 0.05 before the correction */
    int answers[2];   /* that were compared, of both probes */
    int draws;        /* of the permutation test; 0: none was needed */
    int replicates;   /* under the intervals */
    double least;     /* the smallest p that these answers could give */
};

enum { BD_COMPARE_DRAWS = 9999, BD_COMPARE_LEAST = 4999 };

/* Both as they were loaded. *c needs no init and is empty on failure: see
 * bd_shared_make(). */
int bd_compare(struct bd_comparison *c, const struct bd_record *before,
               const struct bd_record *after, struct bd_error *err) BD_MUST_CHECK;
void bd_comparison_free(struct bd_comparison *c);

/* The pages for the terminal, and one object, schema "brandiag.compare/1"
 * (docs/compare.schema.json). -1: out is full, or memory short. */
struct bd_report_style;
int bd_compare_terminal(struct bd_buf *out, const struct bd_comparison *c,
                        const struct bd_record *before, const struct bd_record *after,
                        const struct bd_report_style *style);
int bd_compare_json(struct bd_buf *out, const struct bd_comparison *c,
                    const struct bd_record *before, const struct bd_record *after);

#endif
