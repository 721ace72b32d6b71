/* domain/reading/choosing.h - is a name in bold chosen by the words beside it? [any]
 * Pure.
 *
 * "Start with **A**", "**A** is a good choice", "if you travel a lot, **A** ...": names
 * in bold in running text are chosen by what stands right before or behind them, or in
 * their clause. Criteria stand in bold, too, and are considered ("要考虑**价格**"); who
 * asks knows that the name is plausible (naming.h). */
#ifndef BD_DOMAIN_CHOOSING_H
#define BD_DOMAIN_CHOOSING_H

#include "domain/reading/naming.h"

/* Does a word of choice stand beside the name in its line, the folded bytes [start, end),
 * and none against it? */
bool bd_choosing(const struct bd_passage *p, const struct bd_span_u32 *name, size_t start,
                 size_t end);

#endif
