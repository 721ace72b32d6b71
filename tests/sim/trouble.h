/* sim/trouble.h - each provider's own error replies, by word.
 *
 * A word is a status ("429"), a meaning ("rate_limited", "quota"), a variant
 * ("429_burst") or the provider's own code ("SetLimitExceeded", "1302"). */
#ifndef SIM_TROUBLE_H
#define SIM_TROUBLE_H

#include "base/buf.h"
#include "sim/provider.h"

struct sim_trouble; /* one row of the table */

/* NULL: that provider has no such error. */
const struct sim_trouble *sim_trouble_find(int provider, const char *word, size_t n);

int sim_trouble_status(const struct sim_trouble *t);
const char *sim_trouble_type(const struct sim_trouble *t); /* a Content-Type */

/* Appends the body. no may be NULL: then the row's own wording; ask->model and id go
 * where the provider names them. */
void sim_trouble_body(struct bd_buf *out, const struct sim_trouble *t,
                      const struct sim_ask *ask, const struct sim_objection *no,
                      const char *id);

/* Appends s as a JSON string with its quotes. */
void sim_quote(struct bd_buf *out, const char *s, size_t n);

#endif
