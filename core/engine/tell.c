/* engine/tell.c - what the log says of a diagnosis on its way (docs/logs.md). */
#include "base/log.h"
#include "engine/counters.h"
#include "engine/parts.h"

#define SOURCE "diagnosis"

void bd__tell_begun(const struct bd_diagnosis *d)
{
    bd_log_about(BD_LOG_INFO, SOURCE, d->record.id, NULL,
                 "begun: %zu tasks, %zu of them over before, deadline %d ms",
                 d->record.cell_count, d->over, d->record.deadline_ms);
}

void bd__tell_finished(const struct bd_diagnosis *d)
{
    const struct bd_record *rec = &d->record;
    int by_status[BD_STATUS_COUNT] = {0}, calls = 0;

    if (!bd_log_enabled(BD_LOG_INFO))
        return;
    for (size_t i = 0; i < rec->cell_count; i++) {
        by_status[rec->cells[i].status]++;
        calls += rec->cells[i].attempts;
    }
    bd_log_about(BD_LOG_INFO, SOURCE, rec->id, NULL,
                 "finished, %s: %d ok, %d truncated, %d refused, %d timeout, %d error, "
                 "%d skipped, %d cancelled; %d calls, %lld ms",
                 bd_result_name(bd_result_of(rec)), by_status[BD_STATUS_OK],
                 by_status[BD_STATUS_TRUNCATED], by_status[BD_STATUS_REFUSED],
                 by_status[BD_STATUS_TIMEOUT], by_status[BD_STATUS_ERROR],
                 by_status[BD_STATUS_SKIPPED], by_status[BD_STATUS_CANCELLED], calls,
                 (long long)rec->elapsed_ms);
}

void bd__tell_attempt(const struct bd_run *run, const struct bd_attempt_result *r)
{
    struct bd_cell place;
    char key[40];

    if (r->error.type == BD_ERR_NONE || !bd_log_enabled(BD_LOG_DEBUG))
        return;
    bd__result_blank(&place, run);
    bd_cell_key(&place, key);
    bd_cell_free(&place);
    bd_log_about(BD_LOG_DEBUG, "attempt", run->diagnosis->record.id, key,
                 "%s failed after %lld ms: %s (%s %d)", run->slot->name,
                 (long long)r->total_ms, r->error.message, bd_error_name(r->error.type),
                 (int)r->error.code);
}
