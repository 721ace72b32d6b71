/* place.c - see place.h. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bd/error.h"
#include "bd/plugin.h"

static int fail(const struct bd_host *host, const char *what, const char *path,
                const char *remedy, struct bd_error *err)
{
    int code = errno;
    char why[96] = "unknown error";

    (void)strerror_r(code, why, sizeof(why));
    return host->fail(host->ctx, err, BD_ERR_STORAGE, code, "cannot %s '%s': %s; %s",
                      what, path, why, remedy);
}

/* O_EXCL: closing any descriptor of a file drops all POSIX locks that this process has
 * on it, SQLite's among them; a file that we made just now has none. */
static int create(const struct bd_host *host, const char *path, struct bd_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0) {
        close(fd);
        return 0;
    }
    if (errno == EEXIST)
        return 0;
    if (errno == ENOENT)
        return fail(host, "create", path,
                    "its directory must exist: mkdir -p, or set path", err);
    return fail(host, "create", path, "check owner and mode of its directory", err);
}

int bd_place_prepare(const struct bd_host *host, const char *path, struct bd_place *out,
                     struct bd_error *err)
{
    struct stat st;
    char wal[PATH_MAX];
    int n = snprintf(wal, sizeof(wal), "%s-wal", path);

    if (n < 0 || (size_t)n >= sizeof(wal))
        return host->fail(host->ctx, err, BD_ERR_CONFIG, ENAMETOOLONG,
                          "path is longer than %d bytes", PATH_MAX - 5);
    *out = (struct bd_place){.unclean = stat(wal, &st) == 0 && st.st_size > 0};
    if (stat(path, &st) < 0) {
        if (errno != ENOENT)
            return fail(host, "look at", path, "check owner and mode of its directory",
                        err);
        return create(host, path, err);
    }
    if (!S_ISREG(st.st_mode))
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "'%s' is not a regular file; set path to a file of its own",
                          path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        host->log(host->ctx, 2, "'%s' is open to other users (mode %o); chmod 600", path,
                  (unsigned)(st.st_mode & 0777));
    out->bytes = st.st_size;
    return 0;
}
