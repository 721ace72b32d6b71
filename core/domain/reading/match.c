/* domain/reading/match.c - see match.h. Children hang in lists while words are added.
 * Then, where there is room for it, a row for every node says where each byte leads: one
 * look for each byte of a text. Bytes that no word has share a column. For more words
 * than that, nodes with many children get a table: Chinese begins with few different
 * bytes, so a few long lists would be walked for most characters. */
#include "domain/reading/match.h"

#include <stdlib.h>
#include <string.h>

#define ENDS 0x80000000u /* in an entry of a row: a word ends there */

enum { MANY = 6, TABLE = 256, ROOM = 2 << 20 }; /* ROOM: entries of rows at most */

struct node {
    uint32_t child, sibling; /* 0 = none: the root is nobody's child */
    uint32_t fail;           /* longest proper suffix that is in the tree */
    uint32_t table;          /* its number + 1, 0 = children are found in the list */
    uint32_t word;           /* nearest node on the way of fails that ends a word */
    int32_t tag;             /* -1 = no word ends here */
    uint16_t bytes;          /* depth */
    unsigned char byte;
};

struct bd_match {
    struct bd_buf nodes;
    struct bd_buf tables; /* uint32_t[TABLE] each, a child by its byte */
    uint32_t first[256];  /* children of the root */
    uint32_t *rows;       /* [node][column]: where the next node's row begins, with ENDS
                             or without; NULL: too many */
    uint32_t *ends;       /* [node]: the longest word that ends there, 0 = none */
    uint16_t column[256]; /* of a byte */
    unsigned columns;
};

static struct node *node(const struct bd_match *m, uint32_t i)
{
    return (struct node *)(void *)m->nodes.data + i;
}

static uint32_t node_count(const struct bd_match *m)
{
    return (uint32_t)(m->nodes.n / sizeof(struct node));
}

static uint32_t add_node(struct bd_match *m, unsigned char byte, unsigned bytes)
{
    struct node fresh = {.tag = -1, .byte = byte, .bytes = (uint16_t)bytes};

    if (bd_buf_append(&m->nodes, &fresh, sizeof(fresh)) < 0)
        return 0;
    return node_count(m) - 1;
}

int bd_match_new(struct bd_match **out)
{
    struct bd_match *m = calloc(1, sizeof(*m));

    if (!m)
        return -1;
    bd_buf_init(&m->nodes, (size_t)BD_MATCH_BYTES * sizeof(struct node));
    bd_buf_init(&m->tables, (size_t)BD_MATCH_BYTES / MANY * TABLE * sizeof(uint32_t));
    add_node(m, 0, 0);
    if (m->nodes.failed) {
        bd_match_free(m);
        return -1;
    }
    *out = m;
    return 0;
}

void bd_match_free(struct bd_match *m)
{
    if (!m)
        return;
    bd_buf_free(&m->nodes);
    bd_buf_free(&m->tables);
    free(m->rows);
    free(m->ends);
    free(m);
}

static uint32_t *table(const struct bd_match *m, uint32_t number)
{
    return (uint32_t *)(void *)m->tables.data + (size_t)(number - 1) * TABLE;
}

static uint32_t child_of(const struct bd_match *m, uint32_t at, unsigned char byte)
{
    uint32_t i = at ? node(m, at)->child : m->first[byte];

    if (at && node(m, at)->table)
        return table(m, node(m, at)->table)[byte];
    while (i && node(m, i)->byte != byte)
        i = node(m, i)->sibling;
    return i;
}

static uint32_t grow(struct bd_match *m, uint32_t at, unsigned char byte)
{
    uint32_t fresh = add_node(m, byte, node(m, at)->bytes + 1u);

    if (!fresh)
        return 0;
    if (at) {
        node(m, fresh)->sibling = node(m, at)->child;
        node(m, at)->child = fresh;
    } else {
        m->first[byte] = fresh;
    }
    return fresh;
}

int bd_match_add(struct bd_match *m, const char *word, size_t n, int32_t tag)
{
    uint32_t at = 0;

    if (n > UINT16_MAX)
        return -1;
    for (size_t i = 0; i < n; i++) {
        uint32_t next = child_of(m, at, (unsigned char)word[i]);

        if (!next)
            next = grow(m, at, (unsigned char)word[i]);
        if (!next)
            return -1;
        at = next;
    }
    if (n > 0 && node(m, at)->tag < 0)
        node(m, at)->tag = tag;
    return 0;
}

static uint32_t step(const struct bd_match *m, uint32_t at, unsigned char byte)
{
    uint32_t next;

    while (!(next = child_of(m, at, byte)) && at)
        at = node(m, at)->fail;
    return next;
}

static void link_node(struct bd_match *m, uint32_t i, uint32_t parent)
{
    struct node *v = node(m, i);

    v->fail = parent ? step(m, node(m, parent)->fail, v->byte) : 0;
    v->word = node(m, v->fail)->tag >= 0 ? v->fail : node(m, v->fail)->word;
}

static int make_table(struct bd_match *m, uint32_t at)
{
    uint32_t children[TABLE] = {0};
    unsigned count = 0;

    for (uint32_t i = node(m, at)->child; i; i = node(m, i)->sibling) {
        children[node(m, i)->byte] = i;
        count++;
    }
    if (count < MANY)
        return 0;
    if (bd_buf_append(&m->tables, children, sizeof(children)) < 0)
        return -1;
    node(m, at)->table = (uint32_t)(m->tables.n / sizeof(children));
    return 0;
}

static void number_columns(struct bd_match *m)
{
    m->columns = 1; /* 0: bytes of no word */
    for (uint32_t i = 1; i < node_count(m); i++)
        if (!m->column[node(m, i)->byte])
            m->column[node(m, i)->byte] = (uint16_t)m->columns++;
}

static uint32_t entry(const struct bd_match *m, uint32_t i)
{
    return i * m->columns | (m->ends[i] ? ENDS : 0);
}

/* Where a byte leads to no child it leads where it does from the suffix, whose row is
 * there already: queue is breadth first. */
static int make_rows(struct bd_match *m, const uint32_t *queue, uint32_t count)
{
    size_t width;

    number_columns(m);
    width = m->columns;
    if (width * count > ROOM)
        return 0;
    m->rows = calloc(width * count, sizeof(*m->rows));
    m->ends = calloc(count, sizeof(*m->ends));
    if (!m->rows || !m->ends)
        return -1;
    for (uint32_t i = 1; i < count; i++)
        m->ends[i] = node(m, i)->tag >= 0 ? i : node(m, i)->word;
    for (unsigned b = 0; b < 256; b++)
        m->rows[m->column[b]] = m->column[b] ? entry(m, m->first[b]) : 0;
    for (uint32_t k = 0; k + 1 < count; k++) {
        const struct node *v = node(m, queue[k]);
        uint32_t *row = m->rows + width * queue[k];

        memcpy(row, m->rows + width * v->fail, width * sizeof(*row));
        for (uint32_t i = v->child; i; i = node(m, i)->sibling)
            row[m->column[node(m, i)->byte]] = entry(m, i);
    }
    return 0;
}

/* The nodes without the root, breadth first: shorter suffixes are linked before. */
static void link_all(struct bd_match *m, uint32_t *queue)
{
    uint32_t head = 0, tail = 0;

    for (unsigned b = 0; b < 256; b++)
        if (m->first[b]) {
            link_node(m, m->first[b], 0);
            queue[tail++] = m->first[b];
        }
    while (head < tail) {
        uint32_t at = queue[head++];

        for (uint32_t i = node(m, at)->child; i; i = node(m, i)->sibling) {
            link_node(m, i, at);
            queue[tail++] = i;
        }
    }
}

int bd_match_build(struct bd_match *m)
{
    uint32_t count = node_count(m);
    uint32_t *queue;
    int rc;

    for (uint32_t i = 1; i < count; i++)
        if (make_table(m, i) < 0)
            return -1;
    queue = calloc(count, sizeof(*queue));
    if (!queue)
        return -1;
    link_all(m, queue);
    rc = make_rows(m, queue, count);
    free(queue);
    return rc;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool word(char c)
{
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
}

static bool bounded(const char *s, size_t n, const struct bd_hit *h, bool hyphens)
{
    size_t a = h->start, b = h->end;

    if (word(s[a]) && a > 0) {
        if (word(s[a - 1]))
            return false;
        if (hyphens && s[a - 1] == '-' && a > 1 && letter(s[a - 2]))
            return false;
    }
    if (word(s[b - 1]) && b < n) {
        if (word(s[b]))
            return false;
        if (hyphens && s[b] == '-' && b + 1 < n && letter(s[b + 1]))
            return false;
    }
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct bd_hit *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end == y->end ? 0 : x->end > y->end ? -1 : 1;
}

/* Keeps the leftmost, longest finds that do not overlap. */
static void choose(struct bd_buf *hits, size_t from)
{
    struct bd_hit *h = (struct bd_hit *)(void *)(hits->data + from);
    size_t count = (hits->n - from) / sizeof(*h), kept = 0;

    qsort(h, count, sizeof(*h), by_place);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || h[i].start >= h[kept - 1].end)
            h[kept++] = h[i];
    hits->n = from + kept * sizeof(*h);
}

struct find {
    struct bd_buf *hits;
    size_t from; /* where ours begin */
    bool hyphens;
};

/* The words that end behind byte i, the longest first. */
static int take(const struct bd_match *m, uint32_t w, const char *s, size_t n, size_t i,
                struct find *f)
{
    for (; w; w = node(m, w)->word) {
        struct bd_hit h = {(uint32_t)(i + 1 - node(m, w)->bytes), (uint32_t)(i + 1),
                           node(m, w)->tag};

        if ((f->hits->n - f->from) / sizeof(h) >= BD_MATCH_HITS)
            break;
        if (bounded(s, n, &h, f->hyphens) && bd_buf_append(f->hits, &h, sizeof(h)) < 0)
            return -1;
    }
    return 0;
}

static int walk_rows(const struct bd_match *m, const char *s, size_t n, struct find *f)
{
    const uint16_t *column = m->column;
    const uint32_t *rows = m->rows;
    uint32_t at = 0;

    for (size_t i = 0; i < n; i++) {
        at = rows[(at & ~ENDS) + column[(unsigned char)s[i]]];
        if (at & ENDS && take(m, m->ends[(at & ~ENDS) / m->columns], s, n, i, f) < 0)
            return -1;
    }
    return 0;
}

static int walk_lists(const struct bd_match *m, const char *s, size_t n, struct find *f)
{
    uint32_t at = 0;

    for (size_t i = 0; i < n; i++) {
        at = step(m, at, (unsigned char)s[i]);
        if (take(m, node(m, at)->tag >= 0 ? at : node(m, at)->word, s, n, i, f) < 0)
            return -1;
    }
    return 0;
}

int bd_match_find(const struct bd_match *m, const char *s, size_t n, bool hyphens,
                  struct bd_buf *hits)
{
    struct find f = {hits, hits->n, hyphens};
    int rc = m->rows ? walk_rows(m, s, n, &f) : walk_lists(m, s, n, &f);

    if (rc < 0)
        return -1;
    if (hits->n > f.from) /* an empty buffer is a constant that must not be written */
        choose(hits, f.from);
    return 0;
}
