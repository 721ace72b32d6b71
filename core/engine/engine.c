/* engine/engine.c - bringing everything up and down, and reading stored diagnoses. */
#include "engine/engine.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/alerts.h"
#include "engine/parts.h"

#define SOURCE "engine"

/* A diagnosis that is due: the one reference is the caller's. */
static struct bd_diagnosis *next_to_cut(struct bd_engine *e, int64_t now_ms)
{
    struct bd_diagnosis *d;

    pthread_mutex_lock(&e->lock);
    for (d = e->live; d; d = d->next)
        if (!d->cut_done && bd_deadline_cut_ms(&d->deadline) <= now_ms &&
            bd__diagnosis_try_ref(d))
            break;
    if (d)
        d->cut_done = true;
    pthread_mutex_unlock(&e->lock);
    return d;
}

/* A diagnosis with runs to be looked at, for which is its time: hedge_ms or launch_ms.
 * The one reference is the caller's. */
static struct bd_diagnosis *next_due(struct bd_engine *e, size_t which, int64_t now_ms)
{
    struct bd_diagnosis *d;

    pthread_mutex_lock(&e->lock);
    for (d = e->live; d; d = d->next) {
        _Atomic int64_t *at_ms = (_Atomic int64_t *)(void *)((char *)d + which);
        int64_t at = atomic_load(at_ms);

        if (at != 0 && at <= now_ms && bd__diagnosis_try_ref(d)) {
            atomic_store(at_ms, 0);
            break;
        }
    }
    pthread_mutex_unlock(&e->lock);
    return d;
}

static void run_wake(struct bd_job *job)
{
    struct bd_engine *e =
        (struct bd_engine *)(void *)((char *)job - offsetof(struct bd_engine, wake_job));
    int64_t now_ms = bd_clock_ms();
    struct bd_diagnosis *d;

    atomic_store(&e->wake_posted, false);
    while ((d = next_to_cut(e, now_ms))) {
        bd__diagnosis_cut(d);
        bd__diagnosis_unref(d);
    }
    while ((d = next_due(e, offsetof(struct bd_diagnosis, launch_ms), now_ms))) {
        bd__launch_overdue(d, now_ms);
        bd__diagnosis_unref(d);
    }
    while ((d = next_due(e, offsetof(struct bd_diagnosis, hedge_ms), now_ms))) {
        bd__diagnosis_hedge(d, now_ms);
        bd__diagnosis_unref(d);
    }
    bd_scheduler_pump(e->scheduler, now_ms);
}

static void on_timer(void *arg) /* [net] only posts */
{
    struct bd_engine *e = arg;

    if (!atomic_exchange(&e->wake_posted, true))
        bd_pool_post(e->pool, &e->wake_job);
}

void bd__engine_wake(struct bd_engine *e, int64_t at_ms)
{
    if (bd_http_at(e->http, at_ms, on_timer, e) < 0)
        bd_log(BD_LOG_ERROR, SOURCE,
               "no memory for a timer; waiting tasks may start late");
}

static void wake_hook(void *arg, int64_t at_ms)
{
    bd__engine_wake(arg, at_ms);
}

int bd__engine_make_lane(struct bd_engine *e, const struct bd_provider_slot *p,
                         struct bd_error *err)
{
    const struct bd_limiter_config limits = {
        .concurrency = (int32_t)bd_values_number(p->values, "concurrency"),
        .rpm = (int32_t)bd_values_number(p->values, "requests_per_minute"),
        .tpm = bd_values_number(p->values, "tokens_per_minute"),
        .ramp_ms = bd_values_number(p->values, "ramp"),
    };

    return bd_scheduler_lane(e->scheduler, p->name, &limits, err);
}

int bd__engine_make_lanes(struct bd_engine *e, const struct bd_generation *g,
                          struct bd_error *err)
{
    for (size_t i = 0; i < bd_generation_provider_count(g); i++)
        if (bd__engine_make_lane(e, bd_generation_provider(g, i), err) < 0)
            return -1;
    return 0;
}

const char *bd__storage_path(const struct bd_storage_slot *slot)
{
    const struct bd_option *path = bd_values_option(slot->values, "path");

    return path && path->type == BD_OPTION_PATH ? bd_values_text(slot->values, "path")
                                                : NULL;
}

const char *bd__engine_storage_path(const struct bd_engine *e)
{
    return bd__storage_path(e->storage);
}

static bool opens_storage(const struct bd_engine *e, enum bd_engine_use use)
{
    const char *path = bd__engine_storage_path(e);

    if (use == BD_ENGINE_LOOKS)
        return !path || access(path, F_OK) == 0 || errno != ENOENT;
    return use == BD_ENGINE_KEEPS;
}

static int start_threads(struct bd_engine *e, enum bd_engine_use use,
                         struct bd_error *err)
{
    static const struct bd_scheduler_hooks hooks = {
        .start = bd__diagnosis_start_run,
        .drop = bd__diagnosis_drop_run,
        .wake = wake_hook,
    };
    const struct bd_settings *settings = &e->current->settings;
    const struct bd_scheduler_policies policies = {settings->breaker, settings->retry,
                                                   settings->hedge};
    const struct bd_storage_slot *storage = e->storage;
    const struct bd_store_options store = {.plugin = storage->plugin,
                                           .host = storage->host};

    if (bd_http_start(&e->http, settings->net_threads, err) < 0 ||
        bd_pool_start(&e->pool, settings->workers, err) < 0 ||
        bd_scheduler_new(&e->scheduler, &policies, &hooks, e, err) < 0 ||
        bd_flights_new(&e->flights, err) < 0 ||
        bd__engine_make_lanes(e, e->current->generation, err) < 0)
        return -1;
    if (!opens_storage(e, use))
        return 0;
    if ((use == BD_ENGINE_KEEPS &&
         bd__claim(&e->claim, bd__engine_storage_path(e), e->plan.alone, err) < 0) ||
        bd_store_start(&e->store, &store, err) < 0)
        return bd_fail_in(err, "opening storage '%s'", storage->name);
    return 0;
}

static int configure(struct bd_engine *e, struct bd_buf *lines, struct bd_error *err)
{
    struct bd_generation *g = NULL;
    struct bd_edition *ed = NULL;

    if (bd__reload_build(&g, e, NULL, lines, err) < 0 || bd__edition_new(&ed, g, err) < 0)
        return -1;
    bd__edition_install(e, ed);
    e->storage = bd_storage_slot_ref(bd_generation_storage(g));
    bd__engine_apply(e, &ed->settings);
    return 0;
}

void bd__engine_apply(struct bd_engine *e, const struct bd_settings *settings)
{
    const struct bd_scheduler_policies policies = {settings->breaker, settings->retry,
                                                   settings->hedge};

    bd_log_setup(settings->log_level, settings->log_json);
    if (e->scheduler)
        bd_scheduler_configure(e->scheduler, &policies);
}

/* As many calls at once as the system lets us: each one is a descriptor. */
static void raise_descriptor_limit(void)
{
    struct rlimit lim;

    if (getrlimit(RLIMIT_NOFILE, &lim) != 0 || lim.rlim_cur >= lim.rlim_max)
        return;
    lim.rlim_cur = lim.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &lim); /* best effort: then fewer calls at once */
}

int bd_engine_start(struct bd_engine **out, const struct bd_engine_plan *plan,
                    struct bd_buf *problems, struct bd_error *err)
{
    struct bd_engine *e = calloc(1, sizeof(*e));

    BD_ON(BD_MAIN);
    if (!e)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    pthread_mutex_init(&e->lock, NULL);
    bd__condition_init(&e->quiet);
    bd__counters_init(&e->counters);
    e->wake_job.run = run_wake;
    e->plan = *plan;
    e->claim = -1;
    e->on_spent = plan->on_spent;
    e->on_spent_arg = plan->on_spent_arg;
    raise_descriptor_limit();
    if (configure(e, problems, err) < 0 || start_threads(e, plan->use, err) < 0)
        goto fail;
    *out = e;
    return 0;
fail:
    bd_engine_stop(e);
    return -1;
}

/* All work is over: the current one loses its last reference here. */
static void free_editions(struct bd_engine *e)
{
    e->on_spent = NULL;
    bd_generation_unref(e->previous);
    e->previous = NULL;
    bd_storage_slot_unref(e->storage);
    bd__edition_release(e, e->current);
    e->current = NULL;
    (void)bd__edition_reap(e);
}

bool bd_engine_settle(struct bd_engine *e, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000,
                                   .tv_nsec = until_ms % 1000 * 1000000};
    bool quiet;

    if (e->store)
        bd_store_leave(e->store);
    pthread_mutex_lock(&e->lock);
    while (e->alive > 0 &&
           pthread_cond_timedwait(&e->quiet, &e->lock, &until) != ETIMEDOUT)
        ;
    quiet = e->alive == 0;
    pthread_mutex_unlock(&e->lock);
    return quiet;
}

void bd_engine_stop(struct bd_engine *e)
{
    if (!e)
        return;
    if (e->store)
        bd_store_leave(e->store);
    pthread_mutex_lock(&e->lock);
    while (e->alive > 0) /* their calls were cancelled and their rows are being stored */
        pthread_cond_wait(&e->quiet, &e->lock);
    pthread_mutex_unlock(&e->lock);
    bd_alerts_free(e->alerts);
    bd_http_stop(e->http); /* pending timers post their last jobs */
    bd_pool_stop(e->pool);
    bd_store_stop(e->store);
    bd__claim_drop(e->claim);
    bd_scheduler_free(e->scheduler);
    bd_flights_free(e->flights);
    free_editions(e);
    pthread_cond_destroy(&e->quiet);
    bd__counters_free(&e->counters);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

int64_t bd_engine_deadline_ms(const struct bd_engine *e)
{
    return e->current->settings.deadline_ms;
}

const char *bd_engine_currency(const struct bd_engine *e)
{
    return e->current->settings.currency;
}

const char *bd_engine_provider(const struct bd_engine *e, size_t i)
{
    const struct bd_generation *g = e->current->generation;

    return i < bd_generation_provider_count(g) ? bd_generation_provider(g, i)->name
                                               : NULL;
}

const struct bd_server_settings *bd_engine_server(const struct bd_engine *e)
{
    return &e->current->settings.server;
}
