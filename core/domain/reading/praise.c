/* domain/reading/praise.c - see praise.h. The words are others than those that tone is
 * counted by (lexicon.h): "good" and "popular" are opinions, "unrivalled" is a claim. */
#define _GNU_SOURCE /* memmem */
#include "domain/reading/praise.h"

#include <string.h>

/* clang-format off */
static const char *const superlatives[] = {
    "最好", "最佳", "最强", "最优", "最棒", "最全面", "最专业", "最权威", "最先进", "最安全", "最可靠", "最靠谱",
    "最受欢迎", "最值得", "最顶尖", "最领先", "第一品牌", "销量第一", "行业第一", "全国第一", "全球第一", "全网第一", "国内第一", "世界第一",
    "排名第一", "排行第一", "口碑第一", "市占率第一", "占有率第一", "no.1", "no. 1", "top1", "top 1", "领军", "领导者", "领导品牌",
    "遥遥领先", "全球领先", "国际领先", "行业领先", "国内领先", "龙头", "标杆", "首屈一指", "独一无二", "无与伦比", "无可匹敌", "无出其右",
    "唯一", "顶级", "顶尖", "极致", "完美", "王者", "巅峰", "殿堂级", "史上", "革命性", "颠覆性", "零差评", "百分百好评",
    "100%好评", "万人好评", "黑科技", "国家级", "世界级",
    "the best", "world's best", "best-in-class", "best in class", "number one", "number 1", "#1", "the leading",
    "world-leading", "world leader", "industry leader", "industry-leading", "market leader", "unmatched", "unrivaled",
    "unrivalled", "unbeatable", "unparalleled", "second to none", "most trusted", "most advanced", "most popular",
    "most reliable", "top-rated", "top rated", "best-selling", "bestselling", "revolutionary", "groundbreaking",
    "world-class", "perfect", "ultimate", "flawless", "the only"};

static const char *const doubts[] = {
    "但", "不过", "然而", "只是", "缺点", "不足", "偏高", "偏贵", "较贵", "略贵", "投诉", "差评", "争议", "劣势", "风险", "注意",
    "不推荐", "不建议", "避雷", "相比", "对比", "据称", "自称", "号称", "宣称", "声称", "待核实", "不一定",
    "but ", "however", "although", "though ", "drawback", "downside", "complain", "expensive", "pricey", "claims to",
    "claim to", "reportedly", "compared", "versus", " vs", "not the", "isn't", "lacks", "except", "caveat"};
/* clang-format on */

static bool says(const char *s, size_t n, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(s, n, words[i], strlen(words[i])))
            return true;
    return false;
}

bool bd_praise_only(const char *s, size_t n)
{
    return says(s, n, superlatives, sizeof(superlatives) / sizeof(superlatives[0])) &&
           !says(s, n, doubts, sizeof(doubts) / sizeof(doubts[0]));
}
