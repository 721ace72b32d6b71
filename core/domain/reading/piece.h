/* domain/reading/piece.h - is what md4c hands out a piece of the text? [any]
 *
 * md4c 0.4.8 looks at the byte behind the text. Where that is no NUL but what it waits
 * for, as a ")" behind "**[](*", it walks on through foreign memory. So it is given only
 * texts with a NUL behind them; and whoever gets a piece that reaches past the text all
 * the same stops the parse. */
#ifndef BD_DOMAIN_PIECE_H
#define BD_DOMAIN_PIECE_H

#include <md4c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Within s[0..n)? */
static inline bool bd_piece_inside(const char *p, size_t size, const char *s, size_t n)
{
    return (uintptr_t)p >= (uintptr_t)s && (uintptr_t)p - (uintptr_t)s <= n &&
           size <= n - ((uintptr_t)p - (uintptr_t)s);
}

/* Neither that nor one of md4c's own: line ends and indents of code, breaks, NUL. */
static inline bool bd_piece_strays(MD_TEXTTYPE type, const char *p, size_t size,
                                   const char *s, size_t n)
{
    enum { OWN_BYTES = 16 };

    if (bd_piece_inside(p, size, s, n))
        return false;
    return type == MD_TEXT_NORMAL || type == MD_TEXT_ENTITY || type == MD_TEXT_HTML ||
           size > OWN_BYTES;
}

#endif
