/* runtime/resolver.c - see resolver.h. */
#include "runtime/resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/thread.h"
#include "runtime/spawn.h"

#define SOURCE   "dns"
#define LEAVE_MS 50

struct job {
    STAILQ_ENTRY(job) link;
    char host[BD_NAMES_HOST_BYTES];
};

struct bd_resolver {
    bd_lookup_fn *lookup;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t work, gone;
    struct bd_names *names;
    STAILQ_HEAD(, job) jobs;
    int threads, idle, waiting; /* idle: wait for work, or are just being woken; jobs */
    uint64_t news;
    struct {
        void (*changed)(void *arg);
        void *arg;
    } listeners[BD_RESOLVER_LISTENERS];
    int listener_count;
    bool stopping, orphan; /* orphan: the last thread frees */
};

/* The default look-up */

static bool is_local(int code)
{
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS;
}

static int failed(const char *host, int rc, int code, struct bd_error *err)
{
    if (rc == EAI_MEMORY || (rc == EAI_SYSTEM && is_local(code))) {
        errno = rc == EAI_MEMORY ? ENOMEM : code;
        (void)bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE,
                            "this machine cannot look names up");
        return bd_fail_in(err, "%s", host);
    }
    return bd_fail(err, BD_ERR_NETWORK, rc, SOURCE,
                   "%s: the name cannot be resolved (%s): check base_url, then DNS on "
                   "this machine",
                   host, rc == EAI_SYSTEM ? "system error" : gai_strerror(rc));
}

static void add_address(struct bd_buf *out, const struct addrinfo *a)
{
    char text[INET6_ADDRSTRLEN];
    bool six = a->ai_family == AF_INET6;
    const void *address = NULL;

    if (six)
        address = &((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr;
    else if (a->ai_family == AF_INET)
        address = &((const struct sockaddr_in *)(const void *)a->ai_addr)->sin_addr;
    if (!address || !inet_ntop(a->ai_family, address, text, sizeof(text)))
        return;
    /* Those that do not fit are left out: some twenty have. */
    (void)bd_buf_addf(out, six ? "%s[%s]" : "%s%s", out->n ? "," : "", text);
}

int bd_resolver_lookup(const char *host, char *addresses, size_t bytes,
                       struct bd_error *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    struct bd_buf out;
    int rc = getaddrinfo(host, NULL, &hints, &list);

    if (rc != 0)
        return failed(host, rc, errno, err);
    bd_buf_init(&out, bytes - 1);
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        add_address(&out, a);
    freeaddrinfo(list);
    snprintf(addresses, bytes, "%s", out.n ? out.data : "");
    bd_buf_free(&out);
    return *addresses ? 0 : failed(host, EAI_NONAME, 0, err);
}

/* Threads */

static void drop_jobs(struct bd_resolver *r)
{
    while (!STAILQ_EMPTY(&r->jobs)) {
        struct job *j = STAILQ_FIRST(&r->jobs);

        STAILQ_REMOVE_HEAD(&r->jobs, link);
        r->waiting--;
        free(j);
    }
}

static void free_resolver(struct bd_resolver *r)
{
    drop_jobs(r);
    bd_names_free(r->names);
    pthread_cond_destroy(&r->work);
    pthread_cond_destroy(&r->gone);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* Lock held. */
static void tell(struct bd_resolver *r, const char *host, const char *addresses,
                 const struct bd_error *err)
{
    bd_names_told(r->names, host, addresses, err, bd_clock_ms());
    r->news++;
    for (int i = 0; i < r->listener_count; i++)
        r->listeners[i].changed(r->listeners[i].arg);
}

/* Lock held, but for the look-up itself. */
static void work(struct bd_resolver *r, struct job *j)
{
    char addresses[BD_NAMES_ADDRESSES];
    struct bd_error err;
    int rc;

    pthread_mutex_unlock(&r->lock);
    rc = r->lookup(j->host, addresses, sizeof(addresses), &err);
    pthread_mutex_lock(&r->lock);
    if (!r->stopping)
        tell(r, j->host, rc == 0 ? addresses : NULL, &err);
    free(j);
}

/* Lock held. False: this thread is not needed any more. */
static bool next(struct bd_resolver *r, struct job **out)
{
    while (STAILQ_EMPTY(&r->jobs)) {
        if (r->stopping || r->idle >= BD_RESOLVER_IDLE)
            return false;
        r->idle++;
        pthread_cond_wait(&r->work, &r->lock);
        r->idle--;
    }
    if (r->stopping)
        return false;
    *out = STAILQ_FIRST(&r->jobs);
    STAILQ_REMOVE_HEAD(&r->jobs, link);
    r->waiting--;
    return true;
}

static void *run(void *arg)
{
    struct bd_resolver *r = arg;
    struct job *j;
    bool last;

    pthread_detach(pthread_self());
    bd_thread_is(BD_DNS, "bd-dns");
    pthread_mutex_lock(&r->lock);
    while (next(r, &j))
        work(r, j);
    last = --r->threads == 0 && r->orphan;
    pthread_cond_signal(&r->gone);
    pthread_mutex_unlock(&r->lock);
    if (last)
        free_resolver(r);
    return NULL;
}

/* Lock held: a thread for the newest job, unless one is free for it (those that are free
 * may not have come to earlier jobs yet) or there are enough. */
static void staff(struct bd_resolver *r, const char *host)
{
    pthread_t thread;
    struct bd_error err;

    if (r->idle >= r->waiting) {
        pthread_cond_signal(&r->work);
        return;
    }
    if (r->threads >= BD_RESOLVER_THREADS)
        return;
    r->threads++;
    if (bd__spawn(&thread, run, r) == 0)
        return;
    r->threads--;
    if (r->threads > 0) /* one of them will come to it */
        return;
    (void)bd_fail(&err, BD_ERR_INTERNAL, 0, SOURCE, "this machine cannot start a thread");
    drop_jobs(r); /* it is the only one: an earlier one would have had a thread */
    tell(r, host, NULL, &err);
}

/* Doors */

int bd_resolver_start(struct bd_resolver **out, bd_lookup_fn *lookup,
                      struct bd_error *err)
{
    struct bd_resolver *r = calloc(1, sizeof(*r));
    pthread_condattr_t attr;

    if (!r || bd_names_new(&r->names, err) < 0) {
        free(r);
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    }
    r->lookup = lookup;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->work, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->gone, &attr);
    pthread_condattr_destroy(&attr);
    STAILQ_INIT(&r->jobs);
    *out = r;
    return 0;
}

/* Threads that have nothing to do go at once, those that hang are left alone. */
void bd_resolver_stop(struct bd_resolver *r)
{
    struct timespec until;
    int64_t at_ms = bd_clock_ms() + LEAVE_MS;
    bool last;

    if (!r)
        return;
    until = (struct timespec){.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    r->listener_count = 0;
    pthread_cond_broadcast(&r->work);
    while (r->threads > 0)
        if (pthread_cond_timedwait(&r->gone, &r->lock, &until) == ETIMEDOUT)
            break;
    last = r->threads == 0;
    r->orphan = !last;
    pthread_mutex_unlock(&r->lock);
    if (last)
        free_resolver(r);
}

void bd_resolver_listen(struct bd_resolver *r, void (*changed)(void *arg), void *arg)
{
    pthread_mutex_lock(&r->lock);
    if (r->listener_count < BD_RESOLVER_LISTENERS) {
        r->listeners[r->listener_count].changed = changed;
        r->listeners[r->listener_count++].arg = arg;
    }
    pthread_mutex_unlock(&r->lock);
}

/* Lock held. */
static enum bd_name_state begin(struct bd_resolver *r, const char *host,
                                enum bd_name_state state, struct bd_name_answer *out)
{
    struct job *j = calloc(1, sizeof(*j));

    if (!j) {
        (void)bd_fail(&out->error, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
        bd_names_told(r->names, host, NULL, &out->error, bd_clock_ms());
        return state == BD_NAME_WAIT ? BD_NAME_FAILED : state;
    }
    snprintf(j->host, sizeof(j->host), "%s", host);
    STAILQ_INSERT_TAIL(&r->jobs, j, link);
    r->waiting++;
    staff(r, host);
    return state;
}

enum bd_name_state bd_resolver_ask(struct bd_resolver *r, const char *host,
                                   struct bd_name_answer *out)
{
    enum bd_name_state state;
    bool look_up;

    pthread_mutex_lock(&r->lock);
    state = bd_names_ask(r->names, host, bd_clock_ms(), out, &look_up);
    if (look_up)
        state = begin(r, host, state, out);
    pthread_mutex_unlock(&r->lock);
    return state;
}

uint64_t bd_resolver_news(struct bd_resolver *r)
{
    uint64_t news;

    pthread_mutex_lock(&r->lock);
    news = r->news;
    pthread_mutex_unlock(&r->lock);
    return news;
}

int bd_resolver_threads(struct bd_resolver *r)
{
    int n;

    pthread_mutex_lock(&r->lock);
    n = r->threads;
    pthread_mutex_unlock(&r->lock);
    return n;
}
