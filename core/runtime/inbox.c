/* runtime/inbox.c - see inbox.h. */
#include "runtime/inbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The first block suits most replies; large ones soon come in blocks that malloc() gives
 * back to the system when they are freed (face/main.c sets from where on). */
#define BLOCK_MIN ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)256 << 10)

struct bd_inbox_block {
    struct bd_inbox_block *next;
    size_t n, room;
    char bytes[];
};

void bd_inbox_init(struct bd_inbox *q, size_t limit)
{
    *q = (struct bd_inbox){.limit = limit};
}

void bd_inbox_free(struct bd_inbox *q)
{
    while (q->first)
        bd_inbox_drop(q);
}

static struct bd_inbox_block *make_block(const struct bd_inbox *q, size_t n)
{
    size_t room = q->last ? q->last->room * 2 : BLOCK_MIN;
    struct bd_inbox_block *b;

    room = room > BLOCK_MAX ? BLOCK_MAX : room;
    room = room < n ? n : room;
    b = malloc(sizeof(*b) + room);
    if (b) {
        b->next = NULL;
        b->n = 0;
        b->room = room;
    }
    return b;
}

static void add(struct bd_inbox_block *b, const char *p, size_t n)
{
    if (n)
        memcpy(b->bytes + b->n, p, n);
    b->n += n;
}

int bd_inbox_append(struct bd_inbox *q, const void *p, size_t n)
{
    size_t left = q->last ? q->last->room - q->last->n : 0;
    size_t here = n < left ? n : left;
    struct bd_inbox_block *more = NULL;

    if (n > q->limit - (q->n < q->limit ? q->n : q->limit))
        return -1;
    if (here < n) {
        more = make_block(q, n - here);
        if (!more)
            return -1;
        add(more, (const char *)p + here, n - here);
    }
    if (here)
        add(q->last, p, here);
    if (more) {
        *(q->last ? &q->last->next : &q->first) = more;
        q->last = more;
    }
    q->n += n;
    return 0;
}

void bd_inbox_move(struct bd_inbox *q, struct bd_inbox *from)
{
    if (!from->first)
        return;
    *(q->last ? &q->last->next : &q->first) = from->first;
    q->last = from->last;
    q->n += from->n;
    bd_inbox_init(from, from->limit);
}

const char *bd_inbox_front(const struct bd_inbox *q, size_t *n)
{
    *n = q->first ? q->first->n : 0;
    return q->first ? q->first->bytes : NULL;
}

void bd_inbox_drop(struct bd_inbox *q)
{
    struct bd_inbox_block *b = q->first;

    assert(b);
    q->first = b->next;
    if (!q->first)
        q->last = NULL;
    q->n -= b->n;
    free(b);
}
