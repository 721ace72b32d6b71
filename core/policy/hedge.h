/* policy/hedge.h - is a second call worth it, and when?
 *
 * A call of which nothing has come for unusually long is asked once more, beside the
 * first; whichever answers first counts, the other one is cancelled. It trims the slow
 * tail of a provider that is well (Dean and Barroso, "The Tail at Scale", 2013), and
 * makes a provider that is overloaded worse: so it is off unless configured, few, and
 * never while a breaker is not closed.
 *
 *   when      no text after `after_ms`, or, with 0, after the time that 95 % of the
 *             provider's calls stay below, 1 s at least and once it is known
 *   how many  at most `percent` of all first calls and one more; and each is paid from
 * the budget of retries room      at most 80 % of what the provider takes at once is
 * under way
 *
 * Values; time is an argument. [owner] */
#ifndef BD_POLICY_HEDGE_H
#define BD_POLICY_HEDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/latency.h"

struct bd_hedge_config {
    bool enabled;
    int64_t after_ms; /* 0 = by the provider's own times */
    int32_t percent;  /* of first calls */
};

/* Off; by the provider's own times; 5 %. */
extern const struct bd_hedge_config bd_hedge_default;

/* How long to wait for the first text; -1 = do not hedge. first_text: the times to it. */
int64_t bd_hedge_after_ms(const struct bd_hedge_config *c,
                          const struct bd_latency *first_text);

/* One more hedge beside `hedges` earlier ones, after `firsts` first calls, with `out`
 * calls under way of `allowed`? */
bool bd_hedge_may(const struct bd_hedge_config *c, uint64_t firsts, uint64_t hedges,
                  int out, int allowed);

#endif
