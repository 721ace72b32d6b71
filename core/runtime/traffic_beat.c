/* runtime/traffic_beat.c - is this process late itself? See traffic.h. */
#include "base/clock.h"
#include "runtime/traffic.h"

#define BEAT_MS 250

/* A heartbeat while anything is in flight: a process that is stopped, or starved, finds
 * its timers and sockets full of failures that are its own. */
static int64_t late_now(const struct bd__traffic *t)
{
    int64_t late = t->beat_ms ? bd_clock_ms() - t->beat_ms - BEAT_MS : 0;

    return late >= BD__TRAFFIC_LATE_MS ? late : 0;
}

static void note_late(struct bd__traffic *t)
{
    int64_t late = late_now(t);

    if (late == 0)
        return;
    t->late[t->late_at].at_ms = bd_clock_ms();
    t->late[t->late_at].late_ms = late;
    t->late_at = (t->late_at + 1) % BD__TRAFFIC_LATE;
    pthread_mutex_lock(&t->lock);
    if (late > t->max_late_ms)
        t->max_late_ms = late;
    pthread_mutex_unlock(&t->lock);
}

static void on_beat(uv_timer_t *beat)
{
    bd__traffic_beat(beat->data);
}

void bd__traffic_beat(struct bd__traffic *t)
{
    bool busy;

    note_late(t);
    pthread_mutex_lock(&t->lock);
    busy = t->in_flight > 0;
    pthread_mutex_unlock(&t->lock);
    t->beat_ms = busy ? bd_clock_ms() : 0;
    if (busy)
        uv_timer_start(&t->beat, on_beat, BEAT_MS, 0);
}

int64_t bd__traffic_late_ms(const struct bd__traffic *t, int64_t since_ms)
{
    int64_t most = late_now(t);

    for (size_t i = 0; i < BD__TRAFFIC_LATE; i++)
        if (t->late[i].at_ms >= since_ms && t->late[i].late_ms > most)
            most = t->late[i].late_ms;
    return most;
}

int64_t bd__traffic_max_late_ms(struct bd__traffic *t)
{
    int64_t most;

    pthread_mutex_lock(&t->lock);
    most = t->max_late_ms;
    pthread_mutex_unlock(&t->lock);
    return most;
}
