/* policy/hedge.c - see hedge.h. */
#include "policy/hedge.h"

#define LEAST_MS 1000
#define TAIL     95 /* percent */
#define ROOM     80 /* percent */

const struct bd_hedge_config bd_hedge_default = {.percent = 5};

int64_t bd_hedge_after_ms(const struct bd_hedge_config *c,
                          const struct bd_latency *first_text)
{
    int64_t tail;

    if (!c->enabled)
        return -1;
    if (c->after_ms > 0)
        return c->after_ms;
    tail = bd_latency_percentile_ms(first_text, TAIL);
    return tail < 0 || tail > LEAST_MS ? tail : LEAST_MS;
}

bool bd_hedge_may(const struct bd_hedge_config *c, uint64_t firsts, uint64_t hedges,
                  int out, int allowed)
{
    if (!c->enabled || c->percent <= 0)
        return false;
    if (hedges * 100 > firsts * (uint64_t)c->percent)
        return false;
    return (int64_t)out * 100 <= (int64_t)allowed * ROOM;
}
