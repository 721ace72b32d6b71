/* base/exposition.h - the text that Prometheus scrapes, format 0.0.4. [owner]
 *
 *   # HELP name what it is            one family: header first, then all its samples;
 *   # TYPE name counter               the next family ends it
 *   name{label="value"} 12
 *
 * What the format or its readers would refuse is not written, but counted, and _end()
 * fails: a name that is no name or is there already, no help, a counter that does not end
 * in _total, another family that ends like a counter or like a part of a histogram, a
 * sample before any family or of another type than its family's, labels that are no
 * names. Two samples of a family must differ in their labels: the caller's duty.
 * Several may append to one buffer, one after the other. */
#ifndef BD_BASE_EXPOSITION_H
#define BD_BASE_EXPOSITION_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

#define BD_EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8" /* Content-Type */

enum bd_exposition_type { BD_METRIC_COUNTER, BD_METRIC_GAUGE, BD_METRIC_HISTOGRAM };

struct bd_exposition {
    struct bd_buf *out;
    const char *family; /* lent: the one that is being written, NULL = none */
    enum bd_exposition_type type;
    int refused;
};

struct bd_exposition_buckets { /* lent for the call */
    size_t bounds;
    const double *upper;    /* rising */
    const uint64_t *counts; /* each its own bucket's, bounds + 1 of them */
    double sum;
};

/* name, value, name, value ... as a list; NULL instead of a list means no labels. */
#define BD_LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* out is lent until the end. */
void bd_exposition_init(struct bd_exposition *x, struct bd_buf *out);

/* name is lent until the next family. help is one sentence, of any characters. */
void bd_exposition_family(struct bd_exposition *x, const char *name,
                          enum bd_exposition_type type, const char *help);

/* A sample of the family. A label's value may be any bytes: what is no UTF-8 becomes
 * U+FFFD. NaN and infinities are written as such. */
void bd_exposition_value(struct bd_exposition *x, const char *const *labels, double v);
void bd_exposition_count(struct bd_exposition *x, const char *const *labels, uint64_t n);
void bd_exposition_histogram(struct bd_exposition *x, const char *const *labels,
                             const struct bd_exposition_buckets *b);

/* -1: something was refused, or the buffer is full. */
int bd_exposition_end(struct bd_exposition *x) BD_MUST_CHECK;

#endif
