/* engine/carry.c - what a service has accepted, carried over to another storage. */
#include "engine/service_parts.h"

#define SOURCE "service"

/* Service lock held: its rows are not in memory, and nobody has read them yet. */
static bool waits_for_rows(struct bd_session *n)
{
    bool waits;

    pthread_mutex_lock(&n->lock);
    waits = n->resumed && !n->diagnosis && n->state == BD_SESSION_QUEUED;
    pthread_mutex_unlock(&n->lock);
    return waits;
}

int bd__service_swapping(void *arg, struct bd_error *err)
{
    struct bd_service *s = arg;
    unsigned waiting = 0;

    pthread_mutex_lock(&s->lock);
    for (struct bd_session *n = s->queue.head; n; n = n->next)
        waiting += waits_for_rows(n);
    for (struct bd_session *n = s->running.head; n; n = n->next)
        waiting += waits_for_rows(n);
    pthread_mutex_unlock(&s->lock);
    if (waiting == 0)
        return 0;
    return bd_fail(
        err, BD_ERR_OVERLOADED, 0, SOURCE,
        "%u diagnoses of an earlier process wait, and their answers are in the "
        "storage before; change it when they have begun",
        waiting);
}

/* On its way from the queue to its first row: that will be in the new storage. Until
 * then its acceptance is, and under the lock, since the first row must come later. */
static void store_begun(const struct bd_service *s, struct bd_session *n)
{
    pthread_mutex_lock(&n->lock);
    if (!n->diagnosis && n->state == BD_SESSION_QUEUED)
        bd__persist_queued(s->engine, n);
    pthread_mutex_unlock(&n->lock);
}

/* Those that run put their own rows again; see swap.c. */
void bd__service_swapped(void *arg)
{
    struct bd_service *s = arg;

    pthread_mutex_lock(&s->lock);
    s->swaps++;
    for (const struct bd_session *n = s->queue.head; n; n = n->next)
        bd__persist_queued(s->engine, n);
    for (struct bd_session *n = s->running.head; n; n = n->next)
        store_begun(s, n);
    pthread_mutex_unlock(&s->lock);
}
