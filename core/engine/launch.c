/* engine/launch.c - before the first call for a task is made, the storage is told.
 *
 * So that after a crash nobody has to guess which calls may have been answered and billed
 * without their answer being here. A storage that is slow to take the row holds a call up
 * for TELL_MS at most, and is then waited for no more until it keeps up or ASIDE_MS have
 * passed; one that refuses it holds it up not at all. */
#include <stddef.h>

#include "base/clock.h"
#include "engine/parts.h"

#define TELL_MS  1000
#define ASIDE_MS 5000
#define STEP_MS  20 /* between two looks at rows that are on their way */

enum { UNTOLD, TELLING, TOLD };

bool bd__launch_begun(struct bd_run *run)
{
    return atomic_load(&run->begun) != UNTOLD;
}

/* Of those who see the row stored and those who lose patience, one makes the call. */
static bool is_mine(struct bd_run *run)
{
    int telling = TELLING;

    return atomic_compare_exchange_strong(&run->begun, &telling, TOLD);
}

static void launch(struct bd_job *job) /* [worker] */
{
    bd__diagnosis_call(
        (struct bd_run *)(void *)((char *)job - offsetof(struct bd_run, launch_job)));
}

static void on_told(void *arg, const struct bd_error *err) /* [store] */
{
    struct bd_run *run = arg;
    struct bd_diagnosis *d = run->diagnosis;

    /* Of an error, the cell's own row will say what there is to say. */
    if (err)
        atomic_store(&d->engine->aside_ms, bd_clock_ms() + ASIDE_MS);
    if (is_mine(run)) {
        if (!err)
            atomic_store(&d->engine->aside_ms, 0);
        run->launch_job.run = launch;
        bd_pool_post(d->engine->pool, &run->launch_job);
    }
    bd__diagnosis_unref(d);
}

static void look_again(struct bd_diagnosis *d, int64_t at_ms)
{
    int64_t none = 0;

    if (atomic_compare_exchange_strong(&d->launch_ms, &none, at_ms))
        bd__engine_wake(d->engine, at_ms);
}

/* True: the row is on its way. Under the lock that ends a run, so that the row never
 * comes after the one of the cell, which it would replace. */
static bool tell(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_error err;
    bool sent = false;

    pthread_mutex_lock(&d->lock);
    if (!run->over) {
        run->told_ms = bd_clock_ms();
        atomic_store(&run->begun, TELLING);
        bd__diagnosis_ref(d);
        sent = bd__persist_begun(run, on_told, &err) == 0;
        if (!sent) {
            atomic_store(&run->begun, TOLD);
            bd__diagnosis_unref(d); /* the caller's own is left */
        }
    }
    pthread_mutex_unlock(&d->lock);
    return sent;
}

/* A storage that has not kept up of late, or fails, is not waited for. */
static bool lags(struct bd_engine *e)
{
    struct bd_store_stats stats;

    if (bd_clock_ms() < atomic_load(&e->aside_ms))
        return true;
    bd_store_stats(e->store, &stats);
    return stats.failing;
}

void bd__launch(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_engine *e = d->engine;

    if (!e->store || atomic_load(&run->begun) != UNTOLD) {
        bd__diagnosis_call(run);
        return;
    }
    bd__diagnosis_ref(d); /* the run may be over before this function is */
    if (!tell(run) || (lags(e) && is_mine(run))) {
        bd__diagnosis_call(run);
    } else {
        bd_store_hurry(e->store);
        look_again(d, bd_clock_ms() + TELL_MS);
    }
    bd__diagnosis_unref(d);
}

void bd__launch_overdue(struct bd_diagnosis *d, int64_t now_ms)
{
    bool more = false;

    for (size_t i = 0; i < d->record.cell_count; i++) {
        struct bd_run *run = &d->runs[i];

        if (atomic_load(&run->begun) != TELLING)
            continue;
        if (run->told_ms + TELL_MS > now_ms) {
            more = true;
        } else if (is_mine(run)) {
            atomic_store(&d->engine->aside_ms, now_ms + ASIDE_MS);
            bd__diagnosis_call(run);
        }
    }
    if (more)
        look_again(d, now_ms + STEP_MS);
}
