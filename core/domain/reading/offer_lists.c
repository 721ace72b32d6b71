/* domain/reading/offer_lists.c - see offer_parts.h: what lists are as a whole. One item
 * may look like anything; its neighbours say what it is. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum { MOST_NEEDS = 12 };

struct label {
    const char *s;
    size_t n;
    int item, parent;
};

static int by_text(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    int order = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);

    if (order == 0 && x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

static bool told_of_a_name(const struct bd__offer_work *w, int i)
{
    return w->nodes[i].look == BD_LOOK_NAME && w->runs[w->nodes[i].run].known == 0 &&
           w->nodes[bd__offer_item(w, i)->parent].look == BD_LOOK_NAME;
}

/* Two items say the same under different ones. */
static void find_pair(struct bd__offer_work *w, const struct label *a,
                      const struct label *b)
{
    const struct label *both[] = {a, b};

    if (told_of_a_name(w, a->item) && told_of_a_name(w, b->item)) {
        w->nodes[a->item].look = w->nodes[b->item].look = BD_LOOK_PART;
        return;
    }
    for (int k = 0; k < 2; k++) {
        struct bd__offer_node *n = &w->nodes[both[k]->item];

        w->runs[n->run].repeats += !n->repeats;
        w->runs[n->run].told += !n->repeats && n->look != BD_LOOK_NAME;
        n->repeats = true;
    }
}

int bd__offers_labels(struct bd__offer_work *w)
{
    int count = bd__offer_count(w);
    struct label *l = calloc((size_t)count + 1, sizeof(*l));
    size_t n = 0;

    if (!l)
        return -1;
    for (int i = 0; i < count; i++) {
        const struct bd_item *it = bd__offer_item(w, i);

        w->runs[w->nodes[i].run].size++;
        w->runs[w->nodes[i].run].known += it->head.count > 0;
        w->known[it->form] |= it->head.count > 0;
        if (it->head.count == 0 && it->parent >= 0 && it->names.count > 0)
            l[n++] = (struct label){w->p->fold.bytes.data + it->names.at[0].start,
                                    it->names.at[0].end - it->names.at[0].start, i,
                                    it->parent};
    }
    if (n > 1)
        qsort(l, n, sizeof(*l), by_text);
    for (size_t i = 1; i < n; i++)
        if (l[i].n == l[i - 1].n && memcmp(l[i].s, l[i - 1].s, l[i].n) == 0 &&
            l[i].parent != l[i - 1].parent)
            find_pair(w, &l[i - 1], &l[i]);
    free(l);
    for (int i = 0; i < count; i++) { /* half of a list is: all of it describes */
        const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        if (w->nodes[i].look == BD_LOOK_NAME && t->known == 0 && t->told > 0 &&
            2 * t->repeats >= t->size)
            w->nodes[i].look = BD_LOOK_PART;
    }
    return 0;
}

bool bd__offers_lone_kind(const struct bd__offer_work *w, int i)
{
    const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

    return bd__offer_item(w, i)->number > 0 && t->size > 2 && t->named == t->size &&
           (t->kids == 1 || t->known_kids > 0);
}

/* Behind the colon of a heading, where one name, or two, fill the rest of the line; 0:
 * not so. */
static size_t named_behind(const struct bd__offer_work *w, int i, bool *known)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const char *s = w->p->fold.bytes.data,
               *colon = memchr(s + it->head.start, ':', it->line_end - it->head.start);
    static const char *const kinds[] = {"类别",  "类型",      "第",    "方案",   "part ",
                                        "type ", "category ", "tier ", "option "};
    struct bd_span_u32 name;

    if (!colon || it->head.count > 0 ||
        bd_affix_begins(s + it->head.start, it->head.end - it->head.start,
                        BD_WORDS(kinds)) ||
        (it->level >= BD_ITEM_PLAIN_NUMBER &&
         (it->level > BD_ITEM_PLAIN_NUMBER || !bd_look_bold(w->p, it))) ||
        w->nodes[i].look == BD_LOOK_ADVICE)
        return 0;
    name = bd__offers_rest(w->p, (size_t)(colon - s) + 1, it->line_end, 2);
    if (name.start == name.end)
        return 0;
    *known = bd__offers_tracked_at(w->p, name.start, it->line_end) ||
             bd_proper_name(w->p, name.start, name.end);
    return name.start;
}

/* A tracked one behind "🥇 Best value:", where its head begins (items.c). */
static bool after_need(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    size_t at = it->head.start;

    while (at > 0 && strchr("* ", w->p->fold.bytes.data[at - 1]))
        at--;
    return it->head.count > 0 && at > 0 && w->p->fold.bytes.data[at - 1] == ':';
}

void bd__offers_choices(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
        bool known = false;

        w->nodes[i].choice = named_behind(w, i, &known);
        known |= after_need(w, i);
        t->chosen += w->nodes[i].choice > 0 || after_need(w, i);
        t->surely += known;
    }
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        if (t->chosen > 1 && 2 * t->chosen > t->size && 2 * t->surely >= t->chosen &&
            w->nodes[i].choice)
            w->nodes[i].look = BD_LOOK_LABEL;
        else
            w->nodes[i].choice = 0;
    }
}

/* Do more of the texts say what to do than tell of somebody? */
static bool instructs(struct bd__offer_work *w, int i)
{
    struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

    for (int k = w->nodes[i].run, n = 0;
         t->praised + t->advised == 0 && k < bd__offer_count(w) && n < MOST_NEEDS &&
         n < t->size;
         k++) {
        const struct bd_item *it = bd__offer_item(w, k);

        if (w->nodes[k].run != w->nodes[i].run)
            continue;
        n++;
        t->praised += bd_proper_text(w->p, it->head.end, it->block_end);
        t->advised += bd_proper_advice(w->p, it->head.end, it->block_end);
    }
    return t->advised > 1 && 2 * t->advised >= t->size && t->advised > t->praised;
}

/* Do most texts of the list begin with an amount: "Fee: 3 yuan each"? Nobody but what is
 * paid for is told then. */
static bool priced(const struct bd__offer_work *w, int i)
{
    static const char *const signs[] = {"¥",  "$",    "€",   "约",   "大约",  "免费",
                                        " ",  "cad",  "usd", "eur",  "rmb",   "£",
                                        "每", "小时", "次",  "一般", "通常",  "单",
                                        "人", "平米", "月",  "from", "about", "around"};
    const char *s = w->p->fold.bytes.data;
    int amounts = 0, looked = 0;

    if (w->known[bd__offer_item(w, i)->form])
        return false;
    for (int k = w->nodes[i].run; k < bd__offer_count(w) && looked < MOST_NEEDS &&
                                  looked < w->runs[w->nodes[i].run].size;
         k++) {
        const struct bd_item *it = bd__offer_item(w, k);
        size_t at = it->head.end, n;

        if (w->nodes[k].run != w->nodes[i].run)
            continue;
        looked++;
        while (at < it->line_end && strchr("*: ", s[at]))
            at++;
        while ((n = bd_affix_begins(s + at, it->line_end - at, BD_WORDS(signs))))
            at += n;
        amounts += at < it->line_end && s[at] >= '0' && s[at] <= '9';
    }
    return amounts > 1 && 3 * amounts >= 2 * looked;
}

bool bd__offers_commands(const struct bd__offer_work *w, int i)
{
    static const char *const acts[] = {"查", "看", "问", "比",   "试",   "摸",  "闻",
                                       "签", "算", "量", "选对", "留意", "核对"};
    static const char *const names[] = {"看看", "看重",   "看好", "比亚迪", "比音勒芬",
                                        "比乐", "比瑞吉", "问界", "比特"};
    const char *s = w->p->fold.bytes.data;
    int acts_found = 0, looked = 0;

    for (int k = w->nodes[i].run; k < bd__offer_count(w) && looked < MOST_NEEDS &&
                                  looked < w->runs[w->nodes[i].run].size;
         k++) {
        const struct bd_head *h = &bd__offer_item(w, k)->head;
        size_t at = h->start;

        if (w->nodes[k].run != w->nodes[i].run)
            continue;
        looked++;
        while (at < h->end && strchr("* \"", s[at]))
            at++;
        acts_found += bd_affix_begins(s + at, h->end - at, BD_WORDS(acts)) > 0 &&
                      !bd_affix_begins(s + at, h->end - at, BD_WORDS(names));
    }
    return acts_found > 1 && 3 * acts_found >= 2 * looked;
}

/* Are the head above it and most beside that parts of a description? "For good care:
 * chains" is about chains. */
static bool under_parts(const struct bd__offer_work *w, int i)
{
    int up = bd__offer_item(w, i)->parent;
    const struct bd_item *head = up >= 0 ? bd__offer_item(w, up) : NULL;
    const char *s = w->p->fold.bytes.data;

    return head && w->nodes[up].look == BD_LOOK_PART && head->number > 0 &&
           !w->known[bd__offer_item(w, i)->form] &&
           !memchr(s + head->head.start, ':', head->line_end - head->head.start) &&
           2 * w->runs[w->nodes[up].run].parts > w->runs[w->nodes[up].run].size;
}

bool bd__offers_doubtful(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

    if (it->head.count == 0 && t->known == 0 && bd__offers_commands(w, i))
        return true;
    if (it->head.count > 0 || t->known > 0 || w->nodes[i].names > 0 ||
        bd_proper_surely(w->p, it->names.at[0].start, it->names.at[0].end) ||
        bd__offers_announced(w, i))
        return false;
    return 5 * t->parts >= 2 * t->size ||
           (t->size > 2 && 2 * (t->looks + t->kinds) < t->size) || instructs(w, i) ||
           under_parts(w, i) || priced(w, i);
}
