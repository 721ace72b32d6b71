/* engine/launch.c - before the first call for a task is made, the storage is told.
 *
 * So that after a crash nobody has to guess which calls may have been answered and billed
 * without their answer being here. A storage that is slow to take the row does not hold
 * the call up for longer than TELL_MS, and one that refuses it not at all. */
#include <stddef.h>

#include "base/clock.h"
#include "engine/parts.h"

#define TELL_MS 100
#define STEP_MS 20 /* between two looks at rows that are on their way */

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

    (void)err; /* the cell's own row will find the storage as it is, and say so */
    if (is_mine(run)) {
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

void bd__launch(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_store *store = d->engine->store;
    struct bd_error err;

    if (!store || atomic_load(&run->begun) != UNTOLD) {
        bd__diagnosis_call(run);
        return;
    }
    run->told_ms = bd_clock_ms();
    atomic_store(&run->begun, TELLING);
    bd__diagnosis_ref(d);
    bd__diagnosis_ref(d); /* for this function: the run may be over before it is */
    if (bd__persist_begun(run, on_told, &err) < 0) {
        atomic_store(&run->begun, TOLD);
        bd__diagnosis_unref(d);
        bd__diagnosis_call(run);
    } else {
        bd_store_hurry(store);
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
        if (run->told_ms + TELL_MS > now_ms)
            more = true;
        else if (is_mine(run))
            bd__diagnosis_call(run);
    }
    if (more)
        look_again(d, now_ms + STEP_MS);
}
