/* domain/table.h - a small table on a page, columns aligned by display width. [owner]
 *
 * Columns are as wide as what is in them. Where that is more than the page, the elastic
 * column gives way first, then the widest ones; what is cut shows an ellipsis. */
#ifndef BD_DOMAIN_TABLE_H
#define BD_DOMAIN_TABLE_H

#include "domain/page.h"

enum { BD_TABLE_COLUMNS = 12 };

struct bd_table {
    size_t columns;
    bool right[BD_TABLE_COLUMNS]; /* aligned to the right; set after init */
    size_t elastic;               /* the column that gives way */
    char **cells;                 /* row by row */
    enum bd_ink *inks;            /* of the rows */
    size_t count, rows;           /* cells, rows begun */
    bool failed;
};

void bd_table_init(struct bd_table *t, size_t columns);
void bd_table_free(struct bd_table *t);
/* Begins a row; its cells are then added one by one, every one of them. */
void bd_table_row(struct bd_table *t, enum bd_ink ink);
void bd_table_add(struct bd_table *t, const char *s); /* copied, flattened */
/* Prints it with an indent of 2; the rows must be full. */
void bd_table_print(const struct bd_table *t, struct bd_page *p);

#endif
