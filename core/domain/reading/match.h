/* domain/reading/match.h - many words found in one pass (Aho-Corasick). [owner] until
 * built, [any] after.
 *
 * Bytes are compared as they are: fold both sides first. Of overlapping finds the
 * leftmost wins, and of those the longest. A word that begins or ends with an ASCII
 * letter or digit is found only where the text has no such neighbour there. */
#ifndef BD_DOMAIN_MATCH_H
#define BD_DOMAIN_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

/* Finds in one text that are kept; a text with more gives the first ones. Memory for
 * finds is bounded by this, for words by 200 bytes a byte of them and 8 MiB. */
enum { BD_MATCH_HITS = 1 << 20, BD_MATCH_BYTES = 4 << 20 };

struct bd_hit { /* bytes [start, end) of the folded text */
    uint32_t start, end;
    int32_t tag;
};

struct bd_match;

int bd_match_new(struct bd_match **out) BD_MUST_CHECK;
void bd_match_free(struct bd_match *m);

/* -1 when memory is short. An empty word is left out; of two equal words the first
 * stays. tag >= 0. */
int bd_match_add(struct bd_match *m, const char *word, size_t n,
                 int32_t tag) BD_MUST_CHECK;
/* After the last word, before the first search. */
int bd_match_build(struct bd_match *m) BD_MUST_CHECK;

/* Appends struct bd_hit to hits, in order. hyphens: a neighbour joined by '-' to a
 * letter counts as part of the word too ("LI-NING" is not LI). */
int bd_match_find(const struct bd_match *m, const char *s, size_t n, bool hyphens,
                  struct bd_buf *hits) BD_MUST_CHECK;

#endif
