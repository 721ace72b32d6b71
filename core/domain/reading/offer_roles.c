/* domain/reading/offer_roles.c - see offer_parts.h: what to do with an item, by its look
 * and by what stands around it. */
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/phrase.h"
#include "domain/reading/proper.h"

enum { DETAILS = 6, NESTED = 4 /* levels that indentation makes */ };

static bool title(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    return it->kind == BD_LIST_HEADINGS && it->number == 0 &&
           bd_items_groups(&w->in)[it->group].count == 1;
}

/* A list of three names at least, and nothing else, under whatever words. */
static bool all_names(const struct bd__offer_work *w, int i)
{
    const struct bd_group *g = &bd_items_groups(&w->in)[bd__offer_item(w, i)->group];

    return g->count > 2 && !bd__offer_item(w, i)->intro.title &&
           w->runs[w->nodes[i].run].looks == g->count;
}

/* Most headings beside it name kinds. */
static bool among_kinds(const struct bd__offer_work *w, int i)
{
    const struct bd__offer_tally *g = &w->runs[w->nodes[i].run];

    return bd__offer_item(w, i)->head.count == 0 && g->kinds > g->looks;
}

bool bd__offers_section(const struct bd__offer_work *w, int i)
{
    return bd__offer_item(w, i)->level == BD_ITEM_PLAIN_NUMBER &&
           bd_look_bold(w->p, bd__offer_item(w, i));
}

/* What describes a kind may name some of it. */
static bool of_a_kind(const struct bd__offer_work *w, int i)
{
    return i >= 0 && !bd__offer_heading(w, i) && w->nodes[i].look == BD_LOOK_KIND &&
           w->nodes[i].names == 0;
}

/* In what stands right under the item: "A / - closed for good". */
static bool details_rule_out(const struct bd__offer_work *w, int i)
{
    const int level = bd__offer_item(w, i)->level;

    if (bd__offer_heading(w, i) && bd__offer_item(w, i)->number == 0)
        return false; /* a section */
    for (int k = i + 1; k < bd__offer_count(w) && k <= i + DETAILS; k++) {
        const struct bd_item *it = bd__offer_item(w, k);

        if (it->level <= level ||
            (level >= BD_ITEM_LISTED_NUMBER && it->level < level + NESTED))
            return false; /* another list, at the same margin */
        if (bd_phrase_ruled_out(w->p, it->head.start, it->block_end))
            return true;
    }
    return false;
}

/* Written as names are, in a list with a tracked one. */
static bool sure_among_known(const struct bd__offer_work *w, int i)
{
    const struct bd_names *names = &bd__offer_item(w, i)->names;

    return w->runs[w->nodes[i].run].known > 0 && names->count > 0 &&
           bd_proper_surely(w->p, names->at[0].start, names->at[0].end);
}

/* "7." behind "6." of the section before: more of those that are tracked there. */
static bool numbers_go_on(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const struct bd_group *g = bd_items_groups(&w->in);
    int before = bd__offer_item(w, g[it->group].first)->number - 1;

    for (int k = it->group - 1; before > 0 && k >= 0; k--)
        if (g[k].form == it->form)
            return bd__offer_item(w, g[k].last)->number == before && w->known[it->form];
    return false;
}

/* Does only what stands before the first item advise, and not what stands before the
 * others of its list: "Nobody is best in all. **1. A** ... **2. B**"? */
static bool only_begins_with_advice(const struct bd__offer_work *w, int i)
{
    for (int k = i + 1; k < bd__offer_count(w) && k <= i + 2 * DETAILS; k++)
        if (w->nodes[k].run == w->nodes[i].run)
            return !bd__offer_item(w, k)->intro.howto;
    return false;
}

/* All of a list look like names, and most are tracked, whatever its heading says. */
static bool known_list(const struct bd__offer_work *w, int i)
{
    const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

    return (bd__offer_item(w, i)->parent >= 0 || only_begins_with_advice(w, i)) &&
           t->known > 1 && 2 * t->known >= t->size && t->named == t->size;
}

enum bd__offer_role bd__offers_role(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const struct bd__offer_node *n = &w->nodes[i];

    if (it->parent >= 0 && w->nodes[it->parent].role != BD__OFFER_OPEN)
        return BD__OFFER_SKIP;
    if (n->look == BD_LOOK_ADVICE ||
        (!bd__offer_heading(w, i) && it->intro.howto && !all_names(w, i) &&
         !known_list(w, i) && !numbers_go_on(w, i)))
        return BD__OFFER_SKIP;
    switch (n->look) {
    case BD_LOOK_NAME:
        if (bd_look_analysis(w->p, it) || bd_look_ruled_out(w->p, it) ||
            details_rule_out(w, i))
            return BD__OFFER_SKIP;
        if (n->things && it->head.count == 0 && !sure_among_known(w, i) &&
            !numbers_go_on(w, i))
            return BD__OFFER_OPEN;
        return title(w, i) || (bd__offer_heading(w, i) && among_kinds(w, i))
                   ? BD__OFFER_OPEN
                   : BD__OFFER_NAMES;
    case BD_LOOK_KIND:
    case BD_LOOK_LABEL:
        return BD__OFFER_OPEN;
    default:
        return bd__offer_heading(w, i) || bd__offers_section(w, i) || n->names > 0 ||
                       n->row || of_a_kind(w, it->parent)
                   ? BD__OFFER_OPEN
                   : BD__OFFER_SKIP;
    }
}

void bd__offers_count_forms(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_node *n = &w->nodes[i];
        int up = bd__offer_item(w, i)->parent;

        n->role = bd__offers_role(w, i);
        if (n->things || (up >= 0 && w->nodes[up].role != BD__OFFER_OPEN))
            continue;
        w->runs[w->nodes[i].run].names += n->role == BD__OFFER_NAMES;
        w->runs[w->nodes[i].run].others +=
            n->look == BD_LOOK_OTHER || n->look == BD_LOOK_PART;
        w->names[bd__offer_item(w, i)->form] += n->role == BD__OFFER_NAMES;
        w->others[bd__offer_item(w, i)->form] +=
            n->look == BD_LOOK_OTHER || n->look == BD_LOOK_PART;
    }
}
