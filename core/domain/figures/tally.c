/* domain/figures/tally.c - what one answer says of one brand, added up. See
 * figures_parts.h. */
#include <math.h>

#include "domain/figures/figures_parts.h"
#include "domain/figures/legacy_score.h"
#include "domain/figures/score.h"

static const double even_tone = 0.1; /* from -0.1 to 0.1 */

double bd__divide(double a, int n)
{
    return n > 0 ? a / n : NAN;
}

void bd__rate_close(struct bd_rate *r)
{
    r->value = bd__divide(r->hits, r->n);
}

static void add_rank(struct bd__tally *t, int rank)
{
    if (rank <= 0)
        return;
    t->ranked++;
    t->top1 += rank == 1;
    t->top3 += rank <= 3;
    t->places[rank < BD_RANK_STEPS ? rank - 1 : BD_RANK_STEPS - 1]++;
    t->rank += rank;
    t->reciprocal += 1.0 / rank;
}

static void add_visibility(struct bd__tally *t, const struct bd_cell *c, size_t brand)
{
    const struct bd_sighting *s;
    bool hit = bd_cell_knows(c, brand) == BD_YES;

    if (bd_cell_knows(c, brand) == BD_UNKNOWN) {
        t->excluded[c->status]++;
        return;
    }
    s = &c->geo->brands[brand];
    t->n++;
    t->types[s->type]++;
    t->ladder += bd_score_ladder(hit, hit ? s->rank : 0);
    if (!isnan(s->pos_share)) {
        t->placed++;
        t->pos_share += s->pos_share;
    }
    if (!hit)
        return;
    t->hits++;
    t->words += s->words;
    t->first += c->geo->first_brand == (int)brand;
    add_rank(t, s->rank);
    t->visibility += bd_legacy_visibility(s->first_part, s->words);
    t->legacy_rank += bd_legacy_rank(s->rank);
}

static void add_portrayal(struct bd__tally *t, const struct bd_sighting *s)
{
    t->mentions++;
    t->advised += s->type == BD_MENTION_NEGATIVE;
    if (isnan(s->sentiment))
        return;
    t->toned++;
    t->sentiment += s->sentiment;
    t->positive += s->sentiment > even_tone;
    t->negative += s->sentiment < -even_tone;
    t->even += fabs(s->sentiment) <= even_tone;
}

void bd__tally_cell(struct bd__tally *t, const struct bd_cell *c, size_t brand,
                    bool counts)
{
    enum bd_known x = bd_cell_knows(c, brand);

    if (x == BD_YES)
        add_portrayal(t, &c->geo->brands[brand]);
    if (counts)
        add_visibility(t, c, brand);
    else if (c->probe == BD_PROBE_NEUTRAL) {
        t->branded += x != BD_UNKNOWN;
        t->branded_hits += x == BD_YES;
    }
}

void bd__tally_add(struct bd__tally *sum, const struct bd__tally *t)
{
    sum->n += t->n;
    sum->hits += t->hits;
    sum->first += t->first;
    sum->top1 += t->top1;
    sum->top3 += t->top3;
    sum->ranked += t->ranked;
    for (int i = 0; i < BD_RANK_STEPS; i++)
        sum->places[i] += t->places[i];
    for (int i = 0; i < BD_MENTION_TYPES; i++)
        sum->types[i] += t->types[i];
    for (int i = 0; i < BD_STATUS_COUNT; i++)
        sum->excluded[i] += t->excluded[i];
    sum->rank += t->rank;
    sum->reciprocal += t->reciprocal;
    sum->ladder += t->ladder;
    sum->words += t->words;
    sum->placed += t->placed;
    sum->pos_share += t->pos_share;
    sum->visibility += t->visibility;
    sum->legacy_rank += t->legacy_rank;
    sum->mentions += t->mentions;
    sum->advised += t->advised;
    sum->toned += t->toned;
    sum->positive += t->positive;
    sum->even += t->even;
    sum->negative += t->negative;
    sum->sentiment += t->sentiment;
    sum->branded += t->branded;
    sum->branded_hits += t->branded_hits;
}
