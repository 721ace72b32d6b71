/* domain/reading/proper.h - what speaks for names of somebody, where nobody of them is
 * tracked. [any] Pure.
 *
 * "体检" in a list of what to do before an operation looks like a name as much as
 * "美林" in one of medicines. It is one if it ends or is written as names are ("...
 * 医院", "Keep", "X90"), or if what is said there is said of somebody ("成立于", "旗下",
 * "chain"). */
#ifndef BD_DOMAIN_PROPER_H
#define BD_DOMAIN_PROPER_H

#include "domain/reading/passage.h"

/* Is the name in the folded bytes [start, end) written as names are? */
bool bd_proper_name(const struct bd_passage *p, size_t start, size_t end);

/* The same without a lone English word: "Equipment" has a capital as well. */
bool bd_proper_surely(const struct bd_passage *p, size_t start, size_t end);

/* Is something said in the folded bytes [start, end) that is said of firms and brands? */
bool bd_proper_text(const struct bd_passage *p, size_t start, size_t end);

/* Is the reader told what to do there: ask, look, see to it that? */
bool bd_proper_advice(const struct bd_passage *p, size_t start, size_t end);

#endif
