/* domain/reading/citation_json.c - citations as they stand in a cell (docs/report.md). */
#include <string.h>

#include "domain/reading/citation.h"
#include "domain/reading/observation_parts.h"

const char *bd_origin_name(enum bd_origin o)
{
    static const char *const names[] = {"provider", "text", "model_claimed"};

    return (size_t)o < sizeof(names) / sizeof(names[0]) ? names[o] : "text";
}

const char *bd_category_name(enum bd_category c)
{
    static const char *const names[] = {"unknown", "owned", "competitor",
                                        "media",   "ugc",   "reference"};

    return (size_t)c < sizeof(names) / sizeof(names[0]) ? names[c] : "unknown";
}

static json_t *text_or_null(const char *s)
{
    return *s ? bd_json_string(s, strlen(s)) : json_null();
}

static json_t *known(enum bd_known k)
{
    return k == BD_UNKNOWN ? json_null() : json_boolean(k == BD_YES);
}

static const char *owner(const struct bd_citation *c, const struct bd_inquiry *r)
{
    bool owned =
        c->category == BD_CATEGORY_OWNED || c->category == BD_CATEGORY_COMPETITOR;

    return owned && c->brand >= 0 ? r->brands[c->brand].name : "";
}

static json_t *near_json(const struct bd_citation *c, const struct bd_observation *o,
                         const struct bd_inquiry *r)
{
    json_t *list = json_array();

    for (int i = 0; i < c->near_count; i++) {
        size_t b = (size_t)c->near[i];
        const char *name =
            b < o->brand_count ? r->brands[b].name : o->found[b - o->brand_count].name;

        json_array_append_new(list, bd_json_string(name, strlen(name)));
    }
    return list;
}

json_t *bd_citations_json(const struct bd_observation *o, const struct bd_inquiry *r,
                          const char *text, size_t bytes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < o->citation_count; i++) {
        const struct bd_citation *c = &o->citations[i];
        json_t *v = json_object();

        json_object_set_new(v, "url", text_or_null(c->url));
        json_object_set_new(v, "domain", text_or_null(c->domain));
        json_object_set_new(v, "title", text_or_null(c->title));
        json_object_set_new(v, "site_name", text_or_null(c->site));
        json_object_set_new(v, "attitude", text_or_null(c->attitude));
        json_object_set_new(v, "origin", json_string(bd_origin_name(c->origin)));
        json_object_set_new(v, "marker", text_or_null(c->marker));
        json_object_set_new(v, "near", near_json(c, o, r));
        json_object_set_new(v, "praise_only", known(c->praise));
        json_object_set_new(v, "category", json_string(bd_category_name(c->category)));
        json_object_set_new(v, "brand", text_or_null(owner(c, r)));
        json_object_set_new(v, "resolves", json_null()); /* nobody has looked */
        json_object_set_new(v, "evidence",
                            bd__spans_json(c->spans, (size_t)c->span_count,
                                           (struct bd_quoted){text, bytes}));
        json_array_append_new(list, v);
    }
    return list;
}
