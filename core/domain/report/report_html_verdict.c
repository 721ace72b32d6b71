/* domain/report/report_html_verdict.c - the first page: the verdict, the main figures,
 * what was asked, what is missing, what may not be concluded. */
#include <math.h>
#include <stdio.h>

#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"

enum { SHOWN = 5 }; /* questions and models on the first page */

static void fill(const struct bd_leaf *l, struct bd_buf *out, enum bd_word id,
                 const char *const *args)
{
    bd_word_fill(out, bd_word(id, l->zh), args);
}

static void put_score(struct bd_leaf *l)
{
    const struct bd_brand_figures *b = &l->f->brands[0];
    struct bd_short range = bd_leaf_range(l, &b->score_interval);
    struct bd_buf below;

    bd_buf_init(&below, 1024);
    if (*b->grade)
        fill(l, &below, BD_WORD_W_GRADE, BD_ARGS(bd_show_grade(b).s));
    if (*b->grade && b->provisional)
        fill(l, &below, BD_WORD_W_SOFT, BD_ARGS(""));
    if (*range.s) {
        bd_buf_add(&below, bd_word(BD_WORD_LIST_COMMA, l->zh));
        fill(l, &below, BD_WORD_W_INTERVAL, BD_ARGS(range.s));
    }
    bd_leaf_fact(l, BD_WORD_W_SCORE, "", bd_show_number(b->score, 1).s, below.data);
    bd_buf_free(&below);
}

/* "7 of 12, 95% interval 32% to 81%" */
static void put_rate(struct bd_leaf *l, enum bd_word name, const struct bd_rate *r,
                     const struct bd_interval *interval)
{
    struct bd_short range = {""};
    struct bd_buf below;

    bd_buf_init(&below, 1024);
    fill(l, &below, BD_WORD_W_OF,
         BD_ARGS(bd_show_count(r->hits).s, bd_show_count(r->n).s));
    if (interval)
        range = bd_leaf_percents(l, interval);
    if (*range.s) {
        bd_buf_add(&below, bd_word(BD_WORD_LIST_COMMA, l->zh));
        fill(l, &below, BD_WORD_W_INTERVAL, BD_ARGS(range.s));
    }
    bd_leaf_fact(l, name, "", bd_show_percent(r->value).s, below.data);
    bd_buf_free(&below);
}

static void put_mean(struct bd_leaf *l, enum bd_word name, struct bd_short value, int n)
{
    struct bd_buf below;

    bd_buf_init(&below, 1024);
    fill(l, &below, BD_WORD_W_N, BD_ARGS(bd_show_count(n).s));
    bd_leaf_fact(l, name, "", value.s, below.data);
    bd_buf_free(&below);
}

static void put_tiles(struct bd_leaf *l)
{
    const struct bd_brand_figures *b = &l->f->brands[0];
    struct bd_interval mention = bd_leaf_mention(l, 0);

    bd_buf_add(l->out, "<dl class=\"tiles\">\n");
    put_score(l);
    put_rate(l, BD_WORD_C_MENTION, &b->mention, &mention);
    put_rate(l, BD_WORD_C_FIRST, &b->first_mention, NULL);
    put_mean(l, BD_WORD_C_RANK, bd_show_number(b->rank.value, 1), b->rank.n);
    if (l->f->brand_count > 1)
        put_rate(l, BD_WORD_C_VOICE, &b->share_of_voice, NULL);
    put_mean(l, BD_WORD_C_SENTIMENT, bd_show_tone(b->sentiment.value), b->sentiment.n);
    bd_buf_add(l->out, "</dl>\n");
}

static void put_more(struct bd_leaf *l, size_t all)
{
    if (all <= SHOWN)
        return;
    bd_buf_add(l->out, "<li>");
    bd_leaf_word(l, BD_WORD_W_MORE, BD_ARGS(bd_show_count((int64_t)(all - SHOWN)).s));
    bd_buf_add(l->out, "</li>");
}

static void put_questions(struct bd_leaf *l)
{
    const struct bd_inquiry *r = &l->rec->inquiry;

    bd_buf_add(l->out, "<dt>");
    bd_leaf_word(l, BD_WORD_W_QUESTIONS, NULL);
    bd_buf_add(l->out, "</dt><dd><ul>");
    for (size_t i = 0; i < r->question_count && i < SHOWN; i++) {
        bd_buf_add(l->out, "<li>");
        bd_html_add(l->out, r->questions[i]);
        bd_buf_add(l->out, "</li>");
    }
    put_more(l, r->question_count);
    bd_buf_add(l->out, "</ul></dd>\n");
}

static void put_models(struct bd_leaf *l)
{
    const struct bd_inquiry *r = &l->rec->inquiry;
    struct bd_buf name;

    bd_buf_init(&name, 4096);
    bd_buf_add(l->out, "<dt>");
    bd_leaf_word(l, BD_WORD_W_MODELS, NULL);
    bd_buf_add(l->out, "</dt><dd><ul>");
    for (size_t m = 0; m < r->model_count && m < SHOWN; m++) {
        bd_buf_reset(&name);
        bd_show_model(&name, l->rec, (int)m, true);
        bd_buf_add(l->out, "<li>");
        bd_html_text(l->out, name.data, name.n);
        bd_buf_add(l->out, "</li>");
    }
    put_more(l, r->model_count);
    bd_buf_add(l->out, "</ul></dd>\n");
    bd_buf_free(&name);
}

static void put_probes(struct bd_leaf *l)
{
    const struct bd_inquiry *r = &l->rec->inquiry;
    const int neutral = l->f->neutral_cells, named = l->f->total - neutral;

    bd_buf_add(l->out, "<dt>");
    bd_leaf_word(l, BD_WORD_W_PROBES, NULL);
    bd_buf_add(l->out, "</dt><dd>");
    if (neutral)
        bd_leaf_word(l, BD_WORD_W_PROBE_N, BD_ARGS(bd_show_count(neutral).s));
    if (neutral && r->samples > 1)
        bd_leaf_word(l, BD_WORD_W_SAMPLES, BD_ARGS(bd_show_count(r->samples).s));
    if (neutral && named)
        bd_buf_add(l->out, "<br>");
    if (named)
        bd_leaf_word(l, BD_WORD_W_PROBE_M, BD_ARGS(bd_show_count(named).s));
    bd_buf_add(l->out, "</dd>\n<dt>");
    bd_leaf_word(l, BD_WORD_W_TIME, NULL);
    bd_buf_addf(l->out, "</dt><dd>%s</dd>\n", bd_show_time(l->rec->elapsed_ms).s);
}

static void put_asked(struct bd_leaf *l)
{
    bd_buf_add(l->out, "<div><h3>");
    bd_leaf_word(l, BD_WORD_W_ASKED, NULL);
    bd_buf_add(l->out, "</h3>\n<dl class=\"asked\">\n");
    put_questions(l);
    put_models(l);
    put_probes(l);
    bd_buf_add(l->out, "</dl></div>\n");
}

static void put_lacks(struct bd_leaf *l)
{
    const bool lacks = l->f->by_status[BD_STATUS_OK] < l->f->total;
    struct bd_statements said;

    bd_statements_init(&said, l->zh);
    bd_say_missing(&said, l->rec, l->f);
    bd_say_excluded(&said, l->f);
    if (said.count == 0)
        bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_NOTHING, NULL);
    bd_buf_add(l->out, "<div><h3>");
    bd_leaf_word(l, BD_WORD_W_LACKS, NULL);
    bd_buf_add(l->out, "</h3>\n");
    bd_leaf_said(l, &said);
    if (lacks) {
        bd_buf_add(l->out, "<p><a href=\"#missing\">");
        bd_leaf_word(l, BD_WORD_W_DETAILS, NULL);
        bd_buf_add(l->out, "</a></p>");
    }
    bd_buf_add(l->out, "</div>\n");
}

static void put_limits(struct bd_leaf *l)
{
    struct bd_statements said;

    bd_statements_init(&said, l->zh);
    bd_say_limits(&said, l->rec, l->f);
    bd_buf_add(l->out, "<div><h3>");
    bd_leaf_word(l, BD_WORD_W_LIMITS, NULL);
    bd_buf_add(l->out, "</h3>\n");
    bd_leaf_said(l, &said);
    bd_buf_add(l->out, "</div>\n");
}

void bd_html_verdict(struct bd_leaf *l)
{
    struct bd_statements said;

    bd_leaf_section(l, "verdict", BD_WORD_H_VERDICT);
    bd_statements_init(&said, l->zh);
    bd_say_standing(&said, l->rec, l->f);
    bd_leaf_said(l, &said);
    put_tiles(l);
    bd_buf_add(l->out, "<div class=\"three\">\n");
    put_asked(l);
    put_lacks(l);
    put_limits(l);
    bd_buf_add(l->out, "</div>\n");
    bd_leaf_end(l);
}

void bd_html_findings(struct bd_leaf *l)
{
    struct bd_statements said;

    bd_leaf_section(l, "findings", BD_WORD_H_FINDINGS);
    bd_statements_init(&said, l->zh);
    bd_say_findings(&said, l->rec, l->f);
    if (said.count == 0)
        bd_state_text(&said, BD_TONE_PLAIN, "-");
    bd_leaf_said(l, &said);
    bd_leaf_end(l);
}
