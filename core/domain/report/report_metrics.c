/* domain/report/report_metrics.c - the figures as JSON. See report_json_parts.h. */
#include "domain/report/report_json_parts.h"

enum { RIVALS_SHOWN = 100 };

static json_t *interception_json(const struct bd_record *rec, const struct bd_figures *f)
{
    const int cells = f->neutral_cells - f->branded_cells;
    json_t *by = json_array();

    for (size_t i = 1; i < f->brand_count; i++) {
        const struct bd_interception *x = &f->interceptions[i];

        json_array_append_new(
            by, json_pack("{s:o, s:o, s:o, s:i}", "brand", bd__json_name(rec, i), "rate",
                          bd__json_sure_rate(&x->rate, &x->interval), "level",
                          bd__json_text(bd_figures_interception(&x->interval)), "unknown",
                          cells - x->rate.n));
    }
    return json_pack(
        "{s:o, s:o, s:i, s:o}", "any",
        bd__json_sure_rate(&f->interception_any, &f->interception_any_interval), "level",
        bd__json_text(bd_figures_interception(&f->interception_any_interval)), "unknown",
        f->brand_count > 1 ? cells - f->interception_any.n : 0, "by", by);
}

static json_t *versus_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t i = 1; i < f->brand_count; i++) {
        const struct bd_versus *v = &f->versus[i];

        json_array_append_new(list, json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:f}",
                                              "brand", bd__json_name(rec, i), "both",
                                              v->both, "only_main", v->only_main,
                                              "only_competitor", v->only_other, "neither",
                                              v->neither, "unknown", v->unknown,
                                              "outranked", v->outranked, "p", v->p));
    }
    return list;
}

static const char *method_of(const struct bd_figures *f)
{
    if (!bd_figures_drawn(f))
        return "wilson";
    if (!f->sure.by_question)
        return "bootstrap_answers";
    return f->sure.answers > 0 ? "bootstrap_both" : "bootstrap_questions";
}

static json_t *sample_json(const struct bd_figures *f)
{
    const struct bd_sureness *s = &f->sure;

    return json_pack("{s:i, s:o, s:s, s:i, s:i, s:i, s:i}", "questions", f->questions,
                     "size", bd__json_text(bd_figures_size(f)), "method", method_of(f),
                     "replicates", s->replicates, "clusters", s->clusters, "answers",
                     s->answers, "seed", (int)s->seed);
}

/* Questions that name a brand, apart from all else. */
static json_t *branded_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *brands = json_array();

    for (size_t b = 0; b < f->brand_count; b++)
        json_array_append_new(brands, json_pack("{s:o, s:o}", "brand",
                                                bd__json_name(rec, b), "mention_rate",
                                                bd__json_rate(&f->brands[b].branded)));
    return json_pack("{s:i, s:i, s:o}", "questions", f->branded_questions, "cells",
                     f->branded_cells, "brands", brands);
}

/* What the two shares of voice are shares of. */
static json_t *voice_json(const struct bd_figures *f)
{
    return json_pack("{s:{s:i, s:i}, s:{s:i, s:i}}", "tracked", "brands",
                     (int)f->brand_count, "mentions", f->voices, "all", "brands",
                     (int)(f->brand_count + f->rival_count), "mentions",
                     f->voices_of_all);
}

static json_t *discovered_json(const struct bd_figures *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->rival_count && i < RIVALS_SHOWN; i++) {
        const struct bd_rival *r = &f->rivals[i];

        json_array_append_new(
            list, json_pack("{s:o, s:i, s:i, s:o, s:i}", "name", bd__json_text(r->name),
                            "answers", r->answers, "models", r->models, "best_rank",
                            bd__json_count(r->best_rank ? r->best_rank : -1), "first",
                            r->first));
    }
    return json_pack("{s:i, s:i, s:o}", "answers", f->rival_answers, "names",
                     (int)f->rival_count, "brands", list);
}

static json_t *stability_json(const struct bd_stability *s)
{
    return json_pack("{s:o, s:i, s:i, s:o, s:i, s:i}", "jaccard",
                     bd_json_number(s->jaccard), "groups", s->groups, "pairs", s->pairs,
                     "rank_overlap", bd_json_number(s->overlap), "ranked_groups",
                     s->ranked_groups, "ranked_pairs", s->ranked_pairs);
}

/* Which neutral cells are under the figures, and what became of the others. */
static json_t *scope_json(const struct bd_figures *f)
{
    return json_pack("{s:i, s:i, s:o}", "cells", f->neutral_cells, "known",
                     f->neutral_known, "excluded",
                     bd__json_excluded(f->excluded, f->branded_cells));
}

json_t *bd__json_metrics(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *o = json_object(), *brands = json_array(), *models = json_array();

    for (size_t b = 0; b < f->brand_count; b++)
        json_array_append_new(brands, bd__json_brand_metrics(rec, f, b));
    for (size_t m = 0; m < f->model_count; m++)
        json_array_append_new(models, bd__json_model_metrics(rec, f, m));
    json_object_set_new(o, "neutral", scope_json(f));
    json_object_set_new(o, "branded", branded_json(rec, f));
    json_object_set_new(o, "sample", sample_json(f));
    json_object_set_new(o, "brands", brands);
    json_object_set_new(o, "voice", voice_json(f));
    json_object_set_new(o, "interception", interception_json(rec, f));
    json_object_set_new(o, "versus", versus_json(rec, f));
    json_object_set_new(o, "models", models);
    json_object_set_new(o, "discovered", discovered_json(f));
    json_object_set_new(o, "sources", bd__json_sources(rec, f));
    json_object_set_new(o, "stability", stability_json(&f->stability));
    json_object_set_new(o, "tokens",
                        json_pack("{s:o, s:o}", "input", bd__json_count(f->tokens_in),
                                  "output", bd__json_count(f->tokens_out)));
    return o;
}
