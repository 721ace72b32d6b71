/* domain/reading/items.c - see items.h. */
#include "domain/reading/items.h"

#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/marker.h"

enum { NEED_BYTES = 60 };

struct work {
    const struct bd_passage *p;
    struct bd_items *out;
    int last_group[BD_ITEM_FORMS]; /* index, -1 = none that can go on */
    int last_item[BD_ITEM_LEVELS]; /* the way down to the current line */
    struct bd_intro intro;
    int lists;
};

static struct bd_item *items(const struct work *w)
{
    return bd_items_list(w->out);
}

static struct bd_group *groups(const struct work *w)
{
    return bd_items_groups(w->out);
}

static int item_count(const struct work *w)
{
    return (int)(w->out->items.n / sizeof(struct bd_item));
}

static int clip(int depth, int max)
{
    return depth < max ? depth : max;
}

/* The level of a line, 0 if it is no item. */
static int level_of(const struct bd_line *l, const struct bd_marker *m)
{
    int depth = 4 * clip(l->depth, 16);

    if (l->kind == BD_LINE_HEADING)
        return 2 * l->depth;
    if (l->kind == BD_LINE_ITEM)
        return 16 + depth + (l->number ? 0 : 2);
    if (l->kind != BD_LINE_TEXT || m->kind == BD_MARKER_NONE)
        return 0;
    if (m->kind == BD_MARKER_CHAPTER && l->depth == 0)
        return 14;
    return BD_ITEM_PLAIN_NUMBER + depth + (m->kind == BD_MARKER_BULLET ? 2 : 0);
}

static enum bd_list_kind kind_of(const struct bd_line *l, int number)
{
    if (l->kind == BD_LINE_HEADING)
        return BD_LIST_HEADINGS;
    return number ? BD_LIST_NUMBERED : BD_LIST_BULLETS;
}

static int join_group(struct work *w, const struct bd_item *it)
{
    int g = w->last_group[it->form], at = item_count(w);
    struct bd_group fresh = {.form = it->form, .first = at, .last = at};

    if (g >= 0 && it->number > 0 && it->number <= items(w)[groups(w)[g].last].number)
        g = -1; /* numbering began again */
    if (g < 0) {
        if (bd_buf_append(&w->out->groups, &fresh, sizeof(fresh)) < 0)
            return -1;
        g = (int)(w->out->groups.n / sizeof(fresh)) - 1;
        w->last_group[it->form] = g;
    }
    groups(w)[g].last = at;
    groups(w)[g].count++;
    groups(w)[g].tracked += it->head.count > 0;
    groups(w)[g].parts += it->head.count == 0 && it->names.count > 0 &&
                          bd_names_part(w->p, &it->names.at[0]);
    for (int i = 0; i < it->head.count; i++) {
        int brand = bd_passage_hits(w->p)[it->head.hits[i]].tag;

        groups(w)[g].brands |= brand < 32 ? 1u << brand : 0;
    }
    groups(w)[g].howto +=
        bd_passage_says(w->p, it->head.start, it->head.end, BD_WORD_HOWTO);
    return g;
}

/* A paragraph ends a list: what stands behind it is under none of its items. */
static int parent_of(const struct work *w, int level, int list)
{
    for (int i = level - 1; i > 0; i--) {
        int k = w->last_item[i];

        if (k < 0 || (items(w)[k].list != 0 && items(w)[k].list != list))
            continue;
        if (i == BD_ITEM_PLAIN_NUMBER && (w->intro.howto || w->intro.more) &&
            w->intro.title)
            continue; /* a title in bold ends it as well */
        return k;
    }
    return -1;
}

static void close_deeper(struct work *w, int level)
{
    for (int i = level + 1; i < BD_ITEM_LEVELS; i++) {
        w->last_item[i] = -1;
        w->last_group[(size_t)2 * (size_t)i] = -1;
        w->last_group[(size_t)2 * (size_t)i + 1] = -1;
    }
}

void bd_items_read_names(const struct bd_passage *p, struct bd_item *it, size_t start,
                         size_t end)
{
    it->names = bd_names_read(p, start, end);
    if (bd_names_of_nobody(p, &it->names, end))
        return;
    for (int i = 0; i < it->names.count; i++)
        if (bd_names_plausible(p, &it->names.at[i]))
            it->plausible |= (uint8_t)(1U << (unsigned)i);
}

/* "🥇 Best value: A": where a tracked A begins, 0 if none does. */
static size_t behind_need(const struct bd_passage *p, size_t start, size_t end)
{
    const char *s = p->fold.bytes.data;
    size_t most = end - start < NEED_BYTES ? end : start + NEED_BYTES, hit;
    const char *colon = memchr(s + start, ':', most - start);
    size_t at = colon ? (size_t)(colon - s) + 1 : end;

    while (at < end && strchr("* ", s[at]))
        at++;
    hit = bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), at);
    return hit < bd_passage_hit_count(p) && bd_passage_hits(p)[hit].start == at &&
                   at < end
               ? at
               : 0;
}

/* A heading, or a number in bold. */
static bool titled(const struct bd_passage *p, const struct bd_item *it, size_t start)
{
    return it->kind == BD_LIST_HEADINGS ||
           (it->level == BD_ITEM_PLAIN_NUMBER && bd_names_bold(p, start));
}

/* Nothing but the name and a bracket to the end of the line. */
static bool fills(const char *s, size_t at, size_t end)
{
    static const char *const marks[] = {",", "。", ";", "、", ":"};

    return end - at < NEED_BYTES && !bd_affix_holds(s + at, end - at, BD_WORDS(marks));
}

/* "🥇 Quiet: A", "2. Best value: A": a place of A. */
static void read_choice(const struct bd_passage *p, struct bd_item *it,
                        const struct bd_marker *m, size_t start, size_t end)
{
    static const char *const begins[] = {"best ", "top ", "most ", "great "};
    static const char *const ends[] = {"首选", "之选", "首推", "优选", "最佳选择"};
    const char *s = p->fold.bytes.data;
    size_t at = behind_need(p, start, end), n;

    if (at == 0)
        return;
    n = (size_t)((const char *)memchr(s + start, ':', at - start) - s) - start;
    while (n > 0 && strchr("* ", s[start + n - 1]))
        n--;
    if (m->kind == BD_MARKER_RANK || bd_affix_begins(s + start, n, BD_WORDS(begins)) ||
        bd_affix_ends(s + start, n, BD_WORDS(ends)) ||
        (titled(p, it, start) && fills(s, at, end)))
        it->head = bd_head_read(p, at, end);
}

/* "1. A" of one list of Markdown, "4. B" of none, "5. C" of one: which of them it knows
 * hangs on the lines between. Where the number goes on from a line of the other sort
 * alone, it is of that line's level. */
static void go_on_as_before(const struct work *w, const struct bd_line *l,
                            struct bd_item *it)
{
    const bool text = it->level == BD_ITEM_PLAIN_NUMBER;
    const int other = text ? BD_ITEM_LISTED_NUMBER : BD_ITEM_PLAIN_NUMBER;
    const int last = w->last_item[other], own = w->last_item[it->level];

    if (it->number < 2 || (!text && it->level != BD_ITEM_LISTED_NUMBER) ||
        l->kind == BD_LINE_HEADING || last < 0 ||
        items(w)[last].number + 1 != it->number ||
        (own > last && items(w)[own].number + 1 == it->number))
        return;
    it->level = other;
    it->list = items(w)[last].list;
}

static int add_item(struct work *w, const struct bd_line *l, const struct bd_marker *m,
                    size_t start, size_t end)
{
    struct bd_item it = {.level = level_of(l, m), .line_end = end, .block_end = end};

    it.number = l->number ? l->number : m->number;
    it.kind = kind_of(l, it.number);
    it.list = l->kind == BD_LINE_ITEM ? w->lists : 0;
    go_on_as_before(w, l, &it);
    it.form = 2 * it.level + (it.number > 0);
    it.head = bd_head_read(w->p, start, end);
    if (it.head.count == 0 && it.number > 0)
        read_choice(w->p, &it, m, start, end);
    bd_items_read_names(w->p, &it, it.head.start, end);
    it.parent = parent_of(w, it.level, it.list);
    it.intro = w->intro;
    it.group = join_group(w, &it);
    if (it.group < 0)
        return -1;
    w->last_item[it.level] = item_count(w);
    close_deeper(w, it.level);
    return bd_buf_append(&w->out->items, &it, sizeof(it));
}

/* Is the line text of the latest item? */
static bool belongs(const struct work *w, const struct bd_line *l)
{
    return item_count(w) > 0 && l->kind == BD_LINE_TEXT &&
           (l->depth > 0 || items(w)[item_count(w) - 1].kind == BD_LIST_HEADINGS);
}

/* The medal that goes on behind the third: which one it is, its place says. */
static void read_medal(const struct work *w, const struct bd_line *l, struct bd_marker *m)
{
    int last = w->last_item[BD_ITEM_PLAIN_NUMBER];

    if (m->kind != BD_MARKER_NONE || l->kind != BD_LINE_TEXT || l->depth > 0 ||
        last < 0 || l->end - l->start < 4 || items(w)[last].number < 3 ||
        (memcmp(w->p->s + l->start, "🏅", 4) != 0 &&
         memcmp(w->p->s + l->start, "🎖", 4) != 0))
        return;
    m->kind = BD_MARKER_RANK;
    m->number = items(w)[last].number + 1;
}

/* Is it one of the lines "1、A: ..." of a list that Markdown does not know? They announce
 * nothing; in bold they may. */
static bool goes_on(const struct work *w, const struct bd_line *l, int level,
                    size_t mark_bytes)
{
    size_t before = l->start > 0; /* the outline leaves out the marks around a line */

    return level == BD_ITEM_PLAIN_NUMBER &&
           !memchr(w->p->s + l->start - before, '*', before + mark_bytes + 1);
}

static int collect(struct work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);

    for (size_t i = 0; i < count && item_count(w) < BD_ITEMS; i++) {
        struct bd_marker m = bd_marker_read(w->p->s + l[i].start, l[i].end - l[i].start);
        size_t start = bd_fold_index(&w->p->fold, l[i].start + m.bytes);
        size_t end = bd_fold_index(&w->p->fold, l[i].end);
        int level;

        read_medal(w, &l[i], &m);
        level = level_of(&l[i], &m);
        if (level > 0) {
            if (add_item(w, &l[i], &m, start, end) < 0)
                return -1;
        } else if (belongs(w, &l[i])) {
            items(w)[item_count(w) - 1].block_end = end;
        }
        if (l[i].kind == BD_LINE_HEADING ||
            (l[i].kind == BD_LINE_TEXT && l[i].depth == 0 &&
             !goes_on(w, &l[i], level, m.bytes))) {
            w->intro = bd_intro_read(w->p, l[i].kind == BD_LINE_HEADING, start, end);
            w->lists++;
        }
    }
    return 0;
}

int bd_items_collect(struct bd_items *out, const struct bd_passage *p)
{
    struct work w = {.p = p, .out = out, .lists = 1, .intro = {.offers = true}};

    bd_buf_init(&out->items, BD_ITEMS * sizeof(struct bd_item));
    bd_buf_init(&out->groups, BD_ITEMS * sizeof(struct bd_group));
    memset(w.last_group, -1, sizeof(w.last_group));
    memset(w.last_item, -1, sizeof(w.last_item));
    return collect(&w);
}

void bd_items_free(struct bd_items *in)
{
    bd_buf_free(&in->items);
    bd_buf_free(&in->groups);
}
