/* domain/reading/offer_alike.c - see offer_parts.h: items that look like no names, but
 * are built as those are that are. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum {
    NAME_BYTES = 45, /* longer ones are judged by their looks alone */
    WORDS = 6,       /* of a name in Latin */
    SHORT_BYTES = 24,
    SURE = 3,        /* names of a form that say what a form is */
    NEIGHBOURS = 40, /* looked at, of one list */
    DETAILS = 2      /* told of an item, that say what it is */
};

struct form {
    int names, odd, known; /* items: names, perhaps names, tracked */
};

/* Behind the name: "(Alpha)", in Latin. */
static bool spelt(const struct bd_passage *p, const struct bd_item *it)
{
    const char *s = p->fold.bytes.data;
    size_t at = it->names.at[0].end;

    return at + 2 < it->line_end && s[at] == '(' && s[at + 1] >= 'a' && s[at + 1] <= 'z';
}

/* In Latin alone: words with a capital each, or two without any. With Chinese in it: no
 * words of sentences. */
static bool written_as_name(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;
    int words = 1, capitals = 0;

    for (uint32_t i = name->start; i < name->end; i++) {
        char c = p->s[bd_fold_origin(&p->fold, i)];

        if ((unsigned char)s[i] >= 0x80)
            return !bd_names_sentential(p, name);
        words += s[i] == ' ';
        capitals += c >= 'A' && c <= 'Z';
    }
    return words <= WORDS && (capitals >= words || (capitals == 0 && words < 3));
}

/* Behind the name of the head: "(Alpha Works)", "(AW)", "(West Street branch)". */
static bool spelt_behind(const struct bd__offer_work *w, const struct bd_item *it)
{
    const char *s = w->p->fold.bytes.data;
    size_t at = it->names.at[0].end;

    static const char *const branch[] = {"店", "院区", "校区", "分院"};
    bool latin = true;

    if (at + 2 >= it->line_end || s[at] != '(')
        return false;
    for (at++; at < it->line_end && s[at] != ')'; at++)
        latin &= (unsigned char)s[at] < 0x80;
    return latin || bd_affix_ends(s, at, BD_WORDS(branch));
}

/* One to three words in bold: "bebebus artist", "Sea Beans". */
static bool short_latin(const struct bd_passage *p, const struct bd_item *it)
{
    const struct bd_span_u32 *name = &it->names.at[0];
    size_t n = name->end - name->start;

    for (uint32_t i = name->start; i < name->end; i++)
        if ((unsigned char)p->fold.bytes.data[i] >= 0x80)
            return false;
    return n > 2 && n < SHORT_BYTES && written_as_name(p, name) && bd_look_bold(p, it);
}

void bd__offers_outliers(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd_item *it = bd__offer_item(w, i);
        const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
        struct bd__offer_node *n = &w->nodes[i];

        if (t->size < 2 || t->named != t->size - 1 ||
            (!w->known[it->form] && (t->size < 3 || !spelt_behind(w, it))) ||
            n->look == BD_LOOK_NAME || it->names.count != 1 || !bd_look_marked(w->p, it))
            continue;
        n->forced = spelt_behind(w, it) ||
                    (n->look == BD_LOOK_OTHER && t->known > 0 && short_latin(w->p, it)) ||
                    ((n->look == BD_LOOK_OTHER || n->look == BD_LOOK_PART) &&
                     it->number > 0 && !bd_names_sentential(w->p, &it->names.at[0]) &&
                     bd_proper_name(w->p, it->names.at[0].start, it->names.at[0].end));
        if (n->forced)
            n->look = BD_LOOK_NAME;
    }
}

/* Nothing in the head says that it is no name, but for how it ends. */
static bool may_be_name(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const struct bd_span_u32 *name = &it->names.at[0];
    size_t n;

    if (it->head.count > 0 || it->names.count != 1 || w->nodes[i].names > 0 ||
        w->nodes[i].row || w->nodes[i].choice || !bd_look_bold(w->p, it) ||
        !bd_look_marked(w->p, it) || (bd__offer_heading(w, i) && it->number == 0))
        return false;
    n = name->end - name->start;
    if (n > NAME_BYTES || bd_names_elsewhere(w->p, name) ||
        (n <= 3 && name->end >= it->line_end))
        return false;
    return written_as_name(w->p, name);
}

/* Where may an item stand whose neighbours speak for it? */
static bool in_the_open(const struct bd__offer_work *w, int i)
{
    int up = bd__offer_item(w, i)->parent;

    return (up < 0 || w->nodes[up].role == BD__OFFER_OPEN) && !w->nodes[i].things &&
           !bd__offer_item(w, i)->intro.howto;
}

/* Has a name of the list as many details under it as this one? */
static bool told_alike(const struct bd__offer_work *w, int i)
{
    const struct bd__offer_node *n = &w->nodes[i];

    if (n->parts < DETAILS ||
        (n->look == BD_LOOK_KIND && !spelt(w->p, bd__offer_item(w, i))))
        return false;
    for (int k = n->run, looked = 0; k < bd__offer_count(w) && looked < NEIGHBOURS; k++) {
        if (w->nodes[k].run != n->run)
            continue;
        looked++;
        if (w->nodes[k].role == BD__OFFER_NAMES && w->nodes[k].parts == n->parts)
            return true;
    }
    return false;
}

/* "ABC Home & Commercial Services": so many words with a capital each. */
static bool capitals(const struct bd_passage *p, const struct bd_span_u32 *name, int most)
{
    int words = 0;

    for (uint32_t i = name->start; i < name->end; i++)
        if (i == name->start || p->fold.bytes.data[i - 1] == ' ') {
            char c = p->s[bd_fold_origin(&p->fold, i)];

            if (c != '&' && (c < 'A' || c > 'Z'))
                return false;
            words++;
        }
    return words >= most;
}

/* lone: the only one of its form. */
static bool only_ends_otherwise(const struct bd__offer_work *w, int i, bool lone)
{
    const struct bd_item *it = bd__offer_item(w, i);

    switch (w->nodes[i].look) {
    case BD_LOOK_PART:
        return bd_names_firm_end(w->p, &it->names.at[0]) || spelt(w->p, it) ||
               capitals(w->p, &it->names.at[0], lone ? 1 : 3);
    case BD_LOOK_KIND:
        return spelt(w->p, it);
    case BD_LOOK_OTHER:
        return true;
    default:
        return false;
    }
}

static void count_as_name(struct bd__offer_work *w, int i)
{
    struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
    int form = bd__offer_item(w, i)->form;
    bool other = w->nodes[i].look == BD_LOOK_OTHER || w->nodes[i].look == BD_LOOK_PART;

    t->parts -= w->nodes[i].look == BD_LOOK_PART;
    t->looks++;
    t->named++;
    w->nodes[i].look = BD_LOOK_NAME;
    t->names++;
    t->others -= other;
    w->names[form]++;
    w->others[form] -= other;
}

void bd__offers_alike(struct bd__offer_work *w)
{
    struct form forms[BD_ITEM_FORMS] = {{0}};

    for (int i = 0; i < bd__offer_count(w); i++) {
        struct form *f = &forms[bd__offer_item(w, i)->form];

        if (!in_the_open(w, i))
            continue;
        f->known += bd__offer_item(w, i)->head.count > 0;
        if (w->nodes[i].role == BD__OFFER_NAMES)
            f->names++;
        else
            f->odd += may_be_name(w, i);
    }
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct form *f = &forms[bd__offer_item(w, i)->form];
        struct bd__offer_node *n = &w->nodes[i];

        if (n->look == BD_LOOK_NAME || n->look == BD_LOOK_LABEL || !in_the_open(w, i) ||
            !may_be_name(w, i))
            continue;
        n->forced = told_alike(w, i) ||
                    ((f->names >= SURE || f->known > 1) && f->odd < f->names &&
                     (f->known > 0 || w->runs[n->run].names > 0) &&
                     only_ends_otherwise(w, i, f->odd == 1));
        if (n->forced)
            count_as_name(w, i);
    }
}
