/* shim.c - a wrong machine for the program under test, by LD_PRELOAD.
 *
 * A look-up of *.hang.test takes 30 s and fails, *.ok.test is 127.0.0.1. With
 * BD_SHIM_CLOCK set, the wall clock jumps every second: an hour ahead, an hour back. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int ends_with(const char *s, const char *end)
{
    size_t n = s ? strlen(s) : 0, k = strlen(end);

    return n > k && strcmp(s + n - k, end) == 0;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    struct timespec t = {.tv_sec = 30};

    *(void **)(&next) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (ends_with(name, ".ok.test"))
        return next("127.0.0.1", service, hints, out);
    if (!ends_with(name, ".hang.test"))
        return next(name, service, hints, out);
    while (nanosleep(&t, &t) < 0 && errno == EINTR)
        ;
    return EAI_AGAIN;
}

/* Neither libc's nor the vDSO's, which other wrappers may stand before. */
static int real_time(clockid_t clock, struct timespec *t)
{
    return (int)syscall(SYS_clock_gettime, clock, t);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    struct timespec steady;
    int rc = real_time(clock, t);

    if (rc != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) ||
        !getenv("BD_SHIM_CLOCK") || real_time(CLOCK_MONOTONIC, &steady) != 0)
        return rc;
    t->tv_sec += steady.tv_sec % 2 ? 3600 : -3600;
    return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec t;
    int rc = clock_gettime(CLOCK_REALTIME, &t);

    (void)zone;
    tv->tv_sec = t.tv_sec;
    tv->tv_usec = t.tv_nsec / 1000;
    return rc;
}

time_t time(time_t *out)
{
    struct timespec t;

    if (clock_gettime(CLOCK_REALTIME, &t) != 0)
        return -1;
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}
