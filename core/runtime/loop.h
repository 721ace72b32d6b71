/* runtime/loop.h - one network thread: its loop, its calls, its timers. */
#ifndef BD_RUNTIME_LOOP_H
#define BD_RUNTIME_LOOP_H

#include "runtime/http_call.h"

struct bd__loop;

/* [main] at: its number, 0 to 3; it is part of every id. resolver is lent until stop. */
int bd__loop_start(struct bd__loop **out, unsigned at, struct bd_resolver *resolver,
                   struct bd_error *err);
/* [main] Ends all calls and timers, and the thread. Once. */
void bd__loop_stop(struct bd__loop *l);
/* [main] After stop. NULL is fine. */
void bd__loop_free(struct bd__loop *l);

/* [any] Takes the call over and sets its id; -1, and the call stays the caller's, when
 * the loop is stopping. The call is freed with free() after done. */
int bd__loop_submit(struct bd__loop *l, struct bd__call *c, uint64_t *id);
/* [any] */
void bd__loop_cancel(struct bd__loop *l, uint64_t id);
int bd__loop_at(struct bd__loop *l, int64_t at_ms, void (*fn)(void *arg), void *arg);
/* [any] Adds this loop's figures to *out. */
void bd__loop_stats(struct bd__loop *l, struct bd_http_stats *out);
/* The loop that an id came from. */
unsigned bd__loop_of(uint64_t id);

#endif
