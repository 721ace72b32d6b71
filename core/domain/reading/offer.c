/* domain/reading/offer.c - see offer.h. */
#include "domain/reading/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/look.h"
#include "domain/reading/marker.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/phrase.h"
#include "domain/reading/proper.h"
#include "domain/reading/series.h"

static bool all_plausible(const struct bd_item *it)
{
    return it->plausible == (1U << (unsigned)it->names.count) - 1;
}

/* "**A (Alpha Works)**": a name and its spelling in Latin; capitals alone may shorten
 * anything ("(CDN)"). */
static bool spelt_in_latin(const struct bd__offer_work *w, const struct bd_item *it)
{
    const char *s = w->p->fold.bytes.data;
    size_t at = it->names.count ? it->names.at[0].end : it->line_end;
    bool small = false;

    if (at + 1 >= it->line_end || s[at] != '(')
        return false;
    for (at++; at < it->line_end && s[at] != ')'; at++) {
        char c = w->p->s[bd_fold_origin(&w->p->fold, at)];

        if ((unsigned char)c >= 0x80)
            return false;
        small |= c >= 'a' && c <= 'z';
    }
    return small;
}

/* Of a form in which most items are no names, those that look like some are none. */
static bool trusted(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    if (it->head.count > 0 || w->nodes[i].forced ||
        (it->names.count > 2 && (it->names.others || all_plausible(it))) ||
        spelt_in_latin(w, it))
        return true;
    if (!bd__offers_proper(w, i) || bd__offers_doubtful(w, i) ||
        bd__offers_answered(w, i))
        return false;
    if (w->runs[w->nodes[i].run].names > 1 &&
        w->runs[w->nodes[i].run].names >= w->runs[w->nodes[i].run].others)
        return true;
    if (it->intro.more && it->intro.title)
        return true; /* "Others to look at:" */
    return w->names[it->form] >= w->others[it->form] &&
           (w->names[it->form] > 1 || it->parent >= 0 ||
            w->runs[w->nodes[i].run].kinds > 0);
}

static void offer_heads(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    if (w->nodes[i].forced) {
        const struct bd_series one = {.at = {it->names.at[0]}, .count = 1};

        bd__offers_all(w->out, w->p, &one);
        return;
    }
    bd__offers_head(w->out, w->p, &it->names, &it->head);
}

/* "Looks (colour, film): see to it that": behind the bracket stands what to do. */
static bool instructs(const char *s, size_t open, size_t end)
{
    static const char *const orders[] = {"重点看", "看", "要",    "先",
                                         "注意",   "选", "优先看"};
    const char *close = memchr(s + open, ')', end - open);
    size_t at = close ? (size_t)(close - s) + 1 : end;

    while (at < end && strchr("*: ", s[at]))
        at++;
    return bd_affix_begins(s + at, end - at, BD_WORDS(orders)) > 0;
}

/* Names within the line of an item that names a kind. */
static void offer_inside(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const char *s = w->p->fold.bytes.data;
    size_t at = it->head.start, end = it->line_end, head;
    enum bd_look look = w->nodes[i].look;

    head = it->head.end < end ? it->head.end : end;
    if (w->nodes[i].choice) {
        struct bd_names names = bd_names_read(w->p, w->nodes[i].choice, end);
        struct bd_head chosen = bd_head_read(w->p, w->nodes[i].choice, end);

        bd__offers_head(w->out, w->p, &names, &chosen);
        w->nodes[i].role = BD__OFFER_NAMES; /* what stands under it is its detail */
        return;
    }
    if (look == BD_LOOK_LABEL || look == BD_LOOK_KIND) {
        const char *open = memchr(s + at, '(', head - at);
        const char *colon = memchr(s + at, ':', end - at);

        if (open && look == BD_LOOK_KIND && !instructs(s, (size_t)(open - s), end))
            bd__offers_bracket(w->out, w->p, (size_t)(open - s), end,
                               bd__offer_heading(w, i) || w->nodes[i].names > 0);
        if (colon && look == BD_LOOK_LABEL &&
            bd__offers_choice(w->out, w->p, (size_t)(colon - s) + 1, end)) {
            if (bd__offer_heading(w, i))
                w->nodes[i].role = BD__OFFER_NAMES;
            return;
        }
        if (bd__offer_heading(w, i))
            return;
        if (colon &&
            bd__offers_row(w->out, w->p, (size_t)(colon - s) + 1, end,
                           look == BD_LOOK_KIND ? BD__ROW_CUED : BD__ROW_LABELLED))
            return;
    }
    if (bd__offer_heading(w, i))
        return;
    if (w->nodes[i].row)
        (void)bd__offers_firms(w->out, w->p, at, end, true);
    else
        bd__offers_cues(w->out, w->p, at, end);
    bd__offers_chosen(w->out, w->p, head, end);
    if (look == BD_LOOK_LABEL) /* "Others: besides those, **A** for its ..., **B** for" */
        (void)bd__offers_bold(w->out, w->p, head, end, true);
}

/* Neither a name nor advice, in the open: what it chooses in bold is chosen. */
static bool answers_need(const struct bd__offer_work *w, int i)
{
    int up = bd__offer_item(w, i)->parent;

    return (w->nodes[i].look == BD_LOOK_OTHER ||
            (w->nodes[i].look == BD_LOOK_ADVICE &&
             bd_look_asks(w->p, bd__offer_item(w, i)))) &&
           (up < 0 || w->nodes[up].role == BD__OFFER_OPEN);
}

static void walk(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_node *n = &w->nodes[i];

        n->role = bd__offers_role(w, i);
        if (n->role == BD__OFFER_NAMES && !trusted(w, i))
            n->role = bd__offer_heading(w, i) ? BD__OFFER_OPEN : BD__OFFER_SKIP;
        if (n->role == BD__OFFER_NAMES)
            offer_heads(w, i);
        if (n->role == BD__OFFER_NAMES && bd__offer_item(w, i)->names.others)
            n->role = BD__OFFER_OPEN; /* "A, B and others": more of them stand below */
        else if (n->role == BD__OFFER_OPEN && !n->things)
            offer_inside(w, i);
        else if (n->role == BD__OFFER_SKIP &&
                 (bd__offer_item(w, i)->parent < 0 ||
                  w->nodes[bd__offer_item(w, i)->parent].role != BD__OFFER_NAMES)) {
            bd__offers_beyond(w->out, w->p, bd__offer_item(w, i)->head.start,
                              bd__offer_item(w, i)->line_end);
            if (answers_need(w, i))
                bd__offers_chosen(w->out, w->p, bd__offer_item(w, i)->head.end,
                                  bd__offer_item(w, i)->line_end);
        }
    }
}

int bd__offers_item_at(const struct bd__offer_work *w, size_t at)
{
    int low = -1, high = bd__offer_count(w);

    while (high - low > 1) {
        int mid = low + (high - low) / 2;

        if (bd__offer_item(w, mid)->head.start <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* May a line that is no item put somebody forward, or is it under advice? */
static bool in_the_open(const struct bd__offer_work *w, size_t at, bool own_paragraph)
{
    int i = bd__offers_item_at(w, at);

    while (i >= 0 && own_paragraph && !bd__offer_heading(w, i))
        i = bd__offer_item(w, i)->parent;
    return i < 0 || w->nodes[i].role == BD__OFFER_OPEN;
}

/* Is the heading above it "Others", "More brands"? */
static bool announced_above(const struct bd__offer_work *w, size_t at)
{
    int i = bd__offers_item_at(w, at);

    return i >= 0 && bd__offer_heading(w, i) && w->nodes[i].look == BD_LOOK_LABEL;
}

enum pass {
    TABLES,
    COUNT_TITLES,
    MARK_TITLES,
    TITLES,
    LABELS,
    PARAGRAPHS,
    CHOSEN,
    ALSO,
    PROSE
};

static bool few(const struct bd__offer_work *w)
{
    return w->out->list.n / sizeof(struct bd_offer) < 2;
}

/* Titles that are names may stand under it, and it would be a kind then. */
static bool may_head_titles(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    return it->head.count == 0 && w->nodes[i].look == BD_LOOK_NAME &&
           (it->number == 0 ? bd__offer_heading(w, i)
                            : w->titles > 2 && bd__offers_section(w, i) &&
                                  w->runs[w->nodes[i].run].known == 0);
}

static void read_line(struct bd__offer_work *w, enum pass pass, size_t start, size_t end,
                      bool own)
{
    int at = bd__offers_item_at(w, end);

    if (pass == ALSO) {
        bd__offers_also(w->out, w->p, start, end);
        return;
    }
    if ((at >= 0 && bd__offer_item(w, at)->head.start >= start) ||
        (!in_the_open(w, start, own) && !((pass == COUNT_TITLES || pass == MARK_TITLES) &&
                                          at >= 0 && may_head_titles(w, at))))
        return;
    if (pass == MARK_TITLES && own && at >= 0 && may_head_titles(w, at) &&
        bd__offers_title(NULL, w->p, start, end) != BD__TITLE_NONE)
        w->nodes[at].look = BD_LOOK_KIND; /* names stand under it */
    else if (own && (pass == COUNT_TITLES || pass == TITLES)) {
        enum bd__title t =
            bd__offers_title(pass == TITLES ? w->out : NULL, w->p, start, end);

        w->titles += pass == COUNT_TITLES && t != BD__TITLE_NONE;
        w->sure += pass == COUNT_TITLES && t == BD__TITLE_SURE;
    } else if (pass == CHOSEN && own) {
        bd__offers_chosen(w->out, w->p, start, end);
        bd__offers_surely(w->out, w->p, start, end);
        bd__offers_beyond(w->out, w->p, start, end);
    } else if (pass == LABELS && (own || w->few))
        bd__offers_label(w->out, w->p, start, end, w->few);
    else if (pass == PARAGRAPHS && own)
        bd__offers_paragraph(w->out, w->p, start, end);
    else if (pass == PROSE) {
        bd__offers_prose(w->out, w->p, start, end);
        (void)bd__offers_bold(w->out, w->p, start, end, false);
    }
}

/* Where each line of text begins, behind its decoration, and ends: for all passes. */
static int find_lines(struct bd__offer_work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);

    w->lines = calloc(count + 1, sizeof(*w->lines));
    if (!w->lines)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct bd_marker m;

        if (l[i].kind != BD_LINE_TEXT)
            continue;
        m = bd_marker_read(w->p->s + l[i].start, l[i].end - l[i].start);
        w->lines[i].start = (uint32_t)bd_fold_index(&w->p->fold, l[i].start + m.bytes);
        w->lines[i].end = (uint32_t)bd_fold_index(&w->p->fold, l[i].end);
    }
    return 0;
}

/* A line that begins in bold right behind the last item of a list, and not indented:
 * Markdown takes it for text of that item, nobody else does. */
static bool at_margin(const struct bd__offer_work *w, const struct bd_line *l)
{
    const char *s = w->p->s;
    size_t at = l->start;

    while (at > 0 && s[at - 1] == '*')
        at--;
    return l->start - at == 2 && (at == 0 || s[at - 1] == '\n');
}

static void read_lines(struct bd__offer_work *w, enum pass pass)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);
    struct bd__offer_table t = {0};

    for (size_t i = 0; i < count; i++) {
        if (l[i].kind == BD_LINE_CELL && pass == TABLES) {
            size_t at = bd_fold_index(&w->p->fold, l[i].start);

            if (in_the_open(w, at, true))
                bd__offers_cell(w->out, w->p, &t, &l[i], announced_above(w, at));
        } else if (l[i].kind == BD_LINE_TEXT && pass != TABLES) {
            read_line(w, pass, w->lines[i].start, w->lines[i].end,
                      l[i].depth == 0 || at_margin(w, &l[i]));
        }
    }
}

static int read_all(struct bd__offer_work *w)
{
    bool titles, prose;

    if (bd__offers_look(w) < 0 || find_lines(w) < 0)
        return -1;
    bd__offers_count_forms(w);
    bd__offers_alike(w);
    read_lines(w, COUNT_TITLES);
    titles =
        w->titles > 1 && (2 * w->sure >= w->titles || (w->sure > 0 && w->titles > 2));
    if (titles)
        read_lines(w, MARK_TITLES);
    walk(w);
    read_lines(w, TABLES);
    if (titles)
        read_lines(w, TITLES);
    if (few(w))
        read_lines(w, PARAGRAPHS);
    w->few = few(w);
    bd__offers_answers(w);
    read_lines(w, LABELS);
    prose = few(w);
    read_lines(w, CHOSEN);
    read_lines(w, ALSO);
    for (int i = 0; i < bd__offer_count(w); i++)
        bd__offers_also(w->out, w->p, bd__offer_item(w, i)->head.start,
                        bd__offer_item(w, i)->line_end);
    if (prose)
        read_lines(w, PROSE);
    w->by_rules = (int)(w->out->list.n / sizeof(struct bd_offer));
    bd__offers_learn(w);
    if (bd__offers_verdict(w) < 0)
        return -1;
    bd__offers_sort(w->out);
    return w->out->list.failed ? -1 : 0;
}

int bd_offer_read(struct bd_buf *out, const struct bd_passage *p,
                  const struct bd_items *in)
{
    struct bd__offers offers = {.list = *out, .text = p->fold.bytes.data};
    struct bd__offer_work *w = calloc(1, sizeof(*w));
    int rc;

    if (!w)
        return -1;
    w->p = p;
    w->out = &offers;
    w->in = *in; /* the lists stay its owner's */
    w->nodes = calloc((size_t)bd__offer_count(w) + 1, sizeof(*w->nodes));
    w->runs = calloc((size_t)bd__offer_count(w) + 1, sizeof(*w->runs));
    rc = w->nodes && w->runs ? read_all(w) : -1;
    *out = offers.list;
    free(w->nodes);
    free(w->lines);
    free(w->runs);
    free(w);
    return rc;
}
