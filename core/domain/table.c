/* domain/table.c - see table.h. */
#include "domain/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { INDENT = 2, GAP = 2, CELL_BYTES = 1 << 16, ELASTIC_MIN = 6, OTHERS_MIN = 4 };

void bd_table_init(struct bd_table *t, size_t columns)
{
    assert(columns > 0 && columns <= BD_TABLE_COLUMNS);
    *t = (struct bd_table){.columns = columns};
}

void bd_table_free(struct bd_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t->inks);
    bd_table_init(t, t->columns);
}

void bd_table_row(struct bd_table *t, enum bd_ink ink)
{
    enum bd_ink *inks = realloc(t->inks, (t->rows + 1) * sizeof(*inks));
    char **cells;

    t->failed |= !inks;
    if (t->failed)
        return;
    t->inks = inks;
    cells = realloc(t->cells, (t->rows + 1) * t->columns * sizeof(*cells));
    t->failed |= !cells;
    if (t->failed)
        return;
    t->cells = cells;
    inks[t->rows++] = ink;
}

void bd_table_add(struct bd_table *t, const char *s)
{
    struct bd_buf flat;

    if (t->failed)
        return;
    assert(t->count < t->rows * t->columns);
    bd_buf_init(&flat, CELL_BYTES);
    bd_page_flatten(&flat, s, bd_text_cut(s, strlen(s), CELL_BYTES / 4), false);
    t->cells[t->count] = bd_buf_take(&flat);
    t->failed |= flat.failed || !t->cells[t->count];
    t->count += t->cells[t->count] != NULL;
    bd_buf_free(&flat);
}

static size_t total(const struct bd_table *t, const size_t *widths)
{
    size_t sum = INDENT + GAP * (t->columns - 1);

    for (size_t i = 0; i < t->columns; i++)
        sum += widths[i];
    return sum;
}

static void fit(const struct bd_table *t, size_t *widths, size_t columns)
{
    while (total(t, widths) > columns) {
        size_t widest = 0;

        for (size_t i = 1; i < t->columns; i++)
            if (widths[i] > widths[widest])
                widest = i;
        if (widths[t->elastic] > ELASTIC_MIN)
            widest = t->elastic;
        else if (widths[widest] <= OTHERS_MIN)
            return; /* the page cuts the rest */
        widths[widest]--;
    }
}

void bd_table_print(const struct bd_table *t, struct bd_page *p)
{
    size_t widths[BD_TABLE_COLUMNS] = {0};

    for (size_t i = 0; i < t->count; i++) {
        size_t w = bd_text_width(t->cells[i], strlen(t->cells[i]));

        if (w > widths[i % t->columns])
            widths[i % t->columns] = w;
    }
    fit(t, widths, p->columns);
    for (size_t row = 0; row < t->count / t->columns; row++) {
        struct bd_buf line;

        bd_buf_init(&line, CELL_BYTES);
        for (size_t i = 0; i < t->columns; i++) {
            bd_buf_add(&line, "  "); /* the indent, then the gaps */
            bd_text_pad(&line, t->cells[row * t->columns + i], widths[i], t->right[i]);
        }
        bd_page_line(p, t->inks[row], line.data);
        p->out->failed |= line.failed;
        bd_buf_free(&line);
    }
    p->out->failed |= t->failed;
}
