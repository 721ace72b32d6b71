/* runtime/pool.h - the work-stealing pool on which all jobs run.
 *
 *   post from a worker ──► its own deque (bottom) ◄── it pops here, newest first
 *   post from outside  ──► injector (FIFO)            thieves take from the top
 *
 * A worker looks in its deque, then in the injector, then steals; every
 * 61st time it looks into the injector first, then at the oldest job of its deque, so
 * that no job starves, even behind one that posts itself again. A deque holds 65,536
 * jobs; what does not fit, or finds no memory, goes to the injector. A worker with
 * nothing to do sleeps, and is woken only when there is a job that no awake worker is
 * already looking for.
 *
 * Jobs are short and never wait: no I/O, no lock held for long, no sleep. */
#ifndef BD_RUNTIME_POOL_H
#define BD_RUNTIME_POOL_H

#include "base/fail.h"

/* Embedded in the object that the work is about; the caller owns the memory and leaves
 * it alone from post until run was called. run may post the same job again. */
struct bd_job {
    void (*run)(struct bd_job *job); /* [worker] */
    struct bd_job *next;             /* the pool's */
};

struct bd_pool;

struct bd_pool_stats {
    unsigned workers;
    unsigned long long run, stolen, injected, sleeps;
};

/* [main] Starts the workers; 0 means one a core. At most 256. */
int bd_pool_start(struct bd_pool **out, unsigned workers,
                  struct bd_error *err) BD_MUST_CHECK;
/* [main] Runs everything that was posted, and what that posts, then ends the workers.
 * No thread but the workers may post from here on. NULL is fine. */
void bd_pool_stop(struct bd_pool *pool);

/* [any] Cannot fail. */
void bd_pool_post(struct bd_pool *pool, struct bd_job *job);

/* [any] A snapshot, for people and tests. */
void bd_pool_stats(struct bd_pool *pool, struct bd_pool_stats *out);

#endif
