/* policy/deadline.h - one absolute end for everything a diagnosis does.
 *
 *   start                                             cut     end
 *     |--- calls: queue, connect, retries, answers --->|--------|
 *                                                       reserve: reading, report
 *
 * No call runs past the cut; whatever has arrived by then is kept. All times are
 * monotonic ms. Waiting in a queue counts like everything else.
 * A deadline is a value. [any] It does not change once it is made. */
#ifndef BD_POLICY_DEADLINE_H
#define BD_POLICY_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#define BD_DEADLINE_MS         20000 /* a diagnosis, unless told otherwise */
#define BD_DEADLINE_RESERVE_MS 250   /* kept for the report */
#define BD_DEADLINE_LEAST_MS   300   /* no call is worth starting with less */

struct bd_deadline {
    int64_t start_ms, end_ms;
    int64_t reserve_ms;
};

/* length_ms and reserve_ms of 0 or less are the defaults above. The reserve is at most
 * a quarter of the length, so that a short deadline leaves time for calls. */
void bd_deadline_init(struct bd_deadline *d, int64_t now_ms, int64_t length_ms,
                      int64_t reserve_ms);

/* When running calls are cut off. */
int64_t bd_deadline_cut_ms(const struct bd_deadline *d);
/* Time for calls until the cut; 0 when it is over, never negative. */
int64_t bd_deadline_left_ms(const struct bd_deadline *d, int64_t now_ms);
/* The limit of a call that starts now: its own time-out or the time left. 0 = do not
 * start. */
int64_t bd_deadline_limit_ms(const struct bd_deadline *d, int64_t now_ms,
                             int64_t timeout_ms);

/* Is a call worth starting? Needs BD_DEADLINE_LEAST_MS and the provider's typical
 * duration (bd_latency_typical_ms(), -1 if unknown), but never more than half of the
 * whole length: a slow provider under a short deadline is still asked, because a part
 * of an answer counts, and because it would otherwise never be measured again. */
bool bd_deadline_worth(const struct bd_deadline *d, int64_t now_ms, int64_t typical_ms);

#endif
