/* domain/report_html_sources.c - the sources that answers name. */
#include <stdlib.h>
#include <string.h>

#include "domain/html.h"
#include "domain/report_html_parts.h"

enum { SHOWN = 100 };

struct cited { /* one site or address */
    const char *name;
    int answers;
    size_t last; /* the cell that counted last: an answer counts once */
};

static const char *name_of(const struct bd_source *s)
{
    return *s->site ? s->site : s->url;
}

static int by_count(const void *a, const void *b)
{
    const struct cited *x = a, *y = b;

    if (x->answers != y->answers)
        return y->answers - x->answers;
    return strcmp(x->name, y->name);
}

static size_t count_source(struct cited *all, size_t n, const struct bd_source *s,
                           size_t cell)
{
    size_t i = 0;

    if (!*name_of(s))
        return n;
    while (i < n && strcmp(all[i].name, name_of(s)) != 0)
        i++;
    if (i == n && n < SHOWN)
        all[n++] = (struct cited){name_of(s), 1, cell};
    else if (i < n && all[i].last != cell) {
        all[i].answers++;
        all[i].last = cell;
    }
    return n;
}

static size_t collect(const struct bd_record *rec, struct cited all[SHOWN])
{
    size_t n = 0;

    for (size_t i = 0; i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        for (size_t k = 0; c->geo && k < c->geo->claims.source_count; k++)
            n = count_source(all, n, &c->geo->claims.sources[k], i);
    }
    qsort(all, n, sizeof(*all), by_count);
    return n;
}

void bd_html_sources(struct bd_leaf *l)
{
    static const enum bd_word head[] = {BD_WORD_W_SITE, BD_WORD_W_TIMES};
    struct cited all[SHOWN];
    size_t n = collect(l->rec, all);

    bd_leaf_section(l, "sources", BD_WORD_W_SOURCES);
    if (n == 0) {
        bd_buf_add(l->out, "<p>");
        bd_leaf_word(l, BD_WORD_W_NO_SOURCES, NULL);
        bd_buf_add(l->out, "</p>\n");
    } else {
        bd_leaf_table(l, BD_WORD_W_SOURCES_NOTE, NULL, head, 2);
        for (size_t i = 0; i < n; i++) {
            bd_buf_add(l->out, "<tr><th scope=\"row\">");
            bd_html_add(l->out, all[i].name);
            bd_buf_addf(l->out, "</th><td>%d</td></tr>\n", all[i].answers);
        }
        bd_leaf_table_end(l);
    }
    bd_leaf_end(l);
}
