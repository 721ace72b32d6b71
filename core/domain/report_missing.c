/* domain/report_missing.c - what is missing and why, by model and cause.
 *
 * Fifty equal failures are one line with a count; where only their messages differ
 * (they often hold an id), the first one stands for all. */
#include <stdlib.h>
#include <string.h>

#include "domain/report_parts.h"

struct gap {
    const struct bd_cell *first;
    int count;
    bool differ; /* their messages are not all the same */
};

static bool is_gap(const struct bd_cell *c)
{
    return c->status != BD_STATUS_OK || !bd_cell_answered(c);
}

static bool same_cause(const struct bd_cell *a, const struct bd_cell *b)
{
    if (a->model != b->model || a->status != b->status || a->skip != b->skip)
        return false;
    if (a->status == BD_STATUS_TRUNCATED)
        return strcmp(a->finish, b->finish) == 0;
    return a->error.type == b->error.type && a->error.code == b->error.code;
}

static int by_model(const void *a, const void *b)
{
    const struct gap *x = a, *y = b;

    if (x->first->model != y->first->model)
        return x->first->model - y->first->model;
    return (x->first > y->first) - (x->first < y->first); /* both are in one array */
}

/* gaps has room for every cell. */
static size_t collect(struct gap *gaps, const struct bd_record *rec)
{
    size_t n = 0;

    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];
        size_t k = 0;

        if (!is_gap(c))
            continue;
        while (k < n && !same_cause(gaps[k].first, c))
            k++;
        if (k == n)
            gaps[n++] = (struct gap){.first = c};
        gaps[k].count++;
        gaps[k].differ |= strcmp(gaps[k].first->error.message, c->error.message) != 0;
    }
    qsort(gaps, n, sizeof(*gaps), by_model);
    return n;
}

/* The names that stand in the JSON report and in the log, to search for. */
static void add_code(struct bd_buf *out, const struct bd_cell *c)
{
    const struct bd_error *e = &c->error;

    if (c->status == BD_STATUS_SKIPPED && c->skip != BD_SKIP_NONE)
        bd_buf_addf(out, " (%s)", bd_skip_name(c->skip));
    else if (c->status == BD_STATUS_TRUNCATED)
        bd_buf_addf(out, " (%s)", *c->finish ? c->finish : "truncated");
    else if (e->type != BD_ERR_NONE && e->code)
        bd_buf_addf(out, " (%s %d)", bd_error_name(e->type), (int)e->code);
    else
        bd_buf_addf(out, " (%s)",
                    e->type != BD_ERR_NONE ? bd_error_name(e->type)
                                           : bd_status_name(c->status));
}

static const char *remedy(const struct bd_cell *c, bool zh)
{
    if (c->status == BD_STATUS_SKIPPED && c->skip != BD_SKIP_NONE)
        return bd_word_skip_remedy(c->skip, zh);
    if (c->status == BD_STATUS_TRUNCATED || c->error.type == BD_ERR_NONE)
        return bd_word_status_remedy(c->status, zh);
    return bd_word_error_remedy(c->error.type, zh);
}

static void put_gap(struct bd_sheet *s, const struct gap *g)
{
    const bool zh = s->page.zh;
    struct bd_buf text, model, what;
    const char *message = g->first->error.message;

    bd_buf_init(&text, 4096);
    bd_buf_init(&model, 1024);
    bd_buf_init(&what, 1024);
    bd_show_model(&model, s->rec, g->first->model, false);
    bd_buf_add(&what, bd_outcome_word(g->first, zh));
    add_code(&what, g->first);
    bd_word_fill(&text, bd_word(BD_WORD_GAP, zh),
                 BD_ARGS(model.data, bd_show_count(g->count).s, what.data));
    if (*message && g->first->status != BD_STATUS_TRUNCATED)
        bd_word_fill(&text,
                     bd_word(g->differ ? BD_WORD_GAP_EXAMPLE : BD_WORD_GAP_MESSAGE, zh),
                     BD_ARGS(message));
    bd_page_text(&s->page,
                 (struct bd_fold){.indent = 2,
                                  .hang = 4,
                                  .ink = bd_cell_answered(g->first) ? BD_YELLOW : BD_RED},
                 text.data);
    bd_buf_reset(&text);
    bd_buf_reset(&what);
    bd_word_fill(&what, remedy(g->first, zh), BD_ARGS(s->rec->id));
    bd_word_fill(&text, bd_word(BD_WORD_REMEDY, zh), BD_ARGS(what.data));
    if (what.n > 0)
        bd_page_text(&s->page, (struct bd_fold){.indent = 4, .hang = 4}, text.data);
    s->page.out->failed |= text.failed || model.failed || what.failed;
    bd_buf_free(&text);
    bd_buf_free(&model);
    bd_buf_free(&what);
}

void bd_report_missing(struct bd_sheet *s)
{
    struct gap *gaps = calloc(s->rec->cell_count + 1, sizeof(*gaps));
    size_t n;

    if (!gaps) {
        s->page.out->failed = true;
        return;
    }
    n = collect(gaps, s->rec);
    if (n > 0)
        bd_page_heading(&s->page, BD_WORD_H_MISSING);
    for (size_t i = 0; i < n; i++)
        put_gap(s, &gaps[i]);
    free(gaps);
}
