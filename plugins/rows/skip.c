/* skip.c - see skip.h. */
#include "skip.h"

#include <stddef.h>
#include <stdint.h>

void bd_skip_init(struct bd_skip *s, bd_link_compare_fn *compare)
{
    *s = (struct bd_skip){.compare = compare, .random = 0x9e3779b97f4a7c15u};
}

/* Fills before[] with the last node of each level that is before probe. */
static struct bd_link *find(struct bd_skip *s, const struct bd_link *probe,
                            struct bd_link *before[BD_SKIP_HEIGHT])
{
    struct bd_link *at = &s->head;

    for (int level = BD_SKIP_HEIGHT - 1; level >= 0; level--) {
        while (at->next[level] && s->compare(at->next[level], probe) < 0)
            at = at->next[level];
        before[level] = at;
    }
    return at->next[0];
}

static void unlink_node(struct bd_skip *s, struct bd_link *node,
                        struct bd_link *before[BD_SKIP_HEIGHT])
{
    for (int level = 0; level < BD_SKIP_HEIGHT; level++)
        if (before[level]->next[level] == node)
            before[level]->next[level] = node->next[level];
    s->count--;
}

/* xorshift64; the heights only have to look random to the order of the keys. */
static int height(struct bd_skip *s)
{
    int h = 1;
    uint64_t x = s->random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    s->random = x;
    for (; h < BD_SKIP_HEIGHT && (x & 3) == 0; x >>= 2)
        h++;
    return h;
}

struct bd_link *bd_skip_put(struct bd_skip *s, struct bd_link *node)
{
    struct bd_link *before[BD_SKIP_HEIGHT];
    struct bd_link *old = find(s, node, before);
    int h = height(s);

    if (old && s->compare(old, node) == 0)
        unlink_node(s, old, before);
    else
        old = NULL;
    *node = (struct bd_link){0};
    for (int level = 0; level < h; level++) {
        node->next[level] = before[level]->next[level];
        before[level]->next[level] = node;
    }
    s->count++;
    return old;
}

struct bd_link *bd_skip_take(struct bd_skip *s, const struct bd_link *probe)
{
    struct bd_link *before[BD_SKIP_HEIGHT];
    struct bd_link *node = find(s, probe, before);

    if (!node || s->compare(node, probe) != 0)
        return NULL;
    unlink_node(s, node, before);
    return node;
}

struct bd_link *bd_skip_from(const struct bd_skip *s, const struct bd_link *probe)
{
    const struct bd_link *at = &s->head;

    for (int level = BD_SKIP_HEIGHT - 1; probe && level >= 0; level--)
        while (at->next[level] && s->compare(at->next[level], probe) < 0)
            at = at->next[level];
    return at->next[0];
}
