#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/pool.h"

static struct bd_pool *start(unsigned workers)
{
    struct bd_pool *p = NULL;
    struct bd_error err;

    assert_int_equal(bd_pool_start(&p, workers, &err), 0);
    return p;
}

struct counted {
    struct bd_job job;
    struct bd_pool *pool;
    _Atomic unsigned runs;
};

static void run_counted(struct bd_job *job)
{
    atomic_fetch_add(&((struct counted *)job)->runs, 1);
}

static struct counted *make(struct bd_pool *p, size_t n)
{
    struct counted *jobs = calloc(n, sizeof(*jobs));

    assert_non_null(jobs);
    for (size_t i = 0; i < n; i++) {
        jobs[i].job.run = run_counted;
        jobs[i].pool = p;
    }
    return jobs;
}

static size_t not_run_once(const struct counted *jobs, size_t n)
{
    size_t wrong = 0;

    for (size_t i = 0; i < n; i++)
        wrong += atomic_load(&jobs[i].runs) != 1;
    return wrong;
}

/* Posting from outside */

#define POSTERS 4
#define EACH    50000

struct poster {
    pthread_t thread;
    struct counted *jobs;
};

static void *post_all(void *arg)
{
    struct poster *me = arg;

    for (size_t i = 0; i < EACH; i++)
        bd_pool_post(me->jobs[i].pool, &me->jobs[i].job);
    return NULL;
}

static void jobs_posted_by_many_threads_run_once_each(void **state)
{
    struct bd_pool *p = start(4);
    struct counted *jobs = make(p, POSTERS * EACH);
    struct poster posters[POSTERS];

    (void)state;
    for (size_t i = 0; i < POSTERS; i++) {
        posters[i].jobs = jobs + i * EACH;
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_all, &posters[i]),
                         0);
    }
    for (size_t i = 0; i < POSTERS; i++)
        pthread_join(posters[i].thread, NULL);
    bd_pool_stop(p);
    assert_int_equal(not_run_once(jobs, POSTERS * EACH), 0);
    free(jobs);
}

/* Jobs that post jobs: node i of a tree posts 2i+1 and 2i+2. */

#define NODES 100000

static struct {
    struct counted *jobs;
    _Atomic unsigned left;
    sem_t over;
} tree;

static void run_node(struct bd_job *job)
{
    struct counted *me = (struct counted *)job;
    size_t at = (size_t)(me - tree.jobs);

    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < NODES; child++)
        bd_pool_post(me->pool, &tree.jobs[child].job);
    atomic_fetch_add(&me->runs, 1);
    if (atomic_fetch_sub(&tree.left, 1) == 1)
        sem_post(&tree.over);
}

static void a_tree_of_jobs_that_post_jobs_runs_whole(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 8; workers *= 2) {
        struct bd_pool *p = start(workers);
        struct bd_pool_stats stats;

        tree.jobs = make(p, NODES);
        tree.left = NODES;
        sem_init(&tree.over, 0, 0);
        for (size_t i = 0; i < NODES; i++)
            tree.jobs[i].job.run = run_node;
        bd_pool_post(p, &tree.jobs[0].job);
        sem_wait(&tree.over);
        bd_pool_stats(p, &stats);
        assert_int_equal(stats.run, NODES);
        assert_int_equal(stats.workers, workers);
        assert_int_equal(stats.injected, 1);
        bd_pool_stop(p);
        assert_int_equal(not_run_once(tree.jobs, NODES), 0);
        sem_destroy(&tree.over);
        free(tree.jobs);
    }
}

static void stop_runs_what_was_posted_and_what_that_posts(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct bd_pool *p = start(3);

        tree.jobs = make(p, NODES);
        tree.left = NODES;
        sem_init(&tree.over, 0, 0);
        for (size_t i = 0; i < NODES; i++)
            tree.jobs[i].job.run = run_node;
        bd_pool_post(p, &tree.jobs[0].job);
        bd_pool_stop(p); /* at once, most of the tree is not even posted */
        assert_int_equal(not_run_once(tree.jobs, NODES), 0);
        sem_destroy(&tree.over);
        free(tree.jobs);
    }
}

static void an_idle_pool_stops(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++)
        bd_pool_stop(start(1 + i % 8));
    bd_pool_stop(NULL);
}

/* One worker posts more than its deque holds. */

#define MANY 200000

static struct counted *many;

static void run_flood(struct bd_job *job)
{
    struct counted *me = (struct counted *)job;

    for (size_t i = 0; i < MANY; i++)
        bd_pool_post(me->pool, &many[i].job);
    atomic_fetch_add(&me->runs, 1);
}

static void what_a_full_deque_refuses_goes_to_the_injector(void **state)
{
    struct bd_pool *p = start(1); /* nobody steals, so it must become full */
    struct counted *flood = make(p, 1);
    struct bd_pool_stats stats = {0};

    (void)state;
    many = make(p, MANY);
    flood->job.run = run_flood;
    bd_pool_post(p, &flood->job);
    while (stats.run < MANY + 1)
        bd_pool_stats(p, &stats);
    assert_int_equal(stats.injected, 1 + MANY - 65536);
    bd_pool_stop(p);
    assert_int_equal(not_run_once(flood, 1), 0);
    assert_int_equal(not_run_once(many, MANY), 0);
    free(flood);
    free(many);
}

/* A job that posts itself again must not starve others, neither those from outside nor
 * the older ones of its own deque. */

static struct {
    struct counted *self, *outside, *older;
    _Atomic unsigned spins;
} loop;

static void run_older(struct bd_job *job)
{
    run_counted(job);
}

static void run_loop(struct bd_job *job)
{
    struct counted *me = (struct counted *)job;

    if (atomic_fetch_add(&loop.spins, 1) == 0)
        bd_pool_post(me->pool, &loop.older->job);
    if (atomic_load(&loop.outside->runs) == 0 || atomic_load(&loop.older->runs) == 0)
        bd_pool_post(me->pool, job);
    else
        atomic_store(&me->runs, 1);
}

static void a_job_that_posts_itself_starves_nobody(void **state)
{
    struct bd_pool *p = start(1);

    (void)state;
    loop.self = make(p, 1);
    loop.outside = make(p, 1);
    loop.older = make(p, 1);
    loop.spins = 0;
    loop.self->job.run = run_loop;
    loop.older->job.run = run_older;
    bd_pool_post(p, &loop.self->job);
    while (atomic_load(&loop.spins) < 10)
        ; /* it runs round and round */
    bd_pool_post(p, &loop.outside->job);
    bd_pool_stop(p);
    assert_int_equal(atomic_load(&loop.self->runs), 1);
    assert_int_equal(not_run_once(loop.outside, 1), 0);
    assert_int_equal(not_run_once(loop.older, 1), 0);
    free(loop.self);
    free(loop.outside);
    free(loop.older);
}

/* Falling asleep and waking. Each round posts a few jobs and waits for the last of them;
 * a lost wake-up hangs here, and ctest's limit ends it. */

#define ROUNDS 6000

struct ping {
    struct bd_job job;
    sem_t *over;
    _Atomic unsigned *left;
};

static void run_ping(struct bd_job *job)
{
    struct ping *me = (struct ping *)job;

    if (atomic_fetch_sub(me->left, 1) == 1)
        sem_post(me->over);
}

static void rounds_of_pings(struct bd_pool *p, size_t rounds, unsigned each)
{
    struct ping pings[8];
    _Atomic unsigned left;
    sem_t over;

    sem_init(&over, 0, 0);
    for (size_t r = 0; r < rounds; r++) {
        atomic_store(&left, each);
        for (unsigned i = 0; i < each; i++) {
            pings[i] = (struct ping){{run_ping, NULL}, &over, &left};
            bd_pool_post(p, &pings[i].job);
        }
        sem_wait(&over);
    }
    sem_destroy(&over);
}

static void no_wake_up_is_lost(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 5; workers += 2) {
        struct bd_pool *p = start(workers);

        rounds_of_pings(p, ROUNDS, 1);
        rounds_of_pings(p, ROUNDS, workers + 1);
        bd_pool_stop(p);
    }
}

static void *ping_thread(void *arg)
{
    rounds_of_pings(arg, ROUNDS / 4, 2);
    return NULL;
}

static void no_wake_up_is_lost_between_many_posters(void **state)
{
    struct bd_pool *p = start(3);
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ping_thread, p), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    bd_pool_stop(p);
}

static int64_t cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void idle_workers_use_no_cpu(void **state)
{
    struct bd_pool *p = start(8);
    struct timespec wait = {.tv_nsec = 300 * 1000000};
    int64_t before;

    (void)state;
    rounds_of_pings(p, 100, 8);
    before = cpu_ms();
    nanosleep(&wait, NULL); /* the one real wait: idleness has no event to wait for */
    assert_true(cpu_ms() - before < 30);
    bd_pool_stop(p);
}

/* Two jobs that wait for each other need two workers awake at once. */

static pthread_barrier_t meeting;

static void run_meet(struct bd_job *job)
{
    (void)job;
    pthread_barrier_wait(&meeting);
}

static void two_jobs_from_outside_run_at_the_same_time(void **state)
{
    struct bd_pool *p = start(2);
    struct bd_job jobs[2] = {{run_meet, NULL}, {run_meet, NULL}};

    (void)state;
    pthread_barrier_init(&meeting, NULL, 3);
    for (int i = 0; i < 2000; i++) {
        bd_pool_post(p, &jobs[0]);
        bd_pool_post(p, &jobs[1]);
        pthread_barrier_wait(&meeting);
    }
    bd_pool_stop(p);
    pthread_barrier_destroy(&meeting);
}

static void run_parent(struct bd_job *job)
{
    struct counted *me = (struct counted *)job;

    bd_pool_post(me->pool, &me[1].job); /* waits in this worker's deque... */
    pthread_barrier_wait(&meeting);     /* ...and must be stolen for this to go on */
}

static void a_job_in_the_deque_of_a_busy_worker_is_stolen(void **state)
{
    struct bd_pool *p = start(2);
    struct bd_pool_stats stats;

    (void)state;
    pthread_barrier_init(&meeting, NULL, 3);
    for (int i = 0; i < 2000; i++) {
        struct counted jobs[2] = {{.job.run = run_parent, .pool = p},
                                  {.job.run = run_meet, .pool = p}};

        bd_pool_post(p, &jobs[0].job);
        pthread_barrier_wait(&meeting);
    }
    bd_pool_stats(p, &stats);
    assert_int_equal(stats.stolen, 2000);
    bd_pool_stop(p);
    pthread_barrier_destroy(&meeting);
}

static void run_who(struct bd_job *job)
{
    atomic_fetch_add(&((struct counted *)job)->runs,
                     bd_thread_what() == BD_WORKER ? 1 : 100);
}

static void workers_are_marked_as_such(void **state)
{
    struct bd_pool *p = start(0);
    struct counted *who = make(p, 1);

    (void)state;
    who->job.run = run_who;
    bd_pool_post(p, &who->job);
    bd_pool_stop(p);
    assert_int_equal(not_run_once(who, 1), 0);
    free(who);
}

static void too_many_workers_are_refused(void **state)
{
    struct bd_pool *p = NULL;
    struct bd_error err;

    (void)state;
    assert_int_equal(bd_pool_start(&p, 257, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_posted_by_many_threads_run_once_each),
        cmocka_unit_test(a_tree_of_jobs_that_post_jobs_runs_whole),
        cmocka_unit_test(stop_runs_what_was_posted_and_what_that_posts),
        cmocka_unit_test(an_idle_pool_stops),
        cmocka_unit_test(what_a_full_deque_refuses_goes_to_the_injector),
        cmocka_unit_test(a_job_that_posts_itself_starves_nobody),
        cmocka_unit_test(no_wake_up_is_lost),
        cmocka_unit_test(no_wake_up_is_lost_between_many_posters),
        cmocka_unit_test(idle_workers_use_no_cpu),
        cmocka_unit_test(two_jobs_from_outside_run_at_the_same_time),
        cmocka_unit_test(a_job_in_the_deque_of_a_busy_worker_is_stolen),
        cmocka_unit_test(workers_are_marked_as_such),
        cmocka_unit_test(too_many_workers_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
