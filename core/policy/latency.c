/* policy/latency.c - see latency.h. */
#include "policy/latency.h"

#include <stdlib.h>
#include <string.h>

void bd_latency_init(struct bd_latency *l)
{
    *l = (struct bd_latency){0};
}

void bd_latency_add(struct bd_latency *l, int64_t ms)
{
    if (ms < 0)
        ms = 0;
    if (ms > INT32_MAX)
        ms = INT32_MAX;
    l->ms[l->count++ % BD_LATENCY_KEPT] = (int32_t)ms;
}

static int by_size(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

int64_t bd_latency_percentile_ms(const struct bd_latency *l, int percent)
{
    size_t n = l->count < BD_LATENCY_KEPT ? (size_t)l->count : BD_LATENCY_KEPT;
    int32_t sorted[BD_LATENCY_KEPT];
    size_t rank;

    if (n < BD_LATENCY_LEAST)
        return -1;
    percent = percent < 1 ? 1 : percent > 100 ? 100 : percent;
    memcpy(sorted, l->ms, n * sizeof(sorted[0]));
    qsort(sorted, n, sizeof(sorted[0]), by_size);
    rank = ((size_t)percent * n + 99) / 100; /* nearest rank, from 1 */
    return sorted[rank - 1];
}

int64_t bd_latency_typical_ms(const struct bd_latency *l)
{
    return bd_latency_percentile_ms(l, 50);
}
