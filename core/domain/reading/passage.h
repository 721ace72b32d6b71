/* domain/reading/passage.h - one text, taken apart in every way that reading it needs.
 * [owner] */
#ifndef BD_DOMAIN_PASSAGE_H
#define BD_DOMAIN_PASSAGE_H

#include "domain/reading/clause.h"
#include "domain/reading/fold.h"
#include "domain/reading/outline.h"

struct bd_alias;
struct bd_learner;

struct bd_passage {
    const struct bd_learner *learner; /* lent (reading.h), or NULL */
    const char *s; /* the original, lent; all other offsets are of the fold */
    size_t n;
    struct bd_fold fold;
    struct bd_outline outline; /* struct bd_line, offsets of the original */
    struct bd_buf hits;        /* struct bd_hit: mentions, tag = brand */
    struct bd_buf others;      /* uint32_t, by hit: the next hit of another brand, or
                                  the count of hits */
    struct bd_buf cues;        /* struct bd_hit: words, tag = enum bd_word */
    struct bd_buf clauses;     /* struct bd_clause */
};

/* brands: of bd_alias_new(); words: of bd_lexicon(). -1 when memory is short.
 * bd_passage_free() is always right after it. */
int bd_passage_init(struct bd_passage *p, const char *s, size_t n,
                    const struct bd_alias *brands,
                    const struct bd_match *words) BD_MUST_CHECK;
void bd_passage_free(struct bd_passage *p);

static inline struct bd_hit *bd_passage_hits(const struct bd_passage *p)
{
    return (struct bd_hit *)(void *)p->hits.data;
}

static inline size_t bd_passage_hit_count(const struct bd_passage *p)
{
    return p->hits.n / sizeof(struct bd_hit);
}

static inline const struct bd_hit *bd_passage_cues(const struct bd_passage *p)
{
    return (const struct bd_hit *)(const void *)p->cues.data;
}

static inline size_t bd_passage_cue_count(const struct bd_passage *p)
{
    return p->cues.n / sizeof(struct bd_hit);
}

static inline const struct bd_clause *bd_passage_clauses(const struct bd_passage *p)
{
    return (const struct bd_clause *)(const void *)p->clauses.data;
}

/* The index of the clause that holds the folded offset `at`. */
static inline size_t bd_passage_clause_of(const struct bd_passage *p, size_t at)
{
    return bd_clause_at(&p->clauses, at);
}

static inline size_t bd_passage_clause_count(const struct bd_passage *p)
{
    return p->clauses.n / sizeof(struct bd_clause);
}

/* Is clause b there, and of the sentence of clause a? */
static inline bool bd_passage_same_sentence(const struct bd_passage *p, size_t a,
                                            size_t b)
{
    const struct bd_clause *c = bd_passage_clauses(p);

    return b < bd_passage_clause_count(p) && c[a].sentence == c[b].sentence;
}

/* The index of the first of count finds that starts at or behind `at`. */
size_t bd_passage_from(const struct bd_hit *finds, size_t count, size_t at);

/* Does a mention begin in [from, to)? */
static inline bool bd_passage_mentions(const struct bd_passage *p, size_t from, size_t to)
{
    size_t count = bd_passage_hit_count(p);
    size_t i = bd_passage_from(bd_passage_hits(p), count, from);

    return i < count && bd_passage_hits(p)[i].start < to;
}

/* Is there a word of that class (enum bd_word) beginning in [from, to)? */
bool bd_passage_says(const struct bd_passage *p, size_t from, size_t to, int word);

static inline bool bd_passage_clause_says(const struct bd_passage *p, size_t clause,
                                          int word)
{
    const struct bd_clause *c = &bd_passage_clauses(p)[clause];

    return bd_passage_says(p, c->start, c->end, word);
}

/* Is the last word of any class there of that one? */
bool bd_passage_ends(const struct bd_passage *p, size_t from, size_t to, int word);

/* The classes of words that advise against something. */
#define BD_WORDS_AGAINST (BD_WORD_BIT(BD_WORD_AGAINST) | BD_WORD_BIT(BD_WORD_OUT))

/* Is there one of several classes? words: BD_WORD_BIT() of each. */
#define BD_WORD_BIT(word) (1U << (word))
bool bd_passage_says_any(const struct bd_passage *p, size_t from, size_t to,
                         uint32_t words);

#endif
