/* domain/cell_json.c - a cell as JSON, and back.
 *
 * Names stand there for people and programs; `index` holds the place in the request,
 * which is what counts when a cell is read again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/cell.h"

#define SOURCE "cell"

static json_t *text_or_null(const char *s)
{
    return s && *s ? bd_json_string(s, strlen(s)) : json_null();
}

static json_t *count_or_null(int64_t n)
{
    return n >= 0 ? json_integer(n) : json_null();
}

static json_t *usage_json(const struct bd_usage *u)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "input", count_or_null(u->input), "output",
                     count_or_null(u->output), "cached", count_or_null(u->cached),
                     "reasoning", count_or_null(u->reasoning));
}

static json_t *index_json(const struct bd_cell *c)
{
    return json_pack("{s:o, s:i, s:i}", "brand", count_or_null(c->brand), "question",
                     c->question, "model", c->model);
}

/* What the report and the storage have both. */
static json_t *plain_json(const struct bd_cell *c, const struct bd_inquiry *r)
{
    json_t *o = json_object();

    json_object_set_new(o, "probe", json_string(bd_probe_name(c->probe)));
    json_object_set_new(o, "brand",
                        text_or_null(c->brand >= 0 ? r->brands[c->brand].name : NULL));
    json_object_set_new(o, "question", json_string(r->questions[c->question]));
    json_object_set_new(o, "provider", json_string(r->models[c->model].provider));
    json_object_set_new(o, "model", text_or_null(c->model_used));
    json_object_set_new(o, "model_reported", text_or_null(c->model_reported));
    json_object_set_new(o, "sample", json_integer(c->sample));
    json_object_set_new(o, "index", index_json(c));
    json_object_set_new(o, "status", json_string(bd_status_name(c->status)));
    json_object_set_new(o, "reason", text_or_null(bd_skip_name(c->skip)));
    json_object_set_new(o, "error", bd_json_from_error(&c->error));
    json_object_set_new(o, "attempts", json_integer(c->attempts));
    json_object_set_new(o, "ttft_ms", count_or_null(c->ttft_ms));
    json_object_set_new(o, "latency_ms", count_or_null(c->latency_ms));
    json_object_set_new(o, "finished_ms", json_integer(c->finished_ms));
    json_object_set_new(o, "cached", json_boolean(c->cached));
    json_object_set_new(o, "maybe_billed_twice", json_boolean(c->doubtful));
    json_object_set_new(o, "usage", usage_json(&c->usage));
    json_object_set_new(o, "cost", bd_json_number(c->cost));
    json_object_set_new(o, "finish", text_or_null(c->finish));
    json_object_set_new(o, "request_id", text_or_null(c->request_id));
    json_object_set_new(o, "searched",
                        c->searched == BD_UNKNOWN ? json_null()
                                                  : json_boolean(c->searched == BD_YES));
    json_object_set_new(o, "text",
                        c->text ? bd_json_string(c->text, c->text_bytes) : json_null());
    return o;
}

json_t *bd_cell_to_stored(const struct bd_cell *c, const struct bd_inquiry *r)
{
    json_t *o = plain_json(c, r);
    struct bd_gist *gist = c->geo ? bd_gist_of(c->geo) : NULL;

    if (c->sources.count)
        json_object_set_new(o, "sources", bd_sources_to_json(&c->sources));
    if (gist) /* without it, the cell is stored all the same */
        json_object_set_new(o, "read", bd_gist_json(gist));
    bd_gist_free(gist);
    return o;
}

json_t *bd_cell_to_json(const struct bd_cell *c, const struct bd_inquiry *r)
{
    json_t *o = plain_json(c, r);

    json_object_set_new(o, "geo",
                        c->geo ? bd_observation_json(c->geo, r, c->text, c->text_bytes)
                               : json_null());
    json_object_set_new(o, "citations",
                        c->geo ? bd_citations_json(c->geo, r, c->text, c->text_bytes)
                               : json_array());
    return o;
}

static int wrong(struct bd_error *err, const char *member, const char *why)
{
    return bd_fail(err, BD_ERR_PROTOCOL, 0, SOURCE, "stored cell: '%s' %s", member, why);
}

/* The place of a name in a table of names; -1 if it is not there. */
static int place(const char *name, const char *(*name_of)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, name_of(i)) == 0)
            return i;
    return -1;
}

static const char *status_at(int i)
{
    return bd_status_name((enum bd_status)i);
}

static const char *skip_at(int i)
{
    return bd_skip_name((enum bd_skip)i);
}

static int read_kind(struct bd_cell *c, const json_t *o, struct bd_error *err)
{
    const char *probe = bd_json_text(o, "probe", "");
    int status = place(bd_json_text(o, "status", ""), status_at, BD_STATUS_COUNT);
    int skip = place(bd_json_text(o, "reason", ""), skip_at, BD_SKIP_COUNT);

    if (strcmp(probe, "matrix") != 0 && strcmp(probe, "neutral") != 0)
        return wrong(err, "probe", "is neither matrix nor neutral");
    if (status < 0)
        return wrong(err, "status", "is not one this version knows");
    if (skip < 0)
        return wrong(err, "reason", "is not one this version knows");
    c->probe = probe[0] == 'm' ? BD_PROBE_MATRIX : BD_PROBE_NEUTRAL;
    c->status = (enum bd_status)status;
    c->skip = (enum bd_skip)skip;
    return 0;
}

/* An index below count; least is -1 where there may be none. */
static int read_index(const json_t *o, const char *key, int least, size_t count, int *out,
                      struct bd_error *err)
{
    int64_t n = bd_json_int(o, key, -1);

    if (n < least || n >= (int64_t)count)
        return bd_fail(err, BD_ERR_PROTOCOL, 0, SOURCE,
                       "stored cell: index %s is %lld, the request has %zu: it belongs "
                       "to another request",
                       key, (long long)n, count);
    *out = (int)n;
    return 0;
}

static int read_place(struct bd_cell *c, const json_t *o, const struct bd_inquiry *r,
                      struct bd_error *err)
{
    const json_t *index = json_object_get(o, "index");
    bool matrix = c->probe == BD_PROBE_MATRIX;
    size_t brands = matrix ? r->brand_count : 0;

    if (read_index(index, "brand", matrix ? 0 : -1, brands, &c->brand, err) < 0 ||
        read_index(index, "question", 0, r->question_count, &c->question, err) < 0 ||
        read_index(index, "model", 0, r->model_count, &c->model, err) < 0 ||
        read_index(o, "sample", 0, BD_INQUIRY_SAMPLES, &c->sample, err) < 0)
        return -1;
    if (strcmp(bd_json_text(o, "question", ""), r->questions[c->question]) != 0)
        return wrong(err, "question", "is not the request's: it belongs to another one");
    return 0;
}

static int read_text(const json_t *o, const char *key, char **out, size_t *bytes)
{
    const json_t *v = json_object_get(o, key);
    size_t n = json_string_length(v);

    if (!json_is_string(v))
        return 0;
    *out = malloc(n + 1);
    if (!*out)
        return -1;
    memcpy(*out, json_string_value(v), n + 1);
    if (bytes)
        *bytes = n;
    return 0;
}

static void read_numbers(struct bd_cell *c, const json_t *o)
{
    const json_t *u = json_object_get(o, "usage");

    c->attempts = (int)bd_json_int(o, "attempts", 0);
    c->ttft_ms = bd_json_int(o, "ttft_ms", -1);
    c->latency_ms = bd_json_int(o, "latency_ms", -1);
    c->finished_ms = bd_json_int(o, "finished_ms", 0);
    c->cached = bd_json_bool(o, "cached", false);
    c->doubtful = bd_json_bool(o, "maybe_billed_twice", false);
    c->cost = bd_json_real(o, "cost", NAN);
    if (json_is_boolean(json_object_get(o, "searched"))) /* older ones have none */
        c->searched = bd_json_bool(o, "searched", false) ? BD_YES : BD_NO;
    c->usage = (struct bd_usage){
        .input = (int32_t)bd_json_int(u, "input", -1),
        .output = (int32_t)bd_json_int(u, "output", -1),
        .cached = (int32_t)bd_json_int(u, "cached", -1),
        .reasoning = (int32_t)bd_json_int(u, "reasoning", -1),
    };
}

int bd_cell_from_json(struct bd_cell *c, const json_t *o, const struct bd_inquiry *r,
                      struct bd_error *err)
{
    bd_cell_init(c);
    if (!json_is_object(o))
        return bd_fail(err, BD_ERR_PROTOCOL, 0, SOURCE, "stored cell: not an object");
    if (read_kind(c, o, err) < 0 || read_place(c, o, r, err) < 0)
        goto fail;
    read_numbers(c, o);
    bd_json_to_error(json_object_get(o, "error"), &c->error);
    snprintf(c->finish, sizeof(c->finish), "%s", bd_json_text(o, "finish", ""));
    bd_text_trim_partial(c->finish);
    if (read_text(o, "model", &c->model_used, NULL) < 0 ||
        read_text(o, "model_reported", &c->model_reported, NULL) < 0 ||
        read_text(o, "request_id", &c->request_id, NULL) < 0 ||
        read_text(o, "text", &c->text, &c->text_bytes) < 0 ||
        bd_sources_from_json(&c->sources, json_object_get(o, "sources")) < 0) {
        bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory (cell)");
        goto fail;
    }
    c->kept = bd_gist_from_json(json_object_get(o, "read"), r->brand_count);
    return 0;
fail:
    bd_cell_free(c);
    return -1;
}
