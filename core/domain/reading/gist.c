/* domain/reading/gist.c - see gist.h. */
#include "domain/reading/gist.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/reading.h"

static struct bd_gist *make(size_t brands, size_t found)
{
    struct bd_gist *g = calloc(1, sizeof(*g));

    if (!g)
        return NULL;
    g->brands = calloc(brands + 1, sizeof(*g->brands));
    g->found = calloc(found + 1, sizeof(*g->found));
    if (g->brands && g->found) {
        g->brand_count = brands;
        return g;
    }
    bd_gist_free(g);
    return NULL;
}

void bd_gist_free(struct bd_gist *g)
{
    if (!g)
        return;
    free(g->brands);
    free(g->found);
    free(g);
}

/* A name once, as the storage would give it back, cut to whole characters. */
static void add_name(struct bd_gist *g, const char *name)
{
    char *to = g->found[g->found_count];
    struct bd_buf clean;

    bd_buf_init(&clean, (size_t)4 * BD_GIST_NAME_BYTES);
    (void)bd_text_clean(&clean, name, strnlen(name, BD_GIST_NAME_BYTES + 4),
                        false); /* never full */
    snprintf(to, sizeof(*g->found), "%s", clean.data);
    bd_text_trim_partial(to);
    bd_buf_free(&clean);
    for (size_t i = 0; i < g->found_count; i++)
        if (strcmp(g->found[i], to) == 0)
            return;
    g->found_count++;
}

/* A tone of 2/3 has more digits than JSON keeps: what is kept must be what comes back. */
static double shortened(double tone)
{
    return round(tone * 1e6) / 1e6;
}

struct bd_gist *bd_gist_of(const struct bd_observation *o)
{
    size_t found = o->found_count < BD_GIST_FOUND ? o->found_count : BD_GIST_FOUND;
    struct bd_gist *g = make(o->brand_count, found);

    if (!g)
        return NULL;
    g->rules = BD_READING_RULES;
    g->refused = o->refused;
    for (size_t i = 0; i < o->brand_count; i++) {
        const struct bd_sighting *s = &o->brands[i];

        g->brands[i] = (struct bd_gist_brand){.mentioned = s->mentioned,
                                              .type = s->type,
                                              .rank = s->rank,
                                              .order = s->order,
                                              .sentiment = shortened(s->sentiment)};
    }
    for (size_t i = 0; i < found; i++)
        add_name(g, o->found[i].name);
    return g;
}

static json_t *known_json(enum bd_known k)
{
    return k == BD_UNKNOWN ? json_null() : json_boolean(k == BD_YES);
}

json_t *bd_gist_json(const struct bd_gist *g)
{
    json_t *brands = json_array(), *found = json_array();

    for (size_t i = 0; i < g->brand_count; i++) {
        const struct bd_gist_brand *b = &g->brands[i];

        json_array_append_new(brands,
                              json_pack("[o, s, i, i, o]", known_json(b->mentioned),
                                        bd_mention_name(b->type), b->rank, b->order,
                                        bd_json_number(b->sentiment)));
    }
    for (size_t i = 0; i < g->found_count; i++)
        json_array_append_new(found, bd_json_string(g->found[i], strlen(g->found[i])));
    return json_pack("{s:i, s:b, s:o, s:o}", "rules", g->rules, "refused",
                     (int)g->refused, "brands", brands, "found", found);
}

static bool mention_from(const json_t *v, enum bd_mention *out)
{
    const char *name = json_string_value(v);

    for (enum bd_mention m = BD_MENTION_NONE; name && m <= BD_MENTION_ECHO; m++)
        if (strcmp(name, bd_mention_name(m)) == 0) {
            *out = m;
            return true;
        }
    return false;
}

static bool place_from(const json_t *v, int *out)
{
    json_int_t n = json_integer_value(v);

    *out = n >= 0 && n <= 1000000 ? (int)n : 0;
    return json_is_integer(v);
}

static bool brand_from(struct bd_gist_brand *b, const json_t *o)
{
    const json_t *known = json_array_get(o, 0), *tone = json_array_get(o, 4);

    b->mentioned = json_is_true(known)    ? BD_YES
                   : json_is_false(known) ? BD_NO
                                          : BD_UNKNOWN;
    b->sentiment = json_is_number(tone) ? json_number_value(tone) : NAN;
    return known && tone && mention_from(json_array_get(o, 1), &b->type) &&
           place_from(json_array_get(o, 2), &b->rank) &&
           place_from(json_array_get(o, 3), &b->order);
}

struct bd_gist *bd_gist_from_json(const json_t *o, size_t brand_count)
{
    const json_t *brands = json_object_get(o, "brands"), *names, *v;
    struct bd_gist *g;
    size_t i;

    if (!json_is_integer(json_object_get(o, "rules")) ||
        json_array_size(brands) != brand_count)
        return NULL;
    g = make(brand_count, BD_GIST_FOUND);
    if (!g)
        return NULL;
    g->rules = (int)bd_json_int(o, "rules", 0);
    g->refused = bd_json_bool(o, "refused", false);
    json_array_foreach(brands, i, v) if (!brand_from(&g->brands[i], v))
    {
        bd_gist_free(g);
        return NULL;
    }
    names = json_object_get(o, "found");
    for (i = 0; i < json_array_size(names) && i < BD_GIST_FOUND; i++)
        if ((v = json_array_get(names, i)) && json_is_string(v))
            add_name(g, json_string_value(v));
    return g;
}

struct telling {
    bd_gist_change_fn *fn;
    void *arg;
    int count;
};

static void tell(struct telling *t, const struct bd_gist_change *c)
{
    if (c->was == c->is || (isnan(c->was) && isnan(c->is)))
        return;
    t->count++;
    if (t->fn)
        t->fn(t->arg, c);
}

static void tell_brand(struct telling *t, int b, const struct bd_gist_brand *was,
                       const struct bd_gist_brand *is)
{
    tell(t, &(struct bd_gist_change){BD_GIST_MENTIONED, b, NULL, was->mentioned,
                                     is->mentioned});
    tell(t, &(struct bd_gist_change){BD_GIST_TYPE, b, NULL, was->type, is->type});
    tell(t, &(struct bd_gist_change){BD_GIST_RANK, b, NULL, was->rank, is->rank});
    tell(t, &(struct bd_gist_change){BD_GIST_ORDER, b, NULL, was->order, is->order});
    tell(t, &(struct bd_gist_change){BD_GIST_SENTIMENT, b, NULL, was->sentiment,
                                     is->sentiment});
}

static bool has_name(const struct bd_gist *g, const char *name)
{
    for (size_t i = 0; i < g->found_count; i++)
        if (strcmp(g->found[i], name) == 0)
            return true;
    return false;
}

static void tell_names(struct telling *t, const struct bd_gist *in,
                       const struct bd_gist *other, bool gone)
{
    for (size_t i = 0; i < in->found_count; i++)
        if (!has_name(other, in->found[i]))
            tell(t,
                 &(struct bd_gist_change){BD_GIST_NAME, -1, in->found[i], gone, !gone});
}

int bd_gist_differ(const struct bd_gist *was, const struct bd_gist *is,
                   bd_gist_change_fn *fn, void *arg)
{
    struct telling t = {fn, arg, 0};

    tell(&t,
         &(struct bd_gist_change){BD_GIST_REFUSED, -1, NULL, was->refused, is->refused});
    for (size_t i = 0; i < was->brand_count && i < is->brand_count; i++)
        tell_brand(&t, (int)i, &was->brands[i], &is->brands[i]);
    tell_names(&t, was, is, true);
    tell_names(&t, is, was, false);
    return t.count;
}
