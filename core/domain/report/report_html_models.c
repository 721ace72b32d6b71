/* domain/report/report_html_models.c - the models: what each mentions, how long each
 * takes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/report/chart.h"
#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"

static void put_name(struct bd_leaf *l, size_t m, bool whole)
{
    struct bd_buf name;

    bd_buf_init(&name, 4096);
    bd_show_model(&name, l->rec, (int)m, whole);
    bd_html_text(l->out, name.data, name.n);
    bd_buf_free(&name);
}

/* Five tints; the number stands in the cell. */
static int tint(const struct bd_rate *r)
{
    if (r->n == 0)
        return 0;
    return r->value >= 1 ? 5 : 1 + (int)(4 * r->value);
}

static void put_heat_cell(struct bd_leaf *l, const struct bd_rate *r)
{
    bd_buf_addf(l->out, "<td class=\"heat%d\">%s", tint(r), bd_show_percent(r->value).s);
    if (r->n)
        bd_buf_addf(l->out, " <small>%d/%d</small>", r->hits, r->n);
    bd_buf_add(l->out, "</td>");
}

static void put_heat(struct bd_leaf *l)
{
    bd_buf_add(
        l->out,
        "<div class=\"wide\" tabindex=\"0\"><table class=\"heat\"><caption><span>");
    bd_leaf_word(l, BD_WORD_W_FIG_HEAT, NULL);
    bd_buf_add(l->out, "</span></caption><thead><tr><th scope=\"col\">");
    bd_leaf_word(l, BD_WORD_C_BRAND, NULL);
    bd_buf_add(l->out, "</th>");
    for (size_t m = 0; m < l->f->model_count; m++) {
        bd_buf_add(l->out, "<th scope=\"col\">");
        put_name(l, m, false);
        bd_buf_add(l->out, "</th>");
    }
    bd_buf_add(l->out, "</tr></thead><tbody>\n");
    for (size_t b = 0; b < l->f->brand_count; b++) {
        bd_buf_addf(l->out, "<tr%s><th scope=\"row\">", b == 0 ? " class=\"own\"" : "");
        bd_html_add(l->out, l->rec->inquiry.brands[b].name);
        bd_buf_add(l->out, "</th>");
        for (size_t m = 0; m < l->f->model_count; m++)
            put_heat_cell(l, &l->f->models[m].mention[b]);
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

/* The axis: the deadline, or the longest answer where that is longer. */
static int64_t axis_ms(const struct bd_leaf *l)
{
    int64_t end = l->rec->deadline_ms > 0 ? l->rec->deadline_ms : 1;

    for (size_t m = 0; m < l->f->model_count; m++)
        if (l->f->models[m].latency_max_ms > end)
            end = l->f->models[m].latency_max_ms;
    return end;
}

/* ticks has room for every cell. */
static void put_strip(struct bd_leaf *l, size_t m, struct bd_tick *ticks, int64_t end_ms)
{
    size_t n = 0;

    for (size_t i = 0; i < l->rec->cell_count; i++) {
        const struct bd_cell *c = &l->rec->cells[i];

        if (c->model == (int)m && bd_cell_answered(c) && !c->cached && c->latency_ms >= 0)
            ticks[n++] = (struct bd_tick){(double)c->latency_ms / (double)end_ms,
                                          c->status == BD_STATUS_TRUNCATED};
    }
    bd_chart_strip(l->out, ticks, n);
}

static void put_model(struct bd_leaf *l, size_t m, struct bd_tick *ticks, int64_t end_ms)
{
    const struct bd_model_figures *f = &l->f->models[m];

    bd_buf_add(l->out, "<tr><th scope=\"row\">");
    put_name(l, m, true);
    bd_buf_addf(l->out, "</th><td>%d/%d</td><td>%s</td><td>%s</td><td class=\"plot\">",
                f->answered, f->cells, bd_show_time(f->latency_p50_ms).s,
                bd_show_time(f->latency_max_ms).s);
    put_strip(l, m, ticks, end_ms);
    bd_buf_add(l->out, "</td></tr>\n");
}

static void put_times(struct bd_leaf *l)
{
    static const enum bd_word head[] = {BD_WORD_C_MODEL, BD_WORD_C_ANSWERED,
                                        BD_WORD_C_MEDIAN, BD_WORD_C_SLOWEST,
                                        BD_WORD_C_TIME};
    struct bd_tick *ticks = calloc(l->rec->cell_count + 1, sizeof(*ticks));
    const int64_t end_ms = axis_ms(l);

    if (!ticks) {
        l->out->failed = true;
        return;
    }
    bd_leaf_table(l, BD_WORD_W_FIG_TIME, BD_ARGS(bd_show_time(end_ms).s), head,
                  sizeof(head) / sizeof(head[0]));
    for (size_t m = 0; m < l->f->model_count; m++)
        put_model(l, m, ticks, end_ms);
    bd_leaf_table_end(l);
    free(ticks);
}

void bd_html_models(struct bd_leaf *l)
{
    struct bd_statements said;

    bd_leaf_section(l, "models", BD_WORD_H_MODELS);
    if (l->f->neutral_cells > 0)
        put_heat(l);
    put_times(l);
    bd_statements_init(&said, l->zh);
    bd_say_models(&said, l->rec);
    bd_leaf_said(l, &said);
    bd_leaf_end(l);
}
