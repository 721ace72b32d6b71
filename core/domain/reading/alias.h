/* domain/reading/alias.h - where the brands of a request stand in a folded text. [any]
 *
 * Names and aliases are found as whole words where they are Latin and anywhere where
 * they are Chinese; a name that is an ordinary word as well (小米, 苹果, 理想) is held
 * against its surroundings, a short English one (On) counts with its capital only, and
 * not where that only begins a sentence. Other spellings (spelling.h) count too, unless
 * they are another brand's name. A bracketed alias right behind a name, with or without
 * "Ltd.", is the same mention.
 *
 * A brand's own contexts come on top: inside one of its `deny` phrases it is not meant,
 * and where it has `require` words, one of them must stand on the same line, at most
 * BD_ALIAS_REACH bytes before or behind. */
#ifndef BD_DOMAIN_ALIAS_H
#define BD_DOMAIN_ALIAS_H

#include "domain/inquiry/inquiry.h"
#include "domain/reading/fold.h"
#include "domain/reading/match.h"

enum { BD_ALIAS_REACH = 120 };

struct bd_alias; /* the names of a request, ready to be found; [any] once made */

/* Copies what it needs of r. -1 when memory is short. */
int bd_alias_new(struct bd_alias **out, const struct bd_inquiry *r) BD_MUST_CHECK;
void bd_alias_free(struct bd_alias *a); /* NULL is fine */

/* Appends struct bd_hit to hits: the mentions in order, merged and checked; the tag is
 * the index of the brand. bare: the text is a name or a question, which has no room for
 * the words that `require` wants. */
int bd_alias_find(const struct bd_alias *a, const struct bd_fold *f, const char *original,
                  bool bare, struct bd_buf *hits) BD_MUST_CHECK;

#endif
