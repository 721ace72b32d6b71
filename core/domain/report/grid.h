/* domain/report/grid.h - a table on a page of a terminal, columns aligned by display
 * width. [owner]
 *
 * Columns are as wide as what is in them. Where that is more than the page, the elastic
 * column gives way first, then the widest ones; what is cut shows an ellipsis. */
#ifndef BD_DOMAIN_GRID_H
#define BD_DOMAIN_GRID_H

#include "domain/report/page.h"

enum { BD_GRID_COLUMNS = 12 };

struct bd_grid {
    size_t columns;
    bool right[BD_GRID_COLUMNS]; /* aligned to the right; set after init */
    size_t elastic;              /* the column that gives way */
    char **cells;                /* row by row */
    enum bd_ink *inks;           /* of the rows */
    size_t count, rows;          /* cells, rows begun */
    bool failed;
};

void bd_grid_init(struct bd_grid *t, size_t columns);
void bd_grid_free(struct bd_grid *t);
/* Begins a row; its cells are then added one by one, every one of them. */
void bd_grid_row(struct bd_grid *t, enum bd_ink ink);
void bd_grid_add(struct bd_grid *t, const char *s); /* copied, flattened */
/* Prints it with an indent of 2; the rows must be full. */
void bd_grid_print(const struct bd_grid *t, struct bd_page *p);

#endif
