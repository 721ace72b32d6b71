/* domain/report/report_html.c - the report as one HTML file that needs nothing else.
 *
 * No script, no address that a browser would load: a policy in the head forbids both, so
 * that even a mistake here could not send a reader's browser anywhere. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"

enum { SHOWN_PROOFS = 12 };

void bd_leaf_word(struct bd_leaf *l, enum bd_word id, const char *const *args)
{
    struct bd_buf text;

    bd_buf_init(&text, 1 << 20);
    bd_word_fill(&text, bd_word(id, l->zh), args ? args : BD_ARGS(""));
    bd_html_text(l->out, text.data, text.n);
    l->out->failed |= text.failed;
    bd_buf_free(&text);
}

void bd_leaf_section(struct bd_leaf *l, const char *id, enum bd_word title)
{
    bd_buf_addf(l->out, "<section id=\"%s\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">",
                id, id, id);
    bd_leaf_word(l, title, NULL);
    bd_buf_add(l->out, "</h2>\n");
}

void bd_leaf_end(struct bd_leaf *l)
{
    bd_buf_add(l->out, "</section>\n");
}

void bd_leaf_table(struct bd_leaf *l, enum bd_word caption, const char *const *args,
                   const enum bd_word *head, size_t columns)
{
    bd_buf_add(l->out, "<div class=\"wide\" tabindex=\"0\"><table><caption><span>");
    bd_leaf_word(l, caption, args);
    bd_buf_add(l->out, "</span></caption>\n");
    if (columns > 0)
        bd_buf_add(l->out, "<thead><tr>");
    for (size_t i = 0; i < columns; i++) {
        bd_buf_add(l->out, "<th scope=\"col\">");
        bd_leaf_word(l, head[i], NULL);
        bd_buf_add(l->out, "</th>");
    }
    bd_buf_add(l->out, columns > 0 ? "</tr></thead>\n<tbody>\n" : "<tbody>\n");
}

void bd_leaf_table_end(struct bd_leaf *l)
{
    bd_buf_add(l->out, "</tbody></table></div>\n");
}

void bd_leaf_fact(struct bd_leaf *l, enum bd_word name, const char *about,
                  const char *value, const char *below)
{
    bd_buf_add(l->out, "<div><dt>");
    bd_leaf_word(l, name, BD_ARGS(about));
    bd_buf_add(l->out, "</dt><dd><b>");
    bd_html_add(l->out, value);
    bd_buf_add(l->out, "</b>");
    if (*below) {
        bd_buf_add(l->out, " <small>");
        bd_html_add(l->out, below);
        bd_buf_add(l->out, "</small>");
    }
    bd_buf_add(l->out, "</dd></div>\n");
}

static void put_proof(struct bd_leaf *l, const struct bd_statement *x)
{
    size_t shown = x->cell_count < SHOWN_PROOFS ? x->cell_count : SHOWN_PROOFS;

    if (x->cell_count == 0)
        return;
    bd_buf_add(l->out, " <span class=\"proof\">");
    bd_leaf_word(l, BD_WORD_W_PROOF, NULL);
    for (size_t i = 0; i < shown; i++) {
        size_t number = x->cells[i] + 1;

        if (number <= BD_HTML_ANSWERS)
            bd_buf_addf(l->out, " <a href=\"#a%zu\">%zu</a>", number, number);
        else
            bd_buf_addf(l->out, " %zu", number);
    }
    if (shown < x->cell_count)
        bd_buf_addf(l->out, " … +%zu", x->cell_count - shown);
    bd_buf_add(l->out, "</span>");
}

void bd_leaf_said(struct bd_leaf *l, struct bd_statements *said)
{
    static const char *const classes[] = {"plain", "strong", "quiet", "caution", "bad"};

    for (size_t i = 0; i < said->count; i++) {
        const struct bd_statement *x = &said->at[i];

        bd_buf_addf(l->out, "<p class=\"%s\">", classes[x->tone]);
        bd_html_add(l->out, x->text);
        put_proof(l, x);
        if (x->remedy) {
            bd_buf_add(l->out, "<br><span class=\"remedy\">");
            bd_leaf_word(l, BD_WORD_REMEDY, BD_ARGS(x->remedy));
            bd_buf_add(l->out, "</span>");
        }
        bd_buf_add(l->out, "</p>\n");
    }
    l->out->failed |= said->failed;
    bd_statements_free(said);
}

static struct bd_short range(const struct bd_leaf *l, struct bd_short low,
                             struct bd_short high)
{
    struct bd_short out = {""};
    struct bd_buf text;

    bd_buf_init(&text, sizeof(out.s) - 1);
    if (bd_word_fill(&text, bd_word(BD_WORD_RANGE, l->zh), BD_ARGS(low.s, high.s)) == 0)
        snprintf(out.s, sizeof(out.s), "%s", text.data);
    bd_buf_free(&text);
    return out;
}

struct bd_short bd_leaf_percents(const struct bd_leaf *l, const struct bd_interval *i)
{
    if (isnan(i->low))
        return (struct bd_short){""};
    return range(l, bd_show_percent(i->low), bd_show_percent(i->high));
}

struct bd_short bd_leaf_range(const struct bd_leaf *l, const struct bd_interval *i)
{
    if (isnan(i->low))
        return (struct bd_short){""};
    return range(l, bd_show_number(i->low, 0), bd_show_number(i->high, 0));
}

struct bd_interval bd_leaf_mention(const struct bd_leaf *l, size_t brand)
{
    const struct bd_brand_figures *b = &l->f->brands[brand];

    return bd_figures_drawn(l->f) ? b->mention_interval
                                  : bd_interval_wilson(b->mention.hits, b->mention.n);
}

static void put_head(struct bd_leaf *l)
{
    const char *brand = l->rec->inquiry.brands[0].name;

    bd_buf_addf(
        l->out,
        "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>",
        l->zh ? "zh-CN" : "en");
    bd_leaf_word(l, BD_WORD_TITLE, BD_ARGS(brand));
    bd_buf_add(l->out, "</title>\n<style>\n");
    bd_buf_add(l->out, bd_html_style);
    bd_buf_add(l->out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#verdict\">");
    bd_leaf_word(l, BD_WORD_W_SKIP, NULL);
    bd_buf_add(l->out, "</a>\n");
}

static void put_competitors(struct bd_leaf *l)
{
    struct bd_buf names;

    if (l->rec->inquiry.brand_count < 2)
        return;
    bd_buf_init(&names, 1 << 16);
    bd_show_competitors(&names, l->rec, l->zh);
    bd_buf_add(l->out, "<p>");
    bd_leaf_word(l, BD_WORD_COMPETITORS, BD_ARGS(names.data));
    bd_buf_add(l->out, "</p>\n");
    bd_buf_free(&names);
}

static void put_header(struct bd_leaf *l)
{
    char when[32];

    bd_clock_iso(l->rec->created_ms, when, sizeof(when)); /* 2026-11-23T08:15:30.123Z */
    bd_buf_add(l->out, "<header>\n<p class=\"kicker\">");
    bd_leaf_word(l, BD_WORD_W_KICKER, NULL);
    bd_buf_add(l->out, "</p>\n<h1>");
    bd_html_add(l->out, l->rec->inquiry.brands[0].name);
    bd_buf_add(l->out, "</h1>\n");
    put_competitors(l);
    bd_buf_addf(l->out,
                "<p class=\"quiet\"><time datetime=\"%s\">%.10s %.5s UTC</time> · ", when,
                when, when + 11);
    bd_html_add(l->out, l->rec->id);
    bd_buf_add(l->out, "</p>\n</header>\n");
}

struct entry {
    const char *id;
    enum bd_word title;
    void (*put)(struct bd_leaf *l);
};

static void put_missing(struct bd_leaf *l)
{
    struct bd_statements said;

    bd_leaf_section(l, "missing", BD_WORD_H_MISSING);
    bd_statements_init(&said, l->zh);
    bd_say_gaps(&said, l->rec);
    bd_say_excluded(&said, l->f);
    if (said.count == 0)
        bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_NOTHING, NULL);
    bd_leaf_said(l, &said);
    bd_leaf_end(l);
}

static void put_notes(struct bd_leaf *l)
{
    struct bd_weights_shown weights;
    struct bd_statements said;

    bd_leaf_section(l, "notes", BD_WORD_W_METHOD);
    bd_statements_init(&said, l->zh);
    bd_say_notes(&said, l->rec, l->f, l->notes);
    bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_METHOD_N, NULL);
    bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_WHISKER, NULL);
    bd_show_weights(&weights, l->f);
    bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_METHOD_S, weights.args);
    bd_leaf_said(l, &said);
    bd_leaf_end(l);
}

static const struct entry entries[] = {
    {"verdict", BD_WORD_H_VERDICT, bd_html_verdict},
    {"findings", BD_WORD_H_FINDINGS, bd_html_findings},
    {"brands", BD_WORD_H_BRANDS, bd_html_brands},
    {"competitors", BD_WORD_W_COMPETITORS, bd_html_competitors},
    {"models", BD_WORD_H_MODELS, bd_html_models},
    {"missing", BD_WORD_H_MISSING, put_missing},
    {"sources", BD_WORD_W_SOURCES, bd_html_sources},
    {"answers", BD_WORD_W_ANSWERS, bd_html_answers},
    {"notes", BD_WORD_W_METHOD, put_notes},
};

static bool present(const struct bd_leaf *l, const struct entry *e)
{
    return e->put != bd_html_competitors || l->f->brand_count > 1 ||
           l->f->rival_count > 0;
}

static void put_contents(struct bd_leaf *l)
{
    bd_buf_add(l->out, "<nav aria-label=\"");
    bd_leaf_word(l, BD_WORD_W_CONTENTS, NULL);
    bd_buf_add(l->out, "\"><ul>");
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        if (!present(l, &entries[i]))
            continue;
        bd_buf_addf(l->out, "<li><a href=\"#%s\">", entries[i].id);
        bd_leaf_word(l, entries[i].title, NULL);
        bd_buf_add(l->out, "</a></li>");
    }
    bd_buf_add(l->out, "</ul></nav>\n");
}

int bd_report_html(struct bd_buf *out, const struct bd_record *rec,
                   const struct bd_figures *f, const struct bd_report_notes *notes,
                   bool zh)
{
    struct bd_leaf l = {out, rec, f, notes, zh};

    put_head(&l);
    put_header(&l);
    put_contents(&l);
    bd_buf_add(out, "<main>\n");
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (present(&l, &entries[i]))
            entries[i].put(&l);
    bd_buf_add(out, "</main>\n<footer><p>");
    bd_leaf_word(&l, BD_WORD_W_MADE, BD_ARGS(rec->id));
    bd_buf_add(out, "</p></footer>\n</body>\n</html>\n");
    return out->failed ? -1 : 0;
}
