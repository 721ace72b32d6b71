/* policy/deadline.c - see deadline.h. */
#include "policy/deadline.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void bd_deadline_init(struct bd_deadline *d, int64_t now_ms, int64_t length_ms,
                      int64_t reserve_ms)
{
    if (length_ms <= 0)
        length_ms = BD_DEADLINE_MS;
    if (reserve_ms <= 0)
        reserve_ms = BD_DEADLINE_RESERVE_MS;
    *d = (struct bd_deadline){
        .start_ms = now_ms,
        .end_ms = now_ms + length_ms,
        .reserve_ms = least(reserve_ms, length_ms / 4),
    };
}

int64_t bd_deadline_cut_ms(const struct bd_deadline *d)
{
    return d->end_ms - d->reserve_ms;
}

int64_t bd_deadline_left_ms(const struct bd_deadline *d, int64_t now_ms)
{
    int64_t cut = bd_deadline_cut_ms(d);

    return now_ms < cut ? cut - now_ms : 0;
}

int64_t bd_deadline_limit_ms(const struct bd_deadline *d, int64_t now_ms,
                             int64_t timeout_ms)
{
    return least(timeout_ms, bd_deadline_left_ms(d, now_ms));
}

bool bd_deadline_worth(const struct bd_deadline *d, int64_t now_ms, int64_t typical_ms)
{
    int64_t needed = least(typical_ms, (d->end_ms - d->start_ms) / 2);

    if (needed < BD_DEADLINE_LEAST_MS)
        needed = BD_DEADLINE_LEAST_MS;
    return bd_deadline_left_ms(d, now_ms) >= needed;
}
