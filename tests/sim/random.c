/* sim/random.c - splitmix64, and two distributions over it. */
#include "sim/random.h"

#include <math.h>

uint64_t sim_hash(uint64_t h, const void *p, size_t n)
{
    const unsigned char *s = p;

    for (size_t i = 0; i < n; i++)
        h = (h ^ s[i]) * UINT64_C(0x100000001b3);
    return h;
}

void sim_random_init(struct sim_random *r, uint64_t seed)
{
    r->state = seed;
}

uint64_t sim_random_next(struct sim_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t sim_random_below(struct sim_random *r, uint32_t n)
{
    return (uint32_t)(((sim_random_next(r) >> 32) * n) >> 32);
}

double sim_random_unit(struct sim_random *r)
{
    return (double)(sim_random_next(r) >> 11) * 0x1p-53;
}

double sim_random_lognormal(struct sim_random *r, double median, double p95)
{
    const double pi = 3.14159265358979323846, z95 = 1.6448536269514722;
    double u = 1.0 - sim_random_unit(r); /* never 0, for the logarithm */
    double z = sqrt(-2.0 * log(u)) * cos(2.0 * pi * sim_random_unit(r));

    if (p95 <= median || median <= 0)
        return median;
    return median * exp(log(p95 / median) / z95 * z);
}
