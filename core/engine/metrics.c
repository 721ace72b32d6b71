/* engine/metrics.c - see metrics.h. */
#include "engine/metrics.h"

#include <stdlib.h>

#include "base/clock.h"
#include "engine/metrics_parts.h"
#include "engine/parts.h"
#include "engine/process.h"

static void number(struct bd_scrape *s, const char *name, double v, const char *help)
{
    bd_exposition_family(&s->x, name, BD_METRIC_GAUGE, help);
    bd_exposition_value(&s->x, NULL, v);
}

static void total(struct bd_scrape *s, const char *name, uint64_t n, const char *help)
{
    bd_exposition_family(&s->x, name, BD_METRIC_COUNTER, help);
    bd_exposition_count(&s->x, NULL, n);
}

static uint64_t read_count(const _Atomic uint64_t *n)
{
    return atomic_load_explicit(n, memory_order_relaxed);
}

static void write_skips(struct bd_scrape *s, const struct bd_tally *t)
{
    for (int k = BD_SKIP_NONE + 1; k < BD_SKIP_COUNT; k++)
        bd_exposition_count(&s->x,
                            BD_LABELS("provider", t->provider, "reason", bd_skip_name(k)),
                            read_count(&t->skipped[k]));
}

static void write_statuses(struct bd_scrape *s, const struct bd_tally *t)
{
    for (int k = 0; k < BD_STATUS_COUNT; k++)
        bd_exposition_count(
            &s->x, BD_LABELS("provider", t->provider, "status", bd_status_name(k)),
            read_count(&t->cells[k]));
}

static void write_cached(struct bd_scrape *s, const struct bd_tally *t)
{
    bd_exposition_count(&s->x, BD_LABELS("provider", t->provider),
                        read_count(&t->cached));
}

static const struct {
    const char *name, *help;
    void (*write)(struct bd_scrape *s, const struct bd_tally *t);
} cell_families[] = {
    {"brandiag_cells_total", "Cells that have ended, cached ones included, by status.",
     write_statuses},
    {"brandiag_cells_skipped_total",
     "Cells with status skipped, which were never sent, by reason.", write_skips},
    {"brandiag_cells_cached_total",
     "Cells with the answer of an earlier or another's call.", write_cached},
};

/* Providers are the lanes: those that have no cell yet are there with zeros. */
static void write_cells(struct bd_scrape *s)
{
    for (size_t f = 0; f < sizeof(cell_families) / sizeof(cell_families[0]); f++) {
        bd_exposition_family(&s->x, cell_families[f].name, BD_METRIC_COUNTER,
                             cell_families[f].help);
        for (size_t i = 0; i < s->lane_count; i++) {
            const struct bd_tally *t =
                bd__counters_tally(&s->engine->counters, s->lanes[i].provider);

            if (t)
                cell_families[f].write(s, t);
            else
                s->short_of_memory = true;
        }
    }
}

static int count_alive(struct bd_engine *e)
{
    int n;

    pthread_mutex_lock(&e->lock);
    n = e->alive;
    pthread_mutex_unlock(&e->lock);
    return n;
}

static void write_diagnoses(struct bd_scrape *s)
{
    struct bd_counters *c = &s->engine->counters;
    uint64_t finished[BD_RESULT_COUNT], overruns;
    struct bd_histogram took, sizes;

    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < BD_RESULT_COUNT; i++)
        finished[i] = c->finished[i];
    overruns = c->overruns;
    took = c->took;
    sizes = c->sizes;
    pthread_mutex_unlock(&c->lock);
    bd_exposition_family(&s->x, "brandiag_diagnoses_total", BD_METRIC_COUNTER,
                         "Diagnoses that are over: complete, partial or none, by the "
                         "cells that were answered; interrupted, if cancelled.");
    for (int i = 0; i < BD_RESULT_COUNT; i++)
        bd_exposition_count(&s->x, BD_LABELS("result", bd_result_name(i)), finished[i]);
    bd_exposition_family(&s->x, "brandiag_diagnosis_duration_seconds",
                         BD_METRIC_HISTOGRAM,
                         "How long diagnoses took that were not interrupted.");
    bd__scrape_histogram(s, NULL, &took);
    bd_exposition_family(&s->x, "brandiag_diagnosis_cells", BD_METRIC_HISTOGRAM,
                         "How many cells diagnoses had.");
    bd__scrape_histogram(s, NULL, &sizes);
    total(s, "brandiag_deadline_overruns_total", overruns,
          "Diagnoses whose report was more than 250 ms late.");
    number(s, "brandiag_diagnoses_alive", count_alive(s->engine),
           "Diagnoses that run, or have cells on their way to the storage.");
}

static void write_batches(struct bd_scrape *s, const struct bd_store_stats *st)
{
    static const double upper[BD_STORE_SIZES - 1] = {1, 4, 16, 64, 256};
    const struct bd_exposition_buckets b = {.bounds = BD_STORE_SIZES - 1,
                                            .upper = upper,
                                            .counts = st->batch_sizes,
                                            .sum = (double)st->rows};

    bd_exposition_family(&s->x, "brandiag_storage_batch_rows", BD_METRIC_HISTOGRAM,
                         "Rows of one transaction.");
    bd_exposition_histogram(&s->x, NULL, &b);
}

static void write_storage(struct bd_scrape *s)
{
    struct bd_store_stats st;

    if (!s->engine->store)
        return;
    bd_store_stats(s->engine->store, &st);
    total(s, "brandiag_storage_rows_total", st.rows, "Rows committed.");
    total(s, "brandiag_storage_batches_total", st.batches, "Transactions committed.");
    total(s, "brandiag_storage_written_bytes_total", st.bytes,
          "Bytes of rows committed.");
    total(s, "brandiag_storage_failed_rows_total", st.failed_rows,
          "Rows that could not be stored: what they held is only in the report.");
    total(s, "brandiag_storage_retries_total", st.retries,
          "Tries of a batch that follow a failed one.");
    number(s, "brandiag_storage_queued_rows", (double)st.queued_rows,
           "Rows accepted and not yet committed.");
    number(s, "brandiag_storage_queued_bytes", (double)st.queued_bytes,
           "Bytes of rows accepted and not yet committed.");
    total(s, "brandiag_storage_swaps_total", st.swaps,
          "Times a reload exchanged the storage.");
    write_batches(s, &st);
    number(s, "brandiag_storage_last_commit_seconds", (double)st.last_commit_ms / 1000,
           "How long the latest commit took.");
    number(s, "brandiag_storage_worst_commit_seconds", (double)st.worst_commit_ms / 1000,
           "How long the slowest commit took, since the start.");
}

static void write_pool(struct bd_scrape *s)
{
    struct bd_pool_stats st;

    bd_pool_stats(s->engine->pool, &st);
    number(s, "brandiag_pool_workers", st.workers, "Threads that run jobs.");
    total(s, "brandiag_pool_jobs_total", st.run, "Jobs run.");
    total(s, "brandiag_pool_stolen_total", st.stolen, "Jobs a worker took from another.");
    total(s, "brandiag_pool_injected_total", st.injected,
          "Jobs that came from other threads.");
    total(s, "brandiag_pool_sleeps_total", st.sleeps,
          "Times a worker found no job and slept.");
}

static void write_net(struct bd_scrape *s)
{
    struct bd_http_stats st;

    bd_http_stats(s->engine->http, &st);
    number(s, "brandiag_net_threads", st.threads, "Threads that move bytes.");
    number(s, "brandiag_net_calls_in_flight", st.in_flight, "HTTP calls under way.");
    total(s, "brandiag_net_calls_started_total", st.started, "HTTP calls begun.");
    total(s, "brandiag_net_calls_finished_total", st.finished, "HTTP calls ended.");
    total(s, "brandiag_net_late_turns_total", st.late_turns,
          "Times a network thread worked for more than 50 ms before it looked at its "
          "sockets again.");
    number(s, "brandiag_net_worst_lag_seconds", (double)st.max_lag_ms / 1000,
           "Longest time a network thread was late, since the start.");
}

/* The names that Prometheus's own client libraries use. */
static void write_process(struct bd_scrape *s)
{
    struct bd_process p;

    bd_process_look(&p);
    if (p.resident_bytes >= 0)
        number(s, "process_resident_memory_bytes", (double)p.resident_bytes,
               "Memory in use, without what is swapped out.");
    if (p.virtual_bytes >= 0)
        number(s, "process_virtual_memory_bytes", (double)p.virtual_bytes,
               "Address space in use.");
    if (p.open_files >= 0)
        number(s, "process_open_fds", (double)p.open_files, "Open descriptors.");
    if (p.max_files >= 0)
        number(s, "process_max_fds", (double)p.max_files,
               "Descriptors that may be open.");
    if (p.threads >= 0)
        number(s, "process_threads", (double)p.threads, "Threads.");
    if (p.cpu_seconds >= 0) {
        bd_exposition_family(&s->x, "process_cpu_seconds_total", BD_METRIC_COUNTER,
                             "CPU time used, user and system.");
        bd_exposition_value(&s->x, NULL, p.cpu_seconds);
    }
    if (p.start_seconds >= 0)
        number(s, "process_start_time_seconds", p.start_seconds,
               "When the process started, Unix time.");
}

int bd_engine_metrics(struct bd_engine *e, struct bd_buf *out)
{
    struct bd_scrape s = {.engine = e, .now_ms = bd_clock_ms()};

    bd_exposition_init(&s.x, out);
    bd__scrape_look(&s);
    bd_exposition_family(&s.x, "brandiag_build_info", BD_METRIC_GAUGE,
                         "Always 1; the label tells the version.");
    bd_exposition_value(&s.x, BD_LABELS("version", BD_VERSION), 1);
    bd__scrape_lanes(&s);
    write_cells(&s);
    write_diagnoses(&s);
    write_storage(&s);
    write_pool(&s);
    write_net(&s);
    write_process(&s);
    free(s.lanes);
    return bd_exposition_end(&s.x) < 0 || s.short_of_memory ? -1 : 0;
}

void bd_engine_vitals(struct bd_engine *e, struct bd_vitals *out)
{
    struct bd_vitals_window w;

    pthread_mutex_lock(&e->counters.lock);
    w = e->counters.vitals;
    pthread_mutex_unlock(&e->counters.lock);
    bd_vitals_look(&w, bd_clock_ms(), out);
}
