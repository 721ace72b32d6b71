/* base/text.h - UTF-8 text: counting, cutting, width, cleaning. [any]
 *
 * Chinese and English are equal: lengths for people are code points, columns count
 * wide characters as two, and a byte limit always falls between two characters. */
#ifndef BD_BASE_TEXT_H
#define BD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

size_t bd__text_next_any(const char *s, size_t n, int32_t *cp);

/* Is it a byte within a character, not its first? */
static inline bool bd_text_is_tail(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* Reads one code point at s (n > 0 bytes left). Returns the bytes it takes; an
 * invalid byte is one byte long and *cp is -1. In the header for the short way of ASCII
 * and most of Chinese: a first byte of E4 to EC makes three bytes from U+4000 to U+CFFF,
 * none of which is forbidden. Every answer is walked several times. */
static inline size_t bd_text_next(const char *s, size_t n, int32_t *cp)
{
    if ((unsigned char)s[0] < 0x80U) {
        *cp = s[0];
        return 1;
    }
    if (n < 3 || (unsigned char)s[0] < 0xE4U || (unsigned char)s[0] > 0xECU ||
        !bd_text_is_tail(s[1]) || !bd_text_is_tail(s[2]))
        return bd__text_next_any(s, n, cp);
    *cp = (s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    return 3;
}

/* Code points; an invalid byte counts as one. */
size_t bd_text_points(const char *s, size_t n);

bool bd_text_valid(const char *s, size_t n);

/* The largest k <= limit such that the first k of n bytes end between two characters. */
size_t bd_text_cut(const char *s, size_t n, size_t limit);

/* Shortens a NUL-terminated string that was cut at any byte to whole characters. */
void bd_text_trim_partial(char *s);

/* Appends s with every invalid byte replaced by U+FFFD and, if clean is set, without
 * what could act on a terminal or a log: C0 (but LF and TAB), C1, escape sequences as
 * a whole, bidi controls. -1 when out is full. */
int bd_text_clean(struct bd_buf *out, const char *s, size_t n, bool clean);

/* Columns on a terminal: 2 for wide and fullwidth, 0 for combining and controls. */
size_t bd_text_width(const char *s, size_t n);

/* Appends s cut to at most `columns` (with an ellipsis if cut) and padded to exactly
 * that many; right aligns to the right. */
int bd_text_pad(struct bd_buf *out, const char *s, size_t columns, bool right);

/* Bytes of s that fit into `columns`, breaking at a space, after CJK text or after
 * punctuation where possible, anywhere otherwise; at least one character. The next
 * line starts after the spaces that follow. A LF ends the line. */
size_t bd_text_wrap(const char *s, size_t n, size_t columns);

/* Levenshtein distance in bytes of two short ASCII names, for "did you mean". */
size_t bd_text_distance(const char *a, const char *b);

#endif
