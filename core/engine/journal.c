/* engine/journal.c - what the log tells of diagnoses: with which they began, what came of
 * each call, how they ended. */
#include <stdio.h>

#include "base/log.h"
#include "engine/parts.h"

#define SOURCE "diagnosis"

void bd__journal_begun(const struct bd_diagnosis *d)
{
    const struct bd_log_about about = {.diagnosis = d->record.id};

    bd_log_about(BD_LOG_INFO, SOURCE, &about,
                 "begins: %zu tasks, %zu of them done, %zu models, deadline %lld ms, "
                 "generation %u",
                 d->record.cell_count, d->over, d->record.inquiry.model_count,
                 (long long)d->record.deadline_ms, d->edition->number);
}

void bd__journal_over(const struct bd_diagnosis *d)
{
    const struct bd_log_about about = {.diagnosis = d->record.id};
    int counts[BD_STATUS_COUNT] = {0};
    struct bd_buf text;

    if (!bd_log_enabled(BD_LOG_INFO))
        return;
    for (size_t i = 0; i < d->record.cell_count; i++)
        counts[d->record.cells[i].status]++;
    bd_buf_init(&text, 1024);
    for (int s = 0; s < BD_STATUS_COUNT; s++)
        if (counts[s])
            (void)bd_buf_addf(&text, ", %d %s", counts[s],
                              bd_status_name((enum bd_status)s));
    bd_log_about(BD_LOG_INFO, SOURCE, &about, "over after %lld ms%s%s",
                 (long long)d->record.elapsed_ms, text.data,
                 d->record.interrupted ? ", interrupted" : "");
    bd_buf_free(&text);
}

static void name_task(const struct bd_run *run, char key[BD__CELL_KEY])
{
    struct bd_cell place;

    bd_cell_init(&place);
    place.probe = run->place.probe;
    place.brand = run->place.brand;
    place.question = run->place.question;
    place.model = run->place.model;
    place.sample = run->place.sample;
    bd_cell_key(&place, key);
}

void bd__journal_call(const struct bd_run *run, const struct bd_attempt_result *r)
{
    char key[BD__CELL_KEY];
    const struct bd_log_about about = {run->diagnosis->record.id, key};

    if (!bd_log_enabled(BD_LOG_DEBUG))
        return;
    name_task(run, key);
    if (r->error.type == BD_ERR_NONE)
        bd_log_about(BD_LOG_DEBUG, SOURCE, &about,
                     "%s: %zu bytes in %lld ms, the first after %lld ms%s%s",
                     run->slot->name, r->text_bytes, (long long)r->total_ms,
                     (long long)r->ttft_ms, *r->request_id ? ", request " : "",
                     r->request_id);
    else
        bd_log_about(BD_LOG_DEBUG, SOURCE, &about, "%s: %s after %lld ms: %s",
                     run->slot->name, bd_error_name(r->error.type),
                     (long long)r->total_ms, r->error.message);
}

void bd__journal_failed(const struct bd_run *run, const struct bd_cell *cell)
{
    char key[BD__CELL_KEY];
    const struct bd_log_about about = {run->diagnosis->record.id, key};

    if (!bd_log_enabled(BD_LOG_INFO) || bd_cell_answered(cell))
        return;
    name_task(run, key);
    if (cell->error.type == BD_ERR_NONE)
        bd_log_about(BD_LOG_INFO, SOURCE, &about, "%s: %s, %s, after %d calls",
                     run->slot->name, bd_status_name(cell->status),
                     bd_skip_name(cell->skip) ? bd_skip_name(cell->skip) : "",
                     run->attempts);
    else
        bd_log_about(BD_LOG_INFO, SOURCE, &about, "%s: %s, %s, after %d calls: %s",
                     run->slot->name, bd_status_name(cell->status),
                     bd_error_name(cell->error.type), run->attempts, cell->error.message);
}
