/* runtime/storage.c - see storage.h. */
#include "runtime/storage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/text.h"
#include "base/thread.h"
#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/storage.h"

#define SOURCE   "storage"
#define ID_BYTES 64

static const char *name_of(const struct bd_storage_instance *s)
{
    return s->plugin->base.name;
}

/* Ends every call: counts, times, and makes an error of whatever is not a success. */
static int finish(struct bd_storage_instance *s, int64_t start_ms, int rc,
                  struct bd_error *err)
{
    s->calls++;
    s->last_ms = bd_clock_ms() - start_ms;
    if (s->last_ms > s->worst_ms)
        s->worst_ms = s->last_ms;
    if (rc == 0)
        return 0;
    s->failures++;
    if (rc != -1)
        bd_fail(err, BD_ERR_PLUGIN, rc, name_of(s), "returned %d instead of 0 or -1", rc);
    else if (err->type <= BD_ERR_NONE || err->type >= BD_ERR_COUNT)
        bd_fail(err, BD_ERR_PLUGIN, 0, name_of(s), "failed without saying why");
    return -1;
}

static bool complete(const struct bd_storage *p)
{
    return p->base.struct_size >= BD_STORAGE_SIZE_1_0 && p->open && p->close && p->put &&
           p->get && p->cells && p->list;
}

int bd_storage_open(struct bd_storage_instance *s, const struct bd_storage *plugin,
                    const struct bd_host *host, struct bd_error *err)
{
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};

    BD_ON(BD_STORE);
    *s = (struct bd_storage_instance){.plugin = plugin};
    if (!complete(plugin)) {
        bd_fail(&why, BD_ERR_PLUGIN, 0, name_of(s),
                "lacks one of open, close, put, get, cells, list");
        goto fail;
    }
    if (finish(s, start_ms, plugin->open(host, &s->self, &why), &why) < 0)
        goto fail;
    return 0;
fail:
    *s = (struct bd_storage_instance){0};
    if (err)
        *err = why;
    return -1;
}

void bd_storage_close(struct bd_storage_instance *s)
{
    BD_ON(BD_STORE);
    if (s->plugin)
        s->plugin->close(s->self);
    *s = (struct bd_storage_instance){0};
}

static bool valid_id(const char *id)
{
    size_t n = id ? strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;

    return n > 0 && n <= ID_BYTES && id[n] == '\0';
}

static bool valid_text(const char *s)
{
    return s && bd_text_valid(s, strlen(s));
}

static int bad_row(struct bd_error *err, const char *what, const char *key)
{
    return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                   "%s '%.64s': a value is missing, not UTF-8, or no id", what,
                   valid_text(key) ? key : "?");
}

static int check_batch(const struct bd_batch *b, struct bd_error *err)
{
    for (uint32_t i = 0; i < b->diagnosis_count; i++) {
        const struct bd_diagnosis_row *r = BD_ELEMENT(b->diagnoses, b->diagnosis_size, i);

        if (!valid_id(r->id) || !valid_text(r->brand) || !valid_text(r->request) ||
            !valid_text(r->summary))
            return bad_row(err, "diagnosis", r->id);
    }
    for (uint32_t i = 0; i < b->cell_count; i++) {
        const struct bd_cell_row *r = BD_ELEMENT(b->cells, b->cell_size, i);

        if (!valid_id(r->diagnosis) || !valid_text(r->key) || !valid_text(r->brand) ||
            !valid_text(r->provider) || !valid_text(r->model) || !valid_text(r->status) ||
            !valid_text(r->data) || (r->error && !valid_text(r->error)))
            return bad_row(err, "cell", r->key);
    }
    for (uint32_t i = 0; i < b->cache_count; i++) {
        const struct bd_cache_row *r = BD_ELEMENT(b->cache, b->cache_size, i);

        if (!valid_text(r->key) || !valid_text(r->data))
            return bad_row(err, "cached answer", r->key);
    }
    return 0;
}

int bd_storage_put(struct bd_storage_instance *s, const struct bd_batch *b,
                   struct bd_error *err)
{
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};

    BD_ON(BD_STORE);
    if (check_batch(b, &why) == 0 &&
        finish(s, start_ms, s->plugin->put(s->self, b, &why), &why) == 0)
        return 0;
    if (err)
        *err = why;
    return -1;
}

/* Stands between a plugin's rows and their receiver. */
struct guard {
    bd_diagnosis_row_fn *diagnosis;
    bd_cell_row_fn *cell;
    bd_cache_row_fn *cache;
    void *arg;
    const char *key; /* what was asked for, NULL: anything */
    int32_t most;    /* rows that may come, 0: any number */
    int32_t given;
    int64_t now_ms;
    bool broke; /* the plugin broke the contract */
};

/* Not 0 ends the walk: too much, or not what was asked for. */
static int refused(struct guard *g, bool valid, const char *key)
{
    if (!valid || (g->key && strcmp(g->key, key) != 0) ||
        (g->most > 0 && g->given >= g->most))
        g->broke = true;
    g->given++;
    return g->broke;
}

static int guard_diagnosis(void *arg, const struct bd_diagnosis_row *r)
{
    struct guard *g = arg;
    bool valid = r->struct_size >= sizeof(*r) && valid_id(r->id) && r->brand &&
                 r->request && r->summary;

    return refused(g, valid, r->id) || g->diagnosis(g->arg, r);
}

static int guard_cell(void *arg, const struct bd_cell_row *r)
{
    struct guard *g = arg;
    bool valid = r->struct_size >= sizeof(*r) && r->diagnosis && r->key && r->brand &&
                 r->provider && r->model && r->status && r->data;

    return refused(g, valid, r->diagnosis) || g->cell(g->arg, r);
}

static int guard_cache(void *arg, const struct bd_cache_row *r)
{
    struct guard *g = arg;
    bool valid = r->struct_size >= sizeof(*r) && r->key && r->data;

    if (valid && r->expires_ms <= g->now_ms)
        return 1; /* what is over is no hit, whatever the plugin thinks */
    return refused(g, valid, r->key) || g->cache(g->arg, r);
}

static int finish_walk(struct bd_storage_instance *s, int64_t start_ms, int rc,
                       const struct guard *g, struct bd_error *why, struct bd_error *err)
{
    rc = finish(s, start_ms, rc, why);
    if (rc == 0 && g->broke)
        rc = bd_fail(why, BD_ERR_PLUGIN, 0, name_of(s),
                     "gave a row that is incomplete or was not asked for");
    if (rc < 0 && err)
        *err = *why;
    return rc;
}

int bd_storage_get(struct bd_storage_instance *s, const char *id, bd_diagnosis_row_fn *fn,
                   void *arg, struct bd_error *err)
{
    struct guard g = {.diagnosis = fn, .arg = arg, .key = id, .most = 1};
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};
    int rc;

    BD_ON(BD_STORE);
    rc = s->plugin->get(s->self, id, guard_diagnosis, &g, &why);
    return finish_walk(s, start_ms, rc, &g, &why, err);
}

int bd_storage_cells(struct bd_storage_instance *s, const char *id, bd_cell_row_fn *fn,
                     void *arg, struct bd_error *err)
{
    struct guard g = {.cell = fn, .arg = arg, .key = id};
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};
    int rc;

    BD_ON(BD_STORE);
    rc = s->plugin->cells(s->self, id, guard_cell, &g, &why);
    return finish_walk(s, start_ms, rc, &g, &why, err);
}

int bd_storage_list(struct bd_storage_instance *s, const struct bd_list_query *query,
                    bd_diagnosis_row_fn *fn, void *arg, struct bd_error *err)
{
    struct guard g = {.diagnosis = fn, .arg = arg, .most = query->limit};
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};
    int rc;

    BD_ON(BD_STORE);
    rc = s->plugin->list(s->self, query, guard_diagnosis, &g, &why);
    return finish_walk(s, start_ms, rc, &g, &why, err);
}

int bd_storage_remove(struct bd_storage_instance *s, const char *id, struct bd_error *err)
{
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};

    BD_ON(BD_STORE);
    if (!BD_HAS(s->plugin, struct bd_storage, remove))
        bd_fail(&why, BD_ERR_PLUGIN, 0, name_of(s), "cannot remove diagnoses");
    else if (finish(s, start_ms, s->plugin->remove(s->self, id, &why), &why) == 0)
        return 0;
    if (err)
        *err = why;
    return -1;
}

int bd_storage_cache_get(struct bd_storage_instance *s, const char *key, int64_t now_ms,
                         bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    struct guard g = {.cache = fn, .arg = arg, .key = key, .most = 1, .now_ms = now_ms};
    int64_t start_ms = bd_clock_ms();
    struct bd_error why = {0};
    int rc;

    BD_ON(BD_STORE);
    if (!BD_HAS(s->plugin, struct bd_storage, cache_get))
        return 0;
    rc = s->plugin->cache_get(s->self, key, now_ms, guard_cache, &g, &why);
    return finish_walk(s, start_ms, rc, &g, &why, err);
}
