/* domain/offer.c - see offer.h. */
#include "domain/offer.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/lexicon.h"
#include "domain/look.h"
#include "domain/offer_parts.h"
#include "domain/series.h"

/* What to do with what stands in and under an item. */
enum role { SKIP, NAMES, OPEN };

struct node {
    enum bd_look look;
    enum role role;
    int run;          /* first item of the list: of its level, under the same paragraph */
    int names, parts; /* items right under it that look like it */
};

struct work {
    const struct bd_passage *p;
    struct bd_items in;
    struct node *nodes;
    struct tally {
        int names, others; /* of what is not skipped */
        int count, looks, kinds;
    } * runs;                                        /* by first item */
    int names[BD_ITEM_FORMS], others[BD_ITEM_FORMS]; /* by form, of what is not skipped */
    struct bd__offers *out;
    bool few; /* the lists put hardly anybody forward */
};

static struct bd_item *items(const struct work *w)
{
    return bd_items_list(&w->in);
}

static int item_count(const struct work *w)
{
    return (int)(w->in.items.n / sizeof(struct bd_item));
}

static bool is_heading(const struct work *w, int i)
{
    return items(w)[i].level < 16;
}

static void find_runs(struct work *w)
{
    int last[BD_ITEM_LEVELS];

    for (int i = 0; i < BD_ITEM_LEVELS; i++)
        last[i] = -1;
    for (int i = 0; i < item_count(w); i++) {
        const struct bd_item *it = &items(w)[i];
        int before = last[it->level];

        w->nodes[i].run = before >= 0 && items(w)[before].group == it->group &&
                                  items(w)[before].list == it->list
                              ? w->nodes[before].run
                              : i;
        last[it->level] = i;
    }
}

/* A head with names under it names a kind, and so does one with "such as A" under it. */
static void find_kinds(struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];
    struct node *n = &w->nodes[i], *up = it->parent >= 0 ? &w->nodes[it->parent] : NULL;
    size_t row = bd_series_begin(w->p, it->head.start, it->line_end);

    if (n->look == BD_LOOK_NAME && it->head.count == 0 && !it->names.others &&
        n->names > n->parts + (is_heading(w, i) ? 0 : 1))
        n->look = BD_LOOK_KIND;
    if (row > it->head.start && up && up->look == BD_LOOK_NAME &&
        items(w)[it->parent].head.count == 0)
        up->look = BD_LOOK_KIND;
}

static void look_at_all(struct work *w)
{
    find_runs(w);
    for (int i = 0; i < item_count(w); i++) {
        struct node *n = &w->nodes[i];
        int up = items(w)[i].parent;

        n->look = bd_look_at(w->p, &items(w)[i]);
        if (up < 0)
            continue;
        w->nodes[up].names += n->look == BD_LOOK_NAME && !items(w)[i].howto_intro &&
                              bd_look_marked(w->p, &items(w)[i]);
        w->nodes[up].parts += n->look == BD_LOOK_PART || n->look == BD_LOOK_LABEL ||
                              n->look == BD_LOOK_ADVICE;
    }
    for (int i = 0; i < item_count(w); i++)
        find_kinds(w, i);
}

/* One that only ends as a kind does, in a list of names, and names nobody, is one. */
static void find_names(struct work *w)
{
    for (int i = 0; i < item_count(w); i++) {
        const struct bd_item *it = &items(w)[i];
        struct tally *t = &w->runs[w->nodes[i].run];

        if (w->nodes[i].look == BD_LOOK_KIND && t->kinds == 1 &&
            t->looks == t->count - 1 && t->looks > 0 && w->nodes[i].names == 0 &&
            (it->plausible & 1U) && bd_look_marked(w->p, it) &&
            bd_look_ends_kind(w->p, it) &&
            bd_series_cue(w->p, it->head.start, it->line_end) >= it->line_end)
            w->nodes[i].look = BD_LOOK_NAME;
    }
}

static void count_looks(struct work *w)
{
    for (int i = 0; i < item_count(w); i++) {
        struct tally *t = &w->runs[w->nodes[i].run];

        t->count++;
        t->looks += w->nodes[i].look == BD_LOOK_NAME;
        t->kinds += w->nodes[i].look == BD_LOOK_KIND;
    }
}

static bool title(const struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];

    return it->kind == BD_LIST_HEADINGS && it->number == 0 &&
           bd_items_groups(&w->in)[it->group].count == 1;
}

/* A list of three names at least, and nothing else, under whatever words. */
static bool all_names(const struct work *w, int i)
{
    const struct bd_group *g = &bd_items_groups(&w->in)[items(w)[i].group];

    return g->count > 2 && !items(w)[i].under_title &&
           w->runs[w->nodes[i].run].looks == g->count;
}

/* Most headings beside it name kinds. */
static bool among_kinds(const struct work *w, int i)
{
    const struct tally *g = &w->runs[w->nodes[i].run];

    return items(w)[i].head.count == 0 && g->kinds > g->looks;
}

/* A number and a title in bold, in a line of its own: a heading in all but form. */
static bool is_section(const struct work *w, int i)
{
    return items(w)[i].level == BD_ITEM_PLAIN_NUMBER && bd_look_bold(w->p, &items(w)[i]);
}

/* What describes a kind may name some of it. */
static bool of_a_kind(const struct work *w, int i)
{
    return i >= 0 && !is_heading(w, i) && w->nodes[i].look == BD_LOOK_KIND &&
           w->nodes[i].names == 0;
}

static enum role role_of(const struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];
    const struct node *n = &w->nodes[i];

    if (it->parent >= 0 && w->nodes[it->parent].role != OPEN)
        return SKIP;
    if (n->look == BD_LOOK_ADVICE ||
        (!is_heading(w, i) && it->howto_intro && !all_names(w, i)))
        return SKIP;
    switch (n->look) {
    case BD_LOOK_NAME:
        return title(w, i) || (is_heading(w, i) && among_kinds(w, i)) ? OPEN : NAMES;
    case BD_LOOK_KIND:
    case BD_LOOK_LABEL:
        return OPEN;
    default:
        return is_heading(w, i) || is_section(w, i) || n->names > 0 ||
                       of_a_kind(w, it->parent)
                   ? OPEN
                   : SKIP;
    }
}

static void count_forms(struct work *w)
{
    for (int i = 0; i < item_count(w); i++) {
        struct node *n = &w->nodes[i];
        int up = items(w)[i].parent;

        n->role = role_of(w, i);
        if (up >= 0 && w->nodes[up].role != OPEN)
            continue;
        w->runs[w->nodes[i].run].names += n->role == NAMES;
        w->runs[w->nodes[i].run].others +=
            n->look == BD_LOOK_OTHER || n->look == BD_LOOK_PART;
        w->names[items(w)[i].form] += n->role == NAMES;
        w->others[items(w)[i].form] +=
            n->look == BD_LOOK_OTHER || n->look == BD_LOOK_PART;
    }
}

/* Of a form in which most items are no names, those that look like some are none. */
static bool trusted(const struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];

    if (it->head.count > 0 || (it->names.others && it->names.count > 2))
        return true;
    if (w->runs[w->nodes[i].run].names > 1 &&
        w->runs[w->nodes[i].run].names >= w->runs[w->nodes[i].run].others)
        return true;
    return w->names[it->form] >= w->others[it->form] &&
           (w->names[it->form] > 1 || it->parent >= 0 ||
            w->runs[w->nodes[i].run].kinds > 0);
}

static void offer_heads(struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];

    bd__offers_head(w->out, w->p, &it->names, &it->head);
}

/* Names within the line of an item that names a kind. */
static void offer_inside(struct work *w, int i)
{
    const struct bd_item *it = &items(w)[i];
    const char *s = w->p->fold.bytes.data;
    size_t at = it->head.start, end = it->line_end, head;
    enum bd_look look = w->nodes[i].look;

    head = it->head.end < end ? it->head.end : end;
    if (look == BD_LOOK_LABEL || look == BD_LOOK_KIND) {
        const char *open = memchr(s + at, '(', head - at);
        const char *colon = memchr(s + at, ':', end - at);

        if (open && look == BD_LOOK_KIND)
            bd__offers_bracket(w->out, w->p, (size_t)(open - s), end, is_heading(w, i));
        if (is_heading(w, i))
            return;
        if (colon &&
            bd__offers_row(w->out, w->p, (size_t)(colon - s) + 1, end,
                           look == BD_LOOK_KIND ? BD__ROW_CUED : BD__ROW_LABELLED))
            return;
    }
    if (!is_heading(w, i))
        bd__offers_cues(w->out, w->p, at, end);
}

static void walk(struct work *w)
{
    for (int i = 0; i < item_count(w); i++) {
        struct node *n = &w->nodes[i];

        n->role = role_of(w, i);
        if (n->role == NAMES && !trusted(w, i))
            n->role = is_heading(w, i) ? OPEN : SKIP;
        if (n->role == NAMES)
            offer_heads(w, i);
        if (n->role == NAMES && items(w)[i].names.others)
            n->role = OPEN; /* "A, B and others": more of them stand below */
        else if (n->role == OPEN)
            offer_inside(w, i);
        else if (n->role == SKIP &&
                 (items(w)[i].parent < 0 || w->nodes[items(w)[i].parent].role != NAMES))
            bd__offers_beyond(w->out, w->p, items(w)[i].head.start, items(w)[i].line_end);
    }
}

/* The last item that begins at or before the folded offset, -1 = none. */
static int item_at(const struct work *w, size_t at)
{
    int low = -1, high = item_count(w);

    while (high - low > 1) {
        int mid = low + (high - low) / 2;

        if (items(w)[mid].head.start <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* May a line that is no item put somebody forward, or is it under advice? */
static bool in_the_open(const struct work *w, size_t at, bool own_paragraph)
{
    int i = item_at(w, at);

    while (i >= 0 && own_paragraph && !is_heading(w, i))
        i = items(w)[i].parent;
    return i < 0 || w->nodes[i].role == OPEN;
}

enum pass { TABLES, LABELS, PARAGRAPHS, PROSE };

static bool few(const struct work *w)
{
    return w->out->list.n / sizeof(struct bd_offer) < 2;
}

static void read_line(struct work *w, enum pass pass, size_t start, size_t end, bool own)
{
    int at = item_at(w, end);

    if ((at >= 0 && items(w)[at].head.start >= start) || !in_the_open(w, start, own))
        return;
    if (pass == LABELS && (own || w->few))
        bd__offers_label(w->out, w->p, start, end, w->few);
    else if (pass == PARAGRAPHS && own)
        bd__offers_paragraph(w->out, w->p, start, end);
    else if (pass == PROSE)
        bd__offers_prose(w->out, w->p, start, end);
}

static void read_lines(struct work *w, enum pass pass)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);
    struct bd__offer_table t = {0};

    for (size_t i = 0; i < count; i++) {
        size_t start = bd_fold_index(&w->p->fold, l[i].start);
        size_t end = bd_fold_index(&w->p->fold, l[i].end);

        if (l[i].kind == BD_LINE_CELL && pass == TABLES && in_the_open(w, start, true))
            bd__offers_cell(w->out, w->p, &t, &l[i]);
        else if (l[i].kind == BD_LINE_TEXT && pass != TABLES)
            read_line(w, pass, start, end, l[i].depth == 0);
    }
}

static int read_all(struct work *w)
{
    look_at_all(w);
    count_looks(w);
    find_names(w);
    count_forms(w);
    walk(w);
    read_lines(w, TABLES);
    if (few(w))
        read_lines(w, PARAGRAPHS);
    w->few = few(w);
    read_lines(w, LABELS);
    if (few(w))
        read_lines(w, PROSE);
    bd__offers_sort(w->out);
    return w->out->list.failed ? -1 : 0;
}

int bd_offer_read(struct bd_buf *out, const struct bd_passage *p,
                  const struct bd_items *in)
{
    struct bd__offers offers = {.list = *out, .text = p->fold.bytes.data};
    struct work *w = calloc(1, sizeof(*w));
    int rc;

    if (!w)
        return -1;
    w->p = p;
    w->out = &offers;
    w->in = *in; /* the lists stay its owner's */
    w->nodes = calloc((size_t)item_count(w) + 1, sizeof(*w->nodes));
    w->runs = calloc((size_t)item_count(w) + 1, sizeof(*w->runs));
    rc = w->nodes && w->runs ? read_all(w) : -1;
    *out = offers.list;
    free(w->nodes);
    free(w->runs);
    free(w);
    return rc;
}
