/* domain/reading/proper.c - see proper.h. */
#include "domain/reading/proper.h"

#include "domain/reading/affix.h"

/* How firms, shops, schools, medicines and programs end. */
static const char *const ends[] = {
    "公司",   "集团",   "股份", "医院", "诊所",   "门诊部", "学校", "大学",   "学院",
    "研究院", "事务所", "中心", "连锁", "工作室", "科技",   "家居", "装饰",   "汽车",
    "电器",   "银行",   "保险", "证券", "旅行社", "酒店",   "客栈", "民宿",   "餐厅",
    "火锅",   "酒楼",   "茶业", "食品", "药业",   "胶囊",   "颗粒", "口服液", "软件",
    "云",     "网",     "app",  "店",   "坊",     "堂",     "轩",   "阁",     "俱乐部",
    "平台",   "传媒",   "网络", "机构", "教育",   "英语",   "系列", "会计",   "律所",
    "物流",   "快递",   "搬家", "家政", "影楼",   "摄影",   "设计", "咨询",   "皮肤科",
    "口腔科", "眼科",   "儿科"};

/* What is said of firms, brands and their goods. */
static const char *const told[] = {
    "品牌", "旗下",   "成立于", "成立时间", "创立",    "创办",  "集团",
    "连锁", "上市",   "老字号", "老牌",     "国产",    "国货",  "龙头",
    "厂商", "产品线", "系列",   "直营",     "分店",    "门店",  "本土",
    "主打", "专注",   "深耕",   "旗舰",     "总部",    "口碑",  "性价比",
    "知名", "地址",   "电话",   "机型",     "型号",    "出品",  "市占",
    "份额", "老店",   "brand",  "founded",  "company", "chain", "known for"};

/* Is the digit part of "50%"? */
static bool percent(const char *s, size_t at, size_t end)
{
    while (at < end && ((s[at] >= '0' && s[at] <= '9') || s[at] == '.'))
        at++;
    return at < end && s[at] == '%';
}

bool bd_proper_name(const struct bd_passage *p, size_t start, size_t end)
{
    const char *s = p->fold.bytes.data;
    bool capital =
        false; /* or a digit, in a row of two at least: "维生素C" is anybody's */
    size_t row = 0;

    for (size_t i = start; i < end; i++) {
        char c = p->s[bd_fold_origin(&p->fold, i)];
        bool large =
            (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9' && !percent(s, i, end));

        row = large || (c >= 'a' && c <= 'z') ? row + 1 : 0;
        capital = row > 0 && (large || (capital && row > 1));
        if (capital && row > 1)
            return true;
    }
    return bd_affix_ends(s + start, end - start, BD_WORDS(ends)) > 0;
}

bool bd_proper_surely(const struct bd_passage *p, size_t start, size_t end)
{
    const char *s = p->fold.bytes.data;
    int capitals = 0;
    bool digit = false, wide = false;

    for (size_t i = start; i < end; i++) {
        char c = p->s[bd_fold_origin(&p->fold, i)];

        capitals += c >= 'A' && c <= 'Z';
        digit |= c >= '0' && c <= '9';
        wide |= (unsigned char)s[i] >= 0x80;
    }
    if (bd_affix_ends(s + start, end - start, BD_WORDS(ends)))
        return true;
    return bd_proper_name(p, start, end) && (wide || digit || capitals > 1);
}

bool bd_proper_text(const struct bd_passage *p, size_t start, size_t end)
{
    return bd_affix_holds(p->fold.bytes.data + start, end - start, BD_WORDS(told));
}

/* What the reader is told to do. */
static const char *const orders[] = {
    "确认",   "提前",    "要求",      "最好",     "不要",        "是否",     "避免",
    "检查",   "看清",    "问清",      "务必",     "一定要",      "尽量",     "至少",
    "认准",   "警惕",    "核实",      "对比",     "优先选",      "选择",     "查看",
    "询问",   "别",      "需要",      "应",       "可以先",      "先看",     "再看",
    "要看",   "不超过",  "不低于",    "越",       "必须",        "记得",     "小心",
    "当心",   "check ",  "make sure", "look for", "avoid",       "should ",  "ask ",
    "don't ", "never ",  "consider ", "compare ", "at least",    "you need", "you want",
    "must ",  "ask for", "confirm ",  "read the", "see whether", "find out"};

bool bd_proper_advice(const struct bd_passage *p, size_t start, size_t end)
{
    return bd_affix_holds(p->fold.bytes.data + start, end - start, BD_WORDS(orders));
}
