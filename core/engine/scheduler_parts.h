/* engine/scheduler_parts.h - what the scheduler's two files share: deciding, and telling
 * how it stands. */
#ifndef BD_ENGINE_SCHEDULER_PARTS_H
#define BD_ENGINE_SCHEDULER_PARTS_H

#include <pthread.h>

#include "base/random.h"
#include "engine/lane.h"
#include "engine/scheduler.h"

struct bd_scheduler {
    struct bd_scheduler_hooks hooks;
    void *arg;

    /* Guards the rest and every lane. Taken last: whoever holds a diagnosis's lock may
     * ask here, never the other way round. */
    pthread_mutex_t lock;
    struct bd_retry_config retry;
    struct bd_hedge_config hedge;
    struct bd_lane *lanes, *turn; /* turn: the lane to be asked first next time */
    struct bd_breakers *breakers;
    struct bd_retry_budget budget;
    uint64_t hedges;
    struct bd_random random;
    int64_t wake_ms; /* the earliest wake that was asked for; INT64_MAX = none */
};

/* Under the lock; NULL if there is none of that name. */
struct bd_lane *bd__scheduler_find(const struct bd_scheduler *s, const char *provider);

#endif
