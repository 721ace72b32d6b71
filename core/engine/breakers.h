/* engine/breakers.h - the breakers of a process, by key.
 *
 * Keys are "model:brand" ("model:*" for neutral tasks) and "provider (connection)".
 * At most 4,096; past that, breakers that are closed and clean are dropped first. A
 * pointer stays valid while it is pinned. [owner] The scheduler's lock guards it. */
#ifndef BD_ENGINE_BREAKERS_H
#define BD_ENGINE_BREAKERS_H

#include <stddef.h>

#include "base/fail.h"
#include "policy/breaker.h"

enum { BD_BREAKERS_MAX = 4096 };

struct bd_breakers;

int bd_breakers_new(struct bd_breakers **out, const struct bd_breaker_config *config,
                    struct bd_error *err) BD_MUST_CHECK;
void bd_breakers_free(struct bd_breakers *all);

/* The breaker of that key, made if there is none, and pins it: as many unpins must
 * follow. NULL and *err when memory is short or all 4,096 are in use. */
struct bd_breaker *bd_breakers_pin(struct bd_breakers *all, const char *key,
                                   struct bd_error *err);
void bd_breakers_unpin(struct bd_breakers *all, struct bd_breaker *b);

const char *bd_breakers_key(const struct bd_breaker *b);

/* How many breakers whose key begins so are not closed at that time. */
int bd_breakers_not_closed(const struct bd_breakers *all, const char *beginning,
                           int64_t now_ms);

struct bd_open_key {
    char *key; /* "provider/model:brand", owned: free() it */
    enum bd_breaker_state state;
};
/* Breakers of models and brands (not of connections) that are not closed at that time,
 * newest first: fills at most `most` and returns how many. When memory is short, fewer.
 */
size_t bd_breakers_open_keys(const struct bd_breakers *all, int64_t now_ms,
                             struct bd_open_key *out, size_t most);

/* New limits for all, same states. */
void bd_breakers_configure(struct bd_breakers *all,
                           const struct bd_breaker_config *config);

#endif
