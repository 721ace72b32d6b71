/* domain/report/report_metrics_brands.c - figures of a brand, over all models and by
 * model, as JSON. See report_json_parts.h. */
#include <stdio.h>

#include "domain/report/report_json_parts.h"
#include "domain/report/report_parts.h"

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static json_t *types_json(const struct bd_brand_figures *b)
{
    json_t *o = json_object();

    for (enum bd_mention t = BD_MENTION_RECOMMENDED; t <= BD_MENTION_ECHO; t++)
        set(o, bd_mention_name(t), json_integer(b->types[t]));
    set(o, "absent", json_integer(b->types[BD_MENTION_NONE]));
    return o;
}

static json_t *tones_json(const struct bd_tones *t)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:o}", "positive", t->positive, "neutral",
                     t->even, "negative", t->negative, "none", t->none, "net",
                     bd_json_number(t->net));
}

static json_t *places_json(const struct bd_places *p)
{
    static const char *const names[BD_RANK_STEPS] = {"1", "2", "3", "4", "5_and_more"};
    json_t *o = json_object();

    for (int i = 0; i < BD_RANK_STEPS; i++)
        set(o, names[i], json_integer(p->at[i]));
    set(o, "unranked", json_integer(p->unranked));
    set(o, "absent", json_integer(p->absent));
    set(o, "unknown", json_integer(p->unknown));
    return o;
}

static json_t *spread_json(const struct bd_figures *f, size_t brand)
{
    const struct bd_spread *s = &f->brands[brand].spread;
    json_t *apart = json_array();

    for (size_t i = 0; i < f->apart_count; i++)
        if (f->apart[i].brand == (int)brand)
            json_array_append_new(apart, json_pack("{s:i, s:i}", "lower", f->apart[i].low,
                                                   "higher", f->apart[i].high));
    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "models", s->models, "low",
                     bd_json_number(s->low), "high", bd_json_number(s->high), "range",
                     bd_json_number(s->range), "deviation", bd_json_number(s->deviation),
                     "apart", apart);
}

static struct bd_interval of_mention(const struct bd_figures *f,
                                     const struct bd_brand_figures *b)
{
    return bd_figures_drawn(f) ? b->mention_interval
                               : bd_interval_wilson(b->mention.hits, b->mention.n);
}

static void set_rates(json_t *o, const struct bd_figures *f,
                      const struct bd_brand_figures *b)
{
    const struct bd_interval mention = of_mention(f, b);

    set(o, "mention_rate", bd__json_sure_rate(&b->mention, &mention));
    set(o, "mention_rate_by_model", bd_json_number(b->mention_macro));
    set(o, "mention_rate_by_model_interval", bd__json_interval(&b->macro_interval));
    set(o, "share_of_voice", bd__json_sure_rate(&b->share_of_voice, &b->voice_interval));
    set(o, "share_of_all_voice", bd__json_rate(&b->share_of_all));
    set(o, "word_share",
        json_pack("{s:o, s:o, s:o, s:i}", "value", bd_json_number(b->word_share.value),
                  "words", bd_json_number(b->word_share.part), "of",
                  bd_json_number(b->word_share.whole), "n", b->word_share.n));
    set(o, "position_share", bd__json_mean(&b->position_share));
    set(o, "first_mention_rate",
        bd__json_sure_rate(&b->first_mention, &b->first_interval));
    set(o, "top1_rate", bd__json_sure_rate(&b->top1, &b->top1_interval));
    set(o, "top3_rate", bd__json_sure_rate(&b->top3, &b->top3_interval));
    set(o, "recommendation_rate",
        bd__json_sure_rate(&b->recommended, &b->recommended_interval));
    set(o, "coverage", bd__json_sure_rate(&b->coverage, &b->coverage_interval));
}

json_t *bd__json_brand_metrics(const struct bd_record *rec, const struct bd_figures *f,
                               size_t brand)
{
    const struct bd_brand_figures *b = &f->brands[brand];
    json_t *o = json_object();

    set(o, "brand", bd__json_name(rec, brand));
    set_rates(o, f, b);
    set(o, "average_rank", bd__json_mean(&b->rank));
    set(o, "reciprocal_rank", bd__json_mean(&b->reciprocal_rank));
    set(o, "ranks", places_json(&b->places));
    set(o, "types", types_json(b));
    set(o, "sentiment", bd__json_mean(&b->sentiment));
    set(o, "tones", tones_json(&b->tones));
    set(o, "negative_rate", bd__json_rate(&b->negative));
    set(o, "spread", spread_json(f, brand));
    set(o, "excluded", bd__json_excluded(b->excluded, f->branded_cells));
    return o;
}

static json_t *field_json(const struct bd_record *rec, const struct bd_figures *f,
                          size_t model, size_t brand)
{
    const struct bd_model_brand *x = &f->models[model].brands[brand];
    json_t *o = json_object();

    set(o, "brand", bd__json_name(rec, brand));
    set(o, "mention_rate",
        bd__json_sure_rate(&f->models[model].mention[brand], &x->interval));
    set(o, "n_eff", bd_json_number(x->n_eff));
    set(o, "first_mention_rate", bd__json_rate(&x->first_mention));
    set(o, "average_rank", bd__json_mean(&x->rank));
    set(o, "sentiment", bd__json_mean(&x->sentiment));
    set(o, "excluded", bd__json_excluded(x->excluded, f->models[model].branded));
    return o;
}

json_t *bd__json_model_metrics(const struct bd_record *rec, const struct bd_figures *f,
                               size_t model)
{
    json_t *brands = json_array();

    for (size_t b = 0; b < f->brand_count; b++)
        json_array_append_new(brands, field_json(rec, f, model, b));
    return json_pack("{s:o, s:o, s:o}", "provider",
                     bd__json_text(rec->inquiry.models[model].provider), "model",
                     bd__json_text(bd_model_asked(rec, (int)model)), "brands", brands);
}
