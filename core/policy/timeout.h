/* policy/timeout.h - how long one call may take. [any] Pure functions.
 *
 * A long question needs a long answer, so each provider has three limits and the
 * question's length in characters (code points, not bytes: a Chinese question is as
 * long as it looks) picks one:
 *
 *   fewer than 20  simple      20 to 49  normal      50 or more  complex
 *
 * The diagnosis's deadline stands above: see bd_deadline_limit_ms(). */
#ifndef BD_POLICY_TIMEOUT_H
#define BD_POLICY_TIMEOUT_H

#include <stddef.h>
#include <stdint.h>

#include "bd/provider.h" /* struct bd_timeouts */

enum bd_complexity { BD_COMPLEXITY_SIMPLE, BD_COMPLEXITY_NORMAL, BD_COMPLEXITY_COMPLEX };

/* For a model that nobody described: 10 s, 20 s, 45 s. */
extern const struct bd_timeouts bd_timeout_unknown;

/* question: n bytes; an invalid byte counts as one character. Spaces count. */
enum bd_complexity bd_timeout_complexity(const char *question, size_t n);

/* The row's limit in ms. A NULL row, or a limit of 0 or less (an adapter without a
 * table), is bd_timeout_unknown's. */
int64_t bd_timeout_ms(const struct bd_timeouts *row, enum bd_complexity complexity);

/* "simple" "normal" "complex" */
const char *bd_timeout_name(enum bd_complexity complexity);

#endif
