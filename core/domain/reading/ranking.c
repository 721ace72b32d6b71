/* domain/reading/ranking.c - see ranking.h: the places of the lists that count. */
#include "domain/reading/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/ranking_parts.h"

enum { MOST_PLACES = 50 };

/* End of the item that begins at index i, with what stands under it. */
static size_t behind(const struct bd__ranking_work *w, int i)
{
    size_t end = bd__ranking_items(w)[i].block_end;

    for (int k = i + 1; k < bd__ranking_count(w) &&
                        bd__ranking_items(w)[k].level > bd__ranking_items(w)[i].level;
         k++)
        end = bd__ranking_items(w)[k].block_end;
    return end;
}

static bool is_tracked(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p);

    for (size_t i =
             bd_passage_from(hits, count, name->start > 200 ? name->start - 200 : 0);
         i < count && hits[i].start < name->end; i++)
        if (hits[i].end > name->start)
            return true;
    return false;
}

int bd__ranking_names(struct bd_ranking *r, const struct bd_passage *p, size_t start,
                      size_t end, int rank, int section_rank)
{
    struct bd_names names = bd_names_read(p, start, end);

    for (int i = 0; i < names.count; i++) {
        const struct bd_found f = {names.at[i], rank, section_rank};

        if (is_tracked(p, &f.name) || !bd_names_plausible(p, &f.name))
            continue;
        if (bd_buf_append(&r->found, &f, sizeof(f)) < 0)
            return -1;
    }
    return 0;
}

/* "3. What parents complain of": what stands under it is in no order of merit. */
static bool takes_apart(const struct bd__ranking_work *w, const struct bd_item *it)
{
    static const char *const ends[] = {"问题", "反馈", "评价", "优缺点", "差异",
                                       "区别", "对比", "争议", "不足"};
    const char *s = w->p->fold.bytes.data;
    size_t end = it->head.end;

    while (end > it->head.start && strchr("*: ", s[end - 1]))
        end--;
    return bd_affix_ends(s + it->head.start, end - it->head.start, BD_WORDS(ends)) > 0;
}

/* "First tier": an order, whatever chapter it stands in. */
static bool of_tiers(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const words[] = {"梯队", "分级", "排名", "排行", "榜"};

    return it->kind == BD_LIST_HEADINGS &&
           bd_affix_holds(p->fold.bytes.data + it->head.start,
                          bd_item_title_end(it) - it->head.start, BD_WORDS(words));
}

/* Has the item, or one that it stands under, a number? */
static bool numbered(const struct bd__ranking_work *w, int i)
{
    bool tiers = false;

    for (int steps = 0; i >= 0 && steps < BD_ITEM_LEVELS; steps++) {
        tiers |= of_tiers(w->p, &bd__ranking_items(w)[i]);
        if (bd__ranking_items(w)[i].number > 0)
            return steps == 0 || (!takes_apart(w, &bd__ranking_items(w)[i]) &&
                                  (tiers || !w->chapters[bd__ranking_items(w)[i].group]));
        i = bd__ranking_items(w)[i].parent;
    }
    return false;
}

/* "1. Before you buy, 2. Brands, 3. Prices" number what the answer is made of: what
 * stands under "2." has no place by it. "1. Green teas, 2. White teas" are kinds. */
static int find_chapters(struct bd__ranking_work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool *holds = calloc((size_t)bd__ranking_count(w) + 1, sizeof(*holds));
    int *held = calloc(count + 1, sizeof(*held)), rc;

    w->chapters = calloc(count + 1, sizeof(*w->chapters));
    for (int i = 0; holds && held && w->chapters && i < bd__ranking_count(w); i++)
        for (int up = bd__ranking_groups(w)[bd__ranking_items(w)[i].group].counts
                          ? bd__ranking_items(w)[i].parent
                          : -1;
             up >= 0 && !holds[up]; up = bd__ranking_items(w)[up].parent) {
            holds[up] = true;
            held[bd__ranking_items(w)[up].group]++;
        }
    for (size_t g = 0; held && w->chapters && g < count; g++)
        w->chapters[g] = bd__ranking_items(w)[bd__ranking_groups(w)[g].first].kind ==
                             BD_LIST_HEADINGS &&
                         bd__ranking_groups(w)[g].count > 2 &&
                         2 * held[g] < bd__ranking_groups(w)[g].count;
    rc = holds && held && w->chapters ? 0 : -1;
    free(holds);
    free(held);
    return rc;
}

static int place_item(struct bd_ranking *r, const struct bd__ranking_work *w, int i,
                      int base)
{
    const struct bd_item *it = &bd__ranking_items(w)[i];
    int rank = numbered(w, i) ? r->items : 0;

    base = rank ? base : 0;
    if (rank)
        r->source = BD_RANK_LIST;
    r->numbered |= rank && it->number > 0 && it->head.count > 0;
    for (int b = 0; b < it->head.count; b++) {
        struct bd_place place = {.hit = it->head.hits[b], .section_rank = base};

        place.brand = bd_passage_hits(w->p)[place.hit].tag;
        place.rank = rank;
        place.behind = behind(w, i);
        if (bd_buf_append(&r->places, &place, sizeof(place)) < 0)
            return -1;
    }
    return bd__ranking_names(r, w->p, it->head.start, it->line_end, rank, base);
}

/* Is it in a list whose numbers go on from one before it? */
static bool goes_on(const struct bd__ranking_work *w, int i)
{
    const struct bd_item *it = &bd__ranking_items(w)[i];

    return it->number > 1 && it->number <= MOST_PLACES &&
           bd__ranking_items(w)[bd__ranking_groups(w)[it->group].first].number > 1;
}

static int place_all(struct bd_ranking *r, const struct bd__ranking_work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    int *seen = calloc(count ? count : 1, sizeof(*seen));
    int rc = seen ? 0 : -1;

    for (int i = 0; rc == 0 && i < bd__ranking_count(w); i++) {
        int g = bd__ranking_items(w)[i].group;

        if (!bd__ranking_groups(w)[g].counts)
            continue;
        r->items++;
        if (goes_on(w, i) && bd__ranking_items(w)[i].number > r->items)
            r->items = bd__ranking_items(w)[i]
                           .number; /* what stands before named nobody we know */
        seen[g]++;
        r->list_end = bd__ranking_items(w)[i].line_end;
        if (r->kind == BD_LIST_NONE)
            r->kind = bd__ranking_items(w)[i].kind;
        rc = place_item(r, w, i, seen[g]);
    }
    free(seen);
    return rc;
}

static void init(struct bd_ranking *r)
{
    *r = (struct bd_ranking){.kind = BD_LIST_NONE};
    bd_buf_init(&r->places, (size_t)BD_ITEMS * BD_HEAD_BRANDS * sizeof(struct bd_place));
    bd_buf_init(&r->found, (size_t)BD_ITEMS * BD_NAMES * sizeof(struct bd_found));
}

static size_t placed(const struct bd_ranking *r)
{
    return r->places.n / sizeof(struct bd_place);
}

/* Where no list ranks: a table. Beside a list only with a column of places, against
 * numbers of the list's own only if it has more of those tracked: what is numbered are
 * notes then. Without one only if the list has none of them, or fewer of them as bullets
 * that have their place from the number of a chapter above. */
static bool prefers_table(const struct bd_ranking *list, const struct bd_ranking *t)
{
    bool numbered = list->source == BD_RANK_LIST && list->numbered;

    if (list->items == 0)
        return true;
    if (t->column)
        return !numbered || placed(t) > placed(list);
    if (placed(list) == 0)
        return placed(t) > 0;
    if (list->source != BD_RANK_LIST)
        return placed(t) > 1 && placed(t) >= placed(list);
    return !numbered && placed(t) > 1 && placed(t) > placed(list);
}

static int look_for_table(struct bd_ranking *r, const struct bd_passage *p)
{
    struct bd_ranking t;
    int rc;

    init(&t);
    rc = bd__ranking_table(&t, p);
    if (rc == 0 && prefers_table(r, &t)) {
        struct bd_ranking list = *r;

        *r = t;
        t = list;
    }
    bd_ranking_free(&t);
    return rc;
}

int bd_ranking_make(struct bd_ranking *r, const struct bd_passage *p,
                    const struct bd_items *in)
{
    struct bd__ranking_work w = {.p = p, .in = *in}; /* the lists stay its owner's */
    int rc;

    init(r);
    bd__ranking_judge(&w);
    rc = find_chapters(&w);
    if (rc == 0)
        rc = place_all(r, &w);
    free(w.chapters);
    return rc == 0 ? look_for_table(r, p) : rc;
}

void bd_ranking_free(struct bd_ranking *r)
{
    bd_buf_free(&r->places);
    bd_buf_free(&r->found);
}
