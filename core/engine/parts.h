/* engine/parts.h - what engine.c and its neighbours know of each other. Not for faces. */
#ifndef BD_ENGINE_PARTS_H
#define BD_ENGINE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/claim.h"
#include "engine/counters.h"
#include "engine/diagnosis.h"
#include "engine/edition.h"
#include "engine/flights.h"
#include "engine/scheduler.h"
#include "engine/settings.h"
#include "runtime/attempt.h"
#include "runtime/http.h"
#include "runtime/pool.h"
#include "runtime/store.h"

struct bd_engine {
    struct bd_pool *pool;
    struct bd_http *http;
    struct bd_store *store; /* NULL: nothing is kept, see enum bd_engine_use */
    struct bd_scheduler *scheduler;
    struct bd_flights *flights;
    struct bd_counters counters; /* with a lock of its own */
    struct bd_job wake_job;
    atomic_bool wake_posted; /* the job is in the pool and has not begun; seq_cst, rare */
    atomic_bool storage_told; /* the log says that it fails; seq_cst, rare */
    /* Until then a storage that is slow holds no call up. seq_cst, rare. */
    _Atomic int64_t aside_ms;

    struct bd_engine_plan plan; /* as it was started with; its strings are lent */
    /* [main] What the store uses, a reference; the generation before the current one, to
     * go back to. NULL: none. */
    const struct bd_storage_slot *storage;
    int claim;                                /* on it; -1: none */
    atomic_ullong alerts_sent, alerts_failed; /* relaxed: for metrics */
    struct bd_alerts *alerts;                 /* NULL: nobody is told; see watch.h */
    struct bd_error reload_error; /* of the last reload, type NONE if it did well */
    struct bd_generation *previous;

    /* [any] An edition is spent: bd_engine_reap() would free it. May be NULL. */
    void (*on_spent)(void *arg);
    void *on_spent_arg;
    /* [main] May the storage be changed for another now? May be NULL. And: it is another
     * one, what is to be in it is to be put again. */
    int (*on_swapping)(void *arg, struct bd_error *err);
    void (*on_swapped)(void *arg);
    void *on_swapped_arg;

    pthread_mutex_t lock;       /* guards the rest */
    pthread_cond_t quiet;       /* alive has become 0 */
    struct bd_edition *current; /* one of them */
    struct bd_edition *editions;
    unsigned editions_made, previous_number;
    unsigned long long reloads, reload_failures, rollbacks;
    bool rolled_back;          /* the current one is not what the files say */
    struct bd_diagnosis *live; /* by their `next` */
    int alive;
    bool swapping; /* those that begin are held; see swap.c */
};

#define BD__CELL_KEY 40      /* bytes of a cell's key, with its NUL */
#define BD__BEGUN    "begun" /* status of a row whose call is about to be made */

struct bd_call { /* of a run: its own call, or the hedge */
    struct bd_run *run;
    struct bd_attempt *attempt; /* while it runs; guarded by the diagnosis's lock */
    bool cut;                   /* its limit is the diagnosis's, not its own time-out */
};

struct bd__place {
    enum bd_probe probe;
    int brand, question, model, sample;
};

struct bd_run {          /* one task of a diagnosis on its way */
    struct bd_task task; /* first: the scheduler's hooks cast it back */
    struct bd_diagnosis *diagnosis;
    struct bd_cell *cell;   /* in the record; written once, under the lock */
    struct bd__place place; /* of the cell, for those who have no lock; never changes */
    const struct bd_provider_slot *slot;
    const char *model;
    struct bd_tally *tally; /* the engine's, of the provider; NULL: not counted */
    char *breaker_key;
    struct bd_flight flight;
    int64_t started_ms; /* of the first attempt, monotonic; 0 = none yet */
    /* launch.c's: how far the storage is told; since when. seq_cst, rare. */
    atomic_int begun;
    int64_t told_ms; /* set before begun is */
    struct bd_job launch_job;

    /* Guarded by the diagnosis's lock. */
    char *prompt; /* while a call runs */
    struct bd_call calls[BD_PASS_COUNT];
    int64_t hedge_at_ms; /* when to look whether it wants a second call; 0 = never */
    struct bd_cell last; /* if tried: the best that an attempt came to so far */
    int attempts;        /* calls started */
    bool tried, over;
    bool stale;    /* its last call found a kept-alive connection closed */
    bool decided;  /* an answer has come: another call that still runs has lost */
    bool doubtful; /* an earlier call for it, of a run that was interrupted, may have been
                      answered and billed */
    bool shown;    /* it is in the diagnosis\'s order */
    bool closed;   /* its cell was made by seal, not by an attempt */
};

struct bd_diagnosis {
    struct bd_diagnosis *next; /* in the engine's lists, guarded by its lock */
    struct bd_engine *engine;
    /* Owner, runs, calls, rows on their way to the storage; the last one frees. */
    atomic_int refs;
    /* Runs that are not over, calls that run, and one until the record is sealed: as long
     * as there is work, the edition is needed. */
    atomic_int work;
    struct bd_edition *edition;
    struct bd_deadline deadline;
    struct bd_reader *reader;
    struct bd_run *runs;
    struct bd_diagnosis_limits limits;
    bool cut_done; /* guarded by the engine's lock */
    bool held;     /* swap.c's, with a reference; guarded by the engine's lock */
    /* When runs are to be looked at: for second calls, and for first ones that wait for
     * the storage. 0 = none. seq_cst, rare. */
    _Atomic int64_t hedge_ms, launch_ms;

    /* Guards the rest; never held across a hook. Taken before the scheduler's. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct bd_record record;
    size_t over; /* runs that are */
    /* The runs whose cell may be shown: it is stored, or the storage has failed. In the
     * order in which that came true. */
    uint32_t *order;
    size_t shown;
    size_t unstored; /* rows to be queued, or queued and not committed */
    size_t unsent;   /* of them cells that their runs have not queued yet */
    int64_t calls;
    double spent;
    bool cancelled, sealed;
    bool left;  /* sealed without a record: it is to be gone on with later */
    bool owned; /* the owner's part of `work` */
    struct bd_error store_error; /* the first; type NONE = all well */
    int unstored_for_good;
    int lost; /* of them because the storage failed, which it will not for ever */
    struct bd_model_state
        *before; /* of each model's provider at the start, counts only */
    char **notes;
    size_t note_count;
    char *client_key; /* see struct bd__start */
};

struct bd__stored {          /* a diagnosis as the storage has it */
    struct bd_record record; /* its cells are those that have ended */
    bool running;            /* it was not sealed */
    struct bd_diagnosis_limits limits;
    char *client_key;
    char (*begun)[BD__CELL_KEY]; /* cells that have not ended and may have been sent */
    size_t begun_count;
    bool (*again)(const struct bd_cell *c); /* is one that has ended to be asked anew? */
};
/* load.c: [caller] As bd_engine_load(). */
int bd__stored_load(struct bd__stored *out, struct bd_engine *e, const char *id,
                    struct bd_error *err) BD_MUST_CHECK;
void bd__stored_free(struct bd__stored *s);
/* The stored cell of that place, or NULL. */
struct bd_cell *bd__stored_cell(const struct bd__stored *s, const struct bd_cell *place);
bool bd__stored_begun(const struct bd__stored *s, const struct bd_cell *place);

struct bd__start {
    const struct bd_inquiry *inquiry;
    const struct bd_diagnosis_limits *limits; /* NULL: none */
    const char *id;                           /* NULL: a new one */
    int64_t created_ms;
    const char *client_key;    /* kept with the request, for whoever lists; may be NULL */
    struct bd__stored *stored; /* what is there already; its cells are taken over */
    bool cancelled;            /* before it began: nothing is asked */
};
/* start.c: [caller] */
int bd__diagnosis_start(struct bd_diagnosis **out, struct bd_engine *e,
                        const struct bd__start *how, struct bd_error *err) BD_MUST_CHECK;
/* resume.c: [caller] As bd_diagnosis_resume(); cancelled as above. */
int bd__diagnosis_resume(struct bd_diagnosis **out, struct bd_engine *e, const char *id,
                         enum bd_resume_what what, bool cancelled,
                         struct bd_error *err) BD_MUST_CHECK;
int bd__diagnosis_id(char *out, size_t size, int64_t wall_ms,
                     struct bd_error *err) BD_MUST_CHECK;
void bd__condition_init(pthread_cond_t *c); /* [any] whose waits end by bd_clock_ms() */
void bd__diagnosis_free(struct bd_diagnosis *d); /* one that was never live, or is dead */

/* What the storage's option `path` says, if it has one of that type: a storage that is
 * not there yet holds nothing. NULL otherwise. */
const char *bd__storage_path(const struct bd_storage_slot *slot);
const char *bd__engine_storage_path(const struct bd_engine *e);

/* reload.c: [main] A generation of the plan, or of what `again` was made of; a line for
 * each problem. */
int bd__reload_build(struct bd_generation **out, struct bd_engine *e,
                     const struct bd_generation *again, struct bd_buf *lines,
                     struct bd_error *err) BD_MUST_CHECK;
/* changes.c: [main] What b has otherwise than a. */
void bd__changes(struct bd_buf *out, const struct bd_generation *a,
                 const struct bd_generation *b);
/* swap.c: [main] The store goes on with the storage of g, if that is another one; then
 * *pause_ms is set. -1: it goes on as it did. */
int bd__swap_storage(struct bd_engine *e, const struct bd_generation *g,
                     int64_t *pause_ms, struct bd_error *err) BD_MUST_CHECK;
/* [main] A lane for every provider of it, or for that one, with its limits. */
int bd__engine_make_lane(struct bd_engine *e, const struct bd_provider_slot *p,
                         struct bd_error *err) BD_MUST_CHECK;
int bd__engine_make_lanes(struct bd_engine *e, const struct bd_generation *g,
                          struct bd_error *err) BD_MUST_CHECK;
/* [main] What of the settings is not asked of the edition each time. */
void bd__engine_apply(struct bd_engine *e, const struct bd_settings *settings);
/* [caller] Puts all its rows that there are by now once more, also that a call for a run
 * was begun. */
void bd__diagnosis_store_again(struct bd_diagnosis *d);
/* [any] Rows of it were given up on because the storage failed. [caller] Now it works:
 * puts all again. */
bool bd__diagnosis_is_lost(struct bd_diagnosis *d);
void bd__diagnosis_mend(struct bd_diagnosis *d);

/* [any] Calls the scheduler, and cuts diagnoses that are due, at that time. */
void bd__engine_wake(struct bd_engine *e, int64_t at_ms);

/* [any] The hooks of the scheduler. */
void bd__diagnosis_start_run(void *engine, struct bd_task *t);
void bd__diagnosis_drop_run(void *engine, struct bd_task *t, enum bd_skip why,
                            const struct bd_error *err);
/* [worker] Second calls for runs of which nothing has come for too long. */
void bd__diagnosis_hedge(struct bd_diagnosis *d, int64_t now_ms);

/* [any] Makes a call for a run that has a pass for it, now, or as soon as the storage
 * knows of it. Calls for which it took too long are made by launch_overdue. No lock held.
 */
void bd__launch(struct bd_run *run);
void bd__launch_overdue(struct bd_diagnosis *d, int64_t now_ms);
/* [any] The storage was told of a call for it, or is being told. */
bool bd__launch_begun(struct bd_run *run);
void bd__diagnosis_call(struct bd_run *run); /* now */

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

/* [caller] It stays unfinished in the storage, with the cells that have ended; calls that
 * run are cut, and what they brought is dropped. */
void bd__diagnosis_leave(struct bd_diagnosis *d);
/* [any] Lock held: its cell may be shown. */
void bd__diagnosis_show(struct bd_run *run);
/* [caller] Waits until more than `seen` cells may be shown or it is sealed, until
 * monotonic until_ms at most; returns how many may be. */
size_t bd__diagnosis_over(struct bd_diagnosis *d, size_t seen, int64_t until_ms);
/* [any] As bd_session_texts(). */
void bd__diagnosis_texts(struct bd_diagnosis *d, uint32_t *seen, size_t count,
                         void (*each)(void *arg, const char *key, const char *text,
                                      size_t n),
                         void *arg);
/* [any] The n-th of them, as in the report; NULL past the last. */
json_t *bd__diagnosis_cell(struct bd_diagnosis *d, size_t n);

/* [any] Withdraws what waits; calls that run end by their own limit. */
void bd__diagnosis_cut(struct bd_diagnosis *d);
/* [any] */
void bd__diagnosis_ref(struct bd_diagnosis *d);
void bd__diagnosis_unref(struct bd_diagnosis *d);
/* [any] For one found in the engine's list, under its lock: false if the last reference
 * is being dropped right now. */
bool bd__diagnosis_try_ref(struct bd_diagnosis *d);
/* [any] A reference that works: it keeps the edition, too. */
void bd__diagnosis_begin_work(struct bd_diagnosis *d);
void bd__diagnosis_end_work(struct bd_diagnosis *d);

/* [any] What will be asked: a copy of the inquiry with models and deadline filled in,
 * checked against the configuration. */
int bd__plan_inquiry(struct bd_inquiry *out, const struct bd_edition *ed,
                     const struct bd_inquiry *asked, struct bd_error *err) BD_MUST_CHECK;
/* [any] Is that provider asked with web search? Only one that can. */
bool bd__plan_searches(const struct bd_inquiry *q, const struct bd_provider_slot *slot);
#define BD_PROMPT_LIMIT ((size_t)1 << 18)
/* The prompt of that task; brand -1: neutral. Inits out, which is to be freed; -1 when
 * the prompt is over BD_PROMPT_LIMIT. [any] */
int bd__plan_prompt(struct bd_buf *out, const struct bd_edition *ed,
                    const struct bd_inquiry *q, int brand, int question) BD_MUST_CHECK;
/* About how many tokens the prompt of that task has; brand -1: neutral. */
int64_t bd__plan_prompt_tokens(const struct bd_edition *ed, const struct bd_inquiry *q,
                               int brand, int question);

/* [any] Can the limits be kept? q is what the former gave. */
int bd__plan_limits(const struct bd_edition *ed, const struct bd_inquiry *q,
                    const struct bd_diagnosis_limits *limits,
                    struct bd_error *err) BD_MUST_CHECK;

/* [any] Queues the row; the diagnosis is kept until it is committed. The cell's row was
 * counted in `unstored` by the caller. */
void bd__persist_cell(struct bd_run *run);
void bd__persist_diagnosis(struct bd_diagnosis *d, bool done);
/* [any] Queues the row that says that a call for the run's cell is about to be made;
 * done as in runtime/store.h. */
int bd__persist_begun(const struct bd_run *run, bd_store_done_fn *done,
                      struct bd_error *err) BD_MUST_CHECK;
/* The stored request of a diagnosis. NULL when memory is short. */
json_t *bd__persist_request(const struct bd_inquiry *q,
                            const struct bd_diagnosis_limits *limits,
                            const char *client_key);

/* [any] What the log tells; see journal.c. begun: before its tasks are anybody's. */
void bd__journal_begun(const struct bd_diagnosis *d);
void bd__journal_over(const struct bd_diagnosis *d);
void bd__journal_call(const struct bd_run *run, const struct bd_attempt_result *r);
void bd__journal_failed(const struct bd_run *run, const struct bd_cell *cell);

#endif
