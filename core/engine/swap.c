/* engine/swap.c - another storage while diagnoses run.
 *
 *   all that live are held ─► old one closed, new one opened ─► their rows once more
 *
 * A diagnosis may end, and be freed, at any moment of it: so those that are alive when it
 * begins, and those that begin meanwhile, are kept until what they have is queued for the
 * new storage. Each is whole there; what was over before stays in the old one. */
#include <string.h>

#include "engine/parts.h"

static bool same_path(const struct bd_storage_slot *a, const struct bd_storage_slot *b)
{
    const char *x = bd__storage_path(a), *y = bd__storage_path(b);

    return x && y && strcmp(x, y) == 0;
}

static void hold_all(struct bd_engine *e)
{
    pthread_mutex_lock(&e->lock);
    e->swapping = true;
    for (struct bd_diagnosis *d = e->live; d; d = d->next)
        d->held = bd__diagnosis_try_ref(d); /* or its last row is in the old one */
    pthread_mutex_unlock(&e->lock);
}

/* One that is held no longer; its reference is the caller's. NULL: that were all. */
static struct bd_diagnosis *next_held(struct bd_engine *e)
{
    struct bd_diagnosis *d;

    pthread_mutex_lock(&e->lock);
    for (d = e->live; d && !d->held;)
        d = d->next;
    if (d)
        d->held = false;
    else
        e->swapping = false;
    pthread_mutex_unlock(&e->lock);
    return d;
}

static void let_go(struct bd_engine *e, bool swapped)
{
    struct bd_diagnosis *d;

    while ((d = next_held(e))) {
        if (swapped)
            bd__diagnosis_store_again(d);
        bd__diagnosis_unref(d);
    }
    if (swapped && e->on_swapped)
        e->on_swapped(e->on_swapped_arg);
}

static int swap(struct bd_engine *e, const struct bd_storage_slot *slot,
                int64_t *pause_ms, struct bd_error *err)
{
    const struct bd_store_source to = {.plugin = slot->plugin, .host = slot->host};
    int rc;

    hold_all(e);
    rc = bd_store_swap(e->store, &to, pause_ms, err);
    let_go(e, rc == 0);
    return rc < 0 ? bd_fail_in(err, "changing the storage to '%s'", slot->name) : 0;
}

int bd__swap_storage(struct bd_engine *e, const struct bd_generation *g,
                     int64_t *pause_ms, struct bd_error *err)
{
    const struct bd_storage_slot *slot = bd_generation_storage(g);
    int claim = e->claim;

    if (slot == e->storage || !e->store)
        return 0;
    if (e->on_swapping && e->on_swapping(e->on_swapped_arg, err) < 0)
        return -1;
    if (!same_path(slot, e->storage) &&
        bd__claim(&claim, bd__storage_path(slot), e->plan.alone, err) < 0)
        return -1;
    if (swap(e, slot, pause_ms, err) < 0) {
        if (claim != e->claim)
            bd__claim_drop(claim);
        return -1;
    }
    if (claim != e->claim)
        bd__claim_drop(e->claim);
    e->claim = claim;
    bd_storage_slot_unref(e->storage);
    e->storage = bd_storage_slot_ref(slot);
    return 0;
}
