/* engine/counters.c - see counters.h. */
#include "engine/counters.h"

#include <stdlib.h>
#include <string.h>

#include "domain/report/report.h"

#define LATE_MS 250 /* a report leaves by then: past it the promise is broken */

void bd__counters_init(struct bd_counters *c)
{
    memset(c, 0, sizeof(*c));
    pthread_mutex_init(&c->lock, NULL);
    bd_histogram_init(&c->took, &bd_histogram_seconds);
    bd_histogram_init(&c->sizes, &bd_histogram_sizes);
    bd_vitals_init(&c->vitals);
}

void bd__counters_free(struct bd_counters *c)
{
    while (c->tallies) {
        struct bd_tally *t = c->tallies;

        c->tallies = t->next;
        free(t);
    }
    pthread_mutex_destroy(&c->lock);
}

/* Lock held. */
static struct bd_tally *make(struct bd_counters *c, const char *provider)
{
    size_t bytes = strlen(provider) + 1;
    struct bd_tally *t = calloc(1, sizeof(*t) + bytes);

    if (!t)
        return NULL;
    memcpy(t->provider, provider, bytes);
    t->next = c->tallies;
    c->tallies = t;
    return t;
}

struct bd_tally *bd__counters_tally(struct bd_counters *c, const char *provider)
{
    struct bd_tally *t;

    pthread_mutex_lock(&c->lock);
    for (t = c->tallies; t && strcmp(t->provider, provider) != 0;)
        t = t->next;
    if (!t)
        t = make(c, provider);
    pthread_mutex_unlock(&c->lock);
    return t;
}

void bd__tally_count(struct bd_tally *tally, const struct bd_cell *cell)
{
    if (!tally)
        return;
    atomic_fetch_add_explicit(&tally->cells[cell->status], 1, memory_order_relaxed);
    if (cell->status == BD_STATUS_SKIPPED)
        atomic_fetch_add_explicit(&tally->skipped[cell->skip], 1, memory_order_relaxed);
    if (cell->cached)
        atomic_fetch_add_explicit(&tally->cached, 1, memory_order_relaxed);
}

static enum bd_result result_of(const struct bd_record *rec)
{
    if (rec->interrupted)
        return BD_RESULT_INTERRUPTED;
    switch (bd_report_exit_code(rec)) {
    case 0:
        return BD_RESULT_COMPLETE;
    case 4:
        return BD_RESULT_NONE;
    default:
        return BD_RESULT_PARTIAL;
    }
}

/* What somebody cancelled, and what a limit of cost forbade, says nothing about health.
 */
static void count_cells(const struct bd_record *rec, uint64_t *answered, uint64_t *failed)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        *answered += c->status == BD_STATUS_OK || c->status == BD_STATUS_TRUNCATED ||
                     c->status == BD_STATUS_REFUSED;
        *failed += c->status == BD_STATUS_TIMEOUT || c->status == BD_STATUS_ERROR ||
                   (c->status == BD_STATUS_SKIPPED && c->skip != BD_SKIP_BUDGET);
    }
}

void bd__counters_finish(struct bd_counters *c, const struct bd_record *rec,
                         int64_t now_ms, int64_t late_ms)
{
    enum bd_result result = result_of(rec);
    uint64_t answered = 0, failed = 0;

    count_cells(rec, &answered, &failed);
    pthread_mutex_lock(&c->lock);
    c->finished[result]++;
    c->overruns += late_ms > LATE_MS;
    bd_histogram_add(&c->sizes, (double)rec->cell_count);
    bd_vitals_cells(&c->vitals, now_ms, answered, failed);
    if (result != BD_RESULT_INTERRUPTED) {
        bd_histogram_add(&c->took, (double)rec->elapsed_ms / 1000);
        bd_vitals_diagnosis(&c->vitals, now_ms, rec->elapsed_ms);
    }
    pthread_mutex_unlock(&c->lock);
}

const char *bd_result_name(enum bd_result r)
{
    static const char *const names[] = {
#define X(id, name) name,
        BD_RESULT_MAP(X)
#undef X
    };

    return names[r];
}
