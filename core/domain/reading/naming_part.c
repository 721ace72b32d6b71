/* domain/reading/naming_part.c - heads of criteria, steps and parts of a description, by
 * the words they end with; see naming.h. */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/naming.h"

/* What heads a criterion, a step, advice, a part of an analysis; whole heads or their
 * ends. */
static const char *const no_names[] = {
    "价格",
    "费用",
    "情况",
    "名单",
    "准备",
    "参考",
    "式",
    "收费",
    "投资",
    "含量",
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
    "不同",
    "差异",
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
    " prices",
    " tip",
    " tips",
    " summary",
    " reminder",
    " requirements",
    " goals",
    " app",
    "区间",
    "代表系列",
    "代表型号",
    "代表产品",
    "推荐型号",
    "battery life",
    "shelf life",
    "service life",
    "类公司",
    "类企业",
    "类机构",
    "类门店",
    "ability",
    "ibility",
};

enum { NO_NAMES = sizeof(no_names) / sizeof(no_names[0]) };

/* Those of no_names that are longer than one character. */
static struct {
    const char *words[NO_NAMES];
    size_t count;
} longer;

/* Do the n bytes before such an end speak of anybody: "优质" of "优质服务"? */
static bool of_anybody(const char *s, size_t n)
{
    static const char *const plain[] = {
        "内部",   "乘坐", "储物", "收纳",   "车内", "后排", "驾驶", "操作",
        "影像",   "智能", "优质", "强劲",   "贴心", "免费", "定制", "个性化",
        "数字化", "全程", "增值", "在线",   "客户", "用户", "物流", "配套",
        "整体",   "快速", "会员", "一站式", "硬件", "上门", "大",   "小",
        "好",     "新",   "的",   "性",     "化",   "软",   "车机", "地图api"};
    /* Of a technique, and nobody's own. */
    static const char *const common[] = {
        "cdn", "obd", "gps", "erp", "crm", "seo", "sem",  "api",  "vpn", "gis",
        "bi",  "oa",  "it",  "ai",  "vr",  "hr",  "saas", "paas", "iot", "lbs"};

    const size_t k = n ? bd_affix_ends(s, n, BD_WORDS(plain)) : 0;

    return n == 0 || bd_affix_begins(s, n, BD_WORDS(common)) == n ||
           bd_affix_holds(s, n, longer.words, longer.count) ||
           (k && (k > 3 || n <= 6)); /* "新" of "新服务", not of "甲乙刷新服务" */
}

/* Words that end names as well as criteria: what stands before them decides. */
static bool soft_end(const char *s, size_t n)
{
    static const char *const soft[] = {"平台", "服务", "软件", "设计", "方案",
                                       "app",  "系统", "动力", "空间", "团队",
                                       "科技", "工厂", "运动", "数据", "前",
                                       "中",   "后",   "级",   "网站", "解决方案"};
    const size_t k = bd_affix_ends(s, n, BD_WORDS(soft));

    if (k == 3 && (unsigned char)s[n - 1] >= 0x80)
        return n == 6; /* a character of two */
    return k && !of_anybody(s, n - k);
}

bool bd_names_firm_end(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const char *const firms[] = {
        "部件", "包装", "技术", "材料", "电商", "培训", "贴膜", "环保", "生态", "安全",
        "五金", "优化", "板材", "门店", "性能", "品质", "工艺", "服务", "方案", "系统"};
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start, k = bd_affix_ends(s, n, BD_WORDS(firms));

    return k > 0 && n >= k + 6 && !of_anybody(s, n - k);
}

/* The words of no_names by their last byte, as chains of places + 1: every head of every
 * list is held against them, several times. Made once, before main(). */
static struct {
    uint16_t first[256], next[NO_NAMES];
} chains;

__attribute__((constructor)) static void chain_no_names(void)
{
    for (size_t i = 0; i < NO_NAMES; i++) {
        unsigned char last = (unsigned char)no_names[i][strlen(no_names[i]) - 1];

        chains.next[i] = chains.first[last];
        chains.first[last] = (uint16_t)(i + 1);
        if (strlen(no_names[i]) > 3)
            longer.words[longer.count++] = no_names[i];
    }
}

/* "Day 1", "day1": of a plan. */
static bool is_day(const char *s, size_t n)
{
    return n >= 4 && n <= 6 && memcmp(s, "day", 3) == 0 && s[n - 1] >= '0' &&
           s[n - 1] <= '9';
}

/* English heads of a description, whole. */
static bool whole_part(const char *s, size_t n)
{
    static const char *const words[] = {
        "fit",           "weight",         "capacity",
        "size",          "sizes",          "materials",
        "material",      "hydration",      "durability",
        "type",          "feel",           "trial",
        "coverage",      "downside",       "downsides",
        "upside",        "slope",          "slopes",
        "navigation",    "battery",        "noise",
        "pricing",       "cost",           "costs",
        "setup",         "specs",          "specifications",
        "menu",          "atmosphere",     "vibe",
        "parking",       "delivery",       "shipping",
        "returns",       "reviews",        "ratings",
        "rating",        "security",       "speed",
        "storage",       "camera",         "display",
        "screen",        "hardware",       "integrations",
        "trade-off",     "trade-offs",     "tradeoff",
        "tradeoffs",     "consider",       "note",
        "good for",      "great for",      "perfect for",
        "catch",         "the catch",      "limitations",
        "good to know",  "watch out for",  "color",
        "colors",        "style",          "taste",
        "flavor",        "ingredients",    "texture",
        "cleaning",      "maintenance",    "installation",
        "connectivity",  "sound",          "microphone",
        "cushioning",    "traction",       "breathability",
        "weight limit",  "dimensions",     "power",
        "suction",       "filter",         "temperature",
        "insurance",     "fees",           "annual fee",
        "bonus",         "rewards",        "scalability",
        "ease of use",   "learning curve", "january",
        "february",      "march",          "april",
        "may",           "june",           "july",
        "august",        "september",      "october",
        "november",      "december",       "spring",
        "summer",        "autumn",         "winter",
        "weekdays",      "weekends",       "morning",
        "evening",       "night",          "consultation",
        "certification", "certifications", "ratio",
        "equipment",     "location",       "staff",
        "hours",         "language",       "languages",
        "reputation",    "licensing"};

    return (unsigned char)*s < 0x80 &&
           (bd_affix_begins(s, n, BD_WORDS(words)) == n || is_day(s, n));
}

/* "goodbudget" ends in no word "budget". */
static bool within_word(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word);
    int before = n > k ? s[n - k - 1] : ' ';

    return (unsigned char)*word < 0x80 && *word != ' ' && before >= 'a' &&
           before <= 'z' && k > 4 && memcmp(word, "ability", 3) != 0 &&
           memcmp(word, "ibility", 3) != 0;
}

bool bd_names_part(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const char *const firms[] = {"新材料", "新材", "新能源", "高中",   "造型",
                                        "发型",   "中学", "小学",   "幼儿园", "国际部"};
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start;

    if (n == 0)
        return false;
    if (whole_part(s, n))
        return true;
    if (n >= 12 && bd_affix_ends(s, n, BD_WORDS(firms)))
        return false;
    for (size_t i = chains.first[(unsigned char)s[n - 1]]; i; i = chains.next[i - 1])
        if (bd_affix_ends(s, n, &no_names[i - 1], 1) &&
            !within_word(s, n, no_names[i - 1]))
            return !soft_end(s, n); /* which says the same of each of them */
    return false;
}
