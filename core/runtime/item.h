/* runtime/item.h - what waits for the store thread: rows, whole copies, and calls. */
#ifndef BD_RUNTIME_ITEM_H
#define BD_RUNTIME_ITEM_H

#include <stddef.h>
#include <stdint.h>

#include "bd/storage.h"

enum bd_item_kind { BD_ITEM_DIAGNOSIS, BD_ITEM_CELL, BD_ITEM_CACHE, BD_ITEM_CALL };

/* Runs on the store thread once: err is NULL when the row is stored, and lent. */
typedef void bd_store_done_fn(void *arg, const struct bd_error *err);

/* First member of whatever is queued. */
struct bd_item {
    struct bd_item *next;
    enum bd_item_kind kind;
    size_t bytes;      /* what it counts against the queue's limit */
    int64_t queued_ms; /* monotonic */
};

/* A row and its strings, one block: free() it. */
struct bd_row_item {
    struct bd_item item; /* must stay first */
    bd_store_done_fn *done;
    void *arg;
    union {
        struct bd_diagnosis_row diagnosis;
        struct bd_cell_row cell;
        struct bd_cache_row cache;
    } row;
    char text[];
};

/* [any] A copy of the row; NULL strings stay NULL. NULL when memory is short. */
struct bd_row_item *bd_item_diagnosis(const struct bd_diagnosis_row *row);
struct bd_row_item *bd_item_cell(const struct bd_cell_row *row);
struct bd_row_item *bd_item_cache(const struct bd_cache_row *row);

/* First in, first out. Starts as {0}; items are lent. [owner] */
struct bd_item_queue {
    struct bd_item *first, *last;
    size_t rows, bytes; /* of rows */
    size_t calls;
};

void bd_item_push(struct bd_item_queue *q, struct bd_item *item, int64_t now_ms);
/* The queue must not be empty. */
struct bd_item *bd_item_pop(struct bd_item_queue *q);

/* The rows of one batch, in three arrays as the ABI wants them. [owner] */
struct bd_item_batch {
    struct bd_batch batch;
    struct bd_diagnosis_row *diagnoses;
    struct bd_cell_row *cells;
    struct bd_cache_row *cache;
};

/* Room for that many rows of each kind. 0, or -1 when memory is short. */
int bd_item_batch_init(struct bd_item_batch *b, size_t rows);
void bd_item_batch_free(struct bd_item_batch *b);
/* Refers to the strings of n <= rows items, in their order. */
void bd_item_batch_fill(struct bd_item_batch *b, struct bd_row_item *const *items,
                        size_t n);

#endif
