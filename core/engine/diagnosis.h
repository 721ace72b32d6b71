/* engine/diagnosis.h - one diagnosis, from the inquiry to its record.
 *
 *   start                                      cut        end
 *     |-- tasks run, cells are stored as they   |-- reading, |
 *         complete, progress can be looked at --|   storing -|
 *
 * Every task ends in exactly one cell. At the cut what has streamed so far is kept,
 * marked truncated, and read like the rest; at the end the record is sealed, and whatever
 * still comes later is dropped. A diagnosis holds the generation it began with. */
#ifndef BD_ENGINE_DIAGNOSIS_H
#define BD_ENGINE_DIAGNOSIS_H

#include "domain/figures/figures.h"
#include "engine/engine.h"

struct bd_diagnosis;

struct bd_diagnosis_limits { /* 0 = none; past them tasks are skipped: budget */
    int64_t max_calls;
    double max_cost;
    bool fresh; /* no answer that is kept or in flight: everything is asked */
};

/* Threads: what says [caller] waits, for the storage at most, and may be called by any
 * thread but [net], [worker] and [store], one at a time for one diagnosis. */

/* [caller] Checks the inquiry against the configuration (providers, keys, number of
 * tasks, prices for max_cost) and starts its tasks. An inquiry without models asks all
 * configured providers. limits NULL: none. */
int bd_diagnosis_start(struct bd_diagnosis **out, struct bd_engine *e,
                       const struct bd_inquiry *inquiry,
                       const struct bd_diagnosis_limits *limits,
                       struct bd_error *err) BD_MUST_CHECK;

enum bd_resume_what {
    BD_RESUME_CRASHED, /* only what has no cell yet */
    BD_RESUME_CUT,     /* and what was cancelled or never sent, but for a limit of cost */
    BD_RESUME_FAILED   /* and what ended in an error or timed out */
};
/* [caller] Goes on with a stored one, with its own limits, a deadline that begins anew
 * and today's configuration: cells that have ended are kept, the others are asked. A cell
 * for which a call of the earlier run may have been billed is marked (cell.doubtful).
 * BD_ERR_STORAGE: there is none with that id; BD_ERR_INVALID_REQUEST: nothing is left to
 * ask. Nobody else may be working on it. */
int bd_diagnosis_resume(struct bd_diagnosis **out, struct bd_engine *e, const char *id,
                        enum bd_resume_what what, struct bd_error *err) BD_MUST_CHECK;

/* [any] True when every task is over or the end has come; waits until until_ms
 * (monotonic) at most. */
bool bd_diagnosis_wait(struct bd_diagnosis *d, int64_t until_ms);

/* [any] Ends it soon with what has come: waiting tasks are cancelled, running calls cut.
 */
void bd_diagnosis_cancel(struct bd_diagnosis *d);

/* [caller] Seals the record, stores the rest and returns it; it lives as long as d. Call
 * after wait said true. *notes: sentences about the run, as many as *note_count. */
const struct bd_record *bd_diagnosis_seal(struct bd_diagnosis *d,
                                          const char *const **notes, size_t *note_count);

/* [caller] NULL is fine. */
void bd_diagnosis_free(struct bd_diagnosis *d);

struct bd_progress_row { /* one provider/model */
    const char *name;
    int total, ok, failed, running, waiting;
    bool off;            /* key refused */
    const char *breaker; /* of the connection: "closed" "open" "half_open" */
    int breakers_open;   /* models and brands of it whose breaker is not closed */
    const char *hold;    /* why waiting: "rate limited", "concurrency"; "" if not */
    int64_t hold_ms;     /* -1 = until a slot is free */
};
struct bd_progress {
    int total, done, ok, failed, running, waiting;
    int64_t left_ms; /* until the cut */
    int64_t elapsed_ms;
};
/* [any] A snapshot. Rows are as many as the inquiry has models; returns that number and
 * fills at most max of them. */
size_t bd_diagnosis_progress(struct bd_diagnosis *d, struct bd_progress *out,
                             struct bd_progress_row *rows, size_t max);
/* [any] Of the record's inquiry, models filled in. */
const struct bd_inquiry *bd_diagnosis_inquiry(const struct bd_diagnosis *d);
const char *bd_diagnosis_id(const struct bd_diagnosis *d);

struct bd_estimate_row {
    const char *provider, *model;
    int calls;
    int64_t tokens_in, tokens_out; /* at most: prompts, and the answer limit; out is -1
                                      where max_tokens = 0 leaves it to the provider */
    double cost;                   /* NaN: no price configured, or out is -1 */
    bool searches; /* with web search; what it adds to tokens and cost is not in them */
};
/* [any] Says what start() would refuse. limits may be NULL, as there. */
int bd_diagnosis_check(struct bd_engine *e, const struct bd_inquiry *inquiry,
                       const struct bd_diagnosis_limits *limits,
                       struct bd_error *err) BD_MUST_CHECK;
/* [any] What start() would send, without sending: `--dry-run`. Calls each per model and
 * fills the sum. */
int bd_diagnosis_estimate(struct bd_engine *e, const struct bd_inquiry *inquiry,
                          void (*each)(void *arg, const struct bd_estimate_row *row),
                          void *arg, struct bd_estimate_row *sum,
                          struct bd_error *err) BD_MUST_CHECK;

#endif
