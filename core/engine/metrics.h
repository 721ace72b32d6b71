/* engine/metrics.h - what an engine shows to Prometheus, and a look at how well it goes.
 *
 * docs/metrics.md lists every family. Label values come from the configuration, from
 * tables of ours and, in brandiag_breaker_key_state, from inquiries: never more than 64.
 */
#ifndef BD_ENGINE_METRICS_H
#define BD_ENGINE_METRICS_H

#include "base/buf.h"
#include "base/fail.h"
#include "engine/vitals.h"

struct bd_engine;

enum { BD_METRICS_OPEN_KEYS = 64 };

/* [any but store] Appends everything that the engine counts, in the format of
 * base/exposition.h; the caller may append families of its own behind it. Calls no
 * storage and waits for none. -1: out is full or memory is short, what it holds is not to
 * be shown. */
int bd_engine_metrics(struct bd_engine *e, struct bd_buf *out) BD_MUST_CHECK;

/* [any] Cells and diagnoses of the last five minutes, for alerts. A cell counts when its
 * diagnosis is sealed, answered if it is ok, truncated or refused; what was cancelled or
 * over a limit of cost counts neither way, and neither does the time of a diagnosis that
 * was interrupted. */
void bd_engine_vitals(struct bd_engine *e, struct bd_vitals *out);

#endif
