/* engine/diagnosis.c - waiting for a diagnosis, ending and sealing it. */
#include "engine/diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"
#include "domain/reading/reading.h"
#include "domain/words.h"
#include "engine/parts.h"

#define SOURCE "diagnosis"

void bd__diagnosis_ref(struct bd_diagnosis *d)
{
    atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
}

bool bd__diagnosis_try_ref(struct bd_diagnosis *d)
{
    int refs = atomic_load_explicit(&d->refs, memory_order_relaxed);

    while (refs > 0)
        if (atomic_compare_exchange_weak_explicit(
                &d->refs, &refs, refs + 1, memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
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
    free(d->client_key);
    free(d->order);
    bd_reader_free(d->reader);
    bd_record_free(&d->record);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

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
    if (--e->alive == 0)
        pthread_cond_broadcast(&e->quiet);
    pthread_mutex_unlock(&e->lock); /* the engine may be gone from here on */
    bd__diagnosis_free(d);
}

void bd__diagnosis_begin_work(struct bd_diagnosis *d)
{
    atomic_fetch_add_explicit(&d->work, 1, memory_order_relaxed);
    bd__diagnosis_ref(d);
}

void bd__diagnosis_end_work(struct bd_diagnosis *d)
{
    if (atomic_fetch_sub_explicit(&d->work, 1, memory_order_acq_rel) == 1)
        bd__edition_release(d->engine, d->edition);
    bd__diagnosis_unref(d);
}

static struct timespec at_time(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

static bool is_over(const struct bd_diagnosis *d)
{
    return d->over == d->record.cell_count || d->left ||
           bd_clock_ms() >= d->deadline.end_ms;
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
        d->over++;
        d->unstored++;
        run->cell->status = d->cancelled ? BD_STATUS_CANCELLED : BD_STATUS_TIMEOUT;
        run->cell->attempts = run->attempts;
        run->cell->doubtful = run->doubtful;
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

/* That it is done must not be stored before its cells are: a crash in between would take
 * those for lost. */
static void wait_sent(struct bd_diagnosis *d)
{
    struct timespec until = at_time(bd_clock_ms() + 1000);

    pthread_mutex_lock(&d->lock);
    while (d->unsent > 0 &&
           pthread_cond_timedwait(&d->changed, &d->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&d->lock);
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

/* The owner's part of the work: nothing more begins. */
static void release_edition(struct bd_diagnosis *d)
{
    bool held;

    pthread_mutex_lock(&d->lock);
    held = d->owned;
    d->owned = false;
    pthread_mutex_unlock(&d->lock);
    if (held && atomic_fetch_sub_explicit(&d->work, 1, memory_order_acq_rel) == 1)
        bd__edition_release(d->engine, d->edition);
}

void bd__diagnosis_show(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;

    if (run->shown)
        return;
    run->shown = true;
    d->order[d->shown++] = (uint32_t)(run - d->runs);
    pthread_cond_broadcast(&d->changed);
}

/* The record is there, whatever the storage does. */
static void show_all(struct bd_diagnosis *d)
{
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->record.cell_count; i++)
        bd__diagnosis_show(&d->runs[i]);
    pthread_mutex_unlock(&d->lock);
}

const struct bd_record *bd_diagnosis_seal(struct bd_diagnosis *d,
                                          const char *const **notes, size_t *note_count)
{
    bool sealed;

    pthread_mutex_lock(&d->lock);
    sealed = d->sealed;
    if (!sealed) {
        close_cells(d);
        d->sealed = true;
        pthread_cond_broadcast(&d->changed);
        d->record.interrupted = d->cancelled;
        d->record.elapsed_ms = bd_clock_ms() - d->deadline.start_ms;
        d->record.states = bd__progress_states(d, d->before);
    }
    pthread_mutex_unlock(&d->lock);
    if (!sealed) {
        bd__diagnosis_cut(d);
        for (size_t i = 0; i < d->record.cell_count; i++)
            if (d->runs[i].closed)
                bd__persist_cell(&d->runs[i]);
        wait_sent(d);
        bd__persist_diagnosis(d, true);
        wait_stored(d);
        show_all(d);
        bd__journal_over(d);
        release_edition(d);
        bd__counters_finish(&d->engine->counters, &d->record, bd_clock_ms(),
                            bd_clock_ms() - d->deadline.end_ms);
    }
    *notes = (const char *const *)d->notes;
    *note_count = d->note_count;
    return &d->record;
}

void bd__diagnosis_leave(struct bd_diagnosis *d)
{
    pthread_mutex_lock(&d->lock);
    if (!d->sealed)
        for (size_t i = 0; i < d->record.cell_count; i++)
            cancel_calls(&d->runs[i]);
    d->left = d->left || !d->sealed;
    d->sealed = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_cut(d);
    release_edition(d);
}

static bool is_done(struct bd_diagnosis *d)
{
    bool done;

    pthread_mutex_lock(&d->lock);
    done = d->sealed && !d->left;
    pthread_mutex_unlock(&d->lock);
    return done;
}

/* The row of a call that was begun is queued under the lock: before the cell's, which
 * must stand in the end. */
static void store_run_again(struct bd_run *run)
{
    struct bd_diagnosis *d = run->diagnosis;
    struct bd_error err; /* a row less: the call is not known as begun after a crash */
    bool over;

    pthread_mutex_lock(&d->lock);
    over = run->over;
    d->unstored += over;
    if (!over && bd__launch_begun(run))
        (void)(bd__persist_begun(run, NULL, &err) < 0);
    pthread_mutex_unlock(&d->lock);
    if (over)
        bd__persist_cell(run);
}

void bd__diagnosis_store_again(struct bd_diagnosis *d)
{
    bd__persist_diagnosis(d, false);
    for (size_t i = 0; i < d->record.cell_count; i++)
        store_run_again(&d->runs[i]);
    if (is_done(d)) /* after its cells, and after the row above, if it ended meanwhile */
        bd__persist_diagnosis(d, true);
}

bool bd__diagnosis_is_lost(struct bd_diagnosis *d)
{
    bool lost;

    pthread_mutex_lock(&d->lock);
    lost = d->lost > 0;
    pthread_mutex_unlock(&d->lock);
    return lost;
}

void bd__diagnosis_mend(struct bd_diagnosis *d)
{
    pthread_mutex_lock(&d->lock);
    d->unstored_for_good -= d->lost;
    d->lost = 0;
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_store_again(d);
}

size_t bd__diagnosis_over(struct bd_diagnosis *d, size_t seen, int64_t until_ms)
{
    struct timespec until = at_time(until_ms);
    size_t shown;

    pthread_mutex_lock(&d->lock);
    while (d->shown <= seen && !d->sealed && d->shown < d->record.cell_count &&
           pthread_cond_timedwait(&d->changed, &d->lock, &until) != ETIMEDOUT)
        ;
    shown = d->shown;
    pthread_mutex_unlock(&d->lock);
    return shown;
}

json_t *bd__diagnosis_cell(struct bd_diagnosis *d, size_t n)
{
    const struct bd_cell *cell = NULL;

    pthread_mutex_lock(&d->lock);
    if (n < d->shown)
        cell = &d->record.cells[d->order[n]]; /* never changes again */
    pthread_mutex_unlock(&d->lock);
    return cell ? bd_cell_to_json(cell, &d->record.inquiry) : NULL;
}

void bd_diagnosis_free(struct bd_diagnosis *d)
{
    if (!d)
        return;
    bd_diagnosis_cancel(d);
    release_edition(d);
    bd__diagnosis_unref(d);
}

const struct bd_inquiry *bd_diagnosis_inquiry(const struct bd_diagnosis *d)
{
    return &d->record.inquiry;
}

const char *bd_diagnosis_id(const struct bd_diagnosis *d)
{
    return d->record.id;
}
