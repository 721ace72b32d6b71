/* domain/reading/table.c - ranks in tables, a part of ranking.h.
 *
 * A table ranks if its header says so: a column for the rank, or one for the brand, in
 * which case the order of the rows is the rank. A table that compares brands column by
 * column has no order. */
#include <string.h>

#include "domain/reading/head.h"
#include "domain/reading/marker.h"
#include "domain/reading/ranking.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct frame { /* the table being read */
    int table, rank_column, brand_column, rows, row, rank;
    int last; /* the highest rank of a column so far, in any table that ranks */
};

static bool header_is(const struct bd_passage *p, const struct bd_line *l,
                      const char *const *words, size_t count)
{
    size_t from = bd_fold_index(&p->fold, l->start), to = bd_fold_index(&p->fold, l->end);
    const char *s = p->fold.bytes.data;

    for (size_t i = from; i < to && i < from + 60; i++)
        for (size_t k = 0; k < count; k++)
            if (strlen(words[k]) <= to - i &&
                memcmp(s + i, words[k], strlen(words[k])) == 0)
                return true;
    return false;
}

static void read_header(struct frame *t, const struct bd_passage *p,
                        const struct bd_line *l)
{
    static const char *const ranks[] = {"排名", "名次", "序号", "排行", "排序",
                                        "顺序", "rank", "#",    "no."};
    static const char *const brands[] = {
        "品牌", "产品",     "公司",  "名称",    "车型", "型号",    "机型",  "机构",
        "企业", "店",       "brand", "product", "name", "company", "model", "provider",
        "tool", "software", "平台",  "工具",    "软件", "服务商"};
    static const char *const venues[] = {
        "医院",       "律所", "酒店", "学校", "餐厅",   "商家",   "门店",
        "诊所",       "银行", "厂商", "厂家", "供应商", "school", "hotel",
        "restaurant", "firm", "bank", "shop", "store"}; /* in the first column */

    if (t->rank_column < 0 && header_is(p, l, ranks, COUNT(ranks)))
        t->rank_column = l->column;
    else if (t->brand_column < 0 &&
             (header_is(p, l, brands, COUNT(brands)) ||
              (l->column == 0 && header_is(p, l, venues, COUNT(venues)))))
        t->brand_column = l->column;
}

/* "1", "1.", "🥇", "第1名"; 0 if the cell is none. */
static int rank_of(const struct bd_passage *p, const struct bd_line *l)
{
    size_t n = l->end - l->start;
    struct bd_marker m = bd_marker_read(p->s + l->start, n);
    int rank = 0;

    if (m.kind != BD_MARKER_NONE)
        return m.number;
    for (size_t i = m.bytes; i < n && rank < 1000; i++) {
        char c = p->s[l->start + i];

        if (c < '0' || c > '9')
            break;
        rank = rank * 10 + (c - '0');
    }
    return rank;
}

static int place_cell(struct bd_ranking *r, const struct bd_passage *p,
                      const struct frame *t, const struct bd_line *l)
{
    size_t start = bd_fold_index(&p->fold, l->start);
    size_t end = bd_fold_index(&p->fold, l->end);
    struct bd_head head = bd_head_read(p, start, end);

    for (int i = 0; i < head.count; i++) {
        struct bd_place place = {.hit = head.hits[i], .behind = end};

        place.brand = bd_passage_hits(p)[place.hit].tag;
        place.rank = place.section_rank = t->rank > 0 ? t->rank : t->rows;
        r->column |= t->rank > 0;
        if (bd_buf_append(&r->places, &place, sizeof(place)) < 0)
            return -1;
    }
    r->list_end = end;
    return bd__ranking_names(r, p, start, end, t->rank > 0 ? t->rank : t->rows,
                             t->rank > 0 ? t->rank : t->rows);
}

static int read_cell(struct bd_ranking *r, const struct bd_passage *p, struct frame *t,
                     const struct bd_line *l)
{
    if (l->table != t->table)
        *t = (struct frame){
            .table = l->table, .rank_column = -1, .brand_column = -1, .last = t->last};
    if (l->row == 0) {
        read_header(t, p, l);
        return 0;
    }
    if (t->rank_column < 0 && t->brand_column < 0)
        return 0;
    if (l->row != t->row) {
        t->row = l->row;
        t->rows++;
        t->rank = 0;
    }
    if (l->column == t->rank_column) {
        t->rank = rank_of(p, l);
        t->last = t->rank > t->last ? t->rank : t->last;
        return 0;
    }
    if (l->column != (t->brand_column >= 0 ? t->brand_column : t->rank_column + 1))
        return 0;
    r->items++;
    return place_cell(r, p, t, l);
}

/* Does the table that begins at l count on from `last`? Its first column has the places.
 */
static bool goes_on(const struct bd_passage *p, const struct bd_line *l,
                    const struct bd_line *end, int last)
{
    const struct bd_line *head = l;
    struct frame t = {.table = l->table, .rank_column = -1, .brand_column = -1};

    read_header(&t, p, head);
    while (l < end && (l->kind != BD_LINE_CELL || l->row == 0))
        l++;
    return t.rank_column == 0 && l < end && l->table == head->table && l->column == 0 &&
           rank_of(p, l) == last + 1;
}

int bd__ranking_table(struct bd_ranking *r, const struct bd_passage *p)
{
    const struct bd_line *l = (const struct bd_line *)(void *)p->outline.lines.data;
    size_t count = p->outline.lines.n / sizeof(*l);
    struct frame t = {.table = 0};
    int ranked = 0; /* the first table that ranks a tracked brand is the only one, but for
                       those whose places go on from it */

    for (size_t i = 0; i < count; i++) {
        size_t before = r->places.n;

        if (l[i].kind == BD_LINE_CELL && ranked && r->column && l[i].row == 0 &&
            l[i].column == 0 && goes_on(p, &l[i], l + count, t.last))
            ranked = l[i].table;
        if (l[i].kind != BD_LINE_CELL || (ranked && l[i].table != ranked))
            continue;
        if (!ranked && l[i].table != t.table)
            r->items = 0;
        if (read_cell(r, p, &t, &l[i]) < 0)
            return -1;
        if (r->places.n > before)
            ranked = l[i].table;
    }
    if (!ranked) {
        r->items = 0;
        return 0;
    }
    r->kind = BD_LIST_TABLE;
    r->source = BD_RANK_TABLE;
    return 0;
}
