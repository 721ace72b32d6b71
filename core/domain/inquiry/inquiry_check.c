/* domain/inquiry/inquiry_check.c - is a request complete and free of doubles? */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "domain/inquiry/inquiry.h"

#define SOURCE "request"

struct name { /* one spelling of a brand, folded */
    char *folded;
    const char *shown;
    size_t brand;
};

struct names {
    struct name *all;
    size_t count;
};

/* NFKC and case folding: "ＢＹＤ", "BYD" and "byd" are one name. */
static int add_name(struct names *n, const char *shown, size_t brand)
{
    utf8proc_uint8_t *p = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)shown);

    if (!p)
        return -1;
    n->all[n->count++] = (struct name){(char *)p, shown, brand};
    return 0;
}

static int collect(struct names *n, const struct bd_inquiry *r)
{
    size_t most = 0;

    for (size_t i = 0; i < r->brand_count; i++)
        most += 1 + r->brands[i].alias_count;
    n->all = calloc(most, sizeof(*n->all));
    if (!n->all)
        return -1;
    for (size_t i = 0; i < r->brand_count; i++) {
        const struct bd_brand *b = &r->brands[i];

        if (add_name(n, b->name, i) < 0)
            return -1;
        for (size_t k = 0; k < b->alias_count; k++)
            if (add_name(n, b->aliases[k], i) < 0)
                return -1;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int d = strcmp(x->folded, y->folded);

    return d ? d : (x->brand > y->brand) - (x->brand < y->brand);
}

/* Is s one of the brand's names, folded? */
static bool is_own_name(const struct names *n, size_t brand, const char *s)
{
    utf8proc_uint8_t *folded = utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)s);
    bool own = false;

    for (size_t i = 0; folded && i < n->count; i++)
        own |= n->all[i].brand == brand &&
               strcmp(n->all[i].folded, (const char *)folded) == 0;
    free(folded);
    return own;
}

/* A phrase that is the name itself would leave nothing of the brand. */
static int check_denied(const struct bd_inquiry *r, const struct names *n,
                        struct bd_error *err)
{
    for (size_t b = 0; b < r->brand_count; b++)
        for (size_t i = 0; i < r->brands[b].deny.count; i++)
            if (is_own_name(n, b, r->brands[b].deny.at[i]))
                return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                               "brand '%s' is denied by its own name '%s': give a longer "
                               "phrase, such as 小米粥 for 小米",
                               r->brands[b].name, r->brands[b].deny.at[i]);
    return 0;
}

static int check_names(const struct bd_inquiry *r, struct bd_error *err)
{
    struct names n = {0};
    int rc = 0;

    if (collect(&n, r) < 0)
        rc = bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (names)");
    if (rc == 0)
        qsort(n.all, n.count, sizeof(*n.all), compare);
    for (size_t i = 1; i < n.count && rc == 0; i++) {
        const struct name *a = &n.all[i - 1], *b = &n.all[i];

        if (a->brand == b->brand || strcmp(a->folded, b->folded) != 0)
            continue;
        rc = bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                     "brands '%s' and '%s' share the name '%s': give each name to one "
                     "brand only",
                     r->brands[a->brand].name, r->brands[b->brand].name, b->shown);
    }
    if (rc == 0)
        rc = check_denied(r, &n, err);
    for (size_t i = 0; i < n.count; i++)
        free(n.all[i].folded);
    free(n.all);
    return rc;
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_questions(const struct bd_inquiry *r, struct bd_error *err)
{
    const char **sorted = calloc(r->question_count, sizeof(*sorted));
    int rc = 0;

    if (!sorted)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (questions)");
    for (size_t i = 0; i < r->question_count && rc == 0; i++) {
        const char *open = strstr(r->questions[i], "{{");

        sorted[i] = r->questions[i];
        if (open && strstr(open, "}}"))
            rc = bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                         "question %zu still holds a placeholder, '%.40s': replace it "
                         "by what a consumer would write",
                         i + 1, open);
    }
    if (rc == 0)
        qsort(sorted, r->question_count, sizeof(*sorted), compare_text);
    for (size_t i = 1; i < r->question_count && rc == 0; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            rc = bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                         "a question stands there twice: '%.100s'; remove one (samples "
                         "asks the same question several times)",
                         sorted[i]);
    free(sorted);
    return rc;
}

static bool same_model(const struct bd_model *a, const struct bd_model *b)
{
    if (strcmp(a->provider, b->provider) != 0 || !a->model != !b->model)
        return false;
    return !a->model || strcmp(a->model, b->model) == 0;
}

static int check_models(const struct bd_inquiry *r, struct bd_error *err)
{
    for (size_t i = 1; i < r->model_count; i++) {
        const struct bd_model *m = &r->models[i];

        for (size_t k = 0; k < i; k++)
            if (same_model(m, &r->models[k]))
                return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                               "model '%s%s%s' stands there twice: remove one (samples "
                               "asks a model several times)",
                               m->provider, m->model ? "/" : "",
                               m->model ? m->model : "");
    }
    return 0;
}

static int missing(struct bd_error *err, const char *what, const char *remedy)
{
    return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "no %s: %s", what, remedy);
}

int bd_inquiry_check(const struct bd_inquiry *r, struct bd_error *err)
{
    const unsigned known = BD_PROBE_MATRIX | BD_PROBE_NEUTRAL;

    if (r->brand_count == 0)
        return missing(err, "brand", "name the brand to diagnose");
    if (r->question_count == 0)
        return missing(err, "question", "add at least one question of a consumer");
    if (r->model_count == 0)
        return missing(err, "model", "name a provider, or configure one");
    if (r->probes == 0 || (r->probes & ~known))
        return missing(err, "probe", "ask for matrix, neutral or both");
    if (r->samples < 1 || r->samples > BD_INQUIRY_SAMPLES)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "samples is %d: it must be 1 to %d", r->samples,
                       BD_INQUIRY_SAMPLES);
    if (r->deadline_ms < 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "deadline is %d ms: it must be 0 (the configured one) or more",
                       r->deadline_ms);
    if (strcmp(r->lang, "zh") != 0 && strcmp(r->lang, "en") != 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "lang is '%s': it must be zh or en", r->lang);
    if (check_names(r, err) < 0 || check_questions(r, err) < 0)
        return -1;
    return check_models(r, err);
}
