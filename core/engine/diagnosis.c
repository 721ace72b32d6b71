/* engine/diagnosis.c - starting, waiting for and sealing a diagnosis. */
#include "engine/diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "domain/reading.h"
#include "domain/words.h"
#include "engine/parts.h"

#define SOURCE "diagnosis"

void bd__diagnosis_ref(struct bd_diagnosis *d)
{
    atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
}

/* [any] The last one hands the diagnosis to [main], which may unload code with it. */
void bd__diagnosis_unref(struct bd_diagnosis *d)
{
    struct bd_engine *e = d->engine;
    struct bd_diagnosis **at;

    if (atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_lock(&e->lock);
    for (at = &e->live; *at != d;)
        at = &(*at)->next;
    *at = d->next;
    d->next = e->buried;
    e->buried = d;
    if (--e->alive == 0)
        pthread_cond_broadcast(&e->quiet);
    pthread_mutex_unlock(&e->lock);
}

static void forget(struct bd_run *run)
{
    free(run->breaker_key);
    free(run->flight.row);
}

void bd__diagnosis_free(struct bd_diagnosis *d)
{
    for (size_t i = 0; d->runs && i < d->record.cell_count; i++)
        forget(&d->runs[i]);
    free(d->runs);
    for (size_t i = 0; i < d->note_count; i++)
        free(d->notes[i]);
    free(d->notes);
    free(d->before);
    bd_reader_free(d->reader);
    bd_record_free(&d->record);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    if (d->generation)
        bd_generation_unref(d->generation);
    free(d);
}

/* "20261123t081530-1f2e3d4c": sorts by time, [a-z0-9-]. */
static int make_id(char *out, size_t size, int64_t wall_ms, struct bd_error *err)
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;
    unsigned char r[4];
    char when[20];

    if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
        return bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE, "no random numbers");
    gmtime_r(&s, &tm);
    strftime(when, sizeof(when), "%Y%m%dt%H%M%S", &tm);
    snprintf(out, size, "%s%03d-%02x%02x%02x%02x", when, (int)(wall_ms % 1000), r[0],
             r[1], r[2], r[3]);
    return 0;
}

/* The report's order: matrix by question, model, brand; then neutral by question, model,
 * sample. Tasks are submitted in this order, and lanes are served in turn. */
static void place_cells(struct bd_diagnosis *d)
{
    const struct bd_inquiry *q = &d->record.inquiry;
    struct bd_cell *c = d->record.cells;

    for (size_t i = 0; i < d->record.cell_count; i++)
        bd_cell_init(&c[i]);
    for (int p = BD_PROBE_MATRIX; p <= BD_PROBE_NEUTRAL; p++) {
        int repeat = p == BD_PROBE_MATRIX ? (int)q->brand_count : q->samples;

        if (!(q->probes & (unsigned)p))
            continue;
        for (int i = 0; i < (int)q->question_count; i++)
            for (int m = 0; m < (int)q->model_count; m++)
                for (int k = 0; k < repeat; k++, c++) {
                    c->probe = (enum bd_probe)p;
                    c->question = i;
                    c->model = m;
                    c->brand = p == BD_PROBE_MATRIX ? k : -1;
                    c->sample = p == BD_PROBE_MATRIX ? 0 : k;
                }
    }
}

static int breaker_key(struct bd_run *run, const struct bd_inquiry *q,
                       struct bd_error *err)
{
    const char *brand = run->cell->brand < 0 ? "*" : q->brands[run->cell->brand].name;
    struct bd_buf key;

    bd_buf_init(&key, 1024);
    if (bd_buf_addf(&key, "%s/%s:%s", run->slot->name, run->model, brand) == 0)
        run->breaker_key = bd_buf_take(&key);
    bd_buf_free(&key);
    return run->breaker_key ? 0
                            : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

/* The most that one call may use; 0 where nobody counts. */
static int64_t tokens_of(const struct bd_diagnosis *d, const struct bd_run *run)
{
    const struct bd_values *v = run->slot->values;

    if (bd_values_number(v, "tokens_per_minute") == 0)
        return 0;
    return bd_values_number(v, "max_tokens") +
           bd__plan_prompt_tokens(d->engine, &d->record.inquiry, run->cell->brand,
                                  run->cell->question);
}

static int make_runs(struct bd_diagnosis *d, struct bd_error *err)
{
    const struct bd_inquiry *q = &d->record.inquiry;
    size_t n = bd_inquiry_task_count(q);

    d->record.cells = calloc(n, sizeof(*d->record.cells));
    d->runs = calloc(n, sizeof(*d->runs));
    if (!d->record.cells || !d->runs)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    d->record.cell_count = n;
    place_cells(d);
    for (size_t i = 0; i < n; i++) {
        struct bd_run *run = &d->runs[i];

        run->diagnosis = d;
        run->cell = &d->record.cells[i];
        run->slot =
            bd_generation_find(d->generation, q->models[run->cell->model].provider);
        run->model = q->models[run->cell->model].model;
        run->tally = bd__counters_tally(&d->engine->counters, run->slot->name);
        if (breaker_key(run, q, err) < 0)
            return -1;
        run->task.provider = run->slot->name;
        run->task.breaker_key = run->breaker_key;
        run->task.deadline = &d->deadline;
        run->task.group = d;
        run->task.tokens = tokens_of(d, run);
    }
    return 0;
}

static void init_condition(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

static int prepare(struct bd_diagnosis *d, const struct bd_inquiry *inquiry,
                   struct bd_error *err)
{
    struct bd_engine *e = d->engine;
    struct bd_record *rec = &d->record;

    if (bd__plan_inquiry(&rec->inquiry, e, inquiry, err) < 0 ||
        bd__plan_limits(e, &rec->inquiry, &d->limits, err) < 0)
        return -1;
    rec->deadline_ms = rec->inquiry.deadline_ms;
    rec->created_ms = bd_clock_wall_ms();
    bd_deadline_init(&d->deadline, bd_clock_ms(), rec->deadline_ms, 0);
    if (make_id(rec->id, sizeof(rec->id), rec->created_ms, err) < 0 ||
        bd_reader_new(&d->reader, &rec->inquiry, err) < 0)
        return -1;
    d->before = bd__progress_states(d, NULL);
    return make_runs(d, err);
}

static int submit(struct bd_diagnosis *d, struct bd_error *err)
{
    size_t n = d->record.cell_count;
    struct bd_task **tasks = malloc(n * sizeof(struct bd_task *));
    size_t asked;
    int rc;

    if (!tasks)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    for (size_t i = 0; i < n; i++)
        bd__diagnosis_ref(d);
    bd__engine_wake(d->engine, bd_deadline_cut_ms(&d->deadline));
    asked = bd__flights_board(d, tasks);
    bd__persist_diagnosis(d, false);
    rc = bd_scheduler_submit(d->engine->scheduler, tasks, asked, bd_clock_ms(), err);
    if (rc == 0)
        bd__flights_land(d);
    else
        bd__flights_abandon(d);
    free(tasks);
    return rc;
}

int bd_diagnosis_start(struct bd_diagnosis **out, struct bd_engine *e,
                       const struct bd_inquiry *inquiry,
                       const struct bd_diagnosis_limits *limits, struct bd_error *err)
{
    struct bd_diagnosis *d = calloc(1, sizeof(*d));

    BD_ON(BD_MAIN);
    bd__engine_reap(e);
    if (!d)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    d->engine = e;
    d->generation = bd_generation_ref(e->generation);
    atomic_init(&d->refs, 1);
    pthread_mutex_init(&d->lock, NULL);
    init_condition(&d->changed);
    bd_record_init(&d->record);
    if (limits)
        d->limits = *limits;
    if (prepare(d, inquiry, err) < 0) {
        bd__diagnosis_free(d);
        return -1;
    }
    pthread_mutex_lock(&e->lock);
    d->next = e->live;
    e->live = d;
    e->alive++;
    pthread_mutex_unlock(&e->lock);
    if (submit(d, err) < 0) {
        bd_diagnosis_free(d);
        return -1;
    }
    *out = d;
    return 0;
}

static struct timespec at_time(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static bool is_over(const struct bd_diagnosis *d)
{
    return d->over == d->record.cell_count || bd_clock_ms() >= d->deadline.end_ms;
}

bool bd_diagnosis_wait(struct bd_diagnosis *d, int64_t until_ms)
{
    bool over;
    struct timespec until;

    if (until_ms > d->deadline.end_ms)
        until_ms = d->deadline.end_ms;
    until = at_time(until_ms);
    pthread_mutex_lock(&d->lock);
    while (!(over = is_over(d)))
        if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT) {
            over = is_over(d);
            break;
        }
    pthread_mutex_unlock(&d->lock);
    return over;
}

void bd__diagnosis_cut(struct bd_diagnosis *d)
{
    bd__flights_withdraw(d);
    bd_scheduler_withdraw(d->engine->scheduler, d, BD_SKIP_DEADLINE);
}

/* Lock held. */
static void cancel_calls(struct bd_run *run)
{
    for (int k = 0; k < BD_PASS_COUNT; k++)
        if (run->calls[k].attempt)
            bd_attempt_cancel(run->calls[k].attempt);
}

void bd_diagnosis_cancel(struct bd_diagnosis *d)
{
    pthread_mutex_lock(&d->lock);
    d->cancelled = true;
    for (size_t i = 0; i < d->record.cell_count; i++)
        cancel_calls(&d->runs[i]);
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_cut(d);
}

/* What has not come by now counts as timed out; its call is over or will be soon, and
 * then finds the record sealed. */
static void close_cells(struct bd_diagnosis *d)
{
    for (size_t i = 0; i < d->record.cell_count; i++) {
        struct bd_run *run = &d->runs[i];

        if (run->over)
            continue;
        run->over = run->closed = true;
        d->unstored++;
        run->cell->status = d->cancelled ? BD_STATUS_CANCELLED : BD_STATUS_TIMEOUT;
        run->cell->attempts = run->attempts;
        run->cell->finished_ms = bd_clock_wall_ms();
        (void)bd_fail(&run->cell->error, d->cancelled ? BD_ERR_CANCELLED : BD_ERR_TIMEOUT,
                      0, SOURCE, "no result by the end of the diagnosis");
        bd__tally_count(run->tally, run->cell);
        cancel_calls(run);
    }
}

static void add_note(struct bd_diagnosis *d, enum bd_word word, int count,
                     const char *more)
{
    char **notes = realloc(d->notes, (d->note_count + 1) * sizeof(*notes));
    bool zh = strcmp(d->record.inquiry.lang, "en") != 0;
    struct bd_buf text;
    char number[16];

    if (!notes)
        return; /* a note less, the report stays */
    d->notes = notes;
    snprintf(number, sizeof(number), "%d", count);
    bd_buf_init(&text, 4096);
    (void)bd_word_fill(&text, bd_word(word, zh), BD_ARGS(number, more));
    notes[d->note_count] = bd_buf_take(&text);
    bd_buf_free(&text);
    if (notes[d->note_count])
        d->note_count++;
}

/* The storage gets a little longer than the deadline's reserve when everything else was
 * early, and never holds the report back past the end by more than 200 ms. */
static void wait_stored(struct bd_diagnosis *d)
{
    int64_t now_ms = bd_clock_ms();
    int64_t latest = d->deadline.end_ms + 200;
    struct timespec until = at_time(now_ms + 2000 < latest ? now_ms + 2000 : latest);

    if (!d->engine->store)
        return;
    bd_store_hurry(d->engine->store);
    pthread_mutex_lock(&d->lock);
    while (d->unstored > 0)
        if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT)
            break;
    if (d->unstored > 0)
        add_note(d, BD_WORD_N_UNSTORED, (int)d->unstored, NULL);
    if (d->unstored_for_good > 0)
        add_note(d, BD_WORD_N_NOT_STORED, d->unstored_for_good, d->store_error.message);
    pthread_mutex_unlock(&d->lock);
}

const struct bd_record *bd_diagnosis_seal(struct bd_diagnosis *d,
                                          const char *const **notes, size_t *note_count)
{
    bool sealed;

    BD_ON(BD_MAIN);
    pthread_mutex_lock(&d->lock);
    sealed = d->sealed;
    if (!sealed) {
        close_cells(d);
        d->sealed = true;
        d->record.interrupted = d->cancelled;
        d->record.elapsed_ms = bd_clock_ms() - d->deadline.start_ms;
        d->record.states = bd__progress_states(d, d->before);
    }
    pthread_mutex_unlock(&d->lock);
    if (!sealed) {
        bd__diagnosis_cut(d);
        for (size_t i = 0; i < d->record.cell_count; i++)
            if (d->runs[i].closed)
                bd__persist_cell(d, d->runs[i].cell);
        bd__persist_diagnosis(d, true);
        wait_stored(d);
    }
    if (!sealed)
        bd__counters_finish(&d->engine->counters, &d->record, bd_clock_ms(),
                            bd_clock_ms() - d->deadline.end_ms);
    *notes = (const char *const *)d->notes;
    *note_count = d->note_count;
    return &d->record;
}

void bd_diagnosis_free(struct bd_diagnosis *d)
{
    struct bd_engine *e;

    if (!d)
        return;
    BD_ON(BD_MAIN);
    e = d->engine;
    bd_diagnosis_cancel(d);
    bd__diagnosis_unref(d);
    bd__engine_reap(e);
}

const struct bd_inquiry *bd_diagnosis_inquiry(const struct bd_diagnosis *d)
{
    return &d->record.inquiry;
}

const char *bd_diagnosis_id(const struct bd_diagnosis *d)
{
    return d->record.id;
}
