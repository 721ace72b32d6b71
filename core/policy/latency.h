/* policy/latency.h - how long a provider's successful calls take. [owner]
 *
 * The last 32 durations, oldest forgotten first: what a provider does today counts, and
 * a figure that half a day of calm has made exact is of no use when it slows down. The
 * median is not moved by one call that hung. A value, no memory of its own. */
#ifndef BD_POLICY_LATENCY_H
#define BD_POLICY_LATENCY_H

#include <stdint.h>

#define BD_LATENCY_KEPT  32
#define BD_LATENCY_LEAST 5 /* fewer say nothing */

struct bd_latency {
    int32_t ms[BD_LATENCY_KEPT];
    uint64_t count; /* ever added */
};

void bd_latency_init(struct bd_latency *l);
/* A call that succeeded took so long. Negative is 0. */
void bd_latency_add(struct bd_latency *l, int64_t ms);
/* The median; -1 with fewer than BD_LATENCY_LEAST. */
int64_t bd_latency_typical_ms(const struct bd_latency *l);
/* The duration that `percent` of the calls stay within (nearest rank, 1 to 100); -1
 * with fewer than BD_LATENCY_LEAST. */
int64_t bd_latency_percentile_ms(const struct bd_latency *l, int percent);

#endif
