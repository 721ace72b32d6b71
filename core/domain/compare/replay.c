/* domain/compare/replay.c - see replay.h. */
#include "domain/compare/replay.h"

#include <stdio.h>
#include <string.h>

#include "domain/compare/compare_parts.h"
#include "domain/reading/reading.h"
#include "domain/report/grid.h"
#include "domain/report/report_parts.h"

int bd_replay_walk(const struct bd_record *rec, bd_replay_cell_fn *fn, void *arg)
{
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];
        struct bd_gist *is;

        if (!c->geo)
            continue;
        is = bd_gist_of(c->geo);
        if (!is)
            return -1;
        fn(arg, c, is, c->kept ? bd_gist_differ(c->kept, is, NULL, NULL) : -1);
        bd_gist_free(is);
    }
    return 0;
}

static void count(void *arg, const struct bd_cell *c, const struct bd_gist *is,
                  int differs)
{
    struct bd_replay *r = arg;

    (void)is;
    r->answers++;
    if (differs < 0)
        return;
    r->kept++;
    r->changed += differs > 0;
    if (r->low == 0 || c->kept->rules < r->low)
        r->low = c->kept->rules;
    if (c->kept->rules > r->high)
        r->high = c->kept->rules;
}

struct bd_replay bd_replay_count(const struct bd_record *rec)
{
    struct bd_replay r = {0};

    (void)bd_replay_walk(rec, count, &r); /* memory: what could be counted */
    return r;
}

int bd_replay_exit_code(const struct bd_replay *r)
{
    if (r->changed)
        return 5;
    if (r->kept == r->answers)
        return 0;
    return r->kept ? 3 : 4;
}

/* "2", or "1-2". */
static struct bd_short versions(const struct bd_replay *r)
{
    struct bd_short out;

    snprintf(out.s, sizeof(out.s), r->low == r->high ? "%d" : "%d-%d", r->low, r->high);
    return out;
}

static int say(struct bd_buf *out, enum bd_word word, const struct bd_replay *r,
               const char *id, bool zh)
{
    return bd_word_fill(out, bd_word(word, zh),
                        BD_ARGS(bd_show_count(r->changed).s, bd_show_count(r->kept).s,
                                bd_show_count(BD_READING_RULES).s, versions(r).s,
                                bd_show_count(r->answers - r->kept).s, id));
}

int bd_replay_note(struct bd_buf *out, const struct bd_record *rec, bool zh)
{
    const struct bd_replay r = bd_replay_count(rec);

    return r.changed ? say(out, BD_WORD_R_NOTE, &r, rec->id, zh) : 0;
}

/* The terminal */

struct paper {
    const struct bd_record *rec;
    struct bd_grid grid;
    const struct bd_cell *cell;
    bool zh;
};

static struct bd_short word(enum bd_word id, bool zh)
{
    struct bd_short out;

    snprintf(out.s, sizeof(out.s), "%s", bd_word(id, zh));
    return out;
}

static struct bd_short show(enum bd_gist_what what, double v, bool zh)
{
    switch (what) {
    case BD_GIST_REFUSED:
    case BD_GIST_NAME:
        return word(v > 0 ? BD_WORD_R_YES : BD_WORD_R_NO, zh);
    case BD_GIST_MENTIONED:
        return word(v > 0 ? BD_WORD_YES : v < 0 ? BD_WORD_OPEN : BD_WORD_NO, zh);
    case BD_GIST_TYPE:
        return word((enum bd_word)(BD_WORD_T_NONE + (int)v), zh);
    case BD_GIST_SENTIMENT:
        return bd_show_number(v, 2);
    case BD_GIST_RANK:
    case BD_GIST_ORDER:
        break;
    }
    return v > 0 ? bd_show_count((int64_t)v) : (struct bd_short){"-"};
}

static void add_row(void *arg, const struct bd_gist_change *c)
{
    struct paper *p = arg;
    char key[40];

    bd_cell_key(p->cell, key);
    bd_grid_row(&p->grid, BD_PLAIN);
    bd_grid_add(&p->grid, key);
    bd_grid_add(&p->grid, c->name        ? c->name
                          : c->brand < 0 ? "-"
                                         : p->rec->inquiry.brands[c->brand].name);
    bd_grid_add(&p->grid,
                bd_word((enum bd_word)(BD_WORD_R_REFUSED + (int)c->what), p->zh));
    bd_grid_add(&p->grid, show(c->what, c->was, p->zh).s);
    bd_grid_add(&p->grid, show(c->what, c->is, p->zh).s);
}

static void add_cell(void *arg, const struct bd_cell *c, const struct bd_gist *is,
                     int differs)
{
    struct paper *p = arg;

    p->cell = c;
    if (differs > 0)
        (void)bd_gist_differ(c->kept, is, add_row, p);
}

static int put_changes(struct bd_page *page, const struct bd_record *rec)
{
    static const enum bd_word head[] = {BD_WORD_R_CELL, BD_WORD_C_BRAND, BD_WORD_R_WHAT,
                                        BD_WORD_R_WAS, BD_WORD_R_IS};
    struct paper p = {.rec = rec, .zh = page->zh};
    int rc;

    bd_grid_init(&p.grid, sizeof(head) / sizeof(head[0]));
    p.grid.elastic = 1;
    bd_grid_row(&p.grid, BD_DIM);
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        bd_grid_add(&p.grid, bd_word(head[i], page->zh));
    rc = bd_replay_walk(rec, add_cell, &p);
    bd_page_blank(page);
    bd_grid_print(&p.grid, page);
    bd_grid_free(&p.grid);
    return rc;
}

static void add_figure(void *arg, const struct bd_replay_figure *f)
{
    struct paper *p = arg;

    bd_grid_row(&p->grid, BD_PLAIN);
    bd_grid_add(&p->grid, p->rec->inquiry.brands[f->brand].name);
    bd_grid_add(&p->grid,
                bd_word((enum bd_word)(BD_WORD_M_MENTION + (int)f->what), p->zh));
    bd_grid_add(&p->grid, bd_show_measure(f->what, f->was).s);
    bd_grid_add(&p->grid, bd_show_measure(f->what, f->is).s);
}

static int put_figures(struct bd_page *page, const struct bd_record *rec)
{
    static const enum bd_word head[] = {BD_WORD_C_BRAND, BD_WORD_P_C_FIGURE,
                                        BD_WORD_R_WAS, BD_WORD_R_IS};
    struct paper p = {.rec = rec, .zh = page->zh};
    int rc;

    bd_grid_init(&p.grid, sizeof(head) / sizeof(head[0]));
    bd_grid_row(&p.grid, BD_DIM);
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        bd_grid_add(&p.grid, bd_word(head[i], page->zh));
    rc = bd_replay_figures(rec, add_figure, &p);
    bd_page_blank(page);
    if (p.grid.rows > 1)
        bd_grid_print(&p.grid, page);
    else
        bd_page_say(page, BD_PLAIN, BD_WORD_R_NO_FIGURE, BD_ARGS(""));
    bd_grid_free(&p.grid);
    return rc;
}

int bd_replay_terminal(struct bd_buf *out, const struct bd_record *rec,
                       const struct bd_report_style *style)
{
    const struct bd_replay r = bd_replay_count(rec);
    struct bd_page page = bd_report_page(out, style, rec->inquiry.lang);
    enum bd_word verdict = r.changed ? BD_WORD_R_CHANGED : BD_WORD_R_SAME;
    struct bd_buf line;
    int rc = 0;

    bd_buf_init(&line, 4096);
    (void)say(&line, r.kept ? verdict : BD_WORD_R_NONE, &r, rec->id, page.zh);
    if (r.kept && r.kept < r.answers)
        (void)say(&line, BD_WORD_R_OLD, &r, rec->id, page.zh);
    bd_page_text(&page, (struct bd_fold){.ink = BD_BOLD}, line.data);
    bd_buf_free(&line);
    if (r.changed && (rc = put_figures(&page, rec)) == 0)
        rc = put_changes(&page, rec);
    return rc < 0 || out->failed ? -1 : 0;
}
