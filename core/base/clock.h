/* base/clock.h - the two clocks. [any]
 *
 * Monotonic time decides (deadlines, breakers, limits); wall time is only shown and
 * stored. Policies read neither: they are told what time it is. */
#ifndef BD_BASE_CLOCK_H
#define BD_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t bd_clock_ms(void);      /* CLOCK_MONOTONIC */
int64_t bd_clock_wall_ms(void); /* Unix milliseconds */

/* "2026-11-23T08:15:30.123Z"; out holds at least 25 bytes. */
void bd_clock_iso(int64_t wall_ms, char *out, size_t size);

#endif
