/* domain/report/report_parts.c - see report_parts.h. */
#include "domain/report/report_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "domain/figures/score.h"

enum { NARROWEST = 60, WIDEST = 400 };

struct bd_page bd_report_page(struct bd_buf *out, const struct bd_report_style *style,
                              const char *lang)
{
    size_t columns = style->columns < NARROWEST ? NARROWEST
                     : style->columns > WIDEST  ? WIDEST
                                                : (size_t)style->columns;

    return (struct bd_page){.out = out,
                            .columns = columns,
                            .colour = style->colour,
                            .zh = strcmp(*style->lang ? style->lang : lang, "en") != 0};
}

struct bd_short bd_show_number(double v, int digits)
{
    struct bd_short out = {"-"};

    if (!isnan(v))
        snprintf(out.s, sizeof(out.s), "%.*f", digits, v);
    return out;
}

struct bd_short bd_show_percent(double v)
{
    struct bd_short out = {"-"};

    if (!isnan(v))
        snprintf(out.s, sizeof(out.s), "%.0f%%", 100 * v);
    return out;
}

struct bd_short bd_show_count(int64_t n)
{
    struct bd_short out;

    snprintf(out.s, sizeof(out.s), "%lld", (long long)n);
    return out;
}

struct bd_short bd_show_time(int64_t ms)
{
    struct bd_short out = {"-"};

    if (ms >= 0)
        snprintf(out.s, sizeof(out.s), "%.1f s", (double)ms / 1000);
    return out;
}

struct bd_short bd_show_grade(const struct bd_brand_figures *b)
{
    const bool wide = strcmp(b->grade_low, b->grade_high) != 0;
    struct bd_short out;

    snprintf(out.s, sizeof(out.s), "%s%s%s", wide ? b->grade_low : b->grade,
             wide ? "–" : "", wide ? b->grade_high : "");
    return out;
}

struct bd_short bd_show_tone(double v)
{
    struct bd_short out = bd_show_number(v, 1);

    if (!isnan(v))
        snprintf(out.s, sizeof(out.s), "%+.1f", fabs(v) < 0.05 ? 0.0 : v);
    return out;
}

struct bd_short bd_show_p(double p)
{
    struct bd_short out = {"< 0.001"};

    if (!(p < 0.001))
        snprintf(out.s, sizeof(out.s), "= %.3f", p);
    return out;
}

struct bd_short bd_show_part(int hits, int n)
{
    struct bd_short out;

    snprintf(out.s, sizeof(out.s), "%d/%d", hits, n);
    return out;
}

struct bd_short bd_show_with_n(struct bd_short value, int n)
{
    struct bd_short out = {"-"};

    if (n > 0)
        snprintf(out.s, sizeof(out.s), "%.20s (%d)", value.s, n);
    return out;
}

const char *bd_model_asked(const struct bd_record *rec, int model)
{
    const char *asked = rec->inquiry.models[model].model;

    for (size_t i = 0; i < rec->cell_count && !asked; i++)
        if (rec->cells[i].model == model)
            asked = rec->cells[i].model_used;
    return asked;
}

static bool has_several(const struct bd_inquiry *r, int model)
{
    int same = 0;

    for (size_t i = 0; i < r->model_count; i++)
        same += strcmp(r->models[i].provider, r->models[model].provider) == 0;
    return same > 1;
}

void bd_show_model(struct bd_buf *out, const struct bd_record *rec, int model, bool whole)
{
    const struct bd_inquiry *r = &rec->inquiry;
    const char *asked =
        whole || has_several(r, model) ? bd_model_asked(rec, model) : NULL;

    bd_buf_add(out, r->models[model].provider);
    if (asked)
        bd_buf_addf(out, "/%s", asked);
}

void bd_show_competitors(struct bd_buf *out, const struct bd_record *rec, bool zh)
{
    for (size_t i = 1; i < rec->inquiry.brand_count; i++)
        bd_buf_addf(out, "%s%s", i > 1 ? bd_word(BD_WORD_LIST_COMMA, zh) : "",
                    rec->inquiry.brands[i].name);
}

const char *bd_outcome_word(const struct bd_cell *c, bool zh)
{
    if (c->status == BD_STATUS_SKIPPED && c->skip != BD_SKIP_NONE)
        return bd_word_skip(c->skip, zh);
    if (c->status == BD_STATUS_ERROR && c->error.type != BD_ERR_NONE)
        return bd_word_error(c->error.type, zh);
    return bd_word_status(c->status, zh);
}

int bd_report_twice(const struct bd_record *rec)
{
    int n = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        n += rec->cells[i].doubtful;
    return n;
}

void bd_show_weights(struct bd_weights_shown *out, const struct bd_figures *f)
{
    static const enum bd_score_part parts[] = {BD_SCORE_MENTION, BD_SCORE_RANK,
                                               BD_SCORE_VOICE, BD_SCORE_SENTIMENT};

    for (size_t i = 0; i < 4; i++) {
        out->parts[i] = bd_show_percent(bd_score_weight(&f->weights, parts[i]));
        out->args[i] = out->parts[i].s;
    }
    out->args[4] = NULL;
}

struct bd_searches bd_report_searches(const struct bd_record *rec, int model)
{
    struct bd_searches n = {0, 0};

    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        if (!(bd_cell_answered(c) || (c->status == BD_STATUS_REFUSED && c->text)) ||
            (model >= 0 && c->model != model))
            continue;
        n.answers++;
        n.searched += c->searched == BD_YES;
    }
    return n;
}

const char *bd_search_word(const struct bd_cell *c, bool zh)
{
    if (c->searched == BD_UNKNOWN)
        return "";
    return bd_word(c->searched == BD_YES ? BD_WORD_SEARCHED : BD_WORD_UNSEARCHED, zh);
}
