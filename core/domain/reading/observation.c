/* domain/reading/observation.c - see observation.h. */
#include "domain/reading/observation.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/citation.h"
#include "domain/reading/legacy.h"
#include "domain/reading/observation_parts.h"

const char *bd_mention_name(enum bd_mention m)
{
    static const char *const names[] = {"none",     "recommended", "listed", "compared",
                                        "negative", "disclaimed",  "echo"};

    return (size_t)m < sizeof(names) / sizeof(names[0]) ? names[m] : "none";
}

const char *bd_rank_source_name(enum bd_rank_source s)
{
    static const char *const names[] = {"none", "explicit_list", "table", "phrase",
                                        "json"};

    return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "none";
}

void bd_observation_free(struct bd_observation *o)
{
    if (!o)
        return;
    for (size_t i = 0; o->brands && i < o->brand_count; i++)
        free(o->brands[i].evidence);
    for (size_t i = 0; i < o->warning_count; i++)
        free(o->warnings[i]);
    for (size_t i = 0; i < o->found_count; i++)
        free(o->found[i].name);
    free(o->found);
    for (size_t i = 0; i < o->offer_count; i++)
        free(o->offers[i].name);
    free(o->offers);
    free(o->brands);
    free(o->intercepted_by);
    free(o->warnings);
    bd_claims_free(&o->claims);
    bd__citations_free(o);
    free(o);
}

int bd_observation_place(const struct bd_observation *o, size_t offset)
{
    int place = 1;

    for (size_t i = 0; i < o->brand_count; i++)
        place += o->brands[i].mentioned == BD_YES && o->brands[i].first_offset < offset;
    for (size_t i = 0; i < o->found_count; i++)
        place += o->found[i].where.start < offset;
    return place;
}

static json_t *text_json(const char *s)
{
    return bd_json_string(s ? s : "", s ? strlen(s) : 0);
}

static json_t *sources_json(const struct bd_claims *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->source_count; i++) {
        json_t *o = json_object();

        json_object_set_new(o, "url", text_json(c->sources[i].url));
        json_object_set_new(o, "site_name", text_json(c->sources[i].site));
        json_object_set_new(o, "attitude", text_json(c->sources[i].attitude));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *claims_json(const struct bd_claims *c)
{
    json_t *o = json_object();

    json_object_set_new(o, "json_found", json_boolean(c->found));
    json_object_set_new(o, "json_mentioned", bd__known_json(c->mentioned));
    json_object_set_new(o, "json_rank", bd__count_json(c->rank));
    json_object_set_new(o, "json_sentiment", bd_json_number(c->sentiment));
    json_object_set_new(o, "json_interception", text_json(c->interception));
    json_object_set_new(o, "sources", sources_json(c));
    json_object_set_new(o, "truncated", json_boolean(c->truncated));
    json_object_set_new(o, "conflict", json_boolean(c->conflict));
    return o;
}

/* The earlier system's five members, from the text, for the main brand. */
static json_t *legacy_json(const struct bd_observation *o, const struct bd_inquiry *r)
{
    const struct bd_sighting *b = o->brand_count > 0 ? &o->brands[0] : NULL;
    const char *by = o->intercepted_count > 0 ? r->brands[o->intercepted_by[0]].name : "";
    json_t *v = json_object();

    json_object_set_new(v, "brand_mentioned",
                        b ? bd__known_json(b->mentioned) : json_null());
    json_object_set_new(v, "rank", json_integer(b && b->rank > 0 ? b->rank : -1));
    json_object_set_new(v, "sentiment", b ? bd_json_number(b->sentiment) : json_null());
    json_object_set_new(v, "cited_sources", sources_json(&o->claims));
    json_object_set_new(v, "interception", text_json(by));
    return v;
}

static json_t *interception_json(const struct bd_observation *o,
                                 const struct bd_inquiry *r)
{
    json_t *v = json_object(), *by = json_array();

    for (size_t i = 0; i < o->intercepted_count; i++)
        json_array_append_new(by, text_json(r->brands[o->intercepted_by[i]].name));
    json_object_set_new(v, "value", bd__known_json(o->intercepted));
    json_object_set_new(v, "by", by);
    return v;
}

json_t *bd_observation_json(const struct bd_observation *o, const struct bd_inquiry *r,
                            const char *text, size_t bytes)
{
    json_t *v = json_object(), *warnings = json_array();

    for (size_t i = 0; i < o->warning_count; i++)
        json_array_append_new(warnings, text_json(o->warnings[i]));
    json_object_set_new(v, "v", json_integer(1));
    json_object_set_new(v, "complete", json_boolean(o->complete));
    json_object_set_new(v, "refused", json_boolean(o->refused));
    json_object_set_new(v, "words", json_integer(o->words));
    json_object_set_new(v, "parse", bd__parse_json(o));
    json_object_set_new(v, "list", bd__list_json(o));
    json_object_set_new(v, "brands",
                        bd__brands_json(o, r, (struct bd_quoted){text, bytes}));
    json_object_set_new(v, "first_brand",
                        o->first_brand >= 0 ? text_json(r->brands[o->first_brand].name)
                                            : json_null());
    json_object_set_new(v, "interception", interception_json(o, r));
    json_object_set_new(v, "claims", claims_json(&o->claims));
    json_object_set_new(v, "geo_analysis", legacy_json(o, r));
    json_object_set_new(v, "warnings", warnings);
    return v;
}
