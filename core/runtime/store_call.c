/* runtime/store_call.c - the doors of store.h that wait. */
#include "runtime/store_call.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "bd/storage.h"
#include "runtime/backing.h"
#include "runtime/storage.h"
#include "runtime/store.h"

#define SOURCE  "store"
#define FOREVER (INT64_MAX / 2) /* ms; the kernel takes it for the end of time */

static int run_flush(struct bd__backing *b, struct bd_call *c)
{
    (void)b;
    (void)c;
    return 0;
}

static int run_get(struct bd__backing *b, struct bd_call *c)
{
    if (bd__backing_ready(b, c->err) < 0)
        return -1;
    return bd_storage_get(&b->storage, c->key, c->diagnosis, c->arg, c->err);
}

static int run_cells(struct bd__backing *b, struct bd_call *c)
{
    if (bd__backing_ready(b, c->err) < 0)
        return -1;
    return bd_storage_cells(&b->storage, c->key, c->cell, c->arg, c->err);
}

static int run_list(struct bd__backing *b, struct bd_call *c)
{
    if (bd__backing_ready(b, c->err) < 0)
        return -1;
    return bd_storage_list(&b->storage, c->query, c->diagnosis, c->arg, c->err);
}

static int run_remove(struct bd__backing *b, struct bd_call *c)
{
    if (bd__backing_ready(b, c->err) < 0)
        return -1;
    return bd_storage_remove(&b->storage, c->key, c->err);
}

static int run_cache_get(struct bd__backing *b, struct bd_call *c)
{
    if (bd__backing_ready(b, c->err) < 0)
        return -1;
    return bd_storage_cache_get(&b->storage, c->key, c->now_ms, c->cache, c->arg, c->err);
}

static int run_swap(struct bd__backing *b, struct bd_call *c)
{
    return bd__backing_swap(b, c->to, &c->pause_ms, c->err);
}

/* Queues the call, waits for it and returns its rc. */
static int ask(struct bd_store *s, struct bd_call *c)
{
    if (bd_thread_what() == BD_STORE)
        return bd_fail(c->err, BD_ERR_INTERNAL, 0, SOURCE,
                       "the store thread cannot wait for itself");
    (void)bd__store_ask_until(s, c, FOREVER);
    return c->rc;
}

int bd_store_flush(struct bd_store *s, struct bd_error *err)
{
    struct bd_call c = {.run = run_flush, .err = err};

    return ask(s, &c);
}

int bd_store_get(struct bd_store *s, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                 struct bd_error *err)
{
    struct bd_call c = {
        .run = run_get, .key = id, .diagnosis = fn, .arg = arg, .err = err};

    return ask(s, &c);
}

int bd_store_cells(struct bd_store *s, const char *id, bd_cell_row_fn *fn, void *arg,
                   struct bd_error *err)
{
    struct bd_call c = {.run = run_cells, .key = id, .cell = fn, .arg = arg, .err = err};

    return ask(s, &c);
}

int bd_store_list(struct bd_store *s, const struct bd_list_query *query,
                  bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_call c = {
        .run = run_list, .query = query, .diagnosis = fn, .arg = arg, .err = err};

    return ask(s, &c);
}

int bd_store_remove(struct bd_store *s, const char *id, struct bd_error *err)
{
    struct bd_call c = {.run = run_remove, .key = id, .err = err};

    return ask(s, &c);
}

int bd_store_cache_get(struct bd_store *s, const char *key, int64_t now_ms,
                       bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_call c = {.run = run_cache_get,
                        .key = key,
                        .now_ms = now_ms,
                        .cache = fn,
                        .arg = arg,
                        .err = err};

    return ask(s, &c);
}

int bd_store_swap(struct bd_store *s, const struct bd_store_source *to, int64_t *pause_ms,
                  struct bd_error *err)
{
    struct bd_call c = {.run = run_swap, .to = to, .err = err};
    int rc = ask(s, &c);

    if (pause_ms)
        *pause_ms = c.pause_ms;
    return rc < 0 ? bd_fail_in(err, "exchanging the storage") : 0;
}

/* A search that outlives its caller if need be: it has its own copy of the keys, and
 * what it finds waits in it until the caller takes it. */
struct search {
    struct bd_call call; /* must stay first */
    struct bd_error err;
    size_t count, at;
    char **data; /* by key; NULL = not there */
    char keys[]; /* one after the other, each with its NUL */
};

static void search_free(struct bd_call *c)
{
    struct search *f = (struct search *)c;

    for (size_t i = 0; f->data && i < f->count; i++)
        free(f->data[i]);
    free(f->data);
    free(f);
}

static int keep_found(void *arg, const struct bd_cache_row *row)
{
    struct search *f = arg;

    f->data[f->at] = strdup(row->data); /* NULL: not found, then */
    return 0;
}

static int run_search(struct bd__backing *b, struct bd_call *c)
{
    struct search *f = (struct search *)c;
    const char *key = f->keys;

    if (bd__backing_ready(b, &f->err) < 0)
        return -1;
    for (f->at = 0; f->at < f->count && !atomic_load(&c->abandoned); f->at++) {
        if (bd_storage_cache_get(&b->storage, key, c->now_ms, keep_found, f, &f->err) < 0)
            return -1;
        key += strlen(key) + 1;
    }
    return 0;
}

static struct search *search_new(const struct bd_store_search *o)
{
    struct search *f;
    size_t bytes = 0;
    char *at;

    for (size_t i = 0; i < o->count; i++)
        bytes += strlen(o->keys[i]) + 1;
    f = calloc(1, sizeof(*f) + bytes);
    if (!f)
        return NULL;
    f->call.run = run_search;
    f->call.drop = search_free;
    f->call.now_ms = o->now_ms;
    f->count = o->count;
    f->data = calloc(o->count + 1, sizeof(*f->data));
    at = f->keys;
    for (size_t i = 0; i < o->count; i++)
        at = stpcpy(at, o->keys[i]) + 1;
    if (!f->data) {
        search_free(&f->call);
        return NULL;
    }
    return f;
}

int bd_store_cache_search(struct bd_store *s, const struct bd_store_search *o,
                          struct bd_error *err)
{
    struct search *f;
    int rc;

    if (bd_thread_what() == BD_STORE)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE,
                       "the store thread cannot wait for itself");
    f = search_new(o);
    if (!f)
        return bd_fail(err, BD_ERR_STORAGE, 0, SOURCE, "out of memory");
    if (!bd__store_ask_until(s, &f->call, o->until_ms))
        return bd_fail(err, BD_ERR_TIMEOUT, 0, SOURCE,
                       "the storage did not look up %zu answers in time", o->count);
    rc = f->call.rc;
    if (rc < 0 && err)
        *err = f->err;
    for (size_t i = 0; rc == 0 && i < f->count; i++)
        if (f->data[i]) {
            o->found(o->arg, i, f->data[i]);
            f->data[i] = NULL;
        }
    search_free(&f->call);
    return rc;
}
