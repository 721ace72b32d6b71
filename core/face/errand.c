/* face/errand.c - what [api] threads leave [main] to do; see daemon.h. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "face/daemon.h"

#define SOURCE "server"

int bd_daemon_init(struct bd_daemon *d, struct bd_error *err)
{
    uint32_t boot = 0;

    if (getrandom(&boot, sizeof(boot), 0) != (ssize_t)sizeof(boot))
        return bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE, "no random numbers");
    d->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (d->wake < 0)
        return bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE, "no descriptor for wake-ups");
    snprintf(d->boot, sizeof(d->boot), "%08x", boot);
    d->started_ms = bd_clock_wall_ms();
    pthread_mutex_init(&d->lock, NULL);
    pthread_rwlock_init(&d->guard_lock, NULL);
    pthread_cond_init(&d->done, NULL);
    return 0;
}

void bd_daemon_free(struct bd_daemon *d)
{
    close(d->wake);
    pthread_cond_destroy(&d->done);
    pthread_rwlock_destroy(&d->guard_lock);
    pthread_mutex_destroy(&d->lock);
}

void bd_daemon_wake(void *daemon)
{
    const struct bd_daemon *d = daemon;
    const uint64_t one = 1;

    if (write(d->wake, &one, sizeof(one)) < 0) {
        /* EAGAIN: it is awake enough */
    }
}

int bd_daemon_ask(struct bd_daemon *d, struct bd_errand *e)
{
    struct bd_errand **end;

    e->next = NULL;
    e->done = false;
    pthread_mutex_lock(&d->lock);
    if (d->closed) {
        e->rc = bd_fail(&e->error, BD_ERR_OVERLOADED, 0, SOURCE,
                        "the server is being stopped");
    } else {
        for (end = &d->errands; *end;)
            end = &(*end)->next;
        *end = e;
        bd_daemon_wake(d);
        while (!e->done)
            pthread_cond_wait(&d->done, &d->lock);
    }
    pthread_mutex_unlock(&d->lock);
    return e->rc;
}

struct bd_errand *bd_daemon_next(struct bd_daemon *d)
{
    struct bd_errand *e;

    pthread_mutex_lock(&d->lock);
    e = d->errands;
    if (e)
        d->errands = e->next;
    pthread_mutex_unlock(&d->lock);
    return e;
}

void bd_daemon_did(struct bd_daemon *d, struct bd_errand *e)
{
    pthread_mutex_lock(&d->lock);
    e->done = true;
    pthread_cond_broadcast(&d->done);
    pthread_mutex_unlock(&d->lock);
}

void bd_daemon_close(struct bd_daemon *d)
{
    struct bd_errand *e;

    pthread_mutex_lock(&d->lock);
    d->closed = true;
    pthread_mutex_unlock(&d->lock);
    while ((e = bd_daemon_next(d))) {
        e->rc = bd_fail(&e->error, BD_ERR_OVERLOADED, 0, SOURCE,
                        "the server is being stopped");
        bd_daemon_did(d, e);
    }
}
