/* engine/parts.h - what engine.c and its neighbours know of each other. Not for faces. */
#ifndef BD_ENGINE_PARTS_H
#define BD_ENGINE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/counters.h"
#include "engine/diagnosis.h"
#include "engine/flights.h"
#include "engine/scheduler.h"
#include "engine/settings.h"
#include "runtime/attempt.h"
#include "runtime/http.h"
#include "runtime/pool.h"
#include "runtime/store.h"

struct bd_engine {
    struct bd_generation *generation;
    struct bd_settings settings;
    struct bd_pool *pool;
    struct bd_http *http;
    struct bd_store *store; /* NULL: nothing is kept, see enum bd_engine_use */
    struct bd_scheduler *scheduler;
    struct bd_flights *flights;
    struct bd_counters counters; /* with a lock of its own */
    struct bd_job wake_job;
    atomic_bool wake_posted; /* the job is in the pool and has not begun; seq_cst, rare */

    pthread_mutex_t lock;        /* guards the rest */
    pthread_cond_t quiet;        /* alive has become 0 */
    struct bd_diagnosis *live;   /* by their `next` */
    struct bd_diagnosis *buried; /* without references, to be freed by [main] */
    int alive;
};

struct bd_call { /* of a run: its own call, or the hedge */
    struct bd_run *run;
    struct bd_attempt *attempt; /* while it runs; guarded by the diagnosis's lock */
    bool cut;                   /* its limit is the diagnosis's, not its own time-out */
};

struct bd_run {          /* one task of a diagnosis on its way */
    struct bd_task task; /* first: the scheduler's hooks cast it back */
    struct bd_diagnosis *diagnosis;
    struct bd_cell *cell; /* in the record; written once, under the lock */
    const struct bd_provider_slot *slot;
    const char *model;
    struct bd_tally *tally; /* the engine's, of the provider; NULL: not counted */
    char *breaker_key;
    struct bd_flight flight;
    int64_t started_ms; /* of the first attempt, monotonic; 0 = none yet */

    /* Guarded by the diagnosis's lock. */
    char *prompt; /* while a call runs */
    struct bd_call calls[BD_PASS_COUNT];
    int64_t hedge_at_ms; /* when to look whether it wants a second call; 0 = never */
    struct bd_cell last; /* if tried: the best that an attempt came to so far */
    int attempts;        /* calls started */
    bool tried, over;
    bool decided; /* an answer has come: another call that still runs has lost */
    bool closed;  /* its cell was made by seal, not by an attempt */
};

struct bd_diagnosis {
    struct bd_diagnosis *next; /* in the engine's lists, guarded by its lock */
    struct bd_engine *engine;
    struct bd_generation *generation;
    atomic_int refs; /* owner, runs, rows on their way to the storage; last one buries */
    struct bd_deadline deadline;
    struct bd_reader *reader;
    struct bd_run *runs;
    struct bd_diagnosis_limits limits;
    bool cut_done; /* guarded by the engine's lock */
    _Atomic int64_t
        hedge_ms; /* when the next run is to be looked at; 0 = none. seq_cst */

    /* Guards the rest; never held across a hook. Taken before the scheduler's. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct bd_record record;
    size_t over;     /* runs that are */
    size_t unstored; /* rows queued and not committed */
    int64_t calls;
    double spent;
    bool cancelled, sealed;
    struct bd_error store_error; /* the first; type NONE = all well */
    int unstored_for_good;
    struct bd_model_state
        *before; /* of each model's provider at the start, counts only */
    char **notes;
    size_t note_count;
};

/* What the storage's option `path` says, if it has one of that type: a storage that is
 * not there yet holds nothing. NULL otherwise. */
const char *bd__engine_storage_path(const struct bd_engine *e);

/* [any] Calls the scheduler, and cuts diagnoses that are due, at that time. */
void bd__engine_wake(struct bd_engine *e, int64_t at_ms);

/* [any] The hooks of the scheduler. */
void bd__diagnosis_start_run(void *engine, struct bd_task *t);
void bd__diagnosis_drop_run(void *engine, struct bd_task *t, enum bd_skip why,
                            const struct bd_error *err);
/* [worker] Second calls for runs of which nothing has come for too long. */
void bd__diagnosis_hedge(struct bd_diagnosis *d, int64_t now_ms);

/* [any] What the providers of the models count by now: one per model, to be freed; NULL
 * when memory is short. before NULL: since they exist; else since then. */
struct bd_model_state *bd__progress_states(const struct bd_diagnosis *d,
                                           const struct bd_model_state *before);

/* [any] Every task ends here, once, with its cell, which is taken over. No lock held. */
void bd__diagnosis_end_run(struct bd_run *run, struct bd_cell *cell);

/* result.c: [worker] A cell that has its place and nothing else; what an attempt's end
 * makes of it; and, if it is an answer, the reading of its text. */
void bd__result_blank(struct bd_cell *cell, const struct bd_run *run);
void bd__result_fill(struct bd_cell *cell, const struct bd_run *run,
                     const struct bd_attempt_result *r);
void bd__result_read(struct bd_cell *cell, const struct bd_diagnosis *d);

/* [any] Withdraws what waits; calls that run end by their own limit. */
void bd__diagnosis_cut(struct bd_diagnosis *d);
/* [main] Frees one without references. */
void bd__diagnosis_free(struct bd_diagnosis *d);
void bd__diagnosis_ref(struct bd_diagnosis *d);
void bd__diagnosis_unref(struct bd_diagnosis *d);
/* [main] Frees the buried. */
void bd__engine_reap(struct bd_engine *e);

/* [main] What will be asked: a copy of the inquiry with models and deadline filled in,
 * checked against the configuration. */
int bd__plan_inquiry(struct bd_inquiry *out, const struct bd_engine *e,
                     const struct bd_inquiry *asked, struct bd_error *err) BD_MUST_CHECK;
#define BD_PROMPT_LIMIT ((size_t)1 << 18)
/* The prompt of that task; brand -1: neutral. Inits out, which is to be freed; -1 when
 * the prompt is over BD_PROMPT_LIMIT. [any] */
int bd__plan_prompt(struct bd_buf *out, const struct bd_engine *e,
                    const struct bd_inquiry *q, int brand, int question) BD_MUST_CHECK;
/* About how many tokens the prompt of that task has; brand -1: neutral. */
int64_t bd__plan_prompt_tokens(const struct bd_engine *e, const struct bd_inquiry *q,
                               int brand, int question);

/* [main] Can the limits be kept? q is what the former gave. */
int bd__plan_limits(const struct bd_engine *e, const struct bd_inquiry *q,
                    const struct bd_diagnosis_limits *limits,
                    struct bd_error *err) BD_MUST_CHECK;

/* [any] Queues the row; the diagnosis is kept until it is committed. The cell's row was
 * counted in `unstored` by the caller. */
void bd__persist_cell(struct bd_diagnosis *d, const struct bd_cell *c);
void bd__persist_diagnosis(struct bd_diagnosis *d, bool done);

#endif
