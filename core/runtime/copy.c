/* runtime/copy.c - the private copy of a plugin's file; see copy.h. */
#define _GNU_SOURCE /* memfd_create, F_ADD_SEALS */
#include "runtime/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define SOURCE    "module"
#define SIZE_MAX_ ((off_t)64 * 1024 * 1024)

static int refuse(struct bd_error *err, int code, const char *why)
{
    return bd_fail(err, BD_ERR_PLUGIN, code, SOURCE, "%s", why);
}

/* Could somebody else have written it? what is "it" or "its directory". */
static int check_owner(const struct stat *st, const char *what, struct bd_error *err)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return bd_fail(err, BD_ERR_PLUGIN, EPERM, SOURCE,
                       "%s belongs to user %u, who could change what we run; chown to "
                       "root or to user %u",
                       what, (unsigned)st->st_uid, (unsigned)geteuid());
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return bd_fail(err, BD_ERR_PLUGIN, EPERM, SOURCE,
                       "%s may be written by other users, who could change what we run; "
                       "run chmod go-w on %s",
                       what, what);
    return 0;
}

static int open_folder(const char *path, struct bd_error *err)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    char *folder = strndup(slash ? path : ".", n);
    struct stat st;
    int fd;

    if (!folder)
        return refuse(err, ENOMEM, "out of memory");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0 || fstat(fd, &st) != 0)
        bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot open its directory");
    else if (check_owner(&st, "its directory", err) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int check_file(const struct stat *st, struct bd_error *err)
{
    if (S_ISDIR(st->st_mode))
        return refuse(err, EISDIR, "is a directory, not a plugin");
    if (!S_ISREG(st->st_mode))
        return refuse(err, EINVAL, "is not a regular file");
    if (check_owner(st, "it", err) < 0)
        return -1;
    if (st->st_size == 0)
        return refuse(err, 0, "the file is empty; build or copy it again");
    if (st->st_size > SIZE_MAX_)
        return refuse(err, EFBIG, "is larger than 64 MiB; that is no plugin");
    return 0;
}

static int fail_open(struct bd_error *err)
{
    if (errno == ELOOP)
        return refuse(err, ELOOP, "is a symbolic link; put the file itself there");
    if (errno == ENOENT)
        return refuse(err, ENOENT, "there is no such file");
    return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot be opened");
}

int bd__copy_source(const char *path, int *fd, size_t *size, struct bd_error *err)
{
    const char *slash = strrchr(path, '/');
    int folder = open_folder(path, err), file;
    struct stat st;

    if (folder < 0)
        return -1;
    /* O_NONBLOCK: opening a FIFO would wait for a writer. */
    file = openat(folder, slash ? slash + 1 : path,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 || fstat(file, &st) != 0) {
        fail_open(err);
        goto fail;
    }
    if (check_file(&st, err) < 0)
        goto fail;
    close(folder);
    *fd = file;
    *size = (size_t)st.st_size;
    return 0;
fail:
    close(folder);
    if (file >= 0)
        close(file);
    return -1;
}

/* Exactly size bytes: a file that shrinks meanwhile is being written. */
static int pump(int to, int from, size_t size, struct bd_error *err)
{
    char piece[65536];

    while (size) {
        ssize_t n = read(from, piece, size < sizeof(piece) ? size : sizeof(piece));

        if (n == 0)
            return refuse(err, EIO, "the file is being written; try again");
        if (n < 0 || write(to, piece, (size_t)n) != n)
            return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot be copied");
        size -= (size_t)n;
    }
    return 0;
}

static int make_in_memory(struct bd__copy *c, const char *name)
{
    c->fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (c->fd < 0)
        return -1;
    snprintf(c->path, sizeof(c->path), "/proc/self/fd/%d", c->fd);
    return access(c->path, R_OK); /* no /proc, as in a bare chroot */
}

static const char *folder_for_files(void)
{
    const char *dir = getenv("BRANDIAG_PLUGIN_COPIES"); /* NOLINT: [main] */

    return dir && dir[0] ? dir : NULL;
}

static int make_in_folder(struct bd__copy *c, const char *dir, const char *name,
                          struct bd_error *err)
{
    if (strlen(dir) + strlen(name) + 16 > sizeof(c->path))
        return refuse(err, ENAMETOOLONG, "BRANDIAG_PLUGIN_COPIES is too long a path");
    snprintf(c->folder, sizeof(c->folder), "%s/bd-XXXXXX", dir);
    if (!mkdtemp(c->folder)) { /* 0700 */
        c->folder[0] = '\0';
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE,
                             "cannot make a private directory for the copy (name another "
                             "place in BRANDIAG_PLUGIN_COPIES)");
    }
    snprintf(c->path, sizeof(c->path), "%.*s/%s", (int)(strlen(dir) + 10), c->folder,
             name);
    c->fd = open(c->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
    if (c->fd < 0)
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot make a private copy");
    return 0;
}

static int make_any(struct bd__copy *c, const char *name, struct bd_error *err)
{
    const char *dir = folder_for_files();

    if (!dir && make_in_memory(c, name) == 0)
        return 0;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    return make_in_folder(c, dir ? dir : "/tmp", name, err);
}

int bd__copy_make(struct bd__copy *c, int source, size_t size, const char *name,
                  struct bd_error *err)
{
    *c = (struct bd__copy){.fd = -1, .size = size};
    if (make_any(c, name, err) < 0 || pump(c->fd, source, size, err) < 0)
        goto fail;
    if (!c->folder[0] &&
        fcntl(c->fd, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot seal the copy");
        goto fail;
    }
    return 0;
fail:
    bd__copy_drop(c);
    return -1;
}

int bd__copy_adopt(struct bd__copy *c, int fd, struct bd_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "there is no such descriptor");
    if (!S_ISREG(st.st_mode) || st.st_size == 0 || st.st_size > SIZE_MAX_)
        return refuse(err, EINVAL, "the descriptor is of no plugin's copy");
    *c = (struct bd__copy){.fd = fd, .size = (size_t)st.st_size};
    snprintf(c->path, sizeof(c->path), "/proc/self/fd/%d", fd);
    return 0;
}

static bool same_bytes(const struct bd__copy *c, int source)
{
    char ours[16384], theirs[sizeof(ours)];

    for (size_t at = 0; at < c->size;) {
        ssize_t n = read(source, theirs, sizeof(theirs));

        if (n <= 0 || (size_t)n > c->size - at ||
            pread(c->fd, ours, (size_t)n, (off_t)at) != n ||
            memcmp(ours, theirs, (size_t)n) != 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

bool bd__copy_holds(const struct bd__copy *c, int source, size_t size)
{
    bool same = size == c->size && same_bytes(c, source);

    return lseek(source, 0, SEEK_SET) == 0 && same;
}

void bd__copy_drop(struct bd__copy *c)
{
    if (c->fd >= 0)
        close(c->fd);
    if (c->folder[0]) {
        (void)unlink(c->path); /* best effort: they are ours alone */
        (void)rmdir(c->folder);
    }
    *c = (struct bd__copy){.fd = -1};
}
