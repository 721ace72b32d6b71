/* engine/online.h - does each provider answer? For `check --online`. [main] */
#ifndef BD_ENGINE_ONLINE_H
#define BD_ENGINE_ONLINE_H

#include "engine/engine.h"

struct bd_online_view {
    const char *provider, *model;
    bool ok;
    int64_t latency_ms;
    const struct bd_error *error; /* if not ok */
};

/* Asks each provider that has a key one short question, all at once, within the
 * configured deadline. It is a real call and may be billed; it is stored like any other
 * diagnosis. */
int bd_online_check(struct bd_engine *e,
                    void (*each)(void *arg, const struct bd_online_view *v), void *arg,
                    struct bd_error *err) BD_MUST_CHECK;

#endif
