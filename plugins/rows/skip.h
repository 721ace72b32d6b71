/* skip.h - an ordered set: a skip list of nodes that the caller allocates. [owner]
 *
 * Putting, taking and finding are O(log n), going on from there is one step, and no
 * operation can fail: what could is the allocation, and that is the caller's. */
#ifndef BD_ROWS_SKIP_H
#define BD_ROWS_SKIP_H

#include <stddef.h>
#include <stdint.h>

#define BD_SKIP_HEIGHT 12 /* one node in four is a step higher: good for 16 million */

/* The first member of a caller's node. */
struct bd_link {
    struct bd_link *next[BD_SKIP_HEIGHT];
};

typedef int bd_link_compare_fn(const struct bd_link *a, const struct bd_link *b);

struct bd_skip {
    struct bd_link head;
    bd_link_compare_fn *compare;
    uint64_t random;
    size_t count;
};

void bd_skip_init(struct bd_skip *s, bd_link_compare_fn *compare);
/* Returns the equal node whose place it took, NULL if there was none. */
struct bd_link *bd_skip_put(struct bd_skip *s, struct bd_link *node);
/* Unlinks and returns the node equal to probe, NULL if there is none. */
struct bd_link *bd_skip_take(struct bd_skip *s, const struct bd_link *probe);
/* The first node that is not before probe (NULL: the first of all), or NULL. Its
 * successor is node->next[0]. */
struct bd_link *bd_skip_from(const struct bd_skip *s, const struct bd_link *probe);

#endif
