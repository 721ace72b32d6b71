/* runtime/item.c - see item.h. */
#include "runtime/item.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bd/storage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A block for a row with n strings, which are copied and *s[i] led to the copies. */
static struct bd_row_item *copy(enum bd_item_kind kind, const char **s[], size_t n)
{
    struct bd_row_item *item;
    size_t bytes = sizeof(*item);
    char *to;

    for (size_t i = 0; i < n; i++)
        bytes += *s[i] ? strlen(*s[i]) + 1 : 0;
    item = malloc(bytes);
    if (!item)
        return NULL;
    *item = (struct bd_row_item){.item = {.kind = kind, .bytes = bytes}};
    to = item->text;
    for (size_t i = 0; i < n; i++) {
        size_t length = *s[i] ? strlen(*s[i]) + 1 : 0;

        if (!length)
            continue;
        memcpy(to, *s[i], length);
        *s[i] = to;
        to += length;
    }
    return item;
}

struct bd_row_item *bd_item_diagnosis(const struct bd_diagnosis_row *row)
{
    struct bd_diagnosis_row r = *row;
    const char **s[] = {&r.id, &r.brand, &r.request, &r.summary};
    struct bd_row_item *item = copy(BD_ITEM_DIAGNOSIS, s, COUNT(s));

    r.struct_size = sizeof(r);
    if (item)
        item->row.diagnosis = r;
    return item;
}

struct bd_row_item *bd_item_cell(const struct bd_cell_row *row)
{
    struct bd_cell_row r = *row;
    const char **s[] = {&r.diagnosis, &r.key,    &r.brand, &r.provider,
                        &r.model,     &r.status, &r.data,  &r.error};
    struct bd_row_item *item = copy(BD_ITEM_CELL, s, COUNT(s));

    r.struct_size = sizeof(r);
    if (item)
        item->row.cell = r;
    return item;
}

struct bd_row_item *bd_item_cache(const struct bd_cache_row *row)
{
    struct bd_cache_row r = *row;
    const char **s[] = {&r.key, &r.data};
    struct bd_row_item *item = copy(BD_ITEM_CACHE, s, COUNT(s));

    r.struct_size = sizeof(r);
    if (item)
        item->row.cache = r;
    return item;
}

void bd_item_push(struct bd_item_queue *q, struct bd_item *item, int64_t now_ms)
{
    item->next = NULL;
    item->queued_ms = now_ms;
    if (q->last)
        q->last->next = item;
    else
        q->first = item;
    q->last = item;
    if (item->kind == BD_ITEM_CALL) {
        q->calls++;
    } else {
        q->rows++;
        q->bytes += item->bytes;
    }
}

struct bd_item *bd_item_pop(struct bd_item_queue *q)
{
    struct bd_item *item = q->first;

    q->first = item->next;
    if (!q->first)
        q->last = NULL;
    if (item->kind == BD_ITEM_CALL) {
        q->calls--;
    } else {
        q->rows--;
        q->bytes -= item->bytes;
    }
    return item;
}

int bd_item_batch_init(struct bd_item_batch *b, size_t rows)
{
    *b = (struct bd_item_batch){
        .diagnoses = calloc(rows, sizeof(*b->diagnoses)),
        .cells = calloc(rows, sizeof(*b->cells)),
        .cache = calloc(rows, sizeof(*b->cache)),
    };
    if (b->diagnoses && b->cells && b->cache)
        return 0;
    bd_item_batch_free(b);
    return -1;
}

void bd_item_batch_free(struct bd_item_batch *b)
{
    free(b->diagnoses);
    free(b->cells);
    free(b->cache);
    *b = (struct bd_item_batch){0};
}

void bd_item_batch_fill(struct bd_item_batch *b, struct bd_row_item *const *items,
                        size_t n)
{
    uint32_t diagnoses = 0, cells = 0, cache = 0;

    for (size_t i = 0; i < n; i++) {
        if (items[i]->item.kind == BD_ITEM_DIAGNOSIS)
            b->diagnoses[diagnoses++] = items[i]->row.diagnosis;
        else if (items[i]->item.kind == BD_ITEM_CELL)
            b->cells[cells++] = items[i]->row.cell;
        else
            b->cache[cache++] = items[i]->row.cache;
    }
    b->batch = (struct bd_batch){
        .struct_size = sizeof(b->batch),
        .diagnosis_count = diagnoses,
        .diagnosis_size = sizeof(*b->diagnoses),
        .cell_count = cells,
        .cell_size = sizeof(*b->cells),
        .cache_count = cache,
        .cache_size = sizeof(*b->cache),
        .diagnoses = b->diagnoses,
        .cells = b->cells,
        .cache = b->cache,
    };
}
