/* domain/report/report.h - a diagnosis for people and for programs. [any] Pure.
 *
 * The order of pages is: verdict, figures, what is missing and why, findings, answers.
 * Text of answers is untrusted: no escape sequence of theirs reaches a terminal. */
#ifndef BD_DOMAIN_REPORT_H
#define BD_DOMAIN_REPORT_H

#include "domain/figures/figures.h"

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

/* Appends the report as one HTML file, Chinese or English: no script, nothing that a
 * browser would load. The first 400 cells stand in it with their answers. The same inputs
 * give the same bytes. -1 when out is full or memory is short. */
int bd_report_html(struct bd_buf *out, const struct bd_record *rec,
                   const struct bd_figures *f, const struct bd_report_notes *notes,
                   bool zh);

/* Appends the report as Markdown (GitHub's tables). Text of answers stands in code
 * blocks, so that nothing in it is a link, a picture or HTML. -1 when out is full. */
int bd_report_md(struct bd_buf *out, const struct bd_record *rec,
                 const struct bd_figures *f, const struct bd_report_notes *notes,
                 bool zh);

/* Appends a table with a row a cell: RFC 4180, CRLF, UTF-8 with a byte order mark (Excel
 * takes it for UTF-8 only so). Text that a spreadsheet would run as a formula begins with
 * an apostrophe; answers over 32,000 code points are cut (a spreadsheet's cell holds
 * 32,767). -1 when out is full. */
int bd_report_csv(struct bd_buf *out, const struct bd_record *rec);

enum bd_report_format {
    BD_REPORT_TERMINAL,
    BD_REPORT_JSON,
    BD_REPORT_HTML,
    BD_REPORT_MD,
    BD_REPORT_CSV,
    BD_REPORT_FORMATS
};

#define BD_REPORT_NAMES "terminal, json, html, md or csv"

/* By its name, "html"; false if there is none such. */
bool bd_report_format(const char *name, enum bd_report_format *out);
/* Its media type, for HTTP: "text/html; charset=utf-8". */
const char *bd_report_media(enum bd_report_format format);
/* Appends the report in that format, with style->lang; JSON is always in the request's
 * language. A line end closes it. */
int bd_report_write(struct bd_buf *out, enum bd_report_format format,
                    const struct bd_record *rec, const struct bd_figures *f,
                    const struct bd_report_notes *notes,
                    const struct bd_report_style *style);

/* The report's "summary" alone, for lists: bd_figures_count() is enough for it. NULL when
 * memory is short. */
json_t *bd_report_summary(const struct bd_record *rec, const struct bd_figures *f);

/* Exit code of `run`: 0 all cells answered, 3 partial, 4 none. An answer that its length
 * limit cut is whole, one that time cut is partial. A refusal is an answer
 * of its kind and counts as answered here. */
int bd_report_exit_code(const struct bd_record *rec);

#endif
