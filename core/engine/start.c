/* engine/start.c - the beginning of a diagnosis: its tasks, made, filled in with what is
 * stored of them, and given to the scheduler. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "domain/reading/reading.h"
#include "engine/parts.h"

#define SOURCE "diagnosis"

/* "20261123t081530-1f2e3d4c": sorts by time, [a-z0-9-]. */
int bd__diagnosis_id(char *out, size_t size, int64_t wall_ms, struct bd_error *err)
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
           bd__plan_prompt_tokens(d->edition, &d->record.inquiry, run->cell->brand,
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
    d->order = calloc(n, sizeof(*d->order));
    if (!d->order)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    d->record.cell_count = n;
    place_cells(d);
    for (size_t i = 0; i < n; i++) {
        struct bd_run *run = &d->runs[i];

        run->diagnosis = d;
        run->cell = &d->record.cells[i];
        run->place =
            (struct bd__place){run->cell->probe, run->cell->brand, run->cell->question,
                               run->cell->model, run->cell->sample};
        run->slot = bd_generation_find(d->edition->generation,
                                       q->models[run->cell->model].provider);
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

void bd__condition_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

static int name(struct bd_record *rec, const struct bd__start *how, struct bd_error *err)
{
    if (!how->id) {
        rec->created_ms = bd_clock_wall_ms();
        return bd__diagnosis_id(rec->id, sizeof(rec->id), rec->created_ms, err);
    }
    snprintf(rec->id, sizeof(rec->id), "%s", how->id);
    rec->created_ms = how->created_ms;
    return 0;
}

static int prepare(struct bd_diagnosis *d, const struct bd__start *how,
                   struct bd_error *err)
{
    struct bd_record *rec = &d->record;

    if (bd__plan_inquiry(&rec->inquiry, d->edition, how->inquiry, err) < 0 ||
        bd__plan_limits(d->edition, &rec->inquiry, &d->limits, err) < 0)
        return -1;
    rec->deadline_ms = rec->inquiry.deadline_ms;
    bd_deadline_init(&d->deadline, bd_clock_ms(), rec->deadline_ms, 0);
    if (name(rec, how, err) < 0 || bd_reader_new(&d->reader, &rec->inquiry, err) < 0)
        return -1;
    d->before = bd__progress_states(d, NULL);
    return make_runs(d, err);
}

static void put_at(struct bd_cell *cell, const struct bd__place *place)
{
    cell->probe = place->probe;
    cell->brand = place->brand;
    cell->question = place->question;
    cell->model = place->model;
    cell->sample = place->sample;
}

/* Places its cell among those that have ended. */
static void fill(struct bd_diagnosis *d, struct bd_run *run, struct bd_cell *stored)
{
    *run->cell = *stored;
    bd_cell_init(stored); /* taken over, but for its place: the others are found by it */
    put_at(stored, &run->place);
    run->over = true;
    run->attempts = run->cell->attempts;
    d->calls += run->attempts;
    d->spent += isnan(run->cell->cost) ? 0 : run->cell->cost;
    d->over++;
    bd__diagnosis_show(run); /* as it was in the storage */
}

/* To be asked, with what earlier runs have used up of the limits. Of a call that was
 * begun nobody knows whether it was repeated: it counts once. */
static void ask_again(struct bd_diagnosis *d, struct bd_run *run,
                      const struct bd_cell *stored, bool begun)
{
    run->doubtful =
        begun || (stored && (stored->doubtful || (stored->status == BD_STATUS_CANCELLED &&
                                                  stored->attempts > 0)));
    d->calls += stored ? stored->attempts : begun;
    d->spent += !stored || isnan(stored->cost) ? 0 : stored->cost;
}

/* Of what is stored, cells are taken over that have ended for good; of the others it is
 * remembered whether a call for them was begun. */
static void fill_in(struct bd_diagnosis *d, struct bd__stored *from)
{
    for (size_t i = 0; i < d->record.cell_count; i++) {
        struct bd_run *run = &d->runs[i];
        struct bd_cell *cell = bd__stored_cell(from, run->cell);

        if (cell && !from->again(cell))
            fill(d, run, cell);
        else
            ask_again(d, run, cell, bd__stored_begun(from, run->cell));
    }
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
        if (!d->runs[i].over)
            bd__diagnosis_begin_work(d);
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

static struct bd_diagnosis *blank(struct bd_engine *e, const struct bd__start *how)
{
    struct bd_diagnosis *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    if (how->client_key && !(d->client_key = strdup(how->client_key))) {
        free(d);
        return NULL;
    }
    d->engine = e;
    d->edition = bd__edition_take(e);
    atomic_init(&d->refs, 1);
    atomic_init(&d->work, 1);
    d->owned = true;
    d->cancelled = how->cancelled;
    pthread_mutex_init(&d->lock, NULL);
    bd__condition_init(&d->changed);
    bd_record_init(&d->record);
    if (how->limits)
        d->limits = *how->limits;
    return d;
}

int bd__diagnosis_start(struct bd_diagnosis **out, struct bd_engine *e,
                        const struct bd__start *how, struct bd_error *err)
{
    struct bd_diagnosis *d = blank(e, how);

    if (!d)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    if (prepare(d, how, err) < 0) {
        bd__edition_release(e, d->edition);
        bd__diagnosis_free(d);
        return -1;
    }
    if (how->stored)
        fill_in(d, how->stored);
    bd__journal_begun(d);
    pthread_mutex_lock(&e->lock);
    d->next = e->live;
    e->live = d;
    e->alive++;
    d->held = e->swapping;
    if (d->held)
        bd__diagnosis_ref(d);
    pthread_mutex_unlock(&e->lock);
    if (!how->cancelled && submit(d, err) < 0) {
        bd_diagnosis_free(d);
        return -1;
    }
    *out = d;
    return 0;
}

int bd_diagnosis_start(struct bd_diagnosis **out, struct bd_engine *e,
                       const struct bd_inquiry *inquiry,
                       const struct bd_diagnosis_limits *limits, struct bd_error *err)
{
    const struct bd__start how = {.inquiry = inquiry, .limits = limits};

    return bd__diagnosis_start(out, e, &how, err);
}
