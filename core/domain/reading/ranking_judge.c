/* domain/reading/ranking_judge.c - see ranking_parts.h: which lists count. Groups are
 * judged in order, so a group knows whether it stands under a brand. */
#include <string.h>

#include "domain/reading/lexicon.h"
#include "domain/reading/look.h"
#include "domain/reading/ranking_parts.h"

static bool named(const struct bd_item *it)
{
    return it->names.marked && (it->plausible & 1U);
}

static bool several(uint32_t brands)
{
    return (brands & (brands - 1)) != 0;
}

static bool under_a_brand(const struct bd__ranking_work *w, int item)
{
    if (bd__ranking_items(w)[item].number > 0 &&
        several(bd__ranking_groups(w)[bd__ranking_items(w)[item].group].brands))
        return false; /* no detail of one brand puts several in an order */
    for (int i = bd__ranking_items(w)[item].parent, steps = 0;
         i >= 0 && steps < BD_ITEM_LEVELS; steps++) {
        const struct bd_item *it = &bd__ranking_items(w)[i];

        if (bd__ranking_groups(w)[it->group].counts && (it->head.count > 0 || named(it)))
            return true;
        i = bd__ranking_items(w)[i].parent;
    }
    return false;
}

/* A lone heading without a number is a title, whatever it names. */
static bool title(const struct bd__ranking_work *w, const struct bd_group *g)
{
    const struct bd_item *first = &bd__ranking_items(w)[g->first];

    return first->kind == BD_LIST_HEADINGS && first->number == 0 && g->count == 1;
}

static int questions(const struct bd__ranking_work *w, const struct bd_group *g)
{
    int n = 0;

    for (int i = g->first; i <= g->last; i++)
        n += bd__ranking_items(w)[i].group == bd__ranking_items(w)[g->first].group &&
             bd_look_asks(w->p, &bd__ranking_items(w)[i]);
    return n;
}

/* Before a bracket: "For a tight budget (look at the price)" advises nothing. */
static bool advises(const struct bd_passage *p, const struct bd_item *it)
{
    const char *s = p->fold.bytes.data;
    size_t end = bd_item_title_end(it);
    const char *open = memchr(s + it->head.start, '(', end - it->head.start);

    return bd_passage_says(p, it->head.start, open ? (size_t)(open - s) : end,
                           BD_WORD_HOWTO);
}

static bool looks_alike(const struct bd__ranking_work *w, const struct bd_group *g)
{
    const struct bd_item *first = &bd__ranking_items(w)[g->first];
    int parent = first->parent;

    if (!w->form_ranks[g->form] || 2 * (g->howto + questions(w, g)) > g->count ||
        first->intro.howto || first->intro.analysis)
        return false;
    return parent < 0 || !advises(w->p, &bd__ranking_items(w)[parent]);
}

/* The same brands again and again, list by list, are compared point by point. */
static void find_comparisons(struct bd__ranking_work *w, bool *compares)
{
    uint32_t seen[BD_ITEM_FORMS] = {0};
    int again[BD_ITEM_FORMS] = {0};

    for (size_t i = 0; i < w->in.groups.n / sizeof(struct bd_group); i++) {
        const struct bd_group *g = &bd__ranking_groups(w)[i];
        uint32_t both = g->brands & seen[g->form];

        if (several(both))
            again[g->form] +=
                both == g->brands && bd__ranking_items(w)[g->first].number == 0 ? 2 : 1;
        seen[g->form] |= g->brands;
        compares[g->form] = again[g->form] >= 2;
    }
}

/* Where a numbered list orders brands, lists without numbers are its comment. */
static void prefer_numbers(struct bd__ranking_work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool numbered = false;

    for (size_t i = 0; i < count; i++)
        numbered |= bd__ranking_groups(w)[i].counts &&
                    bd__ranking_groups(w)[i].tracked > 1 &&
                    bd__ranking_items(w)[bd__ranking_groups(w)[i].first].number > 0;
    for (size_t i = 0; numbered && i < count; i++)
        if (bd__ranking_items(w)[bd__ranking_groups(w)[i].first].number == 0)
            bd__ranking_groups(w)[i].counts = false;
}

/* Heads that name kinds, with lists of names under them, order kinds. */
static bool orders_kinds(const struct bd__ranking_work *w, const struct bd_group *g)
{
    int kinds = 0, under = 0, names = 0;

    for (int i = g->first; i < bd__ranking_count(w); i++) {
        const struct bd_item *it = &bd__ranking_items(w)[i];

        if (i > g->last && it->level <= bd__ranking_items(w)[g->first].level)
            break;
        if (bd__ranking_groups(w)[it->group].form == g->form) {
            kinds += bd_names_kind(w->p, it->head.start, it->head.end);
        } else if (it->level > bd__ranking_items(w)[g->first].level) {
            under++;
            names += named(it);
        }
    }
    return 2 * kinds >= g->count && names >= 2 && 2 * names >= under;
}

static bool may_hold_names(const struct bd__ranking_work *w, const struct bd_group *g)
{
    const struct bd_item *first = &bd__ranking_items(w)[g->first];

    return !orders_kinds(w, g) && g->tracked == 0 && 2 * g->howto <= g->count &&
           !first->intro.howto && !first->intro.analysis && !under_a_brand(w, g->first);
}

static int names_in(const struct bd__ranking_work *w, int g)
{
    int names = 0;

    for (int i = bd__ranking_groups(w)[g].first; i <= bd__ranking_groups(w)[g].last; i++)
        names += bd__ranking_items(w)[i].group == g && named(&bd__ranking_items(w)[i]);
    return names;
}

/* Lists of one form belong together: under categories there may be one name each. Of an
 * answer that lists nobody whom we track, those of a form in which hardly an item is no
 * name, and there are two at least. */
static void judge_form(struct bd__ranking_work *w, int form, bool *numbered)
{
    int count = (int)(w->in.groups.n / sizeof(struct bd_group)), all = 0, names = 0;

    for (int i = 0; i < count; i++)
        if (bd__ranking_groups(w)[i].form == form &&
            may_hold_names(w, &bd__ranking_groups(w)[i])) {
            all += bd__ranking_groups(w)[i].count;
            names += names_in(w, i);
        }
    if (names < 2 || 4 * names < 3 * all)
        return;
    for (int i = 0; i < count; i++)
        if (bd__ranking_groups(w)[i].form == form &&
            may_hold_names(w, &bd__ranking_groups(w)[i]) &&
            2 * names_in(w, i) >= bd__ranking_groups(w)[i].count) {
            bd__ranking_groups(w)[i].counts = true;
            *numbered |= bd__ranking_items(w)[bd__ranking_groups(w)[i].first].number > 0;
        }
}

/* Outer lists first: what stands under a name is its detail. */
static void judge_untracked(struct bd__ranking_work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    bool numbered = false;

    for (size_t i = 0; i < count; i++)
        if (bd__ranking_groups(w)[i].tracked > 0)
            return; /* listed or compared: that was judged */
    for (int form = 0; form < BD_ITEM_FORMS; form++)
        judge_form(w, form, &numbered);
    for (size_t i = 0; numbered && i < count; i++)
        if (bd__ranking_items(w)[bd__ranking_groups(w)[i].first].number == 0)
            bd__ranking_groups(w)[i].counts = false;
}

/* Under "1. Chains", an item of a list: its place is in the numbers. */
static bool under_number(const struct bd__ranking_work *w, const struct bd_item *it)
{
    const struct bd_item *up = it->parent >= 0 ? &bd__ranking_items(w)[it->parent] : NULL;

    return up && up->number > 0 && up->level >= BD_ITEM_PLAIN_NUMBER &&
           up->head.count == 0 && up->names.count > 0 &&
           !bd_names_part(w->p, &up->names.at[0]) &&
           !bd_passage_says(w->p, up->head.start, bd_item_title_end(up),
                            BD_WORD_ANALYSIS);
}

void bd__ranking_judge(struct bd__ranking_work *w)
{
    size_t count = w->in.groups.n / sizeof(struct bd_group);
    struct bd_group *g = bd__ranking_groups(w);
    bool compares[BD_ITEM_FORMS] = {false};

    find_comparisons(w, compares);
    for (size_t i = 0; i < count; i++) { /* a parent's group began earlier */
        const struct bd_item *first = &bd__ranking_items(w)[g[i].first];

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
