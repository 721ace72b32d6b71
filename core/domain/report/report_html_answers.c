/* domain/report/report_html_answers.c - the answers themselves, with what was read in
 * them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/report/html.h"
#include "domain/report/prose.h"
#include "domain/report/report_html_parts.h"

#define ANSWER_BYTES ((size_t)64 << 10)
#define ANSWER_KIB   "64"

static enum bd_word type_word(const struct bd_sighting *s)
{
    if (s->type != BD_MENTION_NONE)
        return BD_WORD_T_NONE + (enum bd_word)s->type; /* in the order of the enum */
    return s->mentioned == BD_UNKNOWN ? BD_WORD_OPEN : BD_WORD_W_RANK_ABSENT;
}

/* All places in which a brand was read; NULL when memory is short. */
static struct bd_prose_mark *marks_of(const struct bd_leaf *l,
                                      const struct bd_observation *o, size_t *count)
{
    size_t n = o->found_count, k = 0;
    struct bd_prose_mark *marks;

    for (size_t b = 0; b < o->brand_count; b++)
        n += o->brands[b].evidence_count;
    marks = calloc(n + 1, sizeof(*marks));
    for (size_t b = 0; marks && b < o->brand_count; b++)
        for (size_t i = 0; i < o->brands[b].evidence_count; i++)
            marks[k++] = (struct bd_prose_mark){
                o->brands[b].evidence[i].start, o->brands[b].evidence[i].end,
                b == 0 ? BD_PROSE_MAIN : BD_PROSE_OTHER, l->rec->inquiry.brands[b].name};
    for (size_t i = 0; marks && i < o->found_count; i++)
        marks[k++] =
            (struct bd_prose_mark){o->found[i].where.start, o->found[i].where.end,
                                   BD_PROSE_FOUND, o->found[i].name};
    *count = marks ? bd_prose_sort(marks, k) : 0;
    return marks;
}

static void put_text(struct bd_leaf *l, const struct bd_cell *c)
{
    size_t shown = bd_text_cut(c->text, c->text_bytes, ANSWER_BYTES), count = 0;
    struct bd_prose_mark *marks = c->geo ? marks_of(l, c->geo, &count) : NULL;

    while (count > 0 && marks[count - 1].end > shown)
        count--;
    bd_buf_add(l->out, "<div class=\"prose\">\n");
    if (bd_prose_html(l->out, c->text, shown, marks, count) < 0)
        l->out->failed = true;
    bd_buf_add(l->out, "</div>\n");
    free(marks);
    if (shown < c->text_bytes) {
        bd_buf_add(l->out, "<p class=\"caution\">");
        bd_leaf_word(l, BD_WORD_W_CUT, BD_ARGS(ANSWER_KIB));
        bd_buf_add(l->out, "</p>\n");
    }
}

static void put_seen(struct bd_leaf *l, enum bd_prose_kind kind, const char *name,
                     struct bd_short rank, enum bd_word type, double tone)
{
    static const char *const classes[] = {"main", "other", "found"};

    bd_buf_addf(l->out, "<li><mark class=\"%s\">", classes[kind]);
    bd_html_add(l->out, name);
    bd_buf_add(l->out, "</mark> ");
    if (*rank.s)
        bd_buf_addf(l->out, "#%s ", rank.s);
    bd_leaf_word(l, type, NULL);
    if (!isnan(tone))
        bd_buf_addf(l->out, " %s", bd_show_tone(tone).s);
    bd_buf_add(l->out, "</li>\n");
}

static struct bd_short rank_of(int rank)
{
    return rank > 0 ? bd_show_count(rank) : (struct bd_short){""};
}

static void put_reading(struct bd_leaf *l, const struct bd_observation *o)
{
    bd_buf_add(l->out, "<ul class=\"seen\">\n");
    for (size_t b = 0; b < o->brand_count; b++) {
        const struct bd_sighting *s = &o->brands[b];

        if (b == 0 || s->type != BD_MENTION_NONE || s->mentioned == BD_YES)
            put_seen(l, b == 0 ? BD_PROSE_MAIN : BD_PROSE_OTHER,
                     l->rec->inquiry.brands[b].name, rank_of(s->rank), type_word(s),
                     s->sentiment);
    }
    for (size_t i = 0; i < o->found_count; i++)
        put_seen(l, BD_PROSE_FOUND, o->found[i].name, rank_of(o->found[i].rank),
                 BD_WORD_T_FOUND, NAN);
    bd_buf_add(l->out, "</ul>\n");
}

static const char *status_class(const struct bd_cell *c)
{
    if (c->status == BD_STATUS_OK && bd_cell_answered(c))
        return "fine";
    return bd_cell_answered(c) ? "caution" : "bad";
}

/* The line that is seen while the answer is folded. */
static void put_summary(struct bd_leaf *l, const struct bd_cell *c, size_t number)
{
    struct bd_buf model;

    bd_buf_init(&model, 4096);
    bd_show_model(&model, l->rec, c->model, false);
    bd_buf_addf(l->out, "<summary><b>%zu</b> ", number);
    bd_html_text(l->out, model.data, model.n);
    bd_buf_add(l->out, " · ");
    if (c->brand >= 0)
        bd_leaf_word(l, BD_WORD_W_ABOUT, BD_ARGS(l->rec->inquiry.brands[c->brand].name));
    else
        bd_leaf_word(l, BD_WORD_NEUTRAL, NULL);
    bd_buf_addf(l->out, " · <span class=\"%s\">", status_class(c));
    bd_html_add(l->out, bd_outcome_word(c, l->zh));
    bd_buf_add(l->out, "</span> · ");
    if (c->cached)
        bd_leaf_word(l, BD_WORD_CACHED, NULL);
    else
        bd_buf_add(l->out, bd_show_time(c->latency_ms).s);
    if (c->searched != BD_UNKNOWN) {
        bd_buf_add(l->out, " · ");
        bd_html_add(l->out, bd_search_word(c, l->zh));
    }
    bd_buf_add(l->out, "</summary>\n");
    bd_buf_free(&model);
}

static void put_cell(struct bd_leaf *l, size_t i)
{
    const struct bd_cell *c = &l->rec->cells[i];

    bd_buf_add(l->out, "<details>");
    put_summary(l, c, i + 1);
    bd_buf_addf(l->out, "<div id=\"a%zu\" class=\"answer\">\n", i + 1);
    if (*c->error.message) {
        bd_buf_addf(l->out, "<p class=\"%s\">", status_class(c));
        bd_html_add(l->out, c->error.message);
        bd_buf_add(l->out, "</p>\n");
    }
    if (bd_cell_answered(c) && c->geo)
        put_reading(l, c->geo);
    if (c->text && c->text_bytes > 0)
        put_text(l, c);
    else if (!*c->error.message) {
        bd_buf_add(l->out, "<p>");
        bd_leaf_word(l, BD_WORD_W_NO_ANSWER, NULL);
        bd_buf_add(l->out, "</p>\n");
    }
    bd_buf_add(l->out, "</div></details>\n");
}

void bd_html_answers(struct bd_leaf *l)
{
    const struct bd_record *rec = l->rec;
    int question = -1;

    bd_leaf_section(l, "answers", BD_WORD_W_ANSWERS);
    bd_buf_add(l->out, "<p class=\"quiet\">");
    bd_leaf_word(l, BD_WORD_W_ANSWERS_NOTE, BD_ARGS(rec->inquiry.brands[0].name));
    bd_buf_add(l->out, "</p>\n");
    for (size_t i = 0; i < rec->cell_count && i < BD_HTML_ANSWERS; i++) {
        if (rec->cells[i].question != question) {
            question = rec->cells[i].question;
            bd_buf_add(l->out, "<h3>");
            bd_html_add(l->out, rec->inquiry.questions[question]);
            bd_buf_add(l->out, "</h3>\n");
        }
        put_cell(l, i);
    }
    if (rec->cell_count > BD_HTML_ANSWERS) {
        bd_buf_add(l->out, "<p class=\"caution\">");
        bd_leaf_word(
            l, BD_WORD_W_HIDDEN,
            BD_ARGS(bd_show_count(BD_HTML_ANSWERS).s,
                    bd_show_count((int64_t)rec->cell_count - BD_HTML_ANSWERS).s));
        bd_buf_add(l->out, "</p>\n");
    }
    bd_leaf_end(l);
}
