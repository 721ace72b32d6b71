/* domain/report_terminal.c - the report for people. See report.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/grid.h"
#include "domain/report_parts.h"
#include "domain/score.h"

enum { NARROWEST = 60, WIDEST = 400, SHOWN_QUESTIONS = 3, FEW = 5, SMALL = 50 };

/* "name key: a, b, c" of the competitors. */
static void put_names(struct bd_sheet *s)
{
    const struct bd_inquiry *r = &s->rec->inquiry;
    struct bd_buf names;

    if (r->brand_count < 2)
        return;
    bd_buf_init(&names, 1 << 16);
    for (size_t i = 1; i < r->brand_count; i++) {
        if (i > 1)
            bd_buf_add(&names, bd_word(BD_WORD_LIST_COMMA, s->page.zh));
        bd_buf_add(&names, r->brands[i].name);
    }
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
    put_names(s);
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

/* Where the main brand's mention rate stands among the brands that have one. */
static void add_place(struct bd_buf *out, const struct bd_figures *f, bool zh)
{
    int above = 0, same = 0, known = 0, hits = 0;

    for (size_t i = 0; i < f->brand_count; i++) {
        const struct bd_rate *r = &f->brands[i].mention;

        known += r->n > 0;
        hits += r->hits;
        above += r->n > 0 && r->value > f->brands[0].mention.value;
        same += i > 0 && r->n > 0 && r->value == f->brands[0].mention.value;
    }
    if (known > 1 && hits > 0) /* nobody is first where nobody is mentioned */
        bd_word_fill(out, bd_word(BD_WORD_V_PLACE, zh),
                     BD_ARGS(bd_show_count(known).s, bd_show_count(above + 1).s,
                             same ? bd_word(BD_WORD_V_TIED, zh) : ""));
}

static void put_known_verdict(struct bd_sheet *s)
{
    const struct bd_figures *f = s->f;
    const struct bd_brand_figures *b = &f->brands[0];
    const char *name = s->rec->inquiry.brands[0].name;
    const bool zh = s->page.zh;
    struct bd_buf rank, place;

    bd_buf_init(&rank, 1024);
    bd_buf_init(&place, 1024);
    bd_word_fill(&rank, bd_word(b->rank.n ? BD_WORD_V_RANK : BD_WORD_V_NO_RANK, zh),
                 BD_ARGS(bd_show_number(b->rank.value, 1).s, bd_show_count(b->rank.n).s));
    add_place(&place, f, zh);
    if (b->mention.hits == 0)
        bd_page_say(&s->page, BD_BOLD, BD_WORD_V_ABSENT,
                    BD_ARGS(name, bd_show_count(b->mention.n).s, place.data));
    else
        bd_page_say(
            &s->page, BD_BOLD, BD_WORD_VERDICT,
            BD_ARGS(name, bd_show_count(b->mention.n).s, bd_show_count(b->mention.hits).s,
                    bd_show_percent(b->mention.value).s,
                    bd_show_count(b->first_mention.hits).s,
                    bd_show_percent(b->first_mention.value).s, rank.data, place.data));
    bd_page_say(&s->page, BD_PLAIN,
                b->provisional ? BD_WORD_V_SCORE_SOFT : BD_WORD_V_SCORE,
                BD_ARGS(bd_show_number(b->score, 1).s, b->grade));
    if (b->mention.n < SMALL)
        bd_page_say(&s->page, BD_YELLOW,
                    b->mention.n < FEW ? BD_WORD_V_FEW : BD_WORD_V_SMALL,
                    BD_ARGS(bd_show_count(b->mention.n).s));
    bd_buf_free(&rank);
    bd_buf_free(&place);
}

static void put_verdict(struct bd_sheet *s)
{
    const struct bd_figures *f = s->f;
    const char *name = s->rec->inquiry.brands[0].name;

    bd_page_heading(&s->page, BD_WORD_H_VERDICT);
    if (f->brands[0].mention.n > 0)
        put_known_verdict(s);
    else
        bd_page_say(&s->page, BD_BOLD,
                    f->neutral_cells ? BD_WORD_V_UNKNOWN : BD_WORD_V_NO_NEUTRAL,
                    BD_ARGS(name, bd_show_count(f->neutral_cells).s));
    if (f->answered < f->total)
        bd_page_say(
            &s->page, BD_YELLOW, BD_WORD_V_MISSING,
            BD_ARGS(bd_show_count(f->total - f->answered).s, bd_show_count(f->total).s));
    if (s->rec->interrupted)
        bd_page_say(&s->page, BD_YELLOW, BD_WORD_INTERRUPTED, BD_ARGS(""));
}

static struct bd_short show_tone(double v)
{
    struct bd_short out = bd_show_number(v, 1);

    if (!isnan(v))
        snprintf(out.s, sizeof(out.s), "%+.1f", fabs(v) < 0.05 ? 0.0 : v);
    return out;
}

static struct bd_short show_score(const struct bd_brand_figures *b)
{
    struct bd_short out = {"-"};

    if (!isnan(b->score))
        snprintf(out.s, sizeof(out.s), "%.1f %s%s", b->score, b->grade,
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
    bd_grid_add(t, bd_show_with_n(show_tone(b->sentiment.value), b->sentiment.n).s);
    bd_grid_add(t, show_score(b).s);
}

/* "timeouts 1, presence uncertain 2": why neutral cells are not in the figures. */
static void put_excluded(struct bd_sheet *s)
{
    const int *x = s->f->excluded;
    const int open = x[BD_STATUS_OK] + x[BD_STATUS_TRUNCATED];
    const bool zh = s->page.zh;
    struct bd_buf causes;

    if (s->f->neutral_known == s->f->neutral_cells)
        return;
    bd_buf_init(&causes, 4096);
    if (open)
        bd_word_fill(&causes, bd_word(BD_WORD_UNCERTAIN, zh),
                     BD_ARGS(bd_show_count(open).s));
    for (enum bd_status st = BD_STATUS_REFUSED; st < BD_STATUS_COUNT; st++)
        if (x[st])
            bd_buf_addf(&causes, "%s%s %d",
                        causes.n ? bd_word(BD_WORD_LIST_COMMA, zh) : "",
                        bd_word_status(st, zh), x[st]);
    bd_page_say(&s->page, BD_PLAIN, BD_WORD_EXCLUDED,
                BD_ARGS(bd_show_count(s->f->neutral_cells - s->f->neutral_known).s,
                        bd_show_count(s->f->neutral_cells).s, causes.data));
    bd_buf_free(&causes);
}

static void put_brands(struct bd_sheet *s)
{
    static const enum bd_word head[] = {
        BD_WORD_C_BRAND, BD_WORD_C_N,     BD_WORD_C_MENTION,   BD_WORD_C_FIRST,
        BD_WORD_C_RANK,  BD_WORD_C_VOICE, BD_WORD_C_SENTIMENT, BD_WORD_C_SCORE};
    const size_t columns = sizeof(head) / sizeof(head[0]);
    const struct bd_figures *f = s->f;
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
    put_excluded(s);
    bd_page_say(&s->page, BD_DIM, BD_WORD_LEGEND, BD_ARGS(""));
    if (soft)
        bd_page_say(&s->page, BD_DIM, BD_WORD_LEGEND_SOFT, BD_ARGS(""));
}

static void put_intercepting(struct bd_sheet *s)
{
    const struct bd_figures *f = s->f;
    const bool zh = s->page.zh;
    struct bd_buf list;

    bd_buf_init(&list, 1 << 16);
    for (size_t i = 1; i < f->brand_count; i++) {
        const struct bd_rate *by = &f->interceptions[i].rate;

        if (!by->hits)
            continue;
        bd_buf_add(&list, list.n ? bd_word(BD_WORD_LIST_COMMA, zh) : "");
        bd_word_fill(&list, bd_word(BD_WORD_F_BY, zh),
                     BD_ARGS(s->rec->inquiry.brands[i].name, bd_show_count(by->hits).s,
                             bd_show_count(by->n).s, bd_show_percent(by->value).s));
    }
    bd_page_say(&s->page, BD_PLAIN, BD_WORD_F_BYS, BD_ARGS(list.data));
    bd_buf_free(&list);
}

static void put_interception(struct bd_sheet *s)
{
    const struct bd_figures *f = s->f;
    const struct bd_inquiry *r = &s->rec->inquiry;
    const struct bd_rate *any = &f->interception_any;
    enum bd_word word = any->hits ? BD_WORD_F_ANY : BD_WORD_F_NONE;

    if (r->brand_count < 2)
        return;
    if (any->n == 0) {
        bd_page_say(&s->page, BD_PLAIN, BD_WORD_F_UNKNOWN, BD_ARGS(r->brands[0].name));
        return;
    }
    bd_page_say(&s->page, any->hits ? BD_YELLOW : BD_PLAIN, word,
                BD_ARGS(r->brands[0].name,
                        bd_show_count(any->hits ? any->hits : any->n).s,
                        bd_show_count(any->n).s, bd_show_percent(any->value).s));
    if (any->hits)
        put_intercepting(s);
}

static void put_findings(struct bd_sheet *s)
{
    const struct bd_rate *bad = &s->f->brands[0].negative;

    if (s->rec->inquiry.brand_count < 2 && !bad->hits)
        return;
    bd_page_heading(&s->page, BD_WORD_H_FINDINGS);
    put_interception(s);
    if (bad->hits)
        bd_page_say(&s->page, BD_YELLOW, BD_WORD_F_NEGATIVE,
                    BD_ARGS(s->rec->inquiry.brands[0].name, bd_show_count(bad->hits).s,
                            bd_show_count(bad->n).s));
}

static void put_notes(struct bd_sheet *s, const struct bd_report_notes *notes)
{
    bd_page_heading(&s->page, BD_WORD_H_NOTES);
    for (size_t i = 0; notes && i < notes->count; i++)
        bd_page_text(&s->page, (struct bd_fold){.indent = 2, .hang = 2}, notes->text[i]);
    if (bd_report_twice(s->rec))
        bd_page_say(&s->page, BD_PLAIN, BD_WORD_N_TWICE,
                    BD_ARGS(bd_show_count(bd_report_twice(s->rec)).s));
    bd_page_say(&s->page, BD_PLAIN, BD_WORD_N_NEUTRAL, BD_ARGS(""));
    bd_page_say(&s->page, BD_PLAIN, BD_WORD_N_API, BD_ARGS(""));
}

static size_t columns_of(const struct bd_report_style *style)
{
    if (style->columns < NARROWEST)
        return NARROWEST;
    return style->columns > WIDEST ? WIDEST : (size_t)style->columns;
}

int bd_report_terminal(struct bd_buf *out, const struct bd_record *rec,
                       const struct bd_figures *f, const struct bd_report_notes *notes,
                       const struct bd_report_style *style)
{
    const char *lang = *style->lang ? style->lang : rec->inquiry.lang;
    struct bd_sheet s = {.page = {.out = out,
                                  .columns = columns_of(style),
                                  .colour = style->colour,
                                  .zh = strcmp(lang, "en") != 0},
                         .rec = rec,
                         .f = f,
                         .answers = style->answers};

    put_title(&s);
    put_verdict(&s);
    put_brands(&s);
    bd_report_models(&s);
    bd_report_missing(&s);
    put_findings(&s);
    put_notes(&s, notes);
    bd_report_cells(&s);
    return out->failed ? -1 : 0;
}
