/* domain/reading/attribution.c - see attribution.h. */
#include "domain/reading/attribution.h"

#include <stdlib.h>

#include "domain/reading/items.h"
#include "domain/reading/wordcount.h"

enum { TAGS = BD_INQUIRY_BRANDS + 1024 };

struct range { /* of the owners */
    uint32_t first, count;
};

struct work {
    struct bd_attribution *a;
    const struct bd_passage *p;
    const struct bd_observation *o;
    struct bd_items items; /* the lists are lent */
    struct range *of;      /* by item */
    uint32_t *stamp;       /* by tag: in which set it was put last */
    uint32_t set;
};

static bool visible(const struct bd_observation *o, int32_t tag)
{
    return (size_t)tag >= o->brand_count || o->brands[tag].mentioned == BD_YES;
}

/* Where the names that nobody tracks stand, wherever else they do. */
static int find_found(const struct work *w, struct bd_buf *hits)
{
    const struct bd_fold *f = &w->p->fold;
    struct bd_match *m = NULL;
    int rc = w->o->found_count > 0 ? bd_match_new(&m) : 0;

    for (size_t i = 0; rc == 0 && i < w->o->found_count; i++) {
        size_t start = bd_fold_index(f, w->o->found[i].where.start);
        size_t end = bd_fold_index(f, w->o->found[i].where.end);

        rc = bd_match_add(m, f->bytes.data + start, end - start,
                          (int32_t)(w->o->brand_count + i));
    }
    if (rc == 0 && m)
        rc = bd_match_build(m);
    if (rc == 0 && m)
        rc = bd_match_find(m, f->bytes.data, f->bytes.n, true, hits);
    bd_match_free(m);
    return rc;
}

/* Both kinds in one order; a name inside a tracked one is that one. */
static int merge(struct work *w, const struct bd_buf *found)
{
    const struct bd_hit *t = bd_passage_hits(w->p);
    const struct bd_hit *f = (const struct bd_hit *)(const void *)found->data;
    size_t t_count = bd_passage_hit_count(w->p), f_count = found->n / sizeof(*f);
    size_t i = 0, k = 0;
    int rc = 0;

    while (rc == 0 && (i < t_count || k < f_count)) {
        if (k < f_count && (i == t_count || f[k].end <= t[i].start)) {
            rc = bd_buf_append(&w->a->names, &f[k++], sizeof(*f));
        } else if (k < f_count && f[k].start < t[i].end) {
            k++;
        } else {
            if (visible(w->o, t[i].tag))
                rc = bd_buf_append(&w->a->names, &t[i], sizeof(*t));
            i++;
        }
    }
    return rc;
}

static int find_names(struct work *w)
{
    struct bd_buf found;
    int rc;

    bd_buf_init(&found, (size_t)BD_MATCH_HITS * sizeof(struct bd_hit));
    rc = find_found(w, &found);
    if (rc == 0)
        rc = merge(w, &found);
    bd_buf_free(&found);
    return rc;
}

static const struct bd_hit *names(const struct work *w, size_t *count)
{
    *count = w->a->names.n / sizeof(struct bd_hit);
    return (const struct bd_hit *)(const void *)w->a->names.data;
}

static void begin_set(struct work *w, struct range *r)
{
    w->set++;
    *r = (struct range){(uint32_t)(w->a->owners.n / sizeof(int32_t)), 0};
}

static int put(struct work *w, struct range *r, int32_t tag)
{
    if (!visible(w->o, tag) || w->stamp[tag] == w->set)
        return 0;
    w->stamp[tag] = w->set;
    r->count++;
    return bd_buf_append(&w->a->owners, &tag, sizeof(tag));
}

/* Puts the names in [start, end) whose tags are `least` or more. */
static int put_names(struct work *w, struct range *r, size_t start, size_t end,
                     int32_t least)
{
    size_t count;
    const struct bd_hit *n = names(w, &count);

    for (size_t i = bd_passage_from(n, count, start); i < count && n[i].start < end; i++)
        if (n[i].tag >= least && put(w, r, n[i].tag) < 0)
            return -1;
    return 0;
}

/* Under a brand, an item is about another only if that one leads it: "cheaper than B"
 * says something of A. */
static bool about_its_own(const struct work *w, const struct bd_item *it)
{
    size_t first = bd_passage_hits(w->p)[it->head.hits[0]].start;
    bool letters = false;

    if (it->parent < 0 || w->of[it->parent].count == 0 || first <= it->head.start)
        return true;
    bd_wordcount(w->p->fold.bytes.data + it->head.start, first - it->head.start,
                 &letters);
    return !letters;
}

static int own_items(struct work *w)
{
    const struct bd_item *it = bd_items_list(&w->items);
    size_t count = w->items.items.n / sizeof(*it);

    w->of = calloc(count + 1, sizeof(*w->of));
    if (!w->of)
        return -1;
    for (size_t i = 0; i < count; i++) {
        begin_set(w, &w->of[i]);
        for (int k = 0; k < it[i].head.count && about_its_own(w, &it[i]); k++)
            if (put(w, &w->of[i], bd_passage_hits(w->p)[it[i].head.hits[k]].tag) < 0)
                return -1;
        if (put_names(w, &w->of[i], it[i].head.start, it[i].head.end,
                      (int32_t)w->o->brand_count) < 0)
            return -1;
        if (w->of[i].count == 0 && it[i].parent >= 0)
            w->of[i] = w->of[it[i].parent];
    }
    return 0;
}

/* Adds the owners of the item that holds the sentence; *k is the item looked at last. */
static int put_item(struct work *w, struct range *r, const struct bd_part *s, size_t *k)
{
    const struct bd_item *it = bd_items_list(&w->items);
    size_t count = w->items.items.n / sizeof(*it);
    struct range own;

    while (*k + 1 < count && it[*k + 1].head.start < s->end)
        (*k)++;
    if (*k >= count || it[*k].head.start >= s->end ||
        (s->start >= it[*k].line_end && s->start >= it[*k].block_end))
        return 0;
    own = w->of[*k];
    if (r->count > 0 && own.count != 1)
        return 0;
    for (uint32_t i = 0; i < own.count; i++) /* the buffer may move: ask it anew */
        if (put(w, r, ((const int32_t *)(const void *)w->a->owners.data)[own.first + i]) <
            0)
            return -1;
    return 0;
}

static int add_part(struct work *w, struct bd_part *s, size_t *item)
{
    struct range r;
    bool letters;

    s->words = (uint32_t)bd_wordcount(w->p->fold.bytes.data + s->start, s->end - s->start,
                                      &letters);
    if (!letters)
        return 0;
    begin_set(w, &r);
    if (put_names(w, &r, s->start, s->end, 0) < 0 || put_item(w, &r, s, item) < 0)
        return -1;
    s->first = r.first;
    s->count = r.count;
    return bd_buf_append(&w->a->parts, s, sizeof(*s));
}

static int split(struct work *w)
{
    const struct bd_clause *c = bd_passage_clauses(w->p);
    size_t count = w->p->clauses.n / sizeof(*c), item = 0;

    for (size_t i = 0, k; i < count; i = k) {
        struct bd_part s = {.start = c[i].start};

        for (k = i; k < count && c[k].sentence == c[i].sentence; k++)
            s.end = c[k].end;
        if (s.end > s.start && add_part(w, &s, &item) < 0)
            return -1;
    }
    return 0;
}

int bd_attribution_make(struct bd_attribution *a, const struct bd_passage *p,
                        const struct bd_items *in, const struct bd_observation *o)
{
    struct work w = {.a = a, .p = p, .items = *in, .o = o};
    size_t tags = o->brand_count + o->found_count, bytes = p->fold.bytes.n + 1;
    int rc = -1;

    bd_buf_init(&a->names, (size_t)BD_MATCH_HITS * 2 * sizeof(struct bd_hit));
    bd_buf_init(&a->parts, bytes * sizeof(struct bd_part));
    bd_buf_init(&a->owners, (bytes + BD_ITEMS) * TAGS * sizeof(int32_t));
    w.stamp = calloc(tags + 1, sizeof(*w.stamp));
    if (w.stamp && find_names(&w) == 0 && own_items(&w) == 0)
        rc = split(&w);
    free(w.of);
    free(w.stamp);
    return rc;
}

void bd_attribution_free(struct bd_attribution *a)
{
    bd_buf_free(&a->names);
    bd_buf_free(&a->parts);
    bd_buf_free(&a->owners);
}
