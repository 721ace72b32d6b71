/* domain/reading/choosing.c - see choosing.h. */
#include "domain/reading/choosing.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/proper.h"

enum {
    TOLD_BYTES = 72,   /* behind a name, to what is told of it */
    CHOSEN_BYTES = 48, /* from a name to the word that chooses it */
    IF_BYTES = 160
};

/* "**A** and **B**'s sets are worth a thought", "**A** in Oldtown is worth the line". */
static bool told_of(const struct bd_passage *p, size_t end,
                    const struct bd_span_u32 *name)
{
    static const char *const words[] = {
        "也可以考虑", "可以考虑", "值得考虑", "值得一试", "是不错的选择",
        "都是不错",   "都可以",   "同样值得", "比较合适", "很合适"};
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
static const char *const wide[] = {"考虑",      "看看",     "试试",         "值得",
                                   "推荐",      "可以看",   "可以选",       "可以了解",
                                   "可选",      "可以去",   "worth a look", "try ",
                                   "consider ", "look at ", "such as ",     "alternative",
                                   "go with ",  "go for ",  "recommend"};
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

bool bd_choosing(const struct bd_passage *p, const struct bd_span_u32 *name, size_t start,
                 size_t end)
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
