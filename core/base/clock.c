/* base/clock.c - reading the clocks. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t bd_clock_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t bd_clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

void bd_clock_iso(int64_t wall_ms, char *out, size_t size)
{
    int64_t part = (wall_ms % 1000 + 1000) % 1000; /* before 1970, too */
    time_t s = (time_t)((wall_ms - part) / 1000);
    struct tm tm;
    char text[24];

    if (!gmtime_r(&s, &tm) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        text[0] = '\0';
    snprintf(out, size, "%s.%03dZ", text, (int)part);
}
