/* domain/compare/compare_terminal.c - a comparison for people. See compare.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "domain/compare/compare_parts.h"
#include "domain/report/grid.h"
#include "domain/report/report.h"

/* "25% [8%, 54%]" */
static struct bd_short side(const struct bd_compared *f, const struct bd_side *s)
{
    struct bd_short out = bd_show_measure(f->what, s->value);

    if (!isnan(s->interval.low))
        snprintf(out.s, sizeof(out.s), "%.12s [%.12s, %.12s]",
                 bd_show_measure(f->what, s->value).s,
                 bd_show_measure(f->what, s->interval.low).s,
                 bd_show_measure(f->what, s->interval.high).s);
    return out;
}

/* Always with its sign; rates in points of a hundred. */
static struct bd_short change(const struct bd_compared *f)
{
    struct bd_short out = bd_show_measure(f->what, f->difference);

    if (!isnan(f->difference) && f->difference > 0)
        snprintf(out.s, sizeof(out.s), "+%.20s",
                 bd_show_measure(f->what, f->difference).s);
    return out;
}

static enum bd_word verdict(const struct bd_compared *f)
{
    if (f->test == BD_TEST_NONE)
        return BD_WORD_P_V_NONE;
    return f->more ? BD_WORD_P_V_MORE : BD_WORD_P_V_NOISE;
}

static bool listed(const struct bd_compared *f)
{
    return f->brand == 0 || f->more || f->what == BD_MEASURE_MENTION ||
           f->what == BD_MEASURE_VOICE || f->what == BD_MEASURE_SCORE ||
           f->what == BD_MEASURE_INTERCEPTION;
}

static void add_row(struct bd_grid *t, const struct bd_compared *f, bool zh)
{
    bd_grid_row(t, f->more ? BD_BOLD : BD_PLAIN);
    bd_grid_add(t, bd_word((enum bd_word)(BD_WORD_M_MENTION + (int)f->what), zh));
    bd_grid_add(t, side(f, &f->before).s);
    bd_grid_add(t, side(f, &f->after).s);
    bd_grid_add(t, change(f).s);
    bd_grid_add(t, bd_show_number(f->corrected, 3).s);
    bd_grid_add(t, bd_word(verdict(f), zh));
}

static void put_brand(struct bd_page *page, const struct bd_comparison *c, size_t brand)
{
    static const enum bd_word head[] = {BD_WORD_P_C_FIGURE, BD_WORD_P_C_BEFORE,
                                        BD_WORD_P_C_AFTER,  BD_WORD_P_C_CHANGE,
                                        BD_WORD_P_C_P,      BD_WORD_P_C_VERDICT};
    struct bd_grid t;

    bd_grid_init(&t, sizeof(head) / sizeof(head[0]));
    t.right[3] = t.right[4] = true;
    bd_grid_row(&t, BD_DIM);
    for (size_t i = 0; i < t.columns; i++)
        bd_grid_add(&t, bd_word(head[i], page->zh));
    for (size_t i = 0; i < c->count; i++)
        if (c->figures[i].brand == brand && listed(&c->figures[i]))
            add_row(&t, &c->figures[i], page->zh);
    bd_grid_print(&t, page);
    bd_grid_free(&t);
}

static void put_brands(struct bd_page *page, const struct bd_comparison *c,
                       const struct bd_inquiry *q)
{
    for (size_t b = 0; b < c->shared.brand_count; b++) {
        bd_page_blank(page);
        bd_page_line(page, BD_BOLD, q->brands[c->shared.brands[b].after].name);
        put_brand(page, c, b);
    }
    bd_page_blank(page);
    bd_page_say(page, BD_DIM, BD_WORD_P_LEGEND, BD_ARGS(""));
}

static void put_title(struct bd_page *page, const struct bd_record *before,
                      const struct bd_record *after)
{
    struct bd_buf title;

    bd_buf_init(&title, 4096);
    bd_word_fill(&title, bd_word(BD_WORD_P_TITLE, page->zh),
                 BD_ARGS(after->inquiry.brands[0].name, before->id, after->id));
    bd_page_line(page, BD_BOLD, title.data);
    bd_buf_free(&title);
}

int bd_compare_terminal(struct bd_buf *out, const struct bd_comparison *c,
                        const struct bd_record *before, const struct bd_record *after,
                        const struct bd_report_style *style)
{
    struct bd_page page = bd_report_page(out, style, after->inquiry.lang);
    struct bd_statements said;

    put_title(&page, before, after);
    bd_page_blank(&page);
    bd_statements_init(&said, page.zh);
    bd_compare_say(&said, c, before, after);
    bd_page_statements(&page, &said);
    put_brands(&page, c, &after->inquiry);
    page.out->failed |= said.failed;
    bd_statements_free(&said);
    return out->failed ? -1 : 0;
}
