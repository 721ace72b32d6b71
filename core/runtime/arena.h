/* runtime/arena.h - the one place of this process where keys lie. [main]
 *
 * 256 KiB that are in no core dump (MADV_DONTDUMP), not written to swap where the limit
 * of locked memory allows it (mlock; without it the rest still holds), and empty in a
 * child of fork() (MADV_WIPEONFORK). Others may read what main has handed out to them. */
#ifndef BD_RUNTIME_ARENA_H
#define BD_RUNTIME_ARENA_H

#include <stddef.h>

#define BD__ARENA_BYTES ((size_t)256 << 10) /* two thousand keys of the usual length */

/* n bytes of zeros, or NULL when it is full or n is 0 or above 16,256. */
char *bd__arena_take(size_t n);
/* Wipes all of them. NULL is fine. */
void bd__arena_give(char *p);
/* Bytes in use, in whole units. For tests. */
size_t bd__arena_used(void);

#endif
