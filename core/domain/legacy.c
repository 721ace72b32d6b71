/* domain/legacy.c - see legacy.h. */
#include "domain/legacy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "domain/fold.h"
#include "domain/loose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A JSON value as folded text in a small buffer: numbers in words compare like words. */
static const char *folded(const json_t *v, char *out, size_t size)
{
    const char *s = json_string_value(v);
    struct bd_fold f;

    out[0] = '\0';
    if (s && strlen(s) < size) {
        if (bd_fold_init(&f, s, strlen(s)) == 0 && f.bytes.n < size)
            memcpy(out, f.bytes.data, f.bytes.n + 1);
        bd_fold_free(&f);
    }
    return out;
}

static int rank_of_word(const char *s)
{
    static const char *const digits[] = {"一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "十"};
    int n = 0;

    for (int i = 0; i < 10; i++)
        if (strstr(s, digits[i]))
            return i + 1;
    if (strchr(s, '-'))
        return 0;
    while (*s && !(*s >= '0' && *s <= '9'))
        s++;
    while (*s >= '0' && *s <= '9' && n < 1000)
        n = n * 10 + (*s++ - '0');
    return n;
}

int bd_legacy_rank(const json_t *v)
{
    char word[64];
    double d = json_is_number(v) ? json_number_value(v)
                                 : rank_of_word(folded(v, word, sizeof(word)));

    return d >= 1 && d <= 10 ? (int)d : 0;
}

double bd_legacy_sentiment(const json_t *v)
{
    static const struct {
        const char *word;
        double value;
    } moods[] = {{"非常正面", 0.9},  {"正面", 0.7},  {"积极", 0.7},
                 {"positive", 0.7},  {"负面", -0.7}, {"消极", -0.7},
                 {"negative", -0.7}, {"中性", 0},    {"neutral", 0}};
    char word[64];
    double d = NAN;
    size_t n;

    if (json_is_number(v)) {
        d = json_number_value(v);
    } else {
        n = strlen(folded(v, word, sizeof(word)));
        if (n > 1 && word[n - 1] == '%' && bd_loose_number(word, n - 1, &d))
            d /= 100;
        else if (!bd_loose_number(word, n, &d))
            d = NAN;
        for (size_t i = 0; isnan(d) && i < COUNT(moods); i++)
            if (strstr(word, moods[i].word))
                d = moods[i].value;
    }
    if (d > 1 && d <= 100)
        d /= 100;
    return d > 1 ? 1 : d < -1 ? -1 : d;
}

static enum bd_known truth(const json_t *v)
{
    char word[64];

    if (json_is_boolean(v))
        return json_is_true(v) ? BD_YES : BD_NO;
    if (json_is_number(v))
        return json_number_value(v) != 0 ? BD_YES : BD_NO;
    folded(v, word, sizeof(word));
    if (!strcmp(word, "是") || !strcmp(word, "true") || !strcmp(word, "yes"))
        return BD_YES;
    if (!strcmp(word, "否") || !strcmp(word, "false") || !strcmp(word, "no"))
        return BD_NO;
    return BD_UNKNOWN;
}

static bool none_word(const char *s)
{
    static const char *const none[] = {"无", "没有", "none", "n/a",
                                       "na", "null", "-",    "暂无"};

    for (size_t i = 0; i < COUNT(none); i++)
        if (!strcmp(s, none[i]))
            return true;
    return false;
}

static char *text_of(const json_t *v)
{
    const char *s = json_string_value(v);
    char word[64];

    return strdup(s && !none_word(folded(v, word, sizeof(word))) ? s : "");
}

/* Template names that a model copied from its prompt. */
static bool placeholder(const json_t *v)
{
    static const char *const stems[] = {"品牌", "brand", "品牌名", "竞品"};
    char word[64];
    const char *s = folded(v, word, sizeof(word));

    if (!strcmp(s, "string") || !strcmp(s, "url") || !strcmp(s, "boolean") ||
        !strcmp(s, "number") || !strcmp(s, "..."))
        return true;
    for (size_t i = 0; i < COUNT(stems); i++)
        if (strncmp(s, stems[i], strlen(stems[i])) == 0) {
            s += strlen(stems[i]);
            s += *s == ' ';
            return *s == '\0' || s[1] == '\0' || !strncmp(s, "名称", 6);
        }
    return false;
}

static bool is_template(const json_t *geo, const json_t *ranked)
{
    size_t i;
    json_t *e;

    if (placeholder(json_object_get(geo, "brand_mentioned")) ||
        placeholder(json_object_get(geo, "rank")))
        return true;
    json_array_foreach(ranked, i,
                       e) if (!placeholder(json_object_get(e, "name"))) return false;
    return json_array_size(ranked) > 0 && !geo;
}

static int add_sources(struct bd_claims *c, const json_t *list)
{
    static const char *const moods[] = {"negative", "neutral", "positive"};
    size_t count = json_array_size(list);

    c->sources = count ? calloc(count, sizeof(*c->sources)) : NULL;
    if (count && !c->sources)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const json_t *e = json_array_get(list, i);
        const json_t *url = json_is_string(e) ? e : json_object_get(e, "url");
        double mood = bd_legacy_sentiment(json_object_get(e, "attitude"));
        struct bd_source *src = &c->sources[c->source_count];

        if (!json_is_string(url) || placeholder(url))
            continue;
        c->source_count++;
        src->url = text_of(url);
        src->site = text_of(json_object_get(e, "site_name"));
        src->attitude = strdup(isnan(mood) ? "" : moods[mood < 0 ? 0 : mood > 0 ? 2 : 1]);
        if (!src->url || !src->site || !src->attitude)
            return -1;
    }
    return 0;
}

static int take(struct bd_legacy *l, const json_t *root, struct bd_span span, bool cut)
{
    static const char *const members[] = {"brand_mentioned", "rank", "sentiment",
                                          "cited_sources", "interception"};
    const json_t *geo = json_object_get(root, "geo_analysis");
    json_t *ranked = json_object_get(root, "top3_brands");
    struct bd_claims *c = &l->claims;

    if (!geo && json_object_get(root, "brand_mentioned"))
        geo = root;
    if (!ranked)
        ranked = json_object_get(root, "brands");
    if (is_template(geo, ranked))
        return 0;
    bd_claims_free(c);
    json_decref(l->ranked);
    l->ranked = json_is_array(ranked) ? json_incref(ranked) : NULL;
    l->taken = span;
    c->found = true;
    c->truncated = cut;
    c->mentioned = truth(json_object_get(geo, "brand_mentioned"));
    c->rank = bd_legacy_rank(json_object_get(geo, "rank"));
    c->sentiment = bd_legacy_sentiment(json_object_get(geo, "sentiment"));
    c->interception = text_of(json_object_get(geo, "interception"));
    l->missing_count = 0;
    for (size_t i = 0; geo && i < COUNT(members); i++)
        if (!json_object_get(geo, members[i]))
            l->missing[l->missing_count++] = members[i];
    return c->interception ? add_sources(c, json_object_get(geo, "cited_sources")) : -1;
}

static bool ours(const json_t *o)
{
    return json_is_object(json_object_get(o, "geo_analysis")) ||
           json_is_array(json_object_get(o, "top3_brands")) ||
           json_is_array(json_object_get(o, "brands")) ||
           json_object_get(o, "brand_mentioned");
}

static bool only_blanks(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", s[i]) || !s[i])
            return false;
    return true;
}

/* Does the text up to `at` leave a quotation open? Called for the one JSON that counts.
 */
static bool in_quotation(const char *s, size_t at)
{
    for (size_t i = at; i >= 3; i--) {
        if (s[i - 1] == '\n' || memcmp(s + i - 3, "”", 3) == 0)
            return false;
        if (memcmp(s + i - 3, "“", 3) == 0)
            return true;
    }
    return false;
}

static int weigh(struct bd_legacy *l, const char *s, size_t n, struct bd_span span,
                 const struct bd_loose *found)
{
    const json_t *error = json_object_get(found->value, "error");

    if (error && only_blanks(s, span.start) && only_blanks(s + span.end, n - span.end) &&
        (json_is_object(error) || json_object_get(found->value, "code"))) {
        l->error = true;
        return bd_buf_append(&l->spans, &span, sizeof(span));
    }
    if (!ours(found->value))
        return 0;
    if (bd_buf_append(&l->spans, &span, sizeof(span)) < 0)
        return -1;
    return take(l, found->value, span, found->truncated);
}

static bool brace(const char *s, size_t left)
{
    return s[0] == '{' || (left >= 3 && memcmp(s, "｛", 3) == 0);
}

int bd_legacy_find(struct bd_legacy *l, const char *s, size_t n)
{
    int rc = 0;

    *l = (struct bd_legacy){.claims = {.mentioned = BD_UNKNOWN, .sentiment = NAN}};
    bd_buf_init(&l->spans, (n / 2 + 1) * sizeof(struct bd_span));
    for (size_t i = 0; i < n && rc == 0;) {
        struct bd_loose found;

        if (!brace(s + i, n - i)) {
            i++;
            continue;
        }
        found = bd_loose_read(s, n, i);
        if (found.value)
            rc = weigh(l, s, n, (struct bd_span){i, found.end}, &found);
        json_decref(found.value);
        i = found.end; /* never back: the whole search is one pass */
    }
    if (l->claims.found)
        l->quoted = in_quotation(s, l->taken.start);
    else if (rc == 0 && !(l->claims.interception = strdup("")))
        rc = -1;
    return rc;
}

void bd_claims_free(struct bd_claims *c)
{
    for (size_t i = 0; i < c->source_count; i++) {
        free(c->sources[i].url);
        free(c->sources[i].site);
        free(c->sources[i].attitude);
    }
    free(c->sources);
    free(c->interception);
    *c = (struct bd_claims){.mentioned = BD_UNKNOWN, .sentiment = NAN};
}

void bd_legacy_free(struct bd_legacy *l)
{
    bd_claims_free(&l->claims);
    json_decref(l->ranked);
    l->ranked = NULL;
    bd_buf_free(&l->spans);
}
