/* domain/compare/compare_parts.h - what the pages of a comparison share. [any] */
#ifndef BD_DOMAIN_COMPARE_PARTS_H
#define BD_DOMAIN_COMPARE_PARTS_H

#include "domain/compare/compare.h"
#include "domain/report/report_parts.h"

/* Whole sentences: what changed, what was compared, what differs in what was asked, and
 * how far chance goes. */
void bd_compare_say(struct bd_statements *s, const struct bd_comparison *c,
                    const struct bd_record *before, const struct bd_record *after);

/* "25%", "1.67", "54.3": as that figure is shown. */
struct bd_short bd_show_measure(enum bd_measure what, double v);

#endif
