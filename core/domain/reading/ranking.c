/* domain/reading/ranking.c - see ranking.h. Groups are judged in order, so a group knows
 * whether it stands under a brand. */
#include "domain/reading/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/items.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/look.h"

enum { MOST_PLACES = 50, TITLE_BYTES = 240 };

struct work {
    struct bd_items in;
    const struct bd_passage *p;
    bool form_ranks[BD_ITEM_FORMS];
    bool *chapters; /* by group: find_chapters() */
};

static struct bd_item *items(const struct work *w)
{
    return bd_items_list(&w->in);
}

static struct bd_group *groups(const struct work *w)
{
    return bd_items_groups(&w->in);
}

static int item_count(const struct work *w)
{
    return (int)(w->in.items.n / sizeof(struct bd_item));
}

static bool named(const struct bd_item *it)
{
    return it->names.marked && (it->plausible & 1U);
}

static bool several(uint32_t brands)
{
    return (brands & (brands - 1)) != 0;
}

static bool under_a_brand(const struct work *w, int item)
{
    if (items(w)[item].number > 0 && several(groups(w)[items(w)[item].group].brands))
        return false; /* no detail of one brand puts several in an order */
    for (int i = items(w)[item].parent, steps = 0; i >= 0 && steps < BD_ITEM_LEVELS;
         steps++) {
        const struct bd_item *it = &items(w)[i];

        if (groups(w)[it->group].counts && (it->head.count > 0 || named(it)))
            return true;
        i = items(w)[i].parent;
    }
    return false;
}

/* A lone heading without a number is a title, whatever it names. */
static bool title(const struct work *w, const struct bd_group *g)
{
    const struct bd_item *first = &items(w)[g->first];

    return first->kind == BD_LIST_HEADINGS && first->number == 0 && g->count == 1;
}

/* Of a line that is a title; nobody reads a longer one as such. */
static size_t title_end(const struct bd_item *it)
{
    return it->line_end - it->head.start < TITLE_BYTES ? it->line_end
                                                       : it->head.start + TITLE_BYTES;
}

static int questions(const struct work *w, const struct bd_group *g)
{
    int n = 0;

    for (int i = g->first; i <= g->last; i++)
        n += items(w)[i].group == items(w)[g->first].group &&
             bd_look_asks(w->p, &items(w)[i]);
    return n;
}

/* Before a bracket: "For a tight budget (look at the price)" advises nothing. */
static bool advises(const struct bd_passage *p, const struct bd_item *it)
{
    const char *s = p->fold.bytes.data;
    size_t end = title_end(it);
    const char *open = memchr(s + it->head.start, '(', end - it->head.start);

    return bd_passage_says(p, it->head.start, open ? (size_t)(open - s) : end,
                           BD_WORD_HOWTO);
}

static bool looks_alike(const struct work *w, const struct bd_group *g)
{
    const struct bd_item *first = &items(w)[g->first];
    int parent = first->parent;

    if (!w->form_ranks[g->form] || 2 * (g->howto + questions(w, g)) > g->count ||
        first->intro.howto || first->intro.analysis)
        return false;
    return parent < 0 || !advises(w->p, &items(w)[parent]);
}

/* The same brands again and again, list by list, are compared point by point. */
static void find_comparisons(struct work *w, bool *compares)
{
    uint32_t seen[BD_ITEM_FORMS] = {0};
    int again[BD_ITEM_FORMS] = {0};

    for (size_t i = 0; i < w->in.groups.n / sizeof(struct bd_group); i++) {
        const struct bd_group *g = &groups(w)[i];
        uint32_t both = g->brands & seen[g->form];

        if (several(both))
            again[g->form] += both == g->brands && items(w)[g->first].number == 0 ? 2 : 1;
        seen[g->form] |= g->brands;
        compares[g->form] = again[g->form] >= 2;
    }
}

/* Where a numbered list orders brands, lists without numbers are its comment. */
static void prefer_numbers(struct work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool numbered = false;

    for (size_t i = 0; i < count; i++)
        numbered |= groups(w)[i].counts && groups(w)[i].tracked > 1 &&
                    items(w)[groups(w)[i].first].number > 0;
    for (size_t i = 0; numbered && i < count; i++)
        if (items(w)[groups(w)[i].first].number == 0)
            groups(w)[i].counts = false;
}

/* Heads that name kinds, with lists of names under them, order kinds. */
static bool orders_kinds(const struct work *w, const struct bd_group *g)
{
    int kinds = 0, under = 0, names = 0;

    for (int i = g->first; i < item_count(w); i++) {
        const struct bd_item *it = &items(w)[i];

        if (i > g->last && it->level <= items(w)[g->first].level)
            break;
        if (groups(w)[it->group].form == g->form) {
            kinds += bd_names_kind(w->p, it->head.start, it->head.end);
        } else if (it->level > items(w)[g->first].level) {
            under++;
            names += named(it);
        }
    }
    return 2 * kinds >= g->count && names >= 2 && 2 * names >= under;
}

static bool may_hold_names(const struct work *w, const struct bd_group *g)
{
    const struct bd_item *first = &items(w)[g->first];

    return !orders_kinds(w, g) && g->tracked == 0 && 2 * g->howto <= g->count &&
           !first->intro.howto && !first->intro.analysis && !under_a_brand(w, g->first);
}

static int names_in(const struct work *w, int g)
{
    int names = 0;

    for (int i = groups(w)[g].first; i <= groups(w)[g].last; i++)
        names += items(w)[i].group == g && named(&items(w)[i]);
    return names;
}

/* Lists of one form belong together: under categories there may be one name each. Of an
 * answer that lists nobody whom we track, those of a form in which hardly an item is no
 * name, and there are two at least. */
static void judge_form(struct work *w, int form, bool *numbered)
{
    int count = (int)(w->in.groups.n / sizeof(struct bd_group)), all = 0, names = 0;

    for (int i = 0; i < count; i++)
        if (groups(w)[i].form == form && may_hold_names(w, &groups(w)[i])) {
            all += groups(w)[i].count;
            names += names_in(w, i);
        }
    if (names < 2 || 4 * names < 3 * all)
        return;
    for (int i = 0; i < count; i++)
        if (groups(w)[i].form == form && may_hold_names(w, &groups(w)[i]) &&
            2 * names_in(w, i) >= groups(w)[i].count) {
            groups(w)[i].counts = true;
            *numbered |= items(w)[groups(w)[i].first].number > 0;
        }
}

/* Outer lists first: what stands under a name is its detail. */
static void judge_untracked(struct work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool numbered = false;

    for (size_t i = 0; i < count; i++)
        if (groups(w)[i].tracked > 0)
            return; /* listed or compared: that was judged */
    for (int form = 0; form < BD_ITEM_FORMS; form++)
        judge_form(w, form, &numbered);
    for (size_t i = 0; numbered && i < count; i++)
        if (items(w)[groups(w)[i].first].number == 0)
            groups(w)[i].counts = false;
}

/* Under "1. Chains", an item of a list: its place is in the numbers. */
static bool under_number(const struct work *w, const struct bd_item *it)
{
    const struct bd_item *up = it->parent >= 0 ? &items(w)[it->parent] : NULL;

    return up && up->number > 0 && up->level >= BD_ITEM_PLAIN_NUMBER &&
           up->head.count == 0 && up->names.count > 0 &&
           !bd_names_part(w->p, &up->names.at[0]) &&
           !bd_passage_says(w->p, up->head.start, title_end(up), BD_WORD_ANALYSIS);
}

static void judge(struct work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    struct bd_group *g = groups(w);
    bool compares[BD_ITEM_FORMS] = {false};

    find_comparisons(w, compares);
    for (size_t i = 0; i < count; i++) { /* a parent's group began earlier */
        const struct bd_item *first = &items(w)[g[i].first];

        /* numbers are an order even of an analysis, bullets are not */
        g[i].counts = g[i].tracked > 0 && !title(w, &g[i]) && !compares[g[i].form] &&
                      (first->number > 0 || under_number(w, first) ||
                       (!first->intro.analysis && 2 * g[i].parts <= g[i].count)) &&
                      !under_a_brand(w, g[i].first);
    }
    prefer_numbers(w);
    for (size_t i = 0; i < count; i++)
        w->form_ranks[g[i].form] |= g[i].counts;
    for (size_t i = 0; i < count; i++)
        if (!g[i].counts && g[i].tracked == 0 && !under_a_brand(w, g[i].first))
            g[i].counts = looks_alike(w, &g[i]);
    judge_untracked(w);
}

/* End of the item that begins at index i, with what stands under it. */
static size_t behind(const struct work *w, int i)
{
    size_t end = items(w)[i].block_end;

    for (int k = i + 1; k < item_count(w) && items(w)[k].level > items(w)[i].level; k++)
        end = items(w)[k].block_end;
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
static bool takes_apart(const struct work *w, const struct bd_item *it)
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
                          title_end(it) - it->head.start, BD_WORDS(words));
}

/* Has the item, or one that it stands under, a number? */
static bool numbered(const struct work *w, int i)
{
    bool tiers = false;

    for (int steps = 0; i >= 0 && steps < BD_ITEM_LEVELS; steps++) {
        tiers |= of_tiers(w->p, &items(w)[i]);
        if (items(w)[i].number > 0)
            return steps == 0 || (!takes_apart(w, &items(w)[i]) &&
                                  (tiers || !w->chapters[items(w)[i].group]));
        i = items(w)[i].parent;
    }
    return false;
}

/* "1. Before you buy, 2. Brands, 3. Prices" number what the answer is made of: what
 * stands under "2." has no place by it. "1. Green teas, 2. White teas" are kinds. */
static int find_chapters(struct work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool *holds = calloc((size_t)item_count(w) + 1, sizeof(*holds));
    int *held = calloc(count + 1, sizeof(*held)), rc;

    w->chapters = calloc(count + 1, sizeof(*w->chapters));
    for (int i = 0; holds && held && w->chapters && i < item_count(w); i++)
        for (int up = groups(w)[items(w)[i].group].counts ? items(w)[i].parent : -1;
             up >= 0 && !holds[up]; up = items(w)[up].parent) {
            holds[up] = true;
            held[items(w)[up].group]++;
        }
    for (size_t g = 0; held && w->chapters && g < count; g++)
        w->chapters[g] = items(w)[groups(w)[g].first].kind == BD_LIST_HEADINGS &&
                         groups(w)[g].count > 2 && 2 * held[g] < groups(w)[g].count;
    rc = holds && held && w->chapters ? 0 : -1;
    free(holds);
    free(held);
    return rc;
}

static int place_item(struct bd_ranking *r, const struct work *w, int i, int base)
{
    const struct bd_item *it = &items(w)[i];
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
static bool goes_on(const struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];

    return it->number > 1 && it->number <= MOST_PLACES &&
           items(w)[groups(w)[it->group].first].number > 1;
}

static int place_all(struct bd_ranking *r, const struct work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    int *seen = calloc(count ? count : 1, sizeof(*seen));
    int rc = seen ? 0 : -1;

    for (int i = 0; rc == 0 && i < item_count(w); i++) {
        int g = items(w)[i].group;

        if (!groups(w)[g].counts)
            continue;
        r->items++;
        if (goes_on(w, i) && items(w)[i].number > r->items)
            r->items = items(w)[i].number; /* what stands before named nobody we know */
        seen[g]++;
        r->list_end = items(w)[i].line_end;
        if (r->kind == BD_LIST_NONE)
            r->kind = items(w)[i].kind;
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
    struct work w = {.p = p, .in = *in}; /* the lists stay its owner's */
    int rc;

    init(r);
    judge(&w);
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
