/* domain/report/report_html_brands.c - the figures of every brand, as a table and as
 * charts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/figures/score.h"
#include "domain/report/chart.h"
#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"

enum { PLACES = BD_RANK_STEPS + 3 }; /* of struct bd_places, in its order */

static const char *name_of(const struct bd_leaf *l, size_t b)
{
    return l->rec->inquiry.brands[b].name;
}

/* "<tr><th>name</th>", the main brand apart. */
static void begin_row(struct bd_leaf *l, size_t b)
{
    bd_buf_addf(l->out, "<tr%s><th scope=\"row\">", b == 0 ? " class=\"own\"" : "");
    bd_html_add(l->out, name_of(l, b));
    bd_buf_add(l->out, "</th>");
}

/* "<td>value <small>below</small></td>" */
static void put_value(struct bd_leaf *l, const char *value, const char *below)
{
    bd_buf_add(l->out, "<td>");
    bd_html_add(l->out, value);
    if (*below) {
        bd_buf_add(l->out, " <small>");
        bd_html_add(l->out, below);
        bd_buf_add(l->out, "</small>");
    }
    bd_buf_add(l->out, "</td>");
}

static void put_rate(struct bd_leaf *l, const struct bd_rate *r)
{
    put_value(l, bd_show_percent(r->value).s, r->n ? bd_show_part(r->hits, r->n).s : "");
}

static void put_mean(struct bd_leaf *l, struct bd_short value, int n)
{
    struct bd_short below = {""};

    if (n > 0)
        snprintf(below.s, sizeof(below.s), "n %d", n);
    put_value(l, value.s, below.s);
}

static void put_table(struct bd_leaf *l)
{
    static const enum bd_word head[] = {
        BD_WORD_C_BRAND, BD_WORD_C_MENTION,   BD_WORD_C_FIRST, BD_WORD_C_RANK,
        BD_WORD_C_VOICE, BD_WORD_C_SENTIMENT, BD_WORD_C_SCORE};

    bd_leaf_table(l, BD_WORD_LEGEND, NULL, head, sizeof(head) / sizeof(head[0]));
    for (size_t i = 0; i < l->f->brand_count; i++) {
        const struct bd_brand_figures *b = &l->f->brands[i];
        struct bd_interval mention = bd_leaf_mention(l, i);
        struct bd_short below = {""};

        begin_row(l, i);
        if (b->mention.n)
            snprintf(below.s, sizeof(below.s), "%d/%d · %.30s", b->mention.hits,
                     b->mention.n, bd_leaf_percents(l, &mention).s);
        put_value(l, bd_show_percent(b->mention.value).s, below.s);
        put_rate(l, &b->first_mention);
        put_mean(l, bd_show_number(b->rank.value, 1), b->rank.n);
        put_rate(l, &b->share_of_voice);
        put_mean(l, bd_show_tone(b->sentiment.value), b->sentiment.n);
        put_value(l, bd_show_number(b->score, 1).s, bd_show_grade(b).s);
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

/* A chart with a row for each brand: name, bar, number. */
static void begin_bars(struct bd_leaf *l, enum bd_word caption)
{
    bd_buf_add(l->out, "<table class=\"bars\"><caption><span>");
    bd_leaf_word(l, caption, NULL);
    bd_buf_add(l->out, "</span></caption><tbody>\n");
}

static void put_bar(struct bd_leaf *l, size_t b, double value,
                    const struct bd_interval *i, const char *shown, const char *below)
{
    begin_row(l, b);
    bd_buf_add(l->out, "<td class=\"plot\">");
    bd_chart_bar(l->out, value, i);
    bd_buf_add(l->out, "</td>");
    put_value(l, shown, below);
    bd_buf_add(l->out, "</tr>\n");
}

static void put_scores(struct bd_leaf *l)
{
    begin_bars(l, BD_WORD_W_FIG_SCORE);
    for (size_t i = 0; i < l->f->brand_count; i++) {
        const struct bd_brand_figures *b = &l->f->brands[i];
        const struct bd_interval part = {b->score_interval.low / 100,
                                         b->score_interval.high / 100};

        put_bar(l, i, b->score / 100, &part, bd_show_number(b->score, 1).s,
                bd_leaf_range(l, &b->score_interval).s);
    }
    bd_buf_add(l->out, "</tbody></table>\n");
}

static void put_mentions(struct bd_leaf *l)
{
    begin_bars(l, BD_WORD_W_FIG_MENTION);
    for (size_t i = 0; i < l->f->brand_count; i++) {
        const struct bd_rate *r = &l->f->brands[i].mention;
        const struct bd_interval interval = bd_leaf_mention(l, i);

        put_bar(l, i, r->value, &interval, bd_show_percent(r->value).s,
                bd_leaf_percents(l, &interval).s);
    }
    bd_buf_add(l->out, "</tbody></table>\n");
}

static void put_voices(struct bd_leaf *l)
{
    begin_bars(l, BD_WORD_W_FIG_VOICE);
    for (size_t i = 0; i < l->f->brand_count; i++) {
        const struct bd_rate *r = &l->f->brands[i].share_of_voice;

        put_bar(l, i, r->value, NULL, bd_show_percent(r->value).s,
                r->n ? bd_show_part(r->hits, r->n).s : "");
    }
    bd_buf_add(l->out, "</tbody></table>\n");
}

static void put_rank_heads(struct bd_leaf *l)
{
    static const enum bd_word names[PLACES] = {
        BD_WORD_W_RANK_1,      BD_WORD_W_RANK_2,   BD_WORD_W_RANK_3,
        BD_WORD_W_RANK_4,      BD_WORD_W_RANK_5,   BD_WORD_W_RANK_NONE,
        BD_WORD_W_RANK_ABSENT, BD_WORD_W_RANK_OPEN};

    bd_buf_add(l->out, "</span></caption><thead><tr><th scope=\"col\">");
    bd_leaf_word(l, BD_WORD_C_BRAND, NULL);
    bd_buf_add(l->out, "</th><td></td>");
    for (size_t i = 0; i < PLACES; i++) {
        bd_buf_addf(l->out, "<th scope=\"col\"><i class=\"key part%zu\"></i>", i);
        bd_leaf_word(l, names[i], NULL);
        bd_buf_add(l->out, "</th>");
    }
    bd_buf_add(l->out, "</tr></thead><tbody>\n");
}

static void put_ranks(struct bd_leaf *l)
{
    bd_buf_add(
        l->out,
        "<div class=\"wide\" tabindex=\"0\"><table class=\"bars\"><caption><span>");
    bd_leaf_word(l, BD_WORD_W_FIG_RANKS, NULL);
    put_rank_heads(l);
    for (size_t b = 0; b < l->f->brand_count; b++) {
        const struct bd_places *p = &l->f->brands[b].places;
        const int parts[PLACES] = {p->at[0], p->at[1],    p->at[2],  p->at[3],
                                   p->at[4], p->unranked, p->absent, p->unknown};

        begin_row(l, b);
        bd_buf_add(l->out, "<td class=\"plot\">");
        bd_chart_stack(l->out, parts, PLACES);
        bd_buf_add(l->out, "</td>");
        for (size_t i = 0; i < PLACES; i++)
            bd_buf_addf(l->out, "<td>%d</td>", parts[i]);
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

/* "0.67 x 40%" */
static void put_part(struct bd_leaf *l, double part, double weight)
{
    struct bd_short below = {""};

    snprintf(below.s, sizeof(below.s), "× %.0f%%", 100 * weight);
    put_value(l, bd_show_number(part, 2).s, isnan(part) ? "" : below.s);
}

/* What the score is made of, and the earlier system's beside it. */
static void put_parts(struct bd_leaf *l)
{
    static const enum bd_word head[] = {
        BD_WORD_C_BRAND,     BD_WORD_C_MENTION, BD_WORD_W_LADDER, BD_WORD_C_VOICE,
        BD_WORD_C_SENTIMENT, BD_WORD_C_SCORE,   BD_WORD_W_LEGACY};

    bd_leaf_table(l, BD_WORD_W_FIG_PARTS, NULL, head, sizeof(head) / sizeof(head[0]));
    for (size_t i = 0; i < l->f->brand_count; i++) {
        const struct bd_brand_figures *b = &l->f->brands[i];

        begin_row(l, i);
        put_part(l, b->part_mention, bd_score_weight(&l->f->weights, BD_SCORE_MENTION));
        put_part(l, b->part_rank, bd_score_weight(&l->f->weights, BD_SCORE_RANK));
        put_part(l, b->part_voice, bd_score_weight(&l->f->weights, BD_SCORE_VOICE));
        put_part(l, b->part_sentiment,
                 bd_score_weight(&l->f->weights, BD_SCORE_SENTIMENT));
        put_value(l, bd_show_number(b->score, 1).s, bd_show_grade(b).s);
        put_value(l, bd_show_number(b->legacy.score, 1).s, "");
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

static void put_rate_fact(struct bd_leaf *l, enum bd_word id, const struct bd_rate *r)
{
    bd_leaf_fact(l, id, "", bd_show_percent(r->value).s,
                 r->n ? bd_show_part(r->hits, r->n).s : "");
}

/* More about the main brand, and how firm the answers are. */
static void put_facts(struct bd_leaf *l)
{
    const struct bd_brand_figures *b = &l->f->brands[0];
    const struct bd_stability *firm = &l->f->stability;
    struct bd_short n = {""};

    bd_buf_add(l->out, "<dl class=\"facts\">\n");
    put_rate_fact(l, BD_WORD_W_COVERAGE, &b->coverage);
    put_rate_fact(l, BD_WORD_W_RECOMMENDED, &b->recommended);
    put_rate_fact(l, BD_WORD_W_VOICE_ALL, &b->share_of_all);
    if (b->spread.models > 1)
        bd_leaf_fact(
            l, BD_WORD_W_SPREAD, "",
            bd_leaf_percents(l, &(struct bd_interval){b->spread.low, b->spread.high}).s,
            "");
    if (firm->pairs > 0) {
        snprintf(n.s, sizeof(n.s), "n %d", firm->pairs);
        bd_leaf_fact(l, BD_WORD_W_STABLE, "", bd_show_percent(firm->jaccard).s, n.s);
    }
    bd_buf_add(l->out, "</dl>\n");
}

void bd_html_brands(struct bd_leaf *l)
{
    bd_leaf_section(l, "brands", BD_WORD_H_BRANDS);
    put_table(l);
    put_facts(l);
    bd_buf_add(l->out, "<div class=\"charts\">\n");
    put_scores(l);
    put_mentions(l);
    if (l->f->brand_count > 1)
        put_voices(l);
    bd_buf_add(l->out, "</div>\n<p class=\"quiet\">");
    bd_leaf_word(l, BD_WORD_W_WHISKER, NULL);
    bd_buf_add(l->out, "</p>\n");
    put_ranks(l);
    put_parts(l);
    bd_leaf_end(l);
}
