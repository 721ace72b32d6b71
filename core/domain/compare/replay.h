/* domain/compare/replay.h - what is read otherwise today than when a diagnosis ended.
 * [any] Pure.
 *
 * Answers are stored as they came, and read again whenever they are loaded; with each
 * lies the gist of what was read at its time (domain/reading/gist.h). Where today's rules
 * read something else, figures of the same answers change: this is what to show for it.
 */
#ifndef BD_DOMAIN_REPLAY_H
#define BD_DOMAIN_REPLAY_H

#include "domain/figures/measure.h"
#include "domain/report/report.h"

struct bd_replay {
    int answers;   /* cells that are read */
    int kept;      /* of them with a gist of their time: only these can be compared */
    int changed;   /* of these, read otherwise today */
    int low, high; /* versions of the rules that they were read with; 0: none kept */
};

/* rec as it was loaded. */
struct bd_replay bd_replay_count(const struct bd_record *rec);

/* Exit code of `replay`: 0 nothing changed, 5 something did; where nothing did, 3: some
 * answers, 4: all answers are older than their reading was kept. */
int bd_replay_exit_code(const struct bd_replay *r);

/* Appends a sentence for the report; nothing where nothing changed. -1: out is full. */
int bd_replay_note(struct bd_buf *out, const struct bd_record *rec, bool zh);

/* A cell that was read, as it is read today; differs: how many things are otherwise than
 * in c->kept, -1 where that is not there. */
typedef void bd_replay_cell_fn(void *arg, const struct bd_cell *c,
                               const struct bd_gist *is, int differs);

/* Calls fn for each. -1: memory. */
int bd_replay_walk(const struct bd_record *rec, bd_replay_cell_fn *fn, void *arg);

struct bd_replay_figure { /* of one brand, that is otherwise today */
    enum bd_measure what;
    size_t brand;
    double was, is; /* NaN = none */
};
typedef void bd_replay_figure_fn(void *arg, const struct bd_replay_figure *f);

/* Calls fn for each figure that comes out otherwise, brand by brand. -1: memory. */
int bd_replay_figures(const struct bd_record *rec, bd_replay_figure_fn *fn, void *arg);

/* The changes, a line each. -1: out is full, or memory short. */
int bd_replay_terminal(struct bd_buf *out, const struct bd_record *rec,
                       const struct bd_report_style *style);
/* One object, schema "brandiag.replay/1", see docs/report.md. */
int bd_replay_json(struct bd_buf *out, const struct bd_record *rec);

#endif
