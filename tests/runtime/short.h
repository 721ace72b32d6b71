/* tests/runtime/short.h - memory that runs out when a test says so; link with
 * -Wl,--wrap= for each function of wraps.h. */
#ifndef BD_TESTS_RUNTIME_SHORT_H
#define BD_TESTS_RUNTIME_SHORT_H

#include <stdbool.h>

/* Memory runs out at the allocation that `allowed` counts down to; -1 = never. The
 * linker sends every allocation of the core here (not those of libraries). */
static long allowed = -1;
static int refusals;

static bool refused(void)
{
    if (allowed < 0 || allowed-- > 0)
        return false;
    allowed = -1;
    refusals++;
    return true;
}

#include "runtime/wraps.h" /* asks refused() */

#endif
