/* domain/reading/offer_also.c - see offer_parts.h: who else may be considered, in so many
 * words, wherever they stand. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum {
    CUES = 8,
    ANOTHER_BYTES = 12, /* four characters, of a name that nothing sets off */
    SUBJECT_BYTES = 75, /* before the words, in their clause */
    OF_BYTES = 18,      /* behind whose name, to whom it is of */
    BEYOND_BYTES = 240,
    BEFORE_BOLD = 36
};

/* Another name beside those listed: short if it is in Chinese, where no mark sets it off.
 */
static bool may_be_another(const struct bd_passage *p, const struct bd_span_u32 *name,
                           bool marked)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    static const char *const things[] = {"机", "器", "膜", "锅", "柜", "灯", "型", "式"};

    if (!bd_names_plausible(p, name) || (s[0] >= '0' && s[0] <= '9') ||
        (!marked && bd_affix_ends(s, n, BD_WORDS(things))))
        return false;
    return marked || bd_proper_name(p, name->start, name->end) ||
           ((unsigned char)s[0] >= 0x80 && n <= ANOTHER_BYTES);
}

/* The name before "的" ("粉笔的线上班"). */
static struct bd_series before_of(const struct bd_passage *p, size_t at, size_t end)
{
    static const char of[] = "的";
    static const char *const where[] = {"内", "外", "边", "上", "下", "里", "化", "区"};
    const char *s = p->fold.bytes.data;
    size_t k = at;

    while (end - k >= sizeof(of) && k - at <= ANOTHER_BYTES &&
           memcmp(s + k, of, sizeof(of) - 1) != 0)
        k++;
    if (end - k < sizeof(of) || k - at > ANOTHER_BYTES || k - at < 2 * sizeof(of) - 2 ||
        bd_affix_ends(s + at, k - at, BD_WORDS(where)) || s[k + 3] == '*' ||
        s[k + 3] == ' ' || bd_passage_mentions(p, k, k + OF_BYTES))
        return (struct bd_series){0};
    return bd_series_read(p, at, k);
}

/* Where the clause begins that ends at `at`; `at` itself if a mark of emphasis stands in
 * it. */
static size_t clause_before(const char *s, size_t start, size_t at)
{
    size_t low = at;

    while (low > start && at - low < SUBJECT_BYTES && !strchr(",;:\n", s[low - 1]) &&
           (low - start < 3 || memcmp(s + low - 3, "。", 3) != 0)) {
        low--;
        if (s[low] == '*' || s[low] == '"')
            return at;
    }
    while (low < at && bd_text_is_tail(s[low]))
        low++;
    return low;
}

/* The name that is the subject of [low, at): "新农哥的原味核桃仁", "近来口碑上升的薰风";
 * empty: none is. */
static struct bd_span_u32 subject_of(const struct bd_passage *p, size_t low, size_t at)
{
    static const char *const nobody[] = {"这", "那", "该", "其", "有",
                                         "如", "它", "两", "都"};
    static const char *const sorts[] = {"款", "位", "档", "种", "家", "店", "者", "式"};
    const char *s = p->fold.bytes.data;
    size_t first = at, last = low;
    struct bd_span_u32 name;

    for (size_t i = low; i + 3 <= at; i++)
        if (memcmp(s + i, "的", 3) == 0) {
            first = i < first ? i : first;
            last = i + 3;
        }
    name = (struct bd_span_u32){(uint32_t)low, (uint32_t)first};
    if (first < at &&
        (name.end - name.start > ANOTHER_BYTES || bd_names_kind(p, name.start, name.end)))
        name = (struct bd_span_u32){(uint32_t)last, (uint32_t)at};
    if (name.end - name.start < 6 || bd_passage_mentions(p, low, at) ||
        bd_affix_ends(s + name.start, name.end - name.start, BD_WORDS(sorts)) ||
        bd_affix_begins(s + name.start, name.end - name.start, BD_WORDS(nobody)) ||
        bd_names_kind(p, name.start, name.end) || !may_be_another(p, &name, false))
        name.end = name.start;
    return name;
}

/* "... and Y's beans": behind "and", before "的". */
static struct bd_span_u32 and_whose(const struct bd_passage *p, size_t from, size_t at)
{
    static const char *const ands[] = {"以及", "和", "与"};
    size_t k;

    from = bd_affix_find(p->fold.bytes.data, from, at, BD_WORDS(ands), &k);
    return from < at ? subject_of(p, from + k, at)
                     : (struct bd_span_u32){(uint32_t)at, (uint32_t)at};
}

/* "X's nuts are worth a thought, too": who stands before such words. */
static void offer_subject(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t at, size_t end)
{
    static const char *const words[] = {"也可以考虑", "也值得考虑", "也值得一试",
                                        "也值得关注", "也是不错的选择"};
    const char *s = p->fold.bytes.data;
    struct bd_series one = {.count = 1};
    size_t low;

    if (!bd_affix_begins(s + at, end - at, BD_WORDS(words)))
        return;
    low = clause_before(s, start, at);
    one.at[0] = subject_of(p, low, at);
    if (one.at[0].end == one.at[0].start)
        return;
    one.at[1] = and_whose(p, one.at[0].end, at);
    one.count += one.at[1].end > one.at[1].start;
    bd__offers_all(o, p, &one);
}

/* Who stands behind such words at `at`; bytes gone over, 0 without. */
static size_t offer_object(struct bd__offers *o, const struct bd_passage *p, size_t at,
                           size_t end)
{
    static const char *const verbs[] = {
        "也可以考虑",         "也可考虑",       "还可以考虑",     "也可以看看",
        "也可看看",           "还可以看看",     "也可以关注",     "也可关注",
        "还可以关注",         "也可以试试",     "也可以选择",     "也可以选",
        "可以额外关注",       "另外可以关注",   "另外可以考虑",   "也可以了解",
        "也可以了解一下",     "也可以关注一下", "also consider ", "also look at ",
        "also worth a look: "};
    size_t k = bd_affix_begins(p->fold.bytes.data + at, end - at, BD_WORDS(verbs));
    struct bd_series row, fresh = {.count = 0};

    if (!k)
        return 0;
    row = bd_series_read(p, at + k, end);
    if (row.count == 0)
        row = before_of(p, at + k, end);
    for (int i = 0; i < row.count; i++)
        if (may_be_another(p, &row.at[i], row.marked))
            fresh.at[fresh.count++] = row.at[i];
    if (fresh.count == row.count)
        bd__offers_all(o, p, &fresh);
    return k;
}

void bd__offers_also(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end)
{
    static const char *const begin[] = {"也", "还", "另", "可", "al"};
    const char *s = p->fold.bytes.data;
    int rows = 0;

    for (size_t at = start, k; rows < CUES; at++) {
        at = bd_affix_find(s, at, end, BD_WORDS(begin), NULL);
        if (at >= end)
            break;
        offer_subject(o, p, start, at, end);
        k = offer_object(o, p, at, end);
        rows += k > 0;
        at += k ? k - 1 : 0;
    }
}

size_t bd__offers_besides(const struct bd_passage *p, size_t start, size_t end)
{
    static const char *const words[] = {"另外,", "此外,",  "除此之外,",     "还有,",
                                        "同时,", "also, ", "in addition, ", "besides, "};
    size_t k = bd_affix_begins(p->fold.bytes.data + start, end - start, BD_WORDS(words));

    return k > 0 ? start + k : 0;
}

bool bd__offers_one_besides(const struct bd_passage *p, const struct bd_series *names,
                            size_t at, size_t end)
{
    const char *s = p->fold.bytes.data;
    size_t clause = bd_passage_clause_of(p, at), last = clause;

    if (names->count == 0 || !names->marked || s[at] != '*' ||
        bd_passage_says_any(p, names->at[0].start, names->end, BD_WORDS_AGAINST))
        return false;
    while (bd_passage_same_sentence(p, clause, last + 1) &&
           bd_passage_clauses(p)[last + 1].start < end)
        last++;
    end = bd_passage_clauses(p)[last].end < end ? bd_passage_clauses(p)[last].end : end;
    return !bd_passage_says_any(p, at, end,
                                BD_WORDS_AGAINST | BD_WORD_BIT(BD_WORD_UNKNOWN) |
                                    BD_WORD_BIT(BD_WORD_UNABLE) |
                                    BD_WORD_BIT(BD_WORD_HOWTO));
}

/* "Besides those above there are A and B". */
static size_t beyond(const struct bd_passage *p, size_t start, size_t end)
{
    static const char *const words[] = {"除了上述",
                                        "除上述",
                                        "除了以上",
                                        "除以上",
                                        "上述之外",
                                        "以上之外",
                                        "besides those above",
                                        "apart from these",
                                        "beyond these"};
    size_t most = end - start < BEYOND_BYTES ? end : start + BEYOND_BYTES, k, at;

    at = bd_affix_find(p->fold.bytes.data, start, most, BD_WORDS(words), &k);
    return at < most ? at + k : end;
}

/* "A brand from Spain, **A**": emphasis not far behind the beginning. */
static bool bold_soon(const char *s, size_t at, size_t end)
{
    size_t most = end - at < BEFORE_BOLD ? end : at + BEFORE_BOLD;

    for (; at + 1 < most; at++)
        if (s[at] == '*' && s[at + 1] == '*')
            return true;
    return false;
}

void bd__offers_beyond(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end)
{
    size_t at = beyond(p, start, end);
    const struct bd_clause *c = bd_passage_clauses(p);
    size_t next = bd_clause_at(&p->clauses, at) + 1;

    if (at >= end || next >= p->clauses.n / sizeof(*c) || c[next].start >= end)
        return;
    if (bold_soon(p->fold.bytes.data, c[next].start, c[next].end) &&
        bd__offers_bold(o, p, c[next].start, end, true))
        return;
    at = bd_series_cue(p, c[next].start, c[next].end < end ? c[next].end : end);
    if (at < c[next].end)
        bd__offers_row(o, p, at, end, BD__ROW_CUED);
}
