/* sim/search.h - the pages that a search finds, and how an answer cites them. [owner] */
#ifndef SIM_SEARCH_H
#define SIM_SEARCH_H

#include <jansson.h>

#include "base/buf.h"
#include "sim/provider.h"

/* [{"url","title","site"}]: what is found unless the scenario says otherwise. NULL when
 * memory is short. */
json_t *sim_search_pages(void);

/* Puts a mark behind each line, in the provider's spelling: "[ref_1]", "[1]". count: of
 * the pages. */
void sim_search_cite(struct bd_buf *text, int provider, size_t count);

/* ,"web_search":[...] as Zhipu has it, beside the choices. */
void sim_search_zhipu(struct bd_buf *out, const json_t *pages);

#endif
