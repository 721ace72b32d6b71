/* domain/report/report_metrics_sources.c - what answers cite, as JSON. See
 * report_json_parts.h.
 */
#include "domain/report/report_json_parts.h"

enum { SITES_SHOWN = 100, FLAGS_SHOWN = 100 };

static json_t *brands_json(const struct bd_record *rec, const struct bd_figures *f,
                           int origin)
{
    json_t *list = json_array();

    for (size_t b = 0; b < f->brand_count; b++)
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o}", "brand", bd__json_name(rec, b), "citation_share",
                      bd__json_rate(&f->brands[b].cited_share[origin]), "citation_rate",
                      bd__json_rate(&f->brands[b].cited_rate[origin])));
    return list;
}

static json_t *origins_json(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *o = json_object();

    for (int i = 0; i < BD_ORIGINS; i++)
        json_object_set_new(
            o, bd_origin_name((enum bd_origin)i),
            json_pack("{s:i, s:i, s:o}", "citations", f->cited[i].citations, "answers",
                      f->cited[i].answers, "brands", brands_json(rec, f, i)));
    return o;
}

static json_t *site_json(const struct bd_record *rec, const struct bd_source_site *s)
{
    json_t *origins = json_object();

    for (int i = 0; i < BD_ORIGINS; i++)
        json_object_set_new(origins, bd_origin_name((enum bd_origin)i),
                            json_integer(s->origins[i]));
    return json_pack("{s:o, s:i, s:i, s:i, s:s, s:o, s:o}", "domain",
                     bd__json_text(s->domain), "answers", s->answers, "models", s->models,
                     "citations", s->citations, "category", bd_category_name(s->category),
                     "brand",
                     s->brand < 0 ? json_null() : bd__json_name(rec, (size_t)s->brand),
                     "origins", origins);
}

static json_t *flag_json(const struct bd_figures *f, const struct bd_source_flag *x)
{
    const struct bd_source_site *s = &f->sites[x->site];

    return json_pack("{s:s, s:o, s:s, s:o, s:b, s:i, s:i}", "flag", bd_flag_name(x->what),
                     "domain", bd__json_text(s->domain), "category",
                     bd_category_name(s->category), "brand", bd__json_text(x->name),
                     "tracked", x->brand >= 0, "answers", x->answers, "models",
                     x->models);
}

json_t *bd__json_sources(const struct bd_record *rec, const struct bd_figures *f)
{
    json_t *list = json_array(), *flags = json_array();

    for (size_t i = 0; i < f->site_count && i < SITES_SHOWN; i++)
        json_array_append_new(list, site_json(rec, &f->sites[i]));
    for (size_t i = 0; i < f->flag_count && i < FLAGS_SHOWN; i++)
        json_array_append_new(flags, flag_json(f, &f->flags[i]));
    return json_pack("{s:i, s:o, s:i, s:o, s:i, s:o}", "answers", f->source_answers,
                     "origins", origins_json(rec, f), "domains", (int)f->site_count,
                     "sites", list, "flagged", (int)f->flag_count, "flags", flags);
}
