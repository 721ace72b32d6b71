/* domain/reading/spelling.c - see spelling.h. */
#include "domain/reading/spelling.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/naming.h"

enum { NAME_BYTES = 160, DOTTED_POINTS = 8 };

static const char dot[] = "·";

struct spelled {
    char s[2 * NAME_BYTES];
    size_t n;
};

static bool wide(char c)
{
    return (unsigned char)c >= 0x80;
}

static bool latin(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Between Chinese and Latin: there may be a blank. */
static bool meets(char before, char behind)
{
    return (wide(before) && latin(behind)) || (latin(before) && wide(behind));
}

static void put(struct spelled *out, const char *s, size_t n)
{
    memcpy(out->s + out->n, s, n);
    out->n += n;
}

/* With a blank wherever the two scripts meet, or with none there. */
static void blanks(struct spelled *out, const char *s, size_t n, bool blank)
{
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        bool between = s[i] == ' ' && i > 0 && i + 1 < n && meets(s[i - 1], s[i + 1]);

        if (between || (i > 0 && meets(s[i - 1], s[i])))
            put(out, " ", blank);
        if (!between)
            put(out, s + i, 1);
    }
}

static void without_dots(struct spelled *out, const char *s, size_t n)
{
    out->n = 0;
    for (size_t i = 0; i < n;) {
        bool is_dot =
            n - i >= sizeof(dot) - 1 && memcmp(s + i, dot, sizeof(dot) - 1) == 0;

        if (!is_dot)
            put(out, s + i, 1);
        i += is_dot ? sizeof(dot) - 1 : 1;
    }
}

static bool all_wide(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!wide(s[i]))
            return false;
    return true;
}

static int tell(const struct spelled *x, const char *name, size_t n, bd_spelling_fn *fn,
                void *arg)
{
    bool same = x->n == n && memcmp(x->s, name, n) == 0;

    return same || x->n == 0 ? 0 : fn(arg, x->s, x->n);
}

static int tell_dotted(const char *name, size_t n, bd_spelling_fn *fn, void *arg)
{
    size_t points = bd_text_points(name, n);
    struct spelled x;

    if (points < 4 || points > DOTTED_POINTS || !all_wide(name, n))
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (bd_text_is_tail(name[i]))
            continue;
        x.n = 0;
        put(&x, name, i);
        put(&x, dot, sizeof(dot) - 1);
        put(&x, name + i, n - i);
        if (fn(arg, x.s, x.n) < 0)
            return -1;
    }
    return 0;
}

int bd_spelling_each(const char *name, size_t n, bd_spelling_fn *fn, void *arg)
{
    struct spelled x, y;

    if (n == 0 || n > NAME_BYTES)
        return 0;
    without_dots(&x, name, n);
    if (x.n < n)
        return tell(&x, name, n, fn, arg);
    blanks(&x, name, n, true);
    blanks(&y, name, n, false);
    if (tell(&x, name, n, fn, arg) < 0 || tell(&y, name, n, fn, arg) < 0)
        return -1;
    return tell_dotted(name, n, fn, arg);
}

/* What firms are called after. */
static const char *const trades[] = {
    "瓷砖",       "陶瓷",   "轮胎",     "电器",     "家电",   "家居",   "家具", "家装",
    "装饰",       "装修",   "橱柜",     "全屋定制", "整装",   "门窗",   "地板", "卫浴",
    "洁具",       "照明",   "灯饰",     "涂料",     "漆",     "床垫",   "沙发", "家纺",
    "手机",       "汽车",   "科技",     "智能",     "数码",   "电脑",   "教育", "考研",
    "英语",       "留学",   "培训",     "口腔",     "眼科",   "眼镜",   "奶粉", "乳业",
    "食品",       "酒业",   "酒店",     "旅游",     "旅行",   "国旅",   "物流", "速运",
    "快递",       "搬家",   "软件",     "网络",     "云服务", "健身",   "运动", "服饰",
    "珠宝",       "茶业",   "茶叶",     "咖啡",     "火锅",   "药业",   "医疗", "医美",
    "母婴",       "检测",   "月子中心", "摄影",     "影楼",   "传媒",   "咨询", "律所",
    "律师事务所", "集团",   "股份",     "公司",     "重工",   "机器人", "投影", "净水",
    "猫粮",       "数据库", "狗粮",     "空调",     "古筝",   "钢琴",   "吉他", "乐器",
    "房车"};

/* Alone these are nobody's name. */
static const char *const anybody[] = {
    "中国", "国家", "国际", "全国", "中华", "东方", "南方", "北方", "华东", "华南",
    "华北", "世界", "环球", "全球", "大众", "第一", "专业", "家庭", "本地", "人人"};

/* The same of Latin names: "Uplift Desk". */
static size_t short_latin(const char *name, size_t n)
{
    static const char *const words[] = {
        " desk",     " desks",     " mattress", " coffee",    " vpn",   " hotels",
        " software", " insurance", " skincare", " cosmetics", " audio", " luggage"};
    size_t k = bd_affix_ends(name, n, BD_WORDS(words));

    for (size_t i = 0; i < n; i++)
        if (wide(name[i]) || (i < n - k && name[i] == ' '))
            return 0;
    return k > 0 && n >= k + 5 ? n - k : 0;
}

size_t bd_spelling_short(const char *name, size_t n)
{
    size_t k = bd_affix_ends(name, n, BD_WORDS(trades)), left = n - k;

    if (n > 0 && !wide(name[n - 1]))
        return short_latin(name, n);
    if (k == 0 || left < 6 || !all_wide(name, n) || bd_names_place(name, left) == left)
        return 0;
    return bd_affix_begins(name, left, BD_WORDS(anybody)) == left ||
                   bd_affix_begins(name, left, BD_WORDS(trades)) == left
               ? 0
               : left;
}

bool bd_spelling_stands(const char *s, size_t n, size_t start, size_t end)
{
    static const char *const before[] = {"和", "与", "及", "或", "选", "像", "如", "是",
                                         "、", "。", "“",  "「", "《", "【", "·",  "→",
                                         "荐", "虑", "推", "看", "—",  "–"};
    static const char *const behind[] = {
        "牌", "的", "和", "与", "及", "等", "也", "是", "在", "或", "、", "。", "”",
        "」", "》", "】", "·",  "均", "都", "有", "主", "凭", "以", "—",  "–"};
    bool left = start == 0 || !wide(s[start - 1]) ||
                bd_affix_ends(s, start, BD_WORDS(before)) > 0;

    return left && (end == n || !wide(s[end]) ||
                    bd_affix_begins(s + end, n - end, BD_WORDS(behind)) > 0 ||
                    bd_affix_begins(s + end, n - end, BD_WORDS(trades)) > 0);
}

bool bd_spelling_everyday(const char *s, size_t n)
{
    static const char *const words[] = {
        "on",   "in",   "at",  "so",   "up",  "us",  "it",  "go",   "me",   "we",
        "one",  "all",  "now", "next", "gap", "is",  "as",  "by",   "or",   "an",
        "be",   "do",   "he",  "my",   "no",  "of",  "if",  "out",  "new",  "way",
        "well", "good", "our", "best", "top", "you", "for", "free", "more", "here"};

    return n > 0 && bd_affix_begins(s, n, BD_WORDS(words)) == n;
}
