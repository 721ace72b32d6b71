/* runtime/pool.c - workers, their deques, the injector, and who sleeps when.
 *
 * Sleep and wake-up. Two counters decide: `searching` workers are awake and look for
 * work at other places than their own deque, `asleep` ones wait for the condition.
 *
 *   poster:  put the job; MARK; if searching == 0 and asleep > 0, wake one
 *   worker:  asleep + 1; MARK (searching - 1); look at all queues once more; then wait
 *
 * A MARK is a read-modify-write of `searching`. All of these have one order, and each
 * sees what was done before the ones that precede it. No job is left alone:
 * - If the poster's MARK is first, the worker's last look sees the job.
 * - If the worker's is first, the poster sees it asleep, and nobody searching or someone.
 * - A searcher that the poster sees ends, after the poster's MARK, in one of two ways. It
 *   finds nothing: then it takes the last look. Or it finds another job: then, if it was
 *   the last searcher, it looks at all queues and wakes a sleeper if anything is there.
 * - If nobody sleeps or searches, all workers run jobs, and their MARK is still to come.
 * Who wakes a worker counts it as searching at once, under the lock, so a burst of posts
 * wakes one worker, which wakes the next when it has found something. */
#include "runtime/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/thread.h"
#include "runtime/deque.h"
#include "runtime/spawn.h"

#define SOURCE      "pool"
#define MAX_WORKERS 256
#define DEQUE_LIMIT 65536 /* jobs; what does not fit goes to the injector */
#define FAIR_EVERY  61    /* jobs; prime, so that it does not beat with loops of jobs */
#define ROUNDS      4     /* over all victims before a searcher goes to sleep */

struct worker {
    struct bd_deque deque;
    struct bd_pool *pool;
    pthread_t thread;
    unsigned at;     /* its index */
    unsigned ticks;  /* jobs it looked for */
    uint32_t random; /* never 0 */
    /* Written by the worker alone, so no read-modify-write is needed; read by anyone. */
    _Atomic unsigned long long run, stolen, sleeps;
};

struct bd_pool {
    struct worker *workers; /* aligned as struct bd_deque asks */
    unsigned n, started;

    pthread_mutex_t injector_lock;
    struct bd_job *first, **last;  /* FIFO; under injector_lock */
    unsigned long long injected;   /* under injector_lock */
    _Atomic size_t injector_count; /* written under injector_lock, read without */

    pthread_mutex_t sleep_lock; /* may be taken with no other lock held */
    pthread_cond_t wake;
    unsigned tickets;        /* woken, not yet up; under sleep_lock */
    bool stopping, done;     /* under sleep_lock */
    _Atomic unsigned asleep; /* written under sleep_lock, read without */
    _Atomic unsigned searching;
};

static _Thread_local struct worker *self;

/* acq_rel would do for the argument above; on x86 and arm64 it costs the same. A
 * read-modify-write and not a fence, because ThreadSanitizer does not model fences. */
static void mark(struct bd_pool *p, int change)
{
    atomic_fetch_add_explicit(&p->searching, (unsigned)change, memory_order_seq_cst);
}

static void count(_Atomic unsigned long long *n)
{
    atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

/* The injector */

static void inject(struct bd_pool *p, struct bd_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&p->injector_lock);
    *p->last = job;
    p->last = &job->next;
    p->injected++;
    atomic_fetch_add_explicit(&p->injector_count, 1, memory_order_relaxed);
    pthread_mutex_unlock(&p->injector_lock);
}

static struct bd_job *take_injected(struct bd_pool *p)
{
    struct bd_job *job;

    /* Relaxed: a job that is missed here is seen at the last look before sleep. */
    if (atomic_load_explicit(&p->injector_count, memory_order_relaxed) == 0)
        return NULL;
    pthread_mutex_lock(&p->injector_lock);
    job = p->first;
    if (job) {
        p->first = job->next;
        if (!p->first)
            p->last = &p->first;
        atomic_fetch_sub_explicit(&p->injector_count, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&p->injector_lock);
    return job;
}

/* Sleep and wake-up */

static bool has_work(struct bd_pool *p)
{
    if (atomic_load_explicit(&p->injector_count, memory_order_relaxed) > 0)
        return true;
    for (unsigned i = 0; i < p->n; i++)
        if (!bd_deque_empty(&p->workers[i].deque))
            return true;
    return false;
}

static void wake_one(struct bd_pool *p)
{
    if (atomic_load_explicit(&p->searching, memory_order_seq_cst) > 0 ||
        atomic_load_explicit(&p->asleep, memory_order_seq_cst) == 0)
        return;
    pthread_mutex_lock(&p->sleep_lock);
    /* Again, under the lock: of many posters at once one wakes. */
    if (atomic_load(&p->searching) == 0 && atomic_load(&p->asleep) > 0) {
        atomic_fetch_sub(&p->asleep, 1);
        atomic_fetch_add(&p->searching, 1);
        p->tickets++;
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->sleep_lock);
}

static void finish(struct bd_pool *p)
{
    p->done = true;
    pthread_cond_broadcast(&p->wake);
}

/* A searcher lies down. Comes back as a searcher; false when the pool has ended. */
static bool sleep_till_work(struct worker *w)
{
    struct bd_pool *p = w->pool;
    bool up;

    pthread_mutex_lock(&p->sleep_lock);
    atomic_fetch_add(&p->asleep, 1);
    mark(p, -1);
    if (has_work(p)) {
        atomic_fetch_add(&p->searching, 1);
        atomic_fetch_sub(&p->asleep, 1);
        pthread_mutex_unlock(&p->sleep_lock);
        return true;
    }
    /* All asleep and no queue holds anything: nobody is left who could post. */
    if (p->stopping && atomic_load(&p->asleep) == p->n)
        finish(p);
    count(&w->sleeps);
    while (p->tickets == 0 && !p->done)
        pthread_cond_wait(&p->wake, &p->sleep_lock);
    up = !p->done;
    if (up)
        p->tickets--;
    pthread_mutex_unlock(&p->sleep_lock);
    return up;
}

/* Workers */

static uint32_t next_random(struct worker *w) /* xorshift32 */
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return w->random;
}

static struct bd_job *steal(struct worker *w)
{
    struct bd_pool *p = w->pool;
    unsigned from = next_random(w) % p->n;

    for (unsigned i = 0; i < p->n; i++) {
        struct worker *victim = &p->workers[(from + i) % p->n];
        struct bd_job *job = victim == w ? NULL : bd_deque_steal(&victim->deque);

        if (job) {
            count(&w->stolen);
            return job;
        }
    }
    return NULL;
}

/* Now and then the order is turned round: first the injector, then the oldest job of
 * the own deque. Otherwise a job that posts itself again would starve all others. */
static struct bd_job *look_near(struct worker *w)
{
    struct bd_job *job = NULL;

    if (++w->ticks % FAIR_EVERY == 0) {
        job = take_injected(w->pool);
        if (!job)
            job = bd_deque_steal(&w->deque);
    }
    if (!job)
        job = bd_deque_pop(&w->deque);
    return job ? job : take_injected(w->pool);
}

static struct bd_job *look_far(struct worker *w)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct bd_job *job = take_injected(w->pool);

        if (!job)
            job = steal(w);
        if (job)
            return job;
    }
    return NULL;
}

/* Finds a job or sleeps until there is one; NULL when the pool has ended. */
static struct bd_job *search(struct worker *w)
{
    struct bd_pool *p = w->pool;
    struct bd_job *job;

    mark(p, 1);
    while (!(job = look_far(w)))
        if (!sleep_till_work(w))
            return NULL;
    /* Posters saw us searching and woke nobody: what is left is for the next. */
    if (atomic_fetch_sub(&p->searching, 1) == 1 && has_work(p))
        wake_one(p);
    return job;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct bd_job *job;
    char name[16];

    snprintf(name, sizeof(name), "bd-work-%u", w->at);
    bd_thread_is(BD_WORKER, name);
    self = w;
    while ((job = look_near(w)) || (job = search(w))) {
        count(&w->run); /* before, so that who waits for a job finds it counted */
        job->run(job);
    }
    return NULL;
}

/* Doors */

static void free_pool(struct bd_pool *p)
{
    for (unsigned i = 0; i < p->n; i++)
        bd_deque_free(&p->workers[i].deque);
    pthread_mutex_destroy(&p->injector_lock);
    pthread_mutex_destroy(&p->sleep_lock);
    pthread_cond_destroy(&p->wake);
    free(p->workers);
    free(p);
}

static struct bd_pool *new_pool(unsigned n)
{
    struct bd_pool *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->workers = aligned_alloc(_Alignof(struct worker), n * sizeof(struct worker));
    if (!p->workers) {
        free(p);
        return NULL;
    }
    memset(p->workers, 0, n * sizeof(struct worker));
    p->n = n;
    p->last = &p->first;
    pthread_mutex_init(&p->injector_lock, NULL); /* cannot fail on Linux */
    pthread_mutex_init(&p->sleep_lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    for (unsigned i = 0; i < n; i++) {
        struct worker *w = &p->workers[i];

        bd_deque_init(&w->deque, DEQUE_LIMIT);
        w->pool = p;
        w->at = i;
        w->random = 0x9e3779b9U * (i + 1);
    }
    return p;
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : (unsigned)n;
}

int bd_pool_start(struct bd_pool **out, unsigned workers, struct bd_error *err)
{
    unsigned n = workers ? workers : cores();
    struct bd_pool *p;

    if (n > MAX_WORKERS)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "%u workers are asked for, at most %d are possible", n,
                       MAX_WORKERS);
    p = new_pool(n);
    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    for (; p->started < n; p->started++) {
        struct worker *w = &p->workers[p->started];

        errno = bd__spawn(&w->thread, work, w);
        if (errno != 0) {
            bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE, "cannot start a worker thread");
            bd_fail_in(err, "starting worker %u of %u", p->started + 1, n);
            bd_pool_stop(p);
            return -1;
        }
    }
    *out = p;
    return 0;
}

void bd_pool_stop(struct bd_pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->sleep_lock);
    p->stopping = true;
    /* Workers that could not be started count as asleep for ever. */
    atomic_fetch_add(&p->asleep, p->n - p->started);
    if (atomic_load(&p->asleep) == p->n)
        finish(p);
    pthread_mutex_unlock(&p->sleep_lock);
    for (unsigned i = 0; i < p->started; i++)
        pthread_join(p->workers[i].thread, NULL);
    free_pool(p);
}

void bd_pool_post(struct bd_pool *p, struct bd_job *job)
{
    bool own = self && self->pool == p;

    if (!own || bd_deque_push(&self->deque, job) < 0)
        inject(p, job);
    mark(p, 0);
    wake_one(p);
}

void bd_pool_stats(struct bd_pool *p, struct bd_pool_stats *out)
{
    *out = (struct bd_pool_stats){.workers = p->n};
    for (unsigned i = 0; i < p->n; i++) {
        struct worker *w = &p->workers[i];

        out->run += atomic_load_explicit(&w->run, memory_order_relaxed);
        out->stolen += atomic_load_explicit(&w->stolen, memory_order_relaxed);
        out->sleeps += atomic_load_explicit(&w->sleeps, memory_order_relaxed);
    }
    pthread_mutex_lock(&p->injector_lock);
    out->injected = p->injected;
    pthread_mutex_unlock(&p->injector_lock);
}
