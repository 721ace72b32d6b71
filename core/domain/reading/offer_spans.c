/* domain/reading/offer_spans.c - see offer_parts.h: where a name may begin and end in
 * plain text. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/offer_parts.h"

enum {
    MOST_BYTES = 36,
    LATIN_BYTES = 40,
    ENDS = 3, /* of names that begin at one place */
    BOLDS = 60,
    BOLD_BYTES = 120,
    TEXT_BYTES = 16384 /* later text is not looked through */
};

/* A name may begin behind them. */
static const char *const openers[] = {
    "如",   "像",   "选",   "看",   "看看", "推荐", "考虑", "试试",   "首选",
    "是",   "到",   "去",   "有",   "和",   "与",   "或",   "及",     "在",
    "找",   "用",   "买",   "叫",   "以及", "包括", "比如", "例如",   "而",
    "则是", "的",   "选择", "优先", "关注", "来自", "品牌", "还有",   "其次",
    "首推", "当属", "要数", "可以", "对比", "了解", "咨询", "国产的", "老牌"};
/* And end before them. */
static const char *const closers[] = {
    "是",     "的",   "在",   "和",   "与",   "或",   "及",   "等",   "则",   "也",
    "都",     "以",   "为",   "主打", "有",   "属",   "凭",   "适合", "更",   "比",
    "作为",   "从",   "做",   "对",   "口碑", "系列", "靠",   "这",   "两",   "三",
    "不",     "会",   "就",   "走",   "胜",   "采用", "提供", "拥有", "成立", "能",
    "可",     "旗下", "主要", "专",   "家",   "一",   "同样", "基本", "相对", "价格",
    "性价比", "近",   "目前", "还",   "因",   "虽",   "由",   "把",   "用",   "将",
    "最",     "很",   "较",   "略",   "偏",   "值得", "或者", "以及", "这类", "那样",
    "门店",   "起步", "背后", "算",   "起",   "擅长", "侧重", "定位", "强调", "深耕",
    "专注",   "开",   "设",   "连",   "上"};

static bool sign(char c)
{
    return c && strchr(" ,;:.!?()[]\"'*|/\n\t~+=<>", c);
}

/* Bytes of the sign at s: of ASCII, or of U+2000 to U+30FF. */
static size_t sign_at(const char *s, size_t n)
{
    if ((unsigned char)*s < 0x80)
        return sign(*s);
    return n > 2 && (s[0] == '\xE2' || (s[0] == '\xE3' && (unsigned char)s[1] <= 0x83))
               ? 3
               : 0;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Bytes of the Latin words with a capital each at `at`. */
static size_t latin_at(const struct bd_passage *p, size_t at, size_t end)
{
    const char *s = p->fold.bytes.data;
    size_t i = at, last = at;

    while (i < end && i - at < LATIN_BYTES) {
        char o = p->s[bd_fold_origin(&p->fold, i)];

        if (!(o >= 'A' && o <= 'Z') && !(i > at && o >= '0' && o <= '9'))
            break;
        while (i < end && i - at < LATIN_BYTES && s[i] &&
               (letter(s[i]) || strchr("-&.'+", s[i])))
            i++;
        last = i;
        if (i < end && s[i] == ' ')
            i++;
        else
            break;
    }
    while (last > at && strchr(".'-", s[last - 1]))
        last--;
    return last - at;
}

static void spans_from(const struct bd_passage *p, size_t at, size_t end,
                       bd__span_taker *take, void *to)
{
    const char *s = p->fold.bytes.data;
    size_t i = at, k;
    int ends = 0;

    k = latin_at(p, at, end);
    if (k > 1)
        take(to, (struct bd_span_u32){(uint32_t)at, (uint32_t)(at + k)}, false);
    while (i < end && i - at <= MOST_BYTES && ends < ENDS) {
        bool stop = sign_at(s + i, end - i) > 0;

        if (i > at + 3 && (stop || bd_affix_begins(s + i, end - i, BD_WORDS(closers)))) {
            if (i - at != k)
                take(to, (struct bd_span_u32){(uint32_t)at, (uint32_t)i}, false);
            ends++;
        }
        if (stop)
            return;
        for (i++; i < end && bd_text_is_tail(s[i]);)
            i++;
    }
    if (i >= end && i - at <= MOST_BYTES && i > at + 3 && ends < ENDS)
        take(to, (struct bd_span_u32){(uint32_t)at, (uint32_t)end}, false);
}

/* Those in [start, end), a line. */
static void spans_in(const struct bd_passage *p, size_t start, size_t end,
                     bd__span_taker *take, void *to)
{
    const char *s = p->fold.bytes.data;
    bool may = true;

    for (size_t i = start; i < end;) {
        size_t k = sign_at(s + i, end - i);

        if (k) {
            may = true;
            i += k;
            continue;
        }
        if (may)
            spans_from(p, i, end, take, to);
        may = false;
        k = bd_affix_begins(s + i, end - i, BD_WORDS(openers));
        if (k) {
            may = true;
            i += k;
            continue;
        }
        if ((unsigned char)s[i] < 0x80 && letter(s[i])) {
            while (i < end && letter(s[i]))
                i++;
            may = i < end && (unsigned char)s[i] >= 0x80;
            continue;
        }
        for (i++; i < end && bd_text_is_tail(s[i]);)
            i++;
        if (i < end && (unsigned char)s[i] < 0x80 && letter(s[i]))
            may = true;
    }
}

void bd__offers_bold_spans(const struct bd__offer_work *w, bd__span_taker *take, void *to)
{
    const char *s = w->p->fold.bytes.data;
    size_t n = w->p->fold.bytes.n, count = 0;

    for (size_t line = 0, end; line < n && count < BOLDS; line = end + 1) {
        const char *close = memchr(s + line, '\n', n - line);

        end = close ? (size_t)(close - s) : n;
        for (size_t at = line; at < end && count < BOLDS; count++) {
            struct bd_span_u32 name = bd__offers_next_bold(s, at, end);

            at = name.end + 2;
            if (name.start >= end)
                break;
            name.end = bd__offers_without_bracket(s, &name);
            if (name.end > name.start && name.end - name.start < BOLD_BYTES)
                take(to, name, true);
        }
    }
}

void bd__offers_text_spans(const struct bd__offer_work *w, bd__span_taker *take, void *to)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l), bytes = 0;

    for (size_t i = 0; i < count && bytes < TEXT_BYTES; i++) {
        size_t start, end;

        if (l[i].kind != BD_LINE_TEXT && l[i].kind != BD_LINE_ITEM)
            continue;
        start = l[i].kind == BD_LINE_TEXT ? w->lines[i].start
                                          : bd_fold_index(&w->p->fold, l[i].start);
        end = bd_fold_index(&w->p->fold, l[i].end);
        end = end - start < TEXT_BYTES ? end : start + TEXT_BYTES;
        spans_in(w->p, start, end, take, to);
        bytes += end - start;
    }
}
