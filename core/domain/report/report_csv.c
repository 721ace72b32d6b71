/* domain/report/report_csv.c - the cells as a table for spreadsheets. See report.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/report/report.h"

enum { TEXT_POINTS = 32000 };

static const char *const fixed[] = {
    "diagnosis",     "cell",       "probe",          "asked_about", "question",
    "provider",      "model",      "model_reported", "sample",      "status",
    "reason",        "error_type", "error_message",  "attempts",    "ttft_ms",
    "latency_ms",    "cached",     "searched",       "finished",    "tokens_in",
    "tokens_out",    "cost",       "complete",       "first_brand", "intercepted",
    "intercepted_by"};

static void put_quoted(struct bd_buf *out, const char *s, size_t n)
{
    bd_buf_add(out, "\"");
    for (size_t i = 0, k; i < n; i += k + 1) {
        for (k = 0; i + k < n && s[i + k] != '"' && s[i + k] != '\r';)
            k++;
        bd_buf_append(out, s + i, k);
        if (i + k < n && s[i + k] == '"')
            bd_buf_add(out, "\"\"");
    }
    bd_buf_add(out, "\"");
}

/* A spreadsheet runs what begins so, blanks before it or not (OWASP, CSV injection);
 * full-width signs are taken for formulas, too, by some. */
static bool is_formula(const char *s, size_t n)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};
    size_t i = 0;

    if (n > 0 && s[0] && strchr("\t\r\n", s[0]))
        return true;
    while (i < n && s[i] && strchr(" \t\r\n", s[i]))
        i++;
    for (size_t k = 0; k < sizeof(signs) / sizeof(signs[0]); k++)
        if (n - i >= strlen(signs[k]) && memcmp(s + i, signs[k], strlen(signs[k])) == 0)
            return true;
    return false;
}

static void put_text(struct bd_buf *out, const char *s, size_t n)
{
    struct bd_buf clean;

    bd_buf_init(&clean, 3 * n + 2);
    bd_text_clean(&clean, s, n, true);
    if (is_formula(clean.data, clean.n)) {
        struct bd_buf safe;

        bd_buf_init(&safe, clean.n + 1);
        bd_buf_add(&safe, "'");
        bd_buf_append(&safe, clean.data, clean.n);
        put_quoted(out, safe.data, safe.n);
        out->failed |= safe.failed;
        bd_buf_free(&safe);
    } else {
        put_quoted(out, clean.data, clean.n);
    }
    out->failed |= clean.failed;
    bd_buf_free(&clean);
}

static void text(struct bd_buf *out, const char *s)
{
    bd_buf_add(out, ",");
    if (s && *s)
        put_text(out, s, strlen(s));
}

static void number(struct bd_buf *out, int64_t v)
{
    if (v < 0)
        bd_buf_add(out, ",");
    else
        bd_buf_addf(out, ",%lld", (long long)v);
}

static void real(struct bd_buf *out, double v, int digits)
{
    if (isnan(v))
        bd_buf_add(out, ",");
    else
        bd_buf_addf(out, ",%.*f", digits, v);
}

static void truth(struct bd_buf *out, enum bd_known k)
{
    bd_buf_add(out, k == BD_UNKNOWN ? "," : k == BD_YES ? ",yes" : ",no");
}

static void put_head(struct bd_buf *out, const struct bd_inquiry *r)
{
    static const char *const each[] = {"mentioned", "type", "rank", "sentiment"};

    bd_buf_add(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        bd_buf_addf(out, "%s%s", i ? "," : "", fixed[i]);
    for (size_t b = 0; b < r->brand_count; b++)
        for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
            char name[BD_INQUIRY_NAME_BYTES + 32];

            snprintf(name, sizeof(name), "%s: %s", r->brands[b].name, each[i]);
            text(out, name);
        }
    bd_buf_add(out, ",untracked,answer\r\n");
}

static void put_task(struct bd_buf *out, const struct bd_record *rec, size_t i)
{
    const struct bd_cell *c = &rec->cells[i];
    const struct bd_inquiry *r = &rec->inquiry;

    put_text(out, rec->id, strlen(rec->id));
    number(out, (int64_t)i + 1);
    text(out, bd_probe_name(c->probe));
    text(out, c->brand >= 0 ? r->brands[c->brand].name : NULL);
    text(out, r->questions[c->question]);
    text(out, r->models[c->model].provider);
    text(out, c->model_used ? c->model_used : r->models[c->model].model);
    text(out, c->model_reported);
    number(out, c->sample);
}

static void put_outcome(struct bd_buf *out, const struct bd_cell *c)
{
    char when[32] = "";

    if (c->finished_ms > 0)
        bd_clock_iso(c->finished_ms, when, sizeof(when));
    text(out, bd_status_name(c->status));
    text(out, bd_skip_name(c->skip));
    text(out, c->error.type == BD_ERR_NONE ? NULL : bd_error_name(c->error.type));
    text(out, c->error.message);
    number(out, c->attempts);
    number(out, c->ttft_ms);
    number(out, c->latency_ms);
    truth(out, c->cached ? BD_YES : BD_NO);
    truth(out, c->searched);
    text(out, when);
    number(out, c->usage.input);
    number(out, c->usage.output);
    real(out, c->cost, 6);
}

static void put_sighting(struct bd_buf *out, const struct bd_sighting *s)
{
    truth(out, s->mentioned);
    text(out, s->type == BD_MENTION_NONE ? NULL : bd_mention_name(s->type));
    number(out, s->rank > 0 ? s->rank : -1);
    real(out, s->sentiment, 2);
}

/* Names that nobody tracks, with a comma between them. */
static void put_found(struct bd_buf *out, const struct bd_observation *o)
{
    struct bd_buf names;

    bd_buf_init(&names, 1 << 20);
    for (size_t i = 0; i < o->found_count; i++)
        bd_buf_addf(&names, "%s%s", i ? ", " : "", o->found[i].name);
    text(out, names.data);
    bd_buf_free(&names);
}

static void put_intercepted(struct bd_buf *out, const struct bd_observation *o,
                            const struct bd_inquiry *r)
{
    struct bd_buf names;

    bd_buf_init(&names, 1 << 16);
    for (size_t i = 0; i < o->intercepted_count; i++)
        bd_buf_addf(&names, "%s%s", i ? ", " : "", r->brands[o->intercepted_by[i]].name);
    truth(out, o->intercepted);
    text(out, names.data);
    bd_buf_free(&names);
}

static void put_reading(struct bd_buf *out, const struct bd_cell *c,
                        const struct bd_inquiry *r)
{
    const struct bd_observation *o = bd_cell_answered(c) ? c->geo : NULL;

    if (!o) {
        for (size_t i = 0; i < 5 + 4 * r->brand_count; i++)
            bd_buf_add(out, ",");
        return;
    }
    truth(out, o->complete ? BD_YES : BD_NO);
    text(out, o->first_brand >= 0 ? r->brands[o->first_brand].name : NULL);
    put_intercepted(out, o, r);
    for (size_t b = 0; b < o->brand_count; b++)
        put_sighting(out, &o->brands[b]);
    put_found(out, o);
}

/* Whole characters only. */
static size_t shown_bytes(const struct bd_cell *c)
{
    size_t i = 0, points = 0;
    int32_t cp;

    while (i < c->text_bytes && points++ < TEXT_POINTS)
        i += bd_text_next(c->text + i, c->text_bytes - i, &cp);
    return i;
}

int bd_report_csv(struct bd_buf *out, const struct bd_record *rec)
{
    put_head(out, &rec->inquiry);
    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        put_task(out, rec, i);
        put_outcome(out, c);
        put_reading(out, c, &rec->inquiry);
        bd_buf_add(out, ",");
        if (c->text_bytes > 0)
            put_text(out, c->text, shown_bytes(c));
        bd_buf_add(out, "\r\n");
    }
    return out->failed ? -1 : 0;
}
