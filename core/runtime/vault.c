/* runtime/vault.c - see vault.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "runtime/vault.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/arena.h"

#define SOURCE "config"
#define TAKEN  '*' /* what is left in the environment */

struct entry {
    struct entry *next;
    char *value;       /* in the arena; NULL while the variable is not there */
    const char *place; /* where in the environment it was, to know it again */
    char variable[];
};

static struct entry *entries; /* live as long as the process */

static struct entry *find(const char *variable)
{
    for (struct entry *e = entries; e; e = e->next)
        if (strcmp(e->variable, variable) == 0)
            return e;
    return NULL;
}

static struct entry *add(const char *variable)
{
    size_t n = strlen(variable) + 1;
    struct entry *e = calloc(1, sizeof(*e) + n);

    if (!e)
        return NULL;
    memcpy(e->variable, variable, n);
    e->next = entries;
    return entries = e;
}

static void forget(struct entry *e)
{
    if (!e)
        return;
    bd__arena_give(e->value);
    e->value = NULL;
    e->place = NULL;
}

/* Is it what we left there? A program that sets the variable to "*" itself gives it
 * another place. */
static bool is_ours(const struct entry *e, const char *value)
{
    return e && e->value && e->place == value && value[0] == TAKEN && !value[1];
}

static int keep(struct entry *e, char *value)
{
    size_t n = strlen(value);
    char *copy = bd__arena_take(n + 1);

    if (!copy)
        return -1;
    memcpy(copy, value, n + 1);
    forget(e);
    e->value = copy;
    e->place = value;
    explicit_bzero(value, n);
    value[0] = TAKEN; /* there is room: it was not empty */
    return 0;
}

int bd__vault_read(const char **out, const char *variable, size_t max_bytes,
                   struct bd_error *err)
{
    char *value = getenv(variable); /* NOLINT(concurrency-mt-unsafe): [main] */
    struct entry *e = find(variable);

    if (value && is_ours(e, value)) {
        *out = e->value;
        return 0;
    }
    if (!value || !value[0] || strlen(value) > max_bytes) {
        forget(e);
        *out = value;
        return 0;
    }
    if (!e)
        e = add(variable);
    if (!e || keep(e, value) < 0)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE,
                       "no room for another key: all of them together may have 256 KiB");
    *out = e->value;
    return 0;
}
