/* engine/look_back.c - what a service finds in the storage when it starts: diagnoses that
 * were not finished, and the names that clients gave to theirs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "engine/service_parts.h"

#define SOURCE "service"

struct found {    /* in the storage, newest first */
    json_t *keys; /* [key, [id, digest, true]] */
    char (*ids)[40];
    size_t count;
};

static void see(void *arg, const struct bd_listed *row)
{
    struct found *f = arg;
    const char *space = row->client_key ? strchr(row->client_key, ' ') : NULL;

    if (space)
        json_array_append_new(f->keys, json_pack("[s, [s, s%, b]]", space + 1, row->id,
                                                 row->client_key,
                                                 (size_t)(space - row->client_key), 1));
}

/* As if they had just been learnt, the oldest first. */
static void take_keys(struct bd_service *s, const struct found *f)
{
    for (size_t i = json_array_size(f->keys); i > 0; i--) {
        const json_t *one = json_array_get(f->keys, i - 1);

        json_object_set(s->client_keys, json_string_value(json_array_get(one, 0)),
                        json_array_get(one, 1));
    }
}

static void see_unfinished(void *arg, const struct bd_listed *row)
{
    struct found *f = arg;
    void *ids = realloc(f->ids, (f->count + 1) * sizeof(*f->ids));

    if (!ids)
        return; /* the next start finds it */
    f->ids = ids;
    snprintf(f->ids[f->count++], sizeof(*f->ids), "%s", row->id);
}

static void resume(struct bd_service *s, const char *id)
{
    struct bd_session *n;
    struct bd__stored stored;
    struct bd_error err;

    if (bd__stored_load(&stored, s->engine, id, &err) < 0) {
        bd_log_about(BD_LOG_ERROR, SOURCE, &(struct bd_log_about){.diagnosis = id},
                     "cannot be gone on with: %s", err.message);
        return;
    }
    n = bd__session_new(s, &stored.record.inquiry, &err);
    if (n) {
        snprintf(n->id, sizeof(n->id), "%s", id);
        n->created_ms = stored.record.created_ms;
        n->resumed = true;
        n->limits = stored.limits;
        n->client_key = stored.client_key; /* taken over */
        stored.client_key = NULL;
        bd_log_about(
            BD_LOG_WARNING, SOURCE, &(struct bd_log_about){.diagnosis = id},
            "was not finished: %zu of its cells are there, %zu calls may be billed "
            "twice",
            stored.record.cell_count, stored.begun_count);
        pthread_mutex_lock(&s->lock);
        bd__service_queue(s, n);
        s->stats.resumed++;
        pthread_mutex_unlock(&s->lock);
    }
    bd__stored_free(&stored);
}

int bd__service_look_back(struct bd_service *s, struct bd_error *err)
{
    struct found f = {.keys = json_array()};
    int rc;

    rc = bd_engine_list(s->engine, BD__CLIENT_KEYS, NULL, see, &f, err);
    if (rc == 0)
        rc = bd_engine_list_unfinished(s->engine, see_unfinished, &f, err);
    if (rc == 0) {
        take_keys(s, &f);
        for (size_t i = f.count; i > 0; i--) /* oldest first */
            resume(s, f.ids[i - 1]);
    }
    json_decref(f.keys);
    free(f.ids);
    return rc;
}
