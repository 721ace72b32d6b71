/* domain/reading/offer_verdict.c - see offer_parts.h: what the rules made of an answer,
 * looked at again by a judge that has learnt how names that are put forward look
 * (judge.h). Rules know forms; where a list of criteria has the form of a list of names,
 * its words tell. A list is judged as a whole, by what is said of all of its heads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/judge.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum {
    LEAST_BYTES = 600, /* learnt from whole answers, it knows nothing of shorter ones */
    ITEMS = 1000,      /* that are heard to be added */
    NEIGHBOURS = 40    /* of a list, whose heads are heard */
};

/* Log odds; found with answers that nothing had been learnt from. */
static const double proper_prior = 2;   /* for what is written as names are */
static const double drop_below = -1.5;  /* the heads of a list */
static const double title_below = -2.5; /* a line that is a name alone, a cell */
static const double add_above = 1.5;    /* the same */

struct hearing {
    struct bd__offer_work *w;
    double *lists; /* what is said of a list, by its first item; NAN: not asked yet */
};

bool bd__offers_taken(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;

    for (size_t i = 0; i < w->out->list.n / sizeof(*o); i++)
        if (o[i].name.start < name->end && name->start < o[i].name.end)
            return true;
    return false;
}

void bd__offers_add(struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    const struct bd_series one = {.at = {*name}, .count = 1};

    if (!bd__offers_taken(w, name))
        bd__offers_all(w->out, w->p, &one);
}

int bd__offers_item_headed(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    int i = bd__offers_item_at(w, name->start);

    for (int k = 0; i >= 0 && k < bd__offer_item(w, i)->names.count; k++)
        if (bd__offer_item(w, i)->names.at[k].start == name->start)
            return i;
    return -1;
}

/* What is said of the heads of a list that nobody tracks, on the whole. */
static double ask_list(struct hearing *h, int run)
{
    struct bd__offer_work *w = h->w;
    struct bd_judge_case c;
    double around = 0, sum = 0;
    int heard = 0;

    if (!isnan(h->lists[run]))
        return h->lists[run];
    for (int i = run; i < bd__offer_count(w) && i < run + NEIGHBOURS; i++) {
        const struct bd_item *it = bd__offer_item(w, i);

        if (w->nodes[i].run != run || it->names.count == 0 || it->head.count > 0)
            continue;
        bd__offers_case(w, &it->names.at[0], false, &c);
        around = heard == 0 ? bd_judge_around(&c) : around; /* the same for all */
        sum += around + bd_judge_own(&c);
        heard++;
    }
    h->lists[run] = heard > 0 ? sum / heard : 0;
    return h->lists[run];
}

/* Is it within a heading: "For those who want it all: A"? */
static bool in_heading(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    int i = bd__offers_item_at(w, name->start);

    return i >= 0 && name->start < bd__offer_item(w, i)->line_end &&
           (bd__offer_heading(w, i) || bd__offers_section(w, i));
}

/* As firms and products are, or one word in Latin with a capital. */
static bool written_as_name(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    return bd_proper_surely(p, name->start, name->end) ||
           (bd_proper_name(p, name->start, name->end) &&
            !memchr(p->fold.bytes.data + name->start, ' ', name->end - name->start));
}

static bool dropped(struct hearing *h, const struct bd_offer *o)
{
    double prior = written_as_name(h->w->p, &o->name) ? proper_prior : 0;
    int i = bd__offers_item_headed(h->w, &o->name);

    if (o->brand >= 0)
        return false;
    if (i >= 0 && h->w->runs[h->w->nodes[i].run].known > 0)
        return false; /* among tracked ones */
    if (i >= 0)
        return ask_list(h, h->w->nodes[i].run) + prior < drop_below;
    if (in_heading(h->w, &o->name))
        prior = 0; /* kinds end as firms do, too */
    else if (!bd__offers_begins(h->w, &o->name))
        return false;
    return bd__offers_ask(h->w, &o->name, false) + prior < title_below;
}

static void drop(struct hearing *h)
{
    struct bd_offer *o = (struct bd_offer *)(void *)h->w->out->list.data;
    size_t count = h->w->out->list.n / sizeof(*o), kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!dropped(h, &o[i]))
            o[kept++] = o[i];
    if (count > 0) /* an empty buffer is a constant that must not be written */
        h->w->out->list.n = kept * sizeof(*o);
}

/* By its looks; among names, whatever it ends with. */
static bool may_be_name(const struct bd__offer_work *w, int i,
                        const struct bd_span_u32 *name)
{
    return w->runs[w->nodes[i].run].names > 0 ? !bd_names_sentential(w->p, name)
                                              : bd_names_plausible(w->p, name);
}

static bool may_be_head(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    enum bd_look look = w->nodes[i].look;

    if (it->parent >= 0 && w->nodes[it->parent].role == BD__OFFER_NAMES)
        return false; /* it tells of a name */
    return it->names.count > 0 && it->head.count == 0 && look != BD_LOOK_KIND &&
           look != BD_LOOK_LABEL && look != BD_LOOK_ADVICE && !w->nodes[i].things &&
           !bd_look_ruled_out(w->p, it) && may_be_name(w, i, &it->names.at[0]) &&
           !bd_names_elsewhere(w->p, &it->names.at[0]) &&
           !bd_names_kind(w->p, it->names.at[0].start, it->names.at[0].end);
}

static void add_heads(struct hearing *h)
{
    for (int i = 0; i < bd__offer_count(h->w) && i < ITEMS; i++) {
        const struct bd_names *names = &bd__offer_item(h->w, i)->names;

        if (!may_be_head(h->w, i) || bd__offers_taken(h->w, &names->at[0]) ||
            ask_list(h, h->w->nodes[i].run) < add_above)
            continue;
        for (int k = 0; k < names->count; k++)
            if (may_be_name(h->w, i, &names->at[k]))
                bd__offers_add(h->w, &names->at[k]);
    }
}

int bd__offers_verdict(struct bd__offer_work *w)
{
    struct hearing h = {.w = w};

    if (w->p->fold.bytes.n < LEAST_BYTES)
        return 0;
    h.lists = calloc((size_t)bd__offer_count(w) + 1, sizeof(*h.lists));
    if (!h.lists)
        return -1;
    for (int i = 0; i < bd__offer_count(w); i++)
        h.lists[i] = NAN;
    drop(&h);
    add_heads(&h);
    bd__offers_titled(w);
    free(h.lists);
    bd__offers_told(w);
    return 0;
}
