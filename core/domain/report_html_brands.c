/* domain/report_html_brands.c - the figures of every brand, as a table and as charts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/chart.h"
#include "domain/html.h"
#include "domain/report_html_parts.h"

enum { RANKS = 6 }; /* 1, 2, 3, later, mentioned without one, absent */

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
        put_value(l, bd_show_number(b->score, 1).s, b->grade);
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

/* A chart with a row for each brand: name, bar, number. */
static void begin_bars(struct bd_leaf *l, enum bd_word caption)
{
    bd_buf_add(l->out, "<table class=\"bars\"><caption>");
    bd_leaf_word(l, caption, NULL);
    bd_buf_add(l->out, "</caption><tbody>\n");
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

static void count_ranks(const struct bd_leaf *l, size_t brand, int ranks[RANKS])
{
    for (size_t i = 0; i < l->rec->cell_count; i++) {
        const struct bd_cell *c = &l->rec->cells[i];
        const enum bd_known x = bd_cell_knows(c, brand);
        int rank = x == BD_YES ? c->geo->brands[brand].rank : 0;

        if (!bd_figures_counts(l->f, c) || x == BD_UNKNOWN)
            continue;
        ranks[x == BD_NO ? 5 : rank == 0 ? 4 : rank > 3 ? 3 : rank - 1]++;
    }
}

static void put_ranks(struct bd_leaf *l)
{
    static const enum bd_word names[RANKS] = {BD_WORD_W_RANK_1,    BD_WORD_W_RANK_2,
                                              BD_WORD_W_RANK_3,    BD_WORD_W_RANK_4,
                                              BD_WORD_W_RANK_NONE, BD_WORD_W_RANK_ABSENT};

    bd_buf_add(l->out,
               "<div class=\"wide\" tabindex=\"0\"><table class=\"bars\"><caption>");
    bd_leaf_word(l, BD_WORD_W_FIG_RANKS, NULL);
    bd_buf_add(l->out, "</caption><thead><tr><th scope=\"col\">");
    bd_leaf_word(l, BD_WORD_C_BRAND, NULL);
    bd_buf_add(l->out, "</th><td></td>");
    for (size_t i = 0; i < RANKS; i++) {
        bd_buf_addf(l->out, "<th scope=\"col\"><i class=\"key part%zu\"></i>", i);
        bd_leaf_word(l, names[i], NULL);
        bd_buf_add(l->out, "</th>");
    }
    bd_buf_add(l->out, "</tr></thead><tbody>\n");
    for (size_t b = 0; b < l->f->brand_count; b++) {
        int ranks[RANKS] = {0};

        count_ranks(l, b, ranks);
        begin_row(l, b);
        bd_buf_add(l->out, "<td class=\"plot\">");
        bd_chart_stack(l->out, ranks, RANKS);
        bd_buf_add(l->out, "</td>");
        for (size_t i = 0; i < RANKS; i++)
            bd_buf_addf(l->out, "<td>%d</td>", ranks[i]);
        bd_buf_add(l->out, "</tr>\n");
    }
    bd_leaf_table_end(l);
}

void bd_html_brands(struct bd_leaf *l)
{
    bd_leaf_section(l, "brands", BD_WORD_H_BRANDS);
    put_table(l);
    bd_buf_add(l->out, "<div class=\"charts\">\n");
    put_scores(l);
    put_mentions(l);
    if (l->f->brand_count > 1)
        put_voices(l);
    bd_buf_add(l->out, "</div>\n<p class=\"quiet\">");
    bd_leaf_word(l, BD_WORD_W_WHISKER, NULL);
    bd_buf_add(l->out, "</p>\n");
    put_ranks(l);
    bd_leaf_end(l);
}
