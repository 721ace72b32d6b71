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
    HEADS = 40,        /* of a list, that are heard */
    HITS = 60,         /* tracked names that are heard, of those in text */
    COLUMNS = 4,       /* of a table */
    CELLS = 60,        /* of a column */
    SPANS = 64         /* in text, that may be names */
};

/* Log odds; found with answers that nothing had been learnt from. */
static const double proper_prior = 2;    /* for what is written as names are */
static const double drop_below = -1.5;   /* the heads of a list */
static const double title_below = -2.5;  /* a line that is a name alone, a cell */
static const double add_above = 1.5;     /* the same */
static const double titles_above = 1;    /* lines that begin in bold, on the whole */
static const double column_above = 0.5;  /* the cells of a column, on the whole */
static const double bold_above = 0;      /* in text, where no list puts anybody forward */
static const double span_above = 2;      /* the same, without emphasis */
static const double tracked_above = 3.5; /* the same, a tracked one */

struct hearing {
    struct bd__offer_work *w;
    double *lists; /* what is said of a list, by its first item; NAN: not asked yet */
    struct bd_span_u32 spans[SPANS];
    double said[SPANS];
    int span_count;
};

static double ask(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                  bool tracked)
{
    struct bd_judge_case c;

    bd__offers_case(w, name, tracked, &c);
    return bd_judge_around(&c) + bd_judge_own(&c);
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
    for (int i = run, n = 0; i < bd__offer_count(w) && n < HEADS && heard < HEADS; i++) {
        const struct bd_item *it = bd__offer_item(w, i);

        n++;
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

/* The item whose head it is, -1: none. */
static int item_headed(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    int i = bd__offers_item_at(w, name->start);

    for (int k = 0; i >= 0 && k < bd__offer_item(w, i)->names.count; k++)
        if (bd__offer_item(w, i)->names.at[k].start == name->start)
            return i;
    return -1;
}

/* Does it begin its line, or a cell? */
static bool begins(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    struct bd_judge_case c;

    bd__offers_case(w, name, false, &c);
    return !c.inner;
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
    int i = item_headed(h->w, &o->name);

    if (o->brand >= 0)
        return false;
    if (i >= 0)
        return ask_list(h, h->w->nodes[i].run) + prior < drop_below;
    if (!begins(h->w, &o->name) && !in_heading(h->w, &o->name))
        return false;
    return ask(h->w, &o->name, false) + prior < title_below;
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

static bool taken(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;

    for (size_t i = 0; i < w->out->list.n / sizeof(*o); i++)
        if (o[i].name.start < name->end && name->start < o[i].name.end)
            return true;
    return false;
}

static void add(struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    const struct bd_series one = {.at = {*name}, .count = 1};

    if (!taken(w, name))
        bd__offers_all(w->out, w->p, &one);
}

static size_t offered(const struct bd__offer_work *w)
{
    return w->out->list.n / sizeof(struct bd_offer);
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

        if (!may_be_head(h->w, i) || taken(h->w, &names->at[0]) ||
            ask_list(h, h->w->nodes[i].run) < add_above)
            continue;
        for (int k = 0; k < names->count; k++)
            if (may_be_name(h->w, i, &names->at[k]))
                add(h->w, &names->at[k]);
    }
}

/* A line of text that begins with a name in bold: its paragraph, or a title. */
static void hear_title(void *to, struct bd_span_u32 span, bool bold)
{
    struct hearing *h = to;

    if (!bold || h->span_count == SPANS || !begins(h->w, &span) ||
        item_headed(h->w, &span) >= 0 || taken(h->w, &span) ||
        bd_names_sentential(h->w->p, &span) ||
        bd_names_kind(h->w->p, span.start, span.end))
        return;
    h->spans[h->span_count] = span;
    h->said[h->span_count++] = ask(h->w, &span, bd__offers_tracked(h->w->p, &span) >= 0);
}

static void add_titles(struct hearing *h)
{
    double sum = 0;

    h->span_count = 0;
    bd__offers_spans(h->w, hear_title, h);
    for (int i = 0; i < h->span_count; i++)
        sum += h->said[i];
    for (int i = 0; h->span_count > 1 && i < h->span_count; i++)
        if (sum / h->span_count > titles_above)
            add(h->w, &h->spans[i]);
    h->span_count = 0;
}

static struct bd_names cell_names(const struct bd__offer_work *w, const struct bd_line *l)
{
    return bd_names_read(w->p, bd_fold_index(&w->p->fold, l->start),
                         bd_fold_index(&w->p->fold, l->end));
}

/* Of the column of the table that begins at `from`: what is said of its cells on the
 * whole, or, with `take`, they are taken. */
static double column(struct hearing *h, const struct bd_line *from, size_t count,
                     int column, bool take)
{
    double sum = 0;
    int heard = 0;

    for (size_t i = 0; i < count && from[i].table == from->table && heard < CELLS; i++) {
        struct bd_names names;

        if (from[i].kind != BD_LINE_CELL || from[i].row == 0 || from[i].column != column)
            continue;
        names = cell_names(h->w, &from[i]);
        for (int k = 0; k < names.count; k++) {
            bool tracked = bd__offers_tracked(h->w->p, &names.at[k]) >= 0;

            if (take)
                add(h->w, &names.at[k]);
            else
                sum += ask(h->w, &names.at[k], tracked);
            heard++;
        }
    }
    return heard > 1 ? sum / heard : -1;
}

/* The column of a table whose cells are names, where nobody was put forward before. */
static void add_columns(struct hearing *h)
{
    const struct bd_line *l = (const struct bd_line *)(void *)h->w->p->outline.lines.data;
    size_t count = h->w->p->outline.lines.n / sizeof(*l);
    int last = 0;

    for (size_t i = 0; i < count && offered(h->w) < 2; i++) {
        if (l[i].kind != BD_LINE_CELL || l[i].table == last)
            continue;
        last = l[i].table;
        for (int k = 0; k < COLUMNS && offered(h->w) < 2; k++)
            if (column(h, &l[i], count - i, k, false) > column_above)
                (void)column(h, &l[i], count - i, k, true);
    }
}

static void hear_span(void *to, struct bd_span_u32 span, bool bold)
{
    struct hearing *h = to;
    double said;

    if (taken(h->w, &span) || bd_passage_mentions(h->w->p, span.start, span.end) ||
        !bd_names_plausible(h->w->p, &span))
        return;
    said = ask(h->w, &span, false);
    if (said < (bold ? bold_above : span_above))
        return;
    for (int i = 0; i < h->span_count; i++)
        if (h->spans[i].start < span.end && span.start < h->spans[i].end) {
            if (h->said[i] >= said)
                return;
            h->spans[i] = span;
            h->said[i] = said;
            return;
        }
    if (h->span_count < SPANS) {
        h->spans[h->span_count] = span;
        h->said[h->span_count++] = said;
    }
}

static void add_spans(struct hearing *h)
{
    bd__offers_spans(h->w, hear_span, h);
    for (int i = 0; i < h->span_count; i++)
        add(h->w, &h->spans[i]);
}

/* The tracked names of which the best is said anywhere; who is told of, and how, is known
 * later (offer_settle.c). */
static void add_tracked(struct hearing *h)
{
    const struct bd_hit *hits = bd_passage_hits(h->w->p);
    size_t count = bd_passage_hit_count(h->w->p);
    struct bd_span_u32 first[BD_INQUIRY_BRANDS] = {{0}}; /* more likely than not */
    bool done[BD_INQUIRY_BRANDS] = {false};

    for (size_t i = 0; i < count && i < HITS; i++) {
        struct bd_span_u32 name = {hits[i].start, hits[i].end}, *at;
        size_t before = h->w->out->list.n;
        double said;

        if (hits[i].tag >= BD_INQUIRY_BRANDS || done[hits[i].tag])
            continue;
        said = ask(h->w, &name, true);
        at = &first[hits[i].tag];
        *at = at->end == 0 && said > 0 ? name : *at;
        if (said < tracked_above)
            continue;
        done[hits[i].tag] = true;
        add(h->w, at);
        if (h->w->out->list.n > before)
            ((struct bd_offer *)(void *)(h->w->out->list.data + before))->judged = true;
    }
}

/* Does none of the offers begin a line or a cell? */
static bool in_prose(const struct bd__offer_work *w)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;

    for (size_t i = 0; i < offered(w); i++)
        if (begins(w, &o[i].name))
            return false;
    return true;
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
    add_titles(&h);
    add_columns(&h);
    if (in_prose(w)) {
        add_spans(&h);
        add_tracked(&h);
    }
    free(h.lists);
    return 0;
}
