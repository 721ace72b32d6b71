/* policy/window.h - how much there was in the last minute, counted by the second.
 *
 * An amount counts until its whole second is 60 s ago, so no window of 60 s, wherever it
 * begins, holds more than what is added here. A value, no clock and no memory of its own.
 * [owner] One thread at a time. now_ms is monotonic. */
#ifndef BD_POLICY_WINDOW_H
#define BD_POLICY_WINDOW_H

#include <stdint.h>

#define BD_WINDOW_SECONDS 61 /* 60 whole ones and the one that has begun */

struct bd_window {
    int64_t second;                    /* the newest in amount[] */
    int64_t amount[BD_WINDOW_SECONDS]; /* by second modulo the size */
};

/* Adds to the second of at_ms, and forgets what has left the window by then. What lies
 * before the newest second (a clock read before a lock) counts in the newest. A negative
 * amount corrects an earlier one of that time; no second falls below 0, and one that has
 * left the window is not corrected. */
void bd_window_add(struct bd_window *w, int64_t at_ms, int64_t amount);

/* What the minute that ends now holds. */
int64_t bd_window_sum(const struct bd_window *w, int64_t now_ms);

/* Until `more` fits below the limit: 0 = now. More than the limit fits when the window is
 * empty: it would never fit otherwise. */
int64_t bd_window_wait_ms(const struct bd_window *w, int64_t limit, int64_t more,
                          int64_t now_ms);

#endif
