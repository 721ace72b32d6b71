/* runtime/deque.h - the work-stealing deque of one worker.
 *
 *        top                      bottom
 *         ▼                          ▼
 *   ──┬──────┬──────┬──────┬──────┬─────
 *     │oldest│      │      │newest│
 *   ──┴──────┴──────┴──────┴──────┴─────
 *   thieves take here        its owner pushes and pops here
 *
 * Chase and Lev's deque with the memory orders of Lê, Pop, Cohen and Zappa Nardelli,
 * "Correct and Efficient Work-Stealing for Weak Memory Models" (PPoPP 2013). The owner
 * pays for synchronisation only when it takes the last item. The array doubles when it
 * is full; a thief may still be reading the old one, so old arrays are kept until free
 * (together they are smaller than the array in use). */
#ifndef BD_RUNTIME_DEQUE_H
#define BD_RUNTIME_DEQUE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bd_deque_array;

/* The two ends are on cache lines of their own: thieves that fight over the top must
 * not slow the owner down. Memory for it must be aligned to 64 bytes. */
struct bd_deque {
    alignas(64) _Atomic int64_t top;
    alignas(64) _Atomic int64_t bottom;
    _Atomic(struct bd_deque_array *) array; /* NULL until the first push */
    size_t limit;
};

/* Allocates nothing. limit: the most items it will hold, rounded up to a power of two. */
void bd_deque_init(struct bd_deque *d, size_t limit);
/* When owner and thieves are gone. What is still in it is forgotten. */
void bd_deque_free(struct bd_deque *d);

/* [owner] item is not NULL. -1 if the limit is reached or memory is short. */
int bd_deque_push(struct bd_deque *d, void *item);
/* [owner] The newest item; NULL if there is none. */
void *bd_deque_pop(struct bd_deque *d);

/* [any] The oldest item; NULL if there is none or another thread was faster. */
void *bd_deque_steal(struct bd_deque *d);
/* [any] Was true at some instant of the call. */
bool bd_deque_empty(struct bd_deque *d);

#endif
