/* domain/reading/naming_looks.c - what looks like a brand's name; see naming.h. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/naming.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What heads a criterion, a step, advice, a part of an analysis; whole heads or their
 * ends. */
static const char *const no_names[] = {
    "价格",
    "预算",
    "品质",
    "质量",
    "服务",
    "售后",
    "口碑",
    "材料",
    "材质",
    "环保",
    "设计",
    "工艺",
    "优势",
    "劣势",
    "优点",
    "缺点",
    "特点",
    "特色",
    "亮点",
    "定位",
    "适用",
    "适合",
    "推荐理由",
    "理由",
    "简介",
    "背景",
    "产品",
    "机型",
    "型号",
    "车型",
    "项目",
    "配方",
    "原料",
    "包装",
    "版本",
    "卖点",
    "问题",
    "理念",
    "反馈",
    "局限",
    "局限性",
    "体验",
    "社群",
    "论坛",
    "商圈",
    "技术",
    "实力",
    "案例",
    "规模",
    "经验",
    "资质",
    "评价",
    "总结",
    "结论",
    "建议",
    "注意",
    "说明",
    "场景",
    "人群",
    "用户",
    "风格",
    "性价比",
    "安全",
    "性能",
    "配置",
    "空间",
    "外观",
    "内饰",
    "续航",
    "动力",
    "操控",
    "舒适",
    "功能",
    "方案",
    "流程",
    "团队",
    "合同",
    "报价",
    "沟通",
    "需求",
    "目标",
    "渠道",
    "平台",
    "网站",
    "官网",
    "app",
    "门店",
    "地址",
    "电话",
    "时间",
    "周期",
    "方式",
    "方法",
    "步骤",
    "标准",
    "因素",
    "维度",
    "要点",
    "类型",
    "类",
    "型",
    "系列推荐",
    "代表",
    "代表品牌",
    "国际品牌",
    "国内品牌",
    "本土品牌",
    "其他",
    "其它",
    "更多",
    "核心",
    "关键",
    "整体",
    "综合",
    "主要",
    "是否",
    "如何",
    "为什么",
    "什么",
    "哪些",
    "多少",
    "第一步",
    "选择",
    "对比",
    "区别",
    "排名",
    "排行",
    "榜单",
    "数据",
    "来源",
    "声明",
    "免责",
    "提示",
    "温馨提示",
    "备注",
    "性",
    "前",
    "中",
    "后",
    "水平",
    "软件",
    "能力",
    "年限",
    "内容",
    "条款",
    "级",
    "认证",
    "五金",
    "五金件",
    "板材",
    "系统",
    "品牌",
    "优化",
    "运动",
    "工厂",
    "优化商",
    "相关",
    "电商",
    "行业",
    "部件",
    "规定",
    "逻辑",
    "领先",
    "领先性",
    "可靠",
    "完整",
    "突出",
    "丰富",
    "齐全",
    "体系",
    "生态",
    "把控",
    "贴膜",
    "内饰改装",
    "培训",
    "媒体",
    "争议",
    "灵活性",
    "偏高",
    "效果",
    "price",
    "budget",
    "quality",
    "service",
    "support",
    "design",
    "features",
    "pros",
    "cons",
    "summary",
    "conclusion",
    "tips",
    "notes",
    "overview",
    "performance",
    "value",
    "why",
    "how",
    "what",
    "when",
    "best for",
    "comparison",
    "verdict",
    "recommendation",
    "recommendations",
    "final thoughts",
    "introduction",
    "takeaways",
    "takeaway",
    "bottom line",
    "background",
    "disclaimer",
    "services",
    "phone",
    "address",
    "website",
    "hours",
    "location",
    "highlights",
    "specialties",
    "strengths",
    "weaknesses",
    "drawbacks",
    "battery life",
    "warranty",
    "price range",
    "ideal for",
    "known for",
    "safety",
    "comfort",
    "range",
    "考察",
    "考量",
    "风险",
    "优先",
    "均衡",
    "直接",
    "灵活",
    "第一",
    "现状",
    "策略",
    " level",
    " rating",
    " policy",
    " cost",
    " costs",
    " accuracy",
    " type",
    " fit",
    " size",
    " weight",
    " layout",
    " materials",
    " capacity",
    " reputation",
    " experience",
    " coverage",
    " reviews",
    " requirements",
    " goals",
    " app",
    " life",
    "ability",
    "ibility",
};

/* What no name begins with: "some", "all kinds of", "in many towns". */
static const char *const no_beginnings[] = {
    "属于",     "可能",        "需要",   "如果",     "是否",      "不要",     "一些",
    "在很多",   "在许多",      "等国",   "第一",     "第二",      "第三",     "众多",
    "各类",     "各种",        "大型",   "某些",     "部分",      "其他",     "其它",
    "更多",     "优先",        "可以",   "根据",     "确认",      "检查",     "避免",
    "类别",     "方案",        "步骤",   "任何",     "所有",      "许多",     "多家",
    "几家",     "提升",        "提高",   "增强",     "支持",      "了解",     "明确",
    "注重",     "注意",        "关注",   "考虑",     "选择",      "索要",     "现场",
    "相关",     "此外",        "另外",   "除了",     "以上",      "上述",     "这些",
    "这类",     "该",          "通过",   "在这",     "每个",      "两个",     "几个",
    "多个",     "社交",        "线上",   "线下",     "本地",      "当地",     "例如",
    "比如",     "如上",        "非核心", "非官方",   "与",        "跟",       "加装",
    "改动",     "更换",        "搜索",   "some",     "other",     "many",     "various",
    "your",     "the best",    "check",  "consider", "avoid",     "know ",    "gather ",
    "compare ", "read ",       "ask ",   "measure ", "choosing ", "setting ", "ignoring ",
    "buying ",  "forgetting ",
};

/* Where things are bought or looked up: no brands of what was asked for. */
static const char *const no_brands[] = {
    "京东",   "天猫",     "淘宝",     "拼多多",     "抖音",        "快手",
    "小红书", "知乎",     "大众点评", "美团",       "高德地图app", "微信",
    "微博",   "哔哩哔哩", "b站",      "闲鱼",       "汽车之家",    "懂车帝",
    "天眼查", "企查查",   "京东自营", "天猫旗舰店", "官方旗舰店",  "官方渠道",
    "豆瓣",   "爱卡汽车", "口碑",     "百度",       "amazon",      "ebay",
    "google", "reddit",   "youtube",  "yelp",       "trustpilot",
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

static bool ends_with(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word);

    return k <= n && s[n - 1] == word[k - 1] && memcmp(s + n - k, word, k) == 0;
}

static bool begins_with(const char *s, size_t n, const char *word)
{
    size_t k;

    if (n == 0 || *s != *word)
        return false;
    k = strlen(word);
    return k <= n && memcmp(s, word, k) == 0;
}

static bool holds(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word);

    for (size_t i = 0; i + k <= n; i++)
        if (s[i] == *word && memcmp(s + i, word, k) == 0)
            return true;
    return false;
}

/* Nobody calls a brand so; and a NUL would end the name before it begins. */
static bool has_control(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            return true;
    return false;
}

/* Words that end names as well as criteria: what stands before them decides. */
static bool soft_end(const char *s, size_t n)
{
    static const char *const soft[] = {"平台", "服务", "软件", "设计", "方案",
                                       "app",  "系统", "动力", "空间", "团队",
                                       "科技", "工厂", "运动", "数据", "前",
                                       "中",   "后",   "级",   "网站", "解决方案"};
    static const char *const plain[] = {
        "内部",   "乘坐", "储物", "收纳",   "车内", "后排", "驾驶", "操作",
        "影像",   "智能", "优质", "强劲",   "贴心", "免费", "定制", "个性化",
        "数字化", "全程", "增值", "在线",   "客户", "用户", "物流", "配套",
        "整体",   "快速", "会员", "一站式", "硬件", "上门", "大",   "小",
        "好",     "新",   "的",   "性",     "化",   "软",   "车机", "地图api"};
    size_t k = 0;

    for (size_t i = 0; i < COUNT(soft); i++)
        if (ends_with(s, n, soft[i]) && strlen(soft[i]) > k)
            k = strlen(soft[i]);
    if (!k)
        return false;
    if (k == 3 && (unsigned char)s[n - 1] >= 0x80)
        return n == 6; /* a character of two */
    for (size_t i = 0; i < COUNT(no_names); i++)
        if (strlen(no_names[i]) > 3 && holds(s, n - k, no_names[i]))
            return false;
    for (size_t i = 0; i < COUNT(plain); i++)
        if (ends_with(s, n - k, plain[i]))
            return false;
    return n > k;
}

/* "Well known": four characters that say how something is. */
static bool praises(const char *s, size_t n)
{
    static const char *const hows[] = {"高", "广", "强", "多", "好",
                                       "快", "全", "佳", "足", "大"};

    for (size_t i = 0; n == 12 && i < COUNT(hows); i++)
        if (ends_with(s, n, hows[i]))
            return true;
    return false;
}

/* The words of no_names by their last byte, as chains of places + 1: every head of every
 * list is held against them, several times. Made once, before main(). */
static struct {
    uint16_t first[256], next[COUNT(no_names)];
} chains;

__attribute__((constructor)) static void chain_no_names(void)
{
    for (size_t i = 0; i < COUNT(no_names); i++) {
        unsigned char last = (unsigned char)no_names[i][strlen(no_names[i]) - 1];

        chains.next[i] = chains.first[last];
        chains.first[last] = (uint16_t)(i + 1);
    }
}

bool bd_names_part(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    if (n == 0)
        return false;
    for (size_t i = chains.first[(unsigned char)s[n - 1]]; i; i = chains.next[i - 1])
        if (ends_with(s, n, no_names[i - 1]))
            return !soft_end(s, n); /* which says the same of each of them */
    return false;
}

/* Words of sentences. */
static bool tells(const char *s, size_t n)
{
    static const char *const verbs[] = {"许多", "很多", "专注", "提供", "拥有",
                                        "需要", "具备", "能够", "存在", "进行",
                                        "可能", "已经", "没有"};

    for (size_t i = 0; i < COUNT(verbs); i++)
        if (holds(s, n, verbs[i]))
            return true;
    return false;
}

/* "A with B": of two things no name has in it, but criteria do. */
static bool pairs(const char *s, size_t n)
{
    static const char *const pairs[] = {"与", "和", "及"};

    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x80)
            return false; /* "Art 与 B" is one */
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (n > 9 && holds(s + 6, n - 9, pairs[i]))
            return true; /* 万和, 万和电气 pair nothing */
    return false;
}

bool bd_names_elsewhere(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    for (size_t i = 0; i < COUNT(no_brands); i++)
        if (n > 0 && *no_brands[i] == *s && strlen(no_brands[i]) == n &&
            memcmp(s, no_brands[i], n) == 0)
            return true;
    return false;
}

/* Latin letters are narrow. */
static int most_points(const char *s, size_t n)
{
    size_t wide = 0;

    for (size_t i = 0; i < n; i++)
        wide += (unsigned char)s[i] >= 0x80;
    return wide <= 12 ? BD_NAME_LATIN : BD_NAME_POINTS;
}

bool bd_names_plausible(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const int against[] = {BD_WORD_IF,    BD_WORD_HOWTO,    BD_WORD_AGAINST,
                                  BD_WORD_FOR,   BD_WORD_UNKNOWN,  BD_WORD_COMPARED,
                                  BD_WORD_ABOUT, BD_WORD_ANALYSIS, BD_WORD_UNABLE};
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;
    int points = (int)bd_text_points(s, n);

    if (n > BD_NAME_BYTES || points < 2 || points > most_points(s, n) ||
        has_control(s, n))
        return false;
    for (size_t i = 0; i < COUNT(against); i++)
        if (bd_passage_says(p, name->start, name->end, against[i]))
            return false;
    if (bd_names_part(p, name))
        return false;
    for (size_t i = 0; i < COUNT(no_beginnings); i++)
        if (begins_with(s, n, no_beginnings[i]))
            return false;
    if (bd_names_elsewhere(p, name))
        return false;
    if (bd_names_place(s, n) == n || bd_names_amount(s, n) || bd_names_sentence(p, name))
        return false;
    return !holds(s, n, "某") && !holds(s, n, "的") && !holds(s, n, "**") &&
           !holds(s, n, "是") && !pairs(s, n) && !praises(s, n) && !tells(s, n);
}

bool bd_names_kind(const struct bd_passage *p, size_t start, size_t end)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (holds(p->fold.bytes.data + start, end - start, kinds[i]))
            return true;
    return false;
}
