/* domain/figures/bootstrap.h - intervals of rates and scores, by drawing what was asked
 * again. [any] Pure.
 *
 * Answers to one question resemble each other, so questions are drawn, with all their
 * answers. Fewer than ten of them do not show how much questions differ: there the
 * answers are drawn as well (a model's k-th of both probes is one), and an interval is as
 * wide as the wider of the two says on either side. With one question only its answers
 * are. Questions that name a brand are not drawn: how they portray it is part of every
 * draw. 2,000 draws, fewer where there are very many answers, always with the same seed:
 * the same answers give the same interval on every machine. The interval is what lies
 * between the 2.5th and the 97.5th percentile. Where all draws are alike (a brand that is
 * never named, or always), there is none, and the rate has Wilson's. docs/report.md tells
 * it exactly enough to be done again. */
#ifndef BD_DOMAIN_BOOTSTRAP_H
#define BD_DOMAIN_BOOTSTRAP_H

#include "domain/figures/figures.h"

enum {
    BD_BOOTSTRAP_SEED = 20260101,
    BD_BOOTSTRAP_MOST = 2000,
    BD_BOOTSTRAP_LEAST = 200,
    BD_BOOTSTRAP_FEW = 10 /* questions */
};

/* Fills f->sure and the intervals of f's brands. f is of that record. */
int bd_bootstrap(struct bd_figures *f, const struct bd_record *rec,
                 struct bd_error *err) BD_MUST_CHECK;

/* What lies between the 2.5th and the 97.5th percentile; NaN ones are left out, the order
 * changes. NaN where all are alike: that proves nothing. */
struct bd_interval bd_bootstrap_between(double *values, int count);

#endif
