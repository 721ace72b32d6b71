/* base/random.h - random numbers as a value. [owner]
 *
 * splitmix64: eight bytes of state, any seed is a good one, the same seed gives the
 * same run on every machine. For jitter and sampling; not for secrets. */
#ifndef BD_BASE_RANDOM_H
#define BD_BASE_RANDOM_H

#include <stdint.h>

struct bd_random {
    uint64_t state;
};

void bd_random_init(struct bd_random *r, uint64_t seed);
uint64_t bd_random_next(struct bd_random *r);
/* 32 bits, what bd_retry_delay() takes. */
uint32_t bd_random_u32(struct bd_random *r);
/* Uniform in 0..n-1; 0 if n is 0. */
uint32_t bd_random_below(struct bd_random *r, uint32_t n);

#endif
