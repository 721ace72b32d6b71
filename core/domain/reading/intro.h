/* domain/reading/intro.h - what the heading or paragraph before a list announces. [any]
 * Pure.
 *
 * Its last sentence counts: "how to choose" announces advice, "firms worth a look" names.
 */
#ifndef BD_DOMAIN_INTRO_H
#define BD_DOMAIN_INTRO_H

#include "domain/reading/passage.h"

struct bd_intro {
    bool howto;        /* advice, criteria, whom to avoid */
    bool analysis;     /* brands taken apart or compared */
    bool offers;       /* names, or it recommends */
    bool more;         /* others than those before ("Others worth a look") */
    bool title;        /* it is a heading, stands in bold or instructs like one */
    size_t start, end; /* where it stands */
};

/* Of the folded bytes [start, end), a line behind its mark. */
struct bd_intro bd_intro_read(const struct bd_passage *p, bool heading, size_t start,
                              size_t end);

/* "Firms elsewhere to be considered": does the title announce them, and not how to? */
bool bd_intro_to_consider(const char *s, size_t n);

#endif
