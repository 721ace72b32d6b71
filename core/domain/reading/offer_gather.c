/* domain/reading/offer_gather.c - see offer_parts.h. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"
#include "domain/reading/series.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
    CHOICE_BYTES = 18, /* of a name in Chinese that nothing marks */
    HEAD_LINE = 120,
    HEADS = 200 /* of those that were offered */
};

static void add(struct bd__offers *o, const struct bd_span_u32 *name, int brand,
                size_t head)
{
    struct bd_offer offer = {*name, brand, (uint32_t)head, false};

    if (o->list.n / sizeof(offer) < BD_OFFERS)
        (void)bd_buf_append(&o->list, &offer, sizeof(offer)); /* o->list.failed says it */
}

int bd__offers_tracked(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p);
    size_t i = bd_passage_from(hits, count, name->start);

    /* a name that ends in a full stop is read without it */
    return i < count && hits[i].start < name->end && hits[i].end <= name->end + 1
               ? hits[i].tag
               : -1;
}

static int mentions(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p);
    int n = 0;

    for (size_t i = bd_passage_from(hits, count, name->start);
         i < count && hits[i].start < name->end; i++)
        n++;
    return n;
}

/* Is it in a bracket behind the first name? */
static bool in_bracket(const struct bd_passage *p, const struct bd_names *names,
                       const struct bd_hit *h)
{
    const char *s = p->fold.bytes.data;
    int depth = 0;

    for (size_t i = names->at[0].start; i < h->start; i++)
        depth += s[i] == '(' ? 1 : s[i] == ')' ? -1 : 0;
    return depth > 0;
}

/* "A, B and C Certified": the only one of three or more that looks like no name. */
static bool one_of_a_row(const struct bd_passage *p, const struct bd_names *names, int i)
{
    int plausible = 0;

    for (int k = 0; k < names->count; k++)
        plausible += bd_names_plausible(p, &names->at[k]);
    return names->count > 2 && plausible == names->count - 1 &&
           !bd_names_sentential(p, &names->at[i]) &&
           !bd_names_elsewhere(p, &names->at[i]);
}

void bd__offers_head(struct bd__offers *o, const struct bd_passage *p,
                     const struct bd_names *names, const struct bd_head *head)
{
    bool any = false, none = names->count > 0 &&
                             bd__offers_tracked(p, &names->at[0]) < 0 &&
                             !bd_names_plausible(p, &names->at[0]);

    for (int i = 0; i < names->count && !none; i++)
        if (bd__offers_tracked(p, &names->at[i]) < 0 &&
            (bd_names_plausible(p, &names->at[i]) || one_of_a_row(p, names, i) ||
             (i > 0 && head->count > 0 && bd_names_firm_end(p, &names->at[i]))) &&
            (i == 0 || names->at[i].end - names->at[i].start > 2 ||
             p->fold.bytes.data[names->at[i].start - 1] == ' ')) { /* "A Plus/EV" */
            add(o, &names->at[i], -1, head->start);
            any = true;
        }
    for (int i = 0; i < head->count; i++) {
        const struct bd_hit *h = &bd_passage_hits(p)[head->hits[i]];
        struct bd_span_u32 name = {h->start, h->end};

        if (any && in_bracket(p, names, h))
            continue; /* "A (by B)" is A */
        for (int k = 0; k < names->count; k++) {
            const struct bd_span_u32 *n = &names->at[k];

            if (n->start <= h->start && h->end <= n->end && mentions(p, n) == 1 &&
                bd_names_plausible(p, n))
                name = *n;
        }
        add(o, &name, h->tag, head->start);
    }
}

void bd__offers_all(struct bd__offers *o, const struct bd_passage *p,
                    const struct bd_series *row)
{
    for (int i = 0; i < row->count; i++)
        add(o, &row->at[i], bd__offers_tracked(p, &row->at[i]), row->at[i].start);
}

bool bd__offers_row(struct bd__offers *o, const struct bd_passage *p, size_t from,
                    size_t end, enum bd__row row)
{
    size_t at = bd_series_begin(p, from, end);
    struct bd_series names =
        row == BD__ROW_CHOSEN ? bd_series_chosen(p, at, end) : bd_series_read(p, at, end);
    bool plain = !names.marked && !names.open;

    if (names.count == 0 || (plain && names.count == 1))
        return false;
    if (plain && row == BD__ROW_CUED && !names.latin)
        return false;
    if (plain && row == BD__ROW_CHOSEN && !names.clean)
        return false;
    bd__offers_all(o, p, &names);
    return true;
}

bool bd__offers_tracked_at(const struct bd_passage *p, size_t at, size_t end)
{
    size_t hit;

    while (at < end && strchr("* ", p->fold.bytes.data[at]))
        at++;
    hit = bd_passage_from(bd_passage_hits(p), bd_passage_hit_count(p), at);
    return hit < bd_passage_hit_count(p) && bd_passage_hits(p)[hit].start == at;
}

struct bd_series bd__offers_one(const struct bd_passage *p, size_t from, size_t end)
{
    static const char *const articles[] = {" the ", " a ", " an "};
    size_t article =
        bd_affix_begins(p->fold.bytes.data + from, end - from, BD_WORDS(articles));
    bool closes = end - from > 2 && memcmp(p->fold.bytes.data + from, "** ", 3) == 0;
    struct bd_series names =
        bd_series_read(p, closes ? from + 3 : from + (article ? article - 1 : 0), end);
    size_t n = names.count ? names.at[0].end - names.at[0].start : 0;

    if (names.count != 1 || (!names.latin && (!names.clean || n > CHOICE_BYTES)))
        names.count = 0;
    return names;
}

struct bd_span_u32 bd__offers_rest(const struct bd_passage *p, size_t from, size_t end,
                                   int most)
{
    const char *s = p->fold.bytes.data;
    struct bd_names names;
    size_t behind;

    while (from < end && strchr("* ", s[from]))
        from++;
    names = bd_names_read(p, from, end);
    behind = names.count > 0 ? names.at[names.count - 1].end : end;
    while (behind < end && strchr("* ", s[behind]))
        behind++;
    for (int i = 0; i < names.count; i++)
        if (!bd_names_plausible(p, &names.at[i]) ||
            (names.count > 1 && !bd__offers_tracked_at(p, names.at[i].start, end) &&
             !bd_proper_name(p, names.at[i].start, names.at[i].end)))
            names.count = 0;
    if (names.count == 0 || names.count > most || (behind < end && s[behind] != '('))
        return (struct bd_span_u32){(uint32_t)end, (uint32_t)end};
    return names.at[0];
}

bool bd__offers_choice(struct bd__offers *o, const struct bd_passage *p, size_t from,
                       size_t end)
{
    struct bd_series names = bd__offers_one(p, from, end);

    if (names.count == 0) {
        names.at[0] = bd__offers_rest(p, from, end, 1);
        names.count = bd_proper_name(p, names.at[0].start, names.at[0].end);
    }
    bd__offers_all(o, p, &names);
    return names.count > 0;
}

void bd__offers_bracket(struct bd__offers *o, const struct bd_passage *p, size_t open,
                        size_t end, bool cued)
{
    const char *s = p->fold.bytes.data;
    const char *close = memchr(s + open, ')', end - open);
    size_t at = open + 1, cue;
    struct bd_series row;

    if (!close)
        return;
    end = (size_t)(close - s);
    cue = bd_series_cue(p, at, end);
    if (cued && cue >= end)
        return;
    row = bd_series_read(p, cue < end ? cue : at, end);
    for (int i = 0; i < row.count && (row.count > 1 || row.marked); i++)
        add(o, &row.at[i], bd__offers_tracked(p, &row.at[i]), row.at[i].start);
}

/* Does the header end with one of the words, or with one and "name"? */
static bool cell_says(const struct bd_passage *p, const struct bd_line *l,
                      const char *const *words, size_t count)
{
    static const char *const tails[] = {"", "名称", "名", " name", " Name"};
    size_t n = l->end - l->start;
    const char *s = p->s + l->start;

    for (size_t i = 0; i < COUNT(tails); i++) {
        size_t k = strlen(tails[i]);

        if (k <= n && memcmp(s + n - k, tails[i], k) == 0 &&
            bd_affix_ends(s, n - k, words, count))
            return true;
    }
    return false;
}

/* "Aspect | A | B": what stands below tells of those that the header names. */
static bool header_compares(const struct bd_passage *p, const struct bd_line *l)
{
    static const char *const words[] = {"维度",    "对比项", "比较项", "对比项目",
                                        "项目",    "指标",   "参数",   "方面",
                                        "Feature", "Aspect", "Factor", "Category"};

    return l->column == 0 && cell_says(p, l, BD_WORDS(words));
}

/* By the header of a column, -1: it is not the one of names. Products are theirs who were
 * put forward already. */
static int column_of_names(const struct bd_passage *p, const struct bd_line *l,
                           bool after_others)
{
    static const char *const ranks[] = {"排名", "名次", "序号", "排行", "排序",
                                        "顺序", "Rank", "#",    "No."};
    static const char *const heads[] = {
        "品牌", "公司",  "车型", "机型", "机构",  "企业",  "店",      "服务商",
        "平台", "厂商",  "商家", "工具", "Brand", "brand", "Company", "Provider",
        "Shop", "Store", "医院", "酒店", "学校",  "律所"};
    static const char *const picks[] = {
        "品牌",     "Brand",    "brand",    "Pick", "pick", "企业",    "公司",
        "机构",     "厂商",     "服务商",   "医院", "酒店", "店铺",    "推荐车型",
        "推荐机型", "推荐型号", "推荐产品", "推荐", "首推", "Company", "Provider"};
    static const char *const things[] = {"软件",    "Tool",    "Service", "Software",
                                         "产品",    "名称",    "型号",    "Name",
                                         "Product", "product", "Model"};

    if (l->column > 0) /* "For whom | Brand": as the first answer only */
        return !after_others && cell_says(p, l, BD_WORDS(picks)) ? l->column : -1;
    if (cell_says(p, l, BD_WORDS(ranks)))
        return 1;
    if (cell_says(p, l, BD_WORDS(heads)))
        return 0;
    return !after_others && cell_says(p, l, BD_WORDS(things)) ? 0 : -1;
}

/* Do two rows of the table that begins at l begin with a tracked brand each? */
static bool rows_known(const struct bd_passage *p, const struct bd_line *l)
{
    const struct bd_line *end =
        (const struct bd_line *)(void *)(p->outline.lines.data + p->outline.lines.n);
    int known = 0, rows = 0;

    for (const struct bd_line *c = l; c < end && c->table == l->table; c++) {
        if (c->kind != BD_LINE_CELL || c->row == 0 || c->column != 0)
            continue;
        rows++;
        known += bd_head_read(p, bd_fold_index(&p->fold, c->start),
                              bd_fold_index(&p->fold, c->end))
                     .count > 0;
    }
    return known > 1 && 3 * known >= rows;
}

/* "Firefly e-commerce": a part of a description by its end alone. */
static bool ends_as_trade(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    static const char *const trades[] = {"电商", "平台", "软件", "培训", "贴膜", "设计",
                                         "服务", "网站", "运动", "标准", "系统", "工厂"};
    const char *s = p->fold.bytes.data + name->start;
    size_t n = name->end - name->start, k = bd_affix_ends(s, n, BD_WORDS(trades));

    return k > 0 && n >= k + 6;
}

/* Is it the name with words left out: the same beginning, then some of it in order? */
static bool shortens(const struct bd_passage *p, const struct bd_span_u32 *name,
                     const struct bd_span_u32 *other)
{
    enum { SAME = 9 }; /* bytes they begin with: three characters of Chinese */
    const char *s = p->fold.bytes.data;
    size_t at = name->start + SAME, i = other->start + SAME, most, k;
    int32_t cp;

    if (name->end > other->start || other->end - other->start <= SAME ||
        name->end - name->start <= SAME ||
        memcmp(s + name->start, s + other->start, SAME) != 0)
        return false;
    if (other->end - other->start >= name->end - name->start)
        return false;
    most =
        other->start - name->start < HEAD_LINE ? other->start : name->start + HEAD_LINE;
    for (; at < most && s[at] != '\n' && i < other->end; at += k) {
        k = bd_text_next(s + at, most - at, &cp);
        if (k <= other->end - i && memcmp(s + at, s + i, k) == 0)
            i += k;
    }
    return i == other->end;
}

bool bd__offers_in_a_head(const struct bd__offers *o, const struct bd_passage *p,
                          const struct bd_span_u32 *name)
{
    const struct bd_offer *all = (const struct bd_offer *)(const void *)o->list.data;
    size_t n = name->end - name->start;

    for (size_t k = 0; k < o->list.n / sizeof(*all) && k < HEADS; k++) {
        const char *s = p->fold.bytes.data + all[k].head;
        size_t most = name->start - all[k].head;

        if (all[k].head >= name->start)
            continue;
        for (size_t i = 0; i + n <= most && i < HEAD_LINE && s[i] != '\n'; i++)
            if (memcmp(s + i, p->fold.bytes.data + name->start, n) == 0)
                return true;
        if (shortens(p, &all[k].name, name))
            return true;
    }
    return false;
}

/* Were two others offered before that place of the text? */
static bool after_others(const struct bd__offers *o, size_t at)
{
    const struct bd_offer *all = (const struct bd_offer *)(const void *)o->list.data;
    int before = 0;

    for (size_t k = 0; k < o->list.n / sizeof(*all) && before < 2; k++)
        before += all[k].head < at;
    return before > 1;
}

static bool all_in_heads(const struct bd__offers *o, const struct bd_passage *p,
                         const struct bd_names *names)
{
    for (int i = 0; i < names->count; i++)
        if (!bd__offers_in_a_head(o, p, &names->at[i]))
            return false;
    return names->count > 0;
}

void bd__offers_cell(struct bd__offers *o, const struct bd_passage *p,
                     struct bd__offer_table *t, const struct bd_line *l, bool announced)
{
    static const char *const brands[] = {"品牌", "公司",  "机构",    "服务商",
                                         "厂商", "Brand", "Company", "Provider"};
    size_t start = bd_fold_index(&p->fold, l->start);
    size_t end = bd_fold_index(&p->fold, l->end);
    struct bd_names names;
    struct bd_head head;

    if (l->table != t->table)
        *t = (struct bd__offer_table){.table = l->table,
                                      .column = -1,
                                      .known = rows_known(p, l),
                                      .after = !announced && after_others(o, start)};
    if (l->row == 0) {
        t->compares |= header_compares(p, l);
        t->brands |= l->column <= 1 && cell_says(p, l, BD_WORDS(brands));
        if (t->column < 0 && !t->compares)
            t->column = column_of_names(p, l, t->after);
        if (t->column < 0 && t->known)
            t->column = 0;
        return;
    }
    if (l->column != t->column)
        return;
    names = bd_names_read(p, start, end);
    head = bd_head_read(p, start, end);
    if (t->after && head.count == 0 && all_in_heads(o, p, &names))
        return;
    if (t->brands && head.count == 0 && names.count == 1 &&
        !bd_names_plausible(p, &names.at[0]) &&
        (ends_as_trade(p, &names.at[0]) || bd_names_elsewhere(p, &names.at[0]) ||
         bd_proper_surely(p, names.at[0].start, names.at[0].end)))
        add(o, &names.at[0], -1, head.start); /* the header says what it is */
    else
        bd__offers_head(o, p, &names, &head);
}
