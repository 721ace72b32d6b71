/* engine/watch.h - looks at an engine once a second and tells [alerts] of what is wrong.
 * [main] */
#ifndef BD_ENGINE_WATCH_H
#define BD_ENGINE_WATCH_H

#include <stdint.h>

#include "base/fail.h"

struct bd_engine;

/* From here on conditions are told, as [alerts] of the configuration says; reloads take
 * other settings over. Undone by bd_engine_stop(). */
int bd_engine_watch(struct bd_engine *e, struct bd_error *err) BD_MUST_CHECK;

/* Looks, tells and sends; never waits. zombies: what bd_engine_reap() said. */
void bd_engine_watch_tick(struct bd_engine *e, int zombies, int64_t now_ms);

/* [any] Messages so far, for metrics: taken, given up. */
void bd_engine_watch_count(const struct bd_engine *e, uint64_t *sent, uint64_t *failed);

#endif
