/* engine/persist.c - rows on their way to the storage, and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "domain/figures.h"
#include "domain/reading.h"
#include "domain/report.h"
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
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    bd__diagnosis_unref(d);
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

static int put_cell(struct bd_diagnosis *d, const struct bd_cell *c, struct bd_error *err)
{
    const struct bd_inquiry *q = &d->record.inquiry;
    struct bd_buf data, error;
    struct bd_cell_row row = {.struct_size = sizeof(row)};
    char key[40];
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
        rc = bd_store_put_cell(d->engine->store, &row, on_stored, d, err);
    bd_buf_free(&data);
    bd_buf_free(&error);
    return rc;
}

void bd__persist_cell(struct bd_diagnosis *d, const struct bd_cell *c)
{
    struct bd_error err;

    bd__diagnosis_ref(d);
    if (!d->engine->store)
        on_stored(d, NULL);
    else if (put_cell(d, c, &err) < 0)
        on_stored(d, &err);
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

static void take_states(struct bd_record *rec, const json_t *summary)
{
    const json_t *list = json_object_get(summary, "states");
    size_t n = rec->inquiry.model_count;

    if (n == 0 || json_array_size(list) != n) /* none were kept */
        return;
    rec->states = calloc(n, sizeof(*rec->states));
    for (size_t i = 0; rec->states && i < n; i++) {
        const json_t *o = json_array_get(list, i);
        const char *breaker = json_string_value(json_object_get(o, "breaker"));

        snprintf(rec->states[i].breaker, sizeof(rec->states[i].breaker), "%s",
                 breaker ? breaker : "");
        rec->states[i].opened = (int)bd_json_int(o, "opened", 0);
        rec->states[i].keys_open = (int)bd_json_int(o, "keys_open", 0);
        rec->states[i].hedges = (int)bd_json_int(o, "hedges", 0);
    }
}

static int put_diagnosis(struct bd_diagnosis *d, bool done, struct bd_error *err)
{
    struct bd_buf inquiry, summary;
    struct bd_diagnosis_row row = {.struct_size = sizeof(row)};
    struct bd_figures f;
    int rc;

    bd_buf_init(&inquiry, ROW_LIMIT);
    bd_buf_init(&summary, ROW_LIMIT);
    rc = to_text(&inquiry, bd_inquiry_to_json(&d->record.inquiry), err);
    if (rc == 0 && done) {
        rc = bd_figures_make(&f, &d->record, err);
        if (rc == 0) {
            json_t *o = bd_report_summary(&d->record, &f);

            if (o)
                add_states(o, &d->record);
            rc = to_text(&summary, o, err);
            bd_figures_free(&f);
        }
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

struct loading {
    struct bd_record *record;
    bool found;
    size_t capacity;
    struct bd_error error;
};

static int take_diagnosis(void *arg, const struct bd_diagnosis_row *row) /* [store] */
{
    struct loading *l = arg;
    struct bd_record *rec = l->record;
    json_t *o = bd_json_parse(row->request, strlen(row->request), SOURCE, &l->error);
    json_t *s = json_loads(row->summary, 0, NULL); /* NULL while it ran */

    l->found = true;
    snprintf(rec->id, sizeof(rec->id), "%s", row->id);
    rec->created_ms = row->created_ms;
    rec->elapsed_ms = bd_json_int(s, "elapsed_ms", 0);
    rec->interrupted = row->state != BD_DIAGNOSIS_DONE;
    if (o && bd_inquiry_from_json(&rec->inquiry, o, &l->error) == 0)
        rec->deadline_ms = rec->inquiry.deadline_ms;
    take_states(rec, s);
    json_decref(o);
    json_decref(s);
    return 0;
}

static int grow(struct loading *l)
{
    size_t capacity = l->capacity ? 2 * l->capacity : 16;
    struct bd_cell *cells;

    if (l->record->cell_count < l->capacity)
        return 0;
    cells = realloc(l->record->cells, capacity * sizeof(*cells));
    if (!cells)
        return bd_fail(&l->error, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    l->record->cells = cells;
    l->capacity = capacity;
    return 0;
}

static int take_cell(void *arg, const struct bd_cell_row *row) /* [store] */
{
    struct loading *l = arg;
    struct bd_cell cell;
    json_t *o = bd_json_parse(row->data, strlen(row->data), SOURCE, &l->error);
    int rc = -1;

    if (o && grow(l) == 0)
        rc = bd_cell_from_json(&cell, o, &l->record->inquiry, &l->error);
    json_decref(o);
    if (rc < 0) {
        (void)bd_fail_in(&l->error, "stored cell '%s'", row->key);
        return 1;
    }
    l->record->cells[l->record->cell_count++] = cell;
    return 0;
}

/* Storages hand cells out by key; the report's order is the one they were asked in:
 * probe, question, model, then brand or sample. */
static int by_place(const void *a, const void *b)
{
    const struct bd_cell *x = a, *y = b;

    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    if (x->question != y->question)
        return x->question < y->question ? -1 : 1;
    if (x->model != y->model)
        return x->model < y->model ? -1 : 1;
    if (x->brand != y->brand)
        return x->brand < y->brand ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

static int read_again(struct bd_record *rec, struct bd_error *err)
{
    struct bd_reader *reader;
    int rc;

    if (bd_reader_new(&reader, &rec->inquiry, err) < 0)
        return -1;
    rc = 0;
    for (size_t i = 0; i < rec->cell_count && rc == 0; i++) {
        struct bd_cell *c = &rec->cells[i];
        const struct bd_answer_text answer = {
            .text = c->text,
            .bytes = c->text_bytes,
            .cut = c->status == BD_STATUS_TRUNCATED,
            .echo = c->brand,
        };

        if (c->text && (bd_cell_answered(c) || c->status == BD_STATUS_REFUSED))
            rc = bd_reader_read(reader, &answer, &c->geo, err);
    }
    bd_reader_free(reader);
    return rc;
}

int bd_engine_load(struct bd_engine *e, const char *id, struct bd_record *out,
                   struct bd_error *err)
{
    struct loading l = {.record = out};

    bd_record_init(out);
    if (!e->store) {
        const char *path = bd__engine_storage_path(e);

        (void)bd_fail(
            err, BD_ERR_STORAGE, 0, SOURCE,
            "nothing is stored yet: there is no '%.120s'; does [storage] name the "
            "one that was written? `brandiag list` shows what it holds",
            path ? path : "storage");
        goto fail;
    }
    if (bd_store_get(e->store, id, take_diagnosis, &l, err) < 0)
        goto fail;
    if (!l.found) {
        (void)bd_fail(
            err, BD_ERR_STORAGE, 0, SOURCE,
            "no diagnosis '%s' is stored here; `brandiag list` shows those there "
            "are",
            id);
        goto fail;
    }
    if (l.error.type == BD_ERR_NONE &&
        bd_store_cells(e->store, id, take_cell, &l, err) < 0)
        goto fail;
    if (l.error.type != BD_ERR_NONE) {
        *err = l.error;
        goto fail;
    }
    if (out->cell_count)
        qsort(out->cells, out->cell_count, sizeof(*out->cells), by_place);
    if (read_again(out, err) < 0)
        goto fail;
    return 0;
fail:
    bd_record_free(out);
    return bd_fail_in(err, "loading %s", id);
}

struct listing {
    void (*each)(void *arg, const struct bd_listed *row);
    void *arg;
};

static int list_row(void *arg, const struct bd_diagnosis_row *row) /* [store] */
{
    const struct listing *l = arg;
    json_t *summary = json_loads(row->summary, 0, NULL);
    const struct bd_listed listed = {
        .id = row->id,
        .brand = row->brand,
        .created_ms = row->created_ms,
        .running = row->state == BD_DIAGNOSIS_RUNNING,
        .summary = summary,
    };

    l->each(l->arg, &listed);
    json_decref(summary);
    return 0;
}

int bd_engine_list(struct bd_engine *e, int limit, const char *before_id,
                   void (*each)(void *arg, const struct bd_listed *row), void *arg,
                   struct bd_error *err)
{
    const struct bd_list_query query = {
        .struct_size = sizeof(query), .limit = limit, .before_id = before_id};
    struct listing l = {each, arg};

    if (!e->store)
        return 0;
    return bd_store_list(e->store, &query, list_row, &l, err);
}
