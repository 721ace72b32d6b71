/* domain/reading/proof.c - see proof.h. */
#include "domain/reading/proof.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/phrase.h"

enum { MARK_BYTES = 200, REACH = 90 }; /* between the line's begin or a cue and a name */

static struct bd_span origin(const struct bd_passage *p, size_t start, size_t end)
{
    return (struct bd_span){bd_fold_origin(&p->fold, start),
                            bd_fold_origin(&p->fold, end)};
}

/* The line up to the end of the name, without blanks before. */
static struct bd_span item_of(const struct bd_passage *p, const struct bd_hit *hit)
{
    const char *s = p->fold.bytes.data;
    size_t start = hit->start;

    while (start > 0 && s[start - 1] != '\n' && hit->start - start < MARK_BYTES)
        start--;
    while (start < hit->start && (s[start] == ' ' || bd_text_is_tail(s[start])))
        start++;
    return origin(p, start, hit->end);
}

static void prove_places(struct bd_observation *o, const struct bd_passage *p,
                         const struct bd_ranking *ranking)
{
    const struct bd_place *place =
        (const struct bd_place *)(const void *)ranking->places.data;

    for (size_t i = 0; i < ranking->places.n / sizeof(*place); i++) {
        struct bd_sighting *b = &o->brands[place[i].brand];

        if (b->rank == place[i].rank && b->rank_proof.end == 0 &&
            (b->rank_source == BD_RANK_LIST || b->rank_source == BD_RANK_TABLE))
            b->rank_proof = item_of(p, &bd_passage_hits(p)[place[i].hit]);
    }
}

/* The nearest words of order in the clause of a mention; false if there are none. */
static bool ordered_by(const struct bd_passage *p, const struct bd_hit *hit,
                       struct bd_span *out)
{
    const struct bd_hit *cues = bd_passage_cues(p);
    const struct bd_clause *c =
        &bd_passage_clauses(p)[bd_clause_at(&p->clauses, hit->start)];
    size_t count = bd_passage_cue_count(p), best = REACH + 1;

    for (size_t i = bd_passage_from(cues, count, c->start);
         i < count && cues[i].start < c->end; i++) {
        bool before = cues[i].end <= hit->start;
        size_t gap = before                      ? hit->start - cues[i].end
                     : cues[i].start >= hit->end ? cues[i].start - hit->end
                                                 : 0;

        if ((cues[i].tag != BD_WORD_FIRST && cues[i].tag != BD_WORD_NEXT &&
             cues[i].tag != BD_WORD_BEFORE) ||
            gap >= best)
            continue;
        best = gap;
        *out = before ? origin(p, cues[i].start, hit->end)
                      : origin(p, hit->start, cues[i].end);
    }
    return best <= REACH;
}

static void prove_phrases(struct bd_observation *o, const struct bd_passage *p)
{
    const struct bd_hit *hits = bd_passage_hits(p);

    for (size_t i = 0; i < bd_passage_hit_count(p); i++) {
        struct bd_sighting *b = &o->brands[hits[i].tag];
        struct bd_span at;

        if (b->rank > 0 && b->rank_source == BD_RANK_PHRASE && b->rank_proof.end == 0 &&
            ordered_by(p, &hits[i], &at))
            b->rank_proof = at;
    }
}

static void add_tone(struct bd_sighting *b, struct bd_span at)
{
    int i = b->tone_count;

    while (i > 0 && b->tone_proof[i - 1].start > at.start)
        i--;
    if (b->tone_count == BD_TONE_PROOFS ||
        (i > 0 && b->tone_proof[i - 1].start == at.start))
        return;
    memmove(&b->tone_proof[i + 1], &b->tone_proof[i],
            (size_t)(b->tone_count - i) * sizeof(at));
    b->tone_proof[i] = at;
    b->tone_count++;
}

static void prove_tones(struct bd_observation *o, const struct bd_passage *p,
                        const struct bd_ranking *ranking)
{
    const struct bd_hit *hits = bd_passage_hits(p), *cues = bd_passage_cues(p);
    const struct bd_place *place =
        (const struct bd_place *)(const void *)ranking->places.data;
    size_t places = ranking->places.n / sizeof(*place), count = bd_passage_cue_count(p);

    for (size_t i = 0, k = 0; i < bd_passage_hit_count(p); i++) {
        struct bd_sighting *b = &o->brands[hits[i].tag];
        struct bd_span_u32 about;

        while (k < places && place[k].hit < i)
            k++;
        if (b->tone_source != BD_TONE_LEXICON || b->tone_count == BD_TONE_PROOFS)
            continue;
        about =
            bd_phrase_about(p, i, k < places && place[k].hit == i ? place[k].behind : 0);
        for (size_t j = bd_passage_from(cues, count, about.start);
             j < count && cues[j].start < about.end && b->tone_count < BD_TONE_PROOFS;
             j++)
            if (bd_phrase_tone(p, j) != 0)
                add_tone(b, origin(p, cues[j].start, cues[j].end));
    }
}

void bd_proof_read(struct bd_observation *o, const struct bd_passage *p,
                   const struct bd_ranking *ranking, struct bd_span json)
{
    prove_places(o, p, ranking);
    prove_phrases(o, p);
    prove_tones(o, p, ranking);
    for (size_t i = 0; i < o->brand_count; i++) {
        struct bd_sighting *b = &o->brands[i];

        if (b->rank > 0 && b->rank_source == BD_RANK_JSON)
            b->rank_proof = json;
        if (b->tone_source == BD_TONE_JSON)
            b->tone_proof[b->tone_count++] = json;
    }
}
