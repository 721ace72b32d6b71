/* domain/words.h - every word of the report, in Chinese and in English. [any]
 *
 * A text may hold {0} to {9}, which bd_word_fill() replaces: the two languages need not
 * have the same order. */
#ifndef BD_DOMAIN_WORDS_H
#define BD_DOMAIN_WORDS_H

#include "base/buf.h"
#include "domain/cell.h"

/* clang-format off */
#define BD_WORD_MAP(X) \
X(TITLE,         "品牌诊断报告：{0}", "Brand diagnosis: {0}") \
X(COMPETITORS,   "竞品：{0}", "Competitors: {0}") \
X(QUESTION,      "问题：{0}", "Question: {0}") \
X(MORE_QUESTIONS,"共 {0} 个问题", "{0} questions in all") \
X(RUN,           "{0}，{1} 个任务，{2} 个有回答，用时 {3}，调用 {4} 次{5}", \
                 "{0}, {1} tasks, {2} answered, took {3}, calls {4}{5}") \
X(COST,          "，费用 {0}", ", cost {0}") \
X(TOKENS,        "，token {0}+{1}", ", tokens {0}+{1}") \
X(FROM_CACHE,    "其中 {0} 个回答来自缓存，最早的在 {1}前得到。", \
                 "{0} answers come from the cache, given up to {1} ago.") \
X(SECONDS,       " {0} 秒", "{0} s") \
X(MINUTES,       " {0} 分钟", "{0} min") \
X(HOURS,         " {0} 小时", "{0} h") \
X(INTERRUPTED,   "诊断中途停止，这是到那时为止的结果。", \
                 "The diagnosis was stopped; this is what there was by then.") \
X(H_VERDICT,     "结论", "Verdict") \
X(H_BRANDS,      "各品牌", "Brands") \
X(H_MODELS,      "各模型", "Models") \
X(H_MISSING,     "缺什么，为什么", "What is missing, and why") \
X(H_FINDINGS,    "发现", "Findings") \
X(H_NOTES,       "说明", "Notes") \
X(H_CELLS,       "逐条结果", "Results one by one") \
X(VERDICT,       "{0}在 {1} 个中性回答中被提到 {2} 次（{3}），首先提到 {4} 次（{5}），{6}{7}。", \
                 "{0} is mentioned in {2} of {1} neutral answers ({3}), first in {4} ({5}){6}{7}.") \
X(V_ABSENT,      "{0}在 {1} 个中性回答中一次也没有被提到（0%）{2}。", \
                 "{0} is mentioned in none of {1} neutral answers (0%){2}.") \
X(V_RANK,        "平均排名 {0}（{1} 次有排名）", ", at rank {0} on average (n {1})") \
X(V_NO_RANK,     "没有明确排名", ", never with a rank") \
X(V_PLACE,       "；提及率在 {0} 个品牌中{2}第 {1}", "; by mention rate it is number {1} of {0} brands{2}") \
X(V_TIED,        "并列", " (tied)") \
X(V_SCORE,       "综合得分 {0}{2}，等级 {1}。", "Overall score {0}{2}, grade {1}.") \
X(V_SCORE_SOFT,  "综合得分 {0}{2}，等级 {1}（暂定）。", "Overall score {0}{2}, grade {1} (provisional).") \
X(V_INTERVAL,    "（95% 区间 {0}–{1}）", " (95% interval {0} to {1})") \
X(V_FEW,         "样本只有 {0} 个回答，只供参考。", \
                 "Answers in the sample: {0} only. Take it as a hint.") \
X(V_SMALL,       "样本 {0} 个回答，小的差别可能只是偶然。", \
                 "Answers in the sample: {0}. Small differences may be chance.") \
X(V_NO_NEUTRAL,  "没有做中性提问，因此无法判断{0}的可见度（不是 0）。", \
                 "No neutral question was asked, so how visible {0} is remains unknown (not 0).") \
X(V_UNKNOWN,     "{1} 个中性提问都没有得到可判断的回答，{0}的可见度未知（不是 0）。", \
                 "None of {1} neutral questions brought a usable answer: how visible {0} is remains unknown (not 0).") \
X(V_BRANDED,     "{1} 个中性提问都点了某个品牌的名，因此无法判断{0}的可见度（不是 0）。换成不提品牌的问题再问。", \
                 "Each of {1} neutral cells asks a question that names a brand, so how visible {0} is remains unknown (not 0). Ask again without a brand.") \
X(V_MISSING,     "{1} 个任务中有 {0} 个没有回答，原因见下。", \
                 "{0} of {1} tasks have no answer; the reasons are below.") \
X(C_BRAND,       "品牌", "Brand") \
X(C_N,           "n", "n") \
X(C_MENTION,     "提及率", "mention") \
X(C_FIRST,       "首提率", "first") \
X(C_RANK,        "平均排名", "avg rank") \
X(C_VOICE,       "声量份额", "voice") \
X(C_SENTIMENT,   "情感", "tone") \
X(C_SCORE,       "得分", "score") \
X(C_GRADE,       "等级", "grade") \
X(C_MODEL,       "模型", "Model") \
X(C_ANSWERED,    "有回答", "answered") \
X(C_MEDIAN,      "中位", "median") \
X(C_SLOWEST,     "最慢", "slowest") \
X(C_CAUSES,      "没有回答的", "not answered") \
X(C_PROBE,       "方式", "asked") \
X(C_QUESTION,    "问题", "question") \
X(C_STATUS,      "结果", "outcome") \
X(C_PLACE,       "名次", "rank") \
X(C_TIME,        "用时", "time") \
X(C_TEXT,        "回答", "answer") \
X(LEGEND,        "n 是能判断的中性回答数，提及率和首提率都以它为底；括号内是该项自己的 n；情感从 -1 到 +1，两种提问都计；“-”表示未知，不是 0。", \
                 "n: neutral answers that tell, under both mention and first. In brackets: the figure's own n. Tone runs from -1 to +1 and counts both probes. \"-\" is unknown, not 0.") \
X(LEGEND_SCORE,  "得分 = {0} 提及率（各模型平均）+ {1} 名次 + {2} 声量 + {3} 情感，等级写成范围表示 95% 区间跨等级；权重是约定。", \
                 "Score = {0} mention (mean over models) + {1} rank + {2} voice + {3} tone; a range of grades is that of the 95% interval. The weights are a choice.") \
X(LEGEND_SOFT,   "* 暂定：得分所依据的回答少于 5 个，或其区间跨等级。", \
                 "* provisional: fewer than 5 answers under the score, or its interval crosses a grade.") \
X(A_COVERAGE,    "{2} 个能判断的问题中有 {1} 个至少有一个回答提到{0}。", \
                 "{1} of {2} questions with an answer that tells have one that mentions {0}.") \
X(A_RIVALS,      "没有跟踪、但在列表中出现的品牌：{0}；连它们一起计，{2}的声量份额是 {3}（{4}）。", \
                 "Brands that nobody tracks, in lists of answers: {0}; among them all, {2} has a share of voice of {3} ({4}).") \
X(A_RIVALS_MORE, "没有跟踪、但在列表中出现的品牌有 {1} 个，最多的是：{0}；连它们一起计，{2}的声量份额是 {3}（{4}）。", \
                 "{1} brands that nobody tracks stand in lists of answers, most often {0}; among them all, {2} has a share of voice of {3} ({4}).") \
X(A_SITES,       "回答提到 {1} 个网站，最多的是：{0}；经搜索或链接引用{2}自己网站的有 {3} 次。", \
                 "Answers name {1} sites, most often {0}; a site of {2} itself is cited, by search or link, {3} times.") \
X(A_STABLE,      "同一模型再答同一问题，提到的品牌平均重合 {0}（{1} 组重复提问）。", \
                 "Asked the same again, a model names the same brands to {0} on average ({1} groups of answers).") \
X(EXCLUDED,      "未计入可见度：{1} 个中性提问中的 {0} 个（{2}）。", \
                 "Left out of visibility: {0} of {1} neutral cells ({2}).") \
X(UNCERTAIN,     "是否提到不能确定 {0}", "presence uncertain {0}") \
X(BRANDED_CELLS, "问题点名", "question names a brand") \
X(BRANDED_WARN,  "问题 {0} 含有品牌名：提问会让模型提到它，因此其中性回答不计入可见度；换成不提品牌的问法就能计入。", \
                 "Question {0} names a brand, which makes models mention it: its neutral answers will not count for visibility; asked without the brand they would.") \
X(N_BRANDED,     "问题 {0} 含有品牌名，会让模型提到它：{1} 个中性提问不计入可见度，只计入情感。", \
                 "Question {0} names a brand, which makes models mention it: {1} neutral cells are left out of visibility and count for tone only.") \
X(REPORTED,      "{0}：请求的是 {1}，{4} 个回复中有 {3} 个自报由另一个模型 {2} 作答；请核对该服务的 model。", \
                 "{0}: asked for {1}, but {3} of {4} replies say that another model, {2}, answered; check the provider's model.") \
X(REPORTED_DATED,"{0}：{1} 自报的名称是 {2}，同一模型，只差日期。", \
                 "{0}: {1} calls itself {2}, the same model but for the date.") \
X(BREAKER,       "{0}：熔断器打开过 {1} 次，结束时为{2}。连续失败后，它的其余问题没有再发出。", \
                 "{0}: a breaker opened {1} times, at the end it is {2}. After failures in a row its other questions were not sent.") \
X(B_CLOSED,      "关闭", "closed") \
X(B_OPEN,        "打开", "open") \
X(B_HALF_OPEN,   "半开（试探中）", "half-open (being tried)") \
X(HEDGED,        "{0}：{1} 个问题久无回音，又问了一次，可能重复计费。", \
                 "{0}: {1} questions were asked a second time because nothing came for long; they may be billed twice.") \
X(GAP,           "{0}：{2}，{1} 个", "{0}: {1} x {2}") \
X(GAP_MESSAGE,   "。{0}", ". {0}") \
X(GAP_EXAMPLE,   "。例如：{0}", ". For example: {0}") \
X(REMEDY,        "处理：{0}", "Remedy: {0}") \
X(F_NONE,        "在 {1} 个能判断的中性回答中，没有{0}缺席而竞品被推荐的情况。", \
                 "In none of {1} neutral answers that tell is a competitor put forward while {0} is absent.") \
X(F_UNKNOWN,     "拦截（{0}缺席而竞品被推荐）无法判断：没有可用的中性回答。", \
                 "Interception (a competitor put forward while {0} is absent) is unknown: no usable neutral answer.") \
X(F_ANY,         "拦截：{2} 个中性回答中有 {1} 个（{3}）没有提到{0}，却推荐了竞品。", \
                 "Interception: {1} of {2} neutral answers ({3}) leave {0} out and put a competitor forward.") \
X(F_BY,          "{0} {1}/{2}（{3}）", "{0} {1}/{2} ({3})") \
X(F_BYS,         "按竞品：{0}。", "By competitor: {0}.") \
X(F_NEGATIVE,    "提到{0}的 {2} 个回答中有 {1} 个劝人不要选它，请逐条查看。", \
                 "{1} of {2} answers that mention {0} advise against it: read them.") \
X(W_KICKER,      "品牌诊断报告", "Brand diagnosis") \
X(W_SKIP,        "跳到结论", "Skip to the verdict") \
X(W_CONTENTS,    "目录", "Contents") \
X(W_ASKED,       "问了什么，问了谁", "What was asked, and of whom") \
X(W_LIMITS,      "不能得出什么", "What may not be concluded") \
X(W_LACKS,       "缺什么", "What is missing") \
X(W_NOTHING,     "没有缺失：每个任务都有完整回答。", "Nothing is missing: every task has a whole answer.") \
X(W_DETAILS,     "原因和处理办法", "Causes and remedies") \
X(W_QUESTIONS,   "问题", "Questions") \
X(W_MODELS,      "模型", "Models") \
X(W_PROBES,      "方式", "Probes") \
X(W_PROBE_N,     "中性提问 {0} 个", "{0} neutral") \
X(W_PROBE_M,     "点名提问 {0} 个", "{0} naming a brand") \
X(W_SAMPLES,     "，每题每模型 {0} 次", ", {0} times each") \
X(W_TIME,        "用时", "Time") \
X(W_MORE,        "另有 {0} 个，见 JSON 报告", "{0} more, see the JSON report") \
X(W_COMPETITORS, "竞品对照", "Competitors") \
X(W_SOURCES,     "来源", "Sources") \
X(W_NO_SOURCES,  "回答里没有给出来源。", "The answers name no sources.") \
X(W_SOURCES_NOTE,"模型自称的来源没有人核实过，可能并不存在。", \
                 "Sources that a model names itself have not been checked and may not exist.") \
X(W_ANSWERS,     "回答全文", "Answers") \
X(W_ANSWERS_NOTE,"彩色底纹标出读到的品牌：黄色是{0}，蓝色是竞品，灰色是没有跟踪的品牌。回答按原文显示，其中的链接和图片不可点、不加载。", \
                 "Highlights show the brands that were read: yellow {0}, blue a competitor, grey a brand that nobody tracks. Answers stand as they came; their links and pictures do nothing.") \
X(W_NO_ANSWER,   "没有回答。", "No answer.") \
X(W_CUT,         "回答太长，这里只显示前 {0} KiB；全文见 JSON 报告。", \
                 "The answer is long: only its first {0} KiB stand here; the JSON report has all.") \
X(W_HIDDEN,      "这里显示前 {0} 个任务的回答，另有 {1} 个见 JSON 报告。", \
                 "The answers of the first {0} tasks stand here; the JSON report has {1} more.") \
X(W_INTERVAL,    "95% 区间 {0}", "95% interval {0}") \
X(W_OF,          "{1} 个中的 {0} 个", "{0} of {1}") \
X(W_N,           "n = {0}", "n = {0}") \
X(W_SCORE,       "综合得分", "Overall score") \
X(W_GRADE,       "等级 {0}", "grade {0}") \
X(W_SOFT,        "，暂定", ", provisional") \
X(W_FIG_SCORE,   "综合得分，0 到 100", "Overall score, 0 to 100") \
X(W_FIG_MENTION, "提及率，中性回答中提到该品牌的比例", "Mention rate: the share of neutral answers that mention the brand") \
X(W_FIG_VOICE,   "声量份额，在所有跟踪品牌的提及中占多少", "Share of voice: its part of all mentions of tracked brands") \
X(W_FIG_RANKS,   "名次分布，每个能判断的中性回答计一次", "Ranks: every neutral answer that tells counts once") \
X(W_FIG_HEAT,    "提及率，按品牌和模型", "Mention rate by brand and model") \
X(W_FIG_FLOW,    "拦截：{0}缺席时谁被推荐", "Interception: who is put forward where {0} is absent") \
X(W_FIG_TIME,    "用时：每条竖线是一个回答，浅色是没写完的；横轴到 {0}", \
                 "Time: every line is an answer, pale ones were cut; the axis ends at {0}") \
X(W_WHISKER,     "横线是 95% 区间：重叠的区间说明差别可能只是偶然。", \
                 "The line is the 95% interval: where two overlap, the difference may be chance.") \
X(W_FLOW_NOTE,   "一个回答可以推荐几个竞品，因此右侧各项之和可以大于缺席数。", \
                 "An answer may put several forward, so the right side can add up to more than the absent.") \
X(W_RANK_1,      "第 1", "1st") \
X(W_RANK_2,      "第 2", "2nd") \
X(W_RANK_3,      "第 3", "3rd") \
X(W_RANK_4,      "第 4", "4th") \
X(W_RANK_5,      "第 5 及以后", "5th or later") \
X(W_RANK_NONE,   "提到，无名次", "no rank") \
X(W_RANK_ABSENT, "未提到", "absent") \
X(W_RANK_OPEN,   "未知", "unknown") \
X(W_LADDER,      "名次分", "rank points") \
X(W_LEGACY,      "旧系统得分", "earlier system's score") \
X(W_FIG_PARTS,   "得分的组成：各分项 0 到 1，乘以权重；未知的分项不计，其余按比例加重。旧系统得分按旧系统的算法，仅供对照", \
                 "What the score is made of: parts from 0 to 1 times their weights; an unknown part is left out and the others weigh more. The earlier system's score is there for comparison") \
X(W_FIG_FOUND,   "没有跟踪、但被回答推荐的品牌（在 {0} 个中性回答中）", "Brands that nobody tracks and answers put forward (in {0} neutral answers)") \
X(W_BEST,        "最好名次", "best rank") \
X(W_LED,         "最先提到", "named first") \
X(W_COVERAGE,    "覆盖的问题", "questions covered") \
X(W_RECOMMENDED, "明确推荐", "recommended") \
X(W_VOICE_ALL,   "在全部品牌中的声量", "voice among all brands") \
X(W_SPREAD,      "各模型之间", "across models") \
X(W_STABLE,      "同题重问，品牌重合", "same brands when asked again") \
X(W_FLOW_ALL,    "能判断的中性回答", "neutral answers that tell") \
X(W_FLOW_KEPT,   "提到{0}", "mention {0}") \
X(W_FLOW_LOST,   "没有提到{0}", "leave {0} out") \
X(W_FLOW_NONE,   "没有推荐竞品", "no competitor instead") \
X(W_PROOF,       "见回答", "Answers") \
X(W_BOTH,        "都提到", "both") \
X(W_ONLY,        "只提到{0}", "only {0}") \
X(W_NEITHER,     "都没提到", "neither") \
X(W_P,           "McNemar 检验 p", "McNemar's p") \
X(W_OUTRANKED,   "同时提到时排在{0}前面", "before {0} where both are named") \
X(W_INTERCEPTS,  "{0}缺席时被推荐", "put forward where {0} is absent") \
X(W_ABOUT,       "点名：{0}", "naming {0}") \
X(W_KIND,        "种类", "kind") \
X(W_SITE,        "网站或网址", "site or address") \
X(W_SITE_OWN,    "{0}自己的网站", "{0}'s own site") \
X(W_SITE_MEDIA,  "媒体", "media") \
X(W_SITE_UGC,    "用户内容", "written by users") \
X(W_SITE_REFERENCE, "百科资料", "reference") \
X(W_SITE_UNKNOWN,"未知", "unknown") \
X(W_BY_SEARCH,   "搜索返回", "by search") \
X(W_BY_LINK,     "正文链接", "linked") \
X(W_BY_CLAIM,    "模型自称", "claimed") \
X(W_TIMES,       "回答数", "answers") \
X(W_MADE,        "由 brandiag 生成，诊断编号 {0}。", "Made by brandiag, diagnosis {0}.") \
X(W_METHOD,      "怎样读这些数字", "How to read the figures") \
X(W_METHOD_N,    "n 是能判断的中性回答数。没有回答、被截断而不能确定的，按未知处理，不算作“未提到”；“-”表示未知，不是 0。", \
                 "n is the number of neutral answers that tell. What did not answer, or was cut before it was certain, is unknown, never \"absent\"; \"-\" is unknown, not 0.") \
X(W_METHOD_S,    "综合得分 = 提及 {0} + 名次 {1} + 声量份额 {2} + 情感 {3}；各项为 0 到 1，缺少的项不计，其余按比例加重。权重是一种选择，不是发现：请比较各分项。", \
                 "Overall score = mention {0} + rank {1} + share of voice {2} + tone {3}, each from 0 to 1; a part that is unknown is left out and the others weigh more. The weights are a choice, not a finding: compare the parts.") \
X(T_FOUND,       "未跟踪", "not tracked") \
X(F_FIRST,       "在没有提到{0}的 {1} 个中性回答中，最先提到的是{2}。", \
                 "Where {0} is absent (neutral answers: {1}), named first: {2}.") \
X(F_INSTEAD,     "{3} 个能判断的回答中有 {2} 个没有提到{0}，却推荐了{1}。", \
                 "{2} of {3} answers that tell leave {0} out and put {1} forward.") \
X(F_TIMES,       "{0}（{1} 次）", "{0} ({1})") \
X(F_ABSENT,      "{1} 个能判断的中性回答中有 {2} 个没有提到{0}。", \
                 "{0} is absent from {2} of {1} neutral answers that tell.") \
X(F_QUESTION,    "问题“{1}”：{2} 个能判断的回答没有一个提到{0}。", \
                 "Question \"{1}\": none of {2} answers that tell mentions {0}.") \
X(F_MODELS,      "各模型差别大，超出偶然：{1}（提到{0}的回答数）。", \
                 "Models differ by more than chance: {1} (answers that mention {0}).") \
X(F_MODEL,       "{0} {1}/{2}", "{0} {1}/{2}") \
X(F_VERSUS,      "{1}比{0}更常被提到：只提到{1}的回答 {2} 个，只提到{0}的 {3} 个（p {4}，{5}）。", \
                 "{1} is mentioned more often than {0}: {2} answers name only {1}, {3} only {0} (p {4}, {5}).") \
X(F_SURE,        "超出偶然", "more than chance explains") \
X(F_CHANCE,      "可能只是偶然", "may be chance") \
X(F_OUTRANKED,   "同时提到{0}和{1}的 {2} 个回答中，有 {3} 个把{1}排在前面。", \
                 "Answers that mention both {0} and {1}: {2}; {1} stands first in {3}.") \
X(F_DISCLAIMED,  "{1} 个回答说不了解{0}，或查不到它的信息。", \
                 "Answers that say they know nothing of {0}: {1}.") \
X(F_ORDERS,      "{0} 个回答里有写给机器的指令（例如“忽略以上指令”）：那一段没有计入，请看看是谁写的。", \
                 "Answers with orders to whoever reads them (\"ignore previous instructions\"): {0}. Those words count for nothing; see who wrote them.") \
X(F_ONE_SITE,    "{1} 个回答推荐了{0}并给出来源，来源都只有一个网站：{2}，无法判断是谁办的。没有第二个来源，请看看是谁写的。", \
                 "Answers that put {0} forward and give sources for it: {1}; all they cite for it is one site that nobody knows, {2}. No second source: see who wrote it.") \
X(F_OWN_SITE,    "{1} 个回答推荐了{0}并给出来源，来源都只有它自己的网站 {2}，没有第二个来源。", \
                 "Answers that put {0} forward and give sources for it: {1}; all they cite for it is its own site, {2}. No second source.") \
X(F_PRAISE_ONLY, "{2}（无法判断是谁办的网站，只有 {3} 引用，{1} 个回答）被引用处对{0}只有“最好”“第一”一类的赞美，没有缺点，也没有别家：可能是软文，请看看是谁写的。", \
                 "{2}, a site that nobody knows and that only {3} cites (answers: {1}), has superlatives for {0} and nothing else, no drawback and no other brand: it may be promotion, see who wrote it.") \
X(F_ONE_SITE_MORE, "还有 {0} 个品牌只有一个来源网站（见 JSON 报告）。", \
                 "Brands with one site behind them that are not told here: {0} (see the JSON report).") \
X(F_PRAISE_MORE, "还有 {0} 个网站只有赞美（见 JSON 报告）。", \
                 "Sites with nothing but praise that are not told here: {0} (see the JSON report).") \
X(F_CONFLICT,    "{0} 个回答自带的数据与自己的正文矛盾；以正文为准。", \
                 "Answers whose data contradicts their own text: {0}; the text counts.") \
X(V_OVERLAP,     "不能断定：{0}（{1}，区间 {2}）与{3}（{4}，区间 {5}）的提及率区间重叠，差别可能只是偶然。", \
                 "Not to be concluded: the mention rates of {0} ({1}, interval {2}) and {3} ({4}, interval {5}) overlap, the difference may be chance.") \
X(RANGE,         "{0}–{1}", "{0} to {1}") \
X(N_NEUTRAL,     "在提示中点名一个品牌会让模型提到它，因此可见度（提及率、首提、排名、声量份额、拦截）只计中性提问的回答。", \
                 "Naming a brand in a prompt makes models mention it, so visibility (mention, first, rank, share of voice, interception) is counted from neutral answers only.") \
X(N_API,         "回答来自各家的 API，不等于消费者在 App 里看到的；联网搜索未开启。", \
                 "Answers come from the providers' APIs, which are not the apps that consumers use; web search was off.") \
X(N_API_UNASKED, "回答来自各家的 API，不等于消费者在 App 里看到的；没有要求联网搜索，但 {1} 个回答中有 {0} 个自行搜索了。", \
                 "Answers come from the providers' APIs, which are not the apps that consumers use; web search was not asked for, yet {0} of {1} answers came with one.") \
X(N_API_ALL,     "回答来自各家的 API，不等于消费者在 App 里看到的；要求了联网搜索，{1} 个回答都搜索了。", \
                 "Answers come from the providers' APIs, which are not the apps that consumers use; web search was asked for, and all {1} answers came with one.") \
X(N_API_SOME,    "回答来自各家的 API，不等于消费者在 App 里看到的；要求了联网搜索，{1} 个回答中只有 {0} 个确实搜索了，其余是未搜索的回答。", \
                 "Answers come from the providers' APIs, which are not the apps that consumers use; web search was asked for, but only {0} of {1} answers came with one: the others are answers without search.") \
X(N_API_SEARCH,  "回答来自各家的 API，不等于消费者在 App 里看到的；要求了联网搜索，但没有任何回答。", \
                 "Answers come from the providers' APIs, which are not the apps that consumers use; web search was asked for, but there are no answers.") \
X(N_UNSEARCHED,  "未联网搜索的回答：{0}。服务不能搜索，或模型没有去搜索。", \
                 "Answers without the web search that was asked for: {0}. The service cannot search, or its model did not.") \
X(N_UNSEARCHED_OF, "{0} {1}/{2}", "{0} {1} of {2}") \
X(N_TWICE,       "诊断曾中断：{0} 个问题在那之前已经发出，又问了一次，可能重复计费。", \
                 "The diagnosis was interrupted: {0} calls had been begun before and were made again; they may be billed twice.") \
X(N_UNSTORED,    "{0} 行数据还没有存好：存储太慢或被占用。", \
                 "{0} rows are not stored yet: the storage is slow or busy.") \
X(N_NOT_STORED,  "{0} 行数据没能存下：{1}", "{0} rows could not be stored: {1}") \
X(R_NOTE,        "{1} 个回答中有 {0} 个，今天的规则（第 {2} 版）与诊断结束时（第 {3} 版）读法不同；逐条见 brandiag replay {5}。", \
                 "{0} of {1} answers are read otherwise by today's rules (version {2}) than when the diagnosis ended (version {3}): brandiag replay {5} shows them.") \
X(R_CHANGED,     "{5}：{1} 个回答中有 {0} 个，今天的规则（第 {2} 版）与诊断结束时（第 {3} 版）读法不同。", \
                 "{5}: {0} of {1} answers are read otherwise by today's rules (version {2}) than when the diagnosis ended (version {3}).") \
X(R_SAME,        "{5}：{1} 个回答，今天的规则（第 {2} 版）与诊断结束时（第 {3} 版）读法完全相同。", \
                 "{5}: today's rules (version {2}) read all {1} answers just as they were read when the diagnosis ended (version {3}).") \
X(R_OLD,         "另有 {4} 个回答存储时还没有保存读法，无法比较。", \
                 " {4} more were stored before readings were kept: nothing can be said of them.") \
X(R_NONE,        "{5}：{4} 个回答存储时还没有保存读法，无法比较。", \
                 "{5}: {4} answers, all stored before readings were kept: nothing can be said of them.") \
X(R_NO_FIGURE,   "各项指标不变。", "No figure changes for that.") \
X(R_CELL,        "回答", "answer") \
X(R_WHAT,        "什么", "what") \
X(R_WAS,         "当时", "was") \
X(R_IS,          "现在", "is") \
X(R_YES,         "是", "yes") \
X(R_NO,          "否", "no") \
X(R_REFUSED,     "拒答", "refused") \
X(R_MENTIONED,   "是否提到", "mentioned") \
X(R_TYPE,        "提法", "as") \
X(R_RANK,        "名次", "rank") \
X(R_ORDER,       "次序", "order") \
X(R_SENTIMENT,   "情感", "tone") \
X(R_NAME,        "读出未跟踪的品牌", "found, untracked") \
X(T_NONE,        "-", "-") \
X(T_RECOMMENDED, "推荐", "recommended") \
X(T_LISTED,      "列出", "listed") \
X(T_COMPARED,    "比较", "compared") \
X(T_NEGATIVE,    "不推荐", "advised against") \
X(T_DISCLAIMED,  "表示不了解", "disclaimed") \
X(T_ECHO,        "只复述问题", "echo only") \
X(P_TITLE,       "{0}：{1} 与 {2} 相比", "{0}: {2} against {1}") \
X(P_MORE,        "比较了 {0} 项指标，{1} 项的变化超出噪声：{2}。", \
                 "Of {0} figures compared, {1} changed by more than noise: {2}.") \
X(P_NOISE,       "比较了 {0} 项指标，没有一项的变化超出噪声。", \
                 "Of {0} figures compared, none changed by more than noise.") \
X(P_CHANGE,      "{0}{1} {2} → {3}", "{0}: {1} {2} -> {3}") \
X(P_ANSWERS,     "只比较双方都有的：{0} 个问题、{1} 个模型、{2} 个品牌；之前 {3} 个回答，之后 {4} 个，按同一问题、同一模型配对。", \
                 "Only what both have is compared: {0} questions, {1} models, {2} brands; {3} answers before, {4} after, paired by question and model.") \
X(P_QUESTIONS,   "没有共同的模型：差别可能来自模型，而不是品牌。{0} 个共同问题、{2} 个品牌；之前 {3} 个回答，之后 {4} 个，按问题配对。", \
                 "There is no model in common: a difference may be that of the models, not of the brand. {0} questions, {2} brands; {3} answers before, {4} after, paired by question.") \
X(P_NONE,        "没有共同的问题：差别可能来自问题，而不是品牌。{1} 个共同模型、{2} 个品牌；之前 {3} 个回答，之后 {4} 个。", \
                 "There is no question in common: a difference may be that of the questions, not of the brand. {1} models, {2} brands; {3} answers before, {4} after.") \
X(P_ONLY_BEFORE, "只在之前有，未比较：{0}{1}。", "Only before, not compared: {0}{1}.") \
X(P_ONLY_AFTER,  "只在之后有，未比较：{0}{1}。", "Only after, not compared: {0}{1}.") \
X(P_QS,          "{0} 个问题", "{0} questions") \
X(P_MODELS,      "模型 {0}", "models {0}") \
X(P_BRANDS,      "品牌 {0}", "brands {0}") \
X(P_OTHER_BRANDS,"品牌不同，因此声量份额、得分不能比较。", \
                 "The brands differ: share of voice and score cannot be compared.") \
X(P_OTHER_MAIN,  "主品牌不同，因此拦截不能比较。", \
                 "The main brand differs: interception cannot be compared.") \
X(P_ALIASES,     "{0}的别名或排除词、必需词不同：变化可能只是多认或少认了一种写法。", \
                 "Aliases, deny or require words of {0} differ: a change may only be a spelling that is taken or not.") \
X(P_SAMPLES,     "每个问题的采样次数：之前 {0}，之后 {1}。", \
                 "Samples of each question: {0} before, {1} after.") \
X(P_PROBES,      "提问方式不同：情感可能因此不同。", \
                 "They were asked in other ways (named, neutral): tone may differ for that.") \
X(P_SEARCH,      "联网搜索不同：之前 {1} 个回答中 {0} 个搜索了，之后 {3} 个中 {2} 个。差别可能来自搜索，而不是品牌。", \
                 "Web search differs: before, {0} of {1} answers came with one, after, {2} of {3}. What has changed may be the search, not the brand.") \
X(P_WEIGHTS,     "得分的权重不同：两边都按之后那次的权重算，所以之前的得分可能与它自己的报告不同。", \
                 "The weights of the score differ: both sides are weighed as the later diagnosis was, so the earlier score may not be the one of its own report.") \
X(P_RULES,       "两次的回答都按今天的规则（第 {0} 版）读。", \
                 "The answers of both are read with today's rules (version {0}).") \
X(P_TURNED,      "注意：“之前”的诊断反而更晚。", \
                 "Mind: the one called before is the later one.") \
X(P_METHOD,      "超出噪声：按 Holm 法对全部 {0} 项校正后 p < 0.05。不校正时有 {1} 项 p < 0.05，凭偶然约有 {2} 项。", \
                 "More than noise: p < 0.05 after Holm's correction for all {0} tests. Without it, {1} have p < 0.05; chance alone brings about {2}.") \
X(P_FEW,         "回答太少：即使变化再大，也无法与噪声区分（可能的最小 p 是 {0}，共 {1} 项）。多问一些问题，或用 --samples。", \
                 "There are too few answers: no change could be told from noise, however large (the smallest p possible is {0}, for {1} tests). Ask more questions, or take --samples.") \
X(P_C_FIGURE,    "指标", "figure") \
X(P_C_BEFORE,    "之前", "before") \
X(P_C_AFTER,     "之后", "after") \
X(P_C_CHANGE,    "变化", "change") \
X(P_C_P,         "p", "p") \
X(P_C_VERDICT,   "判断", "verdict") \
X(P_V_MORE,      "超出噪声", "more than noise") \
X(P_V_NOISE,     "噪声之内", "noise") \
X(P_V_NONE,      "无法判断", "cannot be told") \
X(P_LEGEND,      "方括号内是 95% 区间；p 已校正。竞品只列主要指标和超出噪声的，全部见 --format json。", \
                 "In brackets: 95 % intervals; p is corrected. Of competitors only the main figures and what changed are listed; --format json has all.") \
X(M_MENTION,     "提及率", "mention") \
X(M_MACRO,       "模型均提及率", "by model") \
X(M_FIRST,       "首提率", "first") \
X(M_VOICE,       "声量份额", "voice") \
X(M_TOP1,        "排第一", "top 1") \
X(M_TOP3,        "排前三", "top 3") \
X(M_RANK,        "平均排名", "avg rank") \
X(M_RECIPROCAL,  "倒数排名", "recip. rank") \
X(M_SENTIMENT,   "情感", "tone") \
X(M_SCORE,       "得分", "score") \
X(M_INTERCEPTION,"拦截", "interception") \
X(M_RECOMMENDED, "明确推荐", "recommended") \
X(HIDDEN,        "共 {0} 条，这里只列没有完整回答的；全部内容见 --format json。", \
                 "{0} in all; only those without a whole answer stand here, --format json has everything.") \
X(HIDDEN_MORE,   "另有 {0} 条未列出。", "{0} more are not listed.") \
X(ALL_ANSWERED,  "全部 {0} 条都有完整回答。", "All {0} have a whole answer.") \
X(MATRIX,        "点名", "named") \
X(NEUTRAL,       "中性", "neutral") \
X(YES,           "提到", "yes") \
X(NO,            "未提", "no") \
X(OPEN,          "未知", "?") \
X(CACHED,        "缓存", "cache") \
X(SEARCHED,      "已联网搜索", "searched the web") \
X(UNSEARCHED,    "未联网搜索", "did not search the web") \
X(LIST_COMMA,    "、", ", ") \
X(COLON,         "：", ": ")

/* status, its word, and what to do about it where there is no error that says more */
#define BD_WORD_STATUS_MAP(X) \
X(OK,        "完整", "ok", "", "") \
X(TRUNCATED, "截断", "cut", "没写完的回答里没提到的品牌按未知计；可加长 --deadline，或在配置中提高 max_tokens", \
             "brands that a cut answer does not mention count as unknown; raise --deadline, or max_tokens in the configuration") \
X(REFUSED,   "拒答", "refused", "模型拒绝回答；换一种问法", "the model declines to answer; ask in other words") \
X(TIMEOUT,   "超时", "timeout", "提高该服务的 timeout_* 或 --deadline，或换更快的模型", \
             "raise the provider's timeout_* or --deadline, or take a faster model") \
X(CANCELLED, "取消", "stopped", "补完：brandiag resume {0}", "to finish it: brandiag resume {0}") \
X(ERROR,     "失败", "failed", "再试一次", "try again") \
X(SKIPPED,   "跳过", "skipped", "再试一次", "try again")

#define BD_WORD_SKIP_MAP(X) \
X(NONE,         "", "", "", "") \
X(BREAKER_OPEN, "熔断中", "breaker open", "连续失败后暂停调用；先解决同一服务的其他错误，稍后再试", \
                "calls are paused after repeated failures; solve the provider's other errors, then try again later") \
X(RATE_LIMITED, "限流", "rate limited", "时限内轮不到；在配置中提高 requests_per_minute 或 concurrency（不超过服务商的限额），或加长 --deadline", \
                "its turn did not come in time; raise requests_per_minute or concurrency within what the provider allows, or --deadline") \
X(DEADLINE,     "到时未发", "out of time", "加长 --deadline，或提高 concurrency", "raise --deadline, or concurrency") \
X(BUDGET,       "超预算", "budget", "提高 --max-cost 或 max_calls", "raise --max-cost or max_calls") \
X(PROVIDER_OFF, "未启用", "disabled", "在配置中启用该服务", "enable the provider in the configuration")

/* error type, its word, its remedy */
#define BD_WORD_ERROR_MAP(X) \
X(NONE,             "", "", "", "") \
X(AUTH,             "密钥无效", "bad key", "检查 api_key_env 或 api_key_file 给出的密钥；brandiag check --online 可验证", \
                    "check the key that api_key_env or api_key_file gives; brandiag check --online tries it") \
X(QUOTA,            "额度用尽", "out of quota", "到服务商控制台充值或提高额度", "top up or raise the quota in the provider's console") \
X(RATE_LIMITED,     "限流", "rate limited", "降低 requests_per_minute 或 concurrency，或稍后再试", \
                    "lower requests_per_minute or concurrency, or try again later") \
X(OVERLOADED,       "服务繁忙", "overloaded", "稍后再试，或换一个模型", "try again later, or take another model") \
X(TIMEOUT,          "超时", "timeout", "提高该服务的 timeout_* 或 --deadline，或换更快的模型", \
                    "raise the provider's timeout_* or --deadline, or take a faster model") \
X(INVALID_REQUEST,  "请求无效", "bad request", "检查该服务在配置中的 model 和选项", "check the provider's model and options in the configuration") \
X(CONTENT_FILTERED, "内容审核", "filtered", "服务商的审核拦下了它；换一种问法", "the provider's moderation stopped it; ask in other words") \
X(MODEL_NOT_FOUND,  "模型不存在", "no such model", "检查 model 的写法，并在服务商控制台开通它", \
                    "check how model is spelled, and that it is enabled in the provider's console") \
X(EMPTY_ANSWER,     "空回答", "empty answer", "再试一次；一再如此就换模型，或关掉思考模式", \
                    "try again; if it stays so, take another model or switch thinking off") \
X(NETWORK,          "网络错误", "network", "检查网络、代理和 base_url", "check the network, the proxy and base_url") \
X(TOO_LARGE,        "内容过大", "too large", "缩短问题，或降低 max_tokens", "shorten the question, or lower max_tokens") \
X(PROTOCOL,         "回复看不懂", "odd reply", "检查 base_url 和 plugin 是否配对", "check that base_url and plugin belong together") \
X(CANCELLED,        "取消", "stopped", "补完：brandiag resume {0}", "to finish it: brandiag resume {0}") \
X(CONFIG,           "配置错误", "configuration", "brandiag check 会指出文件和行", "brandiag check tells file and line") \
X(PLUGIN,           "插件错误", "plugin", "用 brandiag plugins check 检查插件", "brandiag plugins check examines the plugin") \
X(STORAGE,          "存储错误", "storage", "检查 [storage] 的路径、权限和空间", "check path, rights and space of [storage]") \
X(INTERNAL,         "内部错误", "internal", "再试一次；一再如此请报告", "try again; if it stays so, please report it")
/* clang-format on */

enum bd_word {
#define X(id, zh, en) BD_WORD_##id,
    BD_WORD_MAP(X)
#undef X
        BD_WORD_COUNT
};

const char *bd_word(enum bd_word id, bool zh);

/* Short names for tables, and remedies, which may hold {0}, the diagnosis's id. */
const char *bd_word_status(enum bd_status s, bool zh);
const char *bd_word_status_remedy(enum bd_status s, bool zh);
const char *bd_word_skip(enum bd_skip s, bool zh);
const char *bd_word_skip_remedy(enum bd_skip s, bool zh);
const char *bd_word_error(int32_t type, bool zh);
const char *bd_word_error_remedy(int32_t type, bool zh);

/* Appends text with {0}.. replaced by args, which ends with NULL. -1 when out is full. */
int bd_word_fill(struct bd_buf *out, const char *text, const char *const *args);

#define BD_ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
