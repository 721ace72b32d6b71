/* runtime/trial.c - a plugin is tried in another process; see trial.h. */
#define _GNU_SOURCE /* pipe2, posix_spawn_file_actions_addclosefrom_np, sigabbrev_np */
#include "runtime/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/thread.h"

#define SOURCE    "module"
#define COPY_FD   3    /* in the child */
#define HIGH_FD   10   /* out of the way of those that the child gets */
#define TAIL      2048 /* bytes of the child's last words that are kept */
#define SAY_BYTES 240  /* of them that go into an error */

struct child {
    pid_t pid;
    int watch; /* pidfd: readable when it has ended */
    int says;  /* its stderr; -1 after the end */
    char tail[TAIL];
    size_t n;
};

/* The child's environment, out of ours. */
static void pick_environment(char **out, size_t size)
{
    static const char *const names[] = {
        "PATH=",         "HOME=",          "LD_LIBRARY_PATH=", "ASAN_OPTIONS=",
        "TSAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};
    static char locale[] = "LC_ALL=C";
    size_t n = 0;

    out[n++] = locale;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (char **e = environ; e && *e && n + 1 < size; e++)
            if (strncmp(*e, names[i], strlen(names[i])) == 0) {
                out[n++] = *e;
                break;
            }
    out[n] = NULL;
}

/* Its own group, so that Ctrl-C at our terminal is not taken for a crash, and what the
 * plugin starts ends with it. */
static int set_attributes(posix_spawnattr_t *a)
{
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    rc = posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                         POSIX_SPAWN_SETSIGDEF);
    if (rc == 0)
        rc = posix_spawnattr_setpgroup(a, 0);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(a, &none);
    return rc ? rc : posix_spawnattr_setsigdefault(a, &all);
}

/* The copy first: any of our descriptors may have a number that the others get. */
static int set_actions(posix_spawn_file_actions_t *f, int copy, int says)
{
    int rc = posix_spawn_file_actions_adddup2(f, copy, COPY_FD);

    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(f, 1, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(f, says, 2);
    return rc ? rc : posix_spawn_file_actions_addclosefrom_np(f, COPY_FD + 1);
}

/* 0 or an errno value. */
static int spawn(pid_t *pid, const struct bd__trial *t, int says)
{
    char plugins[] = "plugins", try[] = "try", *environment[12];
    char *argv[] = {(char *)t->program, plugins, try, (char *)t->name, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int rc = posix_spawnattr_init(&attributes);

    if (rc != 0)
        return rc;
    rc = posix_spawn_file_actions_init(&actions);
    if (rc == 0) {
        pick_environment(environment, sizeof(environment) / sizeof(environment[0]));
        rc = set_attributes(&attributes);
        if (rc == 0)
            rc = set_actions(&actions, t->fd, says);
        if (rc == 0)
            rc = posix_spawn(pid, t->program, &actions, &attributes, argv, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return rc;
}

static int open_pipe(int ends[2])
{
    int high;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    high = fcntl(ends[1], F_DUPFD_CLOEXEC, HIGH_FD);
    close(ends[1]);
    ends[1] = high;
    if (high >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    close(ends[0]);
    if (high >= 0)
        close(high);
    return -1;
}

/* It and all that it started; whether there was anything left is not of interest. */
static int end(const struct child *c)
{
    int status = 0;
    pid_t got;

    (void)kill(-c->pid, SIGKILL); /* not reaped yet: the number is still its own */
    do
        got = waitpid(c->pid, &status, 0);
    while (got < 0 && errno == EINTR);
    return status;
}

static int start(struct child *c, const struct bd__trial *t, struct bd_error *err)
{
    int ends[2], rc;

    if (open_pipe(ends) < 0)
        return bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE,
                             "cannot make a pipe for a trial");
    rc = spawn(&c->pid, t, ends[1]);
    close(ends[1]);
    if (rc != 0) {
        close(ends[0]);
        errno = rc;
        bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot start a process for a trial");
        return -1;
    }
    c->watch = pidfd_open(c->pid, 0);
    if (c->watch < 0) {
        bd_fail_errno(err, BD_ERR_PLUGIN, SOURCE, "cannot watch over a trial");
        close(ends[0]);
        (void)end(c); /* how it ended says nothing: we ended it */
        return -1;
    }
    c->says = ends[0];
    return 0;
}

/* Keeps the last bytes of what it says. */
static void listen_to(struct child *c)
{
    char piece[1024];
    ssize_t n = read(c->says, piece, sizeof(piece));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        close(c->says);
        c->says = -1;
        return;
    }
    if (c->n + (size_t)n > sizeof(c->tail)) {
        size_t drop = c->n + (size_t)n - sizeof(c->tail);

        memmove(c->tail, c->tail + drop, c->n - drop);
        c->n -= drop;
    }
    memcpy(c->tail + c->n, piece, (size_t)n);
    c->n += (size_t)n;
}

/* False: the time is over. */
static bool wait_for_end(struct child *c, int64_t until_ms)
{
    for (;;) {
        struct pollfd p[] = {{.fd = c->watch, .events = POLLIN},
                             {.fd = c->says, .events = POLLIN}};
        int64_t left_ms = until_ms - bd_clock_ms();

        if (left_ms <= 0)
            return false;
        if (poll(p, 2, (int)left_ms) < 0 && errno != EINTR)
            return false;
        if (p[1].revents)
            listen_to(c);
        if (p[0].revents && !p[1].revents)
            return true; /* and all that it said was heard */
    }
}

/* The last line that is not empty; "" if there is none. */
static void last_line(const struct child *c, char out[SAY_BYTES + 1])
{
    size_t end_at = c->n, from;
    struct bd_buf clean;

    while (end_at && (c->tail[end_at - 1] == '\n' || c->tail[end_at - 1] == '\r'))
        end_at--;
    for (from = end_at; from && c->tail[from - 1] != '\n';)
        from--;
    bd_buf_init(&clean, (size_t)4 * TAIL); /* a bad byte becomes three */
    (void)bd_text_clean(&clean, c->tail + from, end_at - from, true); /* "" then */
    end_at = bd_text_cut(clean.data, clean.n, SAY_BYTES);
    memcpy(out, clean.data, end_at);
    out[end_at] = '\0';
    bd_buf_free(&clean);
}

static int judge(const struct child *c, int status, struct bd_error *err)
{
    char said[SAY_BYTES + 1];
    const char *name;

    if (WIFSIGNALED(status)) {
        name = sigabbrev_np(WTERMSIG(status));
        return bd_fail(err, BD_ERR_PLUGIN, WTERMSIG(status), SOURCE,
                       "it crashed in a trial: signal %d (SIG%s)", WTERMSIG(status),
                       name ? name : "?");
    }
    last_line(c, said);
    if (WEXITSTATUS(status) == 0 && strcmp(said, BD__TRIAL_GOOD) == 0)
        return 0;
    if (WEXITSTATUS(status) == 0 || !said[0])
        return bd_fail(err, BD_ERR_PLUGIN, WEXITSTATUS(status), SOURCE,
                       "its trial ended with exit code %d and no verdict; it ends the "
                       "process that loads it",
                       WEXITSTATUS(status));
    return bd_fail(err, BD_ERR_PLUGIN, WEXITSTATUS(status), SOURCE, "in a trial: %s",
                   said);
}

int bd__trial_run(const struct bd__trial *t, struct bd_error *err)
{
    struct child c = {.says = -1};
    int status;
    bool ended;

    BD_ON(BD_MAIN);
    if (start(&c, t, err) < 0)
        return -1;
    ended = wait_for_end(&c, bd_clock_ms() + t->limit_ms);
    status = end(&c);
    close(c.watch);
    if (c.says >= 0)
        close(c.says);
    if (ended)
        return judge(&c, status, err);
    return bd_fail(err, BD_ERR_PLUGIN, ETIMEDOUT, SOURCE,
                   "it did not come back from a trial within %lld %s",
                   (long long)(t->limit_ms < 1000 ? t->limit_ms : t->limit_ms / 1000),
                   t->limit_ms < 1000 ? "ms" : "s");
}
