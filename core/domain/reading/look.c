/* domain/reading/look.c - see look.h. */
#include "domain/reading/look.h"

#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/look_parts.h"
#include "domain/reading/phrase.h"

enum { RULED_BYTES = 60 };

/* Heads that announce names; whole, or with one of `named` behind. */
static const char *const announces[] = {
    "具体",  "代表", "推荐",   "举例",   "例如", "示例",      "其他",   "其它",
    "另外",  "此外", "额外",   "备选",   "更多", "常见",      "典型",   "知名",
    "主流",  "补充", "适合的", "可考虑", "类似", "honorable", "runner", "examples",
    "other", "also", "more",   "such",   "top",  "key",       "notable"};
static const char *const named[] = {
    "品牌",    "公司",     "机构",     "门店",       "店铺",      "企业",
    "平台",    "厂商",     "店",       "服务商",     "供应商",    "举例",
    "代表",    "选手",     "商家",     "之选",       "名单",      "选择",
    "例如",    "示例",     "推荐",     "brands",     "shops",     "examples",
    "also",    "stores",   "firms",    "names",      "companies", "providers",
    "options", "consider", "mentions", "runners-up", "runner-up", "runners up"};

/* How the head of a kind begins and ends: "local ...", "... brands". */
static const char *const kind_begins[] = {
    "四大",    "八大",     "十大",      "国际",   "国内",   "国产",     "国外",
    "海外",    "本土",     "本地",      "当地",   "高端",   "中高端",   "中端",
    "低端",    "入门",     "大型",      "中小",   "小型",   "专业",     "综合",
    "知名",    "主流",     "传统",      "区域",   "地方",   "全国",     "一线",
    "二线",    "新锐",     "新兴",      "小众",   "各类",   "各大",     "其他",
    "其它",    "垂直",     "独立",      "第三方", "线上",   "线下",     "连锁",
    "精品",    "高性价比", "性价比",    "特色",   "进口",   "第一",     "第二",
    "第三",    "品牌",     "官方",      "互联网", "专注",   "类型",     "类别",
    "梯队",    "针对",     "众多",      "许多",   "一些",   "部分",     "老牌",
    "老字号",  "高品质",   "设计师",    "资深",   "头部",   "领先",     "热门",
    "优质",    "云厂商",   "公立",      "民营",   "私立",   "预算",     "经济",
    "平价",    "遥感",     "local ",    "other ", "global", "national", "budget",
    "premium", "chains",   "specialist"};
static const char *const kind_ends[] = {
    "类",         "型",         "实力派",        "们",     "品牌",     "门店",
    "专营店",     "专业店",     "服务商",        "供应商", "厂商",     "运营商",
    "优化商",     "解决方案商", "梯队",          "级别",   "领域",     "方向",
    "代表",       "老字号",     "合作店",        "旗舰级", "授权店",   "巨头",
    "小店",       "夫妻店",     "机构",          "企业",   " brands",  " shops",
    " options",   " chains",    " alternatives", " picks", " choices", " stores",
    " retailers", " companies", " providers"};

/* What kinds of firms are called as well. */
static const char *const houses[] = {"连锁", "三甲",   "大牌", "品牌", "机构", "公司",
                                     "平台", "工作室", "门店", "医院", "酒店"};

/* "Sorts of services": told what there is, not who. */
static const char *const sorts[] = {
    "类型",     "种类",          "分类",         "是什么",     "定义",
    "介绍",     " types",        "sorts",        "渠道",       "途径",
    "查询平台", "where to look", "where to buy", "问题",       "预算参考",
    "价格参考", "参数",          "流程",         "形式",       "时效参考",
    "周期参考", "行情参考",      "交期参考",     " questions", " questions to ask"};

bool bd_look_bold(const struct bd_passage *p, const struct bd_item *it)
{
    return bd_names_bold(p, it->head.start);
}

bool bd_look_marked(const struct bd_passage *p, const struct bd_item *it)
{
    return it->names.marked && (bd_look_bold(p, it) || it->names.set_off ||
                                it->number > 0 || it->kind == BD_LIST_HEADINGS);
}

static bool begins_kind(const struct bd_passage *p, const struct bd_span_u32 *at)
{
    const char *s = p->fold.bytes.data + at->start;
    size_t n = at->end - at->start, place = bd_names_place(s, n);

    if (place && n - place > 3 && memcmp(s + place, "第", 3) == 0)
        return false; /* a town and "First ..." is a name */
    return bd_affix_begins(s + place, n - place, BD_WORDS(kind_begins));
}

static bool ends_kind(const struct bd_passage *p, const struct bd_span_u32 *at)
{
    return bd_affix_ends(p->fold.bytes.data + at->start, at->end - at->start,
                         BD_WORDS(kind_ends));
}

/* "Private chains: wide choice, look closely": chains are meant. */
static bool kind_before_colon(const struct bd_passage *p, const struct bd_item *it)
{
    const struct bd_span_u32 *name = &it->names.at[0];
    const char *s = p->fold.bytes.data;

    static const char *const tiers[] = {"梯队", "类", "档", "阵营"};
    size_t n = name->end - name->start;

    if (n > 3 && memcmp(s + name->start, "第", 3) == 0 &&
        !bd_affix_ends(s + name->start, n, BD_WORDS(tiers)))
        return false; /* "Part one: how to choose" */
    return it->kind == BD_LIST_HEADINGS && it->head.count == 0 && it->names.count == 1 &&
           name->end < it->line_end && s[name->end] == ':' &&
           !bd_passage_says(p, name->start, name->end, BD_WORD_HOWTO) &&
           (begins_kind(p, name) || ends_kind(p, name) ||
            bd_affix_ends(s + name->start, name->end - name->start, BD_WORDS(houses)));
}

/* Without marks of emphasis and colons. */
static size_t bare_end(const char *s, size_t start, size_t end)
{
    while (end > start && strchr("*: ", s[end - 1]))
        end--;
    return end;
}

static bool advises(const struct bd_passage *p, const struct bd_item *it, size_t end)
{
    static const char *const lists[] = {"选购表", "选购清单", "选购榜", "选购榜单"};
    size_t start = it->head.start;

    if (it->kind == BD_LIST_HEADINGS || it->head.count > 0) {
        const char *s = p->fold.bytes.data, *open;

        if (kind_before_colon(p, it))
            return false;
        end = bd_item_title_end(it);
        open = memchr(s + start, '(', end - start);
        end = open && open > s + start ? (size_t)(open - s) : end;
        if (bd_affix_ends(s, bare_end(s, start, end), BD_WORDS(lists)))
            return false;
    }
    return bd_passage_says(p, start, end, BD_WORD_HOWTO) &&
           !bd_intro_to_consider(p->fold.bytes.data + start,
                                 bare_end(p->fold.bytes.data, start, end) - start) &&
           !bd_passage_says(p, start, end, BD_WORD_FOR) &&
           !bd_passage_ends(p, start, end, BD_WORD_BEFORE);
}

static bool is_label(const char *s, size_t n)
{
    static const char *const whole[] = {"备选", "备选方案", "备选推荐", "其他推荐"};

    if (n > 0 && bd_affix_begins(s, n, BD_WORDS(whole)) == n)
        return true;
    return bd_affix_begins(s, n, BD_WORDS(announces)) &&
           bd_affix_ends(s, n, BD_WORDS(named));
}

/* One of the names of the head, or what there is of one, is a kind's. */
static bool names_kind(const struct bd_passage *p, const struct bd_item *it,
                       const struct bd_span_u32 *key)
{
    for (int i = 0; i < it->names.count; i++)
        if (begins_kind(p, &it->names.at[i]))
            return true;
    return begins_kind(p, key) || ends_kind(p, key);
}

bool bd_look_ends_kind(const struct bd_passage *p, const struct bd_item *it)
{
    return it->names.count == 1 && ends_kind(p, &it->names.at[0]) &&
           !begins_kind(p, &it->names.at[0]);
}

bool bd_look_analysis(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const ends[] = {"现状分析", "现状", "情况分析", "情况说明",
                                       "局限分析"};
    static const char *const about[] = {"a note on ", "about ",     "关于",     "说说",
                                        "再说",       "a word on ", "notes on "};
    const char *s = p->fold.bytes.data;
    size_t end = bare_end(s, it->head.start, it->head.end), at = it->head.start;

    if (it->kind == BD_LIST_HEADINGS && it->head.count > 0) {
        at = it->names.count ? it->names.at[0].start : at;
        while (at < it->line_end && strchr("ivx. ", s[at]))
            at++;
        if (bd_affix_begins(s + at, it->line_end - at, BD_WORDS(about)))
            return true;
    }
    return it->head.count > 0 &&
           bd_affix_ends(s + it->head.start, end - it->head.start, BD_WORDS(ends)) > 0;
}

bool bd_look_ruled_out(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const words[] = {"超预算",   "超出预算",     "over budget",
                                        "作为参照", "作参照",       "仅作对比",
                                        "仅供对比", "for reference"};
    const char *s = p->fold.bytes.data;
    size_t at = it->names.count ? it->names.at[it->names.count - 1].end : it->head.end,
           end;

    if (bd_phrase_ruled_out(p, at, it->block_end))
        return true;
    while (at < it->line_end && strchr("* ", s[at]))
        at++;
    end = it->line_end - at > RULED_BYTES ? at + RULED_BYTES : it->line_end;
    if (at < end && s[at] == '(') {
        const char *close = memchr(s + at, ')', end - at);

        if (close && bd_passage_says_any(p, at, (size_t)(close - s), BD_WORDS_AGAINST))
            return true;
        return bd_affix_holds(s + at, close ? (size_t)(close - s) - at : end - at,
                              BD_WORDS(words));
    }
    if (at >= end || s[at] != ':' || it->head.count > 0)
        return false; /* of a tracked one its stance is known */
    for (size_t i = at + 1; i < end; i++)
        if (s[i] == ',' || (end - i > 3 && memcmp(s + i, "。", 3) == 0))
            end = i;
    return bd_passage_says_any(p, at, end, BD_WORDS_AGAINST) &&
           !bd_passage_says(p, at, end, BD_WORD_FOR);
}

/* "A (brands of that sort)", "A (such as B)": a sort of brands. */
static bool brackets_kind(const struct bd_passage *p, const struct bd_span_u32 *key,
                          size_t line_end)
{
    static const char *const sorts_of[] = {"相关品牌", "类品牌", "等品牌", "品牌",
                                           "部分门店", "门店",   "如\"",   "如“"};
    const char *s = p->fold.bytes.data;
    size_t at = key->end;

    while (at < line_end && s[at] == ' ')
        at++;
    return at < line_end && s[at] == '(' &&
           bd_affix_begins(s + at + 1, line_end - at - 1, BD_WORDS(sorts_of));
}

/* "A: ask the maker": whom to ask, not whom to choose. */
static bool refers_on(const struct bd_passage *p, const struct bd_span_u32 *key,
                      size_t line_end)
{
    static const char *const asks_to[] = {"可联系",      "建议联系", "可以联系",
                                          "直接联系",    "联系官方", "可咨询官方",
                                          "建议咨询官方"};
    static const char *const makers[] = {"官方", "4s", "授权", "原厂"};
    const char *s = p->fold.bytes.data;
    size_t most = line_end - key->end < 60 ? line_end : key->end + 60, at, end;
    const char *colon = memchr(s + key->end, ':', most - key->end);

    if (!colon)
        return false;
    at = bd__look_behind_colon(s, (size_t)(colon - s), line_end);
    end = line_end - at < 48 ? line_end : at + 48;
    return bd_affix_begins(s + at, line_end - at, BD_WORDS(asks_to)) &&
           bd_affix_holds(s + at, end - at, BD_WORDS(makers));
}

bool bd_look_asks(const struct bd_passage *p, const struct bd_item *it)
{
    const char *s = p->fold.bytes.data;
    size_t end = it->line_end;

    while (end > it->head.start && (s[end - 1] == '*' || s[end - 1] == ' '))
        end--;
    if (it->names.count > 0 && it->names.at[it->names.count - 1].end < it->line_end &&
        s[it->names.at[it->names.count - 1].end] == '?')
        return true; /* "**How often?** Seldom." */
    return end > it->head.start && s[end - 1] == '?';
}

/* "Platforms and channels": one of its words says it. */
static bool is_sorts(const struct bd_passage *p, const struct bd_item *it,
                     const struct bd_span_u32 *key)
{
    static const char *const of_names[] = {
        "机构介绍", "品牌介绍", "公司介绍",   "平台介绍", "门店介绍", "厂家介绍",
        "产品介绍", "品牌分类", "服务商分类", "机构分类", "厂家分类", "厂商分类"};
    const char *s = p->fold.bytes.data;

    for (int i = 1; i < it->names.count; i++)
        if (bd_affix_ends(s + it->names.at[i].start,
                          it->names.at[i].end - it->names.at[i].start, BD_WORDS(sorts)))
            return true;
    return bd_affix_ends(s + key->start, key->end - key->start, BD_WORDS(sorts)) &&
           !bd_intro_to_consider(s + key->start, key->end - key->start) &&
           !bd_affix_ends(s + key->start, key->end - key->start, BD_WORDS(of_names));
}

/* "Third step: ..." */
static bool is_step(const char *s, size_t n)
{
    size_t at = 3;

    if (n > 5 && memcmp(s, "step ", 5) == 0)
        return s[5] >= '0' && s[5] <= '9';
    if (n < 3 || memcmp(s, "第", 3) != 0)
        return false;
    while (at < n && at < 9 && (s[at] < '0' || s[at] > '9') &&
           memcmp(s + at, "步", 3) != 0)
        at += 3;
    while (at < n && s[at] >= '0' && s[at] <= '9')
        at++;
    return n - at >= 3 && at > 3 && memcmp(s + at, "步", 3) == 0;
}

/* "看安装": a look at something, not somebody who looks good. */
static bool looks_at(const char *s, size_t n)
{
    static const char *const not_so[] = {"看重", "看好", "看护", "看房", "看书"};

    return n > 6 && n <= 21 && memcmp(s, "看", 3) == 0 &&
           !bd_affix_begins(s, n, BD_WORDS(not_so));
}

/* A heading that advises against what stands under it, or says what to do. */
static bool warns(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const acts[] = {
        "先",     "确认",   "考察",   "实地",   "试吃",     "试听",   "看清",   "看硬件",
        "看软件", "看餐饮", "看服务", "看环境", "看位置",   "看价格", "看资质", "看细节",
        "看合同", "看团队", "核实",   "多渠道", "明确",     "避开",   "签订",   "为什么",
        "为何",   "why ",   "哪些人", "什么人", "哪些情况", "哪类人", "判断"};
    const char *s = p->fold.bytes.data + it->head.start;

    return it->level < BD_ITEM_PLAIN_NUMBER - 1 &&
           (looks_at(s, it->head.end - it->head.start) ||
            bd_passage_says_any(p, it->head.start, it->line_end, BD_WORDS_AGAINST) ||
            bd_affix_begins(s, it->head.end - it->head.start, BD_WORDS(acts)) > 0);
}

/* "Top A alternatives", "A or what else": others than A are meant. */
static bool others_than(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const words[] = {" alternative", "的替代", "替代", "平替", " vs"};
    const struct bd_hit *h = &bd_passage_hits(p)[it->head.hits[it->head.count - 1]];

    return it->kind == BD_LIST_HEADINGS && it->number == 0 &&
           bd_affix_begins(p->fold.bytes.data + h->end, it->line_end - h->end,
                           BD_WORDS(words)) > 0;
}

/* "Why A", of a tracked one: reasons stand under it. */
static bool gives_reasons(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const words[] = {"为什么", "为何", "why "};

    return it->kind == BD_LIST_HEADINGS &&
           bd_passage_mentions(p, it->head.start, it->line_end) &&
           bd_affix_begins(p->fold.bytes.data + it->head.start,
                           it->line_end - it->head.start, BD_WORDS(words)) > 0;
}

/* "Differences from others" */
static bool is_difference(const char *s, size_t n)
{
    static const char *const ends[] = {"差异", "区别", "不同之处", "不同"};

    return bd_affix_ends(s, n, BD_WORDS(ends)) > 0;
}

/* "Part 2: whom to consider" */
static bool is_chapter(const struct bd_passage *p, const struct bd_item *it,
                       const struct bd_span_u32 *key)
{
    static const char *const words[] = {"part ", "section ", "chapter "};
    const char *s = p->fold.bytes.data;
    size_t k = bd_affix_begins(s + key->start, key->end - key->start, BD_WORDS(words));

    return it->kind == BD_LIST_HEADINGS && k > 0 && key->end - key->start <= k + 2 &&
           key->end < it->line_end && s[key->end] == ':' &&
           !bd_passage_says(p, it->head.start, it->line_end, BD_WORD_HOWTO);
}

enum bd_look bd_look_at(const struct bd_passage *p, const struct bd_item *it)
{
    struct bd_span_u32 key = {it->head.start, it->head.end}, last;
    const char *s;
    size_t n;

    if (it->head.count > 0 && others_than(p, it))
        return BD_LOOK_KIND;
    if (gives_reasons(p, it))
        return BD_LOOK_ADVICE;
    if (it->head.count > 0) /* "What about A?" is a question */
        return it->kind == BD_LIST_HEADINGS && it->number == 0 && bd_look_asks(p, it)
                   ? BD_LOOK_OTHER
                   : BD_LOOK_NAME;
    if (it->names.count > 0)
        key = it->names.at[0];
    if (is_chapter(p, it, &key))
        return BD_LOOK_OTHER;
    last = it->names.count > 1 ? it->names.at[it->names.count - 1] : key;
    s = p->fold.bytes.data + key.start;
    n = key.end - key.start;
    if (advises(p, it, key.end) || is_step(s, n) || bd_look_asks(p, it) || warns(p, it))
        return BD_LOOK_ADVICE;
    if (it->kind == BD_LIST_HEADINGS && (is_sorts(p, it, &key) || is_difference(s, n)))
        return BD_LOOK_ADVICE;
    if (it->kind == BD_LIST_HEADINGS &&
        bd_passage_says(p, it->head.start, it->line_end, BD_WORD_COMPARED))
        return BD_LOOK_OTHER; /* "A vs B" */
    if (kind_before_colon(p, it))
        return BD_LOOK_KIND;
    if (is_label(s, n) || bd__look_choice(p, it, &key))
        return BD_LOOK_LABEL;
    if (bd__look_need(p, it, &last))
        return BD_LOOK_OTHER;
    if (names_kind(p, it, &key) || brackets_kind(p, &key, it->line_end))
        return BD_LOOK_KIND;
    if (refers_on(p, &key, it->line_end))
        return BD_LOOK_PART;
    for (int i = 0; i < it->names.count; i++)
        if (bd_names_elsewhere(p, &it->names.at[i]))
            return BD_LOOK_PART;
    if (!bd_look_marked(p, it))
        return BD_LOOK_OTHER;
    if (it->plausible & 1U)
        return BD_LOOK_NAME;
    return bd_names_part(p, &key) ? BD_LOOK_PART : BD_LOOK_OTHER;
}
