/* domain/reading/offer_looks.c - see offer_parts.h: what items look like, by their heads
 * and by what stands around them. */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"
#include "domain/reading/series.h"
#include "domain/reading/topic.h"

static void find_runs(struct bd__offer_work *w)
{
    int last[BD_ITEM_LEVELS];

    for (int i = 0; i < BD_ITEM_LEVELS; i++)
        last[i] = -1;
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd_item *it = bd__offer_item(w, i);
        int before = last[it->level];

        w->nodes[i].run = before >= 0 && bd__offer_item(w, before)->group == it->group &&
                                  bd__offer_item(w, before)->list == it->list
                              ? w->nodes[before].run
                              : i;
        last[it->level] = i;
    }
}

/* A heading of advice with a list of names under it, most of them tracked: whom it
 * advises to take. */
static void find_advised(struct bd__offer_work *w, int i)
{
    const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
    const struct bd_item *it = bd__offer_item(w, i),
                         *up = it->parent >= 0 ? bd__offer_item(w, it->parent) : NULL;

    if (up && w->nodes[i].run == i && t->known > 1 && 2 * t->known >= t->size &&
        t->named + 1 >= t->size && w->nodes[it->parent].look == BD_LOOK_ADVICE &&
        !bd_passage_says_any(w->p, up->head.start, up->line_end, BD_WORDS_AGAINST))
        w->nodes[it->parent].look = BD_LOOK_KIND;
}

/* A head with names under it names a kind, and so does one with "such as A" under it. */
static void find_kinds(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    struct bd__offer_node *n = &w->nodes[i],
                          *up = it->parent >= 0 ? &w->nodes[it->parent] : NULL;
    size_t row = bd_series_begin(w->p, it->head.start, it->line_end);
    struct bd_series named = {0};

    if (n->look == BD_LOOK_NAME && it->head.count == 0 && n->choices > 0)
        n->look = BD_LOOK_KIND; /* what they are chosen for */
    if (n->look == BD_LOOK_NAME && it->head.count == 0 && !it->names.others &&
        n->names > n->parts + (bd__offer_heading(w, i) ? 0 : 1) &&
        !bd__offers_lone_kind(w, i))
        n->look = BD_LOOK_KIND;
    if (row > it->head.start && up && up->look == BD_LOOK_NAME &&
        bd__offer_item(w, it->parent)->head.count == 0)
        named = bd_series_read(w->p, row, it->line_end);
    if (named.marked || named.count > 1)
        up->look = BD_LOOK_KIND;
}

/* Under "activities" stand activities, until a head below says otherwise. */
static bool under_things(const struct bd__offer_work *w, int i)
{
    int up = bd__offer_item(w, i)->parent;
    const struct bd_item *head = up >= 0 ? bd__offer_item(w, up) : NULL;
    enum bd_topic topic = BD_TOPIC_UNSAID;

    if (head) { /* "For quiet: small shops" is about shops */
        const char *s = w->p->fold.bytes.data;
        size_t at = head->head.end, end = head->line_end;
        bool colon = bd__offer_heading(w, up) && at < end && s[at] == ':';

        topic = colon ? bd_topic_of(s + at + 1, end - at - 1)
                      : bd_topic_of(s + head->head.start, at - head->head.start);
    }

    return topic == BD_TOPIC_UNSAID ? up >= 0 && w->nodes[up].things
                                    : topic == BD_TOPIC_THINGS;
}

/* "For brakes: shops such as "A" and "B"", and what it stands under. */
static void find_row(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    int up = it->parent;

    w->nodes[i].row = w->nodes[i].look == BD_LOOK_OTHER && !bd__offer_heading(w, i) &&
                      bd__offers_firms(NULL, w->p, it->head.start, it->line_end, true);
    for (; w->nodes[i].row && up >= 0; up = bd__offer_item(w, up)->parent)
        if (w->nodes[up].look == BD_LOOK_OTHER ||
            (w->nodes[up].look == BD_LOOK_PART && bd__offer_item(w, up)->number > 0))
            w->nodes[up].row = true;
}

static int look_at_all(struct bd__offer_work *w)
{
    find_runs(w);
    for (int i = 0; i < bd__offer_count(w); i++) {
        w->nodes[i].look = bd_look_at(w->p, bd__offer_item(w, i));
        w->nodes[i].things = under_things(w, i);
        find_row(w, i);
    }
    if (bd__offers_labels(w) < 0)
        return -1;
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_node *n = &w->nodes[i];
        int up = bd__offer_item(w, i)->parent;

        if (up < 0)
            continue;
        w->nodes[up].names +=
            (n->look == BD_LOOK_NAME && !bd__offer_item(w, i)->intro.howto &&
             bd_look_marked(w->p, bd__offer_item(w, i))) ||
            (n->look == BD_LOOK_KIND && bd__offer_heading(w, i));
        w->nodes[up].choices += n->look == BD_LOOK_LABEL && !n->repeats &&
                                bd_look_choice(w->p, bd__offer_item(w, i));
        w->nodes[up].parts += !bd__offer_item(w, i)->intro.howto &&
                              (n->look == BD_LOOK_PART || n->look == BD_LOOK_LABEL ||
                               n->look == BD_LOOK_ADVICE);
    }
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        t->named += w->nodes[i].look == BD_LOOK_NAME;
        t->kids += w->nodes[i].look == BD_LOOK_NAME && w->nodes[i].names > 0;
        t->known_kids += bd__offer_item(w, i)->head.count > 0 && w->nodes[i].names > 0;
        t->parts += w->nodes[i].look == BD_LOOK_PART;
    }
    bd__offers_outliers(w);
    for (int i = 0; i < bd__offer_count(w); i++)
        if (bd__offer_item(w, i)->head.count == 0 && bd__offers_section(w, i) &&
            bd__offers_commands(w, i))
            w->nodes[i].look = BD_LOOK_ADVICE;
    for (int i = 0; i < bd__offer_count(w); i++) {
        find_advised(w, i);
        find_kinds(w, i);
    }
    return 0;
}

/* Does the line name a tracked brand behind a head that is not written as names are? */
static bool names_behind(const struct bd__offer_work *w, int i)
{
    static const char *const with[] = {":与", ":和", ":同", ":跟",
                                       ": with "}; /* A's kin */
    const struct bd_item *it = bd__offer_item(w, i);
    size_t hit =
        bd_passage_from(bd_passage_hits(w->p), bd_passage_hit_count(w->p), it->head.end);

    return hit < bd_passage_hit_count(w->p) &&
           bd_passage_hits(w->p)[hit].start < it->line_end &&
           !bd_affix_ends(w->p->fold.bytes.data + it->head.end,
                          bd_passage_hits(w->p)[hit].start - it->head.end,
                          BD_WORDS(with)) &&
           (w->nodes[i].look == BD_LOOK_KIND ||
            !bd_proper_name(w->p, it->names.at[0].start, it->names.at[0].end));
}

/* Does the line under the head begin with "such as"? */
static bool tells_such_as(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    size_t at = it->line_end, end = w->p->fold.bytes.n;

    while (at < end && strchr("*\n ", w->p->fold.bytes.data[at]))
        at++;
    return bd_series_begin(w->p, at, end) > at;
}

/* Heads of a list without a tracked one, while the texts behind most of them name some:
 * what each is for. And one among kinds, with a name under it, is a kind as they are. */
static void find_uses(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        t->heads += bd__offer_item(w, i)->head.count > 0;
        t->behind +=
            (w->nodes[i].look == BD_LOOK_NAME || w->nodes[i].look == BD_LOOK_KIND) &&
            bd__offer_item(w, i)->names.count > 0 && names_behind(w, i);
    }
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
        struct bd__offer_node *n = &w->nodes[i];
        bool uses = t->heads == 0 && t->behind > 1 && 2 * t->behind >= t->count;
        bool among = t->count > 2 && 2 * t->kinds >= t->count &&
                     ((n->names > 0 && n->parts <= n->names) || tells_such_as(w, i));

        if (n->look == BD_LOOK_NAME && bd__offer_item(w, i)->head.count == 0 &&
            (uses || among))
            n->look = BD_LOOK_KIND;
    }
}

/* One that only ends as a kind does, in a list of names, and names nobody, is one. */
static void find_names(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd_item *it = bd__offer_item(w, i);
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        if (w->nodes[i].look == BD_LOOK_KIND && t->kinds == 1 &&
            t->looks == t->count - 1 && t->looks > 0 && w->nodes[i].names == 0 &&
            (it->plausible & 1U) && bd_look_marked(w->p, it) &&
            bd_look_ends_kind(w->p, it) &&
            bd_series_cue(w->p, it->head.start, it->line_end) >= it->line_end)
            w->nodes[i].look = BD_LOOK_NAME;
    }
}

/* Behind the colon of "If you are new: A, ..."; 0: no head that makes a condition. */
static size_t behind_need(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const char *s = w->p->fold.bytes.data,
               *colon = memchr(s + it->head.start, ':', it->line_end - it->head.start);
    enum bd_look look = w->nodes[i].look;

    if (!colon || look == BD_LOOK_NAME || look == BD_LOOK_ADVICE ||
        (look != BD_LOOK_KIND &&
         !bd_passage_says(w->p, it->head.start, (size_t)(colon - s), BD_WORD_IF)))
        return 0;
    return (size_t)(colon - s) + 1;
}

/* A list of needs in which nearly each is answered by one name, some of them tracked. */
static void find_needs(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
        size_t at = behind_need(w, i), end = bd__offer_item(w, i)->line_end;
        bool known = at && bd__offers_tracked_at(w->p, at, end);

        t->needs += at > 0;
        t->tracked += known;
        t->answered += known || (at && bd__offers_one(w->p, at, end).count == 1);
    }
    for (int i = 0; i < bd__offer_count(w); i++) {
        const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        if (t->tracked > 0 && t->needs == t->count && t->count > 1 &&
            4 * t->answered >= 3 * t->count)
            w->nodes[i].look = BD_LOOK_LABEL;
    }
}

bool bd__offers_announced(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    if (w->nodes[i].look != BD_LOOK_NAME || w->nodes[i].things)
        return false;
    for (int up = it->parent; up >= 0 && !it->intro.offers;
         up = bd__offer_item(w, up)->parent) {
        const struct bd_head *h = &bd__offer_item(w, up)->head;

        if (bd_passage_says(w->p, h->start, h->end, BD_WORD_FOR) ||
            bd_topic_of(w->p->fold.bytes.data + h->start, h->end - h->start) ==
                BD_TOPIC_NAMES)
            return true;
    }
    return it->intro.offers;
}

static bool quoted(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;

    return name->start > 0 && name->end < p->fold.bytes.n && s[name->start - 1] == '"' &&
           s[name->end] == '"';
}

/* What is said in an item is said for all that are of its form, or of its parents'. */
static void find_proper(struct bd__offer_work *w, int i, bool texts)
{
    const struct bd_item *it = bd__offer_item(w, i);
    bool known = true, proper;

    for (int up = i; up >= 0 && known; up = bd__offer_item(w, up)->parent)
        known = w->proper[bd__offer_item(w, up)->form];
    if (known)
        return;
    proper = it->head.count > 0 || bd__offers_announced(w, i) ||
             (texts && bd_proper_text(w->p, it->head.end, it->block_end));
    for (int k = 0; k < it->names.count && !proper; k++)
        proper = bd_proper_name(w->p, it->names.at[k].start, it->names.at[k].end) ||
                 quoted(w->p, &it->names.at[k]);
    for (int up = i; up >= 0 && proper; up = bd__offer_item(w, up)->parent)
        w->proper[bd__offer_item(w, up)->form] = true;
}

bool bd__offers_proper(struct bd__offer_work *w, int i)
{
    int form = bd__offer_item(w, i)->form;

    if (w->proper[form] || w->all_read)
        return w->proper[form];
    for (int k = 0; k < bd__offer_count(w); k++)
        find_proper(w, k, true);
    w->all_read = true;
    return w->proper[form];
}

static void count_looks(struct bd__offer_work *w)
{
    for (int i = 0; i < bd__offer_count(w); i++) {
        struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

        t->count++;
        t->looks += w->nodes[i].look == BD_LOOK_NAME;
        t->kinds += w->nodes[i].look == BD_LOOK_KIND;
        find_proper(w, i, false);
    }
}

int bd__offers_look(struct bd__offer_work *w)
{
    if (look_at_all(w) < 0)
        return -1;
    count_looks(w);
    find_names(w);
    bd__offers_choices(w);
    find_needs(w);
    find_uses(w);
    return 0;
}
