/* engine/flights.c - see flights.h. */
#include "engine/flights.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/parts.h"

#define SOURCE "flights"

enum {
    BUCKETS = 4096,   /* three hex digits of the key */
    LOOK_UP_MS = 500, /* and never more than a quarter of the time there is */
    QUEUE_BYTES =
        8 << 20 /* a storage so far behind gets no answers to keep: cells first */
};

struct bd_flights {
    /* Guards the table and the flights of all runs in it, leads and followers. Held for
     * nothing else. */
    pthread_mutex_t lock;
    struct bd_run *leads[BUCKETS];
};

int bd_flights_new(struct bd_flights **out, struct bd_error *err)
{
    struct bd_flights *f = calloc(1, sizeof(*f));

    if (!f)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    pthread_mutex_init(&f->lock, NULL);
    *out = f;
    return 0;
}

void bd_flights_free(struct bd_flights *f)
{
    if (!f)
        return;
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* NULL: memory is short, or the prompt too long to be sent. */
static json_t *ask_of(const struct bd_run *run)
{
    const struct bd_diagnosis *d = run->diagnosis;
    struct bd_buf prompt;
    json_t *ask = NULL;

    if (bd__plan_prompt(&prompt, d->edition, &d->record.inquiry, run->cell->brand,
                        run->cell->question) == 0) {
        const struct bd_answer_case c = {
            .slot = run->slot,
            .model = run->model,
            .system = d->edition->settings.prompt_system,
            .prompt = prompt.data,
            .sample = run->cell->sample,
            .search = bd__plan_searches(&d->record.inquiry, run->slot),
        };

        ask = bd_answer_ask(&c);
    }
    bd_buf_free(&prompt);
    return ask;
}

static void make_key(struct bd_run *run)
{
    json_t *ask = ask_of(run);

    if (!ask || bd_answer_key(run->flight.key, ask) < 0)
        run->flight.key[0] = '\0';
    json_decref(ask);
}

static void keep_found(void *arg, size_t i, char *data)
{
    struct bd_diagnosis *d = arg;

    d->runs[i].flight.row = data;
}

static void search(struct bd_diagnosis *d)
{
    size_t n = d->record.cell_count;
    const char **keys = calloc(n + 1, sizeof(*keys));
    int64_t now_ms = bd_clock_ms();
    int64_t most_ms = (bd_deadline_cut_ms(&d->deadline) - now_ms) / 4;
    struct bd_store_search s = {
        .keys = keys,
        .count = n,
        .now_ms = bd_clock_wall_ms(),
        .until_ms = now_ms + (most_ms < LOOK_UP_MS ? most_ms : LOOK_UP_MS),
        .found = keep_found,
        .arg = d,
    };
    struct bd_error err;

    if (!keys)
        return;
    for (size_t i = 0; i < n; i++)
        keys[i] = d->runs[i].flight.key;
    if (bd_store_cache_search(d->engine->store, &s, &err) < 0)
        bd_log(BD_LOG_WARNING, SOURCE, "everything is asked anew: %s", err.message);
    free(keys);
}

static struct bd_run **bucket(struct bd_flights *f, const struct bd_run *run)
{
    return &f->leads[strtoul(run->flight.key + BD_ANSWER_KEY_BYTES - 4, NULL, 16)];
}

/* Behind one that asks the same, or ahead of those to come. */
static void line_up(struct bd_flights *f, struct bd_run *run)
{
    struct bd_run *lead;

    pthread_mutex_lock(&f->lock);
    lead = *bucket(f, run);
    while (lead && strcmp(lead->flight.key, run->flight.key) != 0)
        lead = lead->flight.next;
    if (lead) {
        run->flight.next = lead->flight.followers;
        lead->flight.followers = run;
    } else {
        run->flight.next = *bucket(f, run);
        *bucket(f, run) = run;
        run->flight.leads = true;
    }
    run->flight.lead = lead;
    run->flight.followed = lead != NULL;
    pthread_mutex_unlock(&f->lock);
}

size_t bd__flights_board(struct bd_diagnosis *d, struct bd_task **tasks)
{
    struct bd_engine *e = d->engine;
    bool keeps = d->edition->settings.cache_ttl_ms > 0;
    size_t n = 0;

    for (size_t i = 0; keeps && i < d->record.cell_count; i++)
        if (!d->runs[i].over)
            make_key(&d->runs[i]);
    if (keeps && !d->limits.fresh && e->store)
        search(d);
    for (size_t i = 0; i < d->record.cell_count; i++) {
        struct bd_run *run = &d->runs[i];

        if (run->over || run->flight.row)
            continue;
        if (run->flight.key[0] && !d->limits.fresh)
            line_up(e->flights, run);
        if (!run->flight.followed)
            tasks[n++] = &run->task;
    }
    return n;
}

static bool is_ending(struct bd_diagnosis *d)
{
    bool ending;

    pthread_mutex_lock(&d->lock);
    ending = d->cancelled || d->sealed;
    pthread_mutex_unlock(&d->lock);
    return ending;
}

/* One that waited for an answer is asked itself. Who withdraws the diagnosis's tasks may
 * just have been there: then it is done again. */
static void ask(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_scheduler *s = d->engine->scheduler;
    struct bd_task *task = &run->task;
    struct bd_cell cell;
    struct bd_error err;

    bd__diagnosis_ref(d);
    if (bd_scheduler_submit(s, &task, 1, bd_clock_ms(), &err) < 0) {
        bd__result_blank(&cell, run);
        cell.status = BD_STATUS_ERROR;
        cell.error = err;
        bd__diagnosis_end_run(run, &cell);
    } else if (is_ending(d)) {
        bd_scheduler_withdraw(s, d, BD_SKIP_DEADLINE);
    }
    bd__diagnosis_unref(d);
}

static int recall(struct bd_cell *cell, const struct bd_run *run, const char *row)
{
    const struct bd_answer_limits limits = {
        .now_ms = bd_clock_wall_ms(),
        .ttl_ms = run->diagnosis->edition->settings.cache_ttl_ms};
    json_t *same = ask_of(run);
    int rc = -1;

    bd__result_blank(cell, run);
    if (same)
        rc = bd_answer_recall(cell, row, same, &limits);
    json_decref(same);
    if (rc == 0)
        bd__result_read(cell, run->diagnosis);
    else
        bd_cell_free(cell);
    return rc;
}

static void land(struct bd_job *job) /* [worker] */
{
    struct bd_run *run =
        (struct bd_run *)(void *)((char *)job - offsetof(struct bd_run, flight.job));
    char *row = run->flight.row;
    struct bd_cell cell;

    run->flight.row = NULL;
    if (recall(&cell, run, row) == 0)
        bd__diagnosis_end_run(run, &cell);
    else
        ask(run);
    free(row);
}

static void post(struct bd_run *run)
{
    run->flight.job.run = land;
    bd_pool_post(run->diagnosis->engine->pool, &run->flight.job);
}

void bd__flights_land(struct bd_diagnosis *d)
{
    for (size_t i = 0; i < d->record.cell_count; i++)
        if (!d->runs[i].flight.followed && d->runs[i].flight.row)
            post(&d->runs[i]);
}

void bd__flights_abandon(struct bd_diagnosis *d)
{
    bd__flights_withdraw(d);
    for (size_t i = 0; i < d->record.cell_count; i++)
        if (!d->runs[i].flight.followed && !d->runs[i].over) {
            bd__flights_end(&d->runs[i], NULL);
            bd__diagnosis_end_work(d);
        }
}

/* Lock held. */
static void unlink_from(struct bd_run **at, struct bd_run *run)
{
    while (*at != run)
        at = &(*at)->flight.next;
    *at = run->flight.next;
    run->flight.next = NULL;
}

void bd__flights_withdraw(struct bd_diagnosis *d)
{
    struct bd_flights *f = d->engine->flights;
    struct bd_run *out = NULL, *next;
    struct bd_error err;

    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < d->record.cell_count; i++) {
        struct bd_run *run = &d->runs[i];

        if (!run->flight.lead)
            continue;
        unlink_from(&run->flight.lead->flight.followers, run);
        run->flight.lead = NULL;
        run->flight.next = out;
        out = run;
    }
    pthread_mutex_unlock(&f->lock);
    (void)bd_fail(&err, BD_ERR_TIMEOUT, 0, SOURCE,
                  "not sent: the same call was in flight and brought nothing in time");
    for (; out; out = next) {
        next = out->flight.next;
        bd__diagnosis_drop_run(d->engine, &out->task, BD_SKIP_DEADLINE, &err);
    }
}

/* Out of the table; its followers, who follow nobody from here on. */
static struct bd_run *leave(struct bd_flights *f, struct bd_run *run)
{
    struct bd_run *followers;

    pthread_mutex_lock(&f->lock);
    if (run->flight.leads)
        unlink_from(bucket(f, run), run);
    run->flight.leads = false;
    followers = run->flight.followers;
    run->flight.followers = NULL;
    for (struct bd_run *at = followers; at; at = at->flight.next)
        at->flight.lead = NULL;
    pthread_mutex_unlock(&f->lock);
    return followers;
}

static void keep(const struct bd_run *run, const char *row, int64_t came_ms)
{
    const struct bd_engine *e = run->diagnosis->engine;
    const struct bd_cache_row r = {
        .struct_size = sizeof(r),
        .key = run->flight.key,
        .data = row,
        .expires_ms = came_ms + run->diagnosis->edition->settings.cache_ttl_ms,
    };
    struct bd_store_stats stats;
    struct bd_error err;

    if (!e->store)
        return;
    bd_store_stats(e->store, &stats);
    if (stats.queued_bytes < QUEUE_BYTES &&
        bd_store_put_cache(e->store, &r, NULL, NULL, &err) < 0)
        bd_log(BD_LOG_DEBUG, SOURCE, "an answer is not kept: %s", err.message);
}

static char *make_row(const struct bd_run *run, const struct bd_cell *cell)
{
    json_t *same = ask_of(run);
    char *row = same ? bd_answer_row(same, cell, cell->finished_ms) : NULL;

    json_decref(same);
    return row;
}

/* May it stand for other calls? An answer that a search was asked for and that shows
 * none is not what those who ask the same want. */
static bool may_stand(const struct bd_run *run, const struct bd_cell *cell)
{
    return cell && bd_answer_whole(cell) &&
           (cell->searched == BD_YES ||
            !bd__plan_searches(&run->diagnosis->record.inquiry, run->slot));
}

void bd__flights_end(struct bd_run *run, const struct bd_cell *cell)
{
    struct bd_run *at, *next;
    char *row = NULL;

    if (!run->flight.key[0])
        return;
    if (may_stand(run, cell))
        row = make_row(run, cell);
    if (row)
        keep(run, row, cell->finished_ms);
    for (at = leave(run->diagnosis->engine->flights, run); at; at = next) {
        next = at->flight.next; /* once it lands or is asked, its memory may be gone */
        at->flight.row = row ? strdup(row) : NULL;
        if (at->flight.row)
            post(at);
        else
            ask(at);
    }
    free(row);
}
