/* runtime/resolver.h - looking host names up, on threads of its own.
 *
 * libcurl would look each name up on a thread of its own for each call, and wait for it
 * when a call is cancelled; here every name is looked up once for all calls, and a
 * look-up that hangs holds up nobody but those who want that name, until their own limit.
 * Threads come when there is something to look up and none is free, 16 at most: so many
 * names may hang at once, the 17th waits. Four stay when there is nothing to do.
 *
 * A hung look-up cannot be ended. Stop does not wait for it: its thread finds nobody left
 * when it comes back, and frees what is left. */
#ifndef BD_RUNTIME_RESOLVER_H
#define BD_RUNTIME_RESOLVER_H

#include "runtime/names.h"

#define BD_RESOLVER_THREADS   16
#define BD_RESOLVER_IDLE      4
#define BD_RESOLVER_LISTENERS 4

struct bd_resolver;

/* Fills the addresses of the host, NUL-terminated, separated by commas, IPv6 in brackets.
 * May take long. [any], many at once. */
typedef int bd_lookup_fn(const char *host, char *addresses, size_t bytes,
                         struct bd_error *err);

/* getaddrinfo: IPv4 and IPv6, in its order. */
int bd_resolver_lookup(const char *host, char *addresses, size_t bytes,
                       struct bd_error *err) BD_MUST_CHECK;

/* [main] */
int bd_resolver_start(struct bd_resolver **out, bd_lookup_fn *lookup,
                      struct bd_error *err) BD_MUST_CHECK;
/* [main] No listener is called any more when it returns. NULL is fine. */
void bd_resolver_stop(struct bd_resolver *r);

/* [main] changed(arg) is called, on any thread, under a lock, after each look-up: it may
 * only wake somebody. At most BD_RESOLVER_LISTENERS. */
void bd_resolver_listen(struct bd_resolver *r, void (*changed)(void *arg), void *arg);

/* [any] Never waits. WAIT: a look-up is under way; ask again when told of a change. */
enum bd_name_state bd_resolver_ask(struct bd_resolver *r, const char *host,
                                   struct bd_name_answer *out);
/* [any] How many look-ups have ended; one that waits need not ask again before it grows.
 */
uint64_t bd_resolver_news(struct bd_resolver *r);
/* [any] Threads that exist. */
int bd_resolver_threads(struct bd_resolver *r);

#endif
