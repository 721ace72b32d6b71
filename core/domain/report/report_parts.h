/* domain/report/report_parts.h - what the pages of the terminal report share. [any] */
#ifndef BD_DOMAIN_REPORT_PARTS_H
#define BD_DOMAIN_REPORT_PARTS_H

#include "domain/report/page.h"
#include "domain/report/report.h"

struct bd_sheet { /* all that a page of the report is made from; lent */
    struct bd_page page;
    const struct bd_record *rec;
    const struct bd_figures *f;
    bool answers;
};

/* Of 60 to 400 columns, in the style's language or else lang. */
struct bd_page bd_report_page(struct bd_buf *out, const struct bd_report_style *style,
                              const char *lang);

struct bd_short { /* a short text by value */
    char s[48];
};

/* Numbers for people; "-" where the value is NaN or negative time. */
struct bd_short bd_show_percent(double v);
struct bd_short bd_show_number(double v, int digits);
struct bd_short bd_show_count(int64_t n);
struct bd_short bd_show_time(int64_t ms);
struct bd_short bd_show_tone(double v); /* "+0.4" */
/* "B", or "C–A" where the interval of the score has more grades than one. */
struct bd_short bd_show_grade(const struct bd_brand_figures *b);
struct bd_short bd_show_p(double p);           /* "= 0.031", "< 0.001" */
struct bd_short bd_show_part(int hits, int n); /* "3/12" */
/* "1.5 (2)": a value with its own n; "-" without one. */
struct bd_short bd_show_with_n(struct bd_short value, int n);

struct bd_weights_shown { /* "40%" and so on, as the arguments of a sentence */
    struct bd_short parts[4];
    const char *args[5];
};
/* Points into itself: not to be copied. */
void bd_show_weights(struct bd_weights_shown *out, const struct bd_figures *f);

/* The model's column: "doubao", or "doubao/name" where the provider has several columns
 * or `whole` is set. */
void bd_show_model(struct bd_buf *out, const struct bd_record *rec, int model,
                   bool whole);
/* The competitors' names, with the language's comma between them. */
void bd_show_competitors(struct bd_buf *out, const struct bd_record *rec, bool zh);
/* The model that was asked in that column; NULL if none was yet. */
const char *bd_model_asked(const struct bd_record *rec, int model);

/* Cells for which an interrupted run may have been billed, too. */
int bd_report_twice(const struct bd_record *rec);

struct bd_searches { /* answers that came, refusals too, and those with web search */
    int answers, searched;
};
/* Of one model; -1: of all. */
struct bd_searches bd_report_searches(const struct bd_record *rec, int model);
/* "searched the web"; "" where it was neither asked for nor seen. */
const char *bd_search_word(const struct bd_cell *c, bool zh);

/* A short name of how the cell ended: "超时", "限流". */
const char *bd_outcome_word(const struct bd_cell *c, bool zh);

void bd_report_models(struct bd_sheet *s); /* how each model did */
void bd_report_cells(struct bd_sheet *s);  /* the cells one by one */

#endif
