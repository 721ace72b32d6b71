/* domain/reading/naming_looks.c - what looks like a brand's name; see naming.h. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/naming.h"

/* What no name begins with: "some", "all kinds of", "in many towns". */
static const char *const no_beginnings[] = {
    "属于",     "可能",       "需要",       "如果",        "是否",     "不要",
    "一些",     "在很多",     "在许多",     "等国",        "第一",     "第二",
    "第三",     "众多",       "各类",       "各种",        "大型",     "某些",
    "部分",     "其他",       "其它",       "更多",        "优先",     "可以",
    "根据",     "确认",       "检查",       "避免",        "类别",     "方案",
    "步骤",     "任何",       "所有",       "许多",        "多家",     "几家",
    "提升",     "提高",       "增强",       "支持",        "了解",     "明确",
    "注重",     "注意",       "关注",       "考虑",        "选择",     "索要",
    "现场",     "相关",       "此外",       "另外",        "除了",     "以上",
    "上述",     "这些",       "这类",       "该",          "通过",     "在这",
    "每个",     "两个",       "几个",       "多个",        "社交",     "线上",
    "线下",     "本地",       "当地",       "例如",        "比如",     "如上",
    "非核心",   "非官方",     "与",         "跟",          "加装",     "改动",
    "更换",     "搜索",       "some",       "other",       "many",     "various",
    "your",     "the best",   "check",      "consider",    "avoid",    "know ",
    "gather ",  "compare ",   "read ",      "ask ",        "measure ", "choosing ",
    "setting ", "ignoring ",  "buying ",    "forgetting ", "under ",   "over ",
    "up to ",   "less than ", "more than ", "按",          "最后",     "为什么",
    "国标",     "gb/t",       "别",         "什么",        "怎么",     "如何",
    "哪些",     "哪个",       "谁",         "您",          "你",       "我们",
    "拨打",     "提前",       "当天",       "当日",        "两家",     "三家",
    "各家",     "why ",       "when ",      "what ",       "how ",     "where ",
};

/* Where things are bought or looked up: no brands of what was asked for. */
static const char *const no_brands[] = {
    "京东",   "天猫",     "淘宝",     "拼多多",     "抖音",        "快手",
    "小红书", "知乎",     "大众点评", "美团",       "高德地图app", "微信",
    "微博",   "哔哩哔哩", "b站",      "闲鱼",       "汽车之家",    "懂车帝",
    "天眼查", "企查查",   "京东自营", "天猫旗舰店", "官方旗舰店",  "官方渠道",
    "豆瓣",   "爱卡汽车", "口碑",     "百度",       "amazon",      "ebay",
    "google", "reddit",   "youtube",  "yelp",       "trustpilot",  "公众号",
    "小程序", "视频号",   "朋友圈",   "微信小程序", "微信公众号",  "百度搜索",
};

/* Words of a head that names a kind, and not one of it. */
static const char *const kinds[] = {
    "品牌",  "类",     "型",      "老字号", "新锐", "国际", "国内", "本土",   "本地",
    "区域",  "地方",   "专业",    "综合",   "高端", "中端", "低端", "性价比", "传统",
    "现代",  "平台",   "渠道",    "梯队",   "连锁", "进口", "国产", "主流",   "知名",
    "头部",  "大型",   "小众",    "线上",   "线下", "推荐", "优选", "首选",   "部分",
    "官方",  "授权",   "全能",    "入门",   "旗舰", "预算", "需求", "适合",   "场景",
    "brand", "budget", "premium", "best",   "for ",
};

/* Nobody calls a brand so; and a NUL would end the name before it begins. */
static bool has_control(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            return true;
    return false;
}

/* "Well known": four characters that say how something is. */
static bool praises(const char *s, size_t n)
{
    static const char *const hows[] = {"高", "广", "强", "多", "好",
                                       "快", "全", "佳", "足", "大"};

    return n == 12 && bd_affix_ends(s, n, BD_WORDS(hows));
}

/* Words of sentences. */
static bool tells(const char *s, size_t n)
{
    static const char *const verbs[] = {
        "应分别", "应当", "应该", "分为", "大致", "及格", "许多", "很多",
        "专注",   "提供", "拥有", "需要", "具备", "能够", "存在", "进行",
        "可能",   "已经", "没有", "某",   "的",   "是",   "**",   "附近",
        "周边",   "给得", "不在", "×",    "≈",    "€",    "£",    "¥"};

    return bd_affix_holds(s, n, BD_WORDS(verbs));
}

/* "A with B": of two things no name has in it, but criteria do. */
static bool pairs(const char *s, size_t n)
{
    static const char *const pairs[] = {"与", "和", "及"};

    static const char *const firms[] = {"公司", "集团", "医院", "事务所", "律所",
                                        "银行", "酒店", "学校", "大学",   "学院"};
    static const char *const names[] = {"协和", "和平", "人和", "和睦", "和谐", "祥和",
                                        "和记", "颐和", "中和", "和家", "太和", "和美"};

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x80)
            return false; /* "Art 与 B" is one */
    return n > 9 &&       /* 万和, 万和电气 pair nothing */
           bd_affix_holds(s + 6, n - 9, BD_WORDS(pairs)) &&
           !bd_affix_holds(s, n, BD_WORDS(names)) &&
           !bd_affix_ends(s, n, BD_WORDS(firms));
}

bool bd_names_elsewhere(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    return n > 0 && bd_affix_begins(s, n, BD_WORDS(no_brands)) == n;
}

/* Brands that are words as well. */
static bool is_brand(const char *s, size_t n)
{
    static const char *const brands[] = {"美的", "理想", "老板",    "自然堂",
                                         "全季", "得力", "宝贝第一"};

    return n > 0 && bd_affix_begins(s, n, BD_WORDS(brands)) == n;
}

/* Latin letters are narrow. */
static int most_points(const char *s, size_t n)
{
    size_t wide = 0;

    for (size_t i = 0; i < n; i++)
        wide += (unsigned char)s[i] >= 0x80;
    return wide <= 12 ? BD_NAME_LATIN : BD_NAME_POINTS;
}

/* "美的 UD": such a brand, and a model of it. */
static bool with_model(const char *s, size_t n)
{
    const char *blank = memchr(s, ' ', n);

    return blank && is_brand(s, (size_t)(blank - s)) && n < BD_NAME_BYTES;
}

/* One Chinese character with its spelling in Latin behind it: "吕 (Ryo)". */
static bool spelt_out(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->end;
    size_t n = p->fold.bytes.n - name->end;

    return name->end - name->start == 3 &&
           (unsigned char)p->fold.bytes.data[name->start] >= 0x80 && n > 3 &&
           s[0] == '(' && s[1] >= 'a' && s[1] <= 'z' && s[2] >= 'a' && s[2] <= 'z';
}

/* "15–20 l": a dash between two numbers ends no name. */
static bool begins_range(const char *s, size_t n, const struct bd_span_u32 *name)
{
    static const char *const dashes[] = {"–", "—", "-", "~"};
    size_t at = name->end, k;

    if (name->end == name->start || !strchr("0123456789", s[name->end - 1]))
        return false;
    k = bd_affix_begins(s + at, n - at, BD_WORDS(dashes));
    return k && at + k < n && s[at + k] >= '0' && s[at + k] <= '9';
}

/* "A valid licence. Visitors from": two sentences. "St. Moritz" is a name. */
static bool goes_on(const char *s, size_t n)
{
    for (size_t i = 5; i + 2 < n; i++)
        if (s[i] == '.' && s[i + 1] == ' ') {
            size_t k = i;

            while (k > 0 && s[k - 1] >= 'a' && s[k - 1] <= 'z')
                k--;
            if (i - k > 4)
                return true;
        }
    return false;
}

/* Words of these classes are in no name. */
static const uint32_t against =
    BD_WORD_BIT(BD_WORD_IF) | BD_WORD_BIT(BD_WORD_HOWTO) | BD_WORDS_AGAINST |
    BD_WORD_BIT(BD_WORD_FOR) | BD_WORD_BIT(BD_WORD_UNKNOWN) |
    BD_WORD_BIT(BD_WORD_COMPARED) | BD_WORD_BIT(BD_WORD_ABOUT) |
    BD_WORD_BIT(BD_WORD_ANALYSIS) | BD_WORD_BIT(BD_WORD_UNABLE);

bool bd_names_sentential(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    return n == 0 || has_control(s, n) || strchr("$<>=", s[0]) || memchr(s, '=', n) ||
           bd_passage_says_any(p, name->start, name->end, against) ||
           bd_affix_begins(s, n, BD_WORDS(no_beginnings)) || praises(s, n) ||
           bd_names_place(s, n) == n || tells(s, n) || pairs(s, n) || goes_on(s, n);
}

bool bd_names_plausible(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;
    int points = (int)bd_text_points(s, n);

    if (is_brand(s, n) || spelt_out(p, name) || with_model(s, n))
        return true;
    if (n > BD_NAME_BYTES || points < 2 || points > most_points(s, n) ||
        bd_names_sentential(p, name) || bd_names_part(p, name) ||
        bd_names_elsewhere(p, name))
        return false;
    return !bd_names_amount(s, n) &&
           !begins_range(p->fold.bytes.data, p->fold.bytes.n, name) &&
           !bd_names_sentence(p, name);
}

bool bd_names_kind(const struct bd_passage *p, size_t start, size_t end)
{
    return bd_affix_holds(p->fold.bytes.data + start, end - start, BD_WORDS(kinds));
}

/* "**A University** and around it": where, not who. */
static bool told_as_place(const struct bd_passage *p, const struct bd_names *names,
                          size_t end)
{
    static const char *const words[] = {"附近",   "周边",   "一带", "等商业区",
                                        "等商圈", "等区域", "等地", "等区"};
    const char *s = p->fold.bytes.data;
    size_t at = names->at[names->count - 1].end;

    while (at < end && strchr("* ", s[at]))
        at++;
    return at < end && bd_affix_begins(s + at, end - at, BD_WORDS(words));
}

/* "Gyms / the trainers of studios", "independent studios / builders": no names, if one of
 * them is none. */
static bool told_of_several(const struct bd_passage *p, const struct bd_names *names)
{
    static const char *const of[] = {"的"};
    static const char *const trades[] = {"改装店", "施工队", "工作室", "专卖店", "健身房",
                                         "维修店", "4s店",   "专修店", "贴膜店", "装修队",
                                         "代理商", "经销商", "工长",   "专营店"};
    const char *s = p->fold.bytes.data;
    const struct bd_span_u32 *last = &names->at[names->count - 1];

    for (int i = 0; i < names->count && names->count > 1; i++) {
        size_t n = names->at[i].end - names->at[i].start;

        if (n > 0 && bd_affix_begins(s + names->at[i].start, n, BD_WORDS(trades)) == n)
            return true;
    }
    return names->owned ||
           (names->count > 1 &&
            bd_affix_holds(s + last->start, last->end - last->start, BD_WORDS(of)));
}

bool bd_names_of_nobody(const struct bd_passage *p, const struct bd_names *names,
                        size_t end)
{
    return names->count > 0 &&
           (told_as_place(p, names, end) || told_of_several(p, names));
}
