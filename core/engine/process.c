/* engine/process.c - see process.h; proc(5) is the format. */
#include "engine/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum stat_field { /* their numbers in proc(5), of those behind the name */
                  STAT_UTIME = 14,
                  STAT_STIME = 15,
                  STAT_THREADS = 20,
                  STAT_STARTED = 22,
                  STAT_VSIZE = 23,
                  STAT_RSS = 24,
                  STAT_END
};

/* Up to size - 1 bytes from the start; empty if it cannot be read. */
static void read_some(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    if (fd >= 0) {
        n = read(fd, out, size - 1);
        (void)close(fd); /* only read */
    }
    out[n > 0 ? n : 0] = '\0';
}

/* The name may hold blanks and parentheses: fields are counted from its last one. */
static int read_stat(long long fields[STAT_END])
{
    char text[1024], *at;

    read_some("/proc/self/stat", text, sizeof(text));
    at = strrchr(text, ')');
    if (!at || strlen(at) < 4)
        return -1;
    at += 3; /* ") ", and the state, which is field 3 */
    for (int i = 4; i < STAT_END; i++)
        fields[i] = strtoll(at + 1, &at, 10);
    return fields[STAT_RSS] > 0 ? 0 : -1;
}

static pthread_once_t boot_once = PTHREAD_ONCE_INIT;
static double boot_seconds; /* of the machine's start, Unix time */

static double read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Once: when the wall clock is put right, a restart would seem to have happened. Not from
 * /proc/stat, which a unit with ProcSubset=pid does not see. */
static void read_boot(void)
{
    boot_seconds = read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME);
}

static int64_t count_open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;
    int64_t n = -1; /* the one that lists them is not counted */

    if (!dir)
        return -1;
    while ((entry = readdir(dir))) /* NOLINT(concurrency-mt-unsafe): the stream is ours */
        n += entry->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

static int64_t max_open_files(void)
{
    struct rlimit lim;

    return getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur != RLIM_INFINITY
               ? (int64_t)lim.rlim_cur
               : -1;
}

/* Finer than the ticks of /proc/self/stat. */
static double cpu_seconds(void)
{
    struct rusage use;

    if (getrusage(RUSAGE_SELF, &use) != 0)
        return -1;
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

void bd_process_look(struct bd_process *out)
{
    long long f[STAT_END];

    pthread_once(&boot_once, read_boot);
    *out = (struct bd_process){
        -1, -1, -1, count_open_files(), max_open_files(), cpu_seconds(), -1};
    if (read_stat(f) < 0)
        return;
    out->resident_bytes = f[STAT_RSS] * sysconf(_SC_PAGESIZE);
    out->virtual_bytes = f[STAT_VSIZE];
    out->threads = f[STAT_THREADS];
    out->start_seconds =
        boot_seconds + (double)f[STAT_STARTED] / (double)sysconf(_SC_CLK_TCK);
}
