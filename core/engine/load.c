/* engine/load.c - a stored diagnosis as a record again. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "domain/reading/reading.h"
#include "engine/parts.h"

#define SOURCE     "load"
#define PART_CELLS 64

struct loading {
    struct bd__stored *to;
    struct bd_record *record; /* its */
    bool found;
    size_t capacity;
    struct bd_error error;
};

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

/* What stands in the request beside the inquiry, see persist.c; it is taken out. */
static void take_limits(struct bd__stored *to, json_t *request)
{
    const json_t *limits = json_object_get(request, "limits");
    const char *key = bd_json_text(request, "client_key", NULL);

    to->limits = (struct bd_diagnosis_limits){
        .max_calls = bd_json_int(limits, "max_calls", 0),
        .max_cost = bd_json_real(limits, "max_cost", 0),
        .fresh = bd_json_bool(limits, "fresh", false),
    };
    to->client_key = key ? strdup(key) : NULL;
    json_object_del(request, "limits");
    json_object_del(request, "client_key");
}

static int take_diagnosis(void *arg, const struct bd_diagnosis_row *row) /* [store] */
{
    struct loading *l = arg;
    struct bd_record *rec = l->record;
    json_t *o = bd_json_parse(row->request, strlen(row->request), SOURCE, &l->error);
    json_t *s = json_loads(row->summary, 0, NULL); /* NULL while it ran */

    if (o)
        take_limits(l->to, o);
    l->to->running = row->state != BD_DIAGNOSIS_DONE;
    l->found = true;
    snprintf(rec->id, sizeof(rec->id), "%s", row->id);
    rec->created_ms = row->created_ms;
    rec->elapsed_ms = bd_json_int(s, "elapsed_ms", 0);
    rec->interrupted = row->state != BD_DIAGNOSIS_DONE || /* or it says so itself */
                       json_is_true(json_object_get(s, "interrupted"));
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

/* A call for it was begun, and how it ended is not there. */
static int take_begun(struct loading *l, const char *key)
{
    struct bd__stored *to = l->to;
    void *more = to->begun;

    if ((to->begun_count & (to->begun_count - 1)) == 0) /* 0, 1, 2, 4 ... are full */
        more = realloc(to->begun, (2 * to->begun_count + 1) * sizeof(*to->begun));
    if (!more)
        return bd_fail(&l->error, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    to->begun = more;
    snprintf(to->begun[to->begun_count++], BD__CELL_KEY, "%s", key);
    return 0;
}

static int take_cell(void *arg, const struct bd_cell_row *row) /* [store] */
{
    struct loading *l = arg;
    struct bd_cell cell;
    json_t *o;
    int rc = -1;

    if (strcmp(row->status, BD__BEGUN) == 0)
        return take_begun(l, row->key);
    o = bd_json_parse(row->data, strlen(row->data), SOURCE, &l->error);
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

/* Reading thousands of answers takes longer than fetching them, so the pool does it, a
 * part of them in each job. */
struct rereading {
    struct bd_record *rec;
    struct bd_reader *reader;
    pthread_cond_t finished;
    pthread_mutex_t lock; /* guards all below */
    size_t left;          /* parts */
    struct bd_error error;
};

struct part {
    struct bd_job job; /* first */
    struct rereading *all;
    size_t first, end; /* of the record's cells */
};

static int read_cell(struct bd_reader *reader, struct bd_cell *c, struct bd_error *err)
{
    const struct bd_answer_text answer = {
        .text = c->text,
        .bytes = c->text_bytes,
        .cut = c->status == BD_STATUS_TRUNCATED,
        .echo = c->brand,
        .returned = c->sources.at,
        .returned_count = c->sources.count,
    };

    if (!c->text || !(bd_cell_answered(c) || c->status == BD_STATUS_REFUSED))
        return 0;
    if (bd_reader_read(reader, &answer, &c->geo, err) < 0)
        return -1;
    if (c->status == BD_STATUS_OK && c->geo->refused) /* as bd__result_read() has it */
        c->status = BD_STATUS_REFUSED;
    else if (c->status == BD_STATUS_REFUSED && c->error.type == BD_ERR_NONE &&
             !c->geo->refused)
        c->status = BD_STATUS_OK; /* only an earlier reading said so */
    return 0;
}

static void read_part(struct bd_job *job) /* [worker] */
{
    const struct part *p = (const struct part *)job;
    struct rereading *all = p->all;
    struct bd_error err;
    int rc = 0;

    for (size_t i = p->first; i < p->end && rc == 0; i++)
        rc = read_cell(all->reader, &all->rec->cells[i], &err);
    pthread_mutex_lock(&all->lock);
    if (rc < 0)
        all->error = err;
    if (--all->left == 0)
        pthread_cond_signal(&all->finished); /* under the lock: all is gone after it */
    pthread_mutex_unlock(&all->lock);
}

/* Posts the parts and waits until all are over, failed ones too. */
static void read_parts(struct rereading *all, struct part *parts, struct bd_pool *pool)
{
    size_t n = all->left, cells = all->rec->cell_count;

    for (size_t i = 0; i < n; i++) {
        size_t end = (i + 1) * PART_CELLS;

        parts[i] = (struct part){.job = {.run = read_part},
                                 .all = all,
                                 .first = i * PART_CELLS,
                                 .end = end < cells ? end : cells};
        bd_pool_post(pool, &parts[i].job);
    }
    pthread_mutex_lock(&all->lock);
    while (all->left > 0)
        pthread_cond_wait(&all->finished, &all->lock);
    pthread_mutex_unlock(&all->lock);
}

static int read_again(struct bd_pool *pool, struct bd_record *rec, struct bd_error *err)
{
    struct rereading all = {
        .rec = rec,
        .finished = PTHREAD_COND_INITIALIZER,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .left = (rec->cell_count + PART_CELLS - 1) / PART_CELLS,
    };
    struct part *parts;

    if (all.left == 0)
        return 0;
    if (bd_reader_new(&all.reader, &rec->inquiry, err) < 0)
        return -1;
    parts = calloc(all.left, sizeof(*parts));
    if (parts)
        read_parts(&all, parts, pool);
    else
        (void)bd_fail(&all.error, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    free(parts);
    bd_reader_free(all.reader);
    if (all.error.type == BD_ERR_NONE)
        return 0;
    *err = all.error;
    return -1;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(a, b);
}

struct bd_cell *bd__stored_cell(const struct bd__stored *s, const struct bd_cell *place)
{
    const struct bd_record *rec = &s->record;

    return rec->cell_count ? bsearch(place, rec->cells, rec->cell_count,
                                     sizeof(*rec->cells), by_place)
                           : NULL;
}

bool bd__stored_begun(const struct bd__stored *s, const struct bd_cell *place)
{
    char key[BD__CELL_KEY];

    bd_cell_key(place, key);
    return s->begun_count &&
           bsearch(key, s->begun, s->begun_count, sizeof(*s->begun), by_key) != NULL;
}

static int nothing_there(const struct bd_engine *e, struct bd_error *err)
{
    const char *path = bd__engine_storage_path(e);

    return bd_fail(err, BD_ERR_STORAGE, 0, SOURCE,
                   "nothing is stored yet: there is no '%.120s'; does [storage] name the "
                   "one that was written? `brandiag list` shows what it holds",
                   path ? path : "storage");
}

static int fetch(struct loading *l, struct bd_engine *e, const char *id,
                 struct bd_error *err)
{
    if (!e->store)
        return nothing_there(e, err);
    if (bd_store_get(e->store, id, take_diagnosis, l, err) < 0)
        return -1;
    if (!l->found)
        return bd_fail(err, BD_ERR_STORAGE, ENOENT, SOURCE,
                       "no diagnosis '%s' is stored here; `brandiag list` shows those "
                       "there are",
                       id);
    if (l->error.type == BD_ERR_NONE &&
        bd_store_cells(e->store, id, take_cell, l, err) < 0)
        return -1;
    if (l->error.type == BD_ERR_NONE)
        return 0;
    *err = l->error;
    return -1;
}

int bd__stored_load(struct bd__stored *out, struct bd_engine *e, const char *id,
                    struct bd_error *err)
{
    struct bd_record *rec = &out->record;
    struct loading l = {.to = out, .record = rec};

    *out = (struct bd__stored){0};
    bd_record_init(rec);
    if (fetch(&l, e, id, err) < 0)
        goto fail;
    if (rec->cell_count)
        qsort(rec->cells, rec->cell_count, sizeof(*rec->cells), by_place);
    if (out->begun_count) /* storages hand rows out by key; the search relies on it */
        qsort(out->begun, out->begun_count, sizeof(*out->begun), by_key);
    if (read_again(e->pool, rec, err) < 0)
        goto fail;
    return 0;
fail:
    bd__stored_free(out);
    return bd_fail_in(err, "loading %s", id);
}

void bd__stored_free(struct bd__stored *s)
{
    bd_record_free(&s->record);
    free(s->client_key);
    free(s->begun);
    *s = (struct bd__stored){0};
}

int bd_engine_load(struct bd_engine *e, const char *id, struct bd_record *out,
                   struct bd_error *err)
{
    struct bd__stored s;

    bd_record_init(out);
    if (bd__stored_load(&s, e, id, err) < 0)
        return -1;
    *out = s.record;
    bd_record_init(&s.record);
    bd__stored_free(&s);
    return 0;
}
