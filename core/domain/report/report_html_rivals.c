/* domain/report/report_html_rivals.c - the competitors: interception as a flow, then a
 * page for each of them against the main brand. */
#include <math.h>
#include <stdlib.h>

#include "domain/report/chart.h"
#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"

enum { FOUND = 30 }; /* brands that nobody tracks, at most */

static struct bd_buf filled(const struct bd_leaf *l, enum bd_word id, const char *arg)
{
    struct bd_buf text;

    bd_buf_init(&text, 4096);
    bd_word_fill(&text, bd_word(id, l->zh), BD_ARGS(arg));
    return text;
}

/* The brands that are put forward where the main brand is absent, in the request's order.
 * streams has room for all. */
static size_t collect(const struct bd_leaf *l, struct bd_stream *streams)
{
    size_t n = 0;

    for (size_t b = 1; b < l->f->brand_count; b++)
        if (l->f->interceptions[b].rate.hits > 0)
            streams[n++] = (struct bd_stream){l->rec->inquiry.brands[b].name,
                                              l->f->interceptions[b].rate.hits};
    return n;
}

static void put_flow(struct bd_leaf *l)
{
    const char *main_brand = l->rec->inquiry.brands[0].name;
    const struct bd_rate *any = &l->f->interception_any;
    struct bd_stream *streams = calloc(l->f->brand_count, sizeof(*streams));
    struct bd_buf title = filled(l, BD_WORD_W_FIG_FLOW, main_brand);
    struct bd_buf kept = filled(l, BD_WORD_W_FLOW_KEPT, main_brand);
    struct bd_buf lost = filled(l, BD_WORD_W_FLOW_LOST, main_brand);
    int present = l->f->brands[0].mention.hits;
    struct bd_flow flow = {
        .title = title.data,
        .total_label = bd_word(BD_WORD_W_FLOW_ALL, l->zh),
        .kept_label = kept.data,
        .rest_label = lost.data,
        .nowhere_label = bd_word(BD_WORD_W_FLOW_NONE, l->zh),
        .total = any->n,
        .kept = present < any->n ? present : any->n,
        .streams = streams,
    };

    if (streams)
        flow.count = collect(l, streams);
    flow.nowhere = flow.total - flow.kept - any->hits;
    bd_buf_add(l->out, "<figure><figcaption>");
    bd_html_text(l->out, title.data, title.n);
    bd_buf_add(l->out, "</figcaption>\n");
    bd_chart_flow(l->out, &flow);
    bd_buf_add(l->out, "<p class=\"quiet\">");
    bd_leaf_word(l, BD_WORD_W_FLOW_NOTE, NULL);
    bd_buf_add(l->out, "</p></figure>\n");
    l->out->failed |= !streams;
    free(streams);
    bd_buf_free(&title);
    bd_buf_free(&kept);
    bd_buf_free(&lost);
}

static void put_facts(struct bd_leaf *l, size_t b)
{
    const struct bd_versus *v = &l->f->versus[b];
    const struct bd_rate *by = &l->f->interceptions[b].rate;
    const char *own = l->rec->inquiry.brands[0].name,
               *name = l->rec->inquiry.brands[b].name;

    bd_buf_add(l->out, "<dl class=\"facts\">");
    bd_leaf_fact(l, BD_WORD_W_BOTH, "", bd_show_count(v->both).s, "");
    bd_leaf_fact(l, BD_WORD_W_ONLY, own, bd_show_count(v->only_main).s, "");
    bd_leaf_fact(l, BD_WORD_W_ONLY, name, bd_show_count(v->only_other).s, "");
    bd_leaf_fact(l, BD_WORD_W_NEITHER, "", bd_show_count(v->neither).s, "");
    bd_leaf_fact(l, BD_WORD_W_P, "", bd_show_number(v->p, 3).s, "");
    bd_leaf_fact(l, BD_WORD_W_OUTRANKED, own,
                 v->placed ? bd_show_part(v->outranked, v->placed).s : "-", "");
    bd_leaf_fact(l, BD_WORD_W_INTERCEPTS, own,
                 by->n ? bd_show_part(by->hits, by->n).s : "-", "");
    bd_buf_add(l->out, "</dl>\n");
}

/* Brands that nobody asked about, by how many answers name them. */
static void put_found(struct bd_leaf *l)
{
    static const enum bd_word head[] = {BD_WORD_C_BRAND, BD_WORD_W_TIMES,
                                        BD_WORD_W_MODELS, BD_WORD_W_BEST, BD_WORD_W_LED};
    const size_t shown = l->f->rival_count < FOUND ? l->f->rival_count : FOUND;

    if (shown == 0)
        return;
    bd_leaf_table(l, BD_WORD_W_FIG_FOUND, BD_ARGS(bd_show_count(l->f->rival_answers).s),
                  head, sizeof(head) / sizeof(head[0]));
    for (size_t i = 0; i < shown; i++) {
        const struct bd_rival *r = &l->f->rivals[i];

        bd_buf_add(l->out, "<tr><th scope=\"row\">");
        bd_html_add(l->out, r->name);
        bd_buf_addf(l->out, "</th><td>%d</td><td>%d</td><td>%s</td><td>%d</td></tr>\n",
                    r->answers, r->models,
                    r->best_rank ? bd_show_count(r->best_rank).s : "-", r->first);
    }
    bd_leaf_table_end(l);
    if (shown < l->f->rival_count) {
        bd_buf_add(l->out, "<p class=\"quiet\">");
        bd_leaf_word(l, BD_WORD_W_MORE,
                     BD_ARGS(bd_show_count((int64_t)(l->f->rival_count - shown)).s));
        bd_buf_add(l->out, "</p>\n");
    }
}

void bd_html_competitors(struct bd_leaf *l)
{
    bd_leaf_section(l, "competitors", BD_WORD_W_COMPETITORS);
    if (l->f->interception_any.n > 0)
        put_flow(l);
    for (size_t b = 1; b < l->f->brand_count; b++) {
        struct bd_statements said;

        bd_buf_add(l->out, "<section class=\"rival\"><h3>");
        bd_html_add(l->out, l->rec->inquiry.brands[b].name);
        bd_buf_add(l->out, "</h3>\n");
        put_facts(l, b);
        bd_statements_init(&said, l->zh);
        bd_say_rival(&said, l->rec, l->f, b);
        bd_leaf_said(l, &said);
        bd_buf_add(l->out, "</section>\n");
    }
    put_found(l);
    bd_leaf_end(l);
}
