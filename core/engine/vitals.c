/* engine/vitals.c - see vitals.h. */
#include "engine/vitals.h"

#include <math.h>
#include <stdlib.h>

void bd_vitals_init(struct bd_vitals_window *w)
{
    *w = (struct bd_vitals_window){0};
}

/* Steps between the newest one and now hold what is long past: emptied. */
static int64_t advance(struct bd_vitals_window *w, int64_t now_ms)
{
    int64_t step = now_ms / BD_VITALS_STEP_MS, from = w->newest + 1;

    if (from <= step - BD_VITALS_STEPS)
        from = step - BD_VITALS_STEPS + 1;
    for (; from <= step; from++) {
        w->cells[from % BD_VITALS_STEPS].answered = 0;
        w->cells[from % BD_VITALS_STEPS].failed = 0;
    }
    if (step > w->newest)
        w->newest = step;
    return w->newest;
}

void bd_vitals_cells(struct bd_vitals_window *w, int64_t now_ms, uint64_t answered,
                     uint64_t failed)
{
    int64_t step = advance(w, now_ms);

    w->cells[step % BD_VITALS_STEPS].answered += answered;
    w->cells[step % BD_VITALS_STEPS].failed += failed;
}

void bd_vitals_diagnosis(struct bd_vitals_window *w, int64_t now_ms, int64_t took_ms)
{
    uint64_t i = w->diagnosed++ % BD_VITALS_KEPT;

    w->diagnoses[i].step = advance(w, now_ms);
    w->diagnoses[i].took_ms = took_ms > 0 ? took_ms : 0;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The smallest duration that 95 % of them stay within. */
static int64_t p95(int64_t *took_ms, size_t n)
{
    size_t rank = (n * 95 + 99) / 100;

    if (n == 0)
        return -1;
    qsort(took_ms, n, sizeof(*took_ms), by_size);
    return took_ms[rank - 1];
}

void bd_vitals_look(const struct bd_vitals_window *w, int64_t now_ms,
                    struct bd_vitals *out)
{
    int64_t first = now_ms / BD_VITALS_STEP_MS - (BD_VITALS_STEPS - 1);
    int64_t kept = w->newest - (BD_VITALS_STEPS - 1), took_ms[BD_VITALS_KEPT];
    size_t n = w->diagnosed < BD_VITALS_KEPT ? w->diagnosed : BD_VITALS_KEPT;
    uint64_t answered = 0, failed = 0, samples = 0;

    if (kept < 0)
        kept = 0;
    for (int64_t s = first > kept ? first : kept; s <= w->newest; s++) {
        answered += w->cells[s % BD_VITALS_STEPS].answered;
        failed += w->cells[s % BD_VITALS_STEPS].failed;
    }
    for (size_t i = 0; i < n; i++)
        if (w->diagnoses[i].step >= first)
            took_ms[samples++] = w->diagnoses[i].took_ms;
    *out = (struct bd_vitals){
        .cells = answered + failed,
        .answered =
            answered + failed ? (double)answered / (double)(answered + failed) : NAN,
        .p95_ms = p95(took_ms, samples),
        .samples = samples,
    };
}
