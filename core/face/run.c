/* face/run.c - `brandiag run`: one diagnosis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/branded.h"
#include "face/ask.h"
#include "face/commands.h"
#include "face/setup.h"

static const struct bd_arg args[] = {
    {"brand", "B[=alias,alias]",
     "the brand to be diagnosed, with other spellings of it; -phrase: it is not meant in "
     "that, +word: one such must stand near it"},
    {"competitor", "C[=alias,alias]", "a competitor; may be repeated"},
    {"question", "Q", "a consumer's question, asked as it is; may be repeated"},
    {"model", "provider[/model]",
     "whom to ask; may be repeated; default: all configured"},
    {"probe", "matrix|neutral",
     "matrix: the prompt names each brand in turn;\n"
     "neutral: the bare question; may be repeated; default: both"},
    {"samples", "N", "neutral: ask each question N times; default 1"},
    {"deadline", "20s", "the report is there after this, whatever happens"},
    {"search", "on|off",
     "answers with web search, of the services that can; default: off"},
    {"from", "FILE.json",
     "brands, questions and the rest from a file (docs/report.md); "
     "other options add to it"},
    {"format", "terminal|json|html|md|csv", "of the report; default: terminal"},
    {"output", "FILE", "write the report there; default: stdout"},
    {"lang", "zh|en", "of the report; default: the locale's, else the question's"},
    {"answers", NULL, "terminal: show what was answered"},
    {"no-cache", NULL, "ask anew, whatever answers are kept; the new ones are"},
    {"max-calls", "N", "send at most N calls, retries included"},
    {"max-cost", "1.50",
     "send no call once so much has been spent; needs price_input "
     "and price_output of every provider that is asked"},
    {"dry-run", NULL, "show the calls and what they may cost; send nothing"},
    {"quiet", NULL, "no progress on stderr"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

struct options {
    struct bd_setup setup;
    struct bd_inquiry inquiry;
    struct bd_ask_options ask;
    const char *brand, *lang, *from, *search;
    const char *competitors[BD_INQUIRY_BRANDS];
    int competitor_count;
    unsigned probes;
    bool dry_run;
};

static int complain(const struct bd_error *err)
{
    fprintf(stderr, "brandiag run: %s\n", err->message);
    return -1;
}

static int take_competitor(struct options *o, const char *value)
{
    if (o->competitor_count == BD_INQUIRY_BRANDS) {
        bd_args_usage("run", "more than %d competitors", BD_INQUIRY_BRANDS - 1);
        return -1;
    }
    o->competitors[o->competitor_count++] = value;
    return 0;
}

static int take_probe(struct options *o, const char *value)
{
    if (strcmp(value, "matrix") == 0)
        o->probes |= BD_PROBE_MATRIX;
    else if (strcmp(value, "neutral") == 0)
        o->probes |= BD_PROBE_NEUTRAL;
    else
        return bd_args_usage("run", "--probe is '%s': use matrix or neutral", value), -1;
    return 0;
}

static int take_number(const char *name, const char *value, long long most,
                       long long *out)
{
    if (bd_args_number(value, 1, most, out))
        return 0;
    bd_args_usage("run", "--%s is '%s': give a whole number from 1 to %lld", name, value,
                  most);
    return -1;
}

static int take_limit(struct options *o, const char *name, const char *value)
{
    long long n;
    char *end;

    if (strcmp(name, "samples") == 0) {
        if (take_number(name, value, BD_INQUIRY_SAMPLES, &n) < 0)
            return -1;
        o->inquiry.samples = (int)n;
    } else if (strcmp(name, "max-calls") == 0) {
        if (take_number(name, value, 1000000, &n) < 0)
            return -1;
        o->ask.limits.max_calls = n;
    } else if (strcmp(name, "max-cost") == 0) {
        o->ask.limits.max_cost = strtod(value, &end);
        if (*end || end == value || !(o->ask.limits.max_cost > 0) ||
            !isfinite(o->ask.limits.max_cost))
            return bd_args_usage("run", "--max-cost is '%s': give an amount like 1.50",
                                 value),
                   -1;
    } else {
        n = bd_args_duration_ms(value);
        if (n < 500 || n > 3600000)
            return bd_args_usage("run", "--deadline is '%s': give 500ms to 1h, like 20s",
                                 value),
                   -1;
        o->inquiry.deadline_ms = (int)n;
    }
    return 0;
}

static int take_word(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "format") == 0) {
        o->ask.format = value;
        return bd_ask_format("run", value) ? 0 : -1;
    }
    if (strcmp(name, "lang") == 0) {
        o->lang = value;
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            return bd_args_usage("run", "--lang is '%s': use zh or en", value), -1;
        return 0;
    }
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return bd_args_usage("run", "--search is '%s': use on or off", value), -1;
    o->search = value;
    return 0;
}

static int take(void *arg, const char *name, const char *value)
{
    static const char *const words[] = {"format", "lang", "search"};
    static const char *const limits[] = {"samples", "deadline", "max-calls", "max-cost"};
    struct options *o = arg;
    struct bd_error err;
    int rc = bd_setup_take(&o->setup, "run", name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(name, words[i]) == 0)
            return take_word(o, name, value);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (strcmp(name, limits[i]) == 0)
            return take_limit(o, name, value);
    if (strcmp(name, "competitor") == 0)
        return take_competitor(o, value);
    if (strcmp(name, "probe") == 0)
        return take_probe(o, value);
    if (strcmp(name, "question") == 0)
        return bd_inquiry_add_question(&o->inquiry, value, &err) < 0 ? complain(&err) : 0;
    if (strcmp(name, "model") == 0)
        return bd_inquiry_add_model(&o->inquiry, value, &err) < 0 ? complain(&err) : 0;
    if (strcmp(name, "brand") == 0)
        o->brand = value;
    else if (strcmp(name, "from") == 0)
        o->from = value;
    else if (strcmp(name, "output") == 0)
        o->ask.output = value;
    else if (strcmp(name, "quiet") == 0)
        o->ask.quiet = true;
    else if (strcmp(name, "answers") == 0)
        o->ask.answers = true;
    else if (strcmp(name, "dry-run") == 0)
        o->dry_run = true;
    else if (strcmp(name, "no-cache") == 0)
        o->ask.limits.fresh = true;
    return 0;
}

/* The file's inquiry, then what the options before it had added. */
static int read_from(struct options *o)
{
    struct bd_inquiry typed = o->inquiry, file;
    struct bd_error err;
    json_error_t why;
    json_t *object = json_load_file(o->from, 0, &why);
    int rc;

    if (!object) {
        if (why.line > 0)
            fprintf(stderr, "brandiag run: %s:%d: %s\n", o->from, why.line, why.text);
        else
            fprintf(stderr, "brandiag run: %s\n", why.text); /* it names the file */
        return -1;
    }
    bd_inquiry_init(&file);
    rc = bd_inquiry_from_json(&file, object, &err);
    json_decref(object);
    for (size_t i = 0; rc == 0 && i < typed.question_count; i++)
        rc = bd_inquiry_add_question(&file, typed.questions[i], &err);
    for (size_t i = 0; rc == 0 && i < typed.model_count; i++) {
        char spec[2 * BD_INQUIRY_NAME_BYTES + 2];
        const struct bd_model *m = &typed.models[i];

        snprintf(spec, sizeof(spec), "%s%s%s", m->provider, m->model ? "/" : "",
                 m->model ? m->model : "");
        rc = bd_inquiry_add_model(&file, spec, &err);
    }
    if (rc < 0) {
        fprintf(stderr, "brandiag run: %s: %s\n", o->from, err.message);
        bd_inquiry_free(&file);
        return -1;
    }
    if (typed.samples > 1)
        file.samples = typed.samples;
    if (typed.deadline_ms)
        file.deadline_ms = typed.deadline_ms;
    bd_inquiry_free(&o->inquiry);
    o->inquiry = file;
    return 0;
}

static bool has_chinese(const struct bd_inquiry *q)
{
    for (size_t i = 0; i < q->question_count; i++)
        for (const char *s = q->questions[i]; *s; s++)
            if ((unsigned char)*s >= 0xE3 && (unsigned char)*s <= 0xE9)
                return true; /* lead bytes of U+3000 to U+9FFF */
    return false;
}

static const char *locale_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *v = getenv(names[i]); /* NOLINT(concurrency-mt-unsafe): one thread */

        if (v && *v)
            return strncmp(v, "zh", 2) == 0   ? "zh"
                   : strncmp(v, "en", 2) == 0 ? "en"
                                              : NULL;
    }
    return NULL;
}

static int assemble(struct options *o)
{
    struct bd_error err;
    bool asked_by_file = o->from != NULL;
    const char *lang = o->lang;

    if (o->from && read_from(o) < 0)
        return -1;
    if (!o->from && !o->brand)
        return bd_args_usage("run", "--brand is missing: which brand is it about?"), -1;
    if (asked_by_file && o->brand && o->inquiry.brand_count > 0)
        return bd_args_usage("run", "%s names a brand already: leave out --brand",
                             o->from),
               -1;
    if (o->brand && bd_inquiry_add_brand(&o->inquiry, o->brand, &err) < 0)
        return complain(&err);
    for (int i = 0; i < o->competitor_count; i++)
        if (bd_inquiry_add_brand(&o->inquiry, o->competitors[i], &err) < 0)
            return complain(&err);
    if (o->inquiry.question_count == 0)
        return bd_args_usage("run", "--question is missing: what would a consumer ask?"),
               -1;
    if (o->search)
        o->inquiry.search = strcmp(o->search, "on") == 0;
    if (o->probes)
        o->inquiry.probes = o->probes;
    if (!lang && !asked_by_file)
        lang = locale_language();
    if (!lang && !asked_by_file)
        lang = has_chinese(&o->inquiry) ? "zh" : "en";
    if (lang)
        snprintf(o->inquiry.lang, sizeof(o->inquiry.lang), "%s", lang);
    return 0;
}

/* Which of them can search, and what is not in the numbers. */
static void print_search(void *arg, const struct bd_estimate_row *row)
{
    bool *some = arg;

    *some |= row->searches;
    printf("%-12s %-32s %s\n", row->provider, row->model,
           row->searches ? "asked with web search"
                         : "cannot search: asked without, its answers are marked so");
}

static int dry_run_search(struct bd_engine *e, const struct bd_inquiry *q)
{
    struct bd_estimate_row sum;
    struct bd_error err;
    bool some = false;

    if (!q->search)
        return 0;
    if (bd_diagnosis_estimate(e, q, print_search, &some, &sum, &err) < 0) {
        bd_setup_complain(&err);
        return -1;
    }
    if (some)
        printf("a search adds thousands of tokens in, and a fee of its own: they are not "
               "in these numbers\n");
    return 0;
}

static void print_estimate(void *arg, const struct bd_estimate_row *row)
{
    const char *currency = arg;

    printf("%-12s %-32s %6d calls  <= %9lld tokens in", row->provider, row->model,
           row->calls, (long long)row->tokens_in);
    if (row->tokens_out < 0) {
        printf("  no limit of the answers: max_tokens = 0\n");
        return;
    }
    printf("  <= %9lld out", (long long)row->tokens_out);
    if (isnan(row->cost))
        printf("  no price configured\n");
    else
        printf("  <= %.4f %s\n", row->cost, currency);
}

static int dry_run(struct bd_engine *e, const struct bd_inquiry *q,
                   const struct bd_diagnosis_limits *limits)
{
    struct bd_estimate_row sum;
    struct bd_buf warning;
    struct bd_error err;
    char currency[16];

    snprintf(currency, sizeof(currency), "%s", bd_engine_currency(e));
    if (bd_diagnosis_check(e, q, limits, &err) < 0 ||
        bd_diagnosis_estimate(e, q, print_estimate, currency, &sum, &err) < 0) {
        bd_setup_complain(&err);
        return 2;
    }
    sum.provider = "all";
    sum.model = "";
    print_estimate(currency, &sum);
    if (dry_run_search(e, q) < 0)
        return 2;
    bd_buf_init(&warning, 1 << 16);
    bd_branded_warn(&warning, q, strcmp(q->lang, "en") != 0);
    if (warning.n)
        printf("%s\n", warning.data);
    bd_buf_free(&warning);
    printf("nothing was sent; a retry is a further call\n");
    return 0;
}

static int run(int argc, char **argv)
{
    static struct options o; /* large */
    struct bd_operands operands;
    struct bd_engine *e;
    int rc;

    o = (struct options){.ask.format = "terminal"};
    bd_inquiry_init(&o.inquiry);
    rc = bd_args_parse(&bd_command_run, argc, argv, take, &o, &operands);
    if (rc < 0 && assemble(&o) < 0)
        rc = 2;
    if (rc < 0) {
        e = bd_setup_engine(&o.setup, o.dry_run ? BD_ENGINE_FORGETS : BD_ENGINE_KEEPS);
        rc = !e          ? 2
             : o.dry_run ? dry_run(e, &o.inquiry, &o.ask.limits)
                         : bd_ask(e, &o.inquiry, &o.ask);
        if (e && rc == 2)
            bd_setup_hint(&o.setup);
        bd_engine_stop(e);
    }
    bd_inquiry_free(&o.inquiry);
    return rc;
}

const struct bd_command bd_command_run = {
    "run",
    "",
    "Asks the configured AI services how a brand fares, and reports.",
    args,
    0,
    0,
    run,
    BD_ASK_CODES,
};
