/* engine/scheduler_look.c - how the scheduler and its lanes stand. See scheduler.h. */
#include <stdio.h>
#include <string.h>

#include "engine/scheduler_parts.h"

struct bd_lane *bd__scheduler_find(const struct bd_scheduler *s, const char *provider)
{
    struct bd_lane *lane = s->lanes;

    while (lane && strcmp(lane->provider, provider) != 0)
        lane = lane->next;
    return lane;
}

static void look_at_lane(const struct bd_scheduler *s, const struct bd_lane *lane,
                         int64_t now_ms, struct bd_lane_view *out)
{
    char beginning[256];

    bd_lane_look(lane, now_ms, out);
    snprintf(beginning, sizeof(beginning), "%s/", lane->provider);
    out->keys_open = bd_breakers_not_closed(s->breakers, beginning, now_ms);
}

bool bd_scheduler_look(struct bd_scheduler *s, const char *provider, int64_t now_ms,
                       struct bd_lane_view *out)
{
    const struct bd_lane *lane;

    pthread_mutex_lock(&s->lock);
    lane = bd__scheduler_find(s, provider);
    if (lane)
        look_at_lane(s, lane, now_ms, out);
    pthread_mutex_unlock(&s->lock);
    return lane != NULL;
}

/* The lane after that one, the first after NULL. Lanes are only ever added, at the end,
 * so a walk without the lock in between misses none that was there. */
static const struct bd_lane *report_next(struct bd_scheduler *s,
                                         const struct bd_lane *after, int64_t now_ms,
                                         struct bd_lane_report *out)
{
    const struct bd_lane *lane;

    pthread_mutex_lock(&s->lock);
    lane = after ? after->next : s->lanes;
    if (lane) {
        out->provider = lane->provider;
        out->ever = lane->counts;
        look_at_lane(s, lane, now_ms, &out->now);
    }
    pthread_mutex_unlock(&s->lock);
    return lane;
}

void bd_scheduler_each_lane(struct bd_scheduler *s, int64_t now_ms,
                            void (*fn)(void *arg, const struct bd_lane_report *lane),
                            void *arg)
{
    const struct bd_lane *lane = NULL;
    struct bd_lane_report report;

    while ((lane = report_next(s, lane, now_ms, &report)))
        fn(arg, &report);
}

size_t bd_scheduler_open_keys(struct bd_scheduler *s, int64_t now_ms,
                              struct bd_open_key *out, size_t most)
{
    size_t n;

    pthread_mutex_lock(&s->lock);
    n = bd_breakers_open_keys(s->breakers, now_ms, out, most);
    pthread_mutex_unlock(&s->lock);
    return n;
}
