/* engine/run.c - one task on its way: attempts, and the cell it ends in. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/parts.h"
#include "policy/timeout.h"

#define SOURCE "run"

/* Runs whose hedges are due within it are looked at together. */
#define HEDGE_STEP_MS 50

static void send(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;

    bd__persist_cell(run);
    pthread_mutex_lock(&d->lock);
    d->unsent--;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

/* Every task ends here, once: with its cell, or too late for one. */
static void end_run(struct bd_run *run, struct bd_cell *cell)
{
    struct bd_diagnosis *d = run->diagnosis;
    bool kept;

    if (!cell->cached) /* that one came earlier */
        cell->finished_ms = bd_clock_wall_ms();
    bd__flights_end(run, cell);
    bd__journal_failed(run, cell);
    pthread_mutex_lock(&d->lock);
    kept = !d->sealed && !run->over;
    cell->attempts = run->attempts;
    if (kept) {
        *run->cell = *cell;
        bd__tally_count(run->tally, cell);
        run->over = true;
        d->over++;
        d->unstored++; /* in the same breath: seal must not miss the row */
        d->unsent++;
        pthread_cond_broadcast(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    if (kept)
        send(run);
    else
        bd_cell_free(cell);
    bd__diagnosis_end_work(d);
}

void bd__diagnosis_end_run(struct bd_run *run, struct bd_cell *cell)
{
    end_run(run, cell);
}

/* A task that was never sent; one that was ends in what its last attempt came to. */
static void end_without_call(struct bd_run *run, enum bd_status status, enum bd_skip skip,
                             const struct bd_error *err)
{
    struct bd_cell cell;

    if (run->tried) {
        end_run(run, &run->last);
        return;
    }
    bd__result_blank(&cell, run);
    cell.status = status;
    cell.skip = skip;
    cell.error = *err;
    end_run(run, &cell);
}

static void count_cost(struct bd_diagnosis *d, double cost)
{
    if (isnan(cost))
        return;
    pthread_mutex_lock(&d->lock);
    d->spent += cost;
    pthread_mutex_unlock(&d->lock);
}

/* Of two calls the first that has an answer counts. */
static bool is_answer(const struct bd_attempt_result *r)
{
    return r->error.type == BD_ERR_NONE || r->error.type == BD_ERR_CONTENT_FILTERED;
}

/* A later attempt that brought nothing does not take the place of text that is there. */
static void keep_better(struct bd_run *run, struct bd_cell *cell)
{
    if (run->decided ||
        (run->tried && bd_cell_answered(&run->last) && !bd_cell_answered(cell))) {
        bd_cell_free(cell);
        return;
    }
    if (run->tried)
        bd_cell_free(&run->last);
    run->last = *cell;
    run->tried = true;
}

struct verdict {
    bool decides; /* this call says what becomes of the task */
    bool ending;  /* the diagnosis is being cancelled or is over */
    bool kept;    /* there is text for the cell, whatever this call brought */
};

/* Lock held. Takes the call out and its cell in. */
static struct verdict judge(struct bd_run *run, struct bd_call *call,
                            const struct bd_attempt_result *r, struct bd_cell *cell)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_call *other = &run->calls[call == run->calls];
    struct verdict v = {.ending = d->cancelled || d->sealed};

    call->attempt = NULL;
    run->stale = r->stale;
    v.decides = !run->decided && (is_answer(r) || !other->attempt);
    keep_better(run, cell);
    v.kept = bd_cell_answered(&run->last);
    if (v.decides && is_answer(r)) {
        run->decided = true;
        if (other->attempt)
            bd_attempt_cancel(other->attempt);
    }
    if (!other->attempt) {
        free(run->prompt);
        run->prompt = NULL;
    }
    return v;
}

static struct bd_call_end call_end(const struct bd_call *call,
                                   const struct bd_attempt_result *r)
{
    const struct bd_usage *u = &r->answer->usage;

    return (struct bd_call_end){
        .err = &r->error,
        .took_ms = r->total_ms,
        .ttft_ms = r->ttft_ms,
        .tokens = u->input >= 0 && u->output >= 0 ? (int64_t)u->input + u->output : -1,
        .lag_ms = r->lag_ms,
        .unsent = !r->sent,
        .stale = r->stale,
        .cut = call->cut,
    };
}

static void on_done(void *arg, const struct bd_attempt_result *r) /* [worker] */
{
    struct bd_call *call = arg;
    struct bd_run *run = call->run;
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_scheduler *s = d->engine->scheduler;
    enum bd_pass_name which = (enum bd_pass_name)(call - run->calls);
    struct bd_attempt *attempt;
    struct bd_call_end end;
    struct bd_cell cell;
    struct verdict v;

    bd__result_fill(&cell, run,
                    r); /* before the report: then the task may be anybody's */
    end = call_end(call, r);
    bd__journal_call(run, r);
    count_cost(d, cell.cost);
    pthread_mutex_lock(&d->lock);
    attempt = call->attempt;
    end.part = cell.status == BD_STATUS_TRUNCATED;
    v = judge(run, call, r, &cell);
    end.kept = v.kept;
    pthread_mutex_unlock(&d->lock);
    bd_attempt_unref(attempt);
    if (!v.decides)
        bd_scheduler_settle(s, &run->task, which, &end, bd_clock_ms());
    else if (!bd_scheduler_report(s, &run->task, which, &end, bd_clock_ms()))
        end_run(run, &run->last);
    else if (v.ending)
        bd_scheduler_withdraw(s, d, BD_SKIP_DEADLINE);
    bd__diagnosis_end_work(d);
}

/* Lock held. */
static bool take_budget(struct bd_diagnosis *d)
{
    bool ok = (d->limits.max_calls <= 0 || d->calls < d->limits.max_calls) &&
              (d->limits.max_cost <= 0 || d->spent < d->limits.max_cost);

    if (ok)
        d->calls++;
    return ok;
}

static bool within_budget(struct bd_diagnosis *d)
{
    bool ok;

    pthread_mutex_lock(&d->lock);
    ok = take_budget(d);
    pthread_mutex_unlock(&d->lock);
    return ok;
}

static int make_prompt(struct bd_run *run, struct bd_error *err)
{
    const struct bd_diagnosis *d = run->diagnosis;
    struct bd_buf out;

    if (bd__plan_prompt(&out, d->edition, &d->record.inquiry, run->cell->brand,
                        run->cell->question) < 0) {
        bd_buf_free(&out);
        return bd_fail(err, BD_ERR_TOO_LARGE, 0, SOURCE,
                       "the prompt is over %zu bytes: shorten template or question",
                       BD_PROMPT_LIMIT);
    }
    run->prompt = bd_buf_take(&out);
    return run->prompt ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

/* Lock held, so that on_done, on another thread, finds everything set. The prompt is
 * there. A call that runs keeps the diagnosis. */
static int begin_call(struct bd_run *run, enum bd_pass_name which, int64_t now_ms,
                      struct bd_error *err)
{
    struct bd_diagnosis *d = run->diagnosis;
    const struct bd_settings *settings = &d->edition->settings;
    const char *question = d->record.inquiry.questions[run->cell->question];
    const bool searches = bd__plan_searches(&d->record.inquiry, run->slot);
    /* A search adds seconds to the shortest question. */
    int64_t timeout_ms =
        bd_timeout_ms(&run->slot->timeouts,
                      searches ? BD_COMPLEXITY_COMPLEX
                               : bd_timeout_complexity(question, strlen(question)));
    int64_t limit_ms = bd_deadline_limit_ms(&d->deadline, now_ms, timeout_ms);
    struct bd_call *call = &run->calls[which];
    const struct bd_attempt_plan plan = {
        .pool = d->engine->pool,
        .http = d->engine->http,
        .slot = run->slot,
        .model = run->model,
        .system = settings->prompt_system,
        .prompt = run->prompt,
        .deadline_ms = now_ms + limit_ms,
        .connect_ms = (int32_t)settings->connect_ms,
        .max_reply_bytes = (size_t)settings->max_reply_bytes,
        .fresh = run->stale, /* once is enough */
        .search = searches,
    };

    call->run = run;
    call->cut = limit_ms < timeout_ms;
    if (bd_attempt_start(&call->attempt, &plan, on_done, call, err) < 0)
        return -1;
    bd__diagnosis_begin_work(d);
    run->attempts++;
    return 0;
}

/* When to look whether nothing has come of the first call; the lock is held. */
static void plan_hedge(struct bd_run *run, int64_t at_ms)
{
    struct bd_diagnosis *d = run->diagnosis;
    int64_t next = atomic_load(&d->hedge_ms);

    run->hedge_at_ms = at_ms > 0 && run->attempts == 1 ? at_ms : 0;
    if (run->hedge_at_ms == 0 || (next != 0 && next <= at_ms))
        return;
    atomic_store(&d->hedge_ms, at_ms);
    bd__engine_wake(d->engine, at_ms);
}

static int start_call(struct bd_run *run, struct bd_error *err)
{
    struct bd_diagnosis *d = run->diagnosis;
    int64_t now_ms = bd_clock_ms();
    int64_t hedge_ms = bd_scheduler_hedge_at(d->engine->scheduler, &run->task, now_ms);
    int rc;

    if (make_prompt(run, err) < 0)
        return -1;
    pthread_mutex_lock(&d->lock);
    if (!run->started_ms)
        run->started_ms = now_ms;
    rc = d->cancelled ? bd_fail(err, BD_ERR_CANCELLED, 0, SOURCE, "cancelled")
                      : begin_call(run, BD_PASS_FIRST, now_ms, err);
    if (rc == 0)
        plan_hedge(run, hedge_ms);
    pthread_mutex_unlock(&d->lock);
    return rc;
}

static const struct bd_error unsent_error = {.type = BD_ERR_CANCELLED};
static const struct bd_call_end unsent = {.err = &unsent_error, .unsent = true};

void bd__diagnosis_call(struct bd_run *run)
{
    struct bd_scheduler *s = run->diagnosis->engine->scheduler;
    struct bd_error err = {0};

    if (start_call(run, &err) == 0)
        return;
    free(run->prompt);
    run->prompt = NULL;
    (void)bd_scheduler_report(s, &run->task, BD_PASS_FIRST, &unsent, bd_clock_ms());
    end_without_call(run,
                     err.type == BD_ERR_CANCELLED ? BD_STATUS_CANCELLED : BD_STATUS_ERROR,
                     BD_SKIP_NONE, &err);
}

void bd__diagnosis_start_run(void *engine, struct bd_task *t)
{
    struct bd_run *run = (struct bd_run *)t;
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_scheduler *s = ((struct bd_engine *)engine)->scheduler;

    if (within_budget(d)) {
        bd__launch(run);
        return;
    }
    /* The rest need not be asked one by one. */
    bd_scheduler_withdraw(s, d, BD_SKIP_BUDGET);
    (void)bd_scheduler_report(s, t, BD_PASS_FIRST, &unsent, bd_clock_ms());
    bd__diagnosis_drop_run(engine, t, BD_SKIP_BUDGET, &(struct bd_error){0});
}

/* Lock held. False: the run has a second pass and no call for it. */
static bool hedge_run(struct bd_run *run, int64_t now_ms)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_call *first = &run->calls[BD_PASS_FIRST];
    struct bd_error err;

    run->hedge_at_ms = 0;
    if (run->over || d->cancelled || d->sealed || !first->attempt ||
        run->calls[BD_PASS_HEDGE].attempt || bd_attempt_has_text(first->attempt) ||
        !bd_scheduler_hedge(d->engine->scheduler, &run->task, now_ms))
        return true;
    return take_budget(d) && begin_call(run, BD_PASS_HEDGE, now_ms, &err) == 0;
}

void bd__diagnosis_hedge(struct bd_diagnosis *d, int64_t now_ms)
{
    struct bd_scheduler *s = d->engine->scheduler;
    struct bd_run *stuck = NULL;
    int64_t next = 0;

    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->record.cell_count && !stuck; i++) {
        struct bd_run *run = &d->runs[i];

        if (run->hedge_at_ms == 0)
            continue;
        if (run->hedge_at_ms > now_ms)
            next = next && next < run->hedge_at_ms ? next : run->hedge_at_ms;
        else if (!hedge_run(run, now_ms))
            stuck = run;
    }
    if (stuck) /* the budget is used up, or memory: no more second calls */
        next = 0;
    if (next != 0 && next < now_ms + HEDGE_STEP_MS)
        next = now_ms + HEDGE_STEP_MS;
    if (next != 0) {
        atomic_store(&d->hedge_ms, next);
        bd__engine_wake(d->engine, next);
    }
    pthread_mutex_unlock(&d->lock);
    if (stuck)
        bd_scheduler_settle(s, &stuck->task, BD_PASS_HEDGE, &unsent, now_ms);
}

/* A task that is dropped after it was tried keeps the story of its last attempt in the
 * status; one that was never sent is skipped, or ends in the error that stands for all.
 */
void bd__diagnosis_drop_run(void *engine, struct bd_task *t, enum bd_skip why,
                            const struct bd_error *err)
{
    struct bd_run *run = (struct bd_run *)t;
    bool cancelled;

    (void)engine;
    pthread_mutex_lock(&run->diagnosis->lock);
    cancelled = run->diagnosis->cancelled;
    pthread_mutex_unlock(&run->diagnosis->lock);
    if (cancelled && why == BD_SKIP_DEADLINE)
        end_without_call(run, BD_STATUS_CANCELLED, BD_SKIP_NONE, &(struct bd_error){0});
    else if (why == BD_SKIP_PROVIDER_OFF)
        end_without_call(run, BD_STATUS_ERROR, BD_SKIP_NONE, err);
    else
        end_without_call(run, BD_STATUS_SKIPPED, why, err);
}
