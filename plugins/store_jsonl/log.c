/* log.c - see log.h. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/storage.h"
#include "lines.h"
#include "rows.h"

/* The text of errno, what was tried, and what to do about it. */
static int fail(const struct bd_log_file *log, struct bd_error *err, const char *what,
                const char *remedy)
{
    int code = errno;
    char why[96] = "unknown error";

    (void)strerror_r(code, why, sizeof(why));
    return log->host->fail(log->host->ctx, err, BD_ERR_STORAGE, code,
                           "cannot %s '%s': %s; %s", what, log->path, why, remedy);
}

/* Nothing that trying again would help. */
static int refuse(const struct bd_log_file *log, struct bd_error *err, int64_t at,
                  const char *why)
{
    log->host->fail(log->host->ctx, err, BD_ERR_STORAGE, 0, "'%s', byte %lld: %s",
                    log->path, (long long)at, why);
    if (err)
        err->recoverable = 0;
    return -1;
}

/* A new name is in the directory after a power cut only if that is written too. */
static int sync_directory(const struct bd_log_file *log, struct bd_error *err)
{
    char *directory = strdup(log->path), *slash;
    int fd, rc = -1;

    if (!directory)
        return fail(log, err, "open the directory of", "free some memory");
    slash = strrchr(directory, '/');
    if (slash)
        slash[slash == directory] = '\0';
    fd = open(slash ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        rc = fsync(fd);
    if (rc < 0)
        fail(log, err, "write the directory of", "check the disk");
    if (fd >= 0)
        close(fd);
    free(directory);
    return rc;
}

static int open_locked(struct bd_log_file *log, struct bd_error *err)
{
    struct stat st;

    log->fd = open(log->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log->fd < 0 && errno == ENOENT)
        return fail(log, err, "create",
                    "its directory must exist: mkdir -p, or set path");
    if (log->fd < 0)
        return fail(log, err, "open",
                    "check owner and mode of the file and its directory");
    if (fstat(log->fd, &st) < 0)
        return fail(log, err, "look at", "check the disk");
    if (!S_ISREG(st.st_mode))
        return refuse(log, err, 0, "not a regular file; set path to a file of its own");
    if (flock(log->fd, LOCK_EX | LOCK_NB) < 0)
        return fail(log, err, "lock",
                    "another process uses it: stop that one, or give each its own path");
    return 0;
}

struct scan {
    struct bd_log_file *log;
    struct bd_rows *rows;
    struct bd_stage stage;
    uint64_t check;
    uint32_t lines;
    int64_t at; /* start of the line */
};

/* A batch that was cut short ends in half a line or lacks its commit line. A whole line
 * that cannot be read was damaged later, and cutting would lose what was stored. */
static int scan_line(struct scan *s, const char *line, size_t n, struct bd_error *err)
{
    struct bd_commit commit = {0};
    enum bd_line what = bd_line_read(line, n, &s->stage, &commit);

    if (what == BD_LINE_NO_MEMORY)
        return s->log->host->fail(s->log->host->ctx, err, BD_ERR_STORAGE, 0,
                                  "out of memory reading '%s'", s->log->path);
    if (what == BD_LINE_ROW) {
        s->check = bd_lines_check(s->check, line, n);
        s->lines++;
        return 0;
    }
    if (what == BD_LINE_BAD || commit.lines != s->lines || commit.check != s->check)
        return refuse(
            s->log, err, s->log->good,
            "the batch that begins there is damaged: restore a copy, or cut the "
            "file there (truncate -s) and lose what follows");
    bd_rows_apply(s->rows, &s->stage);
    s->check = BD_CHECK_START;
    s->lines = 0;
    s->log->good = s->at + (int64_t)n;
    return 0;
}

static int scan_header(const struct bd_log_file *log, const char *line, ssize_t n,
                       struct bd_error *err)
{
    size_t length = strlen(BD_LINES_HEADER);

    if (n > 0 && (size_t)n == length && memcmp(line, BD_LINES_HEADER, length) == 0)
        return 1;
    if (n <= 0 || ((size_t)n < length && memcmp(line, BD_LINES_HEADER, (size_t)n) == 0))
        return 0; /* empty, or the first write was cut short */
    if (strncmp(line, BD_LINES_HEADER, length - 3) == 0)
        return refuse(log, err, 0, "written by a newer brandiag; use that one");
    return refuse(log, err, 0, "not a file of store_jsonl; set path to another file");
}

static int scan_lines(struct scan *s, FILE *in, struct bd_error *err)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n = getline(&line, &size, in);
    int rc = scan_header(s->log, line, n, err);

    if (rc <= 0)
        goto done;
    s->log->good = s->at = n;
    for (rc = 0; rc == 0 && (n = getline(&line, &size, in)) > 0; s->at += n)
        if (line[n - 1] == '\n')
            rc = scan_line(s, line, (size_t)n, err);
    if (rc == 0 && ferror(in))
        rc = fail(s->log, err, "read", "check the disk");
done:
    free(line);
    return rc;
}

static int scan_file(struct bd_log_file *log, struct bd_rows *rows, struct bd_error *err)
{
    struct scan s = {.log = log, .rows = rows, .check = BD_CHECK_START};
    int fd = fcntl(log->fd, F_DUPFD_CLOEXEC, 0); /* shares the lock */
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    int rc;

    if (!in) {
        rc = fail(log, err, "read", "check limits of open files and memory");
        if (fd >= 0)
            close(fd);
        return rc;
    }
    rc = scan_lines(&s, in, err);
    bd_stage_free(&s.stage);
    fclose(in);
    return rc;
}

/* What follows the last commit line was never acknowledged. */
static int cut_tail(struct bd_log_file *log, struct bd_error *err)
{
    struct stat st;

    if (fstat(log->fd, &st) < 0)
        return fail(log, err, "look at", "check the disk");
    if (st.st_size > log->good) {
        log->host->log(log->host->ctx, 2,
                       "'%s': cut off %lld bytes of a batch that was not finished",
                       log->path, (long long)(st.st_size - log->good));
        if (ftruncate(log->fd, log->good) < 0)
            return fail(log, err, "cut", "check the disk");
    }
    if (log->good > 0)
        return 0;
    if (bd_log_file_append(log, BD_LINES_HEADER, strlen(BD_LINES_HEADER), err) < 0)
        return -1;
    return sync_directory(log, err);
}

int bd_log_file_open(struct bd_log_file *log, struct bd_rows *rows, struct bd_error *err)
{
    if (open_locked(log, err) < 0 || scan_file(log, rows, err) < 0)
        return -1;
    return cut_tail(log, err);
}

void bd_log_file_close(struct bd_log_file *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, p, n);

        if (wrote < 0 && errno != EINTR)
            return -1;
        if (wrote > 0) {
            p += wrote;
            n -= (size_t)wrote;
        }
    }
    return 0;
}

static int check_room(const struct bd_log_file *log, size_t n, struct bd_error *err)
{
    if (log->broken)
        return refuse(log, err, log->good,
                      "a failed write could not be taken back; restart when the disk is "
                      "in order");
    if (log->good + (int64_t)n > log->limit)
        return refuse(log, err, log->good,
                      "max_size is reached: raise it, start a new file, or use "
                      "store_sqlite");
    return 0;
}

int bd_log_file_append(struct bd_log_file *log, const char *bytes, size_t n,
                       struct bd_error *err)
{
    if (check_room(log, n, err) < 0)
        return -1;
    if (write_all(log->fd, bytes, n) == 0 && (!log->sync || fdatasync(log->fd) == 0)) {
        log->good += (int64_t)n;
        return 0;
    }
    fail(log, err, "write", "free space on its file system and check the disk");
    log->broken = ftruncate(log->fd, log->good) < 0;
    return -1;
}
