/* domain/reading/lexicon.c - see lexicon.h. A word stands in one class only; where two
 * match, the longer one is found, so exceptions are written as longer words. */
#include "domain/reading/lexicon.h"

#include <stdatomic.h>
#include <string.h>

#include "domain/reading/fold.h"

/* clang-format off */
static const char *const words[BD_WORD_COUNT][128] = {
[BD_WORD_UNKNOWN] = {
    "没有找到", "没找到", "未找到", "未能找到", "找不到", "没有查到", "没查到", "未查到", "未能查到",
    "查不到", "查询不到", "没有检索到", "未检索到", "未能检索到", "检索不到", "搜索不到", "没有搜到", "未搜到",
    "没有查询到", "未查询到", "未能查询到", "暂无", "尚无", "并无", "不了解", "不熟悉", "没有听说过", "并不存在",
    "没有关于", "没有足够", "缺乏", "无法找到", "无法查到", "无法查询到", "无法获取", "无法核实", "没有相关", "无相关",
    "没有具体", "没有明确", "没有直接", "没有详细", "没有公开", "未有公开", "无公开", "没有收录", "未收录", "无法确认",
    "缺少可供核实", "缺少公开", "不作评价", "未提及", "没有提及", "未被提及", "非常有限", "信息有限", "较为有限", "信息不足", "占位符", "未指明", "未提供", "没有提供具体",
    "placeholder",
    "don't have reliable information", "don't have any reliable", "no reliable details", "not able to find", "unable to locate", "couldn't locate", "can't locate", "limited information",
    "not enough information", "no reliable", "can't verify", "cannot verify", "no knowledge of",
    "i don't know", "i do not know", "i'm not aware of", "i am not aware of",
    "no information", "no specific information", "no public information", "not familiar",
    "can't find", "cannot find", "can not find", "couldn't find", "could not find",
    "unable to find", "did not find", "didn't find", "don't have information",
    "do not have information", "don't have any information", "don't have specific information",
    "not aware of", "no reliable information", "no record", "no data", "never heard of",
    "doesn't exist", "does not exist", "don't have any specific information", "don't have any reliable information"},
[BD_WORD_INFORMATION] = {
    "信息", "资料", "报道", "记录", "数据", "资讯", "介绍", "知识库", "品牌", "公司", "机构", "企业",
    "information", "record", "records", "data", "details", "brand", "company"},
[BD_WORD_ABOUT] = {
    "关于", "对于", "至于", "有关", "针对", "about", "regarding", "as for", "concerning"},
[BD_WORD_AGAINST] = {
    "不推荐", "不太推荐", "不建议", "不太建议", "并不推荐", "不会推荐", "难以推荐", "很难推荐", "不宜选", "避雷",
    "慎选", "慎买", "需要谨慎", "需谨慎", "谨慎选择", "别买", "别选", "不要买", "不要选", "不要选择", "不值得", "踩雷", "避开", "不考虑",
    "不优先", "avoid", "not worth", "isn't worth", "aren't worth", "skip", "stay away", "more cautious about", "be careful with",
    "don't buy", "do not buy", "wouldn't buy", "wouldn't recommend", "would not recommend",
    "don't recommend", "do not recommend", "can't recommend", "cannot recommend",
    "not recommend", "not recommended", "wouldn't pick", "steer clear"},
[BD_WORD_OUT] = {
    "不建议购买", "不推荐购买", "不建议再", "不建议入手", "不建议作为首选", "已停止服务", "停止服务", "停止运营", "已经倒闭", "已倒闭",
    "停工停产", "可忽略", "先不考虑", "暂不考虑", "可以排除", "直接排除", "不在考虑范围", "no longer in business", "has shut down",
    "no longer sold", "i'd skip it"},
[BD_WORD_FIRST] = {
    "首推", "首选", "会优先推荐", "最佳选择", "不二之选", "best option", "排在首位", "排在第一位", "放在首位", "放在第一位", "第一推荐", "最推荐", "最优选择", "第一选择", "i'd pick", "i would pick",
    "i would still pick", "i'd still pick", "i'd go with", "i would go with", "best overall",
    "top pick", "first choice", "number one", "my pick", "top choice", "best choice"},
[BD_WORD_BEFORE] = {
    "优先考虑", "优先推荐", "优先选择", "优先选", "优先", "i recommend", "i'd recommend"},
[BD_WORD_NEXT] = {
    "其次", "再次", "次选", "第二选择", "second choice", "runner-up", "runner up", "followed by"},
[BD_WORD_FOR] = {
    "推荐", "值得买", "值得考虑", "值得优先考虑", "值得选", "值得信赖", "值得关注", "值得一试", "可以考虑", "可以关注", "可重点关注", "可关注", "可考虑", "可以看", "可以看看", "可以选", "建议选", "更建议",
    "优选", "之选", "不错的选择", "好选择", "较好的有", "可靠的是", "更好的选择", "好的选择", "合适的选择", "受欢迎的选择", "稳妥的选择", "适配的选择", "recommend", "recommended", "recommends",
    "recommendation", "recommendations", "worth considering", "worth buying", "worth a look",
    "consider", "safe choice", "safe bet", "good choice", "great choice", "solid choice",
    "options", "wins", "pick", "picks", "go with", "best"},
[BD_WORD_ANYWAY] = {
    "如果要给出", "如果要排", "如果要推荐", "如果一定要", "如果非要", "如果只能", "如果必须", "若要排", "若一定要", "若只能",
    "if i had to", "if i have to", "if you want one", "if forced to"},
[BD_WORD_IF] = {
    "如果", "若", "假如", "要是", "倘若", "如需", "如您", "对于", "预算", "追求", "适合", "if", "unless",
    "in case"},
[BD_WORD_COMPARED] = {
    "相比", "对比", "相较", "比起", "比较起来", "与之相比", "compared with", "compared to",
    "vs", "versus", "in comparison"},
[BD_WORD_GOOD] = {
    "不错", "优秀", "出色", "领先", "可靠", "靠谱", "稳定", "更稳", "稳健", "成熟", "口碑好", "口碑较好", "良好", "较好",
    "好评", "优势", "强大", "实力强", "实力", "专业", "知名", "著名", "受关注", "关注度", "广受关注", "备受关注", "闻名", "高品质", "高质量", "性价比高", "性价比更高", "性价比突出",
    "性价比", "最全", "最常见", "适合年轻人", "环保", "透明", "完善", "丰富", "创新", "突出", "亮点", "更好", "更温和", "满意",
    "信赖", "声誉", "龙头", "标杆", "热门", "excellent", "great", "reliable", "better", "good",
    "comfortable", "leading", "strong", "popular", "trusted", "durable", "generous",
    "impressive", "love", "well-known", "affordable", "cheapest"},
[BD_WORD_BAD] = {
    "偏高", "偏贵", "较差", "很差", "太差", "列表中未被提及", "列表中未提及", "推荐中未被提及", "名单中未被提及", "差评", "投诉", "缺点", "不足", "劣势", "问题", "烂脸", "翻车", "故障", "逊色",
    "较弱", "偏弱", "落后", "昂贵", "噪音大", "虚假", "纠纷", "负面", "争议", "失望", "糟糕", "质量差", "隐患", "风险", "慢于",
    "溢价", "欠缺", "complain", "complaints", "poor", "bad", "worse", "worst", "expensive",
    "overpriced", "issues", "problems", "disappointing", "unreliable", "weak", "flawed",
    "noisy", "mediocre"},
[BD_WORD_NOT] = {
    "不", "没", "没有", "无", "未", "并不", "并非", "不是", "难以", "不够", "不太", "不算", "谈不上", "避免", "not", "no",
    "never", "isn't", "aren't", "doesn't", "don't", "without", "hardly", "wasn't", "less"},
[BD_WORD_UNABLE] = {
    "无法", "不能", "不便", "不可以", "没办法", "can't", "cannot", "can not", "unable to",
    "not able to", "won't", "not comfortable"},
[BD_WORD_TO_ADVISE] = {
    "进行排名", "排名或推荐", "回答", "提供", "评价", "讨论", "给出", "作出", "做出", "answer", "rank",
    "assist", "provide", "discuss", "help", "comply"},
[BD_WORD_HOWTO] = {
    "建议", "注意", "如何", "怎么", "怎样", "选购", "标准", "要点", "因素", "维度", "技巧", "指南", "方法", "步骤", "提示",
    "what makes", "准备清单", "去哪里找", "哪里找", "哪里查", "更重要", "别忽视", "别忽略", "不能忽视", "documents you need", "常见陷阱", "先明确", "先确定", "必须做的事", "选店", "购买前", "下单前", "签约前", "报名前", "入手前", "思路", "先看这", "看这几", "这几点", "这三点", "这四点", "这五点", "更稳妥的做法",
    "贴士", "避坑", "提醒", "须知", "事项", "准则", "红线", "渠道", "途径", "禁止", "风险", "前提", "误解", "原因如下", "理由如下", "关键点", "考虑", "关注", "主要看", "挑选细节", "细节", "准备工作", "的准备", "前准备", "护理", "参数", "弄清", "搞清", "理清", "误区", "常见问题", "结语", "总结", "小结", "说明", "价格参考", "参考价格", "费用参考", "必看", "必读", "对照表", "套路", "要做的事", "必做", "一定要", "件事", "的坑", "踩坑", "how to", "tips",
    "factors", "criteria", "considerations", "things to consider", "what to consider", "factors to consider", "features to consider",
    "to look for", "before you buy", "buying guide", "things to", "what to", "checklist", "faq",
    "red flags", "where to", "how to save", "actually matter", "what matters", "steps", "step-by-step", "step by step", "advice", "mistakes", "pitfalls", "think about", "keep in mind", "when comparing", "when choosing"},
[BD_WORD_ANALYSIS] = {
    "分析", "现状", "策略", "评估", "竞品", "竞争对手", "竞争格局", "竞品对比", "对比分析", "概况", "概述", "analysis",
    "overview", "assessment", "competitors"},
[BD_WORD_ECHO] = {
    "你问的", "您提到的", "您提及的", "您所提到的", "您询问的", "您问的", "您提供的", "您列出的", "你提到的", "你询问的",
    "请您提供", "请提供", "为您介绍", "为您分析", "为您客观分析", "为您进行", "进行客观分析", "进行分析", "客观分析",
    "you asked about", "you mentioned", "you are asking about", "i will look at", "i'll look at",
    "您提到了", "你提到了", "您给出的", "你给出的", "您的品牌为", "您的品牌是", "参照对象", "竞争对手是", "您列举的", "您提出的", "你提出的", "收到您的问题", "收到你的问题", "这个问题", "这一问题", "您搜索的", "你搜索的", "您查询的", "您想在", "您想找", "您想寻找", "您想了解", "你想了解", "您想知道", "您问到", "您咨询的",
    "虽然您提到", "虽然您提及", "虽然您所提到", "虽然你提到", "尽管您提到", "尽管你提到", "尽管您提及",
    "although you mentioned", "while you mentioned", "though you mentioned"},
[BD_WORD_NONE] = {
    "不踩雷", "不踩坑", "护理型", "护理机构", "护理院", "护理中心", "护理站", "护理学院", "护理学校", "护理培训", "指南者"},
[BD_WORD_MANY] = {
    "个", "款", "家", "种", "大品牌", "brands", "options", "choices", "alternatives", "products"},
};
/* clang-format on */

static int add_class(struct bd_match *m, int class)
{
    for (size_t i = 0; i < sizeof(words[0]) / sizeof(words[0][0]); i++) {
        struct bd_fold f;
        int rc;

        if (!words[class][i])
            break;
        rc = bd_fold_init(&f, words[class][i], strlen(words[class][i]));
        if (rc == 0)
            rc = bd_match_add(m, f.bytes.data, f.bytes.n, class);
        bd_fold_free(&f);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static struct bd_match *make(void)
{
    struct bd_match *m = NULL;

    if (bd_match_new(&m) < 0)
        return NULL;
    for (int class = 0; class < BD_WORD_COUNT; class ++)
        if (add_class(m, class) < 0)
            goto fail;
    if (bd_match_build(m) < 0)
        goto fail;
    return m;
fail:
    bd_match_free(m);
    return NULL;
}

/* It takes a megabyte and a millisecond, too much for every diagnosis to have its own.
 * Who comes first makes it; of two that come at once, one throws its own away. Release
 * and acquire: who sees the pointer sees what it points to. */
const struct bd_match *bd_lexicon(void)
{
    static struct bd_match *_Atomic shared;
    struct bd_match *there = atomic_load_explicit(&shared, memory_order_acquire), *mine;

    if (there)
        return there;
    mine = make();
    if (mine && !atomic_compare_exchange_strong_explicit(
                    &shared, &there, mine, memory_order_acq_rel, memory_order_acquire)) {
        bd_match_free(mine);
        return there;
    }
    return mine;
}
