/* engine/counters.h - what an engine counts about its diagnoses. Not for faces: they read
 * it with engine/metrics.h.
 *
 * Cells are counted where they end, by an atomic addition: no lock, no memory. The rest
 * is counted once a diagnosis. What is counted about calls is the scheduler's, in its
 * lanes. Counts outlive diagnoses and reloads. */
#ifndef BD_ENGINE_COUNTERS_H
#define BD_ENGINE_COUNTERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "domain/record.h"
#include "engine/vitals.h"
#include "policy/histogram.h"

/* clang-format off */
#define BD_RESULT_MAP(X)                                                             \
    X(COMPLETE,    "complete")    /* every cell answered */                          \
    X(PARTIAL,     "partial")                                                        \
    X(NONE,        "none")        /* no cell answered */                             \
    X(INTERRUPTED, "interrupted") /* cancelled, whatever was answered by then */

enum bd_result {
#define X(id, name) BD_RESULT_##id,
    BD_RESULT_MAP(X)
#undef X
    BD_RESULT_COUNT
};
/* clang-format on */

struct bd_tally { /* of one provider's cells */
    struct bd_tally *next;
    /* Counters: relaxed. */
    _Atomic uint64_t cells[BD_STATUS_COUNT], skipped[BD_SKIP_COUNT], cached;
    char provider[]; /* NUL-terminated */
};

struct bd_counters {
    pthread_mutex_t lock;     /* guards the rest; taken last, held for a few lines */
    struct bd_tally *tallies; /* only ever added to: a pointer lives as long as this */
    uint64_t finished[BD_RESULT_COUNT], overruns;
    struct bd_histogram took;  /* seconds, of diagnoses that were not interrupted */
    struct bd_histogram sizes; /* cells, of all diagnoses */
    struct bd_vitals_window vitals;
};

void bd__counters_init(struct bd_counters *c);
void bd__counters_free(struct bd_counters *c); /* what it holds; zeroed is fine */

/* [any] That provider's tally, made if there is none; NULL when memory is short. */
struct bd_tally *bd__counters_tally(struct bd_counters *c, const char *provider);
/* [any] A cell has ended. NULL: nothing is counted. */
void bd__tally_count(struct bd_tally *tally, const struct bd_cell *cell);

/* [any] A diagnosis is over: its record is sealed. late_ms: past its end (negative:
 * before it) when it could be handed out. */
void bd__counters_finish(struct bd_counters *c, const struct bd_record *rec,
                         int64_t now_ms, int64_t late_ms);

const char *bd_result_name(enum bd_result r);

#endif
