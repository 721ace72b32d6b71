/* domain/reading/series.c - see series.h. */
#include "domain/reading/series.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { PLAIN_POINTS = 10, ROW_BYTES = 240 };

static const char *const quotes[] = {"\"", "“", "”", "「", "」", "『", "』", "'"};
static const char *const joints[] = {"、", "/",    "和", "与", "或",
                                     "及", "以及", "&",  "+",  ">"};
static const char *const stops[] = {". ", ".\n", ":", ",", ";",  "。", "!", "?", "(",
                                    ")",  "[",   "]", "|", "\n", "——", "—", "→"};
static const char *const others[] = {"等", "之类"};
/* Ends a row as well: "A and B also ...". */
static const char *const behind[] = {"也", "都", "均", "同样", "在"};
/* Names that hold one of them. */
static const char *const whole[] = {"自在", "好在", "实在"};

struct cursor {
    const char *s;
    size_t at, end;
};

static size_t take(struct cursor *c, const char *const *list, size_t count)
{
    size_t k = bd_affix_begins(c->s + c->at, c->end - c->at, list, count);

    c->at += k;
    return k;
}

/* Blanks, emphasis and quotation marks; true if there were marks. */
static bool skip_marks(struct cursor *c)
{
    bool marked = false;

    for (;;) {
        if (c->at < c->end && (c->s[c->at] == ' ' || c->s[c->at] == '*')) {
            marked |= c->s[c->at] == '*';
            c->at++;
        } else if (take(c, BD_WORDS(quotes))) {
            marked = true;
        } else {
            return marked;
        }
    }
}

static bool latin(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] >= 0x80)
            return false;
    return n > 0;
}

static void skip_brackets(struct cursor *c)
{
    while (c->at < c->end && c->s[c->at] == '(') {
        size_t i = c->at;

        while (i < c->end && i - c->at < (size_t)2 * BD_NAME_BYTES && c->s[i] != ')')
            i++;
        if (i >= c->end || c->s[i] != ')')
            return;
        c->at = i + 1;
        skip_marks(c);
    }
}

/* "百度/高德地图" are two; "A Plus/EV" and what else is long before the sign is one. */
static bool shares_end(const struct cursor *c, size_t i)
{
    return i + 1 < c->end && (unsigned char)c->s[i - 1] >= 0x80 &&
           (unsigned char)c->s[i + 1] >= 0x80 &&
           bd_text_points(c->s + c->at, i - c->at) < 4;
}

/* "成都", "京都": the sign for "both" ends towns as well. */
static bool ends_town(const struct cursor *c, size_t i)
{
    static const char *const firsts[] = {"成", "京", "首", "魔", "帝", "丰", "花", "江"};

    return i >= c->at + 3 && memcmp(c->s + i, "都", 3) == 0 &&
           bd_affix_ends(c->s + c->at, i - c->at, BD_WORDS(firsts));
}

/* The end of the name that begins here. */
static size_t name_end(const struct cursor *c, bool marked, bool first)
{
    size_t i = c->at;

    while (i < c->end && i - c->at < BD_NAME_BYTES) {
        const char *s = c->s + i;
        size_t left = c->end - i;

        if (*s == '*' || bd_affix_begins(s, left, BD_WORDS(stops)) ||
            bd_affix_begins(s, left, quotes, COUNT(quotes) - 1) ||
            bd_affix_begins(s, left, joints, 1) ||
            (*s == '/' && i > c->at && (first || shares_end(c, i))))
            break; /* these part names inside marks too */
        if (!marked && i > c->at &&
            (bd_affix_begins(s, left, BD_WORDS(joints)) ||
             bd_affix_begins(s, left, BD_WORDS(others)) ||
             (bd_affix_begins(s, left, BD_WORDS(behind)) && !ends_town(c, i) &&
              !(i >= c->at + 3 && bd_affix_begins(s - 3, left + 3, BD_WORDS(whole)))) ||
             (left > 5 && memcmp(s, " and ", 5) == 0) ||
             (left > 4 && memcmp(s, " or ", 4) == 0)))
            break;
        i++;
    }
    return i;
}

/* More Chinese than a name has: part of a sentence. */
static bool tells(const char *s, size_t n)
{
    return !latin(s, n) && bd_text_points(s, n) > PLAIN_POINTS;
}

/* One quotation ends and the next begins. */
static bool adjacent(const struct cursor *c)
{
    struct cursor at = *c;

    size_t closing = take(&at, BD_WORDS(quotes));

    return closing > 0 && take(&at, BD_WORDS(quotes)) > 0;
}

/* Words of names in Latin have a capital; where they end, the sentence goes on. */
static uint32_t capital_end(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;
    uint32_t end = name->start, i = name->start;

    while (i < name->end) {
        bool small = true;

        for (; i < name->end && s[i] != ' '; i++) {
            char c = p->s[bd_fold_origin(&p->fold, i)];

            small &= (c >= 'a' && c <= 'z') || (c == '-' && i > name->start);
        }
        if (small)
            break;
        end = i++;
    }
    return end;
}

static bool joined(struct cursor *c, bool was_latin)
{
    static const char *const commas[] = {", and ", ", or ", ", ", " and ",
                                         " or ",   "and ",  "or "};
    struct cursor before = *c;
    bool more = false;

    if (was_latin && take(c, BD_WORDS(commas)))
        return true;
    skip_marks(c);
    while (take(c, BD_WORDS(joints)))
        more = true;
    if (!more && was_latin && c->at > before.at)
        more = take(c, BD_WORDS(commas)) > 0;
    return more;
}

/* Where a word for it begins: "A is worth a look" is not all name. */
static uint32_t praise_at(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const struct bd_hit *cues = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);

    for (size_t i = bd_passage_from(cues, count, name->start + 1);
         i < count && cues[i].start < name->end; i++)
        if (cues[i].tag == BD_WORD_FOR)
            return cues[i].start;
    return name->end;
}

/* "A" is an account, a page: where to look. */
static bool looked_up(const struct cursor *c, size_t end)
{
    static const char *const words[] = {"小程序", "公众号", "官网",
                                        "网站",   "论坛",   "视频号"};

    end += bd_affix_begins(c->s + end, c->end - end, BD_WORDS(quotes));
    return bd_affix_begins(c->s + end, c->end - end, BD_WORDS(words)) > 0;
}

/* The name at the cursor; empty if there is none. */
static struct bd_span_u32 read_name(const struct bd_passage *p, const struct cursor *c,
                                    bool marked, bool first)
{
    struct bd_span_u32 name = {(uint32_t)c->at, (uint32_t)name_end(c, marked, first)};

    while (name.end > name.start &&
           (c->s[name.end - 1] == ' ' || c->s[name.end - 1] == '.'))
        name.end--;
    if (!marked)
        name.end = praise_at(p, &name);
    if (!marked && latin(c->s + name.start, name.end - name.start))
        name.end = capital_end(p, &name);
    if (name.end > name.start &&
        (!bd_names_plausible(p, &name) || looked_up(c, name.end) ||
         (!marked && tells(c->s + name.start, name.end - name.start))))
        name.end = name.start;
    return name;
}

/* Countries, before the names of makers. */
static const char *const lands[] = {
    "德国的",   "日本的",     "美国的",   "法国的",   "英国的",
    "韩国的",   "意大利的",   "瑞士的",   "瑞典的",   "奥地利的",
    "荷兰的",   "丹麦的",     "美国品牌", "德国品牌", "日本品牌",
    "法国品牌", "国产品牌",   "英国品牌", "韩国品牌", "意大利品牌",
    "瑞士品牌", "西班牙品牌", "国产的",   "国内的",   "进口的"};

/* Behind "Beijing's" at `at`, or `at`. */
static size_t behind_place(const char *s, size_t at, size_t end)
{
    static const char *const of[] = {"的"};
    size_t k = bd_names_place(s + at, end - at);

    return k ? at + k + bd_affix_begins(s + at + k, end - at - k, BD_WORDS(of)) : at;
}

/* Over a place before a name that is set off. */
static void skip_place(struct cursor *c)
{
    struct cursor at = *c;

    (void)take(c, BD_WORDS(lands));
    at = *c;
    at.at = behind_place(c->s, c->at, c->end);
    if (at.at > c->at && skip_marks(&at))
        c->at = behind_place(c->s, c->at, c->end);
}

static size_t row_limit(const struct cursor *c)
{
    return c->end - c->at < ROW_BYTES ? c->end : c->at + ROW_BYTES;
}

/* Where the row ends, of its first ROW_BYTES. */
static size_t row_end(const struct cursor *c)
{
    size_t at = c->at, most = row_limit(c);

    while (at < most && !bd_affix_begins(c->s + at, c->end - at, BD_WORDS(stops)))
        at++;
    return at;
}

/* "Such as "XX Tuning"": no names but what they could be. */
static bool placeholders(const struct cursor *c)
{
    static const char *const any[] = {"xx", "××", "某某", "某品牌"};

    return bd_affix_holds(c->s + c->at, row_limit(c) - c->at, BD_WORDS(any)) &&
           bd_affix_holds(c->s + c->at, row_end(c) - c->at, BD_WORDS(any));
}

/* Behind "and others" in ""A, B and others' dealers"": not they, but who deals in them.
 */
static bool quotes_more(const struct cursor *c)
{
    size_t end = row_end(c), at = c->at;

    while (at < end && !bd_affix_begins(c->s + at, end - at, BD_WORDS(quotes)))
        at++;
    return at < end && bd_text_points(c->s + c->at, at - c->at) > 4;
}

struct bd_series bd_series_read(const struct bd_passage *p, size_t from, size_t end)
{
    struct cursor c = {p->fold.bytes.data, from, end};
    struct bd_series out = {.end = from, .latin = true};
    bool more = true;
    int quoted = 0; /* the first name of the latest quotation */

    while (more && out.count < BD_SERIES && c.at < c.end) {
        bool marked, next_quote, in_latin;
        struct bd_span_u32 name;

        skip_place(&c);
        marked = skip_marks(&c);
        name = read_name(p, &c, marked, out.count == 0 || !marked);

        if (name.end == name.start)
            break;
        quoted = marked ? out.count : quoted;
        in_latin = latin(c.s + name.start, name.end - name.start);
        out.latin &= in_latin;
        out.at[out.count++] = name;
        out.marked |= marked && out.count == 1;
        c.at = name.end;
        next_quote = marked && adjacent(&c);
        if (!in_latin || c.at >= c.end || c.s[c.at] != ',')
            (void)skip_marks(&c);
        skip_brackets(&c);
        out.end = c.at;
        out.open = take(&c, BD_WORDS(others)) > 0;
        out.clean = c.at >= c.end ||
                    bd_affix_begins(c.s + c.at, c.end - c.at, BD_WORDS(stops)) ||
                    c.s[c.at] == '.';
        if (out.open && out.marked && quotes_more(&c))
            out.count = quoted;
        more = !out.open && (next_quote || joined(&c, in_latin));
    }
    c.at = from;
    if (out.count > 0 && placeholders(&c))
        return (struct bd_series){.end = from, .latin = true};
    return out;
}

struct bd_series bd_series_chosen(const struct bd_passage *p, size_t from, size_t end)
{
    static const char *const verbs[] = {"看看", "看",   "选择", "考虑",
                                        "关注", "了解", "试试"};
    struct cursor c = {p->fold.bytes.data, from, end};
    const struct bd_hit *h = bd_passage_hits(p);
    size_t hit = bd_passage_from(h, bd_passage_hit_count(p), from);

    if (hit == bd_passage_hit_count(p) || h[hit].start > from)
        (void)take(&c, BD_WORDS(verbs));
    return bd_series_read(p, c.at, end);
}

static bool goes_on(const char *s, size_t n)
{
    static const char *const words[] = {"果", "何", "需", "您", "你",
                                        "此", "今", "同", "下", "上"};

    return bd_affix_begins(s, n, BD_WORDS(words)) > 0;
}

static const char *const cues[] = {
    "例如",     "比如",        "譬如",      "诸如", "如",    "包括",     "像",       "有",
    "such as ", "for example", "including", "e.g.", "like ", "include ", "includes "};

size_t bd_series_begin(const struct bd_passage *p, size_t from, size_t end)
{
    struct cursor c = {p->fold.bytes.data, from, end};
    size_t k;

    skip_marks(&c);
    k = bd_affix_begins(c.s + c.at, end - c.at, BD_WORDS(cues));
    return k && !goes_on(c.s + c.at + k, end - c.at - k) ? c.at + k : from;
}

/* Is the cue the end of a longer word: "owns", "portrait", "rather than"? */
static bool within_word(const char *s, size_t i)
{
    static const char *const cue[] = {"有", "像", "如"};
    static const char *const before[][11] = {
        {"拥", "具", "没", "所", "含", "只", "持", "享", "带", "设"},
        {"人", "图", "影", "录", "成", "画", "摄", "头", "偶", "音", "想"},
        {"假", "不", "犹", "宛", "突", "自"}};

    for (size_t k = 0; i >= 3 && k < COUNT(cue); k++)
        if (memcmp(s + i, cue[k], 3) == 0)
            return bd_affix_begins(s + i - 3, 3, before[k], COUNT(before[k])) > 0;
    return false;
}

static bool set_off_at(const char *s, size_t i, size_t end)
{
    i += i < end && s[i] == ' ';
    return (i + 1 < end && s[i] == '*' && s[i + 1] == '*') ||
           bd_affix_begins(s + i, end - i, quotes, COUNT(quotes) - 1) > 0;
}

size_t bd_series_cue(const struct bd_passage *p, size_t from, size_t end)
{
    const char *s = p->fold.bytes.data;
    int depth = 0;

    for (size_t i = from; i < end; i++) {
        size_t k;

        depth += s[i] == '(' ? 1 : s[i] == ')' && depth > 0 ? -1 : 0;
        k = bd_affix_begins(s + i, end - i, BD_WORDS(cues));
        if (!k || goes_on(s + i + k, end - i - k) || within_word(s, i))
            continue;
        if (depth > 0 && !set_off_at(s, behind_place(s, i + k, end), end))
            continue; /* in brackets only names in bold or quotation marks stand out */
        while (i + k < end && (s[i + k] == ' ' || s[i + k] == ':' || s[i + k] == ','))
            k++;
        return i + k;
    }
    return end;
}
