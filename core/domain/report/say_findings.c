/* domain/report/say_findings.c - what the answers show about the main brand. See say.h.
 *
 * Every sentence that counts answers names them, so that a reader can go and look. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/reading.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { LIST_BYTES = 1 << 16, SHOWN_QUESTIONS = 5 };

static const double significant = 0.05;

struct view { /* what all sentences are made from */
    struct bd_statements *s;
    const struct bd_record *rec;
    const struct bd_figures *f;
    const char *main;
};

static const char *brand_name(const struct view *v, size_t b)
{
    return v->rec->inquiry.brands[b].name;
}

static void add_item(struct bd_buf *list, bool zh, enum bd_word id,
                     const char *const *args)
{
    if (list->n)
        bd_buf_add(list, bd_word(BD_WORD_LIST_COMMA, zh));
    bd_word_fill(list, bd_word(id, zh), args);
}

static bool absent(const struct view *v, const struct bd_cell *c)
{
    return bd_figures_counts(v->f, c) && bd_cell_knows(c, 0) == BD_NO;
}

static bool intercepted(const struct view *v, const struct bd_cell *c)
{
    bool any = false;

    for (size_t b = 1; b < v->f->brand_count; b++)
        any |= bd_cell_puts_forward(c, b);
    return absent(v, c) && any;
}

static void say_by_competitor(struct view *v)
{
    struct bd_buf list;

    bd_buf_init(&list, LIST_BYTES);
    for (size_t i = 1; i < v->f->brand_count; i++) {
        const struct bd_rate *by = &v->f->interceptions[i].rate;

        if (by->hits)
            add_item(&list, v->s->zh, BD_WORD_F_BY,
                     BD_ARGS(brand_name(v, i), bd_show_count(by->hits).s,
                             bd_show_count(by->n).s, bd_show_percent(by->value).s));
    }
    bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_BYS, BD_ARGS(list.data));
    bd_buf_free(&list);
}

static void say_interception(struct view *v)
{
    const struct bd_rate *any = &v->f->interception_any;

    if (v->f->brand_count < 2)
        return;
    if (any->n == 0) {
        bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_UNKNOWN, BD_ARGS(v->main));
        return;
    }
    bd_state(v->s, any->hits ? BD_TONE_CAUTION : BD_TONE_PLAIN,
             any->hits ? BD_WORD_F_ANY : BD_WORD_F_NONE,
             BD_ARGS(v->main, bd_show_count(any->hits ? any->hits : any->n).s,
                     bd_show_count(any->n).s, bd_show_percent(any->value).s));
    for (size_t i = 0; any->hits && i < v->rec->cell_count; i++)
        if (intercepted(v, &v->rec->cells[i]))
            bd_state_cell(v->s, i);
    if (any->hits)
        say_by_competitor(v);
}

/* Who is named first where the main brand is absent. */
static void say_first(struct view *v)
{
    int *times = calloc(v->f->brand_count, sizeof(*times)), all = 0;
    struct bd_buf list;

    if (!times) {
        v->s->failed = true;
        return;
    }
    for (size_t i = 0; i < v->rec->cell_count; i++)
        if (absent(v, &v->rec->cells[i])) {
            all++;
            if (v->rec->cells[i].geo->first_brand > 0)
                times[v->rec->cells[i].geo->first_brand]++;
        }
    bd_buf_init(&list, LIST_BYTES);
    for (size_t b = 1; b < v->f->brand_count; b++)
        if (times[b])
            add_item(&list, v->s->zh, BD_WORD_F_TIMES,
                     BD_ARGS(brand_name(v, b), bd_show_count(times[b]).s));
    if (list.n)
        bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_FIRST,
                 BD_ARGS(v->main, bd_show_count(all).s, list.data));
    for (size_t i = 0; list.n && i < v->rec->cell_count; i++)
        if (absent(v, &v->rec->cells[i]) && v->rec->cells[i].geo->first_brand > 0)
            bd_state_cell(v->s, i);
    bd_buf_free(&list);
    free(times);
}

static void say_absent(struct view *v)
{
    const struct bd_rate *r = &v->f->brands[0].mention;

    if (r->n == 0 || r->hits == r->n)
        return;
    bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_ABSENT,
             BD_ARGS(v->main, bd_show_count(r->n).s, bd_show_count(r->n - r->hits).s));
    for (size_t i = 0; i < v->rec->cell_count; i++)
        if (absent(v, &v->rec->cells[i]))
            bd_state_cell(v->s, i);
    say_first(v);
}

static void say_question(struct view *v, int question, int n)
{
    bd_state(v->s, BD_TONE_CAUTION, BD_WORD_F_QUESTION,
             BD_ARGS(v->main, v->rec->inquiry.questions[question], bd_show_count(n).s));
    for (size_t i = 0; i < v->rec->cell_count; i++)
        if (absent(v, &v->rec->cells[i]) && v->rec->cells[i].question == question)
            bd_state_cell(v->s, i);
}

/* Questions to which nobody mentions it; with one question all has been said. */
static void say_questions(struct view *v)
{
    const size_t n = v->rec->inquiry.question_count;
    int *known = calloc(2 * n, sizeof(*known)), *hits = known + n, shown = 0;

    if (!known) {
        v->s->failed = true;
        return;
    }
    for (size_t i = 0; i < v->rec->cell_count; i++) {
        const struct bd_cell *c = &v->rec->cells[i];

        if (!bd_figures_counts(v->f, c) || bd_cell_knows(c, 0) == BD_UNKNOWN)
            continue;
        known[c->question]++;
        hits[c->question] += bd_cell_knows(c, 0) == BD_YES;
    }
    for (size_t q = 0; n > 1 && q < n && shown < SHOWN_QUESTIONS; q++)
        if (known[q] > 1 && hits[q] == 0) {
            say_question(v, (int)q, known[q]);
            shown++;
        }
    free(known);
}

/* Do two models' intervals lie apart? */
static bool models_differ(const struct bd_figures *f)
{
    return f->apart_count > 0 && f->apart[0].brand == 0; /* they stand by brand */
}

static void say_models(struct view *v)
{
    struct bd_buf list, name;

    if (!models_differ(v->f))
        return;
    bd_buf_init(&list, LIST_BYTES);
    bd_buf_init(&name, LIST_BYTES);
    for (size_t m = 0; m < v->f->model_count; m++) {
        const struct bd_rate *r = &v->f->models[m].mention[0];

        bd_buf_reset(&name);
        bd_show_model(&name, v->rec, (int)m, false);
        add_item(&list, v->s->zh, BD_WORD_F_MODEL,
                 BD_ARGS(name.data, bd_show_count(r->hits).s, bd_show_count(r->n).s));
    }
    bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_MODELS, BD_ARGS(v->main, list.data));
    bd_buf_free(&list);
    bd_buf_free(&name);
}

static void say_more_often(struct view *v, const char *more, const char *less,
                           int only_more, int only_less, double p)
{
    const bool sure = p < significant;

    bd_state(v->s, sure && less == v->main ? BD_TONE_CAUTION : BD_TONE_PLAIN,
             BD_WORD_F_VERSUS,
             BD_ARGS(less, more, bd_show_count(only_more).s, bd_show_count(only_less).s,
                     bd_show_p(p).s,
                     bd_word(sure ? BD_WORD_F_SURE : BD_WORD_F_CHANCE, v->s->zh)));
}

/* Does the cell name only one of the two, the main brand or brand b? */
static bool names_only(const struct view *v, const struct bd_cell *c, size_t yes,
                       size_t no)
{
    return bd_figures_counts(v->f, c) && bd_cell_knows(c, yes) == BD_YES &&
           bd_cell_knows(c, no) == BD_NO;
}

static bool names_both(const struct view *v, const struct bd_cell *c, size_t b)
{
    return bd_figures_counts(v->f, c) && bd_cell_knows(c, 0) == BD_YES &&
           bd_cell_knows(c, b) == BD_YES;
}

static void say_outranked(struct view *v, size_t b)
{
    const struct bd_versus *x = &v->f->versus[b];

    if (2 * x->outranked <= x->placed)
        return;
    bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_OUTRANKED,
             BD_ARGS(v->main, brand_name(v, b), bd_show_count(x->placed).s,
                     bd_show_count(x->outranked).s));
    for (size_t i = 0; i < v->rec->cell_count; i++)
        if (names_both(v, &v->rec->cells[i], b))
            bd_state_cell(v->s, i);
}

/* That the main brand is ahead is worth a word only where it is more than chance. */
static void say_versus(struct view *v, size_t b)
{
    const struct bd_versus *x = &v->f->versus[b];
    const bool behind = x->only_other > x->only_main;

    if (behind)
        say_more_often(v, brand_name(v, b), v->main, x->only_other, x->only_main, x->p);
    else if (x->p < significant)
        say_more_often(v, v->main, brand_name(v, b), x->only_main, x->only_other, x->p);
    for (size_t i = 0; (behind || x->p < significant) && i < v->rec->cell_count; i++)
        if (names_only(v, &v->rec->cells[i], behind ? b : 0, behind ? 0 : b))
            bd_state_cell(v->s, i);
    say_outranked(v, b);
}

static bool advised_against(const struct bd_cell *c)
{
    return bd_cell_knows(c, 0) == BD_YES && c->geo->brands[0].type == BD_MENTION_NEGATIVE;
}

static bool disclaimed(const struct bd_cell *c)
{
    return bd_cell_answered(c) && c->geo && c->geo->brand_count > 0 &&
           c->geo->brands[0].type == BD_MENTION_DISCLAIMED;
}

static bool contradicts(const struct bd_cell *c)
{
    return bd_cell_answered(c) && c->geo && c->geo->claims.conflict;
}

static bool orders(const struct bd_cell *c)
{
    for (size_t i = 0; bd_cell_answered(c) && c->geo && i < c->geo->warning_count; i++)
        if (strcmp(c->geo->warnings[i], BD_READING_ORDERS) == 0)
            return true;
    return false;
}

static void prove(struct view *v, bool (*shows)(const struct bd_cell *))
{
    for (size_t i = 0; i < v->rec->cell_count; i++)
        if (shows(&v->rec->cells[i]))
            bd_state_cell(v->s, i);
}

static int count(const struct view *v, bool (*shows)(const struct bd_cell *))
{
    int n = 0;

    for (size_t i = 0; i < v->rec->cell_count; i++)
        n += shows(&v->rec->cells[i]);
    return n;
}

/* Of both probes. */
static void say_portrayal(struct view *v)
{
    const struct bd_rate *bad = &v->f->brands[0].negative;
    const int unknown = count(v, disclaimed), odd = count(v, contradicts);
    const int ordered = count(v, orders);

    if (bad->hits) {
        bd_state(v->s, BD_TONE_CAUTION, BD_WORD_F_NEGATIVE,
                 BD_ARGS(v->main, bd_show_count(bad->hits).s, bd_show_count(bad->n).s));
        prove(v, advised_against);
    }
    if (unknown) {
        bd_state(v->s, BD_TONE_CAUTION, BD_WORD_F_DISCLAIMED,
                 BD_ARGS(v->main, bd_show_count(unknown).s));
        prove(v, disclaimed);
    }
    if (ordered) {
        bd_state(v->s, BD_TONE_CAUTION, BD_WORD_F_ORDERS,
                 BD_ARGS(bd_show_count(ordered).s));
        prove(v, orders);
    }
    if (odd) {
        bd_state(v->s, BD_TONE_PLAIN, BD_WORD_F_CONFLICT, BD_ARGS(bd_show_count(odd).s));
        prove(v, contradicts);
    }
}

void bd_say_findings(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f)
{
    struct view v = {s, rec, f, rec->inquiry.brands[0].name};

    say_interception(&v);
    say_absent(&v);
    say_questions(&v);
    say_models(&v);
    for (size_t b = 1; b < f->brand_count; b++)
        say_versus(&v, b);
    say_portrayal(&v);
    bd_say_sources(s, rec, f);
}

void bd_say_rival(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_figures *f, size_t brand)
{
    struct view v = {s, rec, f, rec->inquiry.brands[0].name};
    const struct bd_rate *by = &f->interceptions[brand].rate;

    if (by->hits) {
        bd_state(s, BD_TONE_CAUTION, BD_WORD_F_INSTEAD,
                 BD_ARGS(v.main, brand_name(&v, brand), bd_show_count(by->hits).s,
                         bd_show_count(by->n).s));
        for (size_t i = 0; i < rec->cell_count; i++)
            if (absent(&v, &rec->cells[i]) && bd_cell_puts_forward(&rec->cells[i], brand))
                bd_state_cell(s, i);
    }
    say_versus(&v, brand);
}
