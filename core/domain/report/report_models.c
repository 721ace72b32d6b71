/* domain/report/report_models.c - how each model did, a line of a table each. */
#include <stdio.h>
#include <string.h>

#include "domain/report/grid.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

/* "time-out 1, rate limited 2" of one model. Causes are told apart by their words. */
static void add_causes(struct bd_buf *out, const struct bd_record *rec, int model,
                       bool zh)
{
    const char *seen[BD_STATUS_COUNT + BD_SKIP_COUNT + BD_ERR_COUNT];
    int counts[BD_STATUS_COUNT + BD_SKIP_COUNT + BD_ERR_COUNT];
    size_t n = 0;

    for (size_t i = 0; i < rec->cell_count; i++) {
        const char *word = bd_outcome_word(&rec->cells[i], zh);
        size_t k = 0;

        if (rec->cells[i].model != model || bd_cell_answered(&rec->cells[i]))
            continue;
        while (k < n && strcmp(seen[k], word) != 0)
            k++;
        if (k == n) {
            seen[n] = word;
            counts[n++] = 0;
        }
        counts[k]++;
    }
    for (size_t k = 0; k < n; k++)
        bd_buf_addf(out, "%s%s %d", k ? bd_word(BD_WORD_LIST_COMMA, zh) : "", seen[k],
                    counts[k]);
}

static void add_model(struct bd_grid *t, const struct bd_sheet *s, int m)
{
    const struct bd_model_figures *f = &s->f->models[m];
    struct bd_buf name, causes;
    struct bd_short answered;

    bd_buf_init(&name, 1024);
    bd_buf_init(&causes, 4096);
    bd_show_model(&name, s->rec, m, true);
    add_causes(&causes, s->rec, m, s->page.zh);
    snprintf(answered.s, sizeof(answered.s), "%d/%d", f->answered, f->cells);
    bd_grid_row(t, f->answered ? BD_PLAIN : BD_RED);
    bd_grid_add(t, name.data);
    bd_grid_add(t, answered.s);
    bd_grid_add(t, bd_show_time(f->latency_p50_ms).s);
    bd_grid_add(t, bd_show_time(f->latency_max_ms).s);
    bd_grid_add(t,
                bd_show_with_n(bd_show_percent(f->mention[0].value), f->mention[0].n).s);
    bd_grid_add(t, causes.n ? causes.data : "-");
    bd_buf_free(&name);
    bd_buf_free(&causes);
}

void bd_report_models(struct bd_sheet *s)
{
    static const enum bd_word head[] = {BD_WORD_C_MODEL,   BD_WORD_C_ANSWERED,
                                        BD_WORD_C_MEDIAN,  BD_WORD_C_SLOWEST,
                                        BD_WORD_C_MENTION, BD_WORD_C_CAUSES};
    const size_t columns = sizeof(head) / sizeof(head[0]);
    struct bd_statements said;
    struct bd_grid t;

    bd_page_heading(&s->page, BD_WORD_H_MODELS);
    bd_grid_init(&t, columns);
    bd_grid_row(&t, BD_DIM);
    for (size_t i = 0; i < columns; i++) {
        t.right[i] = i > 0 && i < columns - 1;
        bd_grid_add(&t, bd_word(head[i], s->page.zh));
    }
    for (size_t m = 0; m < s->f->model_count; m++)
        add_model(&t, s, (int)m);
    bd_grid_print(&t, &s->page);
    bd_grid_free(&t);
    bd_statements_init(&said, s->page.zh);
    bd_say_models(&said, s->rec);
    bd_page_statements(&s->page, &said);
    bd_statements_free(&said);
}
