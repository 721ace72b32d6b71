/* domain/inquiry/inquiry.c - see inquiry.h. */
#include "domain/inquiry/inquiry.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "domain/inquiry/inquiry_parts.h"

#define SOURCE "request"

void bd_inquiry_init(struct bd_inquiry *r)
{
    *r = (struct bd_inquiry){
        .probes = BD_PROBE_MATRIX | BD_PROBE_NEUTRAL, .samples = 1, .lang = "zh"};
}

static void free_words(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

static void free_brand(struct bd_brand *b)
{
    free(b->name);
    free_words(b->aliases, b->alias_count);
    free_words(b->deny.at, b->deny.count);
    free_words(b->require.at, b->require.count);
}

void bd_inquiry_free(struct bd_inquiry *r)
{
    for (size_t i = 0; i < r->brand_count; i++)
        free_brand(&r->brands[i]);
    for (size_t i = 0; i < r->question_count; i++)
        free(r->questions[i]);
    for (size_t i = 0; i < r->model_count; i++) {
        free(r->models[i].provider);
        free(r->models[i].model);
    }
    free(r->brands);
    free(r->questions);
    free(r->models);
    bd_inquiry_init(r);
}

/* A blank at s, ASCII or the ideographic space: its bytes, else 0. */
static size_t blank_bytes(const char *s, size_t n)
{
    if (n && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'))
        return 1;
    return n >= 3 && memcmp(s, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

static void trim(const char **s, size_t *n)
{
    size_t k;

    while ((k = blank_bytes(*s, *n)) > 0) {
        *s += k;
        *n -= k;
    }
    for (; *n; *n -= k) {
        k = blank_bytes(*s + *n - 1, 1);
        if (!k && *n >= 3)
            k = blank_bytes(*s + *n - 3, 3) == 3 ? 3 : 0;
        if (!k)
            return;
    }
}

static bool has_control(const char *s, size_t n)
{
    int32_t cp;

    for (size_t i = 0; i < n;) {
        i += bd_text_next(s + i, n - i, &cp);
        if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
            return true;
    }
    return false;
}

/* A trimmed copy of a name in *out. what is shown in errors: "brand", "alias". */
static int take_name(char **out, const char *what, const char *s, size_t n,
                     struct bd_error *err)
{
    trim(&s, &n);
    if (n == 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "empty %s name: write a name or leave the %s out", what, what);
    if (n > BD_INQUIRY_NAME_BYTES)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "%s name '%.*s...' has %zu bytes, the limit is %d: shorten it",
                       what, (int)bd_text_cut(s, n, 30), s, n, BD_INQUIRY_NAME_BYTES);
    if (!bd_text_valid(s, n) || has_control(s, n))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "%s name is not plain UTF-8 text: remove control characters and "
                       "check the terminal's or file's encoding",
                       what);
    *out = strndup(s, n);
    return *out ? 0
                : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (%s)", what);
}

static int too_many(const char *what, int limit, struct bd_error *err)
{
    return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                   "more than %d %s: split this into several diagnoses", limit, what);
}

/* Room for one more element, zeroed; NULL when memory is short. The limits are small,
 * so growing by one is cheap enough. */
static void *grow(void *array, size_t count, size_t size)
{
    char *p = realloc(array, (count + 1) * size);

    if (p)
        memset(p + count * size, 0, size);
    return p;
}

int bd__inquiry_add_name(struct bd_inquiry *r, const char *name, size_t n,
                         struct bd_error *err)
{
    struct bd_brand *p;

    if (r->brand_count == BD_INQUIRY_BRANDS)
        return too_many("brands", BD_INQUIRY_BRANDS, err);
    p = grow(r->brands, r->brand_count, sizeof(*p));
    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (brand)");
    r->brands = p;
    if (take_name(&p[r->brand_count].name, "brand", name, n, err) < 0)
        return -1;
    r->brand_count++;
    return 0;
}

struct list { /* of the brand that was added last */
    char ***words;
    size_t *count;
    const char *what; /* shown in errors */
};

static int add_to(struct bd_inquiry *r, const struct list *l, const char *s, size_t n,
                  struct bd_error *err)
{
    const struct bd_brand *b = &r->brands[r->brand_count - 1];
    char **p;

    if (*l->count == BD_INQUIRY_ALIASES)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "brand '%s' has more than %d of %s: keep the common ones", b->name,
                       BD_INQUIRY_ALIASES, l->what);
    p = grow(*l->words, *l->count, sizeof(*p));
    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (%s)", l->what);
    *l->words = p;
    if (take_name(&p[*l->count], l->what, s, n, err) < 0)
        return bd_fail_in(err, "brand '%s'", b->name);
    ++*l->count;
    return 0;
}

int bd__inquiry_add_alias(struct bd_inquiry *r, const char *alias, size_t n,
                          struct bd_error *err)
{
    struct bd_brand *b = &r->brands[r->brand_count - 1];
    const struct list l = {&b->aliases, &b->alias_count, "alias"};

    return add_to(r, &l, alias, n, err);
}

int bd__inquiry_add_deny(struct bd_inquiry *r, const char *phrase, size_t n,
                         struct bd_error *err)
{
    struct bd_words *w = &r->brands[r->brand_count - 1].deny;
    const struct list l = {&w->at, &w->count, "deny"};

    return add_to(r, &l, phrase, n, err);
}

int bd__inquiry_add_require(struct bd_inquiry *r, const char *word, size_t n,
                            struct bd_error *err)
{
    struct bd_words *w = &r->brands[r->brand_count - 1].require;
    const struct list l = {&w->at, &w->count, "require"};

    return add_to(r, &l, word, n, err);
}

void bd__inquiry_drop_brand(struct bd_inquiry *r)
{
    free_brand(&r->brands[--r->brand_count]);
}

/* The first of an ASCII sign and its full-width twin in s: where it is, and in *sign
 * its bytes; NULL if there is none. */
static const char *find_sign(const char *s, const char *ascii, const char *wide,
                             size_t *sign)
{
    const char *a = strstr(s, ascii), *w = strstr(s, wide);

    *sign = !w || (a && a < w) ? strlen(ascii) : strlen(wide);
    return !w || (a && a < w) ? a : w;
}

/* "alias", "-deny" or "+require", blanks around it. */
static int add_part(struct bd_inquiry *r, const char *s, size_t n, struct bd_error *err)
{
    trim(&s, &n);
    if (n > 1 && *s == '-')
        return bd__inquiry_add_deny(r, s + 1, n - 1, err);
    if (n > 1 && *s == '+')
        return bd__inquiry_add_require(r, s + 1, n - 1, err);
    return bd__inquiry_add_alias(r, s, n, err);
}

int bd_inquiry_add_brand(struct bd_inquiry *r, const char *spec, struct bd_error *err)
{
    size_t sign, brands = r->brand_count;
    const char *end = find_sign(spec, "=", "\xef\xbc\x9d", &sign);

    if (bd__inquiry_add_name(r, spec, end ? (size_t)(end - spec) : strlen(spec), err) < 0)
        return -1;
    while (end) {
        const char *alias = end + sign;

        end = find_sign(alias, ",", "\xef\xbc\x8c", &sign);
        if (add_part(r, alias, end ? (size_t)(end - alias) : strlen(alias), err) < 0)
            goto fail;
    }
    return 0;
fail:
    while (r->brand_count > brands)
        bd__inquiry_drop_brand(r);
    return -1;
}

int bd_inquiry_add_question(struct bd_inquiry *r, const char *question,
                            struct bd_error *err)
{
    const char *s = question;
    size_t n = strlen(question), left = n;
    char **p;

    if (r->question_count == BD_INQUIRY_QUESTIONS)
        return too_many("questions", BD_INQUIRY_QUESTIONS, err);
    trim(&s, &left); /* only to look: the question is kept as it is */
    if (left == 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "question %zu is empty: write what a consumer would ask",
                       r->question_count + 1);
    if (n > BD_INQUIRY_QUESTION_BYTES)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "question %zu has %zu bytes, the limit is %d: shorten it",
                       r->question_count + 1, n, BD_INQUIRY_QUESTION_BYTES);
    if (!bd_text_valid(question, n))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "question %zu is not UTF-8: check the terminal's or file's "
                       "encoding",
                       r->question_count + 1);
    p = grow(r->questions, r->question_count, sizeof(*p));
    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (question)");
    r->questions = p;
    p[r->question_count] = strdup(question);
    if (!p[r->question_count])
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (question)");
    r->question_count++;
    return 0;
}

int bd_inquiry_add_model(struct bd_inquiry *r, const char *spec, struct bd_error *err)
{
    const char *slash = strchr(spec, '/');
    size_t n = slash ? (size_t)(slash - spec) : strlen(spec);
    struct bd_model *p, *m;

    if (r->model_count == BD_INQUIRY_MODELS)
        return too_many("models", BD_INQUIRY_MODELS, err);
    p = grow(r->models, r->model_count, sizeof(*p));
    if (!p)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (model)");
    r->models = p;
    m = &p[r->model_count];
    if (take_name(&m->provider, "provider", spec, n, err) < 0)
        return bd_fail_in(err, "model %zu", r->model_count + 1);
    if (slash && take_name(&m->model, "model", slash + 1, strlen(slash + 1), err) < 0) {
        free(m->provider);
        return bd_fail_in(err, "model %zu of '%.*s'", r->model_count + 1, (int)n, spec);
    }
    r->model_count++;
    return 0;
}

size_t bd_inquiry_task_count(const struct bd_inquiry *r)
{
    size_t asked = r->question_count * r->model_count, n = 0;

    if (r->probes & BD_PROBE_MATRIX)
        n += r->brand_count * asked;
    if (r->probes & BD_PROBE_NEUTRAL)
        n += asked * (size_t)r->samples;
    return n;
}
