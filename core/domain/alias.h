/* domain/alias.h - where the brands of a request stand in a folded text. [any]
 *
 * Names and aliases are found as whole words where they are Latin and anywhere where
 * they are Chinese; a name that is an ordinary word as well (小米, 苹果, 理想, Apple is
 * not among them: case is folded) is held against its surroundings. A bracketed alias
 * right behind a name, with or without "Ltd.", is the same mention. */
#ifndef BD_DOMAIN_ALIAS_H
#define BD_DOMAIN_ALIAS_H

#include "domain/inquiry.h"
#include "domain/match.h"

/* The tag of a find is the index of the brand. -1 when memory is short. */
int bd_alias_new(struct bd_match **out, const struct bd_inquiry *r) BD_MUST_CHECK;

/* Appends struct bd_hit to hits: the mentions in order, merged and checked. */
int bd_alias_find(const struct bd_match *m, const char *s, size_t n,
                  struct bd_buf *hits) BD_MUST_CHECK;

#endif
