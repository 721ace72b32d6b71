/* engine/breakers.c - a search tree (tsearch) of breakers. */
#define _GNU_SOURCE /* tdestroy */
#include "engine/breakers.h"

#include <search.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "breakers"

struct keyed {
    struct bd_breaker breaker; /* first: the pointer given out */
    struct keyed *next;
    int pins;
    char key[]; /* NUL-terminated */
};

struct bd_breakers {
    struct bd_breaker_config config;
    void *tree;
    struct keyed *all;
    int count;
    uint64_t seed; /* of the next breaker's jitter */
};

/* The tree holds pointers to keys; the entry is found from its key. */
static struct keyed *keyed_of(const char *key)
{
    return (struct keyed *)(void *)((char *)(uintptr_t)key - offsetof(struct keyed, key));
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void keep(void *key)
{
    (void)key; /* entries are freed by the list */
}

int bd_breakers_new(struct bd_breakers **out, const struct bd_breaker_config *config,
                    struct bd_error *err)
{
    struct bd_breakers *all = calloc(1, sizeof(*all));

    if (!all)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    all->config = *config;
    *out = all;
    return 0;
}

void bd_breakers_free(struct bd_breakers *all)
{
    if (!all)
        return;
    tdestroy(all->tree, keep);
    while (all->all) {
        struct keyed *e = all->all;

        all->all = e->next;
        free(e);
    }
    free(all);
}

/* Only breakers that know nothing: dropping an open one would forget a dead provider. */
static void make_room(struct bd_breakers *all)
{
    struct keyed **at = &all->all;

    while (*at) {
        struct keyed *e = *at;

        if (e->pins > 0 || e->breaker.state != BD_BREAKER_CLOSED || e->breaker.failures) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        tdelete(e->key, &all->tree, compare);
        free(e);
        all->count--;
    }
}

static struct keyed *make(struct bd_breakers *all, const char *key)
{
    size_t bytes = strlen(key) + 1;
    struct keyed *e = calloc(1, sizeof(*e) + bytes);

    if (!e)
        return NULL;
    memcpy(e->key, key, bytes);
    bd_breaker_init(&e->breaker, &all->config);
    e->breaker.seed = ++all->seed;
    if (!tsearch(e->key, &all->tree, compare)) {
        free(e);
        return NULL;
    }
    e->next = all->all;
    all->all = e;
    all->count++;
    return e;
}

struct bd_breaker *bd_breakers_pin(struct bd_breakers *all, const char *key,
                                   struct bd_error *err)
{
    void *node = tfind(key, &all->tree, compare);
    struct keyed *e = node ? keyed_of(*(const char **)node) : NULL;

    if (!e && all->count >= BD_BREAKERS_MAX)
        make_room(all);
    if (!e && all->count < BD_BREAKERS_MAX)
        e = make(all, key);
    if (!e) {
        (void)bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE,
                      "no room for another breaker (%d in use)", all->count);
        return NULL;
    }
    e->pins++;
    return &e->breaker;
}

void bd_breakers_unpin(struct bd_breakers *all, struct bd_breaker *b)
{
    (void)all;
    ((struct keyed *)(void *)b)->pins--;
}

const char *bd_breakers_key(const struct bd_breaker *b)
{
    return ((const struct keyed *)(const void *)b)->key;
}

int bd_breakers_not_closed(const struct bd_breakers *all, const char *beginning,
                           int64_t now_ms)
{
    size_t bytes = strlen(beginning);
    int n = 0;

    for (const struct keyed *e = all->all; e; e = e->next)
        n += strncmp(e->key, beginning, bytes) == 0 &&
             bd_breaker_state(&e->breaker, now_ms) != BD_BREAKER_CLOSED;
    return n;
}

/* A connection's key has no slash: it has no model. */
size_t bd_breakers_open_keys(const struct bd_breakers *all, int64_t now_ms,
                             struct bd_open_key *out, size_t most)
{
    size_t n = 0;

    for (const struct keyed *e = all->all; e && n < most; e = e->next) {
        enum bd_breaker_state state = bd_breaker_state(&e->breaker, now_ms);

        if (state == BD_BREAKER_CLOSED || !strchr(e->key, '/'))
            continue;
        out[n].state = state;
        out[n].key = strdup(e->key);
        if (out[n].key)
            n++;
    }
    return n;
}

void bd_breakers_configure(struct bd_breakers *all,
                           const struct bd_breaker_config *config)
{
    all->config = *config;
    for (struct keyed *e = all->all; e; e = e->next)
        bd_breaker_configure(&e->breaker, config);
}
