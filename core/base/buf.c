/* base/buf.c - see buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1]; /* never written: cap 0 tells */

void bd_buf_init(struct bd_buf *b, size_t limit)
{
    *b = (struct bd_buf){.data = empty, .limit = limit};
}

void bd_buf_free(struct bd_buf *b)
{
    if (b->cap)
        free(b->data);
    bd_buf_init(b, b->limit);
}

void bd_buf_reset(struct bd_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->cap)
        b->data[0] = '\0';
}

void bd_buf_consume(struct bd_buf *b, size_t n)
{
    if (!b->cap)
        return;
    if (n > b->n)
        n = b->n;
    memmove(b->data, b->data + n, b->n - n + 1);
    b->n -= n;
}

int bd_buf_reserve(struct bd_buf *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 64;
    char *p;

    if (b->failed || more > b->limit - b->n || more > SIZE_MAX / 4 - b->n)
        return -1;
    while (cap < b->n + more + 1)
        cap *= 2;
    if (cap == b->cap)
        return 0;
    p = realloc(b->cap ? b->data : NULL, cap);
    if (!p)
        return -1;
    p[b->n] = '\0';
    b->data = p;
    b->cap = cap;
    return 0;
}

int bd_buf_append(struct bd_buf *b, const void *p, size_t n)
{
    if (bd_buf_reserve(b, n) < 0) {
        b->failed = true;
        return -1;
    }
    if (n)
        memcpy(b->data + b->n, p, n);
    b->n += n;
    b->data[b->n] = '\0';
    return 0;
}

int bd_buf_add(struct bd_buf *b, const char *s)
{
    return bd_buf_append(b, s, strlen(s));
}

int bd_buf_vaddf(struct bd_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0 || bd_buf_reserve(b, (size_t)n) < 0) {
        b->failed = true;
        return -1;
    }
    vsnprintf(b->data + b->n, (size_t)n + 1, fmt, ap);
    b->n += (size_t)n;
    return 0;
}

int bd_buf_addf(struct bd_buf *b, const char *fmt, ...)
{
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = bd_buf_vaddf(b, fmt, ap);
    va_end(ap);
    return rc;
}

char *bd_buf_take(struct bd_buf *b)
{
    char *p;

    if (!b->cap)
        return calloc(1, 1);
    p = b->data;
    bd_buf_init(b, b->limit);
    return p;
}
