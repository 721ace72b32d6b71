/* engine/reload.h - another configuration and other plugins, while diagnoses run.
 *
 *   files ─► new edition, whole or not at all ─► storage swapped, if it is another one
 *                                            └─► current; the one before drains and rests
 *
 * A diagnosis that runs finishes with the edition it began with. Breakers, limiters,
 * queues, latencies and the cache belong to the engine and survive. Of the editions that
 * were current before, the last one can be gone back to, however the files look now.
 * [main] All functions. */
#ifndef BD_ENGINE_RELOAD_H
#define BD_ENGINE_RELOAD_H

#include "engine/engine.h"

struct bd_reload {           /* what a reload or a rollback came to */
    unsigned number, before; /* of the editions; number 0: nothing changed */
    int64_t took_ms;
    int64_t storage_pause_ms; /* no storage was open for so long; 0: not swapped */
    struct bd_buf changes;    /* a line each: "provider:qwen: plugin is another build" */
    struct bd_buf problems;   /* a line each; of one that failed */
};

void bd_reload_init(struct bd_reload *r);
void bd_reload_free(struct bd_reload *r);

/* Reads everything anew, as bd_engine_start() did. -1: nothing has changed, and *err sums
 * up what r->problems says (BD_ERR_CONFIG), or too many editions still have work
 * (BD_ERR_OVERLOADED), or the new storage does not open (BD_ERR_STORAGE). */
int bd_engine_reload(struct bd_engine *e, struct bd_reload *r,
                     struct bd_error *err) BD_MUST_CHECK;
/* Goes back to the edition before the current one. The files stay as they are: the next
 * reload, and the next start, read them. BD_ERR_INVALID_REQUEST: there is none. */
int bd_engine_rollback(struct bd_engine *e, struct bd_reload *r,
                       struct bd_error *err) BD_MUST_CHECK;

/* Frees what is no longer needed, and tells of editions that should be gone: retired for
 * longer than the longest deadline and 10 s. Returns how many of these there are. Call it
 * once a second, and when on_spent was called. */
int bd_engine_reap(struct bd_engine *e);

struct bd_edition_view {
    unsigned number;  /* of the current one */
    int64_t born_ms;  /* Unix milliseconds */
    int alive;        /* with work, the current one included */
    unsigned before;  /* a rollback would go to this one; 0 = to none */
    bool rolled_back; /* it is not what the files say */
    unsigned long long reloads, failures, rollbacks;
    unsigned stuck; /* modules whose code could not be unloaded */
};
/* [any] */
void bd_engine_edition(struct bd_engine *e, struct bd_edition_view *out);

#endif
