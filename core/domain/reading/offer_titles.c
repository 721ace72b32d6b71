/* domain/reading/offer_titles.c - see offer_parts.h: lines that are nothing but a name in
 * bold. */
#include <string.h>

#include "domain/reading/offer_parts.h"

enum { MARK_BYTES = 12 /* of an emoji before a title */ };

/* Does the bold begin at `start`, or before an emoji that stands there? */
static bool begins_bold(const char *s, size_t start)
{
    size_t at = start;

    while (at > 0 && start - at < MARK_BYTES &&
           (s[at - 1] == ' ' || (unsigned char)s[at - 1] >= 0x80))
        at--;
    return at > 1 && s[at - 1] == '*' && s[at - 2] == '*';
}

/* The bold name that is all of a line, but for a bracket behind it; empty: there is none.
 */
static struct bd_span_u32 title_of(const struct bd_passage *p, size_t start, size_t end)
{
    const struct bd_span_u32 none = {(uint32_t)end, (uint32_t)end};
    const char *s = p->fold.bytes.data;
    struct bd_span_u32 bold;
    size_t at;

    if (!begins_bold(s, start))
        return none;
    at = start;
    while (at < end && (s[at] != '*' || at + 1 == end || s[at + 1] != '*'))
        at++;
    bold = (struct bd_span_u32){(uint32_t)start, (uint32_t)at};
    while (at < end && strchr("* ", s[at]))
        at++;
    if (at < end && s[at] != '(')
        return none;
    bold.end = bd__offers_without_bracket(s, &bold);
    if (memchr(s + bold.start, ':', bold.end - bold.start) &&
        bd__offers_tracked(p, &bold) < 0)
        return none;
    return bd_names_plausible(p, &bold) ? bold : none;
}

/* "A/B" of two makers; in Latin "/" parts models as well. */
static void split_title(const struct bd_passage *p, const struct bd_span_u32 *name,
                        struct bd_series *row)
{
    struct bd_names names = bd_names_read(p, name->start, name->end);
    const char *s = p->fold.bytes.data;

    if ((unsigned char)s[name->start] < 0x80 &&
        memchr(s + name->start, '/', name->end - name->start))
        return;
    for (int i = 0; i < names.count; i++)
        if (!bd_names_plausible(p, &names.at[i]))
            return;
    for (int i = 0; names.count > 1 && i < names.count; i++)
        row->at[i] = names.at[i];
    row->count = names.count > 1 ? names.count : 1;
}

enum bd__title bd__offers_title(struct bd__offers *o, const struct bd_passage *p,
                                size_t start, size_t end)
{
    struct bd_span_u32 name = title_of(p, start, end);
    struct bd_series row = {.at = {name}, .count = 1};
    size_t hit;
    bool digit = false;

    if (name.start == name.end)
        return BD__TITLE_NONE;
    hit = bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), name.start);
    for (uint32_t i = name.start; i < name.end; i++)
        digit |= p->fold.bytes.data[i] >= '0' && p->fold.bytes.data[i] <= '9';
    if (o) {
        split_title(p, &name, &row);
        bd__offers_all(o, p, &row);
    }
    return digit || (hit < bd_passage_hit_count(p) &&
                     bd_passage_hits(p)[hit].end <= name.end)
               ? BD__TITLE_SURE
               : BD__TITLE_NAME;
}
