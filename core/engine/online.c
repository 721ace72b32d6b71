/* engine/online.c - a diagnosis of one short neutral question. */
#include "engine/online.h"

#include "base/clock.h"
#include "engine/diagnosis.h"

static void tell(const struct bd_record *rec,
                 void (*each)(void *arg, const struct bd_online_view *v), void *arg)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];
        const struct bd_online_view v = {
            .provider = rec->inquiry.models[c->model].provider,
            .model = rec->inquiry.models[c->model].model,
            .ok = bd_cell_answered(c) || c->status == BD_STATUS_REFUSED,
            .latency_ms = c->latency_ms,
            .error = &c->error,
        };

        each(arg, &v);
    }
}

int bd_online_check(struct bd_engine *e,
                    void (*each)(void *arg, const struct bd_online_view *v), void *arg,
                    struct bd_error *err)
{
    static const struct bd_diagnosis_limits limits = {.fresh = true};
    struct bd_inquiry q;
    struct bd_diagnosis *d = NULL;
    const char *const *notes;
    size_t note_count;
    int rc = -1;

    bd_inquiry_init(&q);
    q.probes = BD_PROBE_NEUTRAL;
    if (bd_inquiry_add_brand(&q, "brandiag-check", err) == 0 &&
        bd_inquiry_add_question(&q, "Reply with the word OK.", err) == 0)
        rc = bd_diagnosis_start(&d, e, &q, &limits, err);
    bd_inquiry_free(&q);
    if (rc < 0)
        return -1;
    while (!bd_diagnosis_wait(d, bd_clock_ms() + 1000))
        ;
    tell(bd_diagnosis_seal(d, &notes, &note_count), each, arg);
    bd_diagnosis_free(d);
    return 0;
}
