/* domain/compare/replay_json.c - what is read otherwise, for programs. See replay.h. */
#include <string.h>

#include "domain/compare/replay.h"
#include "domain/reading/reading.h"

static json_t *value(enum bd_gist_what what, double v)
{
    switch (what) {
    case BD_GIST_MENTIONED:
        return v < 0 ? json_null() : json_boolean(v > 0);
    case BD_GIST_REFUSED:
    case BD_GIST_NAME:
        return json_boolean(v > 0);
    case BD_GIST_TYPE:
        return json_string(bd_mention_name((enum bd_mention)(int)v));
    case BD_GIST_SENTIMENT:
        return bd_json_number(v);
    case BD_GIST_RANK:
    case BD_GIST_ORDER:
        break;
    }
    return v > 0 ? json_integer((json_int_t)v) : json_null();
}

struct listing {
    const struct bd_record *rec;
    json_t *cells, *changes; /* of all; of the cell at hand */
};

static void list_change(void *arg, const struct bd_gist_change *c)
{
    static const char *const names[] = {"refused", "mentioned", "type", "rank",
                                        "order",   "sentiment", "found"};
    const struct listing *l = arg;
    const char *brand = c->name         ? c->name
                        : c->brand >= 0 ? l->rec->inquiry.brands[c->brand].name
                                        : NULL;

    json_array_append_new(
        l->changes, json_pack("{s:o, s:s, s:o, s:o}", "brand",
                              brand ? bd_json_string(brand, strlen(brand)) : json_null(),
                              "what", names[c->what], "was", value(c->what, c->was), "is",
                              value(c->what, c->is)));
}

static void list_cell(void *arg, const struct bd_cell *c, const struct bd_gist *is,
                      int differs)
{
    struct listing *l = arg;
    const struct bd_inquiry *q = &l->rec->inquiry;
    char key[40];

    if (differs <= 0)
        return;
    bd_cell_key(c, key);
    l->changes = json_array();
    (void)bd_gist_differ(c->kept, is, list_change, l);
    json_array_append_new(
        l->cells,
        json_pack("{s:s, s:s, s:o, s:s, s:s, s:o, s:i, s:i, s:o}", "key", key, "probe",
                  bd_probe_name(c->probe), "brand",
                  c->brand >= 0 ? json_string(q->brands[c->brand].name) : json_null(),
                  "question", q->questions[c->question], "provider",
                  q->models[c->model].provider, "model",
                  c->model_used ? json_string(c->model_used) : json_null(), "sample",
                  c->sample, "rules", c->kept->rules, "changes", l->changes));
}

struct figures {
    const struct bd_inquiry *q;
    json_t *list;
};

static void list_figure(void *arg, const struct bd_replay_figure *f)
{
    const struct figures *l = arg;
    const char *brand = l->q->brands[f->brand].name;

    json_array_append_new(l->list,
                          json_pack("{s:o, s:s, s:o, s:o}", "brand",
                                    bd_json_string(brand, strlen(brand)), "figure",
                                    bd_measure_name(f->what), "was",
                                    bd_json_number(f->was), "is", bd_json_number(f->is)));
}

int bd_replay_json(struct bd_buf *out, const struct bd_record *rec)
{
    const struct bd_replay r = bd_replay_count(rec);
    struct listing l = {.rec = rec, .cells = json_array()};
    struct figures figures = {&rec->inquiry, json_array()};
    int rc = bd_replay_figures(rec, list_figure, &figures) < 0
                 ? -1
                 : bd_replay_walk(rec, list_cell, &l);
    json_t *o =
        json_pack("{s:s, s:s, s:i, s:o, s:i, s:i, s:i, s:o, s:o}", "schema",
                  "brandiag.replay/1", "id", rec->id, "rules", BD_READING_RULES,
                  "rules_then", r.kept ? json_pack("[i, i]", r.low, r.high) : json_null(),
                  "answers", r.answers, "compared", r.kept, "changed", r.changed,
                  "figures", figures.list, "cells", l.cells);

    if (rc == 0)
        rc = o ? bd_json_write(out, o, true) : -1;
    json_decref(o);
    return rc == 0 ? bd_buf_add(out, "\n") : -1;
}
