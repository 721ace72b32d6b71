/* domain/inquiry/inquiry_json.c - a request as JSON, and back. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/inquiry/inquiry.h"
#include "domain/inquiry/inquiry_parts.h"

#define SOURCE "request"

static json_t *words_json(char *const *words, size_t count)
{
    json_t *list = count ? json_array() : NULL;

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

/* The name alone where there is no more to say. */
static json_t *brand_json(const struct bd_brand *b)
{
    if (b->alias_count + b->deny.count + b->require.count == 0)
        return json_string(b->name);
    return json_pack("{s:s, s:o*, s:o*, s:o*}", "name", b->name, "aliases",
                     words_json(b->aliases, b->alias_count), "deny",
                     words_json(b->deny.at, b->deny.count), "require",
                     words_json(b->require.at, b->require.count));
}

static bool weighted(const struct bd_score_weights *w)
{
    return w->mention + w->rank + w->share_of_voice + w->sentiment > 0;
}

/* NULL where there are none of its own. */
static json_t *weights_json(const struct bd_score_weights *w)
{
    if (!weighted(w))
        return NULL;
    return json_pack("{s:i, s:i, s:i, s:i}", "mention", w->mention, "rank", w->rank,
                     "share_of_voice", w->share_of_voice, "sentiment", w->sentiment);
}

json_t *bd_inquiry_to_json(const struct bd_inquiry *r)
{
    json_t *competitors = json_array(), *questions = json_array();
    json_t *models = json_array(), *probes = json_array();

    for (size_t i = 1; i < r->brand_count; i++)
        json_array_append_new(competitors, brand_json(&r->brands[i]));
    for (size_t i = 0; i < r->question_count; i++)
        json_array_append_new(questions, json_string(r->questions[i]));
    for (size_t i = 0; i < r->model_count; i++) {
        const struct bd_model *m = &r->models[i];

        json_array_append_new(models,
                              json_sprintf("%s%s%s", m->provider, m->model ? "/" : "",
                                           m->model ? m->model : ""));
    }
    if (r->probes & BD_PROBE_MATRIX)
        json_array_append_new(probes, json_string("matrix"));
    if (r->probes & BD_PROBE_NEUTRAL)
        json_array_append_new(probes, json_string("neutral"));
    return json_pack("{s:o*, s:o, s:o, s:o, s:o, s:i, s:i, s:b, s:s, s:o*}", "brand",
                     r->brand_count ? brand_json(&r->brands[0]) : NULL, "competitors",
                     competitors, "questions", questions, "models", models, "probes",
                     probes, "samples", r->samples, "deadline_ms", r->deadline_ms,
                     "search", (int)r->search, "lang", r->lang, "score_weights",
                     weights_json(&r->weights));
}

static int wrong(struct bd_error *err, const char *member, const char *expected)
{
    return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE, "'%s' must be %s", member,
                   expected);
}

static const char *const members[] = {"brand",  "competitors",  "questions",   "models",
                                      "probes", "samples",      "deadline_ms", "search",
                                      "lang",   "score_weights"};
enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static int refuse_unknown(const json_t *o, struct bd_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)o, key, value)
    {
        size_t nearest = 0, distance = 64;

        for (size_t i = 0; i < MEMBERS; i++) {
            size_t d = bd_text_distance(key, members[i]);

            nearest = d < distance ? i : nearest;
            distance = d < distance ? d : distance;
        }
        if (distance > 0)
            return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                           "unknown member '%.40s'%s%s%s", key,
                           distance <= 3 ? ": did you mean '" : "",
                           distance <= 3 ? members[nearest] : "",
                           distance <= 3 ? "'?" : ": remove it");
    }
    return 0;
}

typedef int add_word_fn(struct bd_inquiry *r, const char *s, size_t n,
                        struct bd_error *err);

static const struct { /* lists of words that a brand may have */
    const char *member;
    add_word_fn *add;
} lists[] = {{"aliases", bd__inquiry_add_alias},
             {"deny", bd__inquiry_add_deny},
             {"require", bd__inquiry_add_require}};
enum { LISTS = sizeof(lists) / sizeof(lists[0]) };

static int read_words(struct bd_inquiry *r, const json_t *words, const char *member,
                      add_word_fn *add, struct bd_error *err)
{
    size_t i;
    json_t *v;

    if (words && !json_is_array(words))
        return wrong(err, member, "an array of strings");
    json_array_foreach((json_t *)words, i, v)
    {
        if (!json_is_string(v))
            return wrong(err, member, "an array of strings");
        if (add(r, json_string_value(v), json_string_length(v), err) < 0)
            return -1;
    }
    return 0;
}

static bool is_member(const char *key)
{
    bool known = strcmp(key, "name") == 0;

    for (size_t i = 0; i < LISTS; i++)
        known |= strcmp(key, lists[i].member) == 0;
    return known;
}

static int read_brand(struct bd_inquiry *r, const char *member, const json_t *v,
                      struct bd_error *err)
{
    const json_t *name = json_is_object(v) ? json_object_get(v, "name") : v;
    const char *key;
    json_t *value;

    if (!json_is_string(name))
        return wrong(err, member, "a name, or an object of 'name' and 'aliases'");
    json_object_foreach((json_t *)v, key, value)
    {
        if (!is_member(key))
            return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                           "unknown member '%.40s' in '%s': a brand has 'name', "
                           "'aliases', 'deny' and 'require'",
                           key, member);
    }
    if (bd__inquiry_add_name(r, json_string_value(name), json_string_length(name), err) <
        0)
        return bd_fail_in(err, "'%s'", member);
    for (size_t i = 0; i < LISTS; i++)
        if (read_words(r, json_object_get(v, lists[i].member), lists[i].member,
                       lists[i].add, err) < 0)
            return -1;
    return 0;
}

static int read_brands(struct bd_inquiry *r, const json_t *o, struct bd_error *err)
{
    const json_t *brand = json_object_get(o, "brand");
    const json_t *competitors = json_object_get(o, "competitors");
    size_t i;
    json_t *v;

    if (brand && read_brand(r, "brand", brand, err) < 0)
        return -1;
    if (competitors && !json_is_array(competitors))
        return wrong(err, "competitors", "an array of brands");
    if (!brand && json_array_size(competitors) > 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "'competitors' without 'brand': name the brand to diagnose");
    json_array_foreach((json_t *)competitors, i,
                       v) if (read_brand(r, "competitors", v, err) < 0) return -1;
    return 0;
}

typedef int add_fn(struct bd_inquiry *r, const char *s, struct bd_error *err);

static int read_list(struct bd_inquiry *r, const json_t *o, const char *member,
                     add_fn *add, struct bd_error *err)
{
    const json_t *list = json_object_get(o, member);
    size_t i;
    json_t *v;

    if (list && !json_is_array(list))
        return wrong(err, member, "an array of strings");
    json_array_foreach((json_t *)list, i, v)
    {
        const char *s = json_string_value(v);

        if (!s || strlen(s) != json_string_length(v))
            return wrong(err, member, "an array of strings without NUL characters");
        if (add(r, s, err) < 0)
            return bd_fail_in(err, "'%s'", member);
    }
    return 0;
}

static int add_probe(struct bd_inquiry *r, const char *s, struct bd_error *err)
{
    if (strcmp(s, "matrix") == 0)
        r->probes |= BD_PROBE_MATRIX;
    else if (strcmp(s, "neutral") == 0)
        r->probes |= BD_PROBE_NEUTRAL;
    else
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "unknown probe '%.40s': use matrix or neutral", s);
    return 0;
}

static int read_int(const json_t *o, const char *member, int *out, struct bd_error *err)
{
    const json_t *v = json_object_get(o, member);
    json_int_t n = json_integer_value(v);

    if (!v)
        return 0;
    if (!json_is_integer(v) || n < 0 || n > INT32_MAX)
        return wrong(err, member, "a whole number, not negative");
    *out = (int)n;
    return 0;
}

static int read_weight(const json_t *o, const char *part, int *out, struct bd_error *err)
{
    const json_t *v = json_object_get(o, part);
    json_int_t n = json_integer_value(v);

    if (!json_is_integer(v) || n < 0 || n > BD_SCORE_WEIGHT)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "'score_weights' needs '%s', a whole number from 0 to %d", part,
                       BD_SCORE_WEIGHT);
    *out = (int)n;
    return 0;
}

static int read_weights(struct bd_score_weights *w, const json_t *o, struct bd_error *err)
{
    if (!o)
        return 0;
    if (!json_is_object(o) || json_object_size(o) > 4)
        return wrong(err, "score_weights",
                     "an object of 'mention', 'rank', 'share_of_voice' and 'sentiment'");
    if (read_weight(o, "mention", &w->mention, err) < 0 ||
        read_weight(o, "rank", &w->rank, err) < 0 ||
        read_weight(o, "share_of_voice", &w->share_of_voice, err) < 0 ||
        read_weight(o, "sentiment", &w->sentiment, err) < 0)
        return -1;
    if (w->mention == 0)
        return wrong(err, "score_weights",
                     "an object whose 'mention' is above 0: without it there is nothing "
                     "to weigh in every report");
    return 0;
}

static int read_rest(struct bd_inquiry *r, const json_t *o, struct bd_error *err)
{
    const json_t *lang = json_object_get(o, "lang");
    const char *s = json_string_value(lang);
    const json_t *search = json_object_get(o, "search");

    if (json_object_get(o, "probes"))
        r->probes = 0;
    if (read_list(r, o, "probes", add_probe, err) < 0 ||
        read_int(o, "samples", &r->samples, err) < 0 ||
        read_int(o, "deadline_ms", &r->deadline_ms, err) < 0 ||
        read_weights(&r->weights, json_object_get(o, "score_weights"), err) < 0)
        return -1;
    if (search && !json_is_boolean(search))
        return wrong(err, "search", "true or false");
    r->search = json_is_true(search);
    if (lang && (!s || (strcmp(s, "zh") != 0 && strcmp(s, "en") != 0)))
        return wrong(err, "lang", "\"zh\" or \"en\"");
    if (lang)
        snprintf(r->lang, sizeof(r->lang), "%s", s);
    return 0;
}

int bd_inquiry_from_json(struct bd_inquiry *r, const json_t *o, struct bd_error *err)
{
    bd_inquiry_init(r);
    if (!json_is_object(o))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "a request must be a JSON object");
    if (refuse_unknown(o, err) == 0 && read_brands(r, o, err) == 0 &&
        read_list(r, o, "questions", bd_inquiry_add_question, err) == 0 &&
        read_list(r, o, "models", bd_inquiry_add_model, err) == 0 &&
        read_rest(r, o, err) == 0)
        return 0;
    bd_inquiry_free(r);
    return -1;
}
