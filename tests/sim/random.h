/* sim/random.h - seeded numbers, the same on every machine. [owner]
 *
 * Every request gets a generator of its own, keyed by what is asked and not by when,
 * so that calls which overtake each other do not change each other's answers. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct sim_random {
    uint64_t state;
};

/* FNV-1a, continued from h; start with SIM_HASH_START. */
#define SIM_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t sim_hash(uint64_t h, const void *p, size_t n);

void sim_random_init(struct sim_random *r, uint64_t seed);
uint64_t sim_random_next(struct sim_random *r);
/* 0 <= result < n; n > 0. */
uint32_t sim_random_below(struct sim_random *r, uint32_t n);
/* 0 <= result < 1. */
double sim_random_unit(struct sim_random *r);
/* A value whose median and 95th percentile are these; the median itself, always, if
 * p95 is not above it. */
double sim_random_lognormal(struct sim_random *r, double median, double p95);

#endif
