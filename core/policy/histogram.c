/* policy/histogram.c - see histogram.h. */
#include "policy/histogram.h"

#include <assert.h>

const struct bd_histogram_bounds bd_histogram_seconds = {
    .count = 14,
    .upper = {0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60},
};

const struct bd_histogram_bounds bd_histogram_sizes = {
    .count = 10,
    .upper = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000},
};

void bd_histogram_init(struct bd_histogram *h, const struct bd_histogram_bounds *bounds)
{
    *h = (struct bd_histogram){.bounds = bounds};
}

void bd_histogram_add(struct bd_histogram *h, double value)
{
    size_t i = 0;

    if (!(value > 0)) /* NaN, too: it would make a NaN of the sum for ever */
        value = 0;
    while (i < h->bounds->count && value > h->bounds->upper[i])
        i++;
    h->counts[i]++;
    h->count++;
    h->sum += value;
}

void bd_histogram_merge(struct bd_histogram *h, const struct bd_histogram *from)
{
    assert(h->bounds == from->bounds);
    for (size_t i = 0; i <= h->bounds->count; i++)
        h->counts[i] += from->counts[i];
    h->count += from->count;
    h->sum += from->sum;
}
