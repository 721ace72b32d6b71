/* domain/reading/selfreport.h - what of an answer's own JSON is taken over. [any]
 *
 * A list that stands only in JSON is the list; a rank or a mood that the text leaves open
 * is filled from it, marked as such. JSON in quotation marks is somebody else's. */
#ifndef BD_DOMAIN_SELFREPORT_H
#define BD_DOMAIN_SELFREPORT_H

#include "domain/reading/alias.h"
#include "domain/reading/legacy.h"

/* brands: of bd_alias_new(); text: the answer as stored; ordered: the text has lists or
 * ranks of its own. -1 when memory is short. */
int bd_selfreport_apply(struct bd_observation *o, const struct bd_legacy *l,
                        const struct bd_alias *brands, const char *text,
                        bool ordered) BD_MUST_CHECK;

#endif
