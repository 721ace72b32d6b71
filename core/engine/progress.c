/* engine/progress.c - a look at a diagnosis while it runs. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engine/parts.h"

static void count_run(const struct bd_run *run, struct bd_progress *p,
                      struct bd_progress_row *row)
{
    bool calls = run->calls[BD_PASS_FIRST].attempt || run->calls[BD_PASS_HEDGE].attempt;
    bool ok = run->over && (run->cell->status == BD_STATUS_OK ||
                            run->cell->status == BD_STATUS_TRUNCATED ||
                            run->cell->status == BD_STATUS_REFUSED);

    p->total++;
    p->done += run->over;
    p->ok += ok;
    p->failed += run->over && !ok;
    p->running += !run->over && calls;
    p->waiting += !run->over && !calls;
    if (!row)
        return;
    row->total++;
    row->ok += ok;
    row->failed += run->over && !ok;
    row->running += !run->over && calls;
    row->waiting += !run->over && !calls;
}

static void look_at_lane(struct bd_diagnosis *d, struct bd_progress_row *row,
                         int64_t now_ms)
{
    struct bd_lane_view v;

    if (!bd_scheduler_look(d->engine->scheduler, row->name, now_ms, &v))
        return;
    row->off = v.off;
    row->breaker = bd_breaker_state_name(v.breaker);
    row->breakers_open = v.keys_open;
    row->hold = v.wait == BD_LIMITER_FREE ? "" : bd_limiter_wait_name(v.wait);
    row->hold_ms = v.wait_ms;
}

struct bd_model_state *bd__progress_states(const struct bd_diagnosis *d,
                                           const struct bd_model_state *before)
{
    const struct bd_inquiry *q = &d->record.inquiry;
    struct bd_model_state *all = calloc(q->model_count + 1, sizeof(*all));
    int64_t now_ms = bd_clock_ms();
    struct bd_lane_view v;

    for (size_t i = 0; all && i < q->model_count; i++) {
        if (!bd_scheduler_look(d->engine->scheduler, q->models[i].provider, now_ms, &v))
            continue;
        snprintf(all[i].breaker, sizeof(all[i].breaker), "%s",
                 bd_breaker_state_name(v.breaker));
        all[i].keys_open = v.keys_open;
        all[i].opened = (int)v.opened - (before ? before[i].opened : 0);
        all[i].hedges = (int)v.hedges - (before ? before[i].hedges : 0);
    }
    return all;
}

size_t bd_diagnosis_progress(struct bd_diagnosis *d, struct bd_progress *out,
                             struct bd_progress_row *rows, size_t max)
{
    const struct bd_inquiry *q = &d->record.inquiry;
    int64_t now_ms = bd_clock_ms();

    *out = (struct bd_progress){0};
    for (size_t i = 0; i < q->model_count && i < max; i++)
        rows[i] = (struct bd_progress_row){
            .name = q->models[i].provider, .breaker = "closed", .hold = ""};
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < d->record.cell_count; i++) {
        size_t m = (size_t)d->runs[i].cell->model;

        count_run(&d->runs[i], out, m < max ? &rows[m] : NULL);
    }
    out->left_ms = d->sealed ? 0 : bd_deadline_left_ms(&d->deadline, now_ms);
    out->elapsed_ms = d->sealed ? d->record.elapsed_ms : now_ms - d->deadline.start_ms;
    pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < q->model_count && i < max; i++)
        look_at_lane(d, &rows[i], now_ms);
    return q->model_count;
}
