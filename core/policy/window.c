/* policy/window.c - see window.h. */
#include "policy/window.h"

/* The first second that still counts, and never one that amount[] has overwritten. */
static int64_t first_second(const struct bd_window *w, int64_t now_ms)
{
    int64_t from = now_ms / 1000 - (BD_WINDOW_SECONDS - 1);
    int64_t kept = w->second - (BD_WINDOW_SECONDS - 1);

    if (from < kept)
        from = kept;
    return from > 0 ? from : 0;
}

static void advance(struct bd_window *w, int64_t second)
{
    int64_t from = w->second + 1;

    if (from <= second - BD_WINDOW_SECONDS)
        from = second - BD_WINDOW_SECONDS + 1;
    for (int64_t s = from; s <= second; s++)
        w->amount[s % BD_WINDOW_SECONDS] = 0;
    if (second > w->second)
        w->second = second;
}

void bd_window_add(struct bd_window *w, int64_t at_ms, int64_t amount)
{
    int64_t second = at_ms / 1000, *there;

    if (amount < 0 && second <= w->second - BD_WINDOW_SECONDS)
        return;
    advance(w, second);
    if (amount >= 0)
        second = w->second;
    there = &w->amount[second % BD_WINDOW_SECONDS];
    *there += amount;
    if (*there < 0)
        *there = 0;
}

int64_t bd_window_sum(const struct bd_window *w, int64_t now_ms)
{
    int64_t sum = 0;

    for (int64_t s = first_second(w, now_ms); s <= w->second; s++)
        sum += w->amount[s % BD_WINDOW_SECONDS];
    return sum;
}

int64_t bd_window_wait_ms(const struct bd_window *w, int64_t limit, int64_t more,
                          int64_t now_ms)
{
    int64_t sum = bd_window_sum(w, now_ms), s = first_second(w, now_ms);

    if (sum == 0 || sum + more <= limit)
        return 0;
    for (; s <= w->second && sum > 0 && sum + more > limit; s++)
        sum -= w->amount[s % BD_WINDOW_SECONDS];
    return (s - 1 + BD_WINDOW_SECONDS) * 1000 - now_ms;
}
