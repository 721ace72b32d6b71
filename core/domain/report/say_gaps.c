/* domain/report/say_gaps.c - what is missing and why, by model and cause. See say.h.
 *
 * Fifty equal failures are one line with a count; where only their messages differ
 * (they often hold an id), the first one stands for all. */
#include <stdlib.h>
#include <string.h>

#include "domain/report/report_parts.h"
#include "domain/report/say.h"

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

static void say_gap(struct bd_statements *s, const struct bd_record *rec,
                    const struct gap *g)
{
    struct bd_buf text, model, what;
    const char *message = g->first->error.message;

    bd_buf_init(&text, 4096);
    bd_buf_init(&model, 1024);
    bd_buf_init(&what, 1024);
    bd_show_model(&model, rec, g->first->model, false);
    bd_buf_add(&what, bd_outcome_word(g->first, s->zh));
    add_code(&what, g->first);
    bd_word_fill(&text, bd_word(BD_WORD_GAP, s->zh),
                 BD_ARGS(model.data, bd_show_count(g->count).s, what.data));
    if (*message && g->first->status != BD_STATUS_TRUNCATED)
        bd_word_fill(
            &text, bd_word(g->differ ? BD_WORD_GAP_EXAMPLE : BD_WORD_GAP_MESSAGE, s->zh),
            BD_ARGS(message));
    bd_state_text(s, bd_cell_answered(g->first) ? BD_TONE_CAUTION : BD_TONE_BAD,
                  text.data);
    bd_buf_reset(&what);
    bd_word_fill(&what, remedy(g->first, s->zh), BD_ARGS(rec->id));
    if (what.n > 0)
        bd_state_remedy(s, what.data);
    s->failed |= text.failed || model.failed || what.failed;
    bd_buf_free(&text);
    bd_buf_free(&model);
    bd_buf_free(&what);
}

static void name_cells(struct bd_statements *s, const struct bd_record *rec,
                       const struct gap *g)
{
    for (size_t i = 0; i < rec->cell_count; i++)
        if (is_gap(&rec->cells[i]) && same_cause(g->first, &rec->cells[i]))
            bd_state_cell(s, i);
}

void bd_say_gaps(struct bd_statements *s, const struct bd_record *rec)
{
    struct gap *gaps = calloc(rec->cell_count + 1, sizeof(*gaps));
    size_t n;

    if (!gaps) {
        s->failed = true;
        return;
    }
    n = collect(gaps, rec);
    for (size_t i = 0; i < n; i++) {
        say_gap(s, rec, &gaps[i]);
        name_cells(s, rec, &gaps[i]);
    }
    free(gaps);
}

void bd_say_excluded(struct bd_statements *s, const struct bd_figures *f)
{
    const int *x = f->excluded;
    const int open = x[BD_STATUS_OK] + x[BD_STATUS_TRUNCATED];
    struct bd_buf causes;

    if (f->neutral_known == f->neutral_cells)
        return;
    bd_buf_init(&causes, 4096);
    if (open)
        bd_word_fill(&causes, bd_word(BD_WORD_UNCERTAIN, s->zh),
                     BD_ARGS(bd_show_count(open).s));
    for (enum bd_status st = BD_STATUS_REFUSED; st < BD_STATUS_COUNT; st++)
        if (x[st])
            bd_buf_addf(&causes, "%s%s %d",
                        causes.n ? bd_word(BD_WORD_LIST_COMMA, s->zh) : "",
                        bd_word_status(st, s->zh), x[st]);
    if (f->branded_cells)
        bd_buf_addf(&causes, "%s%s %d",
                    causes.n ? bd_word(BD_WORD_LIST_COMMA, s->zh) : "",
                    bd_word(BD_WORD_BRANDED_CELLS, s->zh), f->branded_cells);
    bd_state(s, BD_TONE_PLAIN, BD_WORD_EXCLUDED,
             BD_ARGS(bd_show_count(f->neutral_cells - f->neutral_known).s,
                     bd_show_count(f->neutral_cells).s, causes.data));
    bd_buf_free(&causes);
}
