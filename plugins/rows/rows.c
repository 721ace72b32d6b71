/* rows.c - see rows.h. */
#include "rows.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bd/storage.h"
#include "skip.h"

#define SWEEP_LEAST 1024 /* cache rows; below that looking for old ones is no use */

enum kind { DIAGNOSIS, CELL, CACHE, KINDS, REMOVE = KINDS };

/* One row or one removal, with its strings in the same block. */
struct bd_staged {
    struct bd_link link; /* must stay first */
    struct bd_staged *next;
    enum kind kind;
    size_t bytes;
    const char *key, *part; /* part: the key of a cell, "" for the others */
    union {
        struct bd_diagnosis_row diagnosis;
        struct bd_cell_row cell;
        struct bd_cache_row cache;
    } u;
    char text[];
};

struct bd_rows {
    struct bd_skip set[KINDS];
    size_t bytes;
    size_t sweep_at; /* cache rows at which old ones are looked for */
    int64_t now_ms;  /* the latest time we were told */
};

static int by_key(const struct bd_link *a, const struct bd_link *b)
{
    const struct bd_staged *x = (const struct bd_staged *)a;
    const struct bd_staged *y = (const struct bd_staged *)b;
    int order = strcmp(x->key, y->key);

    return order ? order : strcmp(x->part, y->part);
}

static int newest_first(const struct bd_link *a, const struct bd_link *b)
{
    return by_key(b, a);
}

static struct bd_staged probe_for(const char *key, const char *part)
{
    return (struct bd_staged){.key = key, .part = part};
}

struct bd_rows *bd_rows_new(void)
{
    struct bd_rows *rows = calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    bd_skip_init(&rows->set[DIAGNOSIS], newest_first);
    bd_skip_init(&rows->set[CELL], by_key);
    bd_skip_init(&rows->set[CACHE], by_key);
    rows->sweep_at = SWEEP_LEAST;
    return rows;
}

void bd_rows_free(struct bd_rows *rows)
{
    if (!rows)
        return;
    for (int kind = 0; kind < KINDS; kind++) {
        struct bd_link *next, *at = bd_skip_from(&rows->set[kind], NULL);

        for (; at; at = next) {
            next = at->next[0];
            free(at);
        }
    }
    free(rows);
}

size_t bd_rows_bytes(const struct bd_rows *rows)
{
    return rows->bytes;
}

/* A block for a row with n strings, which are copied and *s[i] led to the copies; a
 * NULL string stays NULL. */
static struct bd_staged *copy(enum kind kind, const char **s[], size_t n)
{
    struct bd_staged *row;
    size_t bytes = sizeof(*row);
    char *to;

    for (size_t i = 0; i < n; i++)
        bytes += *s[i] ? strlen(*s[i]) + 1 : 0;
    row = malloc(bytes);
    if (!row)
        return NULL;
    *row = (struct bd_staged){.kind = kind, .bytes = bytes, .part = ""};
    to = row->text;
    for (size_t i = 0; i < n; i++) {
        size_t length = *s[i] ? strlen(*s[i]) + 1 : 0;

        if (!length)
            continue;
        memcpy(to, *s[i], length);
        *s[i] = to;
        to += length;
    }
    return row;
}

static void stage_row(struct bd_stage *stage, struct bd_staged *row)
{
    if (stage->last)
        stage->last->next = row;
    else
        stage->first = row;
    stage->last = row;
    stage->bytes += row->bytes;
    stage->count++;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int bd_stage_diagnosis(struct bd_stage *stage, const struct bd_diagnosis_row *from)
{
    struct bd_diagnosis_row r = *from;
    const char **s[] = {&r.id, &r.brand, &r.request, &r.summary};
    struct bd_staged *row = copy(DIAGNOSIS, s, COUNT(s));

    if (!row)
        return -1;
    r.struct_size = sizeof(r);
    row->u.diagnosis = r;
    row->key = r.id;
    stage_row(stage, row);
    return 0;
}

int bd_stage_cell(struct bd_stage *stage, const struct bd_cell_row *from)
{
    struct bd_cell_row r = *from;
    const char **s[] = {&r.diagnosis, &r.key,    &r.brand, &r.provider,
                        &r.model,     &r.status, &r.data,  &r.error};
    struct bd_staged *row = copy(CELL, s, COUNT(s));

    if (!row)
        return -1;
    r.struct_size = sizeof(r);
    if (!isfinite(r.score))
        r.score = (double)NAN;
    row->u.cell = r;
    row->key = r.diagnosis;
    row->part = r.key;
    stage_row(stage, row);
    return 0;
}

int bd_stage_cache(struct bd_stage *stage, const struct bd_cache_row *from)
{
    struct bd_cache_row r = *from;
    const char **s[] = {&r.key, &r.data};
    struct bd_staged *row = copy(CACHE, s, COUNT(s));

    if (!row)
        return -1;
    r.struct_size = sizeof(r);
    row->u.cache = r;
    row->key = r.key;
    stage_row(stage, row);
    return 0;
}

int bd_stage_remove(struct bd_stage *stage, const char *id)
{
    const char **s[] = {&id};
    struct bd_staged *row = copy(REMOVE, s, COUNT(s));

    if (!row)
        return -1;
    row->key = id;
    stage_row(stage, row);
    return 0;
}

int bd_stage_batch(struct bd_stage *stage, const struct bd_batch *b)
{
    for (uint32_t i = 0; i < b->diagnosis_count; i++)
        if (bd_stage_diagnosis(stage, BD_ELEMENT(b->diagnoses, b->diagnosis_size, i)) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cell_count; i++)
        if (bd_stage_cell(stage, BD_ELEMENT(b->cells, b->cell_size, i)) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cache_count; i++)
        if (bd_stage_cache(stage, BD_ELEMENT(b->cache, b->cache_size, i)) < 0)
            return -1;
    return 0;
}

void bd_stage_free(struct bd_stage *stage)
{
    struct bd_staged *next;

    for (struct bd_staged *row = stage->first; row; row = next) {
        next = row->next;
        free(row);
    }
    *stage = (struct bd_stage){0};
}

static void drop(struct bd_rows *rows, struct bd_link *node)
{
    if (!node)
        return;
    rows->bytes -= ((struct bd_staged *)node)->bytes;
    free(node);
}

static void remove_diagnosis(struct bd_rows *rows, const char *id)
{
    struct bd_staged probe = probe_for(id, "");
    struct bd_staged *cell;

    drop(rows, bd_skip_take(&rows->set[DIAGNOSIS], &probe.link));
    for (;;) {
        cell = (struct bd_staged *)bd_skip_from(&rows->set[CELL], &probe.link);
        if (!cell || strcmp(cell->key, id) != 0)
            return;
        drop(rows, bd_skip_take(&rows->set[CELL], &cell->link));
    }
}

static void sweep(struct bd_rows *rows)
{
    struct bd_skip *cache = &rows->set[CACHE];
    struct bd_link *next, *at = bd_skip_from(cache, NULL);

    for (; at; at = next) {
        next = at->next[0];
        if (((struct bd_staged *)at)->u.cache.expires_ms <= rows->now_ms)
            drop(rows, bd_skip_take(cache, at));
    }
    rows->sweep_at = 2 * cache->count;
    if (rows->sweep_at < SWEEP_LEAST)
        rows->sweep_at = SWEEP_LEAST;
}

void bd_rows_apply(struct bd_rows *rows, struct bd_stage *stage)
{
    struct bd_staged *next;

    for (struct bd_staged *row = stage->first; row; row = next) {
        next = row->next;
        if (row->kind == REMOVE) {
            remove_diagnosis(rows, row->key);
            free(row);
            continue;
        }
        rows->bytes += row->bytes;
        drop(rows, bd_skip_put(&rows->set[row->kind], &row->link));
    }
    *stage = (struct bd_stage){0};
    if (rows->set[CACHE].count >= rows->sweep_at)
        sweep(rows);
}

void bd_rows_get(const struct bd_rows *rows, const char *id, bd_diagnosis_row_fn *fn,
                 void *arg)
{
    struct bd_staged probe = probe_for(id, "");
    const struct bd_staged *row =
        (const struct bd_staged *)bd_skip_from(&rows->set[DIAGNOSIS], &probe.link);

    if (row && strcmp(row->key, id) == 0)
        (void)fn(arg, &row->u.diagnosis); /* one row: nothing to stop */
}

void bd_rows_cells(const struct bd_rows *rows, const char *id, bd_cell_row_fn *fn,
                   void *arg)
{
    struct bd_staged probe = probe_for(id, "");
    const struct bd_link *at = bd_skip_from(&rows->set[CELL], &probe.link);

    for (; at; at = at->next[0]) {
        const struct bd_staged *row = (const struct bd_staged *)at;

        if (strcmp(row->key, id) != 0 || fn(arg, &row->u.cell) != 0)
            return;
    }
}

void bd_rows_list(const struct bd_rows *rows, const struct bd_list_query *query,
                  bd_diagnosis_row_fn *fn, void *arg)
{
    const char *before = query->before_id;
    struct bd_staged probe = probe_for(before ? before : "", "");
    const struct bd_link *at =
        bd_skip_from(&rows->set[DIAGNOSIS], before ? &probe.link : NULL);
    int32_t given = 0;

    for (; at && (query->limit <= 0 || given < query->limit); at = at->next[0]) {
        const struct bd_staged *row = (const struct bd_staged *)at;

        if (before && strcmp(row->key, before) == 0)
            continue;
        if (query->unfinished_only && row->u.diagnosis.state != BD_DIAGNOSIS_RUNNING)
            continue;
        if (fn(arg, &row->u.diagnosis) != 0)
            return;
        given++;
    }
}

void bd_rows_cache_get(struct bd_rows *rows, const char *key, int64_t now_ms,
                       bd_cache_row_fn *fn, void *arg)
{
    struct bd_staged probe = probe_for(key, "");
    const struct bd_staged *row =
        (const struct bd_staged *)bd_skip_from(&rows->set[CACHE], &probe.link);

    if (now_ms > rows->now_ms)
        rows->now_ms = now_ms;
    if (row && strcmp(row->key, key) == 0 && row->u.cache.expires_ms > now_ms)
        (void)fn(arg, &row->u.cache); /* one row: nothing to stop */
}
