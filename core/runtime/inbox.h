/* runtime/inbox.h - bytes on their way from one thread to another. [owner]
 *
 * A queue of blocks, each freed as soon as it was read: what is not read yet and what
 * was made of the rest are in memory, but no byte twice. One growing buffer would hold
 * an 8 MiB reply twice when its reader is late. */
#ifndef BD_RUNTIME_INBOX_H
#define BD_RUNTIME_INBOX_H

#include <stddef.h>

#include "base/fail.h"

struct bd_inbox_block; /* private */

struct bd_inbox {
    struct bd_inbox_block *first, *last; /* NULL: empty */
    size_t n, limit;                     /* bytes in it, and at most */
};

/* Nothing is allocated before bytes come. */
void bd_inbox_init(struct bd_inbox *q, size_t limit);
void bd_inbox_free(struct bd_inbox *q);

/* Copies n bytes to the end. -1 past the limit or when memory is short; q is then as it
 * was. */
int bd_inbox_append(struct bd_inbox *q, const void *p, size_t n) BD_MUST_CHECK;

/* Moves all of from behind what is in q, whatever q's limit. Copies nothing. */
void bd_inbox_move(struct bd_inbox *q, struct bd_inbox *from);

/* The oldest bytes, lent until the next call; NULL when empty. */
const char *bd_inbox_front(const struct bd_inbox *q, size_t *n);
/* Frees what bd_inbox_front() shows; q must not be empty. */
void bd_inbox_drop(struct bd_inbox *q);

#endif
