/* domain/report/say.h - what a report has to say in whole sentences, for every format.
 * [any]
 *
 * Each function adds its sentences, in the language of s, to s; figures that do not exist
 * are said to be unknown, never 0. */
#ifndef BD_DOMAIN_SAY_H
#define BD_DOMAIN_SAY_H

#include "domain/report/report.h"
#include "domain/statement.h"

/* The verdict: the next three, one after the other. */
void bd_say_verdict(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f);
/* The main brand in a sentence, and its score. */
void bd_say_standing(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f);
/* What may not be concluded from so few answers. */
void bd_say_doubts(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f);
/* That something is missing; nothing if all is there. */
void bd_say_missing(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f);
/* The doubts, and the limits of the method. */
void bd_say_limits(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f);
/* Cells without a whole answer, equal causes in one sentence, each with its remedy. */
void bd_say_gaps(struct bd_statements *s, const struct bd_record *rec);
/* Neutral cells that are not under the figures, by cause; nothing if there are none. */
void bd_say_excluded(struct bd_statements *s, const struct bd_figures *f);
/* Questions covered, brands that nobody tracks, sites cited, how alike samples are: what
 * is known. */
void bd_say_around(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f);
/* What the answers show, each with the cells that prove it. */
void bd_say_findings(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f);
/* Of them, those about sites: brands with one site behind them, sites that only praise.
 */
void bd_say_sources(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f);
/* Of them, those about one competitor: by mention, by place, as first choice instead. */
void bd_say_rival(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_figures *f, size_t brand);
/* Models that call themselves otherwise than they were asked for; breakers; hedges. */
void bd_say_models(struct bd_statements *s, const struct bd_record *rec);
/* That answers are the APIs', and how many of them searched the web; where it was asked
 * for, which models did not. */
void bd_say_search(struct bd_statements *s, const struct bd_record *rec);
/* Notes about the run, questions that do not count, then the limits of the method. notes
 * may be NULL. */
void bd_say_notes(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_figures *f, const struct bd_report_notes *notes);

#endif
