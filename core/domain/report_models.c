/* domain/report_models.c - how each model did, a line of a table each. */
#include <stdio.h>
#include <string.h>

#include "domain/grid.h"
#include "domain/report_parts.h"
#include "domain/reported.h"

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

/* Never another model's answer under this one's name, unless the report says so. */
static void put_reported(struct bd_sheet *s, int m)
{
    struct bd_reported others[BD_REPORTED_MAX];
    int told;
    size_t n = bd_reported_others(s->rec, m, others, &told);

    for (size_t i = 0; i < n; i++) {
        bool dated = others[i].kind == BD_REPORTED_DATED;
        struct bd_buf text;

        bd_buf_init(&text, 4096);
        if (bd_reported_say(&text, s->rec, m, &others[i], told, s->page.zh) < 0)
            s->page.out->failed = true;
        bd_page_text(
            &s->page,
            (struct bd_fold){.indent = 2, .hang = 2, .ink = dated ? BD_DIM : BD_YELLOW},
            text.data);
        bd_buf_free(&text);
    }
}

static enum bd_word breaker_word(const struct bd_model_state *x)
{
    if (strcmp(x->breaker, "half_open") == 0)
        return BD_WORD_B_HALF_OPEN;
    return strcmp(x->breaker, "open") == 0 || x->keys_open > 0 ? BD_WORD_B_OPEN
                                                               : BD_WORD_B_CLOSED;
}

/* Models of one provider share its state: it is told once. */
static void put_state(struct bd_sheet *s, int m)
{
    const struct bd_model *models = s->rec->inquiry.models;
    const struct bd_model_state *x = &s->rec->states[m];

    for (int k = 0; k < m; k++)
        if (strcmp(models[k].provider, models[m].provider) == 0)
            return;
    if (x->opened > 0)
        bd_page_say(&s->page, BD_YELLOW, BD_WORD_BREAKER,
                    BD_ARGS(models[m].provider, bd_show_count(x->opened).s,
                            bd_word(breaker_word(x), s->page.zh)));
    if (x->hedges > 0)
        bd_page_say(&s->page, BD_DIM, BD_WORD_HEDGED,
                    BD_ARGS(models[m].provider, bd_show_count(x->hedges).s));
}

void bd_report_models(struct bd_sheet *s)
{
    static const enum bd_word head[] = {BD_WORD_C_MODEL,   BD_WORD_C_ANSWERED,
                                        BD_WORD_C_MEDIAN,  BD_WORD_C_SLOWEST,
                                        BD_WORD_C_MENTION, BD_WORD_C_CAUSES};
    const size_t columns = sizeof(head) / sizeof(head[0]);
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
    for (size_t m = 0; m < s->f->model_count; m++)
        put_reported(s, (int)m);
    for (size_t m = 0; s->rec->states && m < s->f->model_count; m++)
        put_state(s, (int)m);
}
