/* domain/reading/offer_bold.c - see offer_parts.h: names in bold in lines that are no
 * items. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum {
    TOLD_BYTES = 72,
    CHOSEN_BYTES = 48, /* from a name to the word that chooses it */
    IF_BYTES = 160,
    MARK_BYTES = 12,
    LINE_BYTES = 240
};

/* The next "**...**" in [at, end), without its marks; empty: there is none. */
static struct bd_span_u32 next_bold(const char *s, size_t at, size_t end)
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

/* The end of "A" in "**A (by B)**". */
static uint32_t without_bracket(const char *s, const struct bd_span_u32 *at)
{
    const char *open = memchr(s + at->start, '(', at->end - at->start);
    uint32_t end = open && open > s + at->start ? (uint32_t)(open - s) : at->end;

    while (end > at->start && s[end - 1] == ' ')
        end--;
    return end;
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

void bd__offers_bold(struct bd__offers *o, const struct bd_passage *p, size_t start,
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
        struct bd_span_u32 bold = next_bold(s, at, end);
        size_t hit = bd_passage_from(hits, bd_passage_hit_count(p), bold.start);
        bool known;

        at = bold.end + 2;
        if (bold.start >= end)
            break;
        bold.end = without_bracket(s, &bold);
        known = hit < bd_passage_hit_count(p) && hits[hit].end <= bold.end;
        before = known || (before && joined_bold(s, last, bold.start - 2));
        last = at;
        if (!is_bold_name(p, &bold) &&
            !((before || announced) && bd_names_plausible(p, &bold)))
            continue;
        tracked |= known;
        names.at[names.count++] = bold;
    }
    if (names.count > 1 && (tracked || announced))
        bd__offers_all(o, p, &names);
}

static bool tracked_in(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    size_t hit =
        bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), name->start);

    return hit < bd_passage_hit_count(p) && bd_passage_hits(p)[hit].end <= name->end;
}

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
    bold.end = without_bracket(s, &bold);
    if (memchr(s + bold.start, ':', bold.end - bold.start) && !tracked_in(p, &bold))
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

/* "**A** and **B**'s sets are worth a thought", "**A** in Oldtown is worth the line". */
static bool told_of(const struct bd_passage *p, size_t end,
                    const struct bd_span_u32 *name)
{
    static const char *const words[] = {"也可以考虑", "可以考虑",     "值得考虑",
                                        "值得一试",   "是不错的选择", "都是不错",
                                        "都可以",     "同样值得"};
    static const char *const english[] = {
        " is worth",        " are worth",       " is the easy",      " is a good",
        " is a great",      " is another",      " is what i'd",      " is where i'd",
        " is the most",     " is the stronger", " is the strongest", " is the better",
        " is a better",     " is the closest",  " are the closest",  " is the obvious",
        " are the obvious", " is hard to beat", " is the one i'd",   " is the one to",
        " is the cheapest", " is the simplest", " is the easiest",   " are the two"};
    const char *s = p->fold.bytes.data;
    size_t at = name->end, most;
    bool latin = (unsigned char)s[name->start] < 0x80;

    while (at < end && s[at] == '*')
        at++;
    most = end - at < TOLD_BYTES ? end : at + TOLD_BYTES;
    for (; at < most; at++) {
        if (strchr(".!?\n", s[at]) || (s[at] == '*' && latin) ||
            (end - at > 3 && memcmp(s + at, "。", 3) == 0))
            return false;
        if (latin ? bd_affix_begins(s + at, end - at, BD_WORDS(english))
                  : bd_affix_begins(s + at, end - at, BD_WORDS(words)))
            return true;
    }
    return false;
}

/* What stands right before a name that is chosen, and right behind it. */
static const char *const chooses[] = {"→",
                                      "推荐",
                                      "首推",
                                      "首选",
                                      "试试",
                                      "代表性的是",
                                      "推荐的是",
                                      "稳妥的是",
                                      "合适的是",
                                      "不错的是",
                                      "推荐去",
                                      "可以考虑",
                                      "的是",
                                      "可以看",
                                      "可以看看",
                                      "其次是",
                                      "start with ",
                                      "take them to ",
                                      "i'd book ",
                                      "go with ",
                                      "recommend ",
                                      "consider ",
                                      "try ",
                                      "pick ",
                                      "choose ",
                                      "look at ",
                                      "recommend the ",
                                      "start with the ",
                                      "go with the ",
                                      "pick the ",
                                      "try the "};
/* Criteria are chosen and considered, too. */
static const char *const may_choose[] = {"选择", "考虑", "看看", "先看", "选"};
static const char *const praises[] = {"也不错",
                                      "不错",
                                      "最稳妥",
                                      "很稳妥",
                                      "也可以考虑",
                                      "值得考虑",
                                      "值得一试",
                                      "值得看",
                                      "是首选",
                                      "更合适",
                                      "最合适",
                                      "最省心",
                                      "更省心",
                                      "也值得",
                                      "也可以试",
                                      "是不错的",
                                      "也是不错",
                                      "口碑",
                                      "is a good",
                                      "is a great",
                                      "is the best",
                                      "is a solid",
                                      "is another",
                                      "is worth",
                                      "are worth",
                                      "is a safe",
                                      "is the safe",
                                      "is probably the best",
                                      "is probably the strongest",
                                      "is my",
                                      "would be my",
                                      "is also a",
                                      "is an excellent",
                                      "is excellent"};

/* Words of choice between which and the name others may stand: "have a look at the cheap
 * **A** as well". */
static const char *const wide[] = {
    "考虑",     "看看",     "试试",        "值得",         "推荐",    "可以看",
    "可以选",   "可选",     "可以去",      "worth a look", "try ",    "consider ",
    "look at ", "such as ", "alternative", "go with ",     "go for ", "recommend"};
/* Right before it, of places; and of who is written as names are. */
static const char *const close_by[] = {"去"}, *const examples[] = {"例如", "比如", "如"};
/* "要考虑**价格**": what is to be thought of. */
static const char *const thinks_of[] = {"要考虑", "需考虑", "应考虑", "综合考虑"};

/* Does such a word stand before the name in its clause? */
static bool chosen_in_clause(const struct bd_passage *p, const struct bd_span_u32 *name,
                             size_t start, size_t low)
{
    const char *s = p->fold.bytes.data;
    size_t at = low;

    if (s[name->start] >= '0' && s[name->start] <= '9')
        return false; /* amounts are looked at, too */
    while (at > start && low - at < CHOSEN_BYTES && !strchr(",.?!;:\n", s[at - 1]) &&
           (at - start < 3 ||
            (memcmp(s + at - 3, "。", 3) != 0 && memcmp(s + at - 3, "、", 3) != 0)))
        at--;
    while (at < low && bd_text_is_tail(s[at]))
        at++;
    if (bd_affix_ends(s + at, low - at, BD_WORDS(close_by)) ||
        (bd_affix_ends(s + at, low - at, BD_WORDS(examples)) &&
         bd_proper_name(p, name->start, name->end)))
        return true;
    return bd_affix_holds(s + at, low - at, BD_WORDS(wide)) &&
           !bd_affix_holds(s + at, low - at, BD_WORDS(thinks_of)) &&
           !bd_passage_says(p, at, low, BD_WORD_NOT) &&
           ((unsigned char)s[name->start] >= 0x80 ||
            bd_proper_name(p, name->start, name->end));
}

/* "If you travel a lot, **A** is ...": is the clause before it a condition? */
static bool after_condition(const struct bd_passage *p, size_t start, size_t low)
{
    const char *s = p->fold.bytes.data;
    size_t at = low;

    if (low == start || s[low - 1] != ',')
        return false;
    at--;
    while (at > start && low - at < IF_BYTES && !strchr(",.?!;\n", s[at - 1]) &&
           (at - start < 3 || memcmp(s + at - 3, "。", 3) != 0))
        at--;
    return bd_passage_says(p, at, low, BD_WORD_IF);
}

/* Does a word of choice stand right before or behind the name, with nothing but words
 * between, and none against it? */
static bool is_chosen(const struct bd_passage *p, const struct bd_span_u32 *name,
                      size_t start, size_t end)
{
    const char *s = p->fold.bytes.data;
    size_t low = name->start, most = name->end;

    while (low > start && strchr("* \"", s[low - 1]))
        low--;
    while (most < end && strchr("* ", s[most]))
        most++;
    if (bd_passage_says_any(p, low > start + CHOSEN_BYTES ? low - CHOSEN_BYTES : start,
                            most + CHOSEN_BYTES < end ? most + CHOSEN_BYTES : end,
                            BD_WORDS_AGAINST))
        return false;
    for (size_t k = 0; k < 2 && low >= k; k++) /* words in Latin keep their blank */
        if (bd_affix_ends(s + start, low + k - start, BD_WORDS(chooses)))
            return true;
    if (!(s[name->start] >= '0' && s[name->start] <= '9') &&
        bd_proper_name(p, name->start, name->end) &&
        bd_affix_ends(s + start, low - start, BD_WORDS(may_choose)))
        return true;
    if (bd_affix_begins(s + most, end - most, BD_WORDS(praises)))
        return true;
    return after_condition(p, start, low) || told_of(p, end, name) ||
           chosen_in_clause(p, name, start, low);
}

/* "Quiet, light, cheap": one name has no such row in it. */
static bool lists(const char *s, const struct bd_span_u32 *name)
{
    static const char *const parts[] = {"、", ",", ";", ":"};

    return bd_affix_holds(s + name->start, name->end - name->start, BD_WORDS(parts));
}

/* "the X series" of whom? And "grade 3 and above" is a grade. */
static bool is_series(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const char *const words[] = {"系列", "以上", "以下", "以内"};
    size_t hit =
        bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), name->start);

    return bd_affix_ends(p->fold.bytes.data + name->start, name->end - name->start,
                         BD_WORDS(words)) &&
           (hit == bd_passage_hit_count(p) || bd_passage_hits(p)[hit].start >= name->end);
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
        struct bd_span_u32 bold = next_bold(s, at, end);

        at = bold.end + 2;
        if (bold.start >= end)
            break;
        bold.end = without_bracket(s, &bold);
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
        struct bd_span_u32 bold = next_bold(s, at, end);
        bool joined, row_of;

        if (bold.start >= end)
            break;
        at = bold.end + 2;
        row_of = lists(s, &bold);
        bold.end = without_bracket(s, &bold);
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
        if (is_chosen(p, &bold, start, end)) {
            chosen = true;
            one = bold;
        }
    }
    if (chosen)
        bd__offers_all(o, p, &row);
    if (one.end > one.start)
        offer_beside(o, p, start, end, &one);
}
