/* domain/reading/items.c - see items.h. */
#include "domain/reading/items.h"

#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/marker.h"

enum { INTRO_BYTES = 120 }; /* what announces a list stands right before it */

struct work {
    const struct bd_passage *p;
    struct bd_items *out;
    int last_group[BD_ITEM_FORMS]; /* index, -1 = none that can go on */
    int last_item[BD_ITEM_LEVELS]; /* the way down to the current line */
    bool howto_intro, analysis_intro, under_title;
    bool offers_intro;
    bool more_intro; /* it announces others ("Others worth a look") */
    int lists;
};

static struct bd_item *items(const struct work *w)
{
    return bd_items_list(w->out);
}

static struct bd_group *groups(const struct work *w)
{
    return bd_items_groups(w->out);
}

static int item_count(const struct work *w)
{
    return (int)(w->out->items.n / sizeof(struct bd_item));
}

static int clip(int depth, int max)
{
    return depth < max ? depth : max;
}

/* The level of a line, 0 if it is no item. */
static int level_of(const struct bd_line *l, const struct bd_marker *m)
{
    int depth = 4 * clip(l->depth, 16);

    if (l->kind == BD_LINE_HEADING)
        return 2 * l->depth;
    if (l->kind == BD_LINE_ITEM)
        return 16 + depth + (l->number ? 0 : 2);
    if (l->kind != BD_LINE_TEXT || m->kind == BD_MARKER_NONE)
        return 0;
    if (m->kind == BD_MARKER_CHAPTER && l->depth == 0)
        return 14;
    return BD_ITEM_PLAIN_NUMBER + depth + (m->kind == BD_MARKER_BULLET ? 2 : 0);
}

static enum bd_list_kind kind_of(const struct bd_line *l, int number)
{
    if (l->kind == BD_LINE_HEADING)
        return BD_LIST_HEADINGS;
    return number ? BD_LIST_NUMBERED : BD_LIST_BULLETS;
}

static int join_group(struct work *w, const struct bd_item *it)
{
    int g = w->last_group[it->form], at = item_count(w);
    struct bd_group fresh = {.form = it->form, .first = at, .last = at};

    if (g >= 0 && it->number > 0 && it->number <= items(w)[groups(w)[g].last].number)
        g = -1; /* numbering began again */
    if (g < 0) {
        if (bd_buf_append(&w->out->groups, &fresh, sizeof(fresh)) < 0)
            return -1;
        g = (int)(w->out->groups.n / sizeof(fresh)) - 1;
        w->last_group[it->form] = g;
    }
    groups(w)[g].last = at;
    groups(w)[g].count++;
    groups(w)[g].tracked += it->head.count > 0;
    groups(w)[g].parts += it->head.count == 0 && it->names.count > 0 &&
                          bd_names_part(w->p, &it->names.at[0]);
    for (int i = 0; i < it->head.count; i++) {
        int brand = bd_passage_hits(w->p)[it->head.hits[i]].tag;

        groups(w)[g].brands |= brand < 32 ? 1u << brand : 0;
    }
    groups(w)[g].howto +=
        bd_passage_says(w->p, it->head.start, it->head.end, BD_WORD_HOWTO);
    return g;
}

/* A paragraph ends a list: what stands behind it is under none of its items. */
static int parent_of(const struct work *w, int level, int list)
{
    for (int i = level - 1; i > 0; i--) {
        int k = w->last_item[i];

        if (k < 0 || (items(w)[k].list != 0 && items(w)[k].list != list))
            continue;
        if (i == BD_ITEM_PLAIN_NUMBER && (w->howto_intro || w->more_intro) &&
            w->under_title)
            continue; /* a title in bold ends it as well */
        return k;
    }
    return -1;
}

static void close_deeper(struct work *w, int level)
{
    for (int i = level + 1; i < BD_ITEM_LEVELS; i++) {
        w->last_item[i] = -1;
        w->last_group[(size_t)2 * (size_t)i] = -1;
        w->last_group[(size_t)2 * (size_t)i + 1] = -1;
    }
}

/* "**A University** and around it": where, not who. */
static bool told_as_place(const struct bd_passage *p, const struct bd_names *names,
                          size_t end)
{
    static const char *const words[] = {"附近",   "周边",   "一带", "等商业区",
                                        "等商圈", "等区域", "等地", "等区"};
    const char *s = p->fold.bytes.data;
    size_t at = names->at[names->count - 1].end;

    while (at < end && strchr("* ", s[at]))
        at++;
    return at < end && bd_affix_begins(s + at, end - at, BD_WORDS(words));
}

/* "Gyms / the trainers of studios", "independent studios / builders": no names, if one of
 * them is none. */
static bool told_of_several(const struct bd_passage *p, const struct bd_names *names)
{
    static const char *const of[] = {"的"};
    static const char *const trades[] = {"改装店", "施工队", "工作室", "专卖店", "健身房",
                                         "维修店", "4s店",   "专修店", "贴膜店", "装修队",
                                         "代理商", "经销商", "工长",   "专营店"};
    const char *s = p->fold.bytes.data;
    const struct bd_span_u32 *last = &names->at[names->count - 1];

    for (int i = 0; i < names->count && names->count > 1; i++) {
        size_t n = names->at[i].end - names->at[i].start;

        if (n > 0 && bd_affix_begins(s + names->at[i].start, n, BD_WORDS(trades)) == n)
            return true;
    }
    return names->owned ||
           (names->count > 1 &&
            bd_affix_holds(s + last->start, last->end - last->start, BD_WORDS(of)));
}

void bd_items_read_names(const struct bd_passage *p, struct bd_item *it, size_t start,
                         size_t end)
{
    it->names = bd_names_read(p, start, end);
    if (it->names.count == 0 || told_as_place(p, &it->names, end) ||
        told_of_several(p, &it->names))
        return;
    for (int i = 0; i < it->names.count; i++)
        if (bd_names_plausible(p, &it->names.at[i]))
            it->plausible |= (uint8_t)(1U << (unsigned)i);
}

static int add_item(struct work *w, const struct bd_line *l, const struct bd_marker *m,
                    size_t start, size_t end)
{
    struct bd_item it = {.level = level_of(l, m), .line_end = end, .block_end = end};

    it.number = l->number ? l->number : m->number;
    it.kind = kind_of(l, it.number);
    it.form = 2 * it.level + (it.number > 0);
    it.head = bd_head_read(w->p, start, end);
    bd_items_read_names(w->p, &it, start, end);
    it.list = l->kind == BD_LINE_ITEM ? w->lists : 0;
    it.parent = parent_of(w, it.level, it.list);
    it.howto_intro = w->howto_intro;
    it.offers_intro = w->offers_intro;
    it.analysis_intro = w->analysis_intro;
    it.under_title = w->under_title;
    it.group = join_group(w, &it);
    if (it.group < 0)
        return -1;
    w->last_item[it.level] = item_count(w);
    close_deeper(w, it.level);
    return bd_buf_append(&w->out->items, &it, sizeof(it));
}

/* What announces a list is the last sentence before it. */
static size_t last_sentence(const char *s, size_t start, size_t end)
{
    size_t low = end - start > INTRO_BYTES ? end - INTRO_BYTES : start;

    for (size_t i = end; i > low + 6; i--) {
        const char *c = s + i - 6; /* a full stop with something behind it */

        if (memcmp(c, "。", 3) == 0 || c[2] == '!' || c[2] == '?')
            return i - 3;
    }
    return low;
}

/* "Choice of size:" */
static bool sizes(const char *s, size_t start, size_t end)
{
    static const char *const words[] = {"尺寸", "容量", "升数", "匹数", "功率",
                                        "规格", "厚度", "面积", "硬度", "参数"};
    static const char tail[] = "选择";
    size_t k = sizeof(tail) - 1;

    if (end - start < k || memcmp(s + end - k, tail, k) != 0)
        return false;
    return bd_affix_ends(s + start, end - start - k, BD_WORDS(words)) > 0;
}

/* "Strengths of A:" heads what is good about it, not who is. */
static bool describes(const char *s, size_t start, size_t end)
{
    static const char *const ends[] = {"优势", "劣势", "优点", "缺点",     "特点",
                                       "特色", "亮点", "不足", "不足之处", "短板"};
    static const char *const begins[] = {"strengths",    "weaknesses", "pros",
                                         "cons",         "advantages", "disadvantages",
                                         "key features", "drawbacks",  "why "};

    while (end > start && strchr("*: ", s[end - 1]))
        end--;
    return sizes(s, start, end) ||
           bd_affix_ends(s + start, end - start, BD_WORDS(ends)) ||
           bd_affix_begins(s + start, end - start, BD_WORDS(begins));
}

/* Is the last word before the colon one that heads advice and never names ("Steps:")? */
static bool instructs(const char *s, size_t start, size_t end)
{
    static const char *const ends[] = {
        "要点",      "步骤",     "流程",       "方法",     "技巧",    "标准",
        "因素",      "注意事项", "贴士",       "误区",     "指标",    "术语",
        "概念",      "原因",     "注意点",     "留意",     "注意",    "几点",
        "方面",      " steps",   " tips",      " factors", " things", "criteria",
        " mistakes", " reasons", " questions", " terms"};
    static const char *const tails[] = {"如下", "包括", "有"};

    while (end > start && strchr("*:. ", s[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
        if (strlen(tails[i]) < end - start &&
            memcmp(s + end - strlen(tails[i]), tails[i], strlen(tails[i])) == 0)
            end -= strlen(tails[i]);
    return bd_affix_ends(s + start, end - start, BD_WORDS(ends)) > 0;
}

/* "In the following ways you get recommendations:" */
static bool ways(const char *s, size_t start, size_t end)
{
    static const char *const words[] = {"以下渠道",           "以下途径",
                                        "以下方式",           "以下平台",
                                        "following channels", "following ways"};

    return bd_affix_holds(s + start, end - start, BD_WORDS(words));
}

/* "Below are some firms:" */
static bool announces_names(const char *s, size_t start, size_t end)
{
    static const char *const below[] = {"以下", "下面", "下列", "the following",
                                        "here are"};
    static const char *const nouns[] = {
        "品牌", "公司",   "机构",   "门店",   "店铺",  "企业",      "平台",
        "厂商", "服务商", "供应商", "brands", "shops", "companies", "providers"};

    while (start < end && !bd_affix_begins(s + start, end - start, BD_WORDS(below)))
        start++;
    return bd_affix_holds(s + start, end - start, BD_WORDS(nouns));
}

/* A heading, a line in bold or one that ends with a colon; other text is no title. */
static bool is_title(const struct work *w, const struct bd_line *l, size_t start,
                     size_t end)
{
    const char *s = w->p->fold.bytes.data;

    while (end > start && (s[end - 1] == '*' || s[end - 1] == ' '))
        end--;
    return l->kind == BD_LINE_HEADING || (start > 0 && s[start - 1] == '*') ||
           (end > start && s[end - 1] == ':');
}

static void read_intro(struct work *w, const struct bd_line *l, size_t start, size_t end)
{
    static const char *const more[] = {"其他", "其它",   "更多",  "备选",
                                       "还有", "other ", "also ", "more "};
    bool offers, firm, announces = is_title(w, l, start, end);

    w->under_title = l->kind == BD_LINE_HEADING ||
                     (start > 0 && w->p->fold.bytes.data[start - 1] == '*');
    if (l->kind == BD_LINE_HEADING) {
        const char *open = memchr(w->p->fold.bytes.data + start, '(', end - start);

        end = open ? (size_t)(open - w->p->fold.bytes.data) : end;
    }
    w->more_intro =
        bd_affix_begins(w->p->fold.bytes.data + start, end - start, BD_WORDS(more)) > 0;
    start = last_sentence(w->p->fold.bytes.data, start, end);
    offers = (bd_passage_says(w->p, start, end, BD_WORD_FOR) &&
              !ways(w->p->fold.bytes.data, start, end)) ||
             announces_names(w->p->fold.bytes.data, start, end);

    w->offers_intro = offers;
    firm = announces && !offers &&
           (instructs(w->p->fold.bytes.data, start, end) ||
            bd_passage_says(w->p, start, end, BD_WORD_AGAINST));
    w->under_title |= firm;
    w->howto_intro =
        announces && !offers &&
        (firm || bd_passage_says(w->p, start, end, BD_WORD_HOWTO) ||
         (w->under_title && describes(w->p->fold.bytes.data, start, end)) ||
         (bd_passage_says(w->p, start, end, BD_WORD_ABOUT) && /* "about the others" */
          bd_passage_says(w->p, start, end, BD_WORD_ECHO)));
    w->analysis_intro = !offers && (bd_passage_says(w->p, start, end, BD_WORD_ANALYSIS) ||
                                    bd_passage_says(w->p, start, end, BD_WORD_COMPARED));
}

/* Is the line text of the latest item? */
static bool belongs(const struct work *w, const struct bd_line *l)
{
    return item_count(w) > 0 && l->kind == BD_LINE_TEXT &&
           (l->depth > 0 || items(w)[item_count(w) - 1].kind == BD_LIST_HEADINGS);
}

/* The medal that goes on behind the third: which one it is, its place says. */
static void read_medal(const struct work *w, const struct bd_line *l, struct bd_marker *m)
{
    int last = w->last_item[BD_ITEM_PLAIN_NUMBER];

    if (m->kind != BD_MARKER_NONE || l->kind != BD_LINE_TEXT || l->depth > 0 ||
        last < 0 || l->end - l->start < 4 || items(w)[last].number < 3 ||
        (memcmp(w->p->s + l->start, "🏅", 4) != 0 &&
         memcmp(w->p->s + l->start, "🎖", 4) != 0))
        return;
    m->kind = BD_MARKER_RANK;
    m->number = items(w)[last].number + 1;
}

/* Is it one of the lines "1、A: ..." of a list that Markdown does not know? They announce
 * nothing; in bold they may. */
static bool goes_on(const struct work *w, const struct bd_line *l, int level,
                    size_t mark_bytes)
{
    size_t before = l->start > 0; /* the outline leaves out the marks around a line */

    return level == BD_ITEM_PLAIN_NUMBER &&
           !memchr(w->p->s + l->start - before, '*', before + mark_bytes + 1);
}

static int collect(struct work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t count = w->p->outline.lines.n / sizeof(*l);

    for (size_t i = 0; i < count && item_count(w) < BD_ITEMS; i++) {
        struct bd_marker m = bd_marker_read(w->p->s + l[i].start, l[i].end - l[i].start);
        size_t start = bd_fold_index(&w->p->fold, l[i].start + m.bytes);
        size_t end = bd_fold_index(&w->p->fold, l[i].end);
        int level;

        read_medal(w, &l[i], &m);
        level = level_of(&l[i], &m);
        if (level > 0) {
            if (add_item(w, &l[i], &m, start, end) < 0)
                return -1;
        } else if (belongs(w, &l[i])) {
            items(w)[item_count(w) - 1].block_end = end;
        }
        if (l[i].kind == BD_LINE_HEADING ||
            (l[i].kind == BD_LINE_TEXT && l[i].depth == 0 &&
             !goes_on(w, &l[i], level, m.bytes))) {
            read_intro(w, &l[i], start, end);
            w->lists++;
        }
    }
    return 0;
}

int bd_items_collect(struct bd_items *out, const struct bd_passage *p)
{
    struct work w = {.p = p, .out = out, .lists = 1, .offers_intro = true};

    bd_buf_init(&out->items, BD_ITEMS * sizeof(struct bd_item));
    bd_buf_init(&out->groups, BD_ITEMS * sizeof(struct bd_group));
    memset(w.last_group, -1, sizeof(w.last_group));
    memset(w.last_item, -1, sizeof(w.last_item));
    return collect(&w);
}

void bd_items_free(struct bd_items *in)
{
    bd_buf_free(&in->items);
    bd_buf_free(&in->groups);
}
