/* domain/reading/phrase.c - see phrase.h. */
#include "domain/reading/phrase.h"
#include "domain/reading/affix.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/echo.h"
#include "domain/reading/head.h"
#include "domain/reading/lexicon.h"

enum {
    REFUSAL_BYTES = 1200,
    RULED_BYTES = 600,
    REGRET_BYTES = 15, /* of a clause that only regrets */
    ADVICE_BYTES = 9   /* before advice, in its clause */
};

static bool clause_has_hit(const struct bd_passage *p, size_t clause)
{
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];

    return bd_passage_mentions(p, c->start, c->end);
}

/* "Nothing is known about X", "about X, nothing is known", "X ..., no records of it". */
static bool disclaimed(const struct bd_passage *p, size_t clause)
{
    size_t next = clause + 1;

    if (bd_passage_clause_says(p, clause, BD_WORD_UNKNOWN))
        return bd_passage_clause_says(p, clause, BD_WORD_INFORMATION) ||
               bd_passage_clause_says(p, clause, BD_WORD_ABOUT) ||
               !bd_passage_clause_says(p, clause, BD_WORD_GOOD);
    if (bd_passage_same_sentence(p, clause, next) && !clause_has_hit(p, next) &&
        bd_passage_clauses(p)[next].end - bd_passage_clauses(p)[next].start <=
            REGRET_BYTES &&
        !bd_passage_clause_says(p, next, BD_WORD_UNKNOWN))
        next++; /* "about X, I am sorry, nothing is known" */
    if (!bd_passage_same_sentence(p, clause, next) || clause_has_hit(p, next) ||
        !bd_passage_clause_says(p, next, BD_WORD_UNKNOWN))
        return false;
    return bd_passage_clause_says(p, clause, BD_WORD_ABOUT) ||
           bd_passage_clause_says(p, next, BD_WORD_INFORMATION);
}

/* "About X:", and in the line below "nothing is known". */
static bool disclaimed_below(const struct bd_passage *p, const struct bd_hit *h,
                             size_t clause)
{
    size_t next = clause + 1, at = h->end;

    while (at < p->fold.bytes.n && strchr("*\" :", p->fold.bytes.data[at]))
        at++;
    if (at >= p->fold.bytes.n || p->fold.bytes.data[at] != '\n' ||
        !bd_passage_clause_says(p, clause, BD_WORD_ABOUT))
        return false;
    while (next < bd_passage_clause_count(p) &&
           bd_passage_clauses(p)[next].end - bd_passage_clauses(p)[next].start < 4)
        next++;
    if (next < bd_passage_clause_count(p) && !clause_has_hit(p, next) &&
        !bd_passage_clause_says(p, next, BD_WORD_UNKNOWN) &&
        bd_passage_same_sentence(p, next, next + 1))
        next++; /* "in what is public, nothing was found" */
    return next < bd_passage_clause_count(p) && next <= clause + 4 &&
           bd_passage_clause_says(p, next, BD_WORD_UNKNOWN) && !clause_has_hit(p, next);
}

static bool is_against(int tag)
{
    return tag == BD_WORD_AGAINST || tag == BD_WORD_OUT;
}

/* Is the word advising against this mention? One before it reaches up to a word in
 * favour; one behind it ("X isn't worth it") up to the next brand. */
static bool against(const struct bd_passage *p, const struct bd_hit *h, size_t clause)
{
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];
    const struct bd_hit *cues = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p), hits = bd_passage_hit_count(p);
    size_t next = bd_passage_from(bd_passage_hits(p), hits, h->end);
    size_t until = next < hits && bd_passage_hits(p)[next].start < c->end
                       ? bd_passage_hits(p)[next].start
                       : c->end;
    bool before = false;

    for (size_t i = bd_passage_from(cues, count, c->start);
         i < count && cues[i].start < until; i++) {
        if (is_against(cues[i].tag) && cues[i].start > h->start)
            return true;
        if (cues[i].start < h->start)
            before = is_against(cues[i].tag) ||
                     (before && cues[i].tag != BD_WORD_FOR &&
                      cues[i].tag != BD_WORD_FIRST && cues[i].tag != BD_WORD_BEFORE);
    }
    return before;
}

/* "安卓手机不建议购买" rules nobody out: advice counts where its clause begins. */
static bool rules_out(const struct bd_passage *p, const struct bd_hit *cue)
{
    static const char *const advice[] = {"不建议", "不推荐"};
    const char *s = p->fold.bytes.data;
    const struct bd_clause *c =
        &bd_passage_clauses(p)[bd_passage_clause_of(p, cue->start)];

    return !bd_affix_begins(s + cue->start, cue->end - cue->start, BD_WORDS(advice)) ||
           cue->start - c->start <= ADVICE_BYTES;
}

bool bd_phrase_ruled_out(const struct bd_passage *p, size_t start, size_t end)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);

    end = end - start < RULED_BYTES ? end : start + RULED_BYTES;
    for (size_t i = bd_passage_from(c, count, start); i < count && c[i].start < end; i++)
        if (c[i].tag == BD_WORD_OUT && rules_out(p, &c[i]))
            return true;
    return false;
}

bool bd_phrase_turned(const struct bd_passage *p, size_t cue)
{
    const struct bd_hit *c = bd_passage_cues(p);

    return cue > 0 && c[cue - 1].tag == BD_WORD_NOT &&
           c[cue].start - c[cue - 1].end <= 8 &&
           bd_passage_clause_of(p, c[cue].start) ==
               bd_passage_clause_of(p, c[cue - 1].start);
}

/* A word of class a or b in the sentence, not turned round. */
static bool sentence_says(const struct bd_passage *p, size_t clause, int a, int b)
{
    const struct bd_clause *c = bd_passage_clauses(p);
    const struct bd_hit *cues = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p), low = clause, high = clause;

    while (low > 0 && clause - low < 8 && bd_passage_same_sentence(p, low, low - 1))
        low--;
    while (high - clause < 8 && bd_passage_same_sentence(p, high, high + 1))
        high++;
    for (size_t i = bd_passage_from(cues, count, c[low].start);
         i < count && cues[i].start < c[high].end; i++)
        if ((cues[i].tag == a || cues[i].tag == b) && !bd_phrase_turned(p, i))
            return true;
    return false;
}

/* Where the words about a mention end. */
static size_t mood_end(const struct bd_passage *p, size_t hit, size_t behind)
{
    const struct bd_clause *c = bd_passage_clauses(p);
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t clause = bd_passage_clause_of(p, hits[hit].start), last = clause;
    size_t next = ((const uint32_t *)(const void *)p->others.data)[hit];

    while (bd_passage_same_sentence(p, last, last + 1) && last - clause < 8)
        last++;
    if (behind < c[last].end)
        behind = c[last].end;
    while (next < bd_passage_hit_count(p) && hits[next].start < c[clause].end &&
           bd_head_joined(p->fold.bytes.data, hits[next - 1].end, hits[next].start))
        next++; /* "A and B are fine" is said of both */
    if (next < bd_passage_hit_count(p) && hits[next].start < behind) {
        size_t other = bd_passage_clause_of(p, hits[next].start);

        behind = other > clause ? c[other].start : hits[next].start;
    }
    return behind;
}

struct bd_span_u32 bd_phrase_about(const struct bd_passage *p, size_t hit, size_t behind)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    const struct bd_clause *c =
        &bd_passage_clauses(p)[bd_passage_clause_of(p, hits[hit].start)];
    uint32_t start = c->start;

    if (hit > 0 && hits[hit - 1].start >= c->start &&
        hits[hit - 1].tag != hits[hit].tag &&
        !bd_head_joined(p->fold.bytes.data, hits[hit - 1].end, hits[hit].start))
        start = hits[hit].start; /* what stands before is about the brand before */
    return (struct bd_span_u32){start, (uint32_t)mood_end(p, hit, behind)};
}

int bd_phrase_tone(const struct bd_passage *p, size_t cue)
{
    int tag = bd_passage_cues(p)[cue].tag;
    bool kind = tag == BD_WORD_GOOD || tag == BD_WORD_FOR || tag == BD_WORD_FIRST ||
                tag == BD_WORD_BEFORE;

    if (!kind && tag != BD_WORD_BAD && !is_against(tag))
        return 0;
    return kind != bd_phrase_turned(p, cue) ? 1 : -1;
}

void bd_phrase_mood(const struct bd_passage *p, size_t hit, size_t behind, int *good,
                    int *bad)
{
    const struct bd_hit *cues = bd_passage_cues(p);
    const struct bd_span_u32 about = bd_phrase_about(p, hit, behind);
    size_t count = bd_passage_cue_count(p);

    for (size_t i = bd_passage_from(cues, count, about.start);
         i < count && cues[i].start < about.end; i++) {
        int tone = bd_phrase_tone(p, i);

        *good += tone > 0;
        *bad += tone < 0;
    }
}

/* "The best alternative to X", "an X alternative": others are. */
static bool alternative(const struct bd_passage *p, const struct bd_hit *h)
{
    static const char *const behind[] = {" alternative", "的平替", "平替", "的替代"};
    static const char *const before[] = {"alternative to ", "alternatives to "};
    const char *s = p->fold.bytes.data;

    return bd_affix_begins(s + h->end, p->fold.bytes.n - h->end, BD_WORDS(behind)) ||
           bd_affix_ends(s, h->start, BD_WORDS(before));
}

/* "X closed for good", up to the next brand or the end of the sentence. */
static bool sentence_rules_out(const struct bd_passage *p, const struct bd_hit *h,
                               size_t clause)
{
    const struct bd_clause *c = bd_passage_clauses(p);
    size_t next = bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), h->end);
    size_t last = clause, end;

    while (last - clause < 4 && bd_passage_same_sentence(p, last, last + 1))
        last++;
    end = c[last].end;
    if (next < bd_passage_hit_count(p) && bd_passage_hits(p)[next].start < end)
        end = bd_passage_hits(p)[next].start;
    return bd_phrase_ruled_out(p, h->end, end);
}

enum bd_stance bd_phrase_stance(const struct bd_passage *p, size_t hit)
{
    const struct bd_hit *h = &bd_passage_hits(p)[hit];
    size_t clause = bd_passage_clause_of(p, h->start);
    int good = 0, bad = 0;

    if (disclaimed(p, clause) || disclaimed_below(p, h, clause))
        return BD_STANCE_DISCLAIMED;
    if (bd_echo_only(p, h, clause))
        return BD_STANCE_ECHO;
    if (against(p, h, clause) || sentence_rules_out(p, h, clause))
        return BD_STANCE_AGAINST;
    if (alternative(p, h))
        return BD_STANCE_COMPARED;
    if (bd_passage_clause_says(p, clause, BD_WORD_COMPARED))
        return BD_STANCE_COMPARED;
    if (sentence_says(p, clause, BD_WORD_FOR, BD_WORD_FIRST) ||
        sentence_says(p, clause, BD_WORD_BEFORE, BD_WORD_NEXT))
        return BD_STANCE_RECOMMENDED;
    bd_phrase_mood(p, hit, 0, &good, &bad);
    return good > bad ? BD_STANCE_PRAISED : BD_STANCE_NONE;
}

bool bd_phrase_refuses(const struct bd_passage *p)
{
    if (p->fold.bytes.n > REFUSAL_BYTES)
        return false;
    for (size_t i = 0; i < bd_passage_clause_count(p); i++)
        if (bd_passage_clause_says(p, i, BD_WORD_UNABLE) &&
            (bd_passage_clause_says(p, i, BD_WORD_TO_ADVISE) ||
             bd_passage_clause_says(p, i, BD_WORD_FOR)))
            return true;
    /* "can't recommend" is one word of advice against, unless nobody is named */
    return p->hits.n == 0 &&
           bd_passage_says_any(p, 0, p->fold.bytes.n, BD_WORDS_AGAINST) &&
           !bd_passage_says(p, 0, p->fold.bytes.n, BD_WORD_FOR);
}
