/* engine/claim.c - see claim.h. */
#include "engine/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SOURCE "storage"

static int refuse(const char *path, bool alone, int fd, struct bd_error *err)
{
    char holder[32] = "";
    ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);

    holder[n > 0 ? strcspn(holder, "\n") : 0] = '\0';
    if (alone)
        return bd_fail(
            err, BD_ERR_CONFIG, EBUSY, SOURCE,
            "another brandiag is working on '%.150s'; wait until it has ended, "
            "or stop it",
            path);
    return bd_fail(
        err, BD_ERR_CONFIG, EBUSY, SOURCE,
        "'%.150s' is served by a daemon (process %s): ask it over HTTP, or give "
        "this run another storage",
        path, holder[0] ? holder : "unknown");
}

int bd__claim(int *out, const char *path, bool alone, struct bd_error *err)
{
    char name[4096], pid[32];
    int fd, n;

    *out = -1;
    if (!path || (size_t)snprintf(name, sizeof(name), "%s.lock", path) >= sizeof(name))
        return 0;
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return 0; /* opening the storage itself will say what is wrong there */
    if (flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        refuse(path, alone, fd, err);
        close(fd);
        return -1;
    }
    if (alone) { /* for the message above; nothing depends on it */
        n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
        if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
            (void)lseek(fd, 0, SEEK_SET);
    }
    *out = fd;
    return 0;
}

void bd__claim_drop(int fd)
{
    if (fd >= 0)
        close(fd);
}
