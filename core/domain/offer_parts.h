/* domain/offer_parts.h - gathering offers; shared by offer.c and offer_*.c alone. [any]
 */
#ifndef BD_DOMAIN_OFFER_PARTS_H
#define BD_DOMAIN_OFFER_PARTS_H

#include "domain/head.h"
#include "domain/offer.h"
#include "domain/series.h"

struct bd__offers {
    struct bd_buf list; /* struct bd_offer */
    const char *text;   /* the fold */
};

struct bd__offer_table { /* the table being read */
    int table, column;   /* of the names; -1 = it has none */
};

/* The names of a head, tracked ones under the brand they are of. */
void bd__offers_head(struct bd__offers *o, const struct bd_passage *p,
                     const struct bd_names *names, const struct bd_head *head);

/* What a row of names stands behind: a row of plain words is one behind a label always,
 * behind a word of choice if nothing else follows, behind "such as" if it is Latin. */
enum bd__row { BD__ROW_LABELLED, BD__ROW_CHOSEN, BD__ROW_CUED };

/* A row of names at `from`; one name alone must be marked or "and others". True if any
 * was taken. */
bool bd__offers_row(struct bd__offers *o, const struct bd_passage *p, size_t from,
                    size_t end, enum bd__row row);

void bd__offers_all(struct bd__offers *o, const struct bd_passage *p,
                    const struct bd_series *row);

/* The rows of names in a line behind "such as". */
void bd__offers_cues(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end);

/* The names in the bracket at `open`, if there are two; cued: behind "such as" only. */
void bd__offers_bracket(struct bd__offers *o, const struct bd_passage *p, size_t open,
                        size_t end, bool cued);

void bd__offers_cell(struct bd__offers *o, const struct bd_passage *p,
                     struct bd__offer_table *t, const struct bd_line *l);

/* A plain line: "several firms are known, such as A and B", "I recommend A, B and C". */
void bd__offers_prose(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end);

/* A plain line "Others worth a look: A, B", "Besides, A and B are worth it"; few: the
 * lists put hardly anybody forward, and any label that recommends counts, and names that
 * a line begins with. */
void bd__offers_label(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end, bool few);

/* A line of advice: "Besides those above there are A and B". */
void bd__offers_beyond(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end);

/* A plain line with a name in bold at its head: "**A** - sturdy". */
void bd__offers_paragraph(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end);

/* In order of the text, each brand and name once. */
void bd__offers_sort(struct bd__offers *o);

#endif
