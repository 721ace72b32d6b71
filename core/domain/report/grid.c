/* domain/report/grid.c - see table.h. */
#include "domain/report/grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { INDENT = 2, ROOMY = 8, CELL_BYTES = 1 << 16, ELASTIC_MIN = 4, OTHERS_MIN = 4 };

void bd_grid_init(struct bd_grid *t, size_t columns)
{
    assert(columns > 0 && columns <= BD_GRID_COLUMNS);
    *t = (struct bd_grid){.columns = columns};
}

void bd_grid_free(struct bd_grid *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t->inks);
    bd_grid_init(t, t->columns);
}

void bd_grid_row(struct bd_grid *t, enum bd_ink ink)
{
    enum bd_ink *inks = NULL;
    char **cells = NULL;

    if (!t->failed)
        inks = realloc(t->inks, (t->rows + 1) * sizeof(*inks));
    if (inks) {
        t->inks = inks;
        cells = realloc(t->cells, (t->rows + 1) * t->columns * sizeof(*cells));
    }
    if (!cells) {
        t->failed = true;
        return;
    }
    t->cells = cells;
    inks[t->rows++] = ink;
}

void bd_grid_add(struct bd_grid *t, const char *s)
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

static size_t total(const struct bd_grid *t, const size_t *widths, size_t gap)
{
    size_t sum = INDENT + gap * (t->columns - 1);

    for (size_t i = 0; i < t->columns; i++)
        sum += widths[i];
    return sum;
}

/* Makes the widths fit; returns the gap between columns. */
static size_t fit(const struct bd_grid *t, size_t *widths, size_t columns)
{
    const size_t wanted = total(t, widths, 2), give = widths[t->elastic];
    const size_t gap = wanted > columns + give - (give < ROOMY ? give : ROOMY) ? 1 : 2;

    while (total(t, widths, gap) > columns) {
        size_t widest = 0;

        for (size_t i = 1; i < t->columns; i++)
            if (widths[i] > widths[widest])
                widest = i;
        if (widths[t->elastic] > ELASTIC_MIN)
            widest = t->elastic;
        else if (widths[widest] <= OTHERS_MIN)
            break; /* the page cuts the rest */
        widths[widest]--;
    }
    return gap;
}

void bd_grid_print(const struct bd_grid *t, struct bd_page *p)
{
    size_t widths[BD_GRID_COLUMNS] = {0}, gap;

    for (size_t i = 0; i < t->count; i++) {
        size_t w = bd_text_width(t->cells[i], strlen(t->cells[i]));

        if (w > widths[i % t->columns])
            widths[i % t->columns] = w;
    }
    gap = fit(t, widths, p->columns);
    for (size_t row = 0; row < t->count / t->columns; row++) {
        struct bd_buf line;

        bd_buf_init(&line, CELL_BYTES);
        for (size_t i = 0; i < t->columns; i++) {
            bd_buf_append(&line, "  ", i ? gap : INDENT);
            bd_text_pad(&line, t->cells[row * t->columns + i], widths[i], t->right[i]);
        }
        bd_page_line(p, t->inks[row], line.data);
        p->out->failed |= line.failed;
        bd_buf_free(&line);
    }
    p->out->failed |= t->failed;
}
