/* domain/reading/intro.c - see intro.h. */
#include "domain/reading/intro.h"

#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"

enum {
    INTRO_BYTES = 120, /* what announces a list stands right before it */
    DECORATION_BYTES = 16
};

/* What announces a list is the last sentence before it. */
static size_t last_sentence(const char *s, size_t start, size_t end)
{
    size_t low = end - start > INTRO_BYTES ? end - INTRO_BYTES : start;

    for (size_t i = end; i > low + 6; i--) {
        const char *c = s + i - 6; /* a full stop with something behind it */

        if (memcmp(c, "。", 3) == 0 || c[2] == '!' || c[2] == '?')
            return i - 3;
    }
    return low;
}

/* "Choice of size:" */
static bool sizes(const char *s, size_t start, size_t end)
{
    static const char *const words[] = {"尺寸", "容量", "升数", "匹数", "功率",
                                        "规格", "厚度", "面积", "硬度", "参数"};
    static const char tail[] = "选择";
    size_t k = sizeof(tail) - 1;

    if (end - start < k || memcmp(s + end - k, tail, k) != 0)
        return false;
    return bd_affix_ends(s + start, end - start - k, BD_WORDS(words)) > 0;
}

/* "Strengths of A:" heads what is good about it, not who is. */
static bool describes(const char *s, size_t start, size_t end)
{
    static const char *const ends[] = {"优势", "劣势", "优点", "缺点",     "特点",
                                       "特色", "亮点", "不足", "不足之处", "短板"};
    static const char *const begins[] = {"strengths",    "weaknesses", "pros",
                                         "cons",         "advantages", "disadvantages",
                                         "key features", "drawbacks",  "why "};

    static const char *const having[] = {"有特色", "各具特色", "有亮点"};

    while (end > start && strchr("*: ", s[end - 1]))
        end--;
    return sizes(s, start, end) ||
           (bd_affix_ends(s + start, end - start, BD_WORDS(ends)) &&
            !bd_affix_ends(s + start, end - start, BD_WORDS(having))) ||
           bd_affix_begins(s + start, end - start, BD_WORDS(begins));
}

/* Is the last word before the colon one that heads advice and never names ("Steps:")? */
static bool instructs(const char *s, size_t start, size_t end)
{
    static const char *const ends[] = {
        "要点",      "步骤",     "流程",       "方法",     "技巧",    "标准",
        "因素",      "注意事项", "贴士",       "误区",     "指标",    "术语",
        "概念",      "原因",     "注意点",     "留意",     "注意",    "几点",
        "方面",      " steps",   " tips",      " factors", " things", "criteria",
        " mistakes", " reasons", " questions", " terms"};
    static const char *const tails[] = {"如下", "包括", "有"};

    while (end > start && strchr("*:. ", s[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
        if (strlen(tails[i]) < end - start &&
            memcmp(s + end - strlen(tails[i]), tails[i], strlen(tails[i])) == 0)
            end -= strlen(tails[i]);
    return bd_affix_ends(s + start, end - start, BD_WORDS(ends)) > 0;
}

/* "In the following ways you get recommendations:" */
static bool ways(const char *s, size_t start, size_t end)
{
    static const char *const words[] = {"以下渠道",           "以下途径",
                                        "以下方式",           "以下平台",
                                        "following channels", "following ways"};

    return bd_affix_holds(s + start, end - start, BD_WORDS(words));
}

/* "Below are some firms:" */
static bool announces_names(const char *s, size_t start, size_t end)
{
    static const char *const below[] = {"以下", "下面", "下列", "the following",
                                        "here are"};
    static const char *const nouns[] = {
        "品牌", "公司",   "机构",   "门店",   "店铺",  "企业",      "平台",
        "厂商", "服务商", "供应商", "brands", "shops", "companies", "providers"};

    start = bd_affix_find(s, start, end, BD_WORDS(below), NULL);
    return bd_affix_holds(s + start, end - start, BD_WORDS(nouns));
}

/* A heading, a line in bold or one that ends with a colon; other text is no title. */
static bool announces(const char *s, bool titled, size_t start, size_t end)
{
    while (end > start && (s[end - 1] == '*' || s[end - 1] == ' '))
        end--;
    return titled || (end > start && s[end - 1] == ':');
}

/* Does the line begin in bold, behind an emoji or not? */
static bool begins_bold(const char *s, size_t start)
{
    size_t i = start;

    while (i > 0 && start - i < DECORATION_BYTES &&
           (s[i - 1] == ' ' || (unsigned char)s[i - 1] >= 0x80))
        i--;
    return i > 0 && s[i - 1] == '*';
}

bool bd_intro_to_consider(const char *s, size_t n)
{
    static const char *const nouns[] = {"企业", "品牌", "公司", "机构", "厂家", "厂商",
                                        "门店", "店铺", "平台", "医院", "学校", "渠道"};
    static const char *const verbs[] = {"考虑的", "关注的", "了解的", "参考的",
                                        "选择的", "接触的", "询价的"};
    size_t k = bd_affix_ends(s, n, BD_WORDS(nouns));

    return k && bd_affix_holds(s, n - k, BD_WORDS(verbs));
}

/* "Public hospitals, for reference:" */
static bool more_firms(const char *s, size_t start, size_t end)
{
    static const char *const nouns[] = {"品牌", "公司", "机构", "医院",
                                        "门店", "店铺", "平台", "厂商"};
    static const char *const ends[] = {"参考", "推荐", "补充", "备选"};

    while (end > start && strchr("*: ", s[end - 1]))
        end--;
    return bd_affix_ends(s + start, end - start, BD_WORDS(ends)) &&
           bd_affix_holds(s + start, end - start, BD_WORDS(nouns));
}

static bool considers(const char *s, size_t start, size_t end)
{
    while (end > start && strchr("*: ", s[end - 1]))
        end--;
    return bd_intro_to_consider(s + start, end - start);
}

struct bd_intro bd_intro_read(const struct bd_passage *p, bool heading, size_t start,
                              size_t end)
{
    static const char *const more[] = {"其他", "其它",   "更多",  "备选",
                                       "还有", "other ", "also ", "more "};
    const char *s = p->fold.bytes.data;
    struct bd_intro in = {
        .title = heading || begins_bold(s, start), .start = start, .end = end};
    bool titled = announces(s, in.title, start, end), firm;

    if (in.title) {
        const char *open = memchr(s + start, '(', end - start);

        end = open ? (size_t)(open - s) : end;
    }
    in.more = bd_affix_begins(s + start, end - start, BD_WORDS(more)) > 0 ||
              (in.title && more_firms(s, start, end));
    start = last_sentence(s, start, end);
    in.offers = ((bd_passage_says(p, start, end, BD_WORD_FOR) ||
                  (heading && bd_passage_ends(p, start, end, BD_WORD_BEFORE))) &&
                 !ways(s, start, end)) ||
                announces_names(s, start, end) || (titled && considers(s, start, end));
    firm = titled && !in.offers &&
           (instructs(s, start, end) ||
            bd_passage_says_any(p, start, end, BD_WORDS_AGAINST));
    in.title |= firm;
    in.howto = titled && !in.offers &&
               (firm || bd_passage_says(p, start, end, BD_WORD_HOWTO) ||
                (in.title && describes(s, start, end)) ||
                (bd_passage_says(p, start, end, BD_WORD_ABOUT) && /* "the others" */
                 bd_passage_says(p, start, end, BD_WORD_ECHO)));
    in.analysis = !in.offers && (bd_passage_says(p, start, end, BD_WORD_ANALYSIS) ||
                                 bd_passage_says(p, start, end, BD_WORD_COMPARED));
    return in;
}
