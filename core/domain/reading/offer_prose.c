/* domain/reading/offer_prose.c - see offer_parts.h: lines that are no items. */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/look.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"
#include "domain/reading/series.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CUES = 8, LABEL_BYTES = 90, BESIDES_BYTES = 40 };

/* Is there a word before `at`, in its sentence, that says what is named: brands, firms?
 */
static bool nouns_before(const struct bd_passage *p, size_t start, size_t at)
{
    static const char *const nouns[] = {
        "品牌", "企业", "公司",   "机构",  "服务商",  "厂商",      "平台",      "门店",
        "商家", "店",   "选择",   "选项",  "机型",    "车型",      "关注",      "考虑",
        "常见", "知名", "brands", "shops", "options", "providers", "companies", "stores"};
    static const char *const others[] = {"类型", "数据", "领域", "行业", "场景",  "形式",
                                         "产品", "系列", "需求", "功能", "材料",  "成分",
                                         "因素", "方面", "问题", "渠道", "平台上"};
    const char *s = p->fold.bytes.data;
    size_t low = at > start + 120 ? at - 120 : start;

    for (size_t i = at; i > low; i--) {
        if (s[i - 1] == '\n' || s[i - 1] == ';')
            return false;
        for (size_t k = 0; k < COUNT(others); k++)
            if (strlen(others[k]) <= at - i + 1 &&
                memcmp(s + i - 1, others[k], strlen(others[k])) == 0)
                return false;
        for (size_t k = 0; k < COUNT(nouns); k++)
            if (strlen(nouns[k]) <= at - i + 1 &&
                memcmp(s + i - 1, nouns[k], strlen(nouns[k])) == 0)
                return true;
    }
    return false;
}

void bd__offers_cues(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end)
{
    size_t at = start;

    for (int i = 0; i < CUES && (at = bd_series_cue(p, at, end)) < end; i++)
        bd__offers_row(o, p, at, end, BD__ROW_CUED);
}

/* "You may try **A**", in bold or quotation marks right behind the word. */
static bool chosen_marked(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);
    bool any = false;

    for (size_t i = bd_passage_from(c, count, start); i < count && c[i].start < end;
         i++) {
        if ((c[i].tag != BD_WORD_FOR && c[i].tag != BD_WORD_FIRST) ||
            !bd_series_read(p, c[i].end, end).marked)
            continue;
        any = true;
        if (o)
            bd__offers_row(o, p, c[i].end, end, BD__ROW_CHOSEN);
    }
    return any;
}

bool bd__offers_firms(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end, bool marked)
{
    size_t at = start;
    bool any = false;

    for (int i = 0; i < CUES && (at = bd_series_cue(p, at, end)) < end; i++) {
        if (!nouns_before(p, start, at) || (marked && !bd_series_read(p, at, end).marked))
            continue;
        any = true;
        if (o)
            bd__offers_row(o, p, at, end, BD__ROW_CUED);
    }
    return chosen_marked(marked ? o : NULL, p, start, end) || any;
}

/* What a choice in English begins with; those of the first row are one wherever they
 * stand, the others where lists put hardly anybody forward. */
static const char *const surely[] = {
    "i'd get ",     "i would get ",        "i'd buy ",
    "i'd choose ",  "i'd pick ",           "i'd start with ",
    "i'd go with ", "i would start with ", "i'd recommend "};
static const char *const perhaps[] = {
    "lean toward ",   "lean towards ", "start with ",  "go with ", "step up to ",
    "i'd shortlist ", "i'd look at ",  "i'd suggest ", "i'd try ", "worth looking at "};

/* Behind the next of the words, and an article, in [at, end); `end` if there is none. */
static size_t behind_verb(const struct bd_passage *p, size_t at, size_t end,
                          const char *const *verbs, size_t count)
{
    static const char *const articles[] = {"the ",    "a ",      "an ",
                                           "either ", "a used ", "a refurbished "};
    const char *s = p->fold.bytes.data;
    size_t k;

    at = bd_affix_find(s, at, end, verbs, count, &k);
    return at + k + bd_affix_begins(s + at + k, end - at - k, BD_WORDS(articles));
}

/* Is every name of the row Latin, or does it end as firms, shops and schools do? */
static bool all_proper(const struct bd_passage *p, const struct bd_series *row)
{
    for (int i = 0; i < row->count; i++)
        if (!bd_proper_name(p, row->at[i].start, row->at[i].end) ||
            row->at[i].end - row->at[i].start < 4)
            return false;
    return row->count > 0;
}

/* "可以先看京都府驾校": who is named right behind such words, if written as names are. */
static void offer_advised(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end)
{
    static const char *const verbs[] = {
        "可以看",   "可以看看", "可以先看", "先看看",   "可以试试", "可以考虑", "可以选",
        "可以选择", "建议选",   "建议选择", "推荐您到", "推荐去",   "可以去",   "可以用",
        "直接买",   "直接选",   "优先考虑", "首推",     "其次是",   "推荐",     "先去",
        "首选",     "可以到",   "不妨试试", "再就是",   "还有",     "考虑",     "其次"};
    const char *s = p->fold.bytes.data;
    size_t k;

    for (int rows = 0; rows < CUES; rows++) {
        struct bd_series names;

        start = bd_affix_find(s, start, end, BD_WORDS(verbs), &k);
        if (start >= end)
            break;
        start += k;
        names = bd_series_read(p, start, end);
        if (all_proper(p, &names) &&
            !bd_passage_mentions(p, names.at[0].start, names.end))
            bd__offers_all(o, p, &names);
    }
}

static void offer_verbs(struct bd__offers *o, const struct bd_passage *p, size_t start,
                        size_t end, const char *const *verbs, size_t count)
{
    int rows = 0;

    for (size_t at = start;
         rows < CUES && (at = behind_verb(p, at, end, verbs, count)) < end;) {
        struct bd_series names = bd_series_read(p, at, end);

        rows++;
        if (names.latin && names.count &&
            !(p->fold.bytes.data[names.at[0].start] >= '0' &&
              p->fold.bytes.data[names.at[0].start] <= '9'))
            bd__offers_all(o, p, &names);
    }
}

void bd__offers_surely(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end)
{
    offer_verbs(o, p, start, end, BD_WORDS(surely));
}

/* "Acme is also worth a mention": sentences that begin with a name in Latin capitals and
 * praise it. */
static void offer_praised(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end)
{
    static const char *const praises[] = {
        " would be my",      " is worth",        " is also worth",   " are worth",
        " is a solid",       " is a good",       " is the best",     " is a great",
        " is the better",    " is another",      " is the safest",   " is hard to beat",
        " is the one i",     " is a strong",     " is an excellent", " is the obvious",
        " is the strongest", " is probably the", " is the closest",  " is the simplest",
        " is an open"};
    static const char *const nobody[] = {
        "this",    "that",  "they",  "these",   "those",  "what",      "which",
        "here",    "there", "price", "another", "either", "whichever", "everything",
        "neither", "both",  "size",  "your",    "going",  "buying"};
    const char *s = p->fold.bytes.data;

    for (size_t at = start; at < end; at++) {
        struct bd_series names;
        size_t n, last;

        if (at > start &&
            (at < start + 2 || s[at - 1] != ' ' || !strchr(".?!,", s[at - 2])))
            continue;
        names = bd_series_read(p, at, end);
        n = names.count ? names.at[0].end - names.at[0].start : 0;
        last = names.count ? names.at[names.count - 1].end : end;
        if (names.latin && n > 3 && names.at[0].start == at &&
            bd_affix_begins(s + at, n, BD_WORDS(nobody)) != n &&
            bd_affix_begins(s + last, end - last, BD_WORDS(praises)))
            bd__offers_all(o, p, &names);
    }
}

void bd__offers_prose(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);
    int rows = 0;

    (void)bd__offers_firms(o, p, start, end, false);
    offer_praised(o, p, start, end);
    offer_advised(o, p, start, end);
    offer_verbs(o, p, start, end, BD_WORDS(surely));
    offer_verbs(o, p, start, end, BD_WORDS(perhaps));
    for (size_t i = bd_passage_from(c, count, start);
         i < count && c[i].start < end && rows < CUES; i++)
        if (c[i].tag == BD_WORD_FOR || c[i].tag == BD_WORD_FIRST ||
            c[i].tag == BD_WORD_BEFORE)
            rows += bd__offers_row(o, p, c[i].end, end, BD__ROW_CHOSEN);
}

static struct bd_item item_of(const struct bd_passage *p, size_t start, size_t end)
{
    struct bd_item it = {.kind = BD_LIST_BULLETS, .line_end = end};

    it.head = bd_head_read(p, start, end);
    bd_items_read_names(p, &it, start, end);
    return it;
}

/* Is one of them tracked or written as names are, or is something said of them as of
 * brands? "Passport, contract and the like are needed" names nobody. */
static bool somebody(const struct bd_passage *p, const struct bd_series *names,
                     size_t end)
{
    const struct bd_span_u32 *last = &names->at[names->count - 1];
    size_t hit =
        bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), names->at[0].start);

    if (hit < bd_passage_hit_count(p) && bd_passage_hits(p)[hit].start < last->end)
        return true;
    for (int i = 0; i < names->count; i++)
        if (bd_proper_name(p, names->at[i].start, names->at[i].end))
            return true;
    return bd_proper_text(p, names->end, end) &&
           !bd_passage_says(p, names->end, end, BD_WORD_NOT);
}

/* "Others to look at: for great accuracy consider A and B": behind words of choice. */
static void offer_behind(struct bd__offers *o, const struct bd_passage *p, size_t start,
                         size_t end)
{
    const struct bd_hit *c = bd_passage_cues(p);
    size_t count = bd_passage_cue_count(p);
    int rows = 0;

    for (size_t i = bd_passage_from(c, count, start);
         i < count && c[i].start < end && rows < CUES; i++)
        if (c[i].tag == BD_WORD_FOR || c[i].tag == BD_WORD_FIRST)
            rows += bd__offers_row(o, p, c[i].end, end, BD__ROW_CHOSEN);
}

void bd__offers_label(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end, bool few)
{
    size_t most = end - start < LABEL_BYTES ? end : start + LABEL_BYTES, row;
    const char *s = p->fold.bytes.data, *colon = memchr(s + start, ':', most - start);
    struct bd_series names;

    if (colon) {
        struct bd_item it = item_of(p, start, end);
        size_t at = (size_t)(colon - s);
        enum bd_look look = bd_look_at(p, &it);

        bool one = look == BD_LOOK_LABEL ||
                   (look == BD_LOOK_KIND && bd__offers_tracked_at(p, at + 1, end));

        if ((!one || !bd__offers_choice(o, p, at + 1, end)) &&
            (look == BD_LOOK_LABEL ||
             (few &&
              (look == BD_LOOK_KIND || bd_passage_says(p, start, at, BD_WORD_FOR)))))
            if (!bd__offers_row(o, p, at + 1, end, BD__ROW_CHOSEN) &&
                look == BD_LOOK_LABEL)
                offer_behind(o, p, at + 1, end);
    }
    row = bd__offers_besides(p, start, end);
    if (!row && !few)
        return;
    names = bd_series_read(p, row ? row : start, end);
    if (row && bd__offers_one_besides(p, &names, row, end)) {
        bd__offers_all(o, p, &names);
        return;
    }
    if (names.count > (row ? 0 : 1) &&
        ((names.open && !row && somebody(p, &names, end)) ||
         bd_passage_says(p, names.end, names.end + BESIDES_BYTES, BD_WORD_FOR)))
        bd__offers_all(o, p, &names);
}

void bd__offers_paragraph(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end)
{
    struct bd_item it = item_of(p, start, end);

    if (it.head.count == 0 && bd_passage_mentions(p, it.head.end, end))
        return; /* "**Sound**: A and B are alike" */
    if (start > 0 && p->fold.bytes.data[start - 1] == '*' && it.names.set_off &&
        bd_look_at(p, &it) == BD_LOOK_NAME)
        bd__offers_head(o, p, &it.names, &it.head);
}
