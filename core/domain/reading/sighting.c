/* domain/reading/sighting.c - see sighting.h. */
#include "domain/reading/sighting.h"

#include <stdlib.h>

#include "domain/reading/phrase.h"

enum { EVIDENCE = 20 };

struct work {
    struct bd_sighting *brands;
    size_t brand_count;
    const struct bd_passage *p;
    const struct bd_ranking *ranking;
    struct tone {
        enum bd_stance strongest;
        int good, bad;
    } * tones; /* per brand */
};

int bd__sighting_evidence(struct bd_sighting *b, size_t start, size_t end)
{
    if (!b->evidence && !(b->evidence = calloc(EVIDENCE, sizeof(*b->evidence))))
        return -1;
    if (b->evidence_count < EVIDENCE)
        b->evidence[b->evidence_count++] = (struct bd_span){start, end};
    return 0;
}

static int read_mentions(struct work *w)
{
    const struct bd_hit *hits = bd_passage_hits(w->p);

    for (size_t i = 0; i < bd_passage_hit_count(w->p); i++) {
        struct bd_sighting *b = &w->brands[hits[i].tag];
        enum bd_stance stance = bd_phrase_stance(w->p, i);
        size_t start = bd_fold_origin(&w->p->fold, hits[i].start);
        size_t end = bd_fold_origin(&w->p->fold, hits[i].end);

        if (stance == BD_STANCE_NONE &&
            w->tones[hits[i].tag].strongest == BD_STANCE_DISCLAIMED)
            stance = BD_STANCE_DISCLAIMED; /* "... so ask X for its licence" */
        if (stance > w->tones[hits[i].tag].strongest)
            w->tones[hits[i].tag].strongest = stance;
        b->count++;
        if (stance > BD_STANCE_DISCLAIMED && b->mentioned != BD_YES) {
            b->mentioned = BD_YES;
            b->first_offset = start;
        }
        if (bd__sighting_evidence(b, start, end) < 0)
            return -1;
    }
    return 0;
}

static void read_moods(struct work *w)
{
    const struct bd_hit *hits = bd_passage_hits(w->p);
    const struct bd_place *place =
        (const struct bd_place *)(void *)w->ranking->places.data;
    size_t places = w->ranking->places.n / sizeof(*place), k = 0;

    for (size_t i = 0; i < bd_passage_hit_count(w->p); i++) {
        size_t behind = 0;
        int brand = hits[i].tag;

        while (k < places && place[k].hit < i)
            k++;
        if (k < places && place[k].hit == i)
            behind = place[k].behind;
        bd_phrase_mood(w->p, i, behind, &w->tones[brand].good, &w->tones[brand].bad);
    }
}

static void read_ranks(struct work *w)
{
    const struct bd_place *place =
        (const struct bd_place *)(void *)w->ranking->places.data;
    int ranks[BD_INQUIRY_BRANDS] = {0};
    size_t brands = w->brand_count;

    for (size_t i = 0; i < w->ranking->places.n / sizeof(*place); i++) {
        struct bd_sighting *b = &w->brands[place[i].brand];

        if (b->rank || b->mentioned != BD_YES || place[i].rank == 0)
            continue;
        b->rank = place[i].rank;
        b->section_rank = place[i].section_rank;
        b->rank_source = w->ranking->source;
    }
    if (w->ranking->source != BD_RANK_NONE || brands > BD_INQUIRY_BRANDS)
        return;
    bd_phrase_ranks(w->p, ranks, brands);
    for (size_t i = 0; i < brands; i++)
        if (ranks[i] && w->brands[i].mentioned == BD_YES &&
            w->tones[i].strongest != BD_STANCE_AGAINST) {
            w->brands[i].rank = ranks[i];
            w->brands[i].rank_source = BD_RANK_PHRASE;
        }
}

static void set_tone(struct bd_sighting *b, double sentiment)
{
    b->sentiment = sentiment;
    b->tone_source = BD_TONE_LEXICON;
}

static void take_types(struct work *w)
{
    static const enum bd_mention types[] = {
        [BD_STANCE_ECHO] = BD_MENTION_ECHO,
        [BD_STANCE_DISCLAIMED] = BD_MENTION_DISCLAIMED,
        [BD_STANCE_NONE] = BD_MENTION_LISTED,
        [BD_STANCE_PRAISED] = BD_MENTION_RECOMMENDED,
        [BD_STANCE_COMPARED] = BD_MENTION_COMPARED,
        [BD_STANCE_RECOMMENDED] = BD_MENTION_RECOMMENDED,
        [BD_STANCE_AGAINST] = BD_MENTION_NEGATIVE,
    };

    for (size_t i = 0; i < w->brand_count; i++) {
        struct bd_sighting *b = &w->brands[i];
        int sum = w->tones[i].good + w->tones[i].bad;

        if (b->count > 0)
            b->type = b->rank ? BD_MENTION_RECOMMENDED : types[w->tones[i].strongest];
        if (b->mentioned == BD_YES && sum > 0)
            set_tone(b, (w->tones[i].good - w->tones[i].bad) / (sum + 0.5));
    }
}

int bd_sighting_read(struct bd_sighting *brands, size_t count, const struct bd_passage *p,
                     const struct bd_ranking *ranking)
{
    struct work w = {brands, count, p, ranking, NULL};
    int rc;

    w.tones = calloc(count ? count : 1, sizeof(*w.tones));
    if (!w.tones)
        return -1;
    rc = read_mentions(&w);
    if (rc == 0) {
        read_moods(&w);
        read_ranks(&w);
        take_types(&w);
    }
    free(w.tones);
    return rc;
}
