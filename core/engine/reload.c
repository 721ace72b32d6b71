/* engine/reload.c - see reload.h. */
#include "engine/reload.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/thread.h"
#include "engine/alerts.h"
#include "engine/parts.h"
#include "runtime/module.h"

#define SOURCE     "reload"
#define ZOMBIE_MS  10000 /* past the longest deadline of an edition's diagnoses */
#define TEXT_LIMIT ((size_t)1 << 20)

void bd_reload_init(struct bd_reload *r)
{
    *r = (struct bd_reload){0};
    bd_buf_init(&r->changes, TEXT_LIMIT);
    bd_buf_init(&r->problems, TEXT_LIMIT);
}

void bd_reload_free(struct bd_reload *r)
{
    bd_buf_free(&r->changes);
    bd_buf_free(&r->problems);
}

int bd__reload_build(struct bd_generation **out, struct bd_engine *e,
                     const struct bd_generation *again, struct bd_buf *lines,
                     struct bd_error *err)
{
    struct bd_generation_plan gp = {
        .ini_path = e->plan.ini_path,
        .sets = e->plan.sets,
        .set_count = e->plan.set_count,
        .provider_options = bd_settings_provider_options(),
        .check_provider = bd_settings_check_provider,
        .default_plugin_dir = e->plan.plugin_dir,
        .before = e->current ? e->current->generation : NULL,
        .again = again,
        .trial_program = e->plan.trial_program,
    };
    struct bd_problems problems;
    int rc;

    gp.sections = bd_settings_sections(&gp.section_count);
    bd_problems_init(&problems);
    rc = bd_generation_build(out, &gp, &problems, err);
    bd_buf_append(lines, problems.lines.data, problems.lines.n);
    bd_problems_free(&problems);
    return rc;
}

/* What is decided at the start. */
static void note_fixed(const struct bd_settings *a, const struct bd_settings *b,
                       struct bd_buf *changes)
{
    const struct bd_server_settings *x = &a->server, *y = &b->server;

    if (a->workers != b->workers || a->net_threads != b->net_threads)
        bd_buf_add(changes, "[engine] workers and net_threads: from the next start on\n");
    if (strcmp(x->listen, y->listen) != 0 || x->connections != y->connections ||
        x->connections_per_ip != y->connections_per_ip)
        bd_buf_add(changes, "[server] listen and connections: from the next start on\n");
}

/* The one before the current one is kept as material, the one before that goes. */
static void keep_previous(struct bd_engine *e, const struct bd_edition *before)
{
    bd_generation_unref(e->previous);
    e->previous = bd_generation_ref(before->generation);
    pthread_mutex_lock(&e->lock);
    e->previous_number = before->number;
    pthread_mutex_unlock(&e->lock);
}

static int tell_others(struct bd_engine *e, const struct bd_settings *settings,
                       struct bd_reload *r, struct bd_error *err)
{
    if (!e->alerts || bd_alerts_configure(e->alerts, &settings->alerts, err) == 0)
        return 0;
    bd_buf_addf(&r->problems, "[alerts] %s\n", err->message);
    return -1;
}

/* Lanes for providers that had none: harmless, whatever comes of the reload. */
static int add_lanes(struct bd_engine *e, const struct bd_generation *g,
                     struct bd_error *err)
{
    const struct bd_provider_slot *p;
    struct bd_lane_view ignored;

    for (size_t i = 0; (p = bd_generation_provider(g, i)); i++)
        if (!bd_scheduler_look(e->scheduler, p->name, bd_clock_ms(), &ignored) &&
            bd__engine_make_lane(e, p, err) < 0)
            return -1;
    return 0;
}

/* The face looks at what only it understands. */
static int ask_face(struct bd_engine *e, const struct bd_edition *ed, struct bd_reload *r,
                    struct bd_error *err)
{
    if (!e->plan.accept ||
        e->plan.accept(e->plan.accept_arg, &ed->settings.server, err) == 0)
        return 0;
    (void)bd_fail_in(err, "[server]");
    bd_buf_addf(&r->problems, "[server] %s\n", err->message);
    return -1;
}

/* All that can fail; the storage last, since that is not undone. */
static int prepare(struct bd_engine *e, const struct bd_edition *ed, struct bd_reload *r,
                   struct bd_error *err)
{
    if (ask_face(e, ed, r, err) < 0 || tell_others(e, &ed->settings, r, err) < 0 ||
        add_lanes(e, ed->generation, err) < 0)
        return -1;
    return bd__swap_storage(e, ed->generation, &r->storage_pause_ms, err);
}

/* Takes g over. */
static int switch_to(struct bd_engine *e, struct bd_generation *g, struct bd_reload *r,
                     struct bd_error *err)
{
    struct bd_edition *before = bd__edition_take(e), *ed = NULL;
    struct bd_error ignored;
    int rc = -1;

    bd__changes(&r->changes, before->generation, g);
    if (bd__edition_new(&ed, g, err) < 0)
        goto done;
    note_fixed(&before->settings, &ed->settings, &r->changes);
    if (prepare(e, ed, r, err) < 0) {
        (void)tell_others(e, &before->settings, r, &ignored); /* they took these before */
        bd__edition_free(ed);
        goto done;
    }
    if (bd__engine_make_lanes(e, g, &ignored) <
        0) /* all are there: memory is not needed */
        bd_log(BD_LOG_ERROR, SOURCE, "limits: %s", ignored.message);
    bd__engine_apply(e, &ed->settings);
    keep_previous(e, before);
    bd__edition_install(e, ed);
    r->number = ed->number;
    rc = 0;
done:
    r->before = before->number;
    bd__edition_release(e, before);
    return rc;
}

static int change(struct bd_engine *e, const struct bd_generation *again,
                  struct bd_reload *r, struct bd_error *err)
{
    int64_t begin = bd_clock_ms();
    struct bd_generation *g = NULL;
    int rc;

    BD_ON(BD_MAIN);
    if (bd__edition_reap(e) >= BD_EDITIONS_MAX)
        return bd_fail(err, BD_ERR_OVERLOADED, 0, SOURCE,
                       "%d generations still have diagnoses that run; try again when one "
                       "of them has ended",
                       BD_EDITIONS_MAX);
    rc = bd__reload_build(&g, e, again, &r->problems, err);
    if (rc == 0)
        rc = switch_to(e, g, r, err);
    r->took_ms = bd_clock_ms() - begin;
    (void)bd__edition_reap(e);
    return rc;
}

static void log_result(const struct bd_reload *r, const char *what,
                       const struct bd_error *err)
{
    const char *line = r->number ? r->changes.data : r->problems.data;
    int level = r->number ? BD_LOG_INFO : BD_LOG_ERROR;

    if (r->number)
        bd_log(BD_LOG_WARNING, SOURCE,
               "%s: generation %u is in use, after %u, in %lld ms%s", what, r->number,
               r->before, (long long)r->took_ms,
               r->changes.n ? "" : "; nothing has changed");
    else
        bd_log(BD_LOG_ERROR, SOURCE, "%s failed, generation %u stays: %s", what,
               r->before, err->message);
    for (; *line; line += strcspn(line, "\n") + 1)
        bd_log(level, SOURCE, "%.*s", (int)strcspn(line, "\n"), line);
}

/* For an alert: whoever is woken by it sees where to look. */
static struct bd_error with_first_problem(const struct bd_error *err,
                                          const struct bd_reload *r)
{
    struct bd_error out = *err;
    size_t used = strlen(out.message), room = sizeof(out.message) - used;
    size_t n = r->problems.n ? strcspn(r->problems.data, "\n") : 0;

    if (n > 0 && room > 3)
        snprintf(out.message + used, room, ": %.*s",
                 (int)bd_text_cut(r->problems.data, n, room - 3), r->problems.data);
    return out;
}

int bd_engine_reload(struct bd_engine *e, struct bd_reload *r, struct bd_error *err)
{
    int rc;

    r->before = e->current->number;
    rc = change(e, NULL, r, err);
    pthread_mutex_lock(&e->lock);
    e->reloads += rc == 0;
    e->reload_failures += rc < 0;
    if (rc == 0)
        e->rolled_back = false;
    pthread_mutex_unlock(&e->lock);
    e->reload_error = rc < 0 ? with_first_problem(err, r) : (struct bd_error){0};
    log_result(r, "reload", err);
    return rc;
}

int bd_engine_rollback(struct bd_engine *e, struct bd_reload *r, struct bd_error *err)
{
    struct bd_generation *to;
    int rc;

    r->before = e->current->number;
    if (!e->previous)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "there is no generation to go back to: nothing was reloaded since "
                       "the start");
    to = bd_generation_ref(e->previous);
    rc = change(e, to, r, err);
    bd_generation_unref(to);
    pthread_mutex_lock(&e->lock);
    e->rollbacks += rc == 0;
    e->reload_failures += rc < 0;
    if (rc == 0)
        e->rolled_back = !e->rolled_back;
    pthread_mutex_unlock(&e->lock);
    if (rc == 0)
        e->reload_error = (struct bd_error){0};
    log_result(r, "rollback", err);
    return rc;
}

int bd_engine_reap(struct bd_engine *e)
{
    int64_t now_ms = bd_clock_ms();
    int zombies = 0;

    (void)bd__edition_reap(e);
    pthread_mutex_lock(&e->lock);
    for (struct bd_edition *ed = e->editions; ed; ed = ed->next) {
        if (ed->retired_ms == 0 ||
            now_ms < ed->retired_ms + ed->settings.deadline_ms + ZOMBIE_MS)
            continue;
        zombies++;
        if (!ed->told)
            bd_log(BD_LOG_ERROR, SOURCE,
                   "generation %u was replaced %lld s ago and still has a call that does "
                   "not return: a plugin of it hangs; its code stays loaded",
                   ed->number, (long long)(now_ms - ed->retired_ms) / 1000);
        ed->told = true;
    }
    pthread_mutex_unlock(&e->lock);
    return zombies;
}

void bd_engine_edition(struct bd_engine *e, struct bd_edition_view *out)
{
    pthread_mutex_lock(&e->lock);
    *out = (struct bd_edition_view){
        .number = e->current->number,
        .born_ms = e->current->born_ms,
        .before = e->previous_number,
        .rolled_back = e->rolled_back,
        .reloads = e->reloads,
        .failures = e->reload_failures,
        .rollbacks = e->rollbacks,
        .stuck = bd_module_stuck(),
    };
    for (const struct bd_edition *ed = e->editions; ed; ed = ed->next)
        out->alive++;
    pthread_mutex_unlock(&e->lock);
}
