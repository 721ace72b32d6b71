/* domain/ranking.c - see ranking.h.
 *
 * Every line that can be an item gets a level: headings lowest, deep bullets highest.
 * Items of one level between two lower ones are a group; groups are judged in order, so
 * a group knows whether it stands under a brand. */
#include "domain/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "domain/head.h"
#include "domain/lexicon.h"
#include "domain/marker.h"

enum { LEVELS = 96, FORMS = 2 * LEVELS };

struct item {
    struct bd_head head;
    enum bd_list_kind kind;
    int level, form, number, group;
    int parent;      /* item of the next lower level before it, -1 = none */
    size_t line_end; /* in the fold */
    bool howto_intro, analysis_intro;
};

struct group {
    int form, first, last, count;
    int tracked;     /* items that name a tracked brand */
    int howto;       /* items whose head gives advice */
    uint32_t brands; /* bit by index */
    bool counts;
};

struct work {
    const struct bd_passage *p;
    struct bd_buf items, groups;
    int last_group[FORMS]; /* index, -1 = none that can go on */
    int last_item[LEVELS]; /* the way down to the current line */
    bool form_ranks[FORMS];
    /* the latest heading or line of text announces advice, or an analysis */
    bool howto_intro, analysis_intro;
};

static struct item *items(const struct work *w)
{
    return (struct item *)(void *)w->items.data;
}

static struct group *groups(const struct work *w)
{
    return (struct group *)(void *)w->groups.data;
}

static int item_count(const struct work *w)
{
    return (int)(w->items.n / sizeof(struct item));
}

static int clip(int depth, int max)
{
    return depth < max ? depth : max;
}

/* The level of a line, 0 if it is no item. */
static int level_of(const struct bd_line *l, const struct bd_marker *m)
{
    int depth = 4 * clip(l->depth, 16);

    if (l->kind == BD_LINE_HEADING)
        return 2 * l->depth;
    if (l->kind == BD_LINE_ITEM)
        return 16 + depth + (l->number ? 0 : 2);
    if (l->kind != BD_LINE_TEXT || m->kind == BD_MARKER_NONE)
        return 0;
    if (m->kind == BD_MARKER_CHAPTER && l->depth == 0)
        return 14;
    return 17 + depth + (m->kind == BD_MARKER_BULLET ? 2 : 0);
}

static enum bd_list_kind kind_of(const struct bd_line *l, int number)
{
    if (l->kind == BD_LINE_HEADING)
        return BD_LIST_HEADINGS;
    return number ? BD_LIST_NUMBERED : BD_LIST_BULLETS;
}

static int join_group(struct work *w, const struct item *it)
{
    int g = w->last_group[it->form], at = item_count(w);
    struct group fresh = {.form = it->form, .first = at, .last = at};

    if (g >= 0 && it->number > 0 && it->number <= items(w)[groups(w)[g].last].number)
        g = -1; /* numbering began again */
    if (g < 0) {
        if (bd_buf_append(&w->groups, &fresh, sizeof(fresh)) < 0)
            return -1;
        g = (int)(w->groups.n / sizeof(fresh)) - 1;
        w->last_group[it->form] = g;
    }
    groups(w)[g].last = at;
    groups(w)[g].count++;
    groups(w)[g].tracked += it->head.count > 0;
    for (int i = 0; i < it->head.count; i++) {
        int brand = bd_passage_hits(w->p)[it->head.hits[i]].tag;

        groups(w)[g].brands |= brand < 32 ? 1u << brand : 0;
    }
    groups(w)[g].howto +=
        bd_passage_says(w->p, it->head.start, it->head.end, BD_WORD_HOWTO);
    return g;
}

static int parent_of(const struct work *w, int level)
{
    for (int i = level - 1; i > 0; i--)
        if (w->last_item[i] >= 0)
            return w->last_item[i];
    return -1;
}

static void close_deeper(struct work *w, int level)
{
    for (int i = level + 1; i < LEVELS; i++) {
        w->last_item[i] = -1;
        w->last_group[2 * i] = w->last_group[2 * i + 1] = -1;
    }
}

static int add_item(struct work *w, const struct bd_line *l, const struct bd_marker *m,
                    size_t start, size_t end)
{
    struct item it = {.level = level_of(l, m), .line_end = end};

    it.number = l->number ? l->number : m->number;
    it.kind = kind_of(l, it.number);
    it.form = 2 * it.level + (it.number > 0);
    it.head = bd_head_read(w->p, start, end);
    it.parent = parent_of(w, it.level);
    it.howto_intro = w->howto_intro;
    it.analysis_intro = w->analysis_intro;
    it.group = join_group(w, &it);
    if (it.group < 0)
        return -1;
    w->last_item[it.level] = item_count(w);
    close_deeper(w, it.level);
    return bd_buf_append(&w->items, &it, sizeof(it));
}

static void read_intro(struct work *w, size_t start, size_t end)
{
    bool offers = bd_passage_says(w->p, start, end, BD_WORD_FOR);

    w->howto_intro = !offers && bd_passage_says(w->p, start, end, BD_WORD_HOWTO);
    w->analysis_intro = !offers && (bd_passage_says(w->p, start, end, BD_WORD_ANALYSIS) ||
                                    bd_passage_says(w->p, start, end, BD_WORD_COMPARED));
}

static int collect(struct work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);

    for (size_t i = 0; i < count && item_count(w) < BD_RANKING_ITEMS; i++) {
        struct bd_marker m = bd_marker_read(w->p->s + l[i].start, l[i].end - l[i].start);
        size_t start = bd_fold_index(&w->p->fold, l[i].start + m.bytes);
        size_t end = bd_fold_index(&w->p->fold, l[i].end);

        if (level_of(&l[i], &m) > 0 && add_item(w, &l[i], &m, start, end) < 0)
            return -1;
        if (l[i].kind == BD_LINE_HEADING ||
            (l[i].kind == BD_LINE_TEXT && l[i].depth == 0))
            read_intro(w, start, end);
    }
    return 0;
}

static bool under_a_brand(const struct work *w, int item)
{
    for (int i = items(w)[item].parent, steps = 0; i >= 0 && steps < LEVELS; steps++) {
        if (groups(w)[items(w)[i].group].counts)
            return true;
        i = items(w)[i].parent;
    }
    return false;
}

/* A lone heading without a number is a title, whatever it names. */
static bool title(const struct work *w, const struct group *g)
{
    const struct item *first = &items(w)[g->first];

    return first->kind == BD_LIST_HEADINGS && first->number == 0 && g->count == 1;
}

static bool looks_alike(const struct work *w, const struct group *g)
{
    const struct item *first = &items(w)[g->first];
    int parent = first->parent;

    if (!w->form_ranks[g->form] || 2 * g->howto > g->count || first->howto_intro ||
        first->analysis_intro)
        return false;
    return parent < 0 || !bd_passage_says(w->p, items(w)[parent].head.start,
                                          items(w)[parent].line_end, BD_WORD_HOWTO);
}

/* The same brands again and again, list by list, are compared point by point. */
static void find_comparisons(struct work *w, bool *compares)
{
    uint32_t seen[FORMS] = {0};
    int again[FORMS] = {0};

    for (size_t i = 0; i < w->groups.n / sizeof(struct group); i++) {
        const struct group *g = &groups(w)[i];
        uint32_t both = g->brands & seen[g->form];

        if (both & (both - 1)) /* two bits at least */
            again[g->form]++;
        seen[g->form] |= g->brands;
        compares[g->form] = again[g->form] >= 2;
    }
}

/* Where a numbered list orders brands, lists without numbers are its comment. */
static void prefer_numbers(struct work *w)
{
    size_t count = w->groups.n / sizeof(struct group);
    bool numbered = false;

    for (size_t i = 0; i < count; i++)
        numbered |= groups(w)[i].counts && groups(w)[i].tracked > 1 &&
                    items(w)[groups(w)[i].first].number > 0;
    for (size_t i = 0; numbered && i < count; i++)
        if (items(w)[groups(w)[i].first].number == 0)
            groups(w)[i].counts = false;
}

static void judge(struct work *w)
{
    size_t count = w->groups.n / sizeof(struct group);
    struct group *g = groups(w);
    bool compares[FORMS] = {false};

    find_comparisons(w, compares);
    for (size_t i = 0; i < count; i++) { /* a parent's group began earlier */
        const struct item *first = &items(w)[g[i].first];

        /* numbers are an order even of an analysis, bullets are not */
        g[i].counts = g[i].tracked > 0 && !title(w, &g[i]) && !compares[g[i].form] &&
                      (first->number > 0 || !first->analysis_intro) &&
                      !under_a_brand(w, g[i].first);
    }
    prefer_numbers(w);
    for (size_t i = 0; i < count; i++)
        w->form_ranks[g[i].form] |= g[i].counts;
    for (size_t i = 0; i < count; i++)
        if (!g[i].counts && g[i].tracked == 0 && !under_a_brand(w, g[i].first))
            g[i].counts = looks_alike(w, &g[i]);
}

/* End of the item that begins at index i, with what stands under it. */
static size_t behind(const struct work *w, int i)
{
    size_t end = items(w)[i].line_end;

    for (int k = i + 1; k < item_count(w) && items(w)[k].level > items(w)[i].level; k++)
        end = items(w)[k].line_end;
    return end;
}

static int place_item(struct bd_ranking *r, const struct work *w, int i, int base)
{
    const struct item *it = &items(w)[i];

    for (int b = 0; b < it->head.count; b++) {
        struct bd_place place = {.hit = it->head.hits[b], .section_rank = base};

        place.brand = bd_passage_hits(w->p)[place.hit].tag;
        place.rank = r->items;
        place.behind = behind(w, i);
        if (bd_buf_append(&r->places, &place, sizeof(place)) < 0)
            return -1;
    }
    return 0;
}

static int place_all(struct bd_ranking *r, const struct work *w)
{
    size_t count = w->groups.n / sizeof(struct group);
    int *seen = calloc(count ? count : 1, sizeof(*seen));
    int rc = seen ? 0 : -1;

    for (int i = 0; rc == 0 && i < item_count(w); i++) {
        int g = items(w)[i].group;

        if (!groups(w)[g].counts)
            continue;
        r->items++;
        seen[g]++;
        r->list_end = items(w)[i].line_end;
        if (groups(w)[g].tracked > 0 && r->kind == BD_LIST_NONE)
            r->kind = items(w)[i].kind;
        rc = place_item(r, w, i, seen[g]);
    }
    free(seen);
    return rc;
}

int bd_ranking_make(struct bd_ranking *r, const struct bd_passage *p)
{
    struct work w = {.p = p};
    int rc;

    *r = (struct bd_ranking){.kind = BD_LIST_NONE};
    bd_buf_init(&r->places,
                (size_t)BD_RANKING_ITEMS * BD_HEAD_BRANDS * sizeof(struct bd_place));
    bd_buf_init(&w.items, BD_RANKING_ITEMS * sizeof(struct item));
    bd_buf_init(&w.groups, BD_RANKING_ITEMS * sizeof(struct group));
    memset(w.last_group, -1, sizeof(w.last_group));
    memset(w.last_item, -1, sizeof(w.last_item));
    rc = collect(&w);
    if (rc == 0) {
        judge(&w);
        rc = place_all(r, &w);
        r->source = r->items > 0 ? BD_RANK_LIST : BD_RANK_NONE;
    }
    bd_buf_free(&w.items);
    bd_buf_free(&w.groups);
    return rc == 0 && r->items == 0 ? bd__ranking_table(r, p) : rc;
}

void bd_ranking_free(struct bd_ranking *r)
{
    bd_buf_free(&r->places);
}
