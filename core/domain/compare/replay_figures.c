/* domain/compare/replay_figures.c - what another reading makes of the figures. See
 * replay.h.
 *
 * The same cells twice: as they are read today, and with the gist of their time put in
 * its place. An answer without a gist is the same in both. */
#include <math.h>
#include <stdlib.h>

#include "domain/compare/replay.h"
#include "domain/figures/branded.h"

struct reading { /* of one cell, as it was */
    struct bd_cell cell;
    struct bd_observation geo;
    struct bd_sighting brands[BD_INQUIRY_BRANDS];
};

/* Lent parts of c, with what the gist says otherwise. */
static void go_back(struct reading *r, const struct bd_cell *c)
{
    const struct bd_gist *g = c->kept;
    int first = 0;

    r->cell = *c;
    r->geo = *c->geo;
    r->cell.geo = &r->geo;
    r->geo.brands = r->brands;
    r->geo.brand_count = g->brand_count;
    r->geo.refused = g->refused;
    r->geo.first_brand = -1;
    if (c->status == BD_STATUS_REFUSED && !g->refused)
        r->cell.status = BD_STATUS_OK; /* it was an answer then */
    for (size_t b = 0; b < g->brand_count; b++) {
        const struct bd_gist_brand *was = &g->brands[b];

        r->brands[b] = (struct bd_sighting){.mentioned = was->mentioned,
                                            .type = was->type,
                                            .rank = was->rank,
                                            .order = was->order,
                                            .sentiment = was->sentiment};
        if (was->order && was->type != BD_MENTION_NEGATIVE &&
            (!first || was->order < first)) {
            first = was->order;
            r->geo.first_brand = (int)b;
        }
    }
}

static void add_cell(struct bd_totals *t, const struct bd_cell *c, const bool *branded)
{
    struct bd_sums sums[BD_INQUIRY_BRANDS];
    bool counts = c->probe == BD_PROBE_NEUTRAL && !branded[c->question];

    for (size_t b = 0; b < t->brands; b++)
        bd_measure_cell(&sums[b], c, b, counts);
    bd_totals_add(t, (size_t)c->model, sums, 1);
}

static void add_up(struct bd_totals *was, struct bd_totals *is,
                   const struct bd_record *rec, const bool *branded)
{
    struct reading then;

    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        if (!c->geo)
            continue;
        add_cell(is, c, branded);
        if (c->kept)
            go_back(&then, c);
        add_cell(was, c->kept ? &then.cell : c, branded);
    }
}

static bool differ(double a, double b)
{
    return !(isnan(a) && isnan(b)) && !(fabs(a - b) < 1e-9);
}

static void tell(const struct bd_totals *was, const struct bd_totals *is,
                 bd_replay_figure_fn *fn, void *arg)
{
    for (size_t b = 0; b < is->brands; b++)
        for (enum bd_measure m = 0; m < BD_MEASURE_COUNT; m++) {
            struct bd_replay_figure f = {m, b, bd_measure(m, was, b),
                                         bd_measure(m, is, b)};

            if (differ(f.was, f.is))
                fn(arg, &f);
        }
}

int bd_replay_figures(const struct bd_record *rec, bd_replay_figure_fn *fn, void *arg)
{
    const struct bd_inquiry *q = &rec->inquiry;
    bool *branded = calloc(q->question_count + 1, sizeof(*branded));
    struct bd_totals was, is;
    int rc = bd_totals_init(&was, q->brand_count, q->model_count);

    if (bd_totals_init(&is, q->brand_count, q->model_count) < 0 || !branded ||
        bd_branded_find(branded, q) < 0)
        rc = -1;
    if (rc == 0) {
        was.weights = is.weights = q->weights;
        add_up(&was, &is, rec, branded);
        tell(&was, &is, fn, arg);
    }
    bd_totals_free(&was);
    bd_totals_free(&is);
    free(branded);
    return rc;
}
