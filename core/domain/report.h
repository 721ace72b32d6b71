/* domain/report.h - a diagnosis for people and for programs. [any] Pure.
 *
 * The order of pages is: verdict, figures, what is missing and why, findings, answers.
 * Text of answers is untrusted: no escape sequence of theirs reaches a terminal. */
#ifndef BD_DOMAIN_REPORT_H
#define BD_DOMAIN_REPORT_H

#include "domain/figures.h"

struct bd_report_style {
    int columns; /* width of the terminal; taken as 60 to 400 */
    bool colour;
    bool answers; /* print the answers, folded to a few lines */
    char lang[4]; /* "zh" or "en"; "" = the request's */
};

/* Notes are whole sentences about the run; may be NULL. */
struct bd_report_notes {
    const char *const *text;
    size_t count;
};

/* Appends the report. -1 when out is full or memory is short. */
int bd_report_terminal(struct bd_buf *out, const struct bd_record *rec,
                       const struct bd_figures *f, const struct bd_report_notes *notes,
                       const struct bd_report_style *style);

/* Appends the one object of docs/report.md, schema "brandiag.report/1", a line for each
 * cell. -1 when out is full or memory is short. */
int bd_report_json(struct bd_buf *out, const struct bd_record *rec,
                   const struct bd_figures *f, const struct bd_report_notes *notes);

/* The report's "summary" alone, for lists. NULL when memory is short. */
json_t *bd_report_summary(const struct bd_record *rec, const struct bd_figures *f);

/* Exit code of `run`: 0 all cells answered, 3 partial, 4 none. An answer that its length
 * limit cut is whole, one that time cut is partial. A refusal is an answer
 * of its kind and counts as answered here. */
int bd_report_exit_code(const struct bd_record *rec);

#endif
