/* domain/reading/look.h - what the head of a list item or a heading is, by its looks.
 * [any] */
#ifndef BD_DOMAIN_LOOK_H
#define BD_DOMAIN_LOOK_H

#include "domain/reading/items.h"
#include "domain/reading/naming.h"

enum bd_look {
    BD_LOOK_OTHER,  /* a sentence, a title */
    BD_LOOK_NAME,   /* of a brand, tracked or not */
    BD_LOOK_KIND,   /* "local shops": names may stand in or under it */
    BD_LOOK_LABEL,  /* "Brands of this kind:", "For example:": names follow */
    BD_LOOK_PART,   /* "Price:", "Good for:": a part of what stands above */
    BD_LOOK_ADVICE, /* "How to choose" */
    BD_LOOKS
};

enum bd_look bd_look_at(const struct bd_passage *p, const struct bd_item *it);

/* Does the head stand out: in bold, before a colon or bracket, or alone on its line? */
bool bd_look_marked(const struct bd_passage *p, const struct bd_item *it);

/* Is the item's head in bold? */
bool bd_look_bold(const struct bd_passage *p, const struct bd_item *it);

/* Does the head say how somebody stands ("Where A is today"), not that it is one? */
bool bd_look_analysis(const struct bd_passage *p, const struct bd_item *it);

/* Does the head or the line end as a question does? */
bool bd_look_asks(const struct bd_passage *p, const struct bd_item *it);

/* Is it "First choice: A", "Else: A"? */
bool bd_look_choice(const struct bd_passage *p, const struct bd_item *it);

/* Is who is named ruled out right behind: "A (over budget)", "A, B: not for beginners"?
 */
bool bd_look_ruled_out(const struct bd_passage *p, const struct bd_item *it);

/* Is it a kind by the end of its head alone ("... provider")? */
bool bd_look_ends_kind(const struct bd_passage *p, const struct bd_item *it);

#endif
