/* domain/reading/fold.h - a shadow copy of a text in which equal words are equal bytes.
 * [any]
 *
 * Compatibility form and case are folded (full-width BYD is byd), typographic quotes are
 * plain, what has no width (BOM, joiners, variation selectors) and CR are gone, runs of
 * blanks are one blank, and letter-spaced Latin ("T e s l a") is one word. Every byte of
 * the copy knows the byte of the original that it came from, so nothing found here loses
 * its place. An invalid byte stays as it is. */
#ifndef BD_DOMAIN_FOLD_H
#define BD_DOMAIN_FOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

enum { BD_FOLD_MAX = 4 << 20 }; /* bytes of one text; longer ones are refused */

struct bd_fold {
    struct bd_buf bytes; /* at most four bytes for one of the original */
    struct bd_buf map;   /* uint32_t: origin of each byte, and of the end */
};

/* -1 when memory is short or n is past the limit; bd_fold_free() is always right. */
int bd_fold_init(struct bd_fold *f, const char *s, size_t n) BD_MUST_CHECK;
void bd_fold_free(struct bd_fold *f);

/* The offset in the original that byte i came from; i = length gives the end. */
size_t bd_fold_origin(const struct bd_fold *f, size_t i);
/* The first byte that came from `origin` or from behind it. */
size_t bd_fold_index(const struct bd_fold *f, size_t origin);

#endif
