/* rows.h - the rows of a storage in memory, for store_memory and store_jsonl. [store]
 *
 * Writing has two steps. Staging copies rows and may fail for want of memory; applying
 * links what is staged and cannot fail. So a batch is in whole or not at all, and
 * store_jsonl can write its file between the two. */
#ifndef BD_ROWS_H
#define BD_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "bd/storage.h"

struct bd_rows;
struct bd_staged;

/* What waits to be applied, in order. Starts as {0}. */
struct bd_stage {
    struct bd_staged *first, *last;
    size_t bytes; /* of memory that its rows take */
    uint32_t count;
};

/* NULL when memory is short. */
struct bd_rows *bd_rows_new(void);
void bd_rows_free(struct bd_rows *rows);
/* Bytes of memory that the rows take. */
size_t bd_rows_bytes(const struct bd_rows *rows);

/* 0, or -1 when memory is short; what was staged before stays staged. */
int bd_stage_diagnosis(struct bd_stage *stage, const struct bd_diagnosis_row *row);
int bd_stage_cell(struct bd_stage *stage, const struct bd_cell_row *row);
int bd_stage_cache(struct bd_stage *stage, const struct bd_cache_row *row);
int bd_stage_remove(struct bd_stage *stage, const char *id);
int bd_stage_batch(struct bd_stage *stage, const struct bd_batch *batch);
/* Drops what is staged; leaves {0}. */
void bd_stage_free(struct bd_stage *stage);

/* Empties the stage into the rows. */
void bd_rows_apply(struct bd_rows *rows, struct bd_stage *stage);

/* The methods of struct bd_storage; reading from memory does not fail. */
void bd_rows_get(const struct bd_rows *rows, const char *id, bd_diagnosis_row_fn *fn,
                 void *arg);
void bd_rows_cells(const struct bd_rows *rows, const char *id, bd_cell_row_fn *fn,
                   void *arg);
void bd_rows_list(const struct bd_rows *rows, const struct bd_list_query *query,
                  bd_diagnosis_row_fn *fn, void *arg);
/* Remembers now_ms: cache rows that are over by then are dropped when the cache has
 * doubled since it was last looked through. */
void bd_rows_cache_get(struct bd_rows *rows, const char *key, int64_t now_ms,
                       bd_cache_row_fn *fn, void *arg);

#endif
