/* engine/persist.c - rows on their way to the storage, and lists of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "domain/figures/figures.h"
#include "domain/report/report.h"
#include "engine/parts.h"

#define SOURCE    "persist"
#define ROW_LIMIT ((size_t)64 << 20)

static void on_stored(void *arg, const struct bd_error *err) /* [store] */
{
    struct bd_diagnosis *d = arg;

    pthread_mutex_lock(&d->lock);
    d->unstored--;
    if (err && d->store_error.type == BD_ERR_NONE)
        d->store_error = *err;
    if (err)
        d->unstored_for_good++;
    if (err && err->recoverable)
        d->lost++;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_unref(d);
}

static void on_cell_stored(void *arg, const struct bd_error *err) /* [store] */
{
    struct bd_run *run = arg;

    pthread_mutex_lock(&run->diagnosis->lock);
    bd__diagnosis_show(run);
    pthread_mutex_unlock(&run->diagnosis->lock);
    on_stored(run->diagnosis, err);
}

static int to_text(struct bd_buf *out, json_t *o, struct bd_error *err)
{
    int rc = o ? bd_json_write(out, o, false) : -1;

    json_decref(o);
    return rc == 0 ? 0 : bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
}

/* 0..1: how the cell's brand fares in it, for the storage's score column. */
static double score_of(const struct bd_cell *c)
{
    const struct bd_sighting *s = c->geo && c->geo->brand_count
                                      ? &c->geo->brands[c->brand < 0 ? 0 : c->brand]
                                      : NULL;

    if (!s || s->mentioned == BD_UNKNOWN)
        return NAN;
    if (s->mentioned == BD_NO)
        return 0;
    return s->rank > 0 ? 1.0 / s->rank : 0.3;
}

int bd__persist_begun(const struct bd_run *run, bd_store_done_fn *done,
                      struct bd_error *err)
{
    const struct bd_diagnosis *d = run->diagnosis;
    const struct bd_inquiry *q = &d->record.inquiry;
    char key[BD__CELL_KEY];
    const struct bd_cell_row row = {
        .struct_size = sizeof(row),
        .diagnosis = d->record.id,
        .key = key,
        .brand = run->cell->brand < 0 ? "*" : q->brands[run->cell->brand].name,
        .provider = run->slot->name,
        .model = run->model,
        .status = BD__BEGUN,
        .data = "{}",
        .score = NAN,
        .time_ms = bd_clock_wall_ms(),
    };

    bd_cell_key(run->cell, key);
    return bd_store_put_cell(d->engine->store, &row, done, (void *)run, err);
}

static int put_cell(struct bd_run *run, struct bd_error *err)
{
    const struct bd_diagnosis *d = run->diagnosis;
    const struct bd_cell *c = run->cell;
    const struct bd_inquiry *q = &d->record.inquiry;
    struct bd_buf data, error;
    struct bd_cell_row row = {.struct_size = sizeof(row)};
    char key[BD__CELL_KEY];
    int rc;

    bd_buf_init(&data, ROW_LIMIT);
    bd_buf_init(&error, 1 << 16);
    bd_cell_key(c, key);
    rc = to_text(&data, bd_cell_to_stored(c, q), err);
    if (rc == 0 && c->error.type != BD_ERR_NONE)
        rc = to_text(&error, bd_json_from_error(&c->error), err);
    row.diagnosis = d->record.id;
    row.key = key;
    row.brand = c->brand < 0 ? "*" : q->brands[c->brand].name;
    row.provider = q->models[c->model].provider;
    row.model = c->model_used ? c->model_used : "";
    row.status = bd_status_name(c->status);
    row.data = data.data;
    row.error = error.n ? error.data : NULL;
    row.score = score_of(c);
    row.time_ms = c->finished_ms;
    if (rc == 0)
        rc = bd_store_put_cell(d->engine->store, &row, on_cell_stored, run, err);
    bd_buf_free(&data);
    bd_buf_free(&error);
    return rc;
}

void bd__persist_cell(struct bd_run *run)
{
    struct bd_error err;

    bd__diagnosis_ref(run->diagnosis);
    if (!run->diagnosis->engine->store)
        on_cell_stored(run, NULL);
    else if (put_cell(run, &err) < 0)
        on_cell_stored(run, &err);
}

/* Beside the summary, which lists show: what only this process knew of the providers. */
static void add_states(json_t *summary, const struct bd_record *rec)
{
    json_t *list = json_array();

    for (size_t i = 0; rec->states && i < rec->inquiry.model_count; i++) {
        const struct bd_model_state *s = &rec->states[i];

        json_array_append_new(
            list, json_pack("{s:s, s:i, s:i, s:i}", "breaker", s->breaker, "opened",
                            s->opened, "keys_open", s->keys_open, "hedges", s->hedges));
    }
    json_object_set_new(summary, "states", list);
}

/* The inquiry, and what else is needed to go on with it after a restart. */
json_t *bd__persist_request(const struct bd_inquiry *q,
                            const struct bd_diagnosis_limits *limits,
                            const char *client_key)
{
    json_t *o = bd_inquiry_to_json(q);

    if (o && (limits->max_calls > 0 || limits->max_cost > 0 || limits->fresh))
        json_object_set_new(o, "limits",
                            json_pack("{s:I, s:f, s:b}", "max_calls",
                                      (json_int_t)limits->max_calls, "max_cost",
                                      limits->max_cost, "fresh", (int)limits->fresh));
    if (o && client_key)
        json_object_set_new(o, "client_key",
                            bd_json_string(client_key, strlen(client_key)));
    return o;
}

static int put_diagnosis(struct bd_diagnosis *d, bool done, struct bd_error *err)
{
    struct bd_buf inquiry, summary;
    struct bd_diagnosis_row row = {.struct_size = sizeof(row)};
    struct bd_figures f;
    int rc;

    bd_buf_init(&inquiry, ROW_LIMIT);
    bd_buf_init(&summary, ROW_LIMIT);
    rc = to_text(&inquiry,
                 bd__persist_request(&d->record.inquiry, &d->limits, d->client_key), err);
    if (rc == 0 && done) {
        json_t *o;

        bd_figures_count(&f, &d->record);
        o = bd_report_summary(&d->record, &f);
        if (o)
            add_states(o, &d->record);
        rc = to_text(&summary, o, err);
    }
    row.state = done ? BD_DIAGNOSIS_DONE : BD_DIAGNOSIS_RUNNING;
    row.id = d->record.id;
    row.created_ms = d->record.created_ms;
    row.finished_ms = done ? bd_clock_wall_ms() : 0;
    row.brand = d->record.inquiry.brands[0].name;
    row.request = inquiry.data;
    row.summary = summary.data;
    if (rc == 0)
        rc = bd_store_put_diagnosis(d->engine->store, &row, on_stored, d, err);
    bd_buf_free(&inquiry);
    bd_buf_free(&summary);
    return rc;
}

void bd__persist_diagnosis(struct bd_diagnosis *d, bool done)
{
    struct bd_error err;

    pthread_mutex_lock(&d->lock);
    d->unstored++;
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_ref(d);
    if (!d->engine->store)
        on_stored(d, NULL);
    else if (put_diagnosis(d, done, &err) < 0)
        on_stored(d, &err);
}

struct listing {
    void (*each)(void *arg, const struct bd_listed *row);
    void *arg;
};

static int list_row(void *arg, const struct bd_diagnosis_row *row) /* [store] */
{
    const struct listing *l = arg;
    json_t *summary = json_loads(row->summary, 0, NULL);
    json_t *request = json_loads(row->request, 0, NULL);
    const char *key = bd_json_text(request, "client_key", NULL);
    char *client_key = key ? strdup(key) : NULL;
    const struct bd_listed listed = {
        .id = row->id,
        .brand = row->brand,
        .created_ms = row->created_ms,
        .running = row->state == BD_DIAGNOSIS_RUNNING,
        .summary = summary,
        .client_key = client_key,
        .request = request,
    };

    json_object_del(request, "client_key");
    json_object_del(request, "limits");
    l->each(l->arg, &listed);
    json_decref(summary);
    json_decref(request);
    free(client_key);
    return 0;
}

static int list(struct bd_engine *e, const struct bd_list_query *query, struct listing *l,
                struct bd_error *err)
{
    return e->store ? bd_store_list(e->store, query, list_row, l, err) : 0;
}

int bd_engine_list(struct bd_engine *e, int limit, const char *before_id,
                   void (*each)(void *arg, const struct bd_listed *row), void *arg,
                   struct bd_error *err)
{
    const struct bd_list_query query = {
        .struct_size = sizeof(query), .limit = limit, .before_id = before_id};
    struct listing l = {each, arg};

    return list(e, &query, &l, err);
}

int bd_engine_list_unfinished(struct bd_engine *e,
                              void (*each)(void *arg, const struct bd_listed *row),
                              void *arg, struct bd_error *err)
{
    const struct bd_list_query query = {.struct_size = sizeof(query),
                                        .unfinished_only = 1};
    struct listing l = {each, arg};

    return list(e, &query, &l, err);
}

int bd_engine_look_up(struct bd_engine *e, const char *id,
                      void (*each)(void *arg, const struct bd_listed *row), void *arg,
                      struct bd_error *err)
{
    struct listing l = {each, arg};

    return e->store ? bd_store_get(e->store, id, list_row, &l, err) : 0;
}
