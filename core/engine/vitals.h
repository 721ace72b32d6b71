/* engine/vitals.h - how well it went in the last five minutes, for alerts.
 *
 * Cells are counted in steps of 10 s: a step counts until all of it is 5 min ago, so a
 * look sees 300 to 310 s. Of diagnoses the durations of the latest 1,024 at most are
 * kept, each as long: then the 95th percentile is exact, not the bound of a bucket.
 * A value, no lock and no clock of its own; now_ms is monotonic. [owner] */
#ifndef BD_ENGINE_VITALS_H
#define BD_ENGINE_VITALS_H

#include <stdint.h>

#define BD_VITALS_STEP_MS 10000
#define BD_VITALS_STEPS   31 /* 30 whole ones and the one that has begun */
#define BD_VITALS_KEPT    1024

struct bd_vitals {
    uint64_t cells;  /* that were answered or failed */
    double answered; /* share of them, 0 to 1; NaN if there were none */
    int64_t
        p95_ms; /* of the diagnoses' durations (nearest rank); -1 if there were none */
    uint64_t samples; /* diagnoses that is made of */
};

struct bd_vitals_window {
    int64_t newest; /* step that was added to last */
    struct {
        uint64_t answered, failed;
    } cells[BD_VITALS_STEPS]; /* by step modulo the size */
    struct {
        int64_t step, took_ms;
    } diagnoses[BD_VITALS_KEPT]; /* the n-th since init at n modulo the size */
    uint64_t diagnosed;
};

void bd_vitals_init(struct bd_vitals_window *w);
/* So many cells ended now. A time before the newest step (a clock read before a lock)
 * counts as that step. */
void bd_vitals_cells(struct bd_vitals_window *w, int64_t now_ms, uint64_t answered,
                     uint64_t failed);
/* A diagnosis ended now. A negative duration counts as 0. */
void bd_vitals_diagnosis(struct bd_vitals_window *w, int64_t now_ms, int64_t took_ms);
void bd_vitals_look(const struct bd_vitals_window *w, int64_t now_ms,
                    struct bd_vitals *out);

#endif
