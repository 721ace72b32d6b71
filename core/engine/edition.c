/* engine/edition.c - see edition.h. */
#include "engine/edition.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/parts.h"

#define SOURCE "edition"

int bd__edition_new(struct bd_edition **out, struct bd_generation *g,
                    struct bd_error *err)
{
    struct bd_edition *ed = calloc(1, sizeof(*ed));

    BD_ON(BD_MAIN);
    if (!ed) {
        bd_generation_unref(g);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    }
    atomic_init(&ed->refs, 1);
    ed->generation = g;
    ed->born_ms = bd_clock_wall_ms();
    bd_settings_from(&ed->settings, g);
    *out = ed;
    return 0;
}

void bd__edition_free(struct bd_edition *ed)
{
    if (!ed)
        return;
    BD_ON(BD_MAIN);
    bd_generation_unref(ed->generation);
    free(ed);
}

struct bd_edition *bd__edition_take(struct bd_engine *e)
{
    struct bd_edition *ed;

    pthread_mutex_lock(&e->lock);
    ed = e->current;
    atomic_fetch_add_explicit(&ed->refs, 1, memory_order_relaxed);
    pthread_mutex_unlock(&e->lock);
    return ed;
}

void bd__edition_release(struct bd_engine *e, struct bd_edition *ed)
{
    if (!ed || atomic_fetch_sub_explicit(&ed->refs, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_lock(&e->lock);
    ed->spent = true;
    pthread_mutex_unlock(&e->lock);
    if (e->on_spent)
        e->on_spent(e->on_spent_arg);
}

void bd__edition_install(struct bd_engine *e, struct bd_edition *ed)
{
    struct bd_edition *before;

    BD_ON(BD_MAIN);
    pthread_mutex_lock(&e->lock);
    before = e->current;
    ed->number = ++e->editions_made;
    ed->next = e->editions;
    e->editions = ed;
    e->current = ed;
    if (before)
        before->retired_ms = bd_clock_ms();
    pthread_mutex_unlock(&e->lock);
    bd__edition_release(e, before);
}

/* One that is spent, out of the list. */
static struct bd_edition *next_spent(struct bd_engine *e)
{
    struct bd_edition **at, *ed;

    pthread_mutex_lock(&e->lock);
    for (at = &e->editions; *at && !(*at)->spent;)
        at = &(*at)->next;
    ed = *at;
    if (ed)
        *at = ed->next;
    pthread_mutex_unlock(&e->lock);
    return ed;
}

int bd__edition_reap(struct bd_engine *e)
{
    struct bd_edition *ed;
    int alive = 0;

    BD_ON(BD_MAIN);
    while ((ed = next_spent(e))) {
        if (ed->generation == e->previous)
            bd_generation_rest(ed->generation); /* what a rollback needs stays */
        bd__edition_free(ed);
    }
    pthread_mutex_lock(&e->lock);
    for (ed = e->editions; ed; ed = ed->next)
        alive++;
    pthread_mutex_unlock(&e->lock);
    return alive;
}
