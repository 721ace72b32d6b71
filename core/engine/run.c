/* engine/run.c - one task on its way: attempts, and the cell it ends in. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/prompt.h"
#include "domain/reading.h"
#include "engine/parts.h"
#include "policy/timeout.h"

#define SOURCE       "run"
#define PROMPT_LIMIT ((size_t)1 << 18)

/* Every task ends here, once: with its cell, or too late for one. */
static void end_run(struct bd_run *run, struct bd_cell *cell)
{
    struct bd_diagnosis *d = run->diagnosis;
    bool kept;

    cell->finished_ms = bd_clock_wall_ms();
    pthread_mutex_lock(&d->lock);
    kept = !d->sealed && !run->over;
    if (kept) {
        *run->cell = *cell;
        run->over = true;
        d->over++;
        d->unstored++; /* in the same breath: seal must not miss the row */
        pthread_cond_broadcast(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    if (kept)
        bd__persist_cell(d, run->cell);
    else
        bd_cell_free(cell);
    bd__diagnosis_unref(d);
}

/* A cell that has its place and nothing else. */
static void blank(struct bd_cell *cell, const struct bd_run *run)
{
    bd_cell_init(cell);
    cell->probe = run->cell->probe;
    cell->brand = run->cell->brand;
    cell->question = run->cell->question;
    cell->model = run->cell->model;
    cell->sample = run->cell->sample;
    cell->attempts = run->attempts;
    cell->model_used = strdup(run->model); /* NULL is a legal value */
    if (run->started_ms)
        cell->latency_ms = bd_clock_ms() - run->started_ms;
}

static double price(const struct bd_values *v, const char *name)
{
    return strcmp(bd_values_origin(v, name), "unset") != 0 ? bd_values_real(v, name)
                                                           : NAN;
}

/* Cost = input x price + output x price, per million tokens. */
static double cost_of(const struct bd_run *run, const struct bd_usage *usage)
{
    const struct bd_values *v = run->slot->values;

    if (usage->input < 0 || usage->output < 0)
        return NAN;
    return (usage->input * price(v, "price_input") +
            usage->output * price(v, "price_output")) /
           1e6;
}

static char *copy_or_null(const char *s)
{
    return s && *s ? strdup(s) : NULL;
}

static const char *finish_word(const struct bd_attempt_result *r)
{
    static const char *const words[] = {
        [BD_FINISH_NONE] = "",         [BD_FINISH_STOP] = "stop",
        [BD_FINISH_LENGTH] = "length", [BD_FINISH_FILTERED] = "content_filter",
        [BD_FINISH_FAILED] = "failed", [BD_FINISH_TOOL] = "tool_calls",
        [BD_FINISH_OTHER] = "other",
    };

    if (r->error.type == BD_ERR_TIMEOUT)
        return "deadline";
    if (r->error.type == BD_ERR_CANCELLED)
        return "cancelled";
    return words[r->answer->finish];
}

/* What an attempt's end means for the cell. Text that had streamed when time was up is
 * kept and counts as a truncated answer; text before a failure is kept to be looked at,
 * but no figure is made of it. */
static enum bd_status status_of(const struct bd_attempt_result *r, bool any_text)
{
    switch (r->error.type) {
    case BD_ERR_NONE:
        return r->answer->finish == BD_FINISH_LENGTH ? BD_STATUS_TRUNCATED : BD_STATUS_OK;
    case BD_ERR_CONTENT_FILTERED:
        return BD_STATUS_REFUSED;
    case BD_ERR_TIMEOUT:
        return any_text ? BD_STATUS_TRUNCATED : BD_STATUS_TIMEOUT;
    case BD_ERR_CANCELLED:
        return any_text ? BD_STATUS_TRUNCATED : BD_STATUS_CANCELLED;
    default:
        return BD_STATUS_ERROR;
    }
}

static bool is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", s[i]))
            return false;
    return true;
}

static void read_answer(struct bd_cell *cell, const struct bd_diagnosis *d)
{
    const struct bd_answer_text answer = {
        .text = cell->text,
        .bytes = cell->text_bytes,
        .cut = cell->status == BD_STATUS_TRUNCATED,
        .echo = cell->brand,
    };

    if (!bd_cell_answered(cell))
        return;
    if (bd_reader_read(d->reader, &answer, &cell->geo, &cell->error) < 0)
        cell->status = BD_STATUS_ERROR;
    else if (cell->geo->refused && cell->status == BD_STATUS_OK)
        cell->status = BD_STATUS_REFUSED;
}

static void fill(struct bd_cell *cell, const struct bd_run *run,
                 const struct bd_attempt_result *r)
{
    bool any_text = !is_blank(r->text, r->text_bytes);

    blank(cell, run);
    cell->status = status_of(r, any_text);
    cell->error = r->error;
    cell->ttft_ms = r->ttft_ms;
    cell->usage = r->answer->usage;
    cell->cost = cost_of(run, &r->answer->usage);
    snprintf(cell->finish, sizeof(cell->finish), "%s", finish_word(r));
    cell->model_reported = copy_or_null(r->model_reported);
    cell->request_id = copy_or_null(r->request_id);
    if (any_text) {
        cell->text = malloc(r->text_bytes + 1);
        if (cell->text) {
            memcpy(cell->text, r->text, r->text_bytes + 1);
            cell->text_bytes = r->text_bytes;
        }
    }
    read_answer(cell, run->diagnosis);
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
    blank(&cell, run);
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

static void on_done(void *arg, const struct bd_attempt_result *r) /* [worker] */
{
    struct bd_run *run = arg;
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_scheduler *s = d->engine->scheduler;
    struct bd_attempt *call;
    bool ending;

    if (run->tried)
        bd_cell_free(&run->last);
    fill(&run->last, run, r); /* before the report: then the task may be anybody's */
    run->tried = true;
    count_cost(d, run->last.cost);
    pthread_mutex_lock(&d->lock);
    call = run->call;
    run->call = NULL;
    free(run->prompt);
    run->prompt = NULL;
    ending = d->cancelled || d->sealed;
    pthread_mutex_unlock(&d->lock);
    bd_attempt_unref(call);
    if (!bd_scheduler_report(s, &run->task, &r->error, r->total_ms, bd_clock_ms())) {
        end_run(run, &run->last);
        return;
    }
    if (ending)
        bd_scheduler_withdraw(s, d, BD_SKIP_DEADLINE);
}

static bool within_budget(struct bd_diagnosis *d)
{
    bool ok;

    pthread_mutex_lock(&d->lock);
    ok = (d->limits.max_calls <= 0 || d->calls < d->limits.max_calls) &&
         (d->limits.max_cost <= 0 || d->spent < d->limits.max_cost);
    if (ok)
        d->calls++;
    pthread_mutex_unlock(&d->lock);
    return ok;
}

static int make_prompt(struct bd_run *run, struct bd_error *err)
{
    const struct bd_diagnosis *d = run->diagnosis;
    const struct bd_settings *set = &d->engine->settings;
    const struct bd_inquiry *q = &d->record.inquiry;
    const char *template = set->prompt_neutral;
    struct bd_buf out;

    if (run->cell->probe == BD_PROBE_MATRIX)
        template = set->prompt_matrix           ? set->prompt_matrix
                   : strcmp(q->lang, "en") == 0 ? bd_prompt_matrix_en
                                                : bd_prompt_matrix_zh;
    bd_buf_init(&out, PROMPT_LIMIT);
    if (bd_prompt_build(&out, template, q, run->cell->brand, run->cell->question) < 0) {
        bd_buf_free(&out);
        return bd_fail(err, BD_ERR_TOO_LARGE, 0, SOURCE,
                       "the prompt is over %zu bytes: shorten template or question",
                       PROMPT_LIMIT);
    }
    run->prompt = bd_buf_take(&out);
    return run->prompt ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

/* The lock is held while the call starts: on_done, on another thread, then finds
 * run->call set. */
static int start_call(struct bd_run *run, struct bd_error *err)
{
    struct bd_diagnosis *d = run->diagnosis;
    const struct bd_engine *e = d->engine;
    const char *question = d->record.inquiry.questions[run->cell->question];
    int64_t now_ms = bd_clock_ms();
    int64_t timeout_ms = bd_timeout_ms(&run->slot->timeouts,
                                       bd_timeout_complexity(question, strlen(question)));
    struct bd_attempt_plan plan = {
        .pool = e->pool,
        .http = e->http,
        .slot = run->slot,
        .model = run->model,
        .system = e->settings.prompt_system,
        .deadline_ms = now_ms + bd_deadline_limit_ms(&d->deadline, now_ms, timeout_ms),
        .connect_ms = (int32_t)e->settings.connect_ms,
        .max_reply_bytes = (size_t)e->settings.max_reply_bytes,
    };
    int rc;

    if (make_prompt(run, err) < 0)
        return -1;
    plan.prompt = run->prompt;
    pthread_mutex_lock(&d->lock);
    if (!run->started_ms)
        run->started_ms = now_ms;
    run->attempts++;
    rc = d->cancelled ? bd_fail(err, BD_ERR_CANCELLED, 0, SOURCE, "cancelled")
                      : bd_attempt_start(&run->call, &plan, on_done, run, err);
    pthread_mutex_unlock(&d->lock);
    return rc;
}

void bd__diagnosis_start_run(void *engine, struct bd_task *t)
{
    struct bd_run *run = (struct bd_run *)t;
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_scheduler *s = ((struct bd_engine *)engine)->scheduler;
    struct bd_error err = {0}, unsent = {0};
    bool budget = within_budget(d);

    if (budget && start_call(run, &err) == 0)
        return;
    free(run->prompt);
    run->prompt = NULL;
    (void)bd_fail(&unsent, BD_ERR_CANCELLED, 0, SOURCE, "not sent");
    if (budget) {
        (void)bd_scheduler_report(s, t, &unsent, 0, bd_clock_ms());
        end_without_call(
            run, err.type == BD_ERR_CANCELLED ? BD_STATUS_CANCELLED : BD_STATUS_ERROR,
            BD_SKIP_NONE, &err);
        return;
    }
    bd_scheduler_withdraw(s, d,
                          BD_SKIP_BUDGET); /* the rest need not be asked one by one */
    (void)bd_scheduler_report(s, t, &unsent, 0, bd_clock_ms());
    bd__diagnosis_drop_run(engine, t, BD_SKIP_BUDGET, &(struct bd_error){0});
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
