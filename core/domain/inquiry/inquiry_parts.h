/* domain/inquiry/inquiry_parts.h - adding to an inquiry piece by piece. [owner]
 *
 * For inquiry_json.c, where a name may hold the signs that a command line splits at. */
#ifndef BD_DOMAIN_INQUIRY_PARTS_H
#define BD_DOMAIN_INQUIRY_PARTS_H

#include "domain/inquiry/inquiry.h"

/* A brand without aliases; blanks around are dropped. */
int bd__inquiry_add_name(struct bd_inquiry *r, const char *name, size_t n,
                         struct bd_error *err) BD_MUST_CHECK;
/* An alias of the brand that was added last; there must be one. */
int bd__inquiry_add_alias(struct bd_inquiry *r, const char *alias, size_t n,
                          struct bd_error *err) BD_MUST_CHECK;
/* A phrase that is not that brand, or a word that must stand near its name. */
int bd__inquiry_add_deny(struct bd_inquiry *r, const char *phrase, size_t n,
                         struct bd_error *err) BD_MUST_CHECK;
int bd__inquiry_add_require(struct bd_inquiry *r, const char *word, size_t n,
                            struct bd_error *err) BD_MUST_CHECK;
void bd__inquiry_drop_brand(struct bd_inquiry *r);

#endif
