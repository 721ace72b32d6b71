/* engine/edition.h - a generation with the settings that stand in it, and a number.
 *
 *   current ──(reload)──► retired ──(its last diagnosis has no call left)──► spent ──►
 * gone
 *
 * New diagnoses take the current edition, and each keeps the one it began with as long as
 * it has work. Whoever drops the last reference of a retired one makes it spent; [main]
 * then closes its instances and unloads its code. */
#ifndef BD_ENGINE_EDITION_H
#define BD_ENGINE_EDITION_H

#include <stdatomic.h>

#include "engine/settings.h"

struct bd_engine;

enum { BD_EDITIONS_MAX = 3 }; /* alive at once; past that a reload is refused */

struct bd_edition {
    struct bd_edition *next; /* in the engine's list, guarded by its lock */
    struct bd_generation *generation;
    struct bd_settings settings;
    unsigned number; /* 1, 2 ... since the start */
    int64_t born_ms; /* Unix milliseconds */
    /* Counts the engine's own reference, too. Taking needs no order; the last release
     * must see all that was done with the edition. */
    atomic_int refs;
    /* Guarded by the engine's lock. */
    int64_t retired_ms; /* monotonic; 0 = current */
    bool spent;
    bool told; /* that it should be gone and is not */
};

/* [main] Takes the generation over, also when it fails. */
int bd__edition_new(struct bd_edition **out, struct bd_generation *g,
                    struct bd_error *err) BD_MUST_CHECK;
/* [main] Nobody uses it. NULL is fine. */
void bd__edition_free(struct bd_edition *ed);

/* [any] The current one; to be released. */
struct bd_edition *bd__edition_take(struct bd_engine *e);
/* [any] NULL is fine. */
void bd__edition_release(struct bd_engine *e, struct bd_edition *ed);
/* [main] Makes it the current one; the one before it is retired. */
void bd__edition_install(struct bd_engine *e, struct bd_edition *ed);
/* [main] Frees what is spent; returns how many are alive, the current one included. */
int bd__edition_reap(struct bd_engine *e);

#endif
