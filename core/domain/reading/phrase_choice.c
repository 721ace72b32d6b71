/* domain/reading/phrase_choice.c - see phrase.h: whom words of choice speak of. */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/phrase.h"

enum {
    REACH = 90,
    BEHIND = 12,
    BEHIND_IS = 60,
    BEHIND_FIRST = 24,  /* bytes to a cue's brand, and back to it */
    BESIDES_BYTES = 60, /* from "besides" to one more */
    ALSO_BYTES = 24     /* from it to "also" */
};

/* "First choice for travelling: X": the word ends a head that says for what. */
static bool of_a_need(const struct bd_passage *p, size_t start, size_t at)
{
    static const char *const overall[] = {"综合", "总体", "整体", "全能", "个人", "最终",
                                          "我的", "是",   "为",   "的",   "作为"};
    static const char *const firsts[] = {"首选", "最佳选择", "第一选择"};
    const char *s = p->fold.bytes.data;
    size_t k = bd_affix_begins(s + at, p->fold.bytes.n - at, BD_WORDS(firsts)),
           end = at + k;

    while (end < p->fold.bytes.n && k && (s[end] == '*' || s[end] == ' '))
        end++;
    if (!k || end >= p->fold.bytes.n || s[end] != ':')
        return false;
    while (start < at && strchr("*-# 0123456789.)", s[start]))
        start++;
    return at - start > 3 && !bd_affix_ends(s + start, at - start, BD_WORDS(overall));
}

static bool conditional(const struct bd_passage *p, size_t at)
{
    const struct bd_clause *c = bd_passage_clauses(p);
    size_t clause = bd_passage_clause_of(p, at), low = clause;

    while (low > 0 && clause - low < 8 && bd_passage_same_sentence(p, low, low - 1))
        low--;
    return bd_passage_says(p, c[low].start, at, BD_WORD_IF) ||
           of_a_need(p, c[clause].start, at);
}

/* How far before a cue its brand may stand: "X's phones are in this town a popular
 * choice" says it of X. */
static size_t reach_back(const struct bd_passage *p, size_t from,
                         const struct bd_hit *cue)
{
    static const char *const choice[] = {"选择", "choice", "considering", "a look"};
    static const char *const is[] = {"是", " is ", " are "};
    const char *s = p->fold.bytes.data;

    if (cue->tag == BD_WORD_FIRST)
        return BEHIND_FIRST;
    if (cue->start - from <= BEHIND_IS &&
        bd_affix_ends(s + cue->start, cue->end - cue->start, BD_WORDS(choice)) &&
        bd_affix_holds(s + from, cue->start - from, BD_WORDS(is)))
        return BEHIND_IS;
    return BEHIND;
}

/* The brand that a cue speaks of: the first behind it, or the one right before ("X is my
 * first choice"). The count of hits if there is none. */
static size_t object_of(const struct bd_passage *p, const struct bd_hit *cue)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p);
    size_t i = bd_passage_from(hits, count, cue->end);
    const struct bd_clause *c =
        &bd_passage_clauses(p)[bd_passage_clause_of(p, cue->start)];

    if (i < count && hits[i].start < c->end && hits[i].start - cue->end <= REACH)
        return i;
    if (i > 0 && hits[i - 1].start >= c->start && cue->start >= hits[i - 1].end &&
        cue->start - hits[i - 1].end <= reach_back(p, hits[i - 1].end, cue))
        return i - 1;
    return count;
}

static bool next_follows(const struct bd_passage *p, size_t cue)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t clause = bd_passage_clause_of(p, c[cue].start), last = clause;

    while (bd_passage_same_sentence(p, last, last + 1) && last - clause < 8)
        last++;
    return bd_passage_says(p, c[cue].end, bd_passage_clauses(p)[last].end, BD_WORD_NEXT);
}

void bd_phrase_ranks(const struct bd_passage *p, int *ranks, size_t brand_count)
{
    const struct bd_hit *cues = bd_passage_cues(p);
    int first = -1, given = 0;

    for (size_t i = 0; i < bd_passage_cue_count(p); i++) {
        int tag = cues[i].tag, brand;
        size_t hit;

        if (tag != BD_WORD_FIRST && tag != BD_WORD_NEXT &&
            (tag != BD_WORD_BEFORE || !next_follows(p, i)))
            continue;
        hit = object_of(p, &cues[i]);
        if (hit == bd_passage_hit_count(p) || bd_phrase_turned(p, i) ||
            conditional(p, cues[i].start))
            continue;
        brand = bd_passage_hits(p)[hit].tag;
        if (tag != BD_WORD_NEXT && first >= 0 && first != brand) {
            memset(ranks, 0, brand_count * sizeof(*ranks));
            return; /* a first choice for each need is no order */
        }
        if (tag == BD_WORD_NEXT && first < 0)
            continue;
        if (first < 0)
            first = brand;
        if (ranks[brand] == 0)
            ranks[brand] = ++given;
    }
}

/* "X's brand Y", "for users of X": the word is about somebody else. */
static bool owner(const struct bd_passage *p, size_t hit)
{
    static const char *const of[] = {"旗下", "用户",   "生态用户", "老用户",
                                     "车主", "的用户", "粉丝",     " users"};
    size_t end = bd_passage_hits(p)[hit].end;

    return bd_affix_begins(p->fold.bytes.data + end, p->fold.bytes.n - end,
                           BD_WORDS(of)) > 0;
}

/* "Besides, X also serves homes": one more, at the head of a sentence. */
static bool one_more(const struct bd_passage *p, const struct bd_hit *h)
{
    static const char *const besides[] = {"此外", "另外", "还有", "除此之外"};
    static const char *const also[] = {"也", "同样", "作为"};
    const struct bd_clause *c = bd_passage_clauses(p);
    size_t clause = bd_passage_clause_of(p, h->start), first = clause, end;
    const char *s = p->fold.bytes.data;

    if (clause > 0 && bd_passage_same_sentence(p, clause, clause - 1))
        first--;
    if (first == clause || h->start - c[first].start > BESIDES_BYTES ||
        !bd_affix_begins(s + c[first].start, c[first].end - c[first].start,
                         BD_WORDS(besides)))
        return false;
    end = c[clause].end < h->end + ALSO_BYTES ? c[clause].end : h->end + ALSO_BYTES;
    return end > h->end && /* a clause may end within a name */
           bd_affix_holds(s + h->end, end - h->end, BD_WORDS(also)) &&
           !bd_passage_says_any(p, h->end, c[clause].end, BD_WORDS_AGAINST);
}

void bd_phrase_chosen(const struct bd_passage *p, bool *chosen)
{
    const struct bd_hit *cues = bd_passage_cues(p);

    for (size_t i = 0; i < bd_passage_hit_count(p); i++)
        if (one_more(p, &bd_passage_hits(p)[i]))
            chosen[bd_passage_hits(p)[i].tag] = true;

    for (size_t i = 0; i < bd_passage_cue_count(p); i++) {
        size_t hit;

        if (cues[i].tag != BD_WORD_FIRST && cues[i].tag != BD_WORD_FOR &&
            cues[i].tag != BD_WORD_BEFORE)
            continue;
        hit = object_of(p, &cues[i]);
        if (hit < bd_passage_hit_count(p) && !bd_phrase_turned(p, i) && !owner(p, hit))
            chosen[bd_passage_hits(p)[hit].tag] = true;
    }
}
