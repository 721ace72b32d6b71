/* runtime/lookup.c - see lookup.h. */
#include "runtime/lookup.h"

#include <stdio.h>

#include "base/thread.h"

#define SOURCE     "http"
#define LINE_BYTES (BD_NAMES_HOST_BYTES + BD_NAMES_ADDRESSES + 16)

/* "HOST:PORT:ADDRESS,ADDRESS": curl finds the host in its cache and asks nobody. */
static enum bd_name_state keep(struct bd__call *c, const char *addresses)
{
    char line[LINE_BYTES];

    snprintf(line, sizeof(line), "%s:%u:%s", c->name, c->port, addresses);
    c->resolve = curl_slist_append(NULL, line);
    if (c->resolve)
        return BD_NAME_KNOWN;
    (void)bd_fail(&c->name_error, BD_ERR_INTERNAL, 0, SOURCE, "out of memory");
    return BD_NAME_FAILED;
}

enum bd_name_state bd__lookup(struct bd__traffic *t, struct bd__call *c)
{
    struct bd_name_answer answer;
    enum bd_name_state state;

    BD_ON(BD_NET);
    if (!c->name || c->resolve)
        return BD_NAME_KNOWN;
    state = bd_resolver_ask(t->resolver, c->name, &answer);
    if (state == BD_NAME_WAIT) {
        if (!c->looking)
            TAILQ_INSERT_TAIL(&t->waiting, c, wait);
        c->looking = true;
        return state;
    }
    bd__lookup_leave(t, c);
    if (state == BD_NAME_KNOWN)
        return keep(c, answer.addresses);
    c->name_error = answer.error;
    return state;
}

void bd__lookup_leave(struct bd__traffic *t, struct bd__call *c)
{
    if (c->looking)
        TAILQ_REMOVE(&t->waiting, c, wait);
    c->looking = false;
}
