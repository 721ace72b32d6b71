/* domain/reading/naming.h - the names that stand in the head of a list item. [any]
 *
 * A head like "**A（B Inc.）/ C**：..." holds A and C: what stands in brackets belongs to
 * the name before it, emphasis and signs are no part of one, and "/", "、", "&" join
 * several. Whether it is the name of a brand is judged by its looks: short, no sentence,
 * no word that heads advice or a criterion. */
#ifndef BD_DOMAIN_NAMING_H
#define BD_DOMAIN_NAMING_H

#include "domain/reading/passage.h"

enum {
    BD_NAMES = 8 /* of one head; items.h has a bit for each */,
    BD_NAME_POINTS = 24,
    BD_NAME_LATIN = 60,
    BD_NAME_BYTES = 120
};

struct bd_names {
    struct bd_span_u32 {
        uint32_t start, end; /* in the fold, trimmed */
    } at[BD_NAMES];
    int count;
    bool marked;  /* the head is set off from what follows: a colon, bracket, dash, or it
                     is the whole line */
    bool others;  /* "A, B and others" */
    bool owned;   /* "A, B and others' service centres": none of them is meant */
    bool set_off; /* not by the end of the line alone */
};

/* The names in the folded bytes [start, end), a line behind its mark. */
struct bd_names bd_names_read(const struct bd_passage *p, size_t start, size_t end);

/* Does a sign stand there that ends a head, and with it the last name? */
size_t bd_names_ends(const char *s, size_t n);

/* Is what stands behind the sign at `sign` ("/", "+") another model of the name that
 * begins at `from`, and not another name ("A x1 / x2")? limit: of the head. Of Latin
 * names a number tells, or one word behind several. (naming_variant.c) */
bool bd_names_variant(const struct bd_passage *p, size_t from, size_t sign, size_t limit);

/* Does what begins at the folded byte `start` stand in bold, with its number ("**1. A")
 * or without? */
bool bd_names_bold(const struct bd_passage *p, size_t start);

/* Is it the head of a criterion, a step, a part of a description ("price", "service")? */
bool bd_names_part(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Does it end as criteria and firms do ("汇川技术"), and say nothing else before that? */
bool bd_names_firm_end(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Does it hold words of sentences, or begin as no name does? */
bool bd_names_sentential(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Is it a place to look things up or to buy them? */
bool bd_names_elsewhere(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Does it look like the name of a brand, company or product? */
bool bd_names_plausible(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Do the names of a head, all together, name nobody: "A and around it", "the dealers of
 * A and B", "A / builders"? end: of the line. */
bool bd_names_of_nobody(const struct bd_passage *p, const struct bd_names *names,
                        size_t end);

/* Is it an amount of money, an age, a size ("4000-5000元", "10-15㎡")? A bare number is
 * none. */
bool bd_names_amount(const char *s, size_t n);

/* Is it Latin, of several words, and written as a sentence is, with no capital past the
 * first word ("Gather quotes")? */
bool bd_names_sentence(const struct bd_passage *p, const struct bd_span_u32 *name);

/* Bytes of the town that s begins with, 0 if with none. */
size_t bd_names_place(const char *s, size_t n);

/* Does the head in the folded bytes name a kind of brands ("brands with tradition")? */
bool bd_names_kind(const struct bd_passage *p, size_t start, size_t end);

#endif
