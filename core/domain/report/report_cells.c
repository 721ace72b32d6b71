/* domain/report/report_cells.c - the cells one by one, each a line of a table. */
#include <string.h>

#include "base/text.h"
#include "domain/report/grid.h"
#include "domain/report/report_parts.h"

enum { LISTED = 40, SNIPPET_BYTES = 600, ANSWER_LINES = 6 };

static bool whole(const struct bd_cell *c)
{
    return c->status == BD_STATUS_OK && bd_cell_answered(c);
}

/* The place of the brand that the cell is about; the main brand in a neutral one. */
static struct bd_short place(const struct bd_cell *c, bool zh)
{
    const size_t b = c->brand >= 0 ? (size_t)c->brand : 0;
    const struct bd_sighting *s;
    enum bd_word word = BD_WORD_OPEN;
    struct bd_short out = {"-"};

    if (!bd_cell_answered(c) || !c->geo || b >= c->geo->brand_count)
        return out;
    s = &c->geo->brands[b];
    if (s->mentioned == BD_YES && s->rank > 0)
        return bd_show_count(s->rank);
    if (s->mentioned != BD_UNKNOWN)
        word = s->mentioned == BD_YES ? BD_WORD_YES : BD_WORD_NO;
    bd_text_trim_partial(strncpy(out.s, bd_word(word, zh), sizeof(out.s) - 1));
    return out;
}

static void add_text(struct bd_grid *t, const struct bd_cell *c)
{
    struct bd_buf flat;

    bd_buf_init(&flat, (size_t)4 * SNIPPET_BYTES);
    if (bd_cell_answered(c))
        bd_page_flatten(&flat, c->text,
                        bd_text_cut(c->text, c->text_bytes, SNIPPET_BYTES), true);
    else
        bd_buf_add(&flat, c->error.message);
    bd_grid_add(t, flat.data);
    bd_buf_free(&flat);
}

static enum bd_ink ink(const struct bd_cell *c)
{
    if (whole(c))
        return BD_PLAIN;
    return bd_cell_answered(c) ? BD_YELLOW : BD_RED;
}

static void add_row(struct bd_grid *t, const struct bd_sheet *s, const struct bd_cell *c)
{
    const struct bd_inquiry *r = &s->rec->inquiry;
    const bool zh = s->page.zh, matrix = c->probe == BD_PROBE_MATRIX;
    struct bd_buf model, question;

    bd_buf_init(&model, 1024);
    bd_buf_init(&question, 1024);
    bd_show_model(&model, s->rec, c->model, false);
    bd_text_pad(&question, r->questions[c->question], 14, false);
    bd_grid_row(t, ink(c));
    bd_grid_add(t, bd_word(matrix ? BD_WORD_MATRIX : BD_WORD_NEUTRAL, zh));
    bd_grid_add(t, matrix ? r->brands[c->brand].name : "-");
    if (r->question_count > 1)
        bd_grid_add(t, question.data);
    bd_grid_add(t, model.data);
    bd_grid_add(t, bd_outcome_word(c, zh));
    bd_grid_add(t, place(c, zh).s);
    bd_grid_add(t,
                c->cached ? bd_word(BD_WORD_CACHED, zh) : bd_show_time(c->latency_ms).s);
    add_text(t, c);
    bd_buf_free(&model);
    bd_buf_free(&question);
}

static void add_head(struct bd_grid *t, const struct bd_sheet *s)
{
    static const enum bd_word head[] = {
        BD_WORD_C_PROBE,  BD_WORD_C_BRAND, BD_WORD_C_QUESTION, BD_WORD_C_MODEL,
        BD_WORD_C_STATUS, BD_WORD_C_PLACE, BD_WORD_C_TIME,     BD_WORD_C_TEXT};
    const bool several = s->rec->inquiry.question_count > 1;

    bd_grid_init(t, several ? 8 : 7);
    t->elastic = t->columns - 1;
    t->right[t->columns - 3] = t->right[t->columns - 2] = true;
    bd_grid_row(t, BD_DIM);
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        if (several || head[i] != BD_WORD_C_QUESTION)
            bd_grid_add(t, bd_word(head[i], s->page.zh));
}

static void put_answer(struct bd_sheet *s, const struct bd_cell *c)
{
    const struct bd_inquiry *r = &s->rec->inquiry;
    const bool zh = s->page.zh;
    struct bd_buf text;

    bd_buf_init(&text, 1 << 16);
    bd_buf_add(&text, bd_word(c->brand >= 0 ? BD_WORD_MATRIX : BD_WORD_NEUTRAL, zh));
    bd_buf_addf(&text, " %s ", c->brand >= 0 ? r->brands[c->brand].name : "");
    bd_show_model(&text, s->rec, c->model, false);
    if (c->searched != BD_UNKNOWN)
        bd_buf_addf(&text, " (%s)", bd_search_word(c, zh));
    bd_buf_add(&text, bd_word(BD_WORD_COLON, zh));
    bd_page_flatten(&text, c->text, bd_text_cut(c->text, c->text_bytes, 8000), true);
    bd_page_text(&s->page,
                 (struct bd_fold){.indent = 2, .hang = 4, .lines = ANSWER_LINES},
                 text.data);
    s->page.out->failed |= text.failed;
    bd_buf_free(&text);
}

static void put_table(struct bd_sheet *s, bool all)
{
    const struct bd_record *rec = s->rec;
    struct bd_grid t;
    size_t shown = 0, left = 0;

    add_head(&t, s);
    for (size_t i = 0; i < rec->cell_count; i++) {
        if (!all && whole(&rec->cells[i]))
            continue;
        if (shown == LISTED) {
            left++;
            continue;
        }
        add_row(&t, s, &rec->cells[i]);
        shown++;
    }
    if (shown > 0)
        bd_grid_print(&t, &s->page);
    s->page.out->failed |= t.failed;
    bd_grid_free(&t);
    if (left > 0)
        bd_page_say(&s->page, BD_PLAIN, BD_WORD_HIDDEN_MORE,
                    BD_ARGS(bd_show_count((int64_t)left).s));
}

void bd_report_cells(struct bd_sheet *s)
{
    const size_t n = s->rec->cell_count;
    bool all = n <= LISTED, none = s->f->by_status[BD_STATUS_OK] == s->f->total;

    bd_page_heading(&s->page, BD_WORD_H_CELLS);
    if (!all)
        bd_page_say(&s->page, BD_PLAIN, none ? BD_WORD_ALL_ANSWERED : BD_WORD_HIDDEN,
                    BD_ARGS(bd_show_count((int64_t)n).s));
    put_table(s, all);
    if (!s->answers)
        return;
    bd_page_blank(&s->page);
    for (size_t i = 0; i < n; i++)
        if (bd_cell_answered(&s->rec->cells[i]))
            put_answer(s, &s->rec->cells[i]);
}
