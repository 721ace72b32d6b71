/* bd/storage.h - where diagnoses live.
 *
 * A storage keeps two kinds of rows: diagnoses and their cells, and beside them a
 * cache of answers. All calls come from one thread [store], one at a time, so a
 * storage needs no locks. What put() returned 0 for is there after a crash.
 *
 * Rows are written whole and may be written again: a row with a key that exists
 * replaces the old one, so sending a batch twice changes nothing. Of two rows with one
 * key in a batch the later counts. A cell may come before its diagnosis.
 *
 * Errors. recoverable 1 (BD_ERR_STORAGE as it is) says that the same call may succeed
 * later: locked, disk full. The host then tries again. 0 says that it will not: a row
 * that cannot be kept (BD_ERR_INVALID_REQUEST, BD_ERR_TOO_LARGE), or a damaged file (a
 * plugin clears the field after host->fail). The host then splits the batch, so that
 * one bad row does not take others with it. */
#ifndef BD_STORAGE_H
#define BD_STORAGE_H

#include "bd/plugin.h"

enum bd_diagnosis_state { BD_DIAGNOSIS_RUNNING = 0, BD_DIAGNOSIS_DONE = 1 };

/* Strings are UTF-8, never NULL unless said so, lent for the call. */
struct bd_diagnosis_row {
    uint32_t struct_size;
    int32_t state;       /* enum bd_diagnosis_state */
    const char *id;      /* the key; [a-z0-9-]{1,64}, sorts by time of creation */
    int64_t created_ms;  /* Unix milliseconds */
    int64_t finished_ms; /* 0 while running */
    const char *brand;
    const char *request; /* JSON: what was asked, enough to run it again */
    const char *summary; /* JSON: counts for lists; "" while running */
};

struct bd_cell_row {
    uint32_t struct_size;
    int32_t reserved;
    const char *diagnosis; /* id of the diagnosis; with key, the row's key */
    const char *key;       /* names the task within its diagnosis */
    const char *brand, *provider, *model;
    const char *status; /* "ok", "timeout" ... */
    const char *data;   /* JSON: the whole cell */
    const char *error;  /* JSON of its error, NULL = none */
    double score;       /* 0..1, NaN or infinite = none, read as NaN */
    int64_t time_ms;    /* Unix milliseconds when it was finished */
};

struct bd_cache_row {
    uint32_t struct_size;
    int32_t reserved;
    const char *key;    /* hex digest of provider, model, prompt and parameters */
    const char *data;   /* JSON: the answer */
    int64_t expires_ms; /* Unix milliseconds */
};

struct bd_batch {
    uint32_t struct_size;
    uint32_t diagnosis_count, diagnosis_size; /* number, bytes of one element */
    uint32_t cell_count, cell_size;
    uint32_t cache_count, cache_size;
    const struct bd_diagnosis_row *diagnoses;
    const struct bd_cell_row *cells;
    const struct bd_cache_row *cache;
};

/* Element i of an array whose elements are size bytes apart, which may be more than a
 * plugin knows of. */
#define BD_ELEMENT(array, size, i) \
    ((const void *)((const char *)(array) + (size_t)(size) * (i)))

struct bd_list_query {
    uint32_t struct_size;
    int32_t unfinished_only; /* 1: state RUNNING only */
    int32_t limit;           /* at most so many, newest first; 0 = all */
    int32_t reserved;
    const char *before_id; /* only ids below this one, NULL = from the newest */
};

/* Gets rows one by one; they are lent for the call. Not 0 stops the walk, which then
 * returns 0: stopping is not an error. It must not call the storage. */
typedef int bd_diagnosis_row_fn(void *arg, const struct bd_diagnosis_row *row);
typedef int bd_cell_row_fn(void *arg, const struct bd_cell_row *row);
typedef int bd_cache_row_fn(void *arg, const struct bd_cache_row *row);

struct bd_storage {
    struct bd_plugin base; /* must stay first */

    /* [store] Opens or creates, and brings an older schema up to date. Refuses a newer
     * one and a damaged file, leaving them as they are. On failure *self is
     * untouched. If there is an option "path" of type BD_OPTION_PATH and nothing is at
     * that path, commands that only read do not call it. */
    int (*open)(const struct bd_host *host, void **self, struct bd_error *err);
    /* [store] NULL is fine. */
    void (*close)(void *self);
    /* [store] All rows of the batch or none, durable when it returns 0. */
    int (*put)(void *self, const struct bd_batch *batch, struct bd_error *err);
    /* [store] Calls fn once, or not at all if there is no such diagnosis. */
    int (*get)(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
               struct bd_error *err);
    /* [store] The cells of one diagnosis, in the order of their keys. */
    int (*cells)(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                 struct bd_error *err);
    /* [store] Newest first. */
    int (*list)(void *self, const struct bd_list_query *query, bd_diagnosis_row_fn *fn,
                void *arg, struct bd_error *err);
    /* [store] A diagnosis with its cells. 0 also if it was not there. */
    int (*remove)(void *self, const char *id, struct bd_error *err);
    /* [store] Calls fn once if key is there and does not expire by now_ms. */
    int (*cache_get)(void *self, const char *key, int64_t now_ms, bd_cache_row_fn *fn,
                     void *arg, struct bd_error *err);
};

#define BD_STORAGE_SIZE_1_0 sizeof(struct bd_storage)
_Static_assert(offsetof(struct bd_storage, base) == 0, "base must stay first");

#endif
