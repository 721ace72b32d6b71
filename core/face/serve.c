/* face/serve.c - `brandiag serve`: the daemon. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/watch.h"
#include "face/commands.h"
#include "face/daemon.h"
#include "face/notify.h"
#include "face/setup.h"
#include "face/web.h"

#define SOURCE "server"

enum {
    TICK_MS = 1000,
    QUIET_MS = 2000,
    SETTLE_MS = 10000, /* the storage gives up after 5 s */
    NAMES = BD_GUARD_NAMES
};

struct options {
    struct bd_setup setup;
};

struct server {
    struct bd_daemon daemon;
    struct bd_token token;
    struct bd_guard *next; /* of the settings that a reload is about to bring */
    int signals;           /* signalfd */
    int64_t ticked_ms;
    bool hurry; /* a second SIGTERM */
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;

    return bd_setup_take(&o->setup, "serve", name, value) > 0 ? 0 : -1;
}

/* Before any thread: all inherit it, and signals wait for us. */
static int catch_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* "a, b" as pointers into the copy. */
static size_t split(char *list, const char *out[NAMES])
{
    char *rest = list;
    size_t n = 0;

    for (char *word; n < NAMES && (word = strtok_r(rest, ", \t", &rest));)
        out[n++] = word;
    return n;
}

/* The one address that it listens on is a name of it; NULL: it listens on all. */
static const char *own_address(const char *url, char out[64])
{
    const char *host = url + strlen("http://"), *port = strrchr(host, ':');

    snprintf(out, 64, "%.*s", (int)(port ? port - host : 63), host);
    return strcmp(out, "0.0.0.0") == 0 || strcmp(out, "[::]") == 0 ? NULL : out;
}

/* The locks that the settings ask for. */
static int make_guard(struct bd_guard **out, struct server *s,
                      const struct bd_server_settings *set, struct bd_error *err)
{
    const char *hosts[NAMES], *origins[NAMES];
    struct bd_guard_rules rules = {.port = bd_web_port(s->daemon.web)};
    char host_list[1024], origin_list[1024], own_host[64];
    const char *own;

    if (set->token_file && bd_token_read(&s->token, set->token_file, err) < 0)
        return bd_fail_in(err, "[server] token_file");
    if (bd_guard_listen_check(bd_web_url(s->daemon.web) + strlen("http://"),
                              set->token_file != NULL, err) < 0)
        return -1;
    snprintf(host_list, sizeof(host_list), "%s", set->hosts ? set->hosts : "");
    snprintf(origin_list, sizeof(origin_list), "%s", set->origins ? set->origins : "");
    rules.hosts = hosts;
    rules.host_count = split(host_list, hosts);
    own = own_address(bd_web_url(s->daemon.web), own_host);
    if (own && rules.host_count < NAMES)
        hosts[rules.host_count++] = own;
    rules.origins = origins;
    rules.origin_count = split(origin_list, origins);
    rules.token = set->token_file ? &s->token : NULL;
    return bd_guard_new(out, &rules, err);
}

/* What the engine asks before a reload changes anything. */
static int accept_settings(void *arg, const struct bd_server_settings *next,
                           struct bd_error *err)
{
    struct server *s = arg;

    bd_guard_free(s->next);
    s->next = NULL;
    return s->daemon.web ? make_guard(&s->next, s, next, err) : 0;
}

static void take_guard(struct server *s)
{
    struct bd_guard *before;

    pthread_rwlock_wrlock(&s->daemon.guard_lock);
    before = s->daemon.guard;
    s->daemon.guard = s->next;
    pthread_rwlock_unlock(&s->daemon.guard_lock);
    s->next = NULL;
    bd_guard_free(before);
}

static struct bd_service_limits limits_of(const struct bd_server_settings *set)
{
    return (struct bd_service_limits){.running = set->running, .queued = set->queue};
}

static void limit_service(struct server *s)
{
    const struct bd_service_limits limits = limits_of(bd_engine_server(s->daemon.engine));

    bd_service_limit(s->daemon.service, &limits);
}

static int reload(struct server *s, bool back, struct bd_reload *r, struct bd_error *err)
{
    struct bd_engine *e = s->daemon.engine;
    int rc;

    bd_notify("RELOADING=1");
    rc = back ? bd_engine_rollback(e, r, err) : bd_engine_reload(e, r, err);
    if (rc == 0) {
        take_guard(s);
        limit_service(s);
    }
    bd_notify("READY=1");
    return rc;
}

static void run_errands(struct server *s)
{
    struct bd_errand *e;

    while ((e = bd_daemon_next(&s->daemon))) {
        e->rc = 0;
        if (e->what == BD_ERRAND_DRAIN)
            atomic_store(&s->daemon.draining, true);
        else
            e->rc = reload(s, e->what == BD_ERRAND_ROLLBACK, &e->reload, &e->error);
        bd_daemon_did(&s->daemon, e);
    }
}

static void reload_by_signal(struct server *s)
{
    struct bd_reload r;
    struct bd_error err;

    bd_reload_init(&r);
    (void)reload(s, false, &r, &err); /* logged; the generation in use stays */
    bd_reload_free(&r);
}

static void take_signals(struct server *s)
{
    struct signalfd_siginfo info;
    bool hangup = false;

    while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        if (info.ssi_signo == SIGHUP)
            hangup = true;
        else if (atomic_exchange(&s->daemon.draining, true))
            s->hurry = true;
    if (hangup && !atomic_load(&s->daemon.draining))
        reload_by_signal(s);
}

static void tick(struct server *s)
{
    int64_t now_ms = bd_clock_ms();
    int zombies = bd_engine_reap(s->daemon.engine);

    if (now_ms < s->ticked_ms + TICK_MS)
        return;
    s->ticked_ms = now_ms;
    bd_web_watch(s->daemon.web, now_ms);
    bd_service_tend(s->daemon.service, bd_engine_storing(s->daemon.engine));
    bd_engine_watch_tick(s->daemon.engine, zombies, now_ms);
    bd_notify("WATCHDOG=1");
}

/* Signals, errands, and what there is to do each second. */
static void turn(struct server *s)
{
    struct pollfd fds[] = {{.fd = s->signals, .events = POLLIN},
                           {.fd = s->daemon.wake, .events = POLLIN}};
    uint64_t woken;

    (void)poll(fds, 2, TICK_MS);
    if (read(s->daemon.wake, &woken, sizeof(woken)) < 0) {
        /* EAGAIN: a signal or the tick */
    }
    take_signals(s);
    run_errands(s);
    tick(s);
}

/* Nothing new; what runs is waited for, and can still be looked at. */
static void drain(struct server *s)
{
    int64_t until_ms = bd_clock_ms() + bd_engine_server(s->daemon.engine)->grace_ms;

    bd_notify("STOPPING=1");
    bd_log(BD_LOG_WARNING, SOURCE, "stopping: nothing more is accepted");
    bd_service_drain(s->daemon.service);
    while (!s->hurry && bd_clock_ms() < until_ms &&
           !bd_service_drained(s->daemon.service, bd_clock_ms()))
        turn(s);
}

static int open_server(struct server *s, struct bd_error *err)
{
    struct bd_daemon *d = &s->daemon;
    const struct bd_server_settings *set = bd_engine_server(d->engine);
    const struct bd_web_options web = {set->listen, set->connections,
                                       set->connections_per_ip};
    const struct bd_service_limits limits = limits_of(set);
    int resumed = 0;

    if (bd_engine_watch(d->engine, err) < 0 || bd_web_open(&d->web, d, &web, err) < 0 ||
        make_guard(&d->guard, s, set, err) < 0 ||
        bd_service_start(&d->service, d->engine, &limits, &resumed, err) < 0 ||
        bd_web_start(d->web, err) < 0)
        return -1;
    if (resumed)
        bd_log(BD_LOG_WARNING, SOURCE, "%d unfinished diagnoses are gone on with",
               resumed);
    return 0;
}

static void close_server(struct server *s)
{
    struct bd_daemon *d = &s->daemon;

    atomic_store(&d->stopping, true);
    bd_daemon_close(d);
    bd_web_quiet(d->web, bd_clock_ms() + QUIET_MS);
    bd_web_close(d->web); /* joins all that use the rest */
    bd_service_stop(d->service);
    bd_guard_free(d->guard);
    bd_guard_free(s->next);
}

static int run(struct server *s)
{
    struct bd_error err;

    if (open_server(s, &err) < 0) {
        bd_setup_complain(&err);
        close_server(s);
        return err.type == BD_ERR_CONFIG ? 2 : 1;
    }
    printf("listening on %s\n", bd_web_url(s->daemon.web));
    (void)fflush(stdout); /* who waits for the line reads it now */
    bd_notify("READY=1");
    while (!atomic_load(&s->daemon.draining))
        turn(s);
    drain(s);
    close_server(s);
    return 0;
}

/* Nothing can be freed under a call that does not return, and nobody needs it to be. What
 * was answered is stored by now. */
static void leave(void)
{
    bd_log(BD_LOG_ERROR, SOURCE,
           "a call of a plugin does not return: ending without it; what it was asked for "
           "is gone on with at the next start");
    _exit(1);
}

static int serve(int argc, char **argv)
{
    static struct options o; /* large; its strings live as long as the engine */
    static struct server s;
    struct bd_operands operands;
    struct bd_engine_plan plan;
    struct bd_error err;
    int rc;

    rc = bd_args_parse(&bd_command_serve, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    if (bd_setup_plan(&o.setup, &plan) < 0)
        return 2;
    s.signals = catch_signals();
    if (s.signals < 0 || bd_daemon_init(&s.daemon, &err) < 0) {
        fprintf(stderr, "brandiag: signals cannot be caught\n");
        return 1;
    }
    plan.alone = true;
    plan.trial_program = "/proc/self/exe";
    plan.on_spent = bd_daemon_wake;
    plan.on_spent_arg = &s.daemon;
    plan.accept = accept_settings;
    plan.accept_arg = &s;
    s.daemon.engine = bd_setup_start(&plan, BD_ENGINE_KEEPS, &o.setup);
    if (!s.daemon.engine)
        return 2;
    rc = run(&s);
    if (!bd_engine_settle(s.daemon.engine, bd_clock_ms() + SETTLE_MS))
        leave();
    bd_engine_stop(s.daemon.engine);
    bd_daemon_free(&s.daemon);
    close(s.signals);
    return rc;
}

static const struct bd_arg args[] = {
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_serve = {
    "serve",
    "",
    "The daemon: diagnoses over HTTP, reload on SIGHUP.",
    args,
    0,
    0,
    serve,
    "It serves what [server] of the configuration says, and writes one line to stdout\n"
    "when it listens. SIGHUP reads configuration and plugins anew; SIGTERM finishes "
    "what\n"
    "runs, within [server] grace, and ends; a second one ends at once. What is "
    "unfinished\n"
    "then, or after a crash, is gone on with at the next start. `brandiag ctl` asks it\n"
    "how it is; docs/operating.md tells the rest.\n",
};
