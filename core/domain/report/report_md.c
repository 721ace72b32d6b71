/* domain/report/report_md.c - the report as Markdown. See report.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { ANSWERS = 400, FENCE = 64, FOUND = 30 };
#define ANSWER_BYTES ((size_t)64 << 10)

struct sheet {
    struct bd_buf *out;
    const struct bd_record *rec;
    const struct bd_figures *f;
    const struct bd_report_notes *notes;
    bool zh;
};

/* Foreign text in a paragraph or a table: every mark of Markdown and HTML is escaped, a
 * line end is a space. */
static void put(struct sheet *s, const char *text)
{
    struct bd_buf clean;

    bd_buf_init(&clean, 3 * strlen(text) + 1);
    bd_text_clean(&clean, text, strlen(text), true);
    for (size_t i = 0; i < clean.n; i++) {
        const char c = clean.data[i];

        if (c == '\n' || c == '\t') {
            bd_buf_add(s->out, " ");
        } else {
            if (strchr("\\`*_{}[]()<>#+!|~&", c))
                bd_buf_add(s->out, "\\");
            bd_buf_append(s->out, &c, 1);
        }
    }
    s->out->failed |= clean.failed;
    bd_buf_free(&clean);
}

static void put_word(struct sheet *s, enum bd_word id, const char *const *args)
{
    struct bd_buf text;

    bd_buf_init(&text, 1 << 20);
    bd_word_fill(&text, bd_word(id, s->zh), args ? args : BD_ARGS(""));
    put(s, text.data);
    s->out->failed |= text.failed;
    bd_buf_free(&text);
}

static void heading(struct sheet *s, enum bd_word id)
{
    bd_buf_add(s->out, "\n## ");
    put_word(s, id, NULL);
    bd_buf_add(s->out, "\n\n");
}

/* Sentences as a list; frees them. */
static void put_said(struct sheet *s, struct bd_statements *said)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct bd_statement *x = &said->at[i];
        bool strong = x->tone == BD_TONE_STRONG;

        bd_buf_add(s->out, strong ? "- **" : "- ");
        put(s, x->text);
        bd_buf_add(s->out, strong ? "**" : "");
        for (size_t k = 0; k < x->cell_count && k < 12; k++) {
            bd_buf_add(s->out, k ? ", " : " (");
            if (k == 0)
                put_word(s, BD_WORD_W_PROOF, NULL);
            bd_buf_addf(s->out, " %zu", x->cells[k] + 1);
        }
        if (x->cell_count > 12)
            bd_buf_addf(s->out, " … +%zu", x->cell_count - 12);
        bd_buf_add(s->out, x->cell_count ? ")\n" : "\n");
        if (x->remedy) {
            bd_buf_add(s->out, "  - ");
            put_word(s, BD_WORD_REMEDY, BD_ARGS(x->remedy));
            bd_buf_add(s->out, "\n");
        }
    }
    s->out->failed |= said->failed;
    bd_statements_free(said);
}

static void cell_text(struct sheet *s, const char *text)
{
    bd_buf_add(s->out, " ");
    put(s, text);
    bd_buf_add(s->out, " |");
}

static void table_head(struct sheet *s, const enum bd_word *head, size_t columns)
{
    bd_buf_add(s->out, "|");
    for (size_t i = 0; i < columns; i++)
        cell_text(s, bd_word(head[i], s->zh));
    bd_buf_add(s->out, "\n|");
    for (size_t i = 0; i < columns; i++)
        bd_buf_add(s->out, i == 0 ? " --- |" : " ---: |");
    bd_buf_add(s->out, "\n");
}

static struct bd_interval mention_interval(const struct bd_figures *f, size_t b)
{
    const struct bd_rate *r = &f->brands[b].mention;

    return bd_figures_drawn(f) ? f->brands[b].mention_interval
                               : bd_interval_wilson(r->hits, r->n);
}

static void put_brand(struct sheet *s, size_t i)
{
    const struct bd_brand_figures *b = &s->f->brands[i];
    const struct bd_interval range = mention_interval(s->f, i);
    char mention[200] = "-";

    if (b->mention.n)
        snprintf(mention, sizeof(mention), "%d/%d %s [%s, %s]", b->mention.hits,
                 b->mention.n, bd_show_percent(b->mention.value).s,
                 bd_show_percent(range.low).s, bd_show_percent(range.high).s);
    bd_buf_add(s->out, "|");
    cell_text(s, s->rec->inquiry.brands[i].name);
    cell_text(s, mention);
    cell_text(s, bd_show_percent(b->first_mention.value).s);
    cell_text(s, bd_show_with_n(bd_show_number(b->rank.value, 1), b->rank.n).s);
    cell_text(s, bd_show_percent(b->share_of_voice.value).s);
    cell_text(s, bd_show_with_n(bd_show_tone(b->sentiment.value), b->sentiment.n).s);
    cell_text(s, bd_show_number(b->score, 1).s);
    cell_text(s, *b->grade ? bd_show_grade(b).s : "-");
    bd_buf_add(s->out, "\n");
}

static void put_brands(struct sheet *s)
{
    struct bd_weights_shown weights;
    static const enum bd_word head[] = {
        BD_WORD_C_BRAND, BD_WORD_C_MENTION,   BD_WORD_C_FIRST, BD_WORD_C_RANK,
        BD_WORD_C_VOICE, BD_WORD_C_SENTIMENT, BD_WORD_C_SCORE, BD_WORD_C_GRADE};

    bd_show_weights(&weights, s->f);
    heading(s, BD_WORD_H_BRANDS);
    table_head(s, head, sizeof(head) / sizeof(head[0]));
    for (size_t i = 0; i < s->f->brand_count; i++)
        put_brand(s, i);
    bd_buf_add(s->out, "\n");
    put_word(s, BD_WORD_LEGEND, NULL);
    bd_buf_add(s->out, "\n\n");
    put_word(s, BD_WORD_W_METHOD_S, weights.args);
    bd_buf_add(s->out, "\n");
}

/* Brands that nobody tracks. */
static void put_found(struct sheet *s)
{
    static const enum bd_word head[] = {BD_WORD_C_BRAND, BD_WORD_W_TIMES,
                                        BD_WORD_W_MODELS, BD_WORD_W_BEST, BD_WORD_W_LED};
    const size_t shown = s->f->rival_count < FOUND ? s->f->rival_count : FOUND;

    if (shown == 0)
        return;
    bd_buf_add(s->out, "\n");
    put_word(s, BD_WORD_W_FIG_FOUND, BD_ARGS(bd_show_count(s->f->rival_answers).s));
    bd_buf_add(s->out, "\n\n");
    table_head(s, head, sizeof(head) / sizeof(head[0]));
    for (size_t i = 0; i < shown; i++) {
        const struct bd_rival *r = &s->f->rivals[i];

        bd_buf_add(s->out, "|");
        cell_text(s, r->name);
        cell_text(s, bd_show_count(r->answers).s);
        cell_text(s, bd_show_count(r->models).s);
        cell_text(s, r->best_rank ? bd_show_count(r->best_rank).s : "-");
        cell_text(s, bd_show_count(r->first).s);
        bd_buf_add(s->out, "\n");
    }
}

static void put_model(struct sheet *s, size_t m)
{
    const struct bd_model_figures *x = &s->f->models[m];
    struct bd_buf name;

    bd_buf_init(&name, 4096);
    bd_show_model(&name, s->rec, (int)m, true);
    bd_buf_add(s->out, "|");
    cell_text(s, name.data);
    cell_text(s, bd_show_part(x->answered, x->cells).s);
    cell_text(s, bd_show_time(x->latency_p50_ms).s);
    cell_text(s, bd_show_time(x->latency_max_ms).s);
    cell_text(s, x->mention[0].n ? bd_show_part(x->mention[0].hits, x->mention[0].n).s
                                 : "-");
    bd_buf_add(s->out, "\n");
    bd_buf_free(&name);
}

static void put_models(struct sheet *s)
{
    static const enum bd_word head[] = {BD_WORD_C_MODEL, BD_WORD_C_ANSWERED,
                                        BD_WORD_C_MEDIAN, BD_WORD_C_SLOWEST,
                                        BD_WORD_C_MENTION};
    struct bd_statements said;

    heading(s, BD_WORD_H_MODELS);
    table_head(s, head, sizeof(head) / sizeof(head[0]));
    for (size_t m = 0; m < s->f->model_count; m++)
        put_model(s, m);
    bd_statements_init(&said, s->zh);
    bd_say_models(&said, s->rec);
    if (said.count)
        bd_buf_add(s->out, "\n");
    put_said(s, &said);
}

/* A fence that is longer than any run of backticks in the answer. */
static size_t fence_for(const char *s, size_t n)
{
    size_t run = 0, longest = 2;

    for (size_t i = 0; i < n; i++) {
        run = s[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

static void put_fence(struct sheet *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bd_buf_add(s->out, "`");
}

static void put_answer(struct sheet *s, const struct bd_cell *c)
{
    const size_t n = bd_text_cut(c->text, c->text_bytes, ANSWER_BYTES);
    const size_t fence = fence_for(c->text, n);

    if (fence > FENCE) { /* nobody answers so */
        put_word(s, BD_WORD_W_CUT, BD_ARGS("0"));
        return;
    }
    put_fence(s, fence);
    bd_buf_add(s->out, "text\n");
    if (bd_text_clean(s->out, c->text, n, true) < 0)
        s->out->failed = true;
    bd_buf_add(s->out, "\n");
    put_fence(s, fence);
    bd_buf_add(s->out, "\n");
    if (n < c->text_bytes)
        put_word(s, BD_WORD_W_CUT, BD_ARGS("64"));
}

static void put_cell(struct sheet *s, size_t i)
{
    const struct bd_cell *c = &s->rec->cells[i];
    const struct bd_inquiry *r = &s->rec->inquiry;
    struct bd_buf line;

    bd_buf_init(&line, 1 << 16);
    bd_buf_addf(&line, "%zu · ", i + 1);
    bd_show_model(&line, s->rec, c->model, false);
    bd_buf_addf(&line, " · %s%s%s · %s · %s",
                bd_word(c->brand >= 0 ? BD_WORD_MATRIX : BD_WORD_NEUTRAL, s->zh),
                c->brand >= 0 ? " " : "", c->brand >= 0 ? r->brands[c->brand].name : "",
                bd_outcome_word(c, s->zh), bd_show_time(c->latency_ms).s);
    if (c->searched != BD_UNKNOWN)
        bd_buf_addf(&line, " · %s", bd_search_word(c, s->zh));
    bd_buf_add(s->out, "\n### ");
    put(s, line.data);
    bd_buf_add(s->out, "\n\n");
    put(s, r->questions[c->question]);
    bd_buf_add(s->out, "\n\n");
    if (*c->error.message) {
        put(s, c->error.message);
        bd_buf_add(s->out, "\n\n");
    }
    if (c->text && c->text_bytes)
        put_answer(s, c);
    s->out->failed |= line.failed;
    bd_buf_free(&line);
}

static void put_answers(struct sheet *s)
{
    const size_t n = s->rec->cell_count;

    heading(s, BD_WORD_W_ANSWERS);
    for (size_t i = 0; i < n && i < ANSWERS; i++)
        put_cell(s, i);
    if (n > ANSWERS) {
        bd_buf_add(s->out, "\n");
        put_word(
            s, BD_WORD_W_HIDDEN,
            BD_ARGS(bd_show_count(ANSWERS).s, bd_show_count((int64_t)n - ANSWERS).s));
        bd_buf_add(s->out, "\n");
    }
}

static void put_title(struct sheet *s)
{
    const struct bd_inquiry *r = &s->rec->inquiry;
    struct bd_buf names;
    char when[32];

    bd_clock_iso(s->rec->created_ms, when, sizeof(when));
    bd_buf_add(s->out, "# ");
    put_word(s, BD_WORD_TITLE, BD_ARGS(r->brands[0].name));
    bd_buf_addf(s->out, "\n\n%.10s %.5s UTC · %s\n\n", when, when + 11, s->rec->id);
    bd_buf_init(&names, 1 << 16);
    bd_show_competitors(&names, s->rec, s->zh);
    if (names.n)
        put_word(s, BD_WORD_COMPETITORS, BD_ARGS(names.data));
    bd_buf_free(&names);
    bd_buf_add(s->out, "\n\n");
    for (size_t i = 0; i < r->question_count; i++) {
        bd_buf_addf(s->out, "%zu. ", i + 1);
        put(s, r->questions[i]);
        bd_buf_add(s->out, "\n");
    }
}

static void put_sentences(struct sheet *s)
{
    struct bd_statements said;

    heading(s, BD_WORD_H_VERDICT);
    bd_statements_init(&said, s->zh);
    bd_say_verdict(&said, s->rec, s->f);
    put_said(s, &said);
    heading(s, BD_WORD_H_FINDINGS);
    bd_say_findings(&said, s->rec, s->f);
    put_said(s, &said);
    put_brands(s);
    put_found(s);
    put_models(s);
    heading(s, BD_WORD_H_MISSING);
    bd_say_gaps(&said, s->rec);
    bd_say_excluded(&said, s->f);
    if (said.count == 0)
        bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_NOTHING, NULL);
    put_said(s, &said);
    heading(s, BD_WORD_H_NOTES);
    bd_say_notes(&said, s->rec, s->f, s->notes);
    bd_state(&said, BD_TONE_PLAIN, BD_WORD_W_METHOD_N, NULL);
    put_said(s, &said);
}

int bd_report_md(struct bd_buf *out, const struct bd_record *rec,
                 const struct bd_figures *f, const struct bd_report_notes *notes, bool zh)
{
    struct sheet s = {out, rec, f, notes, zh};

    put_title(&s);
    put_sentences(&s);
    put_answers(&s);
    return out->failed ? -1 : 0;
}
