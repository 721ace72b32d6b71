/* domain/reading/selfreport.c - see selfreport.h. */
#include "domain/reading/selfreport.h"

#include <math.h>
#include <string.h>

#include "domain/reading/alias.h"
#include "domain/reading/coerce.h"
#include "domain/reading/fold.h"
#include "domain/reading/sighting.h"

/* The brand that a self-reported name is, -1 if none of ours. */
static int brand_of(const struct bd_alias *brands, const char *name)
{
    struct bd_fold f;
    struct bd_buf hits;
    int brand = -1;

    bd_buf_init(&hits, 4096);
    if (bd_fold_init(&f, name, strlen(name)) == 0 &&
        bd_alias_find(brands, &f, name, true, &hits) == 0 && hits.n > 0)
        brand = ((const struct bd_hit *)(void *)hits.data)->tag;
    bd_fold_free(&f);
    bd_buf_free(&hits);
    return brand;
}

struct work {
    struct bd_observation *o;
    const struct bd_legacy *l;
    const char *text;
    size_t at; /* names are looked for from here: they stand in order */
};

/* The name stands in the JSON, and so before the user. */
static int add_mention(struct work *w, struct bd_sighting *b, const char *name)
{
    size_t n = strlen(name), at = w->at, end = w->l->taken.end;

    while (at + n < end && memcmp(w->text + at, name, n) != 0)
        at++;
    b->mentioned = BD_YES;
    b->type = BD_MENTION_RECOMMENDED;
    b->count++;
    if (at + n < end) {
        b->first_offset = w->at = at;
        return bd__sighting_evidence(b, at, at + n);
    }
    /* Written with escapes: the object as a whole is the evidence; it stands behind the
     * name before it, wherever that is. */
    w->at += w->at + 1 < end;
    b->first_offset = w->at;
    return bd__sighting_evidence(b, w->l->taken.start, end);
}

static int apply_ranked(struct work *w, const struct bd_alias *brands, bool ordered)
{
    size_t i;
    json_t *e;

    json_array_foreach(w->l->ranked, i, e)
    {
        const json_t *named = json_is_string(e) ? e : json_object_get(e, "name");
        int brand =
            json_is_string(named) ? brand_of(brands, json_string_value(named)) : -1;
        struct bd_sighting *b = &w->o->brands[brand < 0 ? 0 : brand];

        if (brand < 0)
            continue;
        if (b->mentioned != BD_YES && add_mention(w, b, json_string_value(named)) < 0)
            return -1;
        if (!ordered && b->rank == 0) {
            b->rank = bd_coerce_rank(json_object_get(e, "rank"));
            b->rank_source = b->rank ? BD_RANK_JSON : BD_RANK_NONE;
        }
    }
    return 0;
}

int bd_selfreport_apply(struct bd_observation *o, const struct bd_legacy *l,
                        const struct bd_alias *brands, const char *text, bool ordered)
{
    struct work w = {o, l, text, l->taken.start};
    struct bd_sighting *main_brand = &o->brands[0];

    if (l->quoted || o->brand_count == 0)
        return 0;
    if (apply_ranked(&w, brands, ordered) < 0)
        return -1;
    if (main_brand->mentioned != BD_YES)
        return 0;
    if (!ordered && main_brand->rank == 0 && l->claims.rank > 0) {
        main_brand->rank = l->claims.rank;
        main_brand->rank_source = BD_RANK_JSON;
    }
    if (isnan(main_brand->sentiment) && !isnan(l->claims.sentiment)) {
        main_brand->sentiment = l->claims.sentiment;
        main_brand->tone_source = BD_TONE_JSON;
    }
    return 0;
}
