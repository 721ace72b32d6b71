/* domain/reading/offer_learn.c - see offer_parts.h: what a judge may be asked about, told
 * to whoever makes it learn. */
#include "domain/reading/judge.h"
#include "domain/reading/offer_parts.h"

enum { COLUMNS = 4, CELLS = 160, SPANS = 400 };

struct telling {
    const struct bd__offer_work *w;
    int spans;
};

static void tell(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                 bool offered)
{
    int brand = bd__offers_tracked(w->p, name);
    struct bd_judge_case c;

    if (name->end <= name->start)
        return;
    bd__offers_case(w, name, brand >= 0, &c);
    w->p->learner->candidate(w->p->learner->to, bd_fold_origin(&w->p->fold, name->start),
                             bd_fold_origin(&w->p->fold, name->end), brand, offered, &c);
}

static void tell_span(void *to, struct bd_span_u32 span, bool bold)
{
    struct telling *t = to;

    if (bold || t->spans++ < SPANS)
        tell(t->w, &span, false);
}

static void tell_cells(const struct bd__offer_work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);

    for (size_t i = 0, cells = 0; i < count && cells < CELLS; i++) {
        struct bd_names names;

        if (l[i].kind != BD_LINE_CELL || l[i].row == 0 || l[i].column >= COLUMNS)
            continue;
        cells++;
        names = bd_names_read(w->p, bd_fold_index(&w->p->fold, l[i].start),
                              bd_fold_index(&w->p->fold, l[i].end));
        for (int k = 0; k < names.count; k++)
            tell(w, &names.at[k], false);
    }
}

void bd__offers_learn(const struct bd__offer_work *w)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;
    const struct bd_hit *h = bd_passage_hits(w->p);
    struct telling t = {.w = w};

    if (!w->p->learner)
        return;
    for (size_t i = 0; i < w->out->list.n / sizeof(*o); i++)
        tell(w, &o[i].name, true);
    for (int i = 0; i < bd__offer_count(w); i++)
        for (int k = 0; k < bd__offer_item(w, i)->names.count; k++)
            tell(w, &bd__offer_item(w, i)->names.at[k], false);
    for (size_t i = 0; i < bd_passage_hit_count(w->p) && i < BD__JUDGED_HITS; i++)
        tell(w, &(struct bd_span_u32){h[i].start, h[i].end}, false);
    tell_cells(w);
    bd__offers_bold_spans(w, tell_span, &t);
    bd__offers_text_spans(w, tell_span, &t);
}
