/* runtime/deque.c - Chase-Lev with C11 atomics. */
#include "runtime/deque.h"

#include <stdlib.h>

/* ThreadSanitizer does not model atomic_thread_fence and would report what a fence
 * orders. Under it every access is seq_cst instead, which is stronger than all fences
 * below together; the orders written here are those of every other build. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NO_FENCES 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define NO_FENCES 1
#endif

#ifdef NO_FENCES
#define ORDER(o) memory_order_seq_cst
#define FENCE(o) ((void)0)
#else
#define ORDER(o) memory_order_##o
#define FENCE(o) atomic_thread_fence(memory_order_##o)
#endif

#define FIRST_SIZE 64

struct bd_deque_array {
    struct bd_deque_array *older; /* the one it replaced, kept for late thieves */
    int64_t size;                 /* a power of two */
    _Atomic(void *) items[];
};

void bd_deque_init(struct bd_deque *d, size_t limit)
{
    atomic_init(&d->top, 0);
    atomic_init(&d->bottom, 0);
    atomic_init(&d->array, NULL);
    d->limit = limit;
}

void bd_deque_free(struct bd_deque *d)
{
    struct bd_deque_array *a = atomic_load_explicit(&d->array, ORDER(relaxed));

    while (a) {
        struct bd_deque_array *older = a->older;

        free(a);
        a = older;
    }
    bd_deque_init(d, d->limit);
}

static _Atomic(void *) *slot(struct bd_deque_array *a, int64_t at)
{
    return &a->items[at & (a->size - 1)];
}

/* Items keep their index, so a thief that holds the old array reads the same item from
 * it: nothing is written into an old array again. */
static struct bd_deque_array *grow(struct bd_deque *d, struct bd_deque_array *old,
                                   int64_t top, int64_t bottom)
{
    int64_t size = old ? 2 * old->size : FIRST_SIZE;
    struct bd_deque_array *a;

    if (old && (size_t)old->size >= d->limit)
        return NULL;
    a = malloc(sizeof(*a) + (size_t)size * sizeof(a->items[0]));
    if (!a)
        return NULL;
    a->older = old;
    a->size = size;
    for (int64_t i = 0; i < size; i++)
        atomic_init(&a->items[i], NULL);
    for (int64_t i = top; i < bottom; i++) {
        void *item = atomic_load_explicit(slot(old, i), ORDER(relaxed));

        atomic_store_explicit(slot(a, i), item, ORDER(relaxed));
    }
    /* Release: who sees the new array sees the items copied into it. */
    atomic_store_explicit(&d->array, a, ORDER(release));
    return a;
}

int bd_deque_push(struct bd_deque *d, void *item)
{
    /* Relaxed: only this thread writes bottom and array. */
    int64_t bottom = atomic_load_explicit(&d->bottom, ORDER(relaxed));
    struct bd_deque_array *a = atomic_load_explicit(&d->array, ORDER(relaxed));
    /* Acquire pairs with the thief's exchange: a slot that looks free was really read,
     * so it may be written again. */
    int64_t top = atomic_load_explicit(&d->top, ORDER(acquire));

    if (!a || bottom - top >= a->size)
        a = grow(d, a, top, bottom);
    if (!a)
        return -1;
    atomic_store_explicit(slot(a, bottom), item, ORDER(relaxed));
    /* A fence and not a release store, because pop() writes bottom too: a thief that
     * reads bottom from there must still see this item. */
    FENCE(release);
    atomic_store_explicit(&d->bottom, bottom + 1, ORDER(relaxed));
    return 0;
}

void *bd_deque_pop(struct bd_deque *d)
{
    int64_t bottom = atomic_load_explicit(&d->bottom, ORDER(relaxed)) - 1;
    struct bd_deque_array *a = atomic_load_explicit(&d->array, ORDER(relaxed));
    int64_t top;
    void *item = NULL;

    atomic_store_explicit(&d->bottom, bottom, ORDER(relaxed));
    /* The heart of it: the store of bottom comes before the load of top here, and the
     * load of top before the load of bottom in steal(). So owner and thief cannot both
     * miss each other and take the same last item. */
    FENCE(seq_cst);
    top = atomic_load_explicit(&d->top, ORDER(relaxed));
    if (top < bottom) /* at least one more stays: no thief can reach this one */
        return atomic_load_explicit(slot(a, bottom), ORDER(relaxed));
    if (top == bottom) { /* the last one: race for it at the top, like a thief */
        item = atomic_load_explicit(slot(a, bottom), ORDER(relaxed));
        if (!atomic_compare_exchange_strong_explicit(&d->top, &top, top + 1,
                                                     ORDER(seq_cst), ORDER(relaxed)))
            item = NULL;
    }
    atomic_store_explicit(&d->bottom, bottom + 1, ORDER(relaxed));
    return item;
}

void *bd_deque_steal(struct bd_deque *d)
{
    int64_t top = atomic_load_explicit(&d->top, ORDER(acquire));
    int64_t bottom;
    struct bd_deque_array *a;
    void *item;

    FENCE(seq_cst); /* see pop() */
    /* Acquire pairs with the fence in push(): an index that is seen brings its item and
     * the array that holds it. */
    bottom = atomic_load_explicit(&d->bottom, ORDER(acquire));
    if (top >= bottom)
        return NULL;
    /* Acquire for the items a grow() copied; the paper's consume is acquire in every
     * compiler. */
    a = atomic_load_explicit(&d->array, ORDER(acquire));
    /* Read before it is ours: afterwards the owner may write the slot again. If the
     * exchange fails, the value is not used. */
    item = atomic_load_explicit(slot(a, top), ORDER(relaxed));
    if (!atomic_compare_exchange_strong_explicit(&d->top, &top, top + 1, ORDER(seq_cst),
                                                 ORDER(relaxed)))
        return NULL;
    return item;
}

bool bd_deque_empty(struct bd_deque *d)
{
    int64_t top = atomic_load_explicit(&d->top, ORDER(acquire));

    return atomic_load_explicit(&d->bottom, ORDER(acquire)) <= top;
}
