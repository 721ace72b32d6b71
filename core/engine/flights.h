/* engine/flights.h - calls that need not be made: their answer is kept, or on its way.
 *
 *   look up ─┬─ it is kept ───────────────────────────────────► lands: a cached cell
 *            ├─ nobody asks it now ─► leads: is asked ─┬─ whole ─► kept; followers land
 *            └─ it is in flight ────► follows ─────────┴─ or not ► followers are asked
 *
 * Nothing here is needed for a report: a storage that fails, a search that takes too long
 * or memory that is short only mean that more is asked. A run that lands or follows makes
 * no call, takes no slot and no budget; like any other it ends in exactly one cell. */
#ifndef BD_ENGINE_FLIGHTS_H
#define BD_ENGINE_FLIGHTS_H

#include "base/fail.h"
#include "engine/answers.h"
#include "runtime/pool.h"

struct bd_cell;
struct bd_diagnosis;
struct bd_flights;
struct bd_run;
struct bd_task;

struct bd_flight {                 /* of a run */
    char key[BD_ANSWER_KEY_BYTES]; /* "": takes no part */
    bool followed;                 /* it was not given to the scheduler at the start */
    char *row;                     /* owned: an answer on its way to the cell */
    struct bd_job job;

    /* Guarded by the table's lock. */
    bool leads;
    struct bd_run *lead;      /* whom it follows; NULL = nobody */
    struct bd_run *followers; /* of one that leads */
    struct bd_run *next;      /* in the table, or among the followers */
};

/* [main] The calls in flight of one engine. */
int bd_flights_new(struct bd_flights **out, struct bd_error *err) BD_MUST_CHECK;
void bd_flights_free(struct bd_flights *f); /* when nothing flies; NULL is fine */

/* [main] Looks for kept answers, half a second at most, and fills tasks with those that
 * are to be asked; returns how many. The caller holds a reference for every run. */
size_t bd__flights_board(struct bd_diagnosis *d, struct bd_task **tasks);
/* [main] After boarding: what was kept lands. */
void bd__flights_land(struct bd_diagnosis *d);
/* [main] After boarding, instead: the tasks were not submitted. Every run's reference is
 * dropped, now or when one that followed has ended. */
void bd__flights_abandon(struct bd_diagnosis *d);

/* [any] Runs that still follow end unsent, or cancelled. No lock held. */
void bd__flights_withdraw(struct bd_diagnosis *d);
/* [any] The run has ended, in that cell (NULL: in none): keeps the answer if it is whole,
 * and lets go of the followers. No lock held. */
void bd__flights_end(struct bd_run *run, const struct bd_cell *cell);

#endif
