/* domain/report/report_terminal.c - the report for people. See report.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/report/grid.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { SHOWN_QUESTIONS = 3 };

static void put_competitors(struct bd_sheet *s)
{
    struct bd_buf names;

    if (s->rec->inquiry.brand_count < 2)
        return;
    bd_buf_init(&names, 1 << 16);
    bd_show_competitors(&names, s->rec, s->page.zh);
    bd_page_say(&s->page, BD_PLAIN, BD_WORD_COMPETITORS, BD_ARGS(names.data));
    bd_buf_free(&names);
}

static void put_run(struct bd_sheet *s)
{
    const struct bd_figures *f = s->f;
    const bool zh = s->page.zh;
    struct bd_buf more;

    bd_buf_init(&more, 1024);
    if (f->tokens_in >= 0 || f->tokens_out >= 0)
        bd_word_fill(&more, bd_word(BD_WORD_TOKENS, zh),
                     BD_ARGS(bd_show_count(f->tokens_in < 0 ? 0 : f->tokens_in).s,
                             bd_show_count(f->tokens_out < 0 ? 0 : f->tokens_out).s));
    if (!isnan(f->cost))
        bd_word_fill(&more, bd_word(BD_WORD_COST, zh),
                     BD_ARGS(bd_show_number(f->cost, 4).s));
    bd_page_say(&s->page, BD_DIM, BD_WORD_RUN,
                BD_ARGS(s->rec->id, bd_show_count(f->total).s,
                        bd_show_count(f->answered).s, bd_show_time(s->rec->elapsed_ms).s,
                        bd_show_count(f->calls).s, more.data));
    bd_buf_free(&more);
}

/* "12 min": whole units, rounded up, so that "up to" is true. */
static void show_age(struct bd_buf *out, int64_t ms, bool zh)
{
    int64_t s = (ms + 999) / 1000;

    if (s <= 60)
        bd_word_fill(out, bd_word(BD_WORD_SECONDS, zh), BD_ARGS(bd_show_count(s).s));
    else if (s <= 3600)
        bd_word_fill(out, bd_word(BD_WORD_MINUTES, zh),
                     BD_ARGS(bd_show_count((s + 59) / 60).s));
    else
        bd_word_fill(out, bd_word(BD_WORD_HOURS, zh),
                     BD_ARGS(bd_show_count((s + 3599) / 3600).s));
}

static void put_cached(struct bd_sheet *s)
{
    int64_t oldest_ms = 0;
    int cached = 0;
    struct bd_buf age;

    for (size_t i = 0; i < s->rec->cell_count; i++) {
        const struct bd_cell *c = &s->rec->cells[i];

        if (!c->cached)
            continue;
        cached++;
        if (s->rec->created_ms - c->finished_ms > oldest_ms)
            oldest_ms = s->rec->created_ms - c->finished_ms;
    }
    if (cached == 0)
        return;
    bd_buf_init(&age, 256);
    show_age(&age, oldest_ms, s->page.zh);
    bd_page_say(&s->page, BD_DIM, BD_WORD_FROM_CACHE,
                BD_ARGS(bd_show_count(cached).s, age.data));
    bd_buf_free(&age);
}

static void put_title(struct bd_sheet *s)
{
    const struct bd_inquiry *r = &s->rec->inquiry;
    struct bd_buf title, line;
    char when[32];

    bd_clock_iso(s->rec->created_ms, when, sizeof(when)); /* 2026-11-23T08:15:30.123Z */
    bd_buf_init(&title, 4096);
    bd_buf_init(&line, 8192);
    bd_word_fill(&title, bd_word(BD_WORD_TITLE, s->page.zh), BD_ARGS(r->brands[0].name));
    bd_text_pad(&line, title.data, s->page.columns - 22, false);
    bd_buf_addf(&line, "  %.10s %.5s UTC", when, when + 11);
    bd_page_line(&s->page, BD_BOLD, line.data);
    put_competitors(s);
    for (size_t i = 0; i < r->question_count && i < SHOWN_QUESTIONS; i++)
        bd_page_say(&s->page, BD_PLAIN, BD_WORD_QUESTION, BD_ARGS(r->questions[i]));
    if (r->question_count > SHOWN_QUESTIONS)
        bd_page_say(&s->page, BD_PLAIN, BD_WORD_MORE_QUESTIONS,
                    BD_ARGS(bd_show_count((int64_t)r->question_count).s));
    put_run(s);
    put_cached(s);
    bd_buf_free(&title);
    bd_buf_free(&line);
}

static struct bd_short show_score(const struct bd_brand_figures *b)
{
    struct bd_short out = {"-"};

    if (!isnan(b->score))
        snprintf(out.s, sizeof(out.s), "%.1f %.20s%s", b->score, bd_show_grade(b).s,
                 b->provisional ? "*" : "");
    return out;
}

static void add_brand(struct bd_grid *t, const char *name,
                      const struct bd_brand_figures *b, enum bd_ink ink)
{
    bd_grid_row(t, ink);
    bd_grid_add(t, name);
    bd_grid_add(t, bd_show_count(b->mention.n).s);
    bd_grid_add(t, bd_show_percent(b->mention.value).s);
    bd_grid_add(t, bd_show_percent(b->first_mention.value).s);
    bd_grid_add(t, bd_show_with_n(bd_show_number(b->rank.value, 1), b->rank.n).s);
    bd_grid_add(
        t,
        bd_show_with_n(bd_show_percent(b->share_of_voice.value), b->share_of_voice.n).s);
    bd_grid_add(t, bd_show_with_n(bd_show_tone(b->sentiment.value), b->sentiment.n).s);
    bd_grid_add(t, show_score(b).s);
}

/* A heading, if id is given, and the sentences, if there are any; then they are freed. */
static void put_said(struct bd_sheet *s, const enum bd_word *id,
                     struct bd_statements *said)
{
    if (said->count && id)
        bd_page_heading(&s->page, *id);
    bd_page_statements(&s->page, said);
    bd_statements_free(said);
}

static void put_verdict(struct bd_sheet *s)
{
    static const enum bd_word heading = BD_WORD_H_VERDICT;
    struct bd_statements said;

    bd_statements_init(&said, s->page.zh);
    bd_say_verdict(&said, s->rec, s->f);
    put_said(s, &heading, &said);
}

static void put_brands(struct bd_sheet *s)
{
    struct bd_weights_shown weights;
    static const enum bd_word head[] = {
        BD_WORD_C_BRAND, BD_WORD_C_N,     BD_WORD_C_MENTION,   BD_WORD_C_FIRST,
        BD_WORD_C_RANK,  BD_WORD_C_VOICE, BD_WORD_C_SENTIMENT, BD_WORD_C_SCORE};
    const size_t columns = sizeof(head) / sizeof(head[0]);
    const struct bd_figures *f = s->f;
    struct bd_statements said;
    bool soft = false;
    struct bd_grid t;

    bd_page_heading(&s->page, BD_WORD_H_BRANDS);
    bd_grid_init(&t, columns);
    bd_grid_row(&t, BD_DIM);
    for (size_t i = 0; i < columns; i++) {
        t.right[i] = i > 0;
        bd_grid_add(&t, bd_word(head[i], s->page.zh));
    }
    for (size_t i = 0; i < f->brand_count; i++) {
        add_brand(&t, s->rec->inquiry.brands[i].name, &f->brands[i],
                  i == 0 ? BD_BOLD : BD_PLAIN);
        soft |= f->brands[i].provisional && !isnan(f->brands[i].score);
    }
    bd_grid_print(&t, &s->page);
    bd_grid_free(&t);
    bd_statements_init(&said, s->page.zh);
    bd_say_around(&said, s->rec, f);
    bd_say_excluded(&said, f);
    put_said(s, NULL, &said);
    bd_page_say(&s->page, BD_DIM, BD_WORD_LEGEND, BD_ARGS(""));
    bd_show_weights(&weights, f);
    bd_page_say(&s->page, BD_DIM, BD_WORD_LEGEND_SCORE, weights.args);
    if (soft)
        bd_page_say(&s->page, BD_DIM, BD_WORD_LEGEND_SOFT, BD_ARGS(""));
}

static void put_missing(struct bd_sheet *s)
{
    static const enum bd_word heading = BD_WORD_H_MISSING;
    struct bd_statements said;

    bd_statements_init(&said, s->page.zh);
    bd_say_gaps(&said, s->rec);
    put_said(s, &heading, &said);
}

static void put_findings(struct bd_sheet *s)
{
    static const enum bd_word heading = BD_WORD_H_FINDINGS;
    struct bd_statements said;

    bd_statements_init(&said, s->page.zh);
    bd_say_findings(&said, s->rec, s->f);
    put_said(s, &heading, &said);
}

static void put_notes(struct bd_sheet *s, const struct bd_report_notes *notes)
{
    static const enum bd_word heading = BD_WORD_H_NOTES;
    struct bd_statements said;

    bd_statements_init(&said, s->page.zh);
    bd_say_notes(&said, s->rec, s->f, notes);
    put_said(s, &heading, &said);
}

int bd_report_terminal(struct bd_buf *out, const struct bd_record *rec,
                       const struct bd_figures *f, const struct bd_report_notes *notes,
                       const struct bd_report_style *style)
{
    struct bd_sheet s = {.page = bd_report_page(out, style, rec->inquiry.lang),
                         .rec = rec,
                         .f = f,
                         .answers = style->answers};

    put_title(&s);
    put_verdict(&s);
    put_brands(&s);
    bd_report_models(&s);
    put_missing(&s);
    put_findings(&s);
    put_notes(&s, notes);
    bd_report_cells(&s);
    return out->failed ? -1 : 0;
}
