/* engine/submit.c - what a service takes in: under its client's name once, with room in
 * the queue, and stored before it is accepted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/service_parts.h"

#define SOURCE "service"

/* Lock held. */
static void learn_key(struct bd_service *s, const char *key, const char *id,
                      const char *digest)
{
    if (json_object_size(s->client_keys) >=
        BD__CLIENT_KEYS) { /* the first is the oldest */
        void *oldest = json_object_iter(s->client_keys);

        json_object_del(s->client_keys, json_object_iter_key(oldest));
    }
    json_object_set_new(s->client_keys, key, json_pack("[s, s, b]", id, digest, 0));
}

/* Lock held. 1: known, id is filled; 0: new; -1: another request has that name. One that
 * is arriving is waited for: if it is refused, the name is free again. */
static int look_up_key(struct bd_service *s, const struct bd_submission *what,
                       char id[40], struct bd_error *err)
{
    const json_t *known;
    const char *digest;

    if (!what->client_key)
        return 0;
    while ((known = json_object_get(s->client_keys, what->client_key))) {
        snprintf(id, 40, "%s", json_string_value(json_array_get(known, 0)));
        digest = json_string_value(json_array_get(known, 1));
        if (strcmp(digest, what->digest) != 0)
            return bd_fail(err, BD_ERR_INVALID_REQUEST, EEXIST, SOURCE,
                           "the idempotency key was used for another request, %s; give "
                           "each request a key of its own",
                           id);
        if (json_is_true(json_array_get(known, 2)))
            return 1;
        pthread_cond_wait(&s->settled, &s->lock);
    }
    return 0;
}

/* Lock held: as many do not stay in the queue. */
static unsigned unused(const struct bd_service *s)
{
    return s->running.count < s->limits.running ? s->limits.running - s->running.count
                                                : 0;
}

/* Lock held. */
static int check_room(struct bd_service *s, struct bd_error *err)
{
    if (s->draining || s->stopping)
        return bd_fail(err, BD_ERR_OVERLOADED, 0, SOURCE,
                       "the service is being stopped; ask again in a moment");
    if (s->queue.count + s->arriving < s->limits.queued + unused(s))
        return 0;
    s->stats.refused++;
    (void)bd_fail(err, BD_ERR_RATE_LIMITED, 0, SOURCE,
                  "the queue is full: %u diagnoses wait; come again later",
                  s->queue.count);
    err->retry_after_ms = 10000;
    return -1;
}

/* Under one name only one request is accepted, however many come at once: the name is
 * taken before the storage is asked, and given back if it refuses. */
static int reserve(struct bd_service *s, const struct bd_submission *what,
                   struct bd_session *n, char id[40], struct bd_error *err)
{
    int rc;

    pthread_mutex_lock(&s->lock);
    rc = look_up_key(s, what, id, err);
    if (rc == 0)
        rc = check_room(s, err);
    if (rc == 0)
        s->arriving++;
    if (rc == 0 && what->client_key)
        learn_key(s, what->client_key, n->id, what->digest);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* It is stored, and queued; or it is refused. */
static void settle(struct bd_service *s, const struct bd_submission *what, bool stored)
{
    json_t *known;

    pthread_mutex_lock(&s->lock);
    s->arriving--;
    known = what->client_key ? json_object_get(s->client_keys, what->client_key) : NULL;
    if (known && stored)
        json_array_set_new(known, 2, json_true());
    else if (known)
        json_object_del(s->client_keys, what->client_key);
    pthread_cond_broadcast(&s->settled);
    pthread_mutex_unlock(&s->lock);
}

/* False: the storage is another one since `swaps` was read, and it may not be in it. */
static bool enqueue(struct bd_service *s, struct bd_session *n, unsigned swaps)
{
    bool stored;

    pthread_mutex_lock(&s->lock);
    stored = s->swaps == swaps;
    if (stored) {
        bd__service_queue(s, n);
        s->stats.accepted++;
    }
    pthread_mutex_unlock(&s->lock);
    return stored;
}

static unsigned swaps_of(struct bd_service *s)
{
    unsigned swaps;

    pthread_mutex_lock(&s->lock);
    swaps = s->swaps;
    pthread_mutex_unlock(&s->lock);
    return swaps;
}

static int store_and_enqueue(struct bd_service *s, struct bd_session *n,
                             struct bd_error *err)
{
    unsigned swaps;

    do {
        swaps = swaps_of(s);
        if (bd__persist_accepted(s->engine, n, err) < 0)
            return -1;
    } while (!enqueue(s, n, swaps));
    return 0;
}

/* The client's name and the digest of its body, as one word for the storage. */
static char *stored_key(const struct bd_submission *what)
{
    struct bd_buf b;
    char *key = NULL;

    bd_buf_init(&b, 512);
    if (bd_buf_addf(&b, "%s %s", what->digest, what->client_key) == 0)
        key = bd_buf_take(&b);
    bd_buf_free(&b);
    return key;
}

static int name(struct bd_session *n, const struct bd_submission *what,
                struct bd_error *err)
{
    n->limits = what->limits;
    n->created_ms = bd_clock_wall_ms();
    if (bd__diagnosis_id(n->id, sizeof(n->id), n->created_ms, err) < 0)
        return -1;
    if (what->client_key && !(n->client_key = stored_key(what)))
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    return 0;
}

int bd_service_submit(struct bd_service *s, const struct bd_submission *what, char id[40],
                      bool *known, struct bd_error *err)
{
    struct bd_session *n;
    int rc;

    *known = false;
    if (bd_diagnosis_check(s->engine, what->inquiry, &what->limits, err) < 0)
        return -1;
    n = bd__session_new(s, what->inquiry, err);
    if (!n)
        return -1;
    rc = name(n, what, err);
    if (rc == 0)
        rc = reserve(s, what, n, id, err);
    *known = rc == 1;
    if (rc == 0) {
        snprintf(id, 40, "%s", n->id); /* n may be over as soon as it is queued */
        rc = store_and_enqueue(s, n, err);
        settle(s, what, rc == 0);
        if (rc == 0)
            return 0;
    }
    bd_session_unref(n);
    return rc < 0 ? -1 : 0;
}
