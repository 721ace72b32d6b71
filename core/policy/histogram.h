/* policy/histogram.h - how often a value lay between fixed bounds. [owner]
 *
 * A value falls into the first bucket whose upper bound is not below it, or into the last
 * one, which has none. Counts only grow, so what reads them now and then (Prometheus)
 * sees what happened in between by subtraction. A value, no memory of its own; the bounds
 * are lent and constant. */
#ifndef BD_POLICY_HISTOGRAM_H
#define BD_POLICY_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define BD_HISTOGRAM_BOUNDS 15 /* at most */

struct bd_histogram_bounds {
    size_t count;
    double upper[BD_HISTOGRAM_BOUNDS]; /* rising */
};

/* Seconds, 0.05 to 60: closest where a deadline of 20 s decides. */
extern const struct bd_histogram_bounds bd_histogram_seconds;
/* Sizes of batches, 1 to 1000. */
extern const struct bd_histogram_bounds bd_histogram_sizes;

struct bd_histogram {
    const struct bd_histogram_bounds *bounds;
    uint64_t counts[BD_HISTOGRAM_BOUNDS + 1]; /* each its own bucket's; the one after the
                                                 last bound has no upper end */
    uint64_t count;                           /* of all */
    double sum;                               /* of the values */
};

/* Empty. */
void bd_histogram_init(struct bd_histogram *h, const struct bd_histogram_bounds *bounds);
/* A negative value counts as 0, and so does one that is no number. */
void bd_histogram_add(struct bd_histogram *h, double value);
/* Adds what `from` holds; both have the same bounds. */
void bd_histogram_merge(struct bd_histogram *h, const struct bd_histogram *from);

#endif
