/* base/buf.h - a growing byte buffer with a limit. [owner]
 *
 * The limit is set at init, so that no input decides how much memory is used. After
 * a failure (limit or memory) the buffer keeps what it has, `failed` stays set and
 * every later append is refused: a caller may append many times and look once.
 * data is always NUL-terminated, the NUL is not counted. */
#ifndef BD_BASE_BUF_H
#define BD_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "bd/plugin.h"

struct bd_buf {
    char *data; /* never NULL; "" while empty */
    size_t n;   /* bytes used */
    size_t cap; /* bytes allocated, 0 while data is the constant "" */
    size_t limit;
    bool failed;
};

/* Allocates nothing. limit in bytes, without the NUL. */
void bd_buf_init(struct bd_buf *b, size_t limit);
/* Frees the memory; the buffer may be used again, with the same limit. */
void bd_buf_free(struct bd_buf *b);
/* Empties it and keeps the memory; clears `failed`. */
void bd_buf_reset(struct bd_buf *b);
/* Drops the first n bytes (all, if there are fewer). */
void bd_buf_consume(struct bd_buf *b, size_t n);

/* Makes room for that many bytes more. -1 if there is none, or when something has failed;
 * this is no failure of the buffer. */
int bd_buf_reserve(struct bd_buf *b, size_t more);
/* 0, or -1 and `failed`; a piece is appended whole or not at all. */
int bd_buf_append(struct bd_buf *b, const void *p, size_t n);
int bd_buf_add(struct bd_buf *b, const char *s);
int bd_buf_addf(struct bd_buf *b, const char *fmt, ...) BD_PRINTF(2, 3);
int bd_buf_vaddf(struct bd_buf *b, const char *fmt, va_list ap) BD_PRINTF(2, 0);

/* Gives the bytes to the caller (free() them) and leaves the buffer empty. NULL when
 * memory is short. */
char *bd_buf_take(struct bd_buf *b);

#endif
