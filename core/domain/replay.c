/* domain/replay.c - see replay.h. */
#include "domain/replay.h"

#include <stdio.h>
#include <string.h>

#include "domain/compare_parts.h"
#include "domain/grid.h"
#include "domain/reading.h"
#include "domain/report_parts.h"

enum { NARROWEST = 60, WIDEST = 400 };

/* Calls fn for every cell that was read; differs: how many things are otherwise, -1
 * where that is not known. */
typedef void cell_fn(void *arg, const struct bd_cell *c, const struct bd_gist *is,
                     int differs);

static int walk(const struct bd_record *rec, cell_fn *fn, void *arg)
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

    (void)walk(rec, count, &r); /* memory: what could be counted */
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
    rc = walk(rec, add_cell, &p);
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
    const char *lang = *style->lang ? style->lang : rec->inquiry.lang;
    struct bd_page page = {.out = out,
                           .columns = style->columns < NARROWEST ? NARROWEST
                                      : style->columns > WIDEST  ? WIDEST
                                                                 : (size_t)style->columns,
                           .colour = style->colour,
                           .zh = strcmp(lang, "en") != 0};
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

/* JSON */

static json_t *value(enum bd_gist_what what, double v)
{
    switch (what) {
    case BD_GIST_MENTIONED:
        return v < 0 ? json_null() : json_boolean(v > 0);
    case BD_GIST_REFUSED:
    case BD_GIST_NAME:
        return json_boolean(v > 0);
    case BD_GIST_TYPE:
        return json_string(bd_mention_name((enum bd_mention)(int)v));
    case BD_GIST_SENTIMENT:
        return bd_json_number(v);
    case BD_GIST_RANK:
    case BD_GIST_ORDER:
        break;
    }
    return v > 0 ? json_integer((json_int_t)v) : json_null();
}

struct listing {
    const struct bd_record *rec;
    json_t *cells, *changes; /* of all; of the cell at hand */
};

static void list_change(void *arg, const struct bd_gist_change *c)
{
    static const char *const names[] = {"refused", "mentioned", "type", "rank",
                                        "order",   "sentiment", "found"};
    const struct listing *l = arg;
    const char *brand = c->name         ? c->name
                        : c->brand >= 0 ? l->rec->inquiry.brands[c->brand].name
                                        : NULL;

    json_array_append_new(
        l->changes, json_pack("{s:o, s:s, s:o, s:o}", "brand",
                              brand ? bd_json_string(brand, strlen(brand)) : json_null(),
                              "what", names[c->what], "was", value(c->what, c->was), "is",
                              value(c->what, c->is)));
}

static void list_cell(void *arg, const struct bd_cell *c, const struct bd_gist *is,
                      int differs)
{
    struct listing *l = arg;
    const struct bd_inquiry *q = &l->rec->inquiry;
    char key[40];

    if (differs <= 0)
        return;
    bd_cell_key(c, key);
    l->changes = json_array();
    (void)bd_gist_differ(c->kept, is, list_change, l);
    json_array_append_new(
        l->cells,
        json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:i, s:i, s:o}", "key", key, "probe",
                  bd_probe_name(c->probe), "brand",
                  c->brand >= 0 ? json_string(q->brands[c->brand].name) : json_null(),
                  "question", q->questions[c->question], "provider",
                  q->models[c->model].provider, "model",
                  c->model_used ? json_string(c->model_used) : json_null(), "sample",
                  c->sample, "rules", c->kept->rules, "changes", l->changes));
}

struct figures {
    const struct bd_inquiry *q;
    json_t *list;
};

static void list_figure(void *arg, const struct bd_replay_figure *f)
{
    const struct figures *l = arg;
    const char *brand = l->q->brands[f->brand].name;

    json_array_append_new(l->list,
                          json_pack("{s:o, s:s, s:o, s:o}", "brand",
                                    bd_json_string(brand, strlen(brand)), "figure",
                                    bd_measure_name(f->what), "was",
                                    bd_json_number(f->was), "is", bd_json_number(f->is)));
}

int bd_replay_json(struct bd_buf *out, const struct bd_record *rec)
{
    const struct bd_replay r = bd_replay_count(rec);
    struct listing l = {.rec = rec, .cells = json_array()};
    struct figures figures = {&rec->inquiry, json_array()};
    int rc =
        bd_replay_figures(rec, list_figure, &figures) < 0 ? -1 : walk(rec, list_cell, &l);
    json_t *o =
        json_pack("{s:s, s:s, s:i, s:o, s:i, s:i, s:i, s:o, s:o}", "schema",
                  "brandiag.replay/1", "id", rec->id, "rules", BD_READING_RULES,
                  "rules_then", r.kept ? json_pack("[i, i]", r.low, r.high) : json_null(),
                  "answers", r.answers, "compared", r.kept, "changed", r.changed,
                  "figures", figures.list, "cells", l.cells);

    if (rc == 0)
        rc = o ? bd_json_write(out, o, true) : -1;
    json_decref(o);
    return rc == 0 ? bd_buf_add(out, "\n") : -1;
}
