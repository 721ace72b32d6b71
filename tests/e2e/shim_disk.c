/* shim_disk.c - a disk that fails for the program under test, by LD_PRELOAD.
 *
 * BD_SHIM_DISK names a file "CALL ERRNO EVERY COUNT": of the calls of that kind (write,
 * sync) to files of the storage (their names begin with $BD_SHIM_FILES) each EVERY-th
 * fails so, COUNT times in all (0: for ever). "short" for ERRNO writes half and no more.
 * Without the file, or with an empty one, nothing fails. The file is read at each call:
 * tests change it. */
#define _GNU_SOURCE /* off64_t */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { NO = 0, SHORT = -1 };

static _Atomic long calls, failures;

static int is_of_storage(int fd)
{
    const char *files = getenv("BD_SHIM_FILES");
    char link[64], path[PATH_MAX];
    ssize_t n;

    if (!files)
        return 0;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    return n > 0 && (path[n] = '\0', strncmp(path, files, strlen(files)) == 0);
}

static int read_plan(char *out, size_t size)
{
    const char *file = getenv("BD_SHIM_DISK");
    int fd = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* The errno to fail with, SHORT, or NO. */
static int verdict(const char *kind, int fd)
{
    char plan[64], call[8], how[8];
    long every, count;

    if (!is_of_storage(fd) || !read_plan(plan, sizeof(plan)) ||
        sscanf(plan, "%7s %7s %ld %ld", call, how, &every, &count) != 4 ||
        strcmp(call, kind) != 0 || atomic_fetch_add(&calls, 1) % every != every - 1 ||
        (count > 0 && atomic_fetch_add(&failures, 1) >= count))
        return NO;
    return strcmp(how, "EIO") == 0 ? EIO : strcmp(how, "ENOSPC") == 0 ? ENOSPC : SHORT;
}

static int sync_it(int fd, long number)
{
    int code = verdict("sync", fd);

    if (code == NO)
        return (int)syscall(number, fd);
    errno = code == SHORT ? EIO : code;
    return -1;
}

int fsync(int fd)
{
    return sync_it(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_it(fd, SYS_fdatasync);
}

ssize_t write(int fd, const void *p, size_t n)
{
    int code = verdict("write", fd);

    if (code > 0) {
        errno = code;
        return -1;
    }
    return syscall(SYS_write, fd, p, code == SHORT && n > 1 ? n / 2 : n);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    int code = verdict("write", fd);

    if (code > 0) {
        errno = code;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, p, code == SHORT && n > 1 ? n / 2 : n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    return pwrite64(fd, p, n, at);
}
