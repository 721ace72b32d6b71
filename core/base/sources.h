/* base/sources.h - the pages that a search returned beside an answer. [owner]
 *
 * In the provider's order, each address once, and only addresses of the web: strings are
 * made fit to be shown and stored (UTF-8, one line). The list starts as {0}. */
#ifndef BD_BASE_SOURCES_H
#define BD_BASE_SOURCES_H

#include <stddef.h>

#include "base/fail.h"
#include "base/json.h"
#include "bd/provider.h" /* struct bd_web_page */

enum { BD_SOURCES_MAX = 100, BD_SOURCE_BYTES = 4096 };

struct bd_sources {
    struct bd_web_page *at; /* strings are the list's, "" if not told */
    size_t count;
};

/* A copy of the page. 0, also where it is left out: no http or https, longer than
 * BD_SOURCE_BYTES, there already, or past BD_SOURCES_MAX. -1 when memory is short. */
int bd_sources_add(struct bd_sources *s, const struct bd_web_page *page) BD_MUST_CHECK;
/* *out is overwritten. -1 when memory is short; *out is empty then. */
int bd_sources_copy(struct bd_sources *out, const struct bd_sources *s) BD_MUST_CHECK;
/* [{"url","title","site","mark"}], without what is not told. And back; what is no such
 * list is an empty one. *out is overwritten. */
json_t *bd_sources_to_json(const struct bd_sources *s);
int bd_sources_from_json(struct bd_sources *out, const json_t *list) BD_MUST_CHECK;
/* What it holds; it is empty afterwards. */
void bd_sources_free(struct bd_sources *s);

#endif
