/* domain/reading/passage.c - see passage.h. */
#include "domain/reading/passage.h"

#include "domain/reading/alias.h"

static int link_others(struct bd_passage *p)
{
    const struct bd_hit *h = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p);
    uint32_t *other;

    bd_buf_init(&p->others, count * sizeof(*other));
    for (size_t i = 0; i < count; i++) {
        uint32_t next = (uint32_t)count;

        if (bd_buf_append(&p->others, &next, sizeof(next)) < 0)
            return -1;
    }
    other = (uint32_t *)(void *)p->others.data;
    for (size_t i = count; i-- > 1;)
        other[i - 1] = h[i].tag != h[i - 1].tag ? (uint32_t)i : other[i];
    return 0;
}

/* A word that is part of a brand's name says nothing: both are in order. */
static void drop_words_in_names(struct bd_passage *p)
{
    const struct bd_hit *h = bd_passage_hits(p);
    size_t hits = bd_passage_hit_count(p), n = bd_passage_cue_count(p), kept = 0, k = 0;
    struct bd_hit *c = (struct bd_hit *)(void *)p->cues.data;

    for (size_t i = 0; i < n && hits > 0; i++) {
        while (k < hits && h[k].end < c[i].end)
            k++;
        if (k == hits || h[k].start > c[i].start)
            c[kept++] = c[i];
    }
    if (hits > 0 && n > 0)
        p->cues.n = kept * sizeof(*c);
}

int bd_passage_init(struct bd_passage *p, const char *s, size_t n,
                    const struct bd_alias *brands, const struct bd_match *words)
{
    size_t hits = (size_t)BD_MATCH_HITS * sizeof(struct bd_hit);

    *p = (struct bd_passage){.s = s, .n = n};
    bd_buf_init(&p->outline.lines, 0);
    bd_buf_init(&p->hits, hits);
    bd_buf_init(&p->others, 0);
    bd_buf_init(&p->cues, hits);
    if (bd_fold_init(&p->fold, s, n) < 0)
        return -1;
    bd_buf_init(&p->clauses, (p->fold.bytes.n + 1) * sizeof(struct bd_clause));
    if (bd_outline_make(&p->outline, s, n) < 0)
        return -1;
    if (bd_alias_find(brands, &p->fold, s, false, &p->hits) < 0 || link_others(p) < 0)
        return -1;
    if (bd_match_find(words, p->fold.bytes.data, p->fold.bytes.n, false, &p->cues) < 0)
        return -1;
    drop_words_in_names(p);
    return bd_clause_split(p->fold.bytes.data, p->fold.bytes.n, &p->clauses);
}

void bd_passage_free(struct bd_passage *p)
{
    bd_fold_free(&p->fold);
    bd_outline_free(&p->outline);
    bd_buf_free(&p->hits);
    bd_buf_free(&p->others);
    bd_buf_free(&p->cues);
    bd_buf_free(&p->clauses);
}

size_t bd_passage_from(const struct bd_hit *finds, size_t count, size_t at)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (finds[mid].start < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool bd_passage_says_any(const struct bd_passage *p, size_t from, size_t to,
                         uint32_t words)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);

    for (size_t i = bd_passage_from(c, count, from); i < count && c[i].start < to; i++)
        if (words & BD_WORD_BIT(c[i].tag))
            return true;
    return false;
}

bool bd_passage_says(const struct bd_passage *p, size_t from, size_t to, int word)
{
    return bd_passage_says_any(p, from, to, BD_WORD_BIT(word));
}

bool bd_passage_ends(const struct bd_passage *p, size_t from, size_t to, int word)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t i = bd_passage_from(c, bd_passage_cue_count(p), to);

    return i > 0 && c[i - 1].start >= from && c[i - 1].tag == word;
}
