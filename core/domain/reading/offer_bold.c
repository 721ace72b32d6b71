/* domain/reading/offer_bold.c - see offer_parts.h: names in bold in lines that are no
 * items. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/choosing.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum { LINE_BYTES = 240 };

struct bd_span_u32 bd__offers_next_bold(const char *s, size_t at, size_t end)
{
    size_t open = at, close;

    while (open + 1 < end && (s[open] != '*' || s[open + 1] != '*'))
        open++;
    close = open += 2;
    while (close + 1 < end && (s[close] != '*' || s[close + 1] != '*'))
        close++;
    return close + 1 < end ? (struct bd_span_u32){(uint32_t)open, (uint32_t)close}
                           : (struct bd_span_u32){(uint32_t)end, (uint32_t)end};
}

/* In Latin alone: in Chinese, what stands in bold may be any word. */
static bool is_bold_name(const struct bd_passage *p, const struct bd_span_u32 *at)
{
    bool capital = false;

    for (uint32_t i = at->start; i < at->end; i++) {
        char c = p->s[bd_fold_origin(&p->fold, i)];

        if ((unsigned char)c >= 0x80 || c == ':' || c == ',' || c == '.')
            return false;
        capital |= c >= 'A' && c <= 'Z';
    }
    return capital && bd_names_plausible(p, at);
}

uint32_t bd__offers_without_bracket(const char *s, const struct bd_span_u32 *at)
{
    const char *open = memchr(s + at->start, '(', at->end - at->start);
    uint32_t end = open && open > s + at->start ? (uint32_t)(open - s) : at->end;

    while (end > at->start && s[end - 1] == ' ')
        end--;
    return end;
}

/* "Quiet, light, cheap": one name has no such row in it. */
static bool lists(const char *s, const struct bd_span_u32 *name)
{
    static const char *const parts[] = {"、", ",", ";", ":"};

    return bd_affix_holds(s + name->start, name->end - name->start, BD_WORDS(parts));
}

/* Is there nothing but "and" between two in bold? */
static bool joined_bold(const char *s, size_t from, size_t to)
{
    static const char *const joints[] = {"、",   "和", "与", "及", "以及", "或者",
                                         "还有", "/",  "或", " ",  "or",   "and"};
    size_t k = 1;

    for (; from < to && k; from += k) {
        const char *close = s[from] == '(' ? memchr(s + from, ')', to - from) : NULL;

        k = close ? (size_t)(close - s) + 1 - from
                  : bd_affix_begins(s + from, to - from, BD_WORDS(joints));
    }
    return from >= to;
}

bool bd__offers_bold(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end, bool announced)
{
    const char *s = p->fold.bytes.data;
    const struct bd_hit *hits = bd_passage_hits(p);
    struct bd_series names = {0};
    bool tracked = false, before = false;
    size_t last = 0; /* behind the one before; before: it is tracked, or joined to one */

    if (start > 1 && s[start - 1] == '*' && s[start - 2] == '*')
        start -= 2; /* the line begins in bold */
    for (size_t at = start; at < end && names.count < BD_SERIES;) {
        struct bd_span_u32 bold = bd__offers_next_bold(s, at, end);
        size_t hit = bd_passage_from(hits, bd_passage_hit_count(p), bold.start);
        bool known;

        at = bold.end + 2;
        if (bold.start >= end)
            break;
        bold.end = bd__offers_without_bracket(s, &bold);
        known = hit < bd_passage_hit_count(p) && hits[hit].end <= bold.end;
        before = known || (before && joined_bold(s, last, bold.start - 2));
        last = at;
        if (lists(s, &bold))
            continue;
        if (!is_bold_name(p, &bold) &&
            !((before || announced) && bd_names_plausible(p, &bold)))
            continue;
        tracked |= known;
        names.at[names.count++] = bold;
    }
    if (announced ? names.count == 0 : names.count < 2 || !tracked)
        return false;
    bd__offers_all(o, p, &names);
    return true;
}

/* "the X series" of whom? And "grade 3 and above" is a grade. */
static bool is_series(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const char *const words[] = {"系列", "以上", "以下", "以内"};

    return bd_affix_ends(p->fold.bytes.data + name->start, name->end - name->start,
                         BD_WORDS(words)) &&
           !bd_passage_mentions(p, name->start, name->end);
}

/* Does it begin a sentence or a part of one, and end as one that is chosen: "**A Dental**
 * is the best; **B Dental** has ..."? */
static bool beside(const char *s, size_t start, const struct bd_span_u32 *name,
                   const struct bd_span_u32 *one)
{
    static const char *const before[] = {"。", ",", ". "}, *const parts[] = {";", "; "};
    size_t at = name->start - 2;

    if (at > start && bd_affix_ends(s, at, BD_WORDS(parts)) && name->start > one->start)
        return true;
    return name->end - name->start > 6 && one->end - one->start > 6 &&
           memcmp(s + name->end - 6, s + one->end - 6, 6) == 0 &&
           (at <= start || bd_affix_ends(s, at, BD_WORDS(before)));
}

/* Of the names in bold those beside one that is chosen. */
static void offer_beside(struct bd__offers *o, const struct bd_passage *p, size_t start,
                         size_t end, const struct bd_span_u32 *one)
{
    const char *s = p->fold.bytes.data;
    struct bd_series row = {0};

    for (size_t at = start; at < end && row.count < BD_SERIES;) {
        struct bd_span_u32 bold = bd__offers_next_bold(s, at, end);

        at = bold.end + 2;
        if (bold.start >= end)
            break;
        bold.end = bd__offers_without_bracket(s, &bold);
        if (beside(s, start, &bold, one) && bd_names_plausible(p, &bold))
            row.at[row.count++] = bold;
    }
    bd__offers_all(o, p, &row);
}

/* Behind the bold that is open at `at`, if one is, in the line: else `at`. */
static size_t behind_open(const char *s, size_t at, size_t end)
{
    bool open = false;

    for (size_t i = at; i > 0 && at - i < LINE_BYTES && s[i - 1] != '\n'; i--)
        if (i > 1 && s[i - 1] == '*' && s[i - 2] == '*') {
            open = !open;
            i--;
        }
    for (size_t i = at; open && i + 1 < end; i++)
        if (s[i] == '*' && s[i + 1] == '*')
            return i + 2;
    return at;
}

void bd__offers_chosen(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end)
{
    const char *s = p->fold.bytes.data;
    struct bd_span_u32 one = {0, 0};
    struct bd_series row = {0};
    bool chosen = false;
    size_t last = 0;

    if (p->fold.bytes.n - end > 1 && s[end] == '*' && s[end + 1] == '*')
        end += 2; /* the line ends in bold */
    if (start > 1 && s[start - 1] == '*' && s[start - 2] == '*')
        start -= 2;
    else
        start = behind_open(s, start, end);
    for (size_t at = start; at < end;) {
        struct bd_span_u32 bold = bd__offers_next_bold(s, at, end);
        bool joined, row_of;

        if (bold.start >= end)
            break;
        at = bold.end + 2;
        row_of = lists(s, &bold);
        bold.end = bd__offers_without_bracket(s, &bold);
        joined = row.count > 0 && joined_bold(s, last, bold.start - 2);
        last = at;
        if (!joined) {
            if (chosen)
                bd__offers_all(o, p, &row);
            row.count = 0;
            chosen = false;
        }
        if (row.count < BD_SERIES && bd_names_plausible(p, &bold) && !row_of &&
            !is_series(p, &bold))
            row.at[row.count++] = bold;
        if (bd_choosing(p, &bold, start, end)) {
            chosen = true;
            one = bold;
        }
    }
    if (chosen)
        bd__offers_all(o, p, &row);
    if (one.end > one.start)
        offer_beside(o, p, start, end, &one);
}
