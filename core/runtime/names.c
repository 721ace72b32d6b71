/* runtime/names.c - see names.h. */
#include "runtime/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SOURCE "names"

struct name {
    char host[BD_NAMES_HOST_BYTES];
    char addresses[BD_NAMES_ADDRESSES]; /* "" = none known */
    int64_t known_ms;                   /* when they were told */
    struct bd_error error; /* of the last look-up; type NONE = it succeeded */
    int64_t failed_ms, asked_ms;
    bool looking;
};

struct bd_names {
    struct name *all[BD_NAMES_MAX];
    size_t count;
};

int bd_names_new(struct bd_names **out, struct bd_error *err)
{
    struct bd_names *n = calloc(1, sizeof(*n));

    if (!n)
        return bd_fail(err, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    *out = n;
    return 0;
}

void bd_names_free(struct bd_names *n)
{
    for (size_t i = 0; n && i < n->count; i++)
        free(n->all[i]);
    free(n);
}

static struct name *find(struct bd_names *n, const char *host)
{
    for (size_t i = 0; i < n->count; i++)
        if (strcasecmp(n->all[i]->host, host) == 0)
            return n->all[i];
    return NULL;
}

/* A place in the list: a new one, or that of the name asked for longest ago that nobody
 * is looking up. NULL if there is none. */
static struct name **place(struct bd_names *n)
{
    struct name **oldest = NULL;

    if (n->count < BD_NAMES_MAX)
        return &n->all[n->count];
    for (size_t i = 0; i < n->count; i++)
        if (!n->all[i]->looking && (!oldest || n->all[i]->asked_ms < (*oldest)->asked_ms))
            oldest = &n->all[i];
    return oldest;
}

static struct name *add(struct bd_names *n, const char *host)
{
    struct name **at = place(n), *e = at ? calloc(1, sizeof(*e)) : NULL;

    if (!e)
        return NULL;
    snprintf(e->host, sizeof(e->host), "%s", host);
    if (at == &n->all[n->count])
        n->count++;
    else
        free(*at);
    *at = e;
    return e;
}

/* Known too long ago to be true, or never. */
static bool is_unknown(const struct name *e, int64_t now_ms)
{
    return !*e->addresses || now_ms - e->known_ms >= BD_NAMES_STALE_MS;
}

static bool failed_just_now(const struct name *e, int64_t now_ms)
{
    return e->error.type != BD_ERR_NONE && now_ms - e->failed_ms < BD_NAMES_FAILED_MS;
}

enum bd_name_state bd_names_ask(struct bd_names *n, const char *host, int64_t now_ms,
                                struct bd_name_answer *out, bool *look_up)
{
    struct name *e = find(n, host);

    *look_up = false;
    if (!e)
        e = add(n, host);
    if (!e) {
        (void)bd_fail(&out->error, BD_ERR_INTERNAL, 0, SOURCE,
                      "too many host names are being looked up at once (%zu)", n->count);
        return BD_NAME_FAILED;
    }
    e->asked_ms = now_ms;
    if (!e->looking && !failed_just_now(e, now_ms) &&
        (is_unknown(e, now_ms) || now_ms - e->known_ms >= BD_NAMES_FRESH_MS))
        *look_up = e->looking = true;
    if (!is_unknown(e, now_ms)) {
        memcpy(out->addresses, e->addresses, sizeof(out->addresses));
        return BD_NAME_KNOWN;
    }
    if (e->looking)
        return BD_NAME_WAIT;
    out->error = e->error;
    return BD_NAME_FAILED;
}

void bd_names_told(struct bd_names *n, const char *host, const char *addresses,
                   const struct bd_error *err, int64_t now_ms)
{
    struct name *e = find(n, host);

    if (!e) /* cannot happen: a name that is looked up keeps its place */
        return;
    e->looking = false;
    if (addresses) {
        snprintf(e->addresses, sizeof(e->addresses), "%s", addresses);
        e->known_ms = now_ms;
        e->error = (struct bd_error){0};
    } else {
        e->error = *err;
        e->failed_ms = now_ms;
    }
}
