/* domain/reading/offer_judge.c - see offer_parts.h: what speaks for a candidate and
 * against it, told to the judge. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/judge.h"
#include "domain/reading/offer_parts.h"

enum {
    LINE_BYTES = 600, /* looked at on either side of a name */
    TEXT_BYTES = 8192,
    BEFORE_BYTES = 40,
    BEHIND_BYTES = 90,
    ABOVE_BYTES = 60,
    INTRO_BYTES = 72,
    KID_BYTES = 24,
    ROWS = 40,
    NEIGHBOURS = 40,
    MOST = 8 /* values of a fact past it are one */
};

/* Facts; a weight belongs to the number, so none of them changes its place. */
enum {
    FACT_COLUMN = 1,
    FACT_HEADER,
    FACT_LEVEL,
    FACT_NUMBER,
    FACT_LOOK,
    FACT_KIDS,
    FACT_SIZE,
    FACT_KNOWN,
    FACT_NAMES,
    FACT_HOWTO,
    FACT_OFFERS,
    FACT_TITLE,
    FACT_MORE,
    FACT_THINGS,
    FACT_ABOVE_HEADING,
    FACT_ABOVE_LOOK,
    FACT_ABOVE_KNOWN,
    FACT_BEGINS,
    FACT_NEXT,
    FACT_LAST,
    FACT_BOLD,
    FACT_LATIN,
    FACT_LENGTH,
    FACT_PLACE,
    FACT_HEAD,
    FACT_KIND,
    FACT_TRACKED,
    FACT_NEAR,
    FACT_COUNT,
    FACT_TIMES
};

enum kind { IN_TEXT, IN_HEADING, IN_NUMBERED, IN_BULLET, IN_CELL };

struct line { /* of the fold */
    size_t start, end;
};

static struct line line_at(const struct bd_passage *p, size_t at)
{
    const char *s = p->fold.bytes.data;
    struct line l = {at, at};

    while (l.start > 0 && at - l.start < LINE_BYTES && s[l.start - 1] != '\n')
        l.start--;
    while (l.end < p->fold.bytes.n && l.end - at < LINE_BYTES && s[l.end] != '\n')
        l.end++;
    return l;
}

static struct bd_judge_text piece(const struct bd_passage *p, size_t start, size_t end,
                                  size_t most)
{
    const char *s = p->fold.bytes.data + start;

    if (end <= start)
        return (struct bd_judge_text){0};
    return (struct bd_judge_text){s, bd_text_cut(s, end - start, most), false};
}

static struct bd_judge_text last_piece(const struct bd_passage *p, size_t start,
                                       size_t end, size_t most)
{
    if (end > start + most)
        for (start = end - most;
             start < end && bd_text_is_tail(p->fold.bytes.data[start]);)
            start++;
    return piece(p, start, end, most);
}

static struct bd_judge_text name_of(const struct bd_passage *p, const struct bd_item *it)
{
    if (it->head.count > 0)
        return (struct bd_judge_text){"", 1, true};
    if (it->names.count == 0)
        return (struct bd_judge_text){0};
    return piece(p, it->names.at[0].start, it->names.at[0].end, KID_BYTES);
}

static bool is_row(const struct bd_passage *p, struct line l)
{
    return l.end > l.start && p->fold.bytes.data[l.start] == '|';
}

/* The cell of that column of a row; the first is column 1. */
static struct line cell_at(const struct bd_passage *p, struct line row, int column)
{
    const char *s = p->fold.bytes.data;
    struct line c = {row.start, row.start};

    for (int i = 0; c.start < row.end; i++) {
        const char *bar = memchr(s + c.start, '|', row.end - c.start);

        c.end = bar ? (size_t)(bar - s) : row.end;
        if (i == column)
            return c;
        c.start = c.end + 1;
    }
    return (struct line){row.end, row.end};
}

static int column_of(const struct bd_passage *p, struct line row, size_t at)
{
    int column = 0;

    for (size_t i = row.start; i < at; i++)
        column += p->fold.bytes.data[i] == '|';
    return column;
}

static void tell_cell(const struct bd_passage *p, struct bd_judge_case *c,
                      struct line row, size_t at)
{
    const int column = column_of(p, row, at);
    struct line header = row, l = row, cell;

    for (int i = 0, mates = 0; i < ROWS && l.start > 1; i++) {
        l = line_at(p, l.start - 1);
        if (!is_row(p, l))
            break;
        header = l;
        cell = cell_at(p, l, column);
        if (mates < BD_JUDGE_MATES / 2 && cell.end > cell.start + 1 &&
            p->fold.bytes.data[cell.start + 1] != '-')
            c->mates[mates++] = piece(p, cell.start, cell.end, KID_BYTES);
    }
    cell = cell_at(p, header, column);
    c->intro = piece(p, cell.start, cell.end, INTRO_BYTES);
    for (int i = 0; i < BD_JUDGE_KIDS - 1; i++) {
        cell = cell_at(p, header, i + 1);
        c->kids[i] = piece(p, cell.start, cell.end, KID_BYTES);
    }
    bd_judge_tell(c, FACT_COLUMN, column);
    bd_judge_tell(c, FACT_HEADER, header.start == row.start);
}

static int up_to(int value, int most)
{
    return value < most ? value : most;
}

static void tell_facts(const struct bd__offer_work *w, struct bd_judge_case *c, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    const struct bd__offer_tally *t = &w->runs[w->nodes[i].run];

    bd_judge_tell(c, FACT_LEVEL, it->level);
    bd_judge_tell(c, FACT_NUMBER, up_to(it->number, 4));
    bd_judge_tell(c, FACT_LOOK, (int)w->nodes[i].look);
    bd_judge_tell(c, FACT_SIZE, up_to(t->size, MOST));
    bd_judge_tell(c, FACT_KNOWN, t->size ? 4 * t->known / t->size + (t->known > 0) : 0);
    bd_judge_tell(c, FACT_NAMES, it->names.count);
    bd_judge_tell(c, FACT_HOWTO, it->intro.howto);
    bd_judge_tell(c, FACT_OFFERS, it->intro.offers);
    bd_judge_tell(c, FACT_TITLE, it->intro.title);
    bd_judge_tell(c, FACT_MORE, it->intro.more);
    bd_judge_tell(c, FACT_THINGS, w->nodes[i].things);
}

static void tell_item(const struct bd__offer_work *w, struct bd_judge_case *c, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    int mates = 0, kids = 0;

    c->intro = last_piece(w->p, it->intro.start, it->intro.end, INTRO_BYTES);
    for (int k = w->nodes[i].run, n = 0; k < bd__offer_count(w) && n < NEIGHBOURS;
         k++, n++)
        if (w->nodes[k].run == w->nodes[i].run && mates < BD_JUDGE_MATES) {
            c->mates[mates] = name_of(w->p, bd__offer_item(w, k));
            mates += c->mates[mates].n > 0;
        }
    for (int k = i + 1; k < bd__offer_count(w) && k <= i + NEIGHBOURS &&
                        kids < BD_JUDGE_KIDS && bd__offer_item(w, k)->level > it->level;
         k++) {
        const struct bd_item *kid = bd__offer_item(w, k);

        if (kid->parent == i && kid->line_end > kid->head.start)
            c->kids[kids++] = piece(w->p, kid->head.start, kid->line_end, KID_BYTES);
    }
    c->below = piece(w->p, it->line_end, it->block_end, BEHIND_BYTES);
    bd_judge_tell(c, FACT_KIDS, kids);
    tell_facts(w, c, i);
}

static void tell_above(const struct bd__offer_work *w, struct bd_judge_case *c, int up)
{
    if (up >= 0) {
        bd_judge_tell(c, FACT_ABOVE_HEADING, bd__offer_heading(w, up));
        bd_judge_tell(c, FACT_ABOVE_LOOK, (int)w->nodes[up].look);
        bd_judge_tell(c, FACT_ABOVE_KNOWN, bd__offer_item(w, up)->head.count > 0);
    }
    for (int i = 0; i < BD_JUDGE_ABOVE && up >= 0; i++) {
        const struct bd_item *it = bd__offer_item(w, up);

        c->above[i] = piece(w->p, it->head.start, it->line_end, ABOVE_BYTES);
        up = it->parent;
    }
}

/* The class of a byte that touches the name. */
static int class_of(char c)
{
    static const char signs[] = " :*(),.|\"-/;\n";
    const char *at = c ? strchr(signs, c) : NULL;

    return at                         ? (int)(at - signs)
           : (unsigned char)c >= 0x80 ? 20
           : c >= '0' && c <= '9'     ? 21
                                      : 22;
}

static void tell_looks(const struct bd_passage *p, struct bd_judge_case *c,
                       const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;
    const char first = p->s[bd_fold_origin(&p->fold, name->start)];
    const size_t at = name->start, n = name->end - at;
    bool latin = true;

    for (size_t i = at; i < name->end; i++)
        latin &= (unsigned char)s[i] < 0x80;
    bd_judge_tell(c, FACT_NEXT, class_of(s[name->end]));
    bd_judge_tell(c, FACT_LAST, at > 0 ? class_of(s[at - 1]) : 30);
    bd_judge_tell(c, FACT_BOLD, at > 1 && s[at - 1] == '*' && s[at - 2] == '*');
    bd_judge_tell(c, FACT_LATIN, latin + 2 * (first >= 'A' && first <= 'Z'));
    bd_judge_tell(c, FACT_LENGTH, up_to((int)(n / 3), 15));
    bd_judge_tell(c, FACT_PLACE, (int)(MOST * at / (p->fold.bytes.n + 1)));
}

/* Tracked names in its line. */
static int near_by(const struct bd_passage *p, struct line l)
{
    const struct bd_hit *h = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p), i = bd_passage_from(h, count, l.start), n = 0;

    while (i + n < count && n < 4 && h[i + n].start < l.end)
        n++;
    return (int)n;
}

/* How often it is in the first TEXT_BYTES, up to three times. */
static int times(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data, *at = s;
    const size_t n = name->end - name->start;
    const char *end = s + (p->fold.bytes.n < TEXT_BYTES ? p->fold.bytes.n : TEXT_BYTES);
    int count = 0;

    while (count < 3 && (size_t)(end - at) >= n &&
           (at = memchr(at, s[name->start], (size_t)(end - at)))) {
        count += (size_t)(end - at) >= n && memcmp(at, s + name->start, n) == 0;
        at++;
    }
    return count;
}

static void tell_where(const struct bd__offer_work *w, struct bd_judge_case *c,
                       struct line l, const struct bd_span_u32 *name)
{
    int i = bd__offers_item_at(w, name->start);
    enum kind kind = IN_TEXT;

    if (i >= 0 && name->start < bd__offer_item(w, i)->line_end) {
        const struct bd_item *it = bd__offer_item(w, i);

        kind = bd__offer_heading(w, i) ? IN_HEADING
               : it->number > 0        ? IN_NUMBERED
                                       : IN_BULLET;
        tell_item(w, c, i);
        tell_above(w, c, it->parent);
        bd_judge_tell(c, FACT_HEAD,
                      name->start < it->head.end ||
                          (it->names.count > 0 && name->start <= it->names.at[0].start));
    } else {
        while (i >= 0 && name->start >= bd__offer_item(w, i)->block_end &&
               !bd__offer_heading(w, i))
            i = bd__offer_item(w, i)->parent;
        tell_above(w, c, i);
        if (is_row(w->p, l)) {
            kind = IN_CELL;
            tell_cell(w->p, c, l, name->start);
        }
    }
    bd_judge_tell(c, FACT_KIND, (int)kind);
}

/* Behind the line's marks, number and emphasis. */
static bool begins_line(const struct bd_passage *p, struct line l, size_t at)
{
    const char *s = p->fold.bytes.data;

    while (l.start < at && s[l.start] && strchr("*#-0123456789.) |>\t", s[l.start]))
        l.start++;
    return l.start == at;
}

void bd__offers_case(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                     bool tracked, struct bd_judge_case *c)
{
    const struct bd_passage *p = w->p;
    struct line l = line_at(p, name->start);
    const bool first = begins_line(p, l, name->start);

    memset(c, 0, sizeof(*c));
    c->inner = !first && !is_row(p, l);
    c->name = piece(p, name->start, name->end, ABOVE_BYTES);
    c->name.tracked = tracked;
    c->before = last_piece(p, l.start, name->start, BEFORE_BYTES);
    c->behind = piece(p, name->end, l.end, BEHIND_BYTES);
    tell_where(w, c, l, name);
    tell_looks(p, c, name);
    bd_judge_tell(c, FACT_BEGINS, first);
    bd_judge_tell(c, FACT_TRACKED, tracked);
    bd_judge_tell(c, FACT_COUNT, up_to(w->by_rules, 5));
    if (c->inner) {
        bd_judge_tell(c, FACT_NEAR, near_by(p, l));
        bd_judge_tell(c, FACT_TIMES, times(p, name));
    }
}

double bd__offers_ask(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                      bool tracked)
{
    struct bd_judge_case c;

    bd__offers_case(w, name, tracked, &c);
    return bd_judge_around(&c) + bd_judge_own(&c);
}

bool bd__offers_begins_line(const struct bd__offer_work *w,
                            const struct bd_span_u32 *name)
{
    return begins_line(w->p, line_at(w->p, name->start), name->start);
}

bool bd__offers_begins(const struct bd__offer_work *w, const struct bd_span_u32 *name)
{
    struct line l = line_at(w->p, name->start);

    return begins_line(w->p, l, name->start) || is_row(w->p, l);
}
