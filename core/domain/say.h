/* domain/say.h - what a report has to say in whole sentences, for every format. [any]
 *
 * Each function adds its sentences, in the language of s, to s; figures that do not exist
 * are said to be unknown, never 0. */
#ifndef BD_DOMAIN_SAY_H
#define BD_DOMAIN_SAY_H

#include "domain/report.h"
#include "domain/statement.h"

/* The main brand in a sentence, its score, and how far that can be trusted. */
void bd_say_verdict(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f);
/* Cells without a whole answer, equal causes in one sentence, each with its remedy. */
void bd_say_gaps(struct bd_statements *s, const struct bd_record *rec);
/* Neutral cells that are not under the figures, by cause; nothing if there are none. */
void bd_say_excluded(struct bd_statements *s, const struct bd_figures *f);
/* What the answers show, each with the cells that prove it. */
void bd_say_findings(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f);
/* Models that call themselves otherwise than they were asked for; breakers; hedges. */
void bd_say_models(struct bd_statements *s, const struct bd_record *rec);
/* Notes about the run, then the limits of the method. notes may be NULL. */
void bd_say_notes(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_report_notes *notes);

#endif
