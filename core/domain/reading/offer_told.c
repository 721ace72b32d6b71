/* domain/reading/offer_told.c - see offer_parts.h: names that the text of a whole answer
 * puts forward, by what a judge says of them (judge.h): at the head of paragraphs, and,
 * in an answer whose lists name nobody, within its sentences. */
#include "domain/reading/judge.h"
#include "domain/reading/offer_parts.h"

enum {
    SPANS = 64,  /* that are likely names */
    HEARD = 800, /* that the judge is asked about */
    SEEN = 4000  /* that are looked at at all */
};

/* Log odds; found with answers that nothing had been learnt from. */
static const double titles_above = 1;    /* lines that begin in bold, on the whole */
static const double bold_above = 0;      /* in bold within a text */
static const double span_above = 2;      /* within a text, without emphasis */
static const double tracked_above = 3.5; /* a tracked one */

struct telling {
    struct bd__offer_work *w;
    struct bd_span_u32 spans[SPANS];
    double said[SPANS];
    int count, heard, seen;
};

/* A line of text that begins with a name in bold: its paragraph, or a title. */
static void hear_title(void *to, struct bd_span_u32 span, bool bold)
{
    struct telling *t = to;

    (void)bold;
    if (t->count == SPANS || !bd__offers_begins_line(t->w, &span) ||
        bd__offers_item_headed(t->w, &span) >= 0 || bd__offers_taken(t->w, &span) ||
        bd_names_sentential(t->w->p, &span) ||
        bd_names_kind(t->w->p, span.start, span.end))
        return;
    t->spans[t->count] = span;
    t->said[t->count++] =
        bd__offers_ask(t->w, &span, bd__offers_tracked(t->w->p, &span) >= 0);
}

static void hear_span(void *to, struct bd_span_u32 span, bool bold)
{
    struct telling *t = to;
    double said;

    if (t->seen++ >= SEEN || t->heard == HEARD || bd__offers_taken(t->w, &span) ||
        bd_passage_mentions(t->w->p, span.start, span.end) ||
        !bd_names_plausible(t->w->p, &span))
        return;
    t->heard++;
    said = bd__offers_ask(t->w, &span, false);
    if (said < (bold ? bold_above : span_above))
        return;
    for (int i = 0; i < t->count; i++)
        if (t->spans[i].start < span.end && span.start < t->spans[i].end) {
            if (t->said[i] >= said)
                return;
            t->spans[i] = span;
            t->said[i] = said;
            return;
        }
    if (t->count < SPANS) {
        t->spans[t->count] = span;
        t->said[t->count++] = said;
    }
}

static void add_spans(struct bd__offer_work *w)
{
    struct telling t = {.w = w};

    bd__offers_bold_spans(w, hear_span, &t);
    bd__offers_text_spans(w, hear_span, &t);
    for (int i = 0; i < t.count; i++)
        bd__offers_add(w, &t.spans[i]);
}

/* The tracked names of which the best is said anywhere; who is told of, and how, is known
 * later (offer_settle.c). */
static void add_tracked(struct bd__offer_work *w)
{
    const struct bd_hit *hits = bd_passage_hits(w->p);
    size_t count = bd_passage_hit_count(w->p);
    struct bd_span_u32 first[BD_INQUIRY_BRANDS] = {{0}}; /* more likely than not */
    bool done[BD_INQUIRY_BRANDS] = {false}; /* or put forward already, by a rule */

    for (size_t i = 0; i < w->out->list.n / sizeof(struct bd_offer); i++) {
        const struct bd_offer *o =
            (const struct bd_offer *)(const void *)w->out->list.data;

        if (o[i].brand >= 0 && o[i].brand < BD_INQUIRY_BRANDS)
            done[o[i].brand] = true;
    }
    for (size_t i = 0; i < count && i < BD__JUDGED_HITS; i++) {
        struct bd_span_u32 name = {hits[i].start, hits[i].end}, *at;
        size_t before = w->out->list.n;
        double said;

        if (hits[i].tag >= BD_INQUIRY_BRANDS || done[hits[i].tag])
            continue;
        said = bd__offers_ask(w, &name, true);
        at = &first[hits[i].tag];
        *at = at->end == 0 && said > 0 ? name : *at;
        if (said < tracked_above)
            continue;
        done[hits[i].tag] = true;
        bd__offers_add(w, at);
        if (w->out->list.n > before)
            ((struct bd_offer *)(void *)(w->out->list.data + before))->judged = true;
    }
}

/* Does none of the offers begin a line or a cell? */
static bool in_prose(const struct bd__offer_work *w)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;

    for (size_t i = 0; i < w->out->list.n / sizeof(*o); i++)
        if (bd__offers_begins(w, &o[i].name))
            return false;
    return true;
}

void bd__offers_titled(struct bd__offer_work *w)
{
    struct telling t = {.w = w};
    double sum = 0;

    bd__offers_bold_spans(w, hear_title, &t);
    for (int i = 0; i < t.count; i++)
        sum += t.said[i];
    for (int i = 0; t.count > 1 && i < t.count; i++)
        if (sum / t.count > titles_above)
            bd__offers_add(w, &t.spans[i]);
}

void bd__offers_told(struct bd__offer_work *w)
{
    if (!in_prose(w))
        return;
    add_spans(w);
    add_tracked(w);
}
