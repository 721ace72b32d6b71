/* domain/figures/measure.c - see measure.h. */
#include "domain/figures/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/figures_parts.h"
#include "domain/figures/score.h"

int bd_totals_init(struct bd_totals *t, size_t brands, size_t models)
{
    *t = (struct bd_totals){.brands = brands, .models = models};
    t->sums = calloc(brands + 1, sizeof(*t->sums));
    t->known = calloc(brands * models + 1, sizeof(*t->known));
    t->hits = calloc(brands * models + 1, sizeof(*t->hits));
    return t->sums && t->known && t->hits ? 0 : -1;
}

void bd_totals_free(struct bd_totals *t)
{
    free(t->sums);
    free(t->known);
    free(t->hits);
    *t = (struct bd_totals){0};
}

void bd_totals_reset(struct bd_totals *t)
{
    memset(t->sums, 0, t->brands * sizeof(*t->sums));
    memset(t->known, 0, t->brands * t->models * sizeof(*t->known));
    memset(t->hits, 0, t->brands * t->models * sizeof(*t->hits));
}

void bd_totals_add(struct bd_totals *t, size_t model, const struct bd_sums *sums,
                   int times)
{
    for (size_t b = 0; b < t->brands; b++) {
        for (size_t i = 0; i < BD_SUM_COUNT; i++)
            t->sums[b].of[i] += times * sums[b].of[i];
        t->known[model * t->brands + b] += times * sums[b].of[BD_SUM_KNOWN];
        t->hits[model * t->brands + b] += times * sums[b].of[BD_SUM_HITS];
    }
}

void bd_totals_join(struct bd_totals *t, const struct bd_totals *other, int times)
{
    for (size_t b = 0; b < t->brands; b++)
        for (size_t i = 0; i < BD_SUM_COUNT; i++)
            t->sums[b].of[i] += times * other->sums[b].of[i];
    for (size_t i = 0; i < t->brands * t->models; i++) {
        t->known[i] += times * other->known[i];
        t->hits[i] += times * other->hits[i];
    }
}

void bd_totals_subtract(struct bd_totals *t, const struct bd_totals *all,
                        const struct bd_totals *part)
{
    for (size_t b = 0; b < t->brands; b++)
        for (size_t i = 0; i < BD_SUM_COUNT; i++)
            t->sums[b].of[i] = all->sums[b].of[i] - part->sums[b].of[i];
    for (size_t i = 0; i < t->brands * t->models; i++) {
        t->known[i] = all->known[i] - part->known[i];
        t->hits[i] = all->hits[i] - part->hits[i];
    }
}

static void look(struct bd_sums *out, const struct bd_cell *c, size_t b, bool hit)
{
    const struct bd_sighting *s = &c->geo->brands[b];
    const int rank = hit ? s->rank : 0;

    out->of[BD_SUM_KNOWN] = 1;
    out->of[BD_SUM_HITS] = hit;
    out->of[BD_SUM_FIRST] = hit && c->geo->first_brand == (int)b;
    out->of[BD_SUM_TOP1] = rank == 1;
    out->of[BD_SUM_TOP3] = rank >= 1 && rank <= 3;
    out->of[BD_SUM_RANKED] = rank > 0;
    out->of[BD_SUM_RANKS] = rank;
    out->of[BD_SUM_RECIPROCALS] = rank > 0 ? 1.0 / rank : 0;
    out->of[BD_SUM_LADDER] = bd_score_ladder(hit, rank);
    out->of[BD_SUM_RECOMMENDED] = s->type == BD_MENTION_RECOMMENDED;
}

void bd_measure_cell(struct bd_sums *out, const struct bd_cell *c, size_t brand,
                     bool counts)
{
    enum bd_known known = bd_cell_knows(c, brand), caught;

    *out = (struct bd_sums){{0}};
    if (known == BD_YES && !isnan(c->geo->brands[brand].sentiment)) {
        out->of[BD_SUM_TONED] = 1;
        out->of[BD_SUM_TONES] = c->geo->brands[brand].sentiment;
    }
    if (!counts)
        return;
    if (known != BD_UNKNOWN)
        look(out, c, brand, known == BD_YES);
    caught = bd__intercepts(c, brand, c->geo ? c->geo->brand_count : 0);
    out->of[BD_SUM_OPEN] = caught != BD_UNKNOWN;
    out->of[BD_SUM_CAUGHT] = caught == BD_YES;
}

static double divide(double a, double n)
{
    return n > 0 ? a / n : NAN;
}

/* Each model weighs the same; one without an answer is left out. */
static double macro(const struct bd_totals *t, size_t b)
{
    double sum = 0;
    int n = 0;

    for (size_t m = 0; m < t->models; m++) {
        size_t at = m * t->brands + b;

        if (t->known[at] <= 0)
            continue;
        sum += t->hits[at] / t->known[at];
        n++;
    }
    return divide(sum, n);
}

static double voices(const struct bd_totals *t)
{
    double sum = 0;

    for (size_t b = 0; b < t->brands && t->brands > 1; b++)
        sum += t->sums[b].of[BD_SUM_HITS];
    return sum;
}

static double score(const struct bd_totals *t, size_t b)
{
    const double *s = t->sums[b].of;
    struct bd_brand_figures x = {
        .mention = {.hits = (int)s[BD_SUM_HITS], .n = (int)s[BD_SUM_KNOWN]},
        .mention_macro = macro(t, b),
        .share_of_voice = {.value = divide(s[BD_SUM_HITS], voices(t))},
        .sentiment = {.value = divide(s[BD_SUM_TONES], s[BD_SUM_TONED])},
    };

    bd_score_make(&x, divide(s[BD_SUM_LADDER], s[BD_SUM_KNOWN]), t->brands, &t->weights);
    return x.score;
}

struct fraction {
    enum bd_sum over, under;
    bool rate;
};

/* Of what is one sum by another. */
static const struct fraction fractions[BD_MEASURE_COUNT] = {
    [BD_MEASURE_MENTION] = {BD_SUM_HITS, BD_SUM_KNOWN, true},
    [BD_MEASURE_FIRST] = {BD_SUM_FIRST, BD_SUM_KNOWN, true},
    [BD_MEASURE_TOP1] = {BD_SUM_TOP1, BD_SUM_KNOWN, true},
    [BD_MEASURE_TOP3] = {BD_SUM_TOP3, BD_SUM_KNOWN, true},
    [BD_MEASURE_INTERCEPTION] = {BD_SUM_CAUGHT, BD_SUM_OPEN, true},
    [BD_MEASURE_RECOMMENDED] = {BD_SUM_RECOMMENDED, BD_SUM_KNOWN, true},
    [BD_MEASURE_RANK] = {BD_SUM_RANKS, BD_SUM_RANKED, false},
    [BD_MEASURE_RECIPROCAL] = {BD_SUM_RECIPROCALS, BD_SUM_KNOWN, false},
    [BD_MEASURE_SENTIMENT] = {BD_SUM_TONES, BD_SUM_TONED, false},
};

double bd_measure(enum bd_measure what, const struct bd_totals *t, size_t brand)
{
    const double *s = t->sums[brand].of;

    if (what == BD_MEASURE_MACRO)
        return macro(t, brand);
    if (what == BD_MEASURE_VOICE)
        return divide(s[BD_SUM_HITS], voices(t));
    if (what == BD_MEASURE_SCORE)
        return score(t, brand);
    return divide(s[fractions[what].over], s[fractions[what].under]);
}

int bd_measure_n(enum bd_measure what, const struct bd_totals *t, size_t brand)
{
    if (what == BD_MEASURE_VOICE)
        return (int)voices(t);
    if (what == BD_MEASURE_MACRO || what == BD_MEASURE_SCORE)
        return (int)t->sums[brand].of[BD_SUM_KNOWN];
    return (int)t->sums[brand].of[fractions[what].under];
}

bool bd_measure_is_rate(enum bd_measure what, enum bd_sum *hits, enum bd_sum *n)
{
    *hits = fractions[what].over;
    *n = fractions[what].under;
    return fractions[what].rate;
}

const char *bd_measure_name(enum bd_measure what)
{
    static const char *const names[] = {
#define X(id, name) name,
        BD_MEASURE_MAP(X)
#undef X
    };

    return names[what];
}
