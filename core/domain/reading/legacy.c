/* domain/reading/legacy.c - see legacy.h. */
#include "domain/reading/legacy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/coerce.h"
#include "domain/reading/loose.h"
#include "domain/reading/repair.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_template(const json_t *geo, const json_t *ranked)
{
    size_t i;
    json_t *e;

    if (bd_coerce_placeholder(json_object_get(geo, "brand_mentioned")) ||
        bd_coerce_placeholder(json_object_get(geo, "rank")))
        return true;
    json_array_foreach(ranked, i, e) if (!bd_coerce_placeholder(
                                             json_object_get(e, "name"))) return false;
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
        double mood = bd_coerce_sentiment(json_object_get(e, "attitude"));
        struct bd_source *src = &c->sources[c->source_count];

        if (!json_is_string(url) || bd_coerce_placeholder(url))
            continue;
        c->source_count++;
        src->url = bd_coerce_text(url);
        src->site = bd_coerce_text(json_object_get(e, "site_name"));
        src->attitude = strdup(isnan(mood) ? "" : moods[mood < 0 ? 0 : mood > 0 ? 2 : 1]);
        if (!src->url || !src->site || !src->attitude)
            return -1;
    }
    return 0;
}

static void coerced(struct bd_claims *c, const json_t *geo)
{
    const json_t *by = json_object_get(geo, "interception");

    c->repairs = 0;
    if (json_is_string(json_object_get(geo, "rank")) && c->rank > 0)
        c->repairs |= 1U << BD_REPAIR_RANK_COERCED;
    if (json_is_string(json_object_get(geo, "sentiment")) && !isnan(c->sentiment))
        c->repairs |= 1U << BD_REPAIR_SENTIMENT_COERCED;
    if (json_string_length(by) > 0 && c->interception && !*c->interception)
        c->repairs |= 1U << BD_REPAIR_NONE_WORD;
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
    c->mentioned = bd_coerce_truth(json_object_get(geo, "brand_mentioned"));
    c->rank = bd_coerce_rank(json_object_get(geo, "rank"));
    c->sentiment = bd_coerce_sentiment(json_object_get(geo, "sentiment"));
    c->interception = bd_coerce_text(json_object_get(geo, "interception"));
    coerced(c, geo);
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

        while (i < n && s[i] != '{' && s[i] != '\xEF') /* nearly every byte */
            i++;
        if (i >= n || !brace(s + i, n - i)) {
            i++;
            continue;
        }
        found = bd_loose_read(s, n, i);
        if (found.value)
            rc = weigh(l, s, n, (struct bd_span){i, found.end}, &found);
        json_decref(found.value);
        i = found.end; /* never back: the whole search is one pass */
    }
    if (l->claims.found) {
        l->quoted = in_quotation(s, l->taken.start);
        l->claims.repairs |= bd_repair_find(&(struct bd_written){
            s, n, l->taken.start, l->taken.end, l->claims.truncated});
    } else if (rc == 0 && !(l->claims.interception = strdup("")))
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
