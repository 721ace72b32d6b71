/* domain/reading/head.h - the brands that a list item, heading or table cell is about.
 * [any]
 *
 * They stand in its head: before the colon, dash, comma or bracket, or in the first 24
 * characters, with little before them (BD_HEAD_BEFORE
 * wide characters, or twice as many narrow ones) and no condition. Brands joined by "/",
 * "、", "and" share the item. */
#ifndef BD_DOMAIN_HEAD_H
#define BD_DOMAIN_HEAD_H

#include "domain/reading/passage.h"

enum { BD_HEAD_POINTS = 24, BD_HEAD_BEFORE = 8, BD_HEAD_BRANDS = 8 };

struct bd_head {
    uint32_t start, end; /* of the head, in the fold, behind its mark */
    size_t hits[BD_HEAD_BRANDS];
    int count;  /* 0: the head names no tracked brand */
    int points; /* characters in the head */
};

/* Is there only a joint ("/", "、", "and"), brackets and a few letters of a product in
 * the folded bytes [from, to) between two brands? */
bool bd_head_joined(const char *s, size_t from, size_t to);

/* Reads the head in bytes [start, end) of the fold, one line behind its mark. */
struct bd_head bd_head_read(const struct bd_passage *p, size_t start, size_t end);

#endif
