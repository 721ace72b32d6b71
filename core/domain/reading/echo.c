/* domain/reading/echo.c - see echo.h. */
#include "domain/reading/echo.h"

#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"

enum { ECHO_REACH = 240 };

/* "You asked about "... X ..."": whatever the words in the quotation say. */
static bool quoted_question(const struct bd_passage *p, const struct bd_hit *h,
                            size_t clause)
{
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];
    const struct bd_hit *cues = bd_passage_cues(p);
    const char *s = p->fold.bytes.data;
    size_t low = h->start > c->start + ECHO_REACH ? h->start - ECHO_REACH : c->start;

    for (size_t i = bd_passage_from(cues, bd_passage_cue_count(p), low);
         i < bd_passage_cue_count(p) && cues[i].end <= h->start; i++) {
        bool open = false;

        if (cues[i].tag != BD_WORD_ECHO)
            continue;
        for (size_t k = cues[i].end; k < h->start; k++)
            open ^= s[k] == '"';
        if (open)
            return true;
    }
    return false;
}

/* "What you ask is": the question follows. */
static bool asks(const struct bd_passage *p, size_t clause)
{
    static const char *const words[] = {"您问的是",      "你问的是",   "您想了解",
                                        "您想知道",      "您咨询的是", "you're asking",
                                        "you are asking"};
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];

    return bd_affix_holds(p->fold.bytes.data + c->start, c->end - c->start,
                          BD_WORDS(words));
}

/* The clause judges or chooses. */
static bool judges(const struct bd_passage *p, size_t clause)
{
    return bd_passage_clause_says(p, clause, BD_WORD_GOOD) ||
           bd_passage_clause_says(p, clause, BD_WORD_BAD) ||
           bd_passage_clause_says(p, clause, BD_WORD_FOR);
}

/* "You asked about X", "here is an analysis of X": nothing is said of it yet. */
static bool echoed(const struct bd_passage *p, const struct bd_hit *h, size_t clause)
{
    static const char *const matter[] = {"问题", "这一问题", "疑问"};
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];

    if (quoted_question(p, h, clause))
        return true;
    if (judges(p, clause))
        return false;
    if (bd_passage_clause_says(p, clause, BD_WORD_ABOUT) &&
        bd_affix_ends(p->fold.bytes.data + c->start, c->end - c->start, BD_WORDS(matter)))
        return true;
    if (bd_passage_clause_says(p, clause, BD_WORD_ECHO) &&
        !bd_passage_clause_says(p, clause, BD_WORD_FIRST))
        return true;
    return clause > 0 && c->end - c->start < ECHO_REACH &&
           bd_passage_same_sentence(p, clause, clause - 1) && asks(p, clause - 1);
}

/* "About X" and no more: a title, under which something may be said. */
static bool only_about(const struct bd_passage *p, const struct bd_hit *h, size_t clause)
{
    const struct bd_hit *cues = bd_passage_cues(p);
    size_t i = bd_passage_from(cues, bd_passage_cue_count(p),
                               bd_passage_clauses(p)[clause].start);
    size_t end = h->end;

    while (end < p->fold.bytes.n && strchr("*\" :", p->fold.bytes.data[end]))
        end++;
    return i < bd_passage_cue_count(p) && cues[i].tag == BD_WORD_ABOUT &&
           cues[i].end <= h->start && h->start - cues[i].end <= 3 &&
           (end >= p->fold.bytes.n || p->fold.bytes.data[end] == '\n');
}

/* "X, as one of those that you mentioned, ..." says something of X. */
static bool subject(const struct bd_passage *p, const struct bd_hit *h)
{
    static const char as[] = "作为";
    const char *s = p->fold.bytes.data;
    size_t at = h->end, n = p->fold.bytes.n;

    while (at < n && (s[at] == '"' || s[at] == '*'))
        at++;
    return n - at >= sizeof(as) - 1 && memcmp(s + at, as, sizeof(as) - 1) == 0;
}

/* "Here are alternatives to X": what was asked for, nothing of X. */
static bool asked_for_others(const struct bd_passage *p, const struct bd_hit *h)
{
    static const char *const before[] = {"alternatives to ", "alternatives to **"};

    return bd_affix_ends(p->fold.bytes.data, h->start, BD_WORDS(before)) > 0;
}

/* "(User's brand: X; competitors: Y)": the question in other words. */
static bool field_of_question(const struct bd_passage *p, const struct bd_hit *h)
{
    static const char *const fields[] = {"用户品牌:", "竞争对手:", "我的品牌:"};

    return bd_affix_ends(p->fold.bytes.data, h->start, BD_WORDS(fields)) > 0;
}

bool bd_echo_only(const struct bd_passage *p, const struct bd_hit *h, size_t clause)
{
    return (echoed(p, h, clause) && !subject(p, h)) || only_about(p, h, clause) ||
           asked_for_others(p, h) || field_of_question(p, h);
}
