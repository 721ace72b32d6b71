/* base/random.c - splitmix64 (Steele, Lea, Flood 2014). */
#include "base/random.h"

void bd_random_init(struct bd_random *r, uint64_t seed)
{
    r->state = seed;
}

uint64_t bd_random_next(struct bd_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint32_t bd_random_u32(struct bd_random *r)
{
    return (uint32_t)(bd_random_next(r) >> 32);
}

/* Scaling instead of a remainder: the bias is below n / 2^32. */
uint32_t bd_random_below(struct bd_random *r, uint32_t n)
{
    return (uint32_t)(((uint64_t)bd_random_u32(r) * n) >> 32);
}
