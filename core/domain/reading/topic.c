/* domain/reading/topic.c - see topic.h. */
#include "domain/reading/topic.h"

#include <string.h>

#include "domain/reading/affix.h"

/* What may stand behind the noun. */
static const char *const tails[] = {
    "推荐", "如",   "例如", "比如", "包括",   "有",          "有哪些",         "大全",
    "清单", "精选", "汇总", "参考", "选择",   "如下",        "list",           "ideas",
    "*",    ":",    " ",    "?",    "to try", "to consider", "recommendations"};

static const char *const things[] = {
    "活动",         "器材",          "部件",      "零件",        "玩法",
    "景点",         "景区",          "路线",      "线路",        "部位",
    "食材",         "药材",          "食物",      "成分",        "口味",
    "菜品",         "菜系",          "小吃",      "疗法",        "训练",
    "动作",         "体验",          "商圈",      "目的地",      "场所",
    "场地",         "体育项目",      "运动项目",  "健身项目",    "改装项目",
    "检查项目",     "的检查",        "娱乐项目",  "体验项目",    "的部分",
    "用品清单",     "activities",    "exercises", "ingredients", "attractions",
    "destinations", "neighborhoods", "foods",     "dishes",      "workouts",
    "sights",       "费用",          "收费",      "收费标准",    "行情",
    "参考资料",     "参考来源",      "资料来源",  "routine",     "costs",
    "方式",         "形式",          "fees",      "prices",      "sources",
    "references"};

/* Heads of a description, if nothing stands before them. */
static const char *const parts[] = {"优势",     "优点",     "特点",     "亮点",
                                    "缺点",     "劣势",     "不足",     "注意事项",
                                    "服务内容", "适合人群", "适用人群", "适用场景",
                                    "选购要点", "pros",     "cons"};

/* Things, unless they are recommended: then their brands are. */
static const char *const goods[] = {"用品"};

static const char *const names[] = {
    "品牌",      "公司",   "机构",   "门店",  "店铺",   "企业",     "平台",
    "厂商",      "服务商", "供应商", "商家",  "教练",   "线上课程", "app",
    "软件",      "工具",   "学校",   "酒店",  "民宿",   "餐厅",     "产品",
    "机型",      "车型",   "型号",   "系列",  "brands", "shops",    "companies",
    "providers", "stores", "apps",   "firms", "tools",  "hotels"};

static bool ends_any(const char *s, size_t n, const char *const *words, size_t count)
{
    for (size_t i = 1; i < n; i++)
        if (s[i] == '/' && bd_affix_ends(s, i, words, count))
            return true;
    return bd_affix_ends(s, n, words, count) > 0;
}

enum bd_topic bd_topic_of(const char *s, size_t n)
{
    const char *open = memchr(s, '(', n);
    size_t k, whole;

    n = whole = open ? (size_t)(open - s) : n;
    while ((k = bd_affix_ends(s, n, BD_WORDS(tails))))
        n -= k;
    if (n > 0 &&
        (ends_any(s, n, BD_WORDS(things)) || bd_affix_begins(s, n, BD_WORDS(parts)) == n))
        return BD_TOPIC_THINGS;
    if (n == whole && bd_affix_ends(s, n, BD_WORDS(goods)))
        return BD_TOPIC_THINGS;
    return ends_any(s, n, BD_WORDS(names)) ? BD_TOPIC_NAMES : BD_TOPIC_UNSAID;
}
